"""What `wardnews serve` shows of an article for whoever cites it: versions, citations, the kept page."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import datasette_imported  # noqa: F401 - before all else that imports it
from tests.serve.town import NOBODY, PORTALS, made, write
from wardnews import serve
from wardnews.archives.capture import Capture
from wardnews.archives.warc.write import RawFile
from wardnews.serve.copy import bring_up_to_date
from wardnews.serve.pages.cite import bibtex
from wardnews.serve.pages.compare import side_by_side
from wardnews.serve.pages.diff import Budget
from wardnews.store.database import Store

pytestmark = pytest.mark.filterwarnings("ignore:unclosed database in <sqlite3:ResourceWarning")

HOSTILE_PAGE = "<title>Cũ</title><meta charset=latin1><script>alert(1)</script><p onclick=alert(1)>Đảng ủy phường"


def test_any_two_versions_stand_side_by_side(get: Callable[..., Any]) -> None:
    seqs = [int(one) for one in re.findall(r'<option value="(\d+)"', get("/article/hoasua:1").text)]
    new, old = seqs[:2]
    page = get(f"/compare/hoasua:1?a={old}&b={new}").text
    assert "Sáng <del>5/4,</del> Đảng uỷ" in page
    assert "Sáng <ins>6/4,</ins> Đảng uỷ" in page
    assert '<td lang="vi"></td><td lang="vi"><ins>Thêm một đoạn.</ins></td>' in page
    assert page.partition("<tbody>")[2] == get("/compare/hoasua:1").text.partition("<tbody>")[2], "the last two"
    other = get(f"/compare/hoasua:1?a={new}&b={old}").text
    assert "<del>Thêm một đoạn.</del>" in other
    assert get("/compare/hoasua:3").status_code == 200
    for path, status in {"hoasua:1?a=x": 400, "hoasua:1?a=99999": 400, f"hoasua:3?a={old}": 400, "nope": 404}.items():
        assert get(f"/compare/{path}").status_code == status


def test_a_comparison_has_its_budget() -> None:
    long = {"title": "a", "lead": None, "paragraphs": [f"đoạn {number}" for number in range(3000)]}
    other = {**long, "paragraphs": [f"khúc {number}" for number in range(3000)]}
    (line,) = side_by_side(long, other, Budget(pairs=1000))
    assert "3,001 paragraphs before" in line.old
    *_, last = side_by_side(long, other, Budget(characters=500))
    assert last.kind == "skip"


def test_a_version_has_an_address_that_stays(get: Callable[..., Any]) -> None:
    *_, oldest = re.findall(
        r'href="(/version/\d+)"',
        get("/article/hoasua:1").text.partition('<ol class="versions"')[2].partition("</ol>")[0],
    )
    page = get(oldest).text
    assert "This is version 1 of the article" in page
    assert "Sáng 5/4, Đảng uỷ phường" in page.partition("<article")[2].partition("</article>")[0]
    assert "81 views" in page
    assert get("/version/99999").status_code == 404


def test_an_article_can_be_cited(get: Callable[..., Any]) -> None:
    page = get("/article/hoasua:1").text
    linked = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])  # type: ignore[index]
    seq = re.search(r"/cite/(\d+)\.bib", page)[1]  # type: ignore[index]
    assert linked["headline"] == "Đảng ủy phường giao ban tháng 4"
    assert linked["publisher"]["name"] == "Phường Hoa Sữa"
    assert get(f"/cite/{seq}.jsonld").json() == linked
    (item,) = get(f"/cite/{seq}.csl.json").json()
    assert (item["type"], item["issued"]) == ("webpage", {"date-parts": [[2021, 4, 30]]})
    assert item["archive_location"].endswith(f"/version/{seq}")
    answer = get(f"/cite/{seq}.bib")
    assert answer.headers["content-type"] == "application/x-bibtex; charset=utf-8"
    assert answer.text.startswith(f"@online{{wardnews-{seq},\n  title = {{{{Đảng ủy phường giao ban tháng 4}}}},\n")
    assert get("/cite/99999.bib").status_code == 404
    record = {"title": r"50% {của} \input{x}", "author": None, "published": None, "url": "http://a.example/{}\\", "crawled_at": "2024-05-06T00:00:00Z", "language": "vi"}  # fmt: skip
    written = bibtex(record, 1, "Cổng #1 & #2", "http://127.0.0.1/version/1")
    assert r"{{50\% \{của\} \textbackslash{}input\{x\}}}" in written
    assert written.count("{") == written.count("}")
    assert "http://a.example/%7B%7D%5C" in written


def test_a_story_elsewhere_is_a_time_line(get: Callable[..., Any]) -> None:
    page = get("/article/hoasua:2").text
    line = page.partition('<ol class="timeline">')[2].partition("</ol>")[0]
    assert line.count("<li") == 2
    assert line.index("this article") < line.index("Khai mạc phiên chợ"), "what has no date comes last"


@pytest.fixture
def kept(store: Store, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Give the pages of a copy that knows of raw pages: HTML, another type, one that a file has twice, and damage."""
    first, second, third = "2021-05-01T01:00:00Z", "2021-05-02T01:00:00Z", "2021-05-03T01:00:00Z"
    write(store, made("hoasua:1", "Có trang gốc", seen=first), made("hoasua:2", "Như trước", seen=second))
    write(store, made("hoasua:3", "Tệp PDF", seen=third), made("hoasua:4", "Không lưu", seen=third), run="second")
    raw = tmp_path / "raw"
    raw.mkdir()
    file = RawFile(raw / "one.warc.gz", {})
    page = HOSTILE_PAGE.encode()
    file.captured(Capture("https://www.hoasua.example/hoasua:1", first, "live", 200, "text/html", page), "test")
    file.captured(Capture("http://hoasua.example/another-address", second, "live", 200, "text/html", page), "test")
    file.captured(Capture("http://hoasua.example/hoasua:3", third, "live", 200, "application/pdf", b"%PDF"), "test")
    file.captured(Capture("http://hoasua.example/hoasua:4", third, "live", 404, "text/html", b"no"), "test")
    file.close()
    (raw / "two.warc.gz").write_bytes(b"no WARC")
    for _ in range(2):
        bring_up_to_date(store, tmp_path / "copy.db", PORTALS, NOBODY, raw)
    site = serve.application(tmp_path / "copy.db")
    yield lambda path: asyncio.run(site.client.get(path))
    site.executor.shutdown()
    for database in site.databases.values():
        database.close()


