"""When pages are asked again: the recheck schedule of articles; how long a failed or a static page rests."""

from datetime import UTC, datetime, timedelta

from wardnews.text.clock import VIETNAM, timestamp_of

SCHEDULE = (1, 3, 7, 30)
"""The ages of an article, in days, at which it is rechecked; and the days after which a failed page is tried again."""
GONE_AFTER, GONE_DAYS = 3, 2
"""How many rechecks in a row, over how many days at least, must find an article absent before it is gone."""
EARLY = timedelta(hours=1)
"""How much early a recheck may be: a daily run does not begin at the same second each day."""
_STATIC_DAYS = 30
"""How long a page that lists nothing is not asked for articles again."""


def next_recheck(published: str | None, first_seen: str, now: datetime) -> str | None:
    """Return when an article is to be rechecked, by its age: UTC, None for never.

    >>> next_recheck("2026-08-29T08:00+07:00", "2026-08-29T01:28:00Z", datetime(2026, 8, 29, 2, tzinfo=UTC))
    '2026-08-30T00:00:00Z'
    >>> next_recheck("2022-02-27T17:15+07:00", "2026-08-29T01:28:00Z", datetime(2026, 8, 29, 2, tzinfo=UTC))
    """
    born = min(time_of(published or first_seen), now)
    rechecks = (born + timedelta(days=days) - EARLY for days in SCHEDULE)
    due = next((recheck for recheck in rechecks if recheck > now), None)
    return timestamp_of(due) if due else None


def next_try(failures: int) -> str | None:
    """Return when a page that failed so many times before is tried again: UTC, None for never."""
    days = SCHEDULE[failures] if failures < len(SCHEDULE) else None
    return timestamp_of(datetime.now(UTC) + timedelta(days=days) - EARLY) if days else None


def static_until() -> str:
    """Return until when a page that lists nothing is not asked for articles again."""
    return timestamp_of(datetime.now(UTC) + timedelta(days=_STATIC_DAYS))


def time_of(stored: str) -> datetime:
    """Return the time that a stored date or time means; one without a zone is Vietnam's."""
    time = datetime.fromisoformat(stored)
    return time if time.tzinfo else time.replace(tzinfo=VIETNAM)


def exactly() -> str:
    """Return the time to the microsecond: a run may begin in the second in which the one before it ended."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
