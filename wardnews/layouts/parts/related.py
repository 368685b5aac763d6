"""Boxes of related news within a body that a selector found: a heading that says so, and the links below it."""

import re
from itertools import takewhile

from selectolax.lexbor import LexborNode

from wardnews.layouts.generic import weights
from wardnews.layouts.generic.phrases import RELATED, SENTENCE, fold, kind
from wardnews.layouts.generic.visible_lines import Line, read_lines
from wardnews.layouts.page import Page, Parts, words_of
from wardnews.layouts.parts.article_lines import is_of_body, leads_away
from wardnews.layouts.parts.documents import document_of
from wardnews.text.strings import tidy

_MAY_BE = re.compile(
    r"\W*(?:(?:các |những )?(?:tin|bài|nội dung|chủ đề|thông tin)\b[^\n]{0,20}(?:liên quan|khác|cùng|mới|nổi bật)"
    r"|có thể bạn|(?:mời )?(?:bạn )?(?:nên )?(?:xem|đọc) thêm|liên quan|related|cùng chuyên mục)",
    re.IGNORECASE,
)
"""How a line of text begins that heads such a box: few bodies have any."""
_MORE = re.compile(r"(?:xem|đọc|mời (?:bạn )?xem) thêm")


def leaves_of_related(page: Page, parts: Parts) -> set[int]:
    """Return the ids of the text nodes, pictures and links of the boxes of related news in a body."""
    if parts.body is None or not any(_is_away(page, link) for link in parts.body.css("a[href]")):
        return set()  # most bodies have no such link, and to read the lines of a page is dear
    if not any(map(_MAY_BE.match, parts.body.text(separator="\n").split("\n"))):
        return set()
    lines = read_lines(page).lines
    found: set[int] = set()
    for line in lines:
        words = fold(line.words) if len(line.words) <= SENTENCE * 3 else ""
        is_heading = kind(words) == RELATED
        if not (is_heading or _MORE.match(words)) or not is_of_body(line, parts):
            continue
        if is_heading:
            following = (lines[place] for place in range(line.place + 1, len(lines)))
            box = list(takewhile(lambda one: _is_of_box(page, one) and is_of_body(one, parts), following))
            found.update(leaf for one in ([line, *box] if any(one.words for one in box) else []) for leaf in one.leaves)
        elif _leads_on(page, line):
            found.update(line.leaves)
    return found


def _is_of_box(page: Page, line: Line) -> bool:
    """Whether a line is of a box of links: a headline, or the picture beside one."""
    return _leads_on(page, line) if line.words else bool(line.links)


def _leads_on(page: Page, line: Line) -> bool:
    """Whether a line is, for the most part, a link to another page."""
    away = [link for link in line.links if _is_away(page, link)]
    linked = sum(len(tidy(words_of(link))) for link in away)
    return bool(away) and linked >= weights.LINKED * len(line.words)


def _is_away(page: Page, link: LexborNode) -> bool:
    """Whether a link leads to another page."""
    return leads_away(link) and not document_of(page, link)
