"""Captures read: from a page of the past to its article, ready to be kept, or to what its listing says."""

import re
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from urllib.parse import urlsplit

from wardnews import layouts
from wardnews.archives.capture import Capture
from wardnews.errors import UnreadablePage
from wardnews.items import Article
from wardnews.layouts import Entry, Fetch, Layout, Page
from wardnews.reading.stages import finish
from wardnews.sites import Site, site_of
from wardnews.text.clock import VIETNAM
from wardnews.text.encoding import decode
from wardnews.text.header import parse_header
from wardnews.text.sample_format import PAGE_BREAK, parse_text
from wardnews.text.urls import LONGEST

_OK = 200
_NO_NUMBER = re.compile(r"\d")
"""One digit in an address is of a page or of a part of the portal, and no article's number."""
_NO_ARTICLE = re.compile(r"\.(?:woff2?|ttf|eot|otf|svg|css|js|png|jpe?g|gif|ico|json|xml)$", re.IGNORECASE)
"""Addresses of fonts and the like: a page that stands there is the portal's error page."""
_NO_ADDRESS = "no_address"
"""The flag of an article whose page does not say where it came from."""


@dataclass(slots=True)
class Listed:
    """What a listing page of the past says of one article."""

    key: str
    url: str
    title: str
    published: str | None


@dataclass(slots=True)
class Portion:
    """A page of an article on several pages: its own address, those of the pages behind it, or of one that shows all.

    A later page has the key of its article in `first`, and what it holds in `article`. Addresses are canonical.
    """

    url: str
    pages: tuple[str, ...]
    whole: str | None
    first: str | None = None
    article: Article | None = None


@dataclass(slots=True)
class Reading:
    """What came of a capture: an article, a listing, nothing of ours, or a page that could not be read.

    `key`: the article's or the listing's. `keys`: all that listings may call the article by. `portion`: set where the
    page is one of several of an article. `failed`: our own code broke on it, as `trace` tells. `source`: the file that
    it lies in, by what the store knows that by; empty for an archive on the network.
    """

    site: str
    url: str
    timestamp: str
    state: Literal["article", "listing", "nothing", "outside", "unreadable", "failed"]
    key: str
    cause: str | None = None
    article: Article | None = None
    keys: tuple[str, ...] = ()
    portion: "Portion | None" = None
    listed: list[Listed] = field(default_factory=list)
    name: str | None = None
    promised: int | None = None
    trace: str = ""
    source: str = ""


def read_capture(capture: Capture, site: Site, sites: Mapping[str, Site]) -> Reading:
    """Read a page of the past: its article, ready to be kept, or its listing."""
    reading = Reading(site.key, capture.url, capture.timestamp, "nothing", capture.url)
    try:
        if len(capture.url) > LONGEST:
            raise ValueError("longer than any server takes")  # noqa: TRY301 - as others
        day = local_day(capture.timestamp)
        owner = site_of(sites, capture.url, day.isoformat())
    except (ValueError, OverflowError) as error:  # a queue of earlier days may hold such rows
        reading.state, reading.cause = "unreadable", f"a date or an address that is none: {error}"
        return reading
    if capture.status != _OK:
        reading.cause = f"HTTP status {capture.status}"
    elif owner and owner.key != site.key and not _lived(site, day):
        reading.cause = f"of the portal that had this host then, {owner.key}"
    else:
        try:
            _read_text(capture, site, reading) if _is_text(capture) else _read(capture, site, reading)
        except UnreadablePage as error:
            reading.state, reading.cause = "unreadable", str(error)
        except Exception as error:  # noqa: BLE001 - a page must not end the reading of all; it is told as our error
            reading.state, reading.cause = "failed", f"error in wardnews itself: {type(error).__name__}"
            reading.article, reading.trace = None, traceback.format_exc()
    return reading


def local_day(timestamp: str) -> date:
    """Return the day that it was at the portals at a time of UTC."""
    return datetime.fromisoformat(timestamp).astimezone(VIETNAM).date()


def _lived(site: Site, day: date) -> bool:
    return (not site.opened or site.opened <= day) and (not site.closed or day < site.closed)


def _is_text(capture: Capture) -> bool:
    """Whether a capture is a file in the sample file format: archives of the web have other plain texts."""
    return capture.content_type.startswith("text/plain") and capture.via.startswith("file:")


