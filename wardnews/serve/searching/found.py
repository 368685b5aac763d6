"""What a search finds in the reading copy: counts by portal, section, ward and month, and the articles themselves."""

import sqlite3
from dataclasses import dataclass
from typing import Any

from wardnews.serve.searching.asked import Search

RANKED = 20_000
"""Of more articles than these none is the best match: they come newest first, which costs nothing."""
_RARE = 2_000
_TITLE_WEIGHT = 8
_MATCHING = "SELECT rowid FROM articles_search WHERE articles_search MATCH :match"
_ORDERS = {
    "newest": ("day", "published DESC, site DESC"),
    "views": ("views", "views DESC, site DESC"),
    "found": ("found", "first_seen DESC, site DESC"),
}
"""The index that gives an order, and the order."""

_COUNTED = {"site": "portal", "section": "section", "ward": "ward", "month": "month"}
"""What is counted, and the index that has each in order."""

Counts = list[tuple[Any, int]]


@dataclass(frozen=True)
class Found:
    """What a search finds; `counts`: by portal, section, ward and month.

    `match`: the query of the full-text index, None for none; `rare`: so few articles have its words that looking each
    up is less work than going through an index.
    """

    database: Any
    search: Search
    match: str | None
    rare: bool
    counts: dict[str, Counts]

    @property
    def total(self) -> int:
        """How many articles are found; each has a portal."""
        return sum(number for _, number in self.counts["site"])

    @property
    def crowded(self) -> bool:
        """Whether so many articles have the words that none is the best match."""
        return self.match is not None and self.total > RANKED

    def order(self) -> str:
        """Return how the articles are ordered."""
        default = "newest" if self.match is None or self.crowded else "relevance"
        chosen = self.search.sort or default
        return default if chosen == "relevance" else chosen

    async def places(self, limit: int, offset: int, order: str | None = None) -> list[int]:
        """Return the row numbers of some of the articles."""
        conditions, values = self.search.conditions()
        order = order or self.order()
        if self.match:
            values["match"] = self.match
        if order == "relevance":
            within = f"SELECT rowid FROM articles INDEXED BY articles_by_portal WHERE {' AND '.join(conditions)}"  # noqa: S608
            narrowed = f"AND +rowid IN ({within})" if conditions else ""  # with the + the index of words goes first
            sql = f"{_MATCHING} {narrowed} ORDER BY bm25(articles_search, {_TITLE_WEIGHT}, 1), rowid"
        else:
            index, by = _ORDERS[order]
            where = _where([*conditions, *[f"rowid IN ({_MATCHING})"] * bool(self.match)])
            how = "NOT INDEXED" if self.rare else f"INDEXED BY articles_by_{index}"
            sql = f"SELECT rowid FROM articles {how} {where} ORDER BY {by}"  # noqa: S608
        bounds = {"limit": limit, "offset": offset}
        rows = await self.database.execute(f"{sql} LIMIT :limit OFFSET :offset", values | bounds)
        return [row[0] for row in rows.rows]


async def find(database: Any, search: Search) -> Found:
    """Count what a search finds."""
    match = search.match()
    rare = await _is_rare(database, match)
    return Found(database, search, match, rare, await _counted(database, search, match, rare=rare))


async def _is_rare(database: Any, match: str | None) -> bool:
    some = f"SELECT count(*) FROM ({_MATCHING} LIMIT {_RARE + 1})"  # noqa: S608
    return match is not None and (await database.execute(some, {"match": match})).rows[0][0] <= _RARE


async def _counted(database: Any, search: Search, match: str | None, *, rare: bool) -> dict[str, Counts]:
    """Return the counts of what is asked for by portal, section, ward and month, the greatest first."""
    conditions, values = search.conditions()
    if match:
        conditions.append(f"rowid IN ({_MATCHING})")
        values["match"] = match
    if conditions:  # what is found is looked up once, and counted four times
        how = "NOT INDEXED" if rare else "INDEXED BY articles_by_portal"
        columns = "site, section, ward, substr(published, 1, 7) AS month"
        found = f"SELECT {columns} FROM articles {how} {_where(conditions)}"  # noqa: S608
        each = (f"SELECT '{name}', {name}, count(*) FROM found GROUP BY {name}" for name in _COUNTED)  # noqa: S608
        sql = f"WITH found AS MATERIALIZED ({found}) {' UNION ALL '.join(each)}"
    else:
        each = (
            f"SELECT '{name}', {name}, count(*) FROM articles INDEXED BY articles_by_{index} GROUP BY {name}"  # noqa: S608
            for name, index in _COUNTED.items()
        )
        sql = " UNION ALL ".join(each)
    counts: dict[str, Counts] = {name: [] for name in _COUNTED}
    for name, value, number in (await database.execute(sql, values)).rows:
        if value is not None:
            counts[name].append((value, number))
    return {name: sorted(found, key=lambda one: (-one[1], one[0])) for name, found in counts.items()}


def _where(conditions: list[str]) -> str:
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""


async def rows_at(database: Any, columns: str, places: list[int]) -> list[sqlite3.Row]:
    """Return the articles of some row numbers, in their order; `v` is the current version of an article `a`.

    One that was written anew since its number was found is left out.
    """
    sql = f"""SELECT a.rowid, {columns} FROM articles AS a JOIN versions AS v ON v.seq = a.seq
        WHERE a.rowid IN ({", ".join("?" * len(places))})"""  # noqa: S608
    by_place = {row["rowid"]: row for row in (await database.execute(sql, places)).rows}
    return [by_place[place] for place in places if place in by_place]
