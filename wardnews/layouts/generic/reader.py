"""A page with all that an article, or a listing, is looked for by: its lines, its links, its dates."""

from functools import cached_property
from typing import NamedTuple

from wardnews.layouts.generic import weights
from wardnews.layouts.generic.datelines import DateLine, find_date_lines
from wardnews.layouts.generic.page_view import PageView
from wardnews.layouts.page import Found, Page
from wardnews.text.clock import now
from wardnews.text.header import is_part_of_header, parse_count, parse_header


class Choice(NamedTuple):
    """A title line and the date line that goes with it, and how well the two are believed."""

    title: int
    date_line: DateLine | None
    score: float
    rule: str


_DAY_ALONE = len("2021-04-05")


class Reader(PageView):
    """The lines of a page, with those that date something."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.date_lines = find_date_lines(self)

    def date_line_of(self, found: Found | None) -> DateLine | None:
        """Make a date line of the header line that a selector found."""
        place = self.place_of(found)
        if found is None or place is None:
            return None
        return DateLine(place, place, found.words, parse_header(found.words, now()), weights.KNOWN_DATE)

    @cached_property
    def formed(self) -> set[int]:
        """Return the places of the lines that a form of header lines reads."""
        return {at for one in self.date_lines if one.header.form for at in range(one.first, one.last + 1)}

    @cached_property
    def listed(self) -> set[int]:
        """Return the places of the lines that date the entries of lists."""
        return {at for one in self.date_lines if one.listed for at in range(one.first, one.last + 1)}

    def with_time(self, choice: "Choice") -> "Choice":
        """Add the time, and the views, that stand on lines of their own by the title to a date without a time."""
        date_line = choice.date_line
        if date_line is None or len(date_line.header.published or "") != _DAY_ALONE or date_line.header.flags:
            return choice
        for line in self.lines[max(0, choice.title - weights.TIME_ABOVE) : choice.title + weights.TIME_BELOW]:
            inside = date_line.first <= line.place <= date_line.last
            if inside or not is_part_of_header(line.words) or parse_count(line.words) is not None:
                continue
            words = f"{date_line.words} | {line.words}"
            header = parse_header(words, now())
            if header.form and len(header.published or "") > _DAY_ALONE:
                return choice._replace(date_line=date_line._replace(words=words, header=header))
        return choice
