"""WARC files, packed or plain: what they captured, and what of them is spoilt; damage costs no more than it hit.

Read by the format's own rules (ISO 28500). Readers such as fastwarc and warcio end without a word where a file is torn
and cannot go on behind damage, so records are cut out of the file here.
"""

import re
import zlib
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import urljoin, urlsplit

from wardnews.archives.capture import Capture, Spoilt
from wardnews.archives.contents import LARGEST, dechunk, unpack
from wardnews.archives.digests import fits
from wardnews.errors import Undecodable, WardnewsError

Headers = dict[str, str]
"""Headers by their names in lower case; of a name that is repeated, the first."""


class Place(NamedTuple):
    """Say where a record begins: at which byte of the file, and how far into what is packed there."""

    offset: int
    inner: int = 0

    def __str__(self) -> str:
        return f"@{self.offset}+{self.inner}" if self.inner else f"@{self.offset}"


Originals = Mapping[str, tuple[Path, Place]]
"""Where the records are that others refer to, by what these call them."""

_PIECE = 1 << 16
_LARGEST_BLOCK = LARGEST + (1 << 20)
_LONGEST_HEAD = 1 << 18
_GZIP = 31
_PACKED = b"\x1f\x8b\x08"
_VERSION = re.compile(rb"WARC/1\.[0-9]\r?\n")
_BEGINNING = re.compile(rb"WARC/1\.[0-9]\r?\n[!-9;-~]+:")
_LONGEST_BEGINNING = 80
_HTTP = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?!\d)")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_END = b"\r\n\r\n"
_TORN = "torn: the file ends in the middle of it"
_ABOUT_OTHERS = frozenset({"warcinfo", "request", "metadata"})
# wget's log and Browsertrix's texts and pictures of pages are resources under such names.
_ABOUT_THE_CRAWL = ("metadata:", "urn:")


class _Damaged(WardnewsError):
    """Say what is wrong with a record."""


@dataclass(slots=True)
class _Record:
    """Hold a record; its block is None where nobody asked for it."""

    place: Place
    headers: Headers
    block: bytes | None

    @property
    def kind(self) -> str:
        return self.headers.get("warc-type", "").lower()

    @property
    def target(self) -> str:
        # Old versions of wget put the address in angle brackets.
        return self.headers.get("warc-target-uri", "").strip("<>")

    def names(self) -> tuple[str, ...]:
        """Return all that another record may call this one."""
        dated = f"{self.target} {self.headers.get('warc-date', '')}"
        return tuple(filter(None, (self.headers.get("warc-record-id"), dated, self.headers.get("warc-payload-digest"))))

    def refers_to(self) -> tuple[str, ...]:
        """Return what a revisit calls its original, the surest name first."""
        address = self.headers.get("warc-refers-to-target-uri", self.target).strip("<>")
        dated = f"{address} {self.headers['warc-refers-to-date']}" if "warc-refers-to-date" in self.headers else None
        return tuple(filter(None, (self.headers.get("warc-refers-to"), dated, self.headers.get("warc-payload-digest"))))


# --- what a file holds ------------------------------------------------------------------------------------------------


def read_warc(
    path: Path, start: int = 0, end: int | None = None, originals: Originals | None = None
) -> Iterator[Capture | Spoilt]:
    """Read the captures of a WARC file, or of one of the parts of it that `parts` names, in the file's order.

    Records that carry no page (requests, metadata) are passed over; whatever else is no capture is Spoilt, by offset
    and address. `originals` leads to the pages that revisits repeat; without it they are looked for in this file.
    Raises OSError where the file cannot be opened or read.
    """
    with path.open("rb") as file:
        for found in _walk(file, start, end, ("response", "resource", "revisit")):
            if isinstance(found, Spoilt):
                yield Spoilt(f"{path.name}{found.where}", found.cause)
                continue
            if originals is None and found.kind == "revisit":
                originals = find_originals([path])
            yield from _captured(found, path.name, originals or {})


class Indexed(NamedTuple):
    """Say where in a file a capture is, in bytes, and what it is; a revisit has its own head, or none, and no page.

    `digest`: of the payload, as the record has it. `body` without any encoding.
    """

    offset: int
    length: int
    url: str
    timestamp: str
    digest: str
    status: int | None
    content_type: str
    body: bytes | None


