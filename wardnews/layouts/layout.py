"""What a layout is: selectors as data, functions where data cannot say it, and the reading that is common to all."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from wardnews.items import Article
from wardnews.layouts import feeds
from wardnews.layouts.article import make_article
from wardnews.layouts.body import CAPTIONS, not_body, text_after
from wardnews.layouts.generic import article as generic_article
from wardnews.layouts.generic import listing as generic_listing
from wardnews.layouts.generic.breadcrumb import may_be_section
from wardnews.layouts.generic.no_article import name_instead
from wardnews.layouts.menus import menu_links
from wardnews.layouts.page import Fetch, Found, Page, Parts, words_of
from wardnews.layouts.pagers import next_page
from wardnews.layouts.parts.continuation import Continuation, find_continuation
from wardnews.layouts.parts.related import leaves_of_related
from wardnews.text.strings import fold, tidy


@dataclass(frozen=True)
class Entry:
    """Describe an article as a listing names it.

    `id` is the CMS's own where the address has it, `key` the same or the canonical address: one under all addresses.
    """

    url: str
    key: str
    id: str | None
    title: str
    header: str | None


@dataclass(frozen=True)
class Listing:
    """The entries of a listing page, the fetch of the next page, and a note where that is not to be had.

    `lists` are the further lists that a sitemap of sitemaps names; `masked` are entries that have the id of another
    one, at another address and with another title.
    """

    entries: tuple[Entry, ...]
    next: Fetch | None = None
    note: str | None = None
    lists: tuple[str, ...] = ()
    masked: tuple[Entry, ...] = ()


NO_ADDRESS = re.compile(r"(?!)")
"""The `article_url` of a family whose articles' addresses are like any other."""
_BESIDE_THE_BODY = ("title", "section", "header", "lead", "author", "source", "views")
FIELDS = ("title", "section", "header", "views", "lead", "body", "author", "source", "entry_link", "entry_header")
"""The selectors that a portal may replace by its own."""


