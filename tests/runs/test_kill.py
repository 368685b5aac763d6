"""Runs that are killed, stopped or run out of disk: nothing is lost, nothing comes out twice, no line is torn."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from threading import Condition

import pytest

from tests.doubles import PracticeFamilies
from tests.helpers.commands import Command, Done, Folder
from tests.helpers.town import TEN, Town, dated, pieces
from wardnews.demo import PracticePortal
from wardnews.items import Article
from wardnews.layouts import Page
from wardnews.store.tasks import Task

KILLS = int(os.environ.get("DRILL_KILLS", "5"))
ARTICLES = int(os.environ.get("DRILL_ARTICLES", "100"))


class Wire:
    """Count requests and wake who waits for a number of them."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.gaps = deque([0.0] * 20, 20)
        self.changed = Condition()
        self.most = sys.maxsize
        self._last = time.monotonic()

    def __call__(self, path: str) -> None:
        """Count a request; keep the one after the most that may be answered waiting, so that nobody is over too soon."""
        with self.changed:
            self.paths.append(path)
            self.gaps.append(time.monotonic() - self._last)
            self._last = time.monotonic()
            self.changed.notify_all()
            self.changed.wait_for(lambda: len(self.paths) <= self.most, 60)

    def wait(self, number: int, process_ended: Callable[[], bool]) -> None:
        with self.changed:
            while len(self.paths) < number and not process_ended():
                self.changed.wait(0.05)

    def pace(self) -> float:
        """Give the seconds between two requests, as a rule."""
        return median(self.gaps)

    @contextmanager
    def under_way(self, process: Command, number: int) -> Iterator[None]:
        """Wait for so many requests more, and let the process go no further while the block lasts."""
        with self.changed:
            self.most = len(self.paths) + number
        self.wait(self.most + 1, lambda: process.exitcode is not None)
        try:
            yield
        finally:
            with self.changed:
                self.most = sys.maxsize
                self.changed.notify_all()


