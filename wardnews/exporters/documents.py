"""What the kept files of records say, as a key of their own behind those of the record."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from wardnews.exporters.lines import glance
from wardnews.store.database import Store
from wardnews.store.files.documents import documents_of

FIELD = {
    "name": "documents",
    "type": "array",
    "description": "what the kept attachments say, so far as they were read: sha256, url, kind, pages, flags, cause",
}
"""The key, as the description of a table has it."""


def with_documents(store: Store, lines: Iterable[str]) -> Iterator[str]:
    """Yield the JSON lines of records with what their kept attachments say; a record of itself has no such key."""
    with store.reading() as connection:
        for line in lines:
            attached = {one["sha256"]: one["url"] for one in glance(line, "attachments") if one["sha256"]}
            known = documents_of(connection, attached)
            said = [_document(known[name], url) for name, url in attached.items() if name in known]
            yield f'{line[:-1]}, "documents": {json.dumps(said, ensure_ascii=False)}}}'


def _document(document: Any, url: str) -> dict[str, Any]:
    return {
        "sha256": document.sha256,
        "url": url,
        "kind": document.kind,
        "pages": document.pages,
        "flags": document.flags,
        "cause": document.cause,
    }
