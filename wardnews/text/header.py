"""What text means: header lines, credits, white space, language, bytes.

Pure functions on strings; nothing here knows of pages or of crawling.
"""

import codecs
import json
import re
import unicodedata
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

VIETNAM = timezone(timedelta(hours=7))
"""Vietnam's clock: UTC+7 without daylight saving since 1975."""

# --- white space ---------------------------------------------------------------------------------------------

_SPACES = " \t\n\r\f\v"
_ASCII_SPACE = re.compile(f"[{_SPACES}]+")


def nfc(text: str) -> str:
    """Compose a string to Unicode NFC.

    >>> nfc("Phu\u0301c Lo\u031b\u0323i")
    'Phúc Lợi'
    """
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def one_line(words: str) -> str:
    """Write what others said as one line that a terminal shows as it is."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())


def squeeze(text: str) -> str:
    r"""Collapse runs of ASCII white space and strip the ends; leave no-break spaces as they are.

    >>> squeeze(" 17:15 \n\t\xa0|\xa0Lượt xem: 81 ")
    '17:15 \xa0|\xa0Lượt xem: 81'
    """
    text = text.strip(_SPACES)
    if "  " in text or "\n" in text or "\t" in text or "\r" in text or "\f" in text or "\v" in text:
        return _ASCII_SPACE.sub(" ", text)
    return text


def tidy(text: str) -> str:
    r"""Turn every run of white space, no-break spaces among it, into one space and strip the ends.

    >>> tidy(" Đảng\xa0ủy \n phường ")
    'Đảng ủy phường'
    """
    return " ".join(text.split())


# --- JSON of pages -------------------------------------------------------------------------------------------

_NO_LETTERS = re.compile("[\0\ud800-\udfff]")


def from_json(source: str | bytes) -> Any:
    r"""Read JSON that a page holds; in its strings what no database and no file takes for text becomes U+FFFD.

    Raises ValueError or RecursionError where it is none.

    >>> from_json(r'{"title": "N\ud83d\ude00a \ud800 ch\u0000"}')
    {'title': 'N😀a � ch�'}
    """
    return _sound(json.loads(source, strict=False))


def _sound(value: Any) -> Any:
    if isinstance(value, str):
        return _NO_LETTERS.sub("\ufffd", value)
    if isinstance(value, list):
        return [_sound(one) for one in value]
    return {name: _sound(one) for name, one in value.items()} if isinstance(value, dict) else value


# --- the header line -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Header:
    """Say what a header line means.

    `published` is ISO 8601: `2022-02-27T17:15+07:00`, or `2022-02-27` where the line gives no time or midnight.
    `flags` names the doubts: `bad_date`, `midnight`, `relative_date`, `header_partly_read`, `header_unread`; `form` is
    the one of `FORMS` that read the line.
    """

    published: str | None = None
    views: int | None = None
    flags: tuple[str, ...] = ()
    form: str = ""


@dataclass(frozen=True)
class Form:
    """Describe one way to write a header line: a template of pieces, and examples with what they mean.

    An example is (line, published, views). Relative times count from `EXAMPLE_NOW`.
    """

    name: str
    template: str
    examples: tuple[tuple[str, str | None, int | None], ...]


EXAMPLE_NOW = datetime(2026, 8, 29, 8, 28, tzinfo=VIETNAM)

_DATE_LABELS = (
    "ngày đăng tin", "ngày đăng", "ngày đăng bài", "đăng ngày", "đăng lúc", "đăng vào lúc", "đăng vào", "đăng tin",
    "đã đăng", "đã đăng vào", "được đăng", "ngày gửi", "gửi lúc", "ngày đưa tin", "ngày phát hành", "ngày xuất bản",
    "xuất bản", "xuất bản ngày", "xuất bản lúc", "ngày cập nhật", "cập nhật lúc", "cập nhật ngày", "cập nhật lần cuối",
    "cập nhật", "ngày tạo", "ngày viết", "viết ngày", "viết vào", "thời gian đăng", "thời gian", "giờ đăng", "giờ",
    "ngày", "lúc",
    "vào lúc", "vào", "publish date", "published on", "published", "posted on", "posted", "created on", "created",
    "last updated on", "last updated", "updated", "date",
)  # fmt: skip
_VIEW_LABELS = (
    "số lượt xem", "lượt xem", "số lượt đọc", "lượt đọc", "đã xem", "số lần xem", "lần xem", "số lần đọc", "lần đọc",
    "số lượt người xem", "lượt người xem", "số người xem", "người xem", "số người đọc", "người đọc", "đã đọc",
    "đã được xem", "đã được đọc", "được xem", "được đọc", "xem",
    "số lượt truy cập", "lượt truy cập", "view count", "views", "hits", "👁",
)  # fmt: skip
_MONTHS = (
    ("tháng một", "tháng giêng", "january", "jan"), ("tháng hai", "february", "feb"), ("tháng ba", "march", "mar"),
    ("tháng tư", "tháng bốn", "april", "apr"), ("tháng năm", "may"), ("tháng sáu", "june", "jun"),
    ("tháng bảy", "july", "jul"), ("tháng tám", "august", "aug"), ("tháng chín", "september", "sept", "sep"),
    ("tháng mười", "october", "oct"), ("tháng mười một", "november", "nov"),
    ("tháng mười hai", "tháng chạp", "december", "dec"),
)  # fmt: skip
_MONTH_NUMBERS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTH_NUMBERS, key=len, reverse=True))}|(?:tháng |thg\.? ?|th\.? ?)\d{{1,2}})\b"
_NUMBER = r"(?:\d{1,3}(?:[., ]\d{3}){1,2}|\d{1,9})(?![\d/:]|[.,-] ?\d(?!\d* ?%)| ?(?:%|k\b|nghìn|triệu|tr\b))"

PIECES = {
    "label": rf"(?>(?:{'|'.join(sorted(_DATE_LABELS, key=len, reverse=True))})(?: ?:|(?=\W|$)))",
    "weekday": r"(?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật|t[2-7]|cn"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    "date": r"(?P<day>\d{1,2})(?: ?[/.-] ?| tháng )(?P<month>\d{1,2})(?: ?[/.-] ?| năm )(?P<year>\d{4})(?!\d)",
    "named": rf"(?P<day>\d{{1,2}}) {_MONTH},? (?:năm )?(?P<year>\d{{4}})(?!\d)",
    "named_first": rf"{_MONTH} (?P<day>\d{{1,2}}),? (?P<year>\d{{4}})(?!\d)",
    "at": "(?:(?:vào )?lúc ?:? |hồi |giờ ?:? |at )?",
    "time": r"(?P<hour>\d{1,2})(?: ?: ?|h| giờ )(?P<minute>\d{2}|(?<=h)\d)(?::\d{2})?(?!\d)"
    r"(?: ?(?P<half>am|pm|sa|ch|sáng|chiều|tối)\b| phút)?",
    "zone": r"(?:gmt|utc) ?\+ ?0?7(?::?00)?",
    "views": rf"(?<!tổng )(?<!tổng số )(?<!lượt )(?<!lần )(?:{'|'.join(_VIEW_LABELS)}) ?:? ?(?P<views>{_NUMBER})"
    r"(?: (?:lượt|lần|người)(?: (?:xem|đọc))?\b)?"
    rf"|(?<![\d:/.,-])(?P<count>{_NUMBER}) (?:(?:lượt|lần|người) (?:xem|đọc)|views?|hits)\b(?! ?:)",
    "iso": r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
    r"(?:[t ](?P<hour>\d{2}):(?P<minute>\d{2})(?::\d{2}(?:\.\d+)?)? ?(?P<offset>z|[+-]\d{2}:?\d{2})?)?",
    "ago": r"(?P<ago>\d+) (?P<unit>giây|phút|giờ|tiếng|ngày|tuần|tháng|năm) trước",
    "percent": r"\d+ ?%",
    "reading": r"(?:thời gian đọc|đọc) ?:? ?\d+ phút|\d+ (?:phút đọc|min(?:ute)?s? read)\b",
    "sep": r"(?: ?[|/,;•·–—-]){0,2} ?",
}
"""The words of the grammar; they match lower-case NFC text with single spaces and without brackets."""

_BEFORE = "(?:(?:{label}|{weekday}){sep})*+"
_AFTER = "(?:{sep}{zone})?(?:{sep}(?:{views}))?(?:{sep}(?:{reading}|{percent}))?"

FORMS = (
    Form(
        "date, time, views",
        _BEFORE + "{date}(?:{sep}{at}{time})?" + _AFTER,
        (
            ("Ngày đăng 27/02/2022 | 17:15 \xa0|\xa0Lượt xem: 81", "2022-02-27T17:15+07:00", 81),
            ("Ngày đăng 15/01/2021 | 16:12 \xa0|\xa0View count: 246", "2021-01-15T16:12+07:00", 246),
            ("Ngày đăng 09/09/2020 | 05:07 PM \xa0|\xa0View count: 842", "2020-09-09T17:07+07:00", 842),
            ("Ngày đăng 18/03/2019 | 3:06 PM", "2019-03-18T15:06+07:00", None),
            ("Publish date 09/09/2020 | 05:07 AM \xa0|\xa0View count: 842", "2020-09-09T05:07+07:00", 842),
            ("Ngày đăng 05/04/2021 | 08:05 SA | Lượt xem: 1.081", "2021-04-05T08:05+07:00", 1081),
            ("Ngày đăng 05/04/2021 | 08:05 CH | Lượt xem: 0", "2021-04-05T20:05+07:00", 0),
            ("11/09/2018 | 08:39 \xa0|\xa0Lượt xem: 3565", "2018-09-11T08:39+07:00", 3565),
            ("26/07/2022 | 08:32 AM", "2022-07-26T08:32+07:00", None),
            ("21/12/2012 | 12:00 AM", "2012-12-21", None),
            ("Ngày đăng 08/07/2014 | 00:00", "2014-07-08", None),
            ("01/02/2022 | 12:00 PM", "2022-02-01T12:00+07:00", None),
            ("(24/08/2022)", "2022-08-24", None),
            ("Đăng ngày 17 - 05 - 2024", "2024-05-17", None),
            ("Đăng ngày 17 - 05 - 2024 / Lượt xem: 400 / 100%", "2024-05-17", 400),
            ("Đăng ngày 15-05-2022 10:48", "2022-05-15T10:48+07:00", None),
            ("Ngày đăng: 21/01/2021 - Lượt xem: 87", "2021-01-21", 87),
            ("Ngày đăng tin: 05/06/2023 Lượt đọc: 12", "2023-06-05", 12),
            ("Ngày 26/01/2015 09:25:58", "2015-01-26T09:25+07:00", None),
            ("Cập nhật: 08-05-2020 | 13:40:46", "2020-05-08T13:40+07:00", None),
            ("Thứ ba - 01/02/2022 17:15", "2022-02-01T17:15+07:00", None),
            ("Thứ năm, 26/7/2018, 00:00 (GMT+7)", "2018-07-26", None),
            ("28-08-2025, 19:45 (GMT+7)", "2025-08-28T19:45+07:00", None),
            ("Chủ nhật, ngày 5 tháng 4 năm 2021 | 17h15 | Đã xem: 1,081", "2021-04-05T17:15+07:00", 1081),
            ("05/04/2021 | 17:15 | Lượt xem: 1\xa0081", "2021-04-05T17:15+07:00", 1081),
            ("05.04.2021 17:15 - 81 lượt xem", "2021-04-05T17:15+07:00", 81),
            ("05/04/2021 lúc 5:15 chiều | Đã xem 1.081 lần", "2021-04-05T17:15+07:00", 1081),
            ("05/04/2021 (17:15) [81 lượt đọc]", "2021-04-05T17:15+07:00", 81),
            ("05/04/2021 | 81 lượt xem | 2 phút đọc", "2021-04-05", 81),
            ("05/04/2021 05:15 (CH)", "2021-04-05T17:15+07:00", None),
        ),
    ),
    Form(
        "month by its name",
        _BEFORE + "{named}(?:{sep}{at}{time})?" + _AFTER,
        (
            ("27 Tháng Hai, 2022", "2022-02-27", None),
            ("Thứ hai, 05 Tháng 4 2021 17:15", "2021-04-05T17:15+07:00", None),
            ("5 Tháng Mười Một, 2021 lúc 8:05 sáng", "2021-11-05T08:05+07:00", None),
            ("Monday, 05 April 2021 17:15 | Hits: 81", "2021-04-05T17:15+07:00", 81),
            ("05 Th04 2021 17:15 — 2 min read", "2021-04-05T17:15+07:00", None),
            ("5 thg 4, 2021", "2021-04-05", None),
        ),
    ),
    Form(
        "month first",
        _BEFORE + "{named_first}(?:{sep}{at}{time})?" + _AFTER,
        (
            ("Tháng Tư 5, 2021", "2021-04-05", None),
            ("Th4 5, 2021", "2021-04-05", None),
            ("Posted on April 5, 2021 at 5:15 pm", "2021-04-05T17:15+07:00", None),
        ),
    ),
    Form(
        "time, date, views",
        _BEFORE + "{time}(?:{sep}{zone})?{sep}" + _BEFORE + "{date}" + _AFTER,
        (
            ("Đăng lúc : 10:36:45 07/06/2021 (GMT+7)", "2021-06-07T10:36+07:00", None),
            ("14:58 29/08/2025", "2025-08-29T14:58+07:00", None),
            ("15:28, 28/08/2026", "2026-08-28T15:28+07:00", None),
            ("21:29 , 09/09/2022", "2022-09-09T21:29+07:00", None),
            ("Cập nhật lúc 09:05 ngày 03/04/2020 | Lượt xem: 7", "2020-04-03T09:05+07:00", 7),
            ("Đăng lúc 7h5 ngày 08/09/2021", "2021-09-08T07:05+07:00", None),
        ),
    ),
    Form(
        "views, date",
        "(?:{views}){sep}" + _BEFORE + "{date}(?:{sep}{at}{time})?(?:{sep}{zone})?",
        (("Lượt xem: 87 | Ngày đăng: 05/01/2021 07:45", "2021-01-05T07:45+07:00", 87),),
    ),
    Form(
        "ISO 8601",
        _BEFORE + "{iso}" + _AFTER,
        (
            ("2026-08-28T15:28:00+07:00", "2026-08-28T15:28+07:00", None),
            ("2026-08-28T18:28:00.000Z", "2026-08-29T01:28+07:00", None),
            ("2022-02-01 17:15", "2022-02-01T17:15+07:00", None),
            ("2022-02-01", "2022-02-01", None),
        ),
    ),
    Form(
        "relative time",
        _BEFORE + "{ago}" + _AFTER,
        (
            ("17 giờ trước", "2026-08-28T15:28+07:00", None),
            ("5 phút trước | Lượt xem: 3", "2026-08-29T08:23+07:00", 3),
            ("2 ngày trước", "2026-08-27", None),
        ),
    ),
    Form(
        "views alone",
        "(?!.*truy cập)(?:{views})(?:{sep}{percent})?",
        (("Lượt xem: 400", None, 400), ("81 lượt xem", None, 81)),
    ),
)
"""The grammar of header lines: every wording seen on portals since 2012."""


def _compile(template: str) -> re.Pattern[str]:
    return re.compile(template.format(**PIECES))


_HINTS = {
    "date": re.compile(r"\d(?: ?[/.-] ?| tháng )\d{1,2}(?: ?[/.-] ?| năm )\d{4}"),
    "named": re.compile(r"\d (?:tháng |thg|th\.? ?\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"),
    "named_first": re.compile(r"\d,? \d{4}"),
    "iso": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "ago": re.compile(r"\d (?:giây|phút|giờ|tiếng|ngày|tuần|tháng|năm) trước"),
    "views": re.compile("xem|đọc|truy cập|views?|hits|👁"),
}
"""What must be in a line that holds such a piece; looked for first, for few lines hold any."""


def _with_hint(template: str) -> tuple[str, re.Pattern[str]]:
    """Compile a template; name the piece in it that has to be there."""
    return next(piece for piece in _HINTS if f"{{{piece}}}" in template), _compile(template)


_READ_PIECES = (
    "iso",
    "date",
    "named",
    "named_first",
    "ago",
    "views",
    "time",
    "label",
    "weekday",
    "zone",
    "percent",
    "reading",
)
_FORMS = tuple((form.name, *_with_hint(form.template)) for form in FORMS)
_MOMENT = tuple(
    _with_hint(template)
    for template in (
        "{date}(?:{sep}{at}{time})?",
        "{time}{sep}(?:ngày )?{date}",
        "{named}(?:{sep}{at}{time})?",
        "{named_first}(?:{sep}{at}{time})?",
    )
)
_VIEWS = _compile("{views}")
_UPDATED = _compile(
    "(?:ngày |lần )?(?:cập nhật|sửa)(?: lúc| ngày| lần cuối| cuối)* ?:? ?(?:{date}(?:{sep}{at}{time})?)"
)
_NAMELESS = re.compile(r"\?P<\w+>")
_READABLE = re.compile("|".join(_NAMELESS.sub("?:", _compile(f"(?:{{{piece}}})").pattern) for piece in _READ_PIECES))
_BRACKETS = re.compile(r"[()\[\]]")
_LONGEST_HEADER = 1_000
"""What is longer is no header line; its beginning may hold one."""
_KNOWN = 4096
"""Lines that are remembered: most of a portal's page is on its other pages too."""
_COUNT = re.compile(_NUMBER)
_PART = _compile(
    "(?:(?>{label}|{weekday}|{time}|{zone}|{percent}|{reading}|(?:{views})|(?:"
    + "|".join(_VIEW_LABELS)
    + r")(?: ?:|$)|gmt|am|pm|sa|ch\b){sep})++"
)
_LABELLED = re.compile(
    r"\b(?:đăng|gửi|cập nhật|xuất bản|(?:lượt|đã|lần|người) (?:xem|đọc)|publish\w*|posted|views?|hits)\b"
)
_HALF_UNREAD = re.compile(
    r"\W*(?:giờ )?(?:[cp]\.? ?[hm]|[as]\.? ?[ma]|sáng|trưa|chiều|tối|đêm|(?:gmt|utc)(?! ?\+ ?0?7\b))\b"
)


