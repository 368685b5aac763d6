"""Kept files in the reading copy: which an article has, and what they say; the files themselves stay where they are."""

import asyncio
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.engine import Connection

from wardnews.files.endings import ending_of
from wardnews.serve.links import file_url, thumbnail_url
from wardnews.serve.searching.words import excerpt, phrases_in
from wardnews.store.files.documents import documents_of
from wardnews.store.tables import documents

TABLES = """
CREATE TABLE files (
    article TEXT NOT NULL, sha256 TEXT NOT NULL, current INTEGER NOT NULL, title TEXT, media_type TEXT, bytes INTEGER,
    url TEXT NOT NULL, PRIMARY KEY (article, sha256)
) WITHOUT ROWID;
CREATE INDEX files_by_sha256 ON files (sha256);
CREATE TABLE documents (
    sha256 TEXT PRIMARY KEY, reader INTEGER NOT NULL, read_at TEXT NOT NULL, kind TEXT, pages INTEGER NOT NULL,
    flags TEXT NOT NULL, cause TEXT, thumbnail TEXT
);
CREATE TABLE document_texts (sha256 TEXT PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE attached (id TEXT PRIMARY KEY, text TEXT NOT NULL);
"""
INNER = ["attached", "document_texts"]
"""Tables that mean nothing to a reader, or whose rows are too large to be listed."""
OLD_TEXT = "coalesce((SELECT text FROM attached WHERE attached.id = articles.id), '')"
"""What the index of words has of the documents of an article of the table `articles`."""
_NAMED = """INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET current = max(current, excluded.current), title = coalesce(excluded.title, title)"""
_MOST_LETTERS = 2_000_000
"""Of the documents of one article, that are searched."""
_LOOKED_AT, _MOST_HITS = 100_000, 20
"""The letters of a document in which it is looked where words stand, and the documents of one page of results."""
_SHOWN, _MOST_SHOWN = 20_000, 20
"""The letters of a document that the page of its article shows, and the documents that it shows any of."""
_PAGE_END = "\f"
_READ = ("sha256", "reader", "read_at")


def read_when() -> Any:
    """Return the query of the documents that were read, and when, as the copy has them too."""
    return sa.select(*(documents.c[name] for name in _READ)).order_by(documents.c.sha256)


COPIED = "SELECT sha256, reader, read_at FROM documents ORDER BY sha256"


def articles_with(copy: sqlite3.Connection, hashes: Iterable[str]) -> Iterator[str]:
    """Yield the ids of the articles in the copy that have files of some SHA-256."""
    for sha256 in hashes:
        yield from (one for (one,) in copy.execute("SELECT article FROM files WHERE sha256 = ?", (sha256,)))


def forget(copy: sqlite3.Connection, old: str, bounds: tuple[str, str]) -> None:
    """Take out what belongs to articles that are written anew; `old` is the query of their ids."""
    copy.execute(f"DELETE FROM attached WHERE id IN {old}", bounds)  # noqa: S608 - our own query
    copy.execute(f"DELETE FROM files WHERE article IN {old}", bounds)  # noqa: S608


def write(source: Connection, copy: sqlite3.Connection, article: str, record: dict[str, Any], *, current: bool) -> str:
    """Write the kept files of a version of an article, and what they say; return the text of a current one's."""
    kept = [one for one in (*record["images"], *record["attachments"]) if one["sha256"]]
    if not kept:
        return ""
    known = documents_of(source, {one["sha256"] for one in kept})
    for one in kept:
        title = one.get("title") or one.get("caption") or one.get("alt")
        row = (article, one["sha256"], current, title, one["media_type"], one["bytes"], one["url"])
        copy.execute(_NAMED, row)
    times = sa.select(*(documents.c[name] for name in _READ)).where(documents.c.sha256.in_(list(known)))
    for sha256, reader, read_at in source.execute(times) if known else ():
        said = known[sha256]
        facts = (said.kind, len(said.pages), ", ".join(said.flags), said.cause, said.thumbnail)
        copy.execute(
            "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (sha256, reader, read_at, *facts)
        )
        copy.execute("INSERT OR REPLACE INTO document_texts VALUES (?, ?)", (sha256, _PAGE_END.join(said.pages)))
    text = (
        "\n".join(page for sha256 in sorted(known) for page in known[sha256].pages)[:_MOST_LETTERS] if current else ""
    )
    if text:
        copy.execute("INSERT INTO attached VALUES (?, ?)", (article, text))
    return text


