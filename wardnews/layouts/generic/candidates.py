"""The title and the date line of a page's article: every pair that may be, weighed."""

import heapq
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TypeVar

from wardnews.layouts.generic import weights
from wardnews.layouts.generic.breadcrumb import steps_in
from wardnews.layouts.generic.datelines import DateLine, is_change
from wardnews.layouts.generic.page_view import names_of
from wardnews.layouts.generic.phrases import (
    CLOCK,
    GENERIC,
    GREETING,
    HOME,
    LABELLED_SECTION,
    LONGEST_TITLE,
    NO_ARTICLE,
    NOT_NOW,
    OFFICE,
    PORTAL,
    SENTENCE,
    SEPARATOR,
    SHORTEST_TITLE,
    TITLES,
    TOOL,
    fold,
    kind,
    may_be_home,
)
from wardnews.layouts.generic.reader import Choice, Reader
from wardnews.layouts.generic.visible_lines import Line
from wardnews.text.clock import now
from wardnews.text.header import count_unread, has_header_label, is_part_of_header, parse_header

T = TypeVar("T")
_NEVER_TITLE = ("footer", "comments", "related")
_ASIDE = ("nav", "aside", "footer", "tools")


def rank_choices(reader: Reader, title: int | None, date_line: DateLine | None) -> list[Choice]:
    """Return the pairs of a title and a date line that may be of the page's article, the best first.

    `title` and `date_line` are what selectors found: then no other is weighed.
    """
    return _Chooser(reader, title, date_line).choices()


