"""Who reads a server: those who ask by its names, a page for some seconds at most."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from wardnews.serve.gate import Scope, gated, names_of


def ask(application: Any, host: str, names: frozenset[str] | None, seconds: float = 5) -> tuple[int, str]:
    """Return the status and the body of an answer."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", host.encode())] if host else []}

    async def asking() -> None:
        await gated(application, names, seconds)(scope, None, send)

    asyncio.run(asking())
    return sent[0]["status"], sent[1]["body"].decode()


async def hello(scope: Scope, receive: Any, send: Callable[..., Any]) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8001", "localhost:8001", "LOCALHOST", "[::1]", "[::1]:8001"])
def test_loopback_is_asked_by_its_names(host: str) -> None:
    assert ask(hello, host, names_of("127.0.0.1", ())) == (200, "hello")


@pytest.mark.parametrize(
    "host", ["ke-xau.example", "ke-xau.example:8001", "127.0.0.1.ke-xau.example", "", "[::2]:8001"]
)
def test_a_name_that_was_given_this_address_reads_nothing(host: str) -> None:
    status, body = ask(hello, host, names_of("127.0.0.1", ()))
    assert status == 421
    assert "--name NAME" in body


def test_names_are_those_of_the_address_and_those_that_were_given() -> None:
    names = names_of("203.0.113.7", ["News.example.org"])
    assert ask(hello, "news.example.org", names)[0] == ask(hello, "203.0.113.7:80", names)[0] == 200
    assert names_of("0.0.0.0", ()) is names_of("::", ()) is None, "whoever listens everywhere is read by everybody"
    assert ask(hello, "bat-ky.example", None)[0] == 200


def test_a_page_that_takes_too_long_ends() -> None:
    async def never(scope: Scope, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()

    assert ask(never, "localhost", None, 0.05) == (503, "That took too long. A narrower search may do.")
