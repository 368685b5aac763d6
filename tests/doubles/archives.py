"""Practice archives on loopback: the Wayback Machine's, Common Crawl's and CC-NEWS's ways over a portal's history.

Their ways are those of `internetarchive/wayback` (wayback-cdx-server/README.md), of the Wayback Machine's `id_` replay,
and of `commoncrawl/cc-index-server`, which is pywb's CDX server.
"""

import gzip
import json
import math
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from threading import Lock
from types import TracebackType
from typing import Literal, Self, get_args
from urllib.parse import urljoin

from tests.doubles.crawls import crawled, news
from tests.doubles.history import History, Recorded
from tests.doubles.indexes import (
    BadQuery,
    Line,
    collapsed,
    filtered,
    limited,
    matching,
    query_of,
    resumed,
    urlkey,
    within,
)
from wardnews.demo.server import Server
from wardnews.demo.web import HTML, Reply, Request, html, plain

Endpoint = Literal["cdx", "web", "collinfo", "index", "data", "other"]
TroubleKind = Literal[
    "429",
    "429 without Retry-After",
    "503",
    "404",
    "error page",
    "torn",
    "torn on the wire",
    "other bytes",
    "whole file",
    "hang up",
]
FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
JSON = "application/json"
CDX_LIMIT = 150_000
CRAWLS = ("CC-MAIN-2021-25", "CC-MAIN-2022-05", "CC-MAIN-2023-40", "CC-MAIN-2025-13")
LINES_PER_BLOCK = 8
ERROR_PAGE = (
    "<html><head><title>Internet Archive: Error</title></head><body><h1>Sorry</h1>"
    "<p>The server is temporarily offline.</p></body></html>"
)
RAW = re.compile(r"/web/(\d{1,14})(?:id_)?/(.+)")
RANGE = re.compile(r"bytes=(\d+)-(\d*)")


@dataclass(slots=True)
class Trouble:
    """Say what goes wrong with the next `times` requests of an endpoint whose address holds `match`."""

    endpoint: Endpoint
    kind: TroubleKind
    times: int = 1
    match: str = ""


@dataclass(slots=True)
class RateLimit:
    """Allow so many requests in so many seconds; whoever asks more is refused until they are over.

    `refused` counts the refusals, `ignored` those that came although a refusal had just asked to wait.
    """

    requests: int = 24
    seconds: float = 60.0
    retry_after: bool = True
    refused: int = 0
    ignored: int = 0
    _times: deque[float] = field(default_factory=deque)
    _until: float = 0.0

    def refusal(self) -> Reply | None:
        """Count a request; return the refusal if it is one too many."""
        now = time.monotonic()
        while self._times and self._times[0] <= now - self.seconds:
            self._times.popleft()
        self.ignored += now < self._until
        if len(self._times) < self.requests:
            self._times.append(now)
            return None
        self.refused += 1
        self._until = self._times[0] + self.seconds
        return too_many(math.ceil(self._until - now) if self.retry_after else None)


def too_many(seconds: int | None) -> Reply:
    """Return a refusal that asks to wait so long, or does not say how long."""
    headers = () if seconds is None else (("Retry-After", str(seconds)),)
    return Reply(429, b"<html><h1>429 Too Many Requests</h1></html>", HTML, headers)


