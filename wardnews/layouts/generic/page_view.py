"""What stands on a page, with what is around each line and where its links lead; nothing yet of dates."""

import re
from bisect import bisect_left
from functools import cached_property, lru_cache
from itertools import accumulate
from weakref import proxy

from selectolax.lexbor import LexborNode

from wardnews.layouts.generic import weights
from wardnews.layouts.generic.metadata import read_head
from wardnews.layouts.generic.phrases import (
    COUNTERS,
    EDGES,
    END,
    HOME,
    LABELLED_SECTION,
    LONGEST_TITLE,
    RELATED,
    SENTENCE,
    fold,
    kind,
    may_be_home,
)
from wardnews.layouts.generic.visible_lines import Line, read_lines
from wardnews.layouts.page import Found, Page, words_of
from wardnews.layouts.parts.pictures import LATE_PICTURE
from wardnews.text.strings import nfc, tidy


class PageView:
    """The lines of a page, with what stands around each and where its links lead."""

    def __init__(self, page: Page) -> None:
        self.page: Page = proxy(page)  # which holds this: in a cycle, neither would go when the page does
        seen = read_lines(page)
        self.lines, self.crumbs, self.passed = seen.lines, seen.crumbs, seen.passed
        self.head = read_head(page)
        self.folded = [fold(line.words) if len(line.words) <= LONGEST_TITLE else line.words for line in self.lines]
        self._away: dict[int, bool] = {}
        self._others: dict[str | None, bool] = {}
        self._eyes: dict[int, bool | None] = {}
        self.chains: dict[int, tuple[int, ...]] = {}
        if page.tree.body is not None:
            self.chains[page.tree.body.mem_id] = (page.tree.body.mem_id,)

    def place_of(self, found: Found | None) -> int | None:
        """Return the line in which the words of a part stand that a selector found."""
        if found is None or found.node is None:
            return None
        inside = {node.mem_id for node in found.node.traverse(include_text=True)}
        return next((line.place for line in self.lines if line.words and inside.intersection(line.leaves)), None)

    @cached_property
    def ends(self) -> list[int]:
        """Count, up to every line, the lines that end an article."""
        return [0, *accumulate(bool(words) and kind(words) in (END, RELATED) for words in self.folded)]

    @cached_property
    def _linked(self) -> list[str]:
        """Return the words of the links of the page, made comparable but for the marks at their ends."""
        texts = [words for link, _ in self.page.links if len(words := link.text()) <= SENTENCE]
        return tidy(nfc("\0".join(texts))).casefold().split("\0")

    def count_links(self, folded: str) -> int:
        """Count the links of the page with such words, folded."""
        return sum(folded in words and words.strip(EDGES) == folded for words in self._linked)

    def title_lines(self, place: int) -> list[int]:
        """Return the lines of a title that is broken into several, in one element that holds nothing else."""
        box = _box(self.lines[place])
        same = [
            line.place
            for line in self.lines[max(0, place - weights.TITLE_LINES) : place + weights.TITLE_LINES + 1]
            if line.words and _box(line) == box
        ]
        lines = [self.lines[at] for at in same]
        titled = all(line.level or line.bold >= weights.WHOLLY * len(line.words) for line in lines)
        return same if titled and sum(len(line.words) for line in lines) <= LONGEST_TITLE else [place]

    def chain(self, node: LexborNode) -> tuple[int, ...]:
        """Return the ids of an element and of all that it stands in, from the inside out, up to the body."""
        known = self.chains.get(node.mem_id)
        if known:
            return known
        above: list[int] = []
        outer: LexborNode | None = node
        while outer is not None and not known:
            above.append(outer.mem_id)
            outer = outer.parent
            known = self.chains.get(outer.mem_id) if outer is not None else None
        chain = known or ()
        for key in reversed(above):
            chain = self.chains[key] = (key, *chain)
        return chain

    def neighbour(self, place: int, step: int) -> Line | None:
        """Return the next line with words before or after a place."""
        at = bisect_left(self._worded, place + (step > 0)) - (step < 0)
        return self.lines[self._worded[at]] if 0 <= at < len(self._worded) else None

    @cached_property
    def _worded(self) -> list[int]:
        """Return the places of the lines that are no pictures."""
        return [place for place, line in enumerate(self.lines) if line.picture is None]

    def leads_away(self, line: Line) -> bool:
        """Whether a line is, for the most part, a link to another page."""
        if not line.links:
            return False
        away = self._away.get(line.place)
        if away is None:
            least = weights.LINKED * len(line.words)
            away = self._away[line.place] = line.linked >= least and self._linked_away(line) >= least
        return away

    def _linked_away(self, line: Line) -> int:
        """Count the characters of a line in links to other pages."""
        others = [link for link in line.links if self.other_page(link)]
        return line.linked if len(others) == len(line.links) else sum(len(words_of(link)) for link in others)

    def other_page(self, link: LexborNode) -> bool:
        """Whether a link leads to another page: not to a document, a place on this page or a script."""
        href = link.attributes.get("href")
        if href not in self._others:
            self._others[href] = self._is_other(href or "")
        return self._others[href]

    def _is_other(self, href: str) -> bool:
        place = _page_in(href)
        return bool(place) and place not in self.head.own and place.rstrip("/") not in self.head.own

    def leads_here(self, line: Line) -> bool:
        """Whether a line is a link to the page that it stands on."""
        hrefs = (link.attributes.get("href") or "" for link in line.links)
        return bool(line.links) and line.own <= 2 and all(href.strip() in self.head.own for href in hrefs)  # noqa: PLR2004

    def is_headline(self, line: Line, shortest: int) -> bool:
        """Whether a line of some length is a link to another article: no menu, section, author, way home."""
        if (
            line.zone in ("nav", "credits")
            or len(line.words) < shortest
            or not self.leads_away(line)
            or self.is_titled(line)
            or self._is_step(line)
        ):
            return False
        words = self.folded[line.place]
        if LABELLED_SECTION.fullmatch(words) or any(
            _ROOT.fullmatch(link.attributes.get("href") or "") for link in line.links
        ):
            return False
        links = line.links if may_be_home(words) else ()
        return not any(HOME.fullmatch(fold(words_of(link))) for link in links)

    def _is_step(self, line: Line) -> bool:
        """Whether a line is a step of a breadcrumb."""
        return bool(self._ways) and not self._ways.isdisjoint(self.chain(line.block))

    @cached_property
    def _ways(self) -> set[int]:
        """Return the ids of the breadcrumbs: of the elements that are named so and hold no more than one."""
        return {node.mem_id for node in self.crumbs if len(node.css("a")) <= weights.MOST_STEPS}

    def stands_by_eye(self, line: Line) -> bool:
        """Whether a number alone stands by an eye."""
        node: LexborNode | None = line.block
        for _ in range(weights.EYE_UP):
            if node is None or node.tag == "body":
                return False
            if node.mem_id not in self._eyes:
                self._eyes[node.mem_id] = has_eye(node)
            if (found := self._eyes[node.mem_id]) is not None:
                return found
            node = node.parent
        return False

    def is_below_title(self, line: Line) -> bool:
        """Whether a line stands right below the heading that the page's own titles name."""
        above = self.neighbour(line.place, -1)
        return above is not None and above.level > 0 and self.is_titled(above)

    def is_titled(self, line: Line) -> bool:
        """Whether the page's own titles name a line."""
        return self.head.match(self.folded[line.place])[0] >= weights.LIKELY_MATCH


