"""What hostile or broken pages and lists can do to the reader: it reads or refuses them, soon, and never breaks."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import thread_time
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wardnews import layouts
from wardnews.errors import UnreadablePage
from wardnews.items import Article, json_line
from wardnews.layouts import LAYOUTS, Fetch, Page
from wardnews.reading.page import read_page
from wardnews.text.clock import EXAMPLE_NOW
from wardnews.text.credits import parse_credits
from wardnews.text.encoding import decode, doubtful_letters
from wardnews.text.header import count_unread, is_part_of_header, parse_count, parse_header
from wardnews.text.urls import LONGEST

URL = "https://hoasua.example.vn/tin-tuc/giao-ban-12.html"
TITLE = "Đảng ủy phường Hoa Sữa giao ban công tác tháng 4"
HEADER = "Ngày đăng: 05/04/2021 17:15 | Lượt xem: 81"
SENTENCE = "Sáng 5/4, Đảng ủy phường Hoa Sữa giao ban công tác tháng 4 với các chi bộ và đoàn thể."
SOON = 60.0
"""Seconds: many times what each page takes, and a fraction of what it takes where the cost is quadratic."""


def article_page(title: str = TITLE, header: str = HEADER, body: str = "") -> str:
    return (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1><div class='date'>{header}</div>"
        f"<div class='content'><p>{SENTENCE}</p><p>{body}</p></div></body></html>"
    )


def read(html: str | bytes, url: str = URL) -> Article | None:
    """Do with a page all that a crawl may do with it, its system known or not; give its article."""
    try:
        page = layouts.parse(html, Fetch(url))
        layout = layouts.recognise(page)
    except UnreadablePage:
        return None
    for one in {layout.name: layout, "anyportal": LAYOUTS["anyportal"]}.values():
        one.read_listing(page)
        one.read_links(page)
        one.read_sections(page)
        one.read_related(page)
        one.read_feed(page)
    try:
        article = read_page(html, url, {})
    except UnreadablePage:
        return None
    assert json_line(article).encode()
    return article


@contextmanager
def soon() -> Iterator[None]:
    start = thread_time()
    yield
    assert thread_time() - start < SOON


def many(make: str, count: int) -> str:
    return "".join(make.format(number) for number in range(count))


READ = {
    "no blanks": article_page(body="a" * 3_000_000),
    "digits": article_page(body="1" * 3_000_000),
    "no end of words": article_page(body="tin " * 700_000),
    "one line of 10 MB": article_page(body=f"{SENTENCE} " * 90_000),
    "empty paragraphs": article_page(body="<p></p>" * 100_000),
    "blank paragraphs": article_page(body="<p>&nbsp;</p>" * 50_000),
    "line breaks": article_page(body="x<br>" * 30_000),
    "links in a line": article_page(body=many("<a href=/tin/a-{0}.html>Tin số {0} của phường Hoa Sữa</a> ", 20_000)),
    "pictures": article_page(body=many("<img src=/{0}.jpg>", 5_000)),
    "pictures in a figure": article_page(
        body="<figure>" + many("<img src=/{0}.jpg><figcaption>Ảnh {0}</figcaption>", 5_000) + "</figure>"
    ),
    "tables in tables": article_page(body="<table><tr><td>x<td>y" * 400 + "<img src=/x.jpg>"),
    "cells in a row": article_page(body="<table><tr>" + "<td>x" * 30_000 + "</table>"),
    "header lines": article_page(header="</p><p>".join([HEADER] * 3_000)),
    "articles": article_page(body=f"<h2>{TITLE}</h2><div>{HEADER}</div><p>x</p><p>y</p><p>z</p>" * 1_500),
    "headings": article_page(body=many("<h2>Phường Hoa Sữa họp bàn việc {0}</h2>", 5_000)),
    "labels": article_page(body=many("<div>" + "cập nhật ngày " * 12 + "x 05/04/2021 {0}</div>", 500)),
    "hard blanks": article_page(title="Hoa" + "\xa0" * 400_000 + "Sữa", body="Trang chủ » a" + "\xa0" * 400_000 + "b"),
    "credits": article_page(body="<p>Tác giả: Lê Mây</p>" * 10_000),
    "ampersands": article_page(body="&" * 1_000_000),
    "angles": article_page(body="<" * 1_000_000),
    "comments": article_page(body="<!--" * 500_000),
    "a state of 4 MB": article_page(body="<input type=hidden name=__VIEWSTATE value=" + "A" * 4_000_000 + ">"),
    "a script of 4 MB": article_page(body="<script>" + "if (a<b) c();" * 300_000 + "</script>"),
    "lists in JSON-LD": article_page(body="<script type='application/ld+json'>" + "[" * 200_000 + "</script>"),
    "blanks in a tag": article_page(body=("<a" + " " * 4_000 + ">") * 100),
}


@pytest.mark.parametrize("name", READ)
def test_a_monstrous_page_is_read_soon(name: str) -> None:
    with soon():
        article = read(READ[name])
    assert article is not None
    assert SENTENCE in article.text


NO_ARTICLE: dict[str, str | bytes] = {
    "links in a list": article_page(
        body=many("<li><a href=/a-{0}.html>Tin số {0} phường Hoa Sữa</a><p>05/04/2021", 4_000)
    ),
    "a title of 1 MB": article_page(title="Phường Hoa Sữa " * 60_000),
    "labels without end": article_page(header="Ngày đăng " * 100_000),
    "views without end": article_page(header="xem " * 100_000 + "05/04/2021"),
    "postbacks": many("<a href=\"javascript:__doPostBack('a','Page$1')\">1</a>", 5_000),
    "pagers": "<div>" + many("<span>1</span><a href=/x?y={0}>2</a>", 3_000),
    "an endless page number": "<div><span>1</span><a href=/x>" + "2" * 5_000 + "</a><b>" + "9" * 5_000 + "</b></div>",
    "an endless posted number": f"<a href=\"javascript:__doPostBack('a','Page${'9' * 5_000}')\">2</a>",
    "nothing but a tag": "<a" + " " * 2_000_000,
    "attributes": article_page(body="<p " + many("a{0}=1 ", 500_000) + ">x"),
    "attributes without blanks": article_page(body="<p " + many("a{0}='>'", 500_000) + ">x"),
    "attributes in many tags": article_page(body=("<p " + many("a{0} ", 4_900) + ">x") * 100),
    "nested": article_page(body="<div>" * 1_000_000),
    "nested, with ends of nothing": article_page(body="<span></i>" * 500_000),
    "nested behind a comment": article_page(body="<!--><div>" + "<span></i>" * 500_000),
    "nested tables": article_page(body="<table><tr><td>x" * 5_000),
    "many nested": article_page(body="<div>" * 1_000 + "<p>x" * 30_000),
    "entries of NukeViet": "<meta name=generator content=NukeViet><div class=news_column>"
    + "<div class=panel-body>x</div>" * 40_000,
    "a compressed list": gzip.compress(b"<urlset/>"),
    "nothing": b"",
    "zeros": b"\0" * 100_000,
    "bytes": bytes(range(256)) * 4_000,
}


@pytest.mark.parametrize("name", NO_ARTICLE)
def test_what_is_no_page_is_refused_soon(name: str) -> None:
    with soon():
        assert read(NO_ARTICLE[name]) is None


@pytest.mark.parametrize(
    ("header", "published", "views"),
    [
        ("05/04/2021 | Lượt xem: " + "9" * 5_000, "2021-04-05", None),
        ("99/99/9999 | Lượt xem: 81", None, 81),
        ("31/02/2021 | Lượt xem: 81", None, 81),
        ("05/04/0000 | Lượt xem: 81", None, 81),
        ("Ngày đăng: 05/04/2021 | Lượt xem: -5", "2021-04-05", None),
        ("\uff10\uff15/\uff10\uff14/\uff12\uff10\uff12\uff11 | Lượt xem: \uff18\uff11", "2021-04-05", 81),
        ("\u0660\u0665/\u0660\u0664/\u0662\u0660\u0662\u0661 | Lượt xem: \u0668\u0661", "2021-04-05", 81),
        ("05/04/2021 99:99 | Lượt xem: 81", None, 81),
        ("9" * 5_000 + " ngày trước", None, None),
        ("05/04/2021" + " 05/04/2021" * 10_000, None, None),
        ("2021-04-05T17:15:00+99:99", None, None),
    ],
)
def test_absurd_headers_give_no_absurd_facts(header: str, published: str | None, views: int | None) -> None:
    with soon():
        meaning = parse_header(header, EXAMPLE_NOW)
    assert (meaning.published, meaning.views) == (published, views)
    assert published or meaning.flags


WORDS = (
    "ngày đăng ",
    "cập nhật ngày ",
    "lượt xem: ",
    "5 phút trước ",
    "thứ 2 ",
    "SA",
    "đ",
    "tháng 4 năm 2021",
    "(GMT+7)",
)
FIGURES = ("05/04/2021", "17:15", "81", "9" * 30, "|", " ", "\xa0", "- ", "2021-04-05T17:15", "\u0663", "²", "½", "一")
SCRAPS = st.sampled_from([*WORDS, *FIGURES, "😀", "\ud800", "\u202e"])


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.lists(SCRAPS | st.text(max_size=3), max_size=30).map("".join))
def test_any_line_can_be_read_as_a_header(line: str) -> None:
    header = parse_header(line, EXAMPLE_NOW)
    assert header.published or header.views is not None or header.flags
    parse_count(line)
    is_part_of_header(line)
    count_unread(line)
    parse_credits([line])
    doubtful_letters(line)


@pytest.mark.parametrize(
    "words", ["cập nhật ngày ", "đăng vào lúc ", "lượt xem ", "thứ 2 - ", "5 ", "05/04/2021 ", "a | ", "( "]
)
def test_no_line_takes_long(words: str) -> None:
    with soon():
        for end in ("", "x", "05/04/2021", "17:15 x 05/04/2021 y"):
            for line in (words * 14 + end, words * 40 + end, words * 20_000 + end):
                parse_header(line, EXAMPLE_NOW)
                is_part_of_header(line)


TAGS = "div p span table tr td a li ul h1 h2 time b script style title nav footer form svg math template select".split()
ATTRIBUTES = [
    "",
    " class=date",
    " class=content",
    " href='/a-1.html'",
    " href=//[",
    " datetime='05/04/2021'",
    " hidden",
    " href",
]
MARKUP = st.one_of(
    st.builds("<{}{}>".format, st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES)),
    st.builds("</{}>".format, st.sampled_from(TAGS)),
    st.sampled_from(
        [TITLE, HEADER, SENTENCE, "Trang chủ » Tin tức", "Tin liên quan", "<!--", "-->", "&#xD800;", "&", "<"]
    ),
    st.text(max_size=5),
)


@settings(derandomize=True, max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(MARKUP, max_size=40).map("".join))
def test_any_markup_is_read_or_refused(markup: str) -> None:
    read(markup)
    read(article_page(body=markup))


@settings(derandomize=True, max_examples=150, deadline=None)
@given(
    st.binary(max_size=300), st.sampled_from(["", "utf-8", "windows-1258", "utf-16", "gb2312", "x-sjis", "\0", "idna"])
)
def test_any_bytes_are_read_or_refused(body: bytes, charset: str) -> None:
    decoded, _ = decode(body, charset)
    decoded.encode()
    read(article_page().encode() + body)
    read(body)


# --- lists for machines --------------------------------------------------------------------------------------


def listed(body: str | bytes, url: str = "https://hoasua.example.vn/feed") -> layouts.Listing | None:
    with soon():
        try:
            return LAYOUTS["wordpress"].read_feed(layouts.parse(body, Fetch(url)))
        except UnreadablePage:
            return None


def feed(entry: str, before: str = "<?xml version='1.0'?>") -> str:
    return f"{before}<rss><channel><item>{entry}</item></channel></rss>"


LAUGHS = "<!DOCTYPE l [<!ENTITY a 'haha'>" + many("<!ENTITY a{0}a '" + "&a;" * 10 + "'>", 30) + "]>"


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """Serve nothing on loopback, and note what is asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}", asked
        serving.shutdown()
        thread.join()


