"""No article is asked for twice in a run, wherever two ways to it meet; and a recheck comes on its day."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.helpers.commands import Folder
from tests.helpers.village import Story, Village, article, html, moved
from wardnews.demo import Reply, Request

DUE = "UPDATE pages SET next_look = '2020-01-01T00:00:00Z' WHERE kind = 'article' AND state = 'done'"


@pytest.fixture
def village() -> Iterator[Village]:
    with Village() as village:
        yield village


def home_lists_too(village: Village, request: Request) -> Reply | None:
    return village.listing(1) if request.place == "/" else None


def print_view(village: Village, request: Request) -> Reply | None:
    """Have each article under a second address, which names the first as its own."""
    if request.place == "/":
        return village.listing(1)
    if request.place == "/tin":
        shown = village.listing(1)
        return replace(shown, body=shown.body.replace(b'href="/tin/bai-', b'href="/in/tin/bai-'))
    if request.place.startswith("/in/tin/"):
        number = int(request.place.removeprefix("/in/tin/bai-").removesuffix(".html"))
        story = next(one for one in village.stories if one.n == number)
        return article(story, head=f'<link rel="canonical" href="/tin/bai-{number}.html">')
    return None


def leads_to_listed(village: Village, request: Request) -> Reply | None:
    """Have the home page name articles by addresses that lead to those of the section."""
    if request.place == "/":
        shown = village.listing(1)
        return replace(shown, body=shown.body.replace(b'href="/tin/bai-', b'href="/r/bai-'))
    return moved(request.path.replace("/r/", "/tin/"), 302) if request.path.startswith("/r/") else None


@pytest.mark.parametrize(
    ("way", "options", "due"),
    [
        (home_lists_too, (), True),
        (home_lists_too, ("--full",), False),
        (leads_to_listed, (), True),
        (None, (), True),
        (None, ("--full",), True),
    ],
)
def test_an_article_is_asked_for_once_in_a_run(
    village: Village, tmp_path: Path, way: object, options: tuple[str, ...], *, due: bool
) -> None:
    village.intercept = (lambda request: way(village, request)) if callable(way) else village.intercept
    folder = Folder(tmp_path, village.toml())
    assert folder.crawl().status == 0
    first = Counter(path for path in village.asked() if path.startswith("/tin/bai-"))
    assert set(first.values()) == {1}, first
    assert len(folder.all()) == 6
    village.stories[0] = replace(village.stories[0], title=f"{village.stories[0].title} (sửa)")
    if due:
        folder.sql(DUE)
    done = folder.crawl("hoasua", *options)
    second = Counter(path for path in village.asked() if path.startswith("/tin/bai-"))
    assert second["/tin/bai-1.html"] == 1
    assert set(second.values()) == {1}, second
    assert [change for _, change in folder.last()] == ["edited"], done.stderr
    assert "second address" not in done.stderr or way is leads_to_listed


def test_two_addresses_of_an_article_give_one_record_and_no_second_look(village: Village, tmp_path: Path) -> None:
    village.intercept = lambda request: print_view(village, request)
    folder = Folder(tmp_path, village.toml())
    assert folder.crawl().status == 0
    assert len(folder.all()) == 6
    village.asked()
    folder.sql(DUE)
    folder.crawl()
    bodies = Counter(path.rpartition("/")[2] for path in village.asked() if "bai-" in path)
    assert set(bodies.values()) == {1}, bodies
    assert folder.last() == []


@pytest.mark.parametrize(("age", "asked"), [(29, False), (29.99, True), (30.5, True)])
def test_a_recheck_of_30_days_comes_on_day_30(village: Village, tmp_path: Path, age: float, *, asked: bool) -> None:
    when = datetime.now(UTC) + timedelta(hours=7) - timedelta(days=age)
    village.stories = [replace(Story.made(1), day=f"{when:%d/%m/%Y %H:%M}")]
    folder = Folder(tmp_path, village.toml())
    folder.crawl()
    born = datetime.now(UTC) - timedelta(days=age)
    due = (born + timedelta(days=30) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:00Z")
    folder.sql("UPDATE pages SET next_look = :due, asked_at = '2020-01-01T00:00:00Z' WHERE kind = 'article'", due=due)
    village.asked()
    folder.crawl()
    assert ("/tin/bai-1.html" in village.asked()) is asked


LEADING = [
    (
        Reply(200, b'<html><head><meta http-equiv="refresh" content="0;url=/trang-chu"></head></html>'),
        "meta refresh",
    ),
    (
        Reply(200, b'<html><head><meta content="3; URL=trang-chu" http-equiv="Refresh"/></head></html>'),
        "a meta refresh",
    ),
    (Reply(200, b"", headers=(("Refresh", "0; url=/trang-chu"),)), "a Refresh header"),
    (Reply(200, b'<html><script>window.location.href = "/trang-chu";</script></html>'), "a script"),
    (Reply(200, b"<html><body onload=\"location.replace('/trang-chu')\"></body></html>"), "a script"),
    (
        Reply(200, b'<html><frameset rows="80,*"><frame src="/dau.html"><frame src="/trang-chu"></frameset></html>'),
        "frame",
    ),
    (
        Reply(200, b'<html><body><iframe src="/trang-chu" width="100%" height="100%"></iframe></body></html>'),
        "frame",
    ),
    (Reply(200, b'<html><body><a href="/trang-chu"><img src="/b.jpg" alt="2/9"></a></body></html>'), "its only link"),
    (
        Reply(200, '<html><body><h1>Chào mừng</h1><a href="/trang-chu">Vào trang chủ</a></body></html>'.encode()),
        "only link",
    ),
]
READ = [
    '<meta http-equiv="refresh" content="300;url=/trang-khac">',
    "<script>document.write(location.href)</script>",
    '<script>function di(){ if (location.hash == "#cu") { var x = location.pathname; } }</script>',
    '<iframe src="https://maps.example.org/x" width="200"></iframe>',
]
"""Parts of home pages that are to be read as they are."""


def answering(answers: dict[str, Reply]) -> Callable[[Request], Reply | None]:
    return lambda request: answers.get(request.place)


def test_home_pages_that_lead_on_are_followed_one_step_and_others_read(tmp_path: Path) -> None:
    home = html("Trang chủ", "<p>Chào mừng bạn.</p>")
    shown = [(replace(reply, media_type="text/html; charset=utf-8"), by) for reply, by in LEADING]
    shown += [(html("Trang chủ", f"<p>Chào mừng.</p>{part}"), "") for part in READ]
    with ExitStack() as stack:
        sites: dict[str, tuple[str, str]] = {}
        for number, (reply, by) in enumerate(shown):
            answers = {"/": reply, "/trang-chu": home, "/dau.html": html("", "")}
            village = stack.enter_context(Village(intercept=answering(answers)))
            sites[f"phuong-{number}"] = (village.toml().replace("hoasua", f"phuong-{number}"), by)
        folder = Folder(tmp_path, "".join(toml for toml, _ in sites.values()))
        done = folder.crawl(*sites)
    assert done.status == 0, done.stderr
    parts = dict(
        one.split(": ", 1) for one in re.split(r"\n(?=phuong-)", f"\n{done.stderr}") if one.startswith("phuong-")
    )
    for key, (_, by) in sites.items():
        assert "6 new" in parts[key]
        assert ("leads on by" in parts[key]) is bool(by)
        assert by in parts[key]


def test_a_home_page_that_leads_off_the_portal_is_not_followed(village: Village, tmp_path: Path) -> None:
    body = b'<html><head><meta http-equiv="refresh" content="0;url=http://127.0.0.1:1/"></head></html>'
    village.intercept = lambda request: Reply(200, body, "text/html") if request.place == "/" else None
    folder = Folder(tmp_path, village.toml())
    done = folder.crawl()
    assert done.status == 3
    assert "leads off the portal" in done.stderr


FRAMES = '<html><head><title>Phường</title></head><frameset rows="100%"><frame src="/trang-chu"></frameset></html>'


def test_probe_and_read_follow_one_step_and_no_frameset_crashes(
    village: Village, wardnews: object, tmp_path: Path
) -> None:
    home = html("Trang chủ", "<p>Chào mừng bạn.</p>")
    leads = Reply(200, b'<html><script>location.href = "/tin/bai-1.html"</script></html>', "text/html")
    frames = Reply(200, FRAMES.encode(), "text/html; charset=utf-8")
    answers = {"/": frames, "/trang-chu": home, "/cu": leads}
    village.intercept = lambda request: answers.get(request.place)
    probed = wardnews("probe", village.url)  # type: ignore[operator]
    assert probed.returncode == 0, probed.stderr
    assert "/tin" in probed.stdout
    read = wardnews("read", f"{village.url}cu", village.url)  # type: ignore[operator]
    assert len(read.stdout.splitlines()) == 1
    assert village.url in read.stderr
    (tmp_path / "frames.html").write_text(FRAMES, encoding="utf-8")
    saved = wardnews("read", "frames.html", "--url", village.url)  # type: ignore[operator]
    assert saved.returncode == 1
    assert "Traceback" not in saved.stderr