def _read_text(capture: Capture, site: Site, reading: Reading) -> None:
    whole = decode(capture.body)[0]
    if PAGE_BREAK in whole.strip():
        raise UnreadablePage("several articles in one file: `wardnews read` reads them")
    try:
        article = parse_text(whole)
    except ValueError as error:
        raise UnreadablePage("{error}", error=error) from error
    article.url = capture.url
    _keep(article, capture, site, reading, site.own(capture.url))
    if not article.published:  # any text has a first line
        reading.article = None
        raise UnreadablePage("a text without a header line that says the day")


def _keep(article: Article, capture: Capture, site: Site, reading: Reading, *keys: str | None) -> None:
    """Make an article ready to be kept."""
    reading.keys = tuple(dict.fromkeys(filter(None, (article.id, *keys))))
    reading.key = reading.keys[0]
    article.site, article.via, article.crawled_at = site.key, capture.via, capture.timestamp
    if capture.url.startswith("file:"):
        article.flags.append(_NO_ADDRESS)
    reading.article = finish(article, {site.key: site})
    reading.state = "article"


def _read(capture: Capture, site: Site, reading: Reading) -> None:
    charset = capture.content_type.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
    page = layouts.parse(capture.body, Fetch(capture.url), charset=charset, tokens=site.newszone)
    layout = layouts.recognise(page, site.layout, site.selectors)
    article = layout.read_article(page)
    address = layout.canonical(capture.url) or (article and layout.canonical(article.url))
    is_file = capture.url.startswith("file:")  # the folders of a disk are no parts of a portal
    if address is None and not is_file and not (article and article.id):  # of its id, wherever it was shown
        reading.cause = "an address that is never followed"
        return
    url_id = layout.url_id(capture.url)
    address = address or capture.url
    reading.key = url_id or site.own(address)
    if article:
        _keep(article, capture, site, reading, url_id, site.own(address), site.own(article.url))
        if layouts.CONTINUED in article.flags:
            _set_portion(reading, page, layout, site)
        return
    entries = _entries(page, layout, site, address)
    if entries:
        reading.state, reading.key = "listing", site.own(layouts.first_page(address))
        reading.listed = [_listed(entry, site, capture) for entry in entries]
        reading.name, reading.promised = layout.listing_name(page), layouts.declared_total(page)
        return
    reading.cause = f"{layout.instead(page) or 'a page without an article'} (read as {layout.name})"
    number = url_id or _number_in(capture.url, layout)
    if number and not _NO_NUMBER.fullmatch(number) and not _NO_ARTICLE.search(urlsplit(capture.url).path):
        reading.state, reading.key = "unreadable", number


def _set_portion(reading: Reading, page: Page, layout: Layout, site: Site) -> None:
    """Note where the article of a page goes on, or which one it is a later page of."""
    further = layout.continuation(page)
    if further is None or not (further.pages or further.whole or further.first):
        return

    def own(url: str) -> str:
        return site.own(layout.canonical(url) or url)

    whole = own(further.whole) if further.whole else None
    reading.portion = Portion(own(page.url), tuple(map(own, further.pages)), whole)
    if further.first:
        reading.portion.first = layout.url_id(further.first) or own(further.first)
        reading.portion.article, reading.article = reading.article, None
        reading.state, reading.key = "unreadable", own(page.url)
        reading.cause = "a further page of an article without its first"


def _entries(page: Page, layout: Layout, site: Site, address: str) -> list[Entry]:
    """Return the articles that a listing names; a home page of a known family names all that it links to."""
    found: Iterable[Entry] = layout.read_listing(page).entries
    if layout.name != layouts.ANYPORTAL and urlsplit(site.own(address)).path == urlsplit(site.url).path:
        found = [*found, *layout.read_links(page)]
    named: dict[str, Entry] = {}
    for entry in found:
        if _is_article(entry, site, layout):
            named.setdefault(entry.key, entry)
    return list(named.values())


def _number_in(url: str, layout: Layout) -> str | None:
    """Find an article's number in the address of a page that shows no family, such as a notice of maintenance."""
    families = layouts.LAYOUTS.values() if layout.name == layouts.ANYPORTAL else ()
    return next(filter(None, (family.url_id(url) for family in families)), None)


def _is_article(entry: Entry, site: Site, layout: Layout) -> bool:
    """Whether an entry leads to an article: a site map lists sections, which the addresses of its family tell."""
    tells = layout.article_url is not layouts.NO_ADDRESS
    known = not tells or layout.article_url.search(entry.url) or entry.header is not None
    return site.owns(entry.url) and bool(known)


def _listed(entry: Entry, site: Site, capture: Capture) -> Listed:
    then = datetime.fromisoformat(capture.timestamp)
    published = parse_header(entry.header, then).published if entry.header else None
    return Listed(site.own(entry.key), entry.url, entry.title, published)
