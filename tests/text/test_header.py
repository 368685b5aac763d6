from __future__ import annotations

import unicodedata
from datetime import datetime

import pytest

from wardnews.text.clock import EXAMPLE_NOW
from wardnews.text.header import Header, has_header_label, is_part_of_header, parse_count, parse_header
from wardnews.text.header_forms import DATE_LABELS, FORMS, VAGUE_LABELS, VIEW_LABEL, VIEW_LABELS, VISIT_WORDS


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


@pytest.mark.parametrize("label", DATE_LABELS)
def test_every_label_of_a_date(label: str) -> None:
    line = f"{label.capitalize()}: 05/04/2021 17:15"
    assert parse_header(line, EXAMPLE_NOW) == Header("2021-04-05T17:15+07:00", form="date, time, views")
    assert is_part_of_header(f"{label}:")
    assert has_header_label(line) is (label not in VAGUE_LABELS)


@pytest.mark.parametrize("label", VIEW_LABELS)
def test_every_label_of_a_count_of_views(label: str) -> None:
    assert parse_header(f"05/04/2021 | {label.capitalize()}: 81", EXAMPLE_NOW).views == 81
    assert parse_count(f"{label}: 81") == 81
    assert is_part_of_header(f"{label}:")
    assert bool(VIEW_LABEL.fullmatch(label)) is (VISIT_WORDS not in label)


def test_a_count_of_visits_is_no_article_s() -> None:
    assert not has_header_label("Lượt truy cập: 1.017.728")
    assert has_header_label("Lượt xem: 1.017.728")
