"""How portals are judged: the rules by tables, and the same things found by real crawls of the practice portal."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from scrapy.http import TextResponse

from tests.conftest import Run
from tests.doubles import PracticeFamilies
from tests.doubles.nukeviet import NukeViet
from tests.helpers.commands import one_site
from wardnews.demo import PracticeArticle, PracticePortal, Reply, Request
from wardnews.reports.health import Finding, Past, Reading, judge, layout_changed, of_counts, silent, worsened
from wardnews.spiders.challenges import is_challenge
from wardnews.spiders.counts import Unhealthy
from wardnews.store.recheck import due_after, publication_interval

ALL = frozenset({"published", "header", "section", "views", "paragraphs"})
NOW = "2026-08-29T01:00:00Z"
SETTLED = "2026-06-01T01:00:00Z"
COUNTS: dict[str, Any] = {
    "read": 9,
    "listings": 2,
    "partial": 0,
    "sick": {},
    "causes": {},
    "headers": [],
    "layouts": {"joomla": 9},
}


def read(
    number: int, at: str, *, without: Iterable[str] = (), length: int = 1000, first: str = "2026-08-01"
) -> list[Reading]:
    """Give as many articles as read in one run, one a day from a first day on."""
    day = datetime.fromisoformat(first)
    filled = ALL - set(without)
    return [Reading(f"{day + timedelta(days=one):%Y-%m-%d}", at, filled, length) for one in range(number)]


BEFORE = read(30, SETTLED, first="2026-07-01")
RUN_1, RUN_2 = "2026-08-20T01:00:00Z", "2026-08-21T01:00:00Z"


@pytest.mark.parametrize(
    ("readings", "found"),
    [
        (BEFORE, []),
        ([*BEFORE, *read(8, RUN_1, without=["views"])], [("fields_lost", RUN_1)]),
        ([*BEFORE, *read(2, RUN_1, without=["views"])], []),
        ([*BEFORE, *read(5, RUN_1, without=["views"])], []),
        ([*BEFORE, *read(3, RUN_1, without=["views"]), *read(3, RUN_2, without=["views"])], [("fields_lost", RUN_1)]),
        ([*BEFORE, *read(90, RUN_1, without=["views"])], [("fields_lost", RUN_1)]),
        ([*BEFORE, *read(5, RUN_1), *read(3, RUN_2, without=["views"])], []),
        ([*BEFORE[:19], *read(8, RUN_1, without=["views"])], []),
        ([*BEFORE, *read(8, RUN_1, without=["views"], first="2014-08-01")], []),
        ([*BEFORE, *read(8, "2026-07-20T01:00:00Z", without=["views"])], []),
        ([*read(30, SETTLED, without=["views"], first="2026-07-01"), *read(8, RUN_1, without=["views"])], []),
        ([*BEFORE, *read(16, RUN_1, length=400)], [("body_halved", RUN_1)]),
        ([*BEFORE, *read(8, RUN_1, length=400)], []),
        ([*BEFORE, *read(16, RUN_1, length=600)], []),
        ([*BEFORE, *read(16, RUN_1, length=400), *read(4, RUN_1, length=1200)], []),
        ([*BEFORE, *read(8, RUN_1, without=["paragraphs", "header"], length=0)], [("fields_lost", RUN_1)]),
    ],
    ids=[
        "as ever", "a field lost", "two say nothing", "five say nothing", "over two visits", "many at once",
        "some still have it", "too few before", "a backfill of old ones", "long ago", "never had it", "half the body",
        "half the body of a few", "a little shorter", "some as long", "two fields at once",
    ],
)  # fmt: skip
def test_what_the_newest_articles_lack(readings: list[Reading], found: list[tuple[str, str]]) -> None:
    told = list(worsened(readings, SETTLED, NOW))
    assert [(one.name, one.since) for one in told] == found
    assert all(one.sick for one in told)
    assert list(worsened(readings[::-1], SETTLED, NOW)) == told


def test_a_first_visit_in_several_runs_is_no_change() -> None:
    readings = [*BEFORE, *read(20, RUN_1, without=["views"])]
    assert list(worsened(readings, None, NOW)) == []
    assert list(worsened(readings, RUN_2, NOW)) == []


def test_what_was_lost_is_told_with_its_shares() -> None:
    (found,) = worsened([*BEFORE, *read(8, RUN_1, without=["views", "header"])], SETTLED, NOW)
    assert found.what == "fields lost: header 100% -> 0% of 8, views 100% -> 0% of 8"


def past(*visits: tuple[str, dict[str, Any]]) -> list[Past]:
    return [Past(began, report) for began, report in visits]


@pytest.mark.parametrize(
    ("layouts", "visits", "since", "sick"),
    [
        ({"joomla": 9}, [("2026-08-28T01:00:00Z", {"layouts": {"joomla": 9}})], None, False),
        ({"joomla": 9}, [("2026-08-28T01:00:00Z", {"layouts": {"nukeviet": 9}})], NOW, True),
        (
            {"joomla": 9},
            [("2026-08-28T01:00:00Z", {"layouts": {"joomla": 9}}), ("2026-08-27T01:00:00Z", {"layouts": {"vnpt": 9}})],
            "2026-08-28T01:00:00Z",
            False,
        ),
        (
            {"joomla": 9},
            [("2026-07-01T01:00:00Z", {"layouts": {"joomla": 9}}), ("2026-06-27T01:00:00Z", {"layouts": {"vnpt": 9}})],
            None,
            False,
        ),
        ({"joomla": 2}, [("2026-08-28T01:00:00Z", {"layouts": {"nukeviet": 9}})], None, False),
        ({"joomla": 5, "vnpt": 5}, [("2026-08-28T01:00:00Z", {"layouts": {"nukeviet": 9}})], None, False),
        ({"joomla": 9}, [("2026-08-28T01:00:00Z", {"layouts": {"nukeviet": 1}})], None, False),
        ({"joomla": 9}, [("2026-08-28T01:00:00Z", {})], None, False),
        ({}, [], None, False),
    ],
)
def test_a_redesign(layouts: dict[str, int], visits: list[tuple[str, Any]], since: str | None, sick: bool) -> None:
    found = layout_changed(layouts, past(*visits), NOW)
    assert (found and found.since, bool(found and found.sick)) == (since, sick)


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ({}, []),
        ({"read": 0}, [("unreadable", "nothing could be read")]),
        (
            {"read": 0, "causes": {"HTTP status 404": 1, "timed out": 5}},
            [("unreadable", "nothing could be read: timed out")],
        ),
        ({"listings": 0}, [("no_listing", "no listing page among the sections")]),
        ({"listings": 0, "partial": 1}, []),
        ({"read": 0, "sick": {Unhealthy.CHALLENGE: 2}}, [("challenge", "challenge page (2 pages)")]),
        (
            {"sick": {Unhealthy.SECTION_EMPTY: 1, Unhealthy.SECTION_EMPTIED: 1}},
            [
                (
                    "listing_empty",
                    "first listing page without article links (1 page), a section that listed articles lists none (1 page)",
                )
            ],
        ),
        ({"sick": {"wayback: timed out": 1}}, [("sick", "wayback: timed out (1 page)")]),
    ],
)
def test_sick_by_a_visit_own_counts(counts: dict[str, Any], found: list[tuple[str, str]]) -> None:
    told = list(of_counts({**COUNTS, **counts}, [], NOW))
    assert [(one.name, one.what) for one in told] == found
    assert all(one.sick and one.since == NOW for one in told)


def test_what_is_still_wrong_is_so_since_it_was_found_first() -> None:
    before = {"findings": [Finding("unreadable", "", "2026-08-01T01:00:00Z", sick=True)._asdict()]}
    (found,) = of_counts({**COUNTS, "read": 0}, past(("2026-08-28T01:00:00Z", before)), NOW)
    assert found.since == "2026-08-01T01:00:00Z"


def test_header_lines_that_are_not_read_are_told_and_are_no_sickness() -> None:
    (found,) = of_counts({**COUNTS, "headers": ["Lên mạng hồi: hôm kia"]}, [], NOW)
    assert (found.name, found.sick) == ("header_unread", False)
    assert "“Lên mạng hồi: hôm kia”" in found.what


def days(*gaps: int, newest: str = "2026-08-20") -> list[str]:
    """Give days of publication that are so far apart, the newest first."""
    day, given = datetime.fromisoformat(newest), [newest]
    for gap in gaps:
        day -= timedelta(days=gap)
        given.append(f"{day:%Y-%m-%d}T08:00+07:00")
    return given


@pytest.mark.parametrize(
    ("published", "usual"),
    [
        ([], None),
        (days(1, 1, 1), None),
        (days(0, 0, 0, 0, 0, 0), None),
        (days(1, 1, 1, 1), 1),
        (days(*[1] * 9, 30), 1),
        (days(*[1] * 8, 30, 30), 30),
        (days(*[3] * 60), 3),
        (days(2, 2, 2, 2, *[400] * 5), 2),
        (days(*[90] * 6), 90),
    ],
)
def test_the_rhythm_of_a_portal(published: list[str], usual: int | None) -> None:
    assert publication_interval(published) == usual


@pytest.mark.parametrize(
    ("published", "visited", "last", "sick"),
    [
        (days(1, 1, 1, 1), "2026-08-27T01:00:00Z", "2026-08-26T01:00:00Z", None),
        (days(1, 1, 1, 1), "2026-08-28T01:00:00Z", "2026-08-27T01:00:00Z", True),
        (days(1, 1, 1, 1), "2026-08-29T01:00:00Z", "2026-08-28T01:00:00Z", False),
        (days(1, 1, 1, 1), "2026-08-28T01:00:00Z", None, False),
        (days(10, 10, 10, 10), "2026-09-19T01:00:00Z", "2026-09-18T01:00:00Z", None),
        (days(10, 10, 10, 10), "2026-09-21T01:00:00Z", "2026-09-01T01:00:00Z", True),
        (days(1, 1), "2027-09-21T01:00:00Z", "2026-08-20T01:00:00Z", None),
    ],
)
def test_a_portal_that_falls_silent(published: list[str], visited: str, last: str | None, sick: bool | None) -> None:
    found = silent(published, visited, last)
    assert (found.sick if found else None) is sick
    assert not found or found.since == "2026-08-20"


@pytest.mark.parametrize(
    ("began", "ended", "usual", "when"),
    [
        (None, False, None, None),
        ("2026-08-29T01:00:00Z", False, 3, None),
        ("2026-08-29T01:00:00Z", True, None, "2026-08-30T00:00"),
        ("2026-08-29T01:00:00Z", True, 1, "2026-08-29T06:00"),
        ("2026-08-29T01:00:00Z", True, 8, "2026-08-31T00:00"),
        ("2026-08-29T01:00:00Z", True, 90, "2026-09-05T00:00"),
    ],
)
def test_when_a_portal_is_due(began: str | None, ended: bool, usual: int | None, when: str | None) -> None:
    told = due_after(began, ended=ended, usual=usual)
    assert (f"{told:%Y-%m-%dT%H:%M}" if told else None) == when


def test_a_closed_portal_is_never_silent() -> None:
    known: dict[str, Any] = {"readings": [], "settled": None}
    long_ago = days(1, 1, 1, 1, newest="2020-01-01")
    assert [one.name for one in judge(COUNTS, NOW, [], days=long_ago, **known)] == ["silent"]
    assert judge(COUNTS, NOW, [], days=None, **known) == []


# --- challenge pages ----------------------------------------------------------------------------------------------

D1N = '<html><body><script>document.cookie="D1N=0f1e"+"; path=/";window.location.reload(true);</script></body></html>'
CLOUDFLARE = (
    "<!DOCTYPE html><html><head><title>Just a moment...</title><style>"
    + "body{margin:0}" * 400
    + "</style></head><body>"
    "<noscript>Enable JavaScript and cookies to continue</noscript>"
    "<script>(function(){window._cf_chl_opt={cvId:'3'};})();</script></body></html>"
)
IMPERVA = (
    "<html><head><META NAME='robots' CONTENT='noindex,nofollow'></head><body>"
    "<iframe id='main-iframe' src='/_Incapsula_Resource?SWUDNSAI=31'>Request unsuccessful. Incapsula incident ID: 1-2"
    "</iframe></body></html>"
)
GUARD = "<html><head><title>DDoS-Guard</title></head><body><script src='/.well-known/ddos-guard/js-challenge/i.js'></script></body></html>"
BLOCKED = (
    "<html><head><title>Attention Required! | Cloudflare</title></head><body><div id='cf-wrapper'>"
    "<h1>Sorry, you have been blocked</h1></div></body></html>"
)
CAPTCHA = (
    "<html><head><title>Xác minh bạn không phải là robot</title></head>"
    "<body><form><div class='g-recaptcha'></div><input type='submit' value='Tiếp tục'></form></body></html>"
)
GATES = {
    "d1n": D1N,
    "cloudflare": CLOUDFLARE,
    "imperva": IMPERVA,
    "guard": GUARD,
    "blocked": BLOCKED,
    "captcha": CAPTCHA,
}
BODY = "<p>" + "Công an phường hướng dẫn người dân nhận biết trang web giả mạo. " * 40 + "</p>"


@pytest.mark.parametrize("gate", GATES)
def test_a_challenge_page_is_known(gate: str) -> None:
    assert is_challenge(TextResponse("http://a.vn/", body=GATES[gate].encode()))


@pytest.mark.parametrize("gate", GATES)
def test_an_article_with_the_same_marks_is_an_article(gate: str) -> None:
    page = GATES[gate].replace("<body>", f"<body>{BODY}")
    assert not is_challenge(TextResponse("http://a.vn/", body=page.encode()))


@pytest.mark.parametrize(
    "page",
    [
        "<title>Captcha là gì? Xác minh thế nào cho an toàn</title><h1>Captcha là gì</h1><p>Captcha.</p>",
        "<script>document.cookie='seen=1'</script><h1>Chào mừng</h1>",
        "<title>Just a moment</title><p>Ca khúc mới của câu lạc bộ phường.</p>",
        "<title>Phường Hoa Sữa</title><script src='/_Incapsula_Resource?SWJIYLWA=719'></script>" + BODY,
        "",
    ],
)
def test_no_challenge_page(page: str) -> None:
    if "Captcha là gì" in page:
        page += BODY
    assert not is_challenge(TextResponse("http://a.vn/", body=page.encode()))


def test_cloudflare_says_so_in_a_header() -> None:
    assert is_challenge(TextResponse("http://a.vn/", headers={"cf-mitigated": "challenge"}, body=b"?"))


# --- by real crawls -----------------------------------------------------------------------------------------------


def report(folder: Path) -> dict[str, Any]:
    """Give what the last run said of its one portal, and close the day: the next run is another one's."""
    last = max(folder.glob("output/*.report.json"), key=lambda file: file.stat().st_mtime_ns)
    (portal,) = json.loads(last.read_text(encoding="utf-8"))["portals"].values()
    return dict(portal)


