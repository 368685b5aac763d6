"""Drills: a raw server on loopback that may answer anything, and a small crawl against it in a process of its own."""

from __future__ import annotations

import itertools
import json
import os
import resource
import signal
import socket
import ssl
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.core.downloader import Slot
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Response
from scrapy.resolver import dnscache
from scrapy.settings import Settings
from twisted.python.failure import Failure

from tests.helpers.commands import Command, started
from wardnews import settings as project
from wardnews.files import spool, storage
from wardnews.middlewares import backoff
from wardnews.middlewares.groups import pause
from wardnews.sites import Site, politeness_group
from wardnews.spiders.common import cause_of
from wardnews.store.files.queue import FileQueue

ROOT = Path(__file__).parents[2]
Answer = Callable[["Asked", socket.socket], None]


@dataclass(frozen=True)
class Asked:
    """Hold one request: when it arrived, its path and its header lines."""

    at: float
    path: str
    head: str


class RawServer:
    """Answer each request by a function that writes to the socket whatever it likes, then hang up."""

    def __init__(self, answer: Answer, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.answer, self.tls, self.asked = answer, tls, list[Asked]()
        self.sent = 0
        self.socket = socket.create_server(("127.0.0.1", port), backlog=64, reuse_port=port > 0)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)
        self.port = self.socket.getsockname()[1]
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.socket.accept()
                threading.Thread(target=self.talk, args=(client,), daemon=True).start()

    def talk(self, connection: socket.socket) -> None:
        connection.settimeout(60)
        with suppress(OSError), self.secured(connection) as client:
            head = b""
            while b"\r\n\r\n" not in head:
                data = client.recv(65536)
                if not data:
                    return
                head += data
            asked = Asked(time.monotonic(), head.split(b" ", 2)[1].decode(), head.decode("latin-1"))
            self.asked.append(asked)
            self.answer(asked, client)
            client.shutdown(socket.SHUT_WR)
            while client.recv(65536):
                pass

    def secured(self, connection: socket.socket) -> socket.socket:
        return self.tls.wrap_socket(connection, server_side=True) if self.tls else connection

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def gaps(self) -> list[float]:
        """Give the seconds between the requests."""
        times = [asked.at for asked in self.asked]
        return [later - earlier for earlier, later in itertools.pairwise(times)]

    def flood(self, client: socket.socket, piece: bytes, most: int = 64 << 20) -> None:
        """Send a piece again and again, until the client hangs up or `most` bytes are sent."""
        block = piece * max(1, 16384 // len(piece))
        while self.sent < most:
            client.sendall(block)
            self.sent += len(block)


def reply(body: bytes | str = b"", status: int = 200, **headers: str) -> bytes:
    """Write a whole answer; header names are written with underscores."""
    content = body.encode() if isinstance(body, str) else body
    lines = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(content)), "Connection": "close"}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} Status\r\n{head}\r\n".encode() + content


NO_ROBOTS = reply(status=404)


@dataclass(frozen=True)
class Crawled:
    """Hold what came of a crawl: by address the length of the page or the cause of failure; its peak memory, seconds.

    `pauses` are the seconds for which a group was left alone after a refusal.
    """

    pages: dict[str, int | str]
    pauses: list[float]
    peak_mb: float
    seconds: float


def start_crawl(
    *urls: str, settings: Mapping[str, Any] | None = None, **options: Any
) -> AbstractContextManager[Command]:
    """Start a crawl of addresses with the project's settings in a process of its own.

    `settings` override the project's; `site` is the address of the portal that the requests are made for, `others` those
    of further portals; `later` are addresses to ask for when the first page has come and idle slots were collected,
    `typed` those that a person typed, `names` what names resolve to; `delay` the seconds between requests, never 0:
    Scrapy would send all at once then.
    """
    return started(ROOT, main=partial(main, urls=urls, settings=settings or {}, **options))


def crawl(*urls: str, **options: Any) -> Crawled:
    """Crawl addresses as `start_crawl` does, to the end."""
    with start_crawl(*urls, **options) as command:
        pass
    assert command.exitcode == 0, command.stderr
    return Crawled(**json.loads(command.stdout))


class Drill(Spider):
    """Ask for addresses, and tell what came of each."""

    name = "drill"
    urls: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()
    sites: dict[str, Site]
    pages: dict[str, int | str]

    async def start(self) -> AsyncIterator[Request]:
        for url in self.urls:
            yield self.request(url)

    def request(self, url: str) -> Request:
        site = next((site for site in self.sites.values() if site.owns(url)), self.sites.get("site"))
        meta = {"download_slot": site.slot() if site else politeness_group(url), "site": site.key if site else ""}
        return Request(url, self.page, errback=self.failed, cb_kwargs={"asked": url}, meta=meta, dont_filter=True)

    def page(self, response: Response, asked: str) -> Iterator[Request]:
        self.pages[asked] = len(response.body)
        self.crawler.engine.downloader._slot_gc(age=-100)  # noqa: SLF001 - as if a minute had passed
        later, self.later = self.later, ()
        yield from map(self.request, later)

    def failed(self, failure: Failure) -> None:
        self.pages[failure.request.cb_kwargs["asked"]] = cause_of(failure.value)  # type: ignore[attr-defined]


def main(
    *,
    site: str = "",
    others: Iterable[str] = (),
    delay: float = 0.01,
    settings: Mapping[str, Any],
    names: Mapping[str, str] | None = None,
    **arguments: Any,
) -> None:
    """Run a crawl and print what came of it."""
    for name, address in (names or {}).items():
        dnscache[name] = address
    portals = ({"site": site} if site else {}) | {f"other{number}": url for number, url in enumerate(others)}
    pages: dict[str, int | str] = {}
    pauses: list[float] = []

    def noted(crawler: Crawler, slot: Slot, seconds: float) -> None:
        pauses.append(seconds)
        pause(crawler, slot, seconds)

    backoff.pause = noted  # type: ignore[attr-defined]
    options = Settings()
    options.setmodule(project, priority="project")
    options.setdict(
        {"LOG_ENABLED": False, "DOWNLOAD_DELAY": delay, "EXTENSIONS_BASE": {}, **settings}, priority="cmdline"
    )
    process = AsyncCrawlerProcess(options)
    began = time.monotonic()
    process.crawl(Drill, sites={key: Site(key, key, url) for key, url in portals.items()}, pages=pages, **arguments)
    process.start()
    told = {"pages": pages, "pauses": pauses, "peak_mb": peak_mb(), "seconds": time.monotonic() - began}
    json.dump(told, sys.stdout)


def peak_mb() -> float:
    """Give this process's own peak; getrusage would count the memory of the process that it was forked from."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text(encoding="ascii").partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def killed_before_a_file_is_committed() -> None:
    """Have the run killed once the first file lies in its place, before the store knows of it."""
    FileQueue.kept = lambda *_arguments: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment,method-assign]


def no_room_for_files(name: str) -> None:
    """Have the disk full where files are kept: `keep`, or on their way there: `TemporaryFile`."""

    def fails(*_arguments: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    setattr(storage if name == "keep" else spool, name, fails)
