"""The commands that fetch: `crawl` and `backfill`."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wardnews.archives import network
from wardnews.cli.options import (
    SITES,
    Feed,
    Files,
    On,
    Quiet,
    Since,
    SitesFiles,
    StoreUrl,
    Until,
    days_of,
    keys_like,
)
from wardnews.cli.output import say
from wardnews.cli.stores import store_or_none
from wardnews.errors import ExitStatus, UsageError, reason
from wardnews.locale import _, ngettext, number, short_day
from wardnews.locale.commands import NAMES

NAMES["archives"] = ", ".join(network.names())

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wardnews.runs.process import Run
    from wardnews.sites import Site


def crawl(
    site: Annotated[list[str] | None, typer.Argument(metavar="SITE...", autocompletion=keys_like, help=SITES)] = None,
    *,
    all_: Annotated[bool, typer.Option("--all", help="Every portal that is not closed.")] = False,
    due: Annotated[bool, typer.Option("--due", help="Of these, or of all, the ones that are due by now.")] = False,
    own: Annotated[bool, typer.Option("--own", help="Of --all or --due, only the portals of --sites files.")] = False,
    since: Since = None,
    until: Until = None,
    sample: Annotated[int | None, typer.Option(metavar="N", min=1, help="At most N articles a portal.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Visit each section to its end, recheck all articles.")] = False,
    files: Files = None,
    sites: SitesFiles = None,
    store: StoreUrl = None,
    output: Feed = None,
    quiet: Quiet = False,
    on: On = None,
) -> None:
    """Crawl live portals: what is new, what was edited, what is gone since the last run.

    Example: wardnews crawl hanoi-phucloi hanoi-viethung --since 2026-01-01
    """
    from wardnews.sites import choose, load_sites

    first, last = days_of(since, until)
    known, bundled = load_sites(sites or ()), load_sites() if own or all_ or due else {}
    chosen = choose(known, site or ())
    if own and not sites:
        raise UsageError("--own needs --sites FILE: the portals that come with wardnews are left out")
    if all_ or (due and not chosen):
        chosen = [one for one in known.values() if not (one.closed or (own and one.key in bundled))]
    if not chosen:
        raise UsageError("name at least one portal, --all or --due; `wardnews sites` lists them")
    if due:
        chosen = _due(chosen, store)
    if all_ or due:
        say(_of_which_files(chosen, bundled, sites or []))
    for one in chosen:
        if one.closed:
            closed = short_day(one.closed)
            say(_("{key}: closed on {day}; its hosts may serve another portal now").format(key=one.key, day=closed))
    options: dict[str, Any] = {"store": store, "output": output, "progress": not quiet, "since": first, "until": last}
    options |= {"sample": sample, "full": full, "files": files} | ({"due": True} if due else {})
    if on:
        raise typer.Exit(_visit_on(on, _by_group(chosen), sites, options))
    raise typer.Exit(run_spider(chosen, sites, **options).report.status())


def backfill(
    site: Annotated[list[str], typer.Argument(metavar="SITE...", autocompletion=keys_like, help=SITES)],
    *,
    from_: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="SOURCE",
            help="{archives} (some with +ADDRESS), live, or a file or folder.",
        ),
    ],
    since: Since = None,
    until: Until = None,
    plan: Annotated[bool, typer.Option("--plan", help="Say what there is and what it costs, and stop.")] = False,
    reread: Annotated[bool, typer.Option("--reread", help="Files: read again what was read before.")] = False,
    files: Files = None,
    on: On = None,
    sites: SitesFiles = None,
    store: StoreUrl = None,
    output: Feed = None,
    quiet: Quiet = False,
) -> None:
    """Recover what archives have of portals; the same command goes on where it was stopped.

    Example: wardnews backfill longbien-phucloi --from wayback
    """
    from wardnews.sites import choose, load_sites

    first, last = days_of(since, until)
    chosen = choose(load_sites(sites or ()), site)
    options: dict[str, Any] = {"store": store, "output": output, "progress": not quiet, "since": first, "until": last}
    options |= {"files": files}
    if from_ == "live":
        if plan:
            raise UsageError("--plan needs an archive: how much a live portal has shows only while it is crawled")
        options |= {"full": True, "raw": True, "keep_files": "attachments"}
    else:
        raw = network.is_named(from_) and not plan
        options |= {"spider": "archive", "source": from_, "only_plan": plan, "raw": raw}
        options |= {"reread": True} if reread else {}
        options |= {"keep_files": "attachments"} if raw else {}
    if on and (from_ == "live" or network.is_named(from_)):
        # An archive is asked by one worker at a time, for all portals: its pace is one for all.
        groups = _by_group(chosen) if from_ == "live" else {from_: [one.key for one in chosen]}
        raise typer.Exit(_visit_on(on, groups, sites, options))
    if on and files:
        raise UsageError("--files does not go with --on PATH: run the same command without --on for the files")
    if on:
        options |= {"reader": _reader_on(on, options)}
    raise typer.Exit(run_spider(chosen, sites, **options).report.status())


def _by_group(chosen: "Sequence[Site]") -> dict[str, list[str]]:
    """Return the keys of portals by politeness group."""
    groups: dict[str, list[str]] = {}
    for site in chosen:
        groups.setdefault(site.slot(), []).append(site.key)
    return groups


def _visit_on(
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
    say(_("records: {files}   logs: where the workers run").format(files=done.feed))
    return done.crawled.status


def _reader_on(address: str, given: "Mapping[str, Any]") -> Any:
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


def _of_which_files(chosen: "list[Site]", bundled: "Mapping[str, Site]", files: list[Path]) -> str:
    """Return how many portals of which files are about to be visited."""
    ours = sum(one.key in bundled for one in chosen)
    parts = [_("{count} of those that come with wardnews").format(count=number(ours))] if ours or not files else []
    if files:
        own = number(len(chosen) - ours)
        parts.append(_("{count} of {files}").format(count=own, files=", ".join(map(str, files))))
    total = len(chosen)
    said = ngettext("about to visit {count} portal: {parts}", "about to visit {count} portals: {parts}", total)
    return said.format(count=number(total), parts=", ".join(parts))


def _due(chosen: "list[Site]", store_url: str | None) -> "list[Site]":
    """Return the portals that are due; where none is, say so and end the command."""
    from wardnews.reports.status import ago, standings
    from wardnews.text.clock import timestamp

    now, store = timestamp(), store_or_none(store_url)
    rows = list(standings(store, {one.key: one for one in chosen}, [one.key for one in chosen], now))
    wanted = {row.site for row in rows if row.is_due}
    if store:
        store.close()
    if not wanted:
        following = min((row for row in rows if row.due and not row.is_due), key=lambda row: str(row.due), default=None)
        line = _("no portal is due ({count} checked)")
        if following:
            line = _("no portal is due ({count} checked); next is {key}, {when}")
        then = {"key": following.site, "when": ago(following.due, now)} if following else {}
        say(line.format(count=number(len(rows)), **then))
        raise typer.Exit(ExitStatus.FINE)
    return [one for one in chosen if one.key in wanted]


def run_spider(chosen: "list[Site]", sites_files: list[Path] | None, **options: Any) -> "Run":
    """Run a spider over portals, write the closing lines to standard error, and return what came of it.

    Raise UsageError for an output, a store or raw pages that cannot be written.
    """
    from wardnews.middlewares.contact import needs_contact
    from wardnews.runs.process import run
    from wardnews.settings import WARDNEWS_CONTACT

    asks = options.get("source") is None or network.is_named(options["source"])
    if asks and needs_contact(chosen, WARDNEWS_CONTACT):
        say(_("no contact configured: set WARDNEWS_CONTACT to an e-mail or web address of yours"))
    try:
        done = run(site=",".join(one.key for one in chosen), sites=list(sites_files or ()), **options)
    except OSError as error:
        if error.filename is None:
            raise
        raise UsageError("cannot write {file}: {reason}", file=error.filename, reason=reason(error)) from error
    for line in done.report.lines():
        say(line)
    if done.report.status() != ExitStatus.FAILED:
        _read_new_files(options.get("store"))
    log = done.log or _("standard error")
    say(_("records: {files}   log: {log}").format(files=_outputs(done, options.get("output")), log=log))
    return done


def _read_new_files(store_url: str | None) -> None:
    """Read what files the run kept, and those that an earlier one left unread."""
    from wardnews.cli.files import read_new_files

    if store := store_or_none(store_url):
        try:
            read_new_files(store)
        finally:
            store.close()


def _outputs(done: "Run", output: str | None) -> str:
    """Return the names of the files that have the records of a run."""
    from wardnews.text.strings import masked

    records = [done.report.feed] if done.report.feed else []
    if output:
        records.append(_("standard output") if output == "-" else masked(output))
    return ", ".join(records) or _("none")
