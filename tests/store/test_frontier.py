"""What a visit has still to do, in which order, and what stays to do when a run breaks off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from wardnews.items import Article
from wardnews.store import queries
from wardnews.store.database import Store
from wardnews.store.frontier import STALE, TRIES, Frontier
from wardnews.store.page_context import PageContext
from wardnews.store.recheck import SCHEDULE, next_recheck
from wardnews.store.tables import pages, versions, visits
from wardnews.store.tasks import Task, Wanted

HOME = Wanted("home", "http://a.vn/", "http://a.vn/")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    kept = Store.open(f"sqlite:///{tmp_path}/wardnews.db")
    yield kept
    kept.close()


@pytest.fixture
def frontier(store: Store) -> Iterator[Frontier]:
    store.begin_run("run", "2026-11-01T00:00:00Z")
    books = Frontier(store, "run")
    yield books
    books.close()


def wanted(number: int) -> Wanted:
    return Wanted("article", str(number), f"http://a.vn/{number}.html")


def news(number: int, body: str = "Nội dung", views: int | None = None, at: str = "2026-11-01T00:00:00Z") -> Article:
    return Article(
        id=f"a:{number}", site="a", url=f"http://a.vn/{number}.html", title="Tin", crawled_at=at, first_seen=at,
        published="2026-10-31T08:00+07:00", views=views, content_hash=body, paragraphs=[body],
    )  # fmt: skip


def next_of(frontier: Frontier) -> Task:
    task = frontier.next_task("a")
    assert task
    return task


def states(store: Store) -> dict[str, str]:
    with store.reading() as connection:
        return {row.key: row.state for row in connection.execute(sa.select(pages.c.key, pages.c.state))}


def test_any_number_of_pages_is_queued_and_known(frontier: Frontier) -> None:
    frontier.begin("a", [HOME])
    task = frontier.next_task("a")
    assert task
    numbers = range(40)  # more than a query asks for at once
    with frontier.commit(task) as commit:
        assert commit.known([]) == {}
        commit.queue(map(wanted, numbers[:20]))
        commit.queue(map(wanted, numbers))  # some are there already
        assert set(commit.known(map(str, [*numbers, 41]))) == set(map(str, numbers))
        shown = {str(number): "Tin|2026-10-31" for number in numbers}
        assert commit.listed(task.number, shown, called=False) == (set(shown), set())
        assert commit.listed(task.number, shown | {"39": "Khác|2026-10-31"}, called=False) == (set(), {"39"})
    assert frontier.next_task("a", only_lists=True) is None
    one = frontier.next_task("a")
    assert one
    assert (one.kind, one.key, one.known_since, one.lists, one.context) == ("article", "0", None, 0, PageContext())


def test_articles_come_before_sections_and_sections_before_further_pages(frontier: Frontier) -> None:
    frontier.begin("a", [HOME])
    with frontier.commit(next_of(frontier)) as commit:
        commit.queue([Wanted("list", "l", "l"), Wanted("turn", "t", "t"), Wanted("section", "s", "s"), wanted(1)])
    assert [next_of(frontier).kind for _ in range(4)] == ["article", "section", "turn", "list"]
    assert frontier.next_task("a") is None, "all are asked for, none is handed out twice"


def test_a_page_that_fails_is_tried_last_then_on_the_ladder(store: Store, frontier: Frontier) -> None:
    frontier.begin("a", [wanted(1), wanted(2)])
    handed = []
    for _ in range(TRIES):
        task = next_of(frontier)
        if task.key == "2":
            with frontier.commit(task):
                pass
            task = next_of(frontier)
        handed.append(task.key)
        again = frontier.failed(task, "timed out", retry=True)
    assert handed == ["1"] * TRIES
    assert not again
    assert frontier.next_task("a") is None
    with store.reading() as connection:
        row = connection.execute(sa.select(pages).where(pages.c.key == "1")).one()
    assert (row.state, row.rounds, row.cause) == ("failed", 1, "timed out")
    later = datetime.fromisoformat(row.next_look) - datetime.now(UTC)
    assert timedelta(days=SCHEDULE[0]) - timedelta(hours=2) < later <= timedelta(days=SCHEDULE[0])


def test_a_visit_that_broke_off_is_gone_on_with(store: Store, frontier: Frontier) -> None:
    frontier.begin("a", [HOME], asked="all")
    with frontier.commit(next_of(frontier)) as commit:
        commit.queue([wanted(1), wanted(2)])
    next_of(frontier)
    frontier.close()
    other = Frontier(store, "run")
    assert other.begin("a", [HOME], asked="all").resumed
    assert [next_of(other).key for _ in range(2)] == ["1", "2"]
    assert other.next_task("a") is None
    other.close()


@pytest.mark.parametrize("why", ["asked for other days", "too long ago"])
def test_a_visit_that_broke_off_begins_anew(store: Store, frontier: Frontier, why: str) -> None:
    frontier.begin("a", [HOME], asked="all")
    with frontier.commit(next_of(frontier)) as commit:
        commit.queue([wanted(1)])
    frontier.close()
    if why == "too long ago":
        with store.writing() as connection:
            long_ago = datetime.now(UTC) - STALE - timedelta(minutes=1)
            connection.execute(visits.update().values(began=long_ago.isoformat()))
    other = Frontier(store, "run")
    assert not other.begin("a", [HOME], asked="all" if why == "too long ago" else "some").resumed
    assert [next_of(other).kind for _ in range(2)] == ["article", "home"]
    other.close()


def test_a_transaction_that_breaks_leaves_the_page_to_do(store: Store, frontier: Frontier) -> None:
    frontier.begin("a", [wanted(0)])
    broken(frontier, next_of(frontier))
    assert states(store) == {"0": "todo"}


def read(frontier: Frontier, article: Article) -> str | None:
    frontier.begin("a", [wanted(int(article.id[2:]))])
    task = frontier.next_task("a")
    if task is None:
        with frontier.store.writing() as connection:
            connection.execute(pages.update().values(state="todo"))
        task = next_of(frontier)
    frontier.read_from(article, task)
    change = frontier.remember(article)
    frontier.end("a", {})
    return change


@pytest.mark.parametrize("counts", [(5, 6), (6, 5)])
def test_of_two_counts_in_a_second_the_greater_is_the_later(
    store: Store, frontier: Frontier, counts: tuple[int, int]
) -> None:
    for count in counts:
        read(frontier, news(1, views=count))
    with store.reading() as connection:
        assert list(connection.scalars(sa.text("SELECT views FROM articles"))) == [6]


def test_what_an_article_says_makes_versions_and_what_its_counter_says_does_not(
    store: Store, frontier: Frontier
) -> None:
    seen = [("Một", 5), ("Một", 6), ("Hai", 6), ("Hai", None), ("Một", 9)]
    changes = [
        read(frontier, news(1, body, views, at=f"2026-11-0{day}T00:00:00Z"))
        for day, (body, views) in enumerate(seen, start=1)
    ]
    assert changes == ["new", None, "edited", None, "edited"]
    with store.reading() as connection:
        assert list(connection.scalars(sa.select(versions.c.version).order_by(versions.c.seq))) == [1, 2, 3]
        series = connection.execute(sa.text("SELECT observed_at, count FROM views ORDER BY observed_at")).all()
    assert [count for _, count in series] == [5, 6, 6, 9]
    assert '"first_seen": "2026-11-01T00:00:00Z"' in list(queries.feed(store, "run"))[-1]
    assert [record.count('"version": 3') for record in queries.records(store)] == [1]


def test_the_feed_of_a_run_is_in_order_and_of_the_run_alone(store: Store, frontier: Frontier) -> None:
    for number in range(3):
        read(frontier, news(number))
    assert [f'"a:{number}"' in line for number, line in enumerate(queries.feed(store, "run"))] == [True] * 3
    assert list(queries.feed(store, "another")) == []


@pytest.mark.parametrize(("age", "due"), [(0, 1), (1.5, 3), (4, 7), (8, 30), (29.99, None), (31, None)])
def test_the_ladder(age: float, due: int | None) -> None:
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    born = now - timedelta(days=age)
    look = next_recheck(born.isoformat(), "2026-11-25T12:00:00Z", now)
    expected = born + timedelta(days=due) - timedelta(hours=1) if due else None
    assert look == (expected.strftime("%Y-%m-%dT%H:%M:%SZ") if expected else None)


def test_an_article_of_the_future_is_as_if_of_now() -> None:
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    assert next_recheck("2062-01-01", "2026-11-25T12:00:00Z", now) == "2026-11-26T11:00:00Z"


STEPS = st.lists(st.sampled_from(["commit", "commit", "article", "fail", "break", "kill"]), min_size=1, max_size=40)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(steps=STEPS)
def test_no_page_is_lost_or_read_twice_whatever_breaks(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    """Pages name pages; commits, failures, broken transactions and kills come in any order."""
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('books')}/wardnews.db")
    store.begin_run("run", "2026-11-01T00:00:00Z")
    frontier = Frontier(store, "run")
    frontier.begin("a", [wanted(0)])
    came_out: list[tuple[str, str]] = []
    for step in [*steps, "kill", *["commit"] * 99]:
        task = frontier.next_task("a")
        if step == "kill":
            frontier.close()
            frontier = Frontier(store, "run")
            frontier.begin("a", [wanted(0)])
        elif task and (state := STEP[step](frontier, task)):
            came_out.append((task.key, state))
    frontier.close()
    kept = states(store)
    store.close()
    assert sorted(came_out) == sorted(kept.items()), "each page has one end"
    assert set(kept) == {"0"} | {one.key for key, state in came_out if state == "done" for one in named_by(int(key))}


def named_by(number: int) -> list[Wanted]:
    return [wanted(2 * number + 1), wanted(2 * number + 2), wanted(number)] if number < 6 else []


def commit(frontier: Frontier, task: Task) -> str:
    with frontier.commit(task) as written:
        written.queue(named_by(int(task.key)))
    return "done"


def article(frontier: Frontier, task: Task) -> str:
    one = news(int(task.key))
    frontier.read_from(one, task)
    task.links = named_by(int(task.key))
    frontier.remember(one)
    return "done"


def fail(frontier: Frontier, task: Task) -> str:
    return "" if frontier.failed(task, "timed out", retry=True) else "failed"


def broken(frontier: Frontier, task: Task) -> str:
    """Break in the midst of a transaction; the page is not handed out again before the next run."""
    with suppress(ZeroDivisionError), frontier.commit(task) as written:
        written.queue(named_by(int(task.key)))
        raise ZeroDivisionError
    return ""


STEP = {"commit": commit, "article": article, "fail": fail, "break": broken}


# --- what reading a page takes ---------------------------------------------------------------------------------------


CONTEXTS = {
    "{}": PageContext(),
    '{"asked": true}': PageContext(asked=True),
    '{"depth": 1}': PageContext(depth=1),
    '{"name": "Tin tức"}': PageContext(name="Tin tức"),
    '{"lead_on": true}': PageContext(follow_related=True),
    '{"layout": "wordpress"}': PageContext(layout="wordpress"),
    '{"layout": "wordpress", "catalogue": true, "spare": ["http://a.vn/tin/"]}': PageContext(
        layout="wordpress", rest_listing=True, instead=("http://a.vn/tin/",)
    ),
    '{"layout": "wordpress", "catalogue": true, "spare": []}': PageContext(layout="wordpress", rest_listing=True),
    '{"section": 7, "layout": "hanoi_liferay", "reach": null, "goal": "", "visit": "2026-11-01T00:00:00.000000Z", '
    '"began_known": false, "seen": ["a1"], "list": false}': PageContext(
        section=7, layout="hanoi_liferay", known_after="", visit="2026-11-01T00:00:00.000000Z", known_before=False, seen=("a1",)
    ),
    '{"section": 7, "layout": "hanoi_newszone", "reach": "", "goal": null, "visit": "2026-11-01T00:00:00.000000Z", '
    '"began_known": true, "seen": [], "list": false, "form": {"trang": "2"}, "by_script": true, "answered": false}': (
        PageContext(
            section=7, layout="hanoi_newszone", known_since="", visit="2026-11-01T00:00:00.000000Z", known_before=True,
            form={"trang": "2"}, by_script=True,
        )
    ),
}  # fmt: skip


@pytest.mark.parametrize("kept", CONTEXTS)
def test_what_reading_a_page_takes_is_kept_as_stores_have_it(kept: str) -> None:
    assert PageContext.from_json(kept) == CONTEXTS[kept]
    assert CONTEXTS[kept].to_json() == kept


def test_what_another_version_keeps_beside_it_is_passed_over() -> None:
    assert PageContext.from_json('{"asked": true, "colour": "red"}') == PageContext(asked=True)


@pytest.mark.parametrize(("asked", "state"), [(True, "todo"), (False, "done")])
def test_only_a_section_that_the_sites_file_names_is_asked_for_before_its_time(
    store: Store, frontier: Frontier, asked: bool, state: str
) -> None:
    section = Wanted("section", "http://a.vn/tin", "http://a.vn/tin", PageContext(asked=asked, depth=0 if asked else 1))
    frontier.begin("a", [section])
    with frontier.commit(next_of(frontier)) as commit:
        commit.done(next_look="2999-01-01T00:00:00Z")
    frontier.end("a", {})
    frontier.begin("a", [section], only_starts=True)
    assert states(store) == {"http://a.vn/tin": state}
