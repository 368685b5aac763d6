"""The lines of a page that date something, and which of them are of a list."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from wardnews.layouts.generic import weights
from wardnews.layouts.generic.metadata import read_head
from wardnews.layouts.generic.phrases import (
    COUNTERS,
    END,
    HOME,
    LABELLED_SECTION,
    LONGEST_HEADER,
    LONGEST_TITLE,
    MAY_BE_HOME,
    NUMBER_ALONE,
    RELATED,
    SENTENCE,
    SHORTEST_TITLE,
    TOOL,
    fold,
    kind,
)
from wardnews.layouts.generic.visible_lines import Line, read_lines
from wardnews.layouts.page import Found, Page, words_of
from wardnews.text.clock import now
from wardnews.text.header import (
    Header,
    count_unread,
    has_header_label,
    is_part_of_header,
    may_hold_date,
    parse_count,
    parse_header,
)
from wardnews.text.header_forms import CHANGED, VIEW_LABEL
from wardnews.text.strings import squeeze, tidy

_DAY_ALONE = len("2021-04-05")
_ABOVE_BODY = ("html", "-document", None)


class Moment(NamedTuple):
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
        seen = read_lines(page)
        self.lines, self.hidden, self.crumbs = seen.lines, seen.hidden, seen.crumbs
        self.head = read_head(page)
        self.folded = [fold(line.words) if len(line.words) <= LONGEST_TITLE else line.words for line in self.lines]
        self._away: dict[int, bool] = {}
        self._others: dict[str | None, bool] = {}
        self._chains: dict[int, tuple[int, ...]] = {}
        self._timed = {inside.mem_id: node for node in self.head.times for inside in node.traverse(include_text=True)}
        self.moments = self._marked(list(self._find_moments()))

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
        return Moment(place, place, found.words, parse_header(found.words, now()), weights.KNOWN_DATE)

    @cached_property
    def formed(self) -> set[int]:
        """Give the places of the lines that a form of header lines reads."""
        return {at for one in self.moments if one.header.form for at in range(one.first, one.last + 1)}

    @cached_property
    def ends(self) -> list[int]:
        """Count, up to every line, the lines that end an article."""
        return [0, *accumulate(bool(words) and kind(words) in (END, RELATED) for words in self.folded)]

    @cached_property
    def linked(self) -> Counter[str]:
        """Count the links of the page by their words, folded."""
        return Counter(fold(words) for link in self.page.tree.css("a[href]") if len(words := link.text()) <= SENTENCE)

    def title_lines(self, place: int) -> list[int]:
        """Give the lines of a title that is broken into several, in one element that holds nothing else."""
        box = _box(self.lines[place])
        same = [
            line.place
            for line in self.lines[max(0, place - weights.TITLE_LINES) : place + weights.TITLE_LINES + 1]
            if line.words and _box(line) == box
        ]
        lines = [self.lines[at] for at in same]
        titled = all(line.level or line.bold >= weights.WHOLLY * len(line.words) for line in lines)
        return same if titled and sum(len(line.words) for line in lines) <= LONGEST_TITLE else [place]

    def with_time(self, choice: "Choice") -> "Choice":
        """Add the time, and the views, that stand on lines of their own by the title to a date without a time."""
        moment = choice.moment
        if moment is None or len(moment.header.published or "") != _DAY_ALONE or moment.header.flags:
            return choice
        for line in self.lines[max(0, choice.title - weights.TIME_ABOVE) : choice.title + weights.TIME_BELOW]:
            inside = moment.first <= line.place <= moment.last
            if inside or not is_part_of_header(line.words) or parse_count(line.words) is not None:
                continue
            words = f"{moment.words} | {line.words}"
            header = parse_header(words, now())
            if header.form and len(header.published or "") > _DAY_ALONE:
                return choice._replace(moment=moment._replace(words=words, header=header))
        return choice

    def chain(self, node: LexborNode) -> tuple[int, ...]:
        """Give the ids of an element and of all that it stands in, from the inside out, up to the body."""
        known = self._chains.get(node.mem_id)
        if known:
            return known
        above: list[int] = []
        outer: LexborNode | None = node
        while outer is not None and outer.tag not in _ABOVE_BODY and not known:
            above.append(outer.mem_id)
            outer = outer.parent
            known = self._chains.get(outer.mem_id) if outer is not None else None
        chain = known or ()
        for key in reversed(above):
            chain = self._chains[key] = (key, *chain)
        return chain

    def neighbour(self, place: int, step: int) -> Line | None:
        """Give the next line with words before or after a place."""
        at = place + step
        while 0 <= at < len(self.lines):
            if self.lines[at].picture is None:
                return self.lines[at]
            at += step
        return None

    # --- links ---

    def leads_away(self, line: Line) -> bool:
        """Tell whether a line is, for the most part, a link to another page."""
        if not line.links or line.linked < weights.LINKED * len(line.words):
            return False
        if line.place not in self._away:
            others = [link for link in line.links if self.other_page(link)]
            whole = len(others) == len(line.links)
            linked = line.linked if whole else sum(len(words_of(link)) for link in others)
            self._away[line.place] = linked >= weights.LINKED * len(line.words)
        return self._away[line.place]

    def other_page(self, link: LexborNode) -> bool:
        """Tell whether a link leads to another page: not to a document, a place on this page or a script."""
        href = link.attributes.get("href")
        if href not in self._others:
            self._others[href] = self._is_other(href or "")
        return self._others[href]

    def _is_other(self, href: str) -> bool:
        place = href.strip().partition("#")[0]
        if not place or _NO_PAGE.match(place) or _FILE.search(place.partition("?")[0]):
            return False
        return place not in self.head.own and place.rstrip("/") not in self.head.own

    def leads_here(self, line: Line) -> bool:
        """Tell whether a line is a link to the page that it stands on."""
        hrefs = (link.attributes.get("href") or "" for link in line.links)
        return bool(line.links) and line.own <= 2 and all(href.strip() in self.head.own for href in hrefs)  # noqa: PLR2004

    def is_headline(self, line: Line, shortest: int) -> bool:
        """Tell whether a line of some length is a link to another article: no menu, section, author, way home."""
        if (
            line.zone in ("nav", "credits")
            or len(line.words) < shortest
            or not self.leads_away(line)
            or self._is_titled(line)
        ):
            return False
        words = self.folded[line.place]
        if LABELLED_SECTION.fullmatch(words) or any(
            _ROOT.fullmatch(link.attributes.get("href") or "") for link in line.links
        ):
            return False
        links = line.links if MAY_BE_HOME.search(words) else ()
        return not any(HOME.fullmatch(fold(words_of(link))) for link in links)

    def _is_below_title(self, line: Line) -> bool:
        """Tell whether a line stands right below the heading that the page's own titles name."""
        above = self.neighbour(line.place, -1)
        return above is not None and above.level > 0 and self._is_titled(above)

    def _is_titled(self, line: Line) -> bool:
        """Tell whether the page's own titles name a line."""
        return self.head.match(self.folded[line.place])[0] >= weights.LIKELY_MATCH

    # --- the header line ---

    def _find_moments(self) -> Iterator[Moment]:
        """Find the lines that date something; what follows one and is of the same header goes with it."""
        last = -1
        for line in self.lines:
            words = line.words
            moment = None
            if line.place <= last or not words:
                continue
            if len(words) <= len("31"):
                moment = self._calendar_leaf(line)
            if not moment and (_YEAR.search(words) or "trước" in words or self._timed) and self._may_be_moment(line):
                moment = self._moment(line)
            if moment:
                yield moment
                last = moment.last

    def _marked(self, moments: list[Moment]) -> list[Moment]:
        """Mark the moments that are of a list; believe those less that say when what others date was changed."""
        columns: list[int] = []
        before: dict[tuple[str, ...], tuple[int, int]] = {}
        for moment in moments:
            make = shape(self.lines[moment.first].block)
            place, column = before.get(make, (-weights.COLUMN, 0))
            columns.append(column if moment.first - place < weights.COLUMN else len(columns))
            before[make] = (moment.last, columns[-1])
        counts = Counter(columns)
        moments = [
            moment._replace(listed=self._is_listed(moment, counts[column]))
            for moment, column in zip(moments, columns, strict=True)
        ]
        first = [moment for moment in moments if not moment.listed and not _CHANGED.match(fold(moment.words))]
        return [
            moment._replace(score=moment.score - weights.CHANGED)
            if not moment.listed
            and _CHANGED.match(fold(moment.words))
            and any(_stand_together(moment, other) for other in first)
            else moment
            for moment in moments
        ]

    def _may_be_moment(self, line: Line) -> bool:
        """Tell whether a line may be a header line: no headline with its date, and no title that holds one."""
        if not (self._timed and self._stamp(line)) and not _is_dated(line):
            return False
        return not (len(line.words) > weights.LINKED_DATE and self.leads_away(line)) and not self._is_titled(line)

    def _calendar_leaf(self, line: Line) -> Moment | None:
        """Read a date that is drawn as a leaf of a calendar: day, month and year each on a line."""
        if not line.words.strip().isdecimal():
            return None
        lines = self.lines[line.place : line.place + 3]
        if any(len(line.words) > SHORTEST_TITLE * 2 for line in lines):
            return None
        words = " ".join(line.words for line in lines)
        header = parse_header(words, now())
        return (
            Moment(line.place, lines[-1].place, words, header, weights.CALENDAR_LEAF)
            if header.form and header.published
            else None
        )

    def _stamp(self, line: Line) -> LexborNode | None:
        """Give the element with a date for machines that a line stands in."""
        return next((self._timed[leaf] for leaf in line.leaves if leaf in self._timed), None)

    def _moment(self, line: Line) -> Moment | None:
        words, header = _read_moment(line)
        stamp = self._stamp(line) if self._timed else None
        exact = Found(stamp.attributes["datetime"] or "", stamp, "time@datetime") if stamp else None
        if exact and not header.form:
            words = _spaced(line)
            header = parse_header(words, now())
        if exact and not header.published:
            form = header.form or "time@datetime"
            header = replace(parse_header(exact.words, now()), views=header.views, form=form)
        if not header.published and "bad_date" not in header.flags:
            return None
        sentence = words.rstrip().endswith(".") and not exact and not has_header_label(words)
        if not header.form and count_unread(words) > (
            weights.MOST_UNREAD_IN_SENTENCE if sentence else weights.MOST_UNREAD
        ):
            return None
        first, last = self._reach(line)
        if first != last:
            words = _joined([_spaced(one) for one in self.lines[first : last + 1] if one.words])
            joined = parse_header(words, now())
            header = joined if joined.published or not exact else replace(header, views=joined.views)
        score = _belief(words, header) + weights.MACHINE_DATE * (exact is not None)
        return Moment(first, last, words, header, score, exact=exact)

    def _reach(self, line: Line) -> tuple[int, int]:
        """Find the first and the last line of the header that a line with a date is of."""
        first = last = line.place
        alone = not any(map(self.other_page, line.links))
        while alone and first and line.place - first < weights.HEADER_ABOVE and self._is_part(first - 1):
            first -= 1
        while last + 1 < len(self.lines) and last - line.place < weights.HEADER_BELOW and self._is_part(last + 1):
            last += 1
        while last > line.place and self._labels_another_date(last):
            last -= 1
        return first, last

    def _labels_another_date(self, place: int) -> bool:
        """Tell whether a line is the label of the date on the line below it."""
        following = self.lines[place + 1] if place + 1 < len(self.lines) else None
        return following is not None and not any(map(str.isdigit, self.lines[place].words)) and _is_dated(following)

    def _is_part(self, place: int) -> bool:
        """Tell whether the line beside a date is of the same header: a time, a label, a count."""
        line = self.lines[place]
        if line.picture is not None:
            return is_icon(line)
        if len(line.words) > SENTENCE or self.leads_away(line) or line.level or kind(self.folded[place]) == TOOL:
            return False
        if is_part_of_header(line.words):
            return True
        if not NUMBER_ALONE.fullmatch(line.words.strip()):
            return False
        return stands_by_eye(line) or (place > 0 and bool(VIEW_LABEL.fullmatch(self.folded[place - 1])))

    def _is_listed(self, moment: Moment, alike: int) -> bool:
        """Tell whether a date is one of a list's: of another article, to which a link beside it leads."""
        if alike > weights.COLUMN_OF and not has_header_label(moment.words):  # a column of dates
            return True
        here = [line for line in self.lines[moment.first : moment.last + 1] if line.links]
        if any(self.leads_away(line) and line.linked > weights.LINKED_DATE for line in here):
            return True
        links = (link for line in here for link in line.links)
        if any(len(tidy(words_of(link))) > weights.LONGEST_SECTION_LINK and self.other_page(link) for link in links):
            return True
        above = self.lines[max(0, moment.first - weights.HEADING_ABOVE) : moment.first]
        heading = next((line for line in reversed(above) if line.level and line.words), None)
        if heading is not None and self.is_headline(heading, weights.HEADLINE):
            return True
        before = self.neighbour(moment.first, -1)
        shortest = weights.HEADLINE_ABOVE if alike <= weights.COLUMN_OF else weights.HEADLINE_ABOVE_IN_LIST
        if before is not None and self.is_headline(before, shortest) and not self._is_below_title(before):
            return True
        after = self.neighbour(moment.last, 1)
        shortest = weights.HEADLINE_BELOW if alike == 1 else weights.HEADLINE
        return after is not None and self.is_headline(after, shortest)


