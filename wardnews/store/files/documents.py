"""What kept files say: each is read once, and again by a later version of what reads them."""

import json
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from wardnews.store.database import Store
from wardnews.store.tables import documents, files, wanted_files

BATCH = 200


class KnownDocument(NamedTuple):
    """What a kept file says; `kind` is None and `cause` says why where it cannot be read."""

    sha256: str
    kind: str | None
    pages: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    cause: str | None = None
    thumbnail: str | None = None


def unread(store: Store, reader: int, after: str = "") -> list[str]:
    """Return the next kept files that this version of the reader has not read, by SHA-256, from behind one on."""
    read = sa.select(documents.c.sha256).where(documents.c.sha256 == files.c.sha256, documents.c.reader >= reader)
    query = sa.select(files.c.sha256).distinct().where(files.c.sha256 > after, ~read.exists())
    with store.reading() as connection:
        return list(connection.scalars(query.order_by(files.c.sha256).limit(BATCH)))


def write_document(store: Store, connection: Connection, document: KnownDocument, reader: int, at: str) -> None:
    """Write what a file says, in the place of what an earlier reader found."""
    said = {"pages": _json(document.pages), "flags": _json(document.flags)}
    row = {**document._asdict(), **said, "reader": reader, "read_at": at}
    connection.execute(store.insert(documents).on_conflict_do_update(index_elements=("sha256",), set_=row), row)


def documents_of(connection: Connection, hashes: Collection[str]) -> dict[str, KnownDocument]:
    """Return what the files of some SHA-256 say, so far as they were read."""
    query = sa.select(*(documents.c[name] for name in KnownDocument._fields))
    rows = connection.execute(query.where(documents.c.sha256.in_(list(hashes)))) if hashes else ()
    return {row.sha256: _known(row) for row in rows}


def _known(row: Any) -> KnownDocument:
    return KnownDocument(
        row.sha256, row.kind, tuple(json.loads(row.pages)), tuple(json.loads(row.flags)), row.cause, row.thumbnail
    )


def outcomes(store: Store) -> list[tuple[str, int, int, int, int, int]]:
    """Return, by media type, the number of kept files, their bytes, and how many were read, unreadable and scanned."""
    each = sa.select(files.c.sha256, files.c.media_type, files.c.bytes).distinct().subquery()
    known = documents.c.sha256.is_not(None)
    scanned = documents.c.flags.like('%"scanned"%')
    counted = sa.select(
        each.c.media_type,
        sa.func.count(),
        sa.func.sum(each.c.bytes),
        *(sa.func.sum(sa.case((what, 1), else_=0)) for what in (known, documents.c.cause.is_not(None), scanned)),
    ).outerjoin_from(each, documents, documents.c.sha256 == each.c.sha256)
    with store.reading() as connection:
        rows = connection.execute(counted.group_by(each.c.media_type).order_by(each.c.media_type))
        return [(row[0], *map(int, row[1:])) for row in rows]


def known_names(store: Store) -> Iterator[tuple[str, str | None]]:
    """Yield the SHA-256 of all that should be kept, in order, each with an address; None for thumbnails."""
    thumbnails = sa.select(documents.c.thumbnail, sa.null()).where(documents.c.thumbnail.is_not(None))
    kept = sa.select(files.c.sha256, sa.func.min(files.c.url)).group_by(files.c.sha256)
    both = sa.union_all(kept, thumbnails).subquery()
    name, url = both.c
    query = sa.select(name, sa.func.min(url)).group_by(name).order_by(name)
    with store.reading() as connection:
        for row in connection.execution_options(yield_per=1000).execute(query):
            yield row[0], row[1]


def being_written(store: Store) -> set[str]:
    """Return the SHA-256 of the files that runs are writing, or were when they were killed."""
    with store.reading() as connection:
        return set(connection.scalars(sa.select(wanted_files.c.keeping).where(wanted_files.c.keeping.is_not(None))))


def _json(texts: Collection[str]) -> str:
    return json.dumps(list(texts), ensure_ascii=False)
