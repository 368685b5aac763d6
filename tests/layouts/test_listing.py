"""What listing pages are called, and the dates of their entries."""

from __future__ import annotations

import pytest

from wardnews import layouts
from wardnews.layouts import Fetch


@pytest.mark.parametrize(
    ("html", "name"),
    [
        ("<title>Kinh tế - Xã Hòa Mây</title><h2>Hình ảnh hoạt động</h2><h1>Kinh tế</h1>", "Kinh tế"),
        ("<title>Đề thi - Đáp án</title><h1>Hình ảnh</h1><a href='/tin'>Đề thi - Đáp án</a>", "Đề thi - Đáp án"),
        ("<title>Xã</title><ul class='breadcrumb'><li><a href='/'>Trang chủ</a></li><li>Y tế</li></ul>", "Y tế"),
        ("<title>Giáo dục | Cổng thông tin xã Hòa Mây</title><h3>Video nổi bật</h3>", "Giáo dục"),
        ("<title>Cổng thông tin xã Hòa Mây</title><h1>Thông báo</h1>", "Thông báo"),
    ],
)
def test_a_listing_is_named_by_the_page_and_not_by_a_box_at_its_side(html: str, name: str) -> None:
    page = layouts.parse(f"<meta charset=utf-8>{html}", Fetch("http://hoamay.example.vn/tin"))
    assert layouts.LAYOUTS["anyportal"].listing_name(page) == name


CLOCKS = (
    "<div class='now'>Thứ Hai, 25/11/2024 10:20:11</div>",
    "<div><span>Hôm nay: 25/11/2024</span></div>",
    "<p>25/11/2024, 10:20</p>",
)
TITLES = ("Xã họp bàn việc nước sạch", "Ra quân vớt bèo trên kênh", "Chợ phiên mở lại sau lũ")


def headers(body: str) -> list[str | None]:
    page = layouts.parse(f"<meta charset=utf-8><title>Tin</title>{body}", Fetch("http://hoamay.example.vn/tin"))
    return [entry.header for entry in layouts.LAYOUTS["anyportal"].read_listing(page).entries]


@pytest.mark.parametrize("clock", CLOCKS)
def test_the_servers_clock_dates_no_entry(clock: str) -> None:
    dates = ["", "<i>12/11/2023</i>", "<i>11/11/2023</i>"]
    entries = [f"<div class='it'>{{}}<h3><a href='/t{at}'>{title}</a></h3></div>" for at, title in enumerate(TITLES)]
    bare = "".join(entry.format(date) for entry, date in zip(entries, dates, strict=True))
    assert headers(clock + bare) == [None, "12/11/2023", "11/11/2023"]
    assert headers(f"<main>{clock}{bare}</main>") == [None, "12/11/2023", "11/11/2023"]
    dates[0] = "<i>13/11/2023</i>"
    whole = "".join(entry.format(date) for entry, date in zip(entries, dates, strict=True))
    assert headers(clock + whole) == ["13/11/2023", "12/11/2023", "11/11/2023"]


def test_the_date_of_a_first_entry_of_another_make_stays() -> None:
    first = f"<div class='big'><p>Thứ Hai, 13/11/2023 10:20</p><h3><a href='/t0'>{TITLES[0]}</a></h3></div>"
    others = "".join(
        f"<div class='it'><i>1{at}/11/2023</i><h3><a href='/t{at}'>{TITLES[at]}</a></h3></div>" for at in (2, 1)
    )
    assert headers(first + others) == ["Thứ Hai, 13/11/2023 10:20", "12/11/2023", "11/11/2023"]
