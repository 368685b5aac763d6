"""Articles that move: one article under several addresses, and two histories joined into one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from wardnews.items import GONE, Article, article_of, json_line
from wardnews.store.database import Store
from wardnews.store.history import Observation, arranged
from wardnews.store.locks import announce_versions
from wardnews.store.tables import articles, captures, kept_ids, observations, pages, runs, signatures, versions, views
from wardnews.store.versions import Versions
from wardnews.text.clock import timestamp

JOINED = "joined"
"""The flag of a record that goes on under the id of another: it is told as gone."""
SECOND_ADDRESS = "an article under a second address"
"""The cause of pages that turned out to be those of an article that had been read at another address."""
_MOST_TWINS = 3
_LONG_ENOUGH = 200
"""So many characters of text are those of one article, also where no time of day is known."""


class Twin(NamedTuple):
    """A known article with the title and the day of another, and the address that it was last read at."""

    id: str
    page: int
    url: str


class Pair(NamedTuple):
    """Two ids that are one article by all that they say; `why`: what says that `old` is not where it was."""

    old: str
    new: str
    title: str
    old_url: str
    new_url: str
    why: str


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


def pairs(store: Store, site: str) -> list[Pair]:
    """Return the articles of a portal that go on under a second id by all that they say, the older id first.

    Title, time and text are the same. The address of the older does not answer any more, or it was not seen any more
    once the newer was there.
    """
    groups: dict[tuple[str, str], list[_Candidate]] = {}
    found = []
    with store.reading() as connection:
        candidates = _candidates(connection, site)
    for one in candidates:
        same = groups.setdefault((one.article.title, _text_of(one.article)), [])
        for older in same:
            if (
                _says_enough(one.article)
                and _may_be_one(older.article, one.article)
                and (why := _has_moved(older, one))
            ):
                same.remove(older)
                found.append(Pair(older.id, one.id, one.article.title, older.article.url, one.article.url, why))
                break
        same.append(one)
    return found


@dataclass
class _Candidate:
    """An article whose content another one has as well.

    `came`: when the run began that read it first. `last_seen`: UTC. `absent`: whether none of its addresses answers;
    `leads_on`: whether they led to an article that is known under another address.
    """

    id: str
    article: Article
    first_seen: str
    gone: bool
    came: str = ""
    last_seen: str = ""
    absent: bool = False
    leads_on: bool = False


def _candidates(connection: Connection, site: str) -> list[_Candidate]:
    """Return the articles of a portal whose content or near-duplicate group is that of others too, the first first."""
    own = articles.c.site == site
    shared = [
        column.in_(sa.select(column).where(own, column.is_not(None)).group_by(column).having(sa.func.count() > 1))
        for column in (articles.c.content_hash, articles.c.story)
    ]
    names = sa.select(articles.c.id).where(own, sa.or_(*shared))
    query = sa.select(articles.c.id, articles.c.first_seen, articles.c.gone, versions.c.record)
    query = query.join(versions, versions.c.seq == articles.c.seq).where(articles.c.id.in_(names))
    found = {
        row.id: _Candidate(row.id, article_of(row.record), row.first_seen, bool(row.gone))
        for row in connection.execute(query.order_by(articles.c.first_seen, articles.c.seq))
    }
    read = sa.select(versions.c.article, versions.c.at, runs.c.began).join(runs, runs.c.name == versions.c.run)
    read = read.where(versions.c.article.in_(names), versions.c.change != GONE).order_by(versions.c.seq)
    for row in connection.execute(read):
        one = found[row.article]
        one.came, one.last_seen = one.came or row.began, max(one.last_seen, row.at)
    seen = sa.select(observations.c.article, sa.func.max(observations.c.at)).group_by(observations.c.article)
    for name, at in connection.execute(seen.where(observations.c.article.in_(names))):
        found[name].last_seen = max(found[name].last_seen, at)
    asked = sa.select(pages.c.article, pages.c.state, pages.c.absences, pages.c.cause)
    answers: dict[str, list[bool]] = {}
    for page in connection.execute(asked.where(pages.c.article.in_(names), pages.c.state != "seen")):
        found[page.article].leads_on |= page.cause == SECOND_ADDRESS
        if page.state != "moved" and page.cause != SECOND_ADDRESS:
            answers.setdefault(page.article, []).append(not page.absences)
    for name, each in answers.items():
        found[name].absent, found[name].leads_on = not any(each), False
    return list(found.values())


def _text_of(article: Article) -> str:
    return " ".join(" ".join(filter(None, (article.lead, *article.paragraphs))).split())


def _says_enough(article: Article) -> bool:
    """Whether no other article says the same by chance, as notices do that name a file and nothing else."""
    length = len(_text_of(article))
    return length >= _LONG_ENOUGH or (length > 0 and "T" in (article.published or ""))


def _may_be_one(one: Article, other: Article) -> bool:
    """Whether two articles were published at the same time, as far as their dates say."""
    if not (one.published and other.published):
        return one.published == other.published
    coarser, finer = sorted((one.published, other.published), key=len)
    return finer.startswith(coarser)


def _has_moved(old: _Candidate, new: _Candidate) -> str | None:
    """Return what says that an article is not at its old address any more; None where nothing does."""
    if old.gone:
        return "gone"
    if old.leads_on:
        return "the old address leads to a known article"
    if old.absent:
        return "the old address does not answer"
    was_not_seen = old.last_seen < new.first_seen and old.last_seen < new.came
    return "not seen since the other was found" if was_not_seen else None


def join_pairs(store: Store, run: str, found: Sequence[Pair]) -> None:
    """Join pairs, each in a transaction of its own; of three ids of one article the first is kept."""
    kept: dict[str, str] = {}
    for pair in found:
        keep = kept.get(pair.old, pair.old)
        with store.writing() as connection:
            living = sa.select(pages.c.number).where(
                pages.c.article == pair.new, pages.c.state.not_in(("moved", "seen"))
            )
            numbers = list(connection.scalars(living))
            join(Versions(store, connection, run), keep, pair.new)
            if numbers:
                others = pages.c.article == keep, pages.c.kind == "article", pages.c.number.not_in(numbers)
                connection.execute(pages.update().where(*others).values(state="moved", next_look=None))
        kept[pair.new] = keep
