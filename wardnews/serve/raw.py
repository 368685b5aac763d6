"""The raw pages that were kept, found for a version of an article: where in which WARC file its page stands."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from wardnews.archives.capture import DamagedRecord
from wardnews.archives.warc.index import read_index
from wardnews.archives.warc.write import ENDING
from wardnews.locale import _, number
from wardnews.locale.recognized import recognized

TABLES = """
CREATE TABLE raw_files (number INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, size INTEGER NOT NULL);
CREATE TABLE raw_pages (
    timestamp TEXT NOT NULL, url TEXT NOT NULL, file INTEGER NOT NULL REFERENCES raw_files (number),
    offset INTEGER NOT NULL, length INTEGER NOT NULL, digest TEXT NOT NULL, is_revisit INTEGER NOT NULL,
    PRIMARY KEY (timestamp, url, file, offset)
) WITHOUT ROWID;
CREATE INDEX raw_pages_by_digest ON raw_pages (digest) WHERE is_revisit = 0;
"""
_OK = 200
INNER = ["raw_files", "raw_pages"]
_FROM = "raw_pages AS p JOIN raw_files AS f ON f.number = p.file"
_FIELDS = "f.path, p.offset, p.length, p.url, p.digest, p.is_revisit"


class RawPage(NamedTuple):
    """Where a kept page stands: bytes of a WARC file; `url` is the address that it was fetched from."""

    path: str
    offset: int
    length: int
    url: str
    digest: str
    is_revisit: int


def index_raw(copy: sqlite3.Connection, folder: Path, tell: Callable[[str], None]) -> None:
    """Note the pages of the WARC files of a folder that are not noted yet, and forget those of files that are gone.

    A file that cannot be read, or record by record, is told and has no pages. Raises OSError for the folder alone.
    """
    there = {str(path.resolve()): path.stat().st_size for path in sorted(folder.glob(f"*{ENDING}"))}
    known = dict(copy.execute("SELECT path, size FROM raw_files"))
    for path, size in known.items():
        if there.get(path) != size:
            with copy:
                own = "SELECT number FROM raw_files WHERE path = ?"
                copy.execute(f"DELETE FROM raw_pages WHERE file IN ({own})", (path,))  # noqa: S608
                copy.execute("DELETE FROM raw_files WHERE path = ?", (path,))
    for path, size in there.items():
        if known.get(path) != size:
            with copy:
                added = copy.execute("INSERT INTO raw_files (path, size) VALUES (?, ?)", (path, size)).lastrowid
                rows = _pages(Path(path), tell)
                copy.executemany(f"INSERT OR IGNORE INTO raw_pages VALUES (?, ?, {added}, ?, ?, ?, ?)", rows)  # noqa: S608


def _pages(path: Path, tell: Callable[[str], None]) -> Iterator[tuple[Any, ...]]:
    damaged = 0
    try:
        for one in read_index(path):
            if isinstance(one, DamagedRecord):
                damaged += 1
            elif one.status == _OK:
                yield (one.timestamp, one.url, one.offset, one.length, one.digest, int(one.body is None))
    except (OSError, ValueError) as error:
        tell(_("raw pages of {file} are not shown: {reason}").format(file=path.name, reason=recognized(str(error))))
    if damaged:
        line = _("raw pages of {file}: {count} damaged records are not shown")
        tell(line.format(file=path.name, count=number(damaged)))


async def raw_page(database: Any, at: str, url: str) -> RawPage | None:
    """Return the kept page of an article's version, by when it was fetched (UTC) and the article's address.

    That is the page of this address, or the only one of its host that was fetched in that second, where that is no
    other article's: articles may stand under another address than the one that was asked for.
    """
    sql = f"SELECT {_FIELDS} FROM {_FROM} WHERE p.timestamp = ? LIMIT 50"  # noqa: S608
    found = [RawPage(*row) for row in (await database.execute(sql, (at,))).rows]
    same = [one for one in found if _plain(one.url) == _plain(url)]
    if not same:
        same = [one for one in found if urlsplit(one.url).hostname == urlsplit(url).hostname]
        if len(same) != 1 or await _is_of_an_article(database, same[0].url):
            return None
    return same[0] if same else None


async def _is_of_an_article(database: Any, url: str) -> bool:
    forms = [
        f"{scheme}://{www}{_plain(url)}{slash}"
        for scheme in ("http", "https")
        for www in ("", "www.")
        for slash in ("", "/")
    ]
    sql = f"SELECT 1 FROM articles WHERE url IN ({', '.join('?' * len(forms))}) LIMIT 1"  # noqa: S608
    return bool((await database.execute(sql, forms)).rows)


async def original_of(database: Any, page: RawPage) -> RawPage | None:
    """Return the record that holds a page's bytes: its own, or of a revisit the one that it refers to."""
    if not page.is_revisit:
        return page
    sql = f"""SELECT {_FIELDS} FROM {_FROM} WHERE p.digest = ? AND p.is_revisit = 0 LIMIT 1"""  # noqa: S608
    rows = (await database.execute(sql, (page.digest,))).rows
    return RawPage(*rows[0]) if rows else None


def _plain(url: str) -> str:
    return url.partition("://")[2].removeprefix("www.").rstrip("/")
