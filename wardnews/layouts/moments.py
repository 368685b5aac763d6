"""The lines of a page that date something, and which of them are of a list."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from selectolax.lexbor import LexborNode

from wardnews import text
from wardnews.layouts.head import read_head
from wardnews.layouts.lines import Line, read_lines
from wardnews.layouts.page import Found, Page, words_of
from wardnews.layouts.phrases import (
    COUNTERS,
    DATED,
    LONGEST_HEADER,
    LONGEST_TITLE,
    NUMBER_ALONE,
    SENTENCE,
    SHORTEST_TITLE,
    VIEW_LABEL,
    fold,
)
from wardnews.text import (
    Header,
    count_unread,
    has_header_label,
    is_part_of_header,
    parse_count,
    parse_header,
    squeeze,
    tidy,
)

_MOST_UNREAD = 8
"""A line with a date and more than so many other words is a sentence."""


@dataclass
class Moment:
    """Hold lines that together say when: the place of the first and the last, their words, what they mean."""

    first: int
    last: int
    words: str
    header: Header
    score: float
    listed: bool = False
    exact: Found | None = None


class Reader:
    """Look for one article in the lines of a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.lines = read_lines(page)
        self.head = read_head(page)
        self.folded = [fold(line.words) if len(line.words) <= LONGEST_TITLE else line.words for line in self.lines]
        self.away: dict[int, bool] = {}
        self.others: dict[str | None, bool] = {}
        timed = page.tree.css("time[datetime]") if page.says(("datetime",)) else ()
        self.timed = {inside.mem_id: node for node in timed for inside in node.traverse(include_text=True)}
        self.moments = self._moments()

    def place_of(self, found: Found | None) -> int | None:
        """Find the line in which the words of a part stand that a selector found."""
        if found is None or found.node is None:
            return None
        inside = {node.mem_id for node in found.node.traverse(include_text=True)}
        return next((line.place for line in self.lines if line.words and inside.intersection(line.leaves)), None)

    def moment_of(self, found: Found | None) -> Moment | None:
        """Make a moment of the header line that a selector found."""
        place = self.place_of(found)
        if found is None or place is None:
            return None
        return Moment(place, place, found.words, parse_header(found.words, text.now()), 8.0)

    @cached_property
    def linked(self) -> set[str]:
        """Give the words of the page's links, folded."""
        return {fold(words) for link in self.page.tree.css("a[href]") if len(words := link.text()) <= SENTENCE}

    def title_lines(self, place: int) -> list[int]:
        """Give the lines of a title that is broken into several, in one element that holds nothing else."""
        box = _box(self.lines[place])
        same = [line.place for line in self.lines[max(0, place - 3) : place + 4] if line.words and _box(line) == box]
        lines = [self.lines[at] for at in same]
        titled = all(line.level or line.bold >= 0.9 * len(line.words) for line in lines)
        return same if titled and sum(len(line.words) for line in lines) <= LONGEST_TITLE else [place]

    def add_time(self, choice: "Choice") -> None:
        """Add the time, and the views, that stand on lines of their own by the title to a date without a time."""
        moment = choice.moment
        if moment is None or len(moment.header.published or "") != len("2021-04-05") or moment.header.flags:
            return
        for line in self.lines[max(0, choice.title - 2) : choice.title + 4]:
            inside = moment.first <= line.place <= moment.last
            if inside or not is_part_of_header(line.words) or parse_count(line.words) is not None:
                continue
            words = f"{moment.words} | {line.words}"
            header = parse_header(words, text.now())
            if header.form and len(header.published or "") > len("2021-04-05"):
                moment.words, moment.header = words, header
                return

    # --- links ---

    def leads_away(self, line: Line) -> bool:
        """Tell whether a line is, for the most part, a link to another page."""
        if not line.links or line.linked < 0.6 * len(line.words):
            return False
        if line.place not in self.away:
            others = [link for link in line.links if self.other_page(link)]
            whole = len(others) == len(line.links)
            linked = line.linked if whole else sum(len(words_of(link)) for link in others)
            self.away[line.place] = linked >= 0.6 * len(line.words)
        return self.away[line.place]

    def other_page(self, link: LexborNode) -> bool:
        """Tell whether a link leads to another page: not to a document, a place on this page or a script."""
        href = link.attributes.get("href")
        if href not in self.others:
            self.others[href] = self._is_other(href or "")
        return self.others[href]

    def _is_other(self, href: str) -> bool:
        place = href.strip().partition("#")[0]
        if not place or _NO_PAGE.match(place) or _FILE.search(place.partition("?")[0]):
            return False
        return place not in self.head.own and place.rstrip("/") not in self.head.own

    # --- the header line ---

    def _moments(self) -> list[Moment]:
        found = []
        last = -1
        for place, line in enumerate(self.lines):
            if len(line.words) < 3 and place > last and (leaf := self._calendar_leaf(place)):
                found.append(leaf)
                last = leaf.last
                continue
            timed = self.timed.keys() & line.leaves if self.timed else ()
            if place <= last or line.picture is not None or not (timed or _may_be_moment(line)):
                continue
            if len(line.words) > SENTENCE / 2 and self.leads_away(line):  # a headline with its date
                continue
            if self.head.match(self.folded[place])[0] >= 3:  # noqa: PLR2004 - a title that holds a date
                continue
            if moment := self._moment(place):
                found.append(moment)
                last = moment.last
        counts = Counter(self._shape(moment) for moment in found)
        for moment in found:
            moment.listed = self._is_listed(moment, counts[self._shape(moment)])
        return found

    def _calendar_leaf(self, place: int) -> Moment | None:
        """Read a date that is drawn as a leaf of a calendar: day, month and year each on a line."""
        lines = self.lines[place : place + 3]
        if not _DAY.fullmatch(lines[0].words) or any(len(line.words) > SHORTEST_TITLE * 2 for line in lines):
            return None
        words = " ".join(line.words for line in lines)
        header = parse_header(words, text.now())
        return Moment(place, place + len(lines) - 1, words, header, 3.0) if header.form and header.published else None

    def _shape(self, moment: Moment) -> tuple[str, ...]:
        return shape(self.lines[moment.first].block)

    def _moment(self, place: int) -> Moment | None:
        line = self.lines[place]
        words, header = _read_moment(line)
        stamp = next((self.timed[leaf] for leaf in line.leaves if leaf in self.timed), None) if self.timed else None
        exact = Found(stamp.attributes["datetime"] or "", stamp, "time@datetime") if stamp else None
        if exact and not header.form:
            words = _spaced(line)
        if exact and not header.published:
            header = replace(
                parse_header(exact.words, text.now()), views=header.views, form=header.form or "time@datetime"
            )
        if not header.published and "bad_date" not in header.flags:
            return None
        if not header.form and count_unread(words) > _MOST_UNREAD:
            return None
        first, last = place, place
        alone = not any(map(self.other_page, line.links))
        while alone and first and place - first < 3 and self._is_part(first - 1, header):  # noqa: PLR2004
            first -= 1
        while last + 1 < len(self.lines) and last - place < 4 and self._is_part(last + 1, header):  # noqa: PLR2004
            last += 1
        if first != last:
            words = _joined([_spaced(self.lines[at]) for at in range(first, last + 1) if self.lines[at].words])
            joined = parse_header(words, text.now())
            header = joined if joined.published or not exact else replace(header, views=joined.views)
        labelled = has_header_label(words)
        score = (3.0 if header.form else 1.0) + 2.0 * labelled + 1.5 * (header.views is not None)
        score -= 0.0 if header.form else 0.1 * count_unread(words)
        score += len(header.published or "") > len("2021-04-05")
        score -= 1.5 * fold(words).startswith("cập nhật")
        return Moment(first, last, words, header, score + (exact is not None), exact=exact)

    def _is_part(self, place: int, header: Header) -> bool:
        """Tell whether the line beside a date is of the same header: a time, a label, a count, an author."""
        line = self.lines[place]
        if line.picture is not None:
            return self._is_icon(line)
        if len(line.words) > SENTENCE or self.leads_away(line) or line.level:
            return False
        if is_part_of_header(line.words):
            return True
        if not NUMBER_ALONE.fullmatch(line.words.strip()):
            return False
        return self._counts(line) or (place > 0 and bool(VIEW_LABEL.fullmatch(self.folded[place - 1])))

    def _is_icon(self, line: Line) -> bool:
        return bool(
            line.picture is not None and not line.links and _ICON.search(line.picture.attributes.get("src") or "")
        )

    def _counts(self, line: Line) -> bool:
        """Tell whether a number alone stands by an eye."""
        node: LexborNode | None = line.block
        for _ in range(2):
            if node is None or node.tag == "body":
                return False
            names = [
                names_of(node),
                *(names_of(inner) for inner in node.css("i, em, span, svg, use, img, small, b")[:6]),
            ]
            if any(COUNTERS.search(name) for name in names):
                return len(tidy(words_of(node))) <= SENTENCE
            node = node.parent
        return False

    def _is_listed(self, moment: Moment, alike: int) -> bool:
        """Tell whether a date is one of a list's: of another article, to which a link beside it leads."""
        here = self.lines[moment.first : moment.last + 1]
        if alike > 2 and not has_header_label(moment.words):  # noqa: PLR2004 - a column of dates
            return True
        if any(self.leads_away(line) and line.linked > SENTENCE / 2 for line in here):
            return True
        if any(
            link for line in here for link in line.links if len(tidy(words_of(link))) > 25 and self.other_page(link)
        ):  # noqa: PLR2004
            return True
        above = [line for line in self.lines[max(0, moment.first - 4) : moment.first] if line.words]
        heading = next((line for line in reversed(above) if line.level), None)
        if heading is not None and self._is_headline(heading, 12):
            return True
        before = self._neighbour(moment.first, -1)
        if before is not None and self._is_headline(before, 20 if alike == 1 else 8):
            return True
        after = self._neighbour(moment.last, 1)
        return after is not None and self._is_headline(after, 30 if alike == 1 else 12)

    def _neighbour(self, place: int, step: int) -> Line | None:
        """Give the next line with words before or after a place."""
        at = place + step
        while 0 <= at < len(self.lines):
            if self.lines[at].picture is None:
                return self.lines[at]
            at += step
        return None

    def _is_headline(self, line: Line, shortest: int) -> bool:
        return len(line.words) >= shortest and self.leads_away(line) and self.head.match(fold(line.words))[0] < 3  # noqa: PLR2004


