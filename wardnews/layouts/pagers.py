"""The next page of a listing: by its number in the address, by ASP.NET's `__doPostBack`, by the words of a link."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from wardnews.layouts.page import Fetch, Page, words_of
from wardnews.text.strings import tidy
from wardnews.text.urls import address, options

_OFFSETS = frozenset(("start", "limitstart", "offset"))
_NAME = re.compile(
    r"(?:_\w+_)?(?:cur|page)|p|pg|trang|page_?(?:index|no|num|number|id)|pageindex|" + "|".join(sorted(_OFFSETS))
)
_PAGE = re.compile(r"\d{1,9}")
_NUMBER = re.compile(r"\d{1,4}")
"""No listing has ten thousand pages; what is longer is an article's id."""
_NUMBERED = re.compile(r"\?|/(?:page|pageid|trang)[/-]\d", re.IGNORECASE)
"""What is in an address with options, or with a number in its path."""
_IN_PATH = re.compile(r"(?:/pgrid/\d+)?/(?:page|pageid|trang)[/-](\d{1,9})(?=[./]|$)", re.IGNORECASE)
_POSTBACK = re.compile(r"""(?:__doPostBack|PostBackOptions)\(\s*["']([^"']+)["']\s*,\s*["']([^"']*)["']""")
_POSTBACKS = "a[href*='PostBack'], a[onclick*='__doPostBack']"
_ARGUMENT = re.compile(r"(?:Page\$)?(\d{1,9})")
_SHOWN = "span, strong, b, em, a:not([href]), a[href='#'], [disabled], .active, .current, .selected"
_NEXT_WORDS = re.compile(r"(?:trang )?(?:sau|tiếp|kế|tiếp theo|kế tiếp)|(?:page )?next(?: page)?")
_ARROWS = {"›": 1, ">": 1, "→": 1, "»": 2, ">>": 2}
_LAST = re.compile(r"\blast\b|cuối", re.IGNORECASE)


_PORTLET = re.compile(
    r"p_[pr]_\w+|_\w+_(?:delta|keywords|advancedsearch|andoperator|resetcur|struts_action)", re.IGNORECASE
)
_DECLARED = re.compile(
    r"(?:\bof|trong(?:\s+tổng)?(?:\s+số)?|/)\s*(\d[\d.,]*)\s*(?:kết quả|results?|tin|bài|bản ghi)\b"
    r"|\btổng(?:\s+(?:số|cộng))?(?:\s+(?:tin|bài|bản ghi))?\s*:?\s*(\d[\d.,]*)\s*(?:kết quả|tin|bài|bản ghi|mục)\b",
    re.IGNORECASE,
)


def first_page(url: str) -> str:
    """Return the address of the listing that a page is of, without what tells its pages apart.

    >>> first_page("http://a.vn/tin-noi-bat?p_p_id=101&_101_delta=20&_101_cur=3"), first_page("http://a.vn/tin/trang-2")
    ('http://a.vn/tin-noi-bat', 'http://a.vn/tin')
    >>> first_page("http://a.vn/index.php?com=tin&page=2")
    'http://a.vn/index.php?com=tin'
    """
    kept = address(url, lambda name, _value: not _NAME.fullmatch(name) and not _PORTLET.fullmatch(name))
    return _IN_PATH.sub("", kept)


def declared_total(page: Page) -> int | None:
    """Return how many articles a listing says that it has: 243 of "Hiển thị 161 - 170 of 243 kết quả."."""
    said = _DECLARED.search(words_of(page.tree.body)) if page.tree.body else None
    return int(re.sub(r"\D", "", said[1] or said[2])) if said else None


def next_page(page: Page, within: str = "a[href]") -> Fetch | None:
    """Return the page after this one, never the last: by number, else by postback, else by words.

    `within` is the CSS selector of the links that may lead there.
    """
    if page.fetch.form:
        return postback(page)
    places = _places(page, within)
    if places:
        return _by_number(page, places)
    return postback(page) or _by_words(page, within)


