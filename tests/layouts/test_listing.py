"""What listing pages are called."""

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
