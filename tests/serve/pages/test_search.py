"""The search of `wardnews serve` for whoever asks more of it: days, phrases, orders, files and feeds, languages."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import feedparser
import pytest

from tests.helpers import datasette_imported  # noqa: F401 - before all else that imports it
from tests.serve.town import built, made, share_a_story, town, write
from wardnews import serve
from wardnews.serve.copy import distinct_names
from wardnews.serve.drawing.months import bars_of
from wardnews.serve.searching.asked import Search
from wardnews.sites import Site
from wardnews.store.database import Store
from wardnews.store.queries import records


def titles(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", one) for one in re.findall(r'<h3 lang="vi"><a[^>]*>(.*?)</a>', page)]


# Datasette leaves connections in memory open, and facets uncounted behind a facet that is none.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed database in <sqlite3:ResourceWarning", "ignore:.*[Ff]acet")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ('q="Phúc Lợi"&from=2022-01-01', ["Hội nghị về việc đảng ủy và dân"]),
        ('q="lợi phúc"', []),
        ("q=dang+uy+-dân", ["Đảng ủy phường giao ban tháng 4", "Ngày hội ở phường bạn"]),
        ('q=dang+uy+-"phường bạn"', ["Đảng ủy phường giao ban tháng 4"]),
        ("q=dang+uy&titles=1&sort=newest", ["Hội nghị về việc đảng ủy và dân", "Đảng ủy phường giao ban tháng 4"]),
        ("q=dang+uy&sort=views", ["Hội nghị về việc đảng ủy và dân", "Đảng ủy phường giao ban tháng 4", "Ngày hội ở phường bạn"]),
        ("from=2021-04-30&to=2021-04-30&site=hoasua", ["Đảng ủy phường giao ban tháng 4"]),
        ("to=2018-03-11&sort=newest", ["Tin vắn số 11", "Tin vắn số 10"]),
        ("ward=99001", ["Đảng ủy phường giao ban tháng 4"]),
        ("ward=99002", []),
        ("year=2022", ["Hội nghị về việc đảng ủy và dân"]),
    ],
)  # fmt: skip
def test_a_search_is_as_narrow_as_it_is_asked(get: Callable[..., Any], asked: str, found: list[str]) -> None:
    page = get(f"/?{quote(asked, safe='=&+')}").text
    assert titles(page) == found
    lines = get(f"/results.jsonl?{quote(asked, safe='=&+')}").text.splitlines()
    assert [json.loads(line)["title"] for line in lines] == found


def test_what_is_excluded_alone_finds_all_and_says_so(get: Callable[..., Any]) -> None:
    assert "names no word that is to be found" in get("/?q=-hoi").text


@pytest.mark.parametrize(
    "path", ["/?from=2024-13-01", "/?to=1/2/2024", "/?from=2024-02-02&to=2024-02-01", "/?to=20240101"]
)
def test_days_that_are_none_are_refused(get: Callable[..., Any], path: str) -> None:
    for kind in ("/", "/results.csv", "/results.jsonl", "/results.atom"):
        assert get(path.replace("/?", f"{kind}?")).status_code == 400
    assert "02/02/2024" in get("/?from=2024-02-02&to=2024-02-01").text


def test_a_result_is_what_an_export_writes(store: Store, tmp_path: Path) -> None:
    write(store, *town(), made("hoasua:90", '=HYPERLINK("http://a.example")', "Tin."))
    share_a_story(store)
    site = serve.application(built(store, tmp_path / "copy.db"))

    def asked(path: str) -> Any:
        return asyncio.run(site.client.get(path))

    lines = asked("/results.jsonl").text.splitlines()
    assert sorted(lines) == sorted(records(store))
    answer = asked("/results.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="wardnews.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))
    assert len(rows) == len(lines) == 25
    assert [row["title"] for row in rows if "HYPERLINK" in row["title"]] == ['\'=HYPERLINK("http://a.example")']
    site.executor.shutdown()
    for database in site.databases.values():
        database.close()


def test_the_feed_of_a_search_brings_what_is_new(get: Callable[..., Any]) -> None:
    answer = get(f"/results.atom?q={quote('đảng ủy')}&lang=vi")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert len(feed.entries) == 3
    assert (
        f'href="/results.atom?q={quote("đảng ủy", safe="").replace("%20", "+")}&amp;lang=en"' in get("/?q=đảng ủy").text
    )
    links = {one["rel"]: one["href"] for one in feed.feed.links}
    assert links["self"].endswith(f"/results.atom?q={quote('đảng ủy', safe='').replace('%20', '+')}&lang=vi")
    assert get("/results.atom?q=dang").text.count("<id>") == 1 + 3
    ids = {
        re.findall(r"<id>(.*?)</id>", get(f"/results.atom?q=dang{more}").text)[0]
        for more in ("", "&sort=views", "&page=2")
    }
    assert len(ids) == 1, "an order and a page make no other feed"


def test_bars_narrow_the_search(get: Callable[..., Any]) -> None:
    page = get("/?q=dang+uy").text
    assert re.search(r'href="/\?q=dang\+uy&amp;from=2021-04-01&amp;to=2021-04-30" title="04/2021: 1 article"', page)
    years = bars_of([("2012-05", 3), ("2024-02", 6), ("x", 9)], Search(q="a", since="2000-01-01"))
    assert [bar.label for bar in years] == [str(year) for year in range(2012, 2025)]
    assert (years[0].height, years[1].height, years[0].url) == (50, 0, "/?q=a&year=2012")
    assert bars_of([("2024-02", 6)], Search()) == []
    assert 'class="bars"' not in get("/?q=giao+ban").text


def test_portals_of_one_name_are_distinct_names() -> None:
    names = {"a": "00136", "b": "26743", "c": None, "d": None}
    sites = {key: Site(key, "Phường Phúc Lợi", f"http://{key}.example/", unit) for key, unit in names.items()}
    apart = distinct_names({**sites, "e": Site("e", "Phường Hoa Sữa", "http://e.example/")})
    assert apart["a"] != apart["b"]
    assert "Hồ Chí Minh" in apart["b"]
    assert (apart["c"], apart["d"], apart["e"]) == ("Phường Phúc Lợi (c)", "Phường Phúc Lợi (d)", "Phường Hoa Sữa")


def test_it_speaks_the_language_of_the_browser_or_the_one_that_is_chosen(shown: Any) -> None:
    def asked(path: str, **headers: str) -> Any:
        return asyncio.run(shown.client.get(path, headers=headers))

    for path, words in {"/": "Bài viết mới nhất", "/?year=x": "cần một năm", "/nowhere": "Không có trang này"}.items():
        for headers in ({"accept-language": "vi-VN,vi;q=0.9,en;q=0.8"}, {"cookie": "lang=vi", "accept-language": "en"}):
            answer = asked(path, **headers)
            assert words in answer.text
            assert '<html lang="vi">' in answer.text
            assert answer.headers["content-language"] == "vi"
            assert "accept-language" in answer.headers["vary"].lower()
    assert '<html lang="en">' in asked("/", **{"accept-language": "fr"}).text
    chosen = asked("/?q=dang&lang=en", cookie="lang=vi")
    assert "3 articles for" in chosen.text
    assert chosen.headers["set-cookie"].startswith("lang=en; Path=/")
    assert 'href="/?q=dang&amp;lang=vi"' in chosen.text
    assert "set-cookie" not in asked("/?lang=<script>").headers
    assert asked("/wardnews/articles.json?_size=1&lang=vi").status_code == 200
    assert asked("/-/metadata", **{"accept-language": "vi"}).text == "ở đây không có gì"