def test_kill_drill(tmp_path: Path) -> None:
    """Kill at moments that a seed gives, by what the server was asked and some time more."""
    chance, wire = random.Random(20210405), Wire()
    with PracticePortal(2 * ARTICLES) as portal:
        portal.intercept = lambda _generation, asked: wire(asked.path)
        folder = Folder(tmp_path, portal.toml())
        truth = {str(article.id) for article in portal.of("liferay")}
        step, killed = 2 * len(truth) // (KILLS + 2), 0
        while killed < KILLS:
            with folder.started("practice-liferay") as process:
                wire.wait(len(wire.paths) + chance.randint(1, step), lambda: process.exitcode is not None)
                process.join(chance.uniform(0, 2 * wire.pace()))
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
    # The home page leads to /trang-chu: both are one page.
    again = Counter(path for path in wire.paths if path not in ("/robots.txt", "/trang-chu"))
    assert sum(again.values()) - len(again) <= KILLS, "the page in flight"
    told = f"{len(truth)} articles, {KILLS} kills, {len(wire.paths)} requests, {sum(again.values()) - len(again)} again"
    sys.stdout.write(f"{told}\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_in_order_and_the_next_run_goes_on(tmp_path: Path, number: int) -> None:
    wire = Wire()
    with Town(pieces(100), intercept=lambda asked: wire(asked.path)) as town:
        folder = Folder(tmp_path, town.toml())
        with folder.started() as process, wire.under_way(process, 40):
            process.send(number)
        assert process.exitcode == 4
        assert "stopped early: shutdown" in process.stderr
        assert "Traceback" not in process.stderr
        (report,) = folder.reports()
        assert report["status"] == 4
        assert 0 < report["records"] == len(folder.all()) < 100
        assert folder.crawl().status == 0
        assert sorted(folder.all()) == sorted((str(one.id), "new") for one in town.pieces)
        assert Counter(wire.paths).most_common(1)[0][1] == 2, "robots.txt"
        assert sum(Counter(wire.paths).values()) == len(set(wire.paths)) + 1


def killed(folder: Folder, wire: Wire, requests: int, *arguments: str) -> None:
    with folder.started("hoasua", *arguments) as process, wire.under_way(process, requests):
        process.kill()
    assert process.exitcode == -signal.SIGKILL


@pytest.mark.parametrize("part", [["--since", "{20}"], ["--until", "{40}"], ["--sample", "20"]])
def test_the_whole_after_a_part_that_was_killed(tmp_path: Path, part: list[str]) -> None:
    """What a killed run was asked for is not what the next one is asked for."""
    wire = Wire()
    with Town(pieces(60, sections=3, newest=1), TEN[:3], intercept=lambda asked: wire(asked.path)) as town:
        folder = Folder(tmp_path, town.toml())
        killed(folder, wire, 15, *dated(part))
        assert folder.crawl().status == 0
        assert sorted(folder.all()) == sorted((str(one.id), "new") for one in town.pieces)


def test_a_look_at_everything_that_is_killed_is_gone_on_with(tmp_path: Path) -> None:
    wire = Wire()
    with Town(pieces(100), intercept=lambda asked: wire(asked.path)) as town:
        folder = Folder(tmp_path, town.toml())
        folder.crawl()
        for one in town.pieces:
            town.change(one.id, body=f"Nội dung đã sửa của bài {one.id}, dài thêm một đoạn cho đủ ý.")
        wire.paths.clear()
        for _ in range(3):
            killed(folder, wire, 25, "--full")
        assert folder.crawl("hoasua", "--full").status == 0
        again = {path: times for path, times in Counter(wire.paths).items() if times > 1 and path != "/robots.txt"}
        assert sum(again.values()) - len(again) <= 3, again
        assert Counter(folder.all()) == Counter(
            (str(one.id), change) for one in town.pieces for change in ("new", "edited")
        )


# --- killed between two steps --------------------------------------------------------------------------------------


def kill_at_write(number: int) -> None:
    """Have this process kill itself when it is about to write its feed (1) or its report (2)."""
    from wardnews.reports import completing, run_report

    write, calls = vars(completing)["write_lines"], iter(range(1, 9))

    def write_lines(lines: Iterator[str], path: Path) -> int:
        if next(calls) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return int(write(lines, path))

    for reports in (completing, run_report):
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
    from wardnews.store.database import Store

    Store.end_run = lambda *_args, **_values: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        (kill_before_feed, "killed"),
        (kill_before_name, "killed"),
        (kill_before_report, "finished"),  # its report stands in the store by then
        (kill_before_end, "finished"),
    ],
)
def test_a_kill_between_the_last_commit_and_the_report(tmp_path: Path, before: Callable[[], None], reason: str) -> None:
    with Town(pieces(30)) as town:
        folder = Folder(tmp_path, town.toml())
        assert folder.crawl(before=before).status == -signal.SIGKILL
        town.asked()
        assert folder.crawl().status == 0
        assert town.asked() == ["/", "/muc-0"], "the visit was over"
    assert sorted(folder.all()) == sorted((str(one.id), "new") for one in town.pieces)
    assert [(report["reason"], report["records"]) for report in folder.reports()] == [(reason, 30), ("finished", 0)]
    assert not list((tmp_path / "output").glob("*.part"))


def kill_before_the_visit_ends() -> None:
    """Have this process kill itself when all pages are done, and their visit is not."""
    from wardnews.reports.run_report import RunReport

    RunReport.visit_ended = lambda *_args, **_values: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]