def numbered(page: Page, within: str = "a[href]") -> Fetch | None:
    """Return the link to this page's address with the next number in it, as an option or in the path.

    >>> from wardnews.layouts.page import parse
    >>> def following(url, *hrefs):
    ...     found = numbered(parse("".join(f"<a href='{href}'>x</a>" for href in hrefs), Fetch("http://a.vn" + url)))
    ...     return found and found.url
    >>> following("/tin?page=2", "/tin?page=1", "/tin?page=3", "/tin?page=9", "/khac?page=3")
    'http://a.vn/tin?page=3'
    >>> following("/tin.html", "/tin/trang-5.html", "/tin/trang-2.html")
    'http://a.vn/tin/trang-2.html'
    >>> following("/tin", "/tin?start=90", "/tin?start=10", "/tin?start=20")
    'http://a.vn/tin?start=10'
    >>> following("/tin?page=9", "/tin?page=8", "/tin?page=1")
    """
    return _by_number(page, _places(page, within))


def postback(page: Page) -> Fetch | None:
    r"""Return the form that an ASP.NET page posts back for its next page, filled in.

    A calendar posts back too, with a day's number as its words but another as its argument.

    >>> from wardnews.layouts.page import parse
    >>> hidden = "<input type=hidden name=__VIEWSTATE value=x=>"
    >>> link = "<a href='javascript:__doPostBack(\"c$g\",\"{}\")'>{}</a>".format
    >>> html = hidden + link("8127", 2) + link("Page$2", 2) + link("Page$Last", "»")
    >>> postback(parse(html, Fetch("http://a.vn/tin.aspx"))).form
    {'__VIEWSTATE': 'x=', '__EVENTTARGET': 'c$g', '__EVENTARGUMENT': 'Page$2'}
    """
    calls = [(link, *call) for link in page.tree.css(_POSTBACKS) if (call := _call(link))]
    seen: dict[int, int | None] = {}
    shown = next((number for link, _, _ in calls if (number := _shown_number(link, seen)) is not None), None)
    following = (shown or _posted_number(page) or 1) + 1
    by_rank = ((_postback_rank(link, argument, following), target, argument) for link, target, argument in calls)
    ranked = sorted((call for call in by_rank if call[0]), key=lambda call: call[0])
    if not ranked:
        return None
    _, target, argument = ranked[0]
    hidden = {
        node.attributes["name"] or "": node.attributes.get("value") or ""
        for node in page.tree.css("input[type='hidden' i][name]")
    }
    return Fetch(page.url, {**hidden, "__EVENTTARGET": target, "__EVENTARGUMENT": argument})


# --- by number -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Place:
    """Where a page stands in a listing: the path without the number, the option's name, the number."""

    path: str
    name: str = ""
    number: int = 0


def _place(url: str) -> _Place:
    path = urlsplit(url).path
    match = _IN_PATH.search(path)
    if match:
        path = path[: match.start()] + path[match.end() :]
    path = path.rstrip("/").lower()
    if match:
        return _Place(path, "/", int(match[1]))
    found = ((name, value) for name, value in options(url) if _NUMBER.fullmatch(value) and _NAME.fullmatch(name))
    name, value = next(found, ("", "0"))
    return _Place(path, name, int(value))


def _places(page: Page, within: str) -> list[tuple[_Place, str, str]]:
    """Return the numbered places of this page's listing that it links to, with their addresses and words."""
    here, host = _place(page.url), urlsplit(page.url).netloc
    found = []
    for link in page.tree.css(within):
        url = page.link(link.attributes.get("href"))
        place = _place(url) if url and _NUMBERED.search(url) and urlsplit(url).netloc == host else None
        if url and place and place.name and place.path == here.path and here.name in ("", place.name):
            found.append((place, url, tidy(words_of(link))))
    return found


def _by_number(page: Page, places: list[tuple[_Place, str, str]]) -> Fetch | None:
    here = _place(page.url)
    name = here.name or next((place.name for place, _, _ in places), "")
    places = [found for found in places if found[0].name == name]
    if name in _OFFSETS:
        later = sorted((place.number, url) for place, url, _ in places if place.number > here.number)
        return Fetch(later[0][1]) if later else None
    from_zero = any(words == str(place.number + 1) for place, _, words in places)
    first = 0 if from_zero else 1
    following = (here.number if here.name else first) + 1
    return next((Fetch(url) for place, url, _ in places if place.number == following), None)


