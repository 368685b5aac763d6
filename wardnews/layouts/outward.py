"""Reading outward from the header line: where an article stands on a page of any make.

The line that says when an article was published is the one thing that all portals print. The title stands by it, the
section above, the body below, up to what ends an article: related news, tags, comments, the footer. No class names
and no list of sites are needed; where a page has telling names or metadata for machines, they count as evidence.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import accumulate, islice, pairwise
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from wardnews.layouts.body import NO_TEXT, not_body
from wardnews.layouts.lines import Line, read_lines
from wardnews.layouts.page import Found, Page, Parts, words_of
from wardnews.text import (
    VIETNAM,
    Header,
    count_unread,
    has_header_label,
    is_part_of_header,
    nfc,
    parse_count,
    parse_credits,
    parse_header,
    squeeze,
    tidy,
)

_SHORTEST_TITLE, _LONGEST_TITLE = 6, 400
_LONGEST_HEADER = 200
_MOST_UNREAD = 8
"""A line with a date and more than so many other words is a sentence."""
_SENTENCE = 60
"""So many characters outside of links make a line a sentence of a body."""
_ENOUGH = 7.0
"""The score of a title and header line that are believed."""
_MENU = 5
"""More links than so many between a title and a text are a menu."""
_CLOSE = 1.5
"""A candidate that loses by less than this is a doubt."""


# --- words ---------------------------------------------------------------------------------------------------

_EDGES = " .:;,-–—|/\\\"'“”‘’«»‹›>→•…[]()"


@lru_cache(maxsize=4096)
def fold(words: str) -> str:
    """Make words comparable: composed, lower case, single blanks, no marks at the ends."""
    return tidy(nfc(words)).casefold().strip(_EDGES)


_NEWS = r"(?:các )?(?:tin|bài|bài viết|tin tức|tin bài|thông tin|nội dung|chuyên đề|văn bản|sự kiện)(?: tức| bài| viết)?"
_RELATED = re.compile(
    rf"{_NEWS} (?:khác|liên quan|cùng (?:chuyên mục|chủ đề|thể loại|loại|mục|danh mục)|mới(?: hơn| nhất| cập nhật| đăng)?"
    r"|cũ(?: hơn)?|đã (?:đưa|đăng)|trước|sau|tiếp theo|tiếp|(?:đọc|xem) nhiều(?: nhất)?|nổi bật|tham khảo|gần đây)(?: .{0,12})?"
    r"|những tin (?:mới|cũ) hơn|có thể bạn quan tâm.*|(?:xem|đọc) thêm|bạn nên xem|tin nóng|cùng chuyên mục|liên quan"
    r"|(?:other|related|more|latest|older|newer|recent) (?:news|articles?|posts?|stories)|mời (?:bạn )?xem thêm"
)
_ENDS = re.compile(
    r"(?:bình luận|thảo luận|nhận xét|phản hồi|comments?)(?: ?[(:].*)?|(?:các )?ý kiến (?:của )?(?:bạn đọc|độc giả|phản hồi)?.{0,20}"
    r"|(?:gửi|viết|đăng|thêm|để lại|mời bạn) (?:một )?(?:bình luận|ý kiến|phản hồi|nhận xét|câu hỏi).{0,30}|\d+ bình luận"
    r"|(?:tags?|từ khóa|từ khoá|thẻ|keywords?)(?: ?:.*)?|(?:leave a|post a|add) (?:comment|reply).*|thống kê(?: truy cập)?"
    r"|(?:lượt|số lượt|đang|tổng (?:số )?(?:lượt )?)(?: người)? ?(?:truy cập|online|trực tuyến).*|liên kết (?:website|web).*"
    r"|(?:©|\(c\)|bản quyền|copyright).*|cơ quan (?:chủ quản|thường trực).*|(?:phát triển|thiết kế|xây dựng|vận hành) bởi.*|thiết kế ?:.*"
    r"|(?:người )?chịu trách nhiệm (?:chính|nội dung|xuất bản).*|giấy phép (?:số|thiết lập|hoạt động|xuất bản).*"
    r"|(?:trưởng ban biên tập|tổng biên tập) ?:.*|ghi rõ nguồn.*"
)
_IMPRINT = re.compile(r"giữ bản quyền|giấy phép[^.]{0,20}\d+/|địa chỉ ?:")
_TOOLS = re.compile(
    r"(?:chia sẻ|share|thích|like|tweet|facebook|zalo|twitter|x|google\+?|linkedin|messenger|email|e-mail|pinterest|youtube)"
    r"(?: (?:bài viết|bài|tin|lên|qua|trên|này|facebook|zalo|twitter|email|link))*(?: ?:)?(?: ?\d+)?"
    r"|in|in (?:trang|bài|tin|ấn|ra|bài viết|nội dung).{0,12}|bản in|print.{0,12}|gửi (?:email|mail|cho bạn|bài|tin).{0,20}"
    r"|(?:xem )?(?:cỡ|kích (?:cỡ|thước)) chữ.{0,30}|a ?[-+]|a|a- ?a ?a?\+?|[-+]|cỡ chữ:?|(?:nghe|đọc) (?:đọc )?(?:bài|bài viết|tin|nội dung)(?: viết)?"
    r"|(?:quay|trở) (?:lại|về).{0,20}|về (?:đầu )?trang.{0,12}|lên đầu trang|back.{0,10}|top|lưu (?:bài|tin|trang).{0,12}|sao chép.{0,20}|copy link"
    r"|đánh giá.{0,60}|xếp hạng.{0,60}|\d(?:[.,]\d)?/5.{0,40}|bình chọn.{0,30}|font.{0,10}|tăng|giảm|mặc định|tương phản.{0,30}|dark mode"
    r"|theo dõi (?:chúng tôi|trên).{0,40}|follow.{0,30}|tải (?:về|xuống)|download|xem (?:tiếp|chi tiết|ảnh lớn)|save|báo lỗi|phóng to|thu nhỏ"
)
TOOL, RELATED, END = "tool", "related", "end"


@lru_cache(maxsize=4096)
def kind(words: str) -> str:
    """Tell what a folded line is for: a tool of the page, the heading of related news, an end of the article, or text."""
    if len(words) > _LONGEST_HEADER:
        return ""
    if _TOOLS.fullmatch(words):
        return TOOL
    if len(words) <= _SENTENCE and _RELATED.fullmatch(words):
        return RELATED
    return END if _ENDS.fullmatch(words) or _IMPRINT.search(words) else ""


_DOCUMENTS = re.compile(r"(?:các )?(?:tài liệu|tệp|tệp tin|tập tin|file|văn bản|phụ lục)(?: tin)? (?:đính|kèm|gửi) ?(?:kèm|theo)?")
_NOT_NOW = re.compile(r"hôm nay|bây giờ|giờ hiện tại|hiện tại|today")
_HOME = re.compile(r"(?:về )?trang (?:chủ|nhất|đầu)|home|trangchu|homepage|trang thông tin")
_MAY_BE_HOME = re.compile("trang|home")
_GENERIC = re.compile(
    r"(?:tin tức|tin tức ?[-–,&] ?sự kiện|tin tức sự kiện|tin tức và sự kiện|tin bài|bài viết|news|nội dung|chuyên mục|danh mục"
    r"|(?:xem )?chi tiết.{0,20}|(?:tin|nội dung|bài viết|thông tin|trang) chi tiết|tin|bài|đọc tin|detail.*|trang)"
)
_PORTAL = re.compile(r"(?:cổng|trang|website|webs?).{0,12}(?:thông tin|giao tiếp|tin) ?.{0,4}điện tử|\bportal\b|^website")
_LABELLED_SECTION = re.compile(
    r"(?:chuyên mục|danh mục|thể loại|mục|nhóm tin|chủ đề|category|filed under) ?: ?(?P<name>.{2,80})", re.IGNORECASE
)
_SEPARATOR = re.compile(r"\s*(?:[»›>→|/\\•·–—-]|::|&gt;)\s*")
_LEADS = re.compile(
    r"sapo|(?:^|[\s_-])lead|summary|intro|desc(?:ription)?(?:$|[\s_-])|abstract|trich-?yeu|hometext|chapeau|mo-?ta|tom-?tat",
    re.IGNORECASE,
)
_TITLES = re.compile(r"title|tieu-?de|headline|ten-?bai|tua-?de", re.IGNORECASE)
_COUNTERS = re.compile(r"(?:^|[\s_-])(?:eye|view|views|viewed|viewcount|luot-?xem|hits?)(?:$|[\s_\d-])|visibility", re.IGNORECASE)
_DATED = re.compile(r"\d{4}|trước\b")


# --- what the page says of itself to machines ----------------------------------------------------------------


@dataclass
class _Head:
    """Hold what the head of a page says: its titles, its description, its date, whether it calls itself an article."""

    title: str = ""
    names: list[str] = field(default_factory=list)
    site: str = ""
    description: str = ""
    published: Found | None = None
    section: Found | None = None
    is_article: bool = False
    own: set[str] = field(default_factory=set)
    parts: list[str] = field(default_factory=list)

    def match(self, words: str) -> tuple[float, str]:
        """Tell how well a folded line agrees with the titles of the page, and by which rule."""
        if not words or words == self.site:
            return 0.0, ""
        if words in self.names:
            return 5.0, "the title that the page names for sharing"
        if words in self.title:
            return self._match_title(words)
        for known in (*self.names, *self.parts[:1]):
            cut = known.count(" ") > 3 and not OFFICE.match(known)  # noqa: PLR2004
            if cut and words.startswith(known.rstrip(_EDGES)):
                return 3.5, "the beginning that <title> gives"
        return 0.0, ""

    def _match_title(self, words: str) -> tuple[float, str]:
        long = words.count(" ")
        if words == self.title:
            whole = len(self.parts) > 1 and OFFICE.match(self.parts[-1])
            return (0.0, "") if _PORTAL.search(words) else (2.0 if whole else 5.0, "the page's <title>")
        if self.title.startswith(words) and (long > 3 or words in self.parts):  # noqa: PLR2004
            return 4.0, "the beginning of <title>"
        if words in self.parts:
            return (0.0 if _PORTAL.search(words) else 2.5 if long > 4 else 0.8), "a part of <title>"  # noqa: PLR2004
        return (3.0, "a part of <title>") if long > 3 else (0.0, "")  # noqa: PLR2004


OFFICE = re.compile(r"(?:phường|xã|thị (?:trấn|xã)|quận|huyện|ubnd|ủy ban|thành phố|tỉnh|cổng|trang|sở|phòng|ban)\b")
_SEPARATOR_IN_TITLE = re.compile(r"\s+[-–—|•·»«:]+\s+|\s*(?:[|»«]|::)\s*")
_TITLED = ("og:title", "twitter:title", "headline", "title")
_DATED_BY = ("article:published_time", "datepublished", "pubdate", "publishdate", "dc.date.issued", "dc.date")
_MARKED_DATES = (
    "[itemprop='datePublished'][content]@content",
    "[itemprop='datePublished'][datetime]@datetime",
    "article time[datetime]@datetime",
    "main time[datetime]@datetime",
)


def _read_head(page: Page) -> _Head:
    metas: dict[str, str] = {}
    head = _Head(title=fold(page.words(("title",)) or ""), own=_ways_to(page.url))
    for node in page.tree.css("meta[content], link[rel='canonical'], link[rel='shortlink']"):
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
        if name:
            metas.setdefault(name.lower(), squeeze(attributes.get("content") or ""))
        elif attributes.get("href"):
            head.own |= _ways_to(attributes["href"] or "")
    head.own |= _ways_to(metas.get("og:url", ""))
    head.names = [fold(metas[name]) for name in _TITLED if metas.get(name)]
    head.parts = [part for part in _SEPARATOR_IN_TITLE.split(head.title) if part]
    head.site = fold(metas.get("og:site_name", ""))
    head.description = fold(metas.get("description") or metas.get("og:description") or "")
    head.is_article = metas.get("og:type") == "article"
    if metas.get("article:section"):
        head.section = Found(metas["article:section"], None, "article:section")
    _read_dates(page, head, metas)
    if page.says(("ld+json",)):
        for node in page.tree.css("script[type='application/ld+json']"):
            for thing in _things(node.text()):
                _take_in(head, thing)
    return head


def _read_dates(page: Page, head: _Head, metas: dict[str, str]) -> None:
    """Find the date of publication for machines: in the head, else marked in the page where only one is."""
    for name in _DATED_BY:
        if name in metas and parse_header(metas[name], now()).published:
            head.published = Found(metas[name], None, name)
            head.is_article |= name in _DATED_BY[:2]
            return
    for selector in _MARKED_DATES if page.says(("datetime", "datePublished")) else ():
        found = page.find((selector,))
        if found and not _are_of_a_list(page.tree.css(selector.partition("@")[0])):
            if parse_header(found.words, now()).published:
                head.published = found
                head.is_article |= "itemprop" in selector
                return


def _ways_to(url: str) -> set[str]:
    """Give the forms in which a page may link to an address: whole, without scheme, from the root, by its name."""
    scheme, host, path, query, _ = urlsplit(url)
    tail = f"?{query}" if query else ""
    places = {path + tail, path.rstrip("/") + tail}
    if host:
        bare = host.removeprefix("www.")
        hosts = (f"{name}//{www}{bare}" for name in ("http:", "https:", "") for www in ("", "www."))
        places |= {there + place for there in hosts for place in tuple(places)}
    return {place for place in (*places, path.rpartition("/")[2] + tail) if place}


def _are_of_a_list(nodes: list[LexborNode]) -> bool:
    """Tell whether dates stand in several places; an article's own stand together, as of posting and of changing."""
    return len({node.parent.mem_id for node in nodes if node.parent}) > 1


