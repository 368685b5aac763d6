"""The commands about raw pages: `reread` and `pack`."""

import errno
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wardnews.cli.options import SITES_OR_ALL, On, SitesFiles, StoreUrl, keys_like
from wardnews.cli.output import say, table_console
from wardnews.cli.stores import opened
from wardnews.errors import ClusterLost, ExitStatus, UsageError, reason
from wardnews.locale import _, ngettext, number, translated
from wardnews.locale.recognized import recognized

if TYPE_CHECKING:
    from rich.table import Table

    from wardnews.runs.reread import Outcome, Portal, Reader


def reread(
    site: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SITE...]", autocompletion=keys_like, help=SITES_OR_ALL),
    ] = None,
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Replace what changes, instead of only showing it.")] = False,
    raw: Annotated[
        str | None, typer.Option("--raw", metavar="PATH", help="A WARC file or a folder of them; else output/raw.")
    ] = None,
    sites: SitesFiles = None,
    store: StoreUrl = None,
    on: On = None,
) -> None:
    """Read raw pages again after a layout was mended, without the network, and show what would change.

    Example: wardnews reread longbien-phucloi --apply
    """
    from wardnews.archives.remote import path_of
    from wardnews.archives.warc.write import complete_files, raw_folder
    from wardnews.runs import reread as again
    from wardnews.settings import WARDNEWS_OUTPUT
    from wardnews.sites import choose, load_sites
    from wardnews.storage import Output
    from wardnews.store.database import new_name

    known = load_sites(sites or ())
    output = Output.at(WARDNEWS_OUTPUT)
    folder = path_of(raw or (f"{output.url}/raw" if output.url else str(raw_folder(output.folder))))
    if not folder.exists():
        raise UsageError(
            "{folder}: no raw pages there; see WARDNEWS_RAW, or name a WARC file with --raw", folder=folder
        )
    complete_files(raw_folder(output.folder))
    read = _reader(on) if on else again.read_here
    with opened(store) as kept:
        chosen = {one.key: one for one in (choose(known, site) if site else again.known_of(kept, known.values()))}
        try:
            if apply:
                outcome = again.replace(kept, folder, chosen, known, new_name(), output, read)
            else:
                outcome = again.compare(kept, folder, chosen, known, read)
        except OSError as error:
            say(f"{error.filename or folder}: {reason(error).translated()}")
            raise typer.Exit(ExitStatus.FAILED) from error
        except ClusterLost as error:
            say(_("stopped early: {reason}").format(reason=translated(error)))
            raise typer.Exit(ExitStatus.STOPPED) from error
    _show(outcome, applied=apply)
    raise typer.Exit(ExitStatus.LOCKED if outcome.locked else ExitStatus.FINE)


def _reader(address: str) -> "Reader":
    """Return what reads raw pages on a cluster; raise UsageError where there is none."""
    from wardnews.runs.cluster.engine import check
    from wardnews.runs.cluster.reread import readings_on

    check(address)
    return partial(readings_on, address)


def _show(outcome: "Outcome", *, applied: bool) -> None:
    """Write what rereading changes: a table a portal, the counts below."""
    for one in outcome.damaged:
        say(f"{one.where}: {recognized(one.cause)}")
    for key, portal in outcome.portals.items():
        if portal.fields:
            table_console().print(_table(key, portal))
        said = _("{key}: {read} records read again, {changed} would change, {missing} without a raw page")
        if applied:
            said = _("{key}: {read} records read again, {changed} replaced, {missing} without a raw page")
        counts = {name: number(getattr(portal, name)) for name in ("read", "changed", "missing")}
        say(said.format(key=key, **counts))
        for cause, count in portal.lost.items():
            said = _("  {count} stay as they are, their pages give no article any more: {cause}")
            say(said.format(count=number(count), cause=recognized(cause)))
    for key in outcome.locked:
        say(_("{key}: left out, another run is at it").format(key=key))
    if outcome.feed:
        say(_("records: {files}").format(files=outcome.feed))
    elif any(portal.changed for portal in outcome.portals.values()):
        say(_("nothing was changed; --apply does"))


def _table(key: str, portal: "Portal") -> "Table":
    """Return the table of what changes in a portal: a row a field."""
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(key), show_lines=True)
    for column in (_("field"), _("records"), _("before"), _("after")):
        table.add_column(column, overflow="fold", no_wrap=column == _("field"))
    for name, change in portal.fields.items():
        table.add_row(name, str(change.count), Text(change.before), Text(change.after))
    return table


def pack(
    warc: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE...]", help="WARC files; without any those of output/raw.")
    ] = None,
    *,
    output: Annotated[
        str | None,
        typer.Option("-o", metavar="FILE.wacz", help="Where to, or s3://, gs://; else output/wardnews-<time>.wacz."),
    ] = None,
) -> None:
    """Pack raw pages into one WACZ file, which viewers such as ReplayWeb.page open.

    Example: wardnews pack -o phucloi.wacz
    """
    from wardnews.archives.pack import pack as packed
    from wardnews.settings import WARDNEWS_OUTPUT
    from wardnews.storage import reading, writing
    from wardnews.text.clock import timestamp
    from wardnews.text.strings import masked

    target = output or f"{WARDNEWS_OUTPUT}/wardnews-{''.join(filter(str.isalnum, timestamp()))}.wacz"
    try:
        with ExitStack() as copies:
            files = [copies.enter_context(reading(one)) for one in warc] if warc else _raw_files(copies)
            with writing(target) as file:
                damaged = packed(files, file)
                size = file.stat().st_size
    except OSError as error:
        failure = UsageError("pack: {file}: {reason}", file=error.filename or masked(target), reason=reason(error))
        if error.errno not in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EIO):
            raise failure from error
        say(failure.translated())
        raise typer.Exit(ExitStatus.FAILED) from error
    for one in damaged:
        said = _("packed, but not in the index: {file}: {cause}")
        say(said.format(file=one.where, cause=recognized(one.cause)))
    said = ngettext("{file}: {count} WARC file, {size} bytes", "{file}: {count} WARC files, {size} bytes", len(files))
    say(said.format(file=masked(target), count=number(len(files)), size=number(size)))


def _raw_files(copies: ExitStack) -> list[Path]:
    """Return the files of raw pages below the folder for output; where that is a URL copies, and those still here."""
    from wardnews.archives.warc.write import raw_files
    from wardnews.settings import WARDNEWS_OUTPUT
    from wardnews.storage import Output, names_below, reading

    output = Output.at(WARDNEWS_OUTPUT)
    there = f"{output.url}/raw"
    copied = [copies.enter_context(reading(there))] if output.url and names_below(there) else []
    return sorted([*raw_files(output.folder), *(file for folder in copied for file in folder.glob("*.warc.gz"))])
