"""Reading listings of any make: links that repeat, mostly with a date beside each."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from wardnews.layouts.generic import weights
from wardnews.layouts.generic.datelines import DateLine
from wardnews.layouts.generic.page_view import shape
from wardnews.layouts.generic.phrases import HOME, SENTENCE, SHORTEST_TITLE, fold
from wardnews.layouts.generic.reader import Reader
from wardnews.layouts.generic.visible_lines import Line
from wardnews.layouts.page import Page, words_of
from wardnews.text.clock import now
from wardnews.text.header import count_unread, has_header_label, parse_header
from wardnews.text.strings import tidy

_TITLE_PARTS = re.compile(r"\s+[-|–—:»]+\s+")
_STEPS = "[class*='breadcrumb' i] li, [class*='breadcrumb' i] > a, [class*='breadcrumb' i] > span"
_MORE = re.compile(r"(?:xem|đọc) (?:thêm|tiếp|chi tiết|tin)|chi tiết|read more|more|details?")


@dataclass(frozen=True)
class Item:
    """One entry of a listing: its address, its title, its header line."""

    url: str
    title: str
    header: str | None
    line: Line
    shape: tuple[str, ...]


@dataclass
class _Group:
    """The entries of one make."""

    items: list[Item] = field(default_factory=list)

    @property
    def dated(self) -> float:
        return sum(item.header is not None for item in self.items) / len(self.items)

    @property
    def score(self) -> float:
        """Return how much a group looks like a page's own listing, and not like a box at its side."""
        words = sum(
            min(len(item.title), weights.LONGEST_COUNTED) * (weights.HEADING_COUNTS if item.line.level else 1)
            for item in self.items
        )
        zone = max(weights.LISTING_ZONE.get(item.line.zone, 0.0) for item in self.items)
        return words * (weights.UNDATED_COUNTS + self.dated) * zone

    @property
    def is_listing(self) -> bool:
        """Whether there are enough entries, and dates or titles of some length with them."""
        words = sum(item.title.count(" ") + 1 for item in self.items) / len(self.items)
        if len(self.items) == 1:
            return self.dated == 1 and words >= weights.FEWEST_WORDS
        undated = len(self.items) > weights.UNDATED_ENTRIES and words > weights.UNDATED_WORDS
        return self.dated >= weights.DATED_ENTRIES or undated


def read_items(page: Page) -> list[Item]:
    """Return every headline of a page that leads to another page of the portal, with the date beside it."""
    return _read_items(page.once(Reader))


def _read_items(reader: Reader) -> list[Item]:
    headlines = list(_headlines(reader))
    dates = _dates(reader, [line.place for line, _, _ in headlines])
    return [
        Item(url, title, _beside(line, title) or dates.get(line.place), line, _make(line))
        for line, url, title in headlines
    ]


def read_name(page: Page) -> str | None:
    """Return what a listing page calls itself: the heading that `<title>` names too, or a link to the page itself.

    Else the last step of a breadcrumb, or the beginning of `<title>`: another heading may be of a box at the side.
    """
    headings = [words for node in page.tree.css("h1, h2, h3") if (words := words_of(node)).strip()]
    title = page.words(("title",)) or ""
    parts = [part for part in _TITLE_PARTS.split(title) if fold(part)]
    named = set(map(fold, [title, *parts]))
    if own := next((words for words in headings if fold(words) in named), None):
        return own
    links = (link for link in page.tree.css("a[href]") if _leads_here(page, link))
    if name := next((words for link in links if SHORTEST_TITLE <= len(words := words_of(link)) <= SENTENCE), None):
        return name
    steps = [words for node in page.tree.css(_STEPS) if fold(words := words_of(node))]
    if steps and not HOME.fullmatch(fold(steps[-1])):
        return steps[-1]
    return tidy(parts[0]) if len(parts) > 1 else next(iter([*headings, title]), None) or None


def _leads_here(page: Page, link: LexborNode) -> bool:
    href = link.attributes.get("href") or ""
    return not href.startswith("#") and (page.link(href) or "").rstrip("/") == page.url.rstrip("/")


def read_listing(page: Page) -> list[Item]:
    """Return the entries of the listing that a page is made for; none where it is no listing."""
    groups: dict[tuple[str, ...], _Group] = {}
    reader = page.once(Reader)
    items = _read_items(reader)
    for item in items:
        groups.setdefault(item.shape, _Group()).items.append(item)
    listings = [group for group in groups.values() if group.is_listing and group.score]
    best = max(listings, key=lambda group: group.score, default=None)
    return _with_older(reader, _with_featured(best, items), items) if best else []


def _with_older(reader: Reader, listed: list[Item], items: list[Item]) -> list[Item]:
    """Add the entries below a listing, under a heading that says that they are its further or older ones."""
    last = max(item.line.place for item in listed)
    headings = (line.place for line in reader.lines[last + 1 :] if _OLDER.fullmatch(reader.folded[line.place]))
    heading = next(headings, None)
    if heading is None:
        return listed
    known, folders = {item.url for item in listed}, {item.url.rpartition("/")[0] for item in listed}
    return [
        *listed,
        *(
            item
            for item in items
            if item.line.place > heading and item.url not in known and item.url.rpartition("/")[0] in folders
        ),
    ]


_OLDER = re.compile(r"(?:các |những )?(?:tin|bài)(?: viết| tức)? (?:khác|cũ hơn|đã (?:đưa|đăng))")


