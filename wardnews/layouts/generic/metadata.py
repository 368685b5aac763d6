"""What a page says of itself to machines: its titles, its date, its section, its own addresses."""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from wardnews.layouts.generic import weights
from wardnews.layouts.generic.phrases import EDGES, OFFICE, PORTAL, fold
from wardnews.layouts.page import Found, Page, words_of
from wardnews.text.clock import now
from wardnews.text.header import parse_header
from wardnews.text.strings import from_json, squeeze


@dataclass
class Head:
    """What the head of a page says: its titles, its description, its date, whether it calls itself an article.

    `written` is `<title>` as it stands; `title`, `names`, `site`, `description` and `parts` are folded; `own` are the
    forms in which links may name the page itself; `times` are the elements with a time, and `is_marked` says whether
    one of the page's elements is marked as a date.
    """

    written: str = ""
    title: str = ""
    names: list[str] = field(default_factory=list)
    site: str = ""
    description: str = ""
    published: Found | None = None
    section: Found | None = None
    is_article: bool = False
    is_marked: bool = False
    times: list[LexborNode] = field(default_factory=list)
    own: set[str] = field(default_factory=set)
    parts: list[str] = field(default_factory=list)
    _matches: dict[str, tuple[float, str]] = field(default_factory=dict)

    @cached_property
    def _beginnings(self) -> tuple[str, ...]:
        """Return the titles that may be cut short, without the marks at their ends."""
        known = (*self.names, *self.parts[:1])
        return tuple(
            name.rstrip(EDGES)
            for name in known
            if name.count(" ") > weights.BLANKS_OF_SENTENCE and not OFFICE.match(name)
        )

    def match(self, words: str) -> tuple[float, str]:
        """Return how well a folded line agrees with the titles of the page, and by which rule."""
        known = self._matches.get(words)
        if known is None:
            known = self._matches[words] = self._match(words)
        return known

    def _match(self, words: str) -> tuple[float, str]:
        if not words or words == self.site:
            return 0.0, ""
        if words in self.names:
            return weights.NAMED_BY_PAGE, "the title that the page names for sharing"
        if words in self.title:
            return self._match_title(words)
        begun = words.startswith(self._beginnings)
        return (weights.CUT_SHORT, "the beginning that <title> gives") if begun else (0.0, "")

    def _match_title(self, words: str) -> tuple[float, str]:
        long = words.count(" ")
        if words == self.title:
            whole = len(self.parts) > 1 and OFFICE.match(self.parts[-1])
            score = weights.OFFICE_IN_TITLE if whole else weights.NAMED_BY_PAGE
            return (0.0, "") if PORTAL.search(words) else (score, "the page's <title>")
        if self.title.startswith(words) and (long > weights.BLANKS_OF_SENTENCE or words in self.parts):
            several = long > weights.BLANKS_OF_BEGINNING
            return weights.BEGINS_TITLE if several else weights.FEW_WORDS_OF_TITLE, "the beginning of <title>"
        if words in self.parts:
            score = weights.PART_OF_TITLE if long > weights.BLANKS_OF_PART else weights.FEW_WORDS_OF_TITLE
            return (0.0 if PORTAL.search(words) else score), "a part of <title>"
        return (weights.WITHIN_TITLE, "a part of <title>") if long > weights.BLANKS_OF_SENTENCE else (0.0, "")


SEPARATOR_IN_TITLE = re.compile(r"\s+[-–—|•·»«:]+\s+|\s*(?:[|»«]|::)\s*")
_TITLED = ("og:title", "twitter:title", "headline", "title")
_DATED_BY = ("article:published_time", "datepublished", "pubdate", "publishdate", "dc.date.issued", "dc.date")
_MARKED_DATES = (
    "[itemprop='datePublished'][content]@content",
    "[itemprop='datePublished'][datetime]@datetime",
)


def read_head(page: Page) -> Head:
    """Return what a page says of itself to machines."""
    metas: dict[str, str] = {}
    head = Head(own=set(_ways_to(page.url)))
    scripts = []
    for node, attributes in page.marked:
        tag = node.tag
        if tag == "title":
            head.written = head.written or words_of(node)
        elif tag == "script":
            scripts.append(node.text())
        elif tag == "time":
            head.times.append(node)
        elif tag == "link":
            head.own |= _ways_to(attributes.get("href") or "")
        elif tag == "meta" and (
            name := attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        ):
            metas.setdefault(name.lower(), squeeze(attributes.get("content") or ""))
        head.is_marked |= tag == "time" or attributes.get("itemprop") == "datePublished"
    _take_in_metas(head, metas)
    _read_dates(page, head, metas)
    for script in scripts:
        for thing in _things(script):
            _take_in(head, thing)
    return head


