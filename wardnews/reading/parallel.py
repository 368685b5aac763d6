"""How archives on this disk are read: by a process a core, from their captures to readings."""

import asyncio
import os
from collections import deque
from collections.abc import AsyncGenerator, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from wardnews.archives import Capture, DamagedRecord
from wardnews.archives.arc import read_arc
from wardnews.archives.disk import DiskFile, Kind, files_of, kind_of
from wardnews.archives.folder import broken, read_file
from wardnews.archives.sections import Section
from wardnews.archives.warc.read import parts, read_warc
from wardnews.archives.warc.revisits import Originals, find_originals
from wardnews.archives.warc.stream import Place
from wardnews.reading.beside import follow_parent
from wardnews.reading.capture import Reading, local_day, read_capture
from wardnews.sites import Site, site_of

_AHEAD = 2
"""How many pieces of work wait for each process: enough to keep it busy, few enough to keep memory flat."""
_PART = 2 << 20
"""The bytes of a WARC file that are one piece of work; as packed, some hundred pages."""
_BATCH, _HEAVIEST = 50, 8 << 20
"""How many captures are one piece of work, or how many bytes of them."""
NOBODYS = "a page of none of the portals that were named"

Known = set[tuple[str, str, str]]
"""Captures by portal, address and time."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a WARC or ARC file, in bytes, for another process to read."""

    file: Section
    kind: Kind
    start: int = 0
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """Files whose captures were all given."""

    files: tuple[DiskFile, ...]


@dataclass(frozen=True, slots=True)
class _Work:
    """A piece of work, and the files that are finished with it."""

    what: Part | list[Capture | DamagedRecord]
    finishes: tuple[DiskFile, ...] = ()


async def readings(
    path: Path,
    sites: Mapping[str, Site],
    every: Mapping[str, Site],
    known: Known,
    read_before: Collection[tuple[str, str]] = (),
) -> AsyncGenerator[Reading | DamagedRecord | Finished, None]:
    """Read the captures of a file or folder that belong to `sites` and are not known, in the order they lie there.

    Files that were read before, by name and stamp, are not read again; which are read to their end is given. A page
    that does not say its address is of the portal that is named, if only one is. Raises OSError where the path cannot
    be read.
    """
    files, closed = await asyncio.to_thread(files_of, path)
    for damaged in closed:
        yield damaged
    fresh = [file for file in files if (file.name, file.stamp) not in read_before]
    kinds = await asyncio.to_thread(_kinds, fresh)
    others = await asyncio.to_thread(_kinds, _without(files, fresh))
    originals = await asyncio.to_thread(_originals, kinds, others)
    work = _work(path, kinds)
    workers = os.cpu_count() or 1
    context = get_context("spawn")  # a fork would take the reactor's threads and the database along
    with ProcessPoolExecutor(workers, context, _begin, (dict(sites), dict(every), known, originals)) as pool:
        waiting: deque[tuple[Future[list[Reading | DamagedRecord]], _Work]] = deque()
        try:
            while True:
                more = await asyncio.to_thread(list, islice(work, _AHEAD * workers - len(waiting)))
                waiting.extend((pool.submit(_read, one.what), one) for one in more)
                if not waiting:
                    return
                future, one = waiting.popleft()
                for reading in await asyncio.wrap_future(future):
                    yield reading
                if one.finishes:
                    yield Finished(one.finishes)
        finally:
            for future, _ in waiting:
                future.cancel()


def captures(
    path: Path, sites: Mapping[str, Site], read_before: Collection[tuple[str, str]] = ()
) -> Iterator[tuple[Site, Capture] | DamagedRecord]:
    """Yield the captures of a file or folder that `readings` would read, as they lie there, and what is none.

    Raises OSError where the path cannot be read.
    """
    files, closed = files_of(path)
    yield from closed
    fresh = [file for file in files if (file.name, file.stamp) not in read_before]
    kinds = _kinds(fresh)
    originals = _originals(kinds, _kinds(_without(files, fresh)))
    for work in _work(path, kinds):
        for one in work.what if isinstance(work.what, list) else _captures_of(work.what, originals):
            if isinstance(one, DamagedRecord):
                yield one
            elif site := _owner(one, sites):
                yield site, one
            else:
                yield DamagedRecord(one.url, NOBODYS)


def _without(files: list[DiskFile], fresh: list[DiskFile]) -> list[DiskFile]:
    known = {file.name for file in fresh}
    return [file for file in files if file.name not in known]


