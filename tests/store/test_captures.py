"""Captures that lie in files are committed by several processes at once, in any order, and the store is the same."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.doubles.history import make_history
from tests.doubles.warcs import write_warc
from tests.helpers.stores import content
from wardnews.archives.warc.read import read_warc
from wardnews.errors import RunOver
from wardnews.reading.parallel import read_all
from wardnews.sites import Site
from wardnews.store.captures import CaptureQueue
from wardnews.store.database import Store
from wardnews.store.frontier import Frontier
from wardnews.store.tables import captures

HISTORY = make_history(8)
SITE = "practice-archived"
Batch = tuple[str, int, int]
"""A file, and from which of its captures on to which a batch goes."""


SITES = {SITE: Site(SITE, "Phường Hoa Sữa, quận Sông Hồng", f"http://{HISTORY.host}/", closed=date(2025, 7, 1))}


@cache
def file_read(file: Path) -> list[Any]:
    return list(read_all(((file.name, one) for one in read_warc(file)), SITES, SITES, {}))


def readings(folder: Path, batch: Batch) -> list[Any]:
    """Read some captures of a file; what is written is changed by that, so each writer has its own."""
    name, start, end = batch
    return deepcopy(file_read(folder / name)[start:end])


def commit(queue: CaptureQueue, folder: Path, batch: Batch) -> None:
    some = readings(folder, batch)
    with queue.batch(some):
        for one in some:
            queue.add_reading(one)
            if one.article:
                queue.remember(one.article)


def queue_of(url: str) -> CaptureQueue:
    queue = CaptureQueue(Frontier(Store.open(url), "run"), "", shared=True)
    queue.known_before = {SITE: set()}
    return queue


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Three files that overlap: most captures lie in two of them."""
    with tempfile.TemporaryDirectory() as name:
        sound = [one for one in HISTORY.captures if not one.revisit]
        third = len(sound) // 3
        for at, some in enumerate((sound[: 2 * third], sound[third:], sound[:third] + sound[2 * third :])):
            write_warc(Path(name, f"{at}.warc.gz"), some)
        yield Path(name)


def batches(folder: Path, size: int) -> list[Batch]:
    found = []
    for file in sorted(folder.glob("*.warc.gz")):
        count = len(readings(folder, (file.name, 0, 10_000)))
        found += [(file.name, at, at + size) for at in range(0, count, size)]
    return found


def in_order(url: str, folder: Path, some: Sequence[Batch]) -> dict[str, list[str]]:
    queue = queue_of(url)
    queue.store.begin_run("run", "2026-01-01T00:00:00Z")
    for one in some:
        commit(queue, folder, one)
    queue.close()
    found = content(queue.store)
    queue.store.close()
    return found


def test_the_order_of_captures_makes_no_difference(folder: Path, tmp_path: Path) -> None:
    some = batches(folder, 7)
    first = in_order(f"sqlite:///{tmp_path}/first.db", folder, some)
    assert len(first["articles"]) == 8
    assert first["listings"]
    for seed in range(3):
        shuffled = random.Random(seed).sample(some, len(some))
        assert in_order(f"sqlite:///{tmp_path}/{seed}.db", folder, shuffled) == first


def test_several_writers_of_one_article_leave_what_one_leaves(folder: Path, store_url: str, tmp_path: Path) -> None:
    """No two of them wait for each other, and a capture that two of them read at once is there once."""
    some = batches(folder, 7)
    expected = in_order(f"sqlite:///{tmp_path}/one.db", folder, some)
    opened = Store.open(store_url)
    opened.begin_run("run", "2026-01-01T00:00:00Z")
    dice = random.Random(5)
    shares = [dice.sample(some, len(some)) for _ in range(3)]  # each writes all of it

    def write(share: list[Batch]) -> None:
        queue = queue_of(store_url)
        for one in share:
            commit(queue, folder, one)
        queue.close()
        queue.store.close()

    with ThreadPoolExecutor(len(shares)) as pool:
        list(pool.map(write, shares))
    found = content(opened)
    opened.close()
    assert found == expected


def test_a_batch_is_committed_as_a_whole_or_not_at_all(folder: Path, store_url: str) -> None:
    queue = queue_of(store_url)
    queue.store.begin_run("run", "2026-01-01T00:00:00Z")
    some = readings(folder, ("0.warc.gz", 0, 20))

    def count() -> int:
        with queue.store.reading() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(captures)) or 0

    def half() -> None:
        with queue.batch(some):
            for one in some[:10]:
                queue.add_reading(replace(one, article=None, state="nothing"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert count() == 0
    commit(queue, folder, ("0.warc.gz", 0, 20))
    done = count()
    assert done
    queue.store.close_run("run", "2026-01-02T00:00:00Z")  # its feed may be written by now
    with pytest.raises(RunOver, match="run"):
        commit(queue, folder, ("0.warc.gz", 20, 40))
    assert count() == done
    queue.close()
    queue.store.close()


def test_an_article_that_breaks_our_code_leaves_the_others_of_its_batch(folder: Path, store: Store) -> None:
    queue = queue_of(store.url)
    queue.store.begin_run("run", "2026-01-01T00:00:00Z")
    some = [one for one in readings(folder, ("0.warc.gz", 0, 10_000)) if one.article][:6]
    written = queue.frontier.versions.write

    def breaks(article: Any) -> Any:
        change = written(article)
        if article is some[2].article:
            raise ValueError("broken behind the first row")
        return change

    queue.frontier.versions.write = breaks  # type: ignore[assignment, method-assign]
    with queue.batch(some):
        for one in some:
            queue.add_reading(one)
            if one is some[2]:
                with pytest.raises(ValueError, match="behind"):
                    queue.remember(one.article)
            else:
                queue.remember(one.article)
    with store.reading() as connection:
        kept = {(row.url, row.timestamp) for row in connection.execute(sa.select(captures))}
    assert kept == {(one.url, one.timestamp) for one in some if one is not some[2]}
    queue.close()
    queue.store.close()
