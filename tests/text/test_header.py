from __future__ import annotations

import unicodedata
from datetime import datetime

import pytest

from wardnews.text.clock import EXAMPLE_NOW, is_future
from wardnews.text.credits import parse_credits
from wardnews.text.encoding import decode
from wardnews.text.header import parse_header
from wardnews.text.header_forms import FORMS


@pytest.mark.parametrize("spelling", ["as it is", "NFD", "plain spaces", "upper case"])
@pytest.mark.parametrize(
    ("line", "published", "views"),
    [pytest.param(*example, id=f"{form.name}: {example[0]}") for form in FORMS for example in form.examples],
)
def test_every_example_of_the_grammar(line: str, published: str | None, views: int | None, spelling: str) -> None:
    line = {
        "as it is": line,
        "NFD": unicodedata.normalize("NFD", line),
        "plain spaces": line.replace("\xa0", " "),
        "upper case": line.upper(),
    }[spelling]
    header = parse_header(line, EXAMPLE_NOW)
    assert (header.published, header.views) == (published, views)
    assert not {"header_unread", "header_partly_read", "bad_date"} & set(header.flags)


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("2022-02-27T10:15:00-05:00", "2022-02-27T22:15+07:00"),
        ("2022-02-27T19:00:00-05:00", "2022-02-28T07:00+07:00"),
        ("2022-02-27T10:15:00-0330", "2022-02-27T20:45+07:00"),
        ("2022-02-27T10:15:00+09:00", "2022-02-27T08:15+07:00"),
        ("2022-02-27T10:15:00+05:30", "2022-02-27T11:45+07:00"),
        ("2022-02-27T10:15:00Z", "2022-02-27T17:15+07:00"),
        ("2022-02-27T10:15:00", "2022-02-27T10:15+07:00"),
    ],
)
def test_a_time_of_another_zone_is_told_in_vietnams(line: str, published: str) -> None:
    assert parse_header(line, EXAMPLE_NOW).published == published


@pytest.mark.parametrize(
    ("published", "now", "future"),
    [
        ("2026-08-30T23:59+07:00", "2026-08-29T00:00+07:00", False),
        ("2026-08-31", "2026-08-29T23:59+07:00", True),
        ("2026-08-31", "2026-08-29T16:59+00:00", True),
        ("2026-08-31", "2026-08-29T17:00+00:00", False),
    ],
)
def test_the_day_after_tomorrow_is_the_future(published: str, now: str, *, future: bool) -> None:
    assert is_future(published, datetime.fromisoformat(now)) is future


@pytest.mark.parametrize(
    ("line", "flags"),
    [
        ("Ngày đăng 31/02/2021 | 17:15 | Lượt xem: 81", ("bad_date",)),
        ("Ngày đăng 05/13/2021 | 17:15", ("bad_date",)),
        ("Ngày đăng 05/04/2021 | 25:15", ("bad_date",)),
        ("Ngày đăng 05/04/2021 | 17:61", ("bad_date",)),
        ("99999999999 năm trước", ("bad_date",)),
        ("Tất cả: 1.017.728", ("header_unread",)),
        ("Đang truy cập: 12", ("header_unread",)),
        ("Lượt truy cập: 1.017.728", ("header_unread",)),
        ("Ngày đăng tin:", ("header_unread",)),
        ("từ 05/04/2021 đến 07/04/2021", ("header_unread",)),
        ("", ("header_unread",)),
    ],
)
def test_what_is_no_date_is_a_flag(line: str, flags: tuple[str, ...]) -> None:
    header = parse_header(line, EXAMPLE_NOW)
    assert header.published is None
    assert header.flags == flags


def test_a_bad_date_does_not_cost_the_views() -> None:
    assert parse_header("31/02/2021 | Lượt xem: 81", EXAMPLE_NOW).views == 81


@pytest.mark.parametrize(
    ("line", "published", "views"),
    [
        ("Lượt xem: 15/04/2021 | 08:00", "2021-04-15T08:00+07:00", None),
        ("Xem: 15/04/2021", "2021-04-15", None),
        ("27/02/2022 17:15 Lượt xem:", "2022-02-27T17:15+07:00", None),
        ("Lượt xem: 17:15 27/02/2022", "2022-02-27T17:15+07:00", None),
        ("27/02/2022 Bình luận: 5 Lượt xem: 9", "2022-02-27", 9),
        ("27/02/2022 | Lượt xem: 1,5K", "2022-02-27", None),
        ("Tổng số lượt xem: 1.017.728 | 27/02/2022", "2022-02-27", None),
        ("05/04/2021 08:05 giờ chiều", "2021-04-05", None),
        ("05/04/2021 17:15 GMT+0", "2021-04-05", None),
    ],
)
def test_a_doubtful_half_is_left_out_rather_than_guessed(line: str, published: str, views: int | None) -> None:
    header = parse_header(line, EXAMPLE_NOW)
    assert (header.published, header.views, header.flags) == (published, views, ("header_partly_read",))


def test_a_number_without_end_is_no_count() -> None:
    assert parse_header("Lượt xem: " + "9" * 5000, EXAMPLE_NOW).views is None


def test_midnight_and_relative_times_are_flagged() -> None:
    assert parse_header("08/07/2014 | 00:00", EXAMPLE_NOW).flags == ("midnight",)
    assert parse_header("21/12/2012 | 12:00 AM", EXAMPLE_NOW).flags == ("midnight",)
    assert parse_header("17 giờ trước", EXAMPLE_NOW).flags == ("relative_date",)


def test_relative_times_count_from_the_moment_of_reading_in_any_zone() -> None:
    now = datetime.fromisoformat("2026-08-29T01:28:00+00:00")
    assert parse_header("17 giờ trước", now).published == "2026-08-28T15:28+07:00"


@pytest.mark.parametrize(
    ("body", "declared", "expected", "flags"),
    [
        ("Phúc Lợi".encode(), None, "Phúc Lợi", ()),
        ("Phúc Lợi".encode(), "iso-8859-1", "Phúc Lợi", ()),
        ("\ufeffPhúc Lợi".encode(), "windows-1258", "Phúc Lợi", ()),
        ("Phúc Lợi".encode("utf-16"), None, "Phúc Lợi", ()),
        ("Đảng ủy phường Phúc Lợi".encode() + b"\xff", None, "Đảng ủy phường Phúc Lợi\ufffd", ("encoding_repaired",)),
        (unicodedata.normalize("NFC", "hà nội").replace("ộ", "ô\u0323").encode("cp1258"), "windows-1258", "hà nội", ()),
        (b'<meta charset="windows-1258">la\xf2', None, '<meta charset="windows-1258">lạ', ()),
        ("café".encode("latin-1"), "no-such-charset", "café", ("encoding_guessed",)),
    ],
)
def test_decode(body: bytes, declared: str | None, expected: str, flags: tuple[str, ...]) -> None:
    assert decode(body, declared) == (expected, flags)


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