def parse_header(line: str, now: datetime) -> Header:
    r"""Read a header line by the grammar of `FORMS`; `now` is the aware time that relative times count from.

    A line that no form reads whole still gives its date where it holds exactly one, with a flag.

    >>> parse_header("Ngày đăng 05/04/2021 | 17:15 \xa0|\xa0Lượt xem: 81", EXAMPLE_NOW)
    Header(published='2021-04-05T17:15+07:00', views=81, flags=(), form='date, time, views')
    >>> parse_header("Ngày đăng 31/02/2021 | 17:15", EXAMPLE_NOW)
    Header(published=None, views=None, flags=('bad_date',), form='date, time, views')
    >>> parse_header("Tất cả: 1.017.728", EXAMPLE_NOW)
    Header(published=None, views=None, flags=('header_unread',), form='')
    >>> parse_header("Ngày đăng 05/04/2021 bởi Ban biên tập, Lượt xem: 9", EXAMPLE_NOW)
    Header(published='2021-04-05', views=9, flags=('header_partly_read',), form='')
    """
    if len(line) > _LONGEST_HEADER:
        plain = _plain(line[:_LONGEST_HEADER])
        return _partly(plain, _hints(plain), now)
    plain = _plain(line)
    return _read(plain, now) if "trước" in plain else _read_timeless(plain)