def _things(script: str) -> Iterator[dict[str, Any]]:
    """Give the things that a JSON-LD script describes; none where it is broken."""
    try:
        waiting = [json.loads(script, strict=False)]
    except (ValueError, RecursionError):
        return
    for _ in range(100):
        if not waiting:
            return
        thing = waiting.pop(0)
        if isinstance(thing, list):
            waiting.extend(thing)
        elif isinstance(thing, dict):
            yield thing
            waiting.append(thing.get("@graph"))


def _take_in(head: _Head, thing: dict[str, Any]) -> None:
    kinds = thing.get("@type")
    if not any("Article" in str(kind) or kind == "BlogPosting" for kind in (kinds if isinstance(kinds, list) else [kinds])):
        return
    head.is_article = True
    if isinstance(thing.get("headline"), str):
        head.names.append(fold(thing["headline"]))
    date = thing.get("datePublished")
    if isinstance(date, str) and parse_header(date, now()).published:
        head.published = Found(squeeze(date), None, "datePublished in JSON-LD")
    section = thing.get("articleSection")
    section = section[0] if isinstance(section, list) and section else section
    if isinstance(section, str) and section.strip():
        head.section = Found(squeeze(section), None, "articleSection in JSON-LD")


def now() -> datetime:
    return datetime.now(VIETNAM)


# --- the lines of a page, seen for an article ----------------------------------------------------------------


@dataclass
class Moment:
    """Hold lines that together say when: the place of the first and the last, their words, what they mean."""

    first: int
    last: int
    words: str
    header: Header
    score: float
    listed: bool = False
    exact: Found | None = None


