"""The count of an article's views."""

import re
from collections.abc import Iterator
from itertools import takewhile

from selectolax.lexbor import LexborNode

from wardnews.layouts.generic import weights
from wardnews.layouts.generic.article_body import BodyLines
from wardnews.layouts.generic.datelines import is_change
from wardnews.layouts.generic.page_view import names_of
from wardnews.layouts.generic.phrases import (
    COUNTERS,
    NUMBER_ALONE,
    RELATED,
    SENTENCE,
    fold,
    kind,
)
from wardnews.layouts.generic.reader import Choice, Reader
from wardnews.layouts.generic.visible_lines import Line
from wardnews.layouts.page import Found, words_of
from wardnews.text.clock import now
from wardnews.text.header import parse_count, parse_header
from wardnews.text.header_forms import VIEW_LABEL
from wardnews.text.strings import tidy


def find_views(reader: Reader, choice: Choice, body: BodyLines | None) -> list[Found]:
    """Return the counts of views that may be the article's: by an eye beside the date, or labelled, near or below."""
    last = body.kept[-1].place if body else choice.title
    above = reader.lines[max(0, choice.title - weights.VIEWS_ABOVE) : last + 1]
    below = takewhile(
        lambda line: kind(reader.folded[line.place]) != RELATED, reader.lines[last + 1 : last + 1 + weights.VIEWS_BELOW]
    )
    others = _of_other_dates(reader, choice, body)
    near = [line for line in (*above, *below) if line.place not in others and not reader.leads_away(line)]
    dated = reader.lines[choice.date_line.first : choice.date_line.last + 1] if choice.date_line else []
    return [*_by_eye(reader, dated), *_labelled_counts(reader, near)]


def _of_other_dates(reader: Reader, choice: Choice, body: BodyLines | None) -> set[int]:
    """Return the places of the dates of lists, and of those within the text: a count beside one is not the page's."""
    within = range(body.kept[0].place, body.kept[-1].place + 1) if body else range(0)
    chosen = choice.date_line.first if choice.date_line else None
    above = chosen is not None and chosen < choice.title  # then a date below the title is of the text
    others = (
        one
        for one in reader.date_lines
        if one.first != chosen
        and (one.listed or one.first in within or (above and one.first > choice.title and not is_change(one)))
    )
    return {at for one in others for at in range(one.first, one.last + 1)}


def _by_eye(reader: Reader, lines: list[Line]) -> Iterator[Found]:
    """Return the numbers that stand by an eye in the lines of a header."""
    for line in lines:
        counts = ((words, node) for node in line.block.css(_EYES) if (words := _counted_by(node)))
        if found := next((Found(words, node, _EYE) for words, node in counts if parse_count(words) is not None), None):
            yield found
    for line in lines:
        if NUMBER_ALONE.fullmatch(line.words.strip()) and reader.stands_by_eye(line):
            yield Found(line.words, None, _EYE)


_EYES = (
    "[class*='eye' i], [class*='view' i], [class*='xem' i], [title*='xem' i], .material-icons, .sr-only,"
    " .visually-hidden"
)
_EYE = "the number by the eye"


def _labelled_counts(reader: Reader, lines: list[Line]) -> Iterator[Found]:
    """Return the lines that count views, each with the number on the line below it."""
    for line in lines:
        if line.zone in _NO_COUNTS or len(line.words) > SENTENCE or line.picture is not None:
            continue
        words, place = line.words, line.place
        following = reader.lines[place + 1].words.strip() if place + 1 < len(reader.lines) else ""
        if NUMBER_ALONE.fullmatch(following) and _ENDS_IN_LABEL.search(reader.folded[place]):
            words = f"{words} {following}"
        counted = VIEW_LABEL.search(fold(words)) and parse_header(words, now()).views is not None
        if counted and not _listed_count(reader, place):
            yield Found(words, None, "the line that counts views")


_NO_COUNTS = ("footer", "aside", "comments", "related", "nav")
_ENDS_IN_LABEL = re.compile(rf"(?:{VIEW_LABEL.pattern})$")


def _listed_count(reader: Reader, place: int) -> bool:
    before = reader.neighbour(place, -1)
    return before is not None and reader.is_headline(before, weights.COUNTED_HEADLINE)


def _counted_by(node: LexborNode) -> str | None:
    """Return the number that an eye stands by: in its own element or right after it."""
    own = tidy(words_of(node))
    if not COUNTERS.search(names_of(node)) and own != "visibility" and not VIEW_LABEL.fullmatch(fold(own)):
        return None
    if NUMBER_ALONE.fullmatch(own):
        return own
    following = node.next
    while following is not None and not tidy(following.text() if following.tag == "-text" else words_of(following)):
        following = following.next
    if following is None:
        return None
    words = tidy((following.text_content or "") if following.tag == "-text" else words_of(following))
    match = _NUMBER_FIRST.match(words)
    return match[0] if match else None


_NUMBER_FIRST = re.compile(r"(?:\d{1,3}(?:[.,]\d{3})+|\d+)(?![\d/:.-])")
