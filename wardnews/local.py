"""How archives on this disk are read: by a process a core, from their captures to readings."""

import asyncio
import os
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from wardnews.archives import Capture, Part, Spoilt, parts_of, read_part
from wardnews.reading import Reading, read_capture
from wardnews.sites import Site

_AHEAD = 2
"""How many parts wait for each process: enough to keep it busy, few enough to keep memory flat."""

Known = set[tuple[str, str]]
"""Captures by address and time."""


async def readings(
    path: Path, sites: Mapping[str, Site], every: Mapping[str, Site], known: Known
) -> AsyncIterator[Reading | Spoilt]:
    """Read the captures of a file or folder that belong to `sites` and are not known, in the order they lie there."""
    parts = iter(parts_of(path))
    workers = os.cpu_count() or 1
    context = get_context("spawn")  # a fork would take the reactor's threads and the database along
    with ProcessPoolExecutor(workers, context, _begin, (dict(sites), dict(every), known)) as pool:
        waiting: deque[Future[list[Reading | Spoilt]]] = deque()
        try:
            while True:
                waiting.extend(pool.submit(_read, part) for part in islice(parts, _AHEAD * workers - len(waiting)))
                if not waiting:
                    return
                for one in await asyncio.wrap_future(waiting.popleft()):
                    yield one
        finally:
            for future in waiting:
                future.cancel()


_given: tuple[dict[str, Site], dict[str, Site], Known] = ({}, {}, set())


def _begin(sites: dict[str, Site], every: dict[str, Site], known: Known) -> None:
    global _given  # noqa: PLW0603 - what a process is given once
    _given = (sites, every, known)


def _read(part: Part) -> list[Reading | Spoilt]:
    sites, every, known = _given
    return list(read_all(read_part(part), sites, every, known))


def read_all(
    captures: Iterable[Capture | Spoilt], sites: Mapping[str, Site], every: Mapping[str, Site], known: Known
) -> Iterator[Reading | Spoilt]:
    """Read captures that belong to `sites` and are not known; what belongs to none is told as such."""
    for one in captures:
        if isinstance(one, Spoilt):
            yield one
            continue
        capture, site = _placed(one, sites)
        if site is None:
            yield Spoilt(capture.url, "a page of none of the portals that were named")
        elif (capture.url, capture.timestamp) not in known:
            yield read_capture(capture, site, every)


def _placed(capture: Capture, sites: Mapping[str, Site]) -> tuple[Capture, Site | None]:
    """Find the portal that a capture is of; a page that does not say its address is of the one that was named."""
    owner = next((site for site in sites.values() if site.owns(capture.url)), None)
    if owner is None and len(sites) == 1 and not capture.url.startswith(("http://", "https://")):
        (owner,) = sites.values()
        name = capture.url.rpartition("/")[2]
        capture = replace(capture, url=f"{owner.url.rstrip('/')}/{name}")
    return capture, owner
