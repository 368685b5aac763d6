from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.conftest import Run
from tests.helpers.commands import one_site, records, started
from wardnews.demo import PracticePortal, Reply, Request


def test_two_portals_are_crawled_whole(
    portal: PracticePortal, sites_file: Path, wardnews: Run, tmp_path: Path, store_url: str
) -> None:
    done = wardnews("crawl", "practice-liferay", "practice-newszone", "--sites", sites_file)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    found = {record["id"].partition(":")[2]: record for record in records(tmp_path)}
    assert set(found) == {str(article.id) for article in portal.articles}
    assert len(records(tmp_path)) == len(portal.articles)
    for article in portal.articles:
        views = portal.views(article) if article.generation == "liferay" and article.views is not None else None
        assert found[str(article.id)]["text"] == article.text(views)
    assert re.search(r"practice-liferay: \d+ pages, 50 new, 0 edited, 0 known, 0 gone, 0 failed, [\d.]+ s", done.stderr)
    assert "coverage: 100% section, header, published" in done.stderr
    assert re.search(r"records: output/[\w-]+\.jsonl   log: output/[\w-]+\.log", done.stderr)
    assert not list(tmp_path.glob("output/*.part"))


def test_manners(portal: PracticePortal, sites_file: Path, wardnews: Run) -> None:
    wardnews("crawl", "practice-liferay", "practice-newszone", "--sites", sites_file)
    for generation in ("liferay", "newszone"):
        asked = portal.requests[generation]
        assert asked[0].path == "/robots.txt"
        assert all("wardnews" in request.header("User-Agent") for request in asked)
        assert not any(request.header("Cookie") for request in asked)
        times = Counter((request.method, request.path, request.body) for request in asked)
        assert times.most_common(1)[0][1] == 1
    for article in portal.of("liferay"):
        assert portal.views(article) == (article.views or portal.views(article)), "an article was fetched twice"
    trap = re.compile(r"/en\b|\.html/|pop_up|p_p_id=(?!101)|dang-nhap|jsessionid|/print|/documents|/image")
    assert not [request.path for request in portal.requests["liferay"] if trap.search(request.path)]


def test_days_and_samples(
    portal: PracticePortal, sites_file: Path, wardnews: Run, tmp_path: Path, store_url: str
) -> None:
    crawl = ["crawl", "practice-liferay", "practice-newszone", "--sites", sites_file]
    done = wardnews(*crawl, "--since", "2021-05-01", "--until", "2025-12-31", "-o", "days.jsonl")
    assert done.returncode == 0, done.stderr
    within = {str(a.id) for a in portal.articles if "2021-05-01" <= a.published.date().isoformat() <= "2025-12-31"}
    assert {record["id"].partition(":")[2] for record in records(tmp_path, "days.jsonl")} == within
    assert "outside --since and --until" in done.stderr
    before = len(portal.requests["liferay"])
    done = wardnews(*crawl, "--sample", "3", "-o", "sample.jsonl")
    assert Counter(record["site"] for record in records(tmp_path, "sample.jsonl")) == {
        "practice-liferay": 3,
        "practice-newszone": 3,
    }
    assert len(portal.requests["liferay"]) - before < 25


def test_standard_output_has_the_records_alone(sites_file: Path, wardnews: Run) -> None:
    done = wardnews("crawl", "practice-liferay", "--sites", sites_file, "--sample", "2", "-o", "-")
    assert [json.loads(line)["site"] for line in done.stdout.splitlines()] == ["practice-liferay"] * 2
    assert "standard output   log:" in done.stderr