class PracticeArchives:
    """Serve a portal's history as the Wayback Machine and Common Crawl do, for as long as the `with` block lasts.

    `requests` holds what each endpoint was asked, in order. `troubles` are what goes wrong next; each is taken out
    once it has happened often enough. `limit`, when set, refuses requests to the index of the Wayback Machine that
    come too fast. `intercept`, when set, may answer in an archive's place, as with `PracticePortal`.
    """

    def __init__(self, history: History, *, port: int = 0, crawls: tuple[str, ...] = CRAWLS) -> None:
        """Take the history; a port of 0 means any free one. There is one crawl a wave, the rest stays unknown to it."""
        self.history = history
        self.requests: dict[Endpoint, list[Request]] = {endpoint: [] for endpoint in get_args(Endpoint)}
        self.troubles: list[Trouble] = []
        self.limit: RateLimit | None = None
        self.intercept: Callable[[Endpoint, Request], Reply | None] | None = None
        self._port = port
        self._lock = Lock()
        self._server: Server | None = None
        ordered = sorted(history.captures, key=lambda capture: (urlkey(capture.url), capture.timestamp))
        self._lines = [_line(capture) for capture in ordered]
        self._by_key: dict[str, list[Recorded]] = {}
        for capture in ordered:
            self._by_key.setdefault(urlkey(capture.url), []).append(capture)
        self._crawls, self._files = crawled(history, crawls)
        self._files |= news(history)

    def __enter__(self) -> Self:
        """Start the server."""
        self._server = Server(self._port, self._answer)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server and hang up on every client."""
        if self._server:
            self._server.close()
            self._server = None

    @property
    def url(self) -> str:
        """Return the address of all archives: `cdx/search/cdx`, `web/`, `collinfo.json` and the data lie below it."""
        if self._server is None:
            raise RuntimeError("the archives are served inside of their `with` block only")
        return f"http://127.0.0.1:{self._server.server_port}/"

    def crawled(self) -> tuple[Recorded, ...]:
        """Return the captures that Common Crawl has."""
        names = {(line["url"], line["timestamp"]) for lines in self._crawls.values() for line in lines}
        return tuple(capture for capture in self.history.captures if (capture.url, capture.timestamp) in names)

    def _answer(self, request: Request) -> Reply:
        endpoint = _endpoint(request)
        with self._lock:
            self.requests[endpoint].append(request)
            trouble = self._trouble(endpoint, request)
            refusal = self.limit.refusal() if self.limit and endpoint == "cdx" else None
        intercepted = self.intercept(endpoint, request) if self.intercept else None
        if intercepted or refusal:
            return intercepted or refusal or plain("")
        if trouble == "hang up":
            raise ConnectionError
        if trouble in INSTEAD:
            return INSTEAD[trouble]
        reply = self._reply(endpoint, request, whole=trouble == "whole file")
        return SPOILING[trouble](reply) if trouble in SPOILING else reply

    def _trouble(self, endpoint: Endpoint, request: Request) -> TroubleKind | None:
        for trouble in self.troubles:
            if trouble.endpoint == endpoint and trouble.match in request.path:
                trouble.times -= 1
                if not trouble.times:
                    self.troubles.remove(trouble)
                return trouble.kind
        return None

    def _reply(self, endpoint: Endpoint, request: Request, *, whole: bool) -> Reply:
        try:
            if endpoint == "cdx":
                return self._cdx(request)
            if endpoint == "web":
                return self._web(request)
            if endpoint == "collinfo":
                return self._collinfo()
            if endpoint == "index":
                return self._index(request)
        except BadQuery as error:
            return _message(str(error), 400) if endpoint == "index" else plain(f"{error}\n", 400)
        return self._data(request, whole=whole)

    # --- the Wayback Machine ------------------------------------------------------------------------------------------

    def _cdx(self, request: Request) -> Reply:
        query = query_of(request.path)
        asked = list(matching(self._lines, query))
        pages = max(1, math.ceil(len(asked) / LINES_PER_BLOCK))
        if query.get("showNumPages") == "true":
            return plain(f"{pages}\n")
        if (page := query.number("page", -1)) >= 0:
            # Filters come after the cutting, so that pages may be empty.
            asked = asked[page * LINES_PER_BLOCK : (page + 1) * LINES_PER_BLOCK]
        lines = collapsed(filtered(within(resumed(asked, query), query), query), query)
        found, key = limited(lines, query, CDX_LIMIT)
        names = [name for name in (query.get("fl") or ",".join(FIELDS)).split(",") if name in FIELDS]
        rows = [[line[name] for name in names] for line in found]
        more = key if query.get("showResumeKey") == "true" else None
        if query.get("output") == "json":
            table = [names, *rows, *([[], [more]] if more else [])] if rows else []
            return Reply(200, f"{_rows(table)}\n".encode(), JSON)
        text = "".join(f"{' '.join(row)}\n" for row in rows)
        return plain(f"{text}\n{more}\n" if more else text)

    def _web(self, request: Request) -> Reply:
        match = RAW.fullmatch(request.path)
        captures = self._by_key.get(urlkey(match[2]), []) if match else []
        if match is None or not captures:
            return _not_archived()
        exact = [capture for capture in captures if capture.timestamp == match[1]]
        played = next((capture for capture in exact if capture.url == match[2]), None)
        if played is None:
            # A redirect to the same page under https would lead round in a circle.
            captures = [capture for capture in captures if not _leads_to_itself(capture)] or captures
            wanted = _moment(match[1].ljust(14, "0"))
            played = min(captures, key=lambda capture: abs(_moment(capture.timestamp) - wanted))
        if played.timestamp != match[1]:
            return Reply(302, b"", HTML, (("Location", self._raw(played.timestamp, played.url)),))
        return self._replayed(played)

    def _replayed(self, capture: Recorded) -> Reply:
        when = datetime.strptime(capture.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        shown = [(name, value) for name, value in capture.headers if name == "Content-Encoding"]
        if location := _location(capture):
            shown.append(("Location", self._raw(capture.timestamp, location)))
        original = [("Content-Type", capture.media_type), ("Content-Length", str(len(capture.body))), *capture.headers]
        headers = (
            *shown,
            *((f"x-archive-orig-{name.lower()}", value) for name, value in original),
            ("Memento-Datetime", format_datetime(when, usegmt=True)),
            ("Link", f'<{capture.url}>; rel="original"'),
            ("x-archive-src", "practice-20210601/practice.warc.gz"),
        )
        return Reply(capture.status, capture.body, capture.media_type, headers)

    def _raw(self, timestamp: str, url: str) -> str:
        return f"{self.url}web/{timestamp}id_/{url}"

    # --- Common Crawl -------------------------------------------------------------------------------------------------

    def _collinfo(self) -> Reply:
        crawls = [
            {
                "id": name,
                "name": f"{name} Index",
                "timegate": f"{self.url}{name}/",
                "cdx-api": f"{self.url}{name}-index",
                "from": f"{_iso(lines[0]['timestamp'])}" if lines else "",
                "to": f"{_iso(lines[-1]['timestamp'])}" if lines else "",
            }
            for name, lines in reversed(self._crawls.items())
        ]
        return Reply(200, json.dumps(crawls).encode(), JSON)

    def _index(self, request: Request) -> Reply:
        name = request.place.strip("/").removesuffix("-index")
        if name not in self._crawls:
            return _message("Not found", 404)
        query = query_of(request.path)
        ordered = sorted(self._crawls[name], key=lambda line: (line["urlkey"], line["timestamp"]))
        asked = list(matching(ordered, query))
        pages = math.ceil(len(asked) / LINES_PER_BLOCK)
        if query.get("showNumPages") == "true":
            about = {"pages": pages, "pageSize": 1, "blocks": pages}
            return Reply(200, f"{json.dumps(about)}\n".encode(), JSON)
        if not asked:
            return _message(f"No Captures found for: {query.get('url')}", 404)
        page = query.number("page", 0)
        if not 0 <= page < pages:
            raise BadQuery(f"Page {page} invalid: First Page is 0, Last Page is {pages - 1}")
        asked = asked[page * LINES_PER_BLOCK : (page + 1) * LINES_PER_BLOCK]
        found, _ = limited(filtered(within(asked, query), query), query, CDX_LIMIT)
        if query.get("output") != "json":
            return plain("".join(f"{line['urlkey']} {line['timestamp']} {json.dumps(line)}\n" for line in found))
        return Reply(200, "".join(f"{json.dumps(line)}\n" for line in found).encode(), "text/x-ndjson")

    def _data(self, request: Request, *, whole: bool) -> Reply:
        body = self._files.get(request.place.strip("/"))
        if body is None:
            return Reply(404, b"<Error><Code>NoSuchKey</Code></Error>", "application/xml")
        kind, match = "application/octet-stream", RANGE.fullmatch(request.header("Range"))
        if whole or match is None:
            return Reply(200, body, kind)
        first = int(match[1])
        last = min(int(match[2] or len(body)), len(body) - 1)
        if first > last:
            return Reply(416, b"", kind, (("Content-Range", f"bytes */{len(body)}"),))
        return Reply(206, body[first : last + 1], kind, (("Content-Range", f"bytes {first}-{last}/{len(body)}"),))


SLOW_DOWN = Reply(503, b"<Error><Code>SlowDown</Code></Error>", "application/xml")
INSTEAD: dict[TroubleKind | None, Reply] = {
    "429": too_many(1),
    "429 without Retry-After": too_many(None),
    "503": SLOW_DOWN,
    "404": html("<html><h1>Not Found</h1></html>", 404),
    "error page": html(ERROR_PAGE),
}
SPOILING: dict[TroubleKind | None, Callable[[Reply], Reply]] = {
    "torn": lambda reply: replace(reply, body=reply.body[: len(reply.body) // 2]),
    "torn on the wire": lambda reply: replace(reply, torn=True),
    "other bytes": lambda reply: replace(reply, body=reply.body.replace(b"p", b"q")),
}


def _endpoint(request: Request) -> Endpoint:
    place = request.place
    if place == "/cdx/search/cdx":
        return "cdx"
    if place.startswith("/web/"):
        return "web"
    if place == "/collinfo.json":
        return "collinfo"
    if place.endswith("-index"):
        return "index"
    return "data" if place.startswith("/crawl-data/") else "other"


def _location(capture: Recorded) -> str | None:
    location = dict(capture.headers).get("Location")
    return urljoin(capture.url, location) if location else None


def _leads_to_itself(capture: Recorded) -> bool:
    location = _location(capture)
    return location is not None and urlkey(location) == urlkey(capture.url)


def _line(capture: Recorded) -> Line:
    return {
        "urlkey": urlkey(capture.url),
        "timestamp": capture.timestamp,
        "original": capture.url,
        "mimetype": "warc/revisit" if capture.revisit else capture.media_type.partition(";")[0],
        "statuscode": "-" if capture.revisit else str(capture.status),
        "digest": capture.digest,
        "length": str(len(gzip.compress(capture.body, 1)) + 400),
    }


def _rows(table: list[list[str]]) -> str:
    rows = ",\n ".join(map(json.dumps, table))
    return f"[{rows}]"


def _message(text: str, status: int) -> Reply:
    return Reply(status, json.dumps({"message": text}).encode(), JSON)


def _not_archived() -> Reply:
    page = html("<html><body><p>The Wayback Machine has not archived that URL.</p></body></html>", 404)
    return replace(page, headers=(("X-Archive-Wayback-Runtime-Error", "ResourceNotInArchiveException"),))


def _moment(timestamp: str) -> float:
    """Return a time as a number, whatever its digits: requests may ask for the 99th of a month."""
    year, month, day, hour, minute, second = (
        int(part) for part in (timestamp[:4], *(timestamp[at : at + 2] for at in range(4, 14, 2)))
    )
    return ((((year * 12 + month) * 31 + day) * 24 + hour) * 60 + minute) * 60.0 + second


def _iso(timestamp: str) -> str:
    return "{}-{}-{}T{}:{}:{}".format(timestamp[:4], *(timestamp[at : at + 2] for at in range(4, 14, 2)))
