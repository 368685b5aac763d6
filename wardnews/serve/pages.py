"""What a visitor sees beside Datasette's pages of data: the search, and a page an article. A plugin of Datasette."""

import asyncio
import json
import logging
import re
import sqlite3
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from datasette.database import QueryInterrupted
from datasette.utils import tilde_encode
from datasette.utils.asgi import Base400, Response
from datasette.views.base import DatasetteError
from markupsafe import Markup
from pluggy import HookimplMarker

from wardnews.errors import BadRequest
from wardnews.serve.drawing import change_of, views_chart
from wardnews.serve.search import fts_query, marked, phrases_of, snippet

hookimpl = HookimplMarker("datasette")
_logger = logging.getLogger(__name__)

TEMPLATES = Path(__file__).with_name("templates")
STATIC = Path(__file__).with_name("static")
DATABASE = "wardnews"
"""What Datasette calls the reading copy."""
POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
"""Nothing but styles of its own: no script runs on any page, whatever an article holds."""
_HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]
FAULT = 500
_FACETS = ("site", "section", "ward", "year")
_SORTS = {"relevance": "best match", "newest": "newest first"}
_PAGE, _MOST_PAGES = 20, 50
_MOST_VALUES = 12
_MOST_CHANGES = 20
_MOST_VIEWS = 20_000
_ALIKE = 20
_RANKED = 20_000
"""Of more articles than these none is the best match: they come newest first, which costs nothing."""
_RARE = 2_000
_TITLE_WEIGHT = 8

Scope = MutableMapping[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]


# --- the search ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """Hold what the address of a search asks for."""

    q: str = ""
    site: str = ""
    section: str = ""
    ward: str = ""
    year: str = ""
    sort: str = ""
    page: int = 1

    @classmethod
    def of(cls, arguments: Any) -> "Asked":
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
        """Give the address of this search with something else in it, on its first page."""
        asked = replace(self, **{"page": 1, **changes})
        arguments = {name: value for name, value in vars(asked).items() if value not in ("", 1)}
        return f"/?{urlencode(arguments)}" if arguments else "/"

    def conditions(self) -> tuple[list[str], dict[str, Any]]:
        """Write the conditions on `articles` and their parameters."""
        filled = [name for name in _FACETS if getattr(self, name)]
        values: dict[str, Any] = {name: getattr(self, name) for name in filled}
        if self.year:
            values["year"] = int(self.year)
        return [f"{name} = :{name}" for name in filled], values


_MATCHING = "SELECT rowid FROM articles_search WHERE articles_search MATCH :match"
_COLUMNS = "rowid, id, site, section, title, published, ward, views, gone, version, lead, text"


async def _is_rare(database: Any, match: str | None) -> bool:
    """Tell whether so few articles have the words that looking each up is less work than going through an index."""
    some = f"SELECT count(*) FROM ({_MATCHING} LIMIT {_RARE + 1})"  # noqa: S608
    return match is not None and (await database.execute(some, {"match": match})).rows[0][0] <= _RARE


async def _counted(database: Any, asked: Asked, match: str | None, *, rare: bool) -> dict[str, list[tuple[Any, int]]]:
    """Count what is asked for by portal, section, ward and year; each article has a portal."""
    conditions, values = asked.conditions()
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


async def _found(database: Any, asked: Asked, match: str | None, *, ranked: bool, rare: bool) -> list[sqlite3.Row]:
    """Give a page of the articles that are asked for."""
    conditions, values = asked.conditions()
    bounds = {"limit": _PAGE, "offset": (asked.page - 1) * _PAGE}
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


def _facets(counted: dict[str, list[tuple[Any, int]]], asked: Asked, portals: dict[str, str]) -> list[dict[str, Any]]:
    """Lay out the counts: per facet its values, each a label, a number and the address that chooses it or not."""
    facets = []
    for name, counts in counted.items():
        chosen = bool(getattr(asked, name))
        values = [
            {
                "label": portals.get(value, value) if name == "site" else str(value),
                "number": number,
                "url": asked.url(**{name: "" if chosen else str(value)}),
            }
            for value, number in (sorted(counts, reverse=True) if name == "year" else counts)[:_MOST_VALUES]
        ]
        more = f"/{DATABASE}/articles?_facet={name}&_size=1" if len(counts) > _MOST_VALUES else ""
        facets.append({"name": name, "chosen": chosen, "values": values, "more": more})
    return facets