def test_scrapy_commands_stay_scrapy(portal: PracticePortal, sites_file: Path, tmp_path: Path) -> None:
    scrapy = [sys.executable, "-m", "scrapy"]
    project = Path(__file__).parents[2]
    listed = subprocess.run([*scrapy, "list"], cwd=project, capture_output=True, text=True, check=True)
    assert listed.stdout.split() == ["archive", "page", "portal", "probe"]
    arguments = ["-a", "site=practice-newszone", "-a", f"sites={sites_file}", "-a", "sample=2"]
    for name in ("out.jsonl", "%(batch_id)d.text"):
        command = [*scrapy, "crawl", "portal", *arguments, "-o", str(tmp_path / name)]
        command += ["-s", f"WARDNEWS_STORE=sqlite:///{tmp_path}/{name[-1]}.db", "-s", f"WARDNEWS_OUTPUT={tmp_path}"]
        batches = ["-s", "FEED_EXPORT_BATCH_ITEM_COUNT=1"] if "batch" in name else []
        done = subprocess.run([*command, *batches], cwd=project, capture_output=True, text=True, check=True)
        assert "'wardnews/practice-newszone/partial': 1" in done.stderr, "Scrapy's stats show the counts"
    lines = records(tmp_path, "out.jsonl")
    texts = {article.text() for article in portal.of("newszone")}
    assert {line["text"] for line in lines} <= texts
    assert {(tmp_path / f"{number}.text").read_text(encoding="utf-8") for number in (1, 2)} <= texts


def test_scrapy_parse_shows_the_article_of_a_page(portal: PracticePortal) -> None:
    shown = portal.of("newszone")[0]
    url = portal.url(shown)
    command = [sys.executable, "-m", "scrapy", "parse", "--spider=page", "-a", f"url={url}", "--nocolour", url]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    assert shown.title in done.stdout
    assert not re.search("Traceback|RefererMiddleware", done.stderr), done.stderr


def test_scrapy_crawl_names_a_bad_argument(sites_file: Path) -> None:
    command = [sys.executable, "-m", "scrapy", "crawl", "portal", "-a", "site=nowhere"]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "unknown site 'nowhere'" in done.stderr


# --- when things go wrong -----------------------------------------------------------------------------------------


def test_an_unreachable_host_is_a_sick_portal(wardnews: Run, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]  # bound, so that nobody else gets it, and nobody listens
        done = wardnews("crawl", "hoasua", "--sites", one_site(tmp_path, f"http://127.0.0.1:{port}/"))
    assert done.returncode == 3
    assert "hoasua: 0 pages, 0 new" in done.stderr
    assert "connection refused: 1 page" in done.stderr
    assert "unhealthy: nothing could be read" in done.stderr
    assert "Traceback" not in done.stderr


def reply_with(html: str, status: int = 200) -> Any:
    def intercept(_generation: str, request: Request) -> Reply | None:
        return None if request.path == "/robots.txt" else Reply(status, html.encode())

    return intercept


@pytest.mark.parametrize(
    ("html", "status", "cause"),
    [
        ("<h1>Chào mừng</h1>", 200, "home page without sections"),
        ("", 200, "empty page"),
        ("<h1>Không tìm thấy</h1>", 404, "HTTP status 404"),
        ("<html class='aui'><div id='p_p_id_101_'>Bảo trì</div>", 200, "home page without sections"),
    ],
)
def test_a_home_page_that_cannot_be_read_is_a_sick_portal(
    portal: PracticePortal, wardnews: Run, tmp_path: Path, html: str, status: int, cause: str
) -> None:
    portal.intercept = reply_with(html, status)
    done = wardnews("crawl", "hoasua", "--sites", one_site(tmp_path, portal.liferay_url))
    assert done.returncode == 3, done.stderr
    assert cause in done.stderr
    assert "unhealthy:" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_named_section_that_lists_nothing_is_a_sick_portal(
    portal: PracticePortal, wardnews: Run, tmp_path: Path
) -> None:
    sites = one_site(tmp_path, portal.liferay_url, 'sections = ["/tin-noi-bat", "/gioi-thieu"]')
    done = wardnews("crawl", "hoasua", "--sites", sites)
    assert done.returncode == 3
    assert "unhealthy: first listing page without article links" in done.stderr
    assert len(records(tmp_path)) >= 22