class Reader:
    """Look for one article in the lines of a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.lines = read_lines(page)
        self.head = _read_head(page)
        self.folded = [fold(line.words) if len(line.words) <= _LONGEST_TITLE else line.words for line in self.lines]
        self.away: dict[int, bool] = {}
        self.others: dict[str | None, bool] = {}
        timed = page.tree.css("time[datetime]") if page.says(("datetime",)) else ()
        self.timed = {inside.mem_id: node for node in timed for inside in node.traverse(include_text=True)}
        self.moments = self._moments()

    def place_of(self, found: Found | None) -> int | None:
        """Find the line in which the words of a part stand that a selector found."""
        if found is None or found.node is None:
            return None
        inside = {node.mem_id for node in found.node.traverse(include_text=True)}
        return next((line.place for line in self.lines if line.words and inside.intersection(line.leaves)), None)

    def moment_of(self, found: Found | None) -> Moment | None:
        """Make a moment of the header line that a selector found."""
        place = self.place_of(found)
        if found is None or place is None:
            return None
        return Moment(place, place, found.words, parse_header(found.words, now()), 8.0)

    @cached_property
    def linked(self) -> set[str]:
        """Give the words of the page's links, folded."""
        return {fold(words) for link in self.page.tree.css("a[href]") if len(words := link.text()) <= _SENTENCE}

    def title_lines(self, place: int) -> list[int]:
        """Give the lines of a title that is broken into several, in one element that holds nothing else."""
        box = _box(self.lines[place])
        same = [line.place for line in self.lines[max(0, place - 3) : place + 4] if line.words and _box(line) == box]
        lines = [self.lines[at] for at in same]
        titled = all(line.level or line.bold >= 0.9 * len(line.words) for line in lines)
        return same if titled and sum(len(line.words) for line in lines) <= _LONGEST_TITLE else [place]

    def add_time(self, choice: "_Choice") -> None:
        """Add the time, and the views, that stand on lines of their own by the title to a date without a time."""
        moment = choice.moment
        if moment is None or len(moment.header.published or "") != len("2021-04-05") or moment.header.flags:
            return
        for line in self.lines[max(0, choice.title - 2) : choice.title + 4]:
            inside = moment.first <= line.place <= moment.last
            if inside or not is_part_of_header(line.words) or parse_count(line.words) is not None:
                continue
            words = f"{moment.words} | {line.words}"
            header = parse_header(words, now())
            if header.form and len(header.published or "") > len("2021-04-05"):
                moment.words, moment.header = words, header
                return

    # --- links ---

    def leads_away(self, line: Line) -> bool:
        """Tell whether a line is, for the most part, a link to another page."""
        if not line.links or line.linked < 0.6 * len(line.words):
            return False
        if line.place not in self.away:
            others = [link for link in line.links if self.other_page(link)]
            whole = len(others) == len(line.links)
            linked = line.linked if whole else sum(len(words_of(link)) for link in others)
            self.away[line.place] = linked >= 0.6 * len(line.words)
        return self.away[line.place]

    def other_page(self, link: LexborNode) -> bool:
        """Tell whether a link leads to another page: not to a document, a place on this page or a script."""
        href = link.attributes.get("href")
        if href not in self.others:
            self.others[href] = self._is_other(href or "")
        return self.others[href]

    def _is_other(self, href: str) -> bool:
        place = href.strip().partition("#")[0]
        if not place or _NO_PAGE.match(place) or _FILE.search(place.partition("?")[0]):
            return False
        return place not in self.head.own and place.rstrip("/") not in self.head.own

    # --- the header line ---

    def _moments(self) -> list[Moment]:
        found = []
        last = -1
        for place, line in enumerate(self.lines):
            if len(line.words) < 3 and place > last and (leaf := self._calendar_leaf(place)):
                found.append(leaf)
                last = leaf.last
                continue
            timed = self.timed.keys() & line.leaves if self.timed else ()
            if place <= last or line.picture is not None or not (timed or _may_be_moment(line)):
                continue
            if len(line.words) > _SENTENCE / 2 and self.leads_away(line):  # a headline with its date
                continue
            if self.head.match(self.folded[place])[0] >= 3:  # noqa: PLR2004 - a title that holds a date
                continue
            if moment := self._moment(place):
                found.append(moment)
                last = moment.last
        counts = Counter(self._shape(moment) for moment in found)
        for moment in found:
            moment.listed = self._is_listed(moment, counts[self._shape(moment)])
        return found

    def _calendar_leaf(self, place: int) -> Moment | None:
        """Read a date that is drawn as a leaf of a calendar: day, month and year each on a line."""
        lines = self.lines[place : place + 3]
        if not _DAY.fullmatch(lines[0].words) or any(len(line.words) > _SHORTEST_TITLE * 2 for line in lines):
            return None
        words = " ".join(line.words for line in lines)
        header = parse_header(words, now())
        return Moment(place, place + len(lines) - 1, words, header, 3.0) if header.form and header.published else None

    def _shape(self, moment: Moment) -> tuple[str, ...]:
        return shape(self.lines[moment.first].block)

    def _moment(self, place: int) -> Moment | None:
        line = self.lines[place]
        words, header = _read_moment(line)
        stamp = next((self.timed[leaf] for leaf in line.leaves if leaf in self.timed), None) if self.timed else None
        exact = Found(stamp.attributes["datetime"] or "", stamp, "time@datetime") if stamp else None
        if exact and not header.form:
            words = _spaced(line)
        if exact and not header.published:
            header = replace(parse_header(exact.words, now()), views=header.views, form=header.form or "time@datetime")
        if not header.published and "bad_date" not in header.flags:
            return None
        if not header.form and count_unread(words) > _MOST_UNREAD:
            return None
        first, last = place, place
        alone = not any(map(self.other_page, line.links))
        while alone and first and place - first < 3 and self._is_part(first - 1, header):  # noqa: PLR2004
            first -= 1
        while last + 1 < len(self.lines) and last - place < 4 and self._is_part(last + 1, header):  # noqa: PLR2004
            last += 1
        if first != last:
            words = _joined([_spaced(self.lines[at]) for at in range(first, last + 1) if self.lines[at].words])
            joined = parse_header(words, now())
            header = joined if joined.published or not exact else replace(header, views=joined.views)
        labelled = has_header_label(words)
        score = (3.0 if header.form else 1.0) + 2.0 * labelled + 1.5 * (header.views is not None)
        score -= 0.0 if header.form else 0.1 * count_unread(words)
        score += len(header.published or "") > len("2021-04-05")
        score -= 1.5 * fold(words).startswith("cập nhật")
        return Moment(first, last, words, header, score + (exact is not None), exact=exact)

    def _is_part(self, place: int, header: Header) -> bool:
        """Tell whether the line beside a date is of the same header: a time, a label, a count, an author."""
        line = self.lines[place]
        if line.picture is not None:
            return self._is_icon(line)
        if len(line.words) > _SENTENCE or self.leads_away(line) or line.level:
            return False
        if is_part_of_header(line.words):
            return True
        if not _NUMBER_ALONE.fullmatch(line.words.strip()):
            return False
        return self._counts(line) or (place > 0 and bool(_VIEW_LABEL.fullmatch(self.folded[place - 1])))

    def _is_icon(self, line: Line) -> bool:
        return bool(line.picture is not None and not line.links and _ICON.search(line.picture.attributes.get("src") or ""))

    def _counts(self, line: Line) -> bool:
        """Tell whether a number alone stands by an eye."""
        node: LexborNode | None = line.block
        for _ in range(2):
            if node is None or node.tag == "body":
                return False
            names = [_names(node), *(_names(inner) for inner in node.css("i, em, span, svg, use, img, small, b")[:6])]
            if any(_COUNTERS.search(name) for name in names):
                return len(tidy(words_of(node))) <= _SENTENCE
            node = node.parent
        return False

    def _is_listed(self, moment: Moment, alike: int) -> bool:
        """Tell whether a date is one of a list's: of another article, to which a link beside it leads."""
        here = self.lines[moment.first : moment.last + 1]
        if alike > 2 and not has_header_label(moment.words):  # noqa: PLR2004 - a column of dates
            return True
        if any(self.leads_away(line) and line.linked > _SENTENCE / 2 for line in here):
            return True
        if any(link for line in here for link in line.links if len(tidy(words_of(link))) > 25 and self.other_page(link)):  # noqa: PLR2004
            return True
        above = [line for line in self.lines[max(0, moment.first - 4) : moment.first] if line.words]
        heading = next((line for line in reversed(above) if line.level), None)
        if heading is not None and self._is_headline(heading, 12):
            return True
        before = self._neighbour(moment.first, -1)
        if before is not None and self._is_headline(before, 20 if alike == 1 else 8):
            return True
        after = self._neighbour(moment.last, 1)
        return after is not None and self._is_headline(after, 30 if alike == 1 else 12)

    def _neighbour(self, place: int, step: int) -> Line | None:
        """Give the next line with words before or after a place."""
        at = place + step
        while 0 <= at < len(self.lines):
            if self.lines[at].picture is None:
                return self.lines[at]
            at += step
        return None

    def _is_headline(self, line: Line, shortest: int) -> bool:
        return len(line.words) >= shortest and self.leads_away(line) and self.head.match(fold(line.words))[0] < 3  # noqa: PLR2004


