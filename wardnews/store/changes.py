"""What became new, edited, gone or back, in order, with a cursor to go on from: the feeds of all runs as one."""

import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from wardnews.errors import CursorError
from wardnews.items import upgraded
from wardnews.locale import Phrase
from wardnews.store.database import Store
from wardnews.store.locks import first_announced
from wardnews.store.near_duplicates import assign
from wardnews.store.queries import BATCH, with_story
from wardnews.store.tables import articles, identity, versions

START = "0"
"""The cursor before the first change of any store."""
_ABOUT = frozenset({"schema", "id", "site", "via", "crawled_at", "first_seen", "version", "change", "content_hash"})
"""Fields that say something of the record, not of the article."""
_TICKING = frozenset({"header", "views", "text"})
"""Fields that may differ between two visits though nobody edited the article."""


def store_name(store: Store) -> str:
    """Return the name that a store was given at random, by which its cursors are known."""
    given = sa.select(identity.c.name)
    with store.reading() as connection:
        name = connection.scalar(given)
    if name is None:
        with store.writing() as connection:
            row = {"number": 1, "name": secrets.token_hex(4)}
            connection.execute(store.insert(identity).values(row).on_conflict_do_nothing())
            name = connection.scalar(given)
    return str(name)


def last_seq(store: Store) -> int:
    """Return the greatest `seq` of the versions."""
    with store.reading() as connection:
        return connection.scalar(sa.select(sa.func.max(versions.c.seq))) or 0


def horizon(store: Store) -> int:
    """Return a `seq` up to which all versions are committed: those committed from now on have a greater one.

    PostgreSQL commits numbers in another order than it gives them in. A transaction that takes one has a lock that
    names the greatest that was there before; nobody waits for it.
    """
    last = last_seq(store)
    if store.engine.dialect.name == "postgresql":
        with store.reading() as connection:
            floor = first_announced(connection)
        last = last if floor is None else min(last, floor)
    return last


def versions_between(
    store: Store, after: int, upto: int, sites: Sequence[str] = (), most: int = BATCH
) -> Sequence[sa.Row[Any]]:
    """Return the next versions after a `seq` and up to another, in order.

    Each has `seq`, `run`, `record`, `story`, `before` and `same`. `before` is the record of the version that comes
    before it in the article's history, None where it is the first; `same`: both are of one time, read twice.
    """
    earlier = versions.alias()
    precedes = sa.or_(
        earlier.c.at < versions.c.at, sa.and_(earlier.c.at == versions.c.at, earlier.c.seq < versions.c.seq)
    )
    last = sa.select(earlier.c.seq).where(earlier.c.article == versions.c.article, precedes)
    last = last.order_by(earlier.c.at.desc(), earlier.c.seq.desc()).limit(1).correlate(versions)
    before = versions.alias()
    own = (versions.c.seq, versions.c.run, versions.c.record, articles.c.story)
    compared = (before.c.record.label("before"), (before.c.at == versions.c.at).label("same"))
    whole = versions.outerjoin(articles, articles.c.id == versions.c.article)
    query = sa.select(*own, *compared).select_from(whole.outerjoin(before, before.c.seq == last.scalar_subquery()))
    query = query.where(versions.c.seq > after, versions.c.seq <= upto).order_by(versions.c.seq).limit(most)
    if sites:
        query = query.where(articles.c.site.in_(sites))
    with store.reading() as connection:
        return connection.execute(query).all()


def cursor_of(name: str, seq: int) -> str:
    """Return the cursor behind a version of the store of that name."""
    return f"{name}-{seq}"


def position(store: Store, cursor: str | None) -> int:
    """Return the `seq` that a cursor stands behind; raise CursorError for one that is none, or none of this store."""
    if cursor in (None, START):
        return 0
    name, last = store_name(store), last_seq(store)
    anew = Phrase("{start} is before all changes", start=START)
    parts = re.fullmatch(r"([0-9a-f]{8})-([0-9]{1,18})", str(cursor))
    if not parts:
        raise CursorError(
            "{cursor}: no cursor, which is as in {example}; {anew}",
            cursor=cursor,
            example=cursor_of(name, last),
            anew=anew,
        )
    if parts[1] != name:
        raise CursorError(
            "{cursor}: a cursor of another store, this one's begin with {name}-; {anew}",
            cursor=cursor,
            name=name,
            anew=anew,
        )
    if int(parts[2]) > last:
        raise CursorError(
            "{cursor}: ahead of the store, which ends at {last}: was it set back? {anew}",
            cursor=cursor,
            last=cursor_of(name, last),
            anew=anew,
        )
    return int(parts[2])


def changes(store: Store, after: int, upto: int, sites: Sequence[str] = ()) -> Iterator[tuple[int, str]]:
    """Return the changes after a `seq` and up to another: the `seq` of each, and its JSON.

    Its keys: `cursor`, to go on behind it; `run`; `fields`: what of the article differs from the version before it,
    null where it is the first; `record`, as the run's feed has it.
    """
    name = store_name(store)
    assign(store)
    while rows := versions_between(store, after, upto, sites):
        for row in rows:
            record = upgraded(row.record)
            before = json.loads(upgraded(row.before)) if row.before else None
            fields = None if before is None else differing(before, json.loads(record), same_visit=row.same)
            head = json.dumps({"cursor": cursor_of(name, row.seq), "run": row.run, "fields": fields})
            yield row.seq, f'{head[:-1]}, "record": {with_story(record, row.story)}}}'
        after = rows[-1].seq


def differing(before: Mapping[str, Any], record: Mapping[str, Any], *, same_visit: bool = False) -> list[str]:
    """Return the names of the fields in which two records of an article differ; counters tick only between visits."""
    left_out = _ABOUT if same_visit else _ABOUT | _TICKING
    return [name for name, value in record.items() if name not in left_out and value != before.get(name)]
