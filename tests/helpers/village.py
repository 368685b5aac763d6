"""A home-made portal of no family on loopback, whose addresses, texts and answers a test directs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from tests.helpers.serving import Serving
from wardnews.demo import Reply, Request

HTML = "text/html; charset=UTF-8"
WORDS = (
    "Sáng nay, phường Hoa Sữa tổ chức buổi tập huấn số {n} về phân loại rác tại nguồn cho các tổ dân phố.",
    "Bà Lê Thị Mận, cán bộ môi trường, hướng dẫn các hộ ở ngõ {n} tách rác hữu cơ và rác tái chế vào hai thùng riêng.",
    "Sau buổi tập huấn thứ {n}, mỗi tổ nhận một bộ tài liệu cùng lịch thu gom mới áp dụng từ tuần sau.",
)
NAV = '<div id="menu"><ul><li><a href="/">Trang chủ</a></li><li><a href="/{section}">Tin tức phường</a></li></ul></div>'


@dataclass
class Story:
    """An article: its number, its title, its day, its paragraphs."""

    n: int
    title: str
    day: str
    words: list[str]

    @classmethod
    def made(cls, n: int) -> Self:
        day = f"{(n % 27) + 1:02d}/10/2026 08:15"
        return cls(n, f"Phường Hoa Sữa tập huấn phân loại rác, lớp {n}", day, [one.format(n=n) for one in WORDS])


def html(title: str, main: str, section: str = "tin", head: str = "") -> Reply:
    body = (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title} - Phường Hoa Sữa</title>{head}</head>'
        f'<body>{NAV.format(section=section)}<div class="main">{main}</div><div id="footer">UBND phường Hoa Sữa</div></body></html>'
    )
    return Reply(200, body.encode(), HTML)


def article(one: Story, section: str = "tin", head: str = "") -> Reply:
    words = "".join(f"<p>{words}</p>" for words in one.words)
    main = (
        f'<div class="crumb"><a href="/">Trang chủ</a> » <a href="/{section}">Tin tức phường</a></div>'
        f'<h1 class="tieude">{one.title}</h1><div class="ngay">Ngày đăng: {one.day}</div><div class="noidung">{words}</div>'
    )
    return html(one.title, main, section, head)


def moved(path: str, status: int = 301) -> Reply:
    return Reply(status, b"", HTML, headers=(("Location", path),))


NOT_FOUND = Reply(404, b"<html><body>404</body></html>", HTML)


@dataclass
class Village(Serving):
    """Serve stories; `path_of` says where each stands, `intercept` may answer in place of it all."""

    stories: list[Story] = field(default_factory=lambda: [Story.made(n) for n in range(1, 7)])
    section: str = "tin"
    per_page: int = 10
    path_of: Callable[[Story], str] = lambda one: f"/tin/bai-{one.n}.html"
    intercept: Callable[[Request], Reply | None] = lambda _request: None
    requests: list[str] = field(default_factory=list)

    def toml(self, *lines: str) -> str:
        return "\n".join(["[hoasua]", 'name = "Phường Hoa Sữa"', f'url = "{self.url}"', "delay = 0.0", *lines, ""])

    def asked(self) -> list[str]:
        """Return the paths that were asked for since the last call, without robots.txt."""
        paths = [path for path in self.requests if path != "/robots.txt"]
        self.requests.clear()
        return paths

    def answer(self, request: Request) -> Reply:
        self.requests.append(request.path)
        return self.intercept(request) or self.reply(request)

    def reply(self, request: Request) -> Reply:
        if request.place == "/robots.txt":
            return Reply(200, b"User-agent: *\nDisallow:\n", "text/plain")
        if request.place == "/":
            return html("Trang chủ", "<p>Chào mừng bạn đến với cổng thông tin của phường.</p>", self.section)
        if request.place == f"/{self.section}":
            return self.listing(int(request.query.get("page", "1")))
        shown = next((one for one in self.stories if self.path_of(one) == request.path), None)
        return article(shown, self.section) if shown else NOT_FOUND

    def listing(self, number: int) -> Reply:
        items = self.stories[(number - 1) * self.per_page : number * self.per_page]
        shown = "".join(
            f'<div class="item"><h3><a href="{self.path_of(one)}">{one.title}</a></h3><span class="date">{one.day[:10]}</span>'
            f"<p>Tóm tắt lớp tập huấn của phường.</p></div>"
            for one in items
        )
        more = number * self.per_page < len(self.stories)
        pager = f'<div class="pager"><a href="/{self.section}?page={number + 1}">Trang sau</a></div>' if more else ""
        return html("Tin tức phường", f"<h2>Tin tức phường</h2>{shown}{pager}", self.section)
