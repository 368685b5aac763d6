"""The front page is there whatever else is asked for."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from wardnews.serve import lanes
from wardnews.serve.gate import Scope, gated
from wardnews.serve.lanes import two_lanes


async def short(scope: Scope, receive: Any, send: Any) -> None:
    await said("short", send)


async def said(what: str, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": what.encode()})


async def asked(application: Any, path: str, query: bytes = b"", pause: float = 0) -> tuple[float, bytes]:
    """Return when an answer was there, in seconds from now, and its body; it may be taken slowly."""
    parts: list[bytes] = []

    async def send(message: Any) -> None:
        await asyncio.sleep(pause)
        parts.append(message.get("body", b""))

    begin = time.monotonic()
    scope = {"type": "http", "path": path, "query_string": query, "headers": []}
    await application(scope, None, send)
    return time.monotonic() - begin, b"".join(parts)


def test_the_front_page_does_not_wait_for_long_pages() -> None:
    under_way = most = 0

    async def busy(scope: Scope, receive: Any, send: Any) -> None:
        """Make a page in one piece, as a template does."""
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        end = time.thread_time() + 0.3
        while time.thread_time() < end:
            pass
        await asyncio.sleep(0)
        under_way -= 1
        await said("long", send)

    async def read() -> None:
        application = two_lanes(short, busy)
        long = [asyncio.ensure_future(asked(application, "/", b"q=1")) for _ in range(5)]
        await asyncio.sleep(0.05)
        for _ in range(5):
            seconds, body = await asked(application, "/")
            assert body == b"short"
            assert seconds < 0.25, "less than one long page takes"
        assert [body for _, body in await asyncio.gather(*long)] == [b"long"] * 5

    asyncio.run(read())
    assert most <= lanes._AT_ONCE  # noqa: SLF001


def test_whoever_reads_slowly_or_is_cut_off_leaves_the_lane_to_others() -> None:
    async def page(scope: Scope, receive: Any, send: Any) -> None:
        if scope["path"] == "/never":
            await asyncio.Event().wait()
        await said("long", send)

    async def read() -> None:
        application = gated(two_lanes(short, page), None, 0.2)
        for _ in range(lanes._AT_ONCE + 1):  # noqa: SLF001
            assert (await asked(application, "/never"))[1] == b"That took too long. A narrower search may do."
        slow = [asyncio.ensure_future(asked(two_lanes(short, page), "/slow", pause=0.5)) for _ in range(3)]
        assert (await asked(application, "/article/1"))[1] == b"long"
        await asyncio.gather(*slow)

    asyncio.run(read())


def test_a_fault_of_a_long_page_reaches_its_reader() -> None:
    async def broken(scope: Scope, receive: Any, send: Any) -> None:
        raise RuntimeError("no such page")

    async def read() -> str:
        try:
            await asked(two_lanes(short, broken), "/wardnews")
        except RuntimeError as error:
            return str(error)
        return ""

    assert asyncio.run(read()) == "no such page"
