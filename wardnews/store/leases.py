"""Leases: which run may ask a politeness group and write for it, one at a time, and at which pace.

A lease is renewed while its run works. It is free when it was given back, when it was not renewed for LEASE seconds, or
when nobody has the lock of its run any more. Its epoch rises at each taking: whoever has an older one has lost it, and
finds that in the transaction in which it would write, or before it sends a request.

What is to be known of the pace when a lease changes hands stands in its row. With PostgreSQL each request is noted
there; with SQLite, which is on one machine, a request within TRUSTED seconds of a renewal is not: whoever takes over
counts on it.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from time import monotonic, time
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from wardnews.errors import LeaseLost
from wardnews.store.database import Store
from wardnews.store.prepared import Prepared
from wardnews.store.tables import leases

LEASE = 45.0
"""Seconds after which a lease that is not renewed is free."""
TRUSTED = 10.0
"""How often leases are renewed, in seconds, and how long a renewal is trusted with SQLite."""
_BOUND = ("now", "ago", "pause", "busy", "its_name", "its_epoch", "its_run")


@dataclass
class Held:
    """A lease that this run has; times are of the monotonic clock.

    `delay`: seconds between requests. `asked`: when the last one was sent, None for none yet. `under_way`: how many
    are; `busy_until`: when the last one of all runs is answered or has timed out.
    """

    epoch: int
    delay: float
    renewed: float
    busy_until: float
    asked: float | None = None
    under_way: int = 0


class Taken(NamedTuple):
    """In how many seconds a group may be asked first, and for how many it asked to be left alone."""

    wait: float
    left_alone: float


class Leases:
    """The leases of one run, `held` by name. `timeout`: the seconds after which a request has failed."""

    def __init__(self, store: Store, run: str, timeout: float) -> None:
        self.store, self.run, self.timeout = store, run, timeout
        self.held: dict[str, Held] = {}
        self._is_local = store.engine.dialect.name == "sqlite"
        own = leases.update().where(
            leases.c.name == sa.bindparam("its_name"),
            leases.c.epoch == sa.bindparam("its_epoch"),
            leases.c.run == sa.bindparam("its_run"),
        )
        now = self._now()
        asked_at = sa.func.coalesce(now - sa.bindparam("ago", type_=sa.Double), leases.c.asked_at)
        pace = {"asked_at": asked_at, "delay": sa.bindparam("pause", type_=sa.Double)}
        busy = now + sa.bindparam("busy", type_=sa.Double)
        statements = {
            "renew": own.values(pace | {"expires": now + sa.literal_column(f"{LEASE}"), "under_way": busy}),
            "give back": own.values(pace | {"run": sa.null(), "expires": sa.null(), "under_way": busy}),
            "leave alone": own.values(until=now + sa.bindparam("busy", type_=sa.Double)),
        }
        self._prepared = {
            name: Prepared(statement.returning(leases.c.epoch), store.engine.dialect)
            for name, statement in statements.items()
        }
        its = (leases.c.name == sa.bindparam("its_name"), leases.c.epoch == sa.bindparam("its_epoch"))
        still = sa.select(leases.c.epoch).where(*its, leases.c.run == sa.bindparam("its_run"))
        self._prepared["hold"] = Prepared(still, store.engine.dialect)

    def _now(self) -> Any:
        """Return the time of all who share the store."""
        if self._is_local:
            return sa.bindparam("now", type_=sa.Double)
        return sa.cast(sa.extract("epoch", sa.func.clock_timestamp()), sa.Double)

    # --- taking and giving back ---

    def take(self, name: str, delay: float, wanted: Callable[[], bool] = lambda: True) -> Taken | None:
        """Take a lease, with the seconds between requests; None where another run has it, or it is not `wanted`.

        `wanted` is asked when nobody else can take it.
        """
        began = monotonic()
        with self.store.writing() as connection:
            new = self.store.insert(leases).values(name=name, epoch=0, delay=delay)
            connection.execute(new.on_conflict_do_nothing())
            row = self._free(connection, name)
            if row is None or not wanted():
                return None
            is_odd = (row.asked_at or 0.0) > row.now + LEASE  # by a clock that was wrong
            # Of a run that has ended on this machine no request is under way, and the last one was sent before now.
            ended = row.run is not None and self._is_local and not self._has_process(row.run)
            pause = max(delay, row.delay)
            asked_at = row.now if ended else None if is_odd else row.asked_at
            under_way = 0.0 if ended or is_odd else row.under_way or 0.0
            until = None if is_odd else row.until
            values = {"run": self.run, "expires": row.now + LEASE, "asked_at": asked_at, "until": until}
            taken = leases.update().where(leases.c.name == name)
            connection.execute(taken.values(epoch=row.epoch + 1, delay=pause, **values))
        wait = max(0.0, (asked_at or 0.0) + pause - row.now, under_way - row.now)
        self.held[name] = Held(row.epoch + 1, pause, began, began + max(0.0, under_way - row.now))
        return Taken(wait, max(0.0, (until or 0.0) - row.now))

    def _free(self, connection: Connection, name: str) -> Any:
        """Return the row of a lease that is free, locked; None for one that another run has."""
        columns = (*leases.c, self._now().label("now"))
        query = sa.select(*columns).where(leases.c.name == name).with_for_update(skip_locked=True)
        row = connection.execute(query, {"now": time()} if self._is_local else {}).first()
        if row is None or row.run is None:
            return row
        lasts = row.now < row.expires <= row.now + 2 * LEASE  # a longer one is of a clock that was wrong
        return None if lasts and self._has_process(row.run) else row

    def _has_process(self, run: str) -> bool:
        return self.store.locks.is_held_elsewhere(f"run-{run}")

    def give_back(self, name: str, ready: float | None = None) -> None:
        """Return a lease that is not lost to whoever comes.

        `ready`: when its group may be asked next, by the monotonic clock.
        """
        held = self.held.get(name)
        if held is None:
            return
        if held.asked is not None and ready is not None:
            held.asked = ready - held.delay
        if not held.under_way:
            held.busy_until = 0.0 if held.asked is not None else held.busy_until
        values = self._values(name, held) | {"busy": _left(held.busy_until)}
        with self._connection() as connection:
            self._prepared["give back"].run(connection, values)
        del self.held[name]

    # --- keeping ---

    def check(self, connection: Connection, name: str) -> None:
        """Make sure of a lease in a transaction that writes for its group; raise LeaseLost where it is lost.

        Nobody else can take it before the transaction ends: SQLite has one writer, with a server its row is written.
        """
        trusted = self._is_local and monotonic() - self._held(name).renewed <= TRUSTED
        self._run("hold" if trusted else "renew", connection, name)

    def renew(self, names: Iterable[str] | None = None) -> None:
        """Renew leases, all by default; raise LeaseLost for one that is lost."""
        with self._connection() as connection:
            for name in list(self.held if names is None else names):
                began = monotonic()
                self._run("renew", connection, name)
                self.held[name].renewed = began

    def ask(self, name: str, delay: float) -> None:
        """Note that a request is sent now, with the seconds to the next one; raise LeaseLost where it must not be."""
        held, now = self._held(name), monotonic()
        held.delay, held.asked = delay, now
        held.busy_until = max(held.busy_until, now + self.timeout)
        held.under_way += 1
        if not self._is_local or now - held.renewed > TRUSTED:
            self.renew([name])

    def answered(self, name: str) -> None:
        """Note that a request is answered, or has failed."""
        if held := self.held.get(name):
            held.under_way -= 1
            if not held.under_way:
                held.busy_until = 0.0

    def leave_alone(self, name: str, seconds: float) -> None:
        """Write that a group asked to be left alone, whoever asks it."""
        values = self._values(name, self._held(name)) | {"busy": seconds}
        with self._connection() as connection:
            self._prepared["leave alone"].run(connection, values)

    def _run(self, statement: str, connection: Connection, name: str) -> None:
        values = self._values(name, self._held(name))
        if self._prepared[statement].run(connection, values) is None:
            del self.held[name]
            self._held(name)

    def _held(self, name: str) -> Held:
        held = self.held.get(name)
        if held is None:
            raise LeaseLost("{name} is another run's by now: this one hung, or was cut off", name=name)
        return held

    def _values(self, name: str, held: Held) -> dict[str, Any]:
        now = monotonic()
        busy_until = max(held.busy_until, now + TRUSTED + self.timeout) if self._is_local else held.busy_until
        values = (
            time(), None if held.asked is None else now - held.asked, held.delay, _left(busy_until),
            name, held.epoch, self.run,
        )  # fmt: skip
        return dict(zip(_BOUND, values, strict=True))

    def _connection(self) -> AbstractContextManager[Connection]:
        """Return what writes at once; with a server, the connection that keeps the run's lock: both end together."""
        return self.store.writing() if self._is_local else nullcontext(self.store.locks.keeper)


def holder_of(store: Store, name: str) -> str | None:
    """Return the run that took a lease last and has not given it back."""
    with store.reading() as connection:
        found: str | None = connection.scalar(sa.select(leases.c.run).where(leases.c.name == name))
    return found


def _left(until: float) -> float | None:
    """Return the seconds that are left until a time of the monotonic clock; None for none."""
    left = until - monotonic()
    return left if left > 0 else None
