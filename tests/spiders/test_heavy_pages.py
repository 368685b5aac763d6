"""Pages that take long to read: no other portal waits for them, and what is read beside is the same."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.doubles import PracticeFamilies
from tests.helpers.commands import Folder
from tests.helpers.town import Town, article, page, pieces
from wardnews.demo import Reply, Request
from wardnews.reading import beside
from wardnews.reading.opened import OpenedPage

PORTALS = int(os.environ.get("DRILL_PORTALS", "4"))
MEGABYTES = float(os.environ.get("DRILL_MEGABYTES", "0.5"))
LONGEST = 1.0
"""Seconds for which the one thread that serves all portals may be held up."""


def all_pages_are_heavy() -> None:
    vars(beside).update(_MOST_TAGS=0)


def read(folder: Path, families: PracticeFamilies, before: Callable[[], None] | None) -> list[dict[str, Any]]:
    folder.mkdir()
    place = Folder(folder, families.toml())
    keys = [f"practice-{family}" for family in families.families]
    done = place.crawl(*keys, before=before, settings={"DOWNLOAD_DELAY": 0.01})
    assert done.status in (0, 3), done.stderr
    (feed,) = place.feeds()
    for record in feed:
        del record["crawled_at"], record["first_seen"], record["story"]  # a group has the name of its first
    return sorted(feed, key=lambda one: str(one["id"]))


def test_what_is_read_beside_is_the_same(tmp_path: Path) -> None:
    with PracticeFamilies() as families:
        here = read(tmp_path / "here", families, None)
        asked = {family: sorted(one.path for one in families.requests[family]) for family in families.families}
        for requests in families.requests.values():
            requests.clear()
        there = read(tmp_path / "beside", families, all_pages_are_heavy)
        differing = {key for one, other in zip(here, there, strict=True) for key in one if one[key] != other[key]}
        assert not differing
        assert asked == {family: sorted(one.path for one in families.requests[family]) for family in families.families}
    assert len({record["layout"] for record in here}) > 5


def ends_its_process() -> None:
    vars(beside)["_begin"] = _broken_reader


def _broken_reader() -> None:
    open_page = OpenedPage.of.__func__  # type: ignore[attr-defined]

    def of(cls: type[OpenedPage], source: Any) -> OpenedPage:
        if b"10003" in source.body[:2000]:
            os.kill(os.getpid(), signal.SIGKILL)
        if b"10004" in source.body[:2000]:
            signal.setitimer(signal.ITIMER_PROF, 0.05)
            while True:
                pass
        opened: OpenedPage = open_page(cls, source)
        return opened

    OpenedPage.of = classmethod(of)  # type: ignore[assignment, method-assign]


def test_a_page_that_ends_its_reader_or_takes_too_long_is_its_own_failure_alone(tmp_path: Path) -> None:
    def heavy(request: Request) -> Reply | None:
        shown = next((one for one in town.pieces if one.path == request.place), None)
        return page(f"{shown.id}", article(shown) + "<br>" * 9000) if shown else None

    with Town(pieces(6), intercept=heavy) as town:
        folder = Folder(tmp_path, town.toml())
        done = folder.crawl(before=ends_its_process)
        assert "hoasua: 8 pages, 4 new, 0 edited, 0 known, 0 gone, 0 failed" in done.stderr
        assert f"{beside.TOO_HEAVY}: 2 pages" in done.stderr
    assert len(folder.all()) == 4


def watch_the_loop() -> None:
    """Write down how long the thread of all portals was busy at a time, in seconds of a processor."""
    from wardnews.spiders.portal import PortalSpider

    vars(beside).update(_SECONDS=6.0)

    start = PortalSpider.start

    async def watched(self: PortalSpider) -> Any:
        asyncio.ensure_future(watch())  # noqa: RUF006 - it ends with the process
        async for request in start(self):
            yield request

    async def watch() -> None:
        longest, last, file = 0.0, time.thread_time(), os.open("longest", os.O_CREAT | os.O_WRONLY)
        while True:
            await asyncio.sleep(0.01)
            now = time.thread_time()
            if now - last > longest:
                longest = now - last
                os.write(file, f"{longest:.3f}\n".encode())
            last = now

    PortalSpider.start = watched  # type: ignore[method-assign]


HEAVY = {
    "entries": '<li><a href="/muc-0/-/view_content/{}-bai.html">Tổ dân phố số {} họp</a></li>',
    "cells": "<tr><td>1<td>hai ba",
    "short paragraphs": "<p>ab c</p>",
    "options": "<option>a",
    "headings": "<h1>a b</h1>",
    "nested": "<b>",
    "letters": "a\u0323\u0302",
    "scripts": "<script ",
}
KINDS = list(HEAVY)


def heavy_page(kind: str, begin: str, size: int) -> Reply:
    piece = HEAVY[kind]
    parts = (piece.replace("{}", str(20_000 + number)) for number in range(size // len(piece.encode())))
    return page("captcha", f"{begin}{''.join(parts)}")


def hostile(town: Town, size: int) -> Callable[[Request], Reply | None]:
    def answer(request: Request) -> Reply | None:
        for at, one in enumerate(town.pieces):
            if one.path == request.place:
                kind = KINDS[at % len(KINDS)]
                return heavy_page(kind, article(one) + {"cells": "<table>", "options": "<select>"}.get(kind, ""), size)
        if request.place == "/muc-0" and "cur=2" in request.path:
            return heavy_page("entries", "", size)
        return None

    return answer


def test_a_portal_of_heavy_pages_holds_up_no_other(tmp_path: Path) -> None:
    size = int(MEGABYTES * (1 << 20))
    with ExitStack() as stack:
        towns = [stack.enter_context(Town(pieces(11, first=1 + 100 * at))) for at in range(PORTALS)]
        towns[0].intercept = hostile(towns[0], size)
        names = [f"phuong-{at}" for at in range(PORTALS)]
        folder = Folder(tmp_path, "\n".join(town.toml(name) for town, name in zip(towns, names, strict=True)))
        done = folder.crawl(*names, before=watch_the_loop, settings={"WARDNEWS_PORTAL_PAGES": 15})
    assert "Traceback" not in done.stderr
    for name in names[1:]:
        assert f"{name}: 14 pages, 11 new" in done.stderr
    longest = float((tmp_path / "longest").read_text(encoding="ascii").split()[-1])
    sys.stdout.write(f"{PORTALS} portals, pages of {MEGABYTES} MB: held up for {longest:.2f} s at most\n")
    assert longest <= LONGEST


def short_parts() -> None:
    from wardnews.spiders import listing_pages

    vars(listing_pages).update(MOST_ENTRIES=2)


def test_a_long_site_map_is_taken_in_parts(tmp_path: Path) -> None:
    with PracticeFamilies("nukeviet") as families:
        here = read(tmp_path / "whole", families, None)
        whole = [request.path for request in families.requests["nukeviet"]]
        families.requests["nukeviet"].clear()
        assert read(tmp_path / "parts", families, short_parts) == here
        parts = [request.path for request in families.requests["nukeviet"]]
    assert set(parts) == set(whole)
    assert len(parts) > len(whole) == len(set(whole))


def few_at_a_time() -> None:
    from wardnews.spiders import listings

    vars(listings).update(MOST_ENTRIES=4, MOST_SECTIONS=2)


def test_a_page_that_names_too_much_is_named_and_read_as_far_as_that(tmp_path: Path) -> None:
    with Town(pieces(6, sections=3), ["muc-0", "muc-1", "muc-2"], per_page=6) as town:
        town.pieces = [*town.pieces, *pieces(6, first=50)]
        folder = Folder(tmp_path, town.toml())
        done = folder.crawl(before=few_at_a_time)
    assert "more on one page than any portal lists: the rest of it is left out" in done.stderr
    assert 4 <= len(folder.all()) < 12
