"""How we behave to portals: what robots.txt asks, what 429 and 503 ask, and who says who asks."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from socket import socket

import pytest
from protego import Protego
from scrapy.http import Response

from tests.helpers.drills import NO_ROBOTS, ROOT, Asked, RawServer, crawl, reply, start_crawl
from wardnews.errors import SitesError
from wardnews.middlewares.backoff import retry_after
from wardnews.middlewares.contact import needs_contact, user_agent
from wardnews.middlewares.robots import MOST_BYTES, for_agent, rules_of
from wardnews.sites import Site

WIRE = 0.2
"""Seconds that a request may wait to be seen by the server, on a machine that has much to do."""
FAST = {"WARDNEWS_BACKOFF_FIRST": 0.3, "WARDNEWS_BACKOFF_MOST": 0.7, "RETRY_ENABLED": False}


def portal(robots: bytes = NO_ROBOTS, **pages: bytes) -> RawServer:
    """Serve a robots.txt and pages by the name of their path; all other pages are plain ones."""

    def answer(asked: Asked, client: socket) -> None:
        client.sendall(robots if asked.path == "/robots.txt" else pages.get(asked.path.strip("/"), reply("<p>a")))

    return RawServer(answer)


def pages_of(server: RawServer, number: int) -> list[str]:
    return [f"{server.url}/p{index}" for index in range(number)]


# --- robots.txt -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["Crawl-delay: 2", "Request-rate: 1/2"])
def test_the_delay_of_robots_txt_is_kept_from_the_first_page_on(rule: str) -> None:
    with portal(reply(f"User-agent: wardnews\n{rule}\n")) as server:
        done = crawl(*pages_of(server, 2), site=server.url)
    assert list(done.pages.values()) == [4, 4]
    assert server.paths()[0] == "/robots.txt"
    assert len(server.gaps()) == 2
    assert min(server.gaps()) >= 2 - WIRE


def test_the_longer_delay_holds() -> None:
    with portal(reply("User-agent: *\nCrawl-delay: 0.1\n")) as server:
        crawl(*pages_of(server, 2), site=server.url, delay=0.5)
    assert min(server.gaps()) >= 0.5 - WIRE


def test_the_delay_of_robots_txt_outlasts_the_collection_of_idle_slots() -> None:
    with portal(reply("User-agent: *\nCrawl-delay: 1\n")) as server:
        first, *rest = pages_of(server, 3)
        crawl(first, site=server.url, later=rest)
    assert sorted(server.paths()[2:]) == ["/p1", "/p2"]
    assert server.gaps()[-1] >= 1 - WIRE


def test_a_delay_beyond_patience_is_a_no_that_names_it() -> None:
    with portal(reply("User-agent: *\nCrawl-delay: 86400\n")) as server:
        done = crawl(*pages_of(server, 3), site=server.url)
    assert set(done.pages.values()) == {"robots.txt asks for 86400 s between requests"}
    assert server.paths() == ["/robots.txt"]


def test_no_request_slips_past_while_robots_txt_is_on_its_way() -> None:
    def answer(asked: Asked, client: socket) -> None:
        if asked.path == "/robots.txt":
            threading.Event().wait(0.7)
            client.sendall(reply("User-agent: *\nDisallow: /"))

    with RawServer(answer) as server:
        done = crawl(*pages_of(server, 30), site=server.url)
    assert set(done.pages.values()) == {"Forbidden by robots.txt"}
    assert server.paths() == ["/robots.txt"]


@pytest.mark.parametrize(
    ("robots", "allowed"),
    [
        (reply("User-agent: *\nDisallow: /", status=404), True),
        (reply("User-agent: *\nDisallow: /", status=403), True),
        (reply("User-agent: *\nDisallow: /", status=410), True),
        (reply("busy", status=500), False),
        (b"", False),
        (reply("\ufeffUser-agent: *\nDisallow: /"), False),
        (reply("User-agent: *\nDisallow: /".encode("utf-16")), False),
        (reply("<!DOCTYPE html><pre>\nUser-agent: *\nDisallow: /\n</pre>"), True),
        (reply("User-agent: archive\nDisallow: /"), True),
        (reply("User-agent: WardNews\nDisallow: /"), False),
        (reply("#" * MOST_BYTES + "\nUser-agent: *\nDisallow: /\n#\n#"), True),
        (reply("User-agent: *\nDisallow: /\n" + "#" * MOST_BYTES), False),
    ],
)
def test_what_robots_txt_means(robots: bytes, allowed: bool) -> None:
    with portal(robots) as server:
        done = crawl(f"{server.url}/p", site=server.url, settings={"RETRY_ENABLED": False})
    assert ("/p" in server.paths()) is allowed
    assert (done.pages[f"{server.url}/p"] == 4) is allowed


def test_half_a_line_at_the_end_of_what_is_read_is_no_rule() -> None:
    body = b"User-agent: *\n#" + b"x" * (MOST_BYTES - 25) + b"\nDisallow: /abc\n"
    assert rules_of(Response("http://a.vn/robots.txt", body=body)).endswith(b"x")


@pytest.mark.parametrize(
    "rules",
    [
        "".join(f"User-agent: a{number}\n" for number in range(10_000)) + "Disallow: /x\n" * 10_000,
        "User-agent: *\nDisallow: /" + "*a" * 100_000 + "*b\n",
        "User-agent" + " " * 400_000 + "*\nDisallow: /x",
    ],
    ids=["many agents", "many asterisks", "spaces"],
)
def test_no_robots_txt_takes_more_time_than_its_length_allows(rules: str) -> None:
    began = time.process_time()
    parser = Protego.parse(for_agent(rules.encode(), "wardnews").decode())
    assert parser.can_fetch(f"http://a.vn/{'a' * 2_000}", "wardnews")
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("User-agent: other\nUser-agent: *\nDisallow: /x", False),
        ("User-agent: other\nDisallow: /x\nUser-agent: *\nDisallow: /y", True),
        ("useragent WARD*NEWS # and nobody else\nDisallow: /x", False),
        ("User-agent: *\nDisallow: /x\nUser-agent: wardnews\nDisallow:", True),
    ],
)
def test_groups_of_other_agents_stay_groups(rules: str, allowed: bool) -> None:
    for text in (rules, for_agent(rules.encode(), "wardnews").decode()):
        assert Protego.parse(text).can_fetch("http://a.vn/x", "wardnews") is allowed


def test_a_redirect_of_robots_txt_on_the_portal_is_followed() -> None:
    def answer(asked: Asked, client: socket) -> None:
        moved = asked.path == "/robots.txt"
        client.sendall(reply(status=301, Location="/moved") if moved else reply("User-agent: *\nDisallow: /p"))

    with RawServer(answer) as server:
        done = crawl(f"{server.url}/p", site=server.url)
    assert list(done.pages.values()) == ["Forbidden by robots.txt"]
    assert server.paths() == ["/robots.txt", "/moved"]


def test_a_redirect_of_robots_txt_off_the_portal_is_a_no() -> None:
    with (
        portal(reply("User-agent: *\nAllow: /")) as other,
        portal(reply(status=302, Location=f"{other.url}/x")) as server,
    ):
        done = crawl(f"{server.url}/p", site=server.url, others=[other.url])
    assert list(done.pages.values()) == [f"robots.txt leads off the portal, to {other.url}/x"]
    assert other.asked == []


@pytest.mark.parametrize("of_portal", [True, False], ids=["a portal's", "no portal's"])
@pytest.mark.parametrize(
    ("asked", "moved", "followed"),
    [
        ("hoasua.example", "www.hoasua.example", True),
        ("www.hoasua.example", "hoasua.example", True),
        ("www.hoasua.example", "bentrang.example", False),
        ("hoasua.example", "www2.hoasua.example", False),
    ],
)
def test_a_host_and_its_www_are_one_to_a_redirect_of_robots_txt(
    asked: str, moved: str, *, followed: bool, of_portal: bool
) -> None:
    def answer(one: Asked, client: socket) -> None:
        leads = one.path == "/robots.txt"
        client.sendall(reply(status=301, Location=away) if leads else reply("User-agent: *\nDisallow: /p"))

    with RawServer(answer) as server:
        url, away = f"http://{asked}:{server.port}/p", f"http://{moved}:{server.port}/moved"
        names = dict.fromkeys((asked, moved), "127.0.0.1")
        done = crawl(url, site=url if of_portal else "", typed=[url, away], names=names)
    assert done.pages[url] == ("Forbidden by robots.txt" if followed else f"robots.txt leads off the portal, to {away}")
    assert server.paths() == ["/robots.txt", "/moved"][: 1 + followed]


def test_www_and_its_host_have_a_robots_txt_each() -> None:
    def answer(one: Asked, client: socket) -> None:
        shut = "\r\nHost: www." in one.head
        client.sendall(reply(f"User-agent: *\nDisallow: {'/p' if shut else ''}\n"))

    with RawServer(answer) as server:
        own, www = (f"http://{name}:{server.port}/p" for name in ("hoasua.example", "www.hoasua.example"))
        names = dict.fromkeys(("hoasua.example", "www.hoasua.example"), "127.0.0.1")
        done = crawl(own, www, site=own, typed=[own, www], names=names)
    assert (isinstance(done.pages[own], int), done.pages[www]) == (True, "Forbidden by robots.txt")
    assert sorted(server.paths()) == ["/p", "/robots.txt", "/robots.txt"]


def test_robots_txt_that_leads_in_circles_is_none() -> None:
    with portal(reply(status=302, Location="/robots.txt")) as server:
        done = crawl(f"{server.url}/p", site=server.url)
    assert list(done.pages.values()) == [4]
    assert server.paths() == ["/robots.txt"] * 6 + ["/p"]


# --- 429 and 503 ----------------------------------------------------------------------------------------------------


def refusing(times: int, status: int = 429, **headers: str) -> RawServer:
    """Serve a portal that refuses its first pages."""

    def answer(asked: Asked, client: socket) -> None:
        pages = [path for path in server.paths() if path != "/robots.txt"]
        refused = asked.path != "/robots.txt" and len(pages) <= times
        client.sendall(reply("busy", status=status, **headers) if refused else reply("<p>a"))

    server = RawServer(answer)
    return server


def test_retry_after_holds_for_all_that_waits() -> None:
    with refusing(1, Retry_After="5") as server:
        done = crawl(*pages_of(server, 6), site=server.url)
    assert set(done.pages.values()) == {4}  # the refused one was asked for again
    assert done.pauses == [5.0]
    robots, refused, after, *rest = server.gaps()
    assert refused >= 5
    assert max(robots, after, *rest) < 5


def test_a_date_in_retry_after_is_read_by_the_clock_of_the_server() -> None:
    now = datetime(2021, 4, 5, tzinfo=UTC)

    def wait(**headers: str) -> float | None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return retry_after(Response("http://a.vn/", headers=named))

    def date(seconds: int) -> str:
        return format_datetime(now + timedelta(seconds=seconds), usegmt=True)

    assert wait(Retry_After=date(90), Date=date(0)) == 90
    assert wait(Retry_After=date(-90), Date=date(0)) is None
    assert wait(Retry_After="120") == 120
    assert [wait(Retry_After=value) for value in ("0", "-5", "soon", "", "1e9", "²")] == [None] * 6
    assert wait() is None
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert 50 < (wait(Retry_After=soon) or 0) <= 60


@pytest.mark.parametrize(("status", "headers"), [(429, {}), (503, {}), (503, {"Retry_After": "some day"})])
def test_pauses_double_up_to_the_ceiling_and_a_success_ends_them(status: int, headers: dict[str, str]) -> None:
    with refusing(3, status, **headers) as server:
        done = crawl(*pages_of(server, 6), site=server.url, settings=FAST)
    assert list(done.pages.values()).count(f"HTTP status {status}") == 3
    assert done.pauses == [0.3, 0.6, 0.7]
    _, first, second, third, *_ = server.gaps()
    assert first >= 0.3
    assert second >= 0.6
    assert third >= 0.7


def test_a_success_resets_the_pause() -> None:
    def answer(asked: Asked, client: socket) -> None:
        client.sendall(reply("busy", status=503) if asked.path in ("/p0", "/p2") else reply("<p>a"))

    with RawServer(answer) as server:
        done = crawl(*pages_of(server, 4), site=server.url, settings=FAST)
    assert done.pauses == [0.3, 0.3]
    _, after_first, _, after_second = server.gaps()
    assert after_first >= 0.3
    assert after_second >= 0.3


def test_who_asks_for_longer_than_the_ceiling_is_left_alone() -> None:
    with refusing(1, Retry_After="86400") as server, portal() as other:
        urls = [*pages_of(server, 5), *pages_of(other, 2)]
        done = crawl(*urls, site=server.url, others=[other.url])
    assert server.paths() == ["/robots.txt", "/p0"]
    assert set(done.pages.values()) == {"asks to be left alone for 86400 s", 4}
    assert [done.pages[url] for url in pages_of(other, 2)] == [4, 4]
    assert done.seconds < 20


def test_a_run_that_is_stopped_sits_no_pause_out() -> None:
    asked = threading.Event()

    def answer(request: Asked, client: socket) -> None:
        client.sendall(NO_ROBOTS if request.path == "/robots.txt" else reply("busy", status=503, Retry_After="500"))
        if request.path != "/robots.txt":
            asked.set()

    with RawServer(answer) as server, start_crawl(*pages_of(server, 3), site=server.url) as process:
        assert asked.wait(60)
        process.send(signal.SIGINT)
    pages = json.loads(process.stdout)["pages"]
    assert set(pages.values()) <= {"the run was stopped"}
    assert server.paths() == ["/robots.txt", "/p0"]


def test_a_pause_is_for_its_own_group() -> None:
    with refusing(1, Retry_After="3") as server, portal() as other:
        crawl(*pages_of(server, 2), *pages_of(other, 4), site=server.url, others=[other.url])
    assert max(server.gaps()) >= 3
    assert other.asked[-1].at < server.asked[-1].at


# --- who asks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "contact", ["luutru@thuvien.example", "https://thuvien.example/luutru", "a.b+c@d-e.example.vn"]
)
def test_the_user_agent_tells_whom_to_ask(contact: str) -> None:
    assert user_agent("1.0", contact) == f"wardnews/1.0 (archive of local government news; +{contact})"


@pytest.mark.parametrize(
    "contact",
    ["me", "a@b", "a@b.vn\r\nX: y", "ftp://a.vn/", "https://", "a@b.vn)", "a b@c.vn", "thư@c.vn", "\x00@c.vn"],
)
def test_a_contact_that_is_none_is_named(contact: str) -> None:
    with pytest.raises(SitesError, match=r"WARDNEWS_CONTACT=.*expected an e-mail address or a web address"):
        user_agent("1.0", contact)


def told(contact: str, tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "WARDNEWS_CONTACT": contact, "PYTHONUTF8": "1"}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_contact_comes_from_the_environment(tmp_path: Path) -> None:
    show = ("-c", "from wardnews.settings import USER_AGENT; print(USER_AGENT)")
    assert "; +luutru@thuvien.example)" in told("luutru@thuvien.example", tmp_path, *show).stdout
    assert told("", tmp_path, *show).stdout.endswith("(archive of local government news)\n")


def test_a_bad_contact_is_one_line_and_exit_status_2(tmp_path: Path) -> None:
    done = told("nobody", tmp_path, "-m", "wardnews", "crawl", "hanoi-phucloi")
    assert done.returncode == 2
    assert "WARDNEWS_CONTACT='nobody'" in done.stderr
    assert "Traceback" not in done.stderr
    assert ROOT.name not in [path.name for path in tmp_path.iterdir()]


def test_only_a_run_beyond_this_machine_needs_a_contact() -> None:
    here = [Site("a", "a", url) for url in ("http://127.0.0.1:8000/", "http://localhost/", "http://[::1]:80/")]
    there = Site("b", "b", "http://phucloi.hanoi.gov.vn/")
    assert not needs_contact(here, "")
    assert needs_contact([*here, there], "")
    assert needs_contact([Site("c", "c", "http://10.0.0.1/")], "")
    assert not needs_contact([there], "luutru@thuvien.example")
