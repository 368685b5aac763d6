"""What others read of the store: how portals stand, the records of a run, the current records."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from wardnews.items import BEGINNING, upgraded
from wardnews.store.database import Store
from wardnews.store.recheck import due_after, publication_interval, time_of
from wardnews.store.tables import articles, kept_ids, pages, runs, versions, visits
from wardnews.text.clock import VIETNAM

DAYS = 500
"""How many of a portal's newest articles tell how often it publishes."""
BATCH = 100
"""Records that are in memory at a time."""
_quoted = json.JSONEncoder(ensure_ascii=False).encode
_NO_STORY = '"story": null'
_NULL = "null}"
_LAST, _CURRENT = f', "story": {_NULL}'.encode(), BEGINNING.encode()
"""How the records of this version end, without a near-duplicate group, and how they begin."""

# --- portals ---


def ids_kept(store: Store, ids: Collection[str]) -> dict[str, str]:
    """Return the ids that articles have from before, by those that their layouts make now."""
    with store.reading() as connection:
        query = sa.select(kept_ids.c.id, kept_ids.c.article).where(kept_ids.c.id.in_(list(ids)))
        return {row.id: row.article for row in connection.execute(query)}


def article_counts(store: Store) -> dict[str, int]:
    """Return the number of articles of each portal that was visited or has any; those that are gone do not count."""
    with store.reading() as connection:
        visited = connection.scalars(sa.select(visits.c.site).distinct()).all()
        number = sa.func.sum(1 - articles.c.gone)
        counted = connection.execute(sa.select(articles.c.site, number).group_by(articles.c.site)).all()
    return dict.fromkeys(sorted(visited), 0) | {site: int(number) for site, number in counted}


def last_visits(store: Store, site: str, most: int) -> list[sa.Row[Any]]:
    """Return the last visits to a portal, the last one first: `began`, `ended`, `report` (JSON)."""
    last = sa.select(visits.c.began, visits.c.ended, visits.c.report).where(visits.c.site == site)
    with store.reading() as connection:
        return list(connection.execute(last.order_by(visits.c.number.desc()).limit(most)))


def is_due(store: Store, site: str, now: datetime) -> bool:
    """Whether a portal is to be visited by now; one that was visited later was so by a clock that was wrong."""
    visit = next(iter(last_visits(store, site, 1)), None)
    if visit is None or visit.ended is None or time_of(visit.began) > now:
        return True
    (days,) = publication_days(store, [site], now.astimezone(VIETNAM).isoformat(), DAYS)
    due = due_after(visit.began, ended=True, usual=publication_interval(days))
    return due is None or due <= now


def last_visit_of_each(store: Store) -> dict[str, Any]:
    """Return the last visit to each portal: `began`, `ended`, `report` (JSON)."""
    numbers = sa.select(sa.func.max(visits.c.number)).group_by(visits.c.site)
    last = sa.select(visits.c.site, visits.c.began, visits.c.ended, visits.c.report).where(visits.c.number.in_(numbers))
    with store.reading() as connection:
        return {row.site: row for row in connection.execute(last).all()}


def first_visit_ended(store: Store, site: str) -> str | None:
    """Return when the first visit to a portal was done; None where none is."""
    with store.reading() as connection:
        first: str | None = connection.scalar(sa.select(sa.func.min(visits.c.ended)).where(visits.c.site == site))
    return first


def publication_days(store: Store, sites: Iterable[str], until: str, most: int) -> Iterator[list[str]]:
    """Return when the newest articles of each portal up to a time were published, the newest first."""
    newest = sa.select(articles.c.published).where(
        articles.c.site == sa.bindparam("site"), articles.c.published <= until
    )
    newest = newest.order_by(articles.c.published.desc()).limit(most)
    with store.reading() as connection:
        for site in sites:
            yield list(connection.scalars(newest, {"site": site}))


def daily_counts(store: Store, since: str) -> list[tuple[str, str, int]]:
    """Return how many articles portals published on each day since one, both ISO: portal, day, number."""
    at = sa.func.substr(articles.c.published, 1, 10)
    query = sa.select(articles.c.site, at, sa.func.count()).where(articles.c.published >= since)
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(query.group_by(articles.c.site, at))]


