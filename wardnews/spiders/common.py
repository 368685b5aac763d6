"""What spiders share: the portals, from a response to a parsed page, from a failure to its cause."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import parse_qsl

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from wardnews import layouts
from wardnews.layouts import Fetch, Page
from wardnews.sites import Site, load_sites

_CAUSES = {
    "CannotResolveHostError": "host name not found",
    "DownloadCancelledError": "page too large",
    "DownloadConnectionRefusedError": "connection refused",
    "DownloadFailedError": "connection failed",
    "DownloadTimeoutError": "timed out",
    "ResponseDataLossError": "page cut short",
}


def known_sites(crawler: Crawler, named: str | Path | Iterable[Path] | None) -> dict[str, Site]:
    """Load the portals of wardnews, of the setting WARDNEWS_SITES and of the sites files that a spider is given."""
    given = [named] if isinstance(named, str | Path) else named or []
    return load_sites([*crawler.settings.getlist("WARDNEWS_SITES"), *given])


def parse(response: Response, tokens: Mapping[str, str] | None = None) -> Page:
    """Parse the page of a response; raise UnreadablePage where it cannot be parsed."""
    asked = response.request
    form = dict(parse_qsl(asked.body.decode())) if asked and asked.method == "POST" else None
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1").lower()
    charset = content_type.partition("charset=")[2].partition(";")[0].strip(" \"'")
    return layouts.parse(response.body, Fetch(response.url, form), charset=charset, tokens=tokens)


def cause_of(error: BaseException | None) -> str:
    """Say in a few words why a page could not be had."""
    if isinstance(error, HttpError):
        return f"HTTP status {error.response.status}"
    if isinstance(error, IgnoreRequest):
        return str(error)
    kind = type(error).__name__
    return _CAUSES.get(kind, kind)
