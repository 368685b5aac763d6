"""What workers do for a backfill: cut files, look for the originals of revisits, read parts and commit what they hold.

Each function is called in a process of its own, and leaves nothing behind but what it commits and returns.
"""

import socket
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path
from traceback import format_exc

from sqlalchemy.exc import SQLAlchemyError

from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.cutting import Cut, cut
from wardnews.archives.disk import Kind
from wardnews.archives.folder import broken, read_file
from wardnews.archives.remote import path_of
from wardnews.archives.sections import Section
from wardnews.archives.wacz import standing_warcs
from wardnews.archives.warc.revisits import Originals, Seen, Wanted, look_in
from wardnews.errors import StorageError, UsageError
from wardnews.pipelines import OUTSIDE
from wardnews.reading.capture import Reading, read_capture
from wardnews.reading.parallel import NOBODYS, Found, KnownFile, Part, captures_of, files_in, owner, read_all
from wardnews.reports.counts import PortalReport
from wardnews.sites import Site
from wardnews.store.captures import BATCH, CaptureQueue
from wardnews.store.database import Store
from wardnews.store.frontier import Frontier
from wardnews.store.searches import WHOLE, FileLog
from wardnews.text.clock import in_days


@dataclass(frozen=True, slots=True)
class Job:
    """What all parts of a backfill have in common; `store` is an address, `source` the path that was named."""

    store: str
    run: str
    source: str
    sites: Mapping[str, Site]
    every: Mapping[str, Site]
    since: str | None
    until: str | None
    reread: bool


