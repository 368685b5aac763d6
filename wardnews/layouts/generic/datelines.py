"""The lines of a page that date something, and which of them are of a list."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from wardnews.layouts.generic import weights
from wardnews.layouts.generic.page_view import PageView, is_icon, shape
from wardnews.layouts.generic.phrases import (
    LONGEST_HEADER,
    NUMBER_ALONE,
    SENTENCE,
    SHORTEST_TITLE,
    TOOL,
    fold,
    kind,
)
from wardnews.layouts.generic.visible_lines import Line
from wardnews.layouts.page import Found, words_of
from wardnews.text.clock import now
from wardnews.text.header import Header, count_unread, has_header_label, is_part_of_header, may_hold_date, parse_header
from wardnews.text.header_forms import CHANGED, VIEW_LABEL
from wardnews.text.strings import squeeze, tidy

_DAY_ALONE = len("2021-04-05")


class DateLine(NamedTuple):
    """Lines that together say when: the place of the first and the last, their words, what they mean."""

    first: int
    last: int
    words: str
    header: Header
    score: float
    listed: bool = False
    exact: Found | None = None


def find_date_lines(view: PageView) -> list[DateLine]:
    """Return the lines of a page that date something, in their order, those of lists marked."""
    finder = _Finder(view)
    return finder.marked(list(finder.find()))


class _Finder:
    """Find the date lines of a page."""

    def __init__(self, view: PageView) -> None:
        self.view, self.lines = view, view.lines
        self._timed = {inside.mem_id: node for node in view.head.times for inside in node.traverse(include_text=True)}

    def find(self) -> Iterator[DateLine]:
        """Return the lines that date something; what follows one and is of the same header goes with it."""
        last = -1
        for line in self.lines:
            words = line.words
            date_line = None
            if line.place <= last or not words:
                continue
            if len(words) <= len("31"):
                date_line = self._calendar_leaf(line)
            dated = len(words) <= LONGEST_HEADER and (_YEAR.search(words) or "trước" in words)
            if not date_line and (dated or self._timed) and self._may_be_date_line(line):
                date_line = self._date_line(line)
            if date_line:
                yield date_line
                last = date_line.last

    def marked(self, date_lines: list[DateLine]) -> list[DateLine]:
        """Mark the date lines that are of a list; believe those less that say when what others date was changed."""
        columns: list[int] = []
        before: dict[tuple[str, ...], tuple[int, int]] = {}
        for date_line in date_lines:
            make = shape(self.lines[date_line.first].block)
            place, column = before.get(make, (-weights.COLUMN, 0))
            columns.append(column if date_line.first - place < weights.COLUMN else len(columns))
            before[make] = (date_line.last, columns[-1])
        counts = Counter(columns)
        date_lines = [
            date_line._replace(listed=self._is_listed(date_line, counts[column]))
            for date_line, column in zip(date_lines, columns, strict=True)
        ]
        first = [date_line for date_line in date_lines if not date_line.listed and not is_change(date_line)]
        return [
            date_line._replace(score=date_line.score - weights.CHANGED)
            if not date_line.listed
            and is_change(date_line)
            and any(_stand_together(date_line, other) for other in first)
            else date_line
            for date_line in date_lines
        ]

    def _may_be_date_line(self, line: Line) -> bool:
        """Whether a line may be a header line: no headline with its date, and no title that holds one."""
        if not (self._timed and self._stamp(line)) and not _is_dated(line):
            return False
        return not (len(line.words) > weights.LINKED_DATE and self.view.leads_away(line)) and not self.view.is_titled(
            line
        )

    def _calendar_leaf(self, line: Line) -> DateLine | None:
        """Read a date that is drawn as a leaf of a calendar: day, month and year each on a line."""
        if not line.words.strip().isdecimal():
            return None
        lines = self.lines[line.place : line.place + 3]
        if any(len(line.words) > SHORTEST_TITLE * 2 for line in lines):
            return None
        words = " ".join(line.words for line in lines)
        header = parse_header(words, now())
        return (
            DateLine(line.place, lines[-1].place, words, header, weights.CALENDAR_LEAF)
            if header.form and header.published
            else None
        )

    def _stamp(self, line: Line) -> LexborNode | None:
        """Return the element with a date for machines that a line stands in."""
        return next((self._timed[leaf] for leaf in line.leaves if leaf in self._timed), None)

    def _date_line(self, line: Line) -> DateLine | None:
        words, header = _read_date_line(line)
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
        first, last = self._extent(line)
        if first != last:
            words = _joined([_spaced(one) for one in self.lines[first : last + 1] if one.words])
            joined = parse_header(words, now())
            header = joined if joined.published or not exact else replace(header, views=joined.views)
        score = _belief(words, header) + weights.MACHINE_DATE * (exact is not None)
        return DateLine(first, last, words, header, score, exact=exact)

    def _extent(self, line: Line) -> tuple[int, int]:
        """Return the first and the last line of the header that a line with a date is of."""
        first = last = line.place
        alone = not any(map(self.view.other_page, line.links))
        while alone and first and line.place - first < weights.HEADER_ABOVE and self._is_part(first - 1):
            first -= 1
        while last + 1 < len(self.lines) and last - line.place < weights.HEADER_BELOW and self._is_part(last + 1):
            last += 1
        while last > line.place and self._labels_another_date(last):
            last -= 1
        return first, last

    def _labels_another_date(self, place: int) -> bool:
        """Whether a line is the label of the date on the line below it."""
        following = self.lines[place + 1] if place + 1 < len(self.lines) else None
        return following is not None and not any(map(str.isdigit, self.lines[place].words)) and _is_dated(following)

    def _is_part(self, place: int) -> bool:
        """Whether the line beside a date is of the same header: a time, a label, a count."""
        line = self.lines[place]
        if line.picture is not None:
            return is_icon(line)
        if (
            len(line.words) > SENTENCE
            or self.view.leads_away(line)
            or line.level
            or kind(self.view.folded[place]) == TOOL
        ):
            return False
        if is_part_of_header(line.words):
            return True
        if not NUMBER_ALONE.fullmatch(line.words.strip()):
            return False
        return self.view.stands_by_eye(line) or (place > 0 and bool(VIEW_LABEL.fullmatch(self.view.folded[place - 1])))

    def _is_by_title(self, date_line: DateLine) -> bool:
        """Whether a date stands right above the heading that the page's own titles name, past tools and pictures."""
        for line in self.lines[date_line.last + 1 : date_line.last + 1 + weights.TITLE_WITHIN]:
            if line.zone != "tools" and line.picture is None and kind(self.view.folded[line.place]) != TOOL:
                return line.level > 0 and self.view.is_titled(line)
        return False

    def _is_listed(self, date_line: DateLine, alike: int) -> bool:
        """Whether a date is one of a list's: of another article, to which a link beside it leads."""
        in_column = alike > weights.COLUMN_OF and not has_header_label(date_line.words)
        if in_column or self._is_by_title(date_line):
            return in_column
        here = [line for line in self.lines[date_line.first : date_line.last + 1] if line.links]
        if any(self.view.leads_away(line) and line.linked > weights.LINKED_DATE for line in here):
            return True
        links = (link for line in here for link in line.links)
        if any(
            len(tidy(words_of(link))) > weights.LONGEST_SECTION_LINK and self.view.other_page(link) for link in links
        ):
            return True
        above = self.lines[max(0, date_line.first - weights.HEADING_ABOVE) : date_line.first]
        heading = next((line for line in reversed(above) if line.level and line.words), None)
        if heading is not None and self.view.is_headline(heading, weights.HEADLINE):
            return True
        before = self.view.neighbour(date_line.first, -1)
        shortest = weights.HEADLINE_ABOVE if alike <= weights.COLUMN_OF else weights.HEADLINE_ABOVE_IN_LIST
        if before is not None and self.view.is_headline(before, shortest) and not self.view.is_below_title(before):
            return True
        after = self.view.neighbour(date_line.last, 1)
        shortest = weights.HEADLINE_BELOW if alike == 1 else weights.HEADLINE
        return after is not None and self.view.is_headline(after, shortest)


