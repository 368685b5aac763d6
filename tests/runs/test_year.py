"""A portal crawled once a day in fast motion: at the end the record is what its script wrote down before.

The short form sets the clock of each process itself. With DRILL_FAKETIME, the path of libfaketime, each run is a
process of its own whose clock that library fakes; DRILL_DAYS says how many.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.helpers.commands import Command, Folder, run, started
from tests.helpers.year import START, Portal, Script, plan
from wardnews.errors import ExitStatus

DAYS = int(os.environ.get("DRILL_DAYS", "40"))
LIBRARY = os.environ.get("DRILL_FAKETIME")


def shift(by: timedelta) -> None:
    """Set the clock of this process, as far as wardnews reads it."""

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            return super().now(tz) + by

    for module in [one for name, one in sys.modules.items() if name.startswith("wardnews")]:
        if vars(module).get("datetime") is datetime:
            module.datetime = Shifted  # type: ignore[attr-defined]
    dt.datetime = Shifted  # type: ignore[misc]


@contextmanager
def at(now: datetime, folder: Path, *arguments: str) -> Iterator[Command | subprocess.Popen[str]]:
    """Start a command at a time; wait for its end when the block is left."""
    if not LIBRARY:
        with started(folder, *arguments, before=partial(shift, now - datetime.now(dt.UTC))) as command:
            yield command
        return
    fake = {"LD_PRELOAD": LIBRARY, "FAKETIME": f"@{now:%Y-%m-%d %H:%M:%S}", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    environment = {**os.environ, **fake, "NO_FAKE_STAT": "1", "TZ": "UTC"}
    with (folder / "said.txt").open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "wardnews", *arguments],
            cwd=folder,
            env=environment,
            stdout=said,
            stderr=said,
            text=True,
        )
        try:
            yield process
        finally:
            process.wait(300)


def status_of(command: Command | subprocess.Popen[str]) -> int | None:
    return command.exitcode if isinstance(command, Command) else command.returncode


def crawled(portal: Portal, folder: Folder, day: int) -> int | None:
    """Crawl as on a day of the script; return the exit status."""
    named = ("hoasua", "--sites", "sites.toml", "--store", folder.store)
    script, now = portal.script, START + timedelta(days=day, hours=1) + portal.script.clocks.get(day, timedelta())
    portal.today = day
    if day in script.killed:
        with portal.held(4), at(now, folder.path, "crawl", *named) as command:
            portal.reached.wait(60)
            command.kill()
    if day in script.overlapping:
        with portal.held(0), at(now, folder.path, "crawl", *named) as first:
            portal.reached.wait(60)
            with at(now, folder.path, "crawl", *named) as second:
                pass
            portal.gate.set()
        assert status_of(second) == ExitStatus.LOCKED
        return status_of(first)
    with at(now, folder.path, "crawl", *named) as command:
        pass
    if day in script.joined:
        with at(now, folder.path, "join", *named, "--apply"):
            pass
    return status_of(command)


def year(portal: Portal, folder: Folder) -> tuple[dict[int, int | None], dict[int, list[str]]]:
    """Crawl day by day; return the exit statuses and what was asked for."""
    statuses, asked = {}, {}
    for day in range(portal.script.days):
        statuses[day] = crawled(portal, folder, day)
        asked[day] = portal.asked()
    return statuses, asked


def lines(folder: Folder, *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run(folder.path, *arguments, "--store", folder.store).stdout.splitlines()]


def check_records(script: Script, folder: Folder) -> None:
    last = script.days - 1
    found = lines(folder, "export")
    assert Counter(one["title"] for one in found) == Counter(one.title(last) for one in script.pieces)
    by_title = {one["title"]: one for one in found}
    gone = {one["title"] for one in found if one["change"] == "gone"}
    assert gone == {one.title(last) for one in script.pieces if not one.is_there(last)}
    versions = {one.title(last): by_title[one.title(last)]["version"] for one in script.pieces}
    assert versions == {one.title(last): one.seen for one in script.pieces}
    for replayed in (
        [one["record"] for one in lines(folder, "changes")],
        [one for feed in folder.feeds() for one in feed],
    ):
        left = {one["id"]: one for one in replayed}
        joined = {name for name, one in left.items() if "joined" in one["flags"]}
        assert set(left) - joined == {one["id"] for one in found}
        assert all(left[one["id"]]["content_hash"] == one["content_hash"] for one in found)


def check_views(script: Script, folder: Folder) -> None:
    titles = {one["id"]: one["title"] for one in lines(folder, "export")}
    pieces = {one.title(script.days - 1): one for one in script.pieces}
    series: dict[str, list[int]] = {}
    for name, count in folder.sql("SELECT article, count FROM views ORDER BY article, observed_at"):
        series.setdefault(name, []).append(count)
    assert set(series) == set(titles)
    for name, counts in series.items():
        piece = pieces[titles[name]]
        assert counts == sorted(counts), (name, counts)
        assert all(piece.views(piece.first_day) <= count <= piece.views(script.days) for count in counts)


def check_requests(script: Script, asked: dict[int, list[str]]) -> None:
    for day, paths in asked.items():
        twice = [path for path, count in Counter(path for path in paths if path.endswith(".html")).items() if count > 1]
        assert len(twice) <= len(script.killed & {day}), (day, twice)
    events = {*script.outages, *script.clocks, *script.killed, *script.overlapping, script.redesign, script.rebuilt, 0}
    quiet = [len(paths) for day, paths in asked.items() if not events & {day, day - 1, day - 2}]
    assert median(quiet) <= 12, quiet


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_year_in_fast_motion(tmp_path: Path, request: pytest.FixtureRequest, kind: str) -> None:
    if kind == "postgresql" and "DRILL_DAYS" not in os.environ:
        pytest.skip("as a drill alone")
    store = request.getfixturevalue("postgres_url") if kind == "postgresql" else "sqlite:///output/wardnews.db"
    script = plan(DAYS)
    with Portal(script) as portal:
        folder = Folder(tmp_path, portal.toml(), store)
        statuses, asked = year(portal, folder)
        sys.stdout.write(f"{statuses}\n{ {day: len(paths) for day, paths in asked.items()} }\n")
        assert {day for day, status in statuses.items() if status} == script.alarms()
        assert set(statuses.values()) == {ExitStatus.FINE, ExitStatus.SICK}
        check_records(script, folder)
        check_views(script, folder)
        check_requests(script, asked)
