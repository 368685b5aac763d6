from __future__ import annotations

import pytest

from wardnews.text.credits import parse_credits


@pytest.mark.parametrize(
    ("line", "credits_"),
    [
        ("Tác giả: Lê Thị Mây", ("Lê Thị Mây", None)),
        ("Tin, bài: Trần Văn Sóng", ("Trần Văn Sóng", None)),
        ("(Nguồn: Báo Sông Hồng)", (None, "Báo Sông Hồng")),
        ("Theo nguồn: Cổng thông tin điện tử.", (None, "Cổng thông tin điện tử")),
        ("Nguồn nước sạch đã về tới từng hộ.", (None, None)),
    ],
)
def test_credits(line: str, credits_: tuple[str | None, str | None]) -> None:
    assert parse_credits(["Hội nghị kết thúc.", line]) == credits_
