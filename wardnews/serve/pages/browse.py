"""The front page, which is the search: what was found, narrowed down by portal, section, ward and year."""

import asyncio
import re
import sqlite3
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import Response

from wardnews.errors import BadRequest
from wardnews.serve.links import DATABASE, article_url, portal_names
from wardnews.serve.search import fts_query, marked, phrases_of, snippet

_FACETS = ("site", "section", "ward", "year")
_SORTS = {"relevance": "best match", "newest": "newest first"}
_PAGE, _MOST_PAGES = 20, 50
_MOST_VALUES = 12
_RANKED = 20_000
"""Of more articles than these none is the best match: they come newest first, which costs nothing."""
_RARE = 2_000
_TITLE_WEIGHT = 8


@dataclass(frozen=True)
class Search:
    """What the address of a search asks for."""

    q: str = ""
    site: str = ""
    section: str = ""
    ward: str = ""
    year: str = ""
    sort: str = ""
    page: int = 1

    @classmethod
    def of(cls, arguments: Any) -> "Search":
        """Read the arguments of an address; raise BadRequest for what is none."""
        texts = {name: arguments.get(name) or "" for name in ("q", *_FACETS, "sort")}
        page = arguments.get("page") or "1"
        if texts["year"] and not re.fullmatch(r"[0-9]{4}", texts["year"]):
            raise BadRequest(f"year={texts['year']}: expected a year such as 2024")
        if texts["sort"] not in ("", *_SORTS):
            raise BadRequest(f"sort={texts['sort']}: expected {' or '.join(_SORTS)}")
        if not re.fullmatch(r"[0-9]{1,4}", page) or not 1 <= int(page) <= _MOST_PAGES:
            raise BadRequest(
                f"page={page}: expected 1 to {_MOST_PAGES}; further articles show when the search is narrower"
            )
        return cls(**texts, page=int(page))

    def url(self, **changes: Any) -> str:
        """Return the address of this search with something else in it, on its first page."""
        search = replace(self, **{"page": 1, **changes})
        arguments = {name: value for name, value in vars(search).items() if value not in ("", 1)}
        return f"/?{urlencode(arguments)}" if arguments else "/"

    def conditions(self) -> tuple[list[str], dict[str, Any]]:
        """Return the conditions on `articles` and their parameters."""
        filled = [name for name in _FACETS if getattr(self, name)]
        values: dict[str, Any] = {name: getattr(self, name) for name in filled}
        if self.year:
            values["year"] = int(self.year)
        return [f"{name} = :{name}" for name in filled], values


_MATCHING = "SELECT rowid FROM articles_search WHERE articles_search MATCH :match"
_COLUMNS = "rowid, id, site, section, title, published, ward, views, gone, version, lead, text"


async def _is_rare(database: Any, match: str | None) -> bool:
    """Whether so few articles have the words that looking each up is less work than going through an index."""
    some = f"SELECT count(*) FROM ({_MATCHING} LIMIT {_RARE + 1})"  # noqa: S608
    return match is not None and (await database.execute(some, {"match": match})).rows[0][0] <= _RARE


async def _counted(database: Any, search: Search, match: str | None, *, rare: bool) -> dict[str, list[tuple[Any, int]]]:
    """Return the counts of what is asked for by portal, section, ward and year; each article has a portal."""
    conditions, values = search.conditions()
    filtered = bool(conditions)
    if match:
        conditions.append(f"rowid IN ({_MATCHING})")
        values["match"] = match
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""

    async def counted(name: str) -> list[tuple[Any, int]]:
        index = "portal" if filtered or name == "site" else name  # in the order of its groups, or with all columns
        how = "NOT INDEXED" if rare else f"INDEXED BY articles_by_{index}"
        sql = f"""SELECT {name}, count(*) FROM articles {how} {where}
            GROUP BY {name} HAVING {name} IS NOT NULL ORDER BY 2 DESC, 1"""  # noqa: S608
        return [(row[0], row[1]) for row in (await database.execute(sql, values)).rows]

    return dict(zip(_FACETS, await asyncio.gather(*map(counted, _FACETS)), strict=True))


