"""What archives have comes out whole, once and in its order, whatever goes wrong with them."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from wardnews.practice import PracticeArchives, RateLimit, Recorded, Reply, Request, Trouble, make_history
from wardnews.practice.archives import Endpoint, TroubleKind
from wardnews.practice.history import History, Sighting
from wardnews.practice.warcs import FAULTS, write_warc
from wardnews.store import Store, articles, captures, versions, views

HISTORY = make_history(12)
SITE = "practice-archived"
COMMAND = "import json, sys\nfrom wardnews import settings\nvars(settings).update(json.loads(sys.argv.pop(1)))\nfrom wardnews.cli import main\nmain()"
NETWORK = ("wayback", "commoncrawl")

Records = list[dict[str, Any]]


@pytest.fixture
def archives() -> Iterator[PracticeArchives]:
    with PracticeArchives(HISTORY) as archives:
        yield archives


class Bench:
    """Run the command in a folder of its own against practice archives, as often as a test likes."""

    def __init__(self, folder: Path, archives: PracticeArchives | None = None, sites: str = "") -> None:
        self.folder = folder
        self.url = archives.url.rstrip("/") if archives else "http://127.0.0.1:9"
        self.sites = folder / "sites.toml"
        self.sites.write_text(sites or HISTORY.toml(), encoding="utf-8")
        self.stderr = ""

    def start(self, *arguments: str | Path, settings: Mapping[str, Any] | None = None) -> subprocess.Popen[str]:
        names = ("WAYBACK", "COMMONCRAWL_INDEX", "COMMONCRAWL_DATA")
        environment = {**os.environ, "PYTHONUTF8": "1", "COLUMNS": "120"}
        environment |= {f"WARDNEWS_{name}": self.url for name in names}
        environment |= {"WARDNEWS_ARCHIVE_DELAY": "0", "WARDNEWS_ARCHIVE_SEARCH_DELAY": "0"}
        given = json.dumps({"WARDNEWS_BACKOFF_FIRST": 0.01, **(settings or {})})
        command = [sys.executable, "-c", COMMAND, given, *map(str, arguments)]
        return subprocess.Popen(
            command, cwd=self.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
        )

    def run(self, *arguments: str | Path, settings: Mapping[str, Any] | None = None) -> int:
        with self.start(*arguments, settings=settings) as process:
            self.stdout, self.stderr = process.communicate(timeout=120)
        assert "Traceback" not in self.stderr, self.stderr
        return process.returncode

    def backfill(
        self, source: str | Path, *options: str, sites: str = SITE, settings: Mapping[str, Any] | None = None
    ) -> int:
        """Run a backfill of some portals, by keys between spaces; give the exit status."""
        arguments = ("backfill", *sites.split(), "--from", source, "--sites", self.sites, *options)
        return self.run(*arguments, settings=settings)

    def feeds(self) -> Records:
        """Give the records of all runs, in order."""
        runs = sorted(self.folder.glob("output/*.jsonl"), key=lambda path: path.stat().st_mtime_ns)
        return [json.loads(line) for run in runs for line in run.read_text(encoding="utf-8").splitlines()]

    def rows(self, table: sa.Table) -> list[Any]:
        store = Store.open(f"sqlite:///{self.folder}/output/wardnews.db")
        try:
            with store.reading() as connection:
                return list(connection.execute(sa.select(table)).all())
        finally:
            store.close()

    def records(self) -> Records:
        store = Store.open(f"sqlite:///{self.folder}/output/wardnews.db")
        try:
            return [json.loads(line) for line in store.records()]
        finally:
            store.close()

    def series(self, number: int | str, site: str = SITE) -> list[tuple[str, int]]:
        rows = sorted((row.observed_at, row.count) for row in self.rows(views) if row.article == f"{site}:{number}")
        return [(re.sub(r"\D", "", at), count) for at, count in rows]

    def told(self, number: int | str, site: str = SITE) -> list[tuple[str, list[str]]]:
        """Give the versions of an article: when, and which paragraphs."""
        own = [row for row in self.rows(versions) if row.article == f"{site}:{number}"]
        found = [json.loads(row.record) for row in sorted(own, key=lambda row: row.at)]
        assert [record["version"] for record in found] == list(range(1, len(found) + 1))
        return [(re.sub(r"\D", "", record["crawled_at"]), record["paragraphs"]) for record in found]


@pytest.fixture
def bench(archives: PracticeArchives, tmp_path: Path) -> Bench:
    return Bench(tmp_path, archives)


def seen(sightings: Iterator[Sighting] | tuple[Sighting, ...], number: int | str) -> list[Sighting]:
    """Give the sightings of an article that count: none of an English session where there are others."""
    own = [one for one in sightings if one.article.id == number]
    return [one for one in own if not one.english] or own


def expected_versions(own: list[Sighting]) -> list[tuple[str, list[str]]]:
    first = [
        one
        for before, one in zip([None, *own], own, strict=False)
        if before is None or before.article.blocks != one.article.blocks
    ]
    return [(one.timestamp, list(one.article.paragraphs)) for one in first]


def assert_rescued(bench: Bench, sightings: tuple[Sighting, ...]) -> None:
    """Check that what the captures show is what came out, no more and no less."""
    numbers = list(dict.fromkeys(one.article.id for one in sightings))
    records = bench.records()
    assert sorted(record["id"] for record in records) == sorted(f"{SITE}:{number}" for number in numbers)
    for number in numbers:
        own = seen(sightings, number)
        assert bench.told(number) == expected_versions(own)
        assert bench.series(number) == [
            (one.timestamp, one.views) for one in sightings if one.article.id == number and one.views is not None
        ]
    by_id = {record["id"]: record for record in bench.feeds()}
    assert sorted(by_id.values(), key=str) == sorted(records, key=str)
    first = Counter(record["id"] for record in bench.feeds() if record["change"] == "new")
    assert first == Counter(record["id"] for record in records)


def in_archive(source: str, archives: PracticeArchives) -> tuple[Sighting, ...]:
    """Give the sightings that an archive has: the Wayback Machine is asked for no revisits."""
    had = archives.crawled() if source == "commoncrawl" else HISTORY.captures
    names = {(one.url, one.timestamp) for one in had if not one.revisit}
    return tuple(one for one in HISTORY.sightings if (one.url, one.timestamp) in names)


def asked(archives: PracticeArchives) -> list[str]:
    return [request.path for requests in archives.requests.values() for request in requests]


# --- what there is comes out ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", NETWORK)
def test_all_that_an_archive_has_comes_out_once(source: str, archives: PracticeArchives, bench: Bench) -> None:
    assert bench.backfill(source) == 0, bench.stderr
    assert_rescued(bench, in_archive(source, archives))
    vias = {record["via"].partition(":")[0] for record in bench.feeds()}
    assert vias == {source}
    for record in bench.feeds():
        if source == "wayback":
            assert record["via"] == f"wayback:{re.sub(r'[^0-9]', '', record['crawled_at'])}"
        else:
            assert record["via"].startswith("commoncrawl:CC-MAIN-20")
    requests = asked(archives)
    assert max(Counter(requests).values()) == (1 if source == "wayback" else max(Counter(requests).values()))
    assert not [path for path in requests if "robots.txt" in path]
    assert bench.backfill(source) == 0, bench.stderr
    assert asked(archives) == requests
    assert f"{len(bench.records())} known" in bench.stderr
    assert_rescued(bench, in_archive(source, archives))
