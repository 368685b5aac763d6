"""WARC files written (ISO 28500, version 1.1), one a run: pages as they came over the wire, or out of another archive.

A file is written under a name that ends in `.open`, one gzip member a record, and has its own name when it is whole.
What a killed run left open is cut behind its last whole record and renamed by whoever comes next; nothing is appended.
"""

import logging
import os
import zlib
from base64 import b32encode
from functools import cache
from hashlib import sha1
from http.client import responses
from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO, NamedTuple

from wardnews.archives.capture import Capture
from wardnews.archives.sections import open_no_link
from wardnews.portable import lock

ENDING = ".warc.gz"
_OPEN = ".open"
_REMEMBERED = 50_000
"""How many payloads of a run are remembered, so that a repeated one is written as a revisit."""
_GZIP, _PIECE = 31, 1 << 16
_IN_MEMORY, _COPIED = 4 << 20, 1 << 20
"""The bytes of packed records that are held in memory before they are written, and that are written at a time."""
_logger = logging.getLogger(__name__)

Fields = list[tuple[bytes, bytes]]
"""Header fields of HTTP, by name and value, in their order."""


class Payload(NamedTuple):
    """A payload that lies in a file, and its SHA-1."""

    file: BinaryIO
    length: int
    sha1: bytes


class Message(NamedTuple):
    """A message of HTTP: its first line, its header fields and its payload as it came over the wire."""

    line: bytes
    fields: Fields
    payload: bytes | Payload


def raw_folder(output: str | Path) -> Path:
    """Return the folder of raw pages below the folder of output."""
    return Path(output, "raw")


def raw_files(output: str | Path) -> list[Path]:
    """Return the files of raw pages that are whole, the oldest first; those that killed runs left are completed."""
    complete_files(raw_folder(output))
    return sorted(raw_folder(output).glob(f"*{ENDING}"))


