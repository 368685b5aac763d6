"""Read a page of the quality set with wardnews: as a user does, and as if no layout knew the page's system."""

from tests.quality.score import FIELDS, Answer, Entries
from wardnews import layouts, read
from wardnews.errors import UnreadablePage
from wardnews.items import Article
from wardnews.layouts import Fetch, Listing
from wardnews.reading.stages import finish

UNKNOWN = "anyportal"
SAVED = "2026-11-23T01:15:00Z"
"""The time at which the pages of the set say that they were shown; relative times count from it."""


def read_any(html: bytes, url: str) -> Answer | None:
    """Read an article, whatever the layout."""
    try:
        return _answer(read(html, url))
    except UnreadablePage:
        return None


def read_unknown(html: bytes, url: str) -> Answer | None:
    """Read an article with the layout for unknown systems alone."""
    article = layouts.LAYOUTS[UNKNOWN].read_article(layouts.parse(html, Fetch(url)))
    if article is None:
        return None
    article.site, article.crawled_at = "quality", SAVED
    return _answer(finish(article, {}))


def list_any(html: bytes, url: str) -> Entries:
    """Read a listing, whatever the layout; raise UnreadablePage where no layout fits."""
    page = layouts.parse(html, Fetch(url))
    return _entries(layouts.recognise(page).read_listing(page))


def list_unknown(html: bytes, url: str) -> Entries:
    """Read a listing with the layout for unknown systems alone."""
    return _entries(layouts.LAYOUTS[UNKNOWN].read_listing(layouts.parse(html, Fetch(url))))


def _answer(article: Article) -> Answer:
    lead = [article.lead] if article.lead else []
    fields = {field: getattr(article, field) for field in FIELDS}
    fields["attachments"] = tuple(sorted(file.url for file in article.attachments))
    also = {
        "id": article.id,
        "url": article.url,
        "lead": article.lead,
        "author": article.author,
        "source": article.source,
        "images": [image.url for image in article.images],
        "flags": [flag for flag in article.flags if flag != "place_unsure"],
    }
    return Answer(**fields, paragraphs=(*lead, *article.paragraphs), also=also)


def _entries(listing: Listing) -> Entries:
    urls = tuple(entry.url for entry in listing.entries)
    return Entries(urls=urls, next=listing.next.url if listing.next else None)
