"""What searches found, how far they got, and which addresses are known to search for, on both kinds of store."""

from __future__ import annotations

import sqlalchemy as sa

from wardnews.archives.network.source import Found, OddRow
from wardnews.store.captures import CaptureQueue
from wardnews.store.database import Store
from wardnews.store.frontier import Frontier
from wardnews.store.searches import SearchLog
from wardnews.store.tables import captures, pages, searches


def test_searches_and_addresses(store_url: str) -> None:
    store = Store.open(store_url)
    store.begin_run("r1", "2026-01-01T00:00:00Z")
    queue = CaptureQueue(Frontier(store, "r1"), "memento")
    connection = queue.frontier.connection
    log = SearchLog(store, connection, "memento")
    try:
        odd = (OddRow("http://a/\x00", "2022\x00", "odd\x1b[31m \ud800"), OddRow("", "", "a row that names none"))
        assert [log.odd("a", odd), log.odd("a", odd)] == [2, 0]
        found = Found("http://a/2", "2022-01-01T00:00:00Z", "", 0)
        log.found("a", "http://a/1 a", [("2", found)], "next")
        log.found("a", "http://a/2 a", [], None)
        assert log.complete("a") == {"http://a/2 a"}
        assert SearchLog(store, connection, "memento", "memento+/index").complete("a") == set()
        with connection.begin():
            connection.execute(
                searches.update().values(ended="2020-01-01T00:00:00Z").where(searches.c.cursor.is_(None))
            )
        assert log.complete("a") == set()
        assert log.complete("a", ever=True) == {"http://a/2 a"}
        rows = [
            {"site": "a", "kind": kind, "key": url, "url": url, "context": "{}", "priority": 0, "state": state}
            for kind, url, state in (
                ("article", "http://a/done", "done"), ("article", "http://a/seen", "seen"), ("section", "http://a/z", "done"),
            )
        ]  # fmt: skip
        with connection.begin():
            connection.execute(sa.insert(pages), rows)
            connection.execute(captures.update().where(captures.c.url == "http://a/2").values(state="failed"))
        addresses = queue.addresses("a")
        assert addresses[0] == "http://a/z"
        assert addresses[-1] == "http://a/done"
        assert {"http://a/seen", "http://a/2"} < set(addresses[1:-1])
        assert queue.addresses("b") == []
    finally:
        queue.close()
        store.close()
