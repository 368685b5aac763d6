"""What a person is told of a run, in English and in Vietnamese; what is kept of it is English."""

from __future__ import annotations

import json
from typing import Any

from wardnews.locale import speaking
from wardnews.locale.recognized import recognized
from wardnews.reports.counts import PortalReport, closing_lines
from wardnews.reports.health import Finding, Past, layout_changed, of_counts, silent
from wardnews.reports.status import ago
from wardnews.spiders.common import OWN_ERROR
from wardnews.spiders.counts import PortalCounts, Unhealthy

BEGAN = "2026-08-29T01:00:00Z"


def report() -> PortalReport:
    """Return what became of a portal where much went wrong."""
    made = PortalReport(PortalCounts(pages=1234, known=3, failed=2, outside=1, listed_again=2, files=1, seconds=12.5))
    made.changes.update(new=2, edited=1, back=1)
    made.filled.update(section=4, views=2)
    made.counts.troubles.update({"HTTP status 503": 2, OWN_ERROR: 1})
    made.counts.file_troubles.update({"timed out": 1})
    made.left = "timed out, 5 times in a row"
    made.files_left = (7, "500 seconds in one run")
    made.findings = [
        Finding("silent", "nothing published since 2026-07-01, for 59 days; 4 as a rule", "2026-07-01", sick=False),
        Finding("section_gone", f"{Unhealthy.SECTION_GONE} (2 pages)", "2026-08-20T01:00:00Z", sick=True),
    ]
    return made


def test_closing_lines_are_told_in_the_language_and_kept_in_english() -> None:
    portals = {"hoasua": report()}
    english = list(closing_lines(portals, BEGAN, ()))
    kept = json.dumps(portals["hoasua"].summary())
    assert english[0] == (
        "hoasua: 1,234 pages, 2 new, 1 edited, 1 known, 0 gone, 1 back, 2 failed, 12.5 s; silent since 2026-07-01"
    )
    assert english[-1] == (
        "  unhealthy: a section that listed articles is not there any more (2 pages) (since 2026-08-20)"
    )
    with speaking("vi"):
        lines = list(closing_lines(portals, BEGAN, ()))
        assert json.dumps(portals["hoasua"].summary()) == kept
    assert lines[0].startswith("hoasua: 1.234 trang, 2 bài mới, 1 đã sửa, 1 đã biết, 0 đã gỡ, 1 đăng lại, 2 lỗi, 12,5 ")
    assert lines[0].endswith(" giây; không có bài mới từ 01/07/2026")
    assert lines[1].startswith("  mức đầy đủ: 100% section; 50% views; không có header, published, lead, ")
    assert lines[2:] == [
        "  mã trạng thái HTTP 503: 2 trang",
        "  lỗi của chính wardnews: 1 trang",
        "  ngoài khoảng --since và --until: 1 bài",
        "  trang danh sách cũ được đọc lại: 2",
        "  tệp: 1 đã lưu, 0 không đổi, 7 để lại cho lượt sau (đã đủ 500 giây trong một lượt)",
        "  không lưu, chờ quá lâu không thấy trả lời: 1 tệp",
        "  còn lại cho lượt sau: chờ quá lâu không thấy trả lời, 5 lần liên tiếp",
        "  sự cố: chuyên mục từng có bài nay không còn (2 trang) (từ 20/08/2026)",
    ]
    assert len(lines) == len(english)


def test_findings_that_are_kept_are_recognized() -> None:
    counts: dict[str, Any] = {"sick": {}, "read": 0, "causes": {"connection refused": 3}, "headers": []}
    counts |= {"listings": 0, "partial": 0}
    headers = {"headers": ["Đăng lúc 5 giờ"], "read": 1, "sick": {Unhealthy.CHALLENGE: 2, Unhealthy.NO_SECTIONS: 1}}
    past = [Past(BEGAN, {"layouts": {"joomla": 9}})]
    found = [
        *of_counts(counts, [], BEGAN),
        *of_counts(counts | headers, [], BEGAN),
        *of_counts(counts | {"read": 1}, [], BEGAN),
        layout_changed({"nukeviet": 9}, past, BEGAN),
        silent([f"2026-06-{day:02}" for day in range(1, 29)], BEGAN),
    ]
    whats = [one.what for one in found if one]
    assert len(whats) == 7
    with speaking("vi"):
        shown = [recognized(what) for what in whats]
    assert shown[0] == "không đọc được gì: kết nối bị từ chối"
    assert shown[1] == "trang yêu cầu xác minh trình duyệt (2 trang)"
    assert not set(shown) & set(whats)


def test_times_are_told_in_the_language() -> None:
    with speaking("vi"):
        assert ago("2026-08-29T00:00:00Z", "2026-08-29T03:30:00Z") == "3 giờ trước"
        assert ago("2026-09-01T01:00:00Z", "2026-08-29T01:00:00Z") == "3 ngày nữa"