@lru_cache(maxsize=_KNOWN)
def _read_timeless(plain: str) -> Header:
    """Read a line without a relative time, which says the same at any time."""
    return _read(plain, EXAMPLE_NOW)


def _read(plain: str, now: datetime) -> Header:
    hints = _hints(plain)
    for name, piece, form in _FORMS:
        if piece in hints and (match := form.fullmatch(plain)):
            return replace(_meaning(match.groupdict(), now), form=name)
    return _partly(plain, hints, now)


@lru_cache(maxsize=_KNOWN)
def _hints(plain: str) -> AbstractSet[str]:
    """Name the pieces that a line may hold."""
    return {piece for piece, hint in _HINTS.items() if hint.search(plain)}


def may_hold_date(line: str) -> bool:
    """Tell, at little cost, whether reading a line may give a date; where this says no, it gives none.

    >>> [may_hold_date(line) for line in ("Ngày 05/04/2021", "2 giờ trước", "Nghị quyết năm 2021", "Lượt xem: 2021")]
    [True, True, False, False]
    """
    return not _hints(_plain(line)) <= {"views"}


@lru_cache(maxsize=_KNOWN)
def _plain(line: str) -> str:
    return tidy(nfc(_BRACKETS.sub(" ", line))).lower()


def is_english(line: str) -> bool:
    """Tell whether a header line has the label of the English pages.

    >>> is_english("Publish date 05/04/2021 | 05:07 PM | View count: 81"), is_english("Ngày đăng 05/04/2021 | 17:07")
    (True, False)
    """
    return _plain(line).lower().startswith("publish date")


