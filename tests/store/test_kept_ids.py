"""Articles that a CMS numbers apart, and stores in which they were known by their number alone."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.doubles import PracticeFamilies
from tests.doubles.families import Family
from tests.helpers.commands import read_feed
from tests.helpers.old_store import without_added
from wardnews.demo import Reply, Request
from wardnews.store.database import Store

SITE = "practice-nukeviet"
COLUMNS = {"articles": "id", "versions": "article", "views": "article", "sightings": "article", "signatures": "article"}


def make_old(file: Path) -> dict[str, str]:
    """Make of a store one of before: articles known by their number; return old ids by new ones."""
    with sqlite3.connect(file) as connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM articles")]
        old = {new: f"{SITE}:{new.rpartition('-')[2]}" for new in ids}
        for new, number in old.items():
            for table, column in COLUMNS.items():
                connection.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (number, new))
            connection.execute("UPDATE versions SET record = replace(record, ?, ?)", (f'"{new}"', f'"{number}"'))
            connection.execute("UPDATE articles SET story = ? WHERE story = ?", (number, new))
            keys = number.partition(":")[2], new.partition(":")[2]
            connection.execute("UPDATE pages SET article = ?, key = ? WHERE key = ?", (number, *keys))
            connection.execute("UPDATE listings SET key = ? WHERE key = ?", keys)
        without_added(connection.execute)
        connection.execute("DROP TABLE kept_ids")
        connection.execute("DROP TABLE key_forms")
        connection.execute("DROP INDEX pages_by_article")
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    return old


@pytest.fixture
def portals(tmp_path: Path) -> Iterator[PracticeFamilies]:
    with PracticeFamilies("nukeviet") as made:
        (tmp_path / "families.toml").write_text(made.toml(), encoding="utf-8")
        yield made


def test_a_store_of_before_keeps_its_ids_and_asks_for_nothing_twice(
    portals: PracticeFamilies, wardnews: Run, tmp_path: Path
) -> None:
    done = wardnews("crawl", SITE, "--sites", "families.toml", "-o", "first.jsonl")
    assert done.returncode == 0, done.stderr
    first = read_feed(tmp_path / "first.jsonl")
    old = make_old(tmp_path / "output" / "wardnews.db")
    assert set(old) == {record["id"] for record in first}
    again = wardnews("crawl", SITE, "--full", "--sites", "families.toml", "-o", "again.jsonl")
    assert again.returncode == 0, again.stderr
    assert not (tmp_path / "again.jsonl").exists() or read_feed(tmp_path / "again.jsonl") == []
    asked = Counter(one.path for one in portals.requests["nukeviet"] if one.path.endswith(".html"))
    assert max(asked.values()) == 2, "each article once a run"
    kept = [json.loads(line)["id"] for line in wardnews("export").stdout.splitlines()]
    assert sorted(kept) == sorted(old.values())


def test_a_store_without_such_articles_is_migrated_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "wardnews.db"
    Store.open(f"sqlite:///{file}").close()
    make_old(file)
    Store.open(f"sqlite:///{file}").close()
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT count(*) FROM kept_ids").fetchone() == (0,)


def article(title: str, module: str) -> str:
    text = f"{title}: các hộ dân trong thôn cùng nhau quét dọn đường làng, khơi thông cống rãnh và trồng thêm hoa. "
    return (
        f'<ol class="breadcrumb"><li><a href="/{module}/">{module}</a></li></ol><div class="news_column">'
        f'<div class="panel-body"><h1 class="title" itemprop="headline">{title}</h1>'
        f'<span class="h5">Thứ ba - 01/09/2026 08:30</span><div id="news-bodyhtml"><p>{text * 2}</p></div></div></div>'
    )


def listing(module: str, name: str) -> str:
    entry = '<div class="panel-body"><h3><a href="/{0}/bai-{1}.html">{2} họp kỳ thứ {1} trong năm</a></h3></div>'
    return "<div class='news_column'>" + "".join(entry.format(module, number, name) for number in (1, 2, 3)) + "</div>"


def test_modules_of_one_portal_number_their_articles_apart(
    portals: PracticeFamilies, wardnews: Run, tmp_path: Path
) -> None:
    modules = {"tin-tuc": "Xã Bến Trăng", "tin-thon": "Thôn Đông"}
    menu = "".join(f'<li><a href="/{module}/">{name}</a></li>' for module, name in modules.items())
    menu += '<li><a href="/gioi-thieu/trang-2.html">Lịch sử hình thành</a></li>'
    static = '<div id="page-bodyhtml"><p>Xã thành lập năm 1981, có chín thôn.</p></div>'
    pages = {"/": "<p>Chào mừng</p>", "/gioi-thieu/trang-2.html": static}
    for module, name in modules.items():
        pages[f"/{module}/"] = listing(module, name)
        pages |= {f"/{module}/bai-{one}.html": article(f"{name} họp kỳ {one}", module) for one in (1, 2, 3)}

    serve(portals, pages, menu)
    done = wardnews("crawl", SITE, "--sites", "families.toml", "-o", "out.jsonl")
    assert done.returncode == 0, done.stderr
    found = {record["id"] for record in read_feed(tmp_path / "out.jsonl")}
    assert found == {f"{SITE}:{module}-{number}" for module in modules for number in (1, 2, 3)}


def serve(portals: PracticeFamilies, pages: dict[str, str], menu: str) -> None:
    """Let the portal serve pages, each in a frame of the system's own."""

    def intercept(_family: Family, request: Request) -> Reply | None:
        if request.path == "/robots.txt":
            return None
        if request.path not in pages:
            return Reply(404, b"khong co")
        head = '<meta charset="utf-8"><meta name="generator" content="NukeViet v4.5">'
        return Reply(200, f"{head}<ul class='navbar-nav'>{menu}</ul>{pages[request.path]}".encode())

    portals.intercept = intercept


