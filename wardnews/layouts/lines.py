"""A page as a person sees it: its lines of text and its pictures in reading order, whatever the markup."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache

from selectolax.lexbor import LexborNode

from wardnews.layouts.body import BLOCKS, EMBEDDED, HIDDEN, NO_TEXT
from wardnews.layouts.page import Page
from wardnews.text import squeeze

_ZONES = {
    "footer": "footer chantrang chan-trang",
    "nav": "menu nav navbar navigation topbar",
    "aside": "sidebar cot-phai cotphai",
    "related": "related relatednew lienquan lien-quan tinkhac tin-khac tinlienquan tin-lien-quan other-news",
    "comments": "comment comments binhluan binh-luan fb-comments respond",
    "credits": "author tacgia tac-gia signature byline nguontin",
    "tools": "share social addthis sharethis print tool tools toolbar tag tags tukhoa tu-khoa keywords rating pagination",
}
"""What a part of a page may be called, where its name says that it is not the article: hints, never needed."""
_ZONE_TAGS = {"nav": "nav", "footer": "footer", "aside": "aside", "form": "form", "dialog": "tools"}
_NAMED = re.compile(
    r"(?:^|[\s_-])(?:"
    + "|".join(f"(?P<{zone}>{'|'.join(words.split())})" for zone, words in _ZONES.items())
    + r")(?=$|[\s_\d-])",
    re.IGNORECASE,
)
_OF_ENTRY = re.compile(r"\b(?:entry|post|article|item|card|panel|news)[-_]?(?:footer|foot)\b", re.IGNORECASE)
_MOST = 0.5
"""A zone with more than this share of a page's text is the page: its name means something else there."""
_LONG = 200
"""A zone with a sentence of so many characters outside of links is no menu and no toolbar."""
_PRUNED = ("nav", "footer", "aside")
_MANY = 12
_NOT_IN_MENUS = "h1, article, time, [class*='crumb' i], [itemprop='headline'], [class*='content' i]"
_WORDY = ("comments", "footer", "related", "form")


@dataclass(slots=True, eq=False)
class Line:
    """Hold one line of a page, or one picture (without words).

    `leaves` are the ids of its text nodes, pictures and links, `parts` the words of its links and other text nodes, `links` the links
    in it; `own`, `linked` and `bold` count its characters outside and inside of links, and in bold type; `level` is that of its heading; `zone`
    is the part of the page that it is in, empty for the main part.
    """

    block: LexborNode
    zones: tuple[int, ...]
    level: int
    leaves: list[int] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    links: list[LexborNode] = field(default_factory=list)
    linked: int = 0
    bold: int = 0
    place: int = 0
    words: str = ""
    own: int = 0
    zone: str = ""
    picture: LexborNode | None = None


def read_lines(page: Page) -> list[Line]:
    """Read the lines and pictures of a page; what is hidden is left out, and of a large menu all but that it is there."""
    body = page.tree.body
    if body is None:
        return []
    walk = _Walk(body)
    walk.run()
    _settle_zones(walk.lines, walk.zones)
    return walk.lines


_BLOCK, _LINK, _BOLD, _PICTURE, _SILENT = range(1, 6)
_KINDS = {
    **dict.fromkeys(BLOCKS, _BLOCK),
    **dict.fromkeys(("b", "strong"), _BOLD),
    **dict.fromkeys(("img", *EMBEDDED), _PICTURE),
    **dict.fromkeys((*NO_TEXT, "-comment", "!doctype"), _SILENT),
    "a": _LINK,
}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}


