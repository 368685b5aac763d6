"""The history of an article is the same whatever order its observations come in, and the feeds end where the store does."""

from __future__ import annotations

import itertools
import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.articles import Seen
from wardnews.items import ENGLISH, GONE, REREAD
from wardnews.store import queries
from wardnews.store.database import Store
from wardnews.store.frontier import Frontier
from wardnews.store.history import Observation, arranged
from wardnews.store.tables import articles, versions, views
from wardnews.store.versions import Versions

FOLDER = tempfile.TemporaryDirectory()
STORE = Store.open(f"sqlite:///{FOLDER.name}/history.db")
FRONTIER = Frontier(STORE, "")
NUMBERS = itertools.count(1)


class Books:
    """Hold the books of one article, each sighting of which is written by a run of its own, or all by one."""

    def __init__(self, *, one_run: bool = False) -> None:
        self.number = next(NUMBERS)
        self.site = f"hoasua{self.number}"
        self.one_run = one_run
        self.runs: dict[str, list[str]] = {}
        """The feeds, as they were written when the runs ended."""
        self.changes: list[str | None] = []

    def see(self, seen: Seen, via: str = "wayback", **values: Any) -> str | None:
        run = f"{self.site}-{0 if self.one_run else len(self.runs)}"
        FRONTIER.run, connection = run, FRONTIER.connection
        with connection.begin():
            article = replace(seen.article(self.number, via), **values)
            self.changes.append(Versions(FRONTIER.store, connection, FRONTIER.run).write(article))
        self.runs[run] = list(queries.feed(STORE, run))
        return self.changes[-1]

    def state(self) -> dict[str, Any]:
        """Give all that must not depend on the order."""
        own = f"{self.site}:1"
        with STORE.reading() as connection:
            rows = connection.execute(
                sa.select(versions).where(versions.c.article == own).order_by(versions.c.at, versions.c.seq)
            ).all()
            (row,) = connection.execute(sa.select(articles).where(articles.c.id == own)).all()
            query = sa.select(views.c.observed_at, views.c.count).where(views.c.article == own)
            counts = connection.execute(query.order_by(views.c.observed_at))
            series = [tuple(one) for one in counts]
        records = [json.loads(one.record) for one in rows]
        for one, record in zip(rows, records, strict=True):
            assert (one.version, one.at) == (record["version"], record["crawled_at"])
            assert one.change == record.pop("change")
        (current,) = (json.loads(line) for line in queries.records(STORE, [self.site]))
        current.pop("change")
        assert current == records[-1]
        assert row.at == current["crawled_at"]
        assert row.first_seen == current["first_seen"]
        assert {record["first_seen"] for record in records} == {row.first_seen}
        for record in records:
            del record["id"], record["site"]
        return {"records": records, "views": series, "current views": row.views, "first seen": row.first_seen}

    def feeds(self) -> list[dict[str, Any]]:
        return [json.loads(line) for feed in self.runs.values() for line in feed]

    def ends_with(self, record: dict[str, Any]) -> bool:
        """Tell whether the feeds, read in order, end with a record."""
        last = self.feeds()[-1]
        return {name: last[name] for name in record} == record


def books(observations: Sequence[Seen], *, one_run: bool = False) -> Books:
    one = Books(one_run=one_run)
    for seen in observations:
        one.see(seen)
    return one


HISTORIES = [
    "AAA",
    "ABA",
    "ABBA",
    "AABB",
    "ABAB",
    "AABA",
    "ABCA",
]