@lru_cache(maxsize=_KNOWN)
def is_part_of_header(line: str) -> bool:
    """Tell whether a line without a date is what stands beside one: a label, a time, a week day, a count of views.

    >>> [is_part_of_header(line) for line in ("Ngày đăng:", "17:15", "Lượt xem: 81", "Thứ hai", "Tin tức")]
    [True, True, True, True, False]
    """
    return bool(_PART.fullmatch(_plain(line)))


@lru_cache(maxsize=_KNOWN)
def has_header_label(line: str) -> bool:
    """Tell whether a line says by a word that its date or its number is an article's.

    >>> has_header_label("Ngày đăng: 05/04/2021"), has_header_label("Thứ hai, 05/04/2021 17:15:09")
    (True, False)
    """
    return bool(_LABELLED.search(_plain(line)))


def parse_count(line: str) -> int | None:
    """Read a count of views: labelled, or a number alone.

    >>> parse_count("Đã xem: 1.081"), parse_count(" 81 "), parse_count("81 bình luận"), parse_count("Tin 1 và 2")
    (1081, 81, None, None)
    """
    plain = _plain(line)
    found = list(_VIEWS.finditer(plain))
    if len(found) == 1:
        return int(re.sub(r"\D", "", found[0]["views"] or found[0]["count"]))
    return int(re.sub(r"\D", "", plain)) if _COUNT.fullmatch(plain) else None


