"""Ids within what a CMS numbers: a module of NukeViet, a list of SharePoint, a tab of DotNetNuke, a page of Liferay.

Layouts make `site:tin-tuc-57` where they made `site:57`. What was read before keeps its id and is found by the new
one. The functions here are as they were at this revision, whatever becomes of the layouts.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_OF_WEB = re.compile(r"/pages/(?:20\d\d-\d{1,2}-\d{1,2}/|tintuc/\d+/).*")
_OF_TAB = re.compile(r"/tabid/(\d+)/(?:\w+/\d+/)*?(?:item)?id/\d+(?:/|$)", re.IGNORECASE)
_OF_PAGE = re.compile(r"^https?://[^/]+(/[^?#]*/?chi-tiet[\w-]*)\?(?:[^#]*&)?(?:id|d)=\d", re.IGNORECASE)
_AT_ONCE = 500


def upgrade() -> None:
    """Keep the ids of known articles under the ones that layouts make now, and let pages be known by these."""
    kept = op.create_table(
        "kept_ids",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("article", sa.String(), nullable=False),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    layouts: dict[str, str] = {}
    ids: dict[str, str] = {}
    for row in _articles(connection):
        layout = json.loads(row.record).get("layout")
        if key := _new_key(layout, row.id.removeprefix(f"{row.site}:"), row.url):
            layouts[row.site] = layout
            ids[f"{row.site}:{key}"] = row.id
    if ids:
        op.bulk_insert(kept, [{"id": new, "article": old} for new, old in ids.items()])
    for site, layout in layouts.items():
        _rename_pages(connection, site, layout)


def _articles(connection: sa.Connection) -> Iterator[sa.Row[Any]]:
    """Yield id, site, address and current record of every article."""
    query = sa.text(
        "SELECT a.id, a.site, a.url, v.record FROM articles a JOIN versions v ON v.seq = a.seq"
        " WHERE a.id > :after ORDER BY a.id LIMIT :most"
    )
    after = ""
    while rows := connection.execute(query, {"after": after, "most": _AT_ONCE}).all():
        yield from rows
        after = rows[-1].id


def _rename_pages(connection: sa.Connection, site: str, layout: str) -> None:
    """Set the keys that layouts make now, for pages, listing entries and captures of a portal's articles."""
    query = sa.text("SELECT number, key, url FROM pages WHERE site = :site AND kind = 'article'")
    taken = {key for _, key, _ in connection.execute(query, {"site": site})}
    pages = [
        (number, key, new)
        for number, key, url in connection.execute(query, {"site": site}).all()
        if (new := _new_key(layout, key, url)) and new not in taken
    ]
    sections = "SELECT number FROM pages WHERE site = :site AND kind = 'section'"
    for number, key, new in pages:
        values = {"site": site, "number": number, "key": key, "new": new}
        connection.execute(sa.text("UPDATE pages SET key = :new WHERE number = :number"), values)
        connection.execute(
            sa.text(f"UPDATE listings SET key = :new WHERE key = :key AND section IN ({sections})"),  # noqa: S608 - no value of others is in it
            values,
        )
    captures = connection.execute(sa.text("SELECT number, key, url FROM captures WHERE site = :site"), {"site": site})
    for number, key, url in captures.all():
        if new := _new_key(layout, key, url):
            connection.execute(
                sa.text("UPDATE captures SET key = :new WHERE number = :number"), {"new": new, "number": number}
            )


def _new_key(layout: str | None, key: str, url: str) -> str | None:
    """Return what an article is known by now where that was a number; None where it is known as before."""
    within = _SCOPES.get(layout or "")
    scope = within(url) if within and key.isdigit() else ""
    return f"{scope}-{key}" if scope else None


def _module(url: str) -> str:
    _, _, path, query, _ = urlsplit(url)
    steps = [step for step in path.lower().split("/") if step]
    own = steps[1:] if steps[:1] == ["vi"] else steps
    return dict(parse_qsl(query)).get("nv") or (own[0] if len(own) > 1 else "")


def _list_of(url: str) -> str:
    path = "/" + urlsplit(url).path.lower().removesuffix(".aspx").strip("/")
    return _OF_WEB.sub("", path).strip("/").replace("/", "-")


def _tab(url: str) -> str:
    match = _OF_TAB.search(url)
    return f"tab{match[1]}" if match else ""


def _page_of(url: str) -> str:
    match = _OF_PAGE.search(url)
    return match[1].strip("/").replace("/", "-").lower() if match else ""


_SCOPES: dict[str, Callable[[str], str]] = {
    "nukeviet": _module,
    "sharepoint": _list_of,
    "dotnetnuke": _tab,
    "liferay": _page_of,
}
