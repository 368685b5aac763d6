"""A page as the layouts see it: parsed once, with its address."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode
from w3lib.url import safe_url_string

from wardnews.errors import UnreadablePage
from wardnews.layouts.selectors import alternatives, ends_of
from wardnews.text.encoding import decode, is_utf8
from wardnews.text.strings import squeeze
from wardnews.text.urls import LONGEST, plain

T = TypeVar("T")

BLOCKS = frozenset(
    "address article aside blockquote body br caption center dd details dir div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol p pre search section summary table tbody td"
    " tfoot th thead tr ul".split()
)
"""The elements that begin and end a line."""
NO_TEXT = frozenset("script style noscript template audio video canvas svg select textarea button head iframe".split())
"""The elements whose words are not of the text, whoever reads it."""
EMBEDDED = ("iframe", "object", "embed")
PICTURES = ("img", "amp-img")
_OTHER_TAGS = "a abbr b cite code dialog em font i img input label mark object small span strong sub sup time u".split()
_MAKER = LexborHTMLParser("<p>-<!-- -->")
TAG_IDS = {
    **{node.tag: node.tag_id for node in map(_MAKER.create_node, (*BLOCKS, *NO_TEXT, *_OTHER_TAGS))},
    **{node.tag: node.tag_id for node in _MAKER.css("p")[0].iter(include_text=True)},
}
"""The ids of the tags of usual elements, which cost less to ask a node for than their names."""
_HIDING_CLASSES = "sr-only visually-hidden screen-reader-text hide fb-post twitter-tweet instagram-media".split()
HIDDEN = (
    f"[hidden], [style*='display:none' i], [style*='display: none' i], .{', .'.join(_HIDING_CLASSES)},"
    " .hidden:not([class*=':']), .d-none:not([class*='-block'], [class*='-flex'], [class*='-inline'])"
)
"""What is not shown, or stands for a post elsewhere until a script shows it.

A class alone may hide what names a link or a count, so that `words_of` reads that.
"""
_SHOWN_AT_TIMES = ("-block", "-flex", "-inline")
_BODY = ("body",)
_TEXT = TAG_IDS["-text"]
_FRAMED = "iframe[src], embed[src], object[data], a[href][download]"
_MARKED = (
    "a[href]:is([download], [itemprop='datePublished'], [rel~='category']), iframe[src], embed[src],"
    " object[data], title, meta[content], link[rel='canonical'], link[rel='shortlink'],"
    " script[type='application/ld+json'], time[datetime],"
    " [itemprop='datePublished']:not(a, meta[content], time[datetime])"
)
_hiding_style = lru_cache(maxsize=4096)(re.compile("display: ?none", re.IGNORECASE | re.ASCII).search)
_DEEPEST = 2_000
_HEAVIEST = 5_000_000
"""The most that the depths of all elements of a page may come to: the generic reader takes time by them."""
_MOST_OPTIONS = 20_000
"""The most choices on a page: the parser takes time by the square of how many are in one list."""
_IN_A_TABLE = 3
"""A table has a part, a row and a cell in it whose ends may be left out."""
_FEW_TAGS, _LARGE = 4_000, 100_000
"""A page of fewer tags and bytes is parsed and read within seconds, whatever is in it."""
_NEVER_DEEP = frozenset(
    "area base br col dd dt embed hr img input li link meta option p param source tbody td tfoot th thead"
    " tr wbr".split()
)
_MOST_PAIRS = 50_000_000
"""The most elements that a selector may look at around those that it may find: some seconds."""
_RAW = {
    name: re.compile(rf"</{name}\b", re.IGNORECASE)
    for name in ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
}
"""The elements whose content is no markup, with what ends them."""
_ATTRIBUTE = r"""(?>[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?)?)"""
_TAG = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    rf"|<(?P<end>/?)(?P<name>[a-z][^\s/>]*+){_ATTRIBUTE}{{0,1000}}+(?P<many>{_ATTRIBUTE})?+",
    re.IGNORECASE | re.DOTALL,
)
"""A comment, or a tag with its attributes, as browsers cut them."""
_LONE = re.compile("[\ud800-\udfff]")
_MANY_SLASHES = re.compile(r"^/{3,}")
"""Before a host, browsers take any number of slashes for two."""
_ESCAPE = "%[0-9A-F]{2}"
_PLAIN_PATH = re.compile(
    rf"/(?![/.])(?:[A-Za-z0-9_~!$()*+,=:@&-]|[/.](?!\.)|{_ESCAPE})*(?:\?(?:[A-Za-z0-9_/.~!$()*+,;=:@&?-]|{_ESCAPE})+)?"
)
"""A path from the root that joining and quoting would leave as it is."""
_PLAIN_ADDRESS = re.compile(rf"https?://[a-z0-9-]{{1,63}}(?:\.[a-z0-9-]{{1,63}})+{_PLAIN_PATH.pattern}")


@dataclass(frozen=True)
class Fetch:
    """What to fetch: an address, by POST where there is a form; `by_script` as a page's script asks."""

    url: str
    form: Mapping[str, str] | None = None
    by_script: bool = False


