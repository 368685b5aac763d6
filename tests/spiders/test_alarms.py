"""Alarms that end: what an operator should act on makes status 3 when it is found, and is then how the portal is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.helpers.commands import Folder
from tests.helpers.village import NOT_FOUND, Story, Village, html, moved
from wardnews.demo import Reply, Request

EMPTY = html("Tin tức phường", "<h2>Tin tức phường</h2><p>Không có bài viết nào.</p>")
CAUSE = "UPDATE pages SET cause = 'lists nothing since 2026-01-05' WHERE key LIKE '%/tin' AND kind = 'section'"
OVER = "UPDATE pages SET next_look = '2020-01-01T00:00:00Z' WHERE next_look IS NOT NULL"


@pytest.fixture
def village() -> Iterator[Village]:
    with Village() as village:
        village.intercept = two_sections
        yield village


def two_sections(request: Request) -> Reply | None:
    """Have a second section that stays as it is, so that the portal is fine without the first."""
    links = '<div id="menu"><ul><li><a href="/tin">Tin tức phường</a></li><li><a href="/lich">Lịch công tác</a></li></ul></div>'
    if request.place == "/":
        return html("Trang chủ", f"{links}<p>Chào mừng bạn đến với phường.</p>")
    if request.place == "/lich":
        shown = "".join(
            f'<div class="item"><h3><a href="/lich/tuan-{n}.html">Lịch công tác của phường, tuần {n}</a></h3>'
            f'<span class="date">{n:02d}/09/2026</span></div>'
            for n in range(9, 3, -1)
        )
        return html("Lịch công tác", f"<h2>Lịch công tác</h2>{shown}")
    if request.place.startswith("/lich/"):
        return html(
            "Lịch", f"<h1>Lịch công tác của phường, {request.place[6:12]}</h1><div>Ngày đăng: 05/09/2026 08:00</div>"
            f"<div><p>Thứ hai, lãnh đạo phường giao ban đầu tuần, {request.place} và tiếp công dân ở trụ sở.</p></div>",
        )  # fmt: skip
    return None


def test_an_emptied_section_is_an_alarm_for_30_days(village: Village, tmp_path: Path) -> None:
    folder = Folder(tmp_path, village.toml())
    assert folder.crawl().status == 0
    village.intercept = lambda request: EMPTY if request.place == "/tin" else two_sections(request)
    found = folder.crawl()
    assert (found.status, "a section that listed articles lists none" in found.stderr) == (3, True)
    assert folder.crawl().status == 3
    folder.sql(CAUSE)
    assert folder.crawl().status == 0
    assert folder.crawl().status == 0


def test_a_section_that_is_not_there_any_more_is_named_once(village: Village, tmp_path: Path) -> None:
    folder = Folder(tmp_path, village.toml())
    assert folder.crawl().status == 0
    village.intercept = lambda request: NOT_FOUND if request.place == "/tin" else two_sections(request)
    found = folder.crawl()
    assert (found.status, "is not there any more" in found.stderr) == (3, True)
    village.asked()
    again = folder.crawl()
    assert (again.status, ", 0 failed" in again.stderr) == (0, True), again.stderr
    assert "/tin" not in village.asked()
    folder.sql(OVER)
    village.intercept = two_sections
    assert folder.crawl().status == 0
    assert "/tin" in village.asked()


def test_a_robots_txt_that_answers_503_forbids_nothing(village: Village, tmp_path: Path) -> None:
    folder = Folder(tmp_path, village.toml())
    village.intercept = lambda _request: Reply(503, b"", headers=(("Retry-After", "7200"),))
    done = folder.crawl()
    assert "left to the next run: " in done.stderr
    assert "Forbidden" not in done.stderr
    assert ", 0 failed" in done.stderr
    assert village.requests == ["/robots.txt"]


@pytest.mark.parametrize(
    "main",
    [
        "<h1>Hệ thống đang bảo trì</h1><p>Mời bạn quay lại sau.</p>",
        "<p>Cổng thông tin tạm ngừng phục vụ để nâng cấp đến 6 giờ sáng mai.</p>",
        "<p>Error establishing a database connection</p>",
    ],
)
def test_a_day_of_maintenance_is_no_redesign(village: Village, tmp_path: Path, main: str) -> None:
    folder = Folder(tmp_path, village.toml())
    assert folder.crawl().status == 0
    page = html("Thông báo", main, section="")
    village.intercept = lambda request: None if request.place == "/robots.txt" else page
    folder.sql("UPDATE pages SET next_look = '2020-01-01T00:00:00Z' WHERE key LIKE '%bai-1.html'")
    done = folder.crawl()
    assert done.status == 3
    assert "redesign" not in done.stderr
    assert ", 4 failed" in done.stderr, "the home page, two sections and an article"
    assert folder.last() == []
    village.intercept = two_sections
    assert folder.crawl().status == 0
    assert folder.sql("SELECT 1 FROM pages WHERE cause LIKE 'lists nothing%'") == []


@pytest.mark.parametrize("only_robots", [False, True])
def test_retry_after_holds_between_runs(village: Village, tmp_path: Path, only_robots: bool) -> None:
    def refuse(request: Request) -> Reply | None:
        refused = request.place == "/robots.txt" if only_robots else request.place == "/tin"
        return Reply(503, b"", headers=(("Retry-After", "7200"),)) if refused else two_sections(request)

    folder = Folder(tmp_path, village.toml())
    village.intercept = refuse
    folder.crawl()
    village.requests.clear()
    for _ in range(2):
        done = folder.crawl()
        assert (done.status, village.requests) == (0, []), done.stderr
        assert "left to the next run: asked to be left alone until" in done.stderr
    village.intercept = two_sections
    for since in (1_767_225_600, 32_472_144_000):  # in 2026; in 2999, by a clock that was wrong
        folder.sql("UPDATE leases SET asked_at = :since, until = :until", since=since, until=since + 7200)
        done = folder.crawl()
        assert village.requests, since
        assert done.status == 0, done.stderr
        village.requests.clear()


def renamed(village: Village, place: str, target: str) -> None:
    """Have an address of a section lead to another place."""
    village.intercept = lambda request: moved(target) if request.place == place else two_sections(request)


def test_the_old_address_of_a_renamed_section_is_not_asked_for_ever(village: Village, tmp_path: Path) -> None:
    folder = Folder(tmp_path, village.toml())
    assert folder.crawl().status == 0
    village.section, village.path_of = "tin-moi", lambda one: f"/tin/bai-{one.n}.html"
    renamed(village, "/tin", "/tin-moi")
    village.stories.insert(0, Story.made(9))
    assert folder.crawl().status == 0
    assert ("new" in {change for _, change in folder.last()}) is True
    village.asked()
    for _ in range(2):
        assert folder.crawl().status == 0
        assert folder.last() == []
        assert sorted(set(village.asked())) == ["/", "/lich", "/tin-moi"]


def test_a_section_that_leads_to_the_home_page_is_named_once(village: Village, tmp_path: Path) -> None:
    folder = Folder(tmp_path, village.toml())
    assert folder.crawl().status == 0
    renamed(village, "/tin", "/")
    done = folder.crawl()
    assert (done.status, "is not there any more" in done.stderr) == (3, True)
    village.asked()
    assert folder.crawl().status == 0
    assert "/tin" not in village.asked()


def test_a_section_that_is_gone_and_that_no_page_names_is_given_up(village: Village, tmp_path: Path) -> None:
    folder = Folder(tmp_path, village.toml())
    assert folder.crawl().status == 0
    links = '<div id="menu"><ul><li><a href="/lich">Lịch công tác</a></li></ul></div>'
    menu = html("Trang chủ", f"{links}<p>Chào mừng bạn đến với phường.</p>", section="lich")
    village.intercept = lambda request: (
        NOT_FOUND if request.place == "/tin" else menu if request.place == "/" else two_sections(request)
    )
    asked = 0
    for _ in range(7):
        folder.crawl()
        asked += "/tin" in village.asked()
        folder.sql(OVER)
    assert asked == 1 + 4, "once more for each day of the schedule"
    assert folder.crawl().status == 0
    assert "/tin" not in village.asked()


def test_new_articles_that_fail_keep_no_list_from_being_read(village: Village, tmp_path: Path) -> None:
    folder = Folder(tmp_path, village.toml())

    def failing(request: Request) -> Reply | None:
        if request.place == "/":
            items = "".join(
                f'<li><h3><a href="/tin/bai-{n}.html">Tin nóng của phường, số {n}</a></h3></li>' for n in range(60, 80)
            )
            reply = two_sections(request)
            assert reply
            return replace(reply, body=reply.body.replace("<p>Chào".encode(), f"<ul>{items}</ul><p>Chào".encode()))
        return Reply(500) if "bai-" in request.path else two_sections(request)

    village.intercept = failing
    folder.crawl()
    assert {"/tin", "/lich"} <= set(village.asked())


def test_articles_that_fail_keep_no_list_from_being_read(village: Village, tmp_path: Path) -> None:
    folder = Folder(tmp_path, village.toml())
    assert folder.crawl().status == 0
    village.asked()
    village.intercept = lambda request: Reply(500) if "bai-" in request.path else two_sections(request)
    folder.crawl("hoasua", "--full")
    assert {"/tin", "/lich"} <= set(village.asked())


def test_each_of_several_addresses_gives_a_record_or_a_line(village: Village, wardnews: object) -> None:
    village.intercept = lambda request: moved("/tin/bai-1.html") if request.path == "/cu" else None
    done = wardnews("read", f"{village.url}cu", f"{village.url}tin/bai-1.html", f"{village.url}khong-co")  # type: ignore[operator]
    assert len(done.stdout.splitlines()) == 2
    assert done.returncode == 1
    assert "khong-co" in done.stderr


def test_only_the_portals_of_own_files(village: Village, tmp_path: Path) -> None:
    folder = Folder(tmp_path, village.toml())
    done = folder.crawl("--all", "--own")
    assert done.status == 0
    assert "about to visit 1 portal: 1 of sites.toml" in done.stderr