def agree(shown: str | None, exact: str | None) -> tuple[str | None, tuple[str, ...]]:
    """Choose between the date that a page shows and the one that it carries for machines; a flag where they differ.

    >>> agree("2021-04-05", "2021-04-05T17:15+07:00"), agree(None, "2021-04-05")
    (('2021-04-05T17:15+07:00', ()), ('2021-04-05', ()))
    >>> agree("2021-04-05T17:15+07:00", "2021-04-06T08:00+07:00")
    ('2021-04-05T17:15+07:00', ('date_doubtful',))
    """
    if not shown or not exact:
        return shown or exact, ()
    if shown[:10] != exact[:10]:
        return shown, ("date_doubtful",)
    return max(shown, exact, key=len) if len(shown) == len("2021-04-05") else shown, ()


def _partly(plain: str, hints: AbstractSet[str], now: datetime) -> Header:
    """Read the one date and the one labelled count in a line that holds other words too."""
    dates = _dates(plain, hints)
    if len(dates) > 1:
        plain = _UPDATED.sub(" ", plain)
        dates = _dates(plain, hints)
    views = list(_VIEWS.finditer(plain)) if "views" in hints else []
    if len(dates) != 1 and (not views or "truy cập" in plain):
        return Header(flags=("header_unread",))
    groups = dates[0].groupdict() if len(dates) == 1 else {}
    if groups and _HALF_UNREAD.match(plain[dates[0].end() :]):
        groups["hour"] = None  # morning or afternoon, or another zone: the day is sure, the hour is not
    if len(views) == 1:
        groups |= {name: value for name, value in views[0].groupdict().items() if value}
    meaning = _meaning(groups, now)
    return Header(meaning.published, meaning.views, ("header_partly_read", *meaning.flags))


def _dates(plain: str, hints: AbstractSet[str]) -> list[re.Match[str]]:
    """Find the dates in a line, with their times where the form that finds most finds them."""
    found = (list(moment.finditer(plain)) for piece, moment in _MOMENT if piece in hints)
    return max(found, key=lambda matches: (len(matches), len(matches[0][0]) if matches else 0), default=[])


@lru_cache(maxsize=_KNOWN)
def count_unread(line: str) -> int:
    """Count the words of a line that are no date, time, label or count.

    >>> count_unread("Ban biên tập | 05/04/2021 17:15 | Lượt xem: 81"), count_unread("Lượt xem: 81")
    (3, 0)
    """
    return len(re.findall(r"\w+", _READABLE.sub(" ", _plain(line))))


def _meaning(groups: dict[str, str | None], now: datetime) -> Header:
    count = groups.get("views") or groups.get("count")
    views = int(re.sub(r"\D", "", count)) if count else None
    try:
        published, flags = _published(groups, now)
    except (ValueError, OverflowError):
        published, flags = None, ("bad_date",)
    return Header(published, views, flags)