_NO_PAGE = re.compile(r"(?:javascript|mailto|tel|data|void):?", re.IGNORECASE)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z|jpe?g|png|gif|webp|mp[34]|odt|rtf)$", re.IGNORECASE)
_NUMBER_ALONE = re.compile(r"\d{1,3}(?:[.,]\d{3})*|\d+")
_DAY = re.compile(r"\s*\d{1,2}\s*")
_ICON = re.compile(r"icon|clock|eye|calendar|lich|date|view|time|\.svg", re.IGNORECASE)


def _names(node: LexborNode) -> str:
    attributes = node.attributes
    named = (attributes.get(name) or "" for name in ("class", "id", "title", "alt", "aria-label", "href", "src"))
    return " ".join(filter(None, named))


def shape(block: LexborNode) -> tuple[str, ...]:
    """Name the place of an element by the tags and classes of it and of the two above it."""
    names = []
    node: LexborNode | None = block
    for _ in range(3):
        if node is None:
            break
        names.append(f"{node.tag}.{_STATE.sub('', node.attributes.get('class') or '')}")
        node = node.parent
    return tuple(names)


_STATE = re.compile(r"\b(?:odd|even|first|last|active|row-?\d+|item-?\d+|post-\d+|col-?\d+)\b")


def _box(line: Line) -> int:
    """Give the id of the block that a line is in, past what breaks and marks it."""
    node = line.block
    while node.tag in _INLINE and node.parent is not None:
        node = node.parent
    return node.mem_id


_INLINE = frozenset("br b strong span font em i u a".split())


def _may_be_moment(line: Line) -> bool:
    words = line.words
    return len(words) <= _LONGEST_HEADER and bool(_DATED.search(words))


def _spaced(line: Line) -> str:
    """Give a line's words with a blank between inline elements that only their looks keep apart."""
    return tidy_ascii(" ".join(line.parts)) if len(line.parts) > 1 else line.words


def tidy_ascii(words: str) -> str:
    """Collapse white space as in a block of text: no-break spaces stay."""
    return squeeze(words)


def _read_moment(line: Line) -> tuple[str, Header]:
    header = parse_header(line.words, now())
    if not header.form and len(line.parts) > 1:
        words = _spaced(line)
        spaced = parse_header(words, now())
        if spaced.form or (spaced.published and not header.published) or len(spaced.published or "") > len(header.published or ""):
            return words, spaced
    return line.words, header


def _joined(words: Iterable[str]) -> str:
    """Join the pieces of a header: by a blank after a label, else by a bar."""
    joined = ""
    for piece in words:
        label = joined.rstrip().endswith(":") or (joined and is_part_of_header(joined.rsplit(" | ", 1)[-1]) and not any(
            map(str.isdigit, joined.rsplit(" | ", 1)[-1])))
        joined = f"{joined} {piece}" if label else f"{joined} | {piece}" if joined else piece
    return joined


@dataclass
class _Choice:
    """Hold a title line and the moment that goes with it, and how well the two are believed."""

    title: int
    moment: Moment | None
    score: float
    rule: str


_NEVER_TITLE = ("footer", "comments", "related")
_LEVELS = {1: 3.0, 2: 2.0, 3: 1.5, 4: 1.0}
_ZONE_COST = {"nav": 4.0, "aside": 4.0, "form": 2.0, "tools": 1.0}


class _Chooser:
    """Choose the title and the moment of a page's article."""

    def __init__(self, reader: "Reader", title: int | None, moment: Moment | None) -> None:
        self.reader, self.lines, self.head = reader, reader.lines, reader.head
        self.moments = [moment] if moment else [one for one in reader.moments if self._may_be_article(one)]
        self.titles = [(title, 10.0, "")] if title is not None else list(self._titles())
        weights = [self._counts(line) for line in self.lines]
        self.numbers = [0, *accumulate(weights)]
        self.texts = [0, *accumulate(weight and line.own for weight, line in zip(weights, self.lines, strict=True))]

    def _may_be_article(self, moment: Moment) -> bool:
        line = self.lines[moment.first]
        clock = line.zone == "nav" and not has_header_label(moment.words) and _CLOCK.search(fold(moment.words))
        return not (moment.listed or line.zone in _NEVER_TITLE or clock or _NOT_NOW.search(fold(moment.words)))

    def _titles(self) -> Iterator[tuple[int, float, str]]:
        near = {at for moment in self.moments for at in range(moment.first - 8, moment.last + 9)}
        taken = {at for moment in self.moments for at in range(moment.first, moment.last + 1)}
        for place, line in enumerate(self.lines):
            words = self.reader.folded[place]
            if not _SHORTEST_TITLE <= len(words) <= _LONGEST_TITLE or place in taken or line.zone in _NEVER_TITLE:
                continue
            match, rule = self.head.match(words)
            if not match and not line.level and place not in near:
                continue
            if kind(words) or (_MAY_BE_HOME.search(words) and any(_HOME.fullmatch(fold(step)) for step in _steps([line]))):
                continue
            score = match + _LEVELS.get(line.level, 0.0) + min(len(words), _SENTENCE) / _SENTENCE
            score += 0.7 * (line.bold >= 0.9 * len(line.words)) - _ZONE_COST.get(line.zone, 0.0)
            score += 1.5 * bool(_TITLES.search(_names(line.block)))
            score -= 8.0 * (bool(_PORTAL.search(words)) and words.count(" ") < 12) + 2.0 * bool(_GENERIC.fullmatch(words))
            score -= 8.0 * bool(_NO_ARTICLE.fullmatch(words)) + (words.count(" ") < 4)  # noqa: PLR2004
            score -= 3.0 * (line.words.rstrip()[-1:] in ".,:;" or line.own > 250)  # noqa: PLR2004 - a sentence
            if self.reader.leads_away(line) or (line.linked >= len(line.words) - 2 and not line.level):
                score -= 1.0 if match >= 4 and line.level else 6.0  # noqa: PLR2004
            yield place, score, rule or (f"heading <h{line.level}>" if line.level else "a line of its own")

    def choices(self) -> list[_Choice]:
        """Give the pairs that may be, the best first."""
        pairs = [
            _Choice(title, moment, score + moment.score + near, rule)
            for title, score, rule in self.titles
            for moment in self.moments
            if (near := self._nearness(title, moment)) is not None
        ]
        if self.head.published and (self.head.is_article or not self.moments):
            pairs.extend(
                _Choice(title, None, score + 2.0 + self.head.is_article, rule) for title, score, rule in self.titles
            )
        return sorted(pairs, key=lambda pair: -pair.score)

    def _nearness(self, title: int, moment: Moment) -> float | None:
        """Score how a moment stands to a title; None where it cannot be the title's."""
        cost = _ZONE_COST.get(self.lines[moment.first].zone, 0.0)
        if moment.last < title:
            return self._above(title, moment, cost)
        number = self.numbers[moment.first] - self.numbers[title + 1]
        if number > 5:  # noqa: PLR2004
            return self._at_the_end(title, moment, cost)
        away = [line for line in self.lines[title + 1 : moment.first] if line.words and self.reader.leads_away(line)]
        if any(line.level for line in away):  # the headline of a list
            return None
        cost += 4.0 * any(len(line.words) > 20 for line in away)  # noqa: PLR2004
        if number <= 3:  # noqa: PLR2004
            return 5.0 - number - cost
        end = self._at_the_end(title, moment, cost)
        return end if end is not None else 0.5 - cost

    def _at_the_end(self, title: int, moment: Moment, cost: float) -> float | None:
        """Score a header line below the text."""
        text = self.texts[moment.first] - self.texts[title + 1]
        told = moment.exact or has_header_label(moment.words)
        return 1.0 - cost if text > 2 * _SENTENCE and told and not self._ended(title, moment.first) else None

    def _above(self, title: int, moment: Moment, cost: float) -> float | None:
        number = self.numbers[title] - self.numbers[moment.last + 1]
        if number > 2:  # noqa: PLR2004
            return None
        labelled = has_header_label(moment.words)
        if not labelled and not moment.header.form:
            return None
        line = self.lines[title]
        plain = not (line.level or line.bold or self.head.match(self.reader.folded[title])[0] or _TITLES.search(_names(line.block)))
        clock = not labelled and _CLOCK.search(fold(moment.words)) and not self._close(line, self.lines[moment.first])
        return 3.5 - 1.5 * number - cost - 8.0 * bool(clock) - 2.0 * plain

    def _close(self, line: Line, other: Line) -> bool:
        """Tell whether two lines share an element that is not far above them."""
        chains = [[node.mem_id for node in _above(one.block)[:4]] for one in (line, other)]
        return bool(set(chains[0]).intersection(chains[1])) and "body" not in {node.tag for node in _above(line.block)[:3]}

    def _counts(self, line: Line) -> bool:
        """Tell whether a line stands for something between a title and a date."""
        words = self.reader.folded[line.place]
        if len(words) > _SENTENCE:
            return True
        return bool(words) and kind(words) != TOOL and not is_part_of_header(line.words)

    def _ended(self, start: int, stop: int) -> bool:
        return any(
            kind(words) in (END, RELATED) for words in self.reader.folded[start + 1 : stop] if words
        )


