"""What listing pages bring that a visit from the newest page on does not: old dates, pinned entries, odd orders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.helpers.commands import Folder
from tests.helpers.village import Story, Village, html
from wardnews.demo import Reply, Request

DAY = "UPDATE pages SET {} WHERE key LIKE 'again:%'"


@pytest.fixture
def village() -> Iterator[Village]:
    with Village(stories=[dated(n) for n in range(30, 0, -1)], per_page=5) as village:
        yield village


def dated(n: int, day: int | None = None) -> Story:
    """Make a story of so many days before now, the greatest number the youngest."""
    when = datetime.now(UTC) - timedelta(days=40 - (n if day is None else day))
    return replace(Story.made(n), day=f"{when:%d/%m/%Y} 08:15")


def visited(village: Village, place: Path, **store: str) -> Folder:
    folder = Folder(place, village.toml(), **store)
    done = folder.crawl()
    assert done.status == 0, done.stderr
    village.asked()
    return folder


def pass_days(folder: Folder, days: float) -> None:
    """Let the rows of older pages be as if written so many days before."""
    for column in ("next_look", "asked_at"):
        ((value,), *_) = folder.sql(f"SELECT {column} FROM pages WHERE key LIKE 'again:%'") or [(None,)]
        if value:
            earlier = (datetime.fromisoformat(value) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
            folder.sql(DAY.format(f"{column} = '{earlier}'"))


def found(folder: Folder) -> set[str]:
    return {name for (name,) in folder.sql("SELECT url FROM articles")}


@pytest.mark.parametrize("inserted", [[(12, 99)], [(3, 98), (29, 97)]], ids=["middle", "two"])
def test_articles_with_old_dates_are_found_within_a_round(
    village: Village, tmp_path: Path, inserted: list[tuple[int, int]]
) -> None:
    found_within_a_round(village, visited(village, tmp_path), inserted)


def test_articles_with_old_dates_are_found_with_postgresql(village: Village, tmp_path: Path, postgres_url: str) -> None:
    found_within_a_round(village, visited(village, tmp_path, store=postgres_url), [(7, 99)])


def found_within_a_round(village: Village, folder: Folder, inserted: list[tuple[int, int]]) -> None:
    for place, number in inserted:
        village.stories.insert(place, dated(number, 30 - place))
    folder.crawl()
    assert len([path for path in village.asked() if "page=" in path]) == (inserted[0][0] < 5)
    pass_days(folder, 14)
    for _ in range(5):
        done = folder.crawl()
        assert done.status == 0, done.stderr
        pages = [path for path in village.asked() if "page=" in path]
        assert len(pages) <= 2
        pass_days(folder, 1)
    assert {f"{village.url}tin/bai-{number}.html" for _, number in inserted} <= found(folder)
    assert len(found(folder)) == 30 + len(inserted)
    assert not pages, "the round is over"
    pass_days(folder, 14)
    done = folder.crawl()
    assert "older listing pages read again: 2" in done.stderr
    assert [path for path in village.asked() if "page=" in path] == ["/tin?page=2", "/tin?page=3"]


def test_only_a_visit_of_all_days_reads_older_pages_again(village: Village, tmp_path: Path) -> None:
    folder = visited(village, tmp_path)
    pass_days(folder, 14)
    for options in (("--since", "2020-01-01"), ("--sample", "1")):
        folder.crawl("hoasua", *options)
        rows = folder.sql("SELECT state, url, asked_at FROM pages WHERE key LIKE 'again:%'")
        assert rows == [("done", f"{village.url}tin?page=2", None)]


def test_what_follows_a_round_that_is_broken_off_or_fails(village: Village, tmp_path: Path) -> None:
    folder = visited(village, tmp_path)
    pass_days(folder, 14)
    village.intercept = lambda asked: Reply(500) if asked.path.endswith("page=3") else None
    folder.crawl()
    assert folder.sql("SELECT state, url FROM pages WHERE key LIKE 'again:%'") == [
        ("failed", f"{village.url}tin?page=3")
    ]
    village.asked()
    village.intercept = lambda _: None
    del village.stories[12:]
    pass_days(folder, 2)
    folder.crawl()
    assert [path for path in village.asked() if "page=" in path] == ["/tin?page=3"]
    assert folder.sql("SELECT state, url FROM pages WHERE key LIKE 'again:%'") == [("done", f"{village.url}tin?page=2")]


@pytest.mark.parametrize("pinned", [5, 15])
def test_pinned_articles_that_fill_the_first_pages_end_no_visit(village: Village, tmp_path: Path, pinned: int) -> None:
    stories = village.stories
    village.stories = [*stories[-pinned:], *stories]
    folder = visited(village, tmp_path)
    village.stories = [*stories[-pinned:], dated(99, 38), *stories]
    folder.crawl()
    assert f"{village.url}tin/bai-99.html" in found(folder)
    village.asked()
    folder.crawl()
    again = village.asked()
    assert len(again) == 2 + pinned // 5
    folder.crawl()
    assert village.asked() == again


def test_a_listing_in_no_order_has_its_older_pages_read_again_at_once(village: Village, tmp_path: Path) -> None:
    folder = visited(village, tmp_path)
    village.stories.reverse()
    folder.crawl()
    assert len([path for path in village.asked() if "page=" in path]) == 3
    village.stories.append(dated(99, 38))
    for _ in range(4):
        folder.crawl()
        pass_days(folder, 1)
    assert f"{village.url}tin/bai-99.html" in found(folder)
    assert len(found(folder)) == 31


@pytest.mark.parametrize("grows", [False, True])
def test_a_listing_that_begins_anew_behind_its_last_page_ends_there(
    village: Village, tmp_path: Path, grows: bool
) -> None:
    def intercept(asked: Request) -> Reply | None:
        number = int(asked.query.get("page", "1"))
        if asked.place != "/tin":
            return None
        if grows and number == 4:
            village.stories.insert(0, dated(100 + len(village.stories), 39))
        shown = village.listing((number - 1) % 6 + 1)
        following = f'<div class="pager"><a href="/tin?page={(number - 1) % 6 + 2}">Trang sau</a></div>'
        return replace(shown, body=shown.body.replace(b'<div id="footer">', f'{following}<div id="footer">'.encode()))

    village.intercept = intercept
    village.stories = [*village.stories, *(dated(n, -n) for n in range(40, 45))][:30]
    folder = Folder(tmp_path, village.toml())
    for options in ((), ("--full",)):
        assert folder.crawl("hoasua", *options).status == 0
        pages = [path for path in village.asked() if path.startswith("/tin?") or path == "/tin"]
        assert len(pages) <= 8, pages


def both(village: Village, request: Request) -> Reply | None:
    """Show on the home page the list of the section, or have another name for it."""
    if request.place in ("/", "/tin-moi"):
        return village.listing(1)
    return None


@pytest.mark.parametrize("alias", [False, True], ids=["home page", "two names"])
def test_an_unchanged_portal_costs_the_same_in_the_second_run_as_in_the_third(
    village: Village, tmp_path: Path, alias: bool
) -> None:
    if alias:
        menu = '<div id="menu"><ul><li><a href="/tin">Tin tức</a></li><li><a href="/tin-moi">Tin mới nhất</a></li></ul></div>'
        village.intercept = lambda request: (
            html("Trang chủ", f"{menu}<p>Chào mừng.</p>") if request.place == "/" else both(village, request)
        )
    else:
        village.intercept = lambda request: both(village, request)
    folder = Folder(tmp_path, village.toml())
    assert folder.crawl().status == 0
    first = village.asked()
    assert [path for path in first if first.count(path) > 1] == [], "no page was asked for twice"
    runs = []
    for _ in range(2):
        folder.crawl()
        runs.append(sorted(village.asked()))
    assert runs[0] == runs[1] == (["/", "/tin", "/tin-moi"] if alias else ["/", "/tin"])
    village.stories.insert(0, dated(99, 39))
    folder.crawl()
    assert f"{village.url}tin/bai-99.html" in found(folder)
    assert len(village.asked()) <= 6
