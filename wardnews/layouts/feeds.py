"""Feeds: RSS and Atom, sitemaps, and the REST listing of a WordPress."""

import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from lxml import etree

from wardnews.layouts.page import Fetch, Page
from wardnews.text.strings import from_json, tidy

_NOT_NEWS = re.compile(
    r"pages?\b|categor|tags?\b|author|users?\b|taxonom|product|attachment|image|video", re.IGNORECASE
)
"""What a sitemap of sitemaps calls lists that hold no articles."""
_MOST = 50_000
"""A sitemap has no more entries, by its protocol (sitemaps.org)."""
_MARKS = (b"<?xml", b"<rss", b"<feed", b"<urlset", b"<sitemapindex", b"[", b"{")


@dataclass(frozen=True)
class FeedItem:
    """An entry of a feed; `published` is ISO 8601."""

    url: str
    title: str
    published: str | None


@dataclass(frozen=True)
class Feed:
    """The entries of a feed, the feeds that it names in turn, and the fetch of its next page."""

    items: tuple[FeedItem, ...]
    lists: tuple[str, ...] = ()
    next: Fetch | None = None


def read_feed(page: Page) -> Feed | None:
    """Return what a feed, a sitemap or a REST listing holds; None for any other page."""
    source = page.source if isinstance(page.source, bytes) else page.source[:100].encode()
    start = source[:100].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith(_MARKS):
        return None
    whole = page.source if isinstance(page.source, bytes) else page.source.encode()
    return _read_posts(page, whole) if start[:1] in b"[{" else _read_xml(page, whole)


def _read_posts(page: Page, source: bytes) -> Feed | None:
    """Return the posts of WordPress' REST API; a page that is full has a next one."""
    try:
        posts = from_json(source)
    except (ValueError, RecursionError):
        return None
    if not isinstance(posts, list):
        return Feed(())
    items = tuple(item for post in posts if isinstance(post, dict) and (item := _post(page, post)))
    options = _PAGING | parse_qs(urlsplit(page.url).query)
    size, number = (int(said) if _NUMBER.fullmatch(said := options[name][0]) else 1 for name in _PAGING)
    following = _with_number(page.url, number + 1) if items and len(posts) >= size else None
    return Feed(items, next=Fetch(following) if following else None)


_PAGING = {"per_page": ["10"], "page": ["1"]}
_NUMBER = re.compile(r"\d{1,6}")


def _post(page: Page, post: dict[str, Any]) -> FeedItem | None:
    title = post.get("title")
    words = title.get("rendered") if isinstance(title, dict) else title
    url = page.link(post["link"]) if isinstance(post.get("link"), str) else None
    date = post.get("date")
    return (
        FeedItem(url, tidy(words) if isinstance(words, str) else "", date if isinstance(date, str) else None)
        if url
        else None
    )


def _with_number(url: str, number: int) -> str:
    scheme, host, path, query, _ = urlsplit(url)
    options = {name: values[0] for name, values in parse_qs(query).items()}
    return urlunsplit((scheme, host, path, urlencode({**options, "page": number}, safe=","), ""))


def _read_xml(page: Page, source: bytes) -> Feed | None:
    """Return the entries of RSS, Atom or a sitemap; entities of the page's own making are not followed."""
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, recover=True, remove_comments=True
    )
    try:
        root = etree.fromstring(source.lstrip(), parser)
    except etree.XMLSyntaxError:  # not even the beginning of a list
        return None
    if root is None or _name(root) not in ("rss", "RDF", "feed", "urlset", "sitemapindex"):
        return None
    if _name(root) == "sitemapindex":
        places = [page.link(_text(one, "loc")) for one in root if _name(one) == "sitemap"]
        news = (place for place in places if place and not _NOT_NEWS.search(urlsplit(place).path))
        return Feed((), tuple(place for place in news if place != page.url))
    entries = [one for one in root.iter() if isinstance(one.tag, str) and _name(one) in ("item", "entry", "url")]
    return Feed(tuple(item for entry in entries[:_MOST] if (item := _item(page, entry))))


def _item(page: Page, entry: Any) -> FeedItem | None:
    links = [one for one in entry if _name(one) == "link" and one.get("rel", "alternate") == "alternate"]
    named = _text(entry, "loc") or (links[0].get("href") or links[0].text if links else None)
    url = page.link(named.strip()) if named else None
    return FeedItem(url, tidy(_text(entry, "title") or ""), _published(entry)) if url else None


def _published(entry: Any) -> str | None:
    """Return the day of publication; a sitemap's `lastmod` is none."""
    said = _text(entry, "pubDate")
    if not said:
        return _text(entry, "published") or _text(entry, "date")
    try:
        return parsedate_to_datetime(said).isoformat()
    except (ValueError, OverflowError):
        return None


def _name(node: Any) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _text(node: Any, name: str) -> str | None:
    return next((one.text for one in node if _name(one) == name and one.text), None)