def test_nothing_outside_of_a_list_is_read_for_it(server: tuple[str, list[str]], tmp_path: Path) -> None:
    address, asked = server
    (tmp_path / "mat-khau.txt").write_text("mat-khau", encoding="utf-8")
    for outside in (f"{address}/x", (tmp_path / "mat-khau.txt").as_uri()):
        for doctype in (
            f"<!DOCTYPE r SYSTEM '{outside}'>",
            f"<!DOCTYPE r [<!ENTITY x SYSTEM '{outside}'>]>",
            f"<!DOCTYPE r [<!ENTITY % x SYSTEM '{outside}'> %x;]>",
        ):
            found = listed(feed("<title>&x;</title><link>https://hoasua.example.vn/tin/&x;</link>", doctype))
            read(doctype + article_page())
            assert found is None or not [entry for entry in found.entries if "mat-khau" in repr(entry)]
        read(f"<?xml-stylesheet href='{outside}'?><script src='{outside}'></script>" + article_page())
    assert asked == []


@pytest.mark.parametrize(
    "body",
    [
        feed("<title>&a;</title><link>/?p=1</link>", LAUGHS.replace("&a;", "&a1a;")),
        "<rss>" + "<item>" * 200_000,
        "<urlset>" + "<a>" * 1_000 + "</a>" * 1_000,
        "[" * 300_000,
        '{"a":' * 200_000,
        "[" + "9" * 10_000 + "]",
        "[1e999999999, NaN, null, {}, []]",
        "<?xml",
        "<rss",
        "<feed/>",
        b"<rss>" + b"\xff" * 1_000,
        "<?xml version='1.0' encoding='utf-7'?><rss/>",
    ],
    ids=range(12),
)
def test_a_broken_list_names_nothing(body: str | bytes) -> None:
    found = listed(body)
    assert found is None or [entry.title for entry in found.entries] in ([], [""])