class _Walk:
    """Walk a page once and gather its lines."""

    def __init__(self, root: LexborNode) -> None:
        self.root = root
        self.hidden = {node.mem_id for node in root.css(HIDDEN)}
        named = [(node.mem_id, _zone_of(node)) for node in root.css(f"[class], [id], {', '.join(_ZONE_TAGS)}")]
        self.zones = {key: zone for key, zone in named if zone}
        self.menus = {key for key, zone in self.zones.items() if zone in _PRUNED}
        self.special = self.hidden | self.zones.keys()
        self.inside: tuple[int, ...] = ()
        self.level, self.bold = 0, 0
        self.link: LexborNode | None = None
        self.lines: list[Line] = []
        self.line = Line(root, (), 0)

    def run(self) -> None:
        """Visit every node, entering and leaving."""
        node = self.root.first_child
        end = self.root.mem_id
        special = self.special
        while node is not None:
            tag = node.tag or ""
            if tag == "-text":
                self.text(node)
            else:
                kind = _KINDS.get(tag)
                into = True
                if kind or (special and node.mem_id in special):
                    into = self.enter(node, tag, kind)
                child = node.first_child if into else None
                if child is not None:
                    node = child
                    continue
                if into and (kind or (special and node.mem_id in special)):
                    self.leave(node, tag, kind)
            following = node.next
            while following is None:
                node = node.parent
                if node is None or node.mem_id == end:
                    self.flush(self.root)
                    return
                tag = node.tag or ""
                kind = _KINDS.get(tag)
                if kind or (special and node.mem_id in special):
                    self.leave(node, tag, kind)
                following = node.next
            node = following

    def enter(self, node: LexborNode, tag: str, kind: int | None) -> bool:
        """Take in an element that matters; tell whether to go on into its children."""
        key = node.mem_id
        if kind == _SILENT or key in self.hidden:
            return False
        if key in self.zones:
            if key in self.menus and _is_large_menu(node):
                self.flush(node)
                self.lines.append(Line(node, (*self.inside, key), 0, place=len(self.lines)))
                return False
            self.inside = (*self.inside, key)
            self.flush(node)
        if kind == _BLOCK:
            if level := _HEADINGS.get(tag):
                self.level = level
            self.flush(node)
        elif kind == _LINK:
            self.link = node
            self.line.leaves.append(key)
        elif kind == _BOLD:
            self.bold += 1
        elif kind == _PICTURE:
            self.picture(node, key)
        return True

    def leave(self, node: LexborNode, tag: str, kind: int | None) -> None:
        """Go out of an element that matters."""
        if kind == _BLOCK:
            if tag in _HEADINGS:
                self.level = 0
            self.flush(node.parent or node)
        elif kind == _LINK:
            self.link = None
        elif kind == _BOLD:
            self.bold -= 1
        if self.inside and self.inside[-1] == node.mem_id:
            self.inside = self.inside[:-1]
            self.flush(node.parent or node)

    def text(self, node: LexborNode) -> None:
        """Take in a text node."""
        words = node.text_content or ""
        line = self.line
        if words.isspace():
            if line.parts:
                line.parts.append(words)
            return
        inside = self.link is not None and line.links and line.links[-1].mem_id == self.link.mem_id
        if inside and line.parts:
            line.parts[-1] += words
        else:
            line.parts.append(words)
        line.leaves.append(node.mem_id)
        if self.link is not None:
            line.linked += len(words.strip())
            if not line.links or line.links[-1].mem_id != self.link.mem_id:
                line.links.append(self.link)
        if self.bold:
            line.bold += len(words.strip())

    def picture(self, node: LexborNode, key: int) -> None:
        """Take in a picture or an embedded document, as a line of its own that does not end the present one."""
        line = Line(node, self.inside, 0, leaves=[key], picture=node, place=len(self.lines))
        if self.link is not None:
            line.links.append(self.link)
        self.lines.append(line)

    def flush(self, block: LexborNode) -> None:
        """End the present line; what comes next stands in `block`."""
        line = self.line
        if line.parts:
            line.words = squeeze("".join(line.parts) if len(line.parts) > 1 else line.parts[0])
            line.own = max(0, len(line.words) - line.linked)
            line.place = len(self.lines)
            self.lines.append(line)
            self.line = Line(block, self.inside, self.level)
            return
        line.block, line.zones, line.level = block, self.inside, self.level
        if line.leaves:
            line.leaves = []


def _is_large_menu(node: LexborNode) -> bool:
    """Tell whether an element is a menu, a side bar or a footer of many links, in which no article stands."""
    if len(node.css("a[href]")) < _MANY or node.css_first(_NOT_IN_MENUS) is not None:
        return False
    return len(node.css("p")) < _MANY / 2


def _zone_of(node: LexborNode) -> str | None:
    """Name the zone that an element may be, by its tag, class and id."""
    tag = node.tag or ""
    attributes = node.attributes
    if tag == "footer" and (_OF_ENTRY.search(attributes.get("class") or "") or _within_article(node)):
        return "meta"
    return _zone_named(tag, attributes.get("class") or "", attributes.get("id") or "")


@lru_cache(maxsize=4096)
def _zone_named(tag: str, classes: str, name: str) -> str | None:
    if tag in ("body", "html", "main", "article"):
        return None
    match = _NAMED.search(f"{classes} {name}")
    if match and match.lastgroup == "footer" and _OF_ENTRY.search(classes):
        return "meta"
    return _ZONE_TAGS.get(tag) or (match.lastgroup if match else None)


def _within_article(node: LexborNode) -> bool:
    """Tell whether an element is in an `<article>`, as the footer of an entry is."""
    above = node.parent
    while above is not None and above.tag != "article":
        above = above.parent
    return above is not None


def _settle_zones(lines: list[Line], zones: dict[int, str]) -> None:
    """Give every line the innermost zone that it is in, after dropping those that are too much of a page to be one."""
    if not zones:
        return
    size: dict[int, int] = defaultdict(int)
    longest: dict[int, int] = defaultdict(int)
    titled: set[int] = set()
    total = 0
    for line in lines:
        length = len(line.words)
        total += length
        for zone in line.zones:
            size[zone] += length
            if line.own > longest[zone]:
                longest[zone] = line.own
            if line.level == 1:
                titled.add(zone)
    real = {
        zone
        for zone in size
        if size[zone] <= _MOST * total and zone not in titled and (longest[zone] < _LONG or zones[zone] in _WORDY)
    }
    for line in lines:
        if line.zones:
            line.zone = next((zones[zone] for zone in reversed(line.zones) if zone in real), "")
