"""Days and times on Vietnam's clock, and the timestamps of the store."""

from datetime import UTC, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
"""Vietnam's clock: UTC+7 without daylight saving since 1975."""
EXAMPLE_NOW = datetime(2026, 8, 29, 8, 28, tzinfo=VIETNAM)
"""The time from which the examples of header lines count back."""


def in_days(published: str | None, since: str | None, until: str | None) -> bool:
    """Whether a publication date is of the days from `since` to `until`, both included; an unknown one may be.

    >>> in_days("2021-04-05T17:15+07:00", "2021-04-05", "2021-04-05"), in_days("2021-04-04", "2021-04-05", None)
    (True, False)
    """
    day = (published or "")[:10]
    return not day or ((not since or day >= since) and (not until or day <= until))


def is_future(published: str, now: datetime) -> bool:
    """Whether a publication date lies more than a day after `now`; editors' clocks do run ahead by hours.

    >>> is_future("2026-08-30", EXAMPLE_NOW), is_future("2062-08-29T10:00+07:00", EXAMPLE_NOW)
    (False, True)
    """
    return published[:10] > (now.astimezone(VIETNAM) + timedelta(days=1)).date().isoformat()


def now() -> datetime:
    """Return the time now on Vietnam's clock."""
    return datetime.now(VIETNAM)


def timestamp() -> str:
    """Return the time now in UTC, to the second, as `2026-08-29T01:28:00Z`."""
    return timestamp_of(datetime.now(UTC))


def timestamp_of(time: datetime) -> str:
    """Return a time in UTC, to the second, as `2026-08-29T01:28:00Z`."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
