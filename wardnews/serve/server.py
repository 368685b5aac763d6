"""How the reading copy is served: Datasette's settings, its queries, and the process around it."""

import os
import signal
import socket
import sqlite3
import threading
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn
from urllib.parse import quote

import uvicorn
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from wardnews.locale import gettext_noop
from wardnews.serve import kept_files, plugin, raw
from wardnews.serve.gate import gated
from wardnews.serve.lanes import two_lanes
from wardnews.serve.links import DATABASE, STATIC, TEMPLATES

_GRACE = 1
"""Seconds that answers under way get at the end."""
_MOST_TO_END = 1.7
"""Seconds after which the process ends whatever is under way: nothing here is written."""
_SETTINGS = {
    "allow_csv_stream": False,
    "allow_download": False,
    "cache_size_kb": 32_000,
    "default_allow_sql": False,
    "default_page_size": 25,
    "facet_time_limit_ms": 1_000,
    "max_returned_rows": 1_000,
    "sql_time_limit_ms": 3_000,
    "suggest_facets": False,
    "truncate_cells_html": 300,
}
_LISTED = "a.published, a.title, p.name AS portal, a.section, a.ward, a.views, a.id"
_OF_PORTALS = "articles AS a JOIN portals AS p ON p.site = a.site"
_QUERIES = {
    "newest": {
        "title": gettext_noop("Newest"),
        "description": gettext_noop("The articles that were published last."),
        "sql": f"SELECT {_LISTED} FROM {_OF_PORTALS} ORDER BY a.published DESC LIMIT 200",  # noqa: S608
    },
    "most_read": {
        "title": gettext_noop("Most read"),
        "description": gettext_noop("The articles with the most views, as their portals count them."),
        "sql": f"SELECT {_LISTED} FROM {_OF_PORTALS} WHERE a.views IS NOT NULL ORDER BY a.views DESC LIMIT 200",  # noqa: S608
    },
    "edited": {
        "title": gettext_noop("Edited after publication"),
        "description": gettext_noop(
            "Articles whose title, lead or text changed, the last change first, and what of them changed."
        ),
        "sql": f"""SELECT v.at AS seen_edited, {_LISTED}, v.version, v.fields AS changed FROM versions AS v
            JOIN articles AS a ON a.id = v.article JOIN portals AS p ON p.site = a.site
            WHERE v.change = 'edited' ORDER BY v.at DESC LIMIT 200""",  # noqa: S608
    },
    "gone": {
        "title": gettext_noop("Gone"),
        "description": gettext_noop("Articles whose page the portal does not show any more."),
        "sql": f"""SELECT v.at AS seen_gone, {_LISTED} FROM versions AS v
            JOIN articles AS a ON a.id = v.article AND a.seq = v.seq
            JOIN portals AS p ON p.site = a.site WHERE v.change = 'gone' ORDER BY v.at DESC LIMIT 200""",  # noqa: S608
    },
    "search": {
        "title": gettext_noop("Search"),
        "description": gettext_noop("All words, with or without tone marks; what stands in the title weighs more."),
        "params": ["q"],
        "sql": f"""SELECT {_LISTED}, snippet_of(a.text, a.title, :q) AS found
            FROM (SELECT rowid AS place, bm25(articles_search, 8, 1) AS rank FROM articles_search
                WHERE articles_search MATCH escape_fts(:q) ORDER BY rank LIMIT 100) AS hits
            JOIN articles AS a ON a.rowid = hits.place JOIN portals AS p ON p.site = a.site ORDER BY hits.rank""",  # noqa: S608
    },
}
_INDEX = ["articles_search", *(f"articles_search_{part}" for part in ("config", "data", "docsize", "idx"))]
_INNER = ["states", "standings", *raw.INNER, *kept_files.INNER, *_INDEX]
"""Tables that mean nothing to a reader."""
_METADATA = {
    "title": "wardnews",
    "description": gettext_noop(
        "News of Vietnamese ward, commune and district portals, kept with every version that was seen."
    ),
    "source": "the portals named with each article",
    "license": gettext_noop(
        "The articles belong to their portals and authors; ask them before you publish more than a quotation."
    ),
    "databases": {
        DATABASE: {
            "queries": _QUERIES,
            "tables": {
                "articles": {
                    "description": gettext_noop("One row an article, as it was seen last."),
                    "facets": ["site", "section", "ward", "year"],
                    "sort_desc": "published",
                    "fts_table": "articles_search",
                    "fts_pk": "rowid",
                    "label_column": "title",
                    "columns": {
                        "site": gettext_noop("the portal"),
                        "published": gettext_noop("ISO 8601; a bare date where the page gives no time"),
                        "ward": gettext_noop("ward or commune on the day of publication"),
                        "views": gettext_noop("as the portal showed them last"),
                        "change": gettext_noop("new, edited, gone, back or reread"),
                        "gone": gettext_noop("1: the portal does not show it any more"),
                        "story": gettext_noop("shared by articles of several portals that tell the same"),
                        "text": gettext_noop("the whole article as plain text"),
                    },
                },
                "versions": {
                    "description": gettext_noop("Each article as it was seen first, and each time it had changed."),
                    "columns": {
                        "at": gettext_noop("when it was seen so, UTC"),
                        "fields": gettext_noop("what changed"),
                        "record": gettext_noop("the record as JSON, without `text`"),
                    },
                },
                "files": {
                    "description": gettext_noop(
                        "The images and attachments of articles that are kept, of all their versions."
                    ),
                    "columns": {"current": gettext_noop("1: the article has it as it was seen last")},
                },
                "documents": {
                    "description": gettext_noop("What kept files say, so far as they were read."),
                    "columns": {
                        "pages": gettext_noop("how many pages or sheets it has"),
                        "flags": gettext_noop("doubts, such as scanned: pictures of pages, and no text"),
                        "cause": gettext_noop("why it cannot be read"),
                    },
                },
                "views": {"description": gettext_noop("What the portals' counters showed, and when (UTC).")},
                "portals": {"description": gettext_noop("The portals that the articles are from.")},
                **{name: {"hidden": True, "allow": False} for name in _INNER},
            },
        }
    },
}


