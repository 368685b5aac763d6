"""WARC files, packed or plain: what they captured, and what of them is damaged; damage costs no more than it hit."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.contents import LARGEST, dechunk, unpack
from wardnews.archives.digests import fits
from wardnews.archives.http import answer_of, body_of
from wardnews.archives.sections import Section, whole
from wardnews.archives.warc.records import PAGES, Record, walk
from wardnews.archives.warc.revisits import Originals, expected_digest, find_originals, original_of
from wardnews.archives.warc.stream import Place
from wardnews.errors import DateError, RecordError, Undecodable
from wardnews.locale import Phrase, gettext_noop
from wardnews.text.timestamps import as_stamp, from_iso
from wardnews.text.urls import resolve

_NOT_MODIFIED = 304
_REMEMBERED = 4
"""How many originals are kept at hand for the revisits that follow."""
_FAR, _TIMES_FAR = 512 << 20, 20
"""What may be unpacked to reach the originals of revisits: some MiB, and so many times the file."""

ReadOriginal = Callable[[Section, Place, str], Capture | DamagedRecord]


def read_warc(
    file: Path | Section, start: int = 0, end: int | None = None, originals: Originals | None = None
) -> Iterator[Capture | DamagedRecord]:
    """Read the captures of a WARC file, or of one of the parts of it that `parts` names, in the file's order.

    Records that carry no page (requests, metadata) are passed over; whatever else is no capture is a DamagedRecord, by
    offset and address. `originals` leads to the pages that revisits repeat; without it they are looked for in this
    file. Raises OSError where the file cannot be opened or read.
    """
    section = file if isinstance(file, Section) else whole(file)
    read_original = _reader_of_originals(section.length())
    with section.open() as opened:
        for found in walk(opened, PAGES, start, end):
            if isinstance(found, DamagedRecord):
                yield DamagedRecord(f"{section.name}{found.where}", found.cause)
                continue
            if originals is None and found.kind == "revisit":
                originals = find_originals([section])
            yield from _captured(found, section.name, originals or {}, read_original)


def read_record(packed: BinaryIO, name: str) -> Capture | DamagedRecord:
    """Read the one capture of a stream, such as the part of a WARC file that an index named; `name` is the file's."""
    for found in walk(packed, PAGES):
        if isinstance(found, DamagedRecord):
            return DamagedRecord(f"{name}{found.where}", found.cause)
        for captured in _captured(found, name, {}, _read_original):
            return captured
    return DamagedRecord(name, gettext_noop("no capture in it"))


def parts_with_revisits(file: Path | Section, count: int) -> Iterator[tuple[int, int, list[Record]]]:
    """Cut a WARC file into at most `count` parts of about the same size, for `read_warc`.

    Each is there as soon as its end is reached, with its records that repeat others. Finds where records begin by
    unpacking the file, so that nothing inside a page can pass for a beginning. A file that was packed as a whole is
    one part. Raises OSError where the file cannot be read.
    """
    section = file if isinstance(file, Section) else whole(file)
    size, start, number = section.length(), 0, 1
    revisits: list[Record] = []
    with section.open() as opened:
        for found in walk(opened, ()):
            if isinstance(found, DamagedRecord):
                continue
            place = found.place
            if number < count and not place.inner and place.offset >= size * number / count:
                yield start, place.offset, revisits
                start, number, revisits = place.offset, number + 1, []
            if found.kind == "revisit":
                revisits.append(found)
    yield start, size, revisits


def _captured(
    record: Record, name: str, originals: Originals, read_original: ReadOriginal
) -> Iterator[Capture | DamagedRecord]:
    if record.is_about_the_crawl:
        return
    where = f"{name}{record.place} {record.target}".rstrip()
    try:
        is_revisit = record.kind == "revisit"
        yield _revisited(record, name, originals, read_original) if is_revisit else capture_of(record, name)
    except (RecordError, Undecodable) as error:
        yield DamagedRecord(where, str(error))


def capture_of(record: Record, name: str, expected: str = "") -> Capture:
    """Return the page of a record; its digest must be the record's own, and the one that a revisit names.

    Raises RecordError or Undecodable for a damaged one.
    """
    headers, block = record.headers, record.checked_block()
    if "warc-truncated" in headers:
        raise RecordError("cut off by the crawler ({reason})", reason=headers["warc-truncated"])
    if record.kind == "resource":
        status, head, payload, body = 200, {"content-type": headers.get("content-type", "")}, block, unpack(block, "")
    else:
        status, head, payload = answer_of(block)
        body = body_of(head, payload)
    # Crawlers differ in what they take for the payload: before or behind the chunks or the compression.
    forms = (payload, *([dechunk(payload)] if "transfer-encoding" in head else []), body)
    if not fits(headers.get("warc-payload-digest", ""), *forms):
        raise RecordError("wrong digest")
    if not fits(expected, *forms):
        raise RecordError("a revisit of a page with another digest")
    return made(record, name, status, head.get("content-type", ""), body, head.get("location"))


def _reader_of_originals(size: int) -> ReadOriginal:
    """Return what reads the originals of the revisits of a file of `size` bytes.

    It keeps the last ones at hand and has a bound, so that no number of revisits takes time without end.
    """
    left = _FAR + _TIMES_FAR * size

    @lru_cache(_REMEMBERED)
    def read(section: Section, place: Place, expected: str) -> Capture | DamagedRecord:
        nonlocal left
        if left < place.inner:
            return DamagedRecord(
                str(place), "a revisit of a page that is too much to unpack once more: unpack the file first"
            )
        page = _read_original(section, place, expected)
        left -= place.inner + (len(page.body) if isinstance(page, Capture) else LARGEST)
        return page

    return read


def _read_original(section: Section, place: Place, expected: str) -> Capture | DamagedRecord:
    """Read the page that a revisit repeats, which must have the digest that it names."""
    with section.open() as file:
        original = next(walk(file, ("response", "resource"), place.offset, None, place.inner), None)
    if isinstance(original, Record):
        try:
            return capture_of(original, section.name, expected)
        except (RecordError, Undecodable) as error:
            return DamagedRecord(str(place), str(error))
    cause = f"damaged: {original.cause}" if original else "not there any more"
    return DamagedRecord(str(place), str(Phrase("a revisit of a page that is {cause}", cause=cause)))


def _revisited(record: Record, name: str, originals: Originals, read_original: ReadOriginal) -> Capture:
    """Return a page that was found unchanged: the body of its original, under the record's own head and date."""
    block = record.checked_block()
    found = original_of(record, originals)
    if found is None:
        raise RecordError("a revisit of a page that is not in these files")
    page = read_original(*found, expected_digest(record))
    if isinstance(page, DamagedRecord):
        raise RecordError("{cause}", cause=page.cause)
    status, head, _ = answer_of(block) if block else (page.status, {}, b"")
    if status == _NOT_MODIFIED:  # the page itself is as it was
        status, head = page.status, {}
    location = head.get("location", page.location)
    return made(record, name, status, head.get("content-type", page.content_type), page.body, location)


def made(
    record: Record, name: str, status: int, content_type: str, body: bytes, location: str | None = None
) -> Capture:
    """Return a capture under a record's address and date; raise RecordError where these are none."""
    url = record.target
    try:
        timestamp = as_stamp(from_iso(record.headers.get("warc-date", "")))
        there = resolve(url, location) if location and status in range(300, 400) else None
    except DateError as error:
        raise RecordError("{error}", error=error) from error
    except ValueError as error:  # an address such as http://[broken
        raise RecordError("an address that is none: {error}", error=error) from error
    return Capture(url, timestamp, f"warc:{name}", status, content_type, body, there)
