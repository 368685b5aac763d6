"""Boxes of related news within a body that a selector found: a heading that says so, and the links below it."""

import re
from itertools import takewhile

from wardnews.layouts.generic import weights
from wardnews.layouts.generic.phrases import RELATED, SENTENCE, fold, kind
from wardnews.layouts.generic.visible_lines import Line, read_lines
from wardnews.layouts.page import Page, Parts, words_of
from wardnews.layouts.parts.article_lines import is_of_body, leads_away
from wardnews.layouts.parts.documents import document_of
from wardnews.text.strings import tidy

_MAY_BE = re.compile(r"liên quan|xem thêm|đọc thêm|quan tâm|tin khác|bài khác|related", re.IGNORECASE)
_MORE = re.compile(r"(?:xem|đọc|mời (?:bạn )?xem) thêm")


def leaves_of_related(page: Page, parts: Parts) -> set[int]:
    """Return the ids of the text nodes, pictures and links of the boxes of related news in a body."""
    if parts.body is None or not _MAY_BE.search(words_of(parts.body)):
        return set()
    lines = [line for line in read_lines(page).lines if is_of_body(line, parts)]
    found: set[int] = set()
    for place, line in enumerate(lines):
        words = fold(line.words) if len(line.words) <= SENTENCE * 3 else ""
        if kind(words) == RELATED:
            box = list(takewhile(lambda one: _is_of_box(page, one), lines[place + 1 :]))
            found.update(leaf for one in ([line, *box] if any(one.words for one in box) else []) for leaf in one.leaves)
        elif _MORE.match(words) and _leads_on(page, line):
            found.update(line.leaves)
    return found


def _is_of_box(page: Page, line: Line) -> bool:
    """Whether a line is of a box of links: a headline, or the picture beside one."""
    return _leads_on(page, line) if line.words else bool(line.links)


def _leads_on(page: Page, line: Line) -> bool:
    """Whether a line is, for the most part, a link to another page."""
    away = [link for link in line.links if leads_away(link) and not document_of(page, link)]
    linked = sum(len(tidy(words_of(link))) for link in away)
    return bool(away) and linked >= weights.LINKED * len(line.words)
