"""What `--on` does to `crawl` and `backfill`: the workers of a Dask cluster do it."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wardnews.cli.output import say
from wardnews.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wardnews.sites import Site


def by_group(chosen: "Sequence[Site]") -> dict[str, list[str]]:
    """Return the keys of portals by politeness group."""
    groups: dict[str, list[str]] = {}
    for site in chosen:
        groups.setdefault(site.slot(), []).append(site.key)
    return groups


def visit_on(
    address: str, groups: "Mapping[str, Sequence[str]]", files: list[Path] | None, given: "Mapping[str, Any]"
) -> ExitStatus:
    """Visit portals on a cluster, a group at a time each, write the closing lines, and return the exit status.

    `given` are the options of `runs.process.run`. Raises UsageError for what cannot be spread.
    """
    from wardnews.runs.cluster.crawl import crawl_on
    from wardnews.store.database import address as store_address

    _refuse(given)
    options = {name: value for name, value in given.items() if name not in ("store", "output", "progress", "only_plan")}
    show = say if given["progress"] else _nothing
    done = crawl_on(address, groups, files or (), store_address(given["store"]), show, **options)
    for line in done.lines():
        say(line)
    say(f"records: {done.feed}   logs: where the workers run")
    return done.crawled.status


def reader_on(address: str, given: "Mapping[str, Any]") -> Any:
    """Return what reads the files of a backfill on a cluster; raise UsageError for what cannot be spread."""
    from wardnews.runs.cluster.backfill import read_on
    from wardnews.runs.cluster.engine import check

    _refuse(given)
    check(address)
    return partial(read_on, address)


def _refuse(given: "Mapping[str, Any]") -> None:
    if given.get("only_plan"):
        raise UsageError("--plan reads nothing, and needs no cluster: leave out --on")
    if given["output"]:
        raise UsageError("-o has the records of one process: with --on they are in output/<run>.jsonl and in the store")


def _nothing(_line: str) -> None:
    """Show nothing."""