# --- by postback ---------------------------------------------------------------------------------------------


def _call(link: LexborNode) -> tuple[str, str] | None:
    """Return the target and the argument of the postback that a link makes."""
    script = f"{link.attributes.get('href') or ''} {link.attributes.get('onclick') or ''}"
    match = _POSTBACK.search(script)
    return (match[1], match[2]) if match else None


def _posted_number(page: Page) -> int | None:
    match = _ARGUMENT.fullmatch(page.fetch.form.get("__EVENTARGUMENT", "")) if page.fetch.form else None
    return int(match[1]) if match else None


def _postback_rank(link: LexborNode, argument: str, following: int) -> int:
    """Rank a postback as the way to a page, best first; 0 where it is none."""
    number = _ARGUMENT.fullmatch(argument)
    if number:
        return 1 if int(number[1]) == following else 0
    if argument == "Page$Next":
        return 1
    if argument:
        return 0
    words = tidy(words_of(link))
    if words == str(following):
        return 2
    rank = _words_rank(words, link.attributes)
    return rank + 2 if rank else 0


def _shown_number(link: LexborNode, seen: dict[int, int | None]) -> int | None:
    """Return the number of the page that is shown, which stands beside the links to the others and is none itself.

    `seen` remembers what was read in an element: all links of a pager stand in the same.
    """
    above = link.parent
    for _ in range(2):
        if above is None:
            break
        if above.mem_id not in seen:
            seen[above.mem_id] = _shown_in(above)
        if (number := seen[above.mem_id]) is not None:
            return number
        above = above.parent
    return None


def _shown_in(place: LexborNode) -> int | None:
    numbers = ((tidy(words_of(node)), node) for node in place.css(_SHOWN))
    return next((int(words) for words, node in numbers if _PAGE.fullmatch(words) and not _is_link(node)), None)


def _is_link(node: LexborNode) -> bool:
    """Whether a click on a node leads anywhere: a page that is marked as the current one does not."""
    around = [node, node.parent] if node.parent else [node]
    classes = " ".join(part.attributes.get("class") or "" for part in around)
    if re.search(r"\b(?:active|current|selected)\b", classes) or "disabled" in node.attributes:
        return False
    inner = node.css_first("a[href]")
    links = [part for part in (*around, inner) if part is not None and part.tag == "a"]
    return any((link.attributes.get("href") or "#") != "#" for link in links)


# --- by words ------------------------------------------------------------------------------------------------


def _by_words(page: Page, within: str) -> Fetch | None:
    """Take the link that says it is the next; or a number beside the shown page's that is one more."""
    ranked: list[tuple[int, int, str]] = []
    seen: dict[int, int | None] = {}
    host = urlsplit(page.url).netloc
    for place, link in enumerate(page.tree.css(within)):
        attributes = link.attributes
        url = page.link(attributes.get("href"))
        if not url or url == page.url or urlsplit(url).netloc != host:
            continue
        words = tidy(words_of(link))
        if "next" in (attributes.get("rel") or "").split():
            ranked.append((0, place, url))
        elif _PAGE.fullmatch(words):
            if _shown_number(link, seen) == int(words) - 1:
                ranked.append((1, place, url))
        elif rank := _words_rank(words, attributes):
            ranked.append((rank + 1, place, url))
    return Fetch(min(ranked)[2]) if ranked else None


def _words_rank(words: str, attributes: Mapping[str, str | None]) -> int:
    """Rank the words of a link as those of the next page's, best first; 0 where they are others'."""
    words = words.lower()
    title = tidy(attributes.get("title") or attributes.get("aria-label") or "").lower()
    is_next = any(_NEXT_WORDS.fullmatch(text.strip(" ›»>→")) for text in (words, title) if text)
    if not is_next and words not in _ARROWS:
        return 0
    said = " ".join(filter(None, (attributes.get(name) for name in ("class", "title", "aria-label", "id"))))
    if _LAST.search(said):
        return 0
    return 1 if is_next else _ARROWS[words] + 1
