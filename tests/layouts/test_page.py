from collections.abc import Iterator
from weakref import ref

import pytest
from selectolax.lexbor import LexborNode

from wardnews import layouts, read
from wardnews.layouts import Fetch
from wardnews.layouts.generic import breadcrumb, page_view
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


def test_the_parts_of_an_article_go_when_nobody_holds_them_and_know_their_rivals() -> None:
    html = (
        "<title>Tổ dân phố số 5 sửa cầu gỗ đầu ngõ</title><p>Trang chủ » Đời sống</p>"
        "<h1>Tổ dân phố số 5 sửa cầu gỗ đầu ngõ</h1><p>Ngày đăng: 05/04/2021</p>"
        f"<p>{_TEXT}</p><p>{_TEXT}</p><p>Ngày họp lần sau: 12/04/2021</p>"
    )
    page = layouts.parse(html, Fetch("http://hangcau.example.vn/"))
    parts = layouts.LAYOUTS["anyportal"].locate(page)
    assert parts is not None
    assert [one.words for one in parts.rivals["header"]()] == ["Ngày họp lần sau: 12/04/2021"]
    held = ref(parts)
    del parts
    assert held() is None  # at once: what is in a cycle would keep the page's tree until Python looks for cycles


def test_a_large_menu_within_the_element_of_the_text_is_no_text() -> None:
    links = "".join(f"<li><a href='/muc-{at}'>Chuyên mục {at}</a></li>" for at in range(20))
    html = (
        f"<div><h1>Họp tổ dân phố số 5</h1><p>Ngày đăng 05/04/2021 | 17:15</p><p>{_TEXT}</p><p>{_TEXT}</p>"
        f"<div class=sidebar><ul>{links}</ul></div><p>Cuộc họp kết thúc. {_TEXT}</p></div>"
    )
    record = read(html, "http://hangcau.example.vn/hop-to-5.html")
    assert record.paragraphs == [_TEXT, _TEXT, f"Cuộc họp kết thúc. {_TEXT}"]


def test_no_element_is_searched_twice_for_the_eye_by_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    search = page_view.has_eye

    def note(node: LexborNode) -> bool | None:
        asked.append(node.mem_id)
        return search(node)

    monkeypatch.setattr(page_view, "has_eye", note)
    numbers = "".join(f"<p>{at % 31}</p>" for at in range(100))
    html = f"<div><h1>Họp tổ dân phố số 5</h1><p>Ngày đăng 05/04/2021</p><p>{_TEXT}</p>{numbers}</div>"
    read(html, "http://hangcau.example.vn/hop-to-5.html")
    assert len(asked) > 50
    assert len(asked) == len(set(asked))


def test_a_menu_named_like_a_breadcrumb_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    pieces = breadcrumb.pieces_of

    def count(node: LexborNode) -> Iterator[str]:
        for piece in pieces(node):
            seen.append(piece)
            yield piece

    monkeypatch.setattr(breadcrumb, "pieces_of", count)
    links = "".join(f"<a href='/muc-{at}'>Mục {at}</a>" for at in range(1000))
    text = f"<h1>Họp tổ dân phố số 5</h1><p>Ngày đăng 05/04/2021</p><p>{_TEXT}</p>"
    read(f"{text}{'<div class=breadcrumb>' * 5}{links}", "http://hangcau.example.vn/hop-to-5.html")
    assert 1000 < len(seen) < 15 * 400