def _take_in_metas(head: Head, metas: Mapping[str, str]) -> None:
    """Take in what the head's elements name: titles, site, description, section, the page's own address."""
    head.own |= _ways_to(metas.get("og:url", ""))
    head.title = fold(head.written)
    head.parts = [part for part in SEPARATOR_IN_TITLE.split(head.title) if part]
    head.names = [fold(metas[name]) for name in _TITLED if metas.get(name)]
    head.site = fold(metas.get("og:site_name", ""))
    head.description = fold(metas.get("description") or metas.get("og:description") or "")
    head.is_article = metas.get("og:type") == "article"
    if metas.get("article:section"):
        head.section = Found(metas["article:section"], None, "article:section")


_IN_ADDRESS = re.compile(r"/(20\d\d)/(0\d|1[0-2])/([0-2]\d|3[01])/[^/]*[^\W\d][^/]*/?$")
"""The day by which blogs address their posts: `/2021/04/05/khai-truong-cau/`."""


def _read_dates(page: Page, head: Head, metas: Mapping[str, str]) -> None:
    """Find the date of publication for machines: in the head, else marked in the page where only one is."""
    for name in _DATED_BY:
        if name in metas and parse_header(metas[name], now()).published:
            head.published = Found(metas[name], None, name)
            head.is_article |= name in _DATED_BY[:2]
            return
    for selector in _MARKED_DATES if head.is_marked else ():
        found = page.find((selector,))
        if not found or _are_of_a_list(page.tree.css(selector.partition("@")[0])):
            continue
        if parse_header(found.words, now()).published:
            head.published = found
            head.is_article |= "itemprop" in selector
            return
    if dated := _IN_ADDRESS.search(urlsplit(page.url).path):
        head.published = Found("-".join(dated.groups()), None, "the day in the address")
        head.is_article = True


@lru_cache(maxsize=256)
def _ways_to(url: str) -> AbstractSet[str]:
    """Return the forms in which a page may link to an address: whole, without scheme, from the root, by its name."""
    _, host, path, query, _ = urlsplit(url)
    tail = f"?{query}" if query else ""
    places = {path + tail, path.rstrip("/") + tail}
    if host:
        bare = host.removeprefix("www.")
        hosts = (f"{name}//{www}{bare}" for name in ("http:", "https:", "") for www in ("", "www."))
        places |= {there + place for there in hosts for place in tuple(places)}
    return {place for place in (*places, path.rpartition("/")[2] + tail) if place}


def _are_of_a_list(nodes: list[LexborNode]) -> bool:
    """Whether dates stand in several places; an article's own stand together, as of posting and of changing."""
    return len({node.parent.mem_id for node in nodes if node.parent}) > 1


def _things(script: str) -> Iterator[dict[str, Any]]:
    """Return the things that a JSON-LD script describes; none where it is broken."""
    try:
        waiting = [from_json(script)]
    except (ValueError, RecursionError):
        return
    for _ in range(100):
        if not waiting:
            return
        thing = waiting.pop(0)
        if isinstance(thing, list):
            waiting.extend(thing)
        elif isinstance(thing, dict):
            yield thing
            waiting.append(thing.get("@graph"))


def _take_in(head: Head, thing: dict[str, Any]) -> None:
    """Take in what JSON-LD says of an article."""
    kinds = thing.get("@type")
    if not any(
        "Article" in str(kind) or kind == "BlogPosting" for kind in (kinds if isinstance(kinds, list) else [kinds])
    ):
        return
    head.is_article = True
    if isinstance(thing.get("headline"), str):
        head.names.append(fold(thing["headline"]))
    date = thing.get("datePublished")
    if isinstance(date, str) and parse_header(date, now()).published:
        head.published = Found(squeeze(date), None, "datePublished in JSON-LD")
    section = thing.get("articleSection")
    section = section[0] if isinstance(section, list) and section else section
    if isinstance(section, str) and section.strip():
        head.section = Found(squeeze(section), None, "articleSection in JSON-LD")
