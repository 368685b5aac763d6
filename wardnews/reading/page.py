"""Reading without a crawler: one saved page, or one file in the sample file format."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from wardnews import layouts
from wardnews.archives.capture import Capture
from wardnews.archives.saved.pages import read_saved_page, readable
from wardnews.errors import UnreadablePage
from wardnews.items import Article
from wardnews.layouts import Fetch, Layout, Page
from wardnews.locale import Phrase, joined
from wardnews.reading.stages import finish
from wardnews.sites import Site, site_of
from wardnews.text.clock import timestamp
from wardnews.text.encoding import decode
from wardnews.text.header import parse_header
from wardnews.text.sample_format import PAGE_BREAK, parse_text

_OK = 200


def layout_of(page: Page, sites: Mapping[str, Site]) -> Layout:
    """Find the layout of a page; the portal that its address is of may name it, and selectors of its own."""
    site = site_of(sites, page.url, None)
    return layouts.recognise(page, site.layout if site else None, site.selectors if site else None)


def raw_article(page: Page, sites: Mapping[str, Site], via: str, when: str | None = None) -> Article:
    """Read the raw article of a page that was fetched at a time of UTC, now if not told.

    Raises UnreadablePage where no layout fits the page or it holds no article.
    """
    layout = layout_of(page, sites)
    article = layout.read_article(page)
    if article is None:
        entries = len(layout.read_listing(page).entries)
        other = (
            Phrase("a listing of {count} articles", count=entries) if entries else Phrase("a page without an article")
        )
        instead = layout.instead(page)
        what = Phrase(instead) if instead else other
        raise UnreadablePage("{what} (read as {layout})", what=what, layout=layout.name)
    return _signed(article, sites, via, when)


def read_page(html: str | bytes, url: str, sites: Mapping[str, Site], via: str = "live") -> Article:
    """Read the article of a saved page, as `raw_article` does, and pass it through the pipelines."""
    return finish(raw_article(layouts.parse(html, Fetch(url)), sites, via), sites)


def _signed(article: Article, sites: Mapping[str, Site], via: str, when: str | None = None) -> Article:
    """Return an article that says where it came from, when, and from which portal, by its address and day."""
    article.via, article.crawled_at = via, when or timestamp()
    header = parse_header(article.header or "", datetime.fromisoformat(article.crawled_at))
    site = site_of(sites, article.url, header.published)
    article.site = site.key if site else urlsplit(article.url).hostname or "unknown"
    return article


def saved_page(path: Path, url: str | None) -> tuple[Page, Capture]:
    """Parse a saved page, and say where it came from and when; raise OSError where it cannot be read."""
    capture = read_saved_page(path, url)
    return layouts.parse(capture.body, Fetch(capture.url)), capture


def read_file(path: Path, url: str | None, sites: Mapping[str, Site]) -> Iterator[Article]:
    """Read the articles of a file: a saved page, or with a name in `.txt` or `.text` the sample file format.

    The page's address is `url`, else what the page says of it, else the file's. Raises OSError for a file that cannot
    be read, and at its end UnreadablePage where it, or a part of it, holds no article.
    """
    if path.suffix.lower() not in (".txt", ".text"):
        page, capture = saved_page(path, url)
        yield finish(raw_article(page, sites, capture.via, capture.timestamp), sites)
        return
    address, via = url or path.resolve().as_uri(), f"file:{readable(path.name)}"
    parts = decode(path.read_bytes())[0].split(PAGE_BREAK)
    unread: list[Phrase] = []
    for number, part in enumerate(parts, start=1):
        try:
            article = parse_text(part)
            article.url = address if len(parts) == 1 else f"{address}#{number}"
            read = finish(_signed(article, sites, via), sites)
        except ValueError as error:
            one = Phrase("article {number} of {count}: {cause}", number=number, count=len(parts), cause=error)
            unread.append(one if len(parts) > 1 else Phrase("{cause}", cause=error))
        else:
            yield read
    if unread:
        raise UnreadablePage("{causes}", causes=joined(unread, "; "))
