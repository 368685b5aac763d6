"""What archives have comes out whole, once and in its order, whatever goes wrong with them."""

from __future__ import annotations

import asyncio
import io
import itertools
import json
import os
import random
import re
import signal
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rich.console import Console
from scrapy import signals
from scrapy.crawler import Crawler

from tests.doubles import PracticeArchives, RateLimit, Recorded, Trouble, make_history
from tests.doubles.archives import INSTEAD, SPOILING, Endpoint, TroubleKind
from tests.doubles.history import LISTINGS, MAINTENANCE, WAVES, Sighting
from tests.doubles.warcs import FAULTS, write_warc
from tests.helpers.commands import Command, read_feed, started
from wardnews import layouts
from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.plan import Plan, in_words, seconds_left
from wardnews.cli.standing import gaps_table
from wardnews.demo import PracticePortal, Reply, Request
from wardnews.demo.web import HTML
from wardnews.reading.capture import Reading, read_capture
from wardnews.reading.parallel import read_all
from wardnews.reports.gaps import NO_MONTH, SectionGaps
from wardnews.settings import EXTENSIONS_BASE
from wardnews.sites import Site
from wardnews.store import queries
from wardnews.store.database import Store
from wardnews.store.tables import articles, captures, runs, versions, views

HISTORY = make_history(8)
SITE = "practice-archived"
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

    @contextmanager
    def started(self, *arguments: str | Path, settings: Mapping[str, Any] | None = None) -> Iterator[Command]:
        """Start the command; wait for its end, and hold what it wrote, when the block is left."""
        names = ("WAYBACK", "COMMONCRAWL_INDEX", "COMMONCRAWL_DATA")
        environment = {f"WARDNEWS_{name}": self.url for name in names}
        environment |= {"WARDNEWS_ARCHIVE_DELAY": "0", "WARDNEWS_ARCHIVE_SEARCH_DELAY": "0"}
        given = {"WARDNEWS_BACKOFF_FIRST": 0.01, "WARDNEWS_BACKOFF_MOST": 0.2, **(settings or {})}
        with started(self.folder, *arguments, settings=given, environment=environment) as command:
            yield command
        self.stdout, self.stderr = command.stdout, command.stderr

    def run(self, *arguments: str | Path, settings: Mapping[str, Any] | None = None) -> int | None:
        """Run the command to its end; give its exit status."""
        with self.started(*arguments, settings=settings) as command:
            pass
        assert "Traceback" not in self.stderr, self.stderr
        return command.exitcode

    def backfill(
        self, source: str | Path, *options: str, sites: str = SITE, settings: Mapping[str, Any] | None = None
    ) -> int | None:
        """Run a backfill of some portals, by keys between spaces; give the exit status."""
        arguments = ("backfill", *sites.split(), "--from", source, "--sites", self.sites, *options)
        return self.run(*arguments, settings=settings)

    def feeds(self) -> Records:
        """Give the records of all runs, in order."""
        names = [row.name for row in sorted(self.rows(runs), key=lambda row: row.began)]
        files = [file for name in names if (file := self.folder / "output" / f"{name}.jsonl").exists()]
        return [record for file in files for record in read_feed(file)]

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
            return [json.loads(line) for line in queries.records(store)]
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


def notices(source: str, archives: PracticeArchives) -> int:
    """Count the notices of maintenance under articles' addresses: they are unreadable."""
    return sum(one.body == MAINTENANCE for one in (archives.crawled() if source == "commoncrawl" else HISTORY.captures))


def asked(archives: PracticeArchives) -> list[tuple[str, str]]:
    return [(one.path, one.header("Range")) for requests in archives.requests.values() for one in requests]


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
    assert max(Counter(requests).values()) == 1
    assert not [path for path, _ in requests if "robots.txt" in path]
    assert bench.backfill(source) == 0, bench.stderr
    assert asked(archives) == requests
    assert f"{len(bench.records())} known" in bench.stderr
    assert_rescued(bench, in_archive(source, archives))


@pytest.mark.parametrize("source", NETWORK)
def test_ten_kills_lose_and_double_nothing(source: str, archives: PracticeArchives, bench: Bench) -> None:
    dice = random.Random(7)
    arguments = ("backfill", SITE, "--from", source, "--sites", bench.sites)
    for _ in range(10):
        before, more = len(asked(archives)), dice.randint(1, 9)
        with bench.started(*arguments) as process:
            while len(asked(archives)) < before + more and process.is_alive():
                process.join(0.002)
            process.kill()
    assert bench.backfill(source) == 0, bench.stderr
    assert_rescued(bench, in_archive(source, archives))
    repeated = Counter(asked(archives))
    assert sum(repeated.values()) - len(repeated) <= 10


