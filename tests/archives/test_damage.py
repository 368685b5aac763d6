"""Damaged bytes of every kind end in captures and damaged records: no other exception, no hang, no memory without end."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
import tarfile
import time
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.archives.test_kinds import FIRST, PAGE, SINGLEFILE, URL, arc_head, arc_record, mhtml
from tests.doubles.warcs import answer, record, sound
from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.folder import read_folder
from wardnews.archives.http import answer_of, body_of
from wardnews.archives.network.ccnews import CcNews
from wardnews.archives.network.commoncrawl import CommonCrawl
from wardnews.archives.network.memento import Memento
from wardnews.archives.network.source import Answer
from wardnews.archives.network.wayback import Wayback
from wardnews.archives.warc.index import read_index
from wardnews.archives.warc.read import read_warc
from wardnews.archives.warc.revisits import find_originals
from wardnews.errors import ArchiveError, RecordError, Undecodable
from wardnews.text.timestamps import seconds_to_wait

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

EXAMPLES = int(os.environ.get("DRILL_DAMAGES", "400")) // 10
"""How many damaged inputs there are of each kind; `make drill` takes 100,000 in all."""
MOST_SECONDS = 2.0
often = settings(
    max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True
)


def wacz(packing: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        archive.writestr("archive/a.warc.gz", gzip.compress(sound(FIRST[0])) + gzip.compress(sound(FIRST[1])))
        archive.writestr("datapackage.json", json.dumps({"resources": []}))
    return file.getvalue()


def folder() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("hoasua.example/1.html", PAGE)
        archive.writestr("a.warc", sound(FIRST[0]))
    return file.getvalue()


def tar() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in (("hoasua.example/bài.html", PAGE), ("a.warc", sound(FIRST[0]))):
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_600_000_000
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


REVISIT = record("revisit", FIRST[0].url, "20990101000000", b"")
RECORDS = [
    sound(FIRST[0]),
    sound(FIRST[1]),
    record("request", URL, "20210601000000", b"GET / HTTP/1.1\r\n\r\n"),
    REVISIT,
]
FILES: dict[str, bytes] = {
    "a.warc": b"".join(RECORDS),
    "a.warc.gz": b"".join(map(gzip.compress, RECORDS)),
    "a.warc.zst": b"".join(map(zstd.compress, RECORDS)),
    "a.arc": arc_head() + arc_record(FIRST[0]) + arc_record(FIRST[1]),
    "a.arc.gz": b"".join(map(gzip.compress, (arc_head(), arc_record(FIRST[0]), arc_record(FIRST[1])))),
    "stored.wacz": wacz(zipfile.ZIP_STORED),
    "packed.wacz": wacz(zipfile.ZIP_DEFLATED),
    "a.zip": folder(),
    "a.tar": tar(),
    "a.tar.gz": gzip.compress(tar()),
    "a.mhtml": mhtml("base64"),
    "a.html": SINGLEFILE.format(URL).encode() + PAGE,
}
TOKENS = (
    b"\r\n\r\n", b"WARC/1.0\r\n", b"Content-Length: 99999999999\r\n", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"PK\1\2", b"\0" * 40,
    b"WARC-Date: 9999-12-31T23:59:59Z\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"99999999999999999999",
    b"http://[", b"\xff\xfe", b"Content-Encoding: gzip, gzip, br\r\n", b"-1",
)  # fmt: skip
damages = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "insert", "double", "overwrite"]),
        st.floats(0, 1),
        st.one_of(st.sampled_from(TOKENS), st.binary(min_size=1, max_size=8)),
    ),
    min_size=1,
    max_size=6,
)


def damaged(data: bytes, steps: list[tuple[str, float, bytes]]) -> bytes:
    for kind, where, what in steps:
        at = int(where * len(data))
        if kind == "flip":
            data = data[:at] + bytes(byte ^ what[0] for byte in data[at : at + 1]) + data[at + 1 :]
        elif kind == "cut":
            data = data[:at] + data[at + len(what) * 16 :]
        elif kind == "double":
            data = data[:at] + data[max(0, at - 200) :]
        else:
            data = data[:at] + what + data[at + (len(what) if kind == "overwrite" else 0) :]
    return data


@pytest.mark.parametrize("name", FILES)
def test_damaged_files_end_in_captures_and_damaged_records(name: str, tmp_path: Path) -> None:
    path = tmp_path / name

    @often
    @given(damages)
    def check(steps: list[tuple[str, float, bytes]]) -> None:
        data = damaged(FILES[name], steps)
        path.write_bytes(data)
        began = time.process_time()
        found = list(read_folder(path))
        if ".warc" in name:
            found += list(read_warc(path, originals=find_originals([path])))
            try:
                list(read_index(path))
            except ValueError as error:
                assert "packed as a whole" in str(error)  # noqa: PT017 - the one that is said
        assert time.process_time() - began < MOST_SECONDS * max(1.0, len(data) / (1 << 20))
        assert all(isinstance(one, Capture | DamagedRecord) for one in found)
        assert not [one.trace for one in found if isinstance(one, DamagedRecord) and one.trace]

    check()


@often
@given(damages)
def test_damaged_answers_are_errors_of_our_own(steps: list[tuple[str, float, bytes]]) -> None:
    with suppress(RecordError, Undecodable):
        status, head, payload = answer_of(damaged(answer(FIRST[0]), steps))
        assert 0 <= status < 1000
        body_of(head, payload)


ROW: list[Any] = ["20220300101010", "http://a.example/1", "ABC", "100"]
LINE = {
    "timestamp": "20220301101010",
    "url": URL,
    "status": "200",
    "mime": "text/html",
    "length": "9",
    "offset": "0",
    "filename": "x",
}


def said(body: bytes) -> Answer:
    return Answer("http://a.example/", 200, {}, body)


odd = st.one_of(st.none(), st.text(max_size=20), st.integers(), st.floats(), st.lists(st.text(max_size=3), max_size=3))


@often
@given(st.lists(st.lists(odd, max_size=5), max_size=4), damages)
def test_odd_rows_of_the_wayback_machine_cost_themselves(rows: list[list[Any]], steps: Any) -> None:
    source = Wayback("http://a")
    head = ["timestamp", "original", "digest", "length"]
    body = json.dumps([head, *rows, ROW]).encode()
    found = source.found("a", None, said(body))
    assert len(found.found) + len(found.odd) >= 1
    assert found.found[-1].timestamp == "2022-03-01T10:10:10Z"
    with suppress(ArchiveError):
        source.found("a", None, said(damaged(body, steps)))


@often
@given(st.dictionaries(st.sampled_from(sorted(LINE)), odd), damages)
def test_odd_lines_of_common_crawl_cost_themselves(change: dict[str, Any], steps: Any) -> None:
    source = CommonCrawl("http://a", "http://b")
    body = "\n".join(json.dumps(row) for row in ({**LINE, **change}, LINE)).encode() + b"\n"
    found = source.found("CC-MAIN-2022-10 a", "0/1", said(body))
    assert found.found[-1].url == URL
    with suppress(ArchiveError):
        source.found("CC-MAIN-2022-10 a", None, said(damaged(body, steps)))


TIMEMAP = (
    f'<{URL}>; rel="original",\n<http://a.example/all/20210601020000/{URL}>; rel="first memento"; '
    f'datetime="Tue, 01 Jun 2021 02:00:00 GMT",\n<http://a.example/timemap/link/2/{URL}>; rel="timemap"'
).encode()


@often
@given(damages)
def test_damaged_timemaps_are_errors_of_our_own(steps: list[tuple[str, float, bytes]]) -> None:
    with suppress(ArchiveError):
        Memento("http://a.example/timemap/link/").found(f"{URL} a.example", None, said(damaged(TIMEMAP, steps)))


@often
@given(damages, st.integers(200, 4_000))
def test_damaged_files_of_ccnews_cost_themselves(steps: list[tuple[str, float, bytes]], piece: int) -> None:
    file = damaged(b"".join(gzip.compress(sound(one)) for one in FIRST), steps)
    source, cursor, scope = CcNews("http://a.example", piece), 0, f"crawl-data/CC-NEWS/a.warc.gz {URL.split('/')[2]}"
    for _ in range(len(file) // 100 + 3):
        part = Answer("http://a.example", 206 if cursor < len(file) else 416, {}, file[cursor : cursor + piece])
        step = source.found(scope, str(cursor) if cursor else None, part) if part.payload or cursor else None
        if step is None or step.cursor is None:
            return
        assert int(step.cursor) > cursor
        cursor = int(step.cursor)
    raise AssertionError("a file without end")


@often
@given(st.text(max_size=60), st.text(max_size=60))
def test_no_header_names_a_time_that_breaks(retry_after: str, date: str) -> None:
    for words in (retry_after, f"Mon, 01 Jan 2024 00:00:00 +{retry_after}", "9" * 400):
        seconds = seconds_to_wait(words, date)
        assert seconds is None or seconds > 0


@pytest.mark.parametrize(
    "words",
    [
        "Mon, 01 Jan 2024 00:00:00 +99999999999999999999",
        "1 Jan 10000000000000000000000 00:00:00 GMT",
        "Mon, 99 Foo 2024",
        "",
    ],
)
def test_a_retry_after_out_of_range_names_no_time(words: str) -> None:
    assert seconds_to_wait(words, words) is None
    assert seconds_to_wait("120", words) == 120
