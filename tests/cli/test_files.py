"""What a person does with kept files: read them, verify them."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.conftest import Run
from tests.helpers import datasette_imported  # noqa: F401 - before all else that imports it
from tests.helpers import documents as made
from tests.helpers.buckets import Bucket
from tests.helpers.kept_files import FILES, PLAN, article_with, keep_all
from tests.serve.town import built, write
from wardnews.cli import app
from wardnews.documents import process
from wardnews.errors import ExitStatus
from wardnews.files.media_types import media_type_of
from wardnews.files.storage import forget, kept_in, open_kept, place_of
from wardnews.serve import application
from wardnews.store.database import Store
from wardnews.store.files.documents import documents_of


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WARDNEWS_FILES", str(tmp_path / "files"))
    return str(tmp_path / "files")


def typed(store_url: str, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["files", *arguments, "--store", store_url])
    return done.exit_code, done.output


def test_kept_files_are_read_once_and_verified(store_url: str, base: str) -> None:
    names = keep_all(store_url, base)
    status, said = typed(store_url, "--read")
    assert (status, said) == (0, "files: 3 read, 1 scanned, 1 unreadable\n")
    store = Store.open(store_url)
    with store.reading() as connection:
        known = documents_of(connection, set(names.values()))
    store.close()
    found = {name: known[sha256] for name, sha256 in names.items()}
    assert found["ke-hoach.pdf"].pages == ("Kế hoạch đọc sách\nTổ 1: ông Mộc", "Phụ lục: bà Sương giữ chìa khóa")
    assert (found["scan.pdf"].flags, found["danh-sach.xlsx"].pages) == (("scanned",), ("A\nSương",))
    assert (found["trang.pdf"].kind, found["trang.pdf"].cause) == (None, "is text/html, whose text is not read")
    thumbnail = found["anh.png"].thumbnail
    assert thumbnail
    with open_kept(base, thumbnail) as file:
        assert media_type_of(file) == "image/jpeg"
    assert "none to read" in typed(store_url, "--read")[1]
    assert typed(store_url, "--verify") == (0, "6 files verified: all are whole\n")
    shown = typed(store_url)[1]
    assert "application/pdf" in shown
    assert "5 files in" in shown
    damage(base, names, thumbnail)
    status, said = typed(store_url, "--verify")
    assert status == ExitStatus.FAILED
    torn = f"torn: {names['ke-hoach.pdf']} http://hoasua.example/ke-hoach.pdf"
    gone = f"missing: {names['scan.pdf']} http://hoasua.example/scan.pdf"
    link = f"torn: {names['anh.png']} http://hoasua.example/anh.png"
    lines = {torn, gone, link, f"missing: {thumbnail}", f"unknown: {'ab' * 32}", f"unknown: {'ab' * 32}.part"}
    assert set(said.splitlines()) == lines | {"8 files verified: 2 missing, 2 torn, 2 unknown"}


def damage(base: str, names: dict[str, str], thumbnail: str) -> None:
    """Tear a file, take two away, put a link in the place of one, and add what nobody knows."""
    Path(base, place_of(names["ke-hoach.pdf"])).write_bytes(PLAN[:-1])
    Path(base, place_of(names["scan.pdf"])).unlink()
    Path(base, place_of(thumbnail)).unlink()
    png = Path(base, place_of(names["anh.png"]))
    png.rename(Path(base, "elsewhere"))
    png.symlink_to(Path(base, "elsewhere"))
    stray = Path(base, place_of("ab" * 32))
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"x")
    stray.with_name(stray.name + ".part").write_bytes(b"x")


def test_what_is_not_there_is_said_and_read_when_it_is_back(tmp_path: Path, base: str) -> None:
    at = f"sqlite:///{tmp_path}/store.db"
    names = keep_all(at, base, {"ke-hoach.pdf": PLAN})
    place = Path(base, place_of(names["ke-hoach.pdf"]))
    place.write_bytes(b"torn")
    status, said = typed(at, "--read")
    assert (status, "1 not there or torn" in said, names["ke-hoach.pdf"] in said) == (0, True, True)
    place.write_bytes(PLAN)
    assert "files: 1 read" in typed(at, "--read")[1]


def test_one_process_reads_at_a_time(tmp_path: Path, base: str) -> None:
    at = f"sqlite:///{tmp_path}/store.db"
    keep_all(at, base, {"ke-hoach.pdf": PLAN})
    store = Store.open(at)
    assert store.locks.take("documents")
    assert typed(at, "--read") == (ExitStatus.LOCKED, "another process reads kept files\n")
    store.close()


def test_a_kill_loses_nothing_and_the_next_one_goes_on(tmp_path: Path, base: str) -> None:
    at = f"sqlite:///{tmp_path}/store.db"
    names = keep_all(at, base, {f"{number}.docx": made.docx(made.paragraph(f"Tổ {number}")) for number in range(40)})
    killed = subprocess.Popen(
        [sys.executable, "-m", "wardnews", "files", "--read", "--store", at], stderr=subprocess.DEVNULL
    )
    store = Store.open(at)
    while not read_of(store, names):
        assert killed.poll() is None
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    before = read_of(store, names)
    assert typed(at, "--read")[1] == f"files: {40 - before} read\n"
    assert read_of(store, names) == 40
    assert len(list(kept_in(base))) == 40
    store.close()


def read_of(store: Store, names: dict[str, str]) -> int:
    with store.reading() as connection:
        return len(documents_of(connection, set(names.values())))


def test_files_in_a_bucket_are_read_verified_and_exported(
    tmp_path: Path, base: str, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, there = f"sqlite:///{tmp_path}/store.db", f"{bucket.url}/files"
    monkeypatch.setenv("WARDNEWS_FILES", there)
    names = keep_all(at, there)
    assert typed(at, "--read") == (0, "files: 3 read, 1 scanned, 1 unreadable\n")
    assert typed(at, "--verify") == (0, "6 files verified: all are whole\n")
    store = Store.open(at)
    write(store, article_with(FILES))
    datasette = application(built(store, tmp_path / "copy.db"), there)
    store.close()
    answer = asyncio.run(datasette.client.get(f"/file/{names['anh.png']}"))
    assert (answer.headers["content-type"], answer.content) == ("image/png", FILES["anh.png"])
    datasette.executor.shutdown()
    for database in datasette.databases.values():
        database.close()
    forget(there, names["scan.pdf"])
    done = CliRunner().invoke(app, ["export", "--as", "text", "--files", "copy", "-o", "news/", "--store", at])
    assert "with 4 files, 1 are not there or torn" in done.output
    assert typed(at, "--verify")[0] == ExitStatus.FAILED


def test_a_crawl_reads_what_is_kept_when_it_is_done(tmp_path: Path, base: str, wardnews: Run, sites_file: Path) -> None:
    at = f"sqlite:///{tmp_path}/store.db"
    names = keep_all(at, base, {"ke-hoach.pdf": PLAN})
    done = wardnews("crawl", "practice-liferay", "--sites", sites_file, "--store", at, "--sample", "2")
    assert "files: 1 read" in done.stderr
    store = Store.open(at)
    assert read_of(store, names) == 1
    store.close()


def test_without_the_libraries_it_says_so(tmp_path: Path, base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at = f"sqlite:///{tmp_path}/store.db"
    keep_all(at, base, {"ke-hoach.pdf": PLAN})
    monkeypatch.setattr(process, "NEEDED", {"nosuchlibrary": "pypdf"})
    done = CliRunner().invoke(app, ["files", "--read", "--store", at])
    assert "pip install 'wardnews[documents]'" in str(done.exception)