def test_searches_go_on_where_they_were_cut_off(archives: PracticeArchives, bench: Bench) -> None:
    """A page of seven captures: each resume key is asked for once, also by runs that follow a kill."""
    assert bench.backfill("wayback", "--plan", settings={"WARDNEWS_WAYBACK_ROWS": 7}) == 0, bench.stderr
    searches = [request.path for request in archives.requests["cdx"]]
    assert len(searches) > 5
    assert len(set(searches)) == len(searches)
    assert not archives.requests["web"]
    assert bench.backfill("wayback") == 0, bench.stderr
    assert len(archives.requests["cdx"]) == len(searches)
    assert_rescued(bench, in_archive("wayback", archives))


def test_a_search_that_was_killed_between_two_hosts_is_gone_on_with(tmp_path: Path) -> None:
    """All searches are in the books before the first: the second host is not forgotten."""
    other = "songhong.example"
    captures = tuple(
        replace(one, url=one.url.replace(HISTORY.host, other)) if one.timestamp > "2023" else one
        for one in HISTORY.captures
    )
    sites = f'{HISTORY.toml()}hosts = ["{other}"]\n'
    with PracticeArchives(replace(HISTORY, captures=captures)) as archives:
        bench = Bench(tmp_path, archives, sites)

        def hang(endpoint: Endpoint, request: Request) -> Reply | None:
            if endpoint == "cdx" and len(archives.requests["cdx"]) == 2:
                process.kill()
                wait([process.sentinel], 60)
            return None

        archives.intercept = hang
        with bench.started("backfill", SITE, "--from", "wayback", "--sites", bench.sites) as process:
            pass
        archives.intercept = None
        assert bench.backfill("wayback") == 0, bench.stderr
        assert {request.path.partition("url=")[2].partition("&")[0] for request in archives.requests["cdx"]} == {
            HISTORY.host,
            other,
        }
        numbers = {f"{SITE}:{one.article.id}" for one in HISTORY.sightings}
        assert {record["id"] for record in bench.records()} == numbers
        assert Counter(record["change"] for record in bench.feeds())["new"] == len(numbers)


# --- when things go wrong ---------------------------------------------------------------------------------------------

PASSING: list[tuple[str, Endpoint, TroubleKind]] = [
    ("wayback", "cdx", "429 without Retry-After"),
    ("wayback", "cdx", "503"),
    ("wayback", "cdx", "hang up"),
    ("wayback", "cdx", "error page"),
    ("wayback", "cdx", "torn"),
    ("wayback", "cdx", "torn on the wire"),
    ("wayback", "web", "503"),
    ("wayback", "web", "hang up"),
    ("wayback", "web", "error page"),
    ("wayback", "web", "torn"),
    ("wayback", "web", "torn on the wire"),
    ("wayback", "web", "other bytes"),
    ("commoncrawl", "index", "503"),
    ("commoncrawl", "index", "torn"),
    ("commoncrawl", "index", "error page"),
    ("commoncrawl", "data", "whole file"),
    ("commoncrawl", "data", "503"),
    ("commoncrawl", "data", "torn"),
    ("commoncrawl", "data", "other bytes"),
    ("commoncrawl", "data", "hang up"),
]


@pytest.mark.parametrize("source", NETWORK)
def test_trouble_that_passes_costs_nothing(source: str, archives: PracticeArchives, bench: Bench) -> None:
    waiting = [(endpoint, kind) for kind_of, endpoint, kind in PASSING if kind_of == source]

    def make_trouble(endpoint: Endpoint, _request: Request) -> None:
        """Let each second request of a kind go wrong, as long as there are troubles."""
        mine = [one for one in waiting if one[0] == endpoint]
        if mine and len(archives.requests[endpoint]) % 2 == 0:
            waiting.remove(mine[0])
            archives.troubles.append(Trouble(*mine[0]))

    archives.intercept = make_trouble
    archives.troubles = [Trouble("collinfo", "error page"), Trouble("collinfo", "torn")][: 2 * (source != "wayback")]
    assert bench.backfill(source, settings={"WARDNEWS_WAYBACK_ROWS": 5}) == 0, bench.stderr
    assert not waiting
    assert not archives.troubles
    assert f" {notices(source, archives)} failed" in bench.stderr
    assert_rescued(bench, in_archive(source, archives))