def forget_unnamed(copy: sqlite3.Connection) -> None:
    """Take out the documents that no article has any more."""
    with copy:
        for table in ("documents", "document_texts"):
            copy.execute(f"DELETE FROM {table} WHERE sha256 NOT IN (SELECT sha256 FROM files)")  # noqa: S608


# --- what is shown -------------------------------------------------------------------------------------------


class Hit(NamedTuple):
    """Where in a document of an article the words of a search stand."""

    url: str
    title: str
    page: int | None  # None: it has but one
    excerpt: Markup


async def hits(database: Any, texts: dict[str, str], query: str) -> dict[str, Hit]:
    """Return, by article, the document that has more of the words of a search than the article's own text."""
    marks = ", ".join("?" * len(texts))
    sql = f"""SELECT article, sha256, title, url, pages, substr(text, 1, {_LOOKED_AT}) AS text
        FROM files JOIN documents USING (sha256) JOIN document_texts USING (sha256)
        WHERE article IN ({marks}) AND current AND text <> '' LIMIT {_MOST_HITS}"""  # noqa: S608
    rows = (await database.execute(sql, list(texts))).rows if texts else []
    return await asyncio.to_thread(_hits, rows, texts, query)


def _hits(rows: list[Any], texts: dict[str, str], query: str) -> dict[str, Hit]:
    found: dict[str, Hit] = {}
    most = {article: phrases_in(texts[article], query) for article in {row["article"] for row in rows}}
    for row in rows:
        if (number := phrases_in(row["text"], query)) > most[row["article"]]:
            most[row["article"]] = number
            found[row["article"]] = _hit(row, query)
    return found


def _hit(row: Any, query: str) -> Hit:
    pages = row["text"].split(_PAGE_END)
    number, page = max(enumerate(pages, start=1), key=lambda one: phrases_in(one[1], query))
    shown = excerpt(" ".join(page.split()), query)
    return Hit(file_url(row["sha256"]), row["title"] or row["url"], number if row["pages"] > 1 else None, shown)


async def shown_files(database: Any, files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return images and attachments of a record, each with where it is kept and what is known of it."""
    hashes = sorted({one["sha256"] for one in files if one["sha256"]})
    marks = ", ".join("?" * len(hashes))
    facts = f"SELECT *, '' AS text FROM documents WHERE sha256 IN ({marks})"  # noqa: S608
    known = {row["sha256"]: dict(row) for row in (await database.execute(facts, hashes)).rows}
    texts = f"""SELECT sha256, substr(text, 1, {_SHOWN}) AS text FROM document_texts WHERE sha256 IN ({marks})
        LIMIT {_MOST_SHOWN}"""  # noqa: S608
    for row in (await database.execute(texts, hashes)).rows:
        known[row["sha256"]]["text"] = row["text"]
    return [one | _shown(one["sha256"], known.get(one["sha256"])) for one in files]


def _shown(sha256: str | None, document: dict[str, Any] | None) -> dict[str, Any]:
    said = document or {"thumbnail": None, "text": "", "flags": "", "kind": None, "pages": 0, "cause": None}
    return {
        "kept": file_url(sha256) if sha256 else None,
        "thumbnail": thumbnail_url(sha256) if sha256 and said["thumbnail"] else None,
        "flags": said["flags"].split(", "),
        "pages": said["pages"],
        "said": [page for page in said["text"].split(_PAGE_END) if page],
    }


def download_name(title: str | None, sha256: str, media_type: str) -> str:
    """Return a name for a file that is downloaded: of ASCII letters and digits, with an ending by its content.

    >>> download_name("../../Kế hoạch <1>.exe", "ab12" * 16, "application/pdf")
    'ke-hoach-1-exe.pdf'
    """
    from wardnews.exporters.select import folded

    words = "-".join(word for word in folded(title or "").split() if word.isascii())
    return f"{words[:60].strip('-') or sha256[:16]}{ending_of(media_type)}"
