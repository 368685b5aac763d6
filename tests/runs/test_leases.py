"""Runs that overlap, on one machine or many: one at a time asks a group and writes for it, at one pace."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import pytest
import sqlalchemy as sa

from tests.helpers.commands import Command, Folder, read_feed
from tests.helpers.groups import Groups, sending_times
from wardnews.demo import Reply, Request
from wardnews.store.database import Store


def folder(path: Path, served: Groups, store_url: str) -> Folder:
    path.mkdir(exist_ok=True)
    return Folder(path, served.toml(), store_url)


def same_name() -> None:
    """Begin in the same second, with the same process id as another run, as in containers; say when requests are sent."""
    from wardnews.store import database

    vars(database)["timestamp"] = lambda: "2026-11-29T10:15:50Z"
    os.getpid = lambda: 2
    sending_times()


def test_runs_that_overlap_keep_one_pace_in_a_group(tmp_path: Path, store_url: str) -> None:
    """The first is at two portals of a group of three; the second has another group, then comes to what is left."""
    under_way, refused = Event(), set[str]()

    def refuse(site: str, request: Request) -> Reply | None:
        if request.place == "/muc-0" and site == "p002":
            under_way.set()
        if request.place == "/muc-0" and site in ("p000", "p004") and site not in refused:
            refused.add(site)
            return Reply(429, b"", headers=(("Retry-After", "1"),))
        return None

    with Groups(6, 2, delay=0.3, latency=0.1, refuse=refuse) as served:
        served.towns["p001"].pieces += served.towns["p003"].pieces
        one, other = (folder(tmp_path / name, served, store_url) for name in ("one", "other"))
        with one.started("p000", "p002", before=same_name) as first:
            assert under_way.wait(60)
            done = other.crawl("--due", *served.towns, before=same_name)
        last = other.crawl("--due", *served.towns, before=same_name)
        assert first.exitcode == 0, first.stderr
        assert done.status == last.status == 0, done.stderr
    assert served.too_soon() == []
    after_refusal = [
        b.sent - a.answered for a, b in served.pairs() if a.path == "/muc-0" and a.site in ("p000", "p004")
    ]
    assert max(after_refusal) >= 1
    assert set(served.articles_asked().values()) == {1}


def short_leases() -> None:
    """Let leases of this process end soon, and say when requests are sent."""
    from wardnews.spiders.groups import taking
    from wardnews.store import leases

    leases.LEASE, leases.TRUSTED = 2.0, 0.4
    vars(taking)["TRUSTED"] = 0.4
    sending_times()


def test_a_run_that_was_stopped_for_longer_than_its_lease_writes_and_asks_nothing(
    tmp_path: Path, store_url: str
) -> None:
    arrived, stopped = Event(), Event()

    def hold(_site: str, _request: Request) -> None:
        if len(served.asked) >= 6:
            arrived.set()
            stopped.wait(60)

    with Groups(1, 1, articles=8, delay=0.1, refuse=hold) as served:
        one, other = (folder(tmp_path / name, served, store_url) for name in ("one", "other"))
        with one.started("p000", before=short_leases, settings={"DOWNLOAD_TIMEOUT": 3}) as first:
            assert arrived.wait(60)
            first.send(signal.SIGSTOP)  # it waits for an answer, and is in no transaction
            stopped.set()
            store = Store.open(store_url)
            ended = sa.text("SELECT 1 FROM leases WHERE expires < :now")
            while not one_of(store, ended, now=time.time()):
                time.sleep(0.1)
            done = other.crawl("p000", before=short_leases, settings={"DOWNLOAD_TIMEOUT": 3})
            written, asked = contents(store), len(served.asked)
            first.send(signal.SIGCONT)
        assert done.status == 0, done.stderr
        assert first.exitcode == 4, first.stderr
        assert "stopped early: g000 is another run's by now: this one hung, or was cut off" in first.stderr
        assert "Traceback" not in first.stderr
        assert (contents(store), len(served.asked)) == (written, asked)
        store.close()
    assert len(served.articles_asked()) == 8
    assert served.too_soon() == []
    assert told(one, other) == sorted((str(10_000 + number), "new") for number in range(1, 9))


def told(*folders: Folder) -> list[tuple[str, str]]:
    """Give id and change of all records of all feeds."""
    feeds = (read_feed(file) for one in folders for file in (one.path / "output").glob("*.jsonl"))
    return sorted((one["id"].partition(":")[2], one["change"]) for feed in feeds for one in feed)


def one_of(store: Store, query: sa.TextClause, **values: float) -> object:
    with store.reading() as connection:
        return connection.scalar(query, values)


def contents(store: Store) -> dict[str, list[object]]:
    """Give all that is stored of a portal."""
    with store.reading() as connection:
        return {
            name: [tuple(row) for row in connection.execute(sa.text(f"SELECT * FROM {name} ORDER BY 1, 2"))]
            for name in ("articles", "versions", "views", "sightings", "pages", "listings", "visits", "leases")
        }


def test_groups_of_a_run_that_is_killed_are_taken_over(tmp_path: Path, store_url: str) -> None:
    """On one machine at once; over the network when what may be under way has timed out."""
    arrived, killed = Event(), Event()

    def hold(_site: str, _request: Request) -> None:
        if len(served.asked) >= 12:
            arrived.set()
            killed.wait(60)

    with Groups(4, 2, delay=0.2, refuse=hold) as served:
        one, other = (folder(tmp_path / name, served, store_url) for name in ("one", "other"))
        settings = {"DOWNLOAD_TIMEOUT": 3}
        with one.started(*served.towns, before=sending_times, settings=settings) as first:
            assert arrived.wait(60)
            first.kill()
            first.join()
            killed.set()
        done = other.crawl("--due", *served.towns, before=sending_times, settings=settings)
        assert done.status == 0, done.stderr
        store = Store.open(store_url)
        with store.reading() as connection:
            rows = connection.execute(sa.text("SELECT epoch, run, expires, under_way FROM leases")).all()
        assert [tuple(row) for row in rows] == [(2, None, None, None)] * 2
        store.close()
    assert served.too_soon() == []
    assert len(served.articles_asked()) == 16
    assert told(one, other) == sorted(
        (str(10_000 + 100 * at + number), "new") for at in range(4) for number in range(1, 5)
    )


# --- many processes ------------------------------------------------------------------------------------------------

PORTALS, GROUPS, ARTICLES, KILLS = (
    int(os.environ.get(f"DRILL_LEASE_{name}", default))
    for name, default in (("PORTALS", "6"), ("GROUPS", "3"), ("ARTICLES", "3"), ("KILLS", "1"))
)
PROCESSES = [int(number) for number in os.environ.get("DRILL_LEASE_PROCESSES", "2").split()]
SETTINGS = {"DOWNLOAD_TIMEOUT": 5}


@dataclass
class Machine:
    """Hold a machine: its folder, and the process that it runs; one after the other until nothing is due."""

    folder: Folder
    keys: list[str]
    process: Command | None = None
    statuses: list[int | None] = field(default_factory=list)

    def work(self) -> None:
        said = ""
        while "no portal is due" not in said and len(self.statuses) < 40 * (KILLS + 1):
            with self.folder.started("--due", *self.keys, before=sending_times, settings=SETTINGS) as self.process:
                pass
            self.statuses.append(self.process.exitcode)
            said = self.process.stderr


@dataclass
class Watch:
    """Hold when each lease was taken, and whose runs were killed holding which: what a thread of its own sees."""

    store: Store
    epochs: dict[str, int] = field(default_factory=dict)
    killed: dict[str, float] = field(default_factory=dict)
    taken_up: list[float] = field(default_factory=list)

    def look(self) -> dict[int, list[str]]:
        """See who has what now; give the groups of each process, by its id."""
        with self.store.reading() as connection:
            rows = connection.execute(sa.text("SELECT name, epoch, run FROM leases")).all()
        held: dict[int, list[str]] = {}
        for row in rows:
            if self.epochs.get(row.name) not in (None, row.epoch) and row.name in self.killed:
                self.taken_up.append(time.monotonic() - self.killed.pop(row.name))
            self.epochs[row.name] = row.epoch
            if row.run:
                held.setdefault(int(row.run.split("-")[1]), []).append(row.name)
        return held

    def kill(self, machines: list[Machine], chance: random.Random) -> bool:
        """Kill one of the processes that hold groups, if any does; return whether one was killed."""
        held = self.look()
        busy = [one.process for one in machines if one.process and one.process.is_alive() and one.process.pid in held]
        if not busy:
            return False
        chosen = chance.choice(busy)
        chosen.kill()
        self.killed |= dict.fromkeys(held[chosen.pid or 0], time.monotonic())
        return True


@pytest.mark.parametrize("processes", PROCESSES)
@pytest.mark.parametrize("kills", [0, KILLS] if PROCESSES != [2] else [KILLS])
def test_many_processes_share_the_portals(tmp_path: Path, postgres_url: str, processes: int, kills: int) -> None:
    """Each article once, never two requests at a time in a group, whoever is killed."""
    chance, began = random.Random(20210405), time.monotonic()
    with Groups(PORTALS, GROUPS, articles=ARTICLES, delay=0.3, latency=0.05) as served:
        Store.open(postgres_url).close()
        folders = [folder(tmp_path / str(number), served, postgres_url) for number in range(processes)]
        machines = [Machine(one, list(served.towns)) for one in folders]
        watch = Watch(Store.open(postgres_url))
        threads = [Thread(target=machine.work) for machine in machines]
        for thread in threads:
            thread.start()
        killed, pause = 0, chance.uniform(0.2, 1.5)
        while any(thread.is_alive() for thread in threads):
            time.sleep(0.1)
            pause -= 0.1
            if killed < kills and pause < 0 and len(served.asked) > (killed + 1) * PORTALS // 2:
                killed += watch.kill(machines, chance)
                pause = chance.uniform(0.5, 3)
            watch.look()
        contents = told(*folders)
        watch.store.close()
    assert killed == kills
    assert contents == sorted(
        (str(10_000 + 100 * at + number), "new") for at in range(PORTALS) for number in range(1, ARTICLES + 1)
    )
    assert served.too_soon() == []
    assert served.articles_asked().total() <= PORTALS * ARTICLES + kills * GROUPS
    assert max(watch.epochs.values()) <= kills + 1
    assert not watch.killed
    assert all(seconds < 60 for seconds in watch.taken_up)
    shares = [sum(1 for _ in told(one)) for one in folders]
    least = min(b.sent - a.sent for a, b in served.pairs())
    sys.stdout.write(
        f"{processes} processes, {kills} kills: {time.monotonic() - began:.0f} s, articles by machine {shares}, least gap "
        f"{least:.3f} s of 0.3, groups taken up after {max(watch.taken_up, default=0):.1f} s at most, "
        f"epochs up to {max(watch.epochs.values())}, statuses {[one.statuses for one in machines]}\n"
    )
