"""What tells a place, and what does not, by words and reason."""

from __future__ import annotations

import pytest

from wardnews.places.evidence import found_by, passed_over
from wardnews.places.find import where


@pytest.mark.parametrize(
    ("unit", "title", "lead", "told", "lost"),
    [
        ("004", "Giao ban", "Tại phường Bồ Đề, quận họp.", "body: “phường Bồ Đề”", []),
        ("004", "Quận Long Biên họp", "Quận tổng kết năm.", "the portal's own unit", []),
        ("00136", "Phường Giang Biên sang thăm", "Cùng vui.", "the portal's own unit", []),
        (None, "Phường Giang Biên họp", "Họp.", None, [("Phường Giang Biên", "title: not one unit of the portal's area")]),
        (
            "004", "Phường Bồ Đề đạt chuẩn phường Văn minh đô thị", "", "title: “Phường Bồ Đề”",
            [("phường Văn minh", "title: an honour")],
        ),
        (
            "01", "Phố mới", "Tại quận Long Biên, cạnh phường Mới Toanh.", "body: “quận Long Biên”",
            [("phường Mới Toanh", "body: no unit of that kind and name on the day")],
        ),
        (
            "004", "Phường Bồ Đề và phường Ngọc Lâm giao lưu", "", "the portal's own unit",
            [("Phường Bồ Đề", "title: one of several places"), ("phường Ngọc Lâm", "title: one of several places")],
        ),
        (
            "004", "Phường Bồ Đề, quận Ba Đình", "", "the portal's own unit",
            [("Phường Bồ Đề, quận Ba Đình", "title: not one unit of the portal's area"), ("quận Ba Đình", "title: not one unit of the portal's area")],
        ),
        (
            "004", "Trộm xe", "Người quê xã Kim Sơn bị bắt ở phường Bồ Đề. Ảnh: Phường Ngọc Lâm", "body: “phường Bồ Đề”",
            [("xã Kim Sơn", "body: where somebody is from"), ("Phường Ngọc Lâm", "body: a credit")],
        ),
        (
            "004", "Cháy ở phường Bồ Đề, giáp phường Ngọc Lâm", "", "title: “phường Bồ Đề”",
            [("phường Ngọc Lâm", "title: a point of reference")],
        ),
        (
            "004", "Xã Gia Thụy (nay là phường Gia Thụy)", "", "title: “phường Gia Thụy”",
            [("Xã Gia Thụy", "title: what the place was before")],
        ),
        (
            "004", "Phường Ngọc Lâm (cũ) qua ảnh", "", "the portal's own unit",
            [("Phường Ngọc Lâm", "title: a unit of before")],
        ),
    ],
)  # fmt: skip
def test_what_tells_a_place(
    unit: str | None, title: str, lead: str, told: str | None, lost: list[tuple[str, str]]
) -> None:
    found = where(unit, "2023-05-05", None, title, [lead] if lead else [])
    assert found_by(found) == told
    assert sorted(passed_over(found)) == sorted(lost)
