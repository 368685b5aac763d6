"""The reading copy: an SQLite file of its own beside the store, in plain tables, which is all that readers see.

It is compared with the store, state by state, and only articles that differ are written again: so it ends equal to one
that is made from nothing, whatever a crawl, a backfill or a reread did to the store, and wherever it was killed.
"""

import hashlib
import heapq
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from wardnews import portable
from wardnews.archives.sections import open_no_link
from wardnews.errors import StoreError, reason
from wardnews.items import upgraded
from wardnews.locale import _, number
from wardnews.places.units import LEVELS, chain_on
from wardnews.reports.status import json_lines, standings
from wardnews.serve import kept_files, raw, records, word_index
from wardnews.sites import Site
from wardnews.store.changes import differing
from wardnews.store.database import Store
from wardnews.store.near_duplicates import assign
from wardnews.store.tables import articles, versions, views
from wardnews.text.clock import timestamp
from wardnews.text.strings import fold

LAYOUT = 6
"""Rises with the tables below, what is written into them and `text.fold`: a copy of another layout is made anew."""
BATCH = 1_000
"""Articles a transaction."""
_STREAMED = 500
_TABLES = f"""
CREATE TABLE portals (site TEXT PRIMARY KEY, name TEXT NOT NULL, url TEXT, unit TEXT);
CREATE TABLE standings (site TEXT PRIMARY KEY, at TEXT NOT NULL, standing TEXT NOT NULL);
CREATE TABLE articles (
    id TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES portals (site), section TEXT, title TEXT NOT NULL,
    published TEXT, year INTEGER, month TEXT, ward TEXT, ward_code TEXT, district TEXT, province TEXT, views INTEGER,
    change TEXT NOT NULL, gone INTEGER NOT NULL, version INTEGER NOT NULL, first_seen TEXT NOT NULL, story TEXT,
    url TEXT NOT NULL, lead TEXT, text TEXT NOT NULL, seq INTEGER NOT NULL REFERENCES versions (seq)
);
CREATE TABLE versions (
    seq INTEGER PRIMARY KEY, article TEXT NOT NULL, version INTEGER NOT NULL, change TEXT NOT NULL, at TEXT NOT NULL,
    run TEXT NOT NULL, fields TEXT NOT NULL, record TEXT NOT NULL
);
CREATE INDEX versions_by_article ON versions (article, at, seq);
CREATE TABLE views (
    article TEXT NOT NULL, observed_at TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (article, observed_at)
) WITHOUT ROWID;
CREATE TABLE states (id TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
{word_index.TABLE}
{raw.TABLES}
{kept_files.TABLES}
PRAGMA user_version = {LAYOUT};
"""
_INDEXES = """
CREATE INDEX articles_by_day ON articles (published, site, section, ward, ward_code);
CREATE INDEX articles_by_portal ON articles (site, section, ward, ward_code, published);
CREATE INDEX articles_by_found ON articles (first_seen, site, section, ward, ward_code, published);
CREATE INDEX articles_by_views ON articles (views, site, section, ward, ward_code, published);
CREATE INDEX articles_by_section ON articles (section);
CREATE INDEX articles_by_ward ON articles (ward);
CREATE INDEX articles_by_ward_code ON articles (ward_code, published);
CREATE INDEX articles_by_year ON articles (year);
CREATE INDEX articles_by_month ON articles (month);
CREATE INDEX articles_by_url ON articles (url);
CREATE INDEX articles_by_story ON articles (story) WHERE story IS NOT NULL;
CREATE INDEX articles_gone ON articles (published) WHERE gone = 1;
CREATE INDEX versions_by_change ON versions (change, at);
"""
Tell = Callable[[str], None]
Row = tuple[Any, ...]
Portals = Mapping[str, Site]
"""The portals of the sites files, by key."""


def copy_of(store: Store, output: Path) -> Path:
    """Return where the reading copy of a store is: beside its file, else in the output folder."""
    database = Path(store.engine.url.database or "wardnews")
    folder = database.parent if store.engine.dialect.name == "sqlite" else output
    return folder / f"{database.stem}.serve.db"


def lock_of(file: Path) -> Path:
    """Return the file that is locked as long as a copy is shown."""
    return file.with_name(f"{file.name}.lock")


