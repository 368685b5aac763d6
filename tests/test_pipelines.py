from __future__ import annotations

import asyncio
from unicodedata import normalize

import pytest
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, ScrapyDeprecationWarning

from wardnews.errors import UnreadablePage
from wardnews.items import Article, Image
from wardnews.pipelines import STAGES, Check, Clean, Pipelines, Window
from wardnews.reading.stages import finish
from wardnews.sites import load_sites

SITES = load_sites()
CRAWLED = "2026-08-29T01:28:00Z"


def article(**fields: object) -> Article:
    given = {
        "site": "longbien-phucloi",
        "url": "http://phucloi.longbien.hanoi.gov.vn/a",
        "title": "Phường họp giao ban",
        "header": "Ngày đăng 05/04/2021 | 17:15 | Lượt xem: 81",
        "paragraphs": ["Sáng ngày 5/4, phường Phúc Lợi tổ chức giao ban thường kỳ và triển khai nhiệm vụ tháng tư."],
        "crawled_at": CRAWLED,
    }
    return Article(**{**given, **fields})  # type: ignore[arg-type]


def test_an_article_is_finished() -> None:
    done = finish(article(), SITES)
    assert (done.published, done.views, done.flags, done.language) == ("2021-04-05T17:15+07:00", 81, [], "vi")
    assert done.ward
    assert done.district
    assert done.province
    assert (done.ward.code, done.district.code, done.province.code) == ("00136", "004", "01")
    assert done.place_basis == "site"
    assert done.first_seen == CRAWLED
    assert done.id == "longbien-phucloi:9eaafef4b05f9ac7"


def test_the_same_address_gives_the_same_id_whatever_the_text() -> None:
    assert finish(article(), SITES).id == finish(article(title="Khác", paragraphs=["Khác hẳn."]), SITES).id
    assert finish(article(id="4100321"), SITES).id == "longbien-phucloi:4100321"


def test_a_date_for_machines_is_read_in_its_own_zone() -> None:
    done = finish(article(header=None, published="2022-02-27T10:15:00-05:00"), SITES)
    assert (done.published, done.flags) == ("2022-02-27T22:15+07:00", [])


def test_the_hash_is_of_title_lead_and_paragraphs_alone() -> None:
    done = finish(article(title="Hội chợ", lead="Dẫn", paragraphs=["Một.", "Hai."]), SITES)
    assert done.content_hash == "c88d0e86259a29e57a9425a7ccc93850b18b62ab2f246420c319be9e8eb7989c"


@pytest.mark.parametrize(
    ("fields", "flags"),
    [
        ({"header": None}, ["no_date"]),
        ({"header": "Ban biên tập"}, ["header_unread", "no_date"]),
        ({"header": "31/02/2021"}, ["bad_date", "no_date"]),
        ({"header": "05/04/2062 | 17:15"}, ["future_date", "after_closing"]),
        ({"header": "05/04/2021 | 00:00"}, ["midnight"]),
        ({"header": "05/04/2026 | 07:00"}, ["after_closing"]),
        ({"site": "hanoi-phucloi", "header": "17 giờ trước"}, ["relative_date"]),
        ({"header": "30/06/2025 | 23:59"}, []),
        ({"header": "01/07/2025 | 00:01"}, ["after_closing"]),
        ({"header": "01/07/2025"}, ["after_closing"]),
        ({"site": "hanoi-phucloi", "header": "30/08/2026 | 23:59"}, []),
        ({"site": "hanoi-phucloi", "header": "31/08/2026 | 00:01"}, ["future_date"]),
        ({"paragraphs": ["Ảnh."]}, ["short_body"]),
        ({"paragraphs": ["ả" * 79]}, ["short_body"]),
        ({"paragraphs": ["ả" * 80]}, []),
        ({"paragraphs": ["ả" * 81]}, []),
        ({"lead": "ả" * 40, "paragraphs": ["ả" * 20, "ả" * 19]}, ["short_body"]),
        ({"lead": "ả" * 40, "paragraphs": ["ả" * 20, "ả" * 20]}, []),
        ({"flags": ["encoding_repaired"]}, ["encoding_repaired"]),
    ],
)
def test_doubts_are_named(fields: dict[str, object], flags: list[str]) -> None:
    assert finish(article(**fields), SITES).flags == flags


def test_strings_are_cleaned_and_nothing_else_is_changed() -> None:
    paragraph = "\xa0Đảng uỷ  phường \n “họp”, đòng chí Hoà…"
    done = finish(
        article(
            title=normalize("NFD", "Đảng uỷ phường  họp"),
            section=" ",
            lead=normalize("NFD", "Sáng\xa05/4"),
            paragraphs=[normalize("NFD", paragraph), " \xa0"],
            images=[Image("http://a/b.jpg", caption=normalize("NFD", "Hội trường"))],
        ),
        SITES,
    )
    assert (done.title, done.section, done.lead) == ("Đảng uỷ phường  họp", None, "Sáng 5/4")
    assert done.paragraphs == ["Đảng uỷ phường “họp”, đòng chí Hoà…"]
    assert done.images[0].caption == "Hội trường"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"title": " "}, "no title"),
        ({"paragraphs": []}, "nothing below the title"),
        ({"paragraphs": ["\xa0"]}, "nothing"),
    ],
)
def test_what_is_no_article_is_dropped_with_a_reason(fields: dict[str, object], reason: str) -> None:
    with pytest.raises(UnreadablePage, match=reason):
        finish(article(**fields), SITES)
    with pytest.raises(DropItem, match=reason):
        Check(SITES).process_item(Clean().process_item(article(**fields)))


def test_an_article_of_pictures_alone_is_one() -> None:
    assert finish(article(paragraphs=[], images=[Image("http://a/b.jpg")]), SITES).flags == ["short_body"]


def test_a_portal_without_a_unit_has_no_place() -> None:
    done = finish(article(site="example.org"), SITES)
    assert (done.ward, done.district, done.province, done.place_basis) == (None, None, None, None)


@pytest.mark.parametrize(("published", "kept"), [("2021-04-04", False), ("2021-04-05T17:15+07:00", True), (None, True)])
def test_the_window(published: str | None, *, kept: bool) -> None:
    window = Window("2021-04-05", "2021-04-05")
    if kept:
        assert window.process_item(article(published=published))
    else:
        with pytest.raises(DropItem, match="outside --since and --until"):
            window.process_item(article(published=published))


def test_the_stages_are_wired_in_the_order_of_the_file() -> None:
    from wardnews.settings import ITEM_PIPELINES_BASE

    assert sorted(ITEM_PIPELINES_BASE, key=ITEM_PIPELINES_BASE.__getitem__) == [
        f"wardnews.pipelines.{stage.__name__}" for stage in STAGES
    ]


class Late:
    async def process_item(self, item: object) -> dict[str, object]:
        await asyncio.sleep(0)
        return {"late": item}


class Plain:
    def process_item(self, item: dict[str, object], spider: Spider) -> dict[str, object]:
        return {**item, "spider": spider.name}


def test_a_users_pipelines_are_waited_for_and_may_ask_for_the_spider() -> None:
    crawler = Crawler(Spider, {"ITEM_PIPELINES": {Late: 1, Plain: 2}})
    crawler.spider = Spider("of a user")
    with pytest.warns(ScrapyDeprecationWarning, match="requires a spider argument"):
        pipelines = Pipelines.from_crawler(crawler)
    one = article()
    assert asyncio.run(pipelines.process_item_async(one)) == {"late": one, "spider": "of a user"}