_ROOT = re.compile(r"(?:https?:)?//[^/]+/?|/|(?:index|default)\.\w+", re.IGNORECASE)
_NO_PAGE = re.compile(r"(?:javascript|mailto|tel|data|void):?", re.IGNORECASE)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z|jpe?g|png|gif|webp|mp[34]|odt|rtf)$", re.IGNORECASE)
_ICON = re.compile(
    r"icon|(?:^|[/_-])ico?[_-]|\.svg\b|(?:^|[/_-])(?:clock|eye|calendar|lich|date|views?|time)\d?\.(?:png|gif|webp|jpe?g)\b",
    re.IGNORECASE,
)
_NAMING = frozenset(("class", "id", "title", "alt", "aria-label", "href", "src"))


@lru_cache(maxsize=4096)
def _page_in(href: str) -> str:
    """Return the address of the page that a link leads to, as it is written; empty where it leads to none."""
    place = href.strip().partition("#")[0]
    is_page = not _NO_PAGE.match(place) and not _FILE.search(place.partition("?")[0]) and not _FILE.search(place)
    return place if is_page else ""


def names_of(node: LexborNode) -> str:
    """Join what an element is called: its classes, its id, its titles, its address."""
    return " ".join([named for name, named in node.attributes.items() if named and name in _NAMING])


def is_icon(line: Line) -> bool:
    """Whether a picture is one that marks a date or a count."""
    picture = line.picture
    if picture is None or line.links or not LATE_PICTURE.isdisjoint(picture.attributes):
        return False
    return bool(_ICON.search(picture.attributes.get("src") or ""))


def has_eye(node: LexborNode) -> bool | None:
    """Whether an element has an eye and little else in it; None where it has no eye."""
    beside = node.css("i, em, span, svg, use, img, small, b")[:6]
    if any(COUNTERS.search(names_of(one)) for one in (node, *beside)):
        return len(tidy(words_of(node))) <= SENTENCE
    return None


def shape(block: LexborNode) -> tuple[str, ...]:
    """Return the place of an element by the tags and classes of it and of the two above it."""
    names = []
    node: LexborNode | None = block
    for _ in range(3):
        if node is None:
            break
        names.append(_make_of(node.tag, node.attributes.get("class")))
        node = node.parent
    return tuple(names)


@lru_cache(maxsize=4096)
def _make_of(tag: str | None, classes: str | None) -> str:
    """Return the tag and the classes of an element, but for those that number it."""
    return f"{tag}.{_STATE.sub('', classes or '')}"


_STATE = re.compile(r"\b(?:odd|even|first|last|active|row-?\d+|item-?\d+|post-\d+|col-?\d+)\b")


def _box(line: Line) -> int:
    """Return the id of the block that a line is in, past what breaks and marks it."""
    node = line.block
    while node.tag in _INLINE and node.parent is not None:
        node = node.parent
    return node.mem_id


_INLINE = frozenset("br b strong span font em i u a".split())
