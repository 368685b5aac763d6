"""Locks between processes: of portals and runs, of transactions, of versions that are about to be written."""

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from wardnews.archives.sections import open_no_link
from wardnews.portable import lock
from wardnews.store.tables import versions

_ANNOUNCED = 0x77617264
"""The first number of the locks of transactions that write versions."""
_FIRST_ANNOUNCED = """
SELECT min(objid::bigint) FROM pg_locks WHERE locktype = 'advisory' AND classid = CAST(:announced AS oid)
AND objsubid = 2 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_WAIT_FOR_ALL = sa.text("SELECT pg_advisory_xact_lock(number) FROM unnest(CAST(:numbers AS bigint[])) AS number")


class Locks:
    """The named locks that this process has: files beside an SQLite store, advisory locks of PostgreSQL."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._own: dict[str, Any] = {}
        self._shared: set[str] = set()
        self._keeper: Connection | None = None

    @property
    def keeper(self) -> Connection:
        """The connection to a server that keeps the locks of this process, and what else ends with them.

        What is written by it may be lost with the server, which takes all that is kept by it too.
        """
        if self._keeper is None:  # one for all locks: portals may be more than connections
            self._keeper = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._keeper.execute(sa.text("SET synchronous_commit = off"))
        return self._keeper

    def take(self, name: str, *, shared: bool = False) -> bool:
        """Take a lock that ends with this process at the latest; return whether it was free.

        A shared one is free for all who take it so, and for nobody else.
        """
        if name in self._own:
            return False
        if self.engine.dialect.name == "postgresql":
            free, held = self.keeper.scalar(sa.select(_try(shared=shared)(_number(name)))), None
        else:
            folder = Path(f"{self.engine.url.database}.locks")
            folder.mkdir(exist_ok=True)
            held = open_no_link(folder / name, "w")
            free = _flock(held.fileno(), shared=shared)
        if free:
            self._own[name] = held
            self._shared |= {name} if shared else set()
        elif held:
            held.close()
        return bool(free)

    def release(self, name: str) -> None:
        """Release a lock of this process."""
        _close_file(name, self._own.pop(name))
        if self._keeper:
            unlock = sa.func.pg_advisory_unlock_shared if name in self._shared else sa.func.pg_advisory_unlock
            self._keeper.scalar(sa.select(unlock(_number(name))))
        self._shared.discard(name)

    def is_own(self, name: str) -> bool:
        """Whether this process has a lock."""
        return name in self._own

    def is_held_elsewhere(self, name: str) -> bool:
        """Whether another process has a lock."""
        free = self.take(name)
        if free:
            self.release(name)
        return not free

    def close(self) -> None:
        """Release all locks; those of a connection that was cut are released already."""
        for name, held in self._own.items():
            _close_file(name, held)
        self._own.clear()
        self._shared.clear()
        if self._keeper:
            with suppress(SQLAlchemyError):  # a connection that is lost has lost its locks
                self._keeper.execute(sa.select(sa.func.pg_advisory_unlock_all()))
            self._keeper.invalidate()
            self._keeper.close()
            self._keeper = None


def wait_for(connection: Connection, name: str) -> None:
    """Wait, to the end of the transaction, for others that wait for the same; in SQLite one writes at a time anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_number(name))))


def wait_for_all(connection: Connection, names: Iterable[str]) -> None:
    """Wait for all of some names, as `wait_for` does for one, in an order that keeps any two from waiting for ever."""
    if connection.dialect.name == "postgresql" and (numbers := sorted(set(map(_number, names)))):
        connection.execute(_WAIT_FOR_ALL, {"numbers": numbers})


def of_article(name: str) -> str:
    """Return what whoever writes an article by this id waits for."""
    return f"article {name}"


def announce_versions(connection: Connection) -> None:
    """Announce, before a transaction writes versions, that they come behind the last `seq`.

    SQLite has one writer at a time, and needs no announcement.
    """
    if connection.dialect.name == "postgresql":
        last = sa.func.coalesce(sa.func.max(versions.c.seq), 0)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(_ANNOUNCED, last)))


def first_announced(connection: Connection) -> int | None:
    """Return the smallest `seq` behind which a transaction under way writes versions, None where there is none."""
    found: int | None = connection.scalar(sa.text(_FIRST_ANNOUNCED), {"announced": _ANNOUNCED})
    return found


def _try(*, shared: bool) -> Any:
    """Return the function that tries to take a lock in PostgreSQL."""
    return sa.func.pg_try_advisory_lock_shared if shared else sa.func.pg_try_advisory_lock


def _number(name: str) -> int:
    """Return the number that a lock has in PostgreSQL."""
    return int.from_bytes(hashlib.sha256(f"wardnews/{name}".encode()).digest()[:8], signed=True)


def _close_file(name: str, held: Any) -> None:
    """Close the file that is a lock, where it is one."""
    if held:
        if name.startswith("run-"):
            Path(held.name).unlink(missing_ok=True)  # no run has this name again
        held.close()


def _flock(descriptor: int, *, shared: bool) -> bool:
    """Lock an open file and write the process id into it; return whether it was free."""
    try:
        lock(descriptor, shared=shared)
    except BlockingIOError:
        return False
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return True