_NO_ARTICLE = re.compile(
    r"đăng (?:nhập|ký)(?: .{0,30})?|liên hệ|(?:thông tin )?liên hệ(?: .{0,30})?|góp ý(?: .{0,20})?|(?:kết quả )?tìm kiếm(?: .*)?"
    r"|giới thiệu(?: chung)?|sơ đồ (?:trang|cổng|website|web).{0,20}|hỏi đáp|thư viện (?:ảnh|video|hình ảnh)|(?:cơ cấu|sơ đồ) tổ chức"
    r"|bộ máy tổ chức|lịch (?:công tác|làm việc)(?: tuần)?|văn bản(?: pháp luật| chỉ đạo.{0,20}| pháp quy)?|contact(?: us)?|login|search"
    r"|about(?: us)?|trang (?:chủ|không tồn tại).*|404.*|error.*"
)
_CLOCK = re.compile(r"\b(?:thứ|chủ nhật)\b|:\d\d:\d\d|\d+ ?: ?\d+ ?: ?\d+")


def _is_furniture(words: str) -> bool:
    return bool(kind(words))


# --- the body ------------------------------------------------------------------------------------------------


def _above(node: LexborNode) -> list[LexborNode]:
    """Give an element and all that it stands in, from the inside out, up to the body."""
    chain = [node]
    while (node := chain[-1].parent) is not None and node.tag not in ("html", "-document", None):  # type: ignore[assignment]
        chain.append(node)
    return chain


def _common(chains: list[list[int]]) -> int:
    """Give the id of the innermost element that all chains of ids (from the inside out) share."""
    shared = set(chains[0]).intersection(*chains[1:])
    return next(key for key in chains[0] if key in shared)


@dataclass
class _BodyLines:
    """Hold the lines of a body: those kept, the credits that stand beside it, and the line that ended it."""

    kept: list[Line]
    credits: list[Line]
    ended_by: str


