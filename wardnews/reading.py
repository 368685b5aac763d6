"""Reading without a crawler: one saved page, or one file in the sample file format."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from scrapy.exceptions import DropItem

from wardnews import layouts, text
from wardnews.exporters import PAGE_BREAK
from wardnews.items import Article, parse_text
from wardnews.layouts import Fetch, Layout, Page, UnreadablePage
from wardnews.pipelines import finish
from wardnews.sites import Site, is_web, site_of

_MIRRORED = re.compile(rb"<!-- Mirrored from (\S+) by HTTrack")
_ITS_ADDRESS = ("link[rel='canonical']@href", "meta[property='og:url']@content")


def layout_of(page: Page, sites: Mapping[str, Site]) -> Layout:
    """Find the layout of a page; the portal that its address is of may name it, and selectors of its own."""
    site = site_of(sites, page.url, None)
    return layouts.recognise(page, site.layout if site else None, site.selectors if site else None)


def raw_article(page: Page, sites: Mapping[str, Site], via: str) -> Article:
    """Read the raw article of a page; raise UnreadablePage where no layout fits the page or it holds no article."""
    layout = layout_of(page, sites)
    article = layout.read_article(page)
    if article is None:
        entries = len(layout.read_listing(page).entries)
        what = f"a listing of {entries} articles" if entries else "a page without an article"
        raise UnreadablePage(f"{what} (read as {layout.name})")
    return _signed(article, sites, via)


def read_page(html: str | bytes, url: str, sites: Mapping[str, Site], via: str = "live") -> Article:
    """Read the article of a saved page, as `raw_article` does, and pass it through the pipelines."""
    return finished(raw_article(layouts.parse(html, Fetch(url)), sites, via), sites)


def _signed(article: Article, sites: Mapping[str, Site], via: str) -> Article:
    """Say where an article came from, when, and from which portal, by its address and day."""
    article.via, article.crawled_at = via, text.timestamp()
    header = text.parse_header(article.header or "", datetime.fromisoformat(article.crawled_at))
    site = site_of(sites, article.url, header.published)
    article.site = site.key if site else urlsplit(article.url).hostname or "unknown"
    return article


def finished(article: Article, sites: Mapping[str, Site]) -> Article:
    """Pass a raw article through the pipelines; raise UnreadablePage where they drop it."""
    try:
        return finish(article, sites)
    except DropItem as error:
        raise UnreadablePage(str(error)) from error


def saved_page(path: Path, url: str | None) -> tuple[Page, str]:
    """Parse a saved page, and say where it came from; raise OSError where it cannot be read."""
    body = path.read_bytes()
    return layouts.parse(body, Fetch(url or _address(body) or path.resolve().as_uri())), f"file:{path.name}"


def read_file(path: Path, url: str | None, sites: Mapping[str, Site]) -> Iterator[Article]:
    """Read the articles of a file: a saved page, or with a name in `.txt` or `.text` the sample file format.

    The page's address is `url`, else what the page says of it, else the file's. Raises OSError for a file that cannot
    be read, and at its end UnreadablePage where it, or a part of it, holds no article.
    """
    if path.suffix.lower() not in (".txt", ".text"):
        page, via = saved_page(path, url)
        yield finished(raw_article(page, sites, via), sites)
        return
    address, via = url or path.resolve().as_uri(), f"file:{path.name}"
    parts = text.decode(path.read_bytes())[0].split(PAGE_BREAK)
    unread = []
    for number, part in enumerate(parts, start=1):
        try:
            article = parse_text(part)
            article.url = address if len(parts) == 1 else f"{address}#{number}"
            read = finished(_signed(article, sites, via), sites)
        except ValueError as error:
            unread.append(str(error) if len(parts) == 1 else f"article {number} of {len(parts)}: {error}")
        else:
            yield read
    if unread:
        raise UnreadablePage("; ".join(unread))


def _address(body: bytes) -> str | None:
    """Find where a saved page says that it came from: HTTrack's comment, else its canonical address."""
    if match := _MIRRORED.search(body[:4096]):
        there = f"http://{match[1].decode(errors='replace')}"
        return there if is_web(there) else None
    named = layouts.parse(body, Fetch("")).words(_ITS_ADDRESS)
    return named if is_web(named) else None