def read_index(path: Path) -> Iterator[Indexed | Spoilt]:
    """Read where the captures of a WARC file are, in the file's order; what cannot be read is Spoilt.

    Answers to a POST are left out, where the request stands behind them: their address alone does not give them.

    Raises OSError where the file cannot be read, ValueError for one whose records cannot be had one by one, as it was
    packed as a whole.
    """
    with path.open("rb") as file:
        waiting: _Record | None = None
        for found in _walk(file, 0, None, ("response", "resource", "revisit", "request")):
            if isinstance(found, Spoilt):
                yield Spoilt(f"{path.name}{found.where}", found.cause)
                continue
            if found.place.inner:
                raise ValueError("packed as a whole, not record by record")
            if waiting and not _posted(waiting, found):
                yield from _indexed(waiting, path.name, found.place.offset)
            waiting = found
        if waiting:
            yield from _indexed(waiting, path.name, file.seek(0, 2))


def _posted(answer: _Record, request: _Record) -> bool:
    """Tell whether a request is the POST of an answer."""
    concurrent = request.headers.get("warc-concurrent-to")
    own = bool(concurrent) and concurrent == answer.headers.get("warc-record-id")
    return own and (request.block or b"").startswith(b"POST ")


def _indexed(record: _Record, name: str, end: int) -> Iterator[Indexed | Spoilt]:
    if record.kind in _ABOUT_OTHERS:
        return
    try:
        body = None
        if record.kind == "revisit":
            block = _checked_block(record)
            status, head, _ = _http(block) if block else (None, {}, b"")
            made = _made(record, name, status or 0, head.get("content-type", ""), b"")
        else:
            made = _capture(record, name)
            status, body = made.status, made.body
    except (_Damaged, Undecodable) as error:
        yield Spoilt(f"{name}{record.place} {record.target}".rstrip(), str(error))
        return
    digest = record.headers.get("warc-payload-digest", "")
    place = record.place.offset
    yield Indexed(place, end - place, made.url, made.timestamp, digest, status, made.content_type, body)


def read_record(packed: BinaryIO, name: str) -> Capture | Spoilt:
    """Read the one capture of a stream, such as the part of a WARC file that an index named; `name` is the file's."""
    for found in _walk(packed, 0, None, ("response", "resource", "revisit")):
        if isinstance(found, Spoilt):
            return Spoilt(f"{name}{found.where}", found.cause)
        for captured in _captured(found, name, {}):
            return captured
    return Spoilt(name, "no capture in it")


def parts(path: Path, count: int) -> list[tuple[int, int]]:
    """Cut a WARC file into at most `count` parts of about the same size, for `read_warc`.

    Finds where records begin by unpacking the file, so that nothing inside a page can pass for a beginning. A file
    that was packed as a whole is one part. Raises OSError where the file cannot be read.
    """
    size = path.stat().st_size
    cuts = [0]
    with path.open("rb") as file:
        for found in _walk(file, 0, None, ()):
            if len(cuts) == count:
                break
            if isinstance(found, _Record) and not found.place.inner and found.place.offset >= size * len(cuts) / count:
                cuts.append(found.place.offset)
    return list(zip(cuts, [*cuts[1:], size], strict=True))


def find_originals(paths: Iterable[Path]) -> dict[str, tuple[Path, Place]]:
    """Find the responses that the revisits of some WARC files repeat, by record id, address and date, or digest.

    Goes through the files once, and once more if there are revisits; memory grows with these alone. Raises OSError
    where a file cannot be read.
    """
    paths = list(paths)
    wanted = {name for _, record in _records(paths) if record.kind == "revisit" for name in record.refers_to()}
    originals: dict[str, tuple[Path, Place]] = {}
    if not wanted:
        return originals
    for path, record in _records(paths):
        if record.kind in ("response", "resource"):
            for name in wanted.intersection(record.names()):
                originals.setdefault(name, (path, record.place))
    return originals


def _records(paths: Iterable[Path]) -> Iterator[tuple[Path, _Record]]:
    for path in paths:
        with path.open("rb") as file:
            for found in _walk(file, 0, None, ()):
                if isinstance(found, _Record):
                    yield path, found


# --- from a record to a capture ---------------------------------------------------------------------------------------


def _captured(record: _Record, name: str, originals: Originals) -> Iterator[Capture | Spoilt]:
    if record.kind in _ABOUT_OTHERS or record.target.startswith(_ABOUT_THE_CRAWL):
        return
    where = f"{name}{record.place} {record.target}".rstrip()
    try:
        yield _revisited(record, name, originals) if record.kind == "revisit" else _capture(record, name)
    except (_Damaged, Undecodable) as error:
        yield Spoilt(where, str(error))