@contextmanager
def current_copy(store: Store, file: Path, portals: Portals, pages: Path, tell: Tell) -> Iterator[bool]:
    """Bring the copy up to date and hold its lock as long as the block lasts; give whether it is this process's own.

    `pages` is the folder of raw pages. Where another process shows the copy, that one keeps it up to date. Raises
    StoreError where it cannot be written.
    """
    is_own = True
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = open_no_link(lock_of(file), "w")
    except OSError as error:
        raise StoreError("reading copy {file}: {reason}", file=file, reason=reason(error)) from error
    with lock:
        try:
            portable.lock(lock.fileno())
        except BlockingIOError:
            is_own = False
            tell(_("another `wardnews serve` has {file} open, which is shown as it is").format(file=file))
            portable.lock(lock.fileno(), shared=True, wait=True)  # the other may be writing it yet
            with closing(sqlite3.connect(file)) as copy:
                is_whole = layout_of(file) == LAYOUT and _is_whole(copy)
            if not is_whole:
                raise StoreError(
                    "reading copy {file}: the other `wardnews serve` did not make it whole", file=file
                ) from None
        else:
            bring_up_to_date(store, file, portals, tell, pages)
            portable.lock(lock.fileno(), shared=True, wait=True)
        yield is_own


def bring_up_to_date(store: Store, file: Path, portals: Portals, tell: Tell, pages: Path | None = None) -> int:
    """Let the copy be what the store is; give how many articles were written or taken out.

    `pages` is the folder of raw pages, of which the copy knows where they are. Raises StoreError where the store cannot
    be read, or the copy is broken or cannot be written.
    """
    try:
        assign(store)
        with closing(_opened(file)) as copy, store.reading() as source:
            if source.dialect.name == "postgresql":  # one state of the store for all statements
                source.execution_options(isolation_level="REPEATABLE READ")
            changed, is_whole = _find_changed(source, copy), _is_whole(copy)
            if not is_whole:
                word_index.expect(copy, everything=True)
            for done, ids in enumerate(_batches(copy)):
                if done % 10 == 0 and changed > BATCH:
                    line = _("reading copy: {done} of {count} articles")
                    tell(line.format(done=number(done * BATCH), count=number(changed)))
                _write(source, copy, ids)
            if not is_whole or changed * 10 > copy.execute("SELECT count(*) FROM states").fetchone()[0]:
                word_index.merge(copy)
            if not is_whole:
                _complete(copy)
            kept_files.forget_unnamed(copy)
            _write_portals(copy, portals)
            _write_standings(store, copy, portals)
            if pages:
                raw.index_raw(copy, pages, tell)
    except SQLAlchemyError as error:
        raise StoreError("the store cannot be read: {cause}", cause=getattr(error, "orig", None) or error) from error
    except (sqlite3.Error, OSError) as error:
        raise StoreError(
            "reading copy {file}: {error}; it may be deleted, and is made again from the store", file=file, error=error
        ) from error
    return changed


def _opened(file: Path) -> sqlite3.Connection:
    """Open the copy, made anew where it is of another layout or no database."""
    try:
        layout = layout_of(file)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:  # no database
        layout = 0
    if layout != LAYOUT:
        for ending in ("", "-journal", "-wal", "-shm"):
            file.with_name(f"{file.name}{ending}").unlink(missing_ok=True)
    copy = sqlite3.connect(file)
    copy.create_function("searched", 1, word_index.searched, deterministic=True)
    copy.execute("PRAGMA page_size = 16384")
    copy.execute(f"PRAGMA mmap_size = {1 << 40}")
    copy.execute("PRAGMA cache_size = -64000")  # kB
    copy.execute("PRAGMA synchronous = NORMAL")
    if layout != LAYOUT:
        copy.executescript(f"BEGIN; {_TABLES} COMMIT;")
    copy.execute("CREATE TEMP TABLE changed (id TEXT PRIMARY KEY) WITHOUT ROWID")
    return copy


def _is_whole(copy: sqlite3.Connection) -> bool:
    """Whether all was written once; indexes are made behind the rows, which takes a third of the time."""
    return copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'articles_by_day'").fetchone() is not None


def _complete(copy: sqlite3.Connection) -> None:
    """Make of all rows what readers and further changes need."""
    word_index.expect(copy, everything=False)
    copy.executescript(f"BEGIN; {_INDEXES} COMMIT; PRAGMA journal_mode = WAL;")


def layout_of(file: Path) -> int:
    """Return the layout that a copy has; 0 where there is none."""
    if not file.exists():
        return 0
    with closing(sqlite3.connect(file)) as copy:
        return int(copy.execute("PRAGMA user_version").fetchone()[0])


# --- what differs --------------------------------------------------------------------------------------------


