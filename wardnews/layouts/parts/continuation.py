"""Further pages of an article: links by its text to its own address with a number in it."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from selectolax.lexbor import LexborNode

from wardnews.layouts.canonical import host_of
from wardnews.layouts.generic.phrases import fold
from wardnews.layouts.generic.visible_lines import Line
from wardnews.layouts.page import Page, Parts, words_of
from wardnews.layouts.parts.article_lines import lines_of_article
from wardnews.text.strings import tidy
from wardnews.text.urls import options

_PAGES = frozenset("page trang p pg paged pageno pageindex trangso phan".split())
_OFFSETS = frozenset("start limitstart".split())
_WHOLE = frozenset("showall all viewall".split())
_MAY_BE = re.compile(r"=(?:\d{1,2}|true)(?:&|$)|\d{1,2}(?:\.\w+)?/?$", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,2}")
_STEP = re.compile(r"/(?:(?:page|trang|phan)[-/])?(\d{1,2})/?")
_PART = re.compile(r"(?P<named>[-_.](?:p|page|trang|phan)[-_]?)?(?:[-_])?(?P<number>\d{1,2})")
_ENDING = re.compile(r"(?:\.(?:html?|aspx|php))?/?$", re.IGNORECASE)
_LEADS_ON = re.compile(
    r"(?:(?:xem|đọc) )?(?:trang|phần|page|part) ?(?:tiếp(?: theo)?|sau|kế(?: tiếp)?|\d{1,2}).{0,12}"
    r"|(?:xem|đọc) tiếp(?: .{0,12})?|tiếp(?: theo)?|next(?: page)?|continue.{0,12}"
)
_LEADS_BACK = re.compile(
    r"(?:trang|phần) (?:trước(?: đó)?|đầu(?: tiên)?|1)|trước|prev(?:ious)?(?: page)?|first(?: page)?|[«‹<]+"
)
_LATER = re.compile(
    r"(?P<stem>/.*?[^/])(?:/(?:page|trang|phan)[-/]?[2-9]\d?|[-_.](?:p|page|trang|phan)[-_]?[2-9]\d?)"
    r"(?P<ending>(?:\.\w+)?/?)|(?P<slug>/.*?[^-/]+-[^-/]+-[^/]+)/[2-9]\d?(?P<end>/?)",
    re.IGNORECASE,
)
"""The path of a page of an article after its first: a bare number stands behind a slug of several words alone."""
_MAY_BE_LATER = re.compile(r"[2-9](?<!\d\d)\d?(?:\.\w+)?/?$")
"""How the path of any such page ends: looked for first, for few have it."""
_ALL = re.compile(r"(?:xem )?(?:tất cả|toàn bộ|toàn văn).{0,20}|(?:show|view) all|all pages")
_OF_PAGERS = frozenset(
    "các trang trước sau tiếp theo kế đầu cuối phần page pages prev previous next first last tất cả xem 1 /".split()
)
_APART = re.compile(r"[\s:|«»‹›<>/…\[\]().-]+")
_LONGEST_PAGER = 120


@dataclass(frozen=True)
class Continuation:
    """Where an article goes on: addresses of further pages in order, or of one that shows it `whole`.

    `leaves` are the ids of the text nodes and links of the pager, which is no paragraph; `first` is the address of the
    article's first page, where the page is a later one by its address and a link back.
    """

    pages: tuple[str, ...] = ()
    whole: str | None = None
    leaves: frozenset[int] = frozenset()
    first: str | None = None


def find_continuation(page: Page, parts: Parts, first: str | None = None) -> Continuation:
    """Return where the article of a page goes on; `first` is the address of its first page, where that is another."""
    begun = None if first else _first_page(page)
    first = first or begun or page.url
    here = _number(page.url, first, "") if page.url != first else 1
    found: dict[int, tuple[str, int]] = {}
    slug = _ENDING.sub("", urlsplit(first).path).rpartition("/")[2]
    for link, href in page.links:
        if not (href.startswith("?") or (slug and slug in href)) or not _MAY_BE.search(href):
            continue
        if (url := page.link(href)) and (number := _leads_on(link, url, first)) is not None:
            found[link.mem_id] = (url, number)
    if begun:
        found |= {link.mem_id: (begun, 1) for link, _ in page.links if _leads_back(page, link, begun)}
    named = _named_next(page, first)
    if not found and not named:
        return Continuation()
    pages: dict[int, str] = {named[1]: named[0]} if named else {}
    lines = list(lines_of_article(page, parts, lambda link: link.mem_id in found)) if found else []
    for line in lines:
        pages.update({number: url for url, number in (found[leaf] for leaf in line.leaves if leaf in found)})
    leaves = frozenset(leaf for line in _of_pager(lines, found.keys()) for leaf in line.leaves)
    later = tuple(pages[number] for number in sorted(pages) if number > (here or 1))
    return Continuation(later, pages.get(0), leaves, begun)


def _of_pager(lines: list[Line], links: AbstractSet[int]) -> Iterator[Line]:
    """Return the lines of a pager, by its links: those of nothing else, and the number of the page between them."""
    pager = {line.place for line in lines if not links.isdisjoint(line.leaves) and _is_pager(fold(line.words))}
    for line in lines:
        beside = not pager.isdisjoint((line.place - 1, line.place + 1))
        if line.place in pager or (beside and _NUMBER.fullmatch(line.words.strip())):
            yield line


def _first_page(page: Page) -> str | None:
    """Return the address of an article's first page, where a page is a later one by its address and a link back."""
    for first in _earlier(page.url):
        if any(_leads_back(page, link, first) for link, _ in page.links):
            return first
    return None


