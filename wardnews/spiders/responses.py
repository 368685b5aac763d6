"""What spiders share: from a response to a parsed page, from a failure to its cause."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from wardnews import layouts
from wardnews.layouts import Fetch, Page

_CAUSES = {
    "CannotResolveHostError": "host name not found",
    "DownloadCancelledError": "page too large",
    "DownloadConnectionRefusedError": "connection refused",
    "DownloadFailedError": "connection failed",
    "DownloadTimeoutError": "timed out",
    "ResponseDataLossError": "page cut short",
}


def parse(response: Response, tokens: Mapping[str, str] | None = None) -> Page:
    """Parse the page of a response; raise UnreadablePage where it cannot be parsed."""
    asked = response.request
    form = dict(parse_qsl(asked.body.decode())) if asked and asked.method == "POST" else None
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1").lower()
    charset = content_type.partition("charset=")[2].partition(";")[0].strip(" \"'")
    return layouts.parse(response.body, Fetch(response.url, form), charset=charset, tokens=tokens)


def cause_of(failure: Failure) -> str:
    """Say in a few words why a page could not be had."""
    if isinstance(failure.value, HttpError):
        return f"HTTP status {failure.value.response.status}"
    kind = type(failure.value).__name__
    return str(failure.value) if kind == "IgnoreRequest" else _CAUSES.get(kind, kind)