@pytest.mark.parametrize(
    ("source", "endpoint", "kind", "cause"),
    [
        ("wayback", "web", "503", "HTTP status 503"),
        ("wayback", "web", "404", "the archive does not have it after all"),
        ("wayback", "web", "other bytes", "wrong digest"),
        ("wayback", "web", "torn", "wrong digest"),
        ("wayback", "web", "torn on the wire", "page cut short"),
        ("commoncrawl", "data", "404", "the archive does not have it after all"),
        ("commoncrawl", "data", "torn", "torn: the file ends in the middle of it"),
        ("commoncrawl", "data", "hang up", "connection failed"),
    ],
)
def test_a_capture_that_cannot_be_had_is_told_and_tried_again_by_the_next_run(
    source: str, endpoint: Endpoint, kind: TroubleKind, cause: str, archives: PracticeArchives, bench: Bench
) -> None:
    had = in_archive(source, archives)
    (sighting,) = [one for one in had if one.url.startswith("https:")][:1]
    if source == "wayback":
        match = f"{sighting.timestamp}id_"
        archives.troubles.append(Trouble(endpoint, kind, times=100, match=match))
    else:
        ranges: list[str] = []

        def spoil(asked_of: Endpoint, request: Request) -> Reply | None:
            if asked_of != "data" or request.header("Range") not in (ranges or [request.header("Range")]):
                return None
            ranges[:] = [request.header("Range")]
            if kind == "hang up":
                raise ConnectionError
            return INSTEAD[kind] if kind in INSTEAD else SPOILING[kind](archives._data(request, whole=False))  # noqa: SLF001

        archives.intercept = spoil
    assert bench.backfill(source) == 0, bench.stderr
    assert f"  {cause}: 1 page\n" in bench.stderr
    assert f", {1 + notices(source, archives)} failed," in bench.stderr
    failed = [row for row in bench.rows(captures) if row.state == "failed"]
    assert [row.cause for row in failed] == [cause]
    archives.troubles.clear()
    archives.intercept = None
    before = len(asked(archives))
    assert bench.backfill(source) == 0, bench.stderr
    assert len(asked(archives)) == before + 1
    assert_rescued(bench, had)


def test_another_capture_in_place_of_the_one_that_was_asked_for(archives: PracticeArchives, bench: Bench) -> None:
    """The Wayback Machine leads on to the capture next to the one that it cannot find."""
    first, second = [one for one in in_archive("wayback", archives) if one.article.id == HISTORY.ids()[1]][:2]

    def lead_on(endpoint: Endpoint, request: Request) -> Reply | None:
        if endpoint == "web" and f"{first.timestamp}id_" in request.path:
            there = f"{archives.url}web/{second.timestamp}id_/{second.url}"
            return Reply(302, b"", headers=(("Location", there),))
        return None

    archives.intercept = lead_on
    assert bench.backfill("wayback") == 0, bench.stderr
    assert "the archive gave another capture in its place: 1 page" in bench.stderr
    assert_rescued(bench, tuple(one for one in in_archive("wayback", archives) if one != first))


@pytest.mark.parametrize(
    ("source", "endpoint", "kind", "cause"),
    [
        ("wayback", "cdx", "error page", "wayback: an answer that is no list of captures"),
        ("wayback", "cdx", "hang up", "wayback: connection failed"),
        ("wayback", "web", "503", "wayback does not answer; the next run goes on"),
        ("commoncrawl", "collinfo", "503", "commoncrawl: HTTP status 503"),
        ("commoncrawl", "index", "torn", "commoncrawl: an answer that is no list of captures"),
        ("commoncrawl", "data", "hang up", "commoncrawl does not answer; the next run goes on"),
    ],
)
def test_a_sick_archive_is_told_and_the_next_run_goes_on(
    source: str, endpoint: Endpoint, kind: TroubleKind, cause: str, archives: PracticeArchives, bench: Bench
) -> None:
    archives.troubles.append(Trouble(endpoint, kind, times=10**6))
    assert bench.backfill(source) == 3, bench.stderr
    assert f"unhealthy: {cause}" in bench.stderr
    assert len(asked(archives)) < 120
    archives.troubles.clear()
    assert bench.backfill(source) == 0, bench.stderr
    assert_rescued(bench, in_archive(source, archives))


def test_the_limit_of_searches_is_obeyed_with_the_pause_that_is_asked_for(
    archives: PracticeArchives, bench: Bench
) -> None:
    archives.limit = RateLimit(requests=3, seconds=3.0)
    assert bench.backfill("wayback", settings={"WARDNEWS_WAYBACK_ROWS": 12, "WARDNEWS_BACKOFF_MOST": 9.0}) == 0, (
        bench.stderr
    )
    assert archives.limit.refused >= 1
    assert archives.limit.ignored == 0
    assert_rescued(bench, in_archive("wayback", archives))


def test_the_limit_of_searches_is_obeyed_without_a_pause_that_is_asked_for(
    archives: PracticeArchives, bench: Bench
) -> None:
    archives.limit = RateLimit(requests=3, seconds=2.0, retry_after=False)
    settings = {"WARDNEWS_WAYBACK_ROWS": 12, "WARDNEWS_BACKOFF_FIRST": 2.1, "WARDNEWS_BACKOFF_MOST": 9.0}
    assert bench.backfill("wayback", settings=settings) == 0, bench.stderr
    assert archives.limit.refused >= 1
    assert archives.limit.ignored == 0
    assert_rescued(bench, in_archive("wayback", archives))


