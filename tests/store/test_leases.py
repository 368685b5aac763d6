"""Leases of politeness groups, in SQLite and in PostgreSQL: who has one, when it is free, what is handed on with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from time import monotonic

import pytest
import sqlalchemy as sa

from wardnews.errors import LeaseLost
from wardnews.store.database import Store
from wardnews.store.leases import LEASE, Leases, Taken, holder_of

TIMEOUT = 60.0


@pytest.fixture
def runs(store_url: str) -> Iterator[tuple[Leases, Leases]]:
    """Give the leases of two runs, each with connections of its own."""
    with ExitStack() as stack:
        both = []
        for name in ("one", "other"):
            store = Store.open(store_url)
            stack.callback(store.close)
            store.begin_run(name, "2026-11-29T00:00:00Z")
            both.append(Leases(store, name, TIMEOUT))
        yield both[0], both[1]


def change(leases: Leases, values: str) -> None:
    with leases.store.writing() as connection:
        connection.execute(sa.text(f"UPDATE leases SET {values}"))


def near(taken: Taken | None, wait: float, left_alone: float = 0.0) -> bool:
    return taken is not None and abs(taken.wait - wait) < 1 and abs(taken.left_alone - left_alone) < 1


def test_one_run_has_a_lease_at_a_time(runs: tuple[Leases, Leases]) -> None:
    one, other = runs
    assert one.take("g", 1.0) == Taken(0, 0)
    assert other.take("g", 1.0) is None
    assert other.take("h", 1.0) == Taken(0, 0)
    assert holder_of(one.store, "g") == "one"
    one.give_back("g")
    assert one.take("g", 1.0, lambda: False) is None
    assert other.take("g", 1.0) == Taken(0, 0)
    assert (other.held["g"].epoch, holder_of(one.store, "g")) == (2, "other")


def test_the_pace_is_handed_on(runs: tuple[Leases, Leases]) -> None:
    one, other = runs
    one.take("g", 30.0)
    one.ask("g", 30.0)
    one.answered("g")
    one.leave_alone("g", 500)
    one.give_back("g", monotonic() + 20)
    assert near(other.take("g", 5.0), 20, 500)
    other.give_back("g")  # it has not asked
    assert near(one.take("g", 40.0), 30, 500)


def test_a_lease_that_is_not_renewed_is_free_and_what_is_under_way_counts(runs: tuple[Leases, Leases]) -> None:
    one, other = runs
    one.take("g", 1.0)
    one.ask("g", 1.0)
    one.renew()
    change(one, f"expires = expires - {LEASE}")
    taken = other.take("g", 1.0)
    assert taken is not None
    assert TIMEOUT - 1 < taken.wait <= TIMEOUT + 10
    with pytest.raises(LeaseLost), one.store.writing() as connection:
        one.check(connection, "g")
    with pytest.raises(LeaseLost):
        one.ask("g", 1.0)
    one.give_back("g")
    assert holder_of(one.store, "g") == "other"


def test_what_is_lost_is_found_before_anything_is_written(runs: tuple[Leases, Leases]) -> None:
    one, other = runs
    one.take("g", 1.0)
    change(one, "expires = 1")
    other.take("g", 1.0)
    with pytest.raises(LeaseLost, match="g is another run's by now"):
        one.renew()
    assert one.held == {}
    other.renew()


def test_the_lease_of_a_run_that_has_ended_is_free_at_once(runs: tuple[Leases, Leases]) -> None:
    one, other = runs
    one.take("g", 2.0)
    one.ask("g", 2.0)
    one.answered("g")
    with one.store.writing() as connection:
        one.check(connection, "g")
    one.store.locks.release("run-one")
    is_local = one.store.engine.dialect.name == "sqlite"
    assert near(other.take("g", 2.0), 2)
    other.ask("g", 2.0)
    other.store.locks.release("run-other")
    one.store.locks.take("run-one")
    # Over the network nobody knows whether that process has ended too, and its request with it.
    assert near(one.take("g", 2.0), 2 if is_local else TIMEOUT)


def test_times_of_a_clock_that_was_wrong_are_none(runs: tuple[Leases, Leases]) -> None:
    one, other = runs
    one.take("g", 1.0)
    change(one, "expires = 32503680000, asked_at = 32503680000, under_way = 32503680060, until = 32503687200")
    assert other.take("g", 1.0) == Taken(0, 0)
    other.give_back("g")
    assert one.take("g", 1.0) == Taken(0, 0)


def test_a_lock_that_is_shared_is_no_other_ones(runs: tuple[Leases, Leases]) -> None:
    one, other = (leases.store.locks for leases in runs)
    assert one.take("site-a", shared=True)
    assert other.take("site-a", shared=True)
    other.release("site-a")
    assert not other.take("site-a")
    one.release("site-a")
    assert other.take("site-a")
    assert not one.take("site-a", shared=True)
