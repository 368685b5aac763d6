"""Reading outward from the header line: where an article stands on a page of any make.

The line that says when an article was published is the one thing that all portals print. The title stands by it, the
section above, the body below, up to what ends an article: related news, tags, comments, the footer. No class names
and no list of sites are needed; where a page has telling names or metadata for machines, they count as evidence.
"""

import heapq
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import accumulate
from typing import TypeVar

from wardnews.layouts.generic import weights
from wardnews.layouts.generic.article_body import BodyFinder, BodyLines, innermost_shared
from wardnews.layouts.generic.datelines import Choice, Moment, Reader, names_of
from wardnews.layouts.generic.metadata import Head
from wardnews.layouts.generic.phrases import (
    CLOCK,
    GENERIC,
    HOME,
    LABELLED_SECTION,
    LONGEST_TITLE,
    MAY_BE_HOME,
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
)
from wardnews.layouts.generic.section import find_lead, find_sections, find_views, steps_in
from wardnews.layouts.generic.visible_lines import Line
from wardnews.layouts.page import Found, Page, Parts
from wardnews.text.clock import now
from wardnews.text.credits import parse_credits
from wardnews.text.header import count_unread, has_header_label, is_part_of_header, parse_count, parse_header
from wardnews.text.strings import tidy

T = TypeVar("T")
_NEVER_TITLE = ("footer", "comments", "related")
_ASIDE = ("nav", "aside", "footer", "tools")


