"""Articles on several pages, crawled, read by their addresses or out of archives into one record."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.doubles import PracticeFamilies
from tests.doubles.families import Family
from tests.helpers.commands import read_feed
from wardnews.demo import Reply, Request

TITLE = "Ngày hội làng nghề xã Hòa Mây"
TEXT = "Phần {}: ngày hội làng nghề có mười hai gian hàng đan lát, gốm và mật ong, đón hơn hai nghìn lượt khách."
OTHER = "Khai giảng lớp học dệt vải của hội phụ nữ"


def page(title: str, body: str, pager: str = "") -> str:
    return (
        f"<title>{title}</title><ul class='menu'><li><a href='/'>Trang chủ</a></li></ul><div class='bai'>"
        f"<h1>{title}</h1><span>05/04/2021 10:40</span><div class='nd'>{body}{pager}</div></div>"
    )


def part(number: int) -> str:
    image = f'<p><img src="/anh/{number}.jpg" alt=""></p>'
    return f"<p>{TEXT.format(number)}</p>{image}<p>{TEXT.format(number)} Hết phần {number}.</p>"


def paragraphs(*numbers: int) -> list[str]:
    return [line for one in numbers for line in (TEXT.format(one), f"{TEXT.format(one)} Hết phần {one}.")]


@pytest.fixture
def portals(tmp_path: Path) -> Iterator[PracticeFamilies]:
    with PracticeFamilies("unknown") as made:
        (tmp_path / "families.toml").write_text(made.toml(), encoding="utf-8")
        yield made


def crawl(portals: PracticeFamilies, wardnews: Run, folder: Path, pages: dict[str, str]) -> dict[str, Any]:
    """Crawl a portal of two articles; return the record of the one on several pages."""
    entries = "".join(
        f'<li><a href="{url}">{title}</a> <span>05/04/2021</span></li>'
        for url, title in (("/bai.html", TITLE), ("/khac.html", OTHER))
    )
    menu = "<ul class='menu'><li><a href='/'>Trang chủ</a></li><li><a href='/tin'>Tin tức</a></li></ul>"
    pages |= {
        "/": f"{menu}<p>Chào mừng</p>",
        "/tin": f"{menu}<h1>Tin tức</h1><ul>{entries}</ul>",
        "/khac.html": page(OTHER, part(9)),
    }

    def intercept(_family: Family, request: Request) -> Reply | None:
        if request.path == "/robots.txt":
            return None
        found = pages.get(request.path)
        return Reply(200, f"<meta charset=utf-8>{found}".encode()) if found else Reply(404, b"khong co")

    portals.intercept = intercept
    done = wardnews("crawl", "practice-unknown", "--sites", "families.toml", "-o", "out.jsonl")
    assert done.returncode == 0, done.stderr
    records = {record["title"]: record for record in read_feed(folder / "out.jsonl")}
    assert set(records) == {TITLE, OTHER}
    return records[TITLE]


def test_the_pages_of_an_article_are_one_record(portals: PracticeFamilies, wardnews: Run, tmp_path: Path) -> None:
    pager = '<p>Trang: <a href="/bai.html">1</a> <a href="?trang=2">2</a> <a href="?trang=3">3</a></p>'
    pages = {"/bai.html": page(TITLE, part(1), pager)}
    pages |= {f"/bai.html?trang={one}": page(TITLE, part(one), pager) for one in (2, 3)}
    record = crawl(portals, wardnews, tmp_path, pages)
    assert record["paragraphs"] == paragraphs(1, 2, 3)
    assert record["text"].split("\n\n")[1:] == paragraphs(1, 2, 3)
    assert [image["url"].rpartition("/")[2] for image in record["images"]] == ["1.jpg", "2.jpg", "3.jpg"]
    assert "continued" not in record["flags"]
    asked = Counter(request.path for request in portals.requests["unknown"])
    assert max(asked.values()) == 1


def test_a_page_that_shows_all_of_an_article_is_enough(
    portals: PracticeFamilies, wardnews: Run, tmp_path: Path
) -> None:
    pager = '<p><a href="?start=1">Tiếp</a> | <a href="?showall=1">Tất cả các trang</a></p>'
    pages = {"/bai.html": page(TITLE, part(1), pager), "/bai.html?showall=1": page(TITLE, part(1) + part(2))}
    record = crawl(portals, wardnews, tmp_path, pages)
    assert record["paragraphs"] == paragraphs(1, 2)
    assert "continued" not in record["flags"]
    assert "/bai.html?start=1" not in {request.path for request in portals.requests["unknown"]}


def test_one_next_leads_to_the_other(portals: PracticeFamilies, wardnews: Run, tmp_path: Path) -> None:
    pages = {
        "/bai.html": page(TITLE, part(1), '<p><a href="/bai.html?page=2">Trang tiếp theo »</a></p>'),
        "/bai.html?page=2": page(TITLE, part(2), '<p><a href="/bai.html?page=3">Trang tiếp theo »</a></p>'),
        "/bai.html?page=3": page(TITLE, part(3)),
    }
    assert crawl(portals, wardnews, tmp_path, pages)["paragraphs"] == paragraphs(1, 2, 3)


@pytest.mark.parametrize("second", [None, page(OTHER, part(9)), "<h1>Lỗi</h1>"], ids=["missing", "another", "error"])
def test_an_article_whose_further_page_is_not_to_be_had_says_that_it_goes_on(
    portals: PracticeFamilies, wardnews: Run, tmp_path: Path, second: str | None
) -> None:
    pages = {"/bai.html": page(TITLE, part(1), '<p>Trang: 1 <a href="?page=2">2</a></p>')}
    record = crawl(portals, wardnews, tmp_path, pages | ({"/bai.html?page=2": second} if second else {}))
    assert record["paragraphs"] == paragraphs(1)
    assert "continued" in record["flags"]


def test_a_pager_without_end_is_bounded(portals: PracticeFamilies, wardnews: Run, tmp_path: Path) -> None:
    pages = {
        f"/bai.html{f'?page={one}' if one > 1 else ''}": page(
            TITLE, part(one), f'<p><a href="/bai.html?page={one + 1}">Trang sau</a></p>'
        )
        for one in range(1, 60)
    }
    record = crawl(portals, wardnews, tmp_path, pages)
    assert len(record["paragraphs"]) == 2 * 21
    assert "continued" in record["flags"]


PAGER = '<p>Trang: <a href="/bai.html">1</a> <a href="?trang=2">2</a> <a href="?trang=3">3</a></p>'
ADDRESSES = {1: "/bai.html", 2: "/bai.html?trang=2", 3: "/bai.html?trang=3"}


def test_the_pages_of_an_article_are_one_record_where_its_address_is_read(
    portals: PracticeFamilies, wardnews: Run, tmp_path: Path
) -> None:
    pages = {url: page(TITLE, part(one), PAGER) for one, url in ADDRESSES.items()}
    crawl(portals, wardnews, tmp_path, pages)
    base = portals.url("unknown").rstrip("/")
    record = json.loads(wardnews("read", f"{base}/bai.html").stdout)
    assert (record["paragraphs"], "continued" in record["flags"]) == (paragraphs(1, 2, 3), False)
    record = json.loads(wardnews("read", f"{base}/bai.html?trang=2").stdout)
    assert (record["paragraphs"], "continued" in record["flags"]) == (paragraphs(2), True)
    del pages["/bai.html?trang=3"]
    record = json.loads(wardnews("read", f"{base}/bai.html").stdout)
    assert (record["paragraphs"], "continued" in record["flags"]) == (paragraphs(1, 2), True)


@pytest.mark.parametrize(
    ("captured", "read", "whole"),
    [((1, 2, 3), (1, 2, 3), True), ((3, 1, 2), (1, 2, 3), True), ((1, 3), (1,), False), ((2, 3), (), False)],
    ids=["in order", "in disorder", "without the second", "without the first"],
)
def test_the_pages_of_an_article_that_an_archive_has_are_one_record(
    portals: PracticeFamilies,
    wardnews: Run,
    tmp_path: Path,
    captured: tuple[int, ...],
    read: tuple[int, ...],
    whole: bool,
) -> None:
    base = portals.url("unknown").rstrip("/")
    (tmp_path / "saved").mkdir()
    for place, one in enumerate(captured):
        html = (
            f"<!-- saved from url=(0000){base}{ADDRESSES[one]} --><meta charset=utf-8>{page(TITLE, part(one), PAGER)}"
        )
        (tmp_path / "saved" / f"{place}.html").write_text(html, encoding="utf-8")
    done = wardnews("backfill", "practice-unknown", "--sites", "families.toml", "--from", "saved", "-o", "out.jsonl")
    records = read_feed(tmp_path / "out.jsonl")
    assert [record["paragraphs"] for record in records] == ([paragraphs(*read)] if read else [])
    assert [("continued" in record["flags"]) for record in records] == ([not whole] if read else [])
    assert ("a further page of an article without its first: " in done.stderr) == (
        captured not in ((1, 2, 3), (3, 1, 2))
    )
    if read:
        again = wardnews("backfill", "practice-unknown", "--sites", "families.toml", "--from", "saved")
        assert " 0 new, 0 edited, 1 known" in again.stderr, again.stderr


def test_the_pages_of_an_article_stay_one_record_where_they_are_reread(
    portals: PracticeFamilies, wardnews: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARDNEWS_RAW", "1")
    crawl(portals, wardnews, tmp_path, {url: page(TITLE, part(one), PAGER) for one, url in ADDRESSES.items()})
    done = wardnews("reread", "practice-unknown", "--sites", "families.toml")
    assert "2 records read again, 0 would change" in done.stderr, done.stderr
