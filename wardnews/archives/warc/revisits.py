"""The originals of revisits: where the pages are that were found unchanged, in these files or in others of a folder."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from wardnews.archives.digests import of_nothing
from wardnews.archives.sections import Section, whole
from wardnews.archives.warc.records import Record, walk
from wardnews.archives.warc.stream import Place

Originals = Mapping[str, tuple[Section, Place]]
"""Where the records are that others refer to, by what these call them."""


class Wanted(NamedTuple):
    """What to look for: what revisits call their originals, and the addresses of those that name none."""

    names: frozenset[str]
    targets: frozenset[str]


class Seen(NamedTuple):
    """What a file has of what is wanted: records by what they are called, and by address and date."""

    names: dict[str, tuple[Section, Place]]
    earlier: list[tuple[str, str, Section, Place]]


def find_originals(
    files: Iterable[Path | Section], others: Iterable[Path | Section] = ()
) -> dict[str, tuple[Section, Place]]:
    """Find the responses that the revisits of some WARC files repeat, in these and in others.

    A revisit names its original by record id, address and date, or digest; one without any of these stands for the last
    earlier response of its address. Goes through the files once, and through all once more if there are revisits;
    memory grows with these alone. A file that cannot be read to its end is passed over from there: whoever reads its
    captures says why.
    """
    sections = [_section(one) for one in files]
    revisits = [record for section in sections for record in _records(section) if record.kind == "revisit"]
    wanted = wanted_by(revisits)
    if not revisits:
        return {}
    return chosen(revisits, [look_in(section, wanted) for section in (*sections, *map(_section, others))])


def wanted_by(revisits: Iterable[Record]) -> Wanted:
    """Return what the originals of revisits are known by."""
    each = list(revisits)
    names = frozenset(name for record in each for name in refers_to(record))
    return Wanted(names, frozenset(record.target for record in each if _stands_for_earlier(record)))


def look_in(section: Section, wanted: Wanted) -> Seen:
    """Return what a WARC file has of what is wanted, as far as it can be read."""
    seen = Seen({}, [])
    for record in _records(section):
        if record.kind in ("response", "resource"):
            for name in wanted.names.intersection(_names(record)):
                seen.names.setdefault(name, (section, record.place))
            if record.target in wanted.targets:
                seen.earlier.append((record.target, _date(record), section, record.place))
    return seen


def chosen(revisits: Iterable[Record], found: Iterable[Seen]) -> dict[str, tuple[Section, Place]]:
    """Return where the original of each revisit is, by what has been seen, file by file; the first file counts."""
    originals: dict[str, tuple[Section, Place]] = {}
    earlier: dict[str, list[tuple[str, Section, Place]]] = {}
    for seen in found:
        originals = seen.names | originals
        for target, date, section, place in seen.earlier:
            earlier.setdefault(target, []).append((date, section, place))
    for each in earlier.values():
        each.sort(key=itemgetter(0))
    for record in revisits:
        each = earlier.get(record.target, []) if _stands_for_earlier(record) else []
        if before := bisect_right(each, _date(record), key=itemgetter(0)):
            originals[_earlier(record)] = each[before - 1][1:]
    return originals


def needed_by(revisits: Iterable[Record], originals: Originals) -> dict[str, tuple[Section, Place]]:
    """Return of some originals those of some revisits."""
    names = {name for record in revisits for name in (*refers_to(record), _earlier(record))}
    return {name: originals[name] for name in names if name in originals}


def original_of(record: Record, originals: Originals) -> tuple[Section, Place] | None:
    """Return where the original of a revisit is; None where it is not in these files."""
    names = [*refers_to(record), *([_earlier(record)] if _stands_for_earlier(record) else [])]
    return next((originals[name] for name in names if name in originals), None)


def refers_to(record: Record) -> tuple[str, ...]:
    """Return what a revisit calls its original, the surest name first."""
    headers = record.headers
    address = headers.get("warc-refers-to-target-uri", record.target).strip("<>")
    dated = f"{address} {headers['warc-refers-to-date']}" if "warc-refers-to-date" in headers else None
    return tuple(filter(None, (headers.get("warc-refers-to"), dated, expected_digest(record))))


def expected_digest(record: Record) -> str:
    """Return the digest of the page that a revisit repeats; that of nothing is of its own answer, a mere 304."""
    digest = record.headers.get("warc-payload-digest", "")
    return "" if of_nothing(digest) else digest


def _section(file: Path | Section) -> Section:
    return file if isinstance(file, Section) else whole(file)


def _stands_for_earlier(record: Record) -> bool:
    """Whether a revisit stands for what was there before: it names no original, or the server said "not modified"."""
    return not refers_to(record) or record.headers.get("warc-profile", "").endswith("/server-not-modified")


def _earlier(record: Record) -> str:
    return f"before {_date(record)} {record.target}"


def _date(record: Record) -> str:
    return record.headers.get("warc-date", "")


def _names(record: Record) -> tuple[str, ...]:
    """Return all that another record may call this one."""
    headers = record.headers
    return tuple(
        filter(
            None,
            (headers.get("warc-record-id"), f"{record.target} {_date(record)}", headers.get("warc-payload-digest")),
        )
    )


def _records(section: Section) -> Iterator[Record]:
    with suppress(OSError), section.open() as file:
        for found in walk(file, ()):
            if isinstance(found, Record):
                yield found