class _Chooser:
    """Choose the title and the moment of a page's article."""

    def __init__(self, reader: "Reader", title: int | None, moment: Moment | None) -> None:
        self.reader, self.lines, self.head = reader, reader.lines, reader.head
        named = (part for part in self.head.parts if not HOME.fullmatch(part))  # some portals call every page that
        self.no_article = any(map(NO_ARTICLE.fullmatch, named))
        self.moments = [moment] if moment else [one for one in reader.moments if self._may_be_article(one)]
        self.moments = _best(self.moments, lambda one: one.score)
        self.titles = (
            [(title, weights.KNOWN_TITLE, "")] if title is not None else _best(list(self._titles()), lambda one: one[1])
        )
        self.numbers, self.texts = self._weigh()

    def _weigh(self) -> tuple[list[int], list[int]]:
        """Count, up to every line, the lines that stand for something, and their characters outside of links."""
        places = [title for title, _, _ in self.titles]
        places += [place for moment in self.moments for place in (moment.first, moment.last)]
        between = range(min(places, default=0), max(places, default=0) + 1)
        weights = [line.place in between and self._counts(line) for line in self.lines]
        texts = (weight and line.own for weight, line in zip(weights, self.lines, strict=True))
        return [0, *accumulate(weights)], [0, *accumulate(texts)]

    def _may_be_article(self, moment: Moment) -> bool:
        line = self.lines[moment.first]
        clock = line.zone == "nav" and not has_header_label(moment.words) and CLOCK.search(fold(moment.words))
        if moment.listed or line.zone in _NEVER_TITLE or clock or NOT_NOW.search(fold(moment.words)):
            return False
        above = self.lines[moment.first - 1 : moment.first]
        return not any(map(_NO_POSTING.match, [fold(moment.words), *(self.reader.folded[one.place] for one in above)]))

    def _titles(self) -> Iterator[tuple[int, float, str]]:
        """Give the lines that may be the title, each with its score and its rule."""
        near = {
            at
            for moment in self.moments
            for at in range(moment.first - weights.TITLE_WITHIN, moment.last + weights.TITLE_WITHIN + 1)
        }
        taken = {at for moment in self.moments for at in range(moment.first, moment.last + 1)}
        for line, words in zip(self.lines, self.reader.folded, strict=True):
            if not SHORTEST_TITLE <= len(words) <= LONGEST_TITLE or line.place in taken or line.zone in _NEVER_TITLE:
                continue
            match, rule = self.head.match(words)
            if (match or line.level or line.place in near) and not kind(words) and not _names_another(line, words):
                score = self._score_title(line, words, match)
                yield line.place, score, rule or (f"heading <h{line.level}>" if line.level else "a line of its own")

    def _score_title(self, line: Line, words: str, match: float) -> float:
        """Score how much a line looks like the title of an article."""
        score = match + weights.HEADING.get(line.level, 0.0) + weights.LENGTH * min(len(words), SENTENCE) / SENTENCE
        score += weights.BOLD * (line.bold >= weights.WHOLLY * len(line.words)) - weights.ZONE.get(line.zone, 0.0)
        score += weights.NAMED_TITLE * bool(TITLES.search(names_of(line.block))) - _cost_of(words)
        score -= weights.NO_ARTICLE_HERE * (self.no_article and not match)
        score -= weights.ENDS_AS_SENTENCE * (line.words.rstrip()[-1:] in ".,:;" or line.own > weights.LONGEST_OWN_TITLE)
        long = words.count(" ") > weights.BLANKS_OF_SENTENCE  # no name in a menu
        if line.links and long and self.reader.leads_here(line):
            return score + weights.LEADS_HERE
        if self.reader.leads_away(line) or (line.linked >= len(line.words) - 2 and not line.level):
            score -= weights.LINK_OF_NAMED_HEADING if match >= weights.SURE_MATCH and line.level else weights.LINK
        return score

    def choices(self) -> list[Choice]:
        """Give the pairs that may be, the best first."""
        pairs = [
            Choice(title, moment, score + moment.score + near, rule)
            for title, score, rule in self.titles
            for moment in self.moments
            if (near := self._nearness(title, moment)) is not None
        ]
        if self.head.published and (self.head.is_article or not self.moments):
            pairs.extend(
                Choice(title, None, score + weights.MACHINES_ALONE + weights.SAYS_ARTICLE * self.head.is_article, rule)
                for title, score, rule in self.titles
            )
        return sorted(pairs, key=lambda pair: -pair.score)

    def _nearness(self, title: int, moment: Moment) -> float | None:
        """Score how a moment stands to a title; None where it cannot be the title's."""
        cost = weights.ZONE.get(self.lines[moment.first].zone, 0.0)
        if moment.last < title:
            return self._below_header(title, moment, cost)
        number = self.numbers[moment.first] - self.numbers[title + 1]
        if number > weights.MOST_BETWEEN or moment.first - title > weights.FAR:
            return self._at_the_end(title, moment, cost)
        between = (line for line in self.lines[title + 1 : moment.first] if line.words and line.zone != "credits")
        away = [line for line in between if self.reader.leads_away(line)]
        if any(line.level for line in away):  # the headline of a list
            return None
        cost += weights.HEADLINE_BETWEEN * any(len(line.words) > weights.LONGEST_LINK_BETWEEN for line in away)
        if number <= weights.NEAR:
            return weights.BELOW_TITLE - number - cost
        end = self._at_the_end(title, moment, cost)
        return end if end is not None else weights.FARTHER - cost

    def _at_the_end(self, title: int, moment: Moment, cost: float) -> float | None:
        """Score a header line below the text."""
        text = self.texts[moment.first] - self.texts[title + 1]
        told = moment.exact or has_header_label(moment.words)
        if text <= weights.TEXT_ABOVE or not told:
            return None
        if not self._ended(title, moment.first):
            return weights.BELOW_TEXT - cost
        line = self.lines[title]
        sure = (
            line.level == 1 or self.head.match(self.reader.folded[title])[0] >= weights.SURE_MATCH
        )  # it is in a column
        return weights.BELOW_END - cost if sure else None

    def _below_header(self, title: int, moment: Moment, cost: float) -> float | None:
        """Score a title below its header line."""
        number = self.numbers[title] - self.numbers[moment.last + 1]
        if number > weights.MOST_BETWEEN_ABOVE or title - moment.last > weights.FAR:
            return None
        labelled = has_header_label(moment.words)
        menu = any(line.zone == "nav" for line in self.lines[moment.last + 1 : title])
        line = self.lines[title]
        if not labelled and (menu or not (moment.header.form or self._names_and_dates(line, moment, number))):
            return None
        plain = not (
            line.level
            or line.bold
            or self.head.match(self.reader.folded[title])[0]
            or TITLES.search(names_of(line.block))
        )
        clock = not labelled and CLOCK.search(fold(moment.words)) and not self._close(line, self.lines[moment.first])
        cost += weights.CLOCK * bool(clock) + weights.PLAIN * plain
        return weights.ABOVE_TITLE - weights.ABOVE_TITLE_BETWEEN * number - cost

    def _names_and_dates(self, line: Line, moment: Moment, number: int) -> bool:
        """Tell whether a line right above a heading names the section and gives the date, set apart by a mark."""
        above = self.lines[moment.first]
        beside = bool(SEPARATOR.search(above.words)) and count_unread(moment.words) < weights.MOST_NAMED
        return number == 0 and line.level > 0 and beside and self._close(line, above)

    def _close(self, line: Line, other: Line) -> bool:
        """Tell whether two lines share an element that is not far above them."""
        near = weights.CLOSE_ELEMENTS
        chain = self.reader.chain(line.block)
        return bool(set(chain[:near]).intersection(self.reader.chain(other.block)[:near])) and len(chain) >= near

    def _counts(self, line: Line) -> bool:
        """Tell whether a line stands for something between a title and a date."""
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
"""How lines begin that sign an article, and those of questions and answers."""