class _BodyFinder:
    """Find the lines of the body that belongs to a title and a moment."""

    def __init__(self, reader: "Reader", choice: _Choice) -> None:
        self.reader, self.lines = reader, reader.lines
        self.title, self.moment = choice.title, choice.moment
        self.chains: dict[int, list[LexborNode]] = {}
        self.ids: dict[int, list[int]] = {}
        self.zone = self.lines[choice.title].zone
        self.listed = {at for one in reader.moments if one.listed for at in range(one.first, one.last + 1)}
        self.documents = False
        self.boxed: set[int] = set()
        self.ended_by = "the end of the page"

    def chain(self, line: Line) -> list[int]:
        """Give the ids of what a line stands in, from the inside out."""
        key = line.block.mem_id
        if key not in self.ids:
            self.chains[key] = _above(line.block)
            self.ids[key] = [node.mem_id for node in self.chains[key]]
        return self.ids[key]

    def find(self) -> _BodyLines | None:
        """Find the body's lines; None where there are none."""
        kept = self.scan(None)
        first = next((line for line in kept if line.own >= _SENTENCE), None) or next(
            (line for line in kept if line.words), None
        )
        anchors = [self.lines[self.title]]
        if self.moment and self.moment.first > self.title:
            anchors.append(self.lines[self.moment.first])
        if first is not None:
            region = min(
                (_common([self.chain(first), self.chain(anchor)]) for anchor in anchors),
                key=self.chain(first).index,
            )
            region = self.widened(region, kept)
            kept = self.scan(region)
            kept, credits = self.inner(kept, region)
        else:
            region = _common([self.chain(line) for line in (*anchors, *kept[:1])])
            kept, credits = [line for line in kept if region in self.chain(line)], []
        if self.is_listing(kept):
            return None
        kept = self.trimmed(kept)
        return _BodyLines(kept, credits, self.ended_by) if kept else None

    def widened(self, region: int, kept: list[Line]) -> int:
        """Widen the region of the body as long as its text goes on right behind it."""
        total = sum(line.own for line in kept)
        for line, following in pairwise(kept):
            if sum(one.own for one in kept if region in self.chain(one)) > 0.6 * total:
                break
            inside, outside = self.chain(line), self.chain(following)
            if region not in inside or region in outside:
                continue
            if following.place > line.place + 1 or following.own < _SENTENCE or following.level:
                break
            region = _common([inside[inside.index(region) :], outside])
        return region

    def scan(self, region: int | None) -> list[Line]:
        """Go through the lines below the title, in a region of the page, up to what ends the article."""
        kept: list[Line] = []
        related = False
        parents: set[int] = set()
        here = self.moment
        self.documents = False
        for line in self.lines[self.title + 1 :]:
            words = self.reader.folded[line.place]
            if here and here.first <= line.place <= here.last:
                if kept and any(one.own >= _SENTENCE for one in kept) and line.place - self.title > 8:  # noqa: PLR2004
                    self.ended_by = "the header line"
                    break
                continue
            if region is not None and region not in self.chain(line):
                if not kept and line.place < (here.last if here else 0):
                    continue
                self.ended_by = "the end of its element"
                break
            if line.zone and line.zone != self.zone:
                if line.zone == "comments" and kept:
                    self.ended_by = f"a part named {line.zone}"
                    break
                continue
            if line.picture is not None:
                if not related and not self.reader._is_icon(line) and not any(map(self.reader.other_page, line.links)):
                    kept.append(line)
                continue
            means = kind(words)
            if means == END:
                if kept:
                    self.ended_by = f"“{line.words}”"
                    break
                continue
            if means == RELATED:
                self.ended_by = f"“{line.words}”"
                if parents.intersection(self.chain(line)[1:2]):
                    break
                related = True
                continue
            if _DOCUMENTS.fullmatch(words) and kept:
                self.documents = True
            if self.documents:
                self.ended_by = f"“{line.words}”"
                continue
            if related:
                if line.own < _SENTENCE or self.reader.leads_away(line) or not parents.intersection(self.chain(line)[:2]):
                    self.boxed.add(line.place)
                    continue
                related = False
                self.ended_by = "the end of the page"
            if not words or self.is_tool(line) or (len(words) < _SENTENCE and self.is_count(line, begun=bool(parents))):
                continue
            if here and line.place < here.first and line.own < _SENTENCE and not parents:
                continue
            parents.update(self.chain(line)[:2] if line.own >= _SENTENCE else ())
            kept.append(line)
        return kept

    def has_menu_above(self, body: _BodyLines) -> bool:
        """Tell whether a menu stands between a date, or a title, and the text: then they are not of one article."""
        first = next((line.place for line in body.kept if line.own), body.kept[0].place)
        top = min(self.title, self.moment.first) if self.moment else self.title
        above = self.lines[top:first]
        menu = any(line.zone == "nav" and not line.words and line.picture is None for line in above)
        return menu or sum(line.zone == "nav" or self.reader.leads_away(line) for line in above) > _MENU

    def is_listing(self, kept: list[Line]) -> bool:
        """Tell whether headlines of other pages stand all through the text, as on a page of summaries."""
        if not kept:
            return False
        span = self.lines[kept[0].place : kept[-1].place + 1]
        lines = [line for line in span if line.zone != "related" and line.place not in self.boxed]
        away = [line for line in lines if line.words.count(" ") > 2 and self.reader.leads_away(line)]  # noqa: PLR2004
        return len(away) > 2 and len(away) >= 0.4 * sum(line.own >= _SENTENCE / 2 for line in kept)  # noqa: PLR2004

    def is_tool(self, line: Line) -> bool:
        """Tell whether a line is made of what one can do with a page: print it, share it, go back."""
        if len(line.words) > _LONGEST_HEADER:
            return False
        whole = kind(self.reader.folded[line.place]) == TOOL
        return whole or (len(line.parts) > 1 and all(kind(part) == TOOL for part in map(fold, line.parts) if part))

    def is_count(self, line: Line, *, begun: bool) -> bool:
        """Tell whether a line is a stray part of the header: a label or a time before the text, a count of views."""
        if not begun and any(one.first <= line.place <= one.last and one.header.form for one in self.reader.moments):
            return True
        return is_part_of_header(line.words) and (not begun or parse_count(line.words) is not None)

    def inner(self, kept: list[Line], region: int) -> tuple[list[Line], list[Line]]:
        """Keep the element that holds nearly all of the text, with what stands above it; sort out what follows it."""
        total = sum(line.own for line in kept)
        core = kept
        place = region
        while len(core) > 1:
            groups: dict[int, list[Line]] = {}
            for line in core:
                chain = self.chain(line)
                depth = chain.index(place)
                groups.setdefault(chain[depth - 1] if depth else 0, []).append(line)
            key, most = max(groups.items(), key=lambda group: sum(line.own for line in group[1]))
            if not key or sum(line.words != "" for line in most) < 2 or sum(line.own for line in most) < 0.6 * total:  # noqa: PLR2004
                break
            place, core = key, most
        if place == region:
            return self.without_credits(kept)
        first, last = core[0].place, core[-1].place
        above = [line for line in kept if line.place < first and (line.picture is not None or line.own > 30)]  # noqa: PLR2004
        within = [line for line in kept if first <= line.place <= last]
        below, credits = [], []
        for line in kept:
            if line.place <= last or line.picture is not None:
                continue
            if any(parse_credits([tidy(line.words)])):
                credits.append(line)
            elif line.own >= _SENTENCE and not line.level and region in self.chain(line)[:3]:
                below.append(line)
        return [*above, *within, *below], credits

    def without_credits(self, kept: list[Line]) -> tuple[list[Line], list[Line]]:
        """Take the lines at the end that name author and source, where they stand apart from the sentences."""
        parents = {key for line in kept if line.own >= _SENTENCE for key in self.chain(line)[1:2]}
        credits: list[Line] = []
        while kept and any(parse_credits([tidy(kept[-1].words)])) and not parents.intersection(self.chain(kept[-1])[:2]):
            credits.append(kept.pop())
        return kept, credits

    def trimmed(self, kept: list[Line]) -> list[Line]:
        """Take away lists of links to other pages, and headings and links at the end that have nothing below them."""
        away = [line.words != "" and self.reader.leads_away(line) for line in kept]
        runs = {
            at
            for at, (one, other) in enumerate(pairwise(away))
            if one and other and self.chain(kept[at])[1:3] == self.chain(kept[at + 1])[1:3]
        }
        runs |= {at + 1 for at in runs}
        kept = [
            line
            for at, line in enumerate(kept)
            if at not in runs
            and not (away[at] and (_MORE.match(words := self.reader.folded[line.place]) or line.place in self.listed or _DATED.search(words)))
        ]
        while kept and kept[-1].words and (self.reader.leads_away(kept[-1]) or kept[-1].level):
            kept.pop()
        if any(line.words for line in kept):
            return kept
        return kept if any(not self.reader._is_icon(line) for line in kept) else []


_MORE = re.compile(r"(?:xem|đọc) (?:thêm|tiếp|chi tiết)|>>|»")


# --- what stands around: section, views, lead ----------------------------------------------------------------

_CRUMBS = (
    "[class*='breadcrumb' i], [id*='breadcrumb' i], [class*='crumb' i], [itemtype*='BreadcrumbList'],"
    " [aria-label*='breadcrumb' i], [class*='duongdan' i], [class*='duong-dan' i], [class*='pathway' i]"
)
_KICKERS = 4


def _crumbs(reader: Reader, title: int) -> Found | None:
    """Read the last step of the breadcrumb that is not the article itself."""
    for node in reader.page.tree.css(_CRUMBS):
        steps = _split_steps([part for part in _pieces(node) if len(part) <= _LONGEST_TITLE])
        if named := _last_step(reader, steps, title, sure=True):
            return Found(named, node, "the last step of the breadcrumb")
    for place in range(title - 1, max(-1, title - 40), -1):
        line = reader.lines[place]
        if not line.words or not any(_HOME.fullmatch(fold(step)) for step in _steps([line])[:2]):
            continue
        siblings = [line]
        if line.block.tag == "li" and line.block.parent is not None:
            siblings = [one for one in reader.lines[place:title] if _is_in(one.block, line.block.parent)]
        drawn = any(_ARROW.search(part) for one in siblings for part in one.parts)
        steps = _steps(siblings)
        near = all(not one.words for one in reader.lines[siblings[-1].place + 1 : title])
        sure = (drawn and (near or line.zone != "nav")) or (near and len(steps) <= 3)  # noqa: PLR2004
        if named := _last_step(reader, steps, title, sure=sure):
            return Found(named, None, "the last step from the home page to the title")
    return None


_ARROW = re.compile(r"[»›>→]|\s/\s|^/$")


def _pieces(node: LexborNode) -> Iterator[str]:
    """Give the words of the links in an element, and of the text between them."""
    taken: set[int] = set()
    for one in node.traverse(include_text=True):
        if one.tag == "a":
            yield words_of(one)
        if one.tag == "a" or one.tag in NO_TEXT:
            taken.update(inner.mem_id for inner in one.traverse(include_text=True))
        elif one.tag == "-text" and one.mem_id not in taken:
            yield one.text_content or ""


def _is_in(node: LexborNode, outer: LexborNode) -> bool:
    key = outer.mem_id
    return any(one.mem_id == key for one in _above(node))


def _steps(lines: list[Line]) -> list[str]:
    return _split_steps([part for line in lines for part in line.parts])


def _split_steps(words: list[str]) -> list[str]:
    """Split the words of a way through the portal at the marks between its steps."""
    parts = [step for part in words for step in _BETWEEN_STEPS.split(squeeze(part))]
    steps = [_STEP_MARKS.sub("", part) for part in parts]
    return [step for step in steps if _LETTERS.search(step)]


