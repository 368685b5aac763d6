"""Raw pages, kept as they came over the wire: one WARC file (ISO 28500, version 1.1) a run, beside the store.

A file is written under a name that ends in `.open`, one gzip member a record, and has its own name when it is whole.
What a killed run left open is cut behind its last whole record and renamed by whoever comes next; nothing is appended.
"""

import fcntl
import logging
import os
import zlib
from base64 import b32encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha1
from http.client import responses
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Self
from urllib.parse import urldefrag, urlsplit

import scrapy
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.settings import BaseSettings

from wardnews import __version__
from wardnews.archives import Capture
from wardnews.errors import CannotKeep, WardnewsError
from wardnews.middlewares.transport import REASON
from wardnews.text.clock import timestamp

FETCHED_AT = "fetched_at"
"""The key in a request's meta under which the moment stands that the raw page of its answer has."""
_ENDING, _OPEN = ".warc.gz", ".open"
_REMEMBERED = 50_000
"""How many payloads of a run are remembered, to tell that one is repeated."""
_GZIP, _PIECE = 31, 1 << 16
_NOT_MODIFIED = 304
_HOP = frozenset((b"transfer-encoding", b"content-length", REASON.lower().encode()))
_logger = logging.getLogger(__name__)


class RawError(WardnewsError, IgnoreRequest):
    """Raise for a page whose raw page could not be kept: it is not to be committed."""


def wanted(settings: BaseSettings, default: bool) -> bool:
    """Tell whether a run keeps raw pages: by the setting WARDNEWS_RAW, else by default.

    Raises CannotKeep for a setting that is neither yes nor no, and where there is nothing to write with.
    """
    said = settings.get("WARDNEWS_RAW")
    try:
        keep = default if said in (None, "") else settings.getbool("WARDNEWS_RAW")
    except ValueError as error:
        raise CannotKeep(f"WARDNEWS_RAW={said}: expected 1 or 0") from error
    if keep:
        try:
            import_module("warcio")
        except ImportError as error:
            raise CannotKeep(
                "raw pages are kept with warcio, which is not installed: pip install 'wardnews[archive]', "
                "or set WARDNEWS_RAW=0 to do without them"
            ) from error
    return keep


