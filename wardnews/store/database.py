"""The database of an archive: where it is, how it is opened and brought up to date, its transactions and runs.

SQLite by default, PostgreSQL by its address. `pages` is the frontier as well as the memory of a visit: a page that is
`todo` was named by a page that is done, and stays `todo` until what it holds is committed.
"""

import json
import os
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from wardnews.errors import StoreError, StoreFailed
from wardnews.locale import Phrase, gettext_noop
from wardnews.store.locks import Locks, wait_for
from wardnews.store.tables import runs, visits
from wardnews.text.clock import timestamp
from wardnews.text.strings import masked

HEAD = "0011"
"""The revision of the tables; `migrations/versions` leads up to it."""
_COMPACT = str.maketrans("", "", "-:")
PART = "."
"""What the name of a run that is part of another has behind the other's name."""
DEFAULT = "sqlite:///output/wardnews.db"
_AS_IN = Phrase("as in {file} or postgresql://user@host/wardnews", file=DEFAULT)
PATIENCE = 60.0
"""Seconds that a write waits for another program's, in SQLite."""
_OF_THE_DISK = ("disk I/O error", "database or disk is full", "No space left")
"""What is said where the disk is to blame."""
_KEEPALIVE = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000}
"""When this side finds the server gone: after half a minute; a firewall must not take an idle connection for dead."""
_KEPT_ALIVE = (
    "SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;"
    "SET tcp_user_timeout = 30000"
)
"""When the server finds this side gone, and gives its locks free: by default after two hours."""
_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "wal_autocheckpoint = 16000",  # pages, 64 MB: each checkpoint waits for the disk
    "foreign_keys = ON",
)


