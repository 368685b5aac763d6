"""The store: its tables, its address, its locks, and who else writes to it."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import NamedTuple, get_args

import jsonschema
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from tests.conftest import Run
from tests.helpers.commands import Folder
from tests.helpers.town import HERE, Piece, Town, pieces
from wardnews.demo import Request
from wardnews.errors import StoreError
from wardnews.items import article_of, json_schema
from wardnews.store import database as store
from wardnews.store import queries
from wardnews.store.changes import changes, last_seq, versions_between
from wardnews.store.database import HEAD, Store
from wardnews.store.tables import metadata
from wardnews.store.tasks import Kind

ARTICLES = int(os.environ.get("DRILL_ARTICLES", "120"))


@pytest.fixture
def at(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/wardnews.db"


def test_the_migrations_make_the_tables_of_the_metadata(at: str) -> None:
    kept = Store.open(at)
    with kept.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []
        made = inspect(connection)
        for table in metadata.sorted_tables:
            known = {index.name for index in table.indexes}
            assert {index["name"] for index in made.get_indexes(table.name)} - {
                "pages_by_key",
                "files_by_url",
                "wanted_files_by_url",
            } <= known | {None}
            for column in made.get_columns(table.name):
                assert bool(column["nullable"]) == bool(table.c[column["name"]].nullable), (
                    f"{table.name}.{column['name']}"
                )
            assert made.get_pk_constraint(table.name)["constrained_columns"] == [
                column.name for column in table.primary_key.columns
            ]
    kept.close()


def test_the_head_is_that_of_the_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(store.__file__).with_name("migrations")))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_a_store_is_opened_again_as_it_is(at: str) -> None:
    kept = Store.open(at)
    kept.begin_run("one", "2026-11-01T00:00:00Z")
    kept.close()
    kept = Store.open(at)
    assert kept.unfinished_runs() == ["one"]
    kept.close()


def test_a_run_that_ends_while_another_looks_for_killed_ones_is_none(at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, other = Store.open(at), Store.open(at)
    kept.begin_run("one", "2026-11-01T00:00:00Z")
    lock = other.locks.take

    def lock_late(name: str) -> bool:
        kept.end_run("one", now="2026-11-01T01:00:00Z", reason="finished", feed="one.jsonl")
        kept.close()
        return lock(name)

    monkeypatch.setattr(other.locks, "take", lock_late)
    assert other.unfinished_runs() == []
    other.close()


def test_an_empty_file_becomes_a_store(tmp_path: Path, at: str) -> None:
    (tmp_path / "wardnews.db").touch()
    Store.open(at).close()


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    Store.open(f"sqlite:///{tmp_path}/a/b/wardnews.db").close()
    assert (tmp_path / "a/b/wardnews.db").exists()


def later(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path}/later.db"
    Store.open(address).close()
    with sqlite3.connect(tmp_path / "later.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    return address


def a_text(tmp_path: Path) -> str:
    (tmp_path / "notes.txt").write_text("Đây không phải là cơ sở dữ liệu. " * 99, encoding="utf-8")
    return f"sqlite:///{tmp_path}/notes.txt"


def a_folder(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}"


def below_a_file(tmp_path: Path) -> str:
    (tmp_path / "file").touch()
    return f"sqlite:///{tmp_path}/file/wardnews.db"


def where_nobody_may_write(_tmp_path: Path) -> str:
    return "sqlite:////proc/wardnews.db"


def other_tables(tmp_path: Path) -> str:
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE articles (name TEXT)")
    connection.close()
    return f"sqlite:///{tmp_path}/other.db"


BAD = [
    (later, "made by a later wardnews (tables 9999, this one knows"),
    (a_text, "cannot be opened: file is not a database"),
    (a_folder, "cannot be opened: unable to open database file"),
    (below_a_file, "cannot be opened: "),
    (where_nobody_may_write, "cannot be opened: "),
    (other_tables, "cannot be opened: table articles already exists"),
    (lambda _: "sqlite://", "kept in memory"),
    (lambda _: "mysql://u@127.0.0.1/db", "SQLite or PostgreSQL"),
    (lambda _: "wardnews.db", "not an address of a database"),
    (lambda _: "nothing://x", "SQLite or PostgreSQL"),
]


@pytest.mark.parametrize(("made", "cause"), BAD)
def test_a_store_that_cannot_be_opened_is_named(tmp_path: Path, made: object, cause: str) -> None:
    address = made(tmp_path)  # type: ignore[operator]
    with pytest.raises(StoreError) as error:
        Store.open(address)
    assert str(error.value).startswith(f"store {address}: ")
    assert cause in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("made", [later, a_text])
def test_the_command_says_so(tmp_path: Path, made: object, wardnews: Run) -> None:
    address = made(tmp_path)  # type: ignore[operator]
    done = wardnews("crawl", "hanoi-phucloi", "--store", address)
    assert done.returncode == 2
    assert f"wardnews: store {address}: " in done.stderr
    assert "Traceback" not in done.stderr


# --- stores of before -------------------------------------------------------------------------------------------------

FILLED = Path(__file__).with_name("version_1.sql.gz")
"""A store that 0.1.0 filled, as SQL, with made-up ports: of hoasua it knew all 12 articles, one of them edited since. Of
bentrang it had read one article, tried another and the second page of the listing in vain, and left eight to do."""
BEFORE = {"hoasua": 10_001, "bentrang": 10_002}
"""The ports that the portals have in it."""


def old_pieces(count: int) -> list[Piece]:
    """Make the articles of a portal in `FILLED`, the newest first."""
    return [
        Piece(
            id=10_000 + number,
            title=f"Tổ dân phố số {number} ra quân tổng vệ sinh",
            published=datetime(2022, 3, 31, 8, 15, tzinfo=HERE) - timedelta(days=number),
            body=f"Sáng nay, tổ dân phố số {number} đã ra quân tổng vệ sinh các ngõ xóm, khơi thông cống rãnh và trồng "
            f"thêm {number * 7} cây hoa ban dọc bờ kênh; hơn {number * 11} hộ gia đình đã cùng tham gia. Rác thải và "
            f"cành khô, tổng cộng {number * 13} bao, được gom về bãi tập kết ngay trong buổi sáng.",
        )
        for number in range(1, count + 1)
    ]


class Old(NamedTuple):
    """Hold a folder with a store that was filled before, and the portals that it was filled from."""

    folder: Folder
    hoasua: Town
    bentrang: Town

    def crawl(self, *arguments: str) -> list[tuple[str, str]]:
        """Crawl; give id and change of all that the feed tells."""
        done = self.folder.crawl(*arguments)
        assert done.status == 0, done.stderr
        return self.folder.last()


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Old]:
    with Town(old_pieces(12)) as hoasua, Town(old_pieces(12)) as bentrang:
        hoasua.change(10_003, title="Tổ dân phố số 3 được khen thưởng")
        script = gzip.decompress(FILLED.read_bytes()).decode()
        for name, town in (("hoasua", hoasua), ("bentrang", bentrang)):
            script = script.replace(f"127.0.0.1:{BEFORE[name]}/", town.url.removeprefix("http://"))
        (tmp_path / "output").mkdir()
        with closing(sqlite3.connect(tmp_path / "output/wardnews.db")) as connection:
            connection.executescript(script)
        yield Old(Folder(tmp_path, hoasua.toml("hoasua") + bentrang.toml("bentrang")), hoasua, bentrang)


def test_a_store_of_before_is_opened_with_all_that_it_knows(old: Old) -> None:
    kept = Store.open(f"sqlite:///{old.folder.path}/output/wardnews.db", create=False)
    known = [article_of(line) for line in queries.records(kept, ["hoasua"])]
    told = [(row.run, article_of(row.record).change) for row in versions_between(kept, 0, last_seq(kept), ["hoasua"])]
    runs = list(dict.fromkeys(run for run, _ in told))
    assert queries.article_counts(kept) == {"hoasua": 12, "bentrang": 1}
    assert [one.id for one in known] == [f"hoasua:{10_000 + number}" for number in range(12, 0, -1)]
    assert {one.title for one in known} == {piece.title for piece in old.hoasua.pieces}
    assert [(runs.index(run), change) for run, change in told] == [*[(0, "new")] * 12, (1, "edited")]
    assert [article_of(line).id for line in queries.feed(kept, runs[1])] == ["hoasua:10003"]
    for line in (*queries.records(kept), *queries.feed(kept, runs[0])):  # of version 1, as they stand in the store
        jsonschema.validate(json.loads(line), json_schema())
    assert {row.record[:13] for row in versions_between(kept, 0, last_seq(kept))} == {'{"schema": "1'}
    for _, change in changes(kept, 0, last_seq(kept)):
        jsonschema.validate(json.loads(change)["record"], json_schema())
    assert kept.unfinished_runs() == []
    kept.close()


def test_a_crawl_goes_on_where_a_store_of_before_stood(old: Old) -> None:
    assert old.crawl("hoasua") == []
    assert sorted(old.hoasua.asked()) == ["/", "/muc-0"]
    assert old.crawl("bentrang") == [(str(10_000 + number), "new") for number in range(2, 13)]
    stories = dict(old.folder.sql("SELECT id, story FROM articles WHERE site = 'bentrang'"))
    assert stories == {f"bentrang:{one.id}": f"hoasua:{one.id}" for one in old.bentrang.pieces}
    assert old.crawl("bentrang", "hoasua") == []
    assert old.crawl("bentrang", "hoasua", "--full") == []
    assert len([path for path in old.hoasua.asked() if "view_content" in path]) == 12
    twice = "SELECT count(*) FROM versions GROUP BY article HAVING count(*) > 1"
    assert old.folder.sql(twice) == [(2,)]  # the one that was edited before


def test_the_words_that_stores_hold_stay() -> None:
    """Whoever renames one has to bring the stores that there are with it."""
    assert get_args(Kind) == ("home", "section", "list", "turn", "article")
    assert HEAD == "0011"
    assert " ".join(sorted(metadata.tables)) == (
        "articles captures cursors documents file_links files identity kept_ids key_forms leases listings pages runs searches sightings signatures "
        "versions views visits wanted_files"
    )


# --- locks --------------------------------------------------------------------------------------------------------


def test_a_lock_is_held_once(at: str) -> None:
    one, other = Store.open(at), Store.open(at)
    assert one.locks.take("site-a")
    assert not other.locks.take("site-a")
    assert other.locks.take("site-b")
    one.locks.release("site-a")
    assert other.locks.take("site-a")
    other.close()
    assert one.locks.take("site-a")
    one.close()


def test_the_second_run_of_a_portal_is_refused_and_the_free_one_is_crawled(tmp_path: Path) -> None:
    with Town(pieces(5)) as busy, Town(pieces(5, first=50)) as free:
        folder = Folder(tmp_path, busy.toml("busy") + free.toml("free"))
        kept = Store.open(f"sqlite:///{tmp_path}/output/wardnews.db")
        assert kept.locks.take("site-busy")
        done = folder.crawl("busy")
        assert done.status == 5
        assert done.stderr.splitlines()[0] == "busy: left out, another run is at it"
        assert busy.asked() == []
        done = folder.crawl("busy", "free")
        assert done.status == 5
        assert "busy: left out, another run is at it" in done.stderr
        assert "free: 7 pages, 5 new" in done.stderr
        kept.close()
        assert folder.crawl("busy").status == 0
        assert len(folder.all()) == 10


def test_the_lock_of_a_killed_run_is_free_at_once(tmp_path: Path) -> None:
    reached, killed = Event(), Event()

    def hold(_asked: Request) -> None:
        if len(town.requests) == 20:
            reached.set()
            killed.wait(60)

    with Town(pieces(40), intercept=hold) as town:
        folder = Folder(tmp_path, town.toml())
        with folder.started() as process:
            assert reached.wait(60)
            assert folder.crawl().status == 5
            process.kill()
        killed.set()
        done = folder.crawl()
        assert done.status == 0, done.stderr
        assert len(folder.all()) == len(set(folder.all())) == 40


def test_two_runs_write_to_one_store(tmp_path: Path) -> None:
    with Town(pieces(ARTICLES)) as one, Town(pieces(ARTICLES)) as other:
        folder = Folder(tmp_path, one.toml("one") + other.toml("other"))
        with folder.started("one") as first, folder.started("other") as second:
            pass
        assert (first.exitcode, second.exitcode) == (0, 0)
        assert len(folder.feeds()) == 2
        assert sorted(len(feed) for feed in folder.feeds()) == [ARTICLES, ARTICLES]
        assert not list(tmp_path.glob("output/*.locks/run-*"))
        logs = "".join(file.read_text(encoding="utf-8") for file in tmp_path.glob("output/*.log"))
        assert "locked" not in logs
        assert "ERROR" not in logs
