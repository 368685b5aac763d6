"""Kept files as answers: pictures are shown, everything else is a download that no browser opens as a page."""

import asyncio
from typing import Any, BinaryIO

from datasette.utils.asgi import NotFound

from wardnews.files.media_types import media_type_of
from wardnews.files.storage import open_kept
from wardnews.locale import _
from wardnews.serve.kept_files import download_name
from wardnews.serve.links import DATABASE

SHOWN = ("image/jpeg", "image/png", "image/gif", "image/webp")
"""What is shown in a page: formats of pictures in which nothing can run."""
_PLAIN = "application/octet-stream"
_RUNS = ("text/html", "image/svg+xml", "application/xml", "text/plain")
_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
_PIECE = 1 << 16


async def file(request: Any, datasette: Any) -> Any:
    """Answer a kept file that an article of the copy has; raise NotFound for any other."""
    sha256 = request.url_vars["sha256"]
    sql = "SELECT title FROM files WHERE sha256 = ? ORDER BY title IS NULL LIMIT 1"
    rows = (await datasette.get_database(DATABASE).execute(sql, (sha256,))).rows
    if not rows:
        raise NotFound(_("There is no such file here."))
    return await _answer(datasette, sha256, rows[0]["title"])


async def thumbnail(request: Any, datasette: Any) -> Any:
    """Answer the thumbnail of a kept picture; raise NotFound where it has none."""
    sql = "SELECT thumbnail FROM documents WHERE sha256 = ?"
    rows = (await datasette.get_database(DATABASE).execute(sql, (request.url_vars["sha256"],))).rows
    if not rows or not rows[0]["thumbnail"]:
        raise NotFound(_("There is no such file here."))
    return await _answer(datasette, rows[0]["thumbnail"], None)


async def _answer(datasette: Any, sha256: str, title: str | None) -> "KeptFileResponse":
    if not datasette.kept_files:
        raise NotFound(_("There is no such file here."))
    try:
        opened = await asyncio.to_thread(open_kept, datasette.kept_files, sha256)
        media_type, length = await asyncio.to_thread(_facts, opened)
    except OSError as error:
        raise NotFound(_("The file is not where it was kept.")) from error
    return KeptFileResponse(opened, length, _headers(media_type, sha256, title))


def _facts(opened: BinaryIO) -> tuple[str, int]:
    """Return media type, by the content whatever the store says, and length of a file, which is at its start then."""
    media_type = media_type_of(opened)
    length = opened.seek(0, 2)
    opened.seek(0)
    return media_type, length


def _headers(media_type: str, sha256: str, title: str | None) -> dict[str, str]:
    headers = {"cache-control": "private, max-age=86400", "content-security-policy": _POLICY}
    if media_type in SHOWN:
        return headers | {"content-type": media_type}
    name = download_name(title, sha256, media_type)
    kind = _PLAIN if media_type in _RUNS else media_type
    return headers | {"content-type": kind, "content-disposition": f'attachment; filename="{name}"'}


class KeptFileResponse:
    """An answer that is read as it is sent."""

    def __init__(self, opened: BinaryIO, length: int, headers: dict[str, str]) -> None:
        self._file = opened
        self._headers = headers | {"content-length": str(length)}

    async def asgi_send(self, send: Any) -> None:
        """Send the file."""
        headers = [(name.encode(), value.encode()) for name, value in self._headers.items()]
        with self._file:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            while piece := await asyncio.to_thread(self._file.read, _PIECE):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
