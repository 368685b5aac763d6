"""Runs that are killed, stopped or run out of disk: nothing is lost, nothing comes out twice, no line is torn."""

from __future__ import annotations

import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Condition

import pytest

from tests.commands import Folder
from tests.town import Town, pieces
from wardnews.practice import PracticeFamilies, PracticePortal

KILLS = int(os.environ.get("DRILL_KILLS", "5"))
ARTICLES = int(os.environ.get("DRILL_ARTICLES", "200"))
LONGEST = 0.02


class Wire:
    """Count requests and wake who waits for a number of them."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.changed = Condition()

    def __call__(self, path: str) -> None:
        with self.changed:
            self.paths.append(path)
            self.changed.notify_all()

    def wait(self, number: int, process_ended: Callable[[], bool]) -> None:
        with self.changed:
            while len(self.paths) < number and not process_ended():
                self.changed.wait(0.05)


def test_kill_drill(tmp_path: Path) -> None:
    """Kill at moments that a seed gives, by what the server was asked and some time more."""
    chance, wire = random.Random(20210405), Wire()
    with PracticePortal(2 * ARTICLES) as portal:
        portal.intercept = lambda _generation, asked: wire(asked.path)
        folder = Folder(tmp_path, portal.toml())
        truth = {str(article.id) for article in portal.of("liferay")}
        step, killed = 2 * len(truth) // (KILLS + 2), 0
        while killed < KILLS:
            with folder.started("practice-liferay", name=f"stderr{killed}") as process:
                wire.wait(len(wire.paths) + chance.randint(1, step), lambda: process.exitcode is not None)
                process.join(chance.uniform(0, LONGEST))
                assert process.exitcode is None, "the crawl was over before the last kill: take more articles"
                process.kill()
            killed += 1
        done = folder.crawl("practice-liferay")
    assert done.status == 0, done.stderr
    assert Counter(folder.all()) == Counter((key, "new") for key in truth)
    assert len(folder.reports()) == len(folder.feeds()) == KILLS + 1
    reasons = Counter(report["reason"] for report in folder.reports())
    assert reasons == {"killed": KILLS, "finished": 1}
    assert [report["records"] for report in folder.reports()] == [len(feed) for feed in folder.feeds()]
    again = Counter(path for path in wire.paths if path != "/robots.txt")
    assert sum(again.values()) - len(again) <= KILLS * 2, "the page in flight, which may be a redirect and its goal"
    told = f"{len(truth)} articles, {KILLS} kills, {len(wire.paths)} requests, {sum(again.values()) - len(again)} again"
    sys.stdout.write(f"{told}\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_in_order_and_the_next_run_goes_on(tmp_path: Path, number: int) -> None:
    wire = Wire()
    with Town(pieces(100), intercept=lambda asked: wire(asked.path)) as town:
        folder = Folder(tmp_path, town.toml())
        with folder.started() as process:
            wire.wait(40, lambda: process.exitcode is not None)
            assert process.pid
            os.kill(process.pid, number)
        assert process.exitcode == 4
        stderr = (tmp_path / "stderr").read_text(encoding="utf-8")
        assert "stopped early: shutdown" in stderr
        assert "Traceback" not in stderr
        (report,) = folder.reports()
        assert report["status"] == 4
        assert 0 < report["records"] == len(folder.all()) < 100
        assert folder.crawl().status == 0
        assert sorted(folder.all()) == sorted((str(one.id), "new") for one in town.pieces)
        assert Counter(wire.paths).most_common(1)[0][1] == 2, "robots.txt"
        assert sum(Counter(wire.paths).values()) == len(set(wire.paths)) + 1


# --- killed between two steps --------------------------------------------------------------------------------------


def kill_at_write(number: int) -> None:
    """Have this process kill itself when it is about to write its feed (1) or its report (2)."""
    from wardnews import reports

    write, calls = vars(reports)["write_lines"], iter(range(1, 9))

    def write_lines(lines: Iterator[str], path: Path) -> int:
        if next(calls) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return int(write(lines, path))

    vars(reports)["write_lines"] = write_lines


def kill_before_feed() -> None:
    kill_at_write(1)


def kill_before_report() -> None:
    kill_at_write(2)


def kill_before_name() -> None:
    """Have this process kill itself when its feed is written and not yet named."""
    Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign, assignment]


def kill_before_end() -> None:
    """Have this process kill itself when its feed and report are there, and the store does not know yet."""
    from wardnews.store import Store

    Store.end_run = lambda *_args, **_values: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]


@pytest.mark.parametrize("before", [kill_before_feed, kill_before_name, kill_before_report, kill_before_end])
def test_a_kill_between_the_last_commit_and_the_report(tmp_path: Path, before: Callable[[], None]) -> None:
    with Town(pieces(30)) as town:
        folder = Folder(tmp_path, town.toml())
        assert folder.crawl(before=before).status == -signal.SIGKILL
        town.asked()
        assert folder.crawl().status == 0
        assert town.asked() == ["/", "/muc-0"], "the visit was over"
    assert sorted(folder.all()) == sorted((str(one.id), "new") for one in town.pieces)
    assert [(report["reason"], report["records"]) for report in folder.reports()] == [("killed", 30), ("finished", 0)]
    assert not list((tmp_path / "output").glob("*.part"))


def test_a_run_that_is_killed_while_it_finishes_a_killed_one(tmp_path: Path) -> None:
    with Town(pieces(30)) as town:
        folder = Folder(tmp_path, town.toml())
        folder.crawl(before=kill_before_feed)
        for before in (kill_before_feed, kill_before_report, kill_before_end):
            assert folder.crawl(before=before).status == -signal.SIGKILL
        assert folder.crawl().status == 0
    assert sorted(folder.all()) == sorted((str(one.id), "new") for one in town.pieces)
    assert [report["records"] for report in folder.reports()] == [30, 0, 0, 0, 0]


def test_postbacks_are_gone_on_with(tmp_path: Path) -> None:
    """ASP.NET's further pages come by a form with the state of the page before: killed at each, in turn."""
    wire = Wire()
    with PracticeFamilies("dotnetnuke") as families:
        families.intercept = lambda _family, asked: wire(asked.path)
        folder = Folder(tmp_path, families.toml())
        for number in range(6):
            with folder.started("practice-dotnetnuke", name=f"stderr{number}") as process:
                wire.wait(len(wire.paths) + 5, lambda: process.exitcode is not None)
                process.kill()
        done = folder.crawl("practice-dotnetnuke")
        truth = {article.id for article in families.articles("dotnetnuke")}
    assert done.status == 0, done.stderr
    assert Counter(key for key, _ in folder.all()) == Counter(truth)
    assert any(asked.method == "POST" for asked in families.requests["dotnetnuke"])
