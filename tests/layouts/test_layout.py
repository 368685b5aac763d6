from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any
from unicodedata import normalize
from urllib.parse import urljoin
from urllib.request import urlopen

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from w3lib.url import safe_url_string

from wardnews import layouts, read
from wardnews.demo import PracticePortal, newszone
from wardnews.errors import UnreadablePage
from wardnews.items import Article
from wardnews.layouts import Fetch
from wardnews.layouts.families.hanoi_newszone import tokens
from wardnews.layouts.page import words_of
from wardnews.reading.page import read_file
from wardnews.sites import load_sites
from wardnews.text.strings import tidy
from wardnews.text.urls import plain

RECORDINGS = sorted(Path(__file__).parents[1].joinpath("pages").glob("*/*.html"))
SITES = load_sites()


def look(html: str | bytes, url: str) -> dict[str, Any]:
    """Read all that a layout can tell of a page."""
    page = layouts.parse(html, Fetch(url))
    layout = layouts.recognise(page)
    listing = layout.read_listing(page)
    return {
        "layout": layout.name,
        "entries": [{k: v for k, v in asdict(entry).items() if k != "key"} for entry in listing.entries],
        "next": asdict(listing.next) if listing.next else None,
        "note": listing.note,
        "sections": layout.read_sections(page),
        "related": [entry.url for entry in layout.read_related(page)],
    }


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_recordings(recording: Path) -> None:
    expected = json.loads(recording.with_suffix(".json").read_text(encoding="utf-8"))
    html, url = recording.read_bytes(), expected.pop("url")
    article = expected.pop("article")
    seen = look(html, url)
    assert seen["layout"] == recording.parent.name
    assert {name: seen[name] for name in expected} == expected
    if article is None:
        count = len(expected["entries"])
        with pytest.raises(
            UnreadablePage, match=f"a listing of {count} articles" if count else "without an article|a legal"
        ):
            read(html, url)
    else:
        record = asdict(read(html, url))
        assert {name: record[name] for name in article} == article


def test_every_layout_has_recordings_and_every_recording_a_layout() -> None:
    assert {recording.parent.name for recording in RECORDINGS} == set(layouts.LAYOUTS)
    for layout in layouts.LAYOUTS:
        kinds = {recording.stem for recording in RECORDINGS if recording.parent.name == layout}
        assert {"article", "listing"} <= kinds


def test_every_practice_article_is_read_as_it_was_written(portal: PracticePortal) -> None:
    for article in portal.articles:
        for path in article.paths:
            base = portal.liferay_url if article.generation == "liferay" else portal.newszone_url
            with urlopen(base + path.removeprefix("/")) as answer:
                record = read(answer.read(), base + path.removeprefix("/"))
            views = portal.views(article) if article.generation == "liferay" else None
            assert record.text == article.text(views if article.views is not None else None)
            assert record.id.endswith(f":{article.id}")
            assert record.url == portal.url(article)
            assert (record.title, record.section, record.lead) == (article.title, article.section, article.lead)
            assert (record.author, tuple(record.paragraphs)) == (article.author, article.paragraphs)
            images = [(image.url.removeprefix(base[:-1]), image.caption, image.alt) for image in record.images]
            assert images == list(article.images)
            documents = [(file.url.removeprefix(base[:-1]), file.title) for file in record.attachments]
            assert documents == list(article.attachments)
            assert record.published is not None
            stamp = article.published.isoformat(timespec="minutes") + "+07:00"
            assert record.published == (stamp if article.time_known else stamp[:10])
            assert record.views == (views if article.views is not None else None)