def test_an_archive_that_asks_to_be_left_alone_for_an_hour_is(archives: PracticeArchives, bench: Bench) -> None:
    refusal = Reply(429, b"", headers=(("Retry-After", "3600"),))
    archives.intercept = lambda endpoint, _: refusal if endpoint == "cdx" else None
    assert bench.backfill("wayback") == 3, bench.stderr
    assert "unhealthy: wayback: asks to be left alone for 3600 s" in bench.stderr
    assert len(archives.requests["cdx"]) == 1
    archives.intercept = lambda endpoint, _: refusal if endpoint == "web" else None
    assert bench.backfill("wayback") == 3, bench.stderr
    assert "unhealthy: wayback: asks to be left alone for 3600 s" in bench.stderr
    assert len(archives.requests["web"]) == 1
    assert {row.tries for row in bench.rows(captures)} == {0}


def test_a_backfill_that_is_stopped_says_so_and_goes_on(archives: PracticeArchives, bench: Bench) -> None:
    arguments = ("backfill", SITE, "--from", "wayback", "--sites", bench.sites)
    with bench.started(*arguments, settings={"WARDNEWS_ARCHIVE_DELAY": 0.2}) as process:
        while len(archives.requests["web"]) < 5 and process.is_alive():
            process.join(0.01)
        process.send(signal.SIGINT)
    assert process.exitcode == 4, bench.stderr
    assert "Traceback" not in bench.stderr
    assert "stopped early: shutdown" in bench.stderr
    assert not [row for row in bench.rows(captures) if row.state == "failed" or row.tries]
    assert bench.backfill("wayback") == 0, bench.stderr
    assert_rescued(bench, in_archive("wayback", archives))
    assert len(archives.requests["web"]) <= len(set(asked(archives))) + 1


