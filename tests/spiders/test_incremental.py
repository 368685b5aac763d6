"""What a run finds when another has been there before, counted at the server."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.doubles import PracticeFamilies
from tests.helpers.commands import Folder
from tests.helpers.town import TEN, Town, dated, entry, menu, page, pieces
from wardnews.demo import PracticePortal, Reply, Request, make_articles

ARTICLES = int(os.environ.get("DRILL_ARTICLES", "300"))
DUE = "UPDATE pages SET next_look = '2020-01-01T00:00:00Z' WHERE kind = 'article' AND key LIKE :key AND next_look IS NOT NULL"
DAYS_PASS = (
    "UPDATE pages SET absent_since = '2020-01-01T00:00:00Z', next_look = '2020-01-01T00:00:00Z' "
    "WHERE kind = 'article' AND absent_since IS NOT NULL"
)
FAILED = "UPDATE pages SET next_look = '2020-01-01T00:00:00Z' WHERE kind = 'turn' AND key LIKE 'http%'"


@pytest.fixture
def town() -> Iterator[Town]:
    with Town() as town:
        yield town


def folder_of(town: Town, place: Path, *lines: str) -> Folder:
    return Folder(place, town.toml("hoasua", *lines))


def new(*ids: int) -> list[tuple[str, str]]:
    return sorted((str(number), "new") for number in ids)


def all_once(folder: Folder, town: Town) -> None:
    assert sorted(folder.all()) == new(*(one.id for one in town.pieces))


def test_an_unchanged_portal_costs_a_listing_page_a_section(town: Town, tmp_path: Path) -> None:
    town.pieces, town.sections = pieces(ARTICLES, sections=10), TEN
    folder = folder_of(town, tmp_path)
    assert folder.crawl().status == 0
    assert Counter(town.asked()).most_common(1)[0][1] == 1
    all_once(folder, town)
    done = folder.crawl()
    assert done.status == 0, done.stderr
    assert "0 new, 0 edited, 100 known, 0 gone, 0 failed" in done.stderr
    assert sorted(town.asked()) == sorted(["/", *(f"/{section}" for section in TEN)])
    assert folder.last() == []


def test_new_and_edited_articles_are_found_and_nothing_else(town: Town, tmp_path: Path) -> None:
    """Articles of 1 to 20 days: an edit of the title shows in the listing, one of the body at the next look."""
    town.pieces, town.sections = pieces(200, sections=10, newest=1.1, step=0.1), TEN
    folder = folder_of(town, tmp_path)
    folder.crawl()
    town.asked()
    town.pieces += pieces(5, sections=10, first=501, newest=0.1, step=0.1)
    town.change(10_003, title="Tiêu đề đã sửa")
    town.change(10_150, body="Nội dung đã được biên tập lại, dài hơn trước.")
    town.change(10_200, body="Bài cũ nhất cũng được sửa lại nội dung.")
    assert folder.sql("SELECT count(*) FROM pages WHERE kind = 'article' AND next_look IS NOT NULL") == [(200,)]
    for key in ("%10150", "%10200", "%10199"):
        folder.sql(DUE, key=key)
    done = folder.crawl()
    assert done.status == 0, done.stderr
    edited = [(str(number), "edited") for number in (10_003, 10_150, 10_200)]
    assert folder.last() == sorted([*new(*range(10_501, 10_506)), *edited])
    asked = town.asked()
    assert len([path for path in asked if "view_content" in path]) == 9
    assert len([path for path in asked if "_101_cur" in path]) <= 5
    folder.crawl()
    assert folder.last() == []
    assert not [path for path in town.asked() if "view_content" in path]


def test_not_modified_is_believed_and_a_changed_tag_is_read(town: Town, tmp_path: Path) -> None:
    town.pieces, town.validators = pieces(30, newest=2, step=0.5), True
    folder = folder_of(town, tmp_path)
    folder.crawl()
    town.asked()
    folder.sql(DUE, key="%")
    town.change(10_001, body="Nội dung mới sau khi sửa bài.")
    done = folder.crawl()
    assert done.status == 0, done.stderr
    assert town.statuses == {200: 3, 304: 30}, "robots.txt, home and the edited article are read, nothing else"
    assert folder.last() == [("10001", "edited")]
    assert "30 known" not in done.stderr
    town.asked()
    done = folder.crawl()
    assert done.status == 0, done.stderr
    assert town.statuses == {200: 2, 304: 1}
    assert "0 new, 0 edited" in done.stderr


def test_not_modified_that_nobody_asked_for_is_a_failure(town: Town, tmp_path: Path) -> None:
    town.pieces = pieces(3)
    town.intercept = lambda asked: Reply(304) if "10002" in asked.path else None
    folder = folder_of(town, tmp_path)
    done = folder.crawl()
    assert "HTTP status 304: 1 page" in done.stderr
    town.intercept = lambda _: None
    folder.sql("UPDATE pages SET next_look = '2020-01-01T00:00:00Z' WHERE state = 'failed'")
    folder.crawl()
    all_once(folder, town)


def test_last_modified_is_asked_by(town: Town, tmp_path: Path) -> None:
    day = "Wed, 21 Oct 2026 07:28:00 GMT"
    town.pieces = pieces(3, newest=2)

    def intercept(asked: Request) -> Reply | None:
        if "view_content" not in asked.path:
            return None
        if asked.header("If-Modified-Since") == day:
            return Reply(304)
        return replace(town.reply(asked), headers=(("Last-Modified", day),))

    town.intercept = intercept
    folder = folder_of(town, tmp_path)
    folder.crawl()
    town.asked()
    folder.sql(DUE, key="%")
    folder.crawl()
    assert town.statuses[304] == 3
    all_once(folder, town)


def test_all_is_looked_at_again_though_nothing_is_new_for_long(town: Town, tmp_path: Path) -> None:
    """Answers of "not modified" are articles, not pages of an endless calendar."""
    town.pieces, town.validators = pieces(60), True
    folder = folder_of(town, tmp_path)
    folder.crawl()
    town.asked()
    done = folder.crawl("hoasua", "--full", settings={"WARDNEWS_PORTAL_PAGES_NO_ITEM": 20})
    assert done.status == 0, done.stderr
    assert "left to the next run" not in done.stderr
    assert town.statuses[304] >= 60


def test_a_listing_gives_a_series_of_views_without_a_fetch(town: Town, tmp_path: Path) -> None:
    town.pieces = pieces(5)
    folder = folder_of(town, tmp_path)
    folder.crawl()
    town.asked()
    for views in (17, 42, 42):
        folder.sql("UPDATE views SET observed_at = '2026' || substr(observed_at, 5, 15) || '.' || count || 'Z'")
        town.change(10_002, views=views)
        done = folder.crawl()
        assert "0 new, 0 edited, 5 known" in done.stderr
    assert town.asked() == ["/", "/muc-0"] * 3
    series = folder.sql("SELECT count FROM views WHERE article = 'hoasua:10002' ORDER BY count")
    assert series == [(5,), (17,), (42,)]
    assert folder.sql("SELECT views FROM articles WHERE id = 'hoasua:10002'") == [(42,)]
    all_once(folder, town)


def test_a_look_sees_the_counter_tick_and_no_edit(town: Town, tmp_path: Path) -> None:
    town.pieces, town.dated = pieces(3, newest=2), False
    folder = folder_of(town, tmp_path)
    folder.crawl()
    folder.sql(DUE, key="%")
    town.change(10_001, views=6)
    done = folder.crawl()
    assert "0 new, 0 edited, 3 known" in done.stderr
    assert folder.sql("SELECT views, version FROM articles WHERE id = 'hoasua:10001'") == [(6, 1)]


# --- gone and back ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 410])
def test_gone_after_three_looks_over_days_then_back(town: Town, tmp_path: Path, status: int) -> None:
    town.pieces = pieces(3, newest=2)
    folder = folder_of(town, tmp_path)
    folder.crawl()
    lost = town.pieces[1]
    town.pieces = [one for one in town.pieces if one != lost]
    town.intercept = lambda asked: Reply(status, b"") if asked.path == lost.path else None
    folder.sql(DUE, key=str(lost.id))
    for _ in range(2):
        assert folder.crawl().status == 0
        assert folder.last() == []
        folder.sql(DAYS_PASS)
    assert "1 gone" in folder.crawl().stderr
    assert folder.last() == [(str(lost.id), "gone")]
    assert folder.sql("SELECT gone FROM articles WHERE id = :id", id=f"hoasua:{lost.id}") == [(1,)]
    town.asked()
    for _ in range(2):
        folder.crawl()
        assert folder.last() == []
        assert lost.path not in town.asked(), "it is looked at a month later"
        folder.sql("UPDATE pages SET next_look = '2020-01-01T00:00:00Z' WHERE key = :key", key=str(lost.id))
        folder.crawl()
        assert folder.last() == []
        assert lost.path in town.asked()
    town.pieces.append(lost)
    town.intercept = lambda _: None
    assert "1 back" in folder.crawl().stderr
    assert folder.last() == [(str(lost.id), "back")]
    assert folder.sql("SELECT gone, version FROM articles WHERE id = :id", id=f"hoasua:{lost.id}") == [(0, 1)]
    folder.crawl()
    assert folder.last() == []


def test_three_looks_within_a_day_do_not_make_an_article_gone(town: Town, tmp_path: Path) -> None:
    town.pieces = pieces(3, newest=2)
    folder = folder_of(town, tmp_path)
    folder.crawl()
    town.intercept = lambda asked: Reply(404, b"") if "10001" in asked.path else None
    for _ in range(4):
        folder.sql("UPDATE pages SET next_look = '2020-01-01T00:00:00Z' WHERE key = '10001'")
        folder.crawl()
        assert folder.last() == []


def test_not_found_once_is_nothing(town: Town, tmp_path: Path) -> None:
    town.pieces = pieces(3, newest=2)
    folder = folder_of(town, tmp_path)
    folder.crawl()
    town.intercept = lambda asked: Reply(404, b"") if "10001" in asked.path else None
    folder.sql(DUE, key="10001")
    folder.crawl()
    town.intercept = lambda _: None
    folder.sql(DAYS_PASS)
    folder.crawl()
    assert folder.sql("SELECT absences, absent_since FROM pages WHERE key = '10001'") == [(0, None)]
    all_once(folder, town)


def test_a_redirect_to_the_home_page_becomes_gone_then_back(town: Town, tmp_path: Path) -> None:
    town.pieces = pieces(3, newest=2)
    folder = folder_of(town, tmp_path)
    folder.crawl()
    town.intercept = lambda asked: Reply(302, b"", headers=(("Location", "/"),)) if "10001" in asked.path else None
    for _ in range(5):
        folder.sql("UPDATE pages SET next_look = '2020-01-01T00:00:00Z' WHERE key = '10001'")
        folder.sql(DAYS_PASS)
        assert folder.crawl().status == 0
    assert [one for one in folder.all() if one[1] != "new"] == [("10001", "gone")]
    town.intercept = lambda _: None
    town.change(10_001, body="Bài đã trở lại với nội dung khác hẳn.")
    folder.sql("UPDATE pages SET next_look = '2020-01-01T00:00:00Z' WHERE key = '10001'")
    folder.crawl()
    assert folder.last() == [("10001", "back")]


# --- days, samples and the whole, in turn --------------------------------------------------------------------------


MONTH = 31


@pytest.mark.parametrize("per_page", [3, 10])
@pytest.mark.parametrize(
    "runs",
    [
        [["--since", "{15}"], []],
        [["--until", "{15}"], []],
        [["--since", "{20}", "--until", "{10}"], []],
        [["--sample", "4"], []],
        [["--sample", "2"], ["--since", "{15}"], ["--until", "{10}"], []],
        [["--since", "{5}"], ["--since", "{15}"], ["--since", "{3}"], []],
        [["--since", "{15}"], ["--full"]],
    ],
    ids=lambda runs: " then ".join(" ".join(run) or "whole" for run in runs),
)
def test_parts_first_then_the_whole(town: Town, tmp_path: Path, runs: list[list[str]], per_page: int) -> None:
    town.pieces, town.sections, town.per_page = pieces(60, sections=2, newest=1, step=0.5), TEN[:2], per_page
    folder = folder_of(town, tmp_path)
    for run in runs:
        done = folder.crawl("hoasua", *dated(run))
        assert done.status == 0, done.stderr
    all_once(folder, town)


@pytest.mark.parametrize("per_page", [3, 10])
@pytest.mark.parametrize(
    "between",
    [
        [["--since", "{1}"]],
        [["--since", "{1}"], ["--since", "{1}"]],
        [["--until", "{200}"]],
        [["--until", "{9}"], ["--since", "{1}"]],
        [["--sample", "3"]],
        [["--sample", "10"], ["--since", "{1}"]],
    ],
    ids=lambda runs: " then ".join(map(" ".join, runs)),
)
def test_the_whole_a_month_of_news_seen_in_part_then_the_whole(
    town: Town, tmp_path: Path, between: list[list[str]], per_page: int
) -> None:
    town.pieces, town.per_page = pieces(40, newest=100), per_page
    folder = folder_of(town, tmp_path)
    folder.crawl()
    town.pieces += pieces(50, first=500, newest=0.2, step=0.6)
    for run in between:
        folder.crawl("hoasua", *dated(run))
    folder.crawl()
    all_once(folder, town)


def test_parts_of_a_list_that_is_out_of_order(town: Town, tmp_path: Path) -> None:
    """A pinned entry in the midst of what a part leaves out."""
    town.pieces, town.per_page = pieces(40, newest=100), 5
    folder = folder_of(town, tmp_path)
    folder.crawl()
    town.pieces += pieces(50, first=500, newest=0.2, step=0.6)
    pinned = next(one for one in town.pieces if one.id == 10_500)

    def intercept(asked: Request) -> Reply | None:
        if asked.path.startswith("/muc-0?"):
            return page("muc-0", entry(pinned) + town.listing("muc-0", int(asked.query["_101_cur"])))
        return None

    town.intercept = intercept
    for _ in range(2):
        folder.crawl("hoasua", *dated(["--since", "{1}"]))
    folder.crawl()
    all_once(folder, town)


# --- listings that fail, lie and change ----------------------------------------------------------------------------


def test_a_page_of_a_listing_that_fails_once_costs_nothing(town: Town, tmp_path: Path) -> None:
    town.pieces = pieces(60)
    failures = iter([Reply(500, b"")])
    town.intercept = lambda asked: next(failures, None) if asked.path.endswith("cur=3") else None
    folder = folder_of(town, tmp_path)
    assert folder.crawl().status == 0
    all_once(folder, town)


def test_a_page_of_a_listing_that_fails_for_ever_is_tried_until_it_does_not(town: Town, tmp_path: Path) -> None:
    town.pieces = pieces(60)
    town.intercept = lambda asked: Reply(500, b"") if asked.path.endswith("cur=3") else None
    folder = folder_of(town, tmp_path)
    done = folder.crawl()
    assert "20 new" in done.stderr
    assert "HTTP status 500: 1 page" in done.stderr
    town.asked()
    done = folder.crawl()
    assert done.status == 0, done.stderr
    assert town.asked() == ["/", "/muc-0"], "the failed page has its own days"
    for _ in range(6):
        folder.sql(f"{FAILED} AND next_look IS NOT NULL")
        folder.crawl()
        assert len([path for path in town.asked() if path.endswith("cur=3")]) == 3
    # What stood on the failing page moves on to the next meanwhile.
    town.pieces += pieces(25, first=500, newest=1, step=0.1)
    folder.crawl()
    town.intercept = lambda _: None
    folder.sql(FAILED)
    folder.crawl()
    all_once(folder, town)


def test_a_failed_page_of_a_listing_that_a_later_walk_comes_to_still_stands_for_the_rest(
    town: Town, tmp_path: Path
) -> None:
    town.pieces = pieces(60)
    town.intercept = lambda asked: Reply(500, b"") if asked.path.endswith("cur=3") else None
    folder = folder_of(town, tmp_path)
    folder.crawl()
    town.intercept = lambda _: None
    town.pieces += pieces(25, first=500, newest=1, step=0.1)
    folder.crawl()
    all_once(folder, town)


def test_a_listing_that_repeats_its_last_page_for_ever(town: Town, tmp_path: Path) -> None:
    town.pieces, town.last_repeats = pieces(25), True
    folder = folder_of(town, tmp_path)
    assert folder.crawl().status == 0
    assert len([path for path in town.asked() if "_101_cur" in path]) == 3
    town.pieces += pieces(25, first=500, newest=1, step=0.1)
    folder.crawl()
    all_once(folder, town)
    town.asked()
    folder.crawl()
    assert town.asked() == ["/", "/muc-0"]


def test_an_old_article_pinned_on_top(town: Town, tmp_path: Path) -> None:
    town.pieces = pieces(35)
    pinned = town.pieces[-1]

    def intercept(asked: Request) -> Reply | None:
        listing = asked.place == "/muc-0"
        return (
            page("muc-0", entry(pinned) + town.listing("muc-0", int(asked.query.get("_101_cur", "1"))))
            if listing
            else None
        )

    town.intercept = intercept
    folder = folder_of(town, tmp_path)
    folder.crawl()
    all_once(folder, town)
    town.pieces += pieces(15, first=500, newest=1, step=0.1)
    folder.crawl()
    all_once(folder, town)
    town.asked()
    folder.crawl()
    assert town.asked() == ["/", "/muc-0"]


def test_sections_that_share_articles(town: Town, tmp_path: Path) -> None:
    """One article is in two sections, and a third section lists all that the first does."""
    town.sections = TEN[:3]
    town.pieces = [replace(one, sections=("muc-0", "muc-2")) for one in pieces(35)]
    town.pieces += [replace(one, sections=("muc-1",)) for one in pieces(35, first=200, newest=300)]
    town.pieces += [replace(pieces(1, first=400)[0], sections=("muc-0", "muc-1"))]
    folder = folder_of(town, tmp_path)
    folder.crawl()
    all_once(folder, town)
    paths = town.asked()
    assert len(paths) == len(set(paths))
    town.pieces += [replace(one, sections=("muc-2", "muc-0")) for one in pieces(15, first=500, newest=1)]
    folder.crawl()
    all_once(folder, town)
    town.asked()
    folder.crawl()
    assert sorted(town.asked()) == ["/", "/muc-0", "/muc-1", "/muc-2"]


def test_an_emptied_section_is_sick_until_it_lists_again(town: Town, tmp_path: Path) -> None:
    town.pieces, town.sections = pieces(20, sections=2), TEN[:2]
    folder = folder_of(town, tmp_path)
    folder.crawl()
    town.intercept = lambda asked: page("muc-1", menu(TEN[:2])) if asked.place == "/muc-1" else None
    for _ in range(2):
        done = folder.crawl()
        assert done.status == 3
        assert "a section that listed articles lists none" in done.stderr
    town.intercept = lambda _: None
    town.pieces += [replace(pieces(1, first=500, newest=1)[0], sections=("muc-1",))]
    done = folder.crawl()
    assert done.status == 0, done.stderr
    all_once(folder, town)


def test_sections_that_come_later_and_go(town: Town, tmp_path: Path) -> None:
    town.pieces, town.sections = pieces(40, sections=4), TEN[:2]
    folder = folder_of(town, tmp_path)
    folder.crawl()
    assert len(folder.all()) == 20
    town.sections = TEN[:4]
    folder.crawl()
    all_once(folder, town)
    town.sections = TEN[:3]
    assert folder.crawl().status in (0, 3)
    all_once(folder, town)


def test_a_menu_page_that_is_an_article(town: Town, tmp_path: Path) -> None:
    town.pieces, town.sections = pieces(12), ["muc-0", "gioi-thieu"]
    about = replace(pieces(1, first=900)[0], sections=("gioi-thieu",))
    shown = [about]

    def intercept(asked: Request) -> Reply | None:
        town.pieces.append(shown[0])
        reply = town.reply(asked._replace(path=shown[0].path)) if asked.path == "/gioi-thieu" else None
        town.pieces.remove(shown[0])
        return reply

    town.intercept = intercept
    folder = folder_of(town, tmp_path)
    folder.crawl()
    assert ("10900", "new") in folder.all()
    town.asked()
    assert folder.crawl().status == 0
    assert "/gioi-thieu" not in town.asked()
    shown[0] = replace(about, body="Giới thiệu đã được viết lại cho phường sau sáp nhập.")
    folder.sql("UPDATE pages SET next_look = '2020-01-01T00:00:00Z' WHERE key LIKE '%gioi-thieu'")
    folder.crawl()
    assert folder.last() == [("10900", "edited")]


# --- other systems -------------------------------------------------------------------------------------------------


def test_lists_that_come_by_calls(tmp_path: Path) -> None:
    with PracticePortal(100) as portal:
        folder = Folder(tmp_path, portal.toml())
        assert folder.crawl("practice-newszone").status == 0
        before = {str(article.id) for article in portal.of("newszone")}
        assert {key for key, _ in folder.all()} == before
        portal.requests["newszone"].clear()
        folder.crawl("practice-newszone")
        assert not [
            asked for asked in portal.requests["newszone"] if asked.method == "POST" or asked.path.count("-") > 9
        ]
        assert folder.last() == []
        fresh = [article for article in make_articles(200) if article.generation == "newszone"]
        fresh = [article for article in fresh if str(article.id) not in before]
        moved = portal.of("newszone")[0].published
        for number, article in enumerate(fresh[:45]):
            portal.put(replace(article, published=moved.replace(hour=0, minute=number, day=28)))
        folder.crawl("practice-newszone")
        assert {key for key, _ in folder.last()} == {str(article.id) for article in fresh[:45]}


def test_a_list_for_machines(tmp_path: Path) -> None:
    with PracticeFamilies("wordpress") as families:
        folder = Folder(tmp_path, families.toml())
        folder.crawl("practice-wordpress")
        assert len(folder.all()) == 17
        families.requests["wordpress"].clear()
        done = folder.crawl("practice-wordpress")
        assert done.status == 0, done.stderr
        assert folder.last() == []
        stories = {article.url.partition("/")[2] for article in families.articles("wordpress")}
        assert not [asked.path for asked in families.requests["wordpress"] if asked.path in stories]
        assert len(families.requests["wordpress"]) <= 8