def test_a_sitemap_of_9_mb_is_read_soon() -> None:
    body = (
        "<urlset>"
        + many("<url><loc>https://hoasua.example.vn/?p={0}</loc></url>", 60_000)
        + " " * 6_000_000
        + "</urlset>"
    )
    found = listed(body)
    assert found
    assert len(found.entries) == 50_000  # what the protocol allows


def test_only_web_addresses_are_taken_from_a_list() -> None:
    places = [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://hoasua.example.vn/?p=1",
        "https://[x",
    ]
    places += [
        "https://ten:matkhau@hoasua.example.vn/?p=2",
        "/?p=" + "3" * LONGEST,
        "",
        "https://hoasua.example.vn/?p=4",
    ]
    found = listed("<urlset>" + "".join(f"<url><loc>{place}</loc></url>" for place in places) + "</urlset>")
    assert found
    assert [entry.url for entry in found.entries] == ["https://hoasua.example.vn/?p=4"]


def test_a_list_of_lists_does_not_name_itself() -> None:
    lists = "".join(f"<sitemap><loc>https://hoasua.example.vn/{name}</loc></sitemap>" for name in ("feed", "tin.xml"))
    found = listed(f"<sitemapindex>{lists}<sitemap><loc>file:///x</loc></sitemap></sitemapindex>")
    assert found
    assert found.lists == ("https://hoasua.example.vn/tin.xml",)


