"""Raw strings -> fields -> checked -> remembered: the stages that an article passes, in the order of this file.

`STAGES` serves the crawl (settings.py); a page read without a crawler (`wardnews.read`) passes all but the memory.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Protocol, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from wardnews.items import ENGLISH, GONE, TEXT, Article, content_hash, record_id
from wardnews.places.find import UNSURE, Where, where
from wardnews.places.units import LAST_DAY_OF_DISTRICTS
from wardnews.sites import Site
from wardnews.text import header as text

_SHORT = 80
OUTSIDE = "outside --since and --until"
KNOWN = "known and unchanged"


class Stage:
    """Take an article one step further; one that is gone has been this way before."""

    def process_item(self, item: Article) -> Article:
        """Pass an article on, changed in place; raise DropItem for one that goes no further."""
        return item if item.change == GONE else self.take(item)

    def take(self, item: Article) -> Article:
        """Do the work of the stage."""
        raise NotImplementedError


class Clean(Stage):
    """Compose every string to NFC, make empty ones null, tell the language."""

    def take(self, item: Article) -> Article:
        """Clean the strings of an article in place."""
        for name in ("section", "header", "lead", "author", "source"):
            value = getattr(item, name)
            setattr(item, name, text.nfc(value) if value and value.strip() else None)
        item.title, item.text = text.nfc(item.title), text.nfc(item.text)
        item.lead = text.tidy(item.lead) if item.lead else None
        item.paragraphs = [text.nfc(text.tidy(paragraph)) for paragraph in item.paragraphs if paragraph.strip()]
        for part in (*item.images, *item.attachments):
            for name in ("caption", "alt", "title"):
                if value := getattr(part, name, None):
                    setattr(part, name, text.nfc(value))
        item.language = text.language(" ".join((item.title, item.lead or "", *item.paragraphs)))
        return item


class Header(Stage):
    """Turn the header line, and the date for machines, into `published` and `views`, and their doubts into flags."""

    def take(self, item: Article) -> Article:
        """Read the header line of an article; relative times count from `crawled_at`."""
        now = datetime.fromisoformat(item.crawled_at)
        header = text.parse_header(item.header, now) if item.header else text.Header()
        exact = text.parse_header(item.published, now).published if item.published else None
        if exact and "relative_date" in header.flags:
            header = replace(header, published=None, flags=())
        item.published, doubts = text.agree(header.published, exact)
        item.views = item.views if header.views is None else header.views
        item.flags.extend((*header.flags, *doubts))
        if item.language == "vi" and item.header and text.is_english(item.header):
            item.flags.append(ENGLISH)
        if not item.published:
            item.flags.append("no_date")
        elif text.is_future(item.published, now):
            item.flags.append("future_date")
        return item


class Window(Stage):
    """Drop articles published outside the days that were asked for; those without a date stay."""

    def __init__(self, since: str | None, until: str | None) -> None:
        self.since, self.until = since, until

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the days that the spider was asked for; Scrapy's shell has no spider yet."""
        return cls(getattr(crawler.spider, "since", None), getattr(crawler.spider, "until", None))

    def take(self, item: Article) -> Article:
        """Compare the day of publication; raise DropItem outside the window."""
        if not text.in_days(item.published, self.since, self.until):
            raise DropItem(f"{OUTSIDE}: {item.url}")
        return item


class OfPortals(Stage):
    """Know the portals that articles are of."""

    def __init__(self, sites: Mapping[str, Site]) -> None:
        self.sites = sites

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the portals that the spider was asked to crawl."""
        return cls(getattr(crawler.spider, "sites", {}))


class Place(OfPortals):
    """Give an article the ward, district and province that it belonged to on the day of publication."""

    def take(self, item: Article) -> Article:
        """Fill the places of an article by its portal's unit and by what it names."""
        site = self.sites.get(item.site)
        told = self._where(item, site, item.published)
        if not item.published:  # of before or after July 2025, where the portal lived through both
            told = told.and_on(self._where(item, site, LAST_DAY_OF_DISTRICTS))
        item.ward, item.district, item.province, item.place_basis = told.ward, told.district, told.province, told.basis
        if told.unsure:
            item.flags.append(UNSURE)
        if site and site.closed and item.published and item.published[:10] >= site.closed.isoformat():
            item.flags.append("after_closing")
        return item

    @staticmethod
    def _where(item: Article, site: Site | None, published: str | None) -> Where:
        today = datetime.now(text.VIETNAM).date()
        day = site.day_of(published, today) if site else (published or today.isoformat())[:10]
        lines = filter(None, (item.lead, *item.paragraphs[:2]))
        return where(site.unit if site else None, day, item.section, item.title, lines)


class Check(OfPortals):
    """Drop what is no article, and give the rest its id, hash and flags."""

    def take(self, item: Article) -> Article:
        """Check the required fields; raise DropItem, with the reason that is counted, where one is missing."""
        if not item.title.strip():
            raise DropItem(f"no title: {item.url}")
        body = item.lead or item.paragraphs or item.images or item.attachments
        if not body and item.layout != TEXT:  # a text does not hold the pictures of an article of pictures
            raise DropItem(f"nothing below the title: {item.url}")
        site = self.sites.get(item.site)
        item.id = record_id(item.site, item.id, site.own(item.url) if site else item.url)
        item.first_seen = item.first_seen or item.crawled_at
        item.content_hash = content_hash(item.title, item.lead, item.paragraphs)
        if len(item.lead or "") + sum(map(len, item.paragraphs)) < _SHORT:
            item.flags.append("short_body")
        item.flags = list(dict.fromkeys(item.flags))
        return item


class Books(Protocol):
    """Know from which page an article was read, and commit both; without a crawler there are none, and no database."""

    def remember(self, article: Article) -> str | None:
        """Commit an article; give its change, None for one that is known and unchanged."""

    def dropped(self, article: Article, *, state: str, cause: str) -> None:
        """Commit that an article was dropped on its way."""


class Remember:
    """Commit an article to the store, with its page and the links that this gave, in one transaction."""

    def __init__(self, ledger: Books | None) -> None:
        self.ledger = ledger

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the books of the run; single pages are read without any."""
        stage = cls(getattr(crawler.spider, "ledger", None))
        crawler.signals.connect(stage.dropped, signal=signals.item_dropped)
        return stage

    def process_item(self, item: Article) -> Article:
        """Write an article; raise DropItem for one that is known and unchanged."""
        if self.ledger and self.ledger.remember(item) is None:
            raise DropItem(f"{KNOWN}: {item.url}", log_level="DEBUG")  # most are, and a log shows the whole article
        return item

    def dropped(self, item: Article, exception: DropItem) -> None:
        """Write that an article was dropped on its way."""
        reason = str(exception).partition(":")[0]
        if self.ledger and reason != KNOWN:
            self.ledger.dropped(item, state="outside" if reason == OUTSIDE else "failed", cause=reason)


STAGES = (Clean, Header, Window, Place, Check, Remember)


def finish(item: Article, sites: Mapping[str, Site]) -> Article:
    """Pass one article through the stages without a crawler; raise DropItem where it is none."""
    item.crawled_at = item.crawled_at or text.timestamp()
    for stage in (Clean(), Header(), Place(sites), Check(sites)):
        item = stage.process_item(item)
    return item
