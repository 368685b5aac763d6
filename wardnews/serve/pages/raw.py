"""The kept page of an article as its portal sent it: in a frame that does nothing, and its WARC record to take away."""

import asyncio
from io import BytesIO
from pathlib import Path
from typing import Any

from datasette.utils.asgi import Response
from w3lib.encoding import http_content_type_encoding

from wardnews.archives.capture import Capture
from wardnews.archives.warc.read import read_record
from wardnews.locale import _
from wardnews.serve.links import DATABASE, NotHere, article_url
from wardnews.serve.raw import RawPage, original_of, raw_page
from wardnews.text.encoding import decode

_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
"""Of the kept page itself: no script, no form, no link out of its frame, nothing from elsewhere."""
FRAMING = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'; frame-src 'self'"
)
"""Of the page around it."""


async def shown(request: Any, datasette: Any) -> Any:
    """Answer the page around a kept page."""
    row, page = await _found(request, datasette)
    around = {
        **{name: row[name] for name in ("seq", "at", "title")},
        "address": page.url,
        "article": article_url(row["article"]),
    }
    html = await datasette.render_template("raw.html", around, request=request)
    return Response.html(html, headers={"content-security-policy": FRAMING})


async def bare(request: Any, datasette: Any) -> Any:
    """Answer the kept page itself, which may do nothing."""
    _row, page = await _found(request, datasette)
    capture = await _capture(datasette, page)
    if "html" not in capture.content_type.lower():
        kind = capture.content_type or "?"
        raise NotHere(_("The kept page is no HTML but {kind}; its WARC record has it.").format(kind=kind))
    declared = http_content_type_encoding(capture.content_type)
    text, _doubts = await asyncio.to_thread(decode, capture.body, declared)
    return Response.html(text, headers={"content-security-policy": _POLICY})


async def record(request: Any, datasette: Any) -> Any:
    """Answer the WARC record of a kept page."""
    row, page = await _found(request, datasette)
    packed = await asyncio.to_thread(_bytes, page)
    named = {"content-disposition": f'attachment; filename="wardnews-{row["seq"]}.warc.gz"'}
    return Response(packed, headers=named, content_type="application/warc")


async def _found(request: Any, datasette: Any) -> tuple[Any, RawPage]:
    """Return a version and its kept page; raise NotHere where there is none."""
    database = datasette.get_database(DATABASE)
    fields = "json_extract(record, '$.url') AS url, json_extract(record, '$.title') AS title"
    sql = f"SELECT seq, article, at, {fields} FROM versions WHERE seq = ?"  # noqa: S608
    rows = (await database.execute(sql, (int(request.url_vars["seq"]),))).rows
    page = await raw_page(database, rows[0]["at"], rows[0]["url"]) if rows else None
    if not page:
        raise NotHere(_("No raw page of this version is kept here."))
    return rows[0], page


async def _capture(datasette: Any, page: RawPage) -> Capture:
    original = await original_of(datasette.get_database(DATABASE), page)
    if original:
        packed = await asyncio.to_thread(_bytes, original)
        found = await asyncio.to_thread(read_record, BytesIO(packed), Path(original.path).name)
        if isinstance(found, Capture):
            return found
    raise NotHere(_("The kept page cannot be read."))


def _bytes(page: RawPage) -> bytes:
    try:
        with Path(page.path).open("rb") as file:
            file.seek(page.offset)
            return file.read(page.length)
    except OSError as error:
        raise NotHere(_("The file of the kept page is not there any more.")) from error
