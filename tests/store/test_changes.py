"""The changes of a store: who reads them in slices ends where the feeds and an export end, whatever happens meanwhile."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from tests.conftest import Run
from tests.helpers.articles import Seen, fill
from wardnews.cli import app
from wardnews.demo import PracticePortal
from wardnews.errors import CursorError, UsageError
from wardnews.items import GONE, Article, article_of, content_hash
from wardnews.store import queries
from wardnews.store.changes import changes, cursor_of, horizon, last_seq, position, store_name
from wardnews.store.database import Store
from wardnews.store.frontier import Frontier
from wardnews.store.near_duplicates import assign
from wardnews.store.tables import articles, versions
from wardnews.store.versions import Versions

SITES = ("hoasua", "bentrang")
DAYS = 28


class World:
    """Let runs of two portals write whatever may come, side by side, while somebody reads the changes in slices."""

    def __init__(self, store: Store, seed: int) -> None:
        self.store = store
        self.chance = random.Random(seed)
        self.clock = 10
        self.number = 0
        self.feeds: dict[str, list[str]] = {}
        self.frontiers: dict[str, Frontier] = {}
        self.cursor: str | None = None
        self.read: list[dict[str, Any]] = []
        for site in SITES:
            self.begin(site)

    def begin(self, site: str) -> None:
        self.number += 1
        self.frontiers[site] = Frontier(self.store, f"run{self.number:03}-{site}")

    def end(self, site: str) -> None:
        """End a run, in order or killed: its feed is written before the next run of the portal writes anything."""
        frontier = self.frontiers[site]
        frontier.close()
        assign(self.store)
        self.feeds[frontier.run] = list(queries.feed(self.store, frontier.run))
        told = [json.loads(line) for _, line in changes(self.store, 0, horizon(self.store))]
        assert [one["record"] for one in told if one["run"] == frontier.run] == records(self.feeds[frontier.run])
        self.begin(site)

    def act(self) -> None:
        site = self.chance.choice(SITES)
        if self.chance.random() < 0.15:
            self.end(site)
        frontier, before = self.frontiers[site], horizon(self.store)
        connection = frontier.connection
        with connection.begin() as transaction:
            self.write(Versions(frontier.store, connection, frontier.run), site)
            killed = self.chance.random() < 0.1
            if killed:
                transaction.rollback()
        now = horizon(self.store)
        assert now == before if killed else now >= before, "a cursor must not be ahead of the store"

    def write(self, commit: Versions, site: str) -> None:
        """Write a look of a crawl, a capture of an archive, a loss or a record that is read again."""
        name = f"{site}:{self.chance.randint(1, 3)}"
        query = sa.select(versions.c.record, articles.c.gone).join(articles, articles.c.seq == versions.c.seq)
        row = commit.connection.execute(query.where(articles.c.id == name)).first()
        kind = self.chance.choice(["live", "archive", "archive", "english", "gone", "reread"])
        if kind in ("gone", "reread") and (row is None or row.gone):
            return
        if kind == "gone" and row:
            self.clock += 1
            commit.write(replace(article_of(row.record), change=GONE, crawled_at=f"2022-02-{self.clock:02}T01:00:00Z"))
        elif kind == "reread" and row:
            known = article_of(row.record)
            title = f"Hội chợ {self.chance.randint(1, 9)}"
            commit.reread(replace(known, title=title, content_hash=content_hash(title, None, known.paragraphs)))
        else:
            self.clock += kind == "live"
            commit.write(self.seen(name, kind))

    def seen(self, name: str, kind: str) -> Article:
        site, _, number = name.partition(":")
        day, month = (self.clock, 2) if kind == "live" else (self.chance.randint(1, DAYS), self.chance.choice([1, 2]))
        seen = Seen(day, self.chance.choice("AABC"), self.chance.randint(1, 99), english=kind == "english")
        at = f"2022-{month:02}-{day:02}T01:00:00Z"
        return replace(
            seen.article(0, kind),
            id=name,
            site=site,
            url=f"http://{site}.example/{number}",
            crawled_at=at,
            first_seen=at,
        )

    def slice(self) -> None:
        """Read on, to the end or to somewhere before it."""
        after, upto = position(self.store, self.cursor), horizon(self.store)
        most = self.chance.choice([1, 3, 1000])
        for number, (_, line) in enumerate(changes(self.store, after, upto), start=1):
            self.read.append(json.loads(line))
            self.cursor = self.read[-1]["cursor"]
            if number == most:
                return
        self.cursor = cursor_of(store_name(self.store), upto)


def records(lines: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines]


def last(told: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Give the set that a consumer ends with."""
    return {record["id"]: record for record in told}