@given(
    st.sampled_from(("/", "http://hoasua.example.vn/", "https://hoasua.example.vn", "http://hoasua.example.vn:80/")),
    st.text("aZ0/.-_~!$()*+,;=:@&?%2F'\" #\\đ", max_size=12),
)
@example("/", "/tin/./a")
@example("/", "/tin/../a")
@example("http://Hoasua.example.vn", "/tin/a")
@example("http://hoasua.example.vn", "/tin/.")
@example("/", "/a?b=1&amp;c")
@example("http://hoasua..vn", "/a?")
@example("/", ";")
@example("/", "/%zz")
def test_links_are_joined_and_quoted_as_by_the_libraries(start: str, tail: str) -> None:
    page = layouts.parse("<p>", Fetch("http://hoasua.example.vn:8080/tin/bai.html?x=1"))
    href = start + tail
    try:
        expected: str | None = plain(safe_url_string(urljoin(page.url, href.strip())))
    except ValueError:
        expected = None
    if not href.startswith("//"):
        assert page.link(href) == expected


@pytest.mark.parametrize("path", ["trang-chu", "so-do-website", "tin-noi-bat", "gioi-thieu", "lien-he", "dang-nhap"])
def test_no_article_comes_out_of_a_page_that_is_none(portal: PracticePortal, path: str) -> None:
    with urlopen(portal.liferay_url + path) as answer, pytest.raises(UnreadablePage):
        read(answer.read(), portal.liferay_url + path)


@pytest.mark.parametrize("title", ["Giới thiệu phường Hàng Cau", "Lịch sử hình thành phường Hàng Cau"])
def test_a_date_in_a_sentence_makes_no_article_of_a_static_page(title: str) -> None:
    html = f"<title>{title}</title><h1>{title}</h1><div><p>Phường thành lập ngày 05/04/1981.</p>"
    html += "<p>Phường có 9 tổ dân phố và 21.000 nhân khẩu, nằm bên bờ trái sông Cau.</p></div>"
    with pytest.raises(UnreadablePage, match="a page without an article"):
        read(html, "https://hangcau.example.vn/gioi-thieu")


def test_a_dateline_dates_an_article() -> None:
    title = "Phường Hàng Cau trồng thêm hai trăm cây cau"
    html = f"<title>{title}</title><h1>{title}</h1><div><p>Hàng Cau, ngày 05/04/2021.</p>"
    html += "<p>Sáng nay, học sinh và phụ lão phường trồng thêm hai trăm cây cau dọc bờ trái sông Cau.</p></div>"
    assert read(html, "https://hangcau.example.vn/trong-cau").published == "2021-04-05"


SILENT = [
    "<button>Nghe bài</button>",
    "<script>dem()</script>",
    "<style>h1 { color: red }</style>",
    "<noscript>Hãy bật JavaScript</noscript>",
    "<template>Mẫu</template>",
    "<textarea>Góp ý</textarea>",
    "<select><option>Tiếng Việt</option></select>",
    "<svg><title>Biểu tượng</title></svg>",
    "<video>Không xem được</video>",
    "<!-- ghi chú -->",
    "<span hidden>ẩn</span>",
    "<span style='color: red; DISPLAY: none'>ẩn</span>",
]


@pytest.mark.parametrize("layout", ["hanoi-newszone", "anyportal"])
@pytest.mark.parametrize("silent", SILENT)
def test_what_is_not_shown_as_text_is_read_by_no_part(silent: str, layout: str) -> None:
    title, told = "Họp giao ban tháng 4 tại phường", "Sáng 5/4, Đảng ủy phường Hoa Sữa họp và giao việc của quý tới{}."
    html = f"""<title>{title}</title><ul class="breadcrumb"><li><a href="/">Trang chủ</a></li>
        <li><a href="/hdd">Hoạt động</a>{silent}</li></ul><h1 class="detail-title">{title} {silent}</h1>
        <div class="detail-time">05/04/2021 17:15 {silent}</div>
        <div class="detail-content afcbc-body" data-role="content">{f"<p>{told.format(silent)}</p>" * 3}</div>"""
    page = layouts.parse(html, Fetch("https://hoasua.hanoi.gov.vn/tin/hop-2702250715095147047.htm"))
    article = layouts.LAYOUTS[layout].read_article(page)
    assert article is not None
    assert (article.title, article.section, tidy(article.header or "")) == (title, "Hoạt động", "05/04/2021 17:15")
    assert article.paragraphs == [told.format("")] * 3


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<a href='?page=2'><button>Trang sau</button></a>", "Trang sau"),  # the label of a link
        ("<h1><a href='/1'>Tin <button>Nghe</button></a></h1>", "Tin"),
        ("<a href='?page=2'><span class='sr-only'>Trang sau</span></a>", "Trang sau"),  # for who hears the page
        ("<p style='display:block'>Tin</p>", "Tin"),
        ("<section>Tin</section><section hidden>ẩn</section>tức", "Tin tức"),
    ],
)
def test_words_of_an_element(html: str, words: str) -> None:
    body = layouts.parse(html, Fetch("http://a.vn/")).tree.body
    assert body is not None
    link = body.css_first("body > a")
    assert tidy(words_of(link or body)) == words


