"""Many portals on loopback in politeness groups: when each was asked, by whichever run, and what was wrong with that."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from threading import Lock
from types import TracebackType
from typing import Self

from scrapy import Request as ScrapyRequest
from scrapy.http import Response

from tests.helpers.town import Town, pieces
from wardnews.demo import Reply, Request
from wardnews.middlewares.transport import BoundedHandler

HALF, SENT = 0.5, "X-Sent"


@dataclass(frozen=True)
class Asked:
    """Hold one request: of which group and portal, when it was sent, when it was answered (seconds)."""

    group: str
    site: str
    path: str
    sent: float
    answered: float


@dataclass
class Groups:
    """Serve portals in groups; each answer takes `latency` seconds, and `refuse` may refuse one."""

    portals: int
    groups: int
    articles: int = 4
    delay: float = 0.3
    latency: float = 0.02
    refuse: Callable[[str, Request], Reply | None] = lambda _site, _request: None
    asked: list[Asked] = field(default_factory=list)
    towns: dict[str, Town] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._lock, self._stack = Lock(), ExitStack()
        for number in range(self.portals):
            key = f"p{number:03}"
            town = self._stack.enter_context(Town(pieces(self.articles, first=1 + 100 * number)))
            town.intercept = self.answering(key, town)
            self.towns[key] = town
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def answering(self, key: str, town: Town) -> Callable[[Request], Reply]:
        def answer(request: Request) -> Reply:
            arrived = time.monotonic()
            reply = self.refuse(key, request) or town.reply(request)
            time.sleep(self.latency)
            sent = float(request.header(SENT) or arrived)
            with self._lock:
                self.asked.append(Asked(self.group_of(key), key, request.path, sent, time.monotonic()))
            return reply

        return answer

    def group_of(self, key: str) -> str:
        return f"g{int(key[1:]) % self.groups:03}"

    def toml(self) -> str:
        lines = [f'delay = {self.delay}\ngroup = "{self.group_of(key)}"' for key in self.towns]
        return "".join(
            f'[{key}]\nname = "Phường {key}"\nurl = "{town.url}"\n{line}\n'
            for (key, town), line in zip(self.towns.items(), lines, strict=True)
        )

    def pairs(self) -> list[tuple[Asked, Asked]]:
        """Give each request with the one before it in its group."""
        groups = defaultdict(list)
        for one in self.asked:
            groups[one.group].append(one)
        return [pair for asked in groups.values() for pair in pairwise(sorted(asked, key=lambda one: one.sent))]

    def too_soon(self) -> list[tuple[Asked, Asked]]:
        """Give the requests that were sent too soon after the one before, or while that was under way."""
        least = 0.95 * self.delay
        return [(one, other) for one, other in self.pairs() if other.sent < max(one.sent + least, one.answered)]

    def articles_asked(self) -> Counter[str]:
        """Count the requests for each article."""
        return Counter(f"{one.site}{one.path}" for one in self.asked if "view_content" in one.path)


def sending_times() -> None:
    """Have requests say when they were sent: the server may be late to see it."""
    send = BoundedHandler.download_request

    async def download_request(self: BoundedHandler, request: ScrapyRequest) -> Response:
        request.headers[SENT] = str(time.monotonic())
        return await send(self, request)

    BoundedHandler.download_request = download_request  # type: ignore[method-assign]
