"""ARC files, versions 1.0 and 1.1, plain or packed: what crawlers wrote before there was WARC, until about 2009."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.contents import LARGEST
from wardnews.archives.http import answer_of, body_of, scheme_of
from wardnews.archives.sections import Section, whole
from wardnews.archives.warc.stream import Form, Place, Stream
from wardnews.errors import DateError, MisshapenRecord, RecordError, Undecodable
from wardnews.text.timestamps import as_stamp, from_digits
from wardnews.text.urls import resolve

_BEGINNING = re.compile(rb"(?:https?://|filedesc://|dns:|ftp://)[^\s]{1,500} [0-9a-fA-F.:-]{1,45} \d{8,14} ")
FORM = Form("ARC", _BEGINNING, 600, (b"http", b"file", b"dns:", b"ftp:"))
_IP, _DATE = re.compile(rb"[0-9a-fA-F.:-]{1,45}"), re.compile(rb"\d{8,14}")
_LONGEST_LINE, _DIGITS = 8192, 18
_LARGEST_BLOCK = LARGEST + (1 << 20)
_ABOUT_THE_FILE = "filedesc"


def read_arc(file: Path | Section, start: int = 0, end: int | None = None) -> Iterator[Capture | DamagedRecord]:
    """Read the captures of an ARC file, or of a part of it, in its order.

    What is no capture is a DamagedRecord, by offset and address. Raises OSError where the file cannot be opened or
    read.
    """
    section = file if isinstance(file, Section) else whole(file)
    with section.open() as opened:
        stream = Stream(opened, FORM, start)
        while True:
            place = None
            try:
                place = stream.place()
                if place is None or (end is not None and place.offset >= end):
                    return
                found = _record(stream, section.name, place)
            except RecordError as error:
                place = place or stream.here()
                if end is not None and place.offset >= end:
                    return
                yield DamagedRecord(f"{section.name}{place}", str(error))
                stream.resume(place, readable=isinstance(error, MisshapenRecord))
                continue
            if found:
                yield found


def places_in(file: BinaryIO) -> Iterator[Place]:
    """Yield where the records of an ARC file begin, as far as it is undamaged."""
    stream = Stream(file, FORM)
    with suppress(RecordError):
        while place := stream.place():
            stream.skip(_head(stream.line().strip())[2])
            stream.finish()
            yield place


def _record(stream: Stream, name: str, place: Place) -> Capture | DamagedRecord | None:
    """Read a record; None for one that holds no page of the web."""
    url, date, size = _head(stream.line().strip())
    is_page = scheme_of(url) in ("http", "https")
    stream.check_end(size)
    if not is_page or size > _LARGEST_BLOCK:
        stream.skip(size)
    block = stream.read(size) if is_page and size <= _LARGEST_BLOCK else None
    stream.finish()
    if not is_page:
        return None if scheme_of(url) in (_ABOUT_THE_FILE, "dns") else _damaged(name, place, url, "not HTTP")
    if block is None:
        return _damaged(name, place, url, f"larger than {LARGEST >> 20} MiB")
    try:
        return _capture(url, date, block, name)
    except (RecordError, Undecodable, DateError) as error:
        return _damaged(name, place, url, str(error))
    except ValueError as error:  # an address such as http://[broken
        return _damaged(name, place, url, f"an address that is none: {error}")


def _head(line: bytes) -> tuple[str, str, int]:
    """Return address, date and length of a record: version 1 has a type between the last two, version 2 more."""
    words = line.split(b" ") if len(line) <= _LONGEST_LINE else []
    at = next((at for at in range(2, len(words) - 2) if _DATE.fullmatch(words[at]) and _IP.fullmatch(words[at - 1])), 0)
    if not at or not words[-1].isdigit() or len(words[-1]) > _DIGITS:
        raise MisshapenRecord("no ARC record")
    return b" ".join(words[: at - 1]).decode("utf-8", "replace"), words[at].decode(), int(words[-1])


def _capture(url: str, date: str, block: bytes, name: str) -> Capture:
    status, head, payload = answer_of(block)
    body = body_of(head, payload)
    location = head.get("location")
    there = resolve(url, location) if location and status in range(300, 400) else None
    timestamp = as_stamp(from_digits(date))
    return Capture(url, timestamp, f"arc:{name}", status, head.get("content-type", ""), body, there)


def _damaged(name: str, place: Place, url: str, cause: str) -> DamagedRecord:
    return DamagedRecord(f"{name}{place} {url}", cause)
