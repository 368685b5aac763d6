"""How archives on this disk are read: by a process a core, from their captures to readings."""

import asyncio
import os
import signal
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import NamedTuple
from urllib.parse import quote, urljoin

from wardnews.archives import Capture, DamagedRecord
from wardnews.archives.folder import read_folder
from wardnews.archives.wacz import read_wacz
from wardnews.archives.warc.read import parts, read_warc
from wardnews.archives.warc.revisits import Originals, find_originals
from wardnews.reading.capture import Reading, local_day, read_capture
from wardnews.sites import Site, site_of

_AHEAD = 2
"""How many pieces of work wait for each process: enough to keep it busy, few enough to keep memory flat."""
_PART = 2 << 20
"""The bytes of a WARC file that are one piece of work; as packed, some hundred pages."""
_BATCH = 50
NOBODYS = "a page of none of the portals that were named"

Known = set[tuple[str, str, str]]
"""Captures by portal, address and time."""


class Part(NamedTuple):
    """Name a part of a WARC file, in bytes."""

    path: Path
    start: int
    end: int


Work = Part | list[Capture | DamagedRecord]


async def readings(
    path: Path, sites: Mapping[str, Site], every: Mapping[str, Site], known: Known
) -> AsyncGenerator[Reading | DamagedRecord, None]:
    """Read the captures of a file or folder that belong to `sites` and are not known, in the order they lie there.

    A page that does not say its address has one by its name below the portal's, if only one portal is named. Raises
    OSError where the path cannot be read.
    """
    warcs, closed = _warcs(path)
    for spoilt in closed:
        yield spoilt
    originals = await asyncio.to_thread(find_originals, warcs)
    work = _work(path, warcs, _only(sites))
    workers = os.cpu_count() or 1
    context = get_context("spawn")  # a fork would take the reactor's threads and the database along
    with ProcessPoolExecutor(workers, context, _begin, (dict(sites), dict(every), known, originals)) as pool:
        waiting: deque[Future[list[Reading | DamagedRecord]]] = deque()
        try:
            while True:
                more = await asyncio.to_thread(list, islice(work, _AHEAD * workers - len(waiting)))
                waiting.extend(pool.submit(_read, one) for one in more)
                if not waiting:
                    return
                for reading in await asyncio.wrap_future(waiting.popleft()):
                    yield reading
        finally:
            for future in waiting:
                future.cancel()


def captures(path: Path, sites: Mapping[str, Site]) -> Iterator[tuple[Site, Capture]]:
    """Give the captures of a file or folder that belong to `sites`, as they lie there.

    Raises OSError where the path cannot be read.
    """
    warcs, _ = _warcs(path)
    originals = find_originals(warcs)
    for work in _work(path, warcs, _only(sites)):
        for one in work if isinstance(work, list) else read_warc(work.path, work.start, work.end, originals):
            if isinstance(one, Capture) and (site := _owner(one, sites)):
                yield site, one


def _only(sites: Mapping[str, Site]) -> str | None:
    """Give the address of the one portal that is named."""
    return next(iter(sites.values())).url if len(sites) == 1 else None


def _warcs(path: Path) -> tuple[list[Path], list[DamagedRecord]]:
    """Tell the WARC files that can be opened from those that cannot."""
    warcs, closed = [], []
    for file in _files(path):
        if _is_warc(file):
            try:
                file.open("rb").close()
            except OSError as error:
                closed.append(DamagedRecord(file.name, error.strerror or str(error)))
            else:
                warcs.append(file)
    return warcs, closed


def _files(path: Path) -> list[Path]:
    return sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]


def _is_warc(path: Path) -> bool:
    return path.name.lower().endswith((".warc", ".warc.gz"))


def _work(path: Path, warcs: list[Path], url: str | None) -> Iterator[Work]:
    """Cut what there is to read into pieces of work."""
    for warc in warcs:
        count = max(1, warc.stat().st_size // _PART)
        yield from (Part(warc, start, end) for start, end in parts(warc, count))
    for file in _files(path):
        if file.suffix.lower() == ".wacz":
            yield from _batches(read_wacz(file))
    if path.is_dir():
        yield from _batches(read_folder(path, url))
    elif not (_is_warc(path) or path.suffix.lower() == ".wacz"):
        yield from _batches(read_folder(path, urljoin(url, quote(path.name)) if url else None))


def _batches(captures: Iterator[Capture | DamagedRecord]) -> Iterator[list[Capture | DamagedRecord]]:
    while batch := list(islice(captures, _BATCH)):
        yield batch


_given: tuple[dict[str, Site], dict[str, Site], Known, Originals] = ({}, {}, set(), {})


def _begin(sites: dict[str, Site], every: dict[str, Site], known: Known, originals: Originals) -> None:
    global _given  # noqa: PLW0603 - what a process is given once
    _given = (sites, every, known, originals)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all: the first process ends in order
    Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    """End this process with the one that began it: after a SIGKILL of that it would wait for work for ever."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _read(work: Work) -> list[Reading | DamagedRecord]:
    sites, every, known, originals = _given
    if isinstance(work, list):
        return list(read_all(work, sites, every, known))
    done: list[Reading | DamagedRecord] = []
    try:
        done.extend(read_all(read_warc(work.path, work.start, work.end, originals), sites, every, known))
    except OSError as error:
        done.append(DamagedRecord(work.path.name, error.strerror or str(error)))
    return done


def read_all(
    captures: Iterable[Capture | DamagedRecord], sites: Mapping[str, Site], every: Mapping[str, Site], known: Known
) -> Iterator[Reading | DamagedRecord]:
    """Read captures that belong to `sites` and are not known; what belongs to none is told as such."""
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
    """Find the portal that a capture is of, among those that shared its host the one of its day."""
    try:
        return site_of(sites, capture.url, local_day(capture.timestamp).isoformat())
    except ValueError:  # an address such as http://[broken
        return None
