"""Times that machines write: in archives, in headers of HTTP, of files. Whatever stands there, one error is raised."""

import re
from calendar import monthrange
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from wardnews.errors import DateError

_STAMP = re.compile(r"(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?", re.ASCII)
_DIGITS = re.compile(r"\d{4}(?:-\d\d)?|\d{14}", re.ASCII)
_YEARS = range(1990, 2100)
"""Years in which a page of the web can have been fetched; the ends leave room for every time zone."""


def from_iso(words: str) -> datetime:
    """Return the time of an ISO 8601 string in UTC; one without a time zone is in UTC already.

    Digits alone, as in old files, and less than a day, as WARC 1.1 has it, are read by `from_digits`.

    Raises DateError for a string that is none, and for a year in which there was no web.
    >>> from_iso("2022-08-27T11:39:12+07:00")
    datetime.datetime(2022, 8, 27, 4, 39, 12, tzinfo=datetime.timezone.utc)
    """
    if _DIGITS.fullmatch(words):
        return from_digits(words.replace("-", ""))
    try:
        date = datetime.fromisoformat(words)
        return _sane(date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC), words)
    except (ValueError, OverflowError) as error:
        raise _no_date(words) from error


def from_digits(stamp: str) -> datetime:
    """Return the time of an archive's stamp of up to 14 digits, as `20220827043912`, in UTC.

    Old indexes have a month or day 00, days behind the end of the month, or fewer digits: each is the nearest that
    there is. Raises DateError for what is no stamp.
    >>> str(from_digits("20220300101010")), str(from_digits("202202311010")), str(from_digits("2009"))
    ('2022-03-01 10:10:10+00:00', '2022-02-28 10:10:00+00:00', '2009-01-01 00:00:00+00:00')
    """
    match = _STAMP.fullmatch(stamp)
    if match is None:
        raise _no_date(stamp)
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in match.groups())
    try:
        month = month or 1
        day = min(day or 1, monthrange(year, month)[1])
        return _sane(datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC), stamp)
    except (ValueError, IndexError) as error:
        raise _no_date(stamp) from error


def from_http(words: str) -> datetime:
    """Return the time of a header such as `Date`, in UTC; raise DateError for none.

    >>> str(from_http("Sat, 27 Aug 2022 04:39:12 GMT"))
    '2022-08-27 04:39:12+00:00'
    """
    try:
        date = parsedate_to_datetime(words)
        return _sane(date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC), words)
    except (ValueError, OverflowError, TypeError, IndexError) as error:
        raise _no_date(words) from error


def from_file(seconds: float) -> datetime:
    """Return a file's time, in seconds since 1970, in UTC; raise DateError for one in which there was no web."""
    try:
        return _sane(datetime.fromtimestamp(seconds, UTC), str(seconds))
    except (ValueError, OverflowError, OSError) as error:
        raise _no_date(str(seconds)) from error


def as_stamp(date: datetime) -> str:
    """Return a time in UTC as ISO 8601 to the second, as `2022-08-27T04:39:12Z`."""
    return f"{date.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def seconds_to_wait(retry_after: str, date: str) -> float | None:
    """Return how many seconds `Retry-After` asks to wait, None where it names no time to come (RFC 9110, 10.2.3).

    `date`: the server's own `Date`, against which a date in `Retry-After` is measured.
    >>> seconds_to_wait("120", ""), seconds_to_wait("Sat, 27 Aug 2022 04:39:12 GMT", "Sat, 27 Aug 2022 04:38:12 GMT")
    (120.0, 60.0)
    """
    if retry_after.isdecimal() and retry_after.isascii():
        return float(retry_after[:_MOST_DIGITS]) or None
    try:
        until = from_http(retry_after)
    except DateError:
        return None
    try:
        now = from_http(date)
    except DateError:
        now = datetime.now(UTC)
    return max((until - now).total_seconds(), 0.0) or None


_MOST_DIGITS = 12


def _sane(date: datetime, words: str) -> datetime:
    if date.year not in _YEARS:
        raise _no_date(words)
    return date


def _no_date(words: str) -> DateError:
    return DateError("a date that is none: {words!r}", words=words[:40])