def _earlier(url: str) -> Iterator[str]:
    """Return the addresses that the first page of an article may have whose later page an address may be of.

    >>> list(_earlier("http://a.vn/tin/hop-to.html?id=7&page=2")), list(_earlier("http://a.vn/tin/ngay-hop-to/3/"))
    (['http://a.vn/tin/hop-to.html?id=7'], ['http://a.vn/tin/ngay-hop-to/'])
    >>> list(_earlier("http://a.vn/tin/hop-to-trang-2.html")), list(_earlier("http://a.vn/tin/hop-to-2.html"))
    (['http://a.vn/tin/hop-to.html'], [])
    """
    scheme, host, path, query, _ = urlsplit(url)
    kept = [one for one in query.split("&") if one and not _is_later(*one.lower().partition("=")[::2])]
    if query and "&".join(kept) != query:
        yield urlunsplit((scheme, host, path, "&".join(kept), ""))
    elif _MAY_BE_LATER.search(path) and (later := _LATER.fullmatch(path)):
        own = f"{later['stem'] or later['slug']}{later['ending'] or later['end'] or ''}"
        yield urlunsplit((scheme, host, own, query, ""))


def _is_later(name: str, value: str) -> bool:
    number = _of_option(name, value)
    return number is not None and number > 1


def _leads_back(page: Page, link: LexborNode, first: str) -> bool:
    """Whether a link leads from a later page of an article to its first, as a pager does."""
    words = fold(words_of(link)) or tidy(words_of(link))
    if words != "1" and not _LEADS_BACK.fullmatch(words):
        return False
    url = page.link(link.attributes.get("href"))
    return bool(url) and (_plainest(url or "") == _plainest(first) or _number(url or "", first, words) is not None)


def _plainest(url: str) -> tuple[str, str, list[tuple[str, str]]]:
    return host_of(url), urlsplit(url).path.rstrip("/"), options(url)


def _named_next(page: Page, first: str) -> tuple[str, int] | None:
    """Return the address and the number of the page that the head names as the next, where it is the article's."""
    link = page.tree.head.css_first("link[rel='next' i][href]") if page.tree.head else None
    url = page.link(link.attributes["href"]) if link else None
    number = _number(url, first, "") if url else None
    return (url, number) if url and number and number > 1 else None


def _leads_on(link: LexborNode, url: str, first: str) -> int | None:
    """Return the number of the page of the article that a link leads to, 0 for all of it; None for any other link."""
    words = fold(words_of(link)) or tidy(words_of(link))
    whole, on = _ALL.fullmatch(words), _LEADS_ON.fullmatch(words)
    if not (whole or on or words.isdigit() or words in "»›>"):
        return None
    number = _number(url, first, words)
    if number == 0:
        return 0 if whole else None
    return number if on or words in ("1", str(number), *"»›>") else None


def _is_pager(words: str) -> bool:
    """Whether folded words are of a pager alone: numbers, the word page, forward and back."""
    if len(words) > _LONGEST_PAGER:
        return False
    steps = (step for step in _APART.split(words) if step)
    return bool(_LEADS_ON.fullmatch(words)) or all(step in _OF_PAGERS or _NUMBER.fullmatch(step) for step in steps)


def _number(url: str, first: str, words: str) -> int | None:
    """Return which page of an article an address is of, 0 for all of it; None for an address of anything else.

    >>> first = "http://a.vn/tin/hop-to.html?id=7"
    >>> [_number(first + one, first, "") for one in ("&page=2", "&start=1", "&showall=1", "&sort=2")]
    [2, 2, 0, None]
    >>> first = "http://a.vn/tin/hop-to.html"
    >>> _number("http://a.vn/tin/hop-to-phan-2.html", first, ""), _number("http://a.vn/tin/hop-to-2.html", first, "")
    (2, None)
    >>> _number("http://a.vn/tin/hop/3/", "http://a.vn/tin/hop/", ""), _number("http://a.vn/8", "http://a.vn/7", "")
    (3, None)
    """
    if host_of(url) != host_of(first):
        return None
    path, own = urlsplit(url).path, urlsplit(first).path
    known = [one for one in options(first) if one[0] not in _PAGES | _OFFSETS | _WHOLE]
    added = [one for one in options(url) if one not in known]
    if path.rstrip("/") == own.rstrip("/"):
        return _of_option(*added[0]) if len(added) == 1 else None
    stem, own_stem = _ENDING.sub("", path), _ENDING.sub("", own)
    if added or not stem.startswith(own_stem) or own_stem in ("", "/"):
        return None
    rest = stem[len(own_stem) :]
    if step := _STEP.fullmatch(rest):
        return int(step[1])
    part = _PART.fullmatch(rest)
    named = part and (part["named"] or re.search(r"trang|phần|tiếp|page", words))
    return int(part["number"]) if part and named else None


def _of_option(name: str, value: str) -> int | None:
    """Return the number of the page that an option asks for."""
    if name in _WHOLE and value in ("1", "true"):
        return 0
    if not _NUMBER.fullmatch(value):
        return None
    return int(value) + 1 if name in _OFFSETS else int(value) if name in _PAGES else None
