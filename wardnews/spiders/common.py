"""What spiders share: the portals, the store, from a response to a parsed page, from a failure to its cause."""

import asyncio
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from urllib.parse import parse_qsl

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from twisted.python.failure import Failure

from wardnews import layouts
from wardnews.errors import LeaseLost, SitesError
from wardnews.items import Article
from wardnews.layouts import Fetch, Page
from wardnews.locale import Phrase, gettext_noop
from wardnews.middlewares.guards import require_guards
from wardnews.reading.opened import Source
from wardnews.sites import Site, choose, load_sites
from wardnews.spiders.counts import PortalCounts
from wardnews.spiders.groups.leasing import Leasing
from wardnews.store.captures import CaptureQueue
from wardnews.store.database import Store, new_name
from wardnews.store.frontier import Frontier
from wardnews.store.keys import rewrite
from wardnews.store.recheck import exactly
from wardnews.text.strings import one_line

OWN_ERROR = gettext_noop("error in wardnews itself")
COUNTED = object()
"""The signal that other processes read `portals` (what was counted of each, by key) with so many `errors` of ours."""

_CAUSES = {
    "CannotResolveHostError": gettext_noop("host name not found"),
    "DownloadCancelledError": gettext_noop("page too large"),
    "DownloadConnectionRefusedError": gettext_noop("connection refused"),
    "DownloadFailedError": gettext_noop("connection failed"),
    "DownloadTimeoutError": gettext_noop("timed out"),
    "ResponseDataLossError": gettext_noop("page cut short"),
}


class StoredSpider(Spider):
    """What the spiders of live portals and of archives have in common: portals are read into a store.

    `run` is the run's name; `counts` what it counts of each portal; `locked` are the portals that another run is at;
    `sample` how many articles of each portal are asked for, where not all are.
    """

    sites: dict[str, Site]
    counts: dict[str, PortalCounts]
    locked: list[str]
    since: str | None
    until: str | None
    sample: int | None = None
    store: Store
    frontier: Frontier | CaptureQueue
    run: str
    leasing: Leasing | None = None
    notes: list[str]
    """What the closing lines say once of the store."""
    stopping = store_failed = is_cut = False
    keeps_raw = False
    """Whether raw pages are kept where the setting WARDNEWS_RAW does not say."""

    def take_up(self, crawler: Crawler, keys: str, files: str | list[Path] | None) -> None:
        """Open the store, and begin a run over the portals of the comma-separated keys.

        Raises SitesError for no or an unknown site or a bad sites file, StoreError for a store that cannot be opened,
        UsageError for settings that take away what a run needs.
        """
        require_guards(crawler)
        names = [key.strip() for key in keys.split(",") if key.strip()]
        if not names:
            raise SitesError(
                "no site named: scrapy crawl {name} -a site=KEY[,KEY...]; `wardnews sites` lists the keys",
                name=self.name,
            )
        chosen = choose(known_sites(crawler, files), names)
        self.run = crawler.settings.get("WARDNEWS_RUN") or new_name()
        self.store = Store.open(crawler.settings["WARDNEWS_STORE"])
        self.sites = {one.key: one for one in chosen}
        self.locked, self.counts, self.notes = [], {}, []
        self.store.begin_run(self.run, exactly())
        crawler.signals.connect(self.broken, signal=signals.spider_error)
        crawler.signals.connect(self.broken, signal=signals.item_error)

    def rewrite(self, frontier: Frontier, site: Site) -> None:
        """Write the keys of a portal anew where they are made otherwise now, and note that."""
        done = rewrite(frontier, site)
        if done and (done.pages or done.joined):
            note = Phrase(
                "{key}: {count} addresses of known pages are kept in one form from now on",
                key=site.key,
                count=done.pages,
            )
            if done.joined:
                note = Phrase("{note}; {count} articles that stood under two are one now", note=note, count=done.joined)
            self.notes.append(str(note))

    def broken(self, failure: Failure, item: Article | None = None) -> None:
        """Keep a page that our own code broke on as failed; stop where the store failed, or a lease is lost."""
        error = failure.value
        if isinstance(error, LeaseLost):
            self.stop(str(error))
        elif isinstance(error, SQLAlchemyError):
            self.is_cut = isinstance(error, DBAPIError) and error.connection_invalidated
            self.store_failed |= not self.is_cut
            kind = Phrase("the connection to the store was cut") if self.is_cut else Phrase("the store failed")
            self.stop(f"{kind}: {one_line(str(getattr(error, 'orig', None) or error))}")
        elif item is not None:
            self.frontier.dropped(item, state="failed", cause=OWN_ERROR)

    def asking(self, request: Request) -> AbstractContextManager[None]:
        """Return a block in which a request is under way; raise NotNow in it where it must not be sent."""
        return self.leasing.asking(request) if self.leasing else nullcontext()

    def leave_alone(self, group: str, seconds: float) -> None:
        """Write for all runs that a group asked to be left alone."""
        if self.leasing:
            self.leasing.leave_alone(group, seconds)

    def stop(self, reason: str) -> None:
        """Stop in order: what is asked for is left to the next run."""
        if not self.stopping:
            self.stopping = True
            self.logger.error(reason)
            self.closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))

    def trouble(self, site: str, cause: str, url: str) -> None:
        """Count a page that gave trouble, by cause, and log it."""
        cause = one_line(cause)  # strangers' words reach a terminal by it
        self.counts[site].troubles[cause] += 1
        self.logger.warning("%s: %s: %s", site, cause, one_line(url))

    def unhealthy(self, site: str, cause: str, url: str) -> None:
        """Count what makes a portal unhealthy, an Unhealthy or what an archive says, and log it."""
        self.counts[site].unhealthy[cause] += 1
        self.logger.warning("%s: %s: %s", site, cause, one_line(url))