@pytest.mark.parametrize("encoding", ["windows-1258", "us-ascii", "utf-16", "none", "x-sjis"])
def test_a_feed_in_utf_8_may_call_itself_anything(encoding: str) -> None:
    found = listed(feed(f"<title>{TITLE}</title><link>/?p=1</link>", f"<?xml version='1.0' encoding='{encoding}'?>"))
    assert found
    assert [entry.title for entry in found.entries] == [TITLE]


def test_a_feed_in_windows_1258_is_read() -> None:
    head = "<?xml version='1.0' encoding='windows-1258'?>"
    found = listed(feed("<title>Hoòp Ðê</title><link>/?p=1</link>", head).encode("latin-1"))
    assert found
    assert [entry.title for entry in found.entries] == ["Họp Đê"]


@pytest.mark.parametrize(
    ("post", "title"),
    [
        ('{"link": "/?p=1", "title": {"rendered": 5}, "date": 3}', ""),
        ('{"link": "/?p=1", "title": 7}', ""),
        ('{"link": "/?p=1"}', ""),
        ('{"link": "/?p=1", "title": {"rendered": "Họp"}, "date": "2021-04-05T17:15:00"}', "Họp"),
    ],
)
@pytest.mark.parametrize("query", ["", "?page=x", "?page=" + "9" * 5_000, "?per_page=0&page=-1"])
def test_posts_of_any_type_are_read(post: str, title: str, query: str) -> None:
    found = listed(f"[{post}, 5, null]", "https://hoasua.example.vn/wp-json/wp/v2/posts" + query)
    assert found
    assert [entry.title for entry in found.entries] == [title]


