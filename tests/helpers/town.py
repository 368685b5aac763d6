"""A portal on loopback that a test directs: what it lists, what it edits, what it takes down, how it fails."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone

from tests.helpers.serving import Serving
from wardnews.demo import Reply, Request

HERE = timezone(timedelta(hours=7))
HTML = "text/html; charset=UTF-8"
TEN = [f"muc-{number}" for number in range(10)]


def ago(days: float) -> datetime:
    return datetime.now(UTC).astimezone(HERE) - timedelta(days=days)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Hold an article: where it is listed, what it says, since when."""

    id: int
    title: str
    published: datetime
    body: str
    views: int = 5
    sections: tuple[str, ...] = ("muc-0",)

    @property
    def path(self) -> str:
        return f"/{self.sections[0]}/-/view_content/{self.id}-bai-{self.id}.html"


def dated(words: list[str]) -> list[str]:
    """Put days in place of `{days ago}`."""
    return [f"{ago(float(word[1:-1])):%Y-%m-%d}" if word.startswith("{") else word for word in words]


def pieces(count: int, *, sections: int = 1, first: int = 1, newest: float = 400, step: float = 1) -> list[Piece]:
    """Make articles, the newest first, dealt to sections in turn; `newest` and `step` are days."""
    return [
        Piece(
            id=10_000 + number,
            title=f"Phường Hoa Sữa ra quân đợt {number}",
            published=ago(newest + step * (number - first)),
            body=f"Sáng nay, lực lượng của phường Hoa Sữa đã ra quân đợt {number} trên địa bàn các tổ dân phố, "
            "kết quả tốt đẹp.",
            sections=(f"muc-{number % sections}",),
        )
        for number in range(first, first + count)
    ]


@dataclass
class Town(Serving):
    """Serve the pieces as an old Hanoi portal does. `intercept` may answer in its place; None lets it answer."""

    pieces: list[Piece] = field(default_factory=list)
    sections: list[str] = field(default_factory=lambda: ["muc-0"])
    per_page: int = 10
    validators: bool = False
    dated: bool = True
    last_repeats: bool = False
    intercept: Callable[[Request], Reply | None] = lambda _request: None
    requests: list[Request] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def toml(self, name: str = "hoasua", *lines: str) -> str:
        return "\n".join([f"[{name}]", 'name = "Phường Hoa Sữa"', f'url = "{self.url}"', "delay = 0.0", *lines, ""])

    def change(self, number: int, **values: object) -> None:
        """Edit the piece of an id."""
        self.pieces = [replace(one, **values) if one.id == number else one for one in self.pieces]  # type: ignore[arg-type]

    def asked(self) -> list[str]:
        """Give the paths that were asked for since the last call, without robots.txt."""
        paths = [request.path for request in self.requests if request.path != "/robots.txt"]
        self.requests.clear()
        self.statuses.clear()
        return paths

    def answer(self, request: Request) -> Reply:
        self.requests.append(request)
        reply = self.intercept(request) or self.reply(request)
        if self.validators and reply.status == 200 and reply.media_type == HTML:
            reply = self.validated(request, reply)
        self.statuses[reply.status] += 1
        return reply

    def validated(self, request: Request, reply: Reply) -> Reply:
        # As servers of static pages do: the tag is of what the page says, not of its counter.
        tag = f'"{hashlib.sha256(reply.body.partition(b"<!--views-->")[0]).hexdigest()[:12]}"'
        headers = (*reply.headers, ("ETag", tag))
        return (
            replace(reply, status=304, body=b"")
            if request.header("If-None-Match") == tag
            else replace(reply, headers=headers)
        )

    def reply(self, request: Request) -> Reply:
        if request.place == "/robots.txt":
            return Reply(200, b"User-agent: *\nDisallow:\n", "text/plain")
        if request.place == "/":
            return page("Trang chủ", menu(self.sections))
        name, _, rest = request.place.strip("/").partition("/")
        if rest:
            shown = next((one for one in self.pieces if one.path == request.place), None)
            return page(f"{shown.title} - {name}", article(shown)) if shown else page("Không tìm thấy", "", 404)
        if name not in self.sections:
            return page("Không tìm thấy", "", 404)
        return page(name, self.listing(name, int(request.query.get("_101_cur", "1"))))

    def listing(self, name: str, number: int) -> str:
        listed = sorted(
            (one for one in self.pieces if name in one.sections), key=lambda one: one.published, reverse=True
        )
        last = max(1, -(-len(listed) // self.per_page))
        shown = min(number, last) if self.last_repeats else number
        items = listed[(shown - 1) * self.per_page : shown * self.per_page]
        following = number + 1 if number < last or self.last_repeats else 0
        return "".join(entry(one, dated=self.dated) for one in items) + pager(name, following)


def page(title: str, main: str, status: int = 200) -> Reply:
    body = f'<html class="aui"><head><title>{title} - Hoa Sữa</title></head><body>{main}</body></html>'
    return Reply(status, body.encode(), HTML)


def menu(sections: Iterable[str]) -> str:
    links = "".join(f'<li><a href="/{name}">Mục {name}</a></li>' for name in sections)
    return f'<div class="dd_chuyenmuc"></div><ul class="navi">{links}</ul>'


def pager(name: str, following: int) -> str:
    link = f'<li><a href="/{name}?p_p_id=101&amp;_101_cur={following}">{following}</a></li>' if following else ""
    return f'<ul class="lfr-pagination-buttons">{link}</ul>'


def header(one: Piece) -> str:
    return f'<div class="assetPublishDate">Ngày đăng {one.published:%d/%m/%Y | %H:%M} | Lượt xem: {one.views}</div>'


def entry(one: Piece, *, dated: bool = True) -> str:
    line = header(one) if dated else ""
    return (
        f'<div class="asset-bounddary"><div class="asset-abstract"><h3 class="asset-title">'
        f'<a href="{one.path}">{one.title}</a></h3>{line}</div></div>'
    )


def article(one: Piece) -> str:
    return (
        f'<div id="p_p_id_101_" class="portlet-asset-publisher"><span class="portlet-title-text">Mục</span>'
        f'<div class="asset-full-content-title">{one.title}</div>{header(one)}'
        f'<div class="asset-full-content"><div class="asset-content" id="_101_{one.id}"><p>{one.body}</p></div></div></div>'
    )
