"""The lines of a page that are the body of an article, once its title and its date are known."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from wardnews.layouts.generic import weights
from wardnews.layouts.generic.page_view import is_icon, names_of, shape
from wardnews.layouts.generic.phrases import (
    DATED,
    DOCUMENTS,
    END,
    GREETING,
    LEADS,
    LONGEST_HEADER,
    NUMBER_ALONE,
    RELATED,
    SENTENCE,
    TOOL,
    fold,
    kind,
)
from wardnews.layouts.generic.reader import Choice, Reader
from wardnews.layouts.generic.visible_lines import Line
from wardnews.text.credits import parse_credits
from wardnews.text.header import is_part_of_header, parse_count
from wardnews.text.strings import tidy

_STOP, _SKIP, _KEEP = 1, 2, 3


def innermost_shared(chains: Sequence[tuple[int, ...]]) -> int:
    """Return the id of the innermost element that all chains of ids (from the inside out) share."""
    shared = set(chains[0]).intersection(*chains[1:])
    return next(key for key in chains[0] if key in shared)


@dataclass(frozen=True)
class BodyLines:
    """The lines of a body: those kept, the credits that stand beside it, and the line that ended it."""

    kept: list[Line]
    credits: list[Line]
    ended_by: str


class BodyFinder:
    """Find the lines of the body that belongs to a title and a date line."""

    def __init__(self, reader: "Reader", choice: Choice) -> None:
        self.reader, self.lines, self.chains = reader, reader.lines, reader.chains
        self.title, self.date_line = choice.title, choice.date_line
        self.zone = self.lines[choice.title].zone
        self.listed = reader.listed
        self.kept: list[Line] = []
        self.parents: set[int] = set()
        self.related = self.documents = False
        self.resumes_at = 0
        self.repeated: list[Line] = []
        self.boxed: set[int] = set()
        self.ended_by = "the end of the page"

    def chain(self, line: Line) -> tuple[int, ...]:
        """Return the ids of what a line stands in, from the inside out."""
        return self.chains.get(line.block.mem_id) or self.reader.chain(line.block)

    def find(self) -> BodyLines | None:
        """Return the body's lines; None where there are none."""
        kept = self.scan(None)
        first = next((line for line in kept if line.own >= SENTENCE), None) or next(
            (line for line in kept if line.words), None
        )
        anchors = [self.lines[self.title]]
        if self.date_line and self.date_line.first > self.title:
            anchors.append(self.lines[self.date_line.first])
        if first is not None:
            region = min(
                (innermost_shared([self.chain(first), self.chain(anchor)]) for anchor in anchors),
                key=self.chain(first).index,
            )
            region = self.widened(region, kept)
            kept = self.scan(region)
            kept, signed = self.inner(kept, region)
        else:
            region = innermost_shared([self.chain(line) for line in (*anchors, *kept[:1])])
            kept, signed = [line for line in kept if region in self.chain(line)], []
        kept = self.trimmed(kept)
        return BodyLines(kept, signed, self.ended_by) if kept and not self.is_listing(kept) else None

    def widened(self, region: int, kept: list[Line]) -> int:
        """Widen the region of the body as long as its text goes on right behind it."""
        total = sum(line.own for line in kept)
        sentences = [line for line in kept if line.own >= SENTENCE]
        alone = sum(region in self.chain(line) for line in sentences) == 1  # a lead by the title, and no body
        own = self.own_in(region, kept)
        for line, following in pairwise(sentences if alone else kept):
            if own > weights.NEARLY_ALL * total:
                break
            inside, outside = self.chain(line), self.chain(following)
            if region not in inside or region in outside:
                continue
            between = self.lines[line.place + 1 : following.place]
            apart = bool(between) and not (alone and all(map(self.is_passed_over, between)))
            if apart or following.own < SENTENCE or following.level:
                break
            wider = innermost_shared([inside[inside.index(region) :], outside])
            if alone and inside.index(wider) - inside.index(region) > weights.LEVELS_UP:
                break
            region = wider
            own = self.own_in(region, kept)
        return region

    def own_in(self, region: int, kept: list[Line]) -> int:
        """Count the characters outside of links that stand in a region."""
        return sum(line.own for line in kept if region in self.chain(line))

    def is_passed_over(self, line: Line) -> bool:
        """Whether a line between a lead and its text is of the header, a tool, or of a picture."""
        short = line.own < SENTENCE and not line.level and not self.reader.leads_away(line)
        return short or line.zone not in ("", self.zone) or line.picture is not None

    def scan(self, region: int | None) -> list[Line]:
        """Go through the lines below the title, in a region of the page, up to what ends the article."""
        self.kept, self.parents = [], set()
        self.related = self.documents = False
        self.resumes_at, self.repeated = 0, []
        for line in self.lines[self.title + 1 :]:
            fate = self.by_place(line, region) or self.by_words(line)
            if fate == _STOP:
                break
            if fate == _KEEP:
                self.kept.append(line)
        if not any(line.own >= SENTENCE for line in self.kept):  # what the text says is the title once more
            self.kept = sorted([*self.kept, *self.repeated[:1]], key=lambda line: line.place)
        return self.kept

    def by_place(self, line: Line, region: int | None) -> int:
        """Decide on a line of the header, of another element or of another part of the page; 0 leaves it open."""
        here = self.date_line
        if here and here.first <= line.place <= here.last:
            at_end = line.place - self.title > weights.LONGEST_HEAD and any(one.own >= SENTENCE for one in self.kept)
            return self.stop("the header line") if at_end else _SKIP
        if region is not None and region not in self.chain(line):
            early = not self.kept and here is not None and line.place < here.last
            return _SKIP if early else self.stop("the end of its element")
        if line.zone and line.zone != self.zone:
            begins = line.zone == "comments" and self.kept and not self.counts_comments(line)
            return self.stop(f"a part named {line.zone}") if begins else _SKIP
        if line.picture is not None:
            shown = not self.related and not is_icon(line) and not any(map(self.reader.other_page, line.links))
            return _KEEP if shown and not self.is_portrait(line) else _SKIP
        return 0

    def is_portrait(self, line: Line) -> bool:
        """Whether a picture above the text is called by the name of a person beside it: it shows the author."""
        beside = self.reader.neighbour(line.place, 1)
        if beside is None or self.parents or line.picture is None:
            return False
        words = beside.words.split()
        is_name = 1 < len(words) <= weights.WORDS_OF_NAME and all(word[0].isupper() for word in words)
        return is_name and fold(line.picture.attributes.get("alt") or "") == self.folded(beside)

    def counts_comments(self, line: Line) -> bool:
        """Whether a line says no more than how many comments there are, as a header does."""
        return bool(NUMBER_ALONE.fullmatch(line.words.strip())) or self.is_tool(line)

    def by_words(self, line: Line) -> int:
        """Decide on a line by what it says."""
        words = self.reader.folded[line.place]
        means = kind(words)
        if self.is_boxed(line, words, means):
            return _SKIP
        if means == END:
            return self.stop(f"“{line.words}”") if self.kept else _SKIP
        if means == RELATED:
            self.related = True
            self.ended_by = f"“{line.words}”"
            return _STOP if self.parents.intersection(self.chain(line)[1:2]) else _SKIP
        return _SKIP if self.is_passed(line, words) else self.as_text(line)

    def is_passed(self, line: Line, words: str) -> bool:
        """Whether a line is no text: of a box, a tool, the title once more, a stray part of the header."""
        if self.is_beyond(line, words) or words == "" or self.is_tool(line):
            return True
        if DOCUMENTS.fullmatch(words) or GREETING.fullmatch(words) or _asks(line):
            return True
        if words == self.reader.folded[self.title]:
            self.repeated += [line] if line.own and not line.level else []
            return True
        return len(words) < SENTENCE and self.is_count(line, begun=bool(self.parents))

    def as_text(self, line: Line) -> int:
        """Decide on a line that may be text: above the date only a lead is."""
        if line.own >= SENTENCE:
            self.parents.update(self.chain(line)[:2])
        elif self.date_line and line.place < self.date_line.first and not self.parents:
            return _KEEP if line.own > weights.TEXT_ABOVE_BODY and LEADS.search(names_of(line.block)) else _SKIP
        return _KEEP

    def is_boxed(self, line: Line, words: str, means: str) -> bool:
        """Whether a line is of a box of links, its heading among them, behind which the text goes on."""
        if line.place < self.resumes_at:
            self.boxed.add(line.place)
            return True
        if self.kept and (means in (END, RELATED) or DOCUMENTS.fullmatch(words)):
            self.resumes_at = self.resumption(line)
        return line.place < self.resumes_at

    def resumption(self, heading: Line) -> int:
        """Return the place at which the text goes on behind a box of links with a heading; 0 where it does not.

        Text is sentences in the element of those above, or in one beside it, without headlines between them: what
        stands between headlines is their summaries. Below a whole text no end of it is a box.
        """
        if kind(self.folded(heading)) == END and sum(line.own >= SENTENCE for line in self.kept) > 1:
            return 0
        following = [line for line in self.lines[heading.place + 1 :] if line.words and line.zone in ("", self.zone)]
        box = list(takewhile(lambda line: line.own < SENTENCE or self.reader.leads_away(line), following))
        run = list(takewhile(lambda line: not self.is_of_list(line), following[len(box) :]))
        around = self.parents.union(self.chain(heading)[1:2])
        text = [line for line in run if line.own >= SENTENCE]
        beside = [line for line in text if around.intersection(self.chain(line)[1:3])]
        column = self.chain(self.lines[self.title])[: weights.COLUMN_AROUND_TITLE]
        within = [line for line in text if not set(column[:-1]).isdisjoint(self.chain(line))]
        if len(beside) < weights.SENTENCES_BEHIND_BOX and len(within) < weights.SENTENCES_IN_COLUMN:
            return 0
        return next((line.place + 1 for line in reversed(box) if self.is_of_list(line)), heading.place + 1)

    def is_of_list(self, line: Line) -> bool:
        """Whether a line is of a list of other articles: a headline, its date, or what ends an article."""
        return self.reader.leads_away(line) or line.place in self.listed or kind(self.folded(line)) != ""

    def folded(self, line: Line) -> str:
        """Return the folded words of a line."""
        return self.reader.folded[line.place]

    def stop(self, reason: str) -> int:
        """Note what ended the article."""
        self.ended_by = reason
        return _STOP

    def is_beyond(self, line: Line, words: str) -> bool:
        """Whether a line is of the documents at the end, or of a box of related news within the text."""
        self.documents |= bool(self.kept and DOCUMENTS.fullmatch(words))
        if self.documents:
            self.ended_by = f"“{line.words}”"
            return True
        if not self.related:
            return False
        around = self.parents.intersection(self.chain(line)[:2])
        title = self.chain(self.lines[self.title])
        long = line.own >= SENTENCE or not around.issubset(title)  # a body of its own ends a box; else a sentence does
        if not around or not long or self.reader.leads_away(line):
            self.boxed.add(line.place)
            return True
        self.related = False
        self.ended_by = "the end of the page"
        return False

    def has_menu_above(self, body: BodyLines) -> bool:
        """Whether a menu stands between a date, or a title, and the text: then they are not of one article."""
        first = next((line.place for line in body.kept if line.own), body.kept[0].place)
        sure = self.reader.head.match(self.reader.folded[self.title])[0] >= weights.SURE_MATCH
        if sure and self.date_line is None:
            above = self.lines[self.title + 1 : first]
            return sum(bool(line.level) and self.reader.leads_away(line) for line in above) > weights.MENU
        dated = self.date_line.first if self.date_line else self.title
        above = self.lines[dated if sure and dated < first else min(self.title, dated) : first]
        menu = any(line.zone == "nav" and not line.words and line.picture is None for line in above)
        return menu or sum(line.zone == "nav" or self.reader.leads_away(line) for line in above) > weights.MENU

    def is_listing(self, kept: list[Line]) -> bool:
        """Whether headlines of other pages stand all through the text, as on a page of summaries."""
        span = self.lines[kept[0].place : kept[-1].place + 1]
        lines = [line for line in span if line.zone in ("", self.zone) and line.place not in self.boxed]
        away = [
            line
            for line in lines
            if line.words.count(" ") > weights.BLANKS_OF_HEADLINE and self.reader.leads_away(line)
        ]
        texts = sum(line.own >= weights.LEAST_TEXT for line in kept)
        return len(away) > weights.FEWEST_HEADLINES and len(away) >= weights.HEADLINES * texts

    def is_tool(self, line: Line) -> bool:
        """Whether a line is made of what one can do with a page: print it, share it, go back."""
        if len(line.words) > LONGEST_HEADER:
            return False
        whole = kind(self.reader.folded[line.place]) == TOOL
        return whole or (len(line.parts) > 1 and all(kind(part) == TOOL for part in map(fold, line.parts) if part))

    def is_count(self, line: Line, *, begun: bool) -> bool:
        """Whether a line is a stray part of the header: a label or a time before the text, a count of views."""
        if not begun and line.place in self.reader.formed:
            return True
        if NUMBER_ALONE.fullmatch(line.words.strip()):
            return self.reader.stands_by_eye(line)
        return is_part_of_header(line.words) and (not begun or parse_count(line.words) is not None)

    def inner(self, kept: list[Line], region: int) -> tuple[list[Line], list[Line]]:
        """Keep the element that holds nearly all of the text, with what stands above it; sort out what follows it."""
        total = sum(line.own for line in kept)
        core = kept
        place = region
        depths = {line.place: self.chain(line).index(place) for line in kept}
        level = 0
        while len(core) > 1:
            groups: dict[int, list[Line]] = {}
            level += 1
            for line in core:
                depth = depths[line.place] - level
                groups.setdefault(self.chain(line)[depth] if depth >= 0 else 0, []).append(line)
            key, most = max(groups.items(), key=lambda group: sum(line.own for line in group[1]))
            own = sum(line.own for line in most)
            if not key or sum(line.words != "" for line in most) <= 1 or own < weights.NEARLY_ALL * total:
                break
            if sum(line.own for line in kept if line.place > most[-1].place) > weights.TEXT_AFTER * total:
                break  # what follows is text too
            place, core = key, most
        if place == region:
            return self.without_credits(kept)
        first, last = core[0].place, core[-1].place
        above = [line for line in kept if line.place < first and _stands_above(line)]
        within = [line for line in kept if first <= line.place <= last]
        below, signed = [], []
        for line in kept:
            if line.place <= last or line.picture is not None:
                continue
            if any(parse_credits([tidy(line.words)])):
                signed.append(line)
            elif line.own >= SENTENCE and not line.level and region in self.chain(line)[:3]:
                below.append(line)
        return [*above, *within, *below], signed

    def without_credits(self, kept: list[Line]) -> tuple[list[Line], list[Line]]:
        """Take the lines at the end that name author and source, where they stand apart from the sentences."""
        parents = {key for line in kept if line.own >= SENTENCE for key in self.chain(line)[1:2]}
        signed: list[Line] = []
        while (
            kept and any(parse_credits([tidy(kept[-1].words)])) and not parents.intersection(self.chain(kept[-1])[:2])
        ):
            signed.append(kept.pop())
        return kept, signed

    def trimmed(self, kept: list[Line]) -> list[Line]:
        """Take away lists of links to other pages, and headings and links at the end that have nothing below them."""
        away = [line.words != "" and self.reader.leads_away(line) for line in kept]
        runs = {
            at
            for at, (one, other) in enumerate(pairwise(away))
            if one and other and self.are_alike(kept[at], kept[at + 1])
        }
        runs |= {at + 1 for at in runs}
        kept = [
            line for at, line in enumerate(kept) if at not in runs and not (away[at] and self.leads_to_other_news(line))
        ]
        while kept and kept[-1].words and (self.reader.leads_away(kept[-1]) or kept[-1].level):
            kept.pop()
        if any(line.words for line in kept):
            return kept
        return kept if any(not is_icon(line) for line in kept) else []

    def are_alike(self, line: Line, following: Line) -> bool:
        """Whether two lines stand side by side in one element, or are made alike."""
        beside = self.chain(line)[1:3] == self.chain(following)[1:3]
        return beside or shape(line.block) == shape(following.block)

    def leads_to_other_news(self, line: Line) -> bool:
        """Whether a link within a text is to other news: a heading, one that says more, or with a date."""
        words = self.folded(line)
        return bool(line.level or _MORE.match(words) or line.place in self.listed or DATED.search(words))


def _asks(line: Line) -> bool:
    """Whether a line is a cell that labels what is to be filled in beside it."""
    following = line.block.next if line.block.tag in ("td", "th") else None
    while following is not None and following.tag == "-text":
        following = following.next
    return following is not None and following.css_first("input:not([type='hidden']), textarea, select") is not None


def _stands_above(line: Line) -> bool:
    """Whether a line above the element of the text is of the article: a picture, its caption, a sentence."""
    return line.picture is not None or line.block.tag == "figcaption" or line.own > weights.TEXT_ABOVE_BODY


_MORE = re.compile(r"(?:xem|đọc) (?:thêm|tiếp|chi tiết)|>>|»")