async def browse(request: Any, datasette: Any) -> Any:
    """Answer the front page, which is the search too: what was found, or the newest articles."""
    asked = Asked.of(request.args)
    database = datasette.get_database(DATABASE)
    match = fts_query(asked.q) if phrases_of(asked.q) else None
    portals = await _portals(database)
    rare = await _is_rare(database, match)
    counted = await _counted(database, asked, match, rare=rare)
    total = sum(number for _, number in counted["site"])
    ranked = match is not None and asked.sort != "newest" and total <= _RANKED
    rows = await _found(database, asked, match, ranked=ranked, rare=rare)
    articles = [
        {
            "url": article_url(row["id"]),
            "title": marked(row["title"], asked.q if match else ""),
            "portal": portals.get(row["site"], row["site"]),
            "snippet": snippet(row["text"], row["title"], asked.q) if match or not row["lead"] else row["lead"],
            **{name: row[name] for name in ("section", "published", "ward", "views", "gone", "version")},
        }
        for row in rows
    ]
    context = {
        "asked": asked,
        "articles": articles,
        "facets": _facets(counted, asked, portals),
        "total": total,
        "known": (await database.execute("SELECT count(*) FROM articles")).rows[0][0],
        "portals": len(portals),
        "unread": bool(asked.q.strip()) and match is None,
        "ranked": ranked,
        "crowded": match is not None and total > _RANKED,
        "plain": asked == Asked(),
        "sorts": [(label, asked.url(sort=name), (name == "relevance") == ranked) for name, label in _SORTS.items()],
        "before": asked.url(page=asked.page - 1) if asked.page > 1 else "",
        "after": asked.url(page=asked.page + 1) if asked.page * _PAGE < total and asked.page < _MOST_PAGES else "",
    }
    return Response.html(await datasette.render_template("browse.html", context, request=request))


async def _portals(database: Any) -> dict[str, str]:
    """Give the names of the portals, by key."""
    return dict(map(tuple, (await database.execute("SELECT site, name FROM portals")).rows))


# --- an article ----------------------------------------------------------------------------------------------


def article_url(article: str) -> str:
    """Give the address of an article's page.

    >>> article_url("longbien-phucloi:4100321"), article_url("a:b/c?d")
    ('/article/longbien-phucloi:4100321', '/article/a:b%2Fc%3Fd')
    """
    return f"/article/{quote(article, safe=':')}"


def web(url: str | None) -> str | None:
    """Give an address that may be linked: of http or https, else None."""
    try:
        return url if url and urlsplit(url).scheme in ("http", "https") else None
    except ValueError:
        return None


async def article(request: Any, datasette: Any) -> Any:
    """Answer the page of an article, with its versions, its views over time and the same story elsewhere."""
    database = datasette.get_database(DATABASE)
    key = unquote(request.url_vars["id"])

    async def rows(sql: str, *values: Any) -> list[sqlite3.Row]:
        return list((await database.execute(sql, values)).rows)

    found = await rows("SELECT * FROM articles WHERE id = ?", key)
    if not found:
        return await _error(datasette, 404, f"There is no article {key} here.")
    (row,) = found
    newest = "SELECT * FROM versions WHERE article = ? ORDER BY at DESC, seq DESC LIMIT ?"
    versions = [dict(one) for one in await rows(newest, key, _MOST_CHANGES + 1)]
    number = (await rows("SELECT count(*) FROM versions WHERE article = ?", key))[0][0]
    series = await rows(
        "SELECT observed_at, count FROM views WHERE article = ? ORDER BY observed_at LIMIT ?", key, _MOST_VIEWS
    )
    alike = "SELECT id, site, title, published FROM articles WHERE story = ? AND id <> ? ORDER BY published LIMIT ?"
    told = [dict(one) for one in await rows(alike, row["story"], key, _ALIKE)] if row["story"] else []
    portals = await _portals(database)
    for one in versions:
        one["record"] = json.loads(one["record"])
    record = json.loads((await rows("SELECT record FROM versions WHERE seq = ?", row["seq"]))[0]["record"])
    context = {
        "article": dict(row),
        "record": record,
        "portal": portals.get(row["site"], row["site"]),
        "place": [record[name]["name"] for name in ("ward", "district", "province") if record[name]],
        "images": [one for one in record["images"] if web(one["url"])],
        "attachments": [one for one in record["attachments"] if web(one["url"])],
        "source_url": web(row["url"]),
        "versions": (await asyncio.to_thread(_history, versions))[:_MOST_CHANGES],
        "number": number,
        "chart": views_chart([(row["observed_at"], row["count"]) for row in series]) if series else None,
        "observed": len(series),
        "alike": [
            one | {"url": article_url(one["id"]), "portal": portals.get(one["site"], one["site"])} for one in told
        ],
        "data": datasette.urls.row(DATABASE, "articles", tilde_encode(key), format="json"),
        "all_versions": f"/{DATABASE}/versions?{urlencode({'article': key})}",
    }
    return Response.html(await datasette.render_template("article.html", context, request=request))


