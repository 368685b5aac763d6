"""A store that others keep, delete, move or break under a command, and links that they put where it writes."""

from __future__ import annotations

import errno
import gzip
import os
import resource
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.doubles.history import make_history
from tests.doubles.warcs import sound
from tests.helpers.commands import Done, Folder, read_feed, started
from tests.helpers.town import Town, pieces
from wardnews.demo import Reply, Request

STORE = "output/wardnews.db"


def command(folder: Path, *arguments: str, before: Callable[[], None] | None = None) -> Done:
    options = {"before": before} if before else {}
    with started(folder, *arguments, **options) as running:
        pass
    return Done(running.exitcode, running.stderr)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a sites file, a WARC file, and the store that was made of it."""
    folder = tmp_path_factory.mktemp("made")
    history = make_history(4)
    (folder / "sites.toml").write_text(history.toml(), encoding="utf-8")
    (folder / "a.warc.gz").write_bytes(b"".join(gzip.compress(sound(one)) for one in history.captures[:40]))
    assert command(folder, *BACKFILL).status == 0
    return folder


@pytest.fixture
def archived(made: Path, tmp_path: Path) -> Path:
    """A copy of that folder."""
    return shutil.copytree(made, tmp_path / "archived")


def impatient() -> None:
    from wardnews.store import database

    database.PATIENCE = 0.2


BACKFILL = ("backfill", "practice-archived", "--sites", "sites.toml", "--from", "a.warc.gz")


def test_a_store_that_another_program_keeps_is_one_line(archived: Path) -> None:
    other = sqlite3.connect(archived / STORE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for arguments in (
        (*BACKFILL, "--reread"),
        ("crawl", "practice-archived", "--sites", "sites.toml"),
        ("export",),
        ("status",),
        ("changes",),
        ("push", "http://127.0.0.1:1/"),
        ("reread", "--raw", "a.warc.gz"),
    ):
        done = command(archived, *arguments, before=impatient)
        assert done.status == 1, done.stderr
        (line,) = [line for line in done.stderr.splitlines() if "contact" not in line and "closed on" not in line]
        assert "wardnews.db is busy: another program writes to it; try again when that has ended" in line
    other.close()


def test_a_store_that_is_kept_in_the_middle_of_a_run_stops_it(tmp_path: Path) -> None:
    other: list[sqlite3.Connection] = []

    def keep(request: Request) -> Reply | None:
        if request.path.count("/") > 2 and not other and len(town.requests) > 20:
            other.append(sqlite3.connect(tmp_path / STORE, isolation_level=None, check_same_thread=False, timeout=20))
            other[0].execute("BEGIN IMMEDIATE")
        return None

    with Town(pieces(60), intercept=keep) as town:
        folder = Folder(tmp_path, town.toml())
        done = folder.crawl(before=impatient)
        assert other
        other[0].close()
        assert done.status == 1
        assert "Traceback" not in done.stderr
        assert "locked" in done.stderr
        assert folder.crawl().status == 0
    assert len(folder.all()) == len(set(folder.all())) == 60


def removed(folder: Path) -> None:
    shutil.rmtree(folder / "output")


def moved(folder: Path) -> None:
    (folder / "output").rename(folder / "elsewhere")


def replaced(folder: Path) -> None:
    (folder / STORE).rename(folder / "old.db")
    (folder / STORE).touch()


@pytest.mark.parametrize("how", [removed, moved, replaced])
def test_a_store_that_is_taken_away_under_a_crawl_ends_it(tmp_path: Path, how: Callable[[Path], None]) -> None:
    taken: list[int] = []

    def take(request: Request) -> Reply | None:
        if request.path.count("/") > 2 and not taken and len(town.requests) > 20:
            taken.append(1)
            how(tmp_path)
        return None

    with Town(pieces(60), intercept=take) as town:
        done = Folder(tmp_path, town.toml()).crawl()
    assert taken
    assert done.status == 1
    assert "output/wardnews.db" in done.stderr
    assert "Traceback" not in done.stderr


def gone_at_the_end() -> None:
    """Delete the store when the last reading is kept, before the report is made."""
    from wardnews.spiders.archive import ArchiveSpider

    read_all = ArchiveSpider.read_all

    async def and_remove(self: ArchiveSpider) -> None:
        await read_all(self)
        shutil.rmtree("output")

    ArchiveSpider.read_all = and_remove  # type: ignore[method-assign]


def test_a_store_that_is_taken_away_under_a_backfill_is_named(archived: Path) -> None:
    done = command(archived, *BACKFILL, "--reread", before=gone_at_the_end)
    assert done.status == 1
    assert "output/wardnews.db" in done.stderr
    assert "Traceback" not in done.stderr


# --- what is broken or full -------------------------------------------------------------------------------------------


def no_large_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, resource.RLIM_INFINITY))


def no_large_files_but_the_store() -> None:
    from wardnews.store.database import Store

    opened = Store.open

    def open_store(url: str, **options: bool) -> Store:
        store = opened(url, **options)
        no_large_files()
        return store

    Store.open = open_store  # type: ignore[assignment, method-assign]


def test_what_cannot_be_written_for_want_of_room_is_status_1(archived: Path) -> None:
    before = sorted(path.name for path in archived.iterdir())
    done = command(archived, "export", "-o", "a.jsonl", before=no_large_files)
    assert (done.status, "wardnews.db: cannot be opened: disk I/O error" in done.stderr) == (1, True)
    done = command(archived, "pack", "a.warc.gz", "-o", "a.wacz", before=no_large_files)
    assert (done.status, done.stderr) == (1, "pack: a.wacz: File too large\n")
    for arguments in (
        ("export", "-o", "a.jsonl"),
        ("export", "--as", "text", "-o", "texts/"),
        ("export", "--as", "csv", "-o", "a.csv"),
    ):
        done = command(archived, *arguments, before=no_large_files_but_the_store)
        assert (done.status, "File too large" in done.stderr) == (1, True), (arguments, done.stderr)
        assert len(done.stderr.splitlines()) == 1
        assert sorted(path.name for path in archived.iterdir()) == before


def no_free_disk() -> None:
    from wardnews.archives.packed import room

    vars(room)["shutil"] = SimpleNamespace(disk_usage=lambda _: SimpleNamespace(free=0))


def full_temporary_folder() -> None:
    from wardnews.archives.packed import room

    def copy(_source: object, target: Path, _most: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))

    vars(room)["copy"] = copy


def small_store() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (160 * 1024, resource.RLIM_INFINITY))


def unreadable_disk() -> None:
    from wardnews.archives.warc.stream import Stream

    def read(*_: object) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    setattr(Stream, "read", read)  # noqa: B010 - of another type


def changes_of(folder: Path) -> list[tuple[str, str]]:
    """Return what all feeds of a folder hold, by id and change."""
    feeds = (read_feed(file) for file in (folder / "output").glob("*.jsonl"))
    return sorted((one["id"], one["change"]) for feed in feeds for one in feed)


@pytest.mark.parametrize("trouble", [no_free_disk, full_temporary_folder, small_store, unreadable_disk])
def test_a_backfill_that_the_disk_stopped_is_gone_on_with(
    made: Path, tmp_path: Path, trouble: Callable[[], None]
) -> None:
    shutil.copy(made / "sites.toml", tmp_path)
    packing = zipfile.ZIP_STORED if trouble is small_store else zipfile.ZIP_DEFLATED  # it has no room to unpack either
    with zipfile.ZipFile(tmp_path / "a.wacz", "w", packing) as archive:
        archive.write(made / "a.warc.gz", "archive/a.warc.gz")
        archive.writestr("datapackage.json", '{"resources": []}')
    arguments = ("backfill", "practice-archived", "--sites", "sites.toml", "--from", "a.wacz")
    done = command(tmp_path, *arguments, before=trouble)
    assert done.status in (1, 3), done.stderr
    assert "Traceback" not in done.stderr
    assert command(tmp_path, *arguments).status == 0
    assert changes_of(tmp_path) == changes_of(made)


def test_a_broken_store_is_named_and_not_the_output(archived: Path) -> None:
    with (archived / STORE).open("r+b") as file:
        size = file.seek(0, 2)
        for at in range(8192, size, 4096):
            file.seek(at)
            file.write(b"\xff" * 512)
    for arguments in (("export", "-o", "a.jsonl"), ("export", "--as", "csv"), ("changes",), ("status",)):
        done = command(archived, *arguments)
        assert done.status in (1, 2), (arguments, done.stderr)
        assert "wardnews.db" in done.stderr, arguments
        assert "malformed" in done.stderr
        assert "a.jsonl" not in done.stderr
        assert "Traceback" not in done.stderr


# --- links that others put there --------------------------------------------------------------------------------------


def test_no_link_that_others_put_there_is_followed(archived: Path) -> None:
    victim, folder = archived / "victim.txt", archived / "victims"
    mine = gzip.compress(b"mine") + b"and more"
    victim.write_bytes(mine)
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    (archived / "output" / "raw").mkdir(exist_ok=True)
    for name in ("a.jsonl.part", "a.csv.part", "datapackage.json.part", "a.wacz.part", "output/raw/x.warc.gz.open"):
        (archived / name).symlink_to(victim)
    locks = archived / "output" / "wardnews.db.locks"
    for name in ("site-hoasua", "tables"):
        (locks / name).unlink(missing_ok=True)
        (locks / name).symlink_to(victim)
    for name in (".texts.part", ".texts.old", ".table.old"):
        (archived / name).symlink_to(folder)
    for arguments in (
        ("export", "-o", "a.jsonl"),
        ("export", "-o", "a.csv"),
        ("export", "--as", "text", "-o", "texts/"),
        ("export", "--as", "parquet", "-o", "table/"),
        ("pack", "a.warc.gz", "-o", "a.wacz"),
        ("pack", "-o", "b.wacz"),
    ):
        done = command(archived, *arguments)
        assert "Traceback" not in done.stderr, done.stderr
    command(archived, *BACKFILL)
    assert victim.read_bytes() == mine
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]
    for made in ("a.jsonl", "a.csv", "texts", "a.wacz"):
        assert not (archived / made).is_symlink()
        assert (archived / made).exists(), made