class RawPages:
    """Keep each page of a portal, as request and response, before anything else sees it.

    A downloader middleware next to the network, not a listener to `response_downloaded`: where a raw page cannot be
    written, its page must go no further. The run then stops. Answers of archives are kept by `keep`, as the pages that
    they hold; searches are not.
    """

    def __init__(self, crawler: Crawler, file: "RawFile") -> None:
        self.crawler = crawler
        self.file = file
        self.failure: str | None = None
        crawler.signals.connect(self.closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Open the run's file where raw pages are wanted: by WARDNEWS_RAW, else by the spider."""
        spider, settings = crawler.spider, crawler.settings
        by_spider: bool | None = getattr(spider, "keeps_raw", None)  # None: no spider with a store
        if by_spider is None or not wanted(settings, by_spider):
            raise NotConfigured
        folder = raw_folder(settings["WARDNEWS_OUTPUT"])
        mend(folder)
        return cls(crawler, RawFile(folder / f"{spider.run}{_ENDING}", _about(settings, spider.run)))  # type: ignore[union-attr]

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep an answer; raise RawError where that cannot be."""
        if "archive" not in request.meta:
            moment = timestamp()
            self._kept(lambda: self.file.fetched(request, response, moment))
            request.meta[FETCHED_AT] = moment
            response.headers.pop(REASON, None)
        return response

    def keep(self, capture: Capture, source: str) -> None:
        """Keep a page that an archive gave, and where from; raise RawError where that cannot be."""
        self._kept(lambda: self.file.captured(capture, source))

    def _kept(self, write: Any) -> None:
        if self.failure is None:
            try:
                write()
            except OSError as error:
                self.failure = f"raw pages cannot be written: {error.strerror}"
                self.crawler.stats.inc_value("rawpages/failed")
                self.crawler.spider.stop(self.failure)  # type: ignore[union-attr]
        if self.failure:
            raise RawError(self.failure)

    def closed(self) -> None:
        """Give the file its name."""
        try:
            self.file.close()
        except OSError as error:
            self.crawler.stats.inc_value("rawpages/failed")
            _logger.error("raw pages: %s: %s; the next run completes it", self.file.path, error.strerror)  # noqa: TRY400


def raw_folder(output: str | Path) -> Path:
    """Name the folder of raw pages."""
    return Path(output, "raw")


def raw_files(output: str | Path) -> list[Path]:
    """Give the files of raw pages that are whole, the oldest first; those that killed runs left are completed."""
    mend(raw_folder(output))
    return sorted(raw_folder(output).glob(f"*{_ENDING}"))


def _about(settings: Mapping[str, Any], run: str) -> dict[str, str]:
    """Say who made a file, and how they behaved, in the words of the format."""
    return {
        "software": f"wardnews/{__version__} Scrapy/{scrapy.__version__}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "isPartOf": run,
        "operator": settings["WARDNEWS_CONTACT"],
        "robots": "obey" if settings["ROBOTSTXT_OBEY"] else "ignore",
        "http-header-user-agent": settings["USER_AGENT"],
    }


# --- writing ----------------------------------------------------------------------------------------------------------


class RawFile:
    """Write the WARC file of a run; there is none as long as there is no page."""

    def __init__(self, path: Path, about: dict[str, str]) -> None:
        self.path = path
        self.about = about
        self._open = path.with_name(path.name + _OPEN)
        self._file: BinaryIO | None = None
        self._size = 0
        self._repeated: dict[str, tuple[str, str]] = {}

    def fetched(self, request: Request, response: Response, moment: str) -> None:
        """Write a page and what was asked for it; raise OSError, and leave no part of them, where that cannot be."""
        status = _status_line(response)
        fields = _fields(response)
        if response.status != _NOT_MODIFIED:
            fields.append((b"Content-Length", str(len(response.body)).encode()))
        extra = {"WARC-IP-Address": str(response.ip_address)} if response.ip_address else {}
        answer = self._answer(response.url, moment, (status, fields, response.body), extra)
        url = urlsplit(urldefrag(request.url)[0])
        path = f"{url.path or '/'}{f'?{url.query}' if url.query else ''}"
        asked = [(b"Host", url.netloc.rpartition("@")[2].encode()), *_all(request)]
        related = {"WARC-Concurrent-To": answer.rec_headers.get_header("WARC-Record-ID"), **extra}
        asking = (f"{request.method} {path} HTTP/1.1".encode(), asked, request.body)
        self._write(answer, self._record("request", response.url, moment, asking, related))

    def captured(self, capture: Capture, source: str) -> None:
        """Write a page of the past under its own address and moment; raise OSError where that cannot be."""
        fields = [(b"Content-Type", _one_line(capture.content_type).encode())] if capture.content_type else []
        if capture.location:
            fields.append((b"Location", _address(capture.location).encode()))
        fields.append((b"Content-Length", str(len(capture.body)).encode()))
        status = f"HTTP/1.1 {capture.status} {responses.get(capture.status, '')}".encode()
        extra = {"WARC-Source-URI": _address(source)}
        self._write(self._answer(_address(capture.url), capture.timestamp, (status, fields, capture.body), extra))

    def _answer(self, url: str, moment: str, parts: "_Parts", extra: dict[str, str]) -> Any:
        """Make the record of an answer; one of a payload that the run has met already refers to that."""
        payload = parts[2]
        digest = f"sha1:{b32encode(sha1(payload, usedforsecurity=False).digest()).decode()}"
        first = self._repeated.get(digest) if payload else None
        if first is None:
            if payload:
                self._repeated[digest] = (url, moment)
                if len(self._repeated) > _REMEMBERED:
                    del self._repeated[next(iter(self._repeated))]
            return self._record("response", url, moment, parts, {**extra, "WARC-Payload-Digest": digest})
        named = {"WARC-Date": moment, **extra}
        http = _verbatim(*parts[:2])
        return _writer().create_revisit_record(url, digest, *first, http_headers=http, warc_headers_dict=named)

    def _record(self, kind: str, url: str, moment: str, parts: "_Parts", extra: dict[str, str]) -> Any:
        line, fields, payload = parts
        return _writer().create_warc_record(
            url,
            kind,
            payload=BytesIO(payload),
            length=len(payload),
            warc_headers_dict={"WARC-Date": moment, **extra},
            http_headers=_verbatim(line, fields),
        )

    def _write(self, *records: Any) -> None:
        if self._file is None:
            self._begin()
        packed = BytesIO()
        for record in records:
            record.rec_headers.add_header("WARC-Warcinfo-ID", self._id)
            _writer(packed).write_record(record)
        self._append(packed.getvalue())

    def _begin(self) -> None:
        """Make the file, locked before it has a name that others look for."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_name(f"{self.path.name}.new")
        self._file = new.open("wb", buffering=0)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        new.rename(self._open)
        info = _writer().create_warcinfo_record(self.path.name, self.about)
        self._id = info.rec_headers.get_header("WARC-Record-ID")
        packed = BytesIO()
        _writer(packed).write_record(info)
        self._append(packed.getvalue())

    def _append(self, packed: bytes) -> None:
        """Write records whole; take a part of them back."""
        assert self._file  # noqa: S101 - opened by `_write`
        written = 0
        try:
            while written < len(packed):
                written += os.write(self._file.fileno(), packed[written:])
        except OSError:
            os.ftruncate(self._file.fileno(), self._size)
            raise
        self._size += written

    def close(self) -> None:
        """Complete the file; raise OSError where that cannot be."""
        if self._file:
            _complete(self._file, self._open, self._size)
            self._file.close()
            self._file = None


_Fields = list[tuple[bytes, bytes]]
_Parts = tuple[bytes, _Fields, bytes]
"""What a message of HTTP has: its first line, header fields, payload."""


def _writer(packed: BytesIO | None = None) -> Any:
    from warcio.warcwriter import WARCWriter

    return WARCWriter(packed, gzip=True, warc_version="1.1")


def _verbatim(line: bytes, fields: _Fields) -> Any:
    """Make headers that are written byte for byte."""
    protocol, _, rest = line.decode("latin-1").partition(" ")
    named = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in fields]
    return _verbatim_headers()(rest, named, protocol=protocol)