def _find_changed(source: Connection, copy: sqlite3.Connection) -> int:
    """Note the articles of which the store knows otherwise than the copy; give their number.

    Of an empty copy these are all. Records need no look: one that is written over in its place has another `version`,
    or its article another `first_seen`. Nor do single counts: none is lowered or taken away but with a new version.
    """
    if copy.execute(_IS_EMPTY).fetchone()[0]:
        every = sa.union(*(sa.select(column) for column in (articles.c.id, versions.c.article, views.c.article)))
        copy.executemany("INSERT INTO changed VALUES (?)", _rows(source, every))
        copy.commit()
        return _number_of_changed(copy)
    states = ((row[0], _state(row)) for row in _rows(source, sa.select(articles).order_by(_own(source, articles.c.id))))
    log = sa.select(*(versions.c[name] for name in ("seq", "article", "version", "change", "at", "run")))
    times = views.c.observed_at
    sums = (sa.func.count(), sa.func.sum(views.c.count), sa.func.min(times), sa.func.max(times))
    seen = sa.select(views.c.article, *sums).group_by(views.c.article).order_by(_own(source, views.c.article))
    compared: list[tuple[Iterable[Row], str, int]] = [
        (states, "SELECT id, state FROM states ORDER BY id", 0),
        (
            _rows(source, log.order_by(versions.c.seq)),
            "SELECT seq, article, version, change, at, run FROM versions ORDER BY seq",
            1,
        ),
        (
            _rows(source, seen),
            "SELECT article, count(*), sum(count), min(observed_at), max(observed_at) FROM views GROUP BY 1 ORDER BY 1",
            0,
        ),
    ]
    for stored, copied, place in compared:
        differing = _differing(stored, copy.execute(copied))
        copy.executemany("INSERT OR IGNORE INTO changed VALUES (?)", ((row[place],) for row in differing))
        copy.commit()
    read = {row[0] for row in _differing(_rows(source, kept_files.read_when()), copy.execute(kept_files.COPIED))}
    anew = ((article,) for article in kept_files.articles_with(copy, read))
    copy.executemany("INSERT OR IGNORE INTO changed VALUES (?)", anew)
    copy.commit()
    return _number_of_changed(copy)


_IS_EMPTY = """SELECT NOT EXISTS (SELECT 1 FROM states) AND NOT EXISTS (SELECT 1 FROM versions)
    AND NOT EXISTS (SELECT 1 FROM views)"""


def _number_of_changed(copy: sqlite3.Connection) -> int:
    return int(copy.execute("SELECT count(*) FROM changed").fetchone()[0])


def _rows(source: Connection, query: Any) -> Iterator[Row]:
    return map(tuple, source.execute(query.execution_options(yield_per=_STREAMED)))


def _own(source: Connection, column: Any) -> Any:
    """Order a column as SQLite and Python do, whatever the database's language."""
    return sa.collate(column, "C") if source.dialect.name == "postgresql" else column


def _state(row: Row) -> str:
    """Sum up all that the store's row of an article says."""
    return hashlib.blake2b(repr(row).encode(), digest_size=12).hexdigest()