@pytest.mark.parametrize("one_run", [False, True])
@pytest.mark.parametrize("contents", HISTORIES)
def test_every_order_of_captures_ends_alike(contents: str, *, one_run: bool) -> None:
    observations = [Seen(day, letter, 80 + day // 2) for day, letter in enumerate(contents, start=1)]
    expected = [next(same) for _, same in itertools.groupby(observations, lambda one: one.content)]
    for order in itertools.permutations(observations):
        one = books(order, one_run=one_run)
        state = one.state()
        told = [(record["crawled_at"], record["views"], record["paragraphs"]) for record in state["records"]]
        assert told == [(seen.at, seen.views, seen.article().paragraphs) for seen in expected], order
        assert all(f"Lượt xem: {record['views']}\n" in record["text"] for record in state["records"])
        assert [record["version"] for record in state["records"]] == list(range(1, len(expected) + 1))
        assert state["views"] == [(seen.at, seen.views) for seen in observations]
        assert state["current views"] == observations[-1].views
        assert state["first seen"] == observations[0].at
        assert one.ends_with(state["records"][-1]), order
        changes = [(record["version"], record["change"]) for record in one.feeds()]
        assert [change for _, change in changes].count("new") == 1
        if one_run:
            assert changes == [(n, "new" if n == 1 else "edited") for n in range(1, len(expected) + 1)], order


SIGHTINGS = st.lists(
    st.builds(Seen, st.integers(1, 28), st.sampled_from("ABC"), st.one_of(st.none(), st.integers(0, 9)), st.booleans()),
    min_size=1,
    max_size=6,
    unique_by=lambda one: one.day,
)


@settings(max_examples=80, deadline=None, derandomize=True, database=None)
@given(SIGHTINGS.flatmap(lambda seen: st.tuples(st.just(seen), st.permutations(seen))), st.booleans())
def test_any_history_ends_alike(pair: tuple[list[Seen], list[Seen]], one_run: bool) -> None:
    expected = books(sorted(pair[0], key=lambda one: one.day)).state()
    shuffled = books(pair[1], one_run=one_run)
    assert shuffled.state() == expected
    assert shuffled.ends_with(expected["records"][-1])


def test_an_english_session_gives_way_whatever_the_order() -> None:
    english, own = Seen(2, "A", 81, english=True), Seen(3, "A", 82)
    for order in ([english, own], [own, english]):
        one = books(order)
        (record,) = one.state()["records"]
        assert (record["flags"], record["header"]) == ([], own.article().header)
        assert record["first_seen"] == english.at
        assert one.ends_with(record)
    assert books([english, own._replace(day=1)]).changes == ["new", "reread"]
    one = books([english, english._replace(day=4, content="B")])
    assert one.changes == ["new", "edited"]
    assert [record["flags"] for record in one.feeds()] == [[ENGLISH]] * 2


def test_an_article_that_is_gone_stays_gone_over_what_archives_have_of_it() -> None:
    one = books([Seen(5, "A", 90)])
    assert one.see(Seen(9, "A", 90), "live", change=GONE, first_seen=Seen(5, "A").at) == GONE
    assert one.see(Seen(7, "B", 91)) == "edited"
    assert one.see(Seen(3, "A", 85)) == "reread"
    (current,) = (json.loads(line) for line in queries.records(STORE, [one.site]))
    assert (current["change"], current["paragraphs"]) == (GONE, Seen(7, "B").article().paragraphs)
    assert one.see(Seen(11, "B", 95), "live") == "back"
    assert [record["version"] for record in one.state()["records"]] == [1, 2, 2, 2]


def test_the_same_moment_from_two_archives_is_one_sighting() -> None:
    one = books([Seen(1, "A", 81), Seen(2, "B", 82)])
    before = one.state()
    assert one.see(Seen(1, "A", 81), "warc") is None
    assert one.see(Seen(2, "B", 82), "warc") is None
    assert one.state() == before


def one_of(seen: str, seq: int | None) -> Observation:
    """Make a sighting of a content and a day; behind them `r` for what was read again, `g` for what is gone, `l` for a look."""
    content, day, kind = seen[0], int(seen[1]), seen[2:]
    change = {"r": REREAD, "g": GONE}.get(kind, "new")
    return Observation(replace(Seen(day, content).article(), change=change), None if kind == "l" else seq)


@pytest.mark.parametrize(
    ("seen", "versions", "numbers", "looks"),
    [
        ("A2 B2", [1, 2], [1, 2], 0),
        ("B2 A2", [1, 2], [1, 2], 0),
        ("A2 B2 A2", [1, 2], [1, 2], 0),
        ("A2 A2 A2l", [1], [1], 0),
        ("A1 B2 C2 D3", [1, 2, 3, 4], [1, 2, 3, 4], 0),
        ("A1 B2 A2", [1, 2, 3], [1, 2, 3], 0),
        ("A1 B2 C2 C3l", [1, 2, 3], [1, 2, 3], 1),
        ("A1 B2 C2 B3l", [1, 2, 3, None], [1, 2, 3, 4], 0),
        ("A2 B2r", [2], [1], 0),
        ("A2 B2r C2", [2, 3], [1, 2], 0),
        ("A2 B2r C2r", [3], [1], 0),
        ("A2 A2g", [1, 2], [1, 1], 0),
    ],
)
def test_of_one_moment_what_came_later_is_later(
    seen: str, versions: list[int | None], numbers: list[int], looks: int
) -> None:
    history, rest = arranged(one_of(one, seq) for seq, one in enumerate(seen.split(), start=1))
    assert [one.seq for one in history] == versions
    assert [one.article.version for one in history] == numbers
    assert len(rest) == looks


def test_two_contents_of_one_moment_are_two_versions_whatever_comes_before_them() -> None:
    one = books([Seen(2, "A"), Seen(2, "B")])
    assert one.changes == ["new", "edited"]
    assert one.see(Seen(1, "C"), "warc") == "edited"
    told = [(record["version"], record["crawled_at"], record["paragraphs"]) for record in one.state()["records"]]
    assert told == [
        (version, seen.at, seen.article().paragraphs)
        for version, seen in enumerate((Seen(1, "C"), Seen(2, "A"), Seen(2, "B")), start=1)
    ]
