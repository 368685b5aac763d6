import pytest

from wardnews import layouts, read
from wardnews.layouts import Fetch
from wardnews.layouts.generic.reader import Reader
from wardnews.layouts.page import HIDDEN, hides_by_class

_TEXT = "Sáng nay, tổ dân phố số 5 phường Hàng Cau họp bàn việc sửa lại cây cầu gỗ bắc qua con mương đầu ngõ."


@pytest.mark.parametrize(
    "classes",
    [
        *("tin hide", "hidden", "hidden md:flex", "hidden-xs", "d-none", "d-none d-md-block", "tin\tsr-only", "hides"),
        *("visually-hidden", "fb-post tin", "twitter-tweet", "instagram-media", "screen-reader-text", "Hidden", ""),
    ],
)
def test_classes_hide_as_the_selector_says(classes: str) -> None:
    page = layouts.parse(f"<!doctype html><p class='{classes}'>x</p>", Fetch("http://hangcau.example.vn/"))
    assert hides_by_class(classes) is bool(page.tree.css(HIDDEN))


def test_links_and_what_speaks_to_machines_are_told_apart() -> None:
    html = (
        "<title>Tin</title><meta name=x content=y><a href=a>1</a><a name=b>2</a><a href=c download>3</a>"
        "<a href=d rel='category tag'>4</a><a href=e rel=nofollow>5</a><iframe src=f></iframe><time datetime=g>6</time>"
        "<p itemprop=datePublished>7</p>"
    )
    page = layouts.parse(html, Fetch("http://hangcau.example.vn/"))
    assert [href for _, href in page.links] == ["a", "c", "d", "e"]
    assert [node.tag for node, _ in page.marked] == ["title", "meta", "a", "a", "iframe", "time", "p"]
    assert [attributes["href"] for _, attributes in page.marked if "href" in attributes] == ["c", "d"]


def test_a_page_and_its_reader_go_when_nobody_holds_the_page() -> None:
    page = layouts.parse(f"<p>{_TEXT}</p>", Fetch("http://hangcau.example.vn/"))
    reader = page.once(Reader)
    assert page.once(Reader) is reader
    assert reader.page.url == page.url
    del page
    with pytest.raises(ReferenceError):
        str(reader.page.url)


def test_a_large_menu_within_the_element_of_the_text_is_no_text() -> None:
    links = "".join(f"<li><a href='/muc-{at}'>Chuyên mục {at}</a></li>" for at in range(20))
    html = (
        f"<div><h1>Họp tổ dân phố số 5</h1><p>Ngày đăng 05/04/2021 | 17:15</p><p>{_TEXT}</p><p>{_TEXT}</p>"
        f"<div class=sidebar><ul>{links}</ul></div><p>Cuộc họp kết thúc. {_TEXT}</p></div>"
    )
    record = read(html, "http://hangcau.example.vn/hop-to-5.html")
    assert record.paragraphs == [_TEXT, _TEXT, f"Cuộc họp kết thúc. {_TEXT}"]
