"""The reader of header lines: dates, times and counts of views by the forms of `header_forms`."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache, lru_cache

from wardnews.text.clock import EXAMPLE_NOW, VIETNAM
from wardnews.text.header_forms import (
    ARTICLE_LABEL,
    CHANGED,
    FORMS,
    MONTH_NUMBERS,
    NUMBER,
    PIECES,
    VIEW_HINT,
    VIEW_LABELS,
    VISIT_WORDS,
)
from wardnews.text.strings import nfc, tidy


@dataclass(frozen=True)
class Header:
    """What a header line means.

    `published` is ISO 8601: `2022-02-27T17:15+07:00`, or `2022-02-27` where the line gives no time or midnight.
    `flags` names the doubts: `bad_date`, `midnight`, `relative_date`, `header_partly_read`, `header_unread`; `form` is
    the one of `FORMS` that read the line.
    """

    published: str | None = None
    views: int | None = None
    flags: tuple[str, ...] = ()
    form: str = ""


@cache
def _compile(template: str) -> re.Pattern[str]:
    """Return a template's pattern, made when a line first needs it: all of them take a tenth of a second."""
    return re.compile(template.format(**PIECES))


_HINTS = {
    "date": re.compile(r"\d(?: ?[/.-] ?| tháng )\d{1,2}(?: ?[/.-] ?| năm )\d{4}"),
    "named": re.compile(r"\d (?:tháng |thg|th\.? ?\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"),
    "named_first": re.compile(r"\d,? \d{4}"),
    "iso": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "java": re.compile(r":\d{2} (?:gmt|utc|ict) \d{4}"),
    "ago": re.compile(r"\d (?:giây|phút|giờ|tiếng|ngày|tuần|tháng|năm) trước"),
    "views": VIEW_HINT,
}
"""What must be in a line that holds such a piece; looked for first, for few lines hold any."""


def _with_hint(template: str) -> tuple[str, str]:
    """Return the piece of a template that has to be in a line, and the template."""
    return next(piece for piece in _HINTS if f"{{{piece}}}" in template), template