class Store:
    """The database of one archive, and the locks of whoever writes to it."""

    def __init__(self, url: str, engine: sa.Engine) -> None:
        self.url = url
        self.engine = engine
        self._file: tuple[int, int] | None = None
        self.locks = Locks(engine)

    @classmethod
    def open(cls, url: str = DEFAULT, *, create: bool = True) -> Self:
        """Open a store, brought up to date where it has to be, and with `create` made where there is none.

        Raises StoreError where that cannot be, StoreFailed where another program or the disk stands in the way.
        """
        shown = masked(url)
        try:
            parsed = make_url(url)
            _check(parsed, shown, create=create)
            store = cls(url, _engine(parsed))
            try:
                with store.writing() as connection:
                    _migrate(connection, shown, create=create)
                store._file = store._identity()
            except BaseException:
                store.close()
                raise
        except ModuleNotFoundError as error:
            raise StoreError(
                "store {store}: needs {library}: pip install 'wardnews[postgres]' brings psycopg",
                store=shown,
                library=error.name,
            ) from error
        except (ArgumentError, NoSuchModuleError) as error:
            raise StoreError(
                "store {store}: not an address of a database, {as_in} ({error})", store=shown, as_in=_AS_IN, error=error
            ) from error
        except (SQLAlchemyError, OSError) as error:
            cause = " ".join(str(getattr(error, "orig", None) or error).split())
            if "is locked" in cause:
                raise StoreFailed(
                    "the store {store} is busy: another program writes to it; try again when that has ended",
                    store=shown,
                ) from error
            kind = StoreFailed if any(words in cause for words in _OF_THE_DISK) else StoreError
            raise kind(
                gettext_noop("store {store}: cannot be opened: {cause}"), store=shown, cause=Phrase(cause)
            ) from error
        return store

    def _identity(self) -> tuple[int, int] | None:
        """Return what tells the file of the store from another of its name; None for none, and for a server."""
        if self.engine.dialect.name != "sqlite":
            return None
        try:
            facts = Path(self.engine.url.database or "").stat()
        except OSError:
            return None
        return facts.st_dev, facts.st_ino

    @property
    def is_gone(self) -> bool:
        """Whether the file of the store was deleted or moved since it was opened: what is written now is lost."""
        return self._file is not None and self._identity() != self._file

    def close(self) -> None:
        """Release all locks and close the database."""
        self.locks.close()
        self.engine.dispose()

    def writing(self) -> Any:
        """Begin a transaction that writes; a `with` block commits it, or rolls it back."""
        return self.engine.begin()

    def writer(self) -> Connection:
        """Return a connection for all that a run writes, with room to keep what it writes to again and again."""
        connection = self.engine.connect()
        sqlite = self.engine.dialect.name == "sqlite"
        # A process that hangs in the middle of a transaction must not keep others from what it writes for ever.
        own = "PRAGMA cache_size = -16000" if sqlite else "SET idle_in_transaction_session_timeout = 30000"  # kB; ms
        connection.connection.cursor().execute(own)
        connection.connection.commit()
        return connection

    def reading(self) -> Connection:
        """Return a connection that reads one state of the store, whatever is written meanwhile."""
        return self.engine.connect().execution_options(reading=True)

    def checkpoint(self) -> None:
        """Move what SQLite's log holds into the file of the store, and give back its room; a server does so itself."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def insert(self, table: Table) -> Any:
        """Return an INSERT that knows `ON CONFLICT`."""
        return (sqlite if self.engine.dialect.name == "sqlite" else postgresql).insert(table)

    # --- runs ---

    def begin_run(self, name: str, now: str) -> None:
        """Write that a run begins."""
        self.locks.take(f"run-{name}")
        with self.writing() as connection:
            connection.execute(runs.insert().values(name=name, began=now))

    def close_run(self, name: str, now: str) -> None:
        """Write that a run ends: what its processes on other machines have not committed by now is not committed."""
        with self.writing() as connection:
            connection.execute(runs.update().where(runs.c.name == name).values(ended=now))

    def keep_report(self, name: str, report: Mapping[str, Any]) -> None:
        """Keep the report of a run; those of its portals stand in its visits, where it has any."""
        with self.writing() as connection:
            has_visits = connection.scalar(sa.select(sa.exists().where(visits.c.run == name)))
            kept = {key: value for key, value in report.items() if not (has_visits and key == "portals")}
            text = json.dumps(kept, ensure_ascii=False)
            connection.execute(runs.update().where(runs.c.name == name).values(report=text))

    def report_of(self, name: str) -> dict[str, Any] | None:
        """Return the report of a run; None where it has none."""
        with self.reading() as connection:
            kept = connection.scalar(sa.select(runs.c.report).where(runs.c.name == name))
            portals = sa.select(visits.c.site, visits.c.report).where(visits.c.run == name)
            found = {site: json.loads(report) for site, report in connection.execute(portals) if report}
        return {"portals": found} | json.loads(kept) if kept else None

    def has_ended(self, name: str) -> bool:
        """Whether a run has ended, or is not known."""
        with self.reading() as connection:
            query = sa.select(runs.c.name).where(runs.c.name == name, runs.c.ended.is_(None))
            return connection.scalar(query) is None

    def parts_of(self, name: str) -> Sequence[str]:
        """Return the runs that are parts of another and have no feed yet."""
        with self.reading() as connection:
            query = sa.select(runs.c.name).where(runs.c.feed.is_(None), runs.c.name.startswith(f"{name}{PART}"))
            return connection.scalars(query.order_by(runs.c.began)).all()

    def end_run(self, name: str, *, now: str, reason: str, feed: str | None) -> None:
        """Write how a run ended, and where its feed is."""
        with self.writing() as connection:
            ended = runs.update().where(runs.c.name == name, runs.c.feed.is_(None))  # else another run wrote it
            connection.execute(ended.values(ended=now, reason=reason, feed=feed))

    def unfinished_runs(self) -> list[str]:
        """Return the runs whose feed is not complete and that no process has, the oldest first; they are locked now."""
        names = [f"run-{name}" for name in self._without_feed() if not self._is_part_of_another(name)]
        locked = [name.removeprefix("run-") for name in names if not self.locks.is_own(name) and self.locks.take(name)]
        left = self._without_feed()  # one may have ended before it was locked
        for name in set(locked) - set(left):
            self.locks.release(f"run-{name}")
        return [name for name in locked if name in left]

    def _is_part_of_another(self, name: str) -> bool:
        """Whether a run is a part of one that is under way, and writes the feed of both."""
        whole = whole_of(name)
        return whole != name and (self.locks.is_own(f"run-{whole}") or self.locks.is_held_elsewhere(f"run-{whole}"))

    def _without_feed(self) -> Sequence[str]:
        with self.reading() as connection:
            query = sa.select(runs.c.name).where(runs.c.feed.is_(None)).order_by(runs.c.began)
            return connection.scalars(query).all()


def new_name() -> str:
    """Return the name of a run that begins now: its time, its process, and some letters, for containers share both."""
    return f"{timestamp().translate(_COMPACT)}-{os.getpid()}-{secrets.token_hex(2)}"


def whole_of(name: str) -> str:
    """Return the name of the run that a run is part of, or its own."""
    return name.partition(PART)[0]


def address(given: str | None = None) -> str:
    """Return the address of the store: as given, else the environment variable WARDNEWS_STORE, else DEFAULT."""
    return given or os.environ.get("WARDNEWS_STORE") or DEFAULT


def for_everyone(url: str) -> str:
    """Return the address of a store as processes in other folders know it."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return url
    return parsed.set(database=str(Path(parsed.database or "").resolve())).render_as_string(hide_password=False)


