"""Common Crawl's columnar index is read from Parquet files of its own schema, a host's rows of one crawl at a time."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wardnews.archives import network
from wardnews.archives.network import columns
from wardnews.archives.network.commoncrawl import CommonCrawl
from wardnews.archives.network.source import OddRow, SearchStep
from wardnews.errors import ArchiveError, SitesError

HOST = "phucloi.hoasua.example"
SETTINGS = {"WARDNEWS_COMMONCRAWL_INDEX": "http://127.0.0.1:9", "WARDNEWS_COMMONCRAWL_DATA": "http://127.0.0.1:9"}
SCHEMA = pa.schema(
    [
        ("url_surtkey", pa.string()),
        ("url", pa.string()),
        ("url_host_name", pa.string()),
        ("url_port", pa.int32()),
        ("fetch_time", pa.timestamp("ms", "UTC")),
        ("fetch_status", pa.int16()),
        ("content_digest", pa.string()),
        ("content_mime_type", pa.string()),
        ("warc_filename", pa.string()),
        ("warc_record_offset", pa.int32()),
        ("warc_record_length", pa.int32()),
        ("warc_segment", pa.string()),
    ]
)
"""Of the columns of `commoncrawl/cc-index-table` those that are read, and one more; the partitions are folders."""


def row(number: int, host: str = HOST, **changes: Any) -> dict[str, Any]:
    """Return a row; a host with `www.` is filed without."""
    key = ",".join(reversed(host.removeprefix("www.").split(".")))
    return {
        "url_surtkey": f"{key})/tin-{number:04}",
        "url": f"https://{host}/tin-{number:04}",
        "url_host_name": host,
        "url_port": None,
        "fetch_time": datetime(2022, 2, 10, 7, 30, number % 60, tzinfo=UTC),
        "fetch_status": 200,
        "content_digest": "ABC",
        "content_mime_type": "text/html",
        "warc_filename": "crawl-data/CC-MAIN-2022-05/segments/1/warc/a.warc.gz",
        "warc_record_offset": 1000 * number,
        "warc_record_length": 900,
        "warc_segment": "1",
        **changes,
    }


def write(root: Path, crawl: str, rows: list[dict[str, Any]], subset: str = "warc") -> None:
    folder = root / f"crawl={crawl}" / f"subset={subset}"
    folder.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(sorted(rows, key=lambda one: str(one["url_surtkey"])), SCHEMA)
    old = {"use_deprecated_int96_timestamps": crawl > "CC-MAIN-2023"}  # as Spark writes times
    pq.write_table(table, folder / f"part-{len(list(folder.iterdir()))}.parquet", row_group_size=100, **old)


def opened(root: Path) -> CommonCrawl:
    source = network.opened(f"commoncrawl+{root}", SETTINGS)
    assert isinstance(source, CommonCrawl)
    return source


def searched(source: CommonCrawl, scope: str, cursor: str | None = None) -> SearchStep:
    lookup = source.search(scope, cursor)
    assert callable(lookup)
    return lookup()


def test_a_host_is_found_in_each_crawl_and_nothing_else(tmp_path: Path) -> None:
    others = [
        row(4, "hoasua.example"), row(5, "a.phucloi.hoasua.example"), row(6, "phucloi.hoasua.example.other.example"),
        row(7, fetch_status=404), row(8, content_mime_type="application/pdf"),
    ]  # fmt: skip
    write(tmp_path, "CC-MAIN-2022-05", [row(1), row(2, f"www.{HOST}"), *others])
    write(tmp_path, "CC-MAIN-2022-05", [row(3)])
    write(tmp_path, "CC-MAIN-2022-05", [row(9)], subset="crawldiagnostics")
    write(tmp_path, "CC-MAIN-2023-40", [row(3, url=f"http://{HOST}:8080/tin", url_port=8080)])
    source = opened(tmp_path)
    assert (source.name, source.bases) == ("commoncrawl", ("http://127.0.0.1:9",))
    scopes = source.scopes([HOST], None)
    assert scopes == [f"CC-MAIN-2023-40 {HOST}", f"CC-MAIN-2022-05 {HOST}"]
    step = searched(source, scopes[1])
    assert [one.url[-8:] for one in step.found] == ["tin-0001", "tin-0002", "tin-0003"]
    first = step.found[0]
    assert (first.timestamp, first.digest, first.length) == ("2022-02-10T07:30:01Z", "ABC", 900)
    ask = source.ask(first.url, first.timestamp, first.place)
    assert ask.url == "http://127.0.0.1:9/crawl-data/CC-MAIN-2022-05/segments/1/warc/a.warc.gz"
    assert ask.headers == {"Range": "bytes=1000-1899"}
    (port,) = searched(source, f"CC-MAIN-2023-40 {HOST}:8080").found
    assert (port.url, port.timestamp) == (f"http://{HOST}:8080/tin", "2022-02-10T07:30:03Z")
    assert searched(source, "CC-MAIN-2022-05 nobody.example").found == []


def test_odd_rows_cost_themselves_and_long_answers_come_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = [row(901, warc_record_offset=None), row(902, fetch_time=None), row(903, warc_record_length=0),
           row(904, warc_filename=None), row(905, url=f"http://{HOST}/\x1b[31m")]  # fmt: skip
    write(tmp_path, "CC-MAIN-2022-05", [*map(row, range(250)), *odd])
    monkeypatch.setattr(columns, "ROWS", 100)
    source, cursor = opened(tmp_path), None
    found: set[str] = set()
    bad: list[OddRow] = []
    steps = 0
    while True:
        step = searched(source, f"CC-MAIN-2022-05 {HOST}", cursor)
        found |= {one.url for one in step.found}
        bad += step.odd
        cursor, steps = step.cursor, steps + 1
        if cursor is None:
            break
    assert (len(found), len(bad), steps) == (250, 5, 3)
    assert all(one.cause.isprintable() for one in bad)


def test_what_is_no_index_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SitesError, match="expected a folder of Parquet files"):
        opened(tmp_path / "none")
    with pytest.raises(ArchiveError, match="no folder crawl="):
        opened(tmp_path).scopes([HOST], None)
    write(tmp_path, "CC-MAIN-2022-05", [row(1)])
    (tmp_path / "crawl=CC-MAIN-2022-05/subset=warc/part-9.parquet").write_bytes(b"PAR1 torn")
    with pytest.raises(ArchiveError, match="cannot be read"):
        searched(opened(tmp_path), f"CC-MAIN-2022-05 {HOST}")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(SitesError, match=r"pip install 'wardnews\[duckdb\]'"):
        opened(tmp_path)