@lru_cache(maxsize=4096)
def _cost_of(words: str) -> float:
    """Tell how little folded words are those of a title: a portal's name, a general word, a page that is no article."""
    blanks = words.count(" ")
    cost = weights.OFFICE_NAME * (blanks < weights.BLANKS_OF_OFFICE and bool(OFFICE.match(words)))
    cost += weights.PORTAL_NAME * (blanks < weights.BLANKS_OF_PORTAL and bool(PORTAL.search(words)))
    cost += weights.GENERIC_NAME * bool(GENERIC.fullmatch(words))
    no_title = NO_ARTICLE.fullmatch(words) or _NO_TITLE.match(words)
    few = (blanks < weights.BLANKS_OF_TITLE) + (blanks < weights.BLANKS_OF_TITLE - 1)
    return cost + weights.NO_TITLE * bool(no_title) + weights.FEW_WORDS * few


def _names_another(line: Line, words: str) -> bool:
    """Tell whether a line, with its folded words, names the section or a way through the portal from the home page."""
    if ":" in words and LABELLED_SECTION.fullmatch(words):
        return True
    return bool(MAY_BE_HOME.search(words)) and any(HOME.fullmatch(fold(step)) for step in steps_in([line]))


def locate(page: Page, known: Parts | None = None) -> Parts | None:
    """Find where the parts of the article stand, besides those that are `known`; None where the page holds none."""
    parts = known or Parts()
    reader = Reader(page)
    title = reader.place_of(parts.found.get("title"))
    moment = reader.moment_of(parts.found.get("header"))
    choices = _Chooser(reader, title, moment).choices()
    if parts.body is not None and "title" in parts.found and ("header" in parts.found or "published" in parts.found):
        choices = choices[:1]
    for choice in choices[: weights.MOST_TRIED]:
        if choice.score < weights.ENOUGH:
            break
        timed = reader.with_time(choice)
        finder = BodyFinder(reader, timed)
        body = finder.find() if parts.body is None else None
        if parts.body is None and (body is None or not _is_enough(body, timed) or finder.has_menu_above(body)):
            continue
        _fill(parts, reader, timed, choices, body, finder)
        return parts
    return None


def _is_enough(body: BodyLines, choice: Choice) -> bool:
    text = sum(line.own for line in body.kept)
    return text >= weights.LEAST_TEXT or (
        choice.score >= weights.ENOUGH_WITHOUT_TEXT
        and (text > 0 or any(line.picture is not None for line in body.kept))
    )


def _fill(
    parts: Parts, reader: Reader, choice: Choice, choices: list[Choice], body: BodyLines | None, finder: BodyFinder
) -> None:
    """Fill in the parts that are not known yet, with what lost against them."""
    lines = reader.lines
    title = " ".join(lines[at].words for at in reader.title_lines(choice.title))
    parts.found.setdefault("title", Found(title, None, choice.rule))
    others = [Found(lines[one.title].words, None, one.rule) for one in choices if one.title != choice.title]
    parts.lost["title"] = _unique(others, parts.words("title"))
    _fill_header(parts, reader, choice, choices)
    exact = _exact(choice, reader.head)
    if exact:
        parts.found.setdefault("published", exact)
    if "section" not in parts.found:
        _fill_section(parts, reader, choice)
    if "views" not in parts.found and (choice.moment is None or choice.moment.header.views is None):
        _fill_views(parts, find_views(reader, choice, body))
    if body:
        _fill_body(parts, reader, body, finder)