def names(folder: Path) -> list[str]:
    return [found["name"] for found in report(folder)["findings"] if found["name"] != "silent"]


def publish(portal: PracticePortal, number: int, **parts: Any) -> list[PracticeArticle]:
    """Publish as many articles of the older generation, newer than all before."""
    model = next(one for one in portal.of("liferay") if one.section_path == "tin-noi-bat")
    newest = max(one.published for one in portal.of("liferay"))
    made = [
        replace(model, id=9_000_000 + one, slug=f"bai-moi-{one}", title=f"Bài mới số {one}",
                published=newest + timedelta(days=1, hours=one), **parts)
        for one in range(number)
    ]  # fmt: skip
    for article in made:
        portal.put(article)
    return made


def test_fields_that_a_portal_shows_no_more(portal: PracticePortal, wardnews: Run, tmp_path: Path) -> None:
    crawl = ["crawl", "hoasua", "--sites", one_site(tmp_path, portal.liferay_url)]
    assert wardnews(*crawl).returncode == 0
    publish(portal, 2, views=None)
    assert wardnews(*crawl).returncode == 0
    publish(portal, 6, views=None)
    done = wardnews(*crawl)
    assert done.returncode == 3, done.stderr
    assert re.search(r"unhealthy: fields lost: views \d+% -> 0% of \d", done.stderr)
    assert names(tmp_path) == ["fields_lost"]
    assert wardnews(*crawl).returncode == 3  # it stands while nothing refutes it
    status = wardnews("status", "hoasua")
    assert status.returncode == 3
    assert "hoasua: fields lost: views" in status.stdout