def known_sites(crawler: Crawler, named: str | Path | Iterable[Path] | None) -> dict[str, Site]:
    """Load the portals of wardnews, of the setting WARDNEWS_SITES and of the sites files that a spider is given."""
    given = [named] if isinstance(named, str | Path) else named or []
    return load_sites([*crawler.settings.getlist("WARDNEWS_SITES"), *given])


def source_of(
    response: Response, site: Site | None = None, layout: str | None = None, first: str | None = None
) -> Source:
    """Return what the page of a response is read from; with a portal's own layout, unless one is named."""
    asked = response.request
    form = dict(parse_qsl(asked.body.decode())) if asked and asked.method == "POST" else None
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1").lower()
    charset = content_type.partition("charset=")[2].partition(";")[0].strip(" \"'")
    fetch = Fetch(response.url, form)
    if site is None:
        return Source(response.body, fetch, charset)
    return Source(response.body, fetch, charset, site.newszone, layout or site.layout, site.selectors, first)


def parse(response: Response) -> Page:
    """Parse the page of a response; raise UnreadablePage where it cannot be parsed."""
    source = source_of(response)
    return layouts.parse(source.body, source.fetch, charset=source.charset)


def cause_of(error: BaseException | None) -> str:
    """Return in a few words why a page could not be had."""
    if isinstance(error, HttpError):
        return str(Phrase("HTTP status {status}", status=error.response.status))
    if isinstance(error, IgnoreRequest):
        return str(error)
    kind = type(error).__name__
    return _CAUSES.get(kind, kind)


def header_of(response: Response, name: str) -> str | None:
    """Return a header of an answer; None where there is none, or none that can be kept and sent back."""
    value = response.headers.get(name)
    said = value.decode("latin-1") if value else ""
    return said if said.isprintable() and said else None


def count_of(value: str | int | None) -> int | None:
    """Return a number of articles that was asked for; raise ValueError for none."""
    if value is None or (str(value).isdigit() and int(value) > 0):
        return int(value) if value else None
    raise ValueError(f"sample={value!r}: expected a number of articles such as 5")


def flag_of(name: str, value: str | bool) -> bool:
    """Return what was said of a flag; raise ValueError for neither true nor false."""
    if str(value).lower() in ("true", "1", "false", "0"):
        return str(value).lower() in ("true", "1")
    raise ValueError(f"{name}={value!r}: expected true or false")