def test_articles_that_fail_are_counted_and_the_rest_is_kept(
    portal: PracticePortal, sites_file: Path, wardnews: Run, tmp_path: Path, store_url: str
) -> None:
    broken, empty = portal.of("liferay")[0], portal.of("liferay")[1]

    def intercept(_generation: str, request: Request) -> Reply | None:
        if str(broken.id) in request.path:
            return Reply(404, b"gone")
        return Reply(200, b"<div class='assetPublishDate'>Tam ngung") if str(empty.id) in request.path else None

    portal.intercept = intercept
    done = wardnews("crawl", "practice-liferay", "--sites", sites_file)
    assert done.returncode == 0
    assert "48 new" in done.stderr
    assert "1 failed" in done.stderr
    assert "HTTP status 404: 1 page" in done.stderr
    assert "no article on the page: 1 page" in done.stderr
    assert len(records(tmp_path)) == 48


def test_a_redirect_off_the_portal_is_not_followed(portal: PracticePortal, wardnews: Run, tmp_path: Path) -> None:
    def intercept(generation: str, request: Request) -> Reply | None:
        if generation == "liferay" and request.path == "/":
            return Reply(302, b"", headers=(("Location", portal.newszone_url),))
        return None

    portal.intercept = intercept
    done = wardnews("crawl", "hoasua", "--sites", one_site(tmp_path, portal.liferay_url))
    assert done.returncode == 3
    assert "leads off the portal" in done.stderr
    assert [request.path for request in portal.requests["newszone"]] in ([], ["/robots.txt"])


def test_robots_txt_is_obeyed(portal: PracticePortal, wardnews: Run, tmp_path: Path) -> None:
    def intercept(_generation: str, request: Request) -> Reply | None:
        return Reply(200, b"User-agent: *\nDisallow: /", "text/plain") if request.path == "/robots.txt" else None

    portal.intercept = intercept
    done = wardnews("crawl", "hoasua", "--sites", one_site(tmp_path, portal.liferay_url))
    assert done.returncode == 3
    assert "Forbidden by robots.txt: 1 page" in done.stderr
    assert [request.path for request in portal.requests["liferay"]] == ["/robots.txt"]


def test_an_article_under_two_addresses_comes_out_once(
    portal: PracticePortal, wardnews: Run, tmp_path: Path, store_url: str
) -> None:
    article = portal.of("liferay")[0]
    long = f"/{article.section_path}?p_p_id=101&amp;_101_struts_action=%2Fasset_publisher%2Fview_content"
    slug_only = f"{long}&amp;_101_urlTitle={article.slug}"
    links = "".join(f'<a href="{url}">a</a>' for url in (article.path, slug_only, f"{slug_only}&amp;p_p_col_count=2"))
    home = f"<div class='dd_chuyenmuc'>{links}</div>".encode()
    portal.intercept = lambda _, request: Reply(200, home) if request.path == "/" else None
    done = wardnews("crawl", "hoasua", "--sites", one_site(tmp_path, portal.liferay_url), "--sample", "3")
    assert [record["id"] for record in records(tmp_path)].count(f"hoasua:{article.id}") == 1
    assert "an article under a second address: 1 page" in done.stderr


def test_a_portal_without_a_listing_is_sick_though_its_home_page_has_news(
    portal: PracticePortal, wardnews: Run, tmp_path: Path
) -> None:
    redesigned = b"<html class='aui'><div id='p_p_id_1_'>Trang moi</div>"
    news = ("/", "/trang-chu", "/robots.txt")
    portal.intercept = lambda _, asked: (
        None if asked.path in news or "view_content" in asked.path else Reply(200, redesigned)
    )
    done = wardnews("crawl", "hoasua", "--sites", one_site(tmp_path, portal.liferay_url))
    assert done.returncode == 3
    assert len(records(tmp_path)) > 10
    assert "unhealthy: no listing page among the sections" in done.stderr


