from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from scrapy.http import Response

from tests.helpers.commands import Folder
from tests.helpers.village import Village, html
from wardnews.demo import Reply, Request
from wardnews.reports.witnesses import offset_of, wrong_clock


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ([9_600, 9_600], "2 servers say that it is 400 d later"),
        ([-1, -1, -1.02], "3 servers say that it is 1 h earlier"),
        ([0.5, 0.5, 0], "2 servers say that it is 30 min later"),
        ([24, 24, 24, 0], "3 servers say that it is 1 d later"),
    ],
)
def test_most_servers_that_agree_are_believed(hours: list[float], said: str) -> None:
    found = wrong_clock([timedelta(hours=one) for one in hours])
    assert found
    assert said in found


@pytest.mark.parametrize(
    "hours",
    [[], [9_600], [9_600, 0], [0, 0], [0.1, 0.1], [7, 0, 0], [7, -7, 30], [7, 7, 0, 0]],
    ids=["none", "one", "one of two", "right", "minutes", "one of three", "no two alike", "half"],
)
def test_what_is_no_proof_of_a_wrong_clock(hours: list[float]) -> None:
    assert wrong_clock([timedelta(hours=one) for one in hours]) is None


def test_an_answer_out_of_a_cache_is_no_witness() -> None:
    date = format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)
    offset = offset_of(Response("http://a.vn/", headers={"Date": date}))
    assert offset
    assert abs(offset + timedelta(days=1)) < timedelta(minutes=1)
    for headers in ({"Date": date, "Age": "86400"}, {"Date": "yesterday"}, {}):
        assert offset_of(Response("http://a.vn/", headers=headers)) is None


def test_a_run_says_that_the_clock_is_off(tmp_path: Path) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(days=30), usegmt=True)

    def dated(_request: Request) -> Reply:
        return Reply(200, html("Trang chủ", "<p>Chào mừng.</p>").body, "text/html", headers=(("Date", date),))

    with Village(intercept=dated) as first, Village(intercept=dated) as second:
        folder = Folder(tmp_path, first.toml() + second.toml().replace("[hoasua]", "[bentrang]"))
        done = folder.crawl("hoasua", "bentrang")
    said = "2 servers say that it is 30 d later: set the clock right"
    assert f"clock: {said}" in done.stderr
    assert folder.reports()[-1]["clock"] == said
