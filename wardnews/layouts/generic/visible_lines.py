"""A page as a person sees it: its lines of text and its pictures in reading order, whatever the markup."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache

from selectolax.lexbor import LexborNode

from wardnews.layouts.generic import weights
from wardnews.layouts.page import (
    BLOCKS,
    EMBEDDED,
    HIDDEN,
    NO_TEXT,
    PICTURES,
    TAG_IDS,
    Page,
    hides_by_class,
    hides_itself,
)
from wardnews.text.strings import squeeze

_ZONES = {
    "footer": "footer chantrang chan-trang",
    "nav": "menu nav navbar navigation topbar",
    "aside": "sidebar cot-phai cotphai",
    "related": "related relatednew lienquan lien-quan tinkhac tin-khac tinlienquan tin-lien-quan other-news",
    "comments": "comment comments binhluan binh-luan fb-comments respond",
    "credits": "author tacgia tac-gia signature byline nguontin",
    "tools": "share social addthis sharethis print tool tools toolbar tag tags tukhoa tu-khoa keywords rating"
    " pagination",
}
"""What a part of a page may be called, where its name says that it is not the article: hints, never needed."""
_ZONE_TAGS: dict[str | None, str] = {
    "nav": "nav",
    "footer": "footer",
    "aside": "aside",
    "form": "form",
    "dialog": "tools",
}
_NAMED = re.compile(
    r"(?:^|[\s_-])(?:"
    + "|".join(f"(?P<{zone}>{'|'.join(words.split())})" for zone, words in _ZONES.items())
    + r")(?=$|[\s_\d-])",
    re.IGNORECASE,
)
_OF_ENTRY = re.compile(r"\b(?:entry|post|article|item|card|panel|news)[-_]?(?:footer|foot)\b", re.IGNORECASE)
_CRUMB = re.compile(r"crumb|duong-?dan|pathway|(?:^|[\s_-])bread(?:$|[\s_-])", re.IGNORECASE)
_PRUNED = ("nav", "footer", "aside")
_MAY_BE_CRUMB = "[class*='crumb' i], [class*='duong' i], [class*='pathway' i], [class*='bread' i], [id*='breadcrumb' i]"
_NOT_IN_MENUS = "h1, article, time, [itemprop='headline'], [class*='crumb' i], [class*='content' i]"
_WORDY = ("comments", "footer", "related", "form")


@dataclass(slots=True, eq=False)
class Line:
    """One line of a page, or one picture (without words).

    `leaves` are the ids of its text nodes, pictures and links, `parts` the words of its links and other text nodes,
    `links` the links in it; `own`, `linked` and `bold` count its characters outside and inside of links, and in bold
    type; `level` is that of its heading; `zone` is the part of the page that it is in, empty for the main part.
    """

    block: LexborNode
    zones: tuple[int, ...]
    level: int
    place: int
    leaves: list[int] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    links: list[LexborNode] = field(default_factory=list)
    linked: int = 0
    bold: int = 0
    words: str = ""
    own: int = 0
    picture: LexborNode | None = None
    zone: str = ""


@dataclass(frozen=True)
class Lines:
    """The lines of a page, the elements that may be breadcrumbs, the ids of the hidden ones and of large menus."""

    lines: list[Line]
    crumbs: list[LexborNode]
    passed: AbstractSet[int]


def read_lines(page: Page) -> Lines:
    """Return the lines and pictures of a page; of what is hidden nothing, of a large menu only that it is there."""
    return page.once(_read_lines)


def _read_lines(page: Page) -> Lines:
    body = page.tree.body
    if body is None:
        return Lines([], [], frozenset())
    walk = _Walk(body)
    walk.run()
    _settle_zones(walk.lines, walk.zones)
    return Lines(walk.lines, walk.crumbs, walk.passed)


_BLOCK, _ZONE, _HEADING, _LINK, _BOLD, _PICTURE, _SILENT = range(1, 8)
_TEXT = TAG_IDS["-text"]
_KINDS: dict[str | None, int] = {
    **dict.fromkeys(BLOCKS, _BLOCK),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _HEADING),
    **dict.fromkeys(_ZONE_TAGS, _ZONE),
    **dict.fromkeys(("b", "strong"), _BOLD),
    **dict.fromkeys((*NO_TEXT, "-comment", "!doctype"), _SILENT),
    **dict.fromkeys((*PICTURES, *EMBEDDED), _PICTURE),
    "a": _LINK,
}
_KIND_BY_ID = {key: _KINDS.get(tag, 0) for tag, key in TAG_IDS.items()}
"""The kinds of the usual elements by the ids of their tags, which cost less to ask for than the names."""
_IFRAME = TAG_IDS["iframe"]
_MAIN = frozenset(TAG_IDS[tag] for tag in ("body", "main", "article"))
_ZONE_BY_ID = {TAG_IDS[tag]: zone for tag, zone in _ZONE_TAGS.items()}


class _Walk:
    """Walk a page once and gather its lines, its breadcrumbs and the names of its zones."""

    def __init__(self, root: LexborNode) -> None:
        self.root = root
        self.zones: dict[int, str] = {}
        self.sparse: set[int] = set()
        self.passed: set[int] = set()
        self.crumbs = [root] if _is_crumb(root) else []
        self.open: list[tuple[LexborNode, int, bool]] = []
        self.lines: list[Line] = []
        self.inside: tuple[int, ...] = ()
        self.level = self.bold = 0
        self.link: LexborNode | None = None
        self.block = root
        self.leaves: list[int] = []
        self.parts: list[str] = []
        self.links: list[LexborNode] = []
        self.linked = self.bolder = 0

    def run(self) -> None:  # noqa: C901, PLR0912 - once for each node: a call more is a tenth of the walk
        """Visit every node that may matter, entering and leaving."""
        node = self.root.first_child
        opened, kinds = self.open, _KIND_BY_ID
        while node is not None:
            child = None
            tag = node.tag_id
            if tag == _TEXT:
                words = node.text_content
                if words and not words.isspace():
                    self.text(node, words)
                elif words and self.parts:
                    self.parts.append(words)
            elif (kind := kinds[tag] if tag in kinds else _KINDS.get(node.tag, 0)) != _SILENT:
                attributes = node.attributes
                zone = self.zone_of(node, tag, attributes) if attributes else ""
                marked = zone != "" or kind == _ZONE
                if not marked or (zone is not None and self.enter_zone(node, zone)):
                    if kind == _BLOCK:  # most of what matters
                        if self.parts or self.leaves:
                            self.end_line(node)
                        self.block = node
                    elif kind:
                        self.enter(node, kind)
                    child = node.first_child if tag != _IFRAME else None
                    if child is not None:
                        opened.append((node, kind, marked))
                    elif kind or marked:
                        self.leave(kind, marked=marked)
            node = child or node.next
            while node is None and opened:
                left, kind, marked = opened.pop()
                if kind == _BLOCK and not marked:
                    block = opened[-1][0] if opened else self.root
                    if self.parts or self.leaves:
                        self.end_line(block)
                    self.block = block
                elif kind or marked:
                    self.leave(kind, marked=marked)
                node = left.next
        self.end_line(self.root)

    def zone_of(self, node: LexborNode, tag: int, attributes: Mapping[str, str | None]) -> str | None:
        """Return the zone that an element's names say it may be, empty for none; None where it is hidden.

        A breadcrumb is noted, and what is hidden.
        """
        classes = attributes.get("class")
        meaning = _meaning(tag, classes, attributes.get("id"))
        if "style" not in attributes and "hidden" not in attributes and meaning is _UNNAMED:
            return ""
        zone, is_crumb, hides = meaning
        if hides_itself(attributes) or (hides and (classes == (classes or "").lower() or node.css_matches(HIDDEN))):
            self.passed.add(node.mem_id)
            return None
        if is_crumb:
            self.crumbs.append(node)
        return zone

    def enter(self, node: LexborNode, kind: int) -> None:
        """Take in an element that is more than its words."""
        if kind == _HEADING:
            self.end_line(node)
            self.level = int((node.tag or "")[1:])
        elif kind == _LINK:
            self.link = node
            self.leaves.append(node.mem_id)
        elif kind == _BOLD:
            self.bold += 1
        elif kind == _PICTURE:
            links = [self.link] if self.link is not None else []
            place, leaves = len(self.lines), [node.mem_id]
            self.lines.append(Line(node, self.inside, 0, place, leaves, [], links, picture=node))

    def enter_zone(self, node: LexborNode, zone: str) -> bool:
        """Take in a zone; tell whether to go on into its children."""
        self.end_line(node)
        zone = zone or _ZONE_TAGS[node.tag]
        key = node.mem_id
        inside = (*self.inside, key)
        self.zones[key] = "meta" if zone == "footer" and _within_article(node) else zone
        if self.zones[key] in _PRUNED and self.is_large_menu(node, key):
            self.lines.append(Line(node, inside, 0, len(self.lines)))
            self.passed.add(key)
            return False
        self.inside = inside
        return True

    def is_large_menu(self, node: LexborNode, key: int) -> bool:
        """Whether an element is a menu, a side bar or a footer of many links, in which no article stands."""
        if not self.sparse.isdisjoint(self.inside):  # in one of few links
            return False
        if len(node.css("a[href]")) < weights.LARGE_MENU:
            self.sparse.add(key)
            return False
        return len(node.css("p")) < weights.LARGE_MENU / 2 and node.css_first(_NOT_IN_MENUS) is None

    def leave(self, kind: int, *, marked: bool) -> None:
        """Go out of an element that matters."""
        if kind <= _HEADING or marked:
            self.end_line(self.open[-1][0] if self.open else self.root)
        if marked:
            self.inside = self.inside[:-1]
        if kind == _HEADING:
            self.level = 0
        elif kind == _LINK:
            self.link = None
        elif kind == _BOLD:
            self.bold -= 1

    def text(self, node: LexborNode, words: str) -> None:
        """Take in a text node that is not all white space."""
        parts, link = self.parts, self.link
        self.leaves.append(node.mem_id)
        if self.bold:
            self.bolder += len(words.strip())
        if link is None:
            parts.append(words)
            return
        self.linked += len(words.strip())
        if self.links and self.links[-1] is link and not words.lstrip()[:1].isdigit():  # two dates may be one link
            parts[-1] += words
        else:
            parts.append(words)
            self.links.append(link)

    def end_line(self, block: LexborNode) -> None:
        """End the present line; what comes next stands in `block`."""
        parts = self.parts
        if parts:
            words = squeeze("".join(parts) if len(parts) > 1 else parts[0])
            linked, lines = self.linked, self.lines
            own = len(words) - linked if len(words) > linked else 0
            of_line = (self.leaves, parts, self.links, linked, self.bolder, words, own)
            lines.append(Line(self.block, self.inside, self.level, len(lines), *of_line))
            self.leaves, self.parts, self.links = [], [], []
            self.linked = self.bolder = 0
        elif self.leaves:
            self.leaves = []
        self.block = block


_UNNAMED = ("", False, False)


@lru_cache(maxsize=4096)
def _meaning(tag: int, classes: str | None, name: str | None) -> tuple[str, bool, bool]:
    """Return the zone that an element may be, by the id of its tag and its names; whether it is a breadcrumb, or hides.

    Letters of either size are the same. What the names say nothing of is `_UNNAMED` itself.
    """
    if not classes and not name:
        return _UNNAMED
    classes, name = (classes or "").lower(), (name or "").lower()
    is_crumb = bool(_CRUMB.search(classes) or "breadcrumb" in name)
    hides = hides_by_class(classes)
    zone: str | None = ""
    if tag not in _MAIN:
        match = _NAMED.search(f"{classes} {name}")
        zone = _ZONE_BY_ID.get(tag, match.lastgroup if match else "")
        if "footer" in (zone, match and match.lastgroup) and _OF_ENTRY.search(classes):
            zone = "meta"
    return (zone or "", is_crumb, hides) if zone or is_crumb or hides else _UNNAMED


def named_crumbs(page: Page) -> list[LexborNode]:
    """Return the elements of a page that are named like breadcrumbs, those that are not shown among them."""
    return [node for node in page.tree.css(_MAY_BE_CRUMB) if _is_crumb(node)]


def _is_crumb(node: LexborNode) -> bool:
    """Whether an element is named like a breadcrumb."""
    attributes = node.attributes
    return _meaning(node.tag_id, attributes.get("class"), attributes.get("id"))[1]


def _within_article(node: LexborNode) -> bool:
    """Whether an element is in an `<article>`, as the footer of an entry is."""
    above = node.parent
    while above is not None and above.tag != "article":
        above = above.parent
    return above is not None


def _settle_zones(lines: list[Line], zones: dict[int, str]) -> None:
    """Set each line's zone to the innermost that it is in, without those that are too much of a page to be one."""
    if not zones:
        return
    groups: dict[tuple[int, ...], list[Line]] = {}
    sizes = dict.fromkeys(zones, 0)
    main: set[int] = set()
    total = 0
    for line in lines:
        inside, size = line.zones, len(line.words)
        total += size
        if inside:
            groups.setdefault(inside, []).append(line)
            titled, wordy = line.level == 1, line.own >= weights.LONG_TEXT
            for zone in inside:
                sizes[zone] += size
                if titled or (wordy and zones[zone] not in _WORDY):
                    main.add(zone)
    main.update(zone for zone, size in sizes.items() if size > weights.MOST_OF_PAGE * total)
    for inside, group in groups.items():
        if name := next((zones[zone] for zone in reversed(inside) if zone not in main), ""):
            for line in group:
                line.zone = name
