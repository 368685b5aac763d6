"""What a capture that holds no article is taken for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.doubles.history import make_history
from wardnews import layouts
from wardnews.archives.capture import Capture
from wardnews.layouts import Fetch
from wardnews.reading.capture import read_capture
from wardnews.sites import parse_sites

HISTORY = make_history(6)
(SITE,) = parse_sites(HISTORY.toml(), "sites.toml")
HOST = f"http://{HISTORY.host}"
ERROR = b"<!DOCTYPE html><html><head><title>404</title></head><body><h1>404</h1><p>Not found</p></body></html>"


def capture(url: str, body: bytes = ERROR) -> Capture:
    return Capture(url, "2022-03-05T01:00:00Z", "file:x", 200, "text/html; charset=utf-8", body)


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ("/tin/-/view_content/1234567-ra-quan.html", "unreadable"),
        ("/tin/-/view_content/7-ra-quan.html", "nothing"),
        ("/theme/fonts/-/view_content/1234567-glyphicons.woff", "nothing"),
        ("/theme/-/view_content/1234567-chu.EOT", "nothing"),
        ("/theme/-/view_content/1234567-font-chu.html", "unreadable"),
    ],
)
def test_an_error_page_is_an_unreadable_article_only_where_an_article_may_be(path: str, state: str) -> None:
    assert read_capture(capture(HOST + path), SITE, {SITE.key: SITE}).state == state


@pytest.mark.parametrize("timestamp", ["2022-00-00T00:00:00Z", "9999-12-31T23:59:59Z", "gestern"])
def test_a_capture_of_an_earlier_queue_with_a_date_that_is_none_costs_itself(timestamp: str) -> None:
    odd = Capture(f"{HOST}/trang-chu", timestamp, "wayback:x", 200, "text/html", ERROR)
    reading = read_capture(odd, SITE, {SITE.key: SITE})
    assert (reading.state, (reading.cause or "").partition(":")[0]) == (
        "unreadable",
        "a date or an address that is none",
    )


LISTING = """<!DOCTYPE html><html><head><title>{title}</title></head><body><div class="portlet-breadcrumb">
<ul class="breadcrumbs"><li><a href="/trang-chu">Trang chủ</a></li><li class="last"><span><a href="/cong-nghe">Công nghệ số</a></span></li>
</ul></div><div class="portlet"><h2 class="title-name">Quy hoạch</h2></div></body></html>"""


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Công nghệ số - Cổng thông tin phường Hoa Sữa", "Công nghệ số"),
        ("CÔNG NGHỆ SỐ", "Công nghệ số"),
        ("Cổng thông tin phường Hoa Sữa", "Quy hoạch"),
    ],
)
def test_a_listing_is_called_as_its_breadcrumb_and_its_title_say(title: str, name: str) -> None:
    """A portlet of another section may stand above the list; without two witnesses it is believed."""
    layout = replace(layouts.LAYOUTS["hanoi-liferay"], section=("h2.title-name",), breadcrumb=("li.last a",))
    assert layout.listing_name(layouts.parse(LISTING.format(title=title), Fetch(f"{HOST}/cong-nghe"))) == name


def test_a_home_page_names_the_articles_that_it_links_to() -> None:
    (home,) = [one for one in HISTORY.captures if one.url.endswith("/trang-chu") and one.status == 200][:1]
    address = SITE.url
    reading = read_capture(capture(address, home.body), SITE, {SITE.key: SITE})
    parsed = layouts.parse(home.body, Fetch(address))
    links = {one.key for one in layouts.recognise(parsed, None, None).read_links(parsed)}
    assert reading.state == "listing"
    assert {one.key for one in reading.listed} >= {key for key in links if not key.startswith("http")}


SAVED = """<!DOCTYPE html><html><head><title>Phường Hoa Sữa ra quân</title></head><body><h1>Phường Hoa Sữa ra quân</h1>
<p>Ngày đăng 05/03/2022 | 08:15</p><p>Sáng 5/3, phường Hoa Sữa ra quân trồng cây tại hai tổ dân phố ven sông.</p>
<p>Hơn một trăm hội viên đã tham gia, mỗi tổ trồng năm mươi cây.</p></body></html>"""


@pytest.mark.parametrize("folder", ["home/user/luu", "srv/en", "tmp/search", "luu/print.zip"])
def test_the_folders_of_a_disk_are_no_parts_of_a_portal(folder: str) -> None:
    reading = read_capture(capture(f"file:///{folder}/bai.html", SAVED.encode()), SITE, {SITE.key: SITE})
    assert reading.state == "article"
    assert reading.article
    assert "no_address" in reading.article.flags


def test_an_address_that_no_server_takes_costs_itself() -> None:
    reading = read_capture(capture(f"{HOST}/{'?' * 100_000}"), SITE, {SITE.key: SITE})
    assert (reading.state, "longer than any server takes" in (reading.cause or "")) == ("unreadable", True)
