"""What an archive has of a practice portal: its pages over the years, and what must be read from them."""

import gzip
from base64 import b32encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha1

from wardnews.demo.articles import PracticeArticle, at, make_articles
from wardnews.demo.liferay import LiferaySite
from wardnews.demo.web import HTML, PICTURE, Reply, Request
from wardnews.demo.written import WRITTEN

HOST = "hoasua.songhong.example"
ENGLISH = {"Cookie": "GUEST_LANGUAGE_ID=en_US"}
UTC_OFFSET = timedelta(hours=7)
WAVES = (at("2021-06-01 09:00"), at("2022-02-10 14:30"), at("2023-08-27 11:39"), at("2025-03-05 20:15"))
"""The local times of the crawls that an archive's captures come from."""

MAINTENANCE = (
    "<html><head><title>Thông báo</title></head><body><h1>Hệ thống đang bảo trì</h1>"
    "<p>Cổng thông tin điện tử đang được nâng cấp, mời quý vị quay lại sau.</p></body></html>"
).encode()
LISTINGS = (
    "/trang-chu",
    "/tin-noi-bat",
    "/hoat-dong-cac-phuong",
    "/hoat-dong-cac-phuong?p_p_id=101&p_p_lifecycle=0&p_p_state=normal&p_p_mode=view&_101_delta=10&_101_cur=2",
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """Hold one capture as an archive keeps it: `body` as it came over the wire, `timestamp` in 14 digits of UTC."""

    url: str
    timestamp: str
    status: int = 200
    media_type: str = HTML
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    revisit: bool = False

    @property
    def digest(self) -> str:
        """Return the SHA-1 of the body in base32, as indexes have it."""
        return b32encode(sha1(self.body, usedforsecurity=False).digest()).decode()


@dataclass(frozen=True, slots=True)
class Sighting:
    """Say what a capture shows: an article as it was, and where its counter stood."""

    url: str
    timestamp: str
    article: PracticeArticle
    views: int | None
    english: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """Hold all captures of a portal, in order of time, and what must be read from those that show an article."""

    host: str
    captures: tuple[Recorded, ...]
    sightings: tuple[Sighting, ...]

    def ids(self) -> tuple[int | str, ...]:
        """Return the id of every article that can be read."""
        return tuple(dict.fromkeys(sighting.article.id for sighting in self.sightings))

    def versions(self, number: int | str) -> tuple[Sighting, ...]:
        """Return the first sighting of each version of an article, the oldest first."""
        seen = [sighting for sighting in self.sightings if sighting.article.id == number]
        return tuple(
            each
            for before, each in zip([None, *seen], seen, strict=False)
            if before is None or before.article.blocks != each.article.blocks
        )

    def views(self, number: int | str) -> tuple[tuple[str, int], ...]:
        """Return when which count was seen of an article."""
        return tuple(
            (sighting.timestamp, sighting.views)
            for sighting in self.sightings
            if sighting.article.id == number and sighting.views is not None
        )

    def toml(self) -> str:
        """Return a sites file that describes the portal, which is closed."""
        return (
            f'[practice-archived]\nname = "Phường Hoa Sữa, quận Sông Hồng"\nurl = "http://{self.host}/"\n'
            "closed = 2025-07-01\n"
        )


def make_history(articles: int = 24, host: str = HOST) -> History:
    """Make the history of a portal with so many articles, hand-written ones first; the same on every call.

    Between them the captures hold what archives do: versions, rising counters, sessions that fell into English,
    addresses with and without a port and in both forms, listings under an article's address, redirects, pages that
    were gone, a notice of maintenance with status 200, bodies packed on the wire, revisits, pictures.
    """
    written = [article for article in WRITTEN if article.generation == "liferay"][:articles]
    made = [article for article in make_articles(2 * articles) if article.generation == "liferay"]
    published = (*written, *made[: max(0, articles - len(written))])
    found = [pair for number, wave in enumerate(WAVES) for pair in _wave(published, number, wave, host)]
    found.sort(key=lambda pair: pair[0].timestamp)
    return History(
        host, tuple(capture for capture, _ in found), tuple(sighting for _, sighting in found if sighting is not None)
    )


Found = tuple[Recorded, Sighting | None]


def _wave(articles: Sequence[PracticeArticle], number: int, wave: datetime, host: str) -> Iterator[Found]:
    """Capture the portal at one time."""
    present = {
        place: _as_of(article, place, number) for place, article in enumerate(articles) if article.published < wave
    }
    site = LiferaySite(present.values(), wave)
    for minute, address in enumerate(("/", *LISTINGS, "/image/journal/article?img_id=7001"), start=-6):
        yield _plain(site, f"http://{host}{address}", stamp(wave, minute)), None
    for place, article in present.items():
        yield from _article(site, article, place, number, host, stamp(wave, place * 3))


def _as_of(article: PracticeArticle, place: int, number: int) -> PracticeArticle:
    """Return an article as it stood at one of the waves: its counter rises, some are edited before the third."""
    if article.views is not None:
        article = replace(article, views=article.views + 40 * number + place)
    if number < 2 or place % 3 != 1 or article.author != "Ban biên tập":
        return article
    added = f"Cập nhật ngày {10 + place % 18}/5/2022: phường đã hoàn thành toàn bộ nội dung nêu trên."
    return replace(article, body_html=f"{article.body_html}<p>{added}</p>\n", blocks=(*article.blocks, added))


def _article(
    site: LiferaySite, article: PracticeArticle, place: int, number: int, host: str, time: str
) -> Iterator[Found]:
    url = f"http://{host}{article.path}"
    if number == 0:
        first = _shown(site, article, url, time)
        yield first
        if place % 4 == 0:
            yield _again(first, days=1)
    elif number == 1:
        address = f"http://{host}:80{article.long_path}" if place % 2 else f"https://{host}{article.path}"
        yield _shown(site, article, address, time)
        if place % 6 == 2:
            yield _shown(site, article, url, _later(time, minutes=1), ENGLISH)
    elif number == 2:
        yield _shown(site, article, url, time)
        if place % 6 == 3:
            yield _plain(site, f"{url}/vi", _later(time, minutes=1)), None
        if place % 8 == 5:
            headers = (("Location", url.replace("http:", "https:")),)
            yield Recorded(url, _later(time, minutes=2), 301, HTML, b"", headers), None
    elif place % 5 == 0:
        yield _plain(LiferaySite((), WAVES[number]), url, time), None
    elif place % 7 == 3:
        yield Recorded(url, time, 200, HTML, MAINTENANCE), None
    else:
        last = _shown(site, article, url, time)
        yield _packed(last) if place % 4 == 1 else last


def _reply(site: LiferaySite, url: str, headers: dict[str, str]) -> Reply:
    path = "/" + url.split("/", 3)[3]
    return site.reply(Request("GET", path, {"Cookie": "COOKIE_SUPPORT=true", **headers}))


def _plain(site: LiferaySite, url: str, time: str, headers: dict[str, str] | None = None) -> Recorded:
    reply = _reply(site, url, headers or {})
    kept = tuple((name, value) for name, value in reply.headers if name != "Set-Cookie")
    return Recorded(url, time, reply.status, reply.media_type, reply.body or _picture(reply), kept)


def _picture(reply: Reply) -> bytes:
    return PICTURE if reply.media_type.startswith("image/") else b""


def _shown(
    site: LiferaySite, article: PracticeArticle, url: str, time: str, headers: dict[str, str] | None = None
) -> Found:
    capture = _plain(site, url, time, headers)
    views = None if article.views is None else site.views(article)
    return capture, Sighting(url, time, article, views, english=bool(headers))


def _again(found: Found, days: int) -> Found:
    """Find the very same bytes later: archives keep no second copy."""
    capture, sighting = found
    time = _later(capture.timestamp, minutes=days * 24 * 60)
    return replace(capture, timestamp=time, revisit=True), sighting and replace(sighting, timestamp=time)


def _packed(found: Found) -> Found:
    capture, sighting = found
    body = gzip.compress(capture.body, mtime=0)
    return replace(capture, body=body, headers=(*capture.headers, ("Content-Encoding", "gzip"))), sighting


def stamp(moment: datetime, minutes: int = 0) -> str:
    """Return the 14 digits of UTC of a local time of the portals."""
    return f"{moment - UTC_OFFSET + timedelta(minutes=minutes):%Y%m%d%H%M%S}"


def _later(time: str, minutes: int) -> str:
    return f"{datetime.strptime(time, '%Y%m%d%H%M%S') + timedelta(minutes=minutes):%Y%m%d%H%M%S}"  # noqa: DTZ007
