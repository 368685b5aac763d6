"""An article that is shown under several addresses: one id, and the address that is its own."""

from __future__ import annotations

import pytest

from wardnews import read

TITLE = "Ngày hội làng nghề xã Hòa Mây"
BODY = "<p>Ngày hội làng nghề có mười hai gian hàng đan lát, gốm và mật ong, đón hơn hai nghìn lượt khách.</p>" * 2
PLAIN = f"<h1>{TITLE}</h1><div>Ngày đăng: 05/04/2021 - 10:40</div><div>{BODY}</div>"
OWN = "https://hoamay.example.vn/tin-tuc/ngay-hoi-lang-nghe-xa-hoa-may.html"
NUKEVIET = f"""<meta name="generator" content="NukeViet v4.5"><div class="news_column"><div class="panel-body">
<h1 class="title" itemprop="headline">{TITLE}</h1><span class="h5">Thứ hai - 05/04/2021 10:40</span>
<div id="news-bodyhtml" class="bodytext">{BODY}</div></div></div>"""


def page(canonical: str | None, body: str = PLAIN) -> str:
    link = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    return f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{TITLE}</title>{link}</head><body>{body}'


@pytest.mark.parametrize(
    "url",
    [
        "https://hoamay.example.vn/?page=Article.Print.detail&id=60055a6ee138237e254871b2",
        "https://hoamay.example.vn/in-bai-viet?id=90417",
        "https://hoamay.example.vn/tin-tuc/ngay-hoi-lang-nghe-xa-hoa-may.amp",
        "https://m.hoamay.example.vn/tin-tuc/ngay-hoi-lang-nghe-xa-hoa-may.html",
        "https://www.hoamay.example.vn/chi-tiet/ngay-hoi-lang-nghe-xa-hoa-may.html?view=email",
    ],
)
def test_a_view_is_the_article_at_its_canonical_address(url: str) -> None:
    whole = read(page(OWN), OWN)
    record = read(page(OWN), url)
    assert whole.url == OWN
    assert (record.id.rpartition(":")[2], record.url) == (whole.id.rpartition(":")[2], OWN)


@pytest.mark.parametrize(
    "canonical",
    [
        "https://hoamay.example.vn/",
        "https://hoamay.example.vn/tin-tuc",
        "https://baokhac.example.vn/tin-tuc/ngay-hoi-lang-nghe-xa-hoa-may.html",
        "https://hoamay.example.vn/tin-tuc/khai-giang-lop-hoc-det-vai.html",
        "javascript:void(0)",
    ],
)
def test_a_canonical_address_that_does_not_name_the_article_is_not_trusted(canonical: str) -> None:
    url = "https://hoamay.example.vn/chi-tiet?id=90417"
    assert read(page(canonical), url).url == url


def test_the_scheme_of_a_canonical_address_makes_no_other_article() -> None:
    url = OWN.replace("https:", "http:")
    assert read(page(OWN), url).url == url


@pytest.mark.parametrize("step", ["print/", "savefile/", ""])
def test_a_view_without_a_canonical_address_is_the_article_without_what_makes_it_a_view(step: str) -> None:
    record = read(page(None, NUKEVIET), f"https://hoamay.example.vn/tin-tuc/{step}Ngay-hoi-lang-nghe-57.html")
    assert record.url == "https://hoamay.example.vn/tin-tuc/Ngay-hoi-lang-nghe-57.html"
    assert record.id == "hoamay.example.vn:tin-tuc-57"


def test_an_id_of_the_system_goes_before_the_words_of_an_address() -> None:
    url = "https://hoamay.example.vn/tin-tuc/Ngay-hoi-lang-nghe-57.html"
    other = "https://hoamay.example.vn/tin-tuc/Ngay-hoi-lang-nghe-58.html"
    assert read(page(other, NUKEVIET), url).url == url
    scoped = "https://hoamay.example.vn/tin-thon/Ngay-hoi-lang-nghe-57.html"
    assert read(page(scoped, NUKEVIET), scoped).id == "hoamay.example.vn:tin-thon-57"
