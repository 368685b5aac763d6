"""How archives on this disk are read: by a process a core, from their captures to readings."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from wardnews.archives.arc import read_arc
from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.disk import DiskFile, Kind, files_of, identity_of, kind_of
from wardnews.archives.folder import broken, read_file
from wardnews.archives.remote import RemoteFile, files_at
from wardnews.archives.sections import Section
from wardnews.archives.wacz import read_wacz
from wardnews.archives.warc.read import parts_with_revisits, read_warc
from wardnews.archives.warc.revisits import Originals, find_originals, needed_by
from wardnews.archives.warc.stream import Place
from wardnews.locale import gettext_noop
from wardnews.portable import usable_cores
from wardnews.reading.capture import Reading, local_day, read_capture
from wardnews.sites import Site, site_of
from wardnews.workers import answer, begin_worker, submit

_AHEAD = 2
"""How many pieces of work wait for each process: enough to keep it busy, few enough to keep memory flat."""
_PART = 2 << 20
"""The bytes of a WARC file that are one piece of work; as packed, some hundred pages."""
_BATCH, _HEAVIEST = 50, 8 << 20
"""How many captures are one piece of work, or how many bytes of them."""
NOBODYS = gettext_noop("a page of none of the portals that were named")

Known = Mapping[str, set[tuple[str, str, str]]]
"""Captures by portal, address and time, for each file by what it is known by; those under "" are in any file."""
Found = Capture | DamagedRecord


class KnownFile(NamedTuple):
    """A file, what it is (None for one that cannot be opened), and what it is known by in the store."""

    file: DiskFile
    kind: Kind | None
    identity: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a WARC or ARC file, in bytes, for another process to read; `source` is what the file is known by."""

    file: Section
    kind: Kind
    source: str
    start: int = 0
    end: int | None = None

    @property
    def scope(self) -> str:
        """Return what the part is called among those of its file."""
        return f"{self.file.start + self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Finished:
    """Files whose captures were all given, by what they are known by."""

    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Work:
    """A piece of work, and the files that are finished with it; captures that were read have their file beside them.

    `originals` leads to the pages that the revisits of a part repeat.
    """

    what: Part | list[tuple[str, Found]]
    finishes: tuple[str, ...] = ()
    originals: Originals = field(default_factory=dict)


def files_in(path: Path) -> tuple[list[KnownFile], list[DamagedRecord]]:
    """Return the files of a folder, or a file alone, WARC and ARC files first, and what of it is closed to us.

    Raises OSError where the path itself cannot be read.
    """
    if isinstance(path, RemoteFile):
        return _files_at(path)
    files, closed = files_of(path)
    kinds = [(file, _kind(file)) for file in files]
    found = [KnownFile(file, kind, identity_of(file, kind)) for file, kind in kinds if kind != Kind.NO_PAGE]
    return sorted(found, key=lambda one: one.kind not in (Kind.WARC, Kind.ARC, Kind.WACZ)), closed


def _files_at(place: RemoteFile) -> tuple[list[KnownFile], list[DamagedRecord]]:
    """Return the files at an address that are read where they lie, and those that are not."""
    found, closed = [], []
    for file in files_at(place):
        kind = _kind(file)
        if kind in (None, Kind.WARC, Kind.ARC, Kind.WACZ):
            found.append(KnownFile(file, kind, identity_of(file, kind)))
        elif kind != Kind.NO_PAGE:
            why = gettext_noop("at an address only WARC, ARC and WACZ files are")
            closed.append(DamagedRecord(file.name, f"{Kind.UNREAD}: {why}"))
    return found, closed


async def readings(
    path: Path,
    files: Sequence[KnownFile],
    sites: Mapping[str, Site],
    every: Mapping[str, Site],
    known: Known,
    read_before: Collection[str] = (),
) -> AsyncGenerator[Reading | DamagedRecord | Finished, None]:
    """Read the captures of the `files` of a path that belong to `sites` and are not known, in the order they lie there.

    Files that were `read_before` are not read again; which are read to their end is given. A page that does not say its
    address is of the portal that is named, if only one is.
    """
    work, workers = _work(path, files, read_before), usable_cores()
    first = await asyncio.to_thread(list, islice(work, _AHEAD * workers))
    workers = max(1, min(workers, len(first)))  # each costs time to begin
    work = chain(first, work)
    context = get_context("spawn")  # a fork would take the reactor's threads and the database along
    with ProcessPoolExecutor(workers, context, _begin, (dict(sites), dict(every), known)) as pool:
        waiting: deque[tuple[Future[list[Reading | DamagedRecord]], _Work]] = deque()
        try:
            while True:
                more = await asyncio.to_thread(list, islice(work, _AHEAD * workers - len(waiting)))
                waiting.extend((submit(pool, _read, one.what, one.originals), one) for one in more)
                if not waiting:
                    return
                future, one = waiting.popleft()
                for reading in await answer(pool, future):
                    yield reading
                if one.finishes:
                    yield Finished(one.finishes)
        finally:
            for future, _ in waiting:
                future.cancel()


