"""The command about kept files: `files`."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wardnews.cli.options import StoreUrl
from wardnews.cli.output import say, table_console
from wardnews.cli.stores import opened
from wardnews.errors import ExitStatus, UsageError, reason
from wardnews.locale import _, ngettext, number, translated

if TYPE_CHECKING:
    from wardnews.store.database import Store


def files(
    *,
    read: Annotated[bool, typer.Option("--read", help="Read the text of those that were not read yet.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Hash all again; name what is missing, torn or unknown.")
    ] = False,
    store: StoreUrl = None,
) -> None:
    """Show which images and attachments are kept, and how many were read; read them; verify them.

    What --verify finds ends with exit status 1.

    Example: wardnews files --read
    Example: wardnews files --verify
    """
    with opened(store) as kept:
        if read and not _read(kept):
            raise typer.Exit(ExitStatus.LOCKED)
        is_whole = not verify or _verify(kept)
        if not (read or verify):
            _show(kept)
    raise typer.Exit(ExitStatus.FINE if is_whole else ExitStatus.FAILED)


def files_folder(output: Path | None = None) -> str:
    """Return where files are kept: the setting WARDNEWS_FILES, else `files` below the folder for output, or its URL."""
    from wardnews.settings import WARDNEWS_OUTPUT

    return os.environ.get("WARDNEWS_FILES") or f"{output or WARDNEWS_OUTPUT}/files"


def read_new_files(store: "Store") -> None:
    """Read kept files that were not read yet, where the libraries for it are installed; what is kept stays kept."""
    from wardnews.documents.read import READER
    from wardnews.store.files.documents import unread

    try:
        if unread(store, READER):
            _read(store)
    except UsageError as error:
        say(_("kept files are not read: {reason}").format(reason=translated(error)))


def _read(store: "Store") -> bool:
    """Read kept files that were not read yet; return False where another process is at it."""
    from wardnews.runs.documents import read_kept

    try:
        counts = read_kept(store, files_folder(), say)
    except KeyboardInterrupt as error:
        say(_("stopped; `wardnews files --read` goes on"))
        raise typer.Exit(ExitStatus.STOPPED) from error
    except OSError as error:
        say(f"{files_folder()}: {reason(error).translated()}")
        raise typer.Exit(ExitStatus.FAILED) from error
    if counts is None:
        say(_("another process reads kept files"))
        return False
    say(_("files: {counts}").format(counts=_counted(counts) or _("none to read")))
    return True


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number(count)} {_(name)}" for name, count in sorted(counts.items()))


def _verify(store: "Store") -> bool:
    """Write what is wrong with kept files, a line each; return whether nothing is."""
    from wardnews.reports.kept_files import check_files

    count = 0
    troubles: dict[str, int] = {}
    try:
        for one in check_files(store, files_folder()):
            count += 1
            if one.trouble:
                troubles[one.trouble] = troubles.get(one.trouble, 0) + 1
                say(f"{_(one.trouble)}: {one.name}{f' {one.url}' if one.url else ''}")
    except OSError as error:
        say(f"{files_folder()}: {reason(error).translated()}")
        raise typer.Exit(ExitStatus.FAILED) from error
    said = ngettext("{count} file verified: {troubles}", "{count} files verified: {troubles}", count)
    say(said.format(count=number(count), troubles=_counted(troubles) or _("all are whole")))
    return not troubles


def _show(store: "Store") -> None:
    """Write a table of what is kept: a row a media type."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from wardnews.store.files.documents import outcomes

    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column(_("media type"), overflow="fold")
    for column in (_("files"), _("bytes"), _("read"), _("unreadable"), _("scanned")):
        table.add_column(column, justify="right", no_wrap=True)
    rows = outcomes(store)
    for media_type, count, size, known, unreadable, scanned in rows:
        cells = (count, size, known - unreadable, unreadable, scanned)
        table.add_row(Text(media_type), *map(number, cells))
    if rows:
        table_console().print(table)
    total = sum(row[1] for row in rows)
    said = ngettext("{count} file in {folder}", "{count} files in {folder}", total)
    say(said.format(count=number(total), folder=files_folder()))