def play(url: str, seed: int) -> None:
    store = Store.open(url)
    world = World(store, seed)
    for _ in range(60):
        world.act()
        if world.chance.random() < 0.3:
            world.slice()
    for site in SITES:
        world.end(site)
    while position(store, world.cursor) < horizon(store):
        world.slice()
    exported = last(records(list(queries.records(store))))
    assert len(exported) > 3
    assert last([record for feed in world.feeds.values() for record in records(feed)]) == exported
    assert last([one["record"] for one in world.read]) == exported
    behind = [int(one["cursor"].partition("-")[2]) for one in world.read]
    assert behind == sorted(set(behind))
    anew = [json.loads(line) for _, line in changes(store, 0, horizon(store))]
    assert last([one["record"] for one in anew]) == exported
    for frontier in world.frontiers.values():
        frontier.close()
    store.close()


@pytest.mark.parametrize("seeds", [range(6), range(6, 12)], ids=str)
def test_slices_feeds_and_an_export_end_with_the_same_set(tmp_path: Path, seeds: range) -> None:
    for seed in seeds:
        play(f"sqlite:///{tmp_path}/{seed}.db", seed)


def test_the_same_in_postgresql(postgres_url: str) -> None:
    play(postgres_url, 20210405)


@pytest.mark.parametrize("commits", [True, False])
def test_what_commits_late_is_not_passed_by(postgres_url: str, *, commits: bool) -> None:
    store = Store.open(postgres_url)
    first, early, late = (Frontier(store, name) for name in ("first", "early", "late"))

    def write(frontier: Frontier, number: int) -> None:
        Versions(frontier.store, frontier.connection, frontier.run).write(Seen(1, "A").article(number))

    def read() -> list[int]:
        return [seq for seq, _ in changes(store, 0, horizon(store))]

    with first.connection.begin():
        write(first, 1)
    with early.connection.begin() as transaction:
        write(early, 2)
        write(early, 3)
        with late.connection.begin():
            write(late, 4)
        assert last_seq(store) == 4
        assert read() == [1], "4 is there, 2 and 3 may come yet"
        assert position(store, cursor_of(store_name(store), 4)) == 4
        if not commits:
            transaction.rollback()
    assert read() == ([1, 2, 3, 4] if commits else [1, 4])
    for frontier in (first, early, late):
        frontier.close()
    store.close()


# --- what a line says ---------------------------------------------------------------------------------------------


def write(store: Store, *steps: Article) -> list[dict[str, Any]]:
    """Write sightings, each by a run of its own; give the lines of it all."""
    for number, article in enumerate(steps):
        frontier = Frontier(store, f"run{number}")
        with frontier.connection.begin():
            commit = Versions(frontier.store, frontier.connection, frontier.run)
            commit.reread(article) if article.change == "reread" else commit.write(article)
        frontier.close()
    return [json.loads(line) for _, line in changes(store, 0, horizon(store))]


def test_a_line_names_what_was_edited(store: Store) -> None:
    one = Seen(1, "A", 81).article(1)
    two = replace(Seen(2, "B", 90).article(1), author="Ban biên tập")
    lost = replace(two, change=GONE, crawled_at="2022-01-03T01:00:00Z")
    back = Seen(4, "B", 99).article(1)
    again = replace(back, header=None, change="reread")
    told = write(store, one, two, lost, back, again)
    assert [(line["record"]["change"], line["fields"]) for line in told] == [
        ("new", None),
        ("edited", ["paragraphs", "author"]),
        ("gone", []),
        ("back", ["author"]),
        ("reread", ["header"]),
    ]
    assert [line["run"] for line in told] == [f"run{number}" for number in range(5)]
    assert list(told[0]) == ["cursor", "run", "fields", "record"]


