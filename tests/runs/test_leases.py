"""Runs that overlap, on one machine or many: one at a time asks a group and writes for it, at one pace."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from threading import Event

import sqlalchemy as sa

from tests.helpers.commands import Folder, read_feed
from tests.helpers.groups import Groups, sending_times
from wardnews.demo import Reply, Request
from wardnews.store.database import Store


def folder(path: Path, served: Groups, store_url: str) -> Folder:
    path.mkdir(exist_ok=True)
    return Folder(path, served.toml(), store_url)


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
        with one.started("p000", "p002", before=sending_times) as first:
            assert under_way.wait(60)
            done = other.crawl("--due", *served.towns, before=sending_times)
        last = other.crawl("--due", *served.towns, before=sending_times)
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
    from wardnews.spiders import taking
    from wardnews.store import leases

    leases.LEASE, leases.TRUSTED = 2.0, 0.4
    vars(taking)["TRUSTED"] = 0.4
    sending_times()


def test_a_run_that_was_stopped_for_longer_than_its_lease_writes_and_asks_nothing(
    tmp_path: Path, store_url: str
) -> None:
    arrived, stopped = Event(), Event()

    def hold(_site: str, _request: Request) -> None:
        if len(served.asked) == 6:
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
        if len(served.asked) == 12:
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