async def _found(database: Any, search: Search, match: str | None, *, ranked: bool, rare: bool) -> list[sqlite3.Row]:
    """Return a page of the articles that are asked for."""
    conditions, values = search.conditions()
    bounds = {"limit": _PAGE, "offset": (search.page - 1) * _PAGE}
    if match:
        values["match"] = match
    if match and ranked:
        within = f"SELECT rowid FROM articles INDEXED BY articles_by_portal WHERE {' AND '.join(conditions)}"  # noqa: S608
        narrowed = f"AND +rowid IN ({within})" if conditions else ""  # with the + the index of words goes first
        sql = f"""{_MATCHING} {narrowed}
            ORDER BY bm25(articles_search, {_TITLE_WEIGHT}, 1), rowid LIMIT :limit OFFSET :offset"""
    else:
        conditions += [f"rowid IN ({_MATCHING})"] * bool(match)
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        how = "NOT INDEXED" if rare else "INDEXED BY articles_by_day"
        sql = f"""SELECT rowid FROM articles {how} {where}
            ORDER BY published DESC, site DESC LIMIT :limit OFFSET :offset"""  # noqa: S608
    places = [row[0] for row in (await database.execute(sql, values | bounds)).rows]
    rows = f"SELECT {_COLUMNS} FROM articles WHERE rowid IN ({', '.join('?' * len(places))})"  # noqa: S608
    by_place = {row["rowid"]: row for row in (await database.execute(rows, places)).rows}
    return [by_place[place] for place in places]


def _facets(counted: dict[str, list[tuple[Any, int]]], search: Search, portals: dict[str, str]) -> list[dict[str, Any]]:
    """Return the counts per facet: its values, each a label, a number and the address that chooses it or not."""
    facets = []
    for name, counts in counted.items():
        chosen = bool(getattr(search, name))
        values = [
            {
                "label": portals.get(value, value) if name == "site" else str(value),
                "number": number,
                "url": search.url(**{name: "" if chosen else str(value)}),
            }
            for value, number in (sorted(counts, reverse=True) if name == "year" else counts)[:_MOST_VALUES]
        ]
        more = f"/{DATABASE}/articles?_facet={name}&_size=1" if len(counts) > _MOST_VALUES else ""
        facets.append({"name": name, "chosen": chosen, "values": values, "more": more})
    return facets


async def browse(request: Any, datasette: Any) -> Any:
    """Answer the front page, which is the search too: what was found, or the newest articles."""
    search = Search.of(request.args)
    database = datasette.get_database(DATABASE)
    match = fts_query(search.q) if phrases_of(search.q) else None
    portals = await portal_names(database)
    rare = await _is_rare(database, match)
    counted = await _counted(database, search, match, rare=rare)
    total = sum(number for _, number in counted["site"])
    ranked = match is not None and search.sort != "newest" and total <= _RANKED
    rows = await _found(database, search, match, ranked=ranked, rare=rare)
    articles = [
        {
            "url": article_url(row["id"]),
            "title": marked(row["title"], search.q if match else ""),
            "portal": portals.get(row["site"], row["site"]),
            "snippet": snippet(row["text"], row["title"], search.q) if match or not row["lead"] else row["lead"],
            **{name: row[name] for name in ("section", "published", "ward", "views", "gone", "version")},
        }
        for row in rows
    ]
    context = {
        "asked": search,
        "articles": articles,
        "facets": _facets(counted, search, portals),
        "total": total,
        "known": (await database.execute("SELECT count(*) FROM articles")).rows[0][0],
        "portals": len(portals),
        "unread": bool(search.q.strip()) and match is None,
        "ranked": ranked,
        "crowded": match is not None and total > _RANKED,
        "plain": search == Search(),
        "sorts": [(label, search.url(sort=name), (name == "relevance") == ranked) for name, label in _SORTS.items()],
        "before": search.url(page=search.page - 1) if search.page > 1 else "",
        "after": search.url(page=search.page + 1) if search.page * _PAGE < total and search.page < _MOST_PAGES else "",
    }
    return Response.html(await datasette.render_template("browse.html", context, request=request))
