"""The page of all portals, how they stand, and the page of one: freshness, rhythm of publication, sections, trouble."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from datasette.utils.asgi import Response

from wardnews.errors import BadRequest
from wardnews.locale import _
from wardnews.places.units import chain_on
from wardnews.serve.drawing.calendar import WEEKS, calendar_of, summary
from wardnews.serve.links import DATABASE, NotHere, article_url, portal_names, web
from wardnews.serve.pages.standing import by_portal, shown
from wardnews.serve.pages.standing import summary as summary_of
from wardnews.serve.pages.wards import unit_name
from wardnews.serve.searching.asked import Search

_BY_DAY = """SELECT substr(published, 1, 10), count(*) FROM articles INDEXED BY articles_by_portal
    WHERE site = ? AND published IS NOT NULL GROUP BY 1"""
_SECTIONS = """SELECT section, count(*) AS number, max(published) AS newest
    FROM articles INDEXED BY articles_by_portal
    WHERE site = ? AND section IS NOT NULL GROUP BY section ORDER BY newest DESC LIMIT 100"""
_LATEST = "SELECT id, title, published FROM articles WHERE site = ? ORDER BY published DESC LIMIT 8"


async def portals(request: Any, datasette: Any) -> Any:
    """Answer the page of all portals."""
    database = datasette.get_database(DATABASE)
    rows = (await database.execute("SELECT site, at, standing FROM standings ORDER BY site")).rows
    now = rows[0]["at"] if rows else datetime.now(UTC).isoformat()
    since = (datetime.fromisoformat(now) - timedelta(weeks=WEEKS + 1)).date().isoformat()
    sql = """SELECT site, substr(published, 1, 10) AS day, count(*) FROM articles INDEXED BY articles_by_day
        WHERE published >= ? GROUP BY 1, 2"""
    counts = by_portal(map(tuple, (await database.execute(sql, (since,))).rows))
    names = await portal_names(database)
    portals = [
        shown(json.loads(row["standing"]), names.get(row["site"], row["site"]), counts.get(row["site"], {}), now)
        for row in rows
    ]
    context = {"linked": True, **summary_of(portals, now)}
    return Response.html(await datasette.render_template("portals.html", context, request=request))


async def portal(request: Any, datasette: Any) -> Any:
    """Answer the page of a portal; raise NotHere where the copy has none of that key."""
    database, key = datasette.get_database(DATABASE), unquote(request.url_vars["site"])

    async def rows(sql: str, *values: Any) -> list[Any]:
        return list((await database.execute(sql, values)).rows)

    found = await rows("SELECT * FROM portals JOIN standings USING (site) WHERE site = ?", key)
    if not found:
        raise NotHere(_("There is no portal {key} here.").format(key=key))
    (row,) = found
    counts = dict(map(tuple, await rows(_BY_DAY, key)))
    years = sorted({int(at[:4]) for at in counts}, reverse=True)
    year = _year(request.args.get("year"), years)
    sections = [
        dict(one) | {"url": Search(site=key, section=one["section"]).url()} for one in await rows(_SECTIONS, key)
    ]
    newest = [dict(one) | {"url": article_url(one["id"])} for one in await rows(_LATEST, key)]
    standing, search = json.loads(row["standing"]), Search(site=key)
    unit = chain_on(row["unit"] or "", (standing["closed"] and standing["newest"]) or row["at"][:10])
    context = {
        "portal": shown(standing, row["name"], counts, row["at"]),
        "as_of": row["at"],
        "home": web(row["url"]),
        "search": search,
        "place": unit_name(unit),
        "ward": row["unit"] if row["unit"] and "ward" in unit else "",
        "calendar": calendar_of(counts, year) if year else "",
        "calendar_said": summary(counts, year) if year else "",
        "year": year,
        "years": years,
        "sections": sections,
        "newest": newest,
    }  # fmt: skip
    return Response.html(await datasette.render_template("portal.html", context, request=request))


def _year(asked: str | None, years: list[int]) -> int | None:
    """Return the year to be shown: the one that is asked for, else the last one that has articles."""
    if asked and not re.fullmatch("[0-9]{4}", asked):
        raise BadRequest("year={year}: expected a year such as 2024", year=asked)
    return int(asked) if asked and int(asked) else years[0] if years else None
