"""Exports with kept files, and with what these say."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.helpers.kept_files import FILES, PLAN, SVG, article_with, keep_all, url_of
from tests.serve.town import write
from wardnews.cli import app
from wardnews.exporters.package import checked
from wardnews.files.storage import place_of
from wardnews.store.database import Store

ALL = FILES | {"hinh.svg": SVG}
NEVER_KEPT = {"mat.docx": b"PK"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder with a store of two articles that share a file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WARDNEWS_STORE", raising=False)
    keep_all("sqlite:///output/wardnews.db", "output/files", ALL)
    store = Store.open("sqlite:///output/wardnews.db")
    write(store, article_with(ALL | NEVER_KEPT), article_with({"ke-hoach.pdf": PLAN}, "hoasua:2", "Nhắc lại"))
    store.close()
    return tmp_path


def typed(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(arguments))
    return done.exit_code, done.stdout, f"{done.stderr}{done.exception or ''}"


@pytest.mark.parametrize(("form", "how"), [("text", "copy"), ("parquet", "link"), ("atom", "copy")])
def test_files_go_along_into_a_folder_each_once(folder: Path, form: str, how: str) -> None:
    status, _, said = typed("export", "--as", form, "--files", how, "-o", "news/")
    assert (status, "with 6 files, 1 are not there or torn" in said) == (0, True), said
    package = json.loads((folder / "news" / "datapackage.json").read_text())
    found = {one["sources"][0]["path"]: one for one in package["resources"] if "mediatype" in one}
    assert found.keys() == {url_of(name) for name in ALL}
    for name, data in ALL.items():
        one = found[url_of(name)]
        kept, given = folder / "output" / "files" / place_of(one["name"]), folder / "news" / one["path"]
        facts = {"bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
        assert {"bytes": one["bytes"], "hash": one["hash"]} == checked(given) == facts
        assert kept.samefile(given) == (how == "link")
    assert found[url_of("ke-hoach.pdf")]["path"].endswith(".pdf")
    endings = [found[url_of(name)]["path"][-4:] for name in ("hinh.svg", "trang.pdf")]
    assert endings == [".bin", ".bin"], "nothing that runs when it is opened"
    assert typed("export", "--as", form, "--files", how, "-o", "news/")[0] == 0, "the next one takes its place"


def test_a_torn_file_does_not_go_along(folder: Path) -> None:
    (folder / "output" / "files" / place_of(hashlib.sha256(PLAN).hexdigest())).write_bytes(b"torn")
    said = typed("export", "--as", "text", "--files", "copy", "-o", "news/")[2]
    assert "with 5 files, 2 are not there or torn" in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--as", "jsonl", "-o", "news.jsonl", "--files", "copy"), "--files puts files into a folder"),
        (("--as", "csv", "--documents"), "--documents goes with jsonl, not with csv"),
    ],
)
def test_what_cannot_go_along_is_said(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    status, _, said = typed("export", *arguments)
    assert (status != 0, message in said) == (True, True)


def test_files_of_a_bucket_cannot_be_linked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDNEWS_FILES", "s3://key:secret@bucket/files")
    status, _, said = typed("export", "--as", "text", "--files", "link", "-o", "news/")
    assert (status != 0, "cannot be linked: --files copy" in said, "secret" in said) == (True, True, False)
    assert not (folder / "news").exists()


def test_records_with_what_their_files_say(folder: Path) -> None:
    plain = typed("export")[1]
    assert typed("files", "--read")[0] == 0
    assert typed("export")[1] == plain, "a record of itself stays as it is"
    status, shown, _ = typed("export", "--documents")
    assert status == 0
    records = [json.loads(line) for line in shown.splitlines()]
    own = [{key: value for key, value in one.items() if key != "documents"} for one in records]
    assert own == [json.loads(line) for line in plain.splitlines()]
    said: dict[str, Any] = {one["url"]: one for one in records[0]["documents"]}
    assert said[url_of("ke-hoach.pdf")]["pages"] == [
        "Kế hoạch đọc sách\nTổ 1: ông Mộc",
        "Phụ lục: bà Sương giữ chìa khóa",
    ]
    assert said[url_of("scan.pdf")] == {
        "sha256": hashlib.sha256(FILES["scan.pdf"]).hexdigest(), "url": url_of("scan.pdf"), "kind": "pdf", "pages": ["", ""],
        "flags": ["scanned"], "cause": None,
    }  # fmt: skip
    assert said[url_of("trang.pdf")]["cause"] == "is text/html, whose text is not read"
    assert url_of("mat.docx") not in said
    assert [one["url"] for one in records[1]["documents"]] == [url_of("ke-hoach.pdf")]
    assert typed("export", "--documents", "-o", "news.jsonl")[0] == 0
    fields = json.loads((folder / "datapackage.json").read_text())["resources"][0]["schema"]["fields"]
    assert fields[-1]["name"] == "documents"