SHORT_NOTICE = """<title>Cổng thông tin</title><div><div>Đảng ủy phường Hoa Sữa họp giao ban tháng tư</div>{date}
<div><p>Sáng 5/4, Đảng ủy phường Hoa Sữa họp giao ban, đánh giá kết quả tháng ba và bàn việc của tháng tư.</p></div></div>
<div><h1 class="title">Lịch tiếp công dân trong tuần</h1><div>08:30</div></div>"""


@pytest.mark.parametrize(
    ("date", "published"),
    [
        ("<div>Ngày đăng: 05/04/2021</div>", "2021-04-05"),
        ("<div>Ngày đăng: 05/04/2021</div><div>17:15</div>", "2021-04-05T17:15+07:00"),
        ("<div>17:15</div><div>Ngày đăng: 05/04/2021</div>", "2021-04-05T17:15+07:00"),
    ],
)
def test_the_time_beside_a_title_that_was_rejected_is_not_the_articles(date: str, published: str) -> None:
    record = read(SHORT_NOTICE.format(date=date), "https://portal.example.vn/tin/hop.html")
    assert record.title == "Đảng ủy phường Hoa Sữa họp giao ban tháng tư"
    assert (record.published, record.flags) == (published, [])


def test_the_language_trap_shows_no_article(portal: PracticePortal) -> None:
    article = portal.of("liferay")[0]
    for tail in ("/vi", "/en", "/vi/en/vi"):
        with urlopen(portal.url(article) + tail) as answer, pytest.raises(UnreadablePage):
            read(answer.read(), portal.url(article) + tail)


@pytest.mark.parametrize(
    "path",
    [
        "en/tin-noi-bat",
        "tin/-/view_content/12-a.html/vi",
        "tin/-/view_content/12-a.html/vi/en/vi",
        "tin?p_p_id=101&p_p_state=pop_up&_101_assetEntryId=12",
        "tin?p_p_id=101&p_p_lifecycle=1&_101_assetEntryId=12",
        "tin?p_p_id=59_INSTANCE_6aZa&p_p_lifecycle=0",
        "tin?p_p_id=3",
        "dang-nhap?redirect=/tin",
        "c/portal/login",
    ],
)
def test_addresses_that_are_never_followed(path: str) -> None:
    assert layouts.LAYOUTS["hanoi-liferay"].canonical(f"http://hoasua.example.vn/{path}") is None


def test_both_forms_of_an_address_are_one_article() -> None:
    layout = layouts.LAYOUTS["hanoi-liferay"]
    friendly = "http://a.vn/tin/-/view_content/12-a.html"
    long = "http://a.vn/tin?p_p_id=101&_101_struts_action=%2Fasset_publisher%2Fview_content&_101_assetEntryId=12&_101_urlTitle=a"
    assert layout.url_id(friendly) == layout.url_id(long) == "12"
    assert layout.canonical(long + "&p_p_col_count=3&_101_viewMode=view") == layout.canonical(long)


