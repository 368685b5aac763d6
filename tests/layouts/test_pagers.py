from __future__ import annotations

import pytest

from wardnews.layouts import Fetch, parse
from wardnews.layouts.pagers import next_page

HOST = "http://hoasua.example.vn"
STATE = "<input type=hidden name=__VIEWSTATE value=x>"


def following(path: str, html: str, form: dict[str, str] | None = None) -> Fetch | None:
    return next_page(parse(html, Fetch(HOST + path, form)))


@pytest.mark.parametrize(
    ("path", "html", "expected"),
    [
        ("/tin?page=5", "<a href=?page=0>«</a><a href=?page=6>›</a><a href=?page=9>»</a>", "/tin?page=6"),
        ("/tin", "<b>1</b><a href=?page=1>2</a><a href=?page=2>3</a><a href=?page=9>»</a>", "/tin?page=1"),
        ("/tin", "<b>1</b><a href=?page=2>2</a><a href=?page=3>3</a>", "/tin?page=2"),
        ("/tin?cn=28&trang=3", "<a href='?trang=4&amp;cn=28'>4</a>", "/tin?trang=4&cn=28"),
        ("/tin?start=20", "<a href=/tin>1</a><a href=?start=30>4</a><a href=?start=90>Cuối</a>", "/tin?start=30"),
        ("/tin/page/2/", "<a href=/tin/>1</a><a href=/tin/page/3/>3</a>", "/tin/page/3/"),
        ("/tin/", "<a href=/tin/page-2/>2</a>", "/tin/page-2/"),
        ("/tin?page=9", "<a href=?page=8>8</a><a href=/khac/>Tiếp</a>", None),
        ("/tin", "<a href=/khac?page=2>2</a>", None),
        ("/tin", "<a href=/tin/b>Trang sau »</a><a href=/tin/z>Trang cuối »</a>", "/tin/b"),
        ("/tin", "<a href=/bai>Sau lễ hội</a><a href=/tin/b>›</a><a href=/tin/z>»</a>", "/tin/b"),
        ("/tin", "<a href=/tin/z>»</a><a href=/tin/b title='Trang sau'>&gt;</a>", "/tin/b"),
        ("/tin", "<a href=/tin/z class=last>»</a>", None),
        ("/tin", "<a href=http://khac.example.vn/tin/b>Trang sau</a><a href='#'>Tiếp</a>", None),
        ("/tin", "<a href=/tin/x rel=next>xem</a><a href=/tin/b>Sau</a>", "/tin/x"),
        (
            "/tin-2.html",
            "<a href=/tin.html>1</a><a class=active href=/tin-2.html>2</a><a href=/tin-3.html>3</a>",
            "/tin-3.html",
        ),
        ("/", "<a href=/?p=51027>Bài viết</a><a href=/page/2/>Trang tiếp</a>", "/page/2/"),
    ],
)
def test_the_next_page_by_its_address(path: str, html: str, expected: str | None) -> None:
    assert following(path, html) == (Fetch(HOST + expected) if expected else None)


def call(target: str, argument: str, words: str) -> str:
    return f"""<a href="javascript:__doPostBack('{target}','{argument}')">{words}</a>"""


@pytest.mark.parametrize(
    ("html", "argument", "expected"),
    [
        (f"<p><span>1</span>{call('g', 'Page$2', '2')}{call('g', 'Page$Last', '»')}</p>", None, ("g", "Page$2")),
        (f"<p>{call('p', '1', '1')}<span>2</span>{call('p', '3', '3')}{call('p', '9', 'Cuối')}</p>", "2", ("p", "3")),
        (f"<p><span>10</span>{call('g', 'Page$1', '...')}{call('g', 'Page$11', '...')}</p>", None, ("g", "Page$11")),
        (
            f"<p>{call('a', '', 'Trang trước')}{call('b', '', 'Trang sau')}{call('c', '', 'Trang cuối')}</p>",
            "",
            ("b", ""),
        ),
        (f"<p><a class=aspNetDisabled>2</a>{call('r$l3', '', '3')}{call('r$l1', '', '1')}</p>", "", ("r$l3", "")),
        (f"<p>{call('g', 'Page$1', '1')}<span>2</span></p>", "Page$2", None),
        (
            f"<td>{call('cal', '8432', '2')}</td><td>{call('cal', 'V8460', '&gt;')}</td>{call('exit', '', 'Thoát')}",
            None,
            None,
        ),
    ],
)
def test_the_next_page_by_postback(html: str, argument: str | None, expected: tuple[str, str] | None) -> None:
    form = None if argument is None else {"__EVENTTARGET": "g", "__EVENTARGUMENT": argument}
    found = following("/tin.aspx", STATE + html, form)
    if expected is None:
        assert found is None
    else:
        names = {"__EVENTTARGET": expected[0], "__EVENTARGUMENT": expected[1]}
        assert found == Fetch(HOST + "/tin.aspx", {"__VIEWSTATE": "x", **names})