def newest_records(store: Store, site: str, first_visit: str, most: int) -> list[tuple[str, str]]:
    """Return the newest records of a portal, each a JSON line and when the run that read it began.

    Those without a date count as of the day they were first seen, where that was after the end of the first visit.
    """
    read = sa.select(versions.c.record, runs.c.began).join_from(articles, versions, articles.c.seq == versions.c.seq)
    read = read.join(runs, runs.c.name == versions.c.run).where(articles.c.site == site, articles.c.gone == 0)
    dated = read.where(articles.c.published.is_not(None)).order_by(articles.c.published.desc())
    undated = read.where(articles.c.published.is_(None), articles.c.first_seen >= first_visit)
    undated = undated.order_by(articles.c.first_seen.desc())
    with store.reading() as connection:
        return [(row.record, row.began) for query in (dated, undated) for row in connection.execute(query.limit(most))]


def pages_to_do(store: Store, sites: Sequence[str]) -> int:
    """Return the number of pages of some portals that are still to do."""
    todo = sa.select(sa.func.count()).select_from(pages).where(pages.c.site.in_(sites))
    todo = todo.where(sa.text("state = 'todo'"))  # as a parameter each row would be looked up
    with store.reading() as connection:
        return connection.scalar(todo) or 0


# --- records ---


def feed(store: Store, *names: str) -> Iterator[str]:
    """Return the JSON lines of what one or more runs found new or changed, in order."""
    changed = sa.select(_encoded(store), articles.c.story).outerjoin(articles, articles.c.id == versions.c.article)
    return map(bytes.decode, _stream(store, changed.where(versions.c.run.in_(names)).order_by(versions.c.seq)))


def records(
    store: Store,
    sites: Sequence[str] = (),
    since: str | None = None,
    until: str | None = None,
    changes: Sequence[str] = (),
) -> Iterator[str]:
    """Return the JSON lines of the current records, by portal and day; `since` and `until` are days of publication.

    Records without a date belong to no days; where no days are asked for they come before the others of a portal.
    """
    return map(bytes.decode, encoded_records(store, sites, since, until, changes))


def encoded_records(
    store: Store,
    sites: Sequence[str] = (),
    since: str | None = None,
    until: str | None = None,
    changes: Sequence[str] = (),
) -> Iterator[bytes]:
    """Return what `records` does in UTF-8, as a file takes it: decoding a line costs twice what reading it does."""
    current = sa.select(_encoded(store), articles.c.story).join(articles, articles.c.seq == versions.c.seq)
    if sites:
        current = current.where(articles.c.site.in_(sites))
    if since:
        current = current.where(articles.c.published >= since)
    if until:
        current = current.where(articles.c.published < f"{until}U")  # after any time of that day
    if changes:
        current = current.where(versions.c.change.in_(changes))
    order: list[Any] = [articles.c.site, articles.c.published, articles.c.id]
    if store.engine.dialect.name == "postgresql":  # the order of SQLite, whatever the database's language
        order = [sa.collate(column, "C").nulls_first() for column in order]
    return _stream(store, current.order_by(*order))


def _encoded(store: Store) -> Any:
    """Return the column of records in UTF-8."""
    if store.engine.dialect.name == "postgresql":
        return sa.func.convert_to(versions.c.record, "UTF8", type_=sa.LargeBinary)
    return sa.cast(versions.c.record, sa.LargeBinary)


def _stream(store: Store, query: Any) -> Iterator[bytes]:
    with store.reading() as connection:
        rows = connection.execution_options(yield_per=BATCH).execute(query)
        for record, story in rows:
            if record.startswith(_CURRENT) and (story is None or record.endswith(_LAST)):
                yield record if story is None else b"%b%b}" % (record[: -len(_NULL)], _quoted(story).encode())
            else:
                yield with_story(upgraded(record.decode()), story).encode()


def with_story(record: str, story: str | None) -> str:
    """Return a record's JSON line with its near-duplicate group, where one is assigned; the store keeps it as null.

    Quotes within a string are escaped, so that only the field itself can read so.

    >>> with_story('{"id": "hoasua:7", "story": null}', "bentrang:3")
    '{"id": "hoasua:7", "story": "bentrang:3"}'
    """
    if story is None:
        return record
    before, found, behind = record.rpartition(_NO_STORY)
    if not found:
        raise ValueError(f"a record without {_NO_STORY}: {record[:200]}")
    return f'{before}"story": {_quoted(story)}{behind}'