_ROOT = re.compile(r"(?:https?:)?//[^/]+/?|/|(?:index|default)\.\w+", re.IGNORECASE)
_NO_PAGE = re.compile(r"(?:javascript|mailto|tel|data|void):?", re.IGNORECASE)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z|jpe?g|png|gif|webp|mp[34]|odt|rtf)$", re.IGNORECASE)
_YEAR = re.compile(r"\d{4}")
_ICON = re.compile(r"icon|clock|eye|calendar|lich|date|view|time|\.svg", re.IGNORECASE)
_NAMING = ("class", "id", "title", "alt", "aria-label", "href", "src")


def names_of(node: LexborNode) -> str:
    """Join what an element is called: its classes, its id, its titles, its address."""
    attributes = node.attributes
    return " ".join([named for name in _NAMING if (named := attributes.get(name))]) if attributes else ""


def is_icon(line: Line) -> bool:
    """Tell whether a picture is one that marks a date or a count."""
    picture = line.picture
    return picture is not None and not line.links and bool(_ICON.search(picture.attributes.get("src") or ""))


def stands_by_eye(line: Line) -> bool:
    """Tell whether a number alone stands by an eye."""
    node: LexborNode | None = line.block
    for _ in range(weights.EYE_UP):
        if node is None or node.tag == "body":
            return False
        beside = node.css("i, em, span, svg, use, img, small, b")[:6]
        if any(COUNTERS.search(names_of(one)) for one in (node, *beside)):
            return len(tidy(words_of(node))) <= SENTENCE
        node = node.parent
    return False


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


