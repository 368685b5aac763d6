"""What a layout is: selectors as data, functions where data cannot say it, and the reading that is common to all."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from selectolax.lexbor import LexborNode

from wardnews.items import Article, compose_text
from wardnews.layouts.body import Body, not_body, read_body, text_after
from wardnews.layouts.page import Fetch, Page, words_of
from wardnews.text import parse_credits, tidy


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
    """Hold the entries of a listing page, the fetch of the next page, and a note where that is not to be had."""

    entries: tuple[Entry, ...]
    next: Fetch | None = None
    note: str | None = None


_WHOLE = re.compile(r"\.html?$")
"""How an article's canonical address ends, unless a mirror mangled it."""
_BESIDE_THE_BODY = ("section", "header", "lead", "author", "source")
FIELDS = ("title", "section", "header", "lead", "body", "author", "source", "entry_link", "entry_header")
"""The selectors that a portal may replace by its own."""


@dataclass(frozen=True)
class Layout:
    """Say where things stand on the pages of one CMS family.

    Tuples of CSS selectors are tried in order; `selector@name` reads an attribute. `marks` (selectors) and
    `script_mark` (a word in a script) recognise the family; `scope` is the element that holds one article, and the
    fields of an article are looked for inside it; `breadcrumb` is looked for on the whole page.
    """

    name: str
    marks: tuple[str, ...]
    article_url: re.Pattern[str]
    canonical: Callable[[str], str | None]
    """Give the one address of a page under all its forms; None for an address that is never to be followed."""
    script_mark: str = ""
    scope: tuple[str, ...] = ("body",)
    title: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    breadcrumb: tuple[str, ...] = ()
    section_of: Callable[[Page, str], str | None] = lambda _page, _title: None
    header: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    captions: str = ""
    dropped: str = ""
    ends_scope: bool = False
    """Whether nothing follows the body in the scope but what is dropped."""
    article_id: Callable[[Page], str | None] = lambda _page: None
    entries: str = ""
    entry_link: tuple[str, ...] = ()
    entry_header: tuple[str, ...] = ()
    related: str = ""
    next_fetch: Callable[[Page], Fetch | None] = lambda _page: None
    next_note: Callable[[Page], str | None] = lambda _page: None
    """Say what a page lacks that would lead to the next."""
    section_links: str = ""

    def fits(self, page: Page) -> bool:
        """Tell whether a page is of this family, by what it is."""
        if any(page.tree.css_first(mark) is not None for mark in self.marks):
            return True
        return bool(self.script_mark) and page.tree.scripts_contain(self.script_mark)

    def with_selectors(self, selectors: Mapping[str, str]) -> Self:
        """Put a portal's own selectors before those of the family."""
        changed: dict[str, Any] = {name: (selector, *getattr(self, name)) for name, selector in selectors.items()}
        return replace(self, **changed)

    def url_id(self, url: str) -> str | None:
        """Find the CMS's own article id in an address."""
        match = self.article_url.search(url)
        return _id_in(match) if match else None

    def read_article(self, page: Page) -> Article | None:
        """Read the article of a page, raw strings only; None where the page is none."""
        scope = page.first(self.scope)
        title = page.find(self.title, scope) if scope else None
        root = page.first(self.body, scope) if title else None
        if not title or root is None:
            return None
        found = {name: page.find(getattr(self, name), scope) for name in _BESIDE_THE_BODY}
        skipped = not_body(scope if self.ends_scope and scope else root, self.dropped)
        skipped.update(part.node.mem_id for part in (title, *found.values()) if part)
        section, header, lead, author, source = (part.words if part else None for part in found.values())
        section = section or page.words(self.breadcrumb) or self.section_of(page, title.words)
        body = read_body(page, root, self.captions, skipped)
        flags = list(page.flags)
        if self.ends_scope and scope and text_after(page, root, scope, skipped):
            flags.append("text_after_body")
        shown = found["lead"].node if found["lead"] else None
        more = shown is not None and shown.css_first("img, a, iframe, object, embed") is not None
        above = read_body(page, shown, "", not_body(shown)) if shown and more else Body()
        paragraphs = body.paragraphs
        signed_by, taken_from = parse_credits(paragraphs)
        url_id = self.article_id(page) or self.url_id(page.url)
        return Article(
            id=url_id or "",
            url=self._address(page, url_id),
            section=section,
            title=title.words,
            header=header,
            lead=lead,
            paragraphs=paragraphs,
            images=above.images + body.images,
            attachments=above.attachments + body.attachments,
            author=author or signed_by,
            source=source or taken_from,
            text=compose_text(section, title.words, header, [lead, *body.blocks] if lead else body.blocks),
            layout=self.name,
            flags=flags,
        )

    def _address(self, page: Page, url_id: str | None) -> str:
        """Give the page's own canonical address where it names the same article on the same host, else the fetched."""
        link = page.tree.head.css_first('link[rel="canonical"][href]') if page.tree.head else None
        href = (link.attributes["href"] or "") if link else ""
        named = page.link(href) if _WHOLE.search(href) and url_id and self.url_id(href) == url_id else None
        if named and named.startswith("http") and _host(named) == _host(page.url):
            return self.canonical(named) or named
        return self.canonical(page.url) or page.url

    def read_listing(self, page: Page) -> Listing:
        """Read a listing page; no entries where the page is none."""
        entries: dict[str, Entry] = {}
        for item in page.tree.css(self.entries):
            header = page.words(self.entry_header, item)
            links = (link for selector in self.entry_link for link in item.css(selector))
            if entry := next(filter(None, (self._entry(page, link, header) for link in links)), None):
                entries.setdefault(entry.key, entry)
        following = self.next_fetch(page)
        note = self.next_note(page) if entries and not following else None
        return Listing(tuple(entries.values()), following, note)

    def read_links(self, page: Page, within: str = "a[href]") -> list[Entry]:
        """Read every link to an article of a page that is no listing, such as a home page."""
        entries = (self._entry(page, link, None) for link in page.tree.css(within))
        return list({entry.key: entry for entry in entries if entry}.values())

    def read_related(self, page: Page) -> list[Entry]:
        """Read the links to related news of an article's page."""
        return self.read_links(page, self.related) if self.related else []

    def _entry(self, page: Page, link: LexborNode, header: str | None) -> Entry | None:
        href = link.attributes.get("href")
        match = self.article_url.search(href) if href else None
        url = page.link(href) if match else None
        canonical = self.canonical(url) if url else None
        if not match or not url or not canonical:
            return None
        url_id = _id_in(match)
        return Entry(url, url_id or canonical, url_id, tidy(words_of(link)), header)

    def read_sections(self, page: Page) -> dict[str, str]:
        """Read the addresses of pages that may be sections, with their names, from menu, site map and home page."""
        home = self.canonical(page.url)
        sections: dict[str, str] = {}
        for link in page.tree.css(self.section_links):
            url = page.link(link.attributes.get("href"))
            canonical = self.canonical(url) if url else None
            if url and canonical and canonical != home and not self.article_url.search(url):
                sections.setdefault(canonical, tidy(words_of(link)))
        return sections


def _id_in(match: re.Match[str]) -> str | None:
    """Take the article id out of a match of `article_url`: its one group that took part."""
    return next(filter(None, match.groups()), None)


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].lower()


def menu_name(page: Page, selector: str, path: str) -> str | None:
    """Find what the menu calls the page at a path."""
    names: Iterator[str] = (
        words_of(link) for link in page.tree.css(selector) if (link.attributes.get("href") or "").endswith(path)
    )
    return next((name for name in names if name), None)