_LETTERS = re.compile(r"[^\W\d_]{2}")
_BETWEEN_STEPS = re.compile(r"\s*[»›>→]+\s*|\s+[/|\\]\s+|::")
_STEP_MARKS = re.compile(r"^[\s»›>→|/\\•·–—:-]+|[\s»›>→|/\\•·–—:-]+$")


def _last_step(reader: Reader, steps: list[str], title: int, *, sure: bool) -> str | None:
    """Give the last step of a way through the portal that is not the title; None where it is a menu."""
    name = reader.folded[title]
    named = [step for step in steps if not _HOME.fullmatch(fold(step))]
    ends_here = bool(named) and _same(fold(named[-1]), name)
    named = [step for step in named if not _same(fold(step), name) and not _GENERIC_STEP.fullmatch(fold(step))]
    if not named or len(steps) > 6 or not (sure or ends_here) or _NO_ARTICLE.fullmatch(fold(named[-1])):  # noqa: PLR2004
        return None
    return named[-1]


_GENERIC_STEP = re.compile(r"(?:xem )?chi tiết.{0,20}|(?:tin|nội dung|bài viết|thông tin|trang) chi tiết|detail.*|bạn đang ở.*|you are here.*")


def _same(step: str, title: str) -> bool:
    """Tell whether a step is the title, which may be cut short."""
    return step == title or (len(step) > 15 and (title.startswith(step.rstrip(" .…")) or step.startswith(title)))  # noqa: PLR2004


def _kickers(reader: Reader, choice: _Choice) -> list[Found]:
    """Read the line right above the article, and the links beside its header line, that may name the section."""
    found: list[Found] = []
    top = min(choice.title, choice.moment.first if choice.moment else choice.title)
    above = (line for line in reversed(reader.lines[:top]) if line.words and kind(reader.folded[line.place]) != TOOL)
    for line in islice(above, _KICKERS):
        steps = _steps([line])
        if not steps or len(line.words) > _SENTENCE or line.zone in ("nav", "footer", "aside", "form"):
            break
        if any(_is_root(reader.page.link(link.attributes.get("href"))) for link in line.links):
            break
        if is_part_of_header(line.words) or kind(fold(line.words)) == END or any(_HOME.fullmatch(fold(step)) for step in steps) or _PORTAL.search(fold(line.words)) or _DATED.search(line.words):
            break
        telling = line.level or line.bold >= 0.9 * len(line.words) or _CATEGORY.search(_names(line.block))
        in_menu = fold(steps[-1]) in reader.linked
        alone = len(line.links) <= 1 or len(steps) == len(line.links)
        if alone and (telling or in_menu or not found) and not _in_row_of_links(reader, line):
            found.append(Found(steps[-1], None, "the line above the title"))
            if telling or in_menu:
                found.insert(0, found.pop())
                break
    near = [reader.lines[at] for at in range(choice.title + 1, min(choice.title + 6, len(reader.lines)))]
    if choice.moment:
        near += [reader.lines[at] for at in range(choice.moment.first, choice.moment.last + 2) if at < len(reader.lines)]
    for line in near:
        for link in line.links:
            words = words_of(link)
            named = (
                _CATEGORY.search(_names(link))
                or _CATEGORY.search(_names(line.block))
                or "category" in (link.attributes.get("rel") or "")
                or (choice.moment and choice.moment.first <= line.place <= choice.moment.last and fold(words) in reader.linked)
            )
            if named and 2 < len(words) <= _SENTENCE and reader.other_page(link):  # noqa: PLR2004
                found.append(Found(words, None, "the link to the section beside the header line"))
    tagged = reader.page.tree.css("a[rel~='category']")
    if 0 < len(tagged) <= 3:  # noqa: PLR2004 - more are of a list
        found.append(Found(words_of(tagged[0]), tagged[0], "the link that is marked as the category"))
    return [one for one in found if one.words.strip()]


def _is_root(url: str | None) -> bool:
    return bool(url) and urlsplit(url or "").path in ("", "/")


def _in_row_of_links(reader: Reader, line: Line) -> bool:
    """Tell whether a line is one of a menu's: links before it of the same make."""
    if not line.links:
        return False
    before = reader._neighbour(line.place, -1)
    return before is not None and bool(before.links) and shape(before.block) == shape(line.block)


_CATEGORY = re.compile(r"categor|(?:^|[\s_-])cat(?:$|[\s_-])|chuyen-?muc|section|kicker|the-?loai|danh-?muc|folder|topic", re.IGNORECASE)


def _labelled_section(reader: Reader, choice: _Choice) -> Found | None:
    last = max(choice.title, choice.moment.last if choice.moment else 0)
    for line in reader.lines[max(0, choice.title - 3) : last + 4]:
        match = _LABELLED_SECTION.fullmatch(tidy(line.words))
        if match and len(line.words) <= 2 * _SENTENCE:
            name = words_of(line.links[0]) if line.links else _SEPARATOR.split(match["name"])[0]
            return Found(name, None, "the line that names the section")
    return None


def _sections(reader: Reader, choice: _Choice) -> list[Found]:
    """Give what may be the section, the best first."""
    title = reader.folded[choice.title]
    crumb = _crumbs(reader, choice.title)
    kickers = [one for one in _kickers(reader, choice) if not _same(fold(one.words), title)]
    if crumb and kickers and _GENERIC.fullmatch(fold(crumb.words)) and not _GENERIC.fullmatch(fold(kickers[0].words)):
        crumb, kickers = kickers[0], [crumb, *kickers[1:]]
    site = {reader.head.site, *_SEPARATOR_IN_TITLE.split(reader.head.title)[-1:]}
    kickers = [one for one in kickers if not (OFFICE.match(fold(one.words)) and fold(one.words) in site)]
    found = [_labelled_section(reader, choice), crumb, *kickers, reader.head.section, _in_title(reader, choice)]
    return [one for one in found if one]


def _in_title(reader: Reader, choice: _Choice) -> Found | None:
    """Read the section out of `<title>`: title - section - portal."""
    words = reader.page.words(("title",)) or ""
    parts = [part for part in _TITLE_PARTS.split(words) if part.strip()]
    if len(parts) == 3 and _same(fold(parts[0]), reader.folded[choice.title]):  # noqa: PLR2004
        return Found(parts[1].strip(), None, "the middle of <title>")
    return None


_TITLE_PARTS = re.compile(r"\s+[-–—|•·»]\s+|\s*[|»]\s*")


def _views(reader: Reader, choice: _Choice, body: _BodyLines | None) -> list[Found]:
    """Give the counts of views that may be the article's: by an eye beside the date, or labelled, near or below."""
    found = []
    moment = choice.moment
    if moment:
        for at in range(moment.first, moment.last + 1):
            for node in reader.lines[at].block.css("[class*='eye' i], [class*='view' i], [class*='xem' i], [title*='xem' i], .material-icons"):
                if (words := _counted_by(node)) and parse_count(words) is not None:
                    found.append(Found(words, node, "the number by the eye"))
                    break
        for at in range(moment.first, moment.last + 1):
            line = reader.lines[at]
            if _NUMBER_ALONE.fullmatch(line.words.strip()) and reader._counts(line):
                found.append(Found(line.words, None, "the number by the eye"))
    stop = (body.kept[-1].place if body else choice.title) + 12
    first = max(0, choice.title - 4)
    for place in range(first, min(stop, len(reader.lines))):
        line = reader.lines[place]
        if line.zone in ("footer", "aside", "comments", "related", "nav") or len(line.words) > _SENTENCE or line.picture is not None:
            continue
        words = line.words
        following = reader.lines[place + 1].words.strip() if place + 1 < len(reader.lines) else ""
        if _ENDS_IN_LABEL.search(reader.folded[place]) and _NUMBER_ALONE.fullmatch(following):
            words = f"{words} {following}"
        if _VIEW_LABEL.search(fold(words)) and parse_header(words, now()).views is not None and not _listed_count(reader, place):
            found.append(Found(words, None, "the line that counts views"))
    return found