def test_a_version_between_is_told_behind_what_was_told(store: Store) -> None:
    told = write(store, Seen(1, "A").article(1), Seen(9, "C").article(1), Seen(5, "B").article(1))
    assert [(one["record"]["change"], one["record"]["version"], one["fields"]) for one in told] == [
        ("new", 1, None),
        ("edited", 2, ["paragraphs"]),
        ("reread", 3, ["paragraphs"]),
    ]
    assert [line["cursor"].partition("-")[2] for line in told] == ["1", "3", "4"], "2 is never given again"


# --- the command --------------------------------------------------------------------------------------------------


def invoke(store: Store, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["changes", "--store", store.url, *arguments], catch_exceptions=False)


def test_it_goes_on_from_a_cursor_also_where_nothing_is_new(store: Store) -> None:
    fill(store.url, 5)
    fill(store.url, 3, site="bentrang")
    end = cursor_of(store_name(store), 8)
    done = invoke(store)
    assert done.stderr == f"8 changes; go on with --since {end}\n"
    lines = done.stdout.splitlines()
    assert [line.rpartition(', "record": ')[2][:-1] for line in lines] == [
        *queries.feed(store, "filled-hoasua"),
        *queries.feed(store, "filled-bentrang"),
    ]
    third = json.loads(lines[2])["cursor"]
    assert invoke(store, "--since", third).stdout.splitlines() == lines[3:]
    assert (invoke(store, "--since", end).stdout, invoke(store, "--since", end).stderr) == (
        "",
        f"0 changes; go on with --since {end}\n",
    )
    one = invoke(store, "--site", "hoasua", "--since", third)
    assert (one.stdout.splitlines(), one.stderr) == (lines[3:5], f"2 changes; go on with --since {end}\n")
    assert invoke(store, "--since", "0").stdout == done.stdout


@pytest.mark.parametrize(
    ("cursor", "message"),
    [
        ("abc", "--since abc: no cursor, which is as in {name}-2; 0 is before all changes"),
        ("{name}-2x", "no cursor"),
        ("00000000-1", "a cursor of another store, this one's begin with {name}-; 0 is before all changes"),
        ("{name}-3", "ahead of the store, which ends at {name}-2: was it set back?"),
    ],
)
def test_a_cursor_that_does_not_fit_is_a_clear_error(store: Store, cursor: str, message: str) -> None:
    fill(store.url, 2)
    with pytest.raises(UsageError) as error:
        invoke(store, "--since", cursor.format(name=store_name(store)))
    assert message.format(name=store_name(store)) in str(error.value)


def test_a_store_keeps_its_name(store: Store) -> None:
    name = store_name(store)
    other = Store.open(store.url)
    assert store_name(other) == name
    other.close()
    with pytest.raises(CursorError):
        position(store, "00000000-0" if name != "00000000" else "11111111-0")


def test_the_feeds_of_crawls_are_the_changes_as_files(
    portal: PracticePortal, sites_file: Path, wardnews: Run, tmp_path: Path
) -> None:
    crawl = ("crawl", "practice-liferay", "--sites", sites_file, "--quiet")
    assert wardnews(*crawl, "--sample", "6").returncode == 0
    store = Store.open(f"sqlite:///{tmp_path}/output/wardnews.db")
    first = horizon(store)
    edited = next(one for one in portal.of("liferay") if one.blocks)
    portal.put(replace(edited, body_html=f"{edited.body_html}<p>Cập nhật.</p>", blocks=(*edited.blocks, "Cập nhật.")))
    assert wardnews(*crawl, "--full").returncode == 0
    feeds = [file.read_text(encoding="utf-8").splitlines() for file in sorted(tmp_path.glob("output/*.jsonl"))]
    told = records(invoke(store).stdout.splitlines())
    assert [one["record"] for one in told] == [json.loads(line) for feed in feeds for line in feed]
    later = invoke(store, "--since", cursor_of(store_name(store), first))
    assert records(later.stdout.splitlines()) == told[6:]
    assert last([one["record"] for one in told]) == last(records(list(queries.records(store))))
    store.close()
