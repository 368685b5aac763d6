"""What a page says of itself to machines: its titles, its date, its section, its own addresses."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from wardnews import text
from wardnews.layouts.page import Found, Page
from wardnews.layouts.phrases import EDGES, OFFICE, PORTAL, fold
from wardnews.text import parse_header, squeeze


@dataclass
class Head:
    """Hold what the head of a page says: its titles, its description, its date, whether it calls itself an article."""

    title: str = ""
    names: list[str] = field(default_factory=list)
    site: str = ""
    description: str = ""
    published: Found | None = None
    section: Found | None = None
    is_article: bool = False
    own: set[str] = field(default_factory=set)
    parts: list[str] = field(default_factory=list)

    def match(self, words: str) -> tuple[float, str]:
        """Tell how well a folded line agrees with the titles of the page, and by which rule."""
        if not words or words == self.site:
            return 0.0, ""
        if words in self.names:
            return 5.0, "the title that the page names for sharing"
        if words in self.title:
            return self._match_title(words)
        for known in (*self.names, *self.parts[:1]):
            cut = known.count(" ") > 3 and not OFFICE.match(known)  # noqa: PLR2004
            if cut and words.startswith(known.rstrip(EDGES)):
                return 3.5, "the beginning that <title> gives"
        return 0.0, ""

    def _match_title(self, words: str) -> tuple[float, str]:
        long = words.count(" ")
        if words == self.title:
            whole = len(self.parts) > 1 and OFFICE.match(self.parts[-1])
            return (0.0, "") if PORTAL.search(words) else (2.0 if whole else 5.0, "the page's <title>")
        if self.title.startswith(words) and (long > 3 or words in self.parts):  # noqa: PLR2004
            return 4.0, "the beginning of <title>"
        if words in self.parts:
            return (0.0 if PORTAL.search(words) else 2.5 if long > 4 else 0.8), "a part of <title>"  # noqa: PLR2004
        return (3.0, "a part of <title>") if long > 3 else (0.0, "")  # noqa: PLR2004


SEPARATOR_IN_TITLE = re.compile(r"\s+[-–—|•·»«:]+\s+|\s*(?:[|»«]|::)\s*")
_TITLED = ("og:title", "twitter:title", "headline", "title")
_DATED_BY = ("article:published_time", "datepublished", "pubdate", "publishdate", "dc.date.issued", "dc.date")
_MARKED_DATES = (
    "[itemprop='datePublished'][content]@content",
    "[itemprop='datePublished'][datetime]@datetime",
    "article time[datetime]@datetime",
    "main time[datetime]@datetime",
)


def read_head(page: Page) -> Head:
    metas: dict[str, str] = {}
    head = Head(title=fold(page.words(("title",)) or ""), own=_ways_to(page.url))
    for node in page.tree.css("meta[content], link[rel='canonical'], link[rel='shortlink']"):
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
        if name:
            metas.setdefault(name.lower(), squeeze(attributes.get("content") or ""))
        elif attributes.get("href"):
            head.own |= _ways_to(attributes["href"] or "")
    head.own |= _ways_to(metas.get("og:url", ""))
    head.names = [fold(metas[name]) for name in _TITLED if metas.get(name)]
    head.parts = [part for part in SEPARATOR_IN_TITLE.split(head.title) if part]
    head.site = fold(metas.get("og:site_name", ""))
    head.description = fold(metas.get("description") or metas.get("og:description") or "")
    head.is_article = metas.get("og:type") == "article"
    if metas.get("article:section"):
        head.section = Found(metas["article:section"], None, "article:section")
    _read_dates(page, head, metas)
    if page.says(("ld+json",)):
        for node in page.tree.css("script[type='application/ld+json']"):
            for thing in _things(node.text()):
                _take_in(head, thing)
    return head


def _read_dates(page: Page, head: Head, metas: dict[str, str]) -> None:
    """Find the date of publication for machines: in the head, else marked in the page where only one is."""
    for name in _DATED_BY:
        if name in metas and parse_header(metas[name], text.now()).published:
            head.published = Found(metas[name], None, name)
            head.is_article |= name in _DATED_BY[:2]
            return
    for selector in _MARKED_DATES if page.says(("datetime", "datePublished")) else ():
        found = page.find((selector,))
        if found and not _are_of_a_list(page.tree.css(selector.partition("@")[0])):
            if parse_header(found.words, text.now()).published:
                head.published = found
                head.is_article |= "itemprop" in selector
                return


def _ways_to(url: str) -> set[str]:
    """Give the forms in which a page may link to an address: whole, without scheme, from the root, by its name."""
    scheme, host, path, query, _ = urlsplit(url)
    tail = f"?{query}" if query else ""
    places = {path + tail, path.rstrip("/") + tail}
    if host:
        bare = host.removeprefix("www.")
        hosts = (f"{name}//{www}{bare}" for name in ("http:", "https:", "") for www in ("", "www."))
        places |= {there + place for there in hosts for place in tuple(places)}
    return {place for place in (*places, path.rpartition("/")[2] + tail) if place}


def _are_of_a_list(nodes: list[LexborNode]) -> bool:
    """Tell whether dates stand in several places; an article's own stand together, as of posting and of changing."""
    return len({node.parent.mem_id for node in nodes if node.parent}) > 1


def _things(script: str) -> Iterator[dict[str, Any]]:
    """Give the things that a JSON-LD script describes; none where it is broken."""
    try:
        waiting = [json.loads(script, strict=False)]
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
    kinds = thing.get("@type")
    if not any(
        "Article" in str(kind) or kind == "BlogPosting" for kind in (kinds if isinstance(kinds, list) else [kinds])
    ):
        return
    head.is_article = True
    if isinstance(thing.get("headline"), str):
        head.names.append(fold(thing["headline"]))
    date = thing.get("datePublished")
    if isinstance(date, str) and parse_header(date, text.now()).published:
        head.published = Found(squeeze(date), None, "datePublished in JSON-LD")
    section = thing.get("articleSection")
    section = section[0] if isinstance(section, list) and section else section
    if isinstance(section, str) and section.strip():
        head.section = Found(squeeze(section), None, "articleSection in JSON-LD")