def test_tokens_are_found_in_every_form(portal: PracticePortal) -> None:
    found = {}
    for category in {article.section_path for article in portal.of("newszone")}:
        url = f"{portal.newszone_url}{category}.htm"
        with urlopen(url) as answer:
            page = layouts.parse(answer.read(), Fetch(url))
        found[category] = tokens(page)
        listing = layouts.recognise(page).read_listing(page)
        if not found[category]:
            assert listing.next is None
            assert listing.note == (
                "listing tokens not found (PageSize, Catname, LanguageId, Site), so only the first listing page was read"
            )
    assert sum(map(bool, found.values())) == 3
    for category, carried in found.items():
        assert not carried or carried == newszone.tokens(category)


def test_tokens_of_the_sites_file_stand_in() -> None:
    page = layouts.parse("<div class='news-item' data-id='1'>", Fetch("https://a.vn/tin.htm"), tokens={"Catname": "x="})
    following = layouts.LAYOUTS["hanoi-newszone"].read_listing(page).next
    assert following == Fetch("https://a.vn/api/NewsZone/NewsZone", {"PageIndex": "0", "Catname": "x="}, by_script=True)


def test_a_page_of_an_unknown_system_and_an_empty_page_are_told_apart() -> None:
    with pytest.raises(UnreadablePage, match=r"a page without an article \(read as anyportal\)"):
        read("<h1>Chào</h1><p>27/02/2022", "https://a.vn/")
    with pytest.raises(UnreadablePage, match="empty page"):
        read(b"", "https://a.vn/")


@pytest.mark.parametrize(
    ("html", "message"),
    [
        ("<div>" * 400_000, "nested"),
        ("<div " + " ".join(f"a{number}=1" for number in range(200_000)) + ">", "attributes"),
    ],
)
def test_a_page_made_to_keep_the_parser_busy_is_refused_at_once(html: str, message: str) -> None:
    for page in (html, html.encode()):
        with pytest.raises(UnreadablePage, match=message):
            read(page, "https://a.vn/")


def test_large_honest_pages_are_read() -> None:
    html = (
        Path(__file__)
        .parents[1]
        .joinpath("pages")
        .joinpath("hanoi-liferay", "article.html")
        .read_text(encoding="utf-8")
    )
    many = "<p class='a' style='b'>Đoạn.<br><img>\n" * 30_000
    picture = f'<p><img src="data:image/png;base64,{"A" * 300_000}"></p>'
    large = html.replace("<ol>", f"{many}{picture}<ol>")
    assert len(read(large, "https://a.vn/").paragraphs) == len(read(html, "https://a.vn/").paragraphs) + 30_000


# --- what editors do ----------------------------------------------------------------------------------------------


def body_of(html: str, sapo: str = '<p class="sapo"><strong></strong></p>') -> Article:
    """Read an article whose body and summary are this."""
    page = f"""<html class="aui"><body><div class="portlet-asset-publisher"><div class="asset-full-content-title">Tin</div>
<div class="assetPublishDate">05/04/2021 | 08:05</div><div class="asset-full-content"><div class="asset-content" id="_101_7">
<div class="sapo-wrapper">{sapo}</div><div class="journal-content-article">{html}</div></div></div></div></body></html>"""
    return read(page, "http://hoasua.example.vn/tin/-/view_content/7-tin.html")


