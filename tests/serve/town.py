"""A made-up town of two portals, in a store and in a reading copy of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from wardnews.items import GONE, Article, Attachment, Image, Place, content_hash
from wardnews.serve import copy
from wardnews.serve.copy import bring_up_to_date
from wardnews.sites import Site
from wardnews.store.database import Store
from wardnews.store.frontier import Frontier
from wardnews.store.tables import articles
from wardnews.store.versions import Versions
from wardnews.text.sample_format import compose_text

HOSTILE = '<script>alert("1")</script><img src=x onerror=alert(1)> & "Phúc Lợi"'
PORTALS: copy.Portals = {key: Site(key, name, f"http://{key}.example/") for key, name in {"hoasua": "Phường Hoa Sữa", "bentrang": "Phường Bến Trăng"}.items()}  # fmt: skip
NOBODY: Callable[[str], None] = lambda _line: None  # noqa: E731


def made(key: str, title: str, *paragraphs: str, **values: Any) -> Article:
    """Make up an article of `<site>:<id>`, seen on 1 May 2021."""
    site = key.partition(":")[0]
    body = list(paragraphs) or ["Bà con các tổ dân phố cùng nhau dọn dẹp ngõ xóm."]
    section = values.pop("section", "TIN PHƯỜNG")
    lead = values.pop("lead", None)
    seen = values.pop("seen", "2021-05-01T01:00:00Z")
    return Article(
        id=key, url=f"http://{site}.example/{key}", site=site, title=title, section=section, lead=lead, paragraphs=body,
        published=values.pop("published", "2021-04-30T17:15+07:00"), text=compose_text(section, title, None, [lead or "", *body]),
        crawled_at=seen, first_seen=seen, content_hash=content_hash(title, lead, body), language="vi", **values,
    )  # fmt: skip


def write(store: Store, *found: Article, run: str = "first") -> None:
    """Write sightings into a store, as a crawl does; later ones of an article are edits of it."""
    frontier = Frontier(store, run)
    connection = frontier.connection
    for one in found:
        with connection.begin():
            Versions(frontier.store, connection, frontier.run).write(replace(one))
    frontier.close()


def town() -> list[Article]:
    """Make up what two portals tell."""
    place = Place("Hoa Sữa", "99001")
    first = made(
        "hoasua:1", "Đảng ủy phường giao ban tháng 4", "Sáng 5/4, Đảng uỷ phường họp tại hội trường.", "Hết giờ, ai về nhà nấy.",
        lead="Một buổi sáng bàn nhiều việc.", views=81, ward=place, author="Lê Thị Mây",
        attachments=[Attachment("http://hoasua.example/a.pdf", "Nghị quyết", "application/pdf"), Attachment("javascript:alert(1)", "xấu")],
        images=[Image("http://hoasua.example/a.jpg", "Toàn cảnh"), Image("data:text/html,x", "xấu")],
    )  # fmt: skip
    edited = replace(
        first, paragraphs=["Sáng 6/4, Đảng uỷ phường họp tại hội trường.", "Hết giờ, ai về nhà nấy.", "Thêm một đoạn."],
        content_hash="2", crawled_at="2021-05-03T01:00:00Z", views=120, section="CÔNG TÁC ĐẢNG",
        text="CÔNG TÁC ĐẢNG\n\nĐảng ủy phường giao ban tháng 4\n\nSáng 6/4, Đảng uỷ phường họp tại hội trường.",
    )  # fmt: skip
    return [
        first,
        edited,
        made("hoasua:2", "Hội nghị về việc đảng ủy và dân", "Phúc Lợi là phường bạn.", views=500, published="2022-02-27"),
        made("hoasua:3", "Ngày hội ở phường bạn", "Cả buổi có Đảng uỷ phường, có bà con.", published="2023-01-02"),
        made("bentrang:1", "Khai mạc phiên chợ", "Phường Phúc Lợi góp mười gian hàng.", section=None, views=0, published=None),
        made("bentrang:2", HOSTILE, HOSTILE, section=HOSTILE, author=HOSTILE, published="2020-01-02"),
        made("bentrang:3", "Cây cầu cũ", "Cầu đã cũ.", published="2019-01-02"),
        replace(made("bentrang:3", "Cây cầu cũ", "Cầu đã cũ."), change=GONE, crawled_at="2021-06-01T01:00:00Z"),
        *(made(f"hoasua:{number}", f"Tin vắn số {number}", "Việc nhỏ trong ngõ.", published=f"2018-03-{number}") for number in range(10, 28)),
    ]  # fmt: skip


def share_a_story(store: Store) -> None:
    """Let two articles tell the same, whoever finds that out."""
    with store.writing() as connection:
        told = articles.update().where(articles.c.id.in_(("hoasua:2", "bentrang:1")))
        connection.execute(told.values(story="hoasua:2"))


def built(store: Store, file: Path) -> Path:
    bring_up_to_date(store, file, PORTALS, NOBODY)
    return file
