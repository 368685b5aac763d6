"""Many portals in one process: each at its own pace, the bad ones no burden to the good."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self

import pytest
from scrapy import Request as ScrapyRequest
from scrapy.http import Response

from tests.helpers.commands import Folder
from tests.helpers.town import Town, article, entry, menu, page, pieces
from wardnews.demo import Reply, Request
from wardnews.middlewares.transport import BoundedHandler

PORTALS = int(os.environ.get("DRILL_PORTALS", "30"))
DELAY = float(os.environ.get("DRILL_DELAY", "0.2"))
SLOWEST = 3.0
SETTINGS = {"DOWNLOAD_TIMEOUT": 3}


@dataclass
class House:
    """Hold one portal of a street: how it answers, and when what it was asked was sent."""

    kind: str
    town: Town
    delay: float
    port: int = 0
    socket: socket.socket = field(default_factory=socket.socket)
    under_way: list[asyncio.StreamReader] = field(default_factory=list)
    most: int = 0
    times: list[float] = field(default_factory=list)

    def toml(self, key: str) -> str:
        host = f"{key}.invalid" if self.kind == "unknown" else f"127.0.0.1:{self.port}"
        return f'[{key}]\nname = "Phường {key}"\nurl = "http://{host}/"\ndelay = {self.delay}\n'


class Street:
    """Serve many portals, each on a port of its own, from one thread."""

    def __init__(self, houses: list[House]) -> None:
        self.houses = houses
        self.loop = asyncio.new_event_loop()
        self.servers: list[asyncio.Server] = []
        self.thread = Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        asyncio.run_coroutine_threadsafe(self.open(), self.loop).result(30)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self.shut(), self.loop).result(30)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def open(self) -> None:
        for house in self.houses:
            house.socket.bind(("127.0.0.1", 0))
            house.port = house.socket.getsockname()[1]
            if house.kind != "refused":  # that one is bound, so that nobody else gets the port, and does not listen
                self.servers.append(await asyncio.start_server(partial(self.serve, house), sock=house.socket))

    async def shut(self) -> None:
        for server in self.servers:
            server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for house in self.houses:
            house.socket.close()

    async def serve(self, house: House, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                while header := (await reader.readline()).strip():
                    if header.startswith(b"X-Sent:"):
                        house.times.append(float(header.split()[1]))
                house.under_way.append(reader)
                # Whoever hung up is not served any more, though the loop below has yet to see that.
                house.most = max(house.most, sum(not (one.at_eof() or one.exception()) for one in house.under_way))
                try:
                    await self.reply(house, line.split()[1].decode(), reader, writer)
                finally:
                    house.under_way.remove(reader)
        except ConnectionError:
            return
        finally:
            writer.close()

    async def reply(self, house: House, path: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if path != "/robots.txt" and house.kind in ("endless", "dripping"):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>")
            while not reader.at_eof():
                writer.write(b"<p>endless</p>" * (200 if house.kind == "endless" else 1))
                await writer.drain()
                await asyncio.sleep(0.02)
            return
        reply = house.town.answer(Request("GET", path, {}))
        head = f"HTTP/1.1 {reply.status} OK\r\nContent-Type: {reply.media_type}\r\nContent-Length: {len(reply.body)}\r\n\r\n"
        writer.write(head.encode() + reply.body)
        await writer.drain()


def unknown_names_and_times() -> None:
    """Have names below .invalid fail slowly, without asking a name server; have requests say when they were sent."""
    ask, send = socket.getaddrinfo, BoundedHandler.download_request

    def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        if str(host).endswith(".invalid"):
            time.sleep(0.3)
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return ask(host, *arguments, **options)

    async def download_request(self: BoundedHandler, request: ScrapyRequest) -> Response:
        request.headers["X-Sent"] = str(time.monotonic())  # the server may be late to see it
        return await send(self, request)

    socket.getaddrinfo = getaddrinfo
    BoundedHandler.download_request = download_request  # type: ignore[method-assign]


def street(kinds: list[str]) -> list[House]:
    return [
        House(kind, Town(pieces(6, first=1 + 100 * at)), round(DELAY * (1 + at % 3 / 2), 2))
        for at, kind in enumerate(kinds)
    ]


def crawled(folder: Path, kinds: list[str]) -> tuple[Street, Folder, str, float]:
    """Crawl a street of portals at once; give how long the good ones took, from the first request to their last."""
    folder.mkdir()
    with Street(street(kinds)) as served:
        keys = [f"{house.kind}-{at}" for at, house in enumerate(served.houses)]
        place = Folder(folder, "\n".join(house.toml(key) for key, house in zip(keys, served.houses, strict=True)))
        done = place.crawl(*keys, settings=SETTINGS, before=unknown_names_and_times)
    assert done.status in (0, 3), done.stderr
    times = [moment for house in served.houses if house.kind == "good" for moment in house.times]
    return served, place, done.stderr, max(times) - min(times)


def test_bad_portals_are_no_burden_to_the_good(tmp_path: Path) -> None:
    bad = ["refused", "unknown", "endless", "dripping"] * (PORTALS // 10)
    good = ["good"] * (PORTALS - len(bad))
    _, _, _, alone = crawled(tmp_path / "alone", good)
    mixed = [kind for pair in zip(good, bad, strict=False) for kind in pair] + good[len(bad) :]
    served, place, stderr, together = crawled(tmp_path / "together", mixed)
    for at, house in enumerate(served.houses):
        key = f"{house.kind}-{at}"
        if house.kind == "good":
            assert f"{key}: 8 pages, 6 new, 0 edited, 0 known, 0 gone, 0 failed" in stderr
        else:
            assert f"{key}: " in stderr
            assert place.reports()[0]["portals"][key]["failed"] or place.reports()[0]["portals"][key]["left"], key
        assert house.most <= 1, f"{key}: {house.most} requests at a time"
        gaps = [later - sooner for sooner, later in zip(house.times, house.times[1:], strict=False)]
        if house.kind == "good":
            assert sum(gaps) >= 0.95 * house.delay * len(gaps), key
            assert min(gaps) >= 0.5 * house.delay, key
    for cause in ("connection refused", "host name not found", "timed out"):
        assert f"{cause}: 1 page" in stderr or f"{cause}, " in stderr
    assert len(set(place.all())) == len(place.all()) == 6 * len(good)
    told = f"{len(good)} good portals: {alone:.1f} s alone, {together:.1f} s beside {len(bad)} bad ones"
    sys.stdout.write(f"{told}\n")
    assert together <= SLOWEST * alone + 1, told


def test_portals_of_a_group_take_turns(tmp_path: Path) -> None:
    order: list[str] = []
    with ExitStack() as stack:
        towns = {key: stack.enter_context(Town(pieces(15, first=100 * at))) for at, key in enumerate("abc")}
        for key, town in towns.items():
            town.intercept = lambda asked, key=key: order.append(key) if asked.path != "/robots.txt" else None  # type: ignore[misc]
        folder = Folder(tmp_path, "".join(town.toml(key, 'group = "chung"') for key, town in towns.items()))
        assert folder.crawl(*towns).status == 0
    assert Counter(order) == dict.fromkeys("abc", 18)
    for end in range(len(order)):
        counts = Counter(order[:end])
        assert max(counts[key] for key in "abc") - min(counts[key] for key in "abc") <= 1, order


def test_a_portal_whose_articles_lead_on_does_not_wait_for_a_slow_one(tmp_path: Path) -> None:
    """Each article alone names the next: what it names is asked for once it is committed, not when all is idle."""
    reached, lock = Event(), Lock()
    waited: list[bool] = []
    chain = pieces(12)

    def leads_on(asked: Request) -> Reply | None:
        if asked.place == "/muc-0":
            return page("muc-0", entry(chain[0]))
        at = next((at for at, one in enumerate(chain) if one.path == asked.place), None)
        if at is None:
            return None
        if at == len(chain) - 1:
            reached.set()
            return None
        link = f'<ul class="related_asset_list"><li><a href="{chain[at + 1].path}">{chain[at + 1].title}</a></li></ul>'
        return page(f"{chain[at].title} - muc-0", article(chain[at]) + link)

    def slow(asked: Request) -> Reply | None:
        if asked.place == "/muc-0":
            with lock:
                waited.append(reached.wait(30))
        return None

    with Town(chain, intercept=leads_on) as quick, Town(pieces(3), intercept=slow) as lazy:
        folder = Folder(tmp_path, lazy.toml("lazy") + quick.toml("quick"))
        done = folder.crawl("lazy", "quick")
    assert done.status == 0, done.stderr
    assert "quick: 14 pages, 12 new" in done.stderr
    assert waited == [True]


# --- what has no end -----------------------------------------------------------------------------------------------


@pytest.fixture
def calendar() -> Iterator[Town]:
    """Give a portal whose pager never ends: each page lists days, none of them an article."""

    def intercept(asked: Request) -> Reply | None:
        if asked.place != "/lich":
            return (
                None if "lich" not in asked.path else page("Lịch công tác", f"<p>Ngày {asked.path}: không có lịch.</p>")
            )
        number = int(asked.query.get("_101_cur", "1"))
        days = (replace(one, sections=("lich",)) for one in pieces(3, first=1000 + number * 10))
        link = f'<li><a href="/lich?p_p_id=101&amp;_101_cur={number + 1}">{number + 1}</a></li>'
        return page("Lịch", menu([]) + "".join(map(entry, days)) + f'<ul class="lfr-pagination-buttons">{link}</ul>')

    with Town(pieces(20), ["muc-0", "lich"], intercept=intercept) as town:
        yield town


def test_an_endless_calendar_ends_with_the_pages_that_bring_nothing(calendar: Town, tmp_path: Path) -> None:
    folder = Folder(tmp_path, calendar.toml())
    done = folder.crawl(settings={"WARDNEWS_PORTAL_PAGES_NO_ITEM": 40})
    assert "left to the next run: 40 pages in a row without an article" in done.stderr
    assert len(folder.all()) == 20
    assert len(calendar.asked()) <= 70
    done = folder.crawl(settings={"WARDNEWS_PORTAL_PAGES_NO_ITEM": 40})
    assert len(calendar.asked()) <= 41
    assert json.loads(next(iter(folder.sql("SELECT report FROM visits")))[0])["left"]


def test_a_portal_has_its_share_of_pages_and_the_next_run_goes_on(tmp_path: Path) -> None:
    with Town(pieces(60)) as town:
        folder = Folder(tmp_path, town.toml())
        for most in (25, 50):
            done = folder.crawl(settings={"WARDNEWS_PORTAL_PAGES": 25})
            assert "left to the next run: 25 pages in one run" in done.stderr
            assert len(town.requests) - len([one for one in town.requests if one.path == "/robots.txt"]) == most
        done = folder.crawl()
        assert done.status == 0, done.stderr
        assert sorted(folder.all()) == sorted((str(one.id), "new") for one in town.pieces)
        paths = town.asked()
        assert len(paths) == len(set(paths))


def test_what_is_left_over_is_gone_on_with_days_later(tmp_path: Path) -> None:
    """Meanwhile news have pushed what the next page held to pages further on."""
    with Town(pieces(90)) as town:
        folder = Folder(tmp_path, town.toml())
        folder.crawl(settings={"WARDNEWS_PORTAL_PAGES": 25})
        folder.sql("UPDATE visits SET began = '2026-01-01T00:00:00.000000Z'")
        town.pieces += pieces(30, first=500, newest=1)
        for _ in range(8):
            folder.crawl(settings={"WARDNEWS_PORTAL_PAGES": 25})
        assert sorted(folder.all()) == sorted((str(one.id), "new") for one in town.pieces)


def test_a_portal_has_its_share_of_time(tmp_path: Path) -> None:
    with Town(pieces(60)) as town:
        folder = Folder(tmp_path, town.toml())
        done = folder.crawl(settings={"WARDNEWS_PORTAL_SECONDS": 0.0})
        assert "left to the next run: 0 seconds in one run" in done.stderr
        assert town.asked() == ["/"]
        assert folder.crawl().status == 0
        assert len(folder.all()) == 60