@pytest.mark.parametrize(
    ("html", "paragraphs", "captions"),
    [
        (
            """<p>Một.</p><table><tr><td><figure><img src=/1.jpg><figcaption>C1</figcaption></figure></td>
            <td><figure><img src=/2.jpg><figcaption>C2</figcaption></figure></td></tr></table><p>Hai.</p>""",
            ["Một.", "Hai."],
            ["C1", "C2"],
        ),
        (
            "<p>Một.</p><figure><img src=/1.jpg><figcaption>C <span class=caption>con</span></figcaption></figure><p>Hai.</p>",
            ["Một.", "Hai."],
            ["C con"],
        ),
        ("<p>Một.</p><p><img src=/1.jpg></p><p class=caption>C1</p><p>Hai.</p>", ["Một.", "Hai."], ["C1"]),
        ("<figure><figcaption>C1</figcaption><img src=/1.jpg></figure>Một", ["Một"], ["C1"]),
        (
            "<table><tr><td><img src=/1.jpg><p>Chữ</p><img src=/2.jpg><p class=caption>C2</p></td></tr></table>",
            ["Chữ"],
            [None, "C2"],
        ),
        (
            """<table><tr><td><img src=/1.jpg></td><td><img src=/2.jpg></td></tr>
            <tr><td class=caption>C1</td><td class=caption>C2</td></tr></table>""",
            [],
            ["C1", "C2"],
        ),
        (
            """<table><tr><td><img src=/1.jpg></td><td><img src=/2.jpg></td></tr><tr><td><img src=/3.jpg></td>
            <td><img src=/4.jpg></td></tr><tr><td><p class=caption>C3</p></td><td><p class=caption>C4</p></td></tr></table>""",
            [],
            [None, None, "C3", "C4"],
        ),
        (
            "<p><img src=/1.jpg></p><table><tr><td><img src=/2.jpg></td><td class=caption>C2</td></tr></table>",
            [],
            [None, "C2"],
        ),
        ("<table><tr><td>Một</td><td><p class=caption>C1</p></td></tr></table>", ["Một | C1"], []),
        ("<table><tr><td>Một</td><td></td><td>Ba</td></tr></table>", ["Một | | Ba"], []),
        ("<table><tr><td><p>Một.</p><p>Hai.</p></td></tr></table>", ["Một.", "Hai."], []),
        ("Một<b>.</b><br>Hai<iframe src=/v></iframe>Ba<!-- x -->n", ["Một.", "Hai", "Ban"], []),
        ("<h2>Mục</h2><ul><li>a<ol><li>b</li></ol></li></ul><pre>c\nd</pre>", ["Mục", "a", "b", "c d"], []),
        ("<script>x</script><style>y</style><p hidden>z</p><p style='color:red;display: none'>q</p>Một", ["Một"], []),
    ],
)
def test_bodies(html: str, paragraphs: list[str], captions: list[str]) -> None:
    article = body_of(html)
    assert article.paragraphs == paragraphs
    assert [image.caption for image in article.images] == captions
    shown = article.text.split("\n\n")[1:]
    assert [block for block in shown if block in paragraphs] == paragraphs


@pytest.mark.parametrize(
    ("sapo", "lead"),
    [
        ('<p class="sapo"><strong><p>Dẫn thật.</p></strong></p>', "Dẫn thật."),
        ('<p class="sapo">Dẫn</p><p>đuôi.</p>', "Dẫn đuôi."),
        ("<div><h3>Dẫn</h3>đuôi.<script>x</script></div>", "Dẫn đuôi."),
        ('<p class="sapo"> &nbsp; </p>', None),
    ],
)
def test_summaries(sapo: str, lead: str | None) -> None:
    article = body_of("<p>Một.</p>", sapo)
    assert (article.lead, article.paragraphs) == (lead, ["Một."])


def test_pictures_and_documents_in_a_summary_are_kept() -> None:
    for words in ("Dẫn", ""):
        article = body_of("<p>Một.</p>", f'<p class="sapo">{words}<img src=/h.jpg><a href=/kh.pdf></a></p>')
        assert [image.url[-6:] for image in article.images] == ["/h.jpg"]
        assert [document.url[-7:] for document in article.attachments] == ["/kh.pdf"]


@pytest.mark.parametrize(
    "html",
    [
        "<object data='/documents/kh.pdf'></object>",
        "<object data='/x.swf'><p><a href='/documents/kh.pdf'>kh</a></p></object>",
        "<embed src='/documents/kh.pdf'>",
        "<iframe src='https://viewer.example.org/gview?embedded=true&url=http://hoasua.example.vn/documents/kh.pdf'></iframe>",
    ],
)
def test_a_document_that_is_shown_in_the_page_is_an_attachment(html: str) -> None:
    (document,) = body_of(html).attachments
    assert (document.url, document.media_type) == ("http://hoasua.example.vn/documents/kh.pdf", "application/pdf")


