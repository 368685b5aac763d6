"""A backfill on a cluster leaves the store of one process, whoever dies meanwhile, and says what stands in its way."""

from __future__ import annotations

import json
import socket
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.doubles import PracticeArchives
from tests.doubles.history import Recorded, make_history
from tests.doubles.warcs import write_warc
from tests.helpers.clusters import cluster
from tests.helpers.commands import Command, read_feed, run, started
from tests.helpers.stores import content_at
from tests.spiders.test_continued import ADDRESSES, PAGER, TITLE, page, paragraphs, part
from wardnews.errors import UsageError
from wardnews.runs.cluster import engine, parts
from wardnews.store.database import Store
from wardnews.store.tables import captures, searches

HISTORY = make_history(8)
SITE = "practice-archived"


def small_parts() -> None:
    from wardnews.runs.cluster import backfill

    vars(backfill)["CAPTURES"] = 15


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Files that overlap, whose revisits repeat pages of others, with an article on pages of two; one is a WACZ file."""
    folder = tmp_path / "files"
    folder.mkdir()
    third = len(HISTORY.captures) // 3
    first, *further = (
        Recorded(f"http://{HISTORY.host}{ADDRESSES[number]}", f"2022030{number}000000", body=body.encode())
        for number in (1, 2, 3)
        for body in [f"<meta charset=utf-8>{page(TITLE, part(number), PAGER)}"]
    )
    write_warc(folder / "a.warc.gz", [*HISTORY.captures[: 2 * third], first])
    write_warc(folder / "b.warc.gz", [*further, *HISTORY.captures[third:]])
    write_warc(tmp_path / "c.warc.gz", HISTORY.captures[:third])
    with zipfile.ZipFile(folder / "c.wacz", "w") as archive:
        archive.write(tmp_path / "c.warc.gz", "archive/c.warc.gz")
        archive.writestr("datapackage.json", '{"resources": []}')
    (folder / "page.html").write_text("<html><body>Không có bài</body></html>", encoding="utf-8")
    (tmp_path / "sites.toml").write_text(HISTORY.toml(), encoding="utf-8")
    return folder


def when_committed(url: str, least: int, command: Command, act: Callable[[], None]) -> None:
    """Act as soon as some captures are committed."""
    store = Store.open(url)
    count = sa.select(sa.func.count()).select_from(captures)
    try:
        while command.is_alive():
            with store.reading() as connection:
                if (connection.scalar(count) or 0) >= least:
                    act()
                    return
            command.join(0.02)
    finally:
        store.close()


def test_a_backfill_on_a_cluster_is_that_of_one_process(files: Path, store_url: str, tmp_path: Path) -> None:
    arguments = ("backfill", SITE, "--from", files, "--sites", tmp_path / "sites.toml", "--store")
    alone, second = (f"sqlite:///{tmp_path}/{name}.db" for name in ("alone", "second"))
    single = run(tmp_path, *arguments, alone)
    assert single.returncode == 0, single.stderr
    expected = content_at(alone)
    assert any(
        paragraphs(1, 2, 3) == json.loads(json.loads(row)["record"])["paragraphs"] for row in expected["versions"]
    )
    with cluster(tmp_path, 2) as dask:
        on = ("--on", dask.address)
        unseen = run(tmp_path, "backfill", SITE, "--from", tmp_path / "no", "--sites", tmp_path / "sites.toml", *on)
        assert unseen.returncode == 4
        assert f"the worker on {socket.gethostname()} cannot see {tmp_path}/no" in unseen.stderr
        with started(tmp_path, *arguments, store_url, *on, before=small_parts) as command:
            when_committed(store_url, 20, command, dask.workers[0].kill)
        assert command.exitcode == 0, command.stderr
        assert content_at(store_url) == expected
        feed = read_feed(Path(tmp_path, command.stderr.partition("records: ")[2].split()[0]))
        assert len({record["id"] for record in feed}) == len(expected["articles"])
        assert f" {len(expected['articles'])} new, " in command.stderr
        again = run(tmp_path, *arguments, store_url, *on)
        assert (again.returncode, f"{SITE}: 0 pages" in again.stderr) == (0, True), again.stderr
        assert all(scope == "whole" for scope in scopes(store_url))
        reread = ("reread", SITE, "--raw", files, "--sites", tmp_path / "sites.toml", "--store", store_url)
        assert run(tmp_path, *reread, *on).stdout == run(tmp_path, *reread).stdout
        with started(tmp_path, *arguments, second, *on, before=small_parts) as command:
            when_committed(second, 20, command, dask.scheduler.kill)
        assert command.exitcode == 4, command.stderr
        assert "the Dask scheduler" in command.stderr
        assert dask.workers[1].wait(60) is not None
    goes_on = run(tmp_path, *arguments, second)
    assert goes_on.returncode == 0, goes_on.stderr
    assert content_at(second) == expected


def scopes(url: str) -> Iterator[str]:
    store = Store.open(url)
    with store.reading() as connection:
        yield from connection.scalars(sa.select(searches.c.scope)).all()
    store.close()


def test_what_cannot_be_reached_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # it takes calls, and answers none
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setattr(engine, "CONNECT", 0.5)
        monkeypatch.setattr(engine, "_CLOSE", 0.5)
        with pytest.raises(UsageError, match="no Dask scheduler answers there"):
            engine.check(address)
    with pytest.raises(UsageError, match=f"{address}: no Dask scheduler answers there"):
        engine.check(address)
    with pytest.raises(UsageError, match="no Dask scheduler"):
        engine.check("nonsense")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'wardnews\[cluster\]' brings it"):
        engine.check(address)


def test_a_path_that_a_worker_cannot_see_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"the worker on {socket.gethostname()} cannot see {tmp_path}/no"):
        parts.list_files(tmp_path / "no")


@pytest.mark.parametrize("given", [("--plan",), ("-o", "all.jsonl")])
def test_what_a_cluster_is_not_for_is_refused(given: tuple[str, ...], tmp_path: Path) -> None:
    done = run(tmp_path, "backfill", "hanoi-phucloi", "--from", ".", "--on", "tcp://127.0.0.1:9", *given)
    assert done.returncode == 2
    assert given[0] in done.stderr


def test_an_archive_on_the_network_is_asked_by_one_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = make_history(4)
    (tmp_path / "sites.toml").write_text(history.toml(), encoding="utf-8")
    with PracticeArchives(history) as archives:
        monkeypatch.setenv("WARDNEWS_WAYBACK", archives.url.rstrip("/"))
        for name in ("WARDNEWS_ARCHIVE_DELAY", "WARDNEWS_ARCHIVE_SEARCH_DELAY"):
            monkeypatch.setenv(name, "0")
        with cluster(tmp_path, 1) as dask:
            arguments = ("backfill", SITE, "--from", "wayback", "--sites", tmp_path / "sites.toml")
            done = run(tmp_path, *arguments, "--on", dask.address)
        asked = [request.path for request in archives.requests["web"]]
    assert done.returncode == 0, done.stderr
    feed = read_feed(Path(tmp_path, done.stderr.partition("records: ")[2].split()[0]))
    assert {record["id"] for record in feed} == {f"{SITE}:{number}" for number in history.ids()}
    assert len(asked) == len(set(asked)) > 4
    assert list((tmp_path / "output" / "raw").glob("*.warc.gz"))