def _is_dated(line: Line) -> bool:
    """Tell whether a line may hold a date, without reading it."""
    if len(line.words) > LONGEST_HEADER:
        return False
    return may_hold_date(line.words) or (len(line.parts) > 1 and may_hold_date(_spaced(line)))


def _spaced(line: Line) -> str:
    """Give a line's words with a blank between inline elements that only their looks keep apart."""
    return squeeze(" ".join(line.parts)) if len(line.parts) > 1 else line.words


def _read_moment(line: Line) -> tuple[str, Header]:
    """Read a line, with blanks between its elements where it says more so."""
    header = parse_header(line.words, now())
    if header.form or len(line.parts) == 1:
        return line.words, header
    words = _spaced(line)
    spaced = parse_header(words, now())
    longer = len(spaced.published or "") > len(header.published or "")
    return (words, spaced) if spaced.form or longer else (line.words, header)


def _belief(words: str, header: Header) -> float:
    """Score how much a line looks like the header line of an article."""
    score = weights.FORM if header.form else weights.DATE - weights.UNREAD_WORD * count_unread(words)
    score += weights.LABEL * has_header_label(words) + weights.VIEWS * (header.views is not None)
    return score + weights.TIME * (len(header.published or "") > _DAY_ALONE)


def _stand_together(moment: Moment, other: Moment) -> bool:
    """Tell whether a moment says when an article was published that another says was changed."""
    near = abs(moment.first - other.first) <= weights.COLUMN
    return near or other.exact is not None or has_header_label(other.words)


_CHANGED = re.compile(CHANGED)


def _joined(words: Iterable[str]) -> str:
    """Join the pieces of a header: by a blank after a label, else by a bar."""
    joined = ""
    for piece in words:
        before = joined.rsplit(" | ", 1)[-1]
        label = before.rstrip().endswith(":") or (is_part_of_header(before) and not any(map(str.isdigit, before)))
        joined = f"{joined} {piece}" if label else f"{joined} | {piece}" if joined else piece
    return joined


class Choice(NamedTuple):
    """Hold a title line and the moment that goes with it, and how well the two are believed."""

    title: int
    moment: Moment | None
    score: float
    rule: str
