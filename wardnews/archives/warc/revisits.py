"""The originals of revisits: where the pages are that were found unchanged, in these files or in others of a folder."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from wardnews.archives.warc.records import Record, walk
from wardnews.archives.warc.stream import Place

Originals = Mapping[str, tuple[Path, Place]]
"""Where the records are that others refer to, by what these call them."""


def find_originals(paths: Iterable[Path]) -> dict[str, tuple[Path, Place]]:
    """Find the responses that the revisits of some WARC files repeat, by record id, address and date, or digest.

    Goes through the files once, and once more if there are revisits; memory grows with these alone. Raises OSError
    where a file cannot be read.
    """
    paths = list(paths)
    wanted = {name for _, record in _records(paths) if record.kind == "revisit" for name in refers_to(record)}
    originals: dict[str, tuple[Path, Place]] = {}
    if not wanted:
        return originals
    for path, record in _records(paths):
        if record.kind in ("response", "resource"):
            for name in wanted.intersection(_names(record)):
                originals.setdefault(name, (path, record.place))
    return originals


def refers_to(record: Record) -> tuple[str, ...]:
    """Return what a revisit calls its original, the surest name first."""
    headers = record.headers
    address = headers.get("warc-refers-to-target-uri", record.target).strip("<>")
    dated = f"{address} {headers['warc-refers-to-date']}" if "warc-refers-to-date" in headers else None
    return tuple(filter(None, (headers.get("warc-refers-to"), dated, headers.get("warc-payload-digest"))))


def _names(record: Record) -> tuple[str, ...]:
    """Return all that another record may call this one."""
    headers = record.headers
    dated = f"{record.target} {headers.get('warc-date', '')}"
    return tuple(filter(None, (headers.get("warc-record-id"), dated, headers.get("warc-payload-digest"))))


def _records(paths: Iterable[Path]) -> Iterator[tuple[Path, Record]]:
    for path in paths:
        with path.open("rb") as file:
            for found in walk(file, ()):
                if isinstance(found, Record):
                    yield path, found