def test_the_kept_page_is_shown_and_does_nothing(kept: Callable[..., Any]) -> None:
    for key in ("hoasua:1", "hoasua:2"):
        (path,) = set(re.findall(r'href="(/raw/\d+)"', kept(f"/article/{key}").text))
        around, bare, record = (kept(path + more) for more in ("", "/page", "/record.warc.gz"))
        assert re.search(r'<iframe class="raw" sandbox src="/raw/\d+/page"', around.text)
        assert "frame-src 'self'" in around.headers["content-security-policy"]
        assert bare.text == HOSTILE_PAGE
        assert bare.headers["content-type"] == "text/html; charset=utf-8"
        policy = bare.headers.get_list("content-security-policy")
        assert [one.partition(";")[0] for one in policy] == ["sandbox"], "neither scripts nor forms nor an origin"
        assert "default-src 'none'" in policy[0]
        assert gzip.decompress(record.content).startswith(b"WARC/1.1")
    (path,) = set(re.findall(r'href="(/raw/\d+)"', kept("/article/hoasua:3").text))
    assert (kept(f"{path}/page").status_code, kept(f"{path}/record.warc.gz").status_code) == (404, 200)
    assert "/raw/" not in kept("/article/hoasua:4").text
    assert kept("/raw/99999").status_code == 404
    for table in ("raw_files", "raw_pages", "standings"):
        assert kept(f"/wardnews/{table}").status_code == 403