def test_a_body_that_is_half_of_what_it_was(portal: PracticePortal, wardnews: Run, tmp_path: Path) -> None:
    crawl = ["crawl", "hoasua", "--sites", one_site(tmp_path, portal.liferay_url)]
    assert wardnews(*crawl).returncode == 0
    publish(
        portal,
        16,
        body_html="<p>Xem tiếp tại bản in của phường Hoa Sữa, số ra ngày thứ Sáu.</p>",
        lead=None,
        lead_html=None,
    )
    done = wardnews(*crawl)
    assert done.returncode == 3, done.stderr
    assert "unhealthy: bodies shorter: half of them below" in done.stderr
    assert "body_halved" in names(tmp_path)


def test_a_redesigned_portal(portal: PracticePortal, wardnews: Run, tmp_path: Path) -> None:
    crawl = ["crawl", "hoasua", "--sites", one_site(tmp_path, portal.liferay_url)]
    assert wardnews(*crawl).returncode == 0
    redesigned = NukeViet()
    portal.intercept = lambda _, asked: redesigned.reply(asked)
    done = wardnews(*crawl)
    assert done.returncode == 3
    assert "unhealthy: the pages are nukeviet, they were hanoi-liferay: a redesign?" in done.stderr
    assert "layout_changed" in names(tmp_path)