def application(file: Path, files: str | None = None) -> Datasette:
    """Return the application that shows a reading copy, and the files that are kept in the folder `files`."""
    if not pm.is_registered(plugin):
        pm.register(plugin, name="wardnews")
        pm.unregister(name="datasette.handle_exception")  # it prints a page of variables for each error of a visitor
    static = [("static", str(STATIC))]
    datasette = Datasette(settings=_SETTINGS, metadata=_METADATA, template_dir=str(TEMPLATES), static_mounts=static)
    datasette.kept_files = files
    datasette.remove_database("_memory")
    datasette.add_database(_Copy(datasette, str(file), is_mutable=False), name=DATABASE)
    return datasette


class _Copy(Database):  # type: ignore[misc]
    """Open the reading copy to read it and no more, whatever letters its path has."""

    @property
    def cached_table_counts(self) -> None:
        """None: the copy is brought up to date while it is shown."""

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """Return a connection that reads."""
        if write:
            raise PermissionError("the reading copy is not written to")
        address = f"file:{quote(str(self.path))}?mode=ro"
        connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        connection.execute(f"PRAGMA mmap_size = {1 << 40}")  # a search of all articles takes half the time
        self._all_file_connections.append(connection)
        return connection


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens at a port of an address; raise OSError where it is not to be had."""
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    return socket.create_server(address[:2], family=family)


def end_in_order() -> None:
    """Let SIGTERM and SIGINT end this process with status 0 from now on."""
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)


def serve(file: Path, own: socket.socket, names: frozenset[str] | None, files: str | None = None) -> None:
    """Show a reading copy and kept files at a port, to those who ask by one of some names, until it is told to end."""
    end_in_order()
    shown = two_lanes(application(file, files).app(), application(file, files).app())
    config = uvicorn.Config(
        gated(shown, names), log_level="warning", access_log=False, server_header=False,
        timeout_graceful_shutdown=_GRACE,
    )  # fmt: skip
    _Server(config).run(sockets=[own])


class _Server(uvicorn.Server):
    """A server whose process ends in time: a thread that is at a query cannot be told to stop."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End in order, and at the latest after some time."""
        super().handle_exit(sig, frame)
        timer = threading.Timer(_MOST_TO_END, os._exit, (0,))
        timer.daemon = True
        timer.start()


def _end(*_: Any) -> NoReturn:
    raise SystemExit(0)