def _with_featured(group: _Group, items: list[Item]) -> list[Item]:
    """Add the entries of another make that stand among a group's, or before it: the first ones are often larger."""
    first, last = group.items[0].line.place, group.items[-1].line.place
    zones = {item.line.zone for item in group.items}
    dated = group.dated > weights.DATED_ENTRIES
    of_group = set(map(id, group.items))
    before = [item for item in items if item.line.place < first and item.line.zone in zones]
    own = before[-1:] if before and _is_featured(before[-1], group, dated=dated) else []
    for item in items:
        among = first <= item.line.place <= last and item.line.zone in zones
        if id(item) in of_group or (among and (not dated or item.header)):
            own.append(item)
    return list({item.url: item for item in own}.values())


def _is_featured(item: Item, group: _Group, *, dated: bool) -> bool:
    """Whether the entry right before a group is its first: by a date as theirs, or by a link of the same make."""
    near = group.items[0].line.place - item.line.place <= weights.DATE_WITHIN
    same = item.line.level > 0 and item.shape[0] == group.items[0].shape[0] != "a."
    return near and (bool(item.header) if dated else same)


def _make(line: Line) -> tuple[str, ...]:
    """Return the make of an entry: the tags and first classes of its link and its block, and of what they are in."""
    names = (*shape(line.links[0])[:1], *shape(line.block)[:2])
    return tuple(" ".join(name.split()[:1]) for name in names)


def _beside(line: Line, title: str) -> str | None:
    """Return the date that stands in the line of a headline."""
    if len(line.links) > weights.MOST_LINKS:
        return None
    rest = " ".join(part for part in line.parts if tidy(part) not in title).strip()
    return rest if any(map(str.isdigit, rest)) and parse_header(rest, now()).published else None


def _headlines(reader: Reader) -> Iterator[tuple[Line, str, str]]:
    """Return the lines that are headlines: one for each address, the heading where there are several."""
    best: dict[str, tuple[Line, str]] = {}
    heading = ""
    for line in reader.lines:
        heading = tidy(line.words) if line.level and not line.links else heading
        if line.picture is not None or not line.links or line.zone in ("nav", "footer", "tools", "form", "comments"):
            continue
        for link in line.links:
            title = (
                tidy(words_of(link)) if line.linked < len(line.words) - 1 or len(line.links) > 1 else tidy(line.words)
            )
            if heading and _MORE.fullmatch(fold(title)):  # a card whose headline is no link
                title, heading = heading, ""
            url = reader.page.link(link.attributes.get("href"))
            if (
                not url
                or not reader.other_page(link)
                or title.count(" ") + 1 < weights.FEWEST_WORDS
                or line.place in reader.formed
            ):
                continue
            known = best.get(url)
            if known is None or (line.level and not known[0].level):
                best[url] = (line, title)
    yield from sorted(((line, url, title) for url, (line, title) in best.items()), key=lambda one: one[0].place)


def _dates(reader: Reader, headlines: list[int]) -> dict[int, str]:
    """Return the date beside each headline, by place: in its line, or on the side on which the page's dates stand."""
    date_lines = [
        one
        for one in reader.date_lines
        if one.header.form or has_header_label(one.words) or count_unread(one.words) < weights.FEWEST_WORDS
    ]
    date_lines = [one for one in date_lines if reader.lines[one.first].zone != "footer"]
    if len(headlines) > 1:
        date_lines = _without_clock(reader, date_lines, headlines)
    after = _side(date_lines, headlines, before=False)
    before = _side(date_lines, headlines, before=True)
    side = max(after, before, key=lambda pairs: _closeness(reader, pairs, headlines))
    return {place: date_line.words for place, (date_line, _) in side.items()}


def _without_clock(reader: Reader, date_lines: list[DateLine], headlines: list[int]) -> list[DateLine]:
    """Leave out the dates above all entries that are the page's: of another make, not in the first one's box."""
    makes = {shape(reader.lines[one.first].block) for one in date_lines if one.first > headlines[0]}
    return [
        one
        for one in date_lines
        if one.first > headlines[0]
        or has_header_label(one.words)
        or shape(reader.lines[one.first].block) in makes
        or _in_one_box(reader, one.first, *headlines[:2])
    ]


def _side(date_lines: list[DateLine], headlines: list[int], *, before: bool) -> dict[int, tuple[DateLine, int]]:
    """Pair headlines with the date line that stands between them and the next, or the one before them."""
    pairs: dict[int, tuple[DateLine, int]] = {}
    firsts = [date_line.first for date_line in date_lines]
    bounds = [-1, *headlines, headlines[-1] + weights.LAST_DATE_WITHIN] if headlines else []
    for at, place in enumerate(headlines):
        low, high = (bounds[at], place) if before else (place, bounds[at + 2])
        low, high = max(low + 1, place - weights.DATE_WITHIN), min(high, place + weights.DATE_WITHIN + 1)
        inside = date_lines[bisect_left(firsts, low) : bisect_left(firsts, high)]
        if inside:
            date_line = inside[-1] if before else inside[0]
            pairs[place] = (date_line, abs(date_line.first - place))
    return pairs


def _closeness(reader: Reader, pairs: dict[int, tuple[DateLine, int]], headlines: list[int]) -> float:
    """Return how near the dates of one side stand to their headlines, and to how many; one in its box counts twice."""
    near, last = 0.0, len(headlines) - 1
    for at, place in enumerate(headlines):
        if found := pairs.get(place):
            date_line, gap = found
            other = at - 1 if at and (date_line.first < place or at == last) else at + 1
            near += (1 + (last > 0 and _in_one_box(reader, date_line.first, place, headlines[other]))) / gap
    return near


def _in_one_box(reader: Reader, place: int, headline: int, other: int) -> bool:
    """Whether a date and a headline stand in an element that does not hold the other headline."""
    around = reader.chain(reader.lines[place].block)
    shared = next((key for key in reader.chain(reader.lines[headline].block) if key in around), None)
    return shared is not None and shared not in reader.chain(reader.lines[other].block)