def _capture(record: _Record, name: str, promised: str = "") -> Capture:
    """Read the page of a record; its digest must be the record's own, and the one that a revisit promised."""
    headers, block = record.headers, _checked_block(record)
    if "warc-truncated" in headers:
        raise _Damaged(f"cut off by the crawler ({headers['warc-truncated']})")
    if record.kind == "resource":
        status, head, payload, body = 200, {"content-type": headers.get("content-type", "")}, block, unpack(block, "")
    else:
        status, head, payload = _http(block)
        body = _body(head, payload)
    # Crawlers differ in what they take for the payload: before or behind the chunks or the compression.
    forms = (payload, *([dechunk(payload)] if "transfer-encoding" in head else []), body)
    if not fits(headers.get("warc-payload-digest", ""), *forms):
        raise _Damaged("wrong digest")
    if not fits(promised, *forms):
        raise _Damaged("a revisit of a page with another digest")
    return _made(record, name, status, head.get("content-type", ""), body, head.get("location"))


def _revisited(record: _Record, name: str, originals: Originals) -> Capture:
    """Give a page that was found unchanged: the body of its original, under the record's own head and date."""
    block = _checked_block(record)
    found = next((originals[key] for key in record.refers_to() if key in originals), None)
    if found is None:
        raise _Damaged("a revisit of a page that is not in these files")
    path, place = found
    with path.open("rb") as file:
        original = next(_walk(file, place.offset, None, ("response", "resource"), place.inner))
    if isinstance(original, Spoilt):
        raise _Damaged(f"a revisit of a page that is spoilt: {original.cause}")
    page = _capture(original, path.name, record.headers.get("warc-payload-digest", ""))
    status, head, _ = _http(block) if block else (page.status, {}, b"")
    if status == 304:  # noqa: PLR2004 - the page itself is as it was
        status, head = page.status, {}
    location = head.get("location", page.location)
    return _made(record, name, status, head.get("content-type", page.content_type), page.body, location)


def _checked_block(record: _Record) -> bytes:
    scheme = urlsplit(record.target).scheme.lower() if _is_sound(record.target) else ""
    if record.kind not in ("response", "resource", "revisit"):
        raise _Damaged(f"no page: {record.kind[:40] or 'a record without a type'}")
    if scheme not in ("http", "https"):
        raise _Damaged(f"not HTTP: {scheme[:40] or 'no address'}")
    if record.block is None:
        raise _Damaged(f"larger than {LARGEST >> 20} MiB")
    if "warc-segment-number" in record.headers:
        raise _Damaged("in segments")
    if not fits(record.headers.get("warc-block-digest", ""), record.block):
        raise _Damaged("wrong digest")
    return record.block


def _is_sound(address: str) -> bool:
    try:
        return bool(urlsplit(address).scheme)
    except ValueError:
        return False


def _http(block: bytes) -> tuple[int, Headers, bytes]:
    """Split an HTTP answer into status, headers and what follows; lines that are no headers are passed over."""
    status = _HTTP.match(block)
    if status is None:
        raise _Damaged("no HTTP answer")
    end = _HEAD_END.search(block, status.end(), status.end() + _LONGEST_HEAD)
    head = block[: end.start() if end else len(block)]
    return int(status[1]), _headers(head.splitlines()[1:]), block[end.end() :] if end else b""


def _body(head: Headers, payload: bytes) -> bytes:
    if "transfer-encoding" in head:
        payload = dechunk(payload)
    elif len(payload) < (_length(head) or 0):
        raise _Damaged("shorter than its Content-Length")
    return unpack(payload, head.get("content-encoding", ""))


def _made(
    record: _Record, name: str, status: int, content_type: str, body: bytes, location: str | None = None
) -> Capture:
    url = record.target
    try:
        moment = datetime.fromisoformat(record.headers.get("warc-date", ""))
        timestamp = moment.astimezone(UTC) if moment.tzinfo else moment
        there = urljoin(url, location) if location and status in range(300, 400) else None
    except (ValueError, OverflowError) as error:
        raise _Damaged(f"a date or an address that is none: {error}") from error
    return Capture(url, f"{timestamp:%Y-%m-%dT%H:%M:%SZ}", f"warc:{name}", status, content_type, body, there)