def test_a_call_for_the_list_that_gives_nothing_is_told(
    portal: PracticePortal, wardnews: Run, sites_file: Path, tmp_path: Path
) -> None:
    portal.intercept = lambda _, asked: Reply(200, b"") if asked.method == "POST" else None
    done = wardnews("crawl", "practice-newszone", "--sites", sites_file)
    assert "the call for the list gave nothing, so only the first page was read: 3 pages" in done.stderr


def test_a_section_that_shows_its_one_article_right_away(portal: PracticePortal, wardnews: Run, tmp_path: Path) -> None:
    article = portal.of("liferay")[0]
    with urlopen(portal.url(article)) as answer:
        page = answer.read()
    portal.intercept = lambda _, asked: Reply(200, page) if asked.path == "/gioi-thieu" else None
    sites = one_site(tmp_path, portal.liferay_url, 'sections = ["/gioi-thieu", "/tin-noi-bat"]')
    done = wardnews("crawl", "hoasua", "--sites", sites)
    assert done.returncode == 0, done.stderr
    assert [record["id"] for record in records(tmp_path)].count(f"hoasua:{article.id}") == 1


def test_calls_that_begin_by_repeating_the_page_are_walked_to_their_end(
    portal: PracticePortal, wardnews: Run, sites_file: Path, tmp_path: Path
) -> None:
    items = [
        f'<div class="news-item" data-id="{n}"><div class="news-info"><a href="/tin/bai-27902608281512073{n:02}.htm">'
        f'<h3 class="news-title">Bài {n}</h3></a></div></div>'
        for n in range(12)
    ]
    page = "".join(items[:6]) + "<script>var z={Catname:'abc='}</script>"
    article = '<h1 class="detail-title">Bài</h1><div class="detail-content afcbc-body"><p>Nội dung của bài.</p></div>'

    def intercept(_generation: str, asked: Request) -> Reply | None:
        if asked.method == "POST":
            start = 2 * int(asked.form["PageIndex"])
            return Reply(200, "".join(items[start : start + 2]).encode())
        return None if asked.path == "/robots.txt" else Reply(200, (article if "bai-" in asked.path else page).encode())

    portal.intercept = intercept
    done = wardnews("crawl", "practice-newszone", "--sites", sites_file)
    assert "12 new" in done.stderr


def test_two_portals_at_one_address_both_come_out(portal: PracticePortal, wardnews: Run, tmp_path: Path) -> None:
    one, other = (one_site(tmp_path, portal.liferay_url, name=name).rename(tmp_path / f"{name}.toml") for name in "ab")
    done = wardnews("crawl", "a", "b", "--sites", one, "--sites", other, "--sample", "2")
    assert done.returncode == 0, done.stderr
    assert Counter(record["site"] for record in records(tmp_path)) == {"a": 2, "b": 2}


def test_articles_that_lead_back_to_the_home_page_are_counted(
    portal: PracticePortal, wardnews: Run, sites_file: Path, tmp_path: Path
) -> None:
    gone = [str(article.id) for article in portal.of("liferay")[:4]]
    home = (("Location", "/trang-chu"),)
    portal.intercept = lambda _, asked: Reply(302, b"", headers=home) if any(g in asked.path for g in gone) else None
    done = wardnews("crawl", "practice-liferay", "--sites", sites_file)
    assert "46 new" in done.stderr
    assert "a message that there is no such article: 4 pages" in done.stderr


