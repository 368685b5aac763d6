"""One rule for endings: the name of a file means its format and its packing, whichever command writes it."""

from __future__ import annotations

import gzip
import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from tests.helpers.articles import Seen
from wardnews.errors import ExportError
from wardnews.exporters import CsvExporter, JsonLinesExporter, TextExporter
from wardnews.exporters.endings import feed_format_for, format_for
from wardnews.exporters.feed_export import WholeExporter, check_columns
from wardnews.exporters.formats import format_of
from wardnews.items import json_line

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

UNPACK: dict[str, Callable[[bytes], bytes]] = {"": bytes, ".gz": gzip.decompress, ".zst": zstd.decompress}
EXPORTERS: dict[str, type[WholeExporter]] = {"csv": CsvExporter, "jsonl": JsonLinesExporter, "text": TextExporter}


@pytest.mark.parametrize(
    ("asked", "output", "expected"),
    [
        (None, None, "jsonl"),
        (None, "-", "jsonl"),
        (None, "all.jsonl.zst", "jsonl"),
        (None, "all.csv", "csv"),
        (None, "ALL.CSV.GZ", "csv"),
        (None, "all.txt", "text"),
        (None, "hoasua.atom", "atom"),
        (None, "hoasua.json", "jsonfeed"),
        (None, "records", "jsonl"),
        (None, "records.2026-01-01", "jsonl"),
        (None, "v1.2/", "jsonl"),
        (None, "s3://kho/all.csv.gz", "csv"),
        ("csv", "all.data", "csv"),
        ("schemaorg", "all.jsonl", "schemaorg"),
        ("text", "all.csv", "such a name means csv, and text was asked for: let it end in .txt, or ask for csv"),
        ("csv", "all.json.gz", "such a name means jsonfeed, and csv was asked for"),
        ("csv", "s3://a:S3CRET@kho/all.txt", r"s3://a:\*\*\*@kho/all.txt: such a name means text"),
        (None, "all.xlsx", "all.xlsx: .xlsx means no format, and none is named; endings that do: .atom, .csv, .json,"),
    ],
)
def test_the_name_of_an_export_means_a_format(asked: str | None, output: str | None, expected: str) -> None:
    if " " in expected:
        with pytest.raises(ExportError, match=expected):
            format_for(asked, output)
    else:
        assert format_for(asked, output) == expected


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("-", "- jsonl"),
        ("-:csv", "- csv"),
        ("seen.csv", "seen.csv csv"),
        ("seen.jl.gz", "seen.jl.gz jsonl"),
        ("seen.data:text", "seen.data text"),
        ("seen.data:txt", "seen.data text"),
        ("s3://kho/%(time)s.jsonl", "s3://kho/%(time)s.jsonl jsonl"),
        ("ftp://me@may:2121/seen.csv", "ftp://me@may:2121/seen.csv csv"),
        ("seen.csv:jsonl", "seen.csv: such a name means csv, and jsonl was asked for"),
        ("seen.xml", "seen.xml: a crawl writes csv, jsonl, text, and no atom: `wardnews export --as atom` does"),
        ("seen.json", "no jsonfeed: `wardnews export --as jsonfeed` does, from the store"),
        ("seen.parquet", "no parquet"),
        ("seen.pickle", "seen.pickle: .pickle means no format, and none is named"),
        ("seen:marshal", "seen:marshal: no format is called marshal; a crawl writes csv, jsonl, text"),
    ],
)
def test_the_name_of_a_feed_means_a_format_that_a_crawl_writes(output: str, expected: str) -> None:
    if expected.rsplit(" ", maxsplit=1)[-1] in EXPORTERS and expected.count(" ") == 1:
        assert " ".join(feed_format_for(output)) == expected
    else:
        with pytest.raises(ExportError) as error:
            feed_format_for(output)
        assert expected in str(error.value)


def write(form: str, packing: str, file: Any, numbers: range) -> None:
    exporter = EXPORTERS[form].from_crawler(cast("Any", None), file, packing=packing, indent=0)
    exporter.start_exporting()
    for number in numbers:
        cast("Any", exporter).export_item(Seen(1 + number, "a").article(number))
    exporter.finish_exporting()


@pytest.mark.parametrize("packing", UNPACK)
@pytest.mark.parametrize("form", EXPORTERS)
def test_a_feed_that_is_added_to_is_the_export_of_its_records(form: str, packing: str, tmp_path: Path) -> None:
    path = tmp_path / f"seen{packing}"
    for numbers in (range(2), range(2, 3), range(3, 3)):
        with path.open("ab") as file:
            write(form, packing, file, numbers)
    lines = [json_line(Seen(1 + number, "a").article(number)).rstrip("\n") for number in range(3)]
    pieces = format_of(form).pieces
    assert pieces
    assert UNPACK[packing](path.read_bytes()).decode() == "".join(pieces(lines, {}))


@pytest.mark.parametrize("packing", UNPACK)
def test_a_feed_without_news_can_be_read(packing: str) -> None:
    file = io.BytesIO()
    write("jsonl", packing, file, range(0))
    assert UNPACK[packing](file.getvalue()) == b""


def test_a_table_with_other_columns_is_not_added_to(tmp_path: Path) -> None:
    for name, content in {"a.csv": b"id,url\r\n", "b.csv.gz": gzip.compress(b"id,url\r\n"), "c.csv.gz": b"id,url\r\n",
                          "d.csv.zst": b"id"}.items():  # fmt: skip
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ExportError, match="does not begin with the columns that are to be added"):
            check_columns(tmp_path / name)
    (tmp_path / "e.csv").touch()
    for name in ("e.csv", "none.csv"):
        check_columns(tmp_path / name)
    with (tmp_path / "f.csv.zst").open("ab") as file:
        write("csv", ".zst", file, range(1))
    check_columns(tmp_path / "f.csv.zst")
