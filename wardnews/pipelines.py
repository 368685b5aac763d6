"""The item pipelines, in the order of flow: raw strings -> fields -> checked -> stored.

What an article passes without a crawler too stands in `wardnews.reading.stages`.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.pipelines import ItemPipelineManager
from scrapy.utils.defer import ensure_awaitable
from scrapy.utils.python import global_object_name

from wardnews.errors import UnreadablePage
from wardnews.items import GONE, Article
from wardnews.locale import gettext_noop
from wardnews.reading import stages
from wardnews.sites import Site
from wardnews.text.clock import in_days

OUTSIDE = gettext_noop("outside --since and --until")
KNOWN = "known and unchanged"


class Clean:
    """Compose every string to NFC, make empty ones null, find the language."""

    def process_item(self, item: Article) -> Article:
        """Return an article with clean strings; one that is gone has been this way before."""
        if item.change != GONE:
            stages.clean(item)
        return item


class Header:
    """Turn the header line, and the date for machines, into `published` and `views`, and their doubts into flags."""

    def process_item(self, item: Article) -> Article:
        """Return an article with its date and its views."""
        if item.change != GONE:
            stages.read_header(item)
        return item


class Window:
    """Drop articles published outside the days that were asked for; those without a date stay."""

    def __init__(self, since: str | None, until: str | None) -> None:
        self.since, self.until = since, until

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the days that the spider was asked for; Scrapy's shell has no spider yet."""
        return cls(getattr(crawler.spider, "since", None), getattr(crawler.spider, "until", None))

    def process_item(self, item: Article) -> Article:
        """Return an article of the days; raise DropItem for any other."""
        if item.change != GONE and not in_days(item.published, self.since, self.until):
            raise DropItem(f"{OUTSIDE}: {item.url}")
        return item


class OfPortals:
    """A stage that knows the portals that articles are of."""

    def __init__(self, sites: Mapping[str, Site]) -> None:
        self.sites = sites

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the portals that the spider was asked to crawl."""
        return cls(getattr(crawler.spider, "sites", {}))


class Place(OfPortals):
    """Add to an article the ward, district and province that it belonged to on the day of publication."""

    def process_item(self, item: Article) -> Article:
        """Return an article with its places."""
        if item.change != GONE:
            stages.place(item, self.sites.get(item.site))
        return item


class Check(OfPortals):
    """Drop what is no article, and add to the rest its id, hash and flags."""

    def process_item(self, item: Article) -> Article:
        """Return a checked article; raise DropItem, with the reason that is counted, for what is none."""
        if item.change != GONE:
            try:
                stages.check(item, self.sites.get(item.site))
            except UnreadablePage as error:
                raise DropItem(str(error)) from error
        return item


class Pages(Protocol):
    """What knows from which page an article was read, and commits both; single pages are read without."""

    def remember(self, article: Article) -> str | None:
        """Commit an article; return its change, None for one that is known and unchanged."""

    def dropped(self, article: Article, *, state: str, cause: str) -> None:
        """Commit that an article was dropped on its way."""


class Moved:
    """Find the known article that has moved to the address of a new one, by asking at the old address."""

    def __init__(self, earlier: Callable[[Article], Awaitable[None]] | None) -> None:
        self.earlier = earlier

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take what asks at old addresses; only the spider of live portals has that."""
        return cls(getattr(crawler.spider, "find_earlier", None))

    async def process_item(self, item: Article) -> Article:
        """Return an article; its page is that of the known article where it has moved."""
        if self.earlier and item.change != GONE:
            await self.earlier(item)
        return item


class Remember:
    """Commit an article to the store, with its page and the links that this gave, in one transaction."""

    def __init__(self, frontier: Pages | None) -> None:
        self.frontier = frontier

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the frontier of the run; single pages are read without one."""
        stage = cls(getattr(crawler.spider, "frontier", None))
        crawler.signals.connect(stage.dropped, signal=signals.item_dropped)
        return stage

    def process_item(self, item: Article) -> Article:
        """Write an article; raise DropItem for one that is known and unchanged."""
        if self.frontier and self.frontier.remember(item) is None:
            raise DropItem(f"{KNOWN}: {item.url}", log_level="DEBUG")  # most are, and a log shows the whole article
        return item

    def dropped(self, item: Article, exception: DropItem) -> None:
        """Write that an article was dropped on its way."""
        reason = str(exception).partition(":")[0]
        if self.frontier and reason != KNOWN:
            self.frontier.dropped(item, state="outside" if reason == OUTSIDE else "failed", cause=reason)


class Pipelines(ItemPipelineManager):
    """All item pipelines, those that a user adds among them; only what one has to wait for is waited for."""

    async def process_item_async(self, item: Any) -> Any:
        """Return an item that has passed them; raise DropItem for one that is dropped."""
        for method in self.methods["process_item"]:
            given = (item, self._spider) if method in self._mw_methods_requiring_spider else (item,)
            result = method(*given)  # type: ignore[misc]
            if not isinstance(result, Article):
                result = await ensure_awaitable(result, _warn=global_object_name(method))
            item = result
        return item


STAGES = (Clean, Header, Window, Place, Check, Moved, Remember)