_NO_PAGE = re.compile(r"(?:javascript|mailto|tel|data|void):?", re.IGNORECASE)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z|jpe?g|png|gif|webp|mp[34]|odt|rtf)$", re.IGNORECASE)
_DAY = re.compile(r"\s*\d{1,2}\s*")
_ICON = re.compile(r"icon|clock|eye|calendar|lich|date|view|time|\.svg", re.IGNORECASE)


def names_of(node: LexborNode) -> str:
    attributes = node.attributes
    named = (attributes.get(name) or "" for name in ("class", "id", "title", "alt", "aria-label", "href", "src"))
    return " ".join(filter(None, named))


def shape(block: LexborNode) -> tuple[str, ...]:
    """Name the place of an element by the tags and classes of it and of the two above it."""
    names = []
    node: LexborNode | None = block
    for _ in range(3):
        if node is None:
            break
        names.append(f"{node.tag}.{_STATE.sub('', node.attributes.get('class') or '')}")
        node = node.parent
    return tuple(names)


_STATE = re.compile(r"\b(?:odd|even|first|last|active|row-?\d+|item-?\d+|post-\d+|col-?\d+)\b")


def _box(line: Line) -> int:
    """Give the id of the block that a line is in, past what breaks and marks it."""
    node = line.block
    while node.tag in _INLINE and node.parent is not None:
        node = node.parent
    return node.mem_id


