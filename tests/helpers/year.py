"""A portal in fast motion: what is published, edited, moved, broken on which day is written down before it is crawled.

All days are counted from the first crawl. `Script` is the plan, `Portal` serves it as it is on a day.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Event
from types import TracebackType

from tests.helpers.serving import Serving
from tests.helpers.village import HTML, NOT_FOUND, moved
from wardnews.demo import Reply, Request

START = datetime(2025, 1, 6, 1, 0, tzinfo=UTC)
PER_PAGE = 30
RENAMED = {"van-hoa-xa-hoi": "van-hoa"}
"""What a section was called before."""
WORDS = (
    "Sáng nay, phường Hoa Sữa mở buổi sinh hoạt số {n} của câu lạc bộ đọc sách tại nhà văn hóa tổ dân phố {n}.",
    "Chị Lê Thị Mận, phụ trách thư viện, giới thiệu {n} đầu sách mới và cách mượn sách qua điện thoại cho các em.",
    "Sau buổi thứ {n}, các tổ nhận thêm một tủ sách nhỏ cùng lịch luân chuyển áp dụng từ tuần tới đến hết quý.",
)
GATE = "<title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/h/b/orchestrate'></script>_cf_chl_opt"
DATABASE = "Warning: mysqli_query(): MySQL server has gone away in /var/www/html/db.php on line 42"
UPKEEP = "Hệ thống đang bảo trì, mời quý vị quay lại sau."


@dataclass
class Piece:
    """An article, and what becomes of it on which day; `seen` is the number of its contents that a crawl must have."""

    n: int
    day: int
    section: str = "tin"
    appears: int | None = None
    text_edit: int | None = None
    title_edit: int | None = None
    deleted: int | None = None
    how: str = "404"
    restored: int | None = None
    slug: tuple[int, bool] | None = None
    """On which day its slug changes, and whether the old one redirects."""
    seen: int = 1

    @property
    def first_day(self) -> int:
        return self.day if self.appears is None else self.appears

    def is_there(self, day: int) -> bool:
        return not (self.deleted is not None and self.deleted <= day and not (self.restored and self.restored <= day))

    def title(self, day: int) -> str:
        name = f"Phường Hoa Sữa mở câu lạc bộ đọc sách, buổi {self.n}"
        return f"{name} (bổ sung)" if self.title_edit is not None and day >= self.title_edit else name

    def words(self, day: int) -> list[str]:
        words = [one.format(n=self.n) for one in WORDS]
        edited = self.text_edit is not None and day >= self.text_edit
        return [*words, "Buổi sau dời sang chiều thứ Bảy."] if edited else words

    def views(self, day: int) -> int:
        return 1_000 * (self.n + 100) + day


@dataclass
class Script:
    """The plan: `redesign` with redirects that end on `redirects_end`, `rebuilt` without any; outages by day."""

    days: int
    pieces: list[Piece]
    redesign: int
    redirects_end: int
    rebuilt: int
    sections: dict[str, tuple[int, int]]
    """From which day to which each section is in the menu."""
    emptied: tuple[str, int]
    outages: dict[int, str]
    clocks: dict[int, timedelta]
    """By how much the clock is wrong on which days."""
    killed: set[int] = field(default_factory=set)
    overlapping: set[int] = field(default_factory=set)
    joined: set[int] = field(default_factory=set)
    """The days on which a person has the doubles joined that only their text tells."""

    def alarms(self) -> set[int]:
        """Return the days on which somebody should act: the exit status is 3 on these."""
        down = {day for day, what in self.outages.items() if what not in ("database", "cut")}
        silent = {day for day, ahead in self.clocks.items() if ahead > timedelta(days=7)}
        ended = {until for _, until in self.sections.values() if until < self.days}
        emptied = range(self.emptied[1], min(self.emptied[1] + 31, self.rebuilt))
        return {*down, *silent, *ended, *emptied, self.rebuilt}


def plan(days: int) -> Script:
    """Return the plan of 40 days or more, a news item a day, with an event of each kind; of edits those that fit in."""
    redesign, rebuilt = 26 + max(0, (days - 40) // 2), 35 + max(0, (days - 40) * 4 // 5)
    end, imported, emptied = redesign + 6, redesign + 5, redesign + 7
    special = {
        2: {"text_edit": 3, "seen": 2}, 3: {"text_edit": 8, "seen": 2}, 4: {"text_edit": 24, "seen": 2},
        5: {"title_edit": 45, "seen": 1 + (days > 45)}, 6: {"text_edit": 66, "seen": 2} if redesign > 66 else {},
        7: {"deleted": 9}, 8: {"deleted": 10, "how": "410"}, 9: {"deleted": 11, "how": "302"},
        10: {"deleted": 12, "how": "soft"}, 11: {"deleted": 12, "restored": 22},
        12: {"slug": (15, True)}, 13: {"slug": (16, False)},
    }  # fmt: skip
    pieces = [
        Piece(100 + day, day, ("tin", "thong-bao")[day % 2], **special.get(day, {}))  # type: ignore[arg-type]
        for day in range(-12, days - 2)
    ]
    pieces += [Piece(800, 2, "tin", appears=redesign - 6), Piece(801, -11, "tin", appears=redesign - 5)]
    pieces += [Piece(810 + one, one - 300, "luu-tru", appears=imported) for one in range(10)]
    pieces += [Piece(820 + one, one - 5, "lich") for one in range(3)]
    pieces += [Piece(830 + one, one - 8, "cu") for one in range(2)]
    pieces += [Piece(840 + one, one - 6, "van-hoa") for one in range(4)]
    outages = {
        5: "500", 19: "maintenance", redesign - 4: "database", redesign - 2: "robots", redesign + 2: "challenge",
        redesign + 4: "cut",
    }  # fmt: skip
    sections = {
        "tin": (0, days), "thong-bao": (0, days), "luu-tru": (imported, days), "lich": (0, days), "cu": (0, 23),
        "van-hoa": (0, 21), "van-hoa-xa-hoi": (21, days),
    }  # fmt: skip
    clocks = {17: timedelta(days=10), redesign - 3: timedelta(days=400), redesign + 3: -timedelta(hours=25)}
    return Script(
        days, pieces, redesign, end, rebuilt, sections, ("lich", emptied), outages, clocks,
        killed={14}, overlapping={18}, joined={20, rebuilt + 3},
    )  # fmt: skip


class Portal(Serving):
    """Serve the portal of a script as it is `today`, and note what is asked for."""

    def __init__(self, script: Script) -> None:
        self.script, self.today = script, 0
        self.requests: list[str] = []
        self.gate, self.reached = Event(), Event()
        self.most: int | None = None
        self.places = dict(self._places())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.gate.set()
        super().__exit__(kind, error, trace)

    def toml(self) -> str:
        return f'[hoasua]\nname = "Phường Hoa Sữa"\nurl = "{self.url}"\ndelay = 0.0\n'

    def asked(self) -> list[str]:
        """Return the paths that were asked for since the last call, without robots.txt."""
        paths = [path for path in self.requests if path != "/robots.txt"]
        self.requests.clear()
        return paths

    # --- addresses ---

    def address(self, piece: Piece, day: int) -> str:
        slug = f"bai-{piece.n}-moi" if piece.slug and piece.slug[0] <= day else f"bai-{piece.n}"
        return f"/{self.era(day)}/{slug}.html"

    def era(self, day: int) -> str:
        return "bai-viet" if day >= self.script.rebuilt else "chuyen-muc" if day >= self.script.redesign else "tin-bai"

    def _places(self) -> Iterator[tuple[str, tuple[Piece, int]]]:
        """Yield all addresses of articles that there ever are, with the article and the day from which each holds."""
        for piece in self.script.pieces:
            days = {piece.first_day, self.script.redesign, self.script.rebuilt, piece.slug[0] if piece.slug else 0}
            for day in sorted(days, reverse=True):
                if day >= piece.first_day:
                    yield self.address(piece, day), (piece, day)

    def leads_on(self, piece: Piece, since: int) -> bool:
        """Whether an address that held since a day leads to today's."""
        script, today = self.script, self.today
        renamed = piece.slug and since < piece.slug[0] <= today and not piece.slug[1]
        redesigned = since < script.redesign <= today and today >= script.redirects_end
        return not (renamed or redesigned or since < script.rebuilt <= today)

    # --- answers ---

    def answer(self, request: Request) -> Reply:
        if self.most is not None and len(self.requests) >= self.most:
            self.reached.set()
            self.gate.wait(60)
        self.requests.append(request.path)
        if request.place == "/robots.txt":
            return self.robots()
        return self.outage(request) or self.reply(request)

    @contextmanager
    def held(self, most: int) -> Iterator[None]:
        """Answer no more than so many requests, of which the first is for robots.txt, as long as the block lasts."""
        self.gate.clear()
        self.reached.clear()
        self.most = most
        try:
            yield
        finally:
            self.most = None
            self.gate.set()

    def robots(self) -> Reply:
        if self.script.outages.get(self.today) == "robots":
            return Reply(503, b"", "text/plain", headers=(("Retry-After", "60"),))
        return Reply(200, b"User-agent: *\nDisallow:\n", "text/plain")

    def outage(self, request: Request) -> Reply | None:
        """Return what stands in place of the answer on a bad day."""
        found = self.places.get(request.place)
        match self.script.outages.get(self.today):
            case "500":
                return Reply(500, b"Internal Server Error", HTML)
            case "maintenance":
                return self.page("Bảo trì", f"<p>{UPKEEP}</p>", menu=False)
            case "challenge":
                return Reply(403, GATE.encode(), HTML)
            case "database" if found:
                return self.page("Lỗi", f'<h1>{found[0].title(0)}</h1><div class="noidung">{DATABASE}</div>')
            case "cut" if found and (whole := self.reply(request)).status == 200:
                return replace(whole, torn=True)
        return None

    def reply(self, request: Request) -> Reply:
        if request.place == "/":
            return self.page("Trang chủ", "<p>Chào mừng bạn đến với cổng thông tin của phường.</p>")
        if found := self.places.get(request.place):
            return self.article(*found, request.place)
        era, _, section = request.place.strip("/").rpartition("/")
        since, until = self.script.sections.get(section, (1, 0))
        if era == f"muc-{self.era(self.today)}" and since <= self.today < until:
            return self.listing(request.place, section, int(request.query.get("page", "1")))
        if era == "muc-tin-bai" and self.script.redesign <= self.today < self.script.redirects_end:
            return moved(f"/muc-chuyen-muc/{section}")
        return NOT_FOUND

    def article(self, piece: Piece, since: int, path: str) -> Reply:
        if self.today < piece.first_day or not self.leads_on(piece, since):
            return NOT_FOUND
        here = self.address(piece, self.today)
        if path != here:
            return moved(here)
        if not piece.is_there(self.today):
            return self.missing(piece)
        words = "".join(f"<p>{words}</p>" for words in piece.words(self.today))
        date = (START + timedelta(days=piece.day)).strftime("%d/%m/%Y 08:15")
        main = (
            f'<div class="crumb"><a href="/">Trang chủ</a> » <a href="{self.section(piece.section)}">{piece.section}</a></div>'
            f'<h1 class="tieude">{piece.title(self.today)}</h1>'
            f'<div class="ngay">Ngày đăng: {date} | Lượt xem: {piece.views(self.today)}</div><div class="noidung">{words}</div>'
        )
        return self.page(piece.title(self.today), main)

    def missing(self, piece: Piece) -> Reply:
        match piece.how:
            case "302":
                return moved("/", 302)
            case "soft":
                return self.page("Thông báo", "<h1>Thông báo</h1><p>Bài viết không tồn tại hoặc đã bị xóa.</p>")
        return Reply(int(piece.how), b"<html><body>khong co</body></html>", HTML)

    def section(self, name: str) -> str:
        return f"/muc-{self.era(self.today)}/{name}"

    def listing(self, path: str, section: str, number: int) -> Reply:
        here = [one for one in self.script.pieces if one.section == RENAMED.get(section, section)]
        here = [one for one in here if one.first_day <= self.today and one.is_there(self.today)]
        if self.script.emptied[0] == section and self.today >= self.script.emptied[1]:
            here = []
        here.sort(key=lambda one: -one.day)
        shown = "".join(
            f'<div class="item"><h3><a href="{self.address(one, self.today)}">{one.title(self.today)}</a></h3>'
            f'<span class="date">{(START + timedelta(days=one.day)).strftime("%d/%m/%Y")}</span><p>Tin của phường.</p></div>'
            for one in here[(number - 1) * PER_PAGE : number * PER_PAGE]
        )
        more = (
            f'<div class="pager"><a href="{path}?page={number + 1}">Trang sau</a></div>'
            if len(here) > number * PER_PAGE
            else ""
        )
        return self.page(section, f"<h2>{section}</h2>{shown}{more}")

    def page(self, title: str, main: str, *, menu: bool = True) -> Reply:
        there = [name for name, (since, until) in self.script.sections.items() if since <= self.today < until]
        links = "".join(f'<li><a href="{self.section(name)}">Mục {name}</a></li>' for name in there) if menu else ""
        body = (
            f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title} - Phường Hoa Sữa</title></head><body>'
            f'<div id="menu"><ul><li><a href="/">Trang chủ</a></li>{links}</ul></div><div class="main">{main}</div>'
            '<div id="footer">UBND phường Hoa Sữa</div></body></html>'
        )
        return Reply(200, body.encode(), HTML)
