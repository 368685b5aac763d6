"""Articles that go on on further pages, whatever their system, and pagers that are none of theirs."""

from __future__ import annotations

import pytest

from wardnews import read

TITLE = "Ngày hội làng nghề xã Hòa Mây"
TEXT = "Ngày hội làng nghề có mười hai gian hàng đan lát, gốm và mật ong, đón hơn hai nghìn lượt khách trong ba ngày."
URL = "http://hoamay.example.vn/tin-tuc/ngay-hoi-lang-nghe.html"


def page(pager: str, head: str = "", below: str = "") -> str:
    return (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{TITLE}</title>{head}</head><body>'
        f'<ul class="menu"><li><a href="/">Trang chủ</a></li><li><a href="/tin-tuc">Tin tức</a></li></ul>'
        f"<div class='bai'><h1>{TITLE}</h1><span>05/04/2021 10:40</span><div class='nd'><p>{TEXT}</p><p>{TEXT}</p>"
        f"{pager}</div></div>{below}<div>Bản quyền UBND xã Hòa Mây</div></body></html>"
    )


@pytest.mark.parametrize(
    "pager",
    [
        '<p>Trang: <b>1</b> <a href="?page=2">2</a> | <a href="?page=3">3</a></p>',
        '<div class="phan-trang"><a href="/tin-tuc/ngay-hoi-lang-nghe.html?trang=2">Trang sau »</a></div>',
        '<ul class="pagination"><li class="active">1</li><li><a href="/tin-tuc/ngay-hoi-lang-nghe/2/">2</a></li></ul>',
        '<p><a href="ngay-hoi-lang-nghe-trang-2.html">Xem tiếp phần 2</a></p>',
        '<ul><li><a href="?start=1">Tiếp</a></li><li><a href="?showall=1">Tất cả các trang</a></li></ul>',
        '<p style="text-align:right"><em><a href="ngay-hoi-lang-nghe_p2.html">(Xem tiếp trang 2)</a></em></p>',
    ],
)
def test_a_continued_article_is_flagged_and_its_pager_is_no_paragraph(pager: str) -> None:
    record = read(page(pager), URL)
    assert record.paragraphs == [TEXT, TEXT]
    assert "continued" in record.flags


def test_a_next_page_in_the_head_is_one_of_the_article() -> None:
    assert "continued" in read(page("", '<link rel="next" href="?page=2">'), URL).flags
    other = '<link rel="next" href="/tin-tuc/khai-giang-lop-hoc-det-vai.html">'
    assert "continued" not in read(page("", other), URL).flags


@pytest.mark.parametrize(
    ("pager", "below"),
    [
        (
            "",
            '<h3>Tin liên quan</h3><ul><li><a href="/tin/a">Khai giảng lớp học dệt vải</a></li></ul><a href="?page=2">2</a>',
        ),
        ("", '<div class="comments">Bình luận <a href="?cpage=2">2</a> <a href="?page=2">2</a></div>'),
        ('<p>Xem thêm tại <a href="/tin-tuc/ngay-hoi-lang-nghe-2.html">Ngày hội làng nghề</a> năm trước.</p>', ""),
        ('<p>Theo <a href="/van-ban?page=2">văn bản số 2</a> của xã.</p>', ""),
        ('<p>Ảnh <a href="?sort=2">2</a> do Hoa Mơ chụp.</p>', ""),
    ],
)
def test_other_numbers_continue_nothing(pager: str, below: str) -> None:
    assert "continued" not in read(page(pager, below=below), URL).flags


@pytest.mark.parametrize(
    ("pager", "url"),
    [
        ('<p>Trang: <a href="ngay-hoi-lang-nghe.html">1</a> <b>2</b></p>', f"{URL}?page=2"),
        ('<p><a href="/tin-tuc/ngay-hoi-lang-nghe.html">« Trang trước</a></p>', f"{URL}?trang=3"),
        ('<ul><li><a href="/tin-tuc/ngay-hoi-lang-nghe/">1</a></li><li>2</li></ul>', f"{URL[:-5]}/2/"),
        ('<p><a href="ngay-hoi-lang-nghe.html">Trang 1</a></p>', f"{URL[:-5]}-trang-2.html"),
    ],
)
def test_a_later_page_says_that_there_is_more_of_its_article(pager: str, url: str) -> None:
    record = read(page(pager), url)
    assert record.paragraphs == [TEXT, TEXT]
    assert "continued" in record.flags


@pytest.mark.parametrize(
    ("pager", "url"),
    [
        ("", f"{URL}?page=2"),
        ('<p><a href="/tin-tuc/khai-giang.html">Bài trước</a></p>', f"{URL[:-5]}-phan-2.html"),
        ('<p>Tải <a href="/tin-tuc/ngay-hoi-lang-nghe.html">bản in</a></p>', f"{URL}?page=2"),
        ('<p><a href="/tin-tuc/24">Trang trước</a></p>', "http://hoamay.example.vn/tin-tuc/25"),
    ],
)
def test_an_address_with_a_number_alone_is_of_no_later_page(pager: str, url: str) -> None:
    assert "continued" not in read(page(pager), url).flags