def _published(groups: dict[str, str | None], now: datetime) -> tuple[str | None, tuple[str, ...]]:
    """Turn the named groups of a form into ISO 8601 and flags; raise ValueError for a date that there is not."""
    if groups.get("ago"):
        return _counted_back(int(groups["ago"] or 0), groups["unit"] or "", now), ("relative_date",)
    if not groups.get("year"):
        return None, ()
    day = date(int(groups["year"] or 0), _month(groups["month"] or ""), int(groups["day"] or 0))
    if not groups.get("hour"):
        return day.isoformat(), ()
    hour, minute = _hour(int(groups["hour"] or 0), groups.get("half")), int(groups["minute"] or 0)
    moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=_zone(groups.get("offset"))).astimezone(
        VIETNAM
    )
    if (moment.hour, moment.minute) == (0, 0):
        return moment.date().isoformat(), ("midnight",)
    return moment.isoformat(timespec="minutes"), ()


def _month(name: str) -> int:
    return _MONTH_NUMBERS.get(name) or int(re.sub(r"\D", "", name))


def _hour(hour: int, half: str | None) -> int:
    """Turn an hour and its half of the day into 0..23; `17:15 PM` is written, and means 17:15."""
    if half in ("pm", "ch", "chiều", "tối") and hour < 12:  # noqa: PLR2004
        return hour + 12
    if half in ("am", "sa", "sáng") and hour == 12:  # noqa: PLR2004
        return 0
    return hour


def _zone(offset: str | None) -> timezone:
    if not offset:
        return VIETNAM
    if offset == "z":
        return UTC
    sign = -1 if offset[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:])))


_UNITS = {
    "giây": timedelta(seconds=1),
    "phút": timedelta(minutes=1),
    "giờ": timedelta(hours=1),
    "tiếng": timedelta(hours=1),
    "ngày": timedelta(days=1),
    "tuần": timedelta(weeks=1),
    "tháng": timedelta(days=30),
    "năm": timedelta(days=365),
}


def _counted_back(number: int, unit: str, now: datetime) -> str:
    """Count back from now: to the minute for hours and less, to the day for days and more."""
    moment = now.astimezone(VIETNAM) - number * _UNITS[unit]
    if _UNITS[unit] < timedelta(days=1):
        return moment.isoformat(timespec="minutes")
    return moment.date().isoformat()


def in_days(published: str | None, since: str | None, until: str | None) -> bool:
    """Tell whether a publication date is of the days from `since` to `until`, both included; an unknown one may be.

    >>> in_days("2021-04-05T17:15+07:00", "2021-04-05", "2021-04-05"), in_days("2021-04-04", "2021-04-05", None)
    (True, False)
    """
    day = (published or "")[:10]
    return not day or ((not since or day >= since) and (not until or day <= until))


def is_future(published: str, now: datetime) -> bool:
    """Tell whether a publication date lies more than a day after `now`; editors' clocks do run ahead by hours.

    >>> is_future("2026-08-30", EXAMPLE_NOW), is_future("2062-08-29T10:00+07:00", EXAMPLE_NOW)
    (False, True)
    """
    return published[:10] > (now.astimezone(VIETNAM) + timedelta(days=1)).date().isoformat()


def now() -> datetime:
    """Give the time now on Vietnam's clock."""
    return datetime.now(VIETNAM)


def timestamp() -> str:
    """Give the time now in UTC, to the second, as `2026-08-29T01:28:00Z`."""
    return timestamp_of(datetime.now(UTC))


def timestamp_of(moment: datetime) -> str:
    """Give a time in UTC, to the second, as `2026-08-29T01:28:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- credits -------------------------------------------------------------------------------------------------

_SOURCE = re.compile(r"\(?\s*(?:theo\s+)?nguồn(?: tin| bài)?\s*:\s*(?P<name>[^():]+?)\s*\)?[.]?", re.IGNORECASE)
_AUTHOR = re.compile(
    r"\(?\s*(?:tác giả(?: bài viết)?|người (?:viết|đăng|gửi)|đăng bởi|bài viết|(?:tin|bài)(?:(?:,| và| -)? ?(?:bài"
    r"|ảnh|hình))+)\s*:\s*(?P<name>[^():]+?)\s*\)?[.]?",
    re.IGNORECASE,
)
_LONGEST_LINE = 100


def parse_credits(paragraphs: list[str]) -> tuple[str | None, str | None]:
    """Find (author, source) in the signature lines that close a body; the lines stay where they are.

    >>> parse_credits(["Hội nghị kết thúc.", "Tin, ảnh: Lê Thị Mây", "Nguồn: Báo Sông Hồng"])
    ('Lê Thị Mây', 'Báo Sông Hồng')
    >>> parse_credits(["Nguồn: nước sạch, đất và rừng là ba vấn đề chính.", "Hết.", "Hết.", "Hết."])
    (None, None)
    """
    found: dict[str, str] = {}
    for line in map(nfc, paragraphs[-3:]):
        if len(line) > _LONGEST_LINE:
            continue
        for kind, pattern in (("author", _AUTHOR), ("source", _SOURCE)):
            match = pattern.fullmatch(line)
            if match:
                found[kind] = match["name"]
    return found.get("author"), found.get("source")


# --- language ------------------------------------------------------------------------------------------------

_VIETNAMESE = re.compile(r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
_JUDGED_BY = 2_000
_ENGLISH = re.compile(r"\b(?:the|of|and|to|in|for|on|is)\b", re.IGNORECASE)


def language(text: str) -> str:
    """Tell the language of a text by how it begins: `vi`, `en`, or `und` (ISO 639) where the letters do not show it.

    The page's own `lang` follows the visitor's session on the portals, not the article.

    >>> language("Ban Chấp hành Đảng bộ phường"), language("Rules for the reception of citizens"), language("2021")
    ('vi', 'en', 'und')
    """
    text = text[:_JUDGED_BY]
    letters = sum(map(str.isalpha, text))
    if not letters:
        return "und"
    if len(_VIETNAMESE.findall(text)) > letters * 0.04:
        return "vi"
    return "en" if len(_ENGLISH.findall(text)) >= max(1, letters // 200) else "und"


# --- bytes ---------------------------------------------------------------------------------------------------

_NAMED_CHARSET = re.compile(
    rb"<(?:meta[^>]{0,200}?charset|\?xml[^>]{0,200}?encoding)\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE
)
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_MEANT = {"x-sjis": "shift_jis", "ascii": "cp1252", "iso8859-1": "cp1252"}
"""What browsers take these names for."""
# UTF-16 is told by its zeros: by its name, any bytes would be.
_OF_THE_WEB = re.compile(
    r"utf-8|cp(?:125\d|866|874|932|949)|iso8859-\d+|iso2022_jp|koi8-[ru]|mac-\w+|gbk|gb2312|gb18030"
    r"|big5|shift_jis|euc_(?:jp|kr)"
)
_MOST_BROKEN, _FEWEST_WHOLE = 0.05, 0.2


def is_utf8(body: bytes) -> bool:
    """Tell whether bytes are UTF-8 as they stand: without a byte order mark, and not UTF-8 that was encoded again."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not body.startswith(codecs.BOM_UTF8) and b"\0" not in body[:_LOOKED_AT] and not _may_be_doubled(body)


