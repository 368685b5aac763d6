"""What the ending of a file's name means, wherever records are written: a format, and whether they are compressed."""

import re
from pathlib import PurePath

from wardnews.errors import ExportError
from wardnews.exporters.formats import FORMATS
from wardnews.locale import any_of
from wardnews.plugins import plugins
from wardnews.text.strings import masked

PACKED = {".gz": "gz", ".zst": "zst"}
"""Endings, behind that of the format, of compressed files, and what a data package calls these."""
_ENDINGS = {
    "atom": ("atom", "xml"), "csv": ("csv",), "jsonfeed": ("json", "jsonfeed"), "jsonl": ("jsonl", "jl", "ndjson"),
    "parquet": ("parquet",), "schemaorg": ("jsonld", "jsonl", "schemaorg"), "text": ("txt", "text"),
}  # fmt: skip
"""The endings of formats, without their dots, the usual one first; others have their own name for one."""
FEEDS = ("csv", "jsonl", "text")
"""The formats that a crawl writes record by record, while it goes on."""
_WORD = re.compile(r"\.[a-z]\w*")


def ending_of(name: str) -> str:
    """Return the ending of a name in small letters, without that of its compression; none where it is no word.

    >>> ending_of("tin.CSV.gz"), ending_of("v1.2/tin"), ending_of("tin.2026-01-01"), ending_of("tin.gz")
    ('.csv', '', '', '')
    """
    path = PurePath(name)
    ending = (path.with_suffix("") if path.suffix.lower() in PACKED else path).suffix.lower()
    return ending if _WORD.fullmatch(ending) else ""


def packing_of(name: str) -> str:
    """Return the ending that says how a file is compressed; empty for one that is not."""
    ending = PurePath(name).suffix.lower()
    return ending if ending in PACKED else ""


def formats_of(ending: str) -> tuple[str, ...]:
    """Return the formats whose files have names with an ending such as `.csv`; none for one that means none.

    >>> formats_of(".jsonl"), formats_of(".docx")
    (('jsonl', 'schemaorg'), ())
    """
    return tuple(name for name in _formats() if ending.removeprefix(".") in _endings_of(name))


def _formats() -> tuple[str, ...]:
    return (*FORMATS, *plugins("exporters"))


def _endings_of(name: str) -> tuple[str, ...]:
    return _ENDINGS.get(name, (name,))


def format_for(asked: str | None, name: str | None) -> str:
    """Return the format of a file: the one asked for, else the one that the ending of its name means, else jsonl.

    Raises ExportError for a name that means another format than was asked for, and for an ending that means none.
    """
    ending = "" if not name or name.endswith("/") else ending_of(name)
    fitting, shown = formats_of(ending), masked(name or "")
    if asked and fitting and asked not in fitting:
        raise ExportError(
            "{name}: such a name means {fitting}, and {asked} was asked for: let it end in .{ending}, or ask for "
            "{fitting}",
            name=shown,
            fitting=any_of(fitting),
            asked=asked,
            ending=_endings_of(asked)[0],
        )
    if ending and not (asked or fitting):
        known = ", ".join(f".{_endings_of(name)[0]}" for name in _formats())
        raise ExportError(
            "{name}: {ending} means no format, and none is named; endings that do: {known}",
            name=shown,
            ending=ending,
            known=known,
        )
    return asked or next(iter(fitting), "jsonl")


def feed_format_for(output: str) -> tuple[str, str]:
    """Return the name and the format of what a crawl is to write: FILE, whose ending means it, or FILE:FORMAT.

    Raises ExportError as `format_for` does, and for a format that is written from the store only.
    """
    name, _, word = output.rpartition(":")
    if not (name and _WORD.fullmatch(f".{word}")):
        name, asked = output, None
    elif not (asked := word if word in _formats() else next(iter(formats_of(f".{word}")), None)):
        raise ExportError(
            "{output}: no format is called {word}; a crawl writes {feeds}",
            output=masked(output),
            word=word,
            feeds=", ".join(FEEDS),
        )
    found = format_for(asked, None if name == "-" else name)
    if found not in FEEDS:
        raise ExportError(
            "{output}: a crawl writes {feeds}, and no {format}: `wardnews export --as {format}` does, from the store",
            output=masked(output),
            feeds=", ".join(FEEDS),
            format=found,
        )
    return name, found


def names_of_feeds() -> dict[str, str]:
    """Return the formats of feeds by the names that Scrapy may be given for them: their endings, and its own names."""
    return {"jsonlines": "jsonl"} | {ending: name for name in FEEDS for ending in _endings_of(name)}