@cache
def _verbatim_headers() -> Any:
    """Make the class of headers in latin-1: warcio by itself writes other letters than ASCII as %XX."""
    from warcio.statusandheaders import StatusAndHeaders

    class Verbatim(StatusAndHeaders):  # type: ignore[misc]
        def compute_headers_buffer(self, _header_filter: object = None) -> None:
            self.headers_buff = self.to_bytes(encoding="latin-1")

    return Verbatim


def _status_line(response: Response) -> bytes:
    reason = response.headers.get(REASON)
    usual = responses.get(response.status, "").encode()
    return f"{response.protocol or 'HTTP/1.1'} {response.status} ".encode() + (usual if reason is None else reason)


def _all(message: Request | Response) -> _Fields:
    return [(name, value) for name, values in message.headers.items() for value in values]


def _fields(response: Response) -> _Fields:
    """Give the headers of an answer without those of the wire: its chunks are put together, its length is to fit."""
    return [(name, value) for name, value in _all(response) if name.lower() not in _HOP]


def _address(url: str) -> str:
    """Write an address so that it stays on its line."""
    return "".join(letter if letter > " " else f"%{ord(letter):02X}" for letter in url)


def _one_line(words: str) -> str:
    return " ".join(words.split())


# --- what killed runs left --------------------------------------------------------------------------------------------


def mend(folder: Path) -> None:
    """Complete the files that killed runs left open: what a run is at is locked, and stays as it is.

    A file that cannot be completed is logged and left to the next time.
    """
    for path in sorted(folder.glob(f"*{_ENDING}{_OPEN}")):
        try:
            with path.open("r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _complete(file, path, _whole(file))
        except BlockingIOError:
            continue
        except OSError as error:
            _logger.warning("raw pages: %s cannot be completed: %s", path, error.strerror)


def _complete(file: BinaryIO, path: Path, size: int) -> None:
    """Give a file its name, without what stands behind its last whole record; one without any record is deleted."""
    if not size:
        path.unlink()
        return
    os.ftruncate(file.fileno(), size)
    os.fsync(file.fileno())
    path.rename(path.with_name(path.name.removesuffix(_OPEN)))


def _whole(file: BinaryIO) -> int:
    """Tell how many bytes of a file are whole gzip members."""
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
