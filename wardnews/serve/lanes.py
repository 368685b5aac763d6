"""Two lanes for what is asked for: the front page never waits for pages that take long to make."""

import asyncio
from threading import Thread
from typing import Any

from wardnews.serve.gate import Application, Scope

_AT_ONCE = 2
"""How many long pages are made at a time: each takes its share of the one interpreter."""


def two_lanes(short: Application, long: Application) -> Application:
    """Return an application that makes the front page itself, and has all else made in a thread of its own."""
    lane = _Lane(long)

    async def asked(scope: Scope, receive: Any, send: Any) -> None:
        await (short if scope["type"] != "http" or _is_short(scope) else lane)(scope, receive, send)

    return asked


def _is_short(scope: Scope) -> bool:
    path = scope["path"]
    return (path == "/" and not scope["query_string"]) or path.startswith(("/static/", "/-/static/"))


class _Lane:
    """An application with a thread and an event loop of its own."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._loop = asyncio.new_event_loop()
        Thread(target=self._loop.run_forever, daemon=True).start()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer a request of the loop that runs here."""
        here = asyncio.get_running_loop()

        async def received() -> Any:
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(receive(), here))

        async def sent(message: Any) -> None:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(send(message), here))

        answer = self._answer(scope, received, sent)
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(answer, self._loop))

    async def _answer(self, scope: Scope, receive: Any, send: Any) -> None:
        await self._free.acquire()
        begun = False

        async def sent(message: Any) -> None:
            nonlocal begun
            if not begun:  # the page is made; how fast it is taken is its reader's affair
                begun = True
                self._free.release()
            await send(message)

        try:
            await self._application(scope, receive, sent)
        finally:
            if not begun:
                self._free.release()
