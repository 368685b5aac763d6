"""How articles are written: their versions in the order of time, the visits that found no change, the views."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from wardnews.items import (
    ENGLISH,
    GONE,
    LIVE,
    REREAD,
    Article,
    article_of,
    files_of,
    has_other_files,
    json_line,
    keep_files_of,
)
from wardnews.store.database import Store
from wardnews.store.history import Observation, arranged, as_seen, is_same
from wardnews.store.locks import announce_versions
from wardnews.store.prepared import Prepared
from wardnews.store.recheck import time_of
from wardnews.store.tables import articles, kept_ids, observations, versions, views
from wardnews.text.clock import timestamp_of

_VERSION = ("article", "run", "change", "version", "at", "record")
_CHANGED = ("url", "published", "version", "content_hash", "views", "gone", "at", "english", "seq", "signed")
_ARTICLE = ("id", "site", "first_seen", *_CHANGED)
_VIEWS = ("article", "observed_at", "count")
_OBSERVATION = ("article", "at", "content_hash", "via", "header", "views")


class Versions:
    """Write articles in one run, within the transactions of one connection."""

    def __init__(self, store: Store, connection: Connection, run: str) -> None:
        self.store = store
        self.connection = connection
        self.run = run
        dialect = store.engine.dialect
        its_id = articles.c.id == sa.bindparam("its_id")
        last = sa.select(sa.func.max(observations.c.at)).where(observations.c.article == sa.bindparam("id"))
        self.prepared = {
            "kept id": Prepared(sa.select(kept_ids.c.article).where(kept_ids.c.id == sa.bindparam("id")), dialect),
            "article": Prepared(sa.select(articles).where(articles.c.id == sa.bindparam("id")), dialect),
            "version": Prepared(versions.insert().returning(versions.c.seq), dialect, _VERSION),
            "new": Prepared(articles.insert(), dialect, _ARTICLE),
            "changed": Prepared(articles.update().where(its_id), dialect, _CHANGED),
            "views": Prepared(_count(store), dialect, _VIEWS),
            "observation": Prepared(_observed(store), dialect, _OBSERVATION),
            "last observation": Prepared(last, dialect),
            "current views": Prepared(articles.update().where(its_id).values(views=_last_count()), dialect),
        }

    def known_as(self, name: str) -> str:
        """Return the id of the article that an id stands for, by itself or as one it would have elsewhere."""
        row = self.prepared["kept id"].run(self.connection, {"id": name})
        return row.article if row else name

    def keep_id(self, article: Article) -> None:
        """Let an article keep the id that it has had from before, where its address or its layout makes another one."""
        article.id = self.known_as(article.id)

    def write(self, article: Article, *, moved: bool = False, after_all: bool = False) -> str | None:
        """Write an article, a version of it and its views; return its change, None where it is known and unchanged.

        One that has `moved` is written again, with its new address. Its time is `crawled_at`: one before the current
        record's goes into its place in the history. With `after_all` it was read now, which is after all that was seen
        of the article, whatever the clock says.
        """
        prior = self.prepared["article"].run(self.connection, {"id": article.id})
        if prior is None and (known := self.known_as(article.id)) != article.id:
            article.id = known
            prior = self.prepared["article"].run(self.connection, {"id": known})
        if prior is None:
            self._version(article, "new", is_new=True)
            self._write_views(article)
            return "new"
        if after_all and article.crawled_at < (last := self._last_observed(prior)):
            article.crawled_at = timestamp_of(time_of(last) + timedelta(seconds=1))
        if article.change == GONE:
            self._version(article, GONE)
            self.current_views(article.id)
            return GONE
        self._write_views(article)
        change = self._placed(article, prior)
        if change is None and moved and article.url != prior.url and not prior.gone:
            article.first_seen, article.version = prior.first_seen, prior.version
            self._keep_files(article)
            self._version(article, REREAD)
            change = REREAD
        if change or article.views not in (None, prior.views):
            self.current_views(article.id)
        return change

    def _placed(self, article: Article, prior: Any) -> str | None:
        """Write what was read of a known article; return its change, None where it is unchanged."""
        if ENGLISH in article.flags and not prior.english:
            return self._put_in_order(article, prior) if article.crawled_at < prior.first_seen else None
        if article.crawled_at < self._last_observed(prior) or (prior.english and ENGLISH not in article.flags):
            return self._put_in_order(article, prior)
        if not prior.gone and prior.content_hash == article.content_hash:
            if article.crawled_at == prior.at:
                return self._put_in_order(article, prior)
            self.write_observations([article])
            return None
        article.first_seen = prior.first_seen
        article.version = prior.version + (prior.content_hash != article.content_hash)
        self._keep_files(article)
        self._version(article, "back" if prior.gone else "edited")
        return article.change

    def current(self, article: str) -> Article | None:
        """Return the current record of an article; its change tells whether it is gone. None for an unknown one."""
        query = sa.select(versions.c.record).join(articles, articles.c.seq == versions.c.seq)
        record = self.connection.scalar(query.where(articles.c.id == article))
        return article_of(record) if record else None

    def _keep_files(self, article: Article) -> None:
        """Let an article that was read anew say of its files what its current record says."""
        if files_of(article) and (before := self.current(article.id)):
            keep_files_of(article, before)

    def write_files(self, article: Article, before: Article, now: str) -> str:
        """Write what was kept of the files of a current record; return its change.

        Other bytes than before are an edit, seen now. What is known for the first time makes no new version, nor does a
        capture of a file that is nearer in time to the article's than the one before.
        """
        if article.via == LIVE and has_other_files(article, before):
            article.version += 1
            article.crawled_at = max(now, before.crawled_at)
            self._version(article, "edited")
        else:
            self._version(article, REREAD)
        return article.change

    def reread(self, article: Article) -> None:
        """Write a current record whose page was read again; its version stays, its views are put right."""
        before = self.prepared["article"].run(self.connection, {"id": article.id}).content_hash
        self._version(article, REREAD)
        alike = observations.update().where(observations.c.article == article.id, observations.c.content_hash == before)
        self.connection.execute(alike.values(content_hash=article.content_hash))
        own = views.c.article == article.id
        self.connection.execute(views.delete().where(own, views.c.observed_at == article.crawled_at))
        self._write_views(article)
        self.current_views(article.id)

    def _last_observed(self, prior: Any) -> str:
        """Return when an article was last seen, by a crawl or an archive."""
        seen = self.prepared["last observation"].run(self.connection, {"id": prior.id})
        return max(str(prior.at), seen[0] or "")

    def write_observations(self, found: Iterable[Article]) -> None:
        """Write the observations that found articles as they were."""
        for one in found:
            row = {name: getattr(one, name) for name in ("content_hash", "via", "header", "views")}
            values = {**row, "article": one.id, "at": one.crawled_at}
            self.prepared["observation"].run(self.connection, values)

    def current_views(self, article: str) -> None:
        """Make the last count that was seen the current one."""
        self.prepared["current views"].run(self.connection, {"its_id": article})

    def _put_in_order(self, article: Article, prior: Any) -> str | None:
        """Put an older state of an article into its history; return its change, None where it is no version.

        Versions that other runs emitted are numbered anew without another change. What is new is emitted, and behind
        it the current record where it differs now, so that a reader of the changes ends with the current record.
        """
        query = sa.select(versions).where(versions.c.article == article.id).order_by(versions.c.seq)
        rows = {row.seq: row for row in self.connection.execute(query)}
        if prior.english and ENGLISH not in article.flags:
            self.connection.execute(observations.delete().where(observations.c.article == article.id))
        known = [
            Observation(replace(article_of(row.record), crawled_at=row.at), seq, row.run != self.run)
            for seq, row in rows.items()
        ]
        new = Observation(article)
        history, unchanged = arranged([*known, *self.unchanged(article.id, known), new])
        first_seen = min(prior.first_seen, article.crawled_at)
        if new not in history and first_seen == prior.first_seen:
            self.write_observations([article] if new in unchanged else [])
            return None
        for one in history:
            one.article.first_seen = first_seen
        translated = bool(prior.english) and ENGLISH not in article.flags
        repeated = any(one.seq is not None and one.state == new.state for one in unchanged)
        self.write_history(history, rows, new, repeats=translated or repeated)
        self.connection.execute(observations.delete().where(observations.c.article == article.id))
        self.write_observations(one.article for one in unchanged)
        self.connection.execute(articles.update().where(articles.c.id == article.id).values(first_seen=first_seen))
        self.current_views(article.id)  # the current record may be emitted again, with the count that it showed then
        return article.change if new in history else None

    def unchanged(self, article: str, known: list[Observation]) -> Iterator[Observation]:
        """Return the observations of an article that found what is one of its versions."""
        for row in self.connection.execute(sa.select(observations).where(observations.c.article == article)).all():
            alike = [one for one in known if one.article.content_hash == row.content_hash]
            before = [one for one in alike if one.at <= row.at]
            if alike:
                version = before[-1].article if before else alike[-1].article
                yield Observation(as_seen(version, at=row.at, via=row.via, header=row.header, views=row.views))

    def write_history(
        self, history: list[Observation], rows: dict[int, Any], new: Observation | None, *, repeats: bool
    ) -> None:
        """Write the versions of an article: in this run's name what is new, and the current one.

        `rows` are its versions so far; `repeats`: the content of the new one was known.
        """
        run, current = self.run, history[-1]
        emitted = [one for one in history if one.seq is None or rows[one.seq].run == run]
        if current not in emitted and (
            emitted or not is_same(current.article, article_of(rows[current.seq or 0].record))
        ):
            emitted.append(current)
        silent = {one.seq: one.article for one in history if one not in emitted}
        for seq, record in silent.items():
            renumbered = versions.update().where(versions.c.seq == seq)
            self.connection.execute(renumbered.values(record=json_line(record)[:-1], version=record.version))
        self.connection.execute(versions.delete().where(versions.c.seq.in_([seq for seq in rows if seq not in silent])))
        all_of_this_run = all(row.run == run for row in rows.values())
        for before, one in zip([None, *history], history, strict=False):
            row = rows.get(one.seq or 0)
            if one not in emitted:
                continue
            if all_of_this_run or not (row or repeats):
                change = _change(before, one, first="new" if all_of_this_run else "edited")
            elif row and row.run == run:
                change = row.change
            else:
                change = REREAD if row or one is new else _change(before, one, first="edited")
            self._version(one.article, GONE if one.state == GONE else change)

    def _write_views(self, article: Article) -> None:
        """Write the views that an article shows into their series."""
        if article.views is not None:
            row = {"article": article.id, "observed_at": article.crawled_at, "count": article.views}
            self.prepared["views"].run(self.connection, row)

    def _version(self, article: Article, change: str, *, is_new: bool = False) -> None:
        """Write a version, which is the current one now."""
        article.change = change
        row = {
            "article": article.id,
            "run": self.run,
            "change": change,
            "version": article.version,
            "at": article.crawled_at,
            "record": json_line(article)[:-1],
        }
        announce_versions(self.connection)
        seq = self.prepared["version"].run(self.connection, row).seq
        values = {
            "url": article.url,
            "published": article.published,
            "version": article.version,
            "content_hash": article.content_hash,
            "views": article.views,
            "gone": int(change == GONE),
            "at": article.crawled_at,
            "english": int(ENGLISH in article.flags),
            "seq": seq,
            "signed": None,
        }
        if is_new:
            new = {"id": article.id, "site": article.site, "first_seen": article.first_seen, **values}
            self.prepared["new"].run(self.connection, new)
        else:
            self.prepared["changed"].run(self.connection, {"its_id": article.id, **values})

    def viewed(self, counts: Mapping[str, int], now: str) -> None:
        """Write the views that a listing shows of articles, by their ids."""
        if counts:
            rows = [{"article": article, "observed_at": now, "count": count} for article, count in counts.items()]
            self.connection.execute(_count(self.store), rows)
            for article, count in counts.items():
                self.connection.execute(articles.update().where(articles.c.id == article).values(views=count))


def _last_count() -> Any:
    """Return the query for the last count that was seen of an article, by `its_id`."""
    its_own = views.c.article == sa.bindparam("its_id")
    last = sa.select(sa.func.max(views.c.observed_at)).where(its_own).scalar_subquery()
    return sa.select(views.c.count).where(its_own, views.c.observed_at == last).scalar_subquery()


def _count(store: Store) -> Any:
    """Return the INSERT of counts; of two in the same second the greater is the later, whichever is written first."""
    counts = store.insert(views)
    greater = counts.excluded.count > views.c.count
    return counts.on_conflict_do_update(
        index_elements=["article", "observed_at"], set_={"count": counts.excluded.count}, where=greater
    )


def _observed(store: Store) -> Any:
    """Return the INSERT of observations; of two of the same time the one whose source comes first by name stays."""
    found = store.insert(observations)
    renewed = {name: found.excluded[name] for name in _OBSERVATION[2:]}
    return found.on_conflict_do_update(
        index_elements=["article", "at"], set_=renewed, where=found.excluded.via < observations.c.via
    )


def _change(before: Observation | None, one: Observation, *, first: str) -> str:
    """Return the change that a version is, by the one before it."""
    if one.state == GONE:
        return GONE
    return first if before is None else "back" if before.state == GONE else "edited"