class _Chooser:
    """Choose the title and the date line of a page's article."""

    def __init__(self, reader: "Reader", title: int | None, date_line: DateLine | None) -> None:
        self.reader, self.lines, self.head = reader, reader.lines, reader.head
        named = (part for part in self.head.parts if not HOME.fullmatch(part))  # some portals call every page that
        self.no_article = any(map(NO_ARTICLE.fullmatch, named))
        self.date_lines = [date_line] if date_line else [one for one in reader.date_lines if self._may_be_article(one)]
        self.date_lines = _best(self.date_lines, lambda one: one.score)
        exact = parse_header(self.head.published.words, now()).published if self.head.published else None
        self.day = (exact or "")[:10]
        self.labelled = [
            one.first
            for one in self.date_lines
            if one.header.published and has_header_label(one.words) and not is_change(one)
        ]
        self.titles = (
            [(title, weights.KNOWN_TITLE, "")] if title is not None else _best(list(self._titles()), lambda one: one[1])
        )
        self.numbers, self.texts, self.headings, self.headlines = self._weigh()

    def _weigh(self) -> tuple[list[int], ...]:
        """Count, up to every line, what stands between titles and dates.

        That are the lines that stand for something, their characters outside of links, the headings that lead away,
        and the links of some length that do.
        """
        places = [title for title, _, _ in self.titles]
        places += [place for date_line in self.date_lines for place in (date_line.first, date_line.last)]
        first, last = min(places, default=0), max(places, default=0)
        numbers, texts, headings, headlines = ([0] * (first + 1) for _ in range(4))
        number = text = heading = headline = 0
        for line in self.lines[first : last + 1]:
            if self._counts(line):
                number += 1
                text += line.own
            if line.links and line.zone != "credits" and line.words and self.reader.leads_away(line):
                heading += line.level > 0
                headline += len(line.words) > weights.LONGEST_LINK_BETWEEN
            numbers.append(number)
            texts.append(text)
            headings.append(heading)
            headlines.append(headline)
        return numbers, texts, headings, headlines

    def _may_be_article(self, date_line: DateLine) -> bool:
        line = self.lines[date_line.first]
        clock = line.zone == "nav" and not has_header_label(date_line.words) and CLOCK.search(fold(date_line.words))
        if date_line.listed or line.zone in _NEVER_TITLE or clock or NOT_NOW.search(fold(date_line.words)):
            return False
        above = self.lines[date_line.first - 1 : date_line.first]
        return not any(
            map(_NO_POSTING.match, [fold(date_line.words), *(self.reader.folded[one.place] for one in above)])
        )

    def _titles(self) -> Iterator[tuple[int, float, str]]:
        """Return the lines that may be the title, each with its score and its rule."""
        near = {
            at
            for date_line in self.date_lines
            for at in range(date_line.first - weights.TITLE_WITHIN, date_line.last + weights.TITLE_WITHIN + 1)
        }
        taken = {at for date_line in self.date_lines for at in range(date_line.first, date_line.last + 1)}
        for line, words in zip(self.lines, self.reader.folded, strict=True):
            if not SHORTEST_TITLE <= len(words) <= LONGEST_TITLE or line.place in taken or line.zone in _NEVER_TITLE:
                continue
            match, rule = self.head.match(words)
            if (match or line.level or line.place in near) and not kind(words) and not _names_another(line, words):
                score = self._score_title(line, words, match)
                yield line.place, score, rule or (f"heading <h{line.level}>" if line.level else "a line of its own")

    def _score_title(self, line: Line, words: str, match: float) -> float:
        """Return how much a line looks like the title of an article."""
        score = match + weights.HEADING.get(line.level, 0.0) + weights.LENGTH * min(len(words), SENTENCE) / SENTENCE
        score += weights.BOLD * (line.bold >= weights.WHOLLY * len(line.words)) - weights.ZONE.get(line.zone, 0.0)
        named = bool(TITLES.search(names_of(line.block)))
        score += weights.NAMED_TITLE * named - _cost_of(words)
        score -= weights.NO_ARTICLE_HERE * (self.no_article and not match)
        if line.words.rstrip()[-1:] in ".,:;" or line.own > weights.LONGEST_OWN_TITLE:
            unmarked = not (match or line.level or line.bold or named) and line.own >= SENTENCE
            above = self.reader.neighbour(line.place, -1) if unmarked else None
            score -= weights.ENDS_AS_SENTENCE * (1 + (above is not None and above.own >= SENTENCE))
        long = words.count(" ") > weights.BLANKS_OF_SENTENCE  # no name in a menu
        if line.links and long and self.reader.leads_here(line):
            return score + weights.LEADS_HERE
        if self.reader.leads_away(line) or (line.linked >= len(line.words) - 2 and not line.level):
            score -= weights.LINK_OF_NAMED_HEADING if match >= weights.SURE_MATCH and line.level else weights.LINK
        return score

    def choices(self) -> list[Choice]:
        """Return the pairs that may be, the best first."""
        dated = [(date_line, self._cost_of_zone(date_line), self._agrees(date_line)) for date_line in self.date_lines]
        pairs = [
            Choice(title, date_line, score + date_line.score + near, rule)
            for title, score, rule in self.titles
            for date_line, cost, agrees in dated
            if (near := self._nearness(title, date_line, cost, agrees=agrees)) is not None
        ]
        if self.head.published and (self.head.is_article or not self.date_lines):
            pairs.extend(
                Choice(title, None, score + weights.MACHINES_ALONE + weights.SAYS_ARTICLE * self.head.is_article, rule)
                for title, score, rule in self.titles
            )
        return sorted(pairs, key=lambda pair: -pair.score)

    def _cost_of_zone(self, date_line: DateLine) -> float:
        """Return what a date line loses for the part of the page that it stands in."""
        zone = self.lines[date_line.first].zone
        return 0.0 if zone == "tools" and has_header_label(date_line.words) else weights.ZONE.get(zone, 0.0)

    def _nearness(self, title: int, date_line: DateLine, cost: float, *, agrees: bool) -> float | None:
        """Return how a date line stands to a title; None where it cannot be the title's.

        `cost` is what it loses for its place, `agrees` whether it gives the day that the head gives.
        """
        if agrees and self.head.match(self.reader.folded[title])[0] >= weights.SURE_MATCH:
            cost -= weights.AGREES
        if date_line.last < title:
            return self._below_header(title, date_line, cost)
        number = self.numbers[date_line.first] - self.numbers[title + 1]
        if number > weights.MOST_BETWEEN or date_line.first - title > weights.FAR:
            return self._at_the_end(title, date_line, cost)
        if self.headings[date_line.first] > self.headings[title + 1]:  # the headline of a list
            return None
        cost += weights.HEADLINE_BETWEEN * (self.headlines[date_line.first] > self.headlines[title + 1])
        cost += weights.SECOND_DATE * self._has_date_above(title, date_line)
        if number <= weights.NEAR:
            return weights.BELOW_TITLE - number - cost
        end = self._at_the_end(title, date_line, cost)
        return end if end is not None else weights.FARTHER - cost

    def _has_date_above(self, title: int, date_line: DateLine) -> bool:
        """Whether another date with a label stands between a title and a date: that is the article's own."""
        return bisect_right(self.labelled, title) < bisect_left(self.labelled, date_line.first)

    def _at_the_end(self, title: int, date_line: DateLine, cost: float) -> float | None:
        """Score a header line below the text."""
        text = self.texts[date_line.first] - self.texts[title + 1]
        labelled = date_line.exact or has_header_label(date_line.words)
        if text <= weights.TEXT_ABOVE or not labelled:
            return None
        if not self._ended(title, date_line.first):
            return weights.BELOW_TEXT - cost
        line = self.lines[title]
        sure = (
            line.level == 1 or self.head.match(self.reader.folded[title])[0] >= weights.SURE_MATCH
        )  # it is in a column
        return weights.BELOW_END - cost if sure else None

    def _below_header(self, title: int, date_line: DateLine, cost: float) -> float | None:
        """Score a title below its header line."""
        number = self.numbers[title] - self.numbers[date_line.last + 1]
        if number > weights.MOST_BETWEEN_ABOVE or title - date_line.last > weights.FAR:
            return None
        labelled = has_header_label(date_line.words)
        menu = any(line.zone == "nav" for line in self.lines[date_line.last + 1 : title])
        line = self.lines[title]
        if not labelled and (menu or not (date_line.header.form or self._names_and_dates(line, date_line, number))):
            return None
        plain = not (
            line.level
            or line.bold
            or self.head.match(self.reader.folded[title])[0]
            or TITLES.search(names_of(line.block))
        )
        clock = not labelled and CLOCK.search(fold(date_line.words)) and not self._is_witnessed(line, date_line)
        cost += weights.CLOCK * bool(clock) + weights.PLAIN * plain
        return weights.ABOVE_TITLE - weights.ABOVE_TITLE_BETWEEN * number - cost

    def _names_and_dates(self, line: Line, date_line: DateLine, number: int) -> bool:
        """Whether a line right above a heading names the section and gives the date, set apart by a mark."""
        above = self.lines[date_line.first]
        beside = bool(SEPARATOR.search(above.words)) and count_unread(date_line.words) < weights.MOST_NAMED
        return number == 0 and line.level > 0 and beside and self._close(line, above)

    def _is_witnessed(self, line: Line, date_line: DateLine) -> bool:
        """Whether a date above a title is no clock's: it stands in its element, or is the day that the head gives."""
        return self._agrees(date_line) or self._close(line, self.lines[date_line.first])

    def _agrees(self, date_line: DateLine) -> bool:
        """Whether a date line gives the day of publication that the head gives."""
        return bool(self.day) and self.day == (date_line.header.published or "")[:10] and not is_change(date_line)

    def _close(self, line: Line, other: Line) -> bool:
        """Whether two lines share an element that is not far above them."""
        near = weights.CLOSE_ELEMENTS
        chain = self.reader.chain(line.block)[:-1]  # without the page's body
        return not set(chain[:near]).isdisjoint(self.reader.chain(other.block)[:near])

    def _counts(self, line: Line) -> bool:
        """Whether a line stands for something between a title and a date."""
        words = self.reader.folded[line.place]
        if line.zone in _ASIDE:
            return False
        if len(words) > SENTENCE:
            return True
        return bool(words) and kind(words) != TOOL and not is_part_of_header(line.words)

    def _ended(self, start: int, stop: int) -> bool:
        return self.reader.ends[stop] > self.reader.ends[start + 1]


