"""What two stores have in common, whoever wrote them and in which order."""

from __future__ import annotations

import json

import sqlalchemy as sa

from wardnews.store.database import Store
from wardnews.store.tables import articles, listings, observations, pages, versions, views

_OF_THE_WAY = {"seq", "run", "signed", "number", "section"}
"""Columns that say how a row came there, not what is known."""


def content(store: Store) -> dict[str, list[str]]:
    """Return articles, versions, views, observations and what listings show, as sorted lines of JSON."""
    with store.reading() as connection:
        found = {
            table.name: _lines(connection.execute(sa.select(table)))
            for table in (articles, versions, views, observations)
        }
        shown = sa.select(pages.c.site, pages.c.key.label("of"), listings).join(
            pages, pages.c.number == listings.c.section
        )
        found["listings"] = _lines(connection.execute(shown))
        by_seq = sa.select(versions.c.article, versions.c.at).order_by(versions.c.article, versions.c.seq)
        found["order"] = [f"{row.article} {row.at}" for row in connection.execute(by_seq)]
    return found


def content_at(url: str) -> dict[str, list[str]]:
    """Return the same of the store at an address."""
    store = Store.open(url)
    try:
        return content(store)
    finally:
        store.close()


def _lines(rows: sa.CursorResult[tuple[object, ...]]) -> list[str]:
    kept = ({name: value for name, value in row._asdict().items() if name not in _OF_THE_WAY} for row in rows)
    return sorted(json.dumps(one, ensure_ascii=False, sort_keys=True) for one in kept)