_LOOKED_AT = 400


def decode(body: bytes, declared: str | None = None) -> tuple[str, tuple[str, ...]]:
    r"""Decode a page's bytes and name the doubts; `declared` is the charset of the HTTP header.

    Bytes that are valid UTF-8 are UTF-8 whatever the header says. UTF-8 with few broken bytes stays UTF-8, with U+FFFD
    for each of them and the flag `encoding_repaired`, and so does UTF-8 that was encoded as UTF-8 once more; in UTF-8
    with many broken bytes these are taken for windows-1258, with the flag `encoding_guessed`. Anything else is read as
    declared, else as windows-1258 with that flag.

    >>> decode("phường".encode(), "iso-8859-1")
    ('phường', ())
    >>> decode("Phúc Lợi".encode() + bytes([255]))
    ('Phúc Lợi\ufffd', ('encoding_repaired',))
    """
    for mark, name in _MARKS.items():
        if body.startswith(mark):
            return _replaced(body[len(mark) :], name)
    if wide := _wide(body):
        return _replaced(body, wide)
    try:
        return _undoubled(body, body.decode("utf-8"))
    except UnicodeDecodeError:
        return _broken(body, declared)


def _broken(body: bytes, declared: str | None) -> tuple[str, tuple[str, ...]]:
    """Decode bytes that are no valid UTF-8."""
    text = body.decode("utf-8", "replace")
    whole, broken = len(_VIETNAMESE.findall(text)), text.count("\ufffd")
    if whole and broken <= max(1, whole * _MOST_BROKEN):
        return text, ("encoding_repaired",)
    if whole >= broken * _FEWEST_WHOLE:
        return nfc(body.decode("utf-8", _MIXED)), ("encoding_guessed",)
    meta = _NAMED_CHARSET.search(body[:4096])
    named = [found for name in (declared, meta[1].decode() if meta else None) if (found := _charset(name))]
    for name in (*named, "cp1258"):
        if (decoded := _decoded(body, name)) is not None:
            return nfc(decoded), () if name in named else ("encoding_guessed",)
    return _replaced(body, (*named, "cp1258")[0])


def _charset(name: str | None) -> str | None:
    """Give Python's name of a charset that pages may be in; None for any other word."""
    try:
        found = codecs.lookup(_MEANT.get(name or "", name or "")).name
    except (LookupError, ValueError):  # no such charset, or not even a name
        return None
    found = _MEANT.get(found, found)
    return found if _OF_THE_WEB.fullmatch(found) else None


