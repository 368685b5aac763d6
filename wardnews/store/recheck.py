"""When pages are asked again: the recheck schedule of articles; how long a failed, a static page or a portal rests."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import ceil

from wardnews.text.clock import VIETNAM, timestamp_of

SCHEDULE = (1, 3, 7, 30)
"""The ages of an article, in days, at which it is rechecked; and the days after which a failed page is tried again."""
GONE_AFTER, GONE_DAYS = 3, 2
"""How many rechecks in a row, over how many days at least, must find an article absent before it is gone."""
EARLY = timedelta(hours=1)
"""How much early a recheck or a visit may be: a daily run does not begin at the same second each day."""
_STATIC_DAYS = 30
"""How long a page that lists nothing is not asked for articles again."""

FEWEST_DAYS, MOST_DAYS = 5, 50
_USUAL = 0.9
DUE_SHARE = 0.25
DUE_LEAST, DUE_MOST, DUE_UNKNOWN = timedelta(hours=6), timedelta(days=7), timedelta(days=1)


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


def publication_interval(days: Iterable[str]) -> int | None:
    """Return the days that a portal's news are apart at most as a rule: nine gaps in ten are no longer.

    `days` are days of publication, ISO; the newest fifty count, of the last year where these are enough. None where
    there are too few.

    >>> publication_interval(["2026-08-28", "2026-08-27", "2026-08-27", "2026-08-24", "2026-08-21", "2026-08-20"])
    3
    >>> publication_interval(["2026-08-28", "2026-08-27"])
    """
    newest = [date.fromisoformat(day) for day in sorted({day[:10] for day in days}, reverse=True)[:MOST_DAYS]]
    of_the_year = [day for day in newest if newest[0] - day <= timedelta(days=365)]
    counted = of_the_year if len(of_the_year) >= FEWEST_DAYS else newest
    if len(counted) < FEWEST_DAYS:
        return None
    gaps = sorted((later - earlier).days for later, earlier in pairwise(counted))
    return gaps[ceil(_USUAL * len(gaps)) - 1]


def due_after(began: str | None, *, ended: bool, usual: int | None) -> datetime | None:
    """Return when a portal is to be visited next: a quarter of its publication interval later; None for at once.

    `began` is when the last visit did; one that was broken off is gone on with at once.

    >>> due_after("2026-08-29T01:00:00Z", ended=True, usual=4).isoformat()
    '2026-08-30T00:00:00+00:00'
    """
    if began is None or not ended:
        return None
    after = DUE_UNKNOWN if usual is None else min(max(timedelta(days=usual) * DUE_SHARE, DUE_LEAST), DUE_MOST)
    return datetime.fromisoformat(began) + after - EARLY