def trouble_of(error: Exception) -> Phrase:
    """Return what the disk or the database says of an error."""
    return Phrase(str(getattr(error, "strerror", None) or getattr(error, "orig", None) or error))


def _check(url: sa.URL, shown: str, *, create: bool) -> None:
    """Raise StoreError for a database that cannot be a store; make the folder of a file."""
    kind = url.get_backend_name()
    if kind not in ("sqlite", "postgresql"):
        raise StoreError(
            "store {store}: wardnews keeps its store in SQLite or PostgreSQL, {as_in}", store=shown, as_in=_AS_IN
        )
    if kind == "sqlite" and (url.database or ":memory:") == ":memory:":
        raise StoreError(
            "store {store}: kept in memory it would end with the run; name a file, {as_in}", store=shown, as_in=_AS_IN
        )
    if kind == "sqlite":
        file = Path(url.database or "")
        if not (create or file.exists()):
            raise _none_at(shown)
        file.parent.mkdir(parents=True, exist_ok=True)


def _engine(url: sa.URL) -> sa.Engine:
    if url.get_backend_name() != "sqlite":
        driver = "postgresql+psycopg" if url.drivername == "postgresql" else url.drivername
        engine = sa.create_engine(url.set(drivername=driver), connect_args=_KEEPALIVE, pool_pre_ping=True)

        @sa.event.listens_for(engine, "connect")
        def opened(connection: Any, _record: object) -> None:
            connection.execute(_KEPT_ALIVE)
            connection.commit()

        return engine
    engine = sa.create_engine(url, connect_args={"timeout": PATIENCE})

    @sa.event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours: the driver's own comes too late for a SELECT
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "handle_error")
    def failed(context: Any) -> None:
        if context.sqlalchemy_exception is not None:
            context.sqlalchemy_exception.store = Phrase("the store {name}", name=url.database)

    @sa.event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        statement = "BEGIN" if connection.get_execution_options().get("reading") else "BEGIN IMMEDIATE"
        try:
            connection.connection.cursor().execute(statement)  # SQLAlchemy's way costs several times as much
        except sqlite3.Error as error:
            failure: Any = sa.exc.DBAPIError.instance(statement, None, error, sqlite3.Error, dialect=connection.dialect)
            failure.store = Phrase("the store {name}", name=url.database)
            raise failure from error

    return engine


def _none_at(store: str) -> StoreError:
    return StoreError(
        "store {store}: there is none yet; a crawl makes it, and --store or WARDNEWS_STORE names another", store=store
    )


def _migrate(connection: Connection, url: str, *, create: bool) -> None:
    """Bring the tables up to date."""
    wait_for(connection, "tables")  # of two that come at once the second finds it done
    known = sa.inspect(connection).has_table("alembic_version")
    current = connection.scalar(sa.text("SELECT version_num FROM alembic_version")) if known else None
    if current == HEAD:
        return
    if not (current or create):
        raise _none_at(url)
    if current and current > HEAD:
        raise StoreError(
            "store {store}: made by a later wardnews (tables {current}, this one knows {known}): upgrade it",
            store=url,
            current=current,
            known=HEAD,
        )
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    with _migrations() as folder:
        config.set_main_option("script_location", str(folder))
        command.upgrade(config, "head")


@contextmanager
def _migrations() -> Iterator[Path]:
    """Return the folder of the migrations for as long as the block lasts; out of a zipped egg they are copied."""
    packed = files(__package__).joinpath("migrations")
    if isinstance(packed, Path):
        yield packed
        return
    with TemporaryDirectory() as place:
        for source, folder in ((packed, Path(place)), (packed.joinpath("versions"), Path(place, "versions"))):
            folder.mkdir(exist_ok=True)
            for file in source.iterdir():
                if file.is_file():
                    (folder / file.name).write_bytes(file.read_bytes())
        yield Path(place)