def _headers(lines: Iterable[bytes]) -> Headers:
    headers: Headers = {}
    last = ""
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            if last:
                headers[last] = f"{headers[last]} {_words(line)}".strip()
            continue
        name, colon, value = line.partition(b":")
        last = _words(name).lower() if colon else ""
        if last in headers:
            last = ""
        elif last:
            headers[last] = _words(value)
    return headers


def _length(headers: Headers) -> int | None:
    digits = headers.get("content-length", "")
    return int(digits) if digits.isdecimal() and len(digits) <= len(str(1 << 62)) else None


def _words(line: bytes) -> str:
    try:
        return line.decode().strip()
    except UnicodeDecodeError:
        return line.decode("latin-1").strip()


# --- from a file to records -------------------------------------------------------------------------------------------


def _walk(
    file: BinaryIO, start: int, end: int | None, wanted: Container[str], inner: int = 0
) -> Iterator[_Record | Spoilt]:
    """Go from record to record, past damage to the next one that can be found; read the blocks of the wanted kinds."""
    stream = _Stream(file, start)
    stream.skip(inner)
    while True:
        place = None
        try:
            place = stream.place()
            if place is None or (end is not None and place.offset >= end):
                return
            record = _record(stream, place, wanted)
        except (_Damaged, zlib.error) as error:
            place = place or stream.here()
            if end is not None and place.offset >= end:
                return
            yield Spoilt(str(place), "cannot be unpacked" if isinstance(error, zlib.error) else str(error))
            stream.resume(place, readable=isinstance(error, _Misshapen))
            continue
        yield record


class _Misshapen(_Damaged):
    """Say that bytes can be read, but make no record."""


class _Torn(_Damaged):
    """Say that a file ends in the middle of a record."""


def _record(stream: "_Stream", place: Place, wanted: Container[str]) -> _Record:
    headers = _record_head(stream)
    kind, size = headers.get("warc-type", "").lower(), _length(headers)
    if size is None:
        raise _Misshapen("a record that does not say how long it is")
    block = None
    if kind in wanted and size <= _LARGEST_BLOCK:
        block = stream.read(size)
    else:
        stream.skip(size)
    stream.finish()
    return _Record(place, headers, block)


def _record_head(stream: "_Stream") -> Headers:
    if not _VERSION.match(stream.line()):
        raise _Misshapen("no WARC record")
    lines: list[bytes] = []
    size = 0
    while line := stream.line().rstrip(b"\r\n"):
        size += len(line)
        if size > _LONGEST_HEAD:
            raise _Misshapen("a record whose head does not end")
        lines.append(line)
    return _headers(lines)