def test_a_body_that_a_stray_end_tag_tore_is_flagged() -> None:
    assert "text_after_body" in body_of("<p>Một.</p></div></div></div><p>Hai.</p>").flags
    assert "text_after_body" not in body_of("<p>Một.</p>").flags


def test_an_attachment_takes_the_title_of_any_of_its_links() -> None:
    (document,) = body_of("<a href=/kh.pdf><img src=/icon.png></a> <a href=/kh.pdf>Kế hoạch</a>").attachments
    assert document.title == "Kế hoạch"


def test_credits_are_found_in_nfd_pages() -> None:
    assert body_of(normalize("NFD", "<p>Một.</p><p>Nguồn: Báo Sông Hồng</p>")).source == "Báo Sông Hồng"


@pytest.mark.parametrize("base", ["http://[broken", "//[x", ""])
def test_a_broken_base_does_no_harm(base: str) -> None:
    html = RECORDINGS[0].read_text(encoding="utf-8").replace("<head>", f'<head><base href="{base}">')
    assert read(html, "http://hoasua.example.vn/").title


# --- real pages, and the sample files in their template -----------------------------------------------------------


def liferay_page(section: str, title: str, header: str, blocks: list[str], asset_id: int) -> str:
    body = "".join(f"<p>{block}</p>\n" for block in blocks)
    return f"""<!DOCTYPE html><html class="aui ltr" lang="vi-VN"><head><title>{title} - {section} - Long Biên</title></head>
<body><div id="header"><div class="egov_date">29/08/2026</div></div>
<div class="portlet-boundary portlet-boundary_101_ portlet-static portlet-asset-publisher " id="p_p_id_101_"><section class="portlet">
<header class="portlet-topper"><h1 class="portlet-title"><span class="portlet-title-icon">&nbsp;</span>
<span class="portlet-title-text">{section}</span></h1></header><div class="portlet-content"><div class="portlet-body"><div>
<div class="asset-full-content-title">{title}</div>
<div class="assetPublishDate block_timer">
  {header.replace(chr(160), "&nbsp;")}
</div>
<div class="asset-full-content show-asset-title"><!-- --><div class="asset-content" id="_101_{asset_id}">
<div class="sapo-wrapper clearfix"><p class="sapo"><strong>{blocks[0]}</strong></p></div>
<div class="journal-content-article">{body.partition("</p>")[2]}</div></div></div>
<div class="related_asset"><div class="related_asset_title">Các tin khác</div><ul class="related_asset_list">
<li><a href="/a/-/view_content/1-b.html">Tin khác 01/01/2020</a></li></ul></div></div></div></div></section></div>
<div id="footer">Tất cả: 1.017.728</div></body></html>"""


@pytest.mark.parametrize(
    ("sample", "host", "expected"),
    [
        ("000", "phucloi.longbien.hanoi.gov.vn", ("2022-02-27T17:15+07:00", 81, "Phúc Lợi", "00136")),
        ("002", "phucdong.longbien.hanoi.gov.vn", ("2021-04-13T16:15+07:00", 124, "Phúc Đồng", "00151")),
        ("003", "longbien.hanoi.gov.vn", ("2021-09-29T22:22+07:00", 267, "Thượng Thanh", "00115")),
    ],
)
def test_the_samples_come_out_of_their_template_byte_for_byte(
    pages: Path, sample: str, host: str, expected: tuple[str, int, str | None, str | None]
) -> None:
    (file,) = (pages.parent / "samples").glob(f"{sample}_*.txt")
    text = file.read_bytes().decode()
    section, heading, *blocks = text.split("\n\n")
    title, header = heading.split("\n")
    url = f"http://{host}/cong-tac-dang1/-/view_content/{sample}1234-slug.html"
    record = read(liferay_page(section, title, header, blocks, int(f"{sample}1234")).encode(), url)
    assert record.text.encode() == text.encode()
    assert (record.section, record.title, record.header, record.lead) == (section, title, header, blocks[0])
    assert record.paragraphs == [tidy(block) for block in blocks[1:]]
    ward = record.ward
    assert (record.published, record.views, ward and ward.name, ward and ward.code) == expected
    assert record.district is not None
    assert record.province is not None
    assert (record.district.name, record.province.name) == ("Long Biên", "Hà Nội")
    assert (record.url, record.language, record.flags) == (url, "vi", [])
    assert (record.images, record.attachments, record.author, record.source) == ([], [], None, None)