def _kinds(files: list[DiskFile]) -> list[tuple[DiskFile, Kind | None]]:
    """Return what each file is, WARC and ARC files first; None for one that cannot be opened."""
    kinds = [(file, _kind(file)) for file in files]
    return sorted(kinds, key=lambda one: one[1] not in (Kind.WARC, Kind.ARC, Kind.WACZ))


def _kind(file: DiskFile) -> Kind | None:
    try:
        return kind_of(file)[0]
    except Exception:  # noqa: BLE001 - whoever reads the file says why
        return None


def _originals(
    kinds: list[tuple[DiskFile, Kind | None]], others: list[tuple[DiskFile, Kind | None]]
) -> dict[str, tuple[Section, Place]]:
    """Return where the originals of the revisits in the WARC files are, in these or in others."""
    warcs, read_before = ([file.path for file, kind in some if kind == Kind.WARC] for some in (kinds, others))
    return find_originals(warcs, read_before) if warcs else {}


def _work(path: Path, kinds: list[tuple[DiskFile, Kind | None]]) -> Iterator[_Work]:
    """Cut what there is to read into pieces of work."""
    top = path if path.is_dir() else path.parent
    batch: list[Capture | DamagedRecord] = []
    finished: list[DiskFile] = []
    size = 0
    for file, kind in kinds:
        if kind == Kind.NO_PAGE:
            continue
        if kind in (Kind.WARC, Kind.ARC):
            yield from _parts_of(file, kind)
            continue
        for one in read_file(file, top):
            batch.append(one)
            size += len(one.body) if isinstance(one, Capture) else 0
            if len(batch) == _BATCH or size > _HEAVIEST:
                yield _Work(batch, tuple(finished))
                batch, finished, size = [], [], 0
        finished += [file] if file.changed and kind != Kind.UNREAD else []
    if batch or finished:
        yield _Work(batch, tuple(finished))


def _parts_of(file: DiskFile, kind: Kind) -> Iterator[_Work]:
    section = Section(file.path, file.path.name)
    if kind == Kind.ARC:
        yield _Work(Part(section, kind), (file,))
        return
    try:
        cuts = parts(section, max(1, file.size // _PART))
    except Exception as error:  # noqa: BLE001 - a file must not end the reading of all
        yield _Work([broken(file.name, error)])
        return
    for start, end in cuts:
        yield _Work(Part(section, kind, start, end), (file,) if end == cuts[-1][1] else ())


_given: tuple[dict[str, Site], dict[str, Site], Known, Originals] = ({}, {}, set(), {})


def _begin(sites: dict[str, Site], every: dict[str, Site], known: Known, originals: Originals) -> None:
    global _given  # noqa: PLW0603 - what a process is given once
    _given = (sites, every, known, originals)
    follow_parent()


def _read(work: Part | list[Capture | DamagedRecord]) -> list[Reading | DamagedRecord]:
    sites, every, known, originals = _given
    if isinstance(work, list):
        return list(read_all(work, sites, every, known))
    return list(read_all(_captures_of(work, originals), sites, every, known))


def _captures_of(part: Part, originals: Originals) -> Iterator[Capture | DamagedRecord]:
    try:
        is_arc = part.kind == Kind.ARC
        yield from read_arc(part.file) if is_arc else read_warc(part.file, part.start, part.end, originals)
    except Exception as error:  # noqa: BLE001 - a file must not end the reading of all
        yield broken(part.file.name, error)


def read_all(
    captures: Iterable[Capture | DamagedRecord], sites: Mapping[str, Site], every: Mapping[str, Site], known: Known
) -> Iterator[Reading | DamagedRecord]:
    """Read captures that belong to `sites` and are not known; one that belongs to none is given as such."""
    for one in captures:
        if isinstance(one, DamagedRecord):
            yield one
            continue
        site = _owner(one, sites)
        if site is None:
            yield DamagedRecord(one.url, NOBODYS)
        elif (site.key, one.url, one.timestamp) not in known:
            yield read_capture(one, site, every)


def _owner(capture: Capture, sites: Mapping[str, Site]) -> Site | None:
    """Return the portal that a capture is of, among those that shared its host the one of its day."""
    if capture.url.startswith("file:"):
        return next(iter(sites.values())) if len(sites) == 1 else None
    try:
        return site_of(sites, capture.url, local_day(capture.timestamp).isoformat())
    except ValueError:  # an address such as http://[broken
        return None