@dataclass(frozen=True)
class Found:
    """The words of a part of a page, its element where it has one of its own, and what found it."""

    words: str
    node: LexborNode | None
    rule: str = ""


@dataclass
class Parts:
    """Where the parts of one article stand: what was found of each, how to find its rivals, and the body's element."""

    found: dict[str, Found] = field(default_factory=dict)
    rivals: dict[str, Callable[[], list[Found]]] = field(default_factory=dict)
    body: LexborNode | None = None
    skipped: set[int] = field(default_factory=set)
    body_rule: str = ""
    flags: list[str] = field(default_factory=list)

    def words(self, name: str) -> str | None:
        """Return the words of a field, where it was found."""
        return self.found[name].words if name in self.found else None


@dataclass(frozen=True)
class Page:
    """A parsed page and its source; `flags` are doubts about its bytes, `tokens` those of its portal's entry."""

    fetch: Fetch
    source: str | bytes
    tree: LexborHTMLParser
    base: str
    origin: str
    flags: tuple[str, ...]
    tokens: Mapping[str, str]
    tags: int
    _made: dict[Callable[["Page"], Any], Any] = field(default_factory=dict, repr=False, compare=False)
    _addresses: dict[str, str | None] = field(default_factory=dict, repr=False, compare=False)

    @property
    def url(self) -> str:
        """Return the address of the page."""
        return self.fetch.url

    @cached_property
    def links(self) -> list[tuple[LexborNode, str]]:
        """Return the links of the page, each with its address as it is written."""
        return [(node, node.attrs.get("href") or "") for node in self.tree.css("a[href]")]

    @cached_property
    def framed(self) -> list[LexborNode]:
        """Return the elements that show what is at another address, and the links that say they are for downloading."""
        return self.tree.css(_FRAMED)

    @cached_property
    def marked(self) -> list[tuple[LexborNode, dict[str, str | None]]]:
        """Return the elements that speak to machines or show what is at another address, with their attributes."""
        return [(node, node.attributes) for node in self.tree.css(_MARKED)]

    def once(self, make: Callable[["Page"], T]) -> T:
        """Return what a function makes of the page, made the first time only; nobody changes it."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    def says(self, words: Iterable[str]) -> bool:
        """Whether one of some ASCII words is in the page's source."""
        if isinstance(self.source, bytes):
            return any(word.encode() in self.source for word in words)
        return any(word in self.source for word in words)

    def select(self, css: str, within: LexborNode | None = None) -> list[LexborNode]:
        """Return the elements of a selector, in their order; none where finding them would take minutes.

        That is on pages of a great many elements alike, which are made to be such.
        """
        return [] if self._is_endless(css, within) else self.search(css, within)

    def search(self, css: str, within: LexborNode | None = None) -> list[LexborNode]:
        """Return the elements of a selector, in their order, however long that takes."""
        possible = self._possible(css)
        return (within or self.tree).css(possible) if possible else []

    def has(self, css: str) -> bool:
        """Whether a selector finds anything, as `select` does."""
        possible = self._possible(css)
        return possible != "" and not self._is_endless(css, None) and self.tree.css_matches(possible)

    def has_any(self, selectors: tuple[str, ...]) -> bool:
        """Whether one of some selectors finds anything; to ask for all at once costs half as much."""
        if self._is_vast:
            return any(map(self.has, selectors))
        possible = ", ".join(filter(None, map(self._possible, selectors)))
        return possible != "" and self.tree.css_matches(possible)

    def _possible(self, css: str) -> str:
        """Return the alternatives of a selector whose classes and ids are on the page; empty for none.

        To know all classes and ids of a page costs as much as a few selectors, most of which find nothing.
        """
        classes, ids, all_ids = self._names
        kept = [
            one
            for one, (of_class, of_id, parts) in alternatives(css)
            if of_class <= classes and of_id <= ids and (not parts or all(part in all_ids for part in parts))
        ]
        return ", ".join(kept)

    @cached_property
    def _names(self) -> tuple[set[str], set[str], str]:
        """Return the classes and the ids of the page, and the ids as one text; in small letters."""
        classes = " ".join([node.attrs.get("class") or "" for node in self.tree.css("[class]")])
        ids = [(node.id or "").lower() for node in self.tree.css("[id]")]
        return set(classes.lower().split()), set(ids), "\n".join(ids)

    @cached_property
    def _is_vast(self) -> bool:
        """Whether the page has so many elements that some selectors take minutes."""
        return self.tags * self.tags > _MOST_PAIRS

    def _is_endless(self, css: str, within: LexborNode | None) -> bool:
        ends = ends_of(css) if self._is_vast else None
        return ends is not None and len((within or self.tree).css(ends)) * self.tags > _MOST_PAIRS

    def first(self, selectors: tuple[str, ...], within: LexborNode | None = None) -> LexborNode | None:
        """Return the first element of the first selector that finds one with something in it."""
        if selectors == _BODY and self.tree.body is not None and self.tree.body.first_child is not None:
            return self.tree.body
        for selector in selectors:
            for node in self.select(selector, within):
                if node.first_child is not None:
                    return node
        return None

    def find(self, selectors: tuple[str, ...], within: LexborNode | None = None) -> Found | None:
        """Return the first element that has words; `selector@name` takes an attribute for them."""
        for selector in selectors:
            css, _, attribute = selector.partition("@")
            for node in self.select(css, within):
                words = squeeze(node.attributes.get(attribute) or "") if attribute else words_of(node)
                if words.strip():
                    return Found(words, node, selector)
        return None

    def words(self, selectors: tuple[str, ...], within: LexborNode | None = None) -> str | None:
        """Return the words of the first element that has any."""
        found = self.find(selectors, within)
        return found.words if found else None

    def all_words(self, selectors: tuple[str, ...]) -> list[str]:
        """Return the words of every selector that finds any."""
        found = (self.words((selector,)) for selector in selectors)
        return [words for words in found if words]

    def link(self, href: str | None) -> str | None:
        """Make the absolute http or https address of a link; None where it is none that is to be followed."""
        if not href or len(href) > LONGEST or href.startswith(("#", "javascript:")):
            return None
        if href not in self._addresses:
            self._addresses[href] = self._address(href)
        return self._addresses[href]

    def _address(self, href: str) -> str | None:
        if _PLAIN_PATH.fullmatch(href):
            return self.origin + href
        if _PLAIN_ADDRESS.fullmatch(href):
            return href
        try:
            href = _MANY_SLASHES.sub("//", href.strip())
            url = urljoin(self.base, href)
            is_web = not href.startswith("#") and urlsplit(url).scheme in ("http", "https")
            return plain(safe_url_string(url)) if is_web else None
        except ValueError:  # an address such as http://[broken, or with a password in it
            return None