@pytest.mark.parametrize(
    "date",
    ["", "x", "31 Feb 2021 25:00:00", "Mon, 05 Apr 2021 17:15:00 +9999999", "9" * 5_000, "1 Jan 99999999999999999999"],
)
def test_a_bad_date_costs_no_entry(date: str) -> None:
    found = listed(feed(f"<title>Họp</title><link>/?p=1</link><pubDate>{date}</pubDate>"))
    assert found
    assert [entry.title for entry in found.entries] == ["Họp"]


# --- addresses -----------------------------------------------------------------------------------------------

PAGE = layouts.parse("<p>", Fetch("https://hoasua.example.vn:443/tin/bai.html?x=1"))
HERE = "https://hoasua.example.vn/tin/a.html"


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("a.html", HERE),
        ("/tin/a.html#top", HERE),
        (" \n/tin/a.html\t", HERE),
        ("/ti\nn/a.h\ttml", HERE),
        ("https://hoasua.example.vn:443/tin/a.html", HERE),
        ("HTTPS://HoaSua.example.vn/tin/a.html", HERE),
        ("//hoasua.example.vn/tin/a.html", HERE),
        ("/x/../tin/./a.html", HERE),
        ("https://hoasua.example.vn/x/../tin/a.html", HERE),
        ("../../../tin/a.html", HERE),
        ("https://hoasua.example.vn", "https://hoasua.example.vn/"),
        ("/b%c3%a0i", "https://hoasua.example.vn/b%C3%A0i"),
        ("/bài", "https://hoasua.example.vn/b%C3%A0i"),
        ("https://hoasua.example.vn:8443/a", "https://hoasua.example.vn:8443/a"),
        ("http://hoasua.example.vn/tin/a.html", "http://hoasua.example.vn/tin/a.html"),
        ("https://phường.example.vn/a", "https://xn--phng-rib8295b.example.vn/a"),
        ("https://ten:matkhau@hoasua.example.vn/", None),
        ("https://ten@hoasua.example.vn/", None),
        ("/" + "a" * LONGEST, None),
        ("/?q=" + "ă" * (LONGEST // 2), None),
        ("https://[hoasua", None),
        ("https://" + "a" * 70 + "ă.vn/", None),
        ("javascript:void(0)", None),
        (" file:///etc/passwd", None),
        ("data:text/html,x", None),
        ("mailto:x@example.vn", None),
        ("#top", None),
        ("", None),
        (None, None),
    ],
)
def test_a_link_is_one_plain_address_or_none(href: str | None, url: str | None) -> None:
    assert PAGE.link(href) == url


