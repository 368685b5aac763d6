"""The lines of a page that are of its article, the body and what goes with it: up to related news, comments, footer."""

import re
from collections.abc import Callable, Iterator

from selectolax.lexbor import LexborNode

from wardnews.layouts.generic import weights
from wardnews.layouts.generic.phrases import DOCUMENTS, RELATED, SENTENCE, fold, kind
from wardnews.layouts.generic.visible_lines import Line, read_lines
from wardnews.layouts.page import Page, Parts, words_of
from wardnews.text.strings import tidy

_HEADING = re.compile(
    r"(?:danh sách )?(?:các )?(?:tài liệu|tệp|tệp tin|tập tin|file|files|văn bản|phụ lục|thông tin)?(?: tin)?"
    r" ?(?:(?:được )?(?:đính|gửi) ?kèm(?: theo)?|kèm theo|tải (?:về|xuống)|download|attachments?)(?: \(?\d+\)?)?"
)
"""What stands above an article's documents, or names the column of a table that they are in."""
_BEYOND = ("nav", "aside", "footer", "related", "comments", "form")


def lines_of_article(page: Page, parts: Parts, is_own: Callable[[LexborNode], bool]) -> Iterator[Line]:
    """Yield the lines of a page from the title on that are the article's, those of its documents among them.

    `is_own` says of a link whether what it leads to is the article's: such a link is no headline of another.
    """
    lines = read_lines(page).lines
    if not lines:
        return
    places = [line.place for line in lines if is_of_body(line, parts)]
    title = _title_place(lines, parts, places[0] if places else len(lines))
    last = places[-1] if places else title
    yield from (line for line in lines[title : last + 1] if line.zone not in _BEYOND or any(map(is_own, line.links)))
    shared = _shared(lines[title].block, parts.body)
    headed = False
    for line in lines[last + 1 : last + 1 + weights.DOCUMENTS_WITHIN]:
        words = fold(line.words) if len(line.words) <= SENTENCE else ""
        is_heading = bool(words) and bool(_HEADING.fullmatch(words) or DOCUMENTS.fullmatch(words))
        if not is_heading and _is_beyond(line, words, is_own):
            return
        headed = headed or is_heading
        if headed or _is_within(line.block, shared):
            yield line


def is_of_body(line: Line, parts: Parts) -> bool:
    """Whether a line stands in the body and is not left out of it."""
    assert parts.body is not None  # noqa: S101 - so says the caller
    return not parts.skipped.issuperset(line.leaves) and _is_within(line.block, parts.body.mem_id)


def _title_place(lines: list[Line], parts: Parts, first: int) -> int:
    """Return the place of the line of the title, or of the first of the body where the title has none above it."""
    title = parts.found.get("title")
    if title is None:
        return min(first, len(lines) - 1)
    inside = {node.mem_id for node in title.node.traverse(include_text=True)} if title.node is not None else set()
    words = fold(title.words)
    above = [line for line in lines[:first] if line.words]
    own = [line for line in above if inside.intersection(line.leaves)]
    same = own or [line for line in above if (said := fold(line.words)) and words.startswith(said)]
    headings = [line.place for line in same if line.level] or [line.place for line in same]
    return headings[-1] if headings else min(first, len(lines) - 1)


def _is_beyond(line: Line, words: str, is_own: Callable[[LexborNode], bool]) -> bool:
    """Whether a line below the text is not of the article any more: a heading, a headline, another part of the page."""
    if any(map(is_own, line.links)):
        return False
    if line.zone in _BEYOND or (line.level and line.words) or kind(words) == RELATED:
        return True
    away = [link for link in line.links if leads_away(link)]
    linked = sum(len(tidy(words_of(link))) for link in away)
    is_headline = line.words.count(" ") > weights.BLANKS_OF_HEADLINE
    return bool(away) and is_headline and linked >= weights.LINKED * len(line.words)


def leads_away(link: LexborNode) -> bool:
    """Whether a link leads to an address, and not to a place on its page or a script."""
    href = (link.attributes.get("href") or "").strip().lower()
    return bool(href) and not href.startswith(("#", "javascript:"))


def _shared(one: LexborNode, other: LexborNode | None) -> int:
    """Return the id of the innermost element that two stand in."""
    around = set(_chain(one))
    return next((key for key in _chain(other) if key in around), 0)


def _is_within(node: LexborNode, outer: int) -> bool:
    return outer in _chain(node)


def _chain(node: LexborNode | None) -> Iterator[int]:
    """Yield the ids of an element and of all that it stands in, from the inside out."""
    while node is not None:
        yield node.mem_id
        node = node.parent