def _fill_header(parts: Parts, reader: Reader, choice: Choice, choices: list[Choice]) -> None:
    """Fill in the header line; a doubt where another date is nearly as good."""
    chosen = choice.moment
    if chosen:
        parts.found.setdefault("header", Found(chosen.words, None, "the line that dates the article, by its title"))
        rivals = [one for one in choices if one.title == choice.title and one.score > choice.score - weights.DOUBT]
        dates = {one.moment.header.published for one in rivals if one.moment and one.moment.first != chosen.first}
        if dates - {chosen.header.published}:
            parts.flags.append("date_doubtful")
    others = [
        Found(moment.words, None, "a date of a list" if moment.listed else "a date elsewhere on the page")
        for moment in reader.moments
        if chosen is None or moment.first != chosen.first
    ]
    parts.lost["header"] = _unique(others, parts.words("header"))


def _fill_section(parts: Parts, reader: Reader, choice: Choice) -> None:
    """Fill in the section; a doubt where the breadcrumb says another."""
    sections = find_sections(reader, choice)
    if not sections:
        return
    parts.found["section"], parts.lost["section"] = sections[0], _unique(sections[1:], sections[0].words)
    shown = next((fold(one.words) for one in parts.lost["section"] if one.rule.startswith("the last step")), "")
    if shown and not GENERIC.fullmatch(shown):
        parts.flags.append("section_doubtful")


def _fill_views(parts: Parts, counts: list[Found]) -> None:
    """Fill in the count of views; a doubt where there are several."""
    if not counts:
        return
    parts.found["views"], parts.lost["views"] = counts[0], _unique(counts[1:], counts[0].words)
    if len({parse_count(one.words) for one in counts}) > 1:
        parts.flags.append("views_doubtful")


def _exact(choice: Choice, head: Head) -> Found | None:
    """Choose the date for machines: that of the header line, unless the head knows better.

    So it does where the line's claims UTC, or is a day whose time the head gives.
    """
    own = choice.moment.exact if choice.moment else None
    if own is None or head.published is None:
        return own or head.published
    exact = parse_header(head.published.words, now()).published or ""
    timed = own.words.strip() == exact[:10] != exact
    local = _LOCAL.search(head.published.words) and not _LOCAL.search(own.words)
    return head.published if timed or local else own


_LOCAL = re.compile(r"\+07:?00$")


def _fill_body(parts: Parts, reader: Reader, body: BodyLines, finder: BodyFinder) -> None:
    lead = [] if "lead" in parts.found else find_lead(reader, body, finder)
    if lead:
        parts.found["lead"] = Found(" ".join(line.words for line in lead), None, "the summary above the body")
    last = body.kept[-1].place
    signed = [
        line
        for line in reader.lines[last + 1 : last + 1 + weights.SIGNED_BELOW]
        if line.zone == "credits" and line.words
    ]
    for line in (*body.credits, *signed):
        author, source = parse_credits([tidy(line.words)])
        if author:
            parts.found.setdefault("author", Found(author, None, "the line below the body"))
        if source:
            parts.found.setdefault("source", Found(source, None, "the line below the body"))
    own = [line for line in body.kept if line not in lead]
    chains = [finder.chain(line) for line in own] or [finder.chain(line) for line in body.kept]
    root = innermost_shared(chains)
    node = (own or body.kept)[0].block
    while node.mem_id != root and node.parent is not None:
        node = node.parent
    kept = {line.place for line in own}
    parts.body = node
    parts.skipped |= reader.hidden
    parts.body_rule = f"the text below the title, up to {body.ended_by}"
    for line in reader.lines:
        if line.place not in kept:
            parts.skipped.update(line.leaves)


def _unique(found: list[Found], winner: str | None) -> list[Found]:
    """Drop candidates that say the same as the winner or one another."""
    kept: dict[str, Found] = {}
    for one in found:
        if fold(one.words) != fold(winner or ""):
            kept.setdefault(fold(one.words), one)
    return list(kept.values())[:5]
