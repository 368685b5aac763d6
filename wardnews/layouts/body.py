"""The body of an article: an element's blocks of text in reading order, its images and its attachments."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property

from selectolax.lexbor import LexborNode

from wardnews.items import Attachment, Image
from wardnews.layouts.page import BLOCKS, EMBEDDED, HIDDEN, NO_TEXT, PICTURES, Page, words_of
from wardnews.layouts.parts.documents import document_of, media_type
from wardnews.layouts.parts.pictures import picture_of
from wardnews.text.strings import squeeze, tidy

CAPTIONS = (
    "figcaption, [class*='caption' i]:not(img), [class*='chuthich' i], [class*='chu-thich' i], [class*='chu_thich' i],"
    " [class$='-cap' i]:not([class*='drop' i]), [class^='cap-' i], [class='cap' i]"
)
"""What marks a caption by its tag or its name."""
_SEEN = re.compile(r"[^\s\u200b-\u200d\u2060\ufeff\xad]")
"""What can be seen: white space and marks without a width alone are no block."""
_UP_TO_FIGURE = 4
_LONGEST_CAPTION = 250


@dataclass
class Body:
    """What the body of an article is made of; `captions` are the places in `blocks` of marked captions."""

    blocks: list[str] = field(default_factory=list)
    captions: set[int] = field(default_factory=set)
    images: list[Image] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)

    @property
    def paragraphs(self) -> list[str]:
        """Return the blocks that are no captions."""
        return [tidy(block) for place, block in enumerate(self.blocks) if place not in self.captions]


def not_body(page: Page, within: LexborNode, dropped: str = "") -> set[int]:
    """Return the elements, by the tree's ids, that are hidden or that a CSS selector says are not of the body."""
    return _ids(page, within, f"{HIDDEN}, {dropped}" if dropped else HIDDEN)


def read_body(page: Page, root: LexborNode, captions: str = "", skipped: AbstractSet[int] = frozenset()) -> Body:
    """Return the body that stands in an element.

    `captions` is a CSS selector of captions; `skipped` are the ids of elements that are not of the body.
    """
    reader = _Reader(page, root, _captions(page, root, captions), skipped)
    reader.read(root)
    return reader.body


def read_files(page: Page, selector: str) -> list[Attachment]:
    """Return the documents that elements outside of the body name: each is a link, or is in one."""
    found: dict[str, Attachment] = {}
    for node in page.tree.css(selector) if selector else ():
        link: LexborNode | None = node
        while link is not None and link.tag != "a":
            link = link.parent
        if link is not None and (url := page.link(link.attributes.get("href"))):
            found.setdefault(url, Attachment(url, tidy(words_of(node)) or None, media_type(url)))
    return list(found.values())


def text_after(page: Page, root: LexborNode, scope: LexborNode, skipped: AbstractSet[int]) -> bool:
    """Whether there is text in the scope after a body: one that a stray end tag tore."""
    reader = _Reader(page, scope, set(), skipped | {root.mem_id})
    reader.read(scope, root)
    return bool(reader.body.blocks)


def _ids(page: Page, root: LexborNode, selector: str) -> set[int]:
    return {node.mem_id for node in page.search(selector, root)} if selector else set()


def _captions(page: Page, root: LexborNode, selector: str) -> set[int]:
    """Return the captions: those that a selector marks, and the texts of tables of pictures with a short text each."""
    marked = _ids(page, root, selector)
    if root.css_first("table, caption") is None:
        return marked
    found = set(marked)
    found.update(node.mem_id for node in root.css("table > caption"))
    outer = _around_tables(root)
    for table in root.css("table:has(img)"):
        if table.mem_id in outer:  # there for the looks
            continue
        cells = [cell for cell in table.css("td, th") if tidy(words_of(cell))]
        if (
            all(map(_is_one_line, cells))
            and len(cells) <= len(table.css("img"))
            and not any(node.mem_id in marked for node in table.css("*"))
        ):
            found.update(cell.mem_id for cell in cells)
    return found


def _title_of(link: LexborNode) -> str | None:
    """Name a document as its link does: by the first line, where there are more with its size or kind."""
    lines = (tidy(words_of(node)) for node in (*link.css(_LINES), link))
    return next(filter(None, lines), None)


_LINES = "p, h2, h3, h4, h5, h6, div:not(:has(div, p, h2, h3, h4, h5, h6))"


def _around_tables(root: LexborNode) -> set[int]:
    """Return the elements that tables stand in."""
    found: set[int] = set()
    for table in root.css("table table"):
        above = table.parent
        while above is not None and above.mem_id not in found:
            found.add(above.mem_id)
            above = above.parent
    return found


def _is_one_line(cell: LexborNode) -> bool:
    """Whether a cell holds one short line of text."""
    lines = [node for node in cell.css("p, div") if tidy(words_of(node))]
    return len(tidy(words_of(cell))) <= _LONGEST_CAPTION and len(lines) < 2 and not cell.css_first("table, li")  # noqa: PLR2004