@dataclass(frozen=True)
class Layout:
    """Where things stand on the pages of one CMS family.

    Tuples of CSS selectors are tried in order; `selector@name` reads an attribute. `marks` (selectors) and
    `script_mark` (a word in a script) recognise the family, in pages whose source holds one of the words `signs` where
    there are any; `scope` is the element that holds one article, and the fields of an article are looked for inside it;
    `breadcrumb` is looked for on the whole page.
    """

    name: str
    marks: tuple[str, ...]
    article_url: re.Pattern[str]
    canonical: Callable[[str], str | None]
    """Return the one address of a page under all its forms; None for an address that is never to be followed."""
    made_on: str = ""
    """The family whose marks these pages bear too: it is tried after this one."""
    signs: tuple[str, ...] = ()
    generator: str = ""
    """What the system calls itself in `meta[name=generator]`, in lower case, up to its version."""
    script_mark: str = ""
    undated: bool = False
    """Whether a page that the selectors find a title and a body on is an article even without a date."""
    no_article: str = ""
    """Selector of what only pages have that are no articles, whatever they say."""
    static: str = ""
    """Selector of what stands on pages that are neither articles nor listings: static pages, records of documents and
    of persons; what such a page lists is a block beside it."""
    scope: tuple[str, ...] = ("body",)
    title: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    breadcrumb: tuple[str, ...] = ()
    section_of: Callable[[Page, str], str | None] = lambda _page, _title: None
    header: tuple[str, ...] = ()
    header_parts: str = ""
    """One selector of the elements that make up the header line together."""
    published: tuple[str, ...] = ()
    """Selectors of the date that the page carries for machines."""
    views: tuple[str, ...] = ()
    """Selectors of a number that counts views, where the header line does not say so."""
    lead: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    files: str = ""
    """Selector of elements that name a document outside of the body: each is the link, or is in it."""
    pictures: str = ""
    """Selector of elements in the scope that show a picture of the article outside of its body."""
    author: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    continued: str = ""
    """Selector of links to further pages of the same article: they are not read, and a flag says so."""
    captions: str = CAPTIONS
    dropped: str = ""
    ends_scope: bool = False
    """Whether nothing follows the body in the scope but what is dropped."""
    article_id: Callable[[Page], str | None] = lambda _page: None
    numbered_in: Callable[[str], str] = lambda _url: ""
    """Return what the CMS numbers its articles within, by an address: a module, a list; empty where that is all."""
    entry_url: re.Pattern[str] | None = None
    """What an entry's address looks like, where that is more than `article_url`, which tells articles anywhere."""
    entries: str = ""
    entry_link: tuple[str, ...] = ()
    entry_header: tuple[str, ...] = ()
    related: str = ""
    next_fetch: Callable[[Page], Fetch | None] = next_page
    next_note: Callable[[Page], str | None] = lambda _page: None
    """Say what a page lacks that would lead to the next."""
    section_links: str = ""
    feeds: tuple[str, ...] = ()
    """Addresses from the portal's root of feeds and sitemaps, which may name articles that no listing shows."""
    rest_listing: str = ""
    """The address from the portal's root of a REST listing of all articles, in place of its listings."""

    def fits(self, page: Page) -> bool:
        """Whether a page is of this family, by what it is."""
        marked = page.has_any(self.marks) or (self.script_mark and page.tree.scripts_contain(self.script_mark))
        return bool(marked) and (not self.signs or page.says(self.signs))  # to look for words is dear

    def why(self, page: Page) -> str | None:
        """Return the mark by which a page is of this family; None where it is not."""
        if not self.fits(page):
            return None
        mark = next((mark for mark in self.marks if page.has(mark)), None)
        return mark or f"a script with {self.script_mark}"

    def candidates(self, page: Page, name: str) -> list[Found]:
        """Return all that the selectors of a field find on a page, in their order."""
        scope = page.first(self.scope)
        nodes = ((node, selector) for selector in getattr(self, name, ()) for node in _search(page, scope, selector))
        return [Found(words, node, selector) for node, selector in nodes if (words := words_of(node)).strip()]

    def with_selectors(self, selectors: Mapping[str, str]) -> Self:
        """Put a portal's own selectors before those of the family."""
        changed: dict[str, Any] = {name: (selector, *getattr(self, name)) for name, selector in selectors.items()}
        return replace(self, **changed)

    def url_id(self, url: str) -> str | None:
        """Return the CMS's own article id in an address."""
        match = self.article_url.search(url)
        number = _id_in(match) if match else None
        return "-".join(filter(None, (self.numbered_in(url), number))) if number else None

    def read_article(self, page: Page) -> Article | None:
        """Return the article of a page, raw strings only; None where the page is none."""
        parts = self.locate(page)
        return make_article(self, page, parts) if parts else None

    def instead(self, page: Page) -> str | None:
        """Return what a page that holds no article is, as a report says it; None where it does not show."""
        return name_instead(page)

    def continuation(self, page: Page, first: str | None = None) -> Continuation | None:
        """Return where the article of a page goes on, its first page being at `first`; None where there is none."""
        parts = self.locate(page)
        return find_continuation(page, parts, first) if parts else None

    def locate(self, page: Page) -> Parts | None:
        """Find where the parts of the article stand: by the selectors, and from the date line on for the rest.

        None where the page is no article; a page without a date is none, but for families that are known to have such.
        """
        if any(page.has(css) for css in (self.no_article, self.static) if css):
            return None
        parts = self._selected(page)
        whole = parts.body is not None and "title" in parts.found
        dated = "header" in parts.found or "published" in parts.found
        if whole and dated and "section" in parts.found:
            return parts
        return generic_article.locate(page, parts) or (parts if whole and (dated or self.undated) else None)

    def _selected(self, page: Page) -> Parts:
        """Return the parts that the selectors find."""
        scope = page.first(self.scope)
        if scope is None:
            return Parts()
        found = {name: page.find(getattr(self, name), scope) for name in _BESIDE_THE_BODY}
        if self.header_parts:
            found["header"] = _joined(page, scope, self.header_parts) or found["header"]
        found["published"] = self._exact(page, scope)
        if (section := found["section"]) and not may_be_section(section.words):
            found["section"] = None
        parts = Parts({name: part for name, part in found.items() if part})
        taken = {part.node.mem_id for part in parts.found.values() if part.node}
        root = page.first(self.body, scope) if parts.found.get("title") else None
        if root is None:
            parts.skipped = taken
            return parts
        if "section" not in parts.found and (words := page.find(self.breadcrumb)) and may_be_section(words.words):
            parts.found["section"] = words
        if "section" not in parts.found and (named := self.section_of(page, parts.found["title"].words)):
            parts.found["section"] = Found(named, None, "the page's name in <title> or the menu")
        parts.body = root
        parts.skipped = taken | not_body(page, scope if self.ends_scope else root, self.dropped)
        if self.ends_scope and text_after(page, root, scope, parts.skipped):
            parts.flags.append("text_after_body")
        parts.skipped |= leaves_of_related(page, parts)
        return parts

    def _exact(self, page: Page, scope: LexborNode) -> Found | None:
        """Return the date for machines, in the page's head or in the scope."""
        places = ((selector, None if selector.startswith("meta") else scope) for selector in self.published)
        return next((found for selector, place in places if (found := page.find((selector,), place))), None)

    def read_feed(self, page: Page) -> Listing | None:
        """Return the entries of a feed, a sitemap or a REST listing; None where the page is none."""
        feed = feeds.read_feed(page)
        if feed is None:
            return None
        own = (item for item in feed.items if self._listed_url.search(item.url))
        found = [self._named(page, item.url, item.title, item.published) for item in own]
        return Listing(_unique(found), feed.next, lists=feed.lists, masked=_masked(found))

    def read_listing(self, page: Page) -> Listing:
        """Read a listing page; no entries where the page is none."""
        if self.static and page.has(self.static):
            return Listing(())
        found = self._selected_entries(page)
        if not any(found) and self.locate(page) is None:
            items = generic_listing.read_listing(page)
            found = [self._named(page, item.url, item.title, item.header) for item in items]
        entries, following = _unique(found), self.next_fetch(page)
        note = self.next_note(page) if entries and not following else None
        return Listing(entries, following, note, masked=_masked(found))

    def _selected_entries(self, page: Page) -> list[Entry | None]:
        entries = []
        for item in page.select(self.entries) if self.entries else ():
            header = page.words(self.entry_header, item)
            links = (link for selector in self.entry_link for link in item.css(selector))
            named = (self._entry(page, link, header, self._listed_url) for link in links)
            entries.append(next(filter(None, named), None))
        return entries

    def listing_name(self, page: Page) -> str | None:
        """Return what a listing page calls itself."""
        crumb, title = page.words(self.breadcrumb), page.words(("head > title",))
        if crumb and title and fold(title).startswith(fold(crumb)):
            return crumb  # two witnesses: a portlet of another section may stand above the list
        return page.words((*self.section, *self.breadcrumb)) or generic_listing.read_name(page)

    def read_links(self, page: Page) -> list[Entry]:
        """Return every link to an article of a page that is no listing, such as a home page."""
        found = [self._entry(page, link, None, self.article_url) for link in page.tree.css("a[href]")]
        items = generic_listing.read_items(page)
        return list(_unique([*found, *(self._named(page, item.url, item.title, item.header) for item in items)]))

    def read_related(self, page: Page) -> list[Entry]:
        """Return the links to related news of an article's page."""
        links = page.select(self.related) if self.related else []
        return list(_unique(self._entry(page, link, None, self._listed_url) for link in links))

    @property
    def _listed_url(self) -> re.Pattern[str]:
        """Return what the address of an entry looks like where lists name it."""
        return self.entry_url or self.article_url

    def _entry(self, page: Page, link: LexborNode, header: str | None, pattern: re.Pattern[str]) -> Entry | None:
        href = link.attributes.get("href")
        url = page.link(href) if href and pattern.search(href) else None
        return self._named(page, url, tidy(words_of(link)), header) if url else None

    def _named(self, page: Page, url: str, title: str, header: str | None) -> Entry | None:
        """Make the entry of an address; None for one that is never followed, and for the page's own."""
        canonical = self.canonical(url)
        if not canonical or canonical == self.canonical(page.url):
            return None
        url_id = self.url_id(url)
        return Entry(url, url_id or canonical, url_id, title, header)

    def read_sections(self, page: Page) -> dict[str, str]:
        """Return the addresses of pages that may be sections, with their names, from menu, site map and home page."""
        home = self.canonical(page.url)
        sections: dict[str, str] = {}
        for link in page.select(self.section_links) if self.section_links else menu_links(page):
            url = page.link(link.attributes.get("href"))
            canonical = self.canonical(url) if url else None
            if url and canonical and canonical != home and not self.article_url.search(url):
                sections.setdefault(canonical, tidy(words_of(link)))
        return sections


