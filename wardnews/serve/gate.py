"""Who is let in: visitors that ask by a name of this server, each page for so long and no longer."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from ipaddress import ip_address
from typing import Any

from wardnews.locale import _, speaking
from wardnews.serve.speech import language_of

Scope = MutableMapping[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]

LOOPBACK_NAMES = frozenset({"127.0.0.1", "[::1]", "localhost"})
_MOST_SECONDS = 10.0
"""For a page; a query of it ends after three."""


def too_long() -> str:
    """Return what a visitor is told whose page takes too long."""
    return _("That took too long. A narrower search may do.")


def names_of(address: str, further: Iterable[str]) -> frozenset[str] | None:
    """Return the names that a server which listens at an address is asked by; None where that is any name.

    A page elsewhere can give its own name this machine's address (DNS rebinding): its visitors' browsers then read
    what only listens to the machine, but they ask by that other name.
    """
    name = f"[{address}]" if ":" in address else address.lower()
    try:
        everywhere = ip_address(address).is_unspecified
    except ValueError:
        everywhere = False
    return None if everywhere else LOOPBACK_NAMES | {name, *(one.lower() for one in further)}


def gated(application: Application, names: frozenset[str] | None, seconds: float = _MOST_SECONDS) -> Application:
    """Return an application that answers 421 to other names than its own, and 503 where a page takes too long."""

    async def asked(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        with speaking(language_of(scope)):
            if names is not None and _host(scope) not in names:
                message = _("this server is not {host}; `wardnews serve --name NAME` adds a name")
                await refuse(421, message.format(host=repr(_host(scope))), send)
            else:
                await _within(seconds, application, scope, receive, send)

    return asked


async def _within(seconds: float, application: Application, scope: Scope, receive: Any, send: Any) -> None:
    """Answer a page, or say that it takes too long where nothing of it is sent by then."""
    began = False

    async def noted(message: MutableMapping[str, Any]) -> None:
        nonlocal began
        began = True
        await send(message)

    try:
        async with asyncio.timeout(seconds):
            await application(scope, receive, noted)
    except TimeoutError:
        if began:
            raise
        await refuse(503, too_long(), send)


def _host(scope: Scope) -> str:
    """Return the name in the Host header of a request, without its port."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1").lower()
    return host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host


async def refuse(status: int, why: str, send: Any, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """Answer in a line of plain text."""
    body = why.encode()
    plain = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*plain, *headers]})
    await send({"type": "http.response.body", "body": body})