def test_a_visit_of_which_only_its_end_is_left_is_no_trouble(tmp_path: Path) -> None:
    with Town(pieces(5)) as town:
        folder = Folder(tmp_path, town.toml())
        assert folder.crawl(before=kill_before_the_visit_ends).status == -signal.SIGKILL
        town.asked()
        done = folder.crawl()
        assert (done.status, town.asked()) == (0, []), done.stderr
        assert "unhealthy" not in done.stderr
        assert folder.crawl().status == 0
        assert town.asked() == ["/", "/muc-0"]


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
        for _ in range(6):
            with folder.started("practice-dotnetnuke") as process, wire.under_way(process, 5):
                process.kill()
        done = folder.crawl("practice-dotnetnuke")
        truth = {article.id for article in families.articles("dotnetnuke")}
    assert done.status == 0, done.stderr
    assert Counter(key for key, _ in folder.all()) == Counter(truth)
    assert any(asked.method == "POST" for asked in families.requests["dotnetnuke"])


# --- no room left --------------------------------------------------------------------------------------------------


def small_files() -> None:
    """Let no file of this process grow beyond 300 KiB: the store's is the first that wants to."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (300 * 1024, resource.RLIM_INFINITY))


def small_feed() -> None:
    """Let the file grow too large when the feed is written, and not before."""
    from wardnews.reports import run_report as reports

    write = vars(reports)["write_lines"]

    def write_lines(lines: Iterator[str], path: Path) -> int:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20 * 1024, resource.RLIM_INFINITY))
        try:
            return int(write(lines, path))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    vars(reports)["write_lines"] = write_lines


def small_output() -> None:
    """Let the file of -o FILE grow to 20 KiB: the system writes a part of a record there, then none."""
    write = os.write

    def os_write(descriptor: int, data: bytes) -> int:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20 * 1024, resource.RLIM_INFINITY))
        try:
            return write(descriptor, data)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    from wardnews.exporters import feed_export as crawl

    crawl.os.write = os_write  # type: ignore[attr-defined]


def everything_once(folder: Folder, town: Town) -> None:
    assert sorted(folder.all()) == sorted((str(one.id), "new") for one in town.pieces)
    assert len(folder.reports()) == len(folder.feeds())


def told(done: Done) -> None:
    assert done.status == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "Logging error" not in done.stderr
    assert len(done.stderr.splitlines()) < 12, done.stderr


def test_no_room_for_the_store(tmp_path: Path) -> None:
    with Town(pieces(300)) as town:
        folder = Folder(tmp_path, town.toml())
        done = folder.crawl(before=small_files)
        told(done)
        assert "stopped early: the store failed: disk I/O error" in done.stderr
        assert "errors in wardnews itself" not in done.stderr
        assert len(town.asked()) < 250, "it stops at once"
        assert folder.reports()[0]["status"] == 1
        done = folder.crawl()
        assert done.status == 0, done.stderr
        everything_once(folder, town)


def test_no_room_for_the_feed(tmp_path: Path) -> None:
    with Town(pieces(50)) as town:
        folder = Folder(tmp_path, town.toml())
        done = folder.crawl(before=small_feed)
        told(done)
        assert "the feed could not be completed: File too large; the next run writes it" in done.stderr
        assert not list((tmp_path / "output").glob("*.jsonl*"))
        again = folder.crawl(before=small_feed)
        told(again)
        assert "File too large" in again.stderr
        assert folder.crawl().status == 0
        everything_once(folder, town)


def test_no_room_for_a_file_of_ones_own(tmp_path: Path) -> None:
    with Town(pieces(50)) as town:
        folder = Folder(tmp_path, town.toml())
        done = folder.crawl("hoasua", "-o", "own.jsonl", before=small_output)
        told(done)
        assert "own.jsonl" in done.stderr
        assert "File too large" in done.stderr
        lines = (tmp_path / "own.jsonl").read_text(encoding="utf-8").splitlines()
        assert 2 < len(lines) < 30
        assert all(json.loads(line)["id"] for line in lines)
        everything_once(folder, town)


def test_a_device_that_is_full(tmp_path: Path) -> None:
    with Town(pieces(5)) as town:
        folder = Folder(tmp_path, town.toml())
        done = folder.crawl("hoasua", "-o", "/dev/full:jsonl")
        told(done)
        assert "No space left on device" in done.stderr
        everything_once(folder, town)


@pytest.mark.parametrize("kilobytes", [64, 256, 768, 2048])
def test_a_file_system_that_is_full(tmp_path: Path, kilobytes: int) -> None:
    """Store, feed and log share one small file system, as on a server; needs the right to mount one."""
    output = tmp_path / "output"
    output.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", output], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("may not mount a file system")
    try:
        with Town(pieces(300)) as town:
            folder = Folder(tmp_path, town.toml())
            done = folder.crawl()
            assert done.status in (1, 2), done.stderr
            assert "full" in done.stderr or "No space left" in done.stderr or "I/O error" in done.stderr
            assert "Traceback" not in done.stderr
            assert "Logging error" not in done.stderr
            feeds = [feed.read_text(encoding="utf-8") for feed in output.glob("*.jsonl")]
            assert all(not feed or feed.endswith("\n") for feed in feeds)
            subprocess.run(["mount", "-o", "remount,size=64m", output], check=True)
            done = folder.crawl()
            assert done.status == 0, done.stderr
            everything_once(folder, town)
    finally:
        subprocess.run(["umount", output], check=True)


def no_more_tasks() -> None:
    """Have the store fail where it is asked what comes next, which no page is to blame for."""
    from sqlalchemy.exc import OperationalError

    from wardnews.store.frontier import Frontier

    next_task, calls = Frontier.next_task, iter(range(15))

    def failing(self: Frontier, site: str, *, only_lists: bool = False) -> Task | None:
        if next(calls, None) is None:
            raise OperationalError("SELECT", None, sqlite3.OperationalError("database is locked"))
        return next_task(self, site, only_lists=only_lists)

    Frontier.next_task = failing  # type: ignore[method-assign]


def test_a_store_that_fails_between_two_pages_stops_the_run(tmp_path: Path) -> None:
    with Town(pieces(50)) as town:
        folder = Folder(tmp_path, town.toml())
        done = folder.crawl(before=no_more_tasks)
        assert done.status in (1, 4), done.stderr
        assert "stopped early: the store failed: database is locked" in done.stderr
        assert "Traceback" not in done.stderr
        assert folder.crawl().status == 0
        everything_once(folder, town)


# --- our own errors ------------------------------------------------------------------------------------------------


def breaking_layout() -> None:
    """Have the layout raise on one article, and a pipeline stage on another."""
    from wardnews.layouts import Layout
    from wardnews.pipelines import Check

    read, process_item = Layout.read_article, Check.process_item

    def read_article(self: Layout, page: Page) -> Article | None:
        if "10003" in page.url:
            raise IndexError("a layout that did not think of this")
        return read(self, page)

    def check(self: Check, item: Article) -> Article:
        if "10005" in item.url:
            raise KeyError("a stage that did not think of this")
        return process_item(self, item)

    Layout.read_article = read_article  # type: ignore[method-assign]
    Check.process_item = check  # type: ignore[method-assign]


def test_an_error_of_our_own_is_counted_named_and_kept(tmp_path: Path) -> None:
    with Town(pieces(20)) as town:
        folder = Folder(tmp_path, town.toml())
        done = folder.crawl(before=breaking_layout)
        assert done.status == 1
        assert "18 new" in done.stderr
        assert "2 errors in wardnews itself: see the log" in done.stderr
        assert "Traceback" not in done.stderr
        assert folder.reports()[0]["errors"] == 2
        failed = folder.sql("SELECT key, cause FROM pages WHERE state = 'failed' ORDER BY key")
        assert failed == [("10003", "error in wardnews itself"), ("10005", "error in wardnews itself")]
        (log,) = tmp_path.glob("output/*.log")
        assert "10003" in log.read_text(encoding="utf-8")
        assert "10005" in log.read_text(encoding="utf-8")
        folder.sql("UPDATE pages SET next_look = '2020-01-01T00:00:00Z' WHERE state = 'failed'")
        assert folder.crawl().status == 0
        everything_once(folder, town)