class _Reader:
    """Walk an element once, in reading order; blocks, images and attachments gather in `body`."""

    def __init__(self, page: Page, root: LexborNode, captions: set[int], skipped: AbstractSet[int]) -> None:
        self.page, self.root, self.captions, self.skipped = page, root, captions, skipped
        self.body = Body()
        self.pieces: list[str] = []
        self.images: dict[int, Image] = {}
        self.waiting: dict[int, str | None] = {}
        self.just_seen: list[Image] = []
        self.sources: dict[str, Image] = {}
        self.captioned: set[int] = set()
        self.documents: dict[str, Attachment] = {}

    @cached_property
    def backgrounds(self) -> set[int]:
        """Return the elements that may have a picture behind them."""
        return _ids(self.page, self.root, "[style*='background' i]")

    def read(self, root: LexborNode, start: LexborNode | None = None) -> None:
        """Read an element from its beginning, or from a node in it on."""
        node = start or root.first_child
        while node is not None:
            child = node.first_child if self.enter(node) else None
            if child is not None:
                node = child
                continue
            while node.next is None:
                parent = node.parent
                if parent is None or parent.mem_id == root.mem_id:
                    self.end_block()
                    return
                node = parent
                if node.tag in BLOCKS:
                    self.end_block()
            node = node.next
        self.end_block()

    def enter(self, node: LexborNode) -> bool:
        """Take in a node; tell whether to go on into its children."""
        key = node.mem_id
        if key in self.skipped:
            return False
        tag = node.tag or ""
        if tag == "-text":
            self.pieces.append(node.text_content or "")
            return False
        if (tag in NO_TEXT and tag not in EMBEDDED) or tag[:1] in "-!":
            return False
        if key in self.captions:
            self.end_block()
            self.caption(node)
            return False
        if tag in BLOCKS or tag in EMBEDDED:
            self.end_block()
        return self.part(node, tag)

    def part(self, node: LexborNode, tag: str) -> bool:
        """Take in an element that is more than its words; tell whether to go on into its children."""
        if tag == "tr":
            return self.row(node)
        if tag in EMBEDDED:
            self.attachment(node)
            return tag == "object"  # what is in it stands for it where it cannot be shown
        if tag in PICTURES:
            self.image(node)
            return False
        if node.mem_id in self.backgrounds and not words_of(node):
            self.image(node)
        if tag == "a":
            self.attachment(node)
        return True

    def end_block(self) -> None:
        if self.pieces:
            block = squeeze("".join(self.pieces))
            self.pieces = []
            if _SEEN.search(block):
                self.body.blocks.append(block)
                self.just_seen = []

    def apart(self, node: LexborNode) -> tuple[list[str], bool]:
        """Read an element's blocks without adding them to the body; return them, and whether all are captions.

        Its images and attachments do gather in the body.
        """
        body = self.body
        kept, body.blocks, body.captions = (body.blocks, body.captions), [], set()
        self.read(node)
        blocks, marked = body.blocks, body.captions
        body.blocks, body.captions = kept
        return blocks, bool(blocks) and len(marked) == len(blocks)

    def row(self, row: LexborNode) -> bool:
        """Read a table row as one block; a row of one cell, or with a table in it, is there for the looks."""
        cells = [cell for cell in row.iter() if cell.tag in ("td", "th") and cell.mem_id not in self.skipped]
        if len(cells) < 2 or row.css_first("table") is not None:  # noqa: PLR2004
            return True
        texts, captions = [], []
        above = [] if row.css_first("img") is not None else list(self.just_seen)
        paired = len(above) == len(cells)  # a row of captions below a row of pictures
        if len(above) != 1:
            self.just_seen = []  # whose caption it would be does not show
        for place, cell in enumerate(cells):
            if paired:
                self.just_seen = [above[place]]
            pictures = list(self.just_seen)
            blocks, marked = self.apart(cell)
            if blocks and cell.mem_id in self.captions:
                marked = True
                for image in pictures:
                    image.caption = image.caption or tidy(" ".join(blocks))
            if blocks or cell.css_first("img") is None:
                texts.append(" ".join(blocks))
                captions.append(marked or not blocks)
        if any(texts):
            if all(captions):
                self.body.captions.add(len(self.body.blocks))
            self.body.blocks.append(squeeze(" | ".join(texts)))
        return False

    def caption(self, node: LexborNode) -> None:
        """Read a marked caption: of the images in its figure, else of those right before it."""
        inner, self.captions = self.captions, set()
        before = self.just_seen
        blocks, _ = self.apart(node)
        self.captions, self.just_seen = inner, []
        start = len(self.body.blocks)
        self.body.captions.update(range(start, start + len(blocks)))
        self.body.blocks.extend(blocks)
        words = tidy(" ".join(blocks)) or None
        figure = self.figure(node)
        if figure and figure.mem_id in self.captioned:  # one of many in a figure: of the picture right before it
            figure = None
        elif figure:
            self.captioned.add(figure.mem_id)
        pictures = [image.mem_id for image in figure.css("img, amp-img")] if figure else []
        self.waiting.update(dict.fromkeys(pictures, words))
        for image in [self.images[key] for key in pictures if key in self.images] if figure else before:
            image.caption = image.caption or words

    def figure(self, node: LexborNode) -> LexborNode | None:
        above = node.parent
        for _ in range(_UP_TO_FIGURE):
            if above is None or above.mem_id == self.root.mem_id:
                break
            if above.tag == "figure":
                return above
            above = above.parent
        return None

    def image(self, node: LexborNode) -> None:
        url = picture_of(self.page, node)
        if not url:
            return
        caption, alt = self.waiting.get(node.mem_id), tidy(node.attributes.get("alt") or "") or None
        image = self.sources.get(url)
        if image is None:
            image = self.sources[url] = Image(url)
            self.body.images.append(image)
        image.caption, image.alt = image.caption or caption, image.alt or alt
        self.images[node.mem_id] = image
        self.just_seen.append(image)

    def attachment(self, node: LexborNode) -> None:
        """Take in the document that a link leads to or a frame shows."""
        url = document_of(self.page, node)
        if not url:
            return
        title = _title_of(node) if node.tag == "a" else tidy(node.attributes.get("title") or "") or None
        if known := self.documents.get(url):
            known.title = known.title or title
            return
        self.documents[url] = Attachment(url, title, media_type(url))
        self.body.attachments.append(self.documents[url])