@dataclass(frozen=True, slots=True)
class Files:
    """Files that are not cut, for one process to read."""

    files: tuple[KnownFile, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A page that gave trouble; `trace`: where our own code broke."""

    site: str
    cause: str
    where: str
    trace: str = ""


@dataclass(slots=True)
class Outcome:
    """What came of a part: counts by portal, the articles that were found as they were or changed, and troubles.

    `held`: readings of articles on several pages, whose other pages may be in other parts: not committed yet. `whole`:
    whether none of it is to be read again. `strangers`: pages of none of the portals.
    """

    portals: dict[str, PortalReport] = field(default_factory=dict)
    known: dict[str, set[str]] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    troubles: list[Trouble] = field(default_factory=list)
    damaged: list[DamagedRecord] = field(default_factory=list)
    held: list[Reading] = field(default_factory=list)
    strangers: int = 0
    whole: bool = True


def see(path: Path) -> None:
    """Raise UsageError for a path that is not there for this worker."""
    try:
        is_there = path.exists()
    except (OSError, StorageError) as error:
        raise UsageError(
            "the worker on {host} cannot reach {path}: {error}", host=socket.gethostname(), path=path, error=error
        ) from error
    if not is_there:
        raise UsageError(
            "the worker on {host} cannot see {path}: mount it there under the same name, or name it by an address",
            host=socket.gethostname(),
            path=path,
        )


def list_files(path: Path) -> tuple[list[KnownFile], list[DamagedRecord]]:
    """Return the files of a path, and what of it is closed; raise UsageError where it is not there."""
    see(path)
    return files_in(path)


def section_of(file: KnownFile) -> Section:
    """Return all of a file."""
    return Section(file.file.path, file.file.path.name)


def cut_file(file: KnownFile, captures: int) -> tuple[list[Cut], list[DamagedRecord]]:
    """Return a WARC, ARC or WACZ file in parts of so many captures, and what of it is damaged, up to all of it."""
    section = section_of(file)
    see(section.path)
    kind = file.kind or Kind.UNREAD
    try:
        standing = standing_warcs(section) if kind == Kind.WACZ else ([section], [])
        if standing is None:
            return [Cut(section, kind, [(0, section.length())])], []
        inner = Kind.WARC if kind == Kind.WACZ else kind
        return [cut(one, inner, captures) for one in standing[0]], standing[1]
    except Exception as error:  # noqa: BLE001 - a file must not end the reading of all
        return [], [broken(file.file.name, error)]


def find_originals(section: Section, wanted: Wanted) -> Seen:
    """Return what a WARC file has of what revisits repeat."""
    see(section.path)
    return look_in(section, wanted)


def read_again(
    sites: Mapping[str, Site], every: Mapping[str, Site], path: Path, part: Part | Files, originals: Originals
) -> list[Reading | DamagedRecord]:
    """Return the readings of the captures of a part that are of some portals, and what of it is damaged."""
    found = read_all(_captures(part, path, originals), sites, every, {})
    return [one for one in found if isinstance(one, Reading) or one.cause != NOBODYS]


def read_part(job: Job, part: Part | Files, originals: Originals) -> Outcome:
    """Read the captures of a part, and commit them batch by batch; what was committed before is not read again."""
    try:
        return _Reader(job).read(part, originals)
    except BaseException:
        _queue.cache_clear()  # its connection may be lost
        raise


@lru_cache(1)
def _queue(store: str, run: str, source: str, since: str | None, until: str | None) -> CaptureQueue:
    """Return the queue of a run; its store stays open from part to part."""
    return CaptureQueue(Frontier(Store.open(store, create=False), run), source, since, until, shared=True)


class _Reader:
    """One part of a backfill."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.queue = _queue(job.store, job.run, job.source, job.since, job.until)
        self.queue.known_before = {key: set() for key in job.sites}
        self.queue.changed = set()
        self.outcome = Outcome(portals={key: PortalReport() for key in job.sites})

    def read(self, part: Part | Files, originals: Originals) -> Outcome:
        """Read a part, and write that it was read where nothing of it is left."""
        outcome, sites = self.outcome, self.job.sites
        log = FileLog(self.queue.store, self.queue.frontier.connection)
        scopes = (
            [(part.source, part.scope)] if isinstance(part, Part) else [(one.identity, WHOLE) for one in part.files]
        )
        begun = {source for source, scope in scopes if source and log.begin(sites, source, scope)}
        readings = self._readings(_captures(part, path_of(self.job.source), originals), begun)
        while batch := list(islice(readings, BATCH)):
            self._commit(batch)
        outcome.known = {key: names for key, names in self.queue.known_before.items() if names}
        outcome.changed = self.queue.changed
        if outcome.whole and not outcome.held:
            for source, scope in scopes:
                log.add(sites, [source], scope)
        return outcome

    def _readings(self, found: Iterator[tuple[str, Found]], begun: Collection[str]) -> Iterator[Reading]:
        """Read the captures that are not known of files that were `begun`; hold back articles on several pages."""
        while some := list(islice(found, BATCH)):
            owned = list(self._owned(some))
            wanted: dict[str, list[tuple[str, str, str]]] = {}
            for source, site, one in owned if not self.job.reread else ():
                if source in begun:
                    wanted.setdefault(source, []).append((site.key, one.url, one.timestamp))
            known = {source: self.queue.known_among(source, each) for source, each in wanted.items()}
            for source, site, one in owned:
                if (site.key, one.url, one.timestamp) in known.get(source, ()):
                    continue
                reading = read_capture(one, site, self.job.every)
                reading.source = source
                if reading.portion:
                    self.outcome.held.append(reading)
                else:
                    yield reading

    def _owned(self, found: Iterable[tuple[str, Found]]) -> Iterator[tuple[str, Site, Capture]]:
        """Yield the captures of the portals; count what is none."""
        for source, one in found:
            if isinstance(one, DamagedRecord):
                self.outcome.damaged.append(one)
                self.outcome.whole = self.outcome.whole and not (one.passes or one.trace)
            elif site := owner(one, self.job.sites):
                yield source, site, one
            else:
                self.outcome.strangers += 1

    def _commit(self, batch: Sequence[Reading]) -> None:
        with self.queue.batch(batch):
            for one in batch:
                self.outcome.portals[one.site].counts.page()
                self._write(one)
                self.outcome.whole = self.outcome.whole and one.state not in ("failed", "outside")

    def _write(self, reading: Reading) -> None:
        """Write what came of a capture."""
        portal, article = self.outcome.portals[reading.site], reading.article
        self.queue.add_reading(reading)
        if article is None:
            portal.counts.listings += reading.state == "listing"
            if reading.state in ("unreadable", "failed"):
                portal.counts.failed += 1
                self._trouble(reading, reading.cause or "", reading.trace)
        elif not in_days(article.published, self.job.since, self.job.until):
            portal.counts.outside += 1
            self.queue.dropped(article, state="outside", cause=OUTSIDE)
        else:
            try:
                change = self.queue.remember(article)
            except SQLAlchemyError:
                raise
            except Exception as error:  # noqa: BLE001 - a page must not end the reading of all; it is told as our error
                self.outcome.whole = False
                self._trouble(reading, f"error in wardnews itself: {type(error).__name__}", format_exc())
                return
            if change is not None:
                portal.record(article)
            portal.counts.edits += change == "edited"

    def _trouble(self, reading: Reading, cause: str, trace: str) -> None:
        where = f"{reading.url} of {reading.timestamp}"
        self.outcome.troubles.append(Trouble(reading.site, cause, where, trace))


def _captures(part: Part | Files, path: Path, originals: Originals) -> Iterator[tuple[str, Found]]:
    """Yield the captures of a part, each with what its file is known by."""
    if isinstance(part, Part):
        see(part.file.path)
        for one in captures_of(part, originals):
            yield part.source, one
        return
    top = path if path.is_dir() else path.parent
    for file, _, identity in part.files:
        see(file.path)
        for one in read_file(file, top):
            yield identity, one
