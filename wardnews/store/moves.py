"""Articles that move: one article under several addresses, and two histories joined into one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from wardnews.items import GONE, Article, article_of, json_line
from wardnews.store.database import Store
from wardnews.store.history import Observation, arranged
from wardnews.store.locks import announce_versions
from wardnews.store.tables import articles, captures, kept_ids, observations, pages, signatures, versions, views
from wardnews.store.versions import Versions
from wardnews.text.clock import timestamp

JOINED = "joined"
"""The flag of a record that goes on under the id of another: it is told as gone."""
_MOST_TWINS = 3


class Twin(NamedTuple):
    """A known article with the title and the day of another, and the address that it was last read at."""

    id: str
    page: int
    url: str


class Pair(NamedTuple):
    """Two ids that are one article by all that they say: `old` was not seen any more once `new` was there."""

    old: str
    new: str
    title: str
    old_url: str
    new_url: str


def _twins() -> Any:
    """Return the query for the articles that a new one may be, but for what says that they are alike."""
    query = sa.select(articles.c.id, versions.c.record, pages.c.number, pages.c.url)
    query = query.join(versions, versions.c.seq == articles.c.seq).join(pages, pages.c.article == articles.c.id)
    others = articles.c.site == sa.bindparam("site"), articles.c.id != sa.bindparam("id")
    return query.where(*others, asked_before(sa.bindparam("began")))


def asked_before(began: Any) -> Any:
    """Return the condition for pages at which articles are asked, and were not since a time in UTC."""
    before = sa.or_(pages.c.asked_at.is_(None), pages.c.asked_at < began)
    return sa.and_(before, pages.c.kind == "article", pages.c.state.not_in(("moved", "seen")))


# Built once: that takes longer than their execution.
_OF_THE_DAY = _twins().where(articles.c.published >= sa.bindparam("day"), articles.c.published < sa.bindparam("next"))
_OF_THE_TEXT = _twins().where(articles.c.published.is_(None), articles.c.content_hash == sa.bindparam("text"))


def twins(connection: Connection, article: Article, began: str) -> list[Twin]:
    """Return the known articles that have the title and the day, or without a day the content, of a new one.

    Those that were asked for since `began`, a time in UTC, stand at their own address.
    """
    values = {"site": article.site, "id": article.id, "began": began}
    if article.published:
        day = article.published[:10]
        rows = connection.execute(_OF_THE_DAY, {**values, "day": day, "next": f"{day}U"})
    else:
        rows = connection.execute(_OF_THE_TEXT, {**values, "text": article.content_hash})
    found = [row for row in rows if article_of(row.record).title == article.title]
    return [Twin(row.id, row.number, row.url) for row in found[:_MOST_TWINS]]


def keep_id(connection: Connection, name: str, article: str) -> None:
    """Write that an id, as made of an address, stands for an article."""
    connection.execute(kept_ids.update().where(kept_ids.c.article == name).values(article=article))
    connection.execute(kept_ids.delete().where(kept_ids.c.id == name))
    connection.execute(kept_ids.insert().values(id=name, article=article))


def join(writer: Versions, keep: str, drop: str) -> None:
    """Make one article of two: all that is known of `drop` becomes part of the history of `keep`.

    `drop` is emitted as gone, with the flag JOINED, and `keep` as it is now, where that is not what it was.
    """
    connection = writer.connection
    rows = _versions_of(connection, keep, drop)
    old = {row.id: row for row in connection.execute(sa.select(articles).where(articles.c.id.in_((keep, drop))))}
    last = article_of(rows[old[drop].seq].record)
    known = [Observation(_renamed(row, keep), seq) for seq, row in rows.items()]
    _move_rows(connection, writer.store, keep, drop)
    history, unchanged = arranged([*known, *writer.unchanged(keep, known)])
    first_seen = min(row.first_seen for row in old.values())
    for one in history:
        one.article.first_seen = first_seen
    history[-1].article.url = max(old.values(), key=lambda row: row.first_seen).url  # where it lives now
    _emit_gone(writer, last)
    writer.write_history(history, rows, None, repeats=True)
    connection.execute(observations.delete().where(observations.c.article == keep))
    writer.write_observations(one.article for one in unchanged)
    connection.execute(articles.update().where(articles.c.id == keep).values(first_seen=first_seen))
    writer.current_views(keep)
    keep_id(connection, drop, keep)


def _versions_of(connection: Connection, *names: str) -> dict[int, Any]:
    query = sa.select(versions).where(versions.c.article.in_(names)).order_by(versions.c.seq)
    return {row.seq: row for row in connection.execute(query)}


def _renamed(row: Any, name: str) -> Article:
    article = article_of(row.record)
    article.id, article.crawled_at = name, row.at
    return article


def _move_rows(connection: Connection, store: Store, keep: str, drop: str) -> None:
    """Write all rows of one article in the name of another."""
    for table in (observations, views):
        rows = [dict(row._mapping) for row in connection.execute(sa.select(table).where(table.c.article == drop))]  # noqa: SLF001 - its public name
        if rows:
            renamed = [row | {"article": keep} for row in rows]
            connection.execute(store.insert(table).on_conflict_do_nothing(), renamed)
        connection.execute(table.delete().where(table.c.article == drop))
    for moved in (versions, pages, captures):
        connection.execute(moved.update().where(moved.c.article == drop).values(article=keep))
    connection.execute(articles.update().where(articles.c.story == drop).values(story=keep))
    connection.execute(articles.delete().where(articles.c.id == drop))
    connection.execute(signatures.delete().where(signatures.c.article == drop))


def _emit_gone(writer: Versions, last: Article) -> None:
    gone = replace(last, change=GONE, crawled_at=timestamp(), flags=[*last.flags, JOINED])
    row = {"run": writer.run, "change": GONE, "version": gone.version, "at": gone.crawled_at}
    announce_versions(writer.connection)
    record = json_line(gone)[:-1]
    writer.connection.execute(versions.insert().values(article=gone.id, record=record, **row))


# --- by their content alone ----------------------------------------------------------------------------------


def pairs(store: Store, site: str) -> Iterator[Pair]:
    """Return the articles of a portal that go on under a second id by all that they say, the older id first.

    Title, day and content are the same, and the older was not seen any more once the newer was there.
    """
    query = sa.select(articles.c.id, articles.c.url, articles.c.first_seen, articles.c.content_hash, versions.c.record)
    query = query.join(versions, versions.c.seq == articles.c.seq).where(articles.c.site == site)
    seen = sa.select(observations.c.article, sa.func.max(observations.c.at)).group_by(observations.c.article)
    last = sa.select(versions.c.article, sa.func.max(versions.c.at)).where(versions.c.change != GONE)
    with store.reading() as connection:
        rows = connection.execute(query.order_by(articles.c.first_seen, articles.c.seq)).all()
        dates = [*connection.execute(last.group_by(versions.c.article)).all(), *connection.execute(seen).all()]
    last_seen: dict[str, str] = {}
    for name, at in dates:
        last_seen[name] = max(at, last_seen.get(name, ""))
    before: dict[tuple[str, ...], list[Any]] = {}
    for row in rows:
        article = article_of(row.record)
        same = before.setdefault((article.title, (article.published or "")[:10], row.content_hash), [])
        older = next((one for one in same if last_seen.get(one.id, "") < row.first_seen), None)
        if older:
            same.remove(older)
            yield Pair(older.id, row.id, article.title, older.url, row.url)
        same.append(row)


def join_pairs(store: Store, run: str, found: Sequence[Pair]) -> None:
    """Join pairs, each in a transaction of its own; of three ids of one article the first is kept."""
    kept: dict[str, str] = {}
    for pair in found:
        keep = kept.get(pair.old, pair.old)
        with store.writing() as connection:
            join(Versions(store, connection, run), keep, pair.new)
            others = pages.c.article == keep, pages.c.kind == "article", pages.c.url != pair.new_url
            connection.execute(pages.update().where(*others).values(state="moved", next_look=None))
        kept[pair.new] = keep
