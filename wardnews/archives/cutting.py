"""Files of captures cut into parts that several processes, on several machines, can read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from wardnews.archives.arc import places_in
from wardnews.archives.disk import Kind
from wardnews.archives.sections import Section
from wardnews.archives.warc.records import PAGES, Record, walk
from wardnews.archives.warc.stream import Place

CAPTURES = 2_000
"""About how many captures a part has."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A file in parts, from byte to byte, and its records that repeat others."""

    section: Section
    kind: Kind
    parts: list[tuple[int, int]]
    revisits: list[Record] = field(default_factory=list)


def cut(section: Section, kind: Kind, captures: int = CAPTURES) -> Cut:
    """Cut a WARC or ARC file into parts of so many captures, at records that can be read by themselves.

    Finds where these begin by unpacking the file, so that nothing inside a page can pass for a beginning. A file that
    was packed as a whole is one part. Raises OSError where the file cannot be read.
    """
    revisits: list[Record] = []
    with section.open() as opened:
        places = places_in(opened) if kind == Kind.ARC else _pages(walk(opened, ()), revisits)
        cuts = [0, *_every(places, captures), section.length()]
    return Cut(section, kind, list(pairwise(cuts)), revisits)


def _pages(records: Iterable[object], revisits: list[Record]) -> Iterator[Place]:
    """Yield where the records begin that stand for pages, and collect those that repeat others."""
    for record in records:
        if isinstance(record, Record) and record.kind in PAGES:
            if record.kind == "revisit":
                revisits.append(record)
            yield record.place


def _every(places: Iterable[Place], captures: int) -> Iterator[int]:
    """Yield the byte at which each part but the first begins."""
    number = 0
    for place in places:
        if number >= captures and not place.inner:
            yield place.offset
            number = 0
        number += 1