def _differing(one: Iterable[Row], other: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows that only one of two series has; both are ordered by their first column, which is unique."""
    first = itemgetter(0)
    for _key, same in groupby(heapq.merge(one, other, key=first), first):
        rows = list(same)
        if len(rows) == 1 or rows[0] != rows[1]:
            yield from rows


# --- what is written -----------------------------------------------------------------------------------------


def _batches(copy: sqlite3.Connection) -> Iterator[list[str]]:
    """Yield the ids of the articles to be written, in order."""
    last = ""
    while ids := [one for (one,) in copy.execute(_SOME_CHANGED, (last, BATCH))]:
        yield ids
        last = ids[-1]


_SOME_CHANGED = "SELECT id FROM changed WHERE id > ? ORDER BY id LIMIT ?"
_OLD = "(SELECT id FROM changed WHERE id BETWEEN ? AND ?)"
_FORGET = (
    f"""INSERT INTO articles_search (articles_search, rowid, title, body, documents)
        SELECT 'delete', rowid, searched(title), searched(text), searched({kept_files.OLD_TEXT})
        FROM articles WHERE id IN {_OLD}""",  # noqa: S608
    f"DELETE FROM articles WHERE id IN {_OLD}",  # noqa: S608
    f"DELETE FROM versions WHERE article IN {_OLD}",  # noqa: S608
    f"DELETE FROM views WHERE article IN {_OLD}",  # noqa: S608
    f"DELETE FROM states WHERE id IN {_OLD}",  # noqa: S608
)
_ADD_WORDS = "INSERT INTO articles_search (rowid, title, body, documents) VALUES (?, ?, ?, ?)"
_ADD_ARTICLE = f"INSERT INTO articles VALUES ({', '.join('?' * 21)})"  # noqa: S608
_ADD_VERSION = """INSERT INTO versions (article, at, seq, version, change, run, fields, record)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""


_LOG = ("article", "at", "seq", "version", "change", "run", "record")


def _write(source: Connection, copy: sqlite3.Connection, ids: list[str]) -> None:
    """Write some articles anew with all that belongs to them, in one transaction."""
    known = {row[0]: row for row in source.execute(sa.select(articles).where(articles.c.id.in_(ids)))}
    log = sa.select(*(versions.c[name] for name in _LOG)).where(versions.c.article.in_(ids))
    seen = sa.select(views).where(views.c.article.in_(ids))
    with copy:
        for statement in _FORGET:
            copy.execute(statement, (ids[0], ids[-1]))
        kept_files.forget(copy, _OLD, (ids[0], ids[-1]))
        copy.executemany("INSERT INTO states VALUES (?, ?)", ((key, _state(tuple(row))) for key, row in known.items()))
        copy.executemany("INSERT INTO views VALUES (?, ?, ?)", _rows(source, seen))
        for article, rows in groupby(_rows(source, log.order_by(versions.c.article)), itemgetter(0)):
            row = known.get(article)
            before: dict[str, Any] | None = None
            for _, at, seq, *about, stored in sorted(rows):
                line = upgraded(stored)
                record = json.loads(line)
                fields = ", ".join(differing(before, record)) if before else ""
                copy.execute(_ADD_VERSION, (article, at, seq, *about, fields, records.without_text(line)))
                is_current = row is not None and row.seq == seq
                attached = kept_files.write(source, copy, article, record, current=is_current)
                if is_current:
                    words = map(word_index.searched, (record["title"], record["text"], attached))
                    rowid = copy.execute(_ADD_ARTICLE, _article(record, row)).lastrowid
                    copy.execute(_ADD_WORDS, (rowid, *words))
                before = record


def _article(record: dict[str, Any], row: Any) -> Row:
    """Return the copy's row of an article, out of its current record and what the store's row knows of today."""
    published, ward = record["published"], record["ward"] or {"name": None, "code": None}
    year, month = (int(published[:4]), published[:7]) if published else (None, None)
    district, province = (record[name] and record[name]["name"] for name in ("district", "province"))
    return (
        row.id, row.site, record["section"], record["title"], published, year, month, ward["name"], ward["code"],
        district, province, row.views, record["change"], row.gone, row.version, row.first_seen, row.story, row.url,
        record["lead"], record["text"], row.seq,
    )  # fmt: skip


def _write_portals(copy: sqlite3.Connection, portals: Portals) -> None:
    """Write the portals that have articles; one that no sites file knows any more goes by its key."""
    known = [site for (site,) in copy.execute("SELECT DISTINCT site FROM articles ORDER BY site")]
    names = distinct_names({site: portals[site] for site in known if site in portals})
    with copy:
        copy.execute("DELETE FROM portals")
        for site in known:
            one = portals.get(site)
            row = (site, names.get(site, site), one.url if one else None, one.unit if one else None)
            copy.execute("INSERT INTO portals VALUES (?, ?, ?, ?)", row)


def distinct_names(portals: Portals) -> dict[str, str]:
    """Return the names of portals, by key; those of one name have their place behind it, or else their key."""
    names = {key: one.name for key, one in portals.items()}
    for wider in (_place, lambda one: one.key):
        shared = Counter(map(fold, names.values()))
        for key, name in names.items():
            more = wider(portals[key])
            if shared[fold(name)] > 1 and more:
                names[key] = f"{name} ({more})"
    return names


def _place(site: Site) -> str:
    """Return where a portal's unit lies, on its last day or today: the district, where there was one, and province."""
    day = site.day_of(None, date.today())  # noqa: DTZ011 - units change by Vietnam's day, a few hours do not matter
    above = chain_on(site.unit or "", day)
    own = next((above[level].code for level in LEVELS if level in above), "")
    return ", ".join(f"{one.kind} {one.name}" for level in LEVELS if (one := above.get(level)) and one.code != own)


def _write_standings(store: Store, copy: sqlite3.Connection, portals: Portals) -> None:
    """Write how the portals stand, as `wardnews status` says it."""
    now = timestamp()
    with copy:
        copy.execute("DELETE FROM standings")
        rows = list(standings(store, portals, now=now))
        lines = zip(rows, json_lines(rows), strict=True)
        copy.executemany("INSERT INTO standings VALUES (?, ?, ?)", ((row.site, now, line) for row, line in lines))
