"""What is known: articles, their versions and views, pages, listings, visits and runs; every file is made from it.

SQLite by default, PostgreSQL by its address. `pages` is the frontier as well as the memory of a walk: a page that is
`todo` was named by a page that is done, and stays `todo` until what it holds is committed.
"""

import fcntl
import hashlib
import json
import os
import re
import secrets
from collections import namedtuple
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text, UniqueConstraint
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from wardnews.errors import StoreError

HEAD = "0001"
"""The revision of the tables below; `migrations/versions` leads up to it."""
DEFAULT = "sqlite:///output/wardnews.db"
_AS_IN = f"as in {DEFAULT} or postgresql://user@host/wardnews"
_NONE = "there is none yet; a crawl makes it, and --store or WARDNEWS_STORE names another"
_TELLING = 0x77617264
"""The first number of the locks of transactions that write versions."""
_TOLD_NOW = """
SELECT min(objid::bigint) FROM pg_locks WHERE locktype = 'advisory' AND classid = CAST(:telling AS oid) AND objsubid = 2
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_BATCH = 100
"""Records that are in memory at a time."""
_quoted = json.JSONEncoder(ensure_ascii=False).encode
_NO_STORY = '"story": null'
_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "wal_autocheckpoint = 16000",  # pages, 64 MB: each checkpoint waits for the disk
    "foreign_keys = ON",
)

metadata = MetaData()

runs = Table(
    "runs",
    metadata,
    Column("name", String, primary_key=True),
    Column("began", String, nullable=False),
    Column("ended", String),
    Column("reason", String),
    Column("feed", String),  # where it was written; null until it is complete
)

visits = Table(
    "visits",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("site", String, nullable=False),
    Column("run", String, ForeignKey("runs.name"), nullable=False),  # the last one that went on with the visit
    Column("began", String, nullable=False),
    Column("asked", String, nullable=False),  # the days and the like; other ones begin another visit
    Column("ended", String),  # null: pages are left to do
    Column("report", Text),  # JSON of the portal's counts in the run
    Index("visits_by_site", "site", "number"),
)

articles = Table(
    "articles",
    metadata,
    Column("id", String, primary_key=True),
    Column("site", String, nullable=False),
    Column("url", String, nullable=False),
    Column("published", String),
    Column("first_seen", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("content_hash", String, nullable=False),
    Column("views", Integer),
    Column("gone", Integer, nullable=False, default=0),
    Column("at", String, nullable=False),  # when the current record was crawled, or captured by an archive
    Column("english", Integer, nullable=False, default=0),  # read in a session of the portal's English pages only
    Column("seq", Integer, nullable=False),  # the row of `versions` that holds the current record
    Column("story", String),  # the id of the article that told it first; null: not assigned yet
    Column("signed", Integer),  # 1: `signatures` has it as the current record says it
    Index("articles_by_site", "site", "published"),
    Index(
        "articles_to_sign",
        "published",
        "first_seen",
        sqlite_where=sa.text("signed IS NULL"),
        postgresql_where=sa.text("signed IS NULL"),
    ),
    sqlite_with_rowid=False,
)

signatures = Table(
    "signatures",  # what articles are compared by; those too short to compare have none
    metadata,
    Column("article", String, primary_key=True),
    Column("day", Integer, nullable=False),  # of publication, else of the first sight: days since 1 January of year 1
    Column("figures", String, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Index("signatures_by_day", "day"),
    sqlite_with_rowid=False,
)

versions = Table(
    "versions",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("article", String, nullable=False),
    Column("run", String, nullable=False),
    Column("change", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", String, nullable=False),
    Column("record", Text, nullable=False),  # the JSON line
    Index("versions_by_run", "run", "seq"),
    Index("versions_by_article", "article", "seq"),
    sqlite_autoincrement=True,  # else the greatest number is given again once its row is deleted
)

sightings = Table(
    "sightings",  # looks that found an article as it was before: what a version is, an older one may show yet
    metadata,
    Column("article", String, primary_key=True),
    Column("at", String, primary_key=True),
    Column("content_hash", String, nullable=False),
    Column("via", String, nullable=False),
    Column("header", String),
    Column("views", Integer),
    sqlite_with_rowid=False,
)

views = Table(
    "views",
    metadata,
    Column("article", String, primary_key=True),
    Column("observed_at", String, primary_key=True),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)

pages = Table(
    "pages",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("site", String, nullable=False),
    Column("kind", String, nullable=False),  # home, section, list (for machines), turn (of a listing), article
    Column("key", String, nullable=False),
    Column("url", String, nullable=False),
    Column("context", Text, nullable=False),  # JSON: what reading it takes besides its address
    Column("priority", Integer, nullable=False),
    Column("state", String, nullable=False),  # to do, done, failed, outside of the days asked for
    Column("tries", Integer, nullable=False, default=0),  # failures in a row in one run
    Column("rounds", Integer, nullable=False, default=0),  # looks in a row that ended in failure
    Column("cause", String),
    Column("asked_at", String),
    Column("next_look", String),
    Column("etag", String),
    Column("last_modified", String),
    Column("article", String),
    Column("published", String),
    Column("absences", Integer, nullable=False, default=0),
    Column("absent_since", String),
    Column("reach", String),  # sections: all since this day is known; empty: all there is; null: not walked yet
    Column("lists", Integer, nullable=False, default=0),  # sections: whether a page of it ever listed articles
    Column("promised", Integer),  # sections: how many articles their pager says there are
    UniqueConstraint("site", "kind", "key", name="pages_by_key"),
    Index(
        "pages_to_do",
        "site",
        "priority",
        "number",
        sqlite_where=sa.text("state = 'todo'"),
        postgresql_where=sa.text("state = 'todo'"),
    ),
)

listings = Table(
    "listings",
    metadata,
    Column("section", Integer, primary_key=True),
    Column("called", Integer, primary_key=True),  # 1: in answers to calls, which may begin by repeating the page
    Column("key", String, primary_key=True),
    Column("shown", String, nullable=False),  # title and date, as the listing shows them
    sqlite_with_rowid=False,
)


searches = Table(
    "searches",
    metadata,
    Column("site", String, primary_key=True),
    Column("source", String, primary_key=True),
    Column("scope", String, primary_key=True),  # what of the archive is searched: a host, a collection
    Column("cursor", String),  # where to go on
    Column("ended", String),  # null: not all is found yet
)

captures = Table(
    "captures",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("site", String, nullable=False),
    Column("source", String, nullable=False),
    Column("url", String, nullable=False),
    Column("timestamp", String, nullable=False),
    Column("key", String, nullable=False),  # the article's, or the page's
    Column("state", String, nullable=False),  # to do, article, listing, nothing (of ours), unreadable, failed
    Column("cause", String),
    Column("tries", Integer, nullable=False, default=0),
    Column("digest", String),
    Column("length", Integer),  # bytes, as the archive packs it
    Column("place", Text),  # JSON: where in the archive it lies
    Column("article", String),
    UniqueConstraint("site", "source", "url", "timestamp", name="captures_by_moment"),
    Index(
        "captures_to_do",
        "site",
        "source",
        "key",
        "timestamp",
        sqlite_where=sa.text("state = 'todo'"),
        postgresql_where=sa.text("state = 'todo'"),
    ),
)

identity = Table(
    "identity",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # 1: there is but one row
    Column("name", String, nullable=False),
)

cursors = Table(
    "cursors",
    metadata,
    Column("url", String, primary_key=True),  # whom changes are pushed to
    Column("seq", Integer, nullable=False),  # up to where it has acknowledged them
    Column("upto", Integer),  # up to where the batch goes that is on its way; null: none is
    Column("body", Text),  # that batch: it is posted as it was first, whatever becomes of the versions
    sqlite_with_rowid=False,
)


class Prepared:
    """Hold a statement that is compiled once and handed to the driver: all else costs several times its execution.

    It runs within the transaction of the connection, and raises what SQLAlchemy would.
    """

    def __init__(self, statement: Any, dialect: sa.Dialect, columns: Sequence[str] | None = None) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        self.sql = str(compiled)
        self.names: Sequence[str] | None = compiled.positiontup
        named = getattr(statement, "selected_columns", ()) or getattr(statement, "_returning", ())
        self.row: Any = namedtuple("Row", [column.name for column in named]) if named else None  # noqa: PYI024

    def run(self, connection: Connection, values: dict[str, Any]) -> Any:
        """Execute the statement with values by name; give the first row, None where there is none."""
        dialect = connection.dialect
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self.sql, tuple(values[name] for name in self.names) if self.names else values)
            row = cursor.fetchone() if self.row else None
        except dialect.dbapi.Error as error:  # type: ignore[union-attr]
            if dialect.is_disconnect(error, connection.connection, cursor):
                connection.invalidate(error)  # so that its end does not raise in turn
            failure = sa.exc.DBAPIError.instance(self.sql, None, error, dialect.dbapi.Error, dialect=dialect)  # type: ignore[union-attr]
            raise failure from error
        finally:
            cursor.close()
        return self.row._make(row) if row else None


class Store:
    """Hold the database of one archive, and the locks of whoever writes to it."""

    def __init__(self, url: str, engine: sa.Engine) -> None:
        self.url = url
        self.engine = engine
        self._locks: dict[str, Any] = {}
        self._keeper: Connection | None = None

    @classmethod
    def open(cls, url: str = DEFAULT, *, create: bool = True) -> Self:
        """Open a store, brought up to date where it has to be, and with `create` made where there is none.

        Raises StoreError where that cannot be.
        """
        shown = masked(url)
        try:
            parsed = make_url(url)
            kind = parsed.get_backend_name()
            if kind not in ("sqlite", "postgresql"):
                raise StoreError(f"store {shown}: wardnews keeps its store in SQLite or PostgreSQL, {_AS_IN}")
            if kind == "sqlite" and (parsed.database or ":memory:") == ":memory:":
                raise StoreError(f"store {shown}: kept in memory it would end with the run; name a file, {_AS_IN}")
            if kind == "sqlite":
                file = Path(parsed.database or "")
                if not (create or file.exists()):
                    raise StoreError(f"store {shown}: {_NONE}")
                file.parent.mkdir(parents=True, exist_ok=True)
            store = cls(url, _engine(parsed))
            try:
                with store.writing() as connection:
                    _migrate(connection, shown, create=create)
            except BaseException:
                store.close()
                raise
        except ModuleNotFoundError as error:
            needed = f"needs {error.name}: pip install 'wardnews[postgres]' brings psycopg"
            raise StoreError(f"store {shown}: {needed}") from error
        except (ArgumentError, NoSuchModuleError) as error:
            raise StoreError(f"store {shown}: not an address of a database, {_AS_IN} ({error})") from error
        except (SQLAlchemyError, OSError) as error:
            cause = " ".join(str(getattr(error, "orig", None) or error).split())
            raise StoreError(f"store {shown}: cannot be opened: {cause}") from error
        return store

    def close(self) -> None:
        """Let go of the database and of all locks."""
        for name, held in self._locks.items():
            _let_go(name, held)
        self._locks.clear()
        if self._keeper:
            with suppress(SQLAlchemyError):  # a connection that is lost has lost its locks
                self._keeper.execute(sa.select(sa.func.pg_advisory_unlock_all()))
            self._keeper.invalidate()
            self._keeper.close()
            self._keeper = None
        self.engine.dispose()

    def writing(self) -> Any:
        """Begin a transaction that writes; a `with` block commits it, or rolls it back."""
        return self.engine.begin()

    def writer(self) -> Connection:
        """Give a connection for all that a run writes, with room to keep what it writes to again and again."""
        connection = self.engine.connect()
        if self.engine.dialect.name == "sqlite":
            connection.connection.cursor().execute("PRAGMA cache_size = -16000")  # kB
        return connection

    def reading(self) -> Connection:
        """Give a connection that reads one state of the store, whatever is written meanwhile."""
        return self.engine.connect().execution_options(reading=True)

    def insert(self, table: Table) -> Any:
        """Begin an INSERT that knows `ON CONFLICT`."""
        return (sqlite if self.engine.dialect.name == "sqlite" else postgresql).insert(table)

    # --- locks ---

    def lock(self, name: str) -> bool:
        """Take a lock that ends with this process at the latest; tell whether it was free."""
        if name in self._locks:
            return False
        if self.engine.dialect.name == "postgresql":
            if self._keeper is None:  # one for all locks: portals may be more than connections
                self._keeper = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            taken, held = self._keeper.scalar(sa.select(sa.func.pg_try_advisory_lock(_number(name)))), None
        else:
            folder = Path(f"{self.engine.url.database}.locks")
            folder.mkdir(exist_ok=True)
            held = (folder / name).open("w")
            taken = _flock(held.fileno())
        if taken:
            self._locks[name] = held
        elif held:
            held.close()
        return bool(taken)

    def unlock(self, name: str) -> None:
        """Give a lock back."""
        _let_go(name, self._locks.pop(name))
        if self._keeper:
            self._keeper.scalar(sa.select(sa.func.pg_advisory_unlock(_number(name))))

    def locked(self, name: str) -> bool:
        """Tell whether someone else has a lock."""
        free = self.lock(name)
        if free:
            self.unlock(name)
        return not free

    # --- runs ---

    def begin_run(self, name: str, now: str) -> None:
        """Remember that a run begins."""
        self.lock(f"run-{name}")
        with self.writing() as connection:
            connection.execute(runs.insert().values(name=name, began=now))

    def end_run(self, name: str, *, now: str, reason: str, feed: str | None) -> None:
        """Remember how a run ended, and where its feed is."""
        with self.writing() as connection:
            ended = runs.update().where(runs.c.name == name)
            connection.execute(ended.values(ended=now, reason=reason, feed=feed))

    def unfinished_runs(self) -> list[str]:
        """Name the runs that nobody is at and whose feed is not complete, the oldest first; they are locked now."""
        taken = [name for name in self._without_feed() if f"run-{name}" not in self._locks and self.lock(f"run-{name}")]
        left = self._without_feed()  # one may have ended between the look and the lock
        for name in set(taken) - set(left):
            self.unlock(f"run-{name}")
        return [name for name in taken if name in left]

    def _without_feed(self) -> Sequence[str]:
        with self.reading() as connection:
            query = sa.select(runs.c.name).where(runs.c.feed.is_(None)).order_by(runs.c.began)
            return connection.scalars(query).all()

    # --- portals ---

    def sites(self) -> dict[str, int]:
        """Count the articles of each portal that was visited or has any; those that are gone do not count."""
        with self.reading() as connection:
            visited = connection.scalars(sa.select(visits.c.site).distinct()).all()
            number = sa.func.sum(1 - articles.c.gone)
            counted = connection.execute(sa.select(articles.c.site, number).group_by(articles.c.site)).all()
        return dict.fromkeys(sorted(visited), 0) | {site: int(number) for site, number in counted}

    def visits(self, site: str, most: int) -> list[sa.Row[Any]]:
        """Give the last visits to a portal, the last one first: `began`, `ended`, `report` (JSON)."""
        last = sa.select(visits.c.began, visits.c.ended, visits.c.report).where(visits.c.site == site)
        with self.reading() as connection:
            return list(connection.execute(last.order_by(visits.c.number.desc()).limit(most)))

    def settled(self, site: str) -> str | None:
        """Tell when the first visit to a portal was done; None where none is."""
        with self.reading() as connection:
            first: str | None = connection.scalar(sa.select(sa.func.min(visits.c.ended)).where(visits.c.site == site))
        return first

    def days(self, site: str, until: str, most: int) -> list[str]:
        """Give when a portal's newest articles were published, up to a moment, the newest first."""
        newest = sa.select(articles.c.published).where(articles.c.site == site, articles.c.published <= until)
        with self.reading() as connection:
            return list(connection.scalars(newest.order_by(articles.c.published.desc()).limit(most)))

    def newest(self, site: str, settled: str, most: int) -> list[tuple[str, str]]:
        """Give the newest records of a portal, each a JSON line and when the run that read it began.

        Those without a date count as of the day they were first seen, where that was after `settled`.
        """
        read = sa.select(versions.c.record, runs.c.began).join_from(
            articles, versions, articles.c.seq == versions.c.seq
        )
        read = read.join(runs, runs.c.name == versions.c.run).where(articles.c.site == site, articles.c.gone == 0)
        dated = read.where(articles.c.published.is_not(None)).order_by(articles.c.published.desc())
        undated = read.where(articles.c.published.is_(None), articles.c.first_seen >= settled)
        undated = undated.order_by(articles.c.first_seen.desc())
        with self.reading() as connection:
            return [
                (row.record, row.began) for query in (dated, undated) for row in connection.execute(query.limit(most))
            ]

    def waiting(self, sites: Sequence[str]) -> int:
        """Count the pages of some portals that are still to do."""
        todo = sa.select(sa.func.count()).select_from(pages).where(pages.c.site.in_(sites))
        todo = todo.where(sa.text("state = 'todo'"))  # as a parameter each row would be looked up
        with self.reading() as connection:
            return connection.scalar(todo) or 0

    # --- records ---

    def feed(self, run: str) -> Iterator[str]:
        """Give the JSON lines of what a run found new or changed, in order."""
        changed = sa.select(versions.c.record, articles.c.story).outerjoin(
            articles, articles.c.id == versions.c.article
        )
        return self._stream(changed.where(versions.c.run == run).order_by(versions.c.seq))

    def records(
        self,
        sites: Sequence[str] = (),
        since: str | None = None,
        until: str | None = None,
        changes: Sequence[str] = (),
    ) -> Iterator[str]:
        """Give the JSON lines of the current records, by portal and day; `since` and `until` are days of publication.

        Records without a date belong to no days; where none are asked for they come before the others of a portal.
        """
        current = sa.select(versions.c.record, articles.c.story).join(articles, articles.c.seq == versions.c.seq)
        if sites:
            current = current.where(articles.c.site.in_(sites))
        if since:
            current = current.where(articles.c.published >= since)
        if until:
            current = current.where(articles.c.published < f"{until}U")  # after any time of that day
        if changes:
            current = current.where(versions.c.change.in_(changes))
        order: list[Any] = [articles.c.site, articles.c.published, articles.c.id]
        if self.engine.dialect.name == "postgresql":  # the order of SQLite, whatever the database's language
            order = [sa.collate(column, "C").nulls_first() for column in order]
        return self._stream(current.order_by(*order))

    # --- changes ---

    def name(self) -> str:
        """Give the name that this store was given at random, by which its cursors are known."""
        given = sa.select(identity.c.name)
        with self.reading() as connection:
            name = connection.scalar(given)
        if name is None:
            with self.writing() as connection:
                row = {"number": 1, "name": secrets.token_hex(4)}
                connection.execute(self.insert(identity).values(row).on_conflict_do_nothing())
                name = connection.scalar(given)
        return str(name)

    def telling(self, connection: Connection) -> None:
        """Announce, before a transaction writes versions, behind which `seq` it will do so: `horizon` stays before it.

        SQLite has one writer at a time.
        """
        if self.engine.dialect.name == "postgresql":
            last = sa.func.coalesce(sa.func.max(versions.c.seq), 0)
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(_TELLING, last)))

    def last(self) -> int:
        """Give the greatest `seq` of the versions."""
        with self.reading() as connection:
            return connection.scalar(sa.select(sa.func.max(versions.c.seq))) or 0

    def horizon(self) -> int:
        """Give a `seq` up to which all versions are committed: those that are committed from now on have a greater one.

        PostgreSQL commits numbers in another order than it gives them in. Who gives one has a lock that names the
        greatest that was there before; nobody waits for it.
        """
        last = self.last()
        if self.engine.dialect.name == "postgresql":
            with self.reading() as connection:
                floor = connection.scalar(sa.text(_TOLD_NOW), {"telling": _TELLING})
            last = last if floor is None else min(last, floor)
        return last

    def told(self, after: int, upto: int, sites: Sequence[str] = (), most: int = _BATCH) -> Sequence[sa.Row[Any]]:
        """Give the next versions after a `seq` and up to another, in order.

        Each has `seq`, `run`, `record`, `story`, `before` and `same`.

        `before` is the record of the version that comes before it in the article's history, None where it is the first;
        `same`: both are of one moment, read twice.
        """
        earlier = versions.alias()
        precedes = sa.or_(
            earlier.c.at < versions.c.at, sa.and_(earlier.c.at == versions.c.at, earlier.c.seq < versions.c.seq)
        )
        last = sa.select(earlier.c.seq).where(earlier.c.article == versions.c.article, precedes)
        last = last.order_by(earlier.c.at.desc(), earlier.c.seq.desc()).limit(1).correlate(versions)
        before = versions.alias()
        same = (before.c.at == versions.c.at).label("same")
        row = (
            versions.c.seq,
            versions.c.run,
            versions.c.record,
            articles.c.story,
            before.c.record.label("before"),
            same,
        )
        whole = versions.outerjoin(articles, articles.c.id == versions.c.article)
        query = sa.select(*row).select_from(whole.outerjoin(before, before.c.seq == last.scalar_subquery()))
        query = query.where(versions.c.seq > after, versions.c.seq <= upto).order_by(versions.c.seq).limit(most)
        if sites:
            query = query.where(articles.c.site.in_(sites))
        with self.reading() as connection:
            return connection.execute(query).all()

    def _stream(self, query: Any) -> Iterator[str]:
        with self.reading() as connection:
            rows = connection.execution_options(yield_per=_BATCH).execute(query)
            for record, story in rows:
                yield with_story(record, story)


