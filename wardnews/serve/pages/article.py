"""The page of an article: its versions, its views over time, and its near-duplicates elsewhere."""

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote, urlencode

from datasette.utils import tilde_encode
from datasette.utils.asgi import Response

from wardnews.serve.kept_files import shown_files
from wardnews.serve.links import DATABASE, article_url, portal_names, web
from wardnews.serve.pages.diff import Budget, change_of
from wardnews.serve.pages.views_chart import views_chart

_MOST_CHANGES = 20
_MOST_VIEWS = 20_000
_MOST_DUPLICATES = 20

Rows = Callable[..., Awaitable[list[sqlite3.Row]]]


async def article(request: Any, datasette: Any) -> Any:
    """Return the page of an article; None where there is none of that id."""
    database = datasette.get_database(DATABASE)
    key = unquote(request.url_vars["id"])

    async def rows(sql: str, *values: Any) -> list[sqlite3.Row]:
        return list((await database.execute(sql, values)).rows)

    found = await rows("SELECT * FROM articles WHERE id = ?", key)
    if not found:
        return None
    (row,) = found
    context = {
        "article": dict(row),
        **await _versions(rows, key),
        **await _elsewhere(rows, row, await portal_names(database)),
    }
    record = json.loads((await rows("SELECT record FROM versions WHERE seq = ?", row["seq"]))[0]["record"])
    context |= {
        "record": record,
        "place": [record[name]["name"] for name in ("ward", "district", "province") if record[name]],
        **{
            kind: await shown_files(database, [one for one in record[kind] if web(one["url"])])
            for kind in ("images", "attachments")
        },
        "source_url": web(row["url"]),
        "data": datasette.urls.row(DATABASE, "articles", tilde_encode(key), format="json"),
        "all_versions": f"/{DATABASE}/versions?{urlencode({'article': key})}",
    }
    return Response.html(await datasette.render_template("article.html", context, request=request))


async def _versions(rows: Rows, key: str) -> dict[str, Any]:
    """Return the versions of an article, the newest first, how many there are, and its views over time."""
    newest = "SELECT * FROM versions WHERE article = ? ORDER BY at DESC, seq DESC LIMIT ?"
    versions = [dict(one) for one in await rows(newest, key, _MOST_CHANGES + 1)]
    for one in versions:
        one["record"] = json.loads(one["record"])
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
    """Return the name of an article's portal, and its near-duplicates on all portals."""
    alike = "SELECT id, site, title, published FROM articles WHERE story = ? AND id <> ? ORDER BY published LIMIT ?"
    duplicates = (
        [dict(one) for one in await rows(alike, row["story"], row["id"], _MOST_DUPLICATES)] if row["story"] else []
    )
    return {
        "portal": portals.get(row["site"], row["site"]),
        "alike": [
            one | {"url": article_url(one["id"]), "portal": portals.get(one["site"], one["site"])} for one in duplicates
        ],
    }


def _history(versions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return versions, the newest first, with what each changed against the one before it, where that is at hand."""
    shown, budget = [], Budget()
    for one, before in zip(versions, [*versions[1:], None], strict=True):
        fields = one["fields"].split(", ") if one["fields"] else []
        change = change_of(before["record"], one["record"], fields, budget) if before and fields else None
        shown.append(one | {"changed": change})
    return shown