def _search(page: Page, scope: LexborNode | None, selector: str) -> list[LexborNode]:
    css, _, attribute = selector.partition("@")
    return [] if attribute else page.select(css, scope)


def _joined(page: Page, scope: LexborNode, selector: str) -> Found | None:
    """Join the words of the elements that make up a header line."""
    nodes = [node for node in page.select(selector, scope) if words_of(node).strip()]
    return Found(" | ".join(words_of(node) for node in nodes), nodes[0], selector) if nodes else None


def _unique(entries: Iterable[Entry | None]) -> tuple[Entry, ...]:
    """Keep the first entry of each article."""
    kept: dict[str, Entry] = {}
    for entry in entries:
        if entry:
            kept.setdefault(entry.key, entry)
    return tuple(kept.values())


def _masked(entries: Iterable[Entry | None]) -> tuple[Entry, ...]:
    """Return the entries that have the id of one before them and name another article."""
    first: dict[str, tuple[str, str]] = {}
    own = [(entry, named_by(entry)) for entry in entries if entry and entry.id and entry.title]
    return tuple(entry for entry, named in own if are_apart(named, first.setdefault(entry.key, named)))


def named_by(entry: Entry) -> tuple[str, str]:
    """Return what tells an entry from another under its number: the path of its address, and how its title begins."""
    return urlsplit(entry.url).path, fold(entry.title)[:_BEGINNING]


def are_apart(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two entries differ in address and title; lists cut titles short.

    >>> are_apart(("/a/7.html", "hop to dan pho"), ("/b/7.html", "le hoi dua thuyen"))
    True
    >>> are_apart(("/a/7.html", "hop to dan pho"), ("/b/7.html", "hop to…"))
    False
    """
    titles = [title.rstrip(" .…") for _, title in (one, other)]
    return one[0] != other[0] and not (titles[0].startswith(titles[1]) or titles[1].startswith(titles[0]))


_BEGINNING = 40
"""So many characters of a title tell it from others."""


def _id_in(match: re.Match[str]) -> str | None:
    """Take the article id out of a match of `article_url`: its one group that took part."""
    return next(filter(None, match.groups()), None)


def menu_name(page: Page, selector: str, path: str) -> str | None:
    """Return what the menu calls the page at a path."""
    names: Iterator[str] = (
        words_of(link) for link in page.tree.css(selector) if (link.attributes.get("href") or "").endswith(path)
    )
    return next((name for name in names if name), None)
