"""An article that moves stays one: by permanent redirects, by its canonical address, by what its old address says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scrapy.http import Response

from tests.helpers.commands import Folder, run
from tests.helpers.village import NOT_FOUND, Story, Village, article, html, moved
from wardnews.demo import Reply, Request
from wardnews.spiders.moves import target_of
from wardnews.store import queries
from wardnews.store.database import Store
from wardnews.store.moves import JOINED

DAYS_PASS = (
    "UPDATE pages SET absent_since = '2020-01-01T00:00:00Z', next_look = '2020-01-01T00:00:00Z' "
    "WHERE kind = 'article' AND absent_since IS NOT NULL AND state != 'moved'"
)
DUE = "UPDATE pages SET next_look = '2020-01-01T00:00:00Z' WHERE kind = 'article' AND state != 'moved'"


@pytest.fixture
def village() -> Iterator[Village]:
    with Village() as village:
        yield village


def records(folder: Folder) -> list[dict[str, Any]]:
    store = Store.open(f"sqlite:///{folder.path}/output/wardnews.db")
    try:
        return [json.loads(line) for line in queries.records(store)]
    finally:
        store.close()


def visited(village: Village, place: Path, *lines: str) -> tuple[Folder, dict[str, str]]:
    """Visit the village as it is; return its folder and the ids by title."""
    folder = Folder(place, village.toml(*lines))
    done = folder.crawl()
    assert done.status == 0, done.stderr
    ids = {one["title"]: one["id"] for one in records(folder)}
    assert len(ids) == len(village.stories)
    village.asked()
    return folder, ids


def redesign(village: Village, old: str = "/tin/bai-", status: int = 301) -> None:
    """Give all articles another address, in another section; the old one answers as told."""
    village.section = "chuyen-muc"
    village.path_of = lambda one: f"/chuyen-muc/{one.n}/lop-tap-huan"

    def leads(request: Request) -> Reply | None:
        if not request.path.startswith(old):
            return None
        number = request.path.removeprefix(old).removesuffix(".html")
        return moved(f"/chuyen-muc/{number}/lop-tap-huan", status)

    village.intercept = leads


@pytest.mark.parametrize("options", [(), ("--full",)], ids=["listings first", "old addresses first"])
@pytest.mark.parametrize("status", [301, 308])
def test_a_redesign_with_redirects_keeps_one_record_an_article(
    village: Village, tmp_path: Path, status: int, options: tuple[str, ...]
) -> None:
    folder, ids = visited(village, tmp_path)
    redesign(village, status=status)
    village.stories[0].words.append("Lớp sau mở vào tháng tới.")
    done = folder.crawl("hoasua", *options)
    found = records(folder)
    assert {one["title"]: one["id"] for one in found} == ids, done.stderr
    assert {one["url"] for one in found} == {f"{village.url}chuyen-muc/{n}/lop-tap-huan" for n in range(1, 7)}
    assert Counter(one["change"] for one in found) == {"reread": 5, "edited": 1}
    assert max(Counter(path for path in village.asked() if "lop-tap-huan" in path).values()) == 1
    assert folder.crawl().status == 0
    assert folder.last() == []
    folder.sql(DUE)
    assert folder.crawl().status == 0
    assert not [path for path in village.asked() if path.startswith("/tin/bai-")], "only the new address is asked"


def test_no_article_is_gone_when_the_redirects_end(village: Village, tmp_path: Path) -> None:
    folder, ids = visited(village, tmp_path)
    redesign(village)
    folder.crawl()
    village.intercept = lambda _request: None
    del village.stories[5]
    for _ in range(5):
        folder.sql(DUE)
        folder.sql(DAYS_PASS)
        folder.crawl("hoasua", "--full")
    gone = [one for one in records(folder) if one["change"] == "gone"]
    assert [one["id"] for one in gone] == [ids[f"Phường Hoa Sữa tập huấn phân loại rác, lớp {6}"]]
    assert gone[0]["url"].endswith("/chuyen-muc/6/lop-tap-huan")


def test_a_slug_that_changes_with_the_title_is_an_edit(village: Village, tmp_path: Path) -> None:
    folder, ids = visited(village, tmp_path)
    before = village.stories[2].title
    village.stories[2].title = f"{before} (đợt hai)"
    village.path_of = lambda one: f"/tin/bai-{one.n}-dot-hai.html" if one.n == 3 else f"/tin/bai-{one.n}.html"
    village.intercept = lambda request: moved("/tin/bai-3-dot-hai.html") if request.path == "/tin/bai-3.html" else None
    folder.crawl("hoasua", "--full")
    found = {one["id"]: one for one in records(folder)}
    assert len(found) == 6
    edited = found[ids[before]]
    assert (edited["change"], edited["version"], edited["url"][-22:]) == ("edited", 2, "tin/bai-3-dot-hai.html")


def test_an_article_is_gone_when_all_its_addresses_are(village: Village, tmp_path: Path) -> None:
    folder, ids = visited(village, tmp_path)
    old = {f"/tin/bai-{n}.html" for n in range(1, 7)}
    redesign(village)
    folder.crawl()
    village.intercept = lambda request: (
        article(village.stories[0]) if request.path == "/tin/bai-1.html" else NOT_FOUND if request.path in old else None
    )
    village.path_of = lambda one: f"/chuyen-muc/{one.n}/{'dau' if one.n == 1 else 'lop-tap-huan'}"
    village.stories = village.stories[1:]
    for _ in range(5):
        folder.sql(DUE)
        folder.sql(DAYS_PASS)
        folder.crawl("hoasua")
    first = next(one for one in records(folder) if one["id"] == ids["Phường Hoa Sữa tập huấn phân loại rác, lớp 1"])
    assert first["change"] != "gone", "its first address answers"


def test_a_redirect_to_the_home_page_is_no_article(village: Village, tmp_path: Path) -> None:
    folder, ids = visited(village, tmp_path)
    lost = ids[village.stories[0].title]
    village.intercept = lambda request: moved("/", 302) if request.path == "/tin/bai-1.html" else None
    del village.stories[0]
    for _ in range(4):
        folder.sql(DUE)
        folder.sql(DAYS_PASS)
        folder.crawl("hoasua", "--full")
    (gone,) = [one for one in records(folder) if one["change"] == "gone"]
    assert (gone["id"], gone["flags"][-1]) == (lost, "gone_by_redirect")


def test_two_articles_of_one_title_and_day_stay_two(village: Village, tmp_path: Path) -> None:
    folder, _ = visited(village, tmp_path)
    again = Story.made(1)
    again.n, again.words = 7, ["Lớp thứ hai cùng ngày, ở nhà văn hóa tổ dân phố số 7, do bà Lê Thị Mận phụ trách."]
    village.stories.insert(0, again)
    folder.crawl()
    assert len(records(folder)) == 7
    assert village.asked().count("/tin/bai-1.html") == 1, "asked once whether it has moved"


def long_ago(folder: Folder) -> None:
    """Let all that was seen so far have been seen years before the next visit."""
    for table, column in (("articles", "first_seen"), ("articles", "at"), ("versions", "at"), ("sightings", "at")):
        folder.sql(f"UPDATE {table} SET {column} = '2020' || substr({column}, 5)")


def command(folder: Folder, *arguments: str) -> tuple[int | None, str, str]:
    done = run(folder.path, *arguments, "--sites", "sites.toml")
    return done.returncode, done.stdout, done.stderr


def test_a_store_that_holds_doubles_is_mended(village: Village, tmp_path: Path) -> None:
    folder, ids = visited(village, tmp_path)
    village.section, village.path_of = "chuyen-muc", lambda one: f"/chuyen-muc/{one.n}/lop-tap-huan"
    again = Story.made(2)
    again.n = 7
    lost = village.stories.pop(5)
    village.stories.append(again)
    long_ago(folder)
    folder.crawl()
    assert len(records(folder)) == 12, "nothing says that they are one but the text"
    _, shown, _ = command(folder, "status", "hoasua")
    assert "hoasua: 5 articles stand under two ids, by all that they say: wardnews join hoasua" in shown
    status, shown, said = command(folder, "join", "hoasua")
    assert (status, shown.count("does not answer")) == (0, 5), "an article that stands beside its copy is no pair"
    assert "hoasua: 5 articles under two ids would be joined" in said
    assert len(records(folder)) == 12
    _, _, said = command(folder, "join", "hoasua", "--apply")
    assert "hoasua: 5 articles under two ids joined" in said
    emitted = folder.feeds()[-1]
    assert Counter(one["change"] for one in emitted) == {"gone": 5, "reread": 5}
    assert all(JOINED in one["flags"] for one in emitted if one["change"] == "gone")
    found = {one["id"]: one["title"] for one in records(folder)}
    assert {title: name for name, title in found.items() if name in ids.values()} == ids
    assert len(found) == 7
    changes = [json.loads(line) for line in run(folder.path, "changes").stdout.splitlines()]
    last = {one["id"]: one["change"] for one in (line.get("record", line) for line in changes)}
    assert {name for name, change in last.items() if change != "gone"} == set(found)
    village.asked()
    assert folder.crawl().status == 0
    assert len(records(folder)) == 7
    old = [path for path in village.asked() if path.startswith("/tin/bai-")]
    assert set(old) <= {f"/tin/bai-{lost.n}.html"}, "only the new addresses are asked"
    assert "no article stands under two ids" in command(folder, "join")[2]


def test_a_canonical_address_of_an_old_page_joins(village: Village, tmp_path: Path) -> None:
    folder, ids = visited(village, tmp_path)
    village.section, village.path_of = "chuyen-muc", lambda one: f"/chuyen-muc/{one.n}/lop-tap-huan"

    def copy(request: Request) -> Reply | None:
        if not request.path.startswith("/tin/bai-"):
            return None
        number = int(request.path.removeprefix("/tin/bai-").removesuffix(".html"))
        head = f'<link rel="canonical" href="/chuyen-muc/{number}/lop-tap-huan">'
        return article(village.stories[number - 1], "chuyen-muc", head)

    village.intercept = copy
    folder.crawl()
    assert {one["title"]: one["id"] for one in records(folder)} == ids


def test_a_soft_404_is_gone_with_a_flag(village: Village, tmp_path: Path) -> None:
    folder, ids = visited(village, tmp_path)
    lost = village.stories[1].title
    page = html("Không tìm thấy trang", "<h1>Không tìm thấy trang</h1><p>Mời bạn quay lại trang chủ.</p>")
    village.intercept = lambda request: page if request.path == "/tin/bai-2.html" else None
    for _ in range(4):
        folder.sql(DUE)
        folder.sql(DAYS_PASS)
        done = folder.crawl("hoasua", "--full")
    (gone,) = [one for one in records(folder) if one["change"] == "gone"]
    assert (gone["id"], gone["flags"][-1]) == (ids[lost], "gone_by_text"), done.stderr


def test_only_what_says_so_for_good_joins(village: Village, tmp_path: Path) -> None:
    folder, ids = visited(village, tmp_path)
    titles = [one.title for one in village.stories]
    leads = {
        "/tin/bai-1.html": moved("/tin/buoc-2", 301),
        "/tin/buoc-2": moved("/tin/buoc-3", 308),
        "/tin/bai-2.html": moved("/tin/vong", 301),
        "/tin/vong": moved("/tin/bai-2.html", 301),
        "/tin/bai-3.html": moved("/tin/bai-4.html", 302),
        "/tin/buoc-3": article(village.stories[0]),
        "/tin/bai-5.html": article(
            village.stories[4], head='<link rel="canonical" href="http://khac.example.vn/tin/bai-6.html">'
        ),
        "/tin/bai-6.html": article(village.stories[5], head='<link rel="canonical" href="/">'),
    }
    village.stories.clear()
    village.intercept = lambda request: (
        leads.get(request.path) or (article(Story.made(4)) if request.path == "/tin/bai-4.html" else None)
    )
    for _ in range(4):
        folder.sql(DUE)
        folder.sql(DAYS_PASS)
        folder.crawl("hoasua", "--full")
    found = {one["title"]: one for one in records(folder)}
    assert {title: one["id"] for title, one in found.items()} == ids
    assert found[titles[0]]["url"] == f"{village.url}tin/buoc-3", "a chain of permanent redirects"
    assert [one["title"] for one in found.values() if one["change"] == "gone"] == [titles[2]], "to another article"
    assert found[titles[4]]["url"] == f"{village.url}tin/bai-5.html"
    assert found[titles[5]]["url"] == f"{village.url}tin/bai-6.html"
    assert {one["version"] for one in found.values()} == {1}


def test_a_redirect_to_no_address_leads_nowhere() -> None:
    assert target_of(Response("http://a.example/1", status=301, headers={"Location": "http://[broken"})) is None
    assert target_of(Response("http://a.example/1", status=301, headers={"Location": "/2"})) == "http://a.example/2"
