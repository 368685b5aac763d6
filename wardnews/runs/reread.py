"""Raw pages read again, without the network: what layouts that were mended since make of the current records."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from wardnews.archives.capture import DamagedRecord
from wardnews.archives.disk import Kind
from wardnews.exporters.files import write_lines
from wardnews.items import ENGLISH, Article, article_of, keep_files_of, record_id
from wardnews.layouts import LAYOUTS
from wardnews.reading.capture import Reading
from wardnews.reading.joining import join_pages
from wardnews.reading.parallel import NOBODYS, Finished, files_in, readings
from wardnews.reports.completing import complete
from wardnews.sites import Site
from wardnews.storage import Output
from wardnews.store import queries
from wardnews.store.database import Store
from wardnews.store.frontier import Frontier
from wardnews.store.keys import rewrite
from wardnews.store.near_duplicates import assign
from wardnews.store.recheck import exactly
from wardnews.store.tables import articles, versions
from wardnews.store.versions import Versions
from wardnews.text.clock import timestamp

_KEPT = ("via", "first_seen", "version", "change")
"""What a record keeps: it is the same version of the same article, from where it came."""
_TICKING = frozenset({"crawled_at", "header", "views", "text"})
"""What differs between two visits to an article that is as it was."""
_BEFORE, _SHOWN = 20, 80


@dataclass
class Change:
    """How many records differ in a field, and where one of them does."""

    count: int = 0
    before: str = ""
    after: str = ""


@dataclass
class Portal:
    """What came of a portal's raw pages.

    `read`: current records whose raw page was read. `changed`: those that it makes something else of. `lost`: those
    whose raw page holds no article any more, by cause. `missing`: those that have no raw page.
    """

    read: int = 0
    changed: int = 0
    missing: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    fields: dict[str, Change] = field(default_factory=dict)

    def summary(self) -> dict[str, Any]:
        """Return the counts as JSON has them."""
        changed = {name: change.count for name, change in self.fields.items()}
        counts = {"read": self.read, "reread": self.changed, "missing": self.missing}
        return {**counts, "lost": dict(self.lost), "fields": changed}


@dataclass
class Outcome:
    """What came of it all: portals by key, those that another run is at, damage; the feed of what was replaced."""

    portals: dict[str, Portal]
    locked: list[str] = field(default_factory=list)
    damaged: list[DamagedRecord] = field(default_factory=list)
    feed: str | None = None


Readings = AsyncGenerator[Reading | DamagedRecord | Finished, None]
Reader = Callable[[Path, Mapping[str, Site], Mapping[str, Site]], Readings]


async def read_here(raw: Path, sites: Mapping[str, Site], every: Mapping[str, Site]) -> Readings:
    """Yield the readings of the captures of a file or folder that are of `sites`, and what of it is damaged.

    Raises OSError where it cannot be read.
    """
    files, closed = await asyncio.to_thread(files_in, raw)
    for damaged in closed:
        yield damaged
    async with aclosing(readings(raw, files, sites, every, {})) as found:
        async for one in found:
            yield one


def compare(
    store: Store, raw: Path, sites: Mapping[str, Site], every: Mapping[str, Site], read: Reader = read_here
) -> Outcome:
    """Read the raw pages of portals again, and return what would change; `every` are all portals that are known.

    `raw` is a WARC file or a folder of them. Raises OSError where it cannot be read, and what else `read` raises.
    """
    again = _Again(store, sites, None)
    asyncio.run(again.read(read(raw, sites, every)))
    return again.outcome


def replace(
    store: Store,
    raw: Path,
    sites: Mapping[str, Site],
    every: Mapping[str, Site],
    run: str,
    output: Output,
    read: Reader = read_here,
) -> Outcome:
    """Read the raw pages of portals again, and replace each record that changes, in a transaction of its own.

    What is replaced goes into the feed of the run, in `output`. Portals that another run is at are left out. Raises
    OSError where raw pages cannot be read or the feed cannot be written: what was replaced until then is kept, and its
    feed is written by the next crawl.
    """
    free = {key: site for key, site in sites.items() if store.locks.take(f"site-{key}")}
    frontier = Frontier(store, run)
    began = timestamp()
    store.begin_run(run, exactly())
    for site in free.values():
        rewrite(frontier, site)
    try:
        again = _Again(store, free, frontier)
        asyncio.run(again.read(read(raw, free, every)))
    finally:
        frontier.close()
    outcome = again.outcome
    outcome.locked = [key for key in sites if key not in free]
    counts = {key: portal.summary() for key, portal in outcome.portals.items()}
    outcome.feed = write_feed(store, run, output, began, counts, outcome.locked)
    return outcome


def write_feed(
    store: Store, run: str, output: Output, began: str, portals: Mapping[str, Mapping[str, Any]], locked: list[str]
) -> str:
    """Write the feed of a run that no spider made, and its report, and end it; return where the feed is.

    Raises OSError where it cannot be written, or cannot go where it should: the next crawl does so then.
    """
    feed = output.folder / f"{run}.jsonl"
    assign(store)
    records = write_lines(queries.feed(store, run), feed)
    report = {
        "run": run, "began": began, "ended": timestamp(), "reason": "finished", "status": 0,
        "feed": output.name_of(feed), "records": records, "errors": 0, "locked": locked, "portals": portals,
    }  # fmt: skip
    complete(store, output, run, report)
    return output.name_of(feed)


@dataclass(slots=True)
class _Current:
    """The current record of an article, and when it was crawled."""

    at: str
    record: Article


class _Again:
    """Compare readings with the records that they are of, and with a frontier replace those."""

    def __init__(self, store: Store, sites: Mapping[str, Site], frontier: Frontier | None) -> None:
        self.store = store
        self.sites = sites
        self.frontier = frontier
        self.outcome = Outcome({key: Portal() for key in sites})
        self.compared: set[str] = set()
        self.later: dict[str, tuple[str, Article | None]] = {}

    async def read(self, readings: Readings) -> None:
        """Take in all readings of a file or folder."""
        async with aclosing(readings) as found:
            async for one in join_pages(found):
                if isinstance(one, Reading):
                    self.compare(one)
                elif isinstance(one, DamagedRecord) and one.cause != NOBODYS and not one.cause.startswith(Kind.UNREAD):
                    self.outcome.damaged.append(one)
        for name, (_, article) in self.later.items():
            self.compared.add(name)
            current = self.current(name) if article else None
            if current and article:
                self.count(current.record, article)
        self.count_missing()

    def compare(self, reading: Reading) -> None:
        """Compare a reading with the current record, if that was read from this page or a later one stands for it.

        The page of the record's own when is the record's; of pages that a later visit brought, found unchanged then,
        the last one stands for it where its own was not kept. An older page is another version's.
        """
        if reading.article is None:
            self.lose(reading)
            return
        name, when = reading.article.id, reading.timestamp
        name = reading.article.id = queries.ids_kept(self.store, [name]).get(name, name)
        current = self.current(name)
        if current is None or when < current.at or name in self.compared:
            return
        if when == current.at:
            self.compared.add(name)
            self.later.pop(name, None)
            self.count(current.record, reading.article)
        elif when > self.later.get(name, ("", None))[0] and ENGLISH not in reading.article.flags:
            keep_files_of(reading.article, current.record)
            differs = set(_differing(current.record, reading.article)) - _TICKING
            self.later[name] = (when, reading.article if differs else None)

    def current(self, name: str) -> _Current | None:
        """Find the current record of an article that is not gone."""
        query = sa.select(articles.c.at, versions.c.record).join(versions, versions.c.seq == articles.c.seq)
        with self.store.reading() as connection:
            row = connection.execute(query.where(articles.c.id == name, articles.c.gone == 0)).first()
        return _Current(row.at, article_of(row.record)) if row else None

    def lose(self, reading: Reading) -> None:
        """Count a record whose page gives no article any more; it stays as it is."""
        own = self.sites[reading.site].own(reading.url)
        ids = {layout.url_id(reading.url) or "" for layout in LAYOUTS.values()}
        names = {record_id(reading.site, name, own) for name in ids}
        names |= set(queries.ids_kept(self.store, names).values())
        same = (articles.c.id.in_(names), articles.c.at == reading.timestamp, articles.c.gone == 0)
        with self.store.reading() as connection:
            name = connection.scalar(sa.select(articles.c.id).where(*same))
        if name and name not in self.compared:
            self.compared.add(name)
            self.outcome.portals[reading.site].lost[reading.cause or "no article on the page"] += 1

    def count(self, record: Article, again: Article) -> None:
        """Count how a record changes; with a frontier replace it."""
        portal = self.outcome.portals[record.site]
        portal.read += 1
        keep_files_of(again, record)
        names = _differing(record, again)
        if not names:
            return
        portal.changed += 1
        for name in names:
            change = portal.fields.setdefault(name, Change())
            if not change.count:
                change.before, change.after = _apart(getattr(record, name), getattr(again, name))
            change.count += 1
        if self.frontier:
            for name in _KEPT:
                setattr(again, name, getattr(record, name))
            with self.store.writing() as connection:
                Versions(self.frontier.store, connection, self.frontier.run).reread(again)

    def count_missing(self) -> None:
        """Count the records that have no raw page."""
        query = sa.select(articles.c.site, articles.c.id).where(articles.c.gone == 0)
        with self.store.reading() as connection:
            for row in connection.execute(query.where(articles.c.site.in_(list(self.sites)))):
                self.outcome.portals[row.site].missing += row.id not in self.compared


def known_of(store: Store, sites: Iterable[Site]) -> list[Site]:
    """Return the portals that the store has articles of."""
    with store.reading() as connection:
        keys = set(connection.scalars(sa.select(articles.c.site).distinct()))
    return [site for site in sites if site.key in keys]


def _differing(record: Article, again: Article) -> list[str]:
    names = (part.name for part in fields(Article) if part.name not in _KEPT)
    return [name for name in names if getattr(record, name) != getattr(again, name)]


def _apart(before: Any, after: Any) -> tuple[str, str]:
    """Return where two values of a field come apart.

    >>> _apart(["Một", "Hai"], ["Một", "Hai ba"])
    ('[1] "Hai"', '[1] "Hai ba"')
    >>> _apart(None, 81)
    ('null', '81')
    """
    if isinstance(before, list) and isinstance(after, list):
        pairs = zip(before, after, strict=False)
        at = next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(before), len(after)))
        return tuple(f"[{at}] {_json(of[at])}" if at < len(of) else f"{len(of)} in all" for of in (before, after))  # type: ignore[return-value]
    one, other = _json(before), _json(after)
    same = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0)
    start = max(0, same - _BEFORE) if same > _SHOWN - _BEFORE else 0
    return _cut(one, start), _cut(other, start)


def _cut(words: str, start: int) -> str:
    shown = words[start : start + _SHOWN]
    return f"{'…' if start else ''}{shown}{'…' if len(words) > start + _SHOWN else ''}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=lambda part: {k: getattr(part, k) for k in part.__slots__})