def _best(candidates: list[T], score: Callable[[T], float]) -> list[T]:
    """Keep the best of too many candidates, in their order."""
    if len(candidates) <= weights.MOST_CANDIDATES:
        return candidates
    best = heapq.nlargest(weights.MOST_CANDIDATES, range(len(candidates)), key=lambda place: score(candidates[place]))
    return [candidates[place] for place in sorted(best)]


_NO_POSTING = re.compile(
    r"(?:ngày )?(?:ban hành|(?:có |hết )?hiệu lực|hết hạn|ký|sinh)(?: ngày| văn bản)?[ :|]*(?:$|\d)"
)
"""What labels the dates of a legal document or of a person, in a table of what it is."""
_NO_TITLE = re.compile(
    r"(?:tác giả|người (?:đăng|gửi|viết)|(?:câu )?hỏi|trả lời)(?: \d+)? ?:|(?:được )?(?:đăng|gửi|viết) bởi\b"
    r"|(?:written|posted) by\b"
)
"""How lines begin that sign an article, ask or answer."""


@lru_cache(maxsize=4096)
def _cost_of(words: str) -> float:
    """Return what a line loses as a title for its folded words: a portal's name, a general word, no article's name."""
    blanks = words.count(" ")
    cost = weights.OFFICE_NAME * (blanks < weights.BLANKS_OF_OFFICE and bool(OFFICE.match(words)))
    cost += weights.PORTAL_NAME * (blanks < weights.BLANKS_OF_PORTAL and bool(PORTAL.search(words)))
    cost += weights.GENERIC_NAME * bool(GENERIC.fullmatch(words))
    no_title = NO_ARTICLE.fullmatch(words) or _NO_TITLE.match(words) or GREETING.match(words)
    few = (blanks < weights.BLANKS_OF_TITLE) + (blanks < weights.BLANKS_OF_TITLE - 1)
    return cost + weights.NO_TITLE * bool(no_title) + weights.FEW_WORDS * few


def _names_another(line: Line, words: str) -> bool:
    """Whether a line, with its folded words, names the section or a way through the portal from the home page."""
    if ":" in words and LABELLED_SECTION.fullmatch(words):
        return True
    return may_be_home(words) and any(HOME.fullmatch(fold(step)) for step in steps_in([line]))