def real(pages: Path, name: str) -> list[Article]:
    return list(read_file(pages / "hanoi-liferay" / name, None, SITES))


def test_real_articles_are_read_whole(pages: Path) -> None:
    (article,) = real(pages, "detail_3159471_hotnews.html")
    assert article.id == "sotttt.hanoi.gov.vn:3159471"
    assert (article.section, article.published, article.views) == ("Hot News", "2019-03-18T15:06+07:00", 107)
    assert (article.author, article.language, len(article.paragraphs)) == ("Admin English", "en", 7)
    assert article.lead is not None
    assert article.lead.startswith("In order to implement")
    assert article.paragraphs[0] == "Content of information to be published includes:"
    assert article.paragraphs[-1].startswith("On June 15th, 2018")
    (article,) = real(pages, "detail_vi_708168_en-US_nolabel.html")
    assert (article.section, article.published, article.views) == ("Chiến lược quy hoạch", "2012-12-21", None)
    assert article.flags == ["midnight"]
    assert [file.title for file in article.attachments] == ["Phần 1", "Phần 2"]
    assert [paragraph[:12] for paragraph in article.paragraphs[1:5]] == [
        "Nội dung:",
        "Download Hướ",
        "- Phần 1",
        "- Phần 2",
    ]
    assert (article.lead, article.author, len(article.paragraphs)) == (None, "admin admin", 6)


@pytest.mark.parametrize(
    ("name", "entries", "following"),
    [
        ("list_vi_label_p1.html", 20, "_101_cur=2"),
        ("list_en_label_p1.html", 20, "_101_cur=2"),
        ("list_vi_p17_of_25.html", 10, "_101_cur=18"),
        ("list_vi_nolabel_nopager.html", 10, None),
    ],
)
def test_real_listings(pages: Path, name: str, entries: int, following: str | None) -> None:
    html = (pages / "hanoi-liferay" / name).read_bytes()
    url = f"http://{html.partition(b'Mirrored from ')[2].split(maxsplit=1)[0].decode()}"
    seen = look(html, url)
    assert len(seen["entries"]) == entries
    assert all(entry["id"] and entry["header"] for entry in seen["entries"])
    assert seen["next"] is None if following is None else seen["next"]["url"].endswith(following)
    with pytest.raises(UnreadablePage, match=f"a listing of {entries} articles"):
        real(pages, name)


def test_real_home_page_and_site_map_give_the_sections(pages: Path) -> None:
    for name, sections, links in (("home.html", 20, 30), ("sitemap_portlet85.html", 30, 0)):
        seen = look((pages / "hanoi-liferay" / name).read_bytes(), "http://sotttt.hanoi.gov.vn/index.html")
        assert len(seen["sections"]) >= sections
        assert "http://sotttt.hanoi.gov.vn/cong-nghe-thong-tin.html" in seen["sections"]
        assert not [url for url in seen["sections"] if "/en/" in url or "dang-nhap" in url]
        page = layouts.parse((pages / "hanoi-liferay" / name).read_bytes(), Fetch("http://sotttt.hanoi.gov.vn/"))
        assert len(layouts.recognise(page).read_links(page)) >= links
        with pytest.raises(UnreadablePage, match=r"a page without an article|a listing of"):
            real(pages, name)


def test_nfd_pages_come_out_as_nfc() -> None:
    html = Path(RECORDINGS[0]).read_text(encoding="utf-8")
    assert (
        read(normalize("NFD", html), "http://hoasua.example.vn/").text == read(html, "http://hoasua.example.vn/").text
    )