def captures(
    path: Path, files: Sequence[KnownFile], sites: Mapping[str, Site], read_before: Collection[str] = ()
) -> Iterator[tuple[str, Site, Capture] | DamagedRecord]:
    """Yield the captures that `readings` would read, each with its file and its portal, and what is none."""
    for work in _work(path, files, read_before):
        part = work.what
        found = part if isinstance(part, list) else ((part.source, one) for one in captures_of(part, work.originals))
        for source, one in found:
            if isinstance(one, DamagedRecord):
                yield one
            elif site := owner(one, sites):
                yield source, site, one
            else:
                yield DamagedRecord(one.url, NOBODYS)


def _kind(file: DiskFile) -> Kind | None:
    try:
        return kind_of(file)[0]
    except Exception:  # noqa: BLE001 - whoever reads the file says why
        return None


def _originals(files: Sequence[KnownFile], read_before: Collection[str]) -> dict[str, tuple[Section, Place]]:
    """Return where the originals of the revisits in the WARC files are, in these or in those that were read before."""
    warcs = [one for one in files if one.kind == Kind.WARC]
    fresh, others = (
        [one.file.path for one in warcs if (one.identity in read_before) == before] for before in (False, True)
    )
    return find_originals(fresh, others) if fresh else {}


def _work(path: Path, files: Sequence[KnownFile], read_before: Collection[str]) -> Iterator[_Work]:
    """Cut what there is to read into pieces of work."""
    top = path if path.is_dir() else path.parent
    # Most parts have no revisits, and need not wait until all files have been looked through.
    originals = cache(partial(_originals, files, read_before))
    batch: list[tuple[str, Found]] = []
    finished: list[str] = []
    size = 0
    for file, kind, identity in (one for one in files if one.identity not in read_before):
        if kind in (Kind.WARC, Kind.ARC):
            yield from _parts_of(file, kind, identity, originals)
            continue
        for one in read_file(file, top):
            batch.append((identity, one))
            size += len(one.body) if isinstance(one, Capture) else 0
            if len(batch) == _BATCH or size > _HEAVIEST:
                yield _Work(batch, tuple(finished))
                batch, finished, size = [], [], 0
        finished += [identity] if identity and file.changed and kind != Kind.UNREAD else []
    if batch or finished:
        yield _Work(batch, tuple(finished))


def _parts_of(file: DiskFile, kind: Kind, identity: str, originals: Callable[[], Originals]) -> Iterator[_Work]:
    section = Section(file.path, file.path.name)
    if kind == Kind.ARC:
        yield _Work(Part(section, kind, identity), (identity,))
        return
    try:
        for start, end, revisits in parts_with_revisits(section, max(1, file.size // _PART)):
            needed = needed_by(revisits, originals()) if revisits else {}
            finishes = (identity,) if end == section.length() else ()
            yield _Work(Part(section, kind, identity, start, end), finishes, needed)
    except Exception as error:  # noqa: BLE001 - a file must not end the reading of all
        yield _Work([(identity, broken(file.name, error))])


_given: tuple[dict[str, Site], dict[str, Site], Known] = ({}, {}, {})


def _begin(sites: dict[str, Site], every: dict[str, Site], known: Known) -> None:
    global _given  # noqa: PLW0603 - what a process is given once
    _given = (sites, every, known)
    begin_worker()


def _read(work: Part | list[tuple[str, Found]], originals: Originals) -> list[Reading | DamagedRecord]:
    sites, every, known = _given
    found = work if isinstance(work, list) else ((work.source, one) for one in captures_of(work, originals))
    return list(read_all(found, sites, every, known))


def captures_of(part: Part, originals: Originals) -> Iterator[Found]:
    """Read the captures of a part of a file; an error is one more damaged record."""
    try:
        if part.kind == Kind.WACZ:
            yield from read_wacz(part.file)
        elif part.kind == Kind.ARC:
            yield from read_arc(part.file, part.start, part.end)
        else:
            yield from read_warc(part.file, part.start, part.end, originals)
    except Exception as error:  # noqa: BLE001 - a file must not end the reading of all
        yield broken(part.file.name, error)


def read_all(
    captures: Iterable[tuple[str, Found]], sites: Mapping[str, Site], every: Mapping[str, Site], known: Known
) -> Iterator[Reading | DamagedRecord]:
    """Read captures that belong to `sites` and are not known, each with its file beside it.

    One that belongs to none of the portals is given as such.
    """
    for source, one in captures:
        if isinstance(one, DamagedRecord):
            yield one
            continue
        site = owner(one, sites)
        if site is None:
            yield DamagedRecord(one.url, NOBODYS)
        elif not is_known(known, source, (site.key, one.url, one.timestamp)):
            reading = read_capture(one, site, every)
            reading.source = source
            yield reading


def is_known(known: Known, source: str, capture: tuple[str, str, str]) -> bool:
    """Whether a capture of a file is known."""
    return capture in known.get(source, ()) or capture in known.get("", ())


def owner(capture: Capture, sites: Mapping[str, Site]) -> Site | None:
    """Return the portal that a capture is of, among those that shared its host the one of its day."""
    if capture.url.startswith("file:"):
        return next(iter(sites.values())) if len(sites) == 1 else None
    try:
        return site_of(sites, capture.url, local_day(capture.timestamp).isoformat())
    except ValueError:  # an address such as http://[broken
        return None
