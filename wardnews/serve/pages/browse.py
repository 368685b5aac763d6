"""The front page, which is the search: what was found, narrowed down by portal, section, ward and time."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import Response

from wardnews.locale import _, language
from wardnews.serve.drawing.months import bars_of, labels_of, title_of, years_of
from wardnews.serve.kept_files import hits
from wardnews.serve.links import DATABASE, article_url, portal_names
from wardnews.serve.pages.results import MOST
from wardnews.serve.searching.asked import MOST_PAGES, PAGE, Search
from wardnews.serve.searching.found import Counts, Found, find, rows_at
from wardnews.serve.searching.words import marked, snippet
from wardnews.serve.speech import in_language

_MOST_VALUES = 12
_COLUMNS = """a.id, a.site, a.section, a.title, a.published, a.first_seen, a.ward, a.views, a.gone, a.version, a.lead,
    a.text"""


async def browse(request: Any, datasette: Any) -> Any:
    """Answer the front page, which is the search too: what was found, or the newest articles."""
    search = Search.of(request.args)
    database = datasette.get_database(DATABASE)
    found = await find(database, search)
    portals = await portal_names(database)
    bars = bars_of(found.counts["month"], search)
    context = {
        "asked": search,
        "articles": await _articles(found, portals),
        "facets": _facets(found.counts, search, portals),
        "bars": bars,
        "bars_title": title_of(bars) if bars else "",
        "bar_labels": labels_of(bars),
        "total": found.total,
        "most": MOST,
        "known": (await database.execute("SELECT count(*) FROM articles")).rows[0][0],
        "portals": len(portals),
        "unread": bool(search.q.strip()) and found.match is None,
        "crowded": found.crowded and search.sort in ("", "relevance"),
        "plain": search == Search(),
        "sorts": _sorts(found),
        "order": found.order(),
        "feed": in_language("/results.atom", urlencode(replace(search, sort="", page=1).arguments()), language()),
        "before": search.url(page=search.page - 1) if search.page > 1 else "",
        "after": search.url(page=search.page + 1) if search.page < min(found.total / PAGE, MOST_PAGES) else "",
    }  # fmt: skip
    return Response.html(await datasette.render_template("browse.html", context, request=request))


async def _articles(found: Found, portals: dict[str, str]) -> list[dict[str, Any]]:
    """Return a page of what was found, as the template shows it."""
    query = found.search.q if found.match else ""
    rows = await rows_at(found.database, _COLUMNS, await found.places(PAGE, (found.search.page - 1) * PAGE))
    in_files = await hits(found.database, {row["id"]: row["text"] for row in rows}, query) if query else {}
    return [
        {
            "url": article_url(row["id"]),
            "hit": in_files.get(row["id"]),
            "title": marked(row["title"], query),
            "portal": portals.get(row["site"], row["site"]),
            "snippet": snippet(row["text"], row["title"], query) if query or not row["lead"] else row["lead"],
            **{name: row[name] for name in ("section", "published", "first_seen", "ward", "views", "gone", "version")},
        }
        for row in rows
    ]


def _sorts(found: Found) -> list[tuple[str, str, bool]]:
    """Return the orders there are: what each is called, the address that chooses it, whether it is chosen."""
    names = {
        "relevance": _("best match"),
        "newest": _("newest first"),
        "views": _("most views"),
        "found": _("last seen first"),
    }
    if found.match is None or found.crowded:
        del names["relevance"]
    return [(label, found.search.url(sort=name), name == found.order()) for name, label in names.items()]


def _facets(counts: dict[str, Counts], search: Search, portals: dict[str, str]) -> list[dict[str, Any]]:
    """Return the counts per facet: its values, each a label, a number and the address that chooses it or not."""
    titles = {"site": _("Portal"), "section": _("Section"), "ward": _("Ward or commune"), "year": _("Year")}
    by_facet = {**{name: counts[name] for name in titles if name != "year"}, "year": years_of(counts["month"])}
    facets = []
    for name, found in by_facet.items():
        chosen = bool(getattr(search, name))
        values = [
            {
                "label": portals.get(value, value) if name == "site" else str(value),
                "number": number,
                "url": search.url(**{name: "" if chosen else str(value)}),
                "key": value,
            }
            for value, number in found[:_MOST_VALUES]
        ]
        more = f"/{DATABASE}/articles?_facet={name}&_size=1" if len(found) > _MOST_VALUES else ""
        facets.append({"name": name, "title": titles[name], "chosen": chosen, "values": values, "more": more})
    return facets
