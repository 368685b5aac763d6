"""The wordings of header lines, as data: a new one is one entry here (a label, or a form with its examples).

All patterns that look for such words, here and in the layouts, are built from these lists.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """One way to write a header line: a template of pieces, and examples with what they mean.

    An example is (line, published, views). Relative times count from `EXAMPLE_NOW`.
    """

    name: str
    template: str
    examples: tuple[tuple[str, str | None, int | None], ...]


DATE_LABELS = (
    "ngày đăng tin", "ngày đăng", "ngày đăng bài", "đăng ngày", "đăng lúc", "đăng vào lúc", "đăng vào", "đăng tin",
    "đã đăng", "đã đăng vào", "được đăng", "ngày gửi", "gửi lúc", "ngày đưa tin", "ngày phát hành", "ngày xuất bản",
    "xuất bản", "xuất bản ngày", "xuất bản lúc", "ngày cập nhật", "cập nhật lúc", "cập nhật ngày", "cập nhật lần cuối",
    "cập nhật", "ngày tạo", "ngày viết", "viết ngày", "viết vào", "thời gian đăng", "thời gian", "giờ đăng", "giờ",
    "ngày", "lúc", "đăng",
    "vào lúc", "vào", "publish date", "published on", "published", "posted on", "posted", "created on", "created",
    "last updated on", "last updated", "updated", "date",
)  # fmt: skip
VIEW_LABELS = (
    "số lượt xem", "lượt xem", "số lượt đọc", "lượt đọc", "đã xem", "số lần xem", "lần xem", "số lần đọc", "lần đọc",
    "số lượt người xem", "lượt người xem", "số người xem", "người xem", "số người đọc", "người đọc", "đã đọc",
    "đã được xem", "đã được đọc", "được xem", "được đọc", "xem",
    "số lượt truy cập", "lượt truy cập", "view count", "views", "hits", "👁",
)  # fmt: skip
VAGUE_LABELS = frozenset(("ngày", "giờ", "lúc", "vào lúc", "vào", "thời gian", "date", "xem"))
"""Labels that stand in running text too: they do not say that a date or a number is an article's."""
VISIT_WORDS = "truy cập"
"""What labels a count of visits; beside a date only it may count the views of an article, not of the whole portal."""
CHANGED = "(?:ngày |lần )?(?:cập nhật|sửa)"
"""How the label of a later change begins."""
_MONTHS = (
    ("tháng một", "tháng giêng", "january", "jan"), ("tháng hai", "february", "feb"), ("tháng ba", "march", "mar"),
    ("tháng tư", "tháng bốn", "april", "apr"), ("tháng năm", "may"), ("tháng sáu", "june", "jun"),
    ("tháng bảy", "july", "jul"), ("tháng tám", "august", "aug"), ("tháng chín", "september", "sept", "sep"),
    ("tháng mười", "october", "oct"), ("tháng mười một", "november", "nov"),
    ("tháng mười hai", "tháng chạp", "december", "dec"),
)  # fmt: skip
MONTH_NUMBERS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
_MONTH = rf"(?P<month>{'|'.join(sorted(MONTH_NUMBERS, key=len, reverse=True))}|(?:tháng |thg\.? ?|th\.? ?)\d{{1,2}})\b"
NUMBER = r"(?:\d{1,3}(?:[., ]\d{3}){1,2}|\d{1,9})(?![\d/:]|[.,-] ?\d(?!\d* ?%)| ?(?:%|k\b|nghìn|triệu|tr\b))"

PIECES = {
    "label": rf"(?>(?:{'|'.join(sorted(DATE_LABELS, key=len, reverse=True))})(?: ?:|(?=\W|$)))",
    "weekday": r"(?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật|t[2-7]|cn"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu(?=,)|fri|sat|sun)\b",
    "date": r"(?P<day>\d{1,2})(?: ?[/.-] ?| tháng )(?P<month>\d{1,2})(?: ?[/.-] ?| năm )(?P<year>\d{4})(?!\d)",
    "named": rf"(?P<day>\d{{1,2}}) {_MONTH},? (?:năm )?(?P<year>\d{{4}})(?!\d)",
    "named_first": rf"{_MONTH} (?P<day>\d{{1,2}}),? (?P<year>\d{{4}})(?!\d)",
    "at": "(?:(?:vào )?lúc ?:? |hồi |giờ ?:? |at )?",
    "time": r"(?P<hour>\d{1,2})(?: ?: ?|h| giờ )(?P<minute>\d{2}|(?<=h)\d)(?::\d{2})?(?!\d)"
    r"(?: ?(?P<half>am|pm|sa|ch|sáng|chiều|tối)\b| phút)?",
    "zone": r"(?:gmt|utc) ?\+ ?0?7(?::?00)?",
    "views": rf"(?<!tổng )(?<!tổng số )(?<!lượt )(?<!lần )(?:{'|'.join(VIEW_LABELS)}) ?:? ?(?P<views>{NUMBER})"
    r"(?: (?:lượt|lần|người)(?: (?:xem|đọc))?\b)?"
    rf"|(?<![\d:/.,-])(?P<count>{NUMBER}) (?:(?:lượt|lần|người) (?:xem|đọc)|views?|hits)\b(?! ?:)",
    "iso": r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
    r"(?:[t ](?P<hour>\d{2}):(?P<minute>\d{2})(?::\d{2}(?:\.\d+)?)? ?(?P<offset>z|[+-]\d{2}:?\d{2})?)?",
    "java": rf"(?:(?:mon|tue|wed|thu|fri|sat|sun) )?{_MONTH} (?P<day>\d{{1,2}})"
    r" (?P<hour>\d{2}):(?P<minute>\d{2}):\d{2}"
    r" (?P<offset>gmt|utc|ict) (?P<year>\d{4})(?!\d)",
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
            ("Monday, 05/04/2021 - 17:15", "2021-04-05T17:15+07:00", None),
            ("Thu, 08/04/2021 17:15", "2021-04-08T17:15+07:00", None),
            ("Đăng: 05/04/2021 17:15", "2021-04-05T17:15+07:00", None),
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
        "a date as Java prints it",
        _BEFORE + "{java}" + _AFTER,
        (
            ("Tue Oct 16 00:00:00 GMT 2018", "2018-10-16", None),
            ("Wed Nov 03 09:15:00 ICT 2021", "2021-11-03T09:15+07:00", None),
            ("Ngày đăng: Tue Oct 16 20:30:00 GMT 2018 | Lượt xem: 7", "2018-10-17T03:30+07:00", 7),
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


def _alternatives(labels: Iterable[str]) -> str:
    """Return a pattern that matches the longest of some labels."""
    return "|".join(map(re.escape, sorted(labels, key=len, reverse=True)))


_COUNTED = {one for one in VIEW_LABELS if VISIT_WORDS not in one}
VIEW_LABEL = re.compile(_alternatives({*_COUNTED, "view"}))
"""A label of a count of views; it matches folded words."""
_LAST_WORDS = {one.split()[-1] for one in _COUNTED}
VIEW_HINT = re.compile(_alternatives({*_LAST_WORDS, VISIT_WORDS, "view"}))
"""The words with which all labels of views end: one of them is in every line that counts views."""
ARTICLE_LABEL = re.compile(
    r"\b(?:đăng|gửi|cập nhật|xuất bản|publish\w*|view|"
    rf"{_alternatives({*DATE_LABELS, *_COUNTED} - VAGUE_LABELS)})\b"
)
"""A word by which a line says that its date or its number is an article's."""
