"""The lead of an article, which stands apart from its body."""

import re
from itertools import dropwhile

from selectolax.lexbor import LexborNode

from wardnews.layouts.generic import weights
from wardnews.layouts.generic.article_body import BodyFinder, BodyLines, innermost_shared
from wardnews.layouts.generic.page_view import names_of
from wardnews.layouts.generic.phrases import (
    LEADS,
    SENTENCE,
    fold,
)
from wardnews.layouts.generic.reader import Reader
from wardnews.layouts.generic.visible_lines import Line
from wardnews.layouts.page import words_of
from wardnews.text.strings import tidy


def find_lead(reader: Reader, body: BodyLines, finder: BodyFinder) -> list[Line]:
    """Return the lines of the lead: set apart from the body by its element, its name, its type or the description."""
    lines = list(dropwhile(lambda line: _is_caption(line.block), (line for line in body.kept if line.words)))
    if len(lines) < 2:  # noqa: PLR2004
        return []
    first = lines[0]
    for node in (first.block, first.block.parent):
        if node is not None and node.tag not in ("body", "td") and LEADS.search(names_of(node)):
            inside = [line for line in lines if node.mem_id in finder.chain(line)]
            if len(inside) <= weights.LEAD_LINES and len(inside) < len(lines):
                return inside
    described = len(reader.head.description) > weights.DESCRIBED and reader.folded[first.place].startswith(
        reader.head.description.rstrip(" .…")
    )
    text = innermost_shared([finder.chain(line) for line in lines[1:]])
    if text in finder.chain(first) or first.own < weights.DESCRIBED:
        return []
    strong = first.bold >= weights.WHOLLY * len(first.words) or first.level or _all_in(first.block, "em, i")
    return [first] if strong or described or _stands_apart(finder, first, lines[1:]) else []


_CAPTION = re.compile("caption|chu[-_]?thich", re.IGNORECASE)


def _is_caption(block: LexborNode) -> bool:
    return block.tag == "figcaption" or bool(_CAPTION.search(names_of(block)))


def _stands_apart(finder: BodyFinder, first: Line, others: list[Line]) -> bool:
    """Whether a line that stands above the element of all others is in one of another make."""
    leads_in = first.words.rstrip()[-1:] == ":" or fold(first.words).startswith("kính gửi")
    texts = sum(line.own >= SENTENCE for line in others)
    if leads_in or first.own > weights.LONGEST_LEAD or texts < weights.TEXTS_BELOW_LEAD:
        return False
    chain, other = finder.chain(first), finder.chain(others[0])
    shared = innermost_shared([chain, other])
    return _branch(first.block, chain, shared) != _branch(others[0].block, other, shared)


def _branch(block: LexborNode, chain: tuple[int, ...], shared: int) -> tuple[str | None, str | None]:
    """Return the tag and class of the element below a shared one that a block is in."""
    node = block
    for _ in chain[1 : chain.index(shared)]:
        node = node.parent or node
    return node.tag, node.attributes.get("class")


def _all_in(block: LexborNode, tags: str) -> bool:
    return any(len(tidy(words_of(node))) >= weights.WHOLLY * len(tidy(words_of(block))) for node in block.css(tags))
