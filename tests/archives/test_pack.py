"""A WACZ file holds its WARC files as they are, and leads to each page in them."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
import zipfile
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.conftest import Run
from tests.doubles.history import make_history
from tests.doubles.warcs import many, sound, write_warc
from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.pack import pack
from wardnews.archives.wacz import read_wacz
from wardnews.archives.warc.write import RawFile

HISTORY = make_history(8)


def kept(folder: Path, name: str, captures: list[Capture]) -> Path:
    file = RawFile(folder / f"{name}.warc.gz", {"software": "test"})
    for capture in captures:
        file.captured(capture, "https://archive.example/")
    file.close()
    return file.path


def some(first: int, last: int) -> list[Capture]:
    return [
        Capture(
            f"http://WWW{number % 3}.hoasua.example/Tin/{number}?b=2&a=1",
            f"2022-08-{1 + number % 28:02}T04:39:12Z",
            "",
            404 if number % 10 == 9 else 200,
            "text/html; charset=utf-8",
            f"<html><title>\n Tin số &quot;{number // 2}&quot;</title><p>Phường Hoa Sữa</p>".encode(),
        )
        for number in range(first, last)
    ]


def strictly(path: Path) -> tuple[list[tuple[str, str, dict[str, str]]], list[dict[str, Any]]]:
    """Check a WACZ file against each rule of its format that a reader leans on; give its index and its pages."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == len(set(names))
        package = json.loads(archive.read("datapackage.json"))
        assert (package["profile"], package["wacz_version"]) == ("data-package", "1.1.1")
        assert package["software"].startswith("wardnews ")
        assert package["created"].endswith("Z")
        rest = [name for name in names if not name.startswith("datapackage")]
        assert [one["path"] for one in package["resources"]] == rest
        for one in package["resources"]:
            body = archive.read(one["path"])
            assert (one["hash"], one["bytes"]) == (f"sha256:{sha256(body).hexdigest()}", len(body))
            assert one["name"] == one["path"].rpartition("/")[2].lower()
            assert archive.getinfo(one["path"]).compress_type == zipfile.ZIP_STORED
        digest = json.loads(archive.read("datapackage-digest.json"))
        assert digest == {
            "path": "datapackage.json",
            "hash": f"sha256:{sha256(archive.read('datapackage.json')).hexdigest()}",
        }
        lines = archive.read("indexes/index.cdx").decode().splitlines()
        assert lines == sorted(lines)
        index = [(key, stamp, json.loads(told)) for key, stamp, told in (line.split(" ", 2) for line in lines)]
        for _, stamp, told in index:
            data = archive.read(f"archive/{told['filename']}")
            member = data[int(told["offset"]) : int(told["offset"]) + int(told["length"])]
            (found,) = ArchiveIterator(io.BytesIO(gzip.decompress(member)))
            assert found.rec_headers.get_header("WARC-Target-URI") == told["url"]
            assert found.rec_headers.get_header("WARC-Payload-Digest") == told["digest"]
            date = "".join(filter(str.isdigit, found.rec_headers.get_header("WARC-Date")))
            assert (found.rec_type, date) == ("revisit" if told["mime"] == "warc/revisit" else "response", stamp)
            assert found.http_headers.get_statuscode() == told["status"]
        head, *pages = map(json.loads, archive.read("pages/pages.jsonl").splitlines())
        assert head["format"] == "json-pages-1.0"
        assert len({page["id"] for page in pages}) == len(pages)
        indexed = {(told["url"], stamp) for _, stamp, told in index}
        assert all((page["url"], "".join(filter(str.isdigit, page["ts"]))) in indexed for page in pages)
    return index, pages


def test_a_wacz_file_is_whole_and_leads_to_each_page(wardnews: Run, tmp_path: Path) -> None:
    raw = tmp_path / "output" / "raw"
    kept(raw, "20220801T000000Z-1", some(0, 30))
    kept(raw, "20220802T000000Z-2", some(30, 50))
    (raw / "20220803T000000Z-3.warc.gz.open").write_bytes((raw / "20220802T000000Z-2.warc.gz").read_bytes()[:-7])
    done = wardnews("pack", "-o", "news.wacz")
    assert done.returncode == 0, done.stderr
    assert "news.wacz: 3 WARC files" in done.stderr
    assert not list(tmp_path.glob("*.part"))
    index, pages = strictly(tmp_path / "news.wacz")
    assert len(index) == 50 + 19
    assert index[0][0] == "example,hoasua)/tin/0?a=1&b=2"
    assert Counter(told["mime"] for _, _, told in index) == {"text/html": 35, "warc/revisit": 34}
    assert pages[0]["title"] == 'Tin số "0"'
    found = list(read_wacz(tmp_path / "news.wacz"))
    assert len(found) == 69
    assert not [one for one in found if isinstance(one, DamagedRecord)]


def test_what_cannot_be_indexed_is_told_and_packed_all_the_same(wardnews: Run, tmp_path: Path) -> None:
    path = tmp_path / "some.warc.gz"
    written = write_warc(path, HISTORY.captures, ["wrong digest", "bad bytes"], every=10)
    done = wardnews("pack", path, "-o", "some.wacz")
    assert done.returncode == 0, done.stderr
    index, _ = strictly(tmp_path / "some.wacz")
    assert len(index) == written["captures"]
    assert done.stderr.count("not in the index") == written["spoilt"]
    with zipfile.ZipFile(tmp_path / "some.wacz") as archive:
        assert archive.read("archive/some.warc.gz") == path.read_bytes()


@pytest.mark.parametrize("kind", ["none", "twice", "whole", "missing", "no room"])
def test_what_makes_no_wacz_file_is_named(wardnews: Run, tmp_path: Path, kind: str) -> None:
    first = kept(tmp_path, "a", some(0, 3))
    whole = tmp_path / "whole.warc.gz"
    whole.write_bytes(gzip.compress(b"".join(sound(each) for each in HISTORY.captures[:3])))
    cases: dict[str, tuple[list[str | Path], str]] = {
        "none": ([], "no WARC files"),
        "twice": ([first, kept(tmp_path / "b", "a", some(0, 3))], "two files named a.warc.gz"),
        "whole": ([whole], f"{whole}: packed as a whole"),
        "missing": (["lost.warc.gz"], "lost.warc.gz: No such file"),
        "no room": ([first, "-o", first / "x.wacz"], "pack: "),
    }
    arguments, message = cases[kind]
    done = wardnews("pack", *arguments)
    assert (done.returncode, message in done.stderr) == (2, True), done.stderr
    assert "Traceback" not in done.stderr
    assert not [path for path in tmp_path.rglob("*") if ".wacz" in path.name]


def test_memory_is_flat(tmp_path: Path) -> None:
    def peak(name: str, count: int) -> int:
        path = tmp_path / f"{name}.warc.gz"
        write_warc(path, many(HISTORY.captures, count))
        tracemalloc.start()
        assert pack([path], tmp_path / f"{name}.wacz") == []
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    small = peak("small", 60)
    assert peak("large", 600) < small + (1 << 20)


def test_a_plain_warc_file_is_packed_too(tmp_path: Path) -> None:
    path = tmp_path / "plain.warc"
    captures = [each for each in HISTORY.captures if not each.revisit][:5]
    path.write_bytes(b"".join(sound(each) for each in captures))
    assert pack([path], tmp_path / "plain.wacz") == []
    read = [one for one in read_wacz(tmp_path / "plain.wacz") if isinstance(one, Capture)]
    assert [one.url for one in read] == [each.url for each in captures]