_YEAR = re.compile(r"\d{4}")


def _is_dated(line: Line) -> bool:
    """Whether a line may hold a date, without reading it."""
    if len(line.words) > LONGEST_HEADER:
        return False
    return may_hold_date(line.words) or (len(line.parts) > 1 and may_hold_date(_spaced(line)))


def _spaced(line: Line) -> str:
    """Return a line's words with a blank between inline elements that only their looks keep apart."""
    return squeeze(" ".join(line.parts)) if len(line.parts) > 1 else line.words


def _read_date_line(line: Line) -> tuple[str, Header]:
    """Read a line, with blanks between its elements where it says more so."""
    header = parse_header(line.words, now())
    if header.form or len(line.parts) == 1:
        return line.words, header
    words = _spaced(line)
    spaced = parse_header(words, now())
    longer = len(spaced.published or "") > len(header.published or "")
    return (words, spaced) if spaced.form or longer else (line.words, header)


def _belief(words: str, header: Header) -> float:
    """Return how much a line looks like the header line of an article."""
    score = weights.FORM if header.form else weights.DATE - weights.UNREAD_WORD * count_unread(words)
    score += weights.LABEL * has_header_label(words) + weights.VIEWS * (header.views is not None)
    return score + weights.TIME * (len(header.published or "") > _DAY_ALONE)


def is_change(date_line: DateLine) -> bool:
    """Whether a date line says when an article was changed, at its beginning or behind a count."""
    return bool(_CHANGED.match(fold(date_line.words)))


def _stand_together(date_line: DateLine, other: DateLine) -> bool:
    """Whether a date line says when an article was published that another says was changed."""
    near = abs(date_line.first - other.first) <= weights.COLUMN
    return near or other.exact is not None or has_header_label(other.words)


_CHANGED = re.compile(rf"(?:(?:{VIEW_LABEL.pattern}) ?:? ?[\d.,]+ (?:lần |lượt )?)?{CHANGED}")


def _joined(words: Iterable[str]) -> str:
    """Join the pieces of a header: by a blank after a label, else by a bar."""
    joined = ""
    for piece in words:
        before = joined.rsplit(" | ", 1)[-1]
        label = before.rstrip().endswith(":") or (is_part_of_header(before) and not any(map(str.isdigit, before)))
        joined = f"{joined} {piece}" if label else f"{joined} | {piece}" if joined else piece
    return joined