SAME = [
    "{0};jsessionid=1F00AB",
    "{0}?PHPSESSID=0123456789abcdef0123456789",
    "{0}?utm_source=zalo&utm_medium=x&fbclid=y",
    "{0}?sid=0123456789abcdef0123456789abcdef",
    "{0}?ASPSESSIONIDQQ=ABCDEFGHIJKLMNOPQRSTUVWX",
    "{0}#binh-luan",
]


@pytest.mark.parametrize("name", ["anyportal", "dotnetnuke", "sharepoint"])
@pytest.mark.parametrize("form", [*SAME, "https://hoasua.example.vn/(S(0a1b2c3d4e))/tin/a.html"])
def test_an_article_has_one_address(name: str, form: str) -> None:
    assert LAYOUTS[name].canonical(form.format(HERE)) == HERE


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("form", SAME[1:])
def test_sessions_and_trackers_are_of_no_address(name: str, form: str) -> None:
    canonical = LAYOUTS[name].canonical
    assert canonical(form.format(HERE)) == canonical(HERE)


@pytest.mark.parametrize("name", ["anyportal", "dotnetnuke", "sharepoint"])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/tin.aspx?sid=12", "/tin.aspx?sid=13"),
        ("/tin/a", "/tin/A"),
        ("/tin/a", "/tin/b"),
        ("/b%C3%A0i", "/bai"),
        ("/tin?newsid=1&a=2", "/tin?newsid=2&a=2"),
    ],
)
def test_different_articles_keep_different_addresses(name: str, one: str, other: str) -> None:
    canonical = LAYOUTS[name].canonical
    assert canonical("https://hoasua.example.vn" + one) != canonical("https://hoasua.example.vn" + other)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(
    st.text("aZ0/.:@;?&=%2Fđ \t\n#[]\\\x00\ud800²", max_size=25),
    st.sampled_from(["", "/", "//", "http://", "https://a.vn/", "?start="]),
)
def test_any_href_is_an_address_or_none(tail: str, start: str) -> None:
    url = PAGE.link(start + tail)
    if url is None:
        return
    parts = urlsplit(url)
    assert parts.scheme in ("http", "https")
    assert url.isascii()
    assert "@" not in parts.netloc
    for layout in LAYOUTS.values():
        canonical = layout.canonical(url)
        assert canonical is None or layout.canonical(canonical) in (canonical, None)


@pytest.mark.parametrize("name", LAYOUTS)
def test_endless_numbers_in_addresses_are_no_error(name: str) -> None:
    digits = "9" * 5_000
    for tail in (
        f"?start={digits}",
        f"?page={digits}",
        f"/page/{digits}",
        f"?_101_INSTANCE_x_cur={digits}",
        f"/a-{digits}.html",
    ):
        url = "https://hoasua.example.vn/tin" + tail
        LAYOUTS[name].canonical(url)
        page: Page = layouts.parse(
            f"<ul class=pagination><li class=active>1<li><a href='{tail}'>2</a></ul>", Fetch(url)
        )
        LAYOUTS[name].next_fetch(page)


@pytest.mark.parametrize("pump", ["?", "/1-a", "tin", "id=1&", "-", "_cur=2&_"])
def test_no_address_takes_more_time_than_its_length_allows(pump: str) -> None:
    began = thread_time()
    for layout in LAYOUTS.values():
        for start in ("http://a.vn/", "http://a.vn/?option=com_content&", "http://a.vn/?p_p_id="):
            url = start + pump * (7_900 // len(pump))
            layout.url_id(url)
            with suppress(ValueError):
                layout.canonical(url)
    assert thread_time() - began < 2
