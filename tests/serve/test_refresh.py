"""The reading copy while it is shown: what comes into the store shows by and by."""

import asyncio
import gc
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.helpers import datasette_imported  # noqa: F401 - before all else that imports it
from tests.serve.town import NOBODY, PORTALS, built, made, town, write
from wardnews import serve
from wardnews.serve.copy import bring_up_to_date
from wardnews.store.database import Store

pytestmark = pytest.mark.filterwarnings("ignore:unclosed database in <sqlite3:ResourceWarning")


def test_what_comes_into_the_store_shows_without_a_new_start(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path}/wardnews.db", tmp_path / "wardnews.serve.db"
    store = Store.open(url)
    write(store, *town())
    shown = serve.application(built(store, file))

    def page(path: str) -> str:
        return str(asyncio.run(shown.client.get(path)).text)

    assert "24 articles of 2" in page("/")
    assert "24 rows" in page("/wardnews/articles")
    with serve.refreshed(url, file, PORTALS, tmp_path / "raw", every=0.1):
        write(store, made("hoasua:50", "Tin đến sau"), run="later")
        deadline = time.monotonic() + 120
        while "25 articles of 2" not in page("/"):
            assert time.monotonic() < deadline, "the copy stayed as it was"
            time.sleep(0.2)
    assert "/article/hoasua:50" in page("/?q=den+sau")
    assert "25 rows" in page("/wardnews/articles")
    store.close()
    shown.executor.shutdown()
    for database in shown.databases.values():
        database.close()
    gc.collect()


def test_a_reader_holds_up_no_change_and_sees_one_state(store: Store, tmp_path: Path) -> None:
    write(store, *town())
    file = built(store, tmp_path / "copy.db")
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as reader:
        rows = reader.execute("SELECT title FROM articles")
        rows.fetchone()
        write(store, made("hoasua:50", "Tin đến sau"), run="later")
        assert bring_up_to_date(store, file, PORTALS, NOBODY) == 1
        assert len(rows.fetchall()) == 23, "the state that it began with"
        assert reader.execute("SELECT count(*) FROM articles").fetchone() == (25,)