class StopsAtAnArticle:
    """Stop the run while an article is on its way through the pipelines, and hold it there until all else has ended."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        crawler.signals.connect(self.scraped, signal=signals.item_scraped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StopsAtAnArticle:
        return cls(crawler)

    async def scraped(self) -> None:
        engine = self.crawler.engine
        assert engine
        assert engine.scraper.slot
        if engine.running:
            self.stopping = asyncio.ensure_future(engine.stop_async())
        deadline = time.monotonic() + 30
        while not engine.scraper.slot.closing and time.monotonic() < deadline:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0)


@pytest.mark.parametrize("source", ["wayback", "path"])
def test_a_run_that_is_stopped_at_an_article_ends(
    archives: PracticeArchives, tmp_path: Path, bench: Bench, source: str
) -> None:
    extensions = {**EXTENSIONS_BASE, f"{__name__}.StopsAtAnArticle": 600}
    warc = tmp_path / "pages.warc.gz"
    write_warc(warc, HISTORY.captures)
    path = warc if source == "path" else source
    assert bench.backfill(path, settings={"EXTENSIONS": extensions}) == 4, bench.stderr
    assert "stopped early" in bench.stderr
    assert len(bench.feeds()) == len(bench.records()) == 1
    assert bench.backfill(path) == 0, bench.stderr


def test_days_that_were_not_asked_for_are_left_to_a_run_that_asks(archives: PracticeArchives, bench: Bench) -> None:
    published = {f"{SITE}:{one.article.id}": one.article.published.date().isoformat() for one in HISTORY.sightings}
    since = sorted(published.values())[len(published) // 2]
    assert bench.backfill("wayback", "--since", since) == 0, bench.stderr
    assert {record["id"] for record in bench.records()} == {name for name, day in published.items() if day >= since}
    before = len(asked(archives))
    assert bench.backfill("wayback", "--since", since) == 0, bench.stderr
    assert len(asked(archives)) == before
    assert bench.backfill("wayback") == 0, bench.stderr
    assert_rescued(bench, in_archive("wayback", archives))


# --- in whatever order, from wherever ---------------------------------------------------------------------------------


def end_state(bench: Bench) -> dict[str, Any]:
    """Give what must not depend on the order of the runs."""
    rows = {row.id: row for row in bench.rows(articles)}
    numbers = [name.partition(":")[2] for name in rows]
    return {
        name: (rows[f"{SITE}:{name}"].first_seen, rows[f"{SITE}:{name}"].views, bench.told(name), bench.series(name))
        for name in numbers
    }


def test_the_order_of_sources_makes_no_difference(archives: PracticeArchives, tmp_path: Path) -> None:
    warc = tmp_path / "hoasua.warc.gz"
    write_warc(warc, HISTORY.captures)
    sources: dict[str, str | Path] = {"wayback": "wayback", "commoncrawl": "commoncrawl", "warc": warc}
    states = []
    for order in (
        ("wayback", "commoncrawl", "warc"),
        ("warc", "commoncrawl", "wayback"),
        ("commoncrawl", "warc", "wayback"),
    ):
        folder = tmp_path / "-".join(order)
        folder.mkdir()
        bench = Bench(folder, archives)
        for source in order:
            assert bench.backfill(sources[source]) == 0, bench.stderr
        states.append(end_state(bench))
        assert_rescued(bench, HISTORY.sightings)
    assert states[0] == states[1] == states[2]


def test_captures_after_a_host_passed_on_are_not_the_old_portals(archives: PracticeArchives, tmp_path: Path) -> None:
    """The same host: one portal until 2022, the other since."""
    other = f'[other]\nname = "Phường Hoa Sữa"\nurl = "http://{HISTORY.host}/"\nopened = 2022-07-01\n'
    sites = HISTORY.toml().replace("2025-07-01", "2022-07-01") + other
    bench = Bench(tmp_path, archives, sites)
    assert bench.backfill("wayback") == 0, bench.stderr
    assert {record["crawled_at"][:4] for record in bench.feeds()} <= {"2021", "2022"}
    old = {record["id"].partition(":")[2] for record in bench.records()}
    assert old == {str(one.article.id) for one in in_archive("wayback", archives) if one.timestamp < "2022070"}
    assert bench.backfill("wayback", sites="other") == 0, bench.stderr
    new = [record for record in bench.records() if record["site"] == "other"]
    assert new
    assert min(record["first_seen"] for record in new) > "2022-07"


# --- files and folders ------------------------------------------------------------------------------------------------


def test_a_spoilt_warc_is_read_as_far_as_it_can_be(tmp_path: Path) -> None:
    """Each fault a few times; no page is read again by the second run."""
    warc = tmp_path / "hoasua.warc.gz"
    written = write_warc(warc, HISTORY.captures, FAULTS, every=3, torn=True)
    bench = Bench(tmp_path)
    assert bench.backfill(warc) == 0, bench.stderr
    assert_rescued(bench, tuple(one for one in HISTORY.sightings if one.timestamp < HISTORY.captures[-1].timestamp))
    assert {record["via"] for record in bench.feeds()} == {"warc:hoasua.warc.gz"}
    for cause in (
        "wrong digest",
        "torn: the file ends in the middle of it",
        "a revisit of a page that is not in these files",
    ):
        assert f"  {cause}: " in bench.stderr
    unreadable = sum(row.state == "unreadable" for row in bench.rows(captures))
    assert f" {written['spoilt'] + unreadable} failed" in bench.stderr
    before = bench.feeds()
    assert bench.backfill(warc) == 0, bench.stderr
    assert f"{SITE}: 0 pages" in bench.stderr
    assert bench.feeds() == before


def test_kills_while_a_warc_is_read(tmp_path: Path) -> None:
    """Nothing is lost or doubled, and no process stays behind."""
    warc = tmp_path / "hoasua.warc.gz"
    write_warc(warc, HISTORY.captures)
    bench, dice = Bench(tmp_path), random.Random(3)

    def settled() -> int:
        return sum(row.state != "todo" for row in bench.rows(captures))

    for _ in range(int(os.environ.get("DRILL_KILLS", "4"))):
        with bench.started("backfill", SITE, "--from", warc, "--sites", bench.sites) as process:
            while len(_workers(tmp_path)) < 2 and process.is_alive():
                process.join(0.01)
            enough = settled() + dice.randint(0, 20)
            while settled() < enough and process.is_alive():
                process.join(0.01)
            process.kill()
    deadline = time.monotonic() + 60
    while (left := _workers(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left
    assert bench.backfill(warc) == 0, bench.stderr
    assert_rescued(bench, HISTORY.sightings)


def _workers(folder: Path) -> list[str]:
    """Name the processes that run in a folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):
            if place.readlink() == folder:
                found.append(place.parent.name)
    return found


def test_a_wacz_file(tmp_path: Path) -> None:
    warc, wacz = tmp_path / "data.warc.gz", tmp_path / "hoasua.wacz"
    write_warc(warc, HISTORY.captures)
    with zipfile.ZipFile(wacz, "w") as archive:
        archive.write(warc, "archive/data.warc.gz")
        archive.writestr("datapackage.json", json.dumps({"resources": []}))
    bench = Bench(tmp_path)
    assert bench.backfill(wacz) == 0, bench.stderr
    assert_rescued(bench, HISTORY.sightings)
    assert {record["via"] for record in bench.feeds()} == {"warc:hoasua.wacz/archive/data.warc.gz"}