ENTRY = "<div class='panel-body'><h3><a href='/tin-tuc/{}/{}.html'>{}</a></h3></div>"
OTHERS = [("Lễ hội đua thuyền", True), ("Xã Bến Trăng họp kỳ…", False)]
OWN = "Xã Bến Trăng họp kỳ thứ 7"


@pytest.mark.parametrize(("title", "told"), OTHERS)
@pytest.mark.parametrize("pages_of_list", [("a", "b"), ("a", "a")], ids=["two lists", "one list"])
def test_two_articles_under_one_number_are_reported(
    portals: PracticeFamilies, wardnews: Run, tmp_path: Path, title: str, told: bool, pages_of_list: tuple[str, str]
) -> None:
    lists = dict.fromkeys(("a", "b"), "")
    for place, folder, said in zip(pages_of_list, "ab", (OWN, title), strict=True):
        lists[place] += ENTRY.format(folder, "bai-7", said)
    pages = {f"/tin-tuc/{name}/": f"<div class='news_column'>{entries}</div>" for name, entries in lists.items()}
    pages |= {
        f"/tin-tuc/{name}/bai-7.html": article(said, "tin-tuc") for name, said in zip("ab", (OWN, title), strict=True)
    }
    menu = "<li><a href='/tin-tuc/a/'>Mục A</a></li><li><a href='/tin-tuc/b/'>Mục B</a></li>"
    serve(portals, pages | {"/": "<p>Chào mừng</p>"}, menu)
    done = wardnews("crawl", SITE, "--sites", "families.toml", "-o", "out.jsonl")
    assert ("two articles under one number: 1 page" in done.stderr) == told, done.stderr


def test_an_article_under_the_number_of_a_known_one_is_reported(
    portals: PracticeFamilies, wardnews: Run, tmp_path: Path
) -> None:
    menu = "<li><a href='/tin-tuc/a/'>Mục A</a></li>"
    titles = {"xa-ben-trang-hop-ky-thu-bay-7": OWN, "le-hoi-dua-thuyen-tren-song-7": "Lễ hội đua thuyền trên sông"}
    for slug, title in titles.items():
        pages = {f"/tin-tuc/a/{slug}.html": article(title, "tin-tuc"), "/": "<p>Chào mừng</p>"}
        pages["/tin-tuc/a/"] = f"<div class='news_column'>{ENTRY.format('a', slug, title)}</div>"
        serve(portals, pages, menu)
        done = wardnews("crawl", SITE, "--sites", "families.toml")
    assert "two articles under one number: 1 page" in done.stderr, done.stderr
