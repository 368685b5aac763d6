"""WARDNEWS_OUTPUT as a URL: what runs write goes up when it is whole, and waits on this machine where it cannot."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from scrapy.settings import Settings
from typer.testing import CliRunner

from tests.helpers.buckets import Bucket
from tests.helpers.commands import Done, Folder
from tests.helpers.town import Town, pieces
from wardnews import settings
from wardnews.cli import app
from wardnews.cli.files import files_folder
from wardnews.errors import UsageError
from wardnews.spiders.files import live
from wardnews.storage import Output

NOWHERE = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_MAX_ATTEMPTS": "1"}


def crawl(folder: Folder, machine: str, **environment: str) -> Done:
    """Crawl on a machine: each has a folder for temporary files of its own."""
    (folder.path / machine).mkdir(exist_ok=True)
    environment |= {"TMPDIR": str(folder.path / machine), "WARDNEWS_RAW": "1"}
    return folder.crawl("hoasua", environment=environment)


def waiting(folder: Folder, machine: str) -> list[str]:
    return sorted("".join(path.suffixes) for path in (folder.path / machine).rglob("*") if path.is_file())


def test_what_a_run_writes_goes_up_now_or_by_the_next_run(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARDNEWS_OUTPUT", f"{bucket.url}/out")
    every = pieces(6)
    with Town(every[:3]) as town:
        folder = Folder(tmp_path, town.toml(), store="sqlite:///store.db")
        done = crawl(folder, "may-1")
        assert done.status == 0, done.stderr
        assert "log: standard error" in done.stderr
        assert "Spider closed (finished)" in done.stderr
        (run,) = (name for (name,) in folder.sql("SELECT name FROM runs"))
        assert bucket.names() == [f"out/{run}.jsonl", f"out/{run}.report.json", f"out/raw/{run}.warc.gz"]
        report = json.loads(bucket.read(f"out/{run}.report.json"))
        assert report["feed"] == f"{bucket.url}/out/{run}.jsonl"
        ((kept, feed),) = folder.sql("SELECT report, feed FROM runs")
        assert json.loads(kept) == {key: value for key, value in report.items() if key != "portals"}
        assert feed == report["feed"]
        assert waiting(folder, "may-1") == []

        town.pieces = every
        done = crawl(folder, "may-1", **NOWHERE)
        assert done.status == 1
        assert f"cannot go to {bucket.url}/out/raw/" in done.stderr
        assert "and 2 more files" in done.stderr
        assert "records: none" in done.stderr
        assert waiting(folder, "may-1") == [".jsonl", ".report.json", ".warc.gz"]
        assert len(bucket.names()) == 3

        done = crawl(folder, "may-2")
        assert done.status == 0, done.stderr
        (second,) = (name for (name,) in folder.sql("SELECT name FROM runs ORDER BY began LIMIT 1 OFFSET 1"))
        assert len(bucket.read(f"out/{second}.jsonl").splitlines()) == 3
        report = json.loads(bucket.read(f"out/{second}.report.json"))
        assert (report["reason"], report["records"], set(report["portals"])) == ("finished", 3, {"hoasua"})
        assert report["portals"]["hoasua"]["new"] == 3

        assert crawl(folder, "may-1").status == 0
        assert f"out/raw/{second}.warc.gz" in bucket.names()
        assert waiting(folder, "may-1") == waiting(folder, "may-2") == []
    assert {path.name for path in tmp_path.iterdir()} == {"may-1", "may-2", "sites.toml", "store.db", "store.db.locks"}


def test_without_its_bucket_no_run_starts(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDNEWS_OUTPUT", "s3://khong-co/out")
    with Town(pieces(1)) as town:
        done = crawl(Folder(tmp_path, town.toml(), store="sqlite:///store.db"), "may-1")
        assert town.requests == []
    assert (done.status, done.stderr) == (
        2,
        "wardnews: s3://khong-co/out: there is no bucket khong-co: make it, or name another\n",
    )


def test_what_other_commands_write_goes_up(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WARDNEWS_OUTPUT", f"{bucket.url}/out")
    with Town(pieces(2)) as town:
        folder = Folder(tmp_path, town.toml(), store="sqlite:///store.db")
        assert crawl(folder, "may-1").status == 0
    monkeypatch.setattr(settings, "WARDNEWS_OUTPUT", f"{bucket.url}/out")
    commands = {
        ("pack",): 0,
        ("pack", "-o", f"{bucket.url}/hoasua.wacz"): 0,
        ("status", "--store", "sqlite:///store.db", "--prometheus", f"{bucket.url}/wardnews.prom"): 0,
    }
    for command, status in commands.items():
        result = CliRunner().invoke(app, command)
        assert result.exit_code == status, result.output
    packed = [name for name in bucket.names() if name.endswith(".wacz")]
    assert len(packed) == 2
    for name in packed:
        with zipfile.ZipFile(BytesIO(bucket.read(name))) as wacz:
            assert len([one for one in wacz.namelist() if one.startswith("archive/")]) == 1
    assert b'"hoasua"' in bucket.read("wardnews.prom")
    assert not list(tmp_path.glob("s3:*"))


def test_kept_files_lie_below_the_same_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WARDNEWS_FILES", raising=False)
    monkeypatch.setattr(settings, "WARDNEWS_OUTPUT", "s3://kho/out")
    assert files_folder() == "s3://kho/out/files"
    given = Settings({"WARDNEWS_OUTPUT": "s3://kho/out", "WARDNEWS_FILES": None})
    assert live.folder_of(given) == "s3://kho/out/files"


def test_a_folder_of_others_is_no_place_for_what_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wardnews.storage.gettempdir", lambda: str(tmp_path))
    mine = Output.at("s3://me:S3CRET@kho/out").folder
    mine.rmdir()
    (tmp_path / "elsewhere").mkdir()
    mine.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match=r"s3://me:\*\*\*@kho/out: .* is not ours"):
        Output.at("s3://me:S3CRET@kho/out")
