"""Portals of a test's own: each is served on loopback as long as its block lasts."""

from types import TracebackType
from typing import Self

from wardnews.demo import Reply, Request
from wardnews.demo.server import Server


class Serving:
    """Answer requests at an address of its own; what is served says how, in `answer`."""

    server: Server

    def answer(self, request: Request) -> Reply:
        raise NotImplementedError

    def __enter__(self) -> Self:
        self.server = Server(0, self.answer)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/"