def _history(versions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Say of versions, the newest first, what each changed against the one before it, where that is at hand."""
    shown = []
    for one, before in zip(versions, [*versions[1:], None], strict=True):
        fields = one["fields"].split(", ") if one["fields"] else []
        change = change_of(before["record"], one["record"], fields) if before and fields else None
        shown.append(one | {"changed": change})
    return shown


async def _error(datasette: Any, status: int, message: str) -> Any:
    page = await datasette.render_template("error.html", {"status": status, "error": message, "title": None})
    return Response.html(page, status=status)


# --- hooks ---------------------------------------------------------------------------------------------------


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Put the search in the place of Datasette's front page, and add the page of an article."""
    return [(r"/$", browse), (r"/article/(?P<id>.+)$", article)]


_PERMITTED = {getattr(sqlite3, f"SQLITE_{action}") for action in ("SELECT", "READ", "FUNCTION", "RECURSIVE", "PRAGMA")}


def _permit(action: int, name: str | None, *_: Any) -> int:
    """Permit reading; SQLite asks for an update of its own table too, which it does not do, where it opens an index."""
    declared = action == sqlite3.SQLITE_UPDATE and name == "sqlite_master"
    return sqlite3.SQLITE_OK if action in _PERMITTED or declared else sqlite3.SQLITE_DENY


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    """Let a connection read and nothing else, and let searches of Datasette's tables know no tone marks either."""
    if database != DATABASE:
        return
    conn.create_function("escape_fts", 1, fts_query, deterministic=True)
    conn.create_function("snippet_of", 3, lambda *given: str(snippet(*given).striptags()), deterministic=True)
    conn.execute("PRAGMA query_only = 1")
    conn.set_authorizer(_permit)


_IDS = {("id", "articles"), ("id", None)}


@hookimpl
def render_cell(value: Any, column: str, table: str | None, database: str) -> Markup | None:
    """Lead from the id of an article to its page."""
    if database == DATABASE and isinstance(value, str) and (column == "article" or (column, table) in _IDS):
        return Markup('<a href="{}">{}</a>').format(article_url(value), value)
    return None


@hookimpl
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Callable[[], Awaitable[Any]]:
    """Answer in a line what was asked for amiss; a fault of ours is logged with all that is known of it."""
    status, message = _told(exception)
    if status == FAULT and request.query_string and request.path.startswith(f"/{DATABASE}"):
        status, message = 400, "That cannot be asked."  # Datasette's pages raise anything for arguments that are none
        _logger.warning("%r at %s", exception, request.full_path)
    elif status == FAULT:
        _logger.error("%s", request.full_path, exc_info=exception)

    async def shown() -> Any:
        if request.path.endswith(".json"):
            return Response.json({"ok": False, "error": message, "status": status}, status=status)
        return await _error(datasette, status, message)

    return shown


def _told(exception: Exception) -> tuple[int, str]:
    """Give the status and the words for an exception."""
    if isinstance(exception, QueryInterrupted):
        return 503, "That took too long. A narrower search may do."
    if isinstance(exception, DatasetteError):
        status = 400 if exception.status == FAULT else exception.status  # the way it raises for a column that is none
        return status, str(Markup(exception.message).striptags())  # noqa: S704 - its tags go
    if isinstance(exception, BadRequest | Base400):
        return exception.status, str(exception)
    return FAULT, "Something is wrong here; whoever runs this server finds it in its log."


@hookimpl
def asgi_wrapper() -> Callable[[Application], Application]:
    """Answer GET and HEAD alone, none of Datasette's pages about itself, and always under the policy."""

    def wrapped(application: Application) -> Application:
        async def guarded(scope: Scope, receive: Any, send: Any) -> None:
            async def with_headers(message: MutableMapping[str, Any]) -> None:
                if message["type"] == "http.response.start":
                    message = {**message, "headers": [*message.get("headers", []), *_HEADERS]}
                await send(message)

            if scope["type"] != "http":
                await application(scope, receive, send)
            elif scope["method"] not in ("GET", "HEAD"):
                await _refuse(405, b"this server only shows; it takes GET and HEAD", with_headers)
            elif _is_inner(scope["path"]):
                await _refuse(404, b"there is nothing here", with_headers)
            else:
                await application(scope, receive, with_headers)

        return guarded

    return wrapped


def _is_inner(path: str) -> bool:
    """Tell whether a page is one of Datasette about itself, which names files and versions of this machine."""
    return path.startswith(("/-/", "/_", "/.")) and not path.startswith("/-/static/")


async def _refuse(status: int, why: bytes, send: Any) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(why)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": why})
