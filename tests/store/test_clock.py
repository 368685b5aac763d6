"""A clock that was wrong in one run: what is read later is later all the same, and nothing rests because of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.helpers.commands import Folder, finished, run
from tests.helpers.village import NOT_FOUND, Village
from wardnews.store import clock
from wardnews.store.database import Store

TIMES = {
    "runs": ("began", "ended"),
    "visits": ("began", "ended"),
    "articles": ("first_seen", "at"),
    "versions": ("at",),
    "sightings": ("at",),
    "views": ("observed_at",),
    "pages": ("asked_at", "next_look", "absent_since"),
}
YEAR, HOUR = 400 * 24.0, 1.0


@pytest.fixture
def village() -> Iterator[Village]:
    with Village() as village:
        yield village


def shift(folder: Folder, hours: float, since: str = "") -> None:
    """Let what was written since a time have been written by a clock that was ahead."""
    for table, columns in TIMES.items():
        for column in columns:
            values = folder.sql(f"SELECT DISTINCT {column} FROM {table} WHERE {column} >= :since", since=since)
            for (value,) in sorted(values, reverse=hours > 0):
                moved = (datetime.fromisoformat(value) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
                later = moved if "." in value else f"{moved[:19]}Z"
                folder.sql(f"UPDATE {table} SET {column} = :later WHERE {column} = :value", later=later, value=value)


def exported(folder: Folder) -> dict[str, dict[str, object]]:
    done = run(folder.path, "export", "--store", folder.store)
    return {one["url"][-10:]: one for one in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("hours", [YEAR, HOUR])
def test_an_edit_read_after_a_run_whose_clock_was_ahead_is_the_current_record(
    village: Village, tmp_path: Path, store_url: str, hours: float
) -> None:
    kept = {"store": store_url} if store_url.startswith("postgresql") else {}
    folder = Folder(tmp_path, village.toml(), **kept)
    assert folder.crawl().status == 0
    shift(folder, hours)
    village.stories[0].title += " (sửa)"
    done = folder.crawl("hoasua", "--due")
    assert done.status == 0, done.stderr
    assert "clock: the store has times up to" in done.stderr
    current = exported(folder)["bai-1.html"]
    assert (current["title"], current["version"]) == (village.stories[0].title, 2)
    told = run(folder.path, "changes", "--store", folder.store).stdout.splitlines()
    last = [one["record"] for one in map(json.loads, told) if one["record"]["id"] == current["id"]][-1]
    assert last["title"] == village.stories[0].title
    done = folder.crawl("hoasua")
    assert "clock" not in done.stderr
    assert folder.last() == []
    now = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    for table, columns in TIMES.items():
        for column in columns:
            if column != "next_look":
                assert folder.sql(f"SELECT 1 FROM {table} WHERE {column} > :now", now=now) == [], (table, column)


def test_nothing_rests_longer_because_a_clock_was_ahead(village: Village, tmp_path: Path) -> None:
    folder = Folder(tmp_path, village.toml())
    village.per_page = 3
    folder.crawl()
    month = (datetime.now(UTC) + timedelta(days=31)).isoformat()
    began = datetime.now(UTC).isoformat()
    village.intercept = lambda request: NOT_FOUND if request.path == "/tin/bai-2.html" else None
    folder.crawl("hoasua", "--full")
    shift(folder, YEAR, began)
    status, shown = finished(folder.path, "status", "--sites", "sites.toml")
    assert status == 0
    assert " d" not in shown.partition("hoasua")[2].split("│")[0]
    done = folder.crawl("hoasua", "--due")
    assert done.status == 0, done.stderr
    assert folder.sql("SELECT key FROM pages WHERE next_look > :month", month=month) == []
    assert folder.sql("SELECT absences FROM pages WHERE key LIKE '%bai-2.html'") == [(1,)]
    for _ in range(3):
        folder.sql("UPDATE pages SET absent_since = '2020-01-01T00:00:00Z', next_look = '2020-01-01T00:00:00Z'"
                   " WHERE absent_since IS NOT NULL")  # fmt: skip
        folder.crawl()
    assert [change for _, change in folder.all() if change != "new"] == ["gone"]


def test_views_keep_their_order(tmp_path: Path, store_url: str) -> None:
    store = Store.open(store_url)
    rows = [("2026-11-01T00:00:00Z", 3), ("2027-12-01T00:00:00Z", 5), ("2027-12-02T00:00:00Z", 8)]
    with store.writing() as connection:
        columns = "id, site, url, first_seen, version, content_hash, gone, at, english, seq"
        values = "'a:1', 'a', '', '2026-11-01T00:00:00Z', 1, '', 0, '2026-11-01T00:00:00Z', 0, 1"
        connection.exec_driver_sql(f"INSERT INTO articles ({columns}) VALUES ({values})")
        for at, count in rows:
            connection.exec_driver_sql(f"INSERT INTO views VALUES ('a:1', '{at}', {count})")
        connection.exec_driver_sql("INSERT INTO runs (name, began) VALUES ('r', '2027-12-02T00:00:00Z')")
        visit = "INSERT INTO visits (site, run, began, asked) VALUES ('a', 'r', '2027-12-02T00:00:00Z', '')"
        connection.exec_driver_sql(visit)
        said = clock.set_back(connection, "a", datetime(2026, 11, 2, tzinfo=UTC))
        found = connection.exec_driver_sql("SELECT observed_at, count FROM views ORDER BY observed_at").all()
    store.close()
    assert said
    assert [count for _, count in found] == [3, 5, 8]
    assert found[-1][0] < "2026-11-02"


def test_a_recheck_that_fell_into_the_run_of_a_wrong_clock_is_made_up_for(village: Village, tmp_path: Path) -> None:
    """The article was three days old between the last visit of a right clock and now."""
    when = datetime.now(UTC) + timedelta(hours=7) - timedelta(days=3.1)
    village.stories = [replace(village.stories[0], day=f"{when:%d/%m/%Y %H:%M}")]
    folder = Folder(tmp_path, village.toml())
    folder.crawl()
    shift(folder, -24)
    began = datetime.now(UTC).isoformat()
    folder.crawl("hoasua", "--full")
    shift(folder, YEAR, began)
    village.asked()
    folder.crawl()
    assert "/tin/bai-1.html" in village.asked()


def test_a_clock_before_the_news_themselves_is_behind(village: Village, tmp_path: Path) -> None:
    folder = Folder(tmp_path, village.toml())
    folder.crawl()
    store = Store.open(f"sqlite:///{tmp_path}/output/wardnews.db")
    with store.writing() as connection:
        said = clock.set_back(connection, "hoasua", datetime(1970, 1, 1, tzinfo=UTC))
    store.close()
    assert said
    assert "set it right" in said
    assert folder.sql("SELECT 1 FROM articles WHERE first_seen < '2000'") == []


def test_nothing_is_set_back_where_no_clock_was_wrong(village: Village, tmp_path: Path) -> None:
    folder = Folder(tmp_path, village.toml())
    folder.crawl()
    before = folder.sql("SELECT * FROM pages ORDER BY number")
    assert "clock" not in folder.crawl("hoasua", "--sample", "1").stderr
    store = Store.open(f"sqlite:///{tmp_path}/output/wardnews.db")
    with store.writing() as connection:
        assert clock.set_back(connection, "hoasua", datetime.now(UTC) + timedelta(days=1)) is None
    store.close()
    assert len(folder.sql("SELECT * FROM pages ORDER BY number")) == len(before)
