"""`-o` to a storage elsewhere: Scrapy's feed export brings it there, or the command says before the crawl why it cannot."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from importlib import import_module
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

import pytest
from typer.testing import CliRunner

from tests.helpers import commands
from tests.helpers.buckets import Bucket, without_libraries
from tests.helpers.commands import Folder
from tests.helpers.town import Town, pieces
from wardnews.cli import app
from wardnews.errors import UsageError
from wardnews.store import queries
from wardnews.store.database import Store


def serve(folder: Path, port: Connection) -> None:
    """Be an FTP server on loopback until killed; the files of the user hoasua are in a folder of that name."""
    names = ("cred.checkers", "cred.portal", "internet.reactor", "protocols.ftp")
    checkers, portal, reactor, ftp = (cast("Any", import_module(f"twisted.{name}")) for name in names)
    known = checkers.InMemoryUsernamePasswordDatabaseDontUse()
    known.users = {"hoasua": "bi@mat"}  # of FTP's commands they come as text
    factory = ftp.FTPFactory(portal.Portal(ftp.FTPRealm(str(folder), str(folder)), [known]))
    port.send(reactor.listenTCP(0, factory, interface="127.0.0.1").getHost().port)
    reactor.run()


@pytest.fixture
def ftp(tmp_path: Path) -> Iterator[str]:
    """Give the address of an FTP server with its password."""
    (tmp_path / "hoasua").mkdir()
    here, there = Pipe()
    process = get_context("forkserver").Process(target=serve, args=(tmp_path, there))
    process.start()
    assert here.poll(60)
    yield f"ftp://hoasua:bi%40mat@127.0.0.1:{here.recv()}"
    process.kill()
    process.join()


def records(file: Path) -> list[str]:
    return [json.loads(line)["id"] for line in file.read_text(encoding="utf-8").splitlines()]


def test_a_feed_goes_to_an_ftp_server_one_file_a_run(ftp: str, tmp_path: Path) -> None:
    with Town(pieces(6)) as town:
        folder = Folder(tmp_path, town.toml())
        done = folder.crawl("hoasua", "--sample", "4", "-o", f"{ftp}/tin/%(time)s.jsonl")
        assert done.status == 0, done.stderr
        assert f"{ftp.replace('bi%40mat', '***')}/tin/%(time)s.jsonl" in done.stderr
        assert folder.crawl("hoasua", "-o", f"{ftp}/tin/%(time)s-2.jsonl").status == 0
    first, second = sorted((tmp_path / "hoasua" / "tin").iterdir(), key=lambda file: file.stem.endswith("-2"))
    assert (len(records(first)), len(records(second))) == (4, 2)
    assert sorted(records(first) + records(second)) == sorted(f"hoasua:{key}" for key, _ in folder.all())


def test_batches_arrive_one_by_one(ftp: str, tmp_path: Path) -> None:
    with Town(pieces(5)) as town:
        folder = Folder(tmp_path, town.toml())
        settings = {"FEED_EXPORT_BATCH_ITEM_COUNT": 2}
        done = folder.crawl("hoasua", "-o", f"{ftp}/%(batch_id)02d.jsonl", settings=settings)
        assert done.status == 0, done.stderr
    files = sorted((tmp_path / "hoasua").iterdir())
    assert [(file.name, len(records(file))) for file in files] == [("01.jsonl", 2), ("02.jsonl", 2), ("03.jsonl", 1)]


def rows(table: str) -> list[dict[str, str]]:
    return sorted(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"), newline="")), key=lambda row: row["id"])


def test_a_feed_goes_to_a_bucket(bucket: Bucket, tmp_path: Path) -> None:
    with Town(pieces(3)) as town:
        folder = Folder(tmp_path, town.toml())
        done = folder.crawl("hoasua", "-o", f"{bucket.url}/tin/hoasua.csv.gz")
    assert done.status == 0, done.stderr
    assert bucket.names() == ["tin/hoasua.csv.gz"]
    exported = commands.run(tmp_path, "export", "--as", "csv").stdout
    crawled = gzip.decompress(bucket.read("tin/hoasua.csv.gz")).decode()
    assert rows(crawled) == [row | {"story": ""} for row in rows(exported)], "stories are known when a run ends"
    assert len(rows(crawled)) == 3


def test_what_could_not_be_stored_is_said_and_is_in_the_store(tmp_path: Path) -> None:
    with Town(pieces(3)) as town:
        folder = Folder(tmp_path, town.toml())
        done = folder.crawl("hoasua", "-o", "ftp://127.0.0.1:1/x.jsonl")
    assert done.status == 1
    assert "-o: could not be stored, see the log; the records are in the store and in the run's own feed" in done.stderr
    assert len(folder.all()) == 3
    store = Store.open(f"sqlite:///{tmp_path}/output/wardnews.db")
    assert len(list(queries.records(store))) == 3
    store.close()


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("s3://kho/tin.jsonl", "-o s3://kho/tin.jsonl: needs s3fs: pip install 'wardnews[s3]' brings it"),
        ("gs://kho/tin.jsonl", "needs gcsfs: pip install 'wardnews[gcs]' brings it"),
        ("s3://AKIA:bi-mat@kho/tin.jsonl", "-o s3://AKIA:***@kho/tin.jsonl: needs s3fs"),
        ("ftp:///tin.jsonl", "expected a host and a name on it"),
        ("s3://tin.jsonl", "expected a bucket and a name in it"),
        ("sftp://may/tin.jsonl", "-o sftp://may/tin.jsonl: expected a file, a folder, or s3:// or gs:// or file://"),
    ],
)
def test_a_storage_that_is_not_there_is_said_before_the_crawl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, message: str
) -> None:
    without_libraries(monkeypatch)
    with Town(pieces(1)) as town:
        (tmp_path / "sites.toml").write_text(town.toml(), encoding="utf-8")
        arguments = ["crawl", "hoasua", "--sites", f"{tmp_path}/sites.toml", "--store", f"sqlite:///{tmp_path}/a.db"]
        monkeypatch.chdir(tmp_path)
        with pytest.raises(UsageError) as error:
            CliRunner().invoke(app, [*arguments, "-o", target], catch_exceptions=False)
        assert message in str(error.value)
        assert town.requests == []