def parse(
    html: str | bytes, fetch: Fetch, *, charset: str | None = None, tokens: Mapping[str, str] | None = None
) -> Page:
    """Parse a page's bytes (or text) as a browser would.

    `charset` is the one of the HTTP header; `tokens` are those of the listing call that the sites file gives.
    Raises UnreadablePage for a page that is made to keep the parser busy for hours.
    """
    flags: tuple[str, ...] = ()
    if isinstance(html, bytes) and not is_utf8(html):
        html, flags = decode(html, charset)
    if isinstance(html, str):
        html = _LONE.sub("\ufffd", html)
    tags = html.count("<") if isinstance(html, str) else html.count(b"<")
    if len(html) > _LARGE or tags > _FEW_TAGS:
        _refuse_endless(html if isinstance(html, str) else html.decode())
    tree = LexborHTMLParser(html)
    named = tree.head.css_first("base[href]") if tree.head else None
    try:
        base = urljoin(fetch.url, named.attributes["href"] or "") if named else fetch.url
        base = plain(base) if base.startswith("http") and not _PLAIN_ADDRESS.fullmatch(base) else base
    except ValueError:  # a base such as http://[broken
        base = fetch.url
    return Page(fetch, html, tree, base, "/".join(base.split("/", 3)[:3]), flags, tokens or {}, tags)