class RawFile:
    """The WARC file of a run, which is made with its first page.

    `about`: fields of its warcinfo record. Once a payload was written, its repetitions are revisit records.
    """

    def __init__(self, path: Path, about: dict[str, str]) -> None:
        self.path = path
        self.about = about
        self._open = path.with_name(path.name + _OPEN)
        self._file: BinaryIO | None = None
        self._size = 0
        self._repeated: dict[str, tuple[str, str]] = {}

    def fetched(self, url: str, date: str, answer: Message, asked: Message, ip: str = "") -> None:
        """Write an answer and the request that it is of; raise OSError, and leave no part of them, on failure."""
        extra = {"WARC-IP-Address": ip} if ip else {}
        record = self._answer(url, date, answer, extra)
        related = {"WARC-Concurrent-To": record.rec_headers.get_header("WARC-Record-ID"), **extra}
        self._write(record, self._record("request", url, date, asked, related))

    def captured(self, capture: Capture, source: str) -> None:
        """Write a page of the past under its own address and date; raise OSError on failure."""
        fields = [(b"Content-Type", _one_line(capture.content_type).encode())] if capture.content_type else []
        if capture.location:
            fields.append((b"Location", _address(capture.location).encode()))
        fields.append((b"Content-Length", str(len(capture.body)).encode()))
        status = f"HTTP/1.1 {capture.status} {responses.get(capture.status, '')}".encode()
        extra = {"WARC-Source-URI": _address(source)}
        message = Message(status, fields, capture.body)
        self._write(self._answer(_address(capture.url), capture.timestamp, message, extra))

    def _answer(self, url: str, date: str, message: Message, extra: dict[str, str]) -> Any:
        """Return the record of an answer: a revisit record where this file has its payload already."""
        payload, length = message.payload, _length(message.payload)
        own = payload.sha1 if isinstance(payload, Payload) else sha1(payload, usedforsecurity=False).digest()
        digest = f"sha1:{b32encode(own).decode()}"
        first = self._repeated.get(digest) if length else None
        if first is None:
            if length:
                self._repeated[digest] = (url, date)
                if len(self._repeated) > _REMEMBERED:
                    del self._repeated[next(iter(self._repeated))]
            return self._record("response", url, date, message, {**extra, "WARC-Payload-Digest": digest})
        named = {"WARC-Date": date, **extra}
        http = _verbatim(message)
        return _writer().create_revisit_record(url, digest, *first, http_headers=http, warc_headers_dict=named)

    def _record(self, kind: str, url: str, date: str, message: Message, extra: dict[str, str]) -> Any:
        payload = message.payload
        if isinstance(payload, Payload):
            payload.file.seek(0)
        return _writer().create_warc_record(
            url,
            kind,
            payload=payload.file if isinstance(payload, Payload) else BytesIO(payload),
            length=_length(payload),
            warc_headers_dict={"WARC-Date": date, **extra},
            http_headers=_verbatim(message),
        )

    def _write(self, *records: Any) -> None:
        if self._file is None:
            self._begin()
        with SpooledTemporaryFile(_IN_MEMORY, dir=str(self.path.parent)) as packed:
            for record in records:
                record.rec_headers.add_header("WARC-Warcinfo-ID", self._id)
                _writer(packed).write_record(record)
            packed.seek(0)
            self._append(packed)

    def _begin(self) -> None:
        """Create the file, locked before it has a name that others look for."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_name(f"{self.path.name}.new")
        new.unlink(missing_ok=True)
        self._file = new.open("xb", buffering=0)  # follows no link that was put there
        lock(self._file.fileno(), wait=True)
        new.rename(self._open)
        info = _writer().create_warcinfo_record(self.path.name, self.about)
        self._id = info.rec_headers.get_header("WARC-Record-ID")
        packed = BytesIO()
        _writer(packed).write_record(info)
        packed.seek(0)
        self._append(packed)

    def _append(self, packed: IO[bytes]) -> None:
        """Append records whole; cut off again what was written of them on failure."""
        assert self._file  # noqa: S101 - opened by `_write`
        written = 0
        try:
            while left := packed.read(_COPIED):
                while left:
                    done = os.write(self._file.fileno(), left)
                    written, left = written + done, left[done:]
        except OSError:
            os.ftruncate(self._file.fileno(), self._size)
            raise
        self._size += written

    def close(self) -> None:
        """Complete the file; raise OSError on failure."""
        if self._file:
            _complete(self._file, self._open, self._size)
            self._file.close()
            self._file = None


def _length(payload: bytes | Payload) -> int:
    return payload.length if isinstance(payload, Payload) else len(payload)


def _writer(packed: IO[bytes] | None = None) -> Any:
    from warcio.warcwriter import WARCWriter

    return WARCWriter(packed, gzip=True, warc_version="1.1")


def _verbatim(message: Message) -> Any:
    """Return headers that are written byte for byte."""
    protocol, _, rest = message.line.decode("latin-1").partition(" ")
    named = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message.fields]
    return _verbatim_headers()(rest, named, protocol=protocol)


@cache
def _verbatim_headers() -> Any:
    """Return the class of headers in latin-1: warcio by itself writes other letters than ASCII as %XX."""
    from warcio.statusandheaders import StatusAndHeaders

    class Verbatim(StatusAndHeaders):  # type: ignore[misc]
        def compute_headers_buffer(self, _header_filter: object = None) -> None:
            self.headers_buff = self.to_bytes(encoding="latin-1")

    return Verbatim


def _address(url: str) -> str:
    """Return an address that stays on its line."""
    return "".join(letter if letter > " " else f"%{ord(letter):02X}" for letter in url)


def _one_line(words: str) -> str:
    return " ".join(words.split())


# --- what killed runs left --------------------------------------------------------------------------------------------


def complete_files(folder: Path) -> None:
    """Complete the files that killed runs left open; those of running ones are locked and stay as they are.

    A file that cannot be completed is logged and left to the next time.
    """
    for path in sorted(folder.glob(f"*{ENDING}{_OPEN}")):
        try:
            with open_no_link(path, "r+b") as file:
                lock(file.fileno())
                _complete(file, path, _whole(file))
        except BlockingIOError:
            continue
        except OSError as error:
            _logger.warning("raw pages: %s cannot be completed: %s", path, error.strerror)


def _complete(file: IO[bytes], path: Path, size: int) -> None:
    """Rename a file that is cut at `size` bytes, behind its last whole record; delete one without any record."""
    if not size:
        path.unlink()
        return
    os.ftruncate(file.fileno(), size)
    os.fsync(file.fileno())
    path.rename(path.with_name(path.name.removesuffix(_OPEN)))


def _whole(file: IO[bytes]) -> int:
    """Return how many bytes of a file are whole gzip members."""
    whole = at = 0
    unzip = zlib.decompressobj(_GZIP)
    raw = b""
    while raw := raw or file.read(_PIECE):
        try:
            unzip.decompress(raw, 1 << 20)
        except zlib.error:
            break
        left = unzip.unused_data if unzip.eof else unzip.unconsumed_tail
        at += len(raw) - len(left)
        raw = left
        if unzip.eof:
            whole, unzip = at, zlib.decompressobj(_GZIP)
    return whole
