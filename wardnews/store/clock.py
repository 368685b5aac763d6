"""Clocks that were wrong: what was stored under a time to come is set back, so that what is read later is later."""

from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from wardnews.store.recheck import next_recheck, time_of
from wardnews.store.tables import articles, observations, pages, runs, searches, versions, views, visits
from wardnews.text.clock import timestamp_of

_SECOND = timedelta(seconds=1)
_NOTED = timedelta(minutes=10)
"""By how much clocks must differ to be worth a line."""
_LONGEST_REST = timedelta(days=31)
_PLAUSIBLE = timedelta(days=2)
"""How long before the newest known news a clock may be."""


def set_back(connection: Connection, site: str, now: datetime) -> str | None:
    """Set back all times to come that are stored of a portal; return what an operator should know of the clock.

    Nobody can have seen anything later than now: either that clock was ahead, or this one is behind. The order of what
    was seen stays. A clock that is before the news themselves is behind: then nothing is set back.
    """
    stamp = timestamp_of(now)
    ahead = _latest(connection, site)
    if ahead is None or ahead <= _exact(now):
        return None
    dated = (articles.c.site == site, articles.c.published <= ahead)
    newest = connection.scalar(sa.select(sa.func.max(articles.c.published)).where(*dated))
    if newest and time_of(newest) - now > _PLAUSIBLE:
        return f"the clock says {stamp[:10]}, but news of {newest[:10]} are known: set it right"
    for table, column, key in (
        (versions, "at", ["seq"]), (observations, "at", ["at"]), (views, "observed_at", ["observed_at"]),
    ):  # fmt: skip
        _spread(connection, table, column, key, site, now)
    before = timestamp_of(now - _SECOND)
    own = (articles.c.site == site,)
    connection.execute(articles.update().where(*own, articles.c.at > stamp).values(at=before))
    connection.execute(articles.update().where(*own, articles.c.first_seen > stamp).values(first_seen=before))
    _pages(connection, site, now)
    for time in (visits.c.began, visits.c.ended):
        late = visits.update().where(visits.c.site == site, time > stamp)
        connection.execute(late.values({time.name: _exact(now - _SECOND)}))
    for time in (runs.c.began, runs.c.ended):
        late = runs.update().where(runs.c.ended.is_not(None), time > stamp)
        connection.execute(late.values({time.name: _exact(now - _SECOND)}))
    connection.execute(searches.update().where(searches.c.site == site, searches.c.ended > stamp).values(ended=before))
    if time_of(ahead) - now < _NOTED:
        return None
    return f"the store has times up to {ahead[:16]}Z, the clock says {stamp[:16]}Z: what is read now counts as later"


def _latest(connection: Connection, site: str) -> str | None:
    """Return the latest time of a visit or a page of a portal."""
    asked = sa.select(sa.func.max(pages.c.asked_at)).where(pages.c.site == site)
    began = sa.select(sa.func.max(visits.c.began)).where(visits.c.site == site)
    return max(filter(None, (connection.scalar(asked), connection.scalar(began))), default=None)


def _spread(connection: Connection, table: sa.Table, column: str, key: list[str], site: str, now: datetime) -> None:
    """Set times to come back to the last seconds before now, in their order, article by article."""
    time = table.c[column]
    names = sa.select(articles.c.id).where(articles.c.site == site)
    own = (table.c.article.in_(names), time > timestamp_of(now))
    order = [table.c.article, *(table.c[name] for name in key)]
    rows = connection.execute(sa.select(*order).where(*own).order_by(*order)).all()
    for article, group in groupby(rows, lambda row: row.article):
        same = list(group)
        for place, row in enumerate(same):
            at = timestamp_of(now - (len(same) - place) * _SECOND)
            whose = [table.c.article == article, *(table.c[name] == getattr(row, name) for name in key)]
            other = sa.select(sa.literal(1)).where(table.c.article == article, time == at)
            if "seq" in key or connection.scalar(other) is None:
                connection.execute(table.update().where(*whose).values({column: at}))
            else:
                connection.execute(table.delete().where(*whose))


def _pages(connection: Connection, site: str, now: datetime) -> None:
    """Set back when pages were asked for, and find anew when they are due: none rests for longer than a month.

    When they were asked for in truth nobody knows: rechecks count from the last visit whose time may be right.
    """
    stamp = timestamp_of(now)
    began = sa.select(sa.func.max(visits.c.began)).where(visits.c.site == site, visits.c.began <= _exact(now))
    right = connection.scalar(began)
    late = sa.select(pages, articles.c.first_seen).outerjoin(articles, articles.c.id == pages.c.article)
    odd = sa.or_(pages.c.asked_at > stamp, pages.c.next_look > timestamp_of(now + _LONGEST_REST))
    rows: list[Any] = list(connection.execute(late.where(pages.c.site == site, odd)))
    for row in rows:
        due = row.next_look and min(row.next_look, stamp)
        if row.article and row.kind == "article" and row.state == "done":
            asked = time_of(right) if right else now
            due = next_recheck(row.published, min(row.first_seen or stamp, stamp), asked)
        since = row.absent_since and min(row.absent_since, stamp)
        asked_at = row.asked_at and min(row.asked_at, _exact(now - _SECOND))
        values = {"asked_at": asked_at, "next_look": due, "absent_since": since}
        connection.execute(pages.update().where(pages.c.number == row.number).values(**values))


def _exact(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
