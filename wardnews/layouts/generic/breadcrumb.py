"""The way from the home page to an article: its last step names the section."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby, islice

from selectolax.lexbor import LexborNode

from wardnews.layouts.generic import weights
from wardnews.layouts.generic.phrases import (
    END,
    HOME,
    LONGEST_TITLE,
    NO_ARTICLE,
    TOOL,
    fold,
    kind,
    may_be_home,
)
from wardnews.layouts.generic.reader import Choice, Reader
from wardnews.layouts.generic.visible_lines import Line, named_crumbs
from wardnews.layouts.page import Found, is_silent, words_of
from wardnews.text.clock import now
from wardnews.text.header import is_part_of_header, parse_header
from wardnews.text.strings import squeeze

_MARKED_CRUMBS = "[itemtype*='BreadcrumbList'], [aria-label*='breadcrumb' i]"


def find_in_breadcrumb(reader: Reader, choice: Choice) -> Found | None:
    """Return the last step of the breadcrumb that is not the article itself."""
    title = choice.title
    for nodes in _all_crumb_rows(reader):
        pieces = list(islice((part for node in nodes for part in pieces_of(node)), weights.MOST_PIECES + 1))
        if len(pieces) > weights.MOST_PIECES:
            continue
        steps = _split_steps([part for part in pieces if len(part) <= LONGEST_TITLE])
        if named := _last_step(reader, steps, title, sure=True):
            return Found(named, nodes[0], "the last step of the breadcrumb")
    tops = (title, choice.date_line.first if choice.date_line else title)
    for place in range(title - 1, max(-1, title - weights.CRUMBS_ABOVE), -1):
        line = reader.lines[place]
        if not may_be_home(line.words.lower()) or not any(HOME.fullmatch(fold(step)) for step in steps_in([line])[:2]):
            continue
        siblings = [line]
        if line.block.tag == "li" and line.block.parent is not None:
            siblings = [one for one in reader.lines[place:title] if line.block.parent.mem_id in reader.chain(one.block)]
        drawn = any(_ARROW.search(part) for one in siblings for part in one.parts)
        steps = steps_in(siblings)
        last = siblings[-1].place
        top = min((place for place in tops if place > last), default=title)
        near = all(not one.words for one in reader.lines[last + 1 : top])
        sure = (drawn and (near or line.zone != "nav")) or (near and len(steps) <= weights.MOST_STEPS_UNDRAWN)
        if named := _last_step(reader, steps, title, sure=sure):
            return Found(named, None, "the last step from the home page to the title")
    return None


def _all_crumb_rows(reader: Reader) -> Iterator[list[LexborNode]]:
    """Return the breadcrumbs of a page: those that are shown, then the others."""
    yield from _crumb_rows(reader.crumbs)
    yield from _crumb_rows(named_crumbs(reader.page) or reader.page.tree.css(_MARKED_CRUMBS))


def _crumb_rows(crumbs: list[LexborNode]) -> Iterator[list[LexborNode]]:
    """Return the elements that are breadcrumbs; such as stand side by side in a line are the steps of one."""
    for key, group in groupby(crumbs, lambda node: (node.tag in _STEPS and node.parent and node.parent.mem_id) or node):
        nodes = list(group)
        yield from [nodes] if isinstance(key, int) else ([node] for node in nodes)


_STEPS = ("a", "span", "b", "strong", "em", "i")
_ARROW = re.compile(r"[»›>→]|\s/\s|^/$")


def pieces_of(node: LexborNode) -> Iterator[str]:
    """Return the words of the links in an element, and of the text between them."""
    inside = 0
    for one in node.traverse(include_text=True):
        if inside:
            inside -= 1
        elif one.tag == "-text":
            yield one.text_content or ""
        elif one.tag == "a" or is_silent(one):
            inside = sum(1 for _ in one.traverse(include_text=True)) - 1
            if one.tag == "a":
                yield words_of(one)


def steps_in(lines: list[Line]) -> list[str]:
    """Split lines into the steps of a way through the portal."""
    return _split_steps([part for line in lines for part in line.parts])


def _split_steps(words: list[str]) -> list[str]:
    """Split the words of a way through the portal at the marks between its steps."""
    return [step for part in words if len(part) <= weights.LONGEST_STEP for step in _steps_of(part)]


@lru_cache(maxsize=4096)
def _steps_of(words: str) -> tuple[str, ...]:
    piece = squeeze(words)
    parts = _BETWEEN_STEPS.split(piece) if _MARK.search(piece) else (piece,)
    return tuple(step for part in parts if _LETTERS.search(step := part.strip(_STEP_MARKS)))


_LETTERS = re.compile(r"[^\W\d_]{2}")
_MARK = re.compile(r"[»›>→/|\\:]")
_BETWEEN_STEPS = re.compile(r"\s*[»›>→]+\s*|\s+[/|\\]\s+|::")
_STEP_MARKS = "»›>→|/\\•·–—:-" + "".join(filter(str.isspace, map(chr, range(0x3001))))


def _last_step(reader: Reader, steps: list[str], title: int, *, sure: bool) -> str | None:
    """Return the last step of a way through the portal that is not the title; None where it is a menu."""
    name = reader.folded[title]
    named = [step for step in steps if not HOME.fullmatch(fold(step))]
    ends_here = bool(named) and is_title(fold(named[-1]), name)
    named = [step for step in named if not is_title(fold(step), name) and may_be_section(step)]
    if not named or len(steps) > weights.MOST_STEPS or not (sure or ends_here):
        return None
    return None if NO_ARTICLE.fullmatch(fold(named[-1])) else named[-1]


_GENERIC_STEP = re.compile(
    r"(?:xem )?chi tiết.{0,24}|(?:tin|nội dung|bài viết|thông tin|trang) chi tiết|detail.*|bạn đang ở.*|you are here.*"
)


_ADDRESS = re.compile(r"://|\bwww\.|@\w")
_COUNTER = re.compile(r".{2,30}: ?[\d.,]+")
"""A line of a portal's counter: `Hôm nay: 2`."""


@lru_cache(maxsize=4096)
def may_be_section(words: str) -> bool:
    """Whether words may be the name of a section: no date, address, counter, tool, end or home page, nor “page”.

    >>> [may_be_section(words) for words in ("Thời sự", "Thứ năm, 16/05/2024 - 10:12", "Hôm nay: 2", "Chi tiết tin")]
    [True, False, False, False]
    """
    folded = fold(words)
    if (
        HOME.fullmatch(folded)
        or _ADDRESS.search(folded)
        or _GENERIC_STEP.fullmatch(folded)
        or _COUNTER.fullmatch(folded)
        or kind(folded) in (TOOL, END)
    ):
        return False
    return not (any(map(str.isdigit, words)) and parse_header(words, now()).form) and not is_part_of_header(words)


def is_title(step: str, title: str) -> bool:
    """Whether a step is the title, which may be cut short."""
    if len(step) <= weights.CUT_STEP:
        return step == title
    return title.startswith(step.rstrip(" .…")) or step.startswith(title)