def test_a_folder_as_wget_mirrors_it_with_a_text_and_other_files(tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    latest = {
        one.url: one
        for one in HISTORY.captures
        if not one.url.endswith("/vi")
        and one.status == 200
        and one.media_type.startswith("text/html")
        and "?" not in one.url
        and one.url.startswith(f"http://{HISTORY.host}/")
        and "bảo trì".encode() not in one.body
        and not dict(one.headers).get("Content-Encoding")
    }
    for one in latest.values():
        file = mirror / one.url.removeprefix("http://")
        file = file / "index.html" if one.url.endswith("/") else file
        if not file.suffix:
            file = file.with_name(f"{file.name}.html")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(one.body)
    shown = {
        one.article.id for one in HISTORY.sightings if one.url in latest and latest[one.url].timestamp == one.timestamp
    }
    (mirror / "bai.txt").write_text(
        "Tin nổi bật\n\nKhai mạc hội chợ\nNgày đăng 05/04/2021 | 17:15\n\nSáng 5/4, hội chợ khai mạc tại nhà văn hóa phường.",
        encoding="utf-8",
    )
    (mirror / "ghi-chu.txt").write_text("Ghi chú\n\nCác trang này lưu bằng wget.", encoding="utf-8")
    (mirror / "anh.jpg").write_bytes(b"\xff\xd8\xff")
    bench = Bench(tmp_path)
    assert bench.backfill(mirror) == 0, bench.stderr
    found = {record["id"].partition(":")[2]: record for record in bench.records()}
    text = next(record for record in found.values() if record["layout"] == "text")
    assert set(found) == {str(number) for number in shown} | {text["id"].partition(":")[2]}
    assert (text["title"], text["published"], text["via"]) == (
        "Khai mạc hội chợ",
        "2021-04-05T17:15+07:00",
        "file:bai.txt",
    )
    assert "a text without a header line that says the day: 1 page" in bench.stderr
    before = bench.feeds()
    assert bench.backfill(mirror) == 0, bench.stderr
    assert f"{SITE}: 0 pages" in bench.stderr or f"{SITE}: 1 pages" in bench.stderr
    assert bench.feeds() == before


# --- what is missing, what it costs -----------------------------------------------------------------------------------


def test_gaps_add_up(tmp_path: Path) -> None:
    """Three articles were never captured, of one there is a notice of maintenance alone, one cannot be had."""
    history = make_history(24)
    listed = {
        one.article.id: one.article
        for one in history.sightings
        if one.article.published < WAVES[0] and f"/{one.article.section_path}" in LISTINGS
    }
    never, unreadable, failed = list(listed)[:3], list(listed)[4], list(listed)[6]

    def kept(capture: Recorded) -> Recorded | None:
        number = next((number for number in listed if str(number) in capture.url), None)
        if number in never:
            return None
        return (
            replace(capture, status=200, media_type=HTML, body=MAINTENANCE, headers=(), revisit=False)
            if number == unreadable
            else capture
        )

    captures_left = tuple(one for one in map(kept, history.captures) if one)
    with PracticeArchives(replace(history, captures=captures_left)) as archives:
        archives.intercept = lambda endpoint, request: (
            INSTEAD["404"] if endpoint == "web" and str(failed) in request.path else None
        )
        bench = Bench(tmp_path, archives)
        assert bench.backfill("wayback") == 0, bench.stderr
    assert bench.run("gaps", SITE, "--json", "--sites", bench.sites) == 0
    sections = {one["section"]: one for one in json.loads(bench.stdout)}
    states = ("got", "unreadable", "failed", "never_captured", "to_do")
    for one in sections.values():
        assert sum(one[state] for state in states) == one["listed"]
        assert sum(sum(month.values()) for month in one["months"].values()) == one["listed"]
        assert one["unlisted"] == max(0, (one["promised"] or 0) - one["listed"])
    seen_in: Counter[tuple[str, str]] = Counter()
    for number, article in listed.items():
        state = (
            "never_captured"
            if number in never
            else "unreadable"
            if number == unreadable
            else "failed"
            if number == failed
            else "got"
        )
        seen_in[article.section_path, state] += 1
    for path in {article.section_path for article in listed.values()}:
        section = sections.get(f"http://{history.host}/{path}")
        if section:
            for state in ("unreadable", "failed", "never_captured"):
                assert section[state] == seen_in[path, state], (path, state)
    assert {one["section"] for one in sections.values()} >= {
        f"http://{history.host}/{listed[number].section_path}" for number in never
    }
    assert sum(row.state == "failed" for row in bench.rows(captures)) == sum(
        str(failed) in one.url and one.status == 200 and not one.revisit for one in captures_left
    )
    assert bench.run("gaps", SITE, "--sites", bench.sites) == 0
    assert "█" in bench.stdout
    assert "missing" in bench.stdout
    assert "(trang-chu)" in bench.stdout  # two sections call themselves alike


def test_gaps_of_a_live_crawl(portal: PracticePortal, sites_file: Path, tmp_path: Path) -> None:
    lost = portal.of("liferay")[3]
    portal.intercept = lambda _, request: Reply(500, b"") if str(lost.id) in request.path else None
    bench = Bench(tmp_path)
    assert bench.run("crawl", "practice-liferay", "--sites", sites_file, settings={"DOWNLOAD_DELAY": 0}) == 0
    assert bench.run("gaps", "practice-liferay", "--json", "--sites", sites_file) == 0
    sections = json.loads(bench.stdout)
    assert sum(one["failed"] for one in sections if one["section"].endswith(lost.section_path)) == 1
    assert sum(one["never_captured"] + one["unreadable"] for one in sections) == 0


def test_sections_of_one_name_are_told_apart_and_quiet_months_from_missing_ones() -> None:
    section = SectionGaps("http://a.example/tin", "Tin", 12, 4)
    for month, state in (("2021-11", "got"), ("2022-02", "failed"), ("2022-02", "got"), (NO_MONTH, "to do")):
        section.months[month][state] += 1
    assert list(section.lines()) == [
        "2021 ··········█·",
        "2022 ·▄·········· 1 missing",
        "1 missing, undated",
        "8 more promised",
    ]
    screen = Console(width=60, file=io.StringIO())
    screen.print(gaps_table([section]))
    assert "2022 ·▄·········· 1" in screen.file.getvalue()  # type: ignore[attr-defined]


def test_a_plan_says_what_there_is_and_reads_nothing(archives: PracticeArchives, bench: Bench) -> None:
    assert bench.backfill("wayback", "--plan") == 0, bench.stderr
    assert not archives.requests["web"]
    assert bench.feeds() == []
    (log,) = (bench.folder / "output").glob("*.log")
    told = log.read_text(encoding="utf-8")
    number = len(bench.rows(captures))
    assert f"{SITE}: wayback has {number} captures of " in told
    assert "distinct articles" in told
    assert f"to do: {number} requests, less than a minute at one every 0.5 s" in told
    assert bench.backfill("wayback") == 0, bench.stderr
    assert bench.backfill("wayback", "--plan") == 0, bench.stderr


def test_an_archive_that_has_nothing_is_not_sick(tmp_path: Path) -> None:
    with PracticeArchives(replace(HISTORY, captures=HISTORY.captures[:12])) as archives:
        bench = Bench(tmp_path, archives, HISTORY.toml().replace(HISTORY.host, "nowhere.example"))
        for source in NETWORK:
            assert bench.backfill(source) == 0, bench.stderr


def test_a_plan_of_files_says_what_is_in_them_and_reads_nothing(tmp_path: Path, bench: Bench) -> None:
    warc = tmp_path / "pages.warc.gz"
    write_warc(warc, HISTORY.captures)
    assert bench.backfill(warc, "--plan") == 0, bench.stderr
    planned = re.search(
        r"has (\d+) captures of (\d+) pages .*\n.*addresses (\d+) distinct articles\n.*to do: (\d+) captures;",
        bench.stderr,
    )
    assert planned, bench.stderr
    assert planned[1] == planned[4]
    assert int(planned[3]) == len({one.article.id for one in HISTORY.sightings})
    assert bench.records() == []
    assert bench.backfill(warc) == 0, bench.stderr
    assert bench.backfill(warc, "--plan") == 0, bench.stderr
    assert f"read before: {planned[3]} articles" in bench.stderr
    assert "nothing left to do" in bench.stderr


def test_the_lines_of_a_plan() -> None:
    plan = Plan(20_000, 15_000, 4_000, 3_100, 1_200, 450_000_000, {"2021": 12_000, "2022": 8_000})
    assert list(plan.lines("wayback", 1.0)) == [
        "wayback has 20,000 captures of 4,000 pages (2021: 12,000, 2022: 8,000)",
        "by their addresses 3,100 distinct articles",
        "read before: 1,200 articles",
        "to do: 15,000 requests, about 4 h 10 min at one every 1 s",
        "to download: 450.0 MB; on disk: up to 570.0 MB",
    ]
    assert list(Plan().lines("wayback", 1.0)) == ["wayback has nothing of it"]
    assert list(Plan(1, 0, 1, 1, 1).lines("wayback", 1.0))[-1] == "nothing left to do"


def test_the_time_left_is_told_by_the_last_minutes_and_does_not_jump() -> None:
    assert seconds_left([], 5) is None
    assert seconds_left([(0.0, 0), (20.0, 40)], 100) is None
    assert seconds_left([(0.0, 0), (40.0, 3)], 100) is None
    assert seconds_left([(0.0, 0), (40.0, 40)], 100) == 100.0
    assert seconds_left([(0.0, 0)], 0) == 0.0
    # It was fast once; what counts is how it goes now.
    marks = [(float(at), 10 * at) for at in range(0, 600, 5)] + [
        (float(at), 6_000 + (at - 600)) for at in range(600, 1_200, 5)
    ]
    assert seconds_left(marks, 1_000) == 1_000.0
    dice = random.Random(1)
    now, done, told = 0.0, 0, []
    marks = []
    for _ in range(1_000):
        now, done = now + dice.uniform(0.5, 2.0), done + 1
        marks.append((now, done))
        told.append(seconds_left(marks, 5_000 - done))
    real = [1.25 * (5_000 - number) for number in range(1, 1_001)]
    assert all(abs(guess - truth) / truth < 0.15 for guess, truth in zip(told[200:], real[200:], strict=True) if guess)
    words = [in_words(guess) for guess in told[200:] if guess]
    assert sum(one != other for one, other in itertools.pairwise(words)) < 60


@pytest.mark.parametrize("kind", ["folder", "picture", "garbage"])
def test_a_path_with_nothing_in_it_is_told(kind: str, tmp_path: Path) -> None:
    path = tmp_path / ("empty" if kind == "folder" else "a.jpg" if kind == "picture" else "garbage")
    path.mkdir() if kind == "folder" else path.write_bytes(b"\0\1\2 no page at all")
    bench = Bench(tmp_path)
    assert bench.backfill(path) == 3, bench.stderr
    assert "unhealthy: no WARC or WACZ file and no saved page is in it" in bench.stderr


def test_the_real_pages_of_an_old_portal(pages: Path, tmp_path: Path) -> None:
    host = "http://sotttt.hanoi.gov.vn/"
    named = re.search(
        rb"saved from url=\(\d+\)(https?://[^/]+/)", (pages / "hanoi-liferay/detail_3159471_hotnews.html").read_bytes()
    )
    host = named[1].decode() if named else host
    bench = Bench(tmp_path, sites=f'[old]\nname = "Sở Thông tin"\nurl = "{host}"\nclosed = 2025-07-01\n')
    assert bench.backfill(pages / "hanoi-liferay", sites="old") == 0, bench.stderr
    assert {record["id"] for record in bench.records()} == {"old:3159471", "old:708168"}
    assert bench.run("gaps", "old", "--json", "--sites", bench.sites) == 0
    found = json.loads(bench.stdout)
    assert sorted(one["promised"] for one in found if one["promised"]) == [26, 243]


# --- one page ---------------------------------------------------------------------------------------------------------

OLD = Site("old", "Phường Hoa Sữa", f"http://{HISTORY.host}/", hosts=("hoasua.example",), closed=date(2025, 7, 1))


def shown(url: str, timestamp: str = "2021-06-01T02:00:00Z", **values: Any) -> Reading:
    first = HISTORY.captures[[one.url for one in HISTORY.captures].index(HISTORY.sightings[0].url)]
    capture = Capture(url, timestamp, "warc:a", first.status, first.media_type, first.body)
    return read_capture(replace(capture, **values), OLD, {"old": OLD})


@pytest.mark.parametrize(
    "form",
    [
        "http://{host}{path}",
        "https://www.{host}{path}",
        "http://{host}:80{path}",
        "http://hoasua.example{path}",
        "http://{host}{long}",
        "http://{host}{path};jsessionid=0A1B2C",
        "http://{host}{long}&_101_redirect=%2Ftin&p_p_col_count=2",
    ],
)
def test_an_article_is_one_under_all_its_addresses(form: str) -> None:
    article = HISTORY.sightings[0].article
    reading = shown(form.format(host=HISTORY.host, path=article.path, long=article.long_path))
    assert reading.article
    assert (reading.state, reading.key, reading.article.id) == ("article", str(article.id), f"old:{article.id}")


def test_what_is_no_page_of_the_portal_gives_nothing() -> None:
    url = HISTORY.sightings[0].url
    assert shown(url, status=301, body=b"").state == "nothing"
    assert shown(url, body=MAINTENANCE).state == "unreadable"
    assert shown(f"http://{HISTORY.host}/gioi-thieu", body=MAINTENANCE).state == "nothing"
    later = replace(OLD, key="new", closed=None, opened=date(2025, 7, 1))
    capture = Capture(url, "2025-06-30T17:30:00Z", "warc:a", 200, "text/html", HISTORY.captures[0].body)
    assert "had this host then, new" in (read_capture(capture, OLD, {"old": OLD, "new": later}).cause or "")


def test_our_own_errors_are_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layouts, "recognise", lambda *_: 1 / 0)
    reading = shown(HISTORY.sightings[0].url)
    assert (reading.state, reading.article) == ("failed", None)
    assert reading.cause == "error in wardnews itself: ZeroDivisionError"
    assert "division by zero" in reading.trace


def test_an_address_that_is_none_costs_no_more_than_itself() -> None:
    broken = Capture("http://[broken", "2021-06-01T02:00:00Z", "warc:a", 200, "text/html", b"<p>")
    sound = replace(broken, url=HISTORY.sightings[0].url, body=MAINTENANCE)
    first, second = read_all([("", broken), ("", sound)], {"old": OLD}, {"old": OLD}, {})
    assert isinstance(first, DamagedRecord)
    assert isinstance(second, Reading)