def _decoded(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except UnicodeDecodeError:
        return None


def _replaced(body: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Decode bytes with U+FFFD for what is broken, and a flag where anything is."""
    text = _decoded(body, name)
    return (nfc(body.decode(name, "replace")), ("encoding_repaired",)) if text is None else (nfc(text), ())


def _wide(body: bytes) -> str | None:
    """Tell which UTF-16 bytes without a mark are, by where the zeros of their markup stand."""
    start = body[:_LOOKED_AT]
    if b"\0" not in start:
        return None
    high, low = start[::2].count(0), start[1::2].count(0)
    if max(high, low) < 0.2 * len(start) or min(high, low) > 0.1 * max(high, low):
        return None
    return "utf-16-be" if high > low else "utf-16-le"


def _as_windows_1258(error: UnicodeError) -> tuple[str, int]:
    """Decode what is no UTF-8 as windows-1258: an error handler of `bytes.decode`."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1258", "replace"), error.end


_MIXED = "wardnews.windows-1258"
codecs.register_error(_MIXED, _as_windows_1258)


# --- letters that are not meant ------------------------------------------------------------------------------

_LATIN = {bytes([byte]).decode("cp1252", "ignore") or chr(byte): byte for byte in range(256)}
"""What a byte looks like as windows-1252, by which browsers read latin-1."""
_CONTINUING = "".join({letter for letter, byte in _LATIN.items() if byte in range(0x80, 0xC0)})
_CONTINUED = rf"[\x80-\xbf{re.escape(_CONTINUING)}]"
_DOUBLED = re.compile(rf"[ÃÄÅÆ]{_CONTINUED}|á[º»]{_CONTINUED}")
_FEWEST_DOUBTFUL = 3
_WITHIN_TITLE = 4_096


def _may_be_doubled(body: bytes) -> bool:
    """Tell, at little cost, whether a page may have been encoded as UTF-8 twice: its title shows it."""
    start = body[:_WITHIN_TITLE]
    return "á»".encode() in start or "áº".encode() in start


def _undoubled(body: bytes, text: str) -> tuple[str, tuple[str, ...]]:
    """Take back a second encoding as UTF-8 where all of a page has it; what is right cannot be decoded once more."""
    if not _may_be_doubled(body) or len(_DOUBLED.findall(text)) < _FEWEST_DOUBTFUL:
        return text, ()
    codes = {code: _LATIN.get(chr(code), code) for code in map(ord, set(text))}
    if max(codes.values()) > 0xFF:  # noqa: PLR2004
        return text, ()
    try:
        return nfc(text.translate(codes).encode("latin-1").decode("utf-8")), ("encoding_repaired",)
    except UnicodeDecodeError:
        return text, ()


_LEGACY = (
    # TCVN3, the code of the .VnTime fonts: signs inside of words, đ as ®
    (tuple("®µ¸«"), re.compile(r"(?<=[a-zA-Z])[µ¸¶·¹¨»¾¼½©ª«¬÷](?=[a-zA-Z])|(?<!\w)[®§](?=[^\W\d_¨-¿])")),
    # VNI-Windows: a letter and its mark are two letters, đ is ñ, ư is ö
    (tuple("øöåä"), re.compile(r"[aeouyôö]ø|[aeo][åä]|ö[ôùøûõïu]|ô[ùøûõï]|ñ[aeouôö]", re.IGNORECASE)),
    # windows-1258 read as windows-1252
    (tuple("ÌÒÞð"), re.compile(r"[a-zâêôýõã][ÌÒÞ]|ýõ|[âêôõý][ìò]|ð[aeiouyâêôýõã]")),
    # VIQR: marks as ASCII signs behind their letters
    (("^",), re.compile(r"[aeo]\^[`'?~.]|[ou]\+[`'?~.]|u\+o\+|(?<!\w)dd[aeiou]", re.IGNORECASE)),
)
"""Old ways to write Vietnamese: signs without which there is no text in them, and what only they have."""
_FEWEST_KINDS, _LEAST_DOUBTFUL = 2, 0.01


def doubtful_letters(text: str) -> tuple[str, ...]:
    """Give a flag where letters are of an old encoding (`legacy_encoding`) or encoded twice (`double_encoded`).

    Such text is left as it is: which letters are meant is a guess.

    >>> doubtful_letters("§¶ng ñy ph­êng giao ban c«ng t¸c th¸ng 4"), doubtful_letters("Ñaûng uûy phöôøng Hoa Söõa")
    (('legacy_encoding',), ('legacy_encoding',))
    >>> doubtful_letters("Äáº£ng á»§y phÆ°á»ng"), doubtful_letters("Đảng ủy phường «Hoa Sữa»: 5µm, Viagra®")
    (('double_encoded',), ())
    """
    signs = (pattern for needed, pattern in _LEGACY if any(sign in text for sign in needed))
    legacy = any(_is_in(pattern, text) for pattern in signs)
    doubled = ("á»" in text or "áº" in text) and _is_in(_DOUBLED, text)
    return ("legacy_encoding",) * legacy + ("double_encoded",) * doubled


def _is_in(pattern: re.Pattern[str], text: str) -> bool:
    """Tell whether a pattern is found in any line of a text more often than by chance."""
    lines = ((line, pattern.findall(line)) for line in text.split("\n"))
    return any(
        len(found) >= _FEWEST_DOUBTFUL
        and len(set(found)) >= _FEWEST_KINDS
        and len(found) >= _LEAST_DOUBTFUL * len(line)
        for line, found in lines
    )


# --- folding -------------------------------------------------------------------------------------------------


class _Folded(dict[int, str]):
    """Hold what letters fold to, by their codes, as they are met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        base, *marks = list(unicodedata.normalize("NFD", letter))
        folded = ("d" if letter in "đĐ" else base if all(map(unicodedata.combining, marks)) else letter).lower()
        self[code] = folded if len(folded) == 1 else letter
        return self[code]


_FOLDED = _Folded()


def fold(text: str) -> str:
    """Fold a string for searching: small letters without tone marks and other signs, đ as d, letter by letter of NFC.

    >>> fold("Đảng uỷ phường PHÚC LỢI"), fold("Đảng ủy"), len(fold("Phúc Lợi"))
    ('dang uy phuong phuc loi', 'dang uy', 8)
    """
    return nfc(text).translate(_FOLDED)