@pytest.mark.parametrize("gate", ["d1n", "cloudflare", "captcha"])
@pytest.mark.parametrize("status", [200, 403])
def test_a_portal_behind_a_gate(portal: PracticePortal, wardnews: Run, tmp_path: Path, gate: str, status: int) -> None:
    def intercept(_generation: str, asked: Request) -> Reply | None:
        return None if asked.path == "/robots.txt" else Reply(status, GATES[gate].encode())

    portal.intercept = intercept
    done = wardnews("crawl", "hoasua", "--sites", one_site(tmp_path, portal.liferay_url))
    assert done.returncode == 3
    assert "unhealthy: challenge page (1 page)" in done.stderr
    assert names(tmp_path) == ["challenge"]
    assert (report(tmp_path)["failed"], report(tmp_path)["new"]) == (1, 0)


def test_a_gate_that_closes_in_the_middle(portal: PracticePortal, wardnews: Run, tmp_path: Path) -> None:
    portal.intercept = lambda _, asked: Reply(403, CLOUDFLARE.encode()) if "view_content" in asked.path else None
    crawl = ["crawl", "hoasua", "--sites", one_site(tmp_path, portal.liferay_url)]
    done = wardnews(*crawl)
    assert done.returncode == 3
    assert "left to the next run: challenge page, 5 times in a row" in done.stderr
    assert "unhealthy: challenge page (5 pages)" in done.stderr
    assert sum("view_content" in asked.path for asked in portal.requests["liferay"]) == 5
    portal.intercept = None
    assert wardnews(*crawl, "--full").returncode == 0
    assert names(tmp_path) == []


