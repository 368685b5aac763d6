"""Where the captures of a WARC file stand, for the index of a WACZ file."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from wardnews.archives.capture import DamagedRecord
from wardnews.archives.http import answer_of, scheme_of
from wardnews.archives.warc.read import capture_of, made
from wardnews.archives.warc.records import ABOUT_OTHERS, PAGES, Record, walk
from wardnews.errors import RecordError, Undecodable


class Indexed(NamedTuple):
    """A capture, and where in a file it is, in bytes; a revisit has its own head, or none, and no page.

    `digest`: of the payload, as the record has it. `body` without any encoding, and empty where that is too large for a
    page: such a record is not read to its end.
    """

    offset: int
    length: int
    url: str
    timestamp: str
    digest: str
    status: int | None
    content_type: str
    body: bytes | None


def read_index(path: Path) -> Iterator[Indexed | DamagedRecord]:
    """Read where the captures of a WARC file are, in the file's order.

    Answers to a POST are left out, where the request stands behind them: their address alone does not give them.

    Raises OSError where the file cannot be read, ValueError for one whose records cannot be had one by one, as it was
    packed as a whole.
    """
    with path.open("rb") as file:
        waiting: Record | None = None
        for found in walk(file, (*PAGES, "request")):
            if isinstance(found, DamagedRecord):
                yield DamagedRecord(f"{path.name}{found.where}", found.cause)
                continue
            if found.place.inner:
                raise ValueError("packed as a whole, not record by record")
            if waiting and not _posted(waiting, found):
                yield from _indexed(waiting, path.name, found.place.offset)
            waiting = found
        if waiting:
            yield from _indexed(waiting, path.name, file.seek(0, 2))


def _posted(answer: Record, request: Record) -> bool:
    """Whether a request is the POST of an answer."""
    concurrent = request.headers.get("warc-concurrent-to")
    own = bool(concurrent) and concurrent == answer.headers.get("warc-record-id")
    return own and (request.block or b"").startswith(b"POST ")


def _indexed(record: Record, name: str, end: int) -> Iterator[Indexed | DamagedRecord]:
    if record.kind in ABOUT_OTHERS:
        return
    try:
        body = None
        if record.kind == "revisit":
            block = record.checked_block()
            status, head, _ = answer_of(block) if block else (None, {}, b"")
            page = made(record, name, status or 0, head.get("content-type", ""), b"")
        elif record.start and record.kind == "response" and scheme_of(record.target) in ("http", "https"):
            status, head, _ = answer_of(record.start)
            page, body = made(record, name, status, head.get("content-type", ""), b""), b""
        else:
            page = capture_of(record, name)
            status, body = page.status, page.body
    except (RecordError, Undecodable) as error:
        yield DamagedRecord(f"{name}{record.place} {record.target}".rstrip(), str(error))
        return
    digest = record.headers.get("warc-payload-digest", "")
    place = record.place.offset
    yield Indexed(place, end - place, page.url, page.timestamp, digest, status, page.content_type, body)
