"""Plain texts in the sample file format: one file of all, or a folder with one an article, by portal and year."""

import csv
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from wardnews.exporters.columns import Column, columns
from wardnews.exporters.formats import Format, Resources
from wardnews.exporters.formats.csv import BOM, harmless
from wardnews.exporters.package import checked, resource
from wardnews.text.sample_format import PAGE_BREAK

INDEX = "index.csv"
"""The file of the folder that lists the others."""
UNDATED = "undated"
_INDEXED = ("id", "url", "site", "section", "title", "published")
_SAFE = re.compile(r"(?!(?:con|prn|aux|nul|com\d|lpt\d)$)[a-z0-9][a-z0-9_-]{0,99}")


def index_columns() -> list[Column]:
    """Return the columns of the index."""
    of_file = [
        Column("path", "text", "the article's file"),
        Column("bytes", "number", "its size in bytes"),
        Column("sha256", "text", "its SHA-256, in hex"),
    ]
    return of_file + [column for column in columns() if column.name in _INDEXED]


def as_texts(lines: Iterable[str]) -> Iterator[str]:
    """Yield the articles of JSON lines in the sample file format, a form feed between two."""
    separator = ""
    for line in lines:
        yield separator + json.loads(line)["text"]
        separator = PAGE_BREAK


def write_texts(lines: Iterable[str], folder: Path) -> Resources:
    """Write the articles of JSON lines into a folder, and an index of them, which is described."""
    with (folder / INDEX).open("w", encoding="utf-8", newline="") as file:
        file.write(BOM)
        index = csv.writer(file)
        index.writerow([column.name for column in index_columns()])
        for line in lines:
            record = json.loads(line)
            path = place_of(record["id"], record["site"], record["published"])
            text = record["text"].encode()
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(text)
            cells = [harmless(record[name] or "") for name in _INDEXED]
            index.writerow([path, len(text), hashlib.sha256(text).hexdigest(), *cells])
    return [resource(INDEX, "csv", index_columns(), flat=True) | checked(folder / INDEX)]


def place_of(identity: str, site: str, published: str | None) -> str:
    """Return the name of an article's file: its id where that is fit for a name on any system, else a hash of it.

    No two ids have one name, not even where capitals make no difference; other than a hash none begins with `_`.

    >>> place_of("longbien-phucloi:4100321", "longbien-phucloi", "2021-04-05T17:15+07:00")
    'longbien-phucloi/2021/4100321.txt'
    >>> place_of("hoasua:Tin-Mới", "hoasua", None)
    'hoasua/undated/_e5cf622dfb858ac11dd398c91f2e4705.txt'
    """
    own = identity.removeprefix(f"{site}:")
    safe = own if _SAFE.fullmatch(own) else "_" + hashlib.sha256(identity.encode()).hexdigest()[:32]
    return f"{site}/{published[:4] if published else UNDATED}/{safe}.txt"


FORMAT = Format(pieces=lambda lines, _sites: as_texts(lines), folder=write_texts)
