"""The plugin of Datasette: the search in front, nothing that can be written, nothing that runs in a browser."""

import csv
import logging
import sqlite3
from collections.abc import Awaitable, Callable, MutableMapping
from io import StringIO
from typing import Any

from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, NotFound, Response
from datasette.views.base import DatasetteError
from markupsafe import Markup
from pluggy import HookimplMarker

from wardnews.errors import BadRequest
from wardnews.exporters.formats.csv import harmless
from wardnews.locale import _, speaking, translated
from wardnews.serve.gate import Application, Scope, refuse, too_long
from wardnews.serve.links import DATABASE, NotHere, article_url
from wardnews.serve.pages import article, cite, compare, portals, raw, results, wards
from wardnews.serve.pages.browse import browse
from wardnews.serve.pages.files import file, thumbnail
from wardnews.serve.searching.words import fts_query, snippet
from wardnews.serve.speech import headers, in_language, language_of, let_speak, query_columns

hookimpl = HookimplMarker("datasette")
_logger = logging.getLogger(__name__)

POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
"""Nothing but styles of its own: no script runs on any page, whatever an article holds."""
_POLICY = (b"content-security-policy", POLICY.encode())
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]
_SEQ = "(?P<seq>[0-9]{1,18})"
FAULT = 500
_OK = 200
csv.field_size_limit(16 << 20)  # an article has a page's size at most


async def _error(datasette: Any, request: Any, status: int, message: str, *, foreign: bool = False) -> Any:
    """Answer a page about what is amiss; `foreign`: in Datasette's own words, which are English."""
    titles = {
        400: _("That is no good question"),
        403: _("Not open to visitors"),
        404: _("Not here"),
        503: _("Too much at once"),
    }
    title = titles.get(status, _("Error {status}").format(status=status))
    context = {"status": status, "error": message, "title": title, "foreign": foreign}
    return Response.html(await datasette.render_template("error.html", context, request=request), status=status)


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Put the search in the place of Datasette's front page, and add the pages of our own."""
    return [
        (r"/$", browse),
        (r"/results\.csv$", results.csv),
        (r"/results\.jsonl$", results.jsonl),
        (r"/results\.atom$", results.atom),
        (r"/file/(?P<sha256>[0-9a-f]{64})$", file),
        (r"/thumbnail/(?P<sha256>[0-9a-f]{64})$", thumbnail),
        (r"/article/(?P<id>.+)$", article.newest),
        (rf"/version/{_SEQ}$", article.version),
        (r"/compare/(?P<id>.+)$", compare.compare),
        (rf"/cite/{_SEQ}\.(?P<form>bib|csl\.json|jsonld)$", cite.cite),
        (r"/portals$", portals.portals),
        (r"/portal/(?P<site>[^/]+)$", portals.portal),
        (r"/ward/(?P<code>[0-9]{5})$", wards.ward),
        (rf"/raw/{_SEQ}$", raw.shown),
        (rf"/raw/{_SEQ}/page$", raw.bare),
        (rf"/raw/{_SEQ}/record\.warc\.gz$", raw.record),
    ]


@hookimpl
def prepare_jinja2_environment(env: Any) -> None:
    """Let templates speak the visitor's language."""
    let_speak(env)


@hookimpl
def extra_template_vars(request: Any) -> dict[str, Any]:
    """Let templates name the page that they are in another language."""
    path, query = (request.path, request.query_string) if request else ("/", "")
    return {"query_columns": query_columns, "in_language": lambda code: in_language(path, query, code)}


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
    status, message = _status_and_words(exception)
    if status == FAULT and request.query_string and request.path.startswith(f"/{DATABASE}"):
        status, message = (
            400,
            _("That cannot be asked."),
        )  # Datasette raises anything for arguments that are none
        _logger.warning("%r at %s", exception, request.full_path)
    elif status == FAULT:
        _logger.error("%s", request.full_path, exc_info=exception)

    async def shown() -> Any:
        if request.path.endswith(".json"):
            return Response.json({"ok": False, "error": message, "status": status}, status=status)
        foreign = isinstance(exception, DatasetteError) and not isinstance(exception, NotHere)
        return await _error(datasette, request, status, message, foreign=foreign)

    return shown


def _status_and_words(exception: Exception) -> tuple[int, str]:
    """Return the status and the words for an exception."""
    if isinstance(exception, QueryInterrupted):
        return 503, too_long()
    if isinstance(exception, NotFound):
        return 404, _("There is no such page here.")
    if isinstance(exception, DatasetteError):
        status = 400 if exception.status == FAULT else exception.status  # the way it raises for a column that is none
        return status, str(Markup(exception.message).striptags())  # noqa: S704 - its tags go
    if isinstance(exception, BadRequest | Base400):
        return exception.status, translated(exception)
    return FAULT, _("Something is wrong here; whoever runs this server finds it in its log.")


@hookimpl
def asgi_wrapper() -> Callable[[Application], Application]:
    """Answer GET and HEAD alone, none of Datasette's pages about itself, and always under the policy."""

    def wrapped(application: Application) -> Application:
        async def guarded(scope: Scope, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                await application(scope, receive, send)
                return
            spoken = language_of(scope)
            further = [*_HEADERS, *headers(scope, spoken)]

            async def with_headers(message: MutableMapping[str, Any]) -> None:
                if message["type"] == "http.response.start":
                    own = message.get("headers", [])
                    policy = [] if any(bytes(name).lower() == _POLICY[0] for name, _value in own) else [_POLICY]
                    message = {**message, "headers": [*own, *policy, *further]}
                await send(message)

            with speaking(spoken):
                if scope["method"] not in ("GET", "HEAD"):
                    await refuse(405, _("this server only shows; it takes GET and HEAD"), send, [_POLICY, *further])
                elif _is_inner(scope["path"]):
                    await refuse(404, _("there is nothing here"), send, [_POLICY, *further])
                elif scope["path"].startswith(f"/{DATABASE}") and scope["path"].endswith(".csv"):
                    await application(scope, receive, _harmless_csv(with_headers))
                else:
                    await application(scope, receive, with_headers)

        return guarded

    return wrapped


def _harmless_csv(send: Any) -> Any:
    """Return what sends an answer whose CSV no spreadsheet runs as a formula; all of it waits for its end."""
    began: list[MutableMapping[str, Any]] = []
    body = bytearray()

    async def gathering(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            began.append(message)
            return
        body.extend(message.get("body", b""))
        if message.get("more_body"):
            return
        headers = [(name, value) for name, value in began[0]["headers"] if name.lower() != b"content-length"]
        is_csv = began[0]["status"] == _OK and b"\0" not in body
        answer = _harmless(body.decode()).encode() if is_csv else bytes(body)
        await send({**began[0], "headers": [*headers, (b"content-length", str(len(answer)).encode())]})
        await send({"type": "http.response.body", "body": answer})

    return gathering


def _harmless(table: str) -> str:
    """Return a table in CSV with an apostrophe before each cell that a spreadsheet would run as a formula."""
    written = StringIO()
    csv.writer(written).writerows(map(harmless, row) for row in csv.reader(StringIO(table, newline="")))
    return written.getvalue()


def _is_inner(path: str) -> bool:
    """Whether a page is one of Datasette about itself, which names files and versions of this machine."""
    return path.startswith(("/-/", "/_", "/.")) and not path.startswith("/-/static/")