_VIEW_LABEL = re.compile(r"(?:lượt|đã|đã được|được|lần|người|số) (?:xem|đọc|người)(?: (?:xem|đọc))?|view(?:s| count)?|hits|xem")


_ENDS_IN_LABEL = re.compile(rf"(?:{_VIEW_LABEL.pattern})$")


def _listed_count(reader: Reader, place: int) -> bool:
    before = reader._neighbour(place, -1)
    return before is not None and reader._is_headline(before, 12)


def _counted_by(node: LexborNode) -> str | None:
    """Read the number that an eye stands by: in its own element or right after it."""
    if not _COUNTERS.search(_names(node)) and tidy(words_of(node)) != "visibility":
        return None
    own = tidy(words_of(node))
    if _NUMBER_ALONE.fullmatch(own):
        return own
    following = node.next
    while following is not None and not tidy(following.text() if following.tag == "-text" else words_of(following)):
        following = following.next
    if following is None:
        return None
    words = tidy((following.text_content or "") if following.tag == "-text" else words_of(following))
    match = _NUMBER_FIRST.match(words)
    return match[0] if match else None


_NUMBER_FIRST = re.compile(r"(?:\d{1,3}(?:[.,]\d{3})+|\d+)(?![\d/:.-])")


def _lead(reader: Reader, body: _BodyLines, finder: _BodyFinder) -> list[Line]:
    """Find the lines of the lead: set apart from the body by its element, and by its name, type or the description."""
    lines = [line for line in body.kept if line.words]
    if len(lines) < 2:  # noqa: PLR2004
        return []
    first = lines[0]
    for node in (first.block, first.block.parent):
        if node is not None and node.tag not in ("body", "td") and _LEADS.search(_names(node)):
            inside = [line for line in lines if node.mem_id in finder.chain(line)]
            if len(inside) <= 3 and len(inside) < len(lines):  # noqa: PLR2004
                return inside
    described = len(reader.head.description) > _SENTENCE / 2 and reader.folded[first.place].startswith(
        reader.head.description.rstrip(" .…")
    )
    apart = finder.chain(first)[1:2] != finder.chain(lines[1])[1:2] and finder.chain(first)[0] != finder.chain(lines[1])[0]
    strong = first.bold >= 0.9 * len(first.words) or first.level or _all_in(first.block, "em, i")
    return [first] if apart and (strong or described) and first.own >= _SENTENCE / 2 else []


def _all_in(block: LexborNode, tags: str) -> bool:
    return any(len(tidy(words_of(node))) >= 0.9 * len(tidy(words_of(block))) for node in block.css(tags))


# --- all together --------------------------------------------------------------------------------------------


def locate(page: Page, known: Parts | None = None) -> Parts | None:
    """Find where the parts of the article stand, besides those that are `known`; None where the page holds none."""
    parts = known or Parts()
    reader = Reader(page)
    title = reader.place_of(parts.found.get("title"))
    moment = reader.moment_of(parts.found.get("header"))
    choices = _Chooser(reader, title, moment).choices()
    if parts.body is not None and "title" in parts.found and ("header" in parts.found or "published" in parts.found):
        choices = choices[:1]
    for choice in choices:
        if choice.score < _ENOUGH:
            break
        reader.add_time(choice)
        finder = _BodyFinder(reader, choice)
        body = finder.find() if parts.body is None else None
        if parts.body is None and (body is None or not _is_enough(body, choice) or finder.has_menu_above(body)):
            continue
        _fill(parts, reader, choice, choices, body, finder)
        return parts
    return None


def _is_enough(body: _BodyLines, choice: _Choice) -> bool:
    text = sum(line.own for line in body.kept)
    return text >= _SENTENCE / 2 or (choice.score >= _ENOUGH + 3 and (text > 0 or any(line.picture is not None for line in body.kept)))


def _fill(
    parts: Parts, reader: Reader, choice: _Choice, choices: list[_Choice], body: _BodyLines | None, finder: _BodyFinder
) -> None:
    lines = reader.lines
    title = " ".join(lines[at].words for at in reader.title_lines(choice.title))
    parts.found.setdefault("title", Found(title, None, choice.rule))
    others = [one for one in choices if one.title != choice.title]
    parts.lost["title"] = _unique([Found(lines[one.title].words, None, one.rule) for one in others], parts.words("title"))
    if choice.moment:
        rule = "the line that dates the article, by its title"
        parts.found.setdefault("header", Found(choice.moment.words, None, rule))
        rivals = [one for one in choices if one.title == choice.title and one.moment not in (None, choice.moment)]
        near = [one for one in rivals if one.score > choice.score - _CLOSE and one.moment]
        if any(one.moment.header.published != choice.moment.header.published for one in near if one.moment):
            parts.flags.append("date_doubtful")
    parts.lost["header"] = _unique(
        [Found(moment.words, None, "a date of a list" if moment.listed else "a date elsewhere on the page")
         for moment in reader.moments if moment is not choice.moment], parts.words("header"))
    exact = _exact(choice, reader.head)
    if exact:
        parts.found.setdefault("published", exact)
    if "section" not in parts.found:
        sections = _sections(reader, choice)
        if sections:
            parts.found["section"], parts.lost["section"] = sections[0], _unique(sections[1:], sections[0].words)
            shown = [one for one in parts.lost["section"] if one.rule.startswith("the last step")]
            if shown and not _GENERIC.fullmatch(fold(shown[0].words)) and fold(shown[0].words) != fold(sections[0].words):
                parts.flags.append("section_doubtful")
    if "views" not in parts.found and (choice.moment is None or choice.moment.header.views is None):
        counts = _views(reader, choice, body)
        if counts:
            parts.found["views"], parts.lost["views"] = counts[0], _unique(counts[1:], counts[0].words)
            if len({parse_count(one.words) for one in counts}) > 1:
                parts.flags.append("views_doubtful")
    if body:
        _fill_body(parts, reader, body, finder)


def _exact(choice: _Choice, head: _Head) -> Found | None:
    """Choose the date for machines: that of the header line, unless it claims UTC and the head knows better."""
    own = choice.moment.exact if choice.moment else None
    if own and head.published and _LOCAL.search(head.published.words) and not _LOCAL.search(own.words):
        return head.published
    return own or head.published


_LOCAL = re.compile(r"\+07:?00$")


def _fill_body(parts: Parts, reader: Reader, body: _BodyLines, finder: _BodyFinder) -> None:
    lead = [] if "lead" in parts.found else _lead(reader, body, finder)
    if lead:
        parts.found["lead"] = Found(" ".join(line.words for line in lead), None, "the summary above the body")
    last = body.kept[-1].place
    signed = [line for line in reader.lines[last + 1 : last + 6] if line.zone == "credits" and line.words]
    for line in (*body.credits, *signed):
        author, source = parse_credits([tidy(line.words)])
        if author:
            parts.found.setdefault("author", Found(author, None, "the line below the body"))
        if source:
            parts.found.setdefault("source", Found(source, None, "the line below the body"))
    own = [line for line in body.kept if line not in lead]
    chains = [finder.chain(line) for line in own] or [finder.chain(line) for line in body.kept]
    root = _common(chains)
    node = next(node for node in _above((own or body.kept)[0].block) if node.mem_id == root)
    kept = {line.place for line in own}
    parts.body = node
    parts.skipped |= not_body(node)
    parts.body_rule = f"the text below the title, up to {body.ended_by}"
    for line in reader.lines:
        if line.place not in kept:
            parts.skipped.update(line.leaves)


def _unique(found: list[Found], winner: str | None) -> list[Found]:
    """Drop candidates that say the same as the winner or one another."""
    kept: dict[str, Found] = {}
    for one in found:
        if fold(one.words) != fold(winner or ""):
            kept.setdefault(fold(one.words), one)
    return list(kept.values())[:5]
