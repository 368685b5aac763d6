"""A practice archive that speaks Memento (RFC 7089) over a portal's history, as pywb does: TimeMaps and replays.

A TimeMap of more than `per_page` captures is an index of pages, with `from` and `until`. What pywb replays has the
status that was recorded, `Memento-Datetime`, and with `id_` the bytes and the head as they were.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

from tests.doubles.history import History, Recorded
from tests.doubles.indexes import urlkey
from wardnews.demo.server import Server
from wardnews.demo.web import HTML, Reply, Request, html

LINK_FORMAT = "application/link-format"
TIMEMAP = re.compile(r"/all/timemap/link/(?:(\d+)/)?(.+)")
REPLAY = re.compile(r"/all/(\d{14})(id_|mp_)?/(.+)")


class PracticeMementos:
    """Serve a portal's history by Memento, for as long as the `with` block lasts.

    `requests` holds the paths that were asked for, in order. `intercept`, when set, may answer in the archive's place.
    """

    def __init__(self, history: History, per_page: int = 2) -> None:
        self.requests: list[str] = []
        self.intercept: Callable[[str], Reply | None] | None = None
        self.per_page = per_page
        self._by_key: dict[str, list[Recorded]] = {}
        for capture in sorted(history.captures, key=lambda one: one.timestamp):
            self._by_key.setdefault(urlkey(capture.url), []).append(capture)

    def __enter__(self) -> Self:
        self._server = Server(0, self._answer)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()

    @property
    def timemaps(self) -> str:
        """Return the address of the TimeMaps, up to where that of the page follows."""
        return f"{self._base}/all/timemap/link/"

    @property
    def _base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def _answer(self, request: Request) -> Reply:
        self.requests.append(request.path)
        if self.intercept and (reply := self.intercept(request.path)):
            return reply
        if match := TIMEMAP.fullmatch(request.path):
            return self._timemap(match[2], int(match[1]) if match[1] else None)
        match = REPLAY.fullmatch(request.path)
        return self._replay(match[1], match[2], match[3]) if match else html("<h1>Not Found</h1>", 404)

    def _timemap(self, url: str, page: int | None) -> Reply:
        captures = self._by_key.get(urlkey(url), [])
        if not captures:
            return html("<h1>No captures</h1>", 404)
        pages = [captures[at : at + self.per_page] for at in range(0, len(captures), self.per_page)]
        own = f"{self.timemaps}{f'{page}/' if page is not None else ''}{url}"
        links = [f'<{url}>; rel="original"', f'<{own}>; rel="self"; type="{LINK_FORMAT}"']
        if page is None and len(pages) > 1:
            links += [
                f'<{self.timemaps}{number}/{url}>; rel="timemap"; type="{LINK_FORMAT}"'
                f'; from="{date_of(part[0].timestamp)}"; until="{date_of(part[-1].timestamp)}"'
                for number, part in enumerate(pages)
            ]
        else:
            links += [self._link(one, captures) for one in pages[page or 0]]
        return Reply(200, ",\n".join(links).encode(), LINK_FORMAT)

    def _link(self, capture: Recorded, captures: list[Recorded]) -> str:
        first, last = ("first " * (capture is captures[0])), ("last " * (capture is captures[-1]))
        uri = f"{self._base}/all/{capture.timestamp}mp_/{capture.url}"
        return f'<{uri}>; rel="{first}{last}memento"; datetime="{date_of(capture.timestamp)}"; collection="all"'

    def _replay(self, stamp: str, kind: str, url: str) -> Reply:
        captures = self._by_key.get(urlkey(url), [])
        if not captures:
            return html("<h1>Not Found</h1>", 404)
        own = [one for one in captures if one.timestamp == stamp]
        if not own:
            near = min(captures, key=lambda one: abs(int(one.timestamp) - int(stamp)))
            there = f"{self._base}/all/{near.timestamp}{kind}/{near.url}"
            return Reply(302, b"", HTML, (("Location", there),))
        capture = next((one for one in own if one.url == url), own[0])
        given = [("Memento-Datetime", date_of(capture.timestamp)), ("Link", f'<{capture.url}>; rel="original"')]
        headers = dict(capture.headers)
        if "Location" in headers and kind != "id_":
            headers["Location"] = f"{self._base}/all/{stamp}{kind}/{urljoin(capture.url, headers['Location'])}"
        if kind != "id_":
            banner = f'<!-- archived --><a href="{self._base}/all/{stamp}/'.encode()
            capture = replace(capture, body=capture.body.replace(b'<a href="', banner), media_type=HTML)
        return Reply(capture.status, capture.body, capture.media_type, (*given, *headers.items()))


def date_of(stamp: str) -> str:
    """Return 14 digits of UTC as a date of HTTP."""
    when = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return format_datetime(when, usegmt=True)
