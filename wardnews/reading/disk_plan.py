"""What an archive on this disk has of each portal, and what a run would read of it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from wardnews.archives.capture import DamagedRecord
from wardnews.archives.plan import Plan
from wardnews.layouts import LAYOUTS, Layout
from wardnews.reading import parallel
from wardnews.reading.interest import likely_layout
from wardnews.sites import Site

_NO_ADDRESS = ("http", "file:")
_SOME = 10_000
"""By so many addresses the layout of a portal is told."""


def plans_of(
    path: Path,
    files: Sequence[parallel.KnownFile],
    closed: Iterable[DamagedRecord],
    sites: Mapping[str, Site],
    known: parallel.Known,
    read_before: Collection[str],
) -> dict[str, Plan]:
    """Return what the files of a path have of each portal, known captures and such as are to be read."""
    found: dict[str, set[tuple[str, str]]] = {key: set() for key in sites}
    for site, url, timestamp in (one for some in known.values() for one in some):
        if site in found:
            found[site].add((url, timestamp))
    aside: Counter[str] = Counter(one.cause for one in closed)
    todo: Counter[str] = Counter()
    for one in parallel.captures(path, files, sites, read_before):
        if isinstance(one, DamagedRecord):
            aside[one.cause] += 1
            continue
        _, owner, capture = one
        site = owner.key
        if (capture.url, capture.timestamp) not in found[site]:
            todo[site] += 1
            found[site].add((capture.url, capture.timestamp))
    return {key: _plan(sites[key], rows, todo[key], aside) for key, rows in found.items()}


def _plan(site: Site, rows: set[tuple[str, str]], todo: int, aside: Counter[str]) -> Plan:
    years = Counter(timestamp[:4] for _, timestamp in rows)
    layout = LAYOUTS[site.layout] if site.layout else likely_layout([url for url, _ in rows][:_SOME])
    pages = {_key_of(url, site, layout) for url, _ in rows}
    articles = sum(not page.startswith(_NO_ADDRESS) for page in pages)
    return Plan(len(rows), todo, len(pages), articles, years=dict(sorted(years.items())), aside=Counter(aside))


def _key_of(url: str, site: Site, layout: Layout) -> str:
    """Return what tells the page of an address: the article's number, else the address as of the portal."""
    try:
        return layout.url_id(url) or site.own(url)
    except ValueError:  # an address such as http://[broken
        return url
