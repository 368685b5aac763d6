"""What servers say of the time: where those of several portals agree, and our clock does not, it is our clock."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from statistics import median

from scrapy.http import Response

from wardnews.errors import DateError
from wardnews.locale import Phrase
from wardnews.text.timestamps import from_http

FEWEST = 2
"""How many politeness groups it takes: one server's clock may be wrong itself."""
NOTED = timedelta(minutes=10)
"""By how much our clock must be off to be worth a line."""
_ALIKE = timedelta(minutes=5)


def offset_of(response: Response) -> timedelta | None:
    """Return how far a server's clock is ahead of ours; None for an answer out of a cache, or without `Date`."""
    if response.headers.get("Age") or not (said := response.headers.get("Date")):
        return None
    try:
        return from_http(said.decode("latin-1")) - datetime.now(UTC)
    except DateError:
        return None


def wrong_clock(offsets: Collection[timedelta]) -> str | None:
    """Return a sentence where most servers agree on a time that is not ours; `offsets` has one for each group.

    >>> wrong_clock([timedelta(days=-400), timedelta(days=-400, seconds=9)])
    '2 servers say that it is 400 d earlier: set the clock right'
    >>> wrong_clock([timedelta(hours=7), timedelta(0)]), wrong_clock([timedelta(hours=7)])
    (None, None)
    """
    if len(offsets) < FEWEST:
        return None
    middle = median(one.total_seconds() for one in offsets)
    agreed = sum(abs(one.total_seconds() - middle) <= _ALIKE.total_seconds() for one in offsets)
    if abs(middle) < NOTED.total_seconds() or agreed <= len(offsets) / 2:
        return None
    sizes = ((86_400, "{count} d"), (3_600, "{count} h"), (60, "{count} min"))
    size, unit = next(one for one in sizes if abs(middle) >= one[0])
    span = unit.format(count=f"{abs(middle) / size:.0f}")
    if middle < 0:
        said = Phrase("{count} servers say that it is {span} earlier: set the clock right", count=agreed, span=span)
    else:
        said = Phrase("{count} servers say that it is {span} later: set the clock right", count=agreed, span=span)
    return str(said)
