"""Records of WARC files (ISO 28500), by the format's own rules, and what of a file is none."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from wardnews.archives.capture import DamagedRecord
from wardnews.archives.contents import LARGEST
from wardnews.archives.digests import fits
from wardnews.archives.http import LONGEST_HEAD, Headers, headers_of, length_of, scheme_of
from wardnews.archives.warc.stream import Form, Place, Stream
from wardnews.errors import MisshapenRecord, RecordError
from wardnews.locale import Phrase

PAGES = ("response", "resource", "revisit")
"""The types of records that stand for a page."""
ABOUT_OTHERS = frozenset({"warcinfo", "request", "metadata"})
# wget's log and Browsertrix's texts and pictures of pages are resources under such names.
_ABOUT_THE_CRAWL = ("metadata:", "urn:")
_VERSION = rb"WARC/[01]\.\d{1,2}\r?\n"
FORM = Form("WARC", re.compile(_VERSION + rb"[!-9;-~]+:"), 80, (b"WARC",))
_FIRST_LINE = re.compile(_VERSION)
_LARGEST_BLOCK = LARGEST + (1 << 20)


@dataclass(slots=True)
class Record:
    """A record; its block is None where nobody asked for it, or where it is too large: `start` is how that begins."""

    place: Place
    headers: Headers
    block: bytes | None
    start: bytes = b""

    @property
    def kind(self) -> str:
        """The record's type, in lower case."""
        return self.headers.get("warc-type", "").lower()

    @property
    def target(self) -> str:
        """The address that the record is of; old versions of wget put it in angle brackets."""
        return self.headers.get("warc-target-uri", "").strip("<>")

    @property
    def is_about_the_crawl(self) -> bool:
        """Whether the record holds no page but what a crawler notes of one, or of itself."""
        return self.kind in ABOUT_OTHERS or self.target.startswith(_ABOUT_THE_CRAWL)

    def checked_block(self) -> bytes:
        """Return the block of a record that stands for a page; raise RecordError for others and for damaged ones."""
        scheme = scheme_of(self.target)
        if self.kind not in PAGES:
            kind = self.kind[:40] or Phrase("a record without a type")
            raise RecordError("no page: {kind}", kind=kind)
        if scheme not in ("http", "https"):
            raise RecordError("not HTTP: {scheme}", scheme=scheme[:40] or Phrase("no address"))
        if self.block is None:
            raise RecordError("larger than {most} MiB", most=LARGEST >> 20)
        if "warc-segment-number" in self.headers:
            raise RecordError("in segments")
        if not fits(self.headers.get("warc-block-digest", ""), self.block):
            raise RecordError("wrong digest")
        return self.block


def walk(
    file: BinaryIO, wanted: Container[str], start: int = 0, end: int | None = None, inner: int = 0
) -> Iterator[Record | DamagedRecord]:
    """Go from record to record, past damage to the next one that can be found; read the blocks of the wanted types.

    Begins `inner` bytes into what is packed at the byte `start`; ends before the record that begins at `end`.
    """
    stream = Stream(file, FORM, start)
    place = None
    try:
        stream.skip(inner)
    except RecordError as error:
        yield DamagedRecord(f"@{start}+{inner}", str(error))
        return
    while True:
        place = None
        try:
            place = stream.place()
            if place is None or (end is not None and place.offset >= end):
                return
            record = _record(stream, place, wanted)
        except RecordError as error:
            place = place or stream.here()
            if end is not None and place.offset >= end:
                return
            yield DamagedRecord(str(place), str(error))
            stream.resume(place, readable=isinstance(error, MisshapenRecord))
            continue
        yield record


def _record(stream: Stream, place: Place, wanted: Container[str]) -> Record:
    headers = _head(stream)
    kind, size = headers.get("warc-type", "").lower(), length_of(headers)
    if size is None:
        raise MisshapenRecord("a record that does not say how long it is")
    stream.check_end(size)
    block, start = None, b""
    if kind in wanted and size <= _LARGEST_BLOCK:
        block = stream.read(size)
    else:
        start = stream.read(LONGEST_HEAD) if kind in wanted else b""
        stream.skip(size - len(start))
    stream.finish()
    return Record(place, headers, block, start)


def _head(stream: Stream) -> Headers:
    if not _FIRST_LINE.match(stream.line()):
        raise MisshapenRecord("no WARC record")
    lines: list[bytes] = []
    size = 0
    while line := stream.line().rstrip(b"\r\n"):
        size += len(line)
        if size > LONGEST_HEAD:
            raise MisshapenRecord("a record whose head does not end")
        lines.append(line)
    return headers_of(lines)
