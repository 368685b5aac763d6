"""What a search finds, to take away: as CSV, as JSON lines, and as an Atom feed that brings what is new."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import AsgiStream, Response

from wardnews.exporters.feeds import NEWEST
from wardnews.exporters.formats.atom import Head, feed
from wardnews.exporters.formats.csv import as_csv
from wardnews.exporters.lines import with_ends
from wardnews.locale import _
from wardnews.serve.links import DATABASE, portal_names
from wardnews.serve.records import with_text
from wardnews.serve.searching.asked import Search
from wardnews.serve.searching.found import find, rows_at
from wardnews.serve.speech import as_chosen
from wardnews.store.queries import with_story

MOST = 5_000
"""How many articles a file has at most; `wardnews export` writes all."""
_BATCH = 200
_COLUMNS = "v.record, a.text, a.story"


async def csv(request: Any, datasette: Any) -> Any:
    """Answer what a search finds as CSV."""
    return await _file(request, datasette, "csv", "text/csv; charset=utf-8", _csv_part)


async def jsonl(request: Any, datasette: Any) -> Any:
    """Answer what a search finds as JSON lines."""
    lines: Callable[..., Iterator[str]] = lambda lines, _first: with_ends(lines)  # noqa: E731
    return await _file(request, datasette, "jsonl", "application/x-ndjson", lines)


async def atom(request: Any, datasette: Any) -> Any:
    """Answer what a search found last, as an Atom feed; an order and a page make no other feed."""
    search = replace(Search.of(request.args), sort="", page=1)
    database = datasette.get_database(DATABASE)
    found = await find(database, search)
    places = await found.places(NEWEST, 0, "found")
    records = [json.loads(line) for line in await _lines(database, places)]
    title = await title_of(search, database)
    query = urlencode(search.arguments())
    page, own = (
        datasette.absolute_url(request, as_chosen(request.scope, path, query)) for path in ("/", "/results.atom")
    )
    head = Head(f"search?{urlencode(sorted(search.arguments().items()))}", f"{title} – wardnews", own, page)
    return Response("".join(feed(records, head)), content_type="application/atom+xml; charset=utf-8")


async def title_of(search: Search, database: Any) -> str:
    """Return what a search asks for, in words."""
    portals = await portal_names(database)
    parts = [search.q, portals.get(search.site, search.site), search.section, search.ward, search.year, search.days()]
    return " · ".join(part for part in parts if part) or _("All articles")


async def _file(request: Any, datasette: Any, ending: str, media_type: str, write: Callable[..., Any]) -> Any:
    """Answer the articles that a search finds, one part after the other."""
    search = Search.of(request.args)
    database = datasette.get_database(DATABASE)
    places = await (await find(database, search)).places(MOST, 0)

    async def stream(writer: Any) -> None:
        for begin in range(0, max(len(places), 1), _BATCH):
            lines = await _lines(database, places[begin : begin + _BATCH])
            await writer.write(await asyncio.to_thread("".join, write(lines, begin == 0)))

    named = {"content-disposition": f'attachment; filename="wardnews.{ending}"'}
    return AsgiStream(stream, headers=named, content_type=media_type)


def _csv_part(lines: list[str], first: bool) -> Iterator[str]:
    """Yield the rows of some lines, and the head of the table before the first ones."""
    rows = as_csv(lines)
    head = next(rows)
    if first:
        yield head
    yield from rows


async def _lines(database: Any, places: list[int]) -> list[str]:
    """Return the JSON lines of articles, as `wardnews export` writes them."""
    rows = await rows_at(database, _COLUMNS, places)
    return await asyncio.to_thread(
        lambda: [with_story(with_text(row["record"], row["text"]), row["story"]) for row in rows]
    )
