"""Raw pages: each page of a crawl is kept as it came over the wire, before anything else sees it."""

import logging
from collections.abc import Callable, Mapping
from http.client import responses
from importlib import import_module
from typing import Any, Self
from urllib.parse import urldefrag, urlsplit

import scrapy
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.settings import BaseSettings

from wardnews import __version__
from wardnews.archives.capture import Capture
from wardnews.archives.warc.write import ENDING, Fields, Message, Payload, RawFile, complete_files, raw_folder
from wardnews.errors import CannotKeep, WardnewsError
from wardnews.files.spool import Spool
from wardnews.middlewares.hosts import SPOOL
from wardnews.middlewares.transport import REASON
from wardnews.storage import Output
from wardnews.text.clock import timestamp

FETCHED_AT = "fetched_at"
"""The key in a request's meta of the time, in UTC, that the raw page of its answer has."""
_NOT_MODIFIED = 304
_OF_THE_WIRE = frozenset((b"transfer-encoding", b"content-length", REASON.lower().encode()))
"""Headers that are left out: chunks are put together, the length is written anew."""
_logger = logging.getLogger(__name__)


class RawError(WardnewsError, IgnoreRequest):
    """Raise for a page that is not to be committed, because its raw page could not be kept."""


def wanted(settings: BaseSettings, default: bool) -> bool:
    """Whether a run keeps raw pages: by the setting WARDNEWS_RAW, else by default.

    Raises CannotKeep for a setting that is neither yes nor no, and where there is nothing to write with.
    """
    said = settings.get("WARDNEWS_RAW")
    try:
        keep = default if said in (None, "") else settings.getbool("WARDNEWS_RAW")
    except ValueError as error:
        raise CannotKeep("WARDNEWS_RAW={value}: expected 1 or 0", value=said) from error
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

    def __init__(self, crawler: Crawler, file: RawFile) -> None:
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
        folder = raw_folder(Output.at(str(settings["WARDNEWS_OUTPUT"])).folder)
        complete_files(folder)
        return cls(crawler, RawFile(folder / f"{spider.run}{ENDING}", _about(settings, spider.run)))  # type: ignore[union-attr]

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep an answer; raise RawError on failure."""
        if "archive" not in request.meta:
            date, ip, spool = timestamp(), str(response.ip_address or ""), request.meta.get(SPOOL)

            def write() -> None:
                if spool and spool.failure:
                    raise spool.failure
                self.file.fetched(response.url, date, _answer(response, spool), _asked(request), ip)

            self._kept(write)
            request.meta[FETCHED_AT] = date
            response.headers.pop(REASON, None)
        return response

    def keep(self, capture: Capture, source: str) -> None:
        """Keep a page that an archive gave, with the address it came from; raise RawError on failure."""
        self._kept(lambda: self.file.captured(capture, source))

    def _kept(self, write: Callable[[], None]) -> None:
        if self.failure is None:
            try:
                write()
            except OSError as error:
                self.failure = f"raw pages cannot be written: {error.strerror}"
                self.crawler.stats.inc_value("rawpages/failed")
                self.crawler.spider.stop(self.failure)  # type: ignore[union-attr]
        if self.failure:
            raise RawError("{failure}", failure=self.failure)

    def closed(self) -> None:
        """Complete the file."""
        try:
            self.file.close()
        except OSError as error:
            self.crawler.stats.inc_value("rawpages/failed")
            _logger.error("raw pages: %s: %s; the next run completes it", self.file.path, error.strerror)  # noqa: TRY400


def _about(settings: Mapping[str, Any], run: str) -> dict[str, str]:
    """Return who makes a file, and how they behave, as fields of a warcinfo record."""
    return {
        "software": f"wardnews/{__version__} Scrapy/{scrapy.__version__}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "isPartOf": run,
        "operator": settings["WARDNEWS_CONTACT"],
        "robots": "obey" if settings["ROBOTSTXT_OBEY"] else "ignore",
        "http-header-user-agent": settings["USER_AGENT"],
    }


def _answer(response: Response, spool: Spool | None) -> Message:
    """Return an answer as it came, with its status line, but for the headers that were of the wire alone."""
    payload = Payload(spool.file, spool.length, spool.sha1) if spool and response.body else response.body
    reason = response.headers.get(REASON)
    usual = responses.get(response.status, "").encode()
    line = f"{response.protocol or 'HTTP/1.1'} {response.status} ".encode() + (usual if reason is None else reason)
    fields = [(name, value) for name, value in _fields(response) if name.lower() not in _OF_THE_WIRE]
    if response.status != _NOT_MODIFIED:
        length = payload.length if isinstance(payload, Payload) else len(payload)
        fields.append((b"Content-Length", str(length).encode()))
    return Message(line, fields, payload)


def _asked(request: Request) -> Message:
    """Return a request as it was sent."""
    url = urlsplit(urldefrag(request.url)[0])
    path = f"{url.path or '/'}{f'?{url.query}' if url.query else ''}"
    host = (b"Host", url.netloc.rpartition("@")[2].encode())
    return Message(f"{request.method} {path} HTTP/1.1".encode(), [host, *_fields(request)], request.body)


def _fields(message: Request | Response) -> Fields:
    return [(name, value) for name, values in message.headers.items() for value in values]