def with_story(record: str, story: str | None) -> str:
    """Put the story, where it is assigned, into a record's JSON line, which keeps it as null.

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


def wait_for(connection: Connection, name: str) -> None:
    """Wait, to the end of the transaction, for others that wait for the same; in SQLite one writes at a time anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_number(name))))


def address(given: str | None = None) -> str:
    """Say where the store is: as given, else as the environment variable WARDNEWS_STORE says, else DEFAULT."""
    return given or os.environ.get("WARDNEWS_STORE") or DEFAULT


def masked(url: str) -> str:
    """Write an address without its password: what is told is mailed and logged."""
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", url)


def trouble_of(error: Exception) -> Any:
    """Say what ails the disk or the database."""
    return getattr(error, "strerror", None) or getattr(error, "orig", None) or error


def _engine(url: sa.URL) -> sa.Engine:
    if url.get_backend_name() != "sqlite":
        driver = "postgresql+psycopg" if url.drivername == "postgresql" else url.drivername
        # The connection that keeps the locks is idle for hours, which a firewall may take for the end of it.
        return sa.create_engine(url.set(drivername=driver), connect_args={"keepalives_idle": 60})
    engine = sa.create_engine(url, connect_args={"timeout": 60})

    @sa.event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours: the driver's own comes too late for a SELECT
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading")
        connection.connection.cursor().execute("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _number(name: str) -> int:
    """Give the number that a lock has in PostgreSQL."""
    return int.from_bytes(hashlib.sha256(f"wardnews/{name}".encode()).digest()[:8], signed=True)


def _migrate(connection: Connection, url: str, *, create: bool) -> None:
    """Bring the tables up to date."""
    wait_for(connection, "tables")  # of two that come at once the second finds it done
    known = sa.inspect(connection).has_table("alembic_version")
    current = connection.scalar(sa.text("SELECT version_num FROM alembic_version")) if known else None
    if current == HEAD:
        return
    if not (current or create):
        raise StoreError(f"store {url}: {_NONE}")
    if current and current > HEAD:
        raise StoreError(f"store {url}: made by a later wardnews (tables {current}, this one knows {HEAD}): upgrade it")
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    command.upgrade(config, "head")


def _let_go(name: str, held: Any) -> None:
    """Close the file that is a lock, where it is one."""
    if held:
        if name.startswith("run-"):
            Path(held.name).unlink(missing_ok=True)  # no run has this name again
        held.close()


def _flock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return True
