"""How answers are received: within bounds, from the status line on."""

from collections.abc import Callable
from contextlib import nullcontext
from functools import lru_cache, partial
from http.client import responses
from typing import Any, cast

from scrapy import Request
from scrapy.core.downloader._idna_patch import _patched_idna_bytes
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, DownloadFailedError, IgnoreRequest, ResponseDataLossError
from scrapy.http import Response
from twisted.internet import endpoints
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress
from twisted.python.failure import Failure
from twisted.web._newclient import Request as TxRequest
from twisted.web.iweb import IResponse

from wardnews.errors import WardnewsError
from wardnews.middlewares.hosts import SPOOL, host_of
from wardnews.middlewares.resolver import refusal

MOST_HEADER_BYTES = 256 * 1024
MOST_HEADER_LINES = 1000
REASON = "X-Wardnews-Reason"
"""The header that tells a reason phrase other than the usual one: Scrapy's responses have no place for it."""


class Flood(WardnewsError, IgnoreRequest):
    """Raise where a server sends more than an answer can need; never worth a retry."""


class BoundedHandler(HTTP11DownloadHandler):
    """Download as Scrapy does, with bounds that it lacks: on headers, and on all bytes of an answer.

    DOWNLOAD_MAXSIZE bounds the body alone. Headers, 1xx answers and lines longer than Twisted reads end the connection
    at once; so do more than twice DOWNLOAD_MAXSIZE bytes, chunk extensions among them.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        most = 2 * crawler.settings.getint("DOWNLOAD_MAXSIZE") + MOST_HEADER_BYTES
        self._pool._factory = partial(_Factory, most)  # type: ignore[assignment]  # noqa: SLF001 - as Scrapy does
        cast("Any", endpoints)._idnaBytes = _host_as_bytes  # noqa: SLF001 - where Scrapy has put its own

    async def download_request(self, request: Request) -> Response:
        """Download a page; raise Flood, or PrivateAddress for what its host resolves to, besides what Scrapy raises.

        What a spider's `asking` makes of a request is a context that lasts until it is answered; it may raise NotNow.
        """
        asking = getattr(self.crawler.spider, "asking", nullcontext)
        try:
            with asking(request):
                return await super().download_request(request)
        except CannotResolveHostError as error:
            raise refusal(host_of(request.url)[0]) or error from None
        except (DownloadFailedError, ResponseDataLossError) as error:
            raise _flood_in(error) or error from None


@lru_cache(maxsize=4096)
def _host_as_bytes(host: str) -> bytes:
    """Return a host in bytes, as Scrapy does, without checking its letters again for each request."""
    return _patched_idna_bytes(host)


class _Parser(_LenientHTTPClientParser):
    """Count what arrives for one answer. `__init__` never runs: Scrapy's way in is to change an object's class."""

    most = 0
    header_bytes = header_lines = all_bytes = 0

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        self.all_bytes += len(data)
        if self.line_mode:
            self.header_bytes += len(data)
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if self.line_mode and self.header_bytes > MOST_HEADER_BYTES:
            raise Flood("response headers of more than {most} KiB", most=MOST_HEADER_BYTES // 1024)
        if self.all_bytes > self.most:
            raise Flood("page too large: far more bytes sent than it holds")

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 - Twisted's name
        self.header_lines += 1
        if self.header_lines > MOST_HEADER_LINES:
            raise Flood("response headers of more than {most} lines", most=MOST_HEADER_LINES)
        super().lineReceived(line)

    def lineLengthExceeded(self, _line: bytes) -> None:  # noqa: N802 - Twisted's name
        raise Flood("a response header of more than {most} KiB", most=self.MAX_LENGTH // 1024)


class _Protocol(_LenientHTTP11ClientProtocol):
    def __init__(self, most: int, quiescent: Callable[..., Any]) -> None:
        super().__init__(quiescent)  # type: ignore[no-untyped-call]
        self.most = most

    def request(self, request: TxRequest) -> Deferred[IResponse]:
        answer = super().request(request)
        parser = cast("_Parser", self._parser)
        parser.__class__ = _Parser
        parser.most = self.most
        return answer.addCallback(_with_reason).addCallback(_to_spool, parser)

    def _giveUp(self, reason: Failure) -> None:  # noqa: N802 - Twisted's name
        super()._giveUp(reason)  # type: ignore[no-untyped-call]
        if isinstance(reason.value, Flood):
            cast("Any", self.transport).abortConnection()  # a mere loseConnection would read on over TLS


def _with_reason(answer: IResponse) -> IResponse:
    """Write a reason phrase other than the usual one where Scrapy hands it on."""
    if answer.phrase != responses.get(answer.code, "").encode():
        answer.headers.setRawHeaders(REASON, [answer.phrase])
    else:
        answer.headers.removeHeader(REASON)
    return answer


def _to_spool(answer: Any, parser: _Parser) -> IResponse:
    """Let the body of a file go to the disk, where Scrapy would gather it in memory, within bounds of its own."""
    deliver = answer.deliverBody

    def with_spool(reader: Any) -> None:
        meta = reader._request.meta  # noqa: SLF001 - Scrapy hands on nothing else that knows the request
        if spool := meta.get(SPOOL):
            spool.clear()
            reader._bodybuf = spool  # noqa: SLF001
            parser.most = 2 * meta["download_maxsize"] + MOST_HEADER_BYTES
        deliver(reader)

    answer.deliverBody = with_spool
    return cast("IResponse", answer)


class _Factory(_LenientHTTP11ClientFactory):
    def __init__(self, most: int, quiescent: Callable[..., Any], metadata: str) -> None:
        super().__init__(quiescent, metadata)  # type: ignore[no-untyped-call]
        self.most = most

    def buildProtocol(self, _address: IAddress | None) -> _Protocol:  # noqa: N802 - Twisted's name
        return _Protocol(self.most, self._quiescentCallback)


def _flood_in(error: Exception) -> Flood | None:
    """Find the flood among the reasons that Twisted gives for a failure."""
    reasons: list[Failure] = getattr(error.__cause__, "reasons", [])
    return next((reason.value for reason in reasons if isinstance(reason.value, Flood)), None)