class _Stream:
    """Give the bytes of a WARC file, unpacked, and tell where records begin."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        self._file = file
        self._size = file.seek(0, 2)
        self._packed = _is_packed(file, start)
        self._restart(start)

    def _restart(self, offset: int) -> None:
        self._file.seek(offset)
        self._member = offset
        # Where the bytes at hand begin: in the file, or where it is packed, in what the present member unpacks to.
        self._base = 0 if self._packed else offset
        self._ready, self._at = b"", 0
        self._raw = b""
        self._unzip: Any = None

    def here(self) -> Place:
        inner = self._base + self._at
        return Place(self._member, inner) if self._packed else Place(inner)

    def place(self) -> Place | None:
        """Pass over line ends and say where the next record begins; None at the end of the file."""
        while True:
            self._at = len(self._ready) - len(self._ready[self._at :].lstrip(b"\r\n"))
            if self._at < len(self._ready):
                return self.here()
            if not self._more():
                return None

    def line(self) -> bytes:
        """Read up to the next line end; raise _Misshapen where there is none."""
        line = b""
        while not line.endswith(b"\n"):
            if len(line) > _LONGEST_HEAD:
                raise _Misshapen("no WARC record")
            self._fill()
            end = self._ready.find(b"\n", self._at) + 1 or len(self._ready)
            line += self._ready[self._at : end]
            self._at = end
        return line

    def read(self, size: int) -> bytes:
        """Read so many bytes; raise _Torn or _Misshapen where there are fewer."""
        pieces = []
        while size:
            self._fill()
            piece = self._ready[self._at : self._at + size]
            pieces.append(piece)
            self._at += len(piece)
            size -= len(piece)
        return b"".join(pieces)

    def skip(self, size: int) -> None:
        """Pass over so many bytes; raise _Torn or _Misshapen where there are fewer."""
        if not self._packed and self._at + size > len(self._ready):
            offset = self.here().offset + size
            if offset > self._size:
                raise _Torn(_TORN)
            self._restart(offset)
            return
        while size:
            self._fill()
            step = min(size, len(self._ready) - self._at)
            self._at += step
            size -= step

    def finish(self) -> None:
        """Pass over a record's end; raise _Misshapen where the record goes on behind it, _Torn where all ends before.

        What is packed has its checksum verified by that.
        """
        ahead = self._ahead(len(_END))
        behind = ahead.lstrip(b"\r\n")
        if not b"WARC".startswith(behind):
            raise _Misshapen("longer than its Content-Length")
        self._at += len(ahead) - len(behind)
        self._ahead(1)

    def resume(self, place: Place, *, readable: bool) -> None:
        """Go on behind a damaged record, with what next looks like one.

        `readable` tells that the damage was none to the packing, so that the search is through unpacked bytes.
        """
        if not self._packed:
            # The record may have claimed others for itself that were added after it was torn.
            self._restart(place.offset + 1)
        try:
            while readable or not self._packed:
                if found := _BEGINNING.search(self._ready, self._at):
                    self._at = found.start()
                    return
                self._at = max(self._at, len(self._ready) - _LONGEST_BEGINNING)
                if not self._more():
                    self._at = len(self._ready)
                    return
        except (_Damaged, zlib.error):
            place = self.here()
        offset = _next_member(self._file, place.offset + 1)
        self._restart(self._size if offset is None else offset)

    def _fill(self) -> None:
        """Have at least one byte of the present record at hand."""
        while self._at == len(self._ready):
            member = self._member
            if not self._more():
                raise _Torn(_TORN)
            if self._packed and self._member != member and self._ready.startswith(b"WARC/1."):
                raise _Misshapen("shorter than its Content-Length")

    def _ahead(self, size: int) -> bytes:
        """Return the next bytes without passing over them, as far as they are of one member; verify its checksum."""
        while len(self._ready) - self._at < size and not (self._unzip and self._unzip.eof):
            if not self._more():
                break
        return self._ready[self._at : self._at + size]

    def _more(self) -> bool:
        """Have a further piece at hand, after what is left of the one before; False at the end of the file."""
        self._base += self._at
        self._ready, self._at = self._ready[self._at :], 0
        if not self._packed:
            piece = self._file.read(_PIECE)
            self._ready += piece
            return bool(piece)
        if self._unzip is None or self._unzip.eof:
            if not self._open():
                return False
            self._ready = b""
        raw = self._raw or self._unzip.unconsumed_tail or self._file.read(_PIECE)
        self._raw = b""
        if not raw:
            raise _Torn(_TORN)
        self._ready += self._unzip.decompress(raw, _PIECE)
        return True

    def _open(self) -> bool:
        """Begin the next gzip member, behind any padding; False at the end of the file."""
        raw = self._unzip.unused_data.lstrip(b"\0") if self._unzip else b""
        while not raw:
            piece = self._file.read(_PIECE)
            if not piece:
                return False
            raw = piece.lstrip(b"\0")
        self._member, self._base, self._raw = self._file.tell() - len(raw), 0, raw
        self._unzip = zlib.decompressobj(_GZIP)
        return True


def _is_packed(file: BinaryIO, start: int) -> bool:
    file.seek(start)
    first = file.read(len(_PACKED))
    return first == _PACKED or (first != b"WAR" and _next_member(file, start) is not None)


def _next_member(file: BinaryIO, start: int) -> int | None:
    """Find the next place at or behind `start` where a gzip member begins that holds a record."""
    overlap = _LONGEST_BEGINNING * 8
    file.seek(start)
    window, base = file.read(_PIECE), start
    while window:
        at = window.find(_PACKED)
        while at >= 0:
            if len(window) - at < overlap:
                window += file.read(_PIECE)
            if _holds_record(window[at : at + overlap]):
                return base + at
            at = window.find(_PACKED, at + 1)
        kept = window[-len(_PACKED) + 1 :]
        base += len(window) - len(kept)
        piece = file.read(_PIECE)
        window = kept + piece if piece else b""
    return None


def _holds_record(packed: bytes) -> bool:
    try:
        return zlib.decompressobj(_GZIP).decompress(packed, 16).startswith(b"WARC/1.")
    except zlib.error:
        return False
