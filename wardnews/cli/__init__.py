"""What a person types: the `wardnews` command. A module holds a group of commands; `COMMANDS` lists them all.

Modules import what a command works with only when it runs: `wardnews --help` needs none of it.
"""

import errno
import os
import sys
from collections.abc import Callable
from io import TextIOWrapper
from typing import Annotated

import typer

from wardnews import __version__
from wardnews.cli.browsing import serve
from wardnews.cli.crawling import backfill, crawl
from wardnews.cli.demonstrating import demo
from wardnews.cli.exporting import export, schema
from wardnews.cli.files import files
from wardnews.cli.following import changes, push
from wardnews.cli.joining import join
from wardnews.cli.output import say
from wardnews.cli.portals import list_sites, probe
from wardnews.cli.raw_pages import pack, reread
from wardnews.cli.reading import read
from wardnews.cli.standing import gaps, status
from wardnews.cli.starting import init
from wardnews.errors import ExitStatus, StoreFailed, UsageError, reason
from wardnews.locale import Phrase, of_environment, translated, use
from wardnews.locale.commands import Command, Group

COMMANDS: dict[str, Callable[..., None]] = {
    "crawl": crawl,
    "backfill": backfill,
    "read": read,
    "export": export,
    "changes": changes,
    "push": push,
    "probe": probe,
    "sites": list_sites,
    "status": status,
    "gaps": gaps,
    "reread": reread,
    "join": join,
    "pack": pack,
    "files": files,
    "schema": schema,
    "serve": serve,
    "init": init,
    "demo": demo,
}
"""The commands, in the order in which `--help` lists them."""

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _name, _command in COMMANDS.items():
    app.command(_name, cls=Command)(_command)


_NO_MEANS = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN}
"""No more files, memory or processes: nothing can be imported any more to say so in colour."""
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def main() -> None:
    """Run the command; an error in what was typed, named or configured is one line and exit status 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # Records are UTF-8 whatever the locale; names of files may hold bytes that are not.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    use(of_environment())
    try:
        _run()
    except (OSError, MemoryError) as error:
        if isinstance(error, OSError) and error.errno not in _NO_MEANS:
            raise
        why = reason(error) if isinstance(error, OSError) else Phrase("out of memory")
        failed = Phrase("{reason}; a higher limit may help (ulimit -a shows them)", reason=why)
        sys.stderr.write(f"wardnews: {failed.translated()}\n")
        sys.exit(ExitStatus.FAILED)


def _run() -> None:
    try:
        try:
            app(prog_name="wardnews")
        finally:
            sys.stdout.flush()
    except UsageError as error:
        say(f"wardnews: {translated(error)}")
        sys.exit(ExitStatus.USAGE)
    except StoreFailed as error:
        say(f"wardnews: {translated(error)}")
        sys.exit(ExitStatus.FAILED)
    except OSError as error:
        if error.errno not in _NO_ROOM | {errno.EPIPE} or error.filename:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left is not tried again at the end
        if error.errno in _NO_ROOM:  # a reader that has had enough needs no word
            failed = Phrase("cannot write standard output: {reason}", reason=reason(error))
            say(f"wardnews: {failed.translated()}")
        sys.exit(ExitStatus.FAILED)
    except Exception as error:
        if not type(error).__module__.startswith("sqlalchemy."):  # which is not imported for this alone
            raise
        say(f"wardnews: {_store_trouble(error).translated()}")
        sys.exit(ExitStatus.FAILED)


def _store_trouble(error: Exception) -> Phrase:
    """Return what is wrong with the store, in one line."""
    store = getattr(error, "store", None) or Phrase("the store")
    cause = " ".join(str(getattr(error, "orig", None) or error).split())
    if "locked" in cause:
        return Phrase("{store} is busy: another program writes to it; try again when that has ended", store=store)
    return Phrase("{store} cannot be read or written: {cause}", store=store, cause=Phrase(cause))


def _version(*, asked: bool) -> None:
    if asked:
        sys.stdout.write(f"wardnews {__version__}\n")
        raise typer.Exit


@app.callback()
def wardnews(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Turn the news pages of Vietnamese ward, commune and district portals into structured records.

    Start with [bold]wardnews demo[/]: it needs no network.
    """