def test_a_gate_before_a_list_for_machines_leaves_the_sections(wardnews: Run, tmp_path: Path) -> None:
    with PracticeFamilies("wordpress") as families:
        families.intercept = lambda _, asked: Reply(403, CLOUDFLARE.encode()) if "wp-json" in asked.path else None
        done = wardnews("crawl", "hoasua", "--sites", one_site(tmp_path, families.url("wordpress")))
        assert any("wp-json" in asked.path for asked in families.requests["wordpress"])
    assert done.returncode == 0, done.stderr
    assert report(tmp_path)["new"] > 10
    assert names(tmp_path) == []


def test_header_lines_that_no_rule_reads_are_told(portal: PracticePortal, wardnews: Run, tmp_path: Path) -> None:
    for article in publish(portal, 7):
        portal.put(replace(article, label=f"Gõ máy xong hồi {article.id % 10} giờ rưỡi sáng"))
    done = wardnews("crawl", "hoasua", "--sites", one_site(tmp_path, portal.liferay_url))
    assert done.returncode == 0, done.stderr
    headers = report(tmp_path)["headers"]
    assert len(headers) == 5
    assert all(header.startswith("Gõ máy xong hồi ") for header in headers)
    assert f"note: header lines that no rule reads whole: “{headers[0]}”" in done.stderr