_READ_PIECES = (
    "java",
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
_DATE_LINES = tuple(
    _with_hint(template)
    for template in (
        "{date}(?:{sep}{at}{time})?",
        "{time}{sep}(?:ngày )?{date}",
        "{named}(?:{sep}{at}{time})?",
        "{named_first}(?:{sep}{at}{time})?",
        "{java}",
        "{iso}",
    )
)
_VIEWS = "{views}"
_UPDATED = CHANGED + "(?: lúc| ngày| lần cuối| cuối)* ?:? ?(?:{date}(?:{sep}{at}{time})?)"
_NAMELESS = re.compile(r"\?P<\w+>")
_BRACKETS = re.compile(r"[()\[\]]")
_LONGEST_HEADER = 1_000
"""What is longer is no header line; its beginning may hold one."""
_KNOWN = 4096
"""Lines that are remembered: most of a portal's page is on its other pages too."""
_COUNT = re.compile(NUMBER)
_PART = (
    "(?:(?>{label}|{weekday}|{time}|{zone}|{percent}|{reading}|(?:{views})|(?:"
    + "|".join(VIEW_LABELS)
    + r")(?: ?:|$)|gmt|am|pm|sa|ch\b){sep})++"
)
_HALF_UNREAD = re.compile(
    r"\W*(?:giờ )?(?:[cp]\.? ?[hm]|[as]\.? ?[ma]|sáng|trưa|chiều|tối|đêm|(?:gmt|utc)(?! ?\+ ?0?7\b))\b"
)


def parse_header(line: str, now: datetime) -> Header:
    r"""Return what a header line means by the grammar of `FORMS`; relative times count from `now`, an aware time.

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
    """Return the meaning of a line without a relative time, which says the same at any time."""
    return _read(plain, EXAMPLE_NOW)


def _read(plain: str, now: datetime) -> Header:
    hints = _hints(plain)
    for name, piece, form in _FORMS:
        if piece in hints and (match := _compile(form).fullmatch(plain)):
            return replace(_meaning(match.groupdict(), now), form=name)
    return _partly(plain, hints, now)


@lru_cache(maxsize=_KNOWN)
def _hints(plain: str) -> AbstractSet[str]:
    """Return the names of the pieces that a line may hold."""
    return {piece for piece, hint in _HINTS.items() if hint.search(plain)}


def may_hold_date(line: str) -> bool:
    """Whether, at little cost, reading a line may give a date; where this says no, it gives none.

    >>> [may_hold_date(line) for line in ("Ngày 05/04/2021", "2 giờ trước", "Nghị quyết năm 2021", "Lượt xem: 2021")]
    [True, True, False, False]
    """
    return not _hints(_plain(line)) <= {"views"}


@lru_cache(maxsize=_KNOWN)
def _plain(line: str) -> str:
    return tidy(nfc(_BRACKETS.sub(" ", line))).lower()


def is_english(line: str) -> bool:
    """Whether a header line has the label of the English pages.

    >>> is_english("Publish date 05/04/2021 | 05:07 PM | View count: 81"), is_english("Ngày đăng 05/04/2021 | 17:07")
    (True, False)
    """
    return _plain(line).lower().startswith("publish date")


@lru_cache(maxsize=_KNOWN)
def is_part_of_header(line: str) -> bool:
    """Whether a line without a date is what stands beside one: a label, a time, a week day, a count of views.

    >>> [is_part_of_header(line) for line in ("Ngày đăng:", "17:15", "Lượt xem: 81", "Thứ hai", "Tin tức")]
    [True, True, True, True, False]
    """
    return bool(_compile(_PART).fullmatch(_plain(line)))


@lru_cache(maxsize=_KNOWN)
def has_header_label(line: str) -> bool:
    """Whether a line says by a word that its date or its number is an article's.

    >>> has_header_label("Ngày đăng: 05/04/2021"), has_header_label("Thứ hai, 05/04/2021 17:15:09")
    (True, False)
    """
    return bool(ARTICLE_LABEL.search(_plain(line)))


def parse_count(line: str) -> int | None:
    """Return a count of views: labelled, or a number alone.

    >>> parse_count("Đã xem: 1.081"), parse_count(" 81 "), parse_count("81 bình luận"), parse_count("Tin 1 và 2")
    (1081, 81, None, None)
    """
    plain = _plain(line)
    found = list(_compile(_VIEWS).finditer(plain))
    if len(found) == 1:
        return int(re.sub(r"\D", "", found[0]["views"] or found[0]["count"]))
    return int(re.sub(r"\D", "", plain)) if _COUNT.fullmatch(plain) else None


def agree(shown: str | None, exact: str | None) -> tuple[str | None, tuple[str, ...]]:
    """Return the surer of the date that a page shows and the one that it carries for machines; a flag if they differ.

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
    """Return the one date and the one labelled count in a line that holds other words too."""
    dates = _dates(plain, hints)
    if len(dates) > 1:
        plain = _compile(_UPDATED).sub(" ", plain)
        dates = _dates(plain, hints)
    views = list(_compile(_VIEWS).finditer(plain)) if "views" in hints else []
    if len(dates) != 1 and (not views or VISIT_WORDS in plain):
        return Header(flags=("header_unread",))
    groups = dates[0].groupdict() if len(dates) == 1 else {}
    if groups and _HALF_UNREAD.match(plain[dates[0].end() :]):
        groups["hour"] = None  # morning or afternoon, or another zone: the day is sure, the hour is not
    if len(views) == 1:
        groups |= {name: value for name, value in views[0].groupdict().items() if value}
    meaning = _meaning(groups, now)
    return Header(meaning.published, meaning.views, ("header_partly_read", *meaning.flags))


def _dates(plain: str, hints: AbstractSet[str]) -> list[re.Match[str]]:
    """Return the dates in a line, with their times where the form that finds most finds them."""
    found = (list(_compile(form).finditer(plain)) for piece, form in _DATE_LINES if piece in hints)
    return max(found, key=lambda matches: (len(matches), len(matches[0][0]) if matches else 0), default=[])


@lru_cache(maxsize=_KNOWN)
def count_unread(line: str) -> int:
    """Return the number of words of a line that are no date, time, label or count.

    >>> count_unread("Ban biên tập | 05/04/2021 17:15 | Lượt xem: 81"), count_unread("Lượt xem: 81")
    (3, 0)
    """
    return len(re.findall(r"\w+", _readable().sub(" ", _plain(line))))


@cache
def _readable() -> re.Pattern[str]:
    """Return the pattern of all that is understood in a line."""
    return re.compile("|".join(_NAMELESS.sub("?:", f"(?:{{{piece}}})".format(**PIECES)) for piece in _READ_PIECES))


def _meaning(groups: dict[str, str | None], now: datetime) -> Header:
    count = groups.get("views") or groups.get("count")
    views = int(re.sub(r"\D", "", count)) if count else None
    try:
        published, flags = _published(groups, now)
    except (ValueError, OverflowError):
        published, flags = None, ("bad_date",)
    return Header(published, views, flags)


def _published(groups: dict[str, str | None], now: datetime) -> tuple[str | None, tuple[str, ...]]:
    """Return the named groups of a form as ISO 8601, and flags; raise ValueError for a date that there is not."""
    if groups.get("ago"):
        return _counted_back(int(groups["ago"] or 0), groups["unit"] or "", now), ("relative_date",)
    if not groups.get("year"):
        return None, ()
    day = date(int(groups["year"] or 0), _month(groups["month"] or ""), int(groups["day"] or 0))
    if not groups.get("hour"):
        return day.isoformat(), ()
    hour, minute = _hour(int(groups["hour"] or 0), groups.get("half")), int(groups["minute"] or 0)
    offset = groups.get("offset")
    if offset in _ZONES and (hour, minute) == (0, 0):  # a day that a program printed as a time
        return day.isoformat(), ("midnight",)
    time = datetime(day.year, day.month, day.day, hour, minute, tzinfo=_zone(offset)).astimezone(VIETNAM)
    if (time.hour, time.minute) == (0, 0):
        return time.date().isoformat(), ("midnight",)
    return time.isoformat(timespec="minutes"), ()


def _month(name: str) -> int:
    return MONTH_NUMBERS.get(name) or int(re.sub(r"\D", "", name))


def _hour(hour: int, half: str | None) -> int:
    """Return an hour and its half of the day as 0..23; `17:15 PM` is written, and means 17:15."""
    if half in ("pm", "ch", "chiều", "tối") and hour < 12:  # noqa: PLR2004
        return hour + 12
    if half in ("am", "sa", "sáng") and hour == 12:  # noqa: PLR2004
        return 0
    return hour


_ZONES = {"gmt": UTC, "utc": UTC, "ict": VIETNAM}


def _zone(offset: str | None) -> timezone:
    if not offset:
        return VIETNAM
    if offset == "z":
        return UTC
    if offset in _ZONES:
        return _ZONES[offset]
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
    """Return the ISO 8601 time so long before now: to the minute for hours and less, to the day for days and more."""
    time = now.astimezone(VIETNAM) - number * _UNITS[unit]
    if _UNITS[unit] < timedelta(days=1):
        return time.isoformat(timespec="minutes")
    return time.date().isoformat()
