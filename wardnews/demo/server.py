"""The practice portal: both generations on loopback, each on a port of its own."""

import socket
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from types import TracebackType
from typing import Any, Protocol, Self

from wardnews.demo.articles import Generation, PracticeArticle, at, make_articles
from wardnews.demo.liferay import LiferaySite
from wardnews.demo.newszone import NewsZoneSite
from wardnews.demo.web import Reply, Request
from wardnews.demo.written import WRITTEN

# What a plain PracticePortal() adds to the hand-written articles, so that listings have further pages.
FILLING = 76
# The local time of the portals, as they print it.
NOW = at("2026-08-29 08:28")
LONGEST_FORM = 1 << 16

Intercept = Callable[[Generation, Request], Reply | None]


class Site(Protocol):
    """Answer requests for one generation."""

    def reply(self, request: Request) -> Reply:
        """Answer one request."""

    def publish(self, articles: Iterable[PracticeArticle]) -> None:
        """Replace all articles."""


class PracticePortal:
    """Serve made-up articles on loopback, for as long as the `with` block lasts.

    `articles` is how many to serve: the hand-written ones come first, templates fill up. `requests` holds what
    each generation was asked, in order. `intercept`, when set, may answer in the site's place, for failure drills: it
    returns a reply, or None to let the site answer, or raises ConnectionError to hang up on the client.
    """

    def __init__(
        self,
        articles: int | None = None,
        *,
        now: datetime = NOW,
        liferay_port: int = 0,
        newszone_port: int = 0,
    ) -> None:
        """Prepare the portal; a port of 0 means any free one."""
        wanted = len(WRITTEN) + FILLING if articles is None else articles
        self.articles = (*WRITTEN[:wanted], *make_articles(max(0, wanted - len(WRITTEN))))
        self.requests: dict[Generation, list[Request]] = {"liferay": [], "newszone": []}
        self.intercept: Intercept | None = None
        self._liferay = LiferaySite(self.of("liferay"), now)
        self._newszone = NewsZoneSite(self.of("newszone"), now)
        self._sites: dict[Generation, Site] = {"liferay": self._liferay, "newszone": self._newszone}
        self._ports: dict[Generation, int] = {"liferay": liferay_port, "newszone": newszone_port}
        self._servers: dict[Generation, Server] = {}

    def __enter__(self) -> Self:
        """Start both servers."""
        try:
            for generation, port in self._ports.items():
                self._servers[generation] = Server(port, self._answering(generation))
        except OSError:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop both servers."""
        self.close()

    def close(self) -> None:
        """Stop both servers and hang up on every client."""
        while self._servers:
            self._servers.popitem()[1].close()

    @property
    def liferay_url(self) -> str:
        """Return the address of the older generation's home page."""
        return self._url("liferay")

    @property
    def newszone_url(self) -> str:
        """Return the address of the newer generation's home page."""
        return self._url("newszone")

    def url(self, article: PracticeArticle) -> str:
        """Return the canonical address of an article."""
        return self._url(article.generation) + article.path.removeprefix("/")

    def of(self, generation: Generation) -> tuple[PracticeArticle, ...]:
        """Return the articles of one generation."""
        return tuple(article for article in self.articles if article.generation == generation)

    def views(self, article: PracticeArticle) -> int:
        """Return where the view counter of an article of the older generation stands."""
        return self._liferay.views(article)

    def put(self, article: PracticeArticle) -> None:
        """Publish an article, in place of the one with the same id if there is one."""
        self._publish((*self._without(article), article), article.generation)

    def remove(self, article: PracticeArticle) -> None:
        """Take an article down: its address answers 404."""
        self._publish(self._without(article), article.generation)

    def toml(self) -> str:
        """Return a sites file that describes both portals."""
        return (
            f'[practice-liferay]\nname = "Phường Hoa Sữa, quận Sông Hồng"\nurl = "{self.liferay_url}"\ndelay = 0.0\n\n'
            f'[practice-newszone]\nname = "Phường Bến Trăng"\nurl = "{self.newszone_url}"\ndelay = 0.0\n'
        )

    def _without(self, article: PracticeArticle) -> tuple[PracticeArticle, ...]:
        key = (article.generation, article.id)
        return tuple(other for other in self.articles if (other.generation, other.id) != key)

    def _publish(self, articles: tuple[PracticeArticle, ...], generation: Generation) -> None:
        self.articles = articles
        self._sites[generation].publish(self.of(generation))

    def _url(self, generation: Generation) -> str:
        return f"http://127.0.0.1:{self._servers[generation].server_port}/"

    def _answering(self, generation: Generation) -> Callable[[Request], Reply]:
        def answer(request: Request) -> Reply:
            self.requests[generation].append(request)
            intercepted = self.intercept(generation, request) if self.intercept else None
            return intercepted or self._sites[generation].reply(request)

        return answer


class Server(ThreadingHTTPServer):
    """Serve in daemon threads and be able to hang up on clients that keep their connection."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, answer: Callable[[Request], Reply]) -> None:
        self.answer = answer
        self._connections: set[Any] = set()
        self._changed = Condition()
        super().__init__(("127.0.0.1", port), _Handler)
        self._thread = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def server_bind(self) -> None:
        """Bind without a look-up."""
        # HTTPServer would look up the host's name, which may ask a name server.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection."""
        with self._changed:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        super().shutdown_request(request)
        with self._changed:
            self._connections.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that go away in the middle of an answer, and nothing else."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def close(self) -> None:
        """Stop listening, hang up on every client and wait until all is closed."""
        self.shutdown()
        self._thread.join()
        with self._changed:
            for connection in self._connections:
                _hang_up(connection)
            self._changed.wait_for(lambda: not self._connections, timeout=5)
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Turn the wire into requests and replies into the wire."""

    protocol_version = "HTTP/1.1"
    server_version = "Practice"
    sys_version = ""
    disable_nagle_algorithm = True
    # Large enough for any page: headers and body leave in one write.
    wbufsize = 1 << 18
    timeout = 60
    server: Server

    def _handle(self) -> None:
        length = min(int(self.headers.get("Content-Length") or 0), LONGEST_FORM)
        body = self.rfile.read(length).decode("utf-8", "replace") if length else ""
        reply = self.server.answer(Request(self.command, self.path, dict(self.headers.items()), body))
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.media_type)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers:
            self.send_header(name, value)
        self.end_headers()
        if reply.torn:
            self.close_connection = True
            self.wfile.write(reply.body[: len(reply.body) // 2])
        elif self.command != "HEAD":
            self.wfile.write(reply.body)

    do_GET = do_HEAD = do_POST = _handle  # noqa: N815 - the names that http.server calls

    def log_message(self, *_: object) -> None:
        """Write no log: whoever drives the portal reads `requests`."""


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        # It went away by itself.
        return