_INLINE = frozenset("br b strong span font em i u a".split())


def _may_be_moment(line: Line) -> bool:
    words = line.words
    return len(words) <= LONGEST_HEADER and bool(DATED.search(words))


def _spaced(line: Line) -> str:
    """Give a line's words with a blank between inline elements that only their looks keep apart."""
    return tidy_ascii(" ".join(line.parts)) if len(line.parts) > 1 else line.words


def tidy_ascii(words: str) -> str:
    """Collapse white space as in a block of text: no-break spaces stay."""
    return squeeze(words)


def _read_moment(line: Line) -> tuple[str, Header]:
    header = parse_header(line.words, text.now())
    if not header.form and len(line.parts) > 1:
        words = _spaced(line)
        spaced = parse_header(words, text.now())
        if (
            spaced.form
            or (spaced.published and not header.published)
            or len(spaced.published or "") > len(header.published or "")
        ):
            return words, spaced
    return line.words, header


def _joined(words: Iterable[str]) -> str:
    """Join the pieces of a header: by a blank after a label, else by a bar."""
    joined = ""
    for piece in words:
        label = joined.rstrip().endswith(":") or (
            joined
            and is_part_of_header(joined.rsplit(" | ", 1)[-1])
            and not any(map(str.isdigit, joined.rsplit(" | ", 1)[-1]))
        )
        joined = f"{joined} {piece}" if label else f"{joined} | {piece}" if joined else piece
    return joined


@dataclass
class Choice:
    """Hold a title line and the moment that goes with it, and how well the two are believed."""

    title: int
    moment: Moment | None
    score: float
    rule: str