def test_a_pinned_old_entry_does_not_end_the_walk(portal: PracticePortal, wardnews: Run, tmp_path: Path) -> None:
    entry = (
        '<div class="asset-abstract"><h3 class="asset-title"><a href="/t/-/view_content/{}-a.html">a</a></h3>{}</div>'
    )
    date = '<div class="assetPublishDate">{}</div>'
    pager = '<ul class="lfr-pagination-buttons"><li><a href="/t?p_p_id=101&_101_cur=2">2</a></li></ul>'
    pages = {
        "/t": entry.format(1, date.format("01/02/2012 | 08:00")) + entry.format(2, "") + pager,
        "/t?p_p_id=101&_101_cur=2": entry.format(3, date.format("01/02/2024 | 08:00")),
    }

    def intercept(_generation: str, asked: Request) -> Reply | None:
        return Reply(200, pages[asked.path].encode()) if asked.path in pages else None

    portal.intercept = intercept
    sites = one_site(tmp_path, portal.liferay_url, 'sections = ["/t"]')
    wardnews("crawl", "hoasua", "--sites", sites, "--since", "2024-01-01")
    asked = [request.path for request in portal.requests["liferay"]]
    assert "/t/-/view_content/3-a.html" in asked
    assert "/t/-/view_content/1-a.html" not in asked


def robots_only(portal: PracticePortal, wardnews: Run, folder: Path, robots: Reply, wait: float = 0.0) -> list[str]:
    """Crawl a portal of twenty named sections whose robots.txt says no; give what was asked for all the same."""

    def intercept(_generation: str, request: Request) -> Reply | None:
        if request.path == "/robots.txt":
            time.sleep(wait)
            return robots
        return None

    portal.intercept = intercept
    sections = ", ".join(f'"/muc-{number}"' for number in range(20))
    done = wardnews("crawl", "hoasua", "--sites", one_site(folder, portal.liferay_url, f"sections = [{sections}]"))
    assert done.returncode == 3
    cause = "robots.txt answered 503" if robots.status == 503 else "Forbidden by robots.txt: 20 pages"
    assert cause in done.stderr
    return [request.path for request in portal.requests["liferay"] if request.path != "/robots.txt"]


def test_no_request_slips_past_a_slow_robots_txt(portal: PracticePortal, wardnews: Run, tmp_path: Path) -> None:
    no = Reply(200, b"User-agent: *\nDisallow: /", "text/plain")
    assert robots_only(portal, wardnews, tmp_path, no, wait=0.7) == []


def test_a_server_error_on_robots_txt_is_a_no(portal: PracticePortal, wardnews: Run, tmp_path: Path) -> None:
    assert robots_only(portal, wardnews, tmp_path, Reply(503, b"busy", "text/plain")) == []


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_says_so(
    portal: PracticePortal, wardnews: Run, tmp_path: Path, told: signal.Signals
) -> None:
    sites = one_site(tmp_path, portal.liferay_url)
    sites.write_text(sites.read_text(encoding="utf-8").replace("delay = 0.0", "delay = 0.3"), encoding="utf-8")
    under_way = threading.Event()

    def intercept(_generation: str, _request: Request) -> None:
        if len(portal.requests["liferay"]) == 4:
            under_way.set()

    portal.intercept = intercept
    with started(tmp_path, "crawl", "hoasua", "--sites", sites) as process:
        assert under_way.wait(60)
        process.send(told)
    assert process.exitcode == 4
    assert "stopped early: shutdown" in process.stderr
    assert "unhealthy:" not in process.stderr


def test_a_run_goes_on_when_nobody_reads_its_progress_any_more(
    portal: PracticePortal, sites_file: Path, tmp_path: Path
) -> None:
    code = "from wardnews.reports import progress\nprogress.LINE_EVERY = 0.01\nfrom wardnews.cli import main\nmain()"
    command = [sys.executable, "-c", code, "crawl", "practice-liferay", "--sites", str(sites_file)]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE) as process:
        assert process.stderr
        process.stderr.close()
        try:
            process.wait(60)
        finally:
            process.kill()
    assert len(records(tmp_path)) == len(portal.of("liferay"))


def test_a_portal_own_selectors_go_first(portal: PracticePortal, wardnews: Run, tmp_path: Path) -> None:
    line = 'selectors = { section = ".asset-full-content-title" }'
    wardnews("crawl", "hoasua", "--sample", "2", "--sites", one_site(tmp_path, portal.liferay_url, line))
    assert all(record["section"] == record["title"] for record in records(tmp_path))