def test_a_portal_falls_silent_once(portal: PracticePortal, wardnews: Run, tmp_path: Path) -> None:
    """The store is told that the visits were long ago, as no test can wait that long."""
    import sqlite3

    crawl = ["crawl", "hoasua", "--sites", one_site(tmp_path, portal.liferay_url)]
    first = wardnews(*crawl)
    assert first.returncode == 0
    assert "; silent since 20" in first.stderr  # it was so when we came
    with sqlite3.connect(tmp_path / "output" / "wardnews.db") as store:
        store.execute("UPDATE visits SET began = '2021-05-05T01:00:00Z', ended = began")
    store.close()
    second = wardnews(*crawl)
    assert second.returncode == 3, second.stderr
    assert "unhealthy: nothing published since 20" in second.stderr
    third = wardnews(*crawl)
    assert third.returncode == 0
    assert "; silent since 20" in third.stderr
    assert "silent" in wardnews("status").stdout
    closed = one_site(tmp_path, portal.liferay_url, "closed = 2025-07-01")
    assert "silent" not in wardnews(*crawl[:3], closed).stderr


def test_sections_that_did_not_change_are_no_sickness(portal: PracticePortal, wardnews: Run, tmp_path: Path) -> None:
    sites = one_site(tmp_path, portal.liferay_url, 'sections = ["/tin-noi-bat"]')
    crawl = ["crawl", "hoasua", "--sites", sites]
    with urlopen(f"{portal.liferay_url}tin-noi-bat") as answer:
        page = answer.read()

    def intercept(_generation: str, asked: Request) -> Reply | None:
        if asked.path != "/tin-noi-bat":
            return None
        if asked.header("If-None-Match"):
            return Reply(304)
        return Reply(200, page, headers=(("ETag", '"1"'),))

    portal.intercept = intercept
    assert wardnews(*crawl).returncode == 0
    done = wardnews(*crawl)
    assert done.returncode == 0, done.stderr
    assert re.search(r"hoasua: 1 page, 0 new, 0 edited, 0 known, 0 gone, 0 failed", done.stderr)
