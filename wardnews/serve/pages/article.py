"""The page of an article, and of one version of it: text, versions, views over time, near-duplicates elsewhere."""

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote, unquote, urlencode

from datasette.utils import tilde_encode
from datasette.utils.asgi import Response
from markupsafe import Markup

from wardnews.locale import _
from wardnews.serve.drawing.views import views_chart
from wardnews.serve.kept_files import shown_files
from wardnews.serve.links import DATABASE, NotHere, article_url, portal_names, version_url, web
from wardnews.serve.pages.cite import for_page
from wardnews.serve.pages.diff import Budget, change_of
from wardnews.serve.raw import raw_page

_MOST_CHANGES = 20
_MOST_VIEWS = 20_000
_MOST_DUPLICATES = 20

Rows = Callable[..., Awaitable[list[sqlite3.Row]]]


async def newest(request: Any, datasette: Any) -> Any:
    """Answer the page of an article, as it was seen last; raise NotHere where there is none of that id."""
    return await _page(request, datasette, unquote(request.url_vars["id"]))


async def version(request: Any, datasette: Any) -> Any:
    """Answer the page of one version, whose address never changes; raise NotHere where there is none."""
    seq = int(request.url_vars["seq"])
    sql = "SELECT article FROM versions WHERE seq = ?"
    rows = (await datasette.get_database(DATABASE).execute(sql, (seq,))).rows
    if not rows:
        raise NotHere(_("There is no such version here."))
    return await _page(request, datasette, rows[0]["article"], seq)


async def _page(request: Any, datasette: Any, key: str, seq: int | None = None) -> Any:
    database = datasette.get_database(DATABASE)

    async def rows(sql: str, *values: Any) -> list[sqlite3.Row]:
        return list((await database.execute(sql, values)).rows)

    found = await rows("SELECT * FROM articles WHERE id = ?", key)
    if not found:
        raise NotHere(_("There is no article {key} here.").format(key=key))
    (row,) = found
    (shown,) = await rows("SELECT * FROM versions WHERE seq = ?", seq or row["seq"])
    record, portals = json.loads(shown["record"]), await portal_names(database)
    named = {kind: [one for one in record[kind] if web(one["url"])] for kind in ("images", "attachments")}
    files = {kind: await shown_files(database, some) for kind, some in named.items()}
    context = {
        "article": dict(row),
        "record": record,
        "shown": {**shown, "url": version_url(shown["seq"])},
        "fixed": seq is not None,
        "views": record["views"] if seq else row["views"],
        "place": _places(record),
        **files,
        **await _versions(rows, key),
        **await _elsewhere(rows, row, portals),
        "raw": await raw_page(database, shown["at"], record["url"]),
        "linked": Markup(for_page(record, portals)),  # noqa: S704 - it holds no <, which alone could end it
        "source_url": web(record["url"]),
        "own_url": article_url(key),
        "compare_url": f"/compare/{quote(key, safe=':')}",
        "data": datasette.urls.row(DATABASE, "articles", tilde_encode(key), format="json"),
        "all_versions": f"/{DATABASE}/versions?{urlencode({'article': key})}",
    }
    return Response.html(await datasette.render_template("article.html", context, request=request))


def _places(record: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the places of a record, the smallest first: the name, and for a ward the address of its page."""
    found = [(name, record[name]) for name in ("ward", "district", "province") if record[name]]
    return [(one["name"], f"/ward/{one['code']}" if name == "ward" and one["code"] else "") for name, one in found]


async def _versions(rows: Rows, key: str) -> dict[str, Any]:
    """Return the versions of an article, the newest first, how many there are, and its views over time."""
    latest = "SELECT * FROM versions WHERE article = ? ORDER BY at DESC, seq DESC LIMIT ?"
    versions = [dict(one) for one in await rows(latest, key, _MOST_CHANGES + 1)]
    for one in versions:
        one["record"] = json.loads(one["record"])
        one["url"] = version_url(one["seq"])
    number = (await rows("SELECT count(*) FROM versions WHERE article = ?", key))[0][0]
    series = await rows(
        "SELECT observed_at, count FROM views WHERE article = ? ORDER BY observed_at LIMIT ?", key, _MOST_VIEWS
    )
    return {
        "versions": (await asyncio.to_thread(_history, versions))[:_MOST_CHANGES],
        "number": number,
        "chart": views_chart([(row["observed_at"], row["count"]) for row in series]) if series else None,
        "observed": len(series),
    }


async def _elsewhere(rows: Rows, row: sqlite3.Row, portals: dict[str, str]) -> dict[str, Any]:
    """Return the name of an article's portal, and its near-duplicates with itself by the time of publication."""
    alike = """SELECT id, site, title, published, first_seen FROM articles WHERE story = ?
        ORDER BY published IS NULL, published, first_seen LIMIT ?"""
    found = [dict(one) for one in await rows(alike, row["story"], _MOST_DUPLICATES)] if row["story"] else []
    for one in found:
        one["url"], one["portal"] = article_url(one["id"]), portals.get(one["site"], one["site"])
        one["itself"] = one["id"] == row["id"]
    alone = all(one["itself"] for one in found)
    return {"portal": portals.get(row["site"], row["site"]), "alike": [] if alone else found}


def _history(versions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return versions, the newest first, with what each changed against the one before it, where that is at hand."""
    shown, budget = [], Budget()
    for one, before in zip(versions, [*versions[1:], None], strict=True):
        fields = one["fields"].split(", ") if one["fields"] else []
        change = change_of(before["record"], one["record"], fields, budget) if before and fields else None
        shown.append(one | {"changed": change})
    return shown
