"""What is given out of the store, in SQLite and in PostgreSQL."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.conftest import Run
from tests.helpers.articles import fill
from tests.helpers.buckets import Bucket, elsewhere
from tests.helpers.commands import read_feed
from wardnews.cli import app
from wardnews.errors import UsageError
from wardnews.exporters.files import write_whole
from wardnews.exporters.package import Tally
from wardnews.items import Article, Place, json_line
from wardnews.text.sample_format import PAGE_BREAK

BOTH = ("practice-liferay", "practice-newszone")
EXPORT = """
import contextlib, sys
from wardnews.cli import main
with contextlib.suppress(SystemExit):
    main()
status = open("/proc/self/status").read()
print(status.partition("VmHWM:")[2].split()[0], file=sys.stderr)
"""


def test_what_is_exported_is_what_was_crawled(sites_file: Path, wardnews: Run, tmp_path: Path, store_url: str) -> None:
    wardnews("crawl", *BOTH, "--sites", sites_file)
    (feed,) = tmp_path.glob("output/*.jsonl")
    crawled = read_feed(feed)
    done = wardnews("export")
    told = "100 records of 2 portals, 2012-12-08 to 2026-08-28, as {}\n".format
    assert (done.returncode, done.stderr) == (0, told("jsonl: standard output"))
    exported = [json.loads(line) for line in done.stdout.splitlines()]
    by_day = sorted(crawled, key=lambda one: (one["site"], one["published"] or "", one["id"]))
    assert exported == by_day
    assert wardnews("export", "-o", "new/all.jsonl").stdout == ""
    assert (tmp_path / "new" / "all.jsonl").read_text(encoding="utf-8") == done.stdout

    assert wardnews("export", "--as", "text", "-o", "all.txt").stderr == told("text: all.txt")
    texts = (tmp_path / "all.txt").read_text(encoding="utf-8")
    assert texts == PAGE_BREAK.join(one["text"] for one in by_day)
    again = wardnews("read", "all.txt")
    assert again.returncode == 0, again.stderr
    assert [json.loads(line)["text"] for line in again.stdout.splitlines()] == [one["text"] for one in by_day]


def test_portals_and_days(wardnews: Run, store_url: str) -> None:
    for site in ("hoasua", "bentrang"):
        fill(store_url, 56, site=site)
    chosen = ("--site", "hoasua", "--since", "2021-04-05", "--until", "2021-04-06", "--change", "new")
    days = wardnews("export", *chosen).stdout
    assert [json.loads(line)["id"] for line in days.splitlines()] == ["hoasua:32", "hoasua:4", "hoasua:33", "hoasua:5"]
    assert len(wardnews("export", "--site", "hoasua", "--site", "bentrang").stdout.splitlines()) == 112
    nothing = wardnews("export", "--site", "hanoi-phucloi")  # known, never crawled
    assert (nothing.returncode, nothing.stdout, nothing.stderr) == (0, "", "0 records, as jsonl: standard output\n")
    unknown = wardnews("export", "--site", "hanoi-phucloy", "-o", "x.jsonl")
    assert unknown.returncode == 2
    assert "unknown site 'hanoi-phucloy'; did you mean hanoi-phucloi" in unknown.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "wardnews: store sqlite:///output/wardnews.db: there is none yet; a crawl makes it, and --store or"),
        (["--store", "sqlite:///other.db"], "wardnews: store sqlite:///other.db: there is none yet"),
        (["--since", "2021-13-01"], "wardnews: --since 2021-13-01: expected a day such as 2024-01-31"),
        (["--as", "xml"], "wardnews: --as xml: no format is called so; there are atom, csv,"),
    ],
)
def test_without_a_store_or_with_a_wrong_word_nothing_is_made(
    wardnews: Run, tmp_path: Path, arguments: list[str], message: str
) -> None:
    done = wardnews("export", *arguments, "-o", "out.jsonl")
    assert done.returncode == 2
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_told_and_leaves_nothing(wardnews: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    fill(url, 5)
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = wardnews("export", "--store", url, "-o", "file/out.jsonl")
    assert (done.returncode, done.stderr) == (1, "cannot write file/out.jsonl: File exists\n")
    command = [sys.executable, "-m", "wardnews", "export", "--store", url]
    with Path("/dev/full").open("w") as full:
        told = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (told.returncode, told.stderr) == (1, "cannot write standard output: No space left on device\n")


def test_a_file_keeps_its_old_state_until_the_new_one_is_whole(tmp_path: Path) -> None:
    def half() -> object:
        yield "một\n"
        raise RuntimeError

    file = tmp_path / "all.jsonl"
    file.write_text("trước\n", encoding="utf-8")
    with pytest.raises(RuntimeError):
        write_whole(half(), file)  # type: ignore[arg-type]
    assert file.read_text(encoding="utf-8") == "trước\n"
    assert list(tmp_path.iterdir()) == [file]


def test_lines_count_alike_encoded_or_not() -> None:
    odd = 'Quảng cáo ", "section": null, "published": "2001-01-01", "ward": {}, "place_basis": '
    told = Article(id="a:1", site="hoasua", title=odd, section=odd, published="2021-04-05T07:30+07:00", text=odd)
    there = Article(id="b:2", site="bentrang", ward=Place("Hoa Sữa", "00136"), place_basis="site", header=odd)
    lines = [json_line(one)[:-1] for one in (told, there, told)]
    plain, encoded = Tally(), Tally()
    assert list(plain.over(lines)) == [line.decode() for line in encoded.over([line.encode() for line in lines])]
    assert plain.properties({}) == encoded.properties({})
    assert (str(plain), str(encoded)) == ("3 records of 2 portals, 2021-04-05",) * 2
    assert plain.properties({})["wardnews"] == {
        "records": 3, "period": {"from": "2021-04-05", "until": "2021-04-05"}, "sites": {"bentrang": 1, "hoasua": 2},
        "places": {"province": [], "district": [], "ward": [{"name": "Hoa Sữa", "code": "00136", "records": 1}]},
    }  # fmt: skip


def test_a_reader_that_has_had_enough_is_no_error(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    fill(url, 200)
    command = [sys.executable, "-m", "wardnews", "export", "--store", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        assert json.loads(process.stdout.readline())["id"] == "hoasua:0"
        process.stdout.close()
        assert process.stderr.read() == ""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux's /proc")
def test_memory_does_not_grow_with_the_store(store_url: str, tmp_path: Path) -> None:
    peaks = []
    for site, number in (("few", 150), ("many", 1000)):  # 4 and 28 MB; the first is more than is held at a time
        fill(store_url, number, site=site, size=60)
        command = [sys.executable, "-c", EXPORT, "export", "--store", store_url, "--site", site, "-o", "out.jsonl"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        peaks.append(int(done.stderr.split()[-1]) / 1024)
    assert (tmp_path / "out.jsonl").stat().st_size > 25e6
    assert peaks[1] - peaks[0] < 12


def test_an_export_goes_to_a_bucket_or_is_refused_by_name(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    fill("sqlite:///store.db", 5)

    def export(*arguments: str) -> tuple[int, str]:
        try:
            result = CliRunner().invoke(app, ["export", "--store", "sqlite:///store.db", *arguments])
        finally:
            assert [path.name for path in tmp_path.iterdir() if not path.name.startswith("store.db")] == []
        if isinstance(result.exception, UsageError):
            return 2, str(result.exception)
        return result.exit_code, result.stderr

    assert export("-o", f"{bucket.url}/all.jsonl.gz") == (
        0,
        f"5 records, 2021-04-01 to 2021-04-05, as jsonl: {bucket.url}/all.jsonl.gz\n",
    )
    assert len(gzip.decompress(bucket.read("all.jsonl.gz")).splitlines()) == 5
    assert export("--as", "text", "-o", f"{bucket.url}/texts/")[0] == 0
    names = bucket.names()
    assert len([name for name in names if name.startswith("texts/hoasua/2021/")]) == 5
    assert {"texts/index.csv", "texts/datapackage.json"} < set(names)
    fill("sqlite:///store.db", 1, site="bentrang")
    assert export("--as", "text", "--site", "bentrang", "-o", f"{bucket.url}/texts/")[0] == 0
    assert [name for name in bucket.names() if name.endswith(".txt")] == ["texts/bentrang/2021/0.txt"]

    bucket.write("mine/a.txt", b"mine")
    where = f"{bucket.url}/mine/"
    assert export("--as", "text", "-o", where) == (
        2,
        f"{where}: is nothing that an export made, and would be replaced as a whole; name a new folder",
    )
    assert export("--as", "parquet", "-o", f"{bucket.url}/texts")[1].startswith(f"{bucket.url}/texts: is an export of")
    status, says = export("-o", "s3://khong-co/all.csv")
    assert (status, says) == (2, "s3://khong-co/all.csv: there is no bucket khong-co: make it, or name another")
    assert export("-o", "kho://a/b.csv")[0] == 2
    with elsewhere(AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_MAX_ATTEMPTS="1"):
        status, says = export("-o", f"{bucket.url}/all.csv")
    assert (status, says[:50]) == (1, f"cannot write {bucket.url}/all.csv: Could not connect"[:50])
