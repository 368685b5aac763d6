"""The files of CC-NEWS are gone through piece by piece, whatever lies at the edge of a piece."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace

import pytest

from tests.doubles.history import Recorded
from tests.doubles.warcs import record, sound, spoilt
from wardnews.archives.capture import Capture
from wardnews.archives.network.ccnews import CcNews
from wardnews.archives.network.source import Answer, Ask, Found, OddRow
from wardnews.errors import ArchiveError, SitesError

HOST = "hoasua.example"
NAME = "crawl-data/CC-NEWS/2022/02/CC-NEWS-20220210073000-00001.warc.gz"
SCOPE = f"{NAME} {HOST}"
FIRST = Recorded(f"http://{HOST}/tin-1", "20220210073000", body=b"<p>Tin</p>" * 30)
CAPTURES = [
    replace(FIRST, url=f"http://{host}/tin-{number}", body=FIRST.body + bytes([65 + number % 26]) * number)
    for number in range(40)
    for host in (HOST, "other.example")
]
MEMBERS = [
    gzip.compress(block, mtime=0)
    for one in CAPTURES
    for block in (record("request", one.url, one.timestamp, b"GET / HTTP/1.1\r\n\r\n"), sound(one))
]


def asked(file: bytes, ask: Ask) -> Answer:
    """Answer as a server of files does."""
    match = re.fullmatch(r"bytes=(\d+)-(\d+)", ask.headers["Range"])
    assert match
    first, last = int(match[1]), int(match[2])
    return Answer(ask.url, 206 if first < len(file) else 416, {}, file[first : last + 1])


def gone_through(file: bytes, piece: int) -> tuple[list[Found], list[OddRow], int]:
    source, cursor, steps = CcNews("http://a", piece), None, 0
    found: list[Found] = []
    odd: list[OddRow] = []
    while True:
        ask = source.search(SCOPE, cursor)
        step = source.found(SCOPE, cursor, asked(file, ask))
        found += step.found
        odd += step.odd
        steps += 1
        assert step.cursor != cursor or cursor is None
        if step.cursor is None:
            return found, odd, steps
        cursor = step.cursor


FILE = b"".join(MEMBERS)


@pytest.mark.parametrize("piece", [2_000, 4_096, 9_999, len(FILE) - 1, len(FILE), len(FILE) // 2, 8 << 20])
def test_each_page_of_the_host_is_found_once(piece: int) -> None:
    found, odd, steps = gone_through(FILE, piece)
    assert [one.url for one in found] == [one.url for one in CAPTURES if HOST in one.url and "other" not in one.url]
    assert odd == []
    assert steps >= len(FILE) / piece
    source = CcNews("http://a")
    for one in found[::13]:
        ask = source.ask(one.url, one.timestamp, one.place)
        capture = source.capture(one, ask, asked(FILE, ask))
        assert isinstance(capture, Capture)
        assert (capture.url, capture.timestamp) == (one.url, "2022-02-10T07:30:00Z")
        assert capture.via == "ccnews:CC-NEWS-20220210073000-00001"


def test_damage_and_what_is_too_large_cost_themselves() -> None:
    large = gzip.compress(record("response", f"http://{HOST}/large", FIRST.timestamp, bytes(9_000)), 0)
    damaged = [spoilt("torn gzip", FIRST), spoilt("bad bytes", FIRST), spoilt("no date", FIRST), large]
    file = b"".join([*MEMBERS[:20], *damaged, *MEMBERS[20:]])
    found, odd, _ = gone_through(file, 4_096)
    assert len({one.url for one in found} - {FIRST.url}) == 39
    assert 2 <= len(odd) <= 6
    assert any("larger than" in one.cause for one in odd)


@pytest.mark.parametrize("change", [lambda url: url.replace("http://", "https://www."), str.upper])
def test_a_host_is_known_by_any_form_of_its_name(change: object) -> None:
    assert callable(change)
    scheme, _, rest = FIRST.url.partition("//")
    url = change(FIRST.url) if change is not str.upper else f"{scheme}//{rest.upper()}"
    found, _, _ = gone_through(gzip.compress(sound(replace(FIRST, url=url))), 8 << 20)
    assert [one.url for one in found] == [url]


@pytest.mark.parametrize(("status", "cursor"), [(200, None), (404, None), (404, "100"), (416, None)])
def test_an_answer_that_is_no_part_of_the_file_is_an_error(status: int, cursor: str | None) -> None:
    with pytest.raises(ArchiveError):
        CcNews("http://a").found(SCOPE, cursor, Answer("http://a", status, {}, b"<Error/>"))


def test_the_months_of_some_days_are_asked_for() -> None:
    source = CcNews("http://a")
    asks = [one.url for one in source.lists("2021-12-15", "2022-01-10")]
    assert asks == [f"http://a/crawl-data/CC-NEWS/{month}/warc.paths.gz" for month in ("2021/12", "2022/01", "2022/02")]
    assert "2016/08" in source.lists("2010-01-01", "2016-08-10")[0].url
    assert len(source.lists("2016-08-01", None)) > 100
    assert source.lists("2016-01-01", "2016-05-01") == []
    with pytest.raises(SitesError, match="--since"):
        source.lists(None, "2022-01-10")
    assert source.effort(3) == "to go through: 3 files, about 3 GB in 396 requests"


def test_a_list_of_files_is_read_whole_or_not_at_all() -> None:
    source, packed = CcNews("http://a"), gzip.compress(f"{NAME}\n../../etc/passwd\n{NAME}\n".encode())
    answer = Answer("http://a", 200, {}, packed)
    assert source.files(answer) == [NAME, NAME]
    assert source.files(replace(answer, status=404, payload=b"<Error/>")) == []
    for payload in (packed[:-9], b"<html>", b""):
        with pytest.raises(ArchiveError):
            source.files(replace(answer, payload=payload))