def _refuse_endless(text: str) -> None:
    """Raise UnreadablePage for what costs quadratic time: nesting and attributes by the thousand."""
    around: list[str] = []
    known: Counter[str] = Counter()
    weight = options = 0
    for tag in _tags(text):
        if tag["many"] is not None:
            raise UnreadablePage("a thousand attributes in one tag: no portal's page is made so")
        name = (tag["name"] or "br").lower()
        options += name == "option"
        if options > _MOST_OPTIONS:
            raise UnreadablePage("more than {most} choices: no portal's page is made so", most=_MOST_OPTIONS)
        depth = len(around) + _IN_A_TABLE * known["table"]
        weight += depth
        if depth > _DEEPEST or weight > _HEAVIEST:
            raise UnreadablePage("elements nested more than {most} deep, or many far too deep", most=_DEEPEST)
        if name in _NEVER_DEEP:
            continue
        if not tag["end"]:
            around.append(name)
            known[name] += 1
        while tag["end"] and known[name]:  # the end of an element that was never begun ends none
            known[ended := around.pop()] -= 1
            if ended == name:
                break


def _tags(text: str) -> Iterator[re.Match[str]]:
    """Return the tags and comments of a page."""
    place = 0
    while tag := _TAG.search(text, place):
        yield tag
        place = tag.end()
        raw = None if tag["end"] else _RAW.get((tag["name"] or "").lower())
        if raw:
            ended = raw.search(text, place)
            place = ended.start() if ended else len(text)


def is_silent(node: LexborNode) -> bool:
    """Whether the words of an element are not of the text: by its tag, or because its attributes hide it."""
    return node.tag in NO_TEXT or hides_itself(node.attributes)


def hides_by_class(classes: str) -> bool:
    """Whether the classes of an element hide it, as `HIDDEN` says where letters of either size are not the same.

    >>> [hides_by_class(one) for one in ("tin hide", "hidden md:flex", "d-none", "d-none d-md-block", "hidden-xs")]
    [True, False, True, False, False]
    """
    named = set(classes.split())
    if not named.isdisjoint(_HIDING_CLASSES) or ("hidden" in named and ":" not in classes):
        return True
    return "d-none" in named and not any(one in classes for one in _SHOWN_AT_TIMES)


def hides_itself(attributes: Mapping[str, str | None]) -> bool:
    """Whether the attributes of an element hide it, whatever its classes do."""
    style = attributes.get("style")
    return "hidden" in attributes or (style is not None and _hiding_style(style) is not None)


def words_of(node: LexborNode) -> str:
    """Return an element's words as one line, without those of silent elements in it."""
    parts: list[str] = []
    part = node.first_child
    if part is not None and part.next is None and part.tag_id == _TEXT:  # as most are
        return squeeze(part.text_content or "")
    while part is not None:
        tag = part.tag
        child = None
        if tag == "-text":
            parts.append(part.text_content or "")
        else:
            if tag in BLOCKS:
                parts.append(" ")
            if not is_silent(part) or (tag == "button" and node.tag == "a"):  # the label of a link
                child = part.first_child
        while child is None and part.next is None:
            above = part.parent
            if above is None or above.mem_id == node.mem_id:
                return squeeze("".join(parts))
            part = above
            if part.tag in BLOCKS:
                parts.append(" ")
        part = child or part.next
    return squeeze("".join(parts))
