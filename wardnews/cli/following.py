"""The commands for whoever follows the store: `changes` and `push`."""

import signal
from typing import Annotated

import typer

from wardnews.cli.options import OfSites, StoreUrl
from wardnews.cli.output import say, write_out
from wardnews.cli.stores import keys_of, opened
from wardnews.errors import CursorError, ExitStatus, UsageError
from wardnews.locale import _, ngettext, number, translated


def changes(
    *,
    since: Annotated[
        str | None, typer.Option(metavar="CURSOR", help="Behind this one, of a line or of the last message; else all.")
    ] = None,
    site: OfSites = None,
    store: StoreUrl = None,
) -> None:
    """Write what became new, edited, gone or back since a cursor, in order, as JSON lines on standard output.

    Example: wardnews changes --since 5d1f0c2e-1204 >> changes.jsonl
    """
    from sqlalchemy.exc import SQLAlchemyError

    from wardnews.sites import load_sites
    from wardnews.store import changes as log
    from wardnews.store.database import trouble_of
    from wardnews.text.strings import masked

    with opened(store) as kept:
        try:
            keys = keys_of(kept, load_sites(), site) if site else []
            after = log.position(kept, since)
            upto = max(after, log.horizon(kept))
            count = write_out(f"{line}\n" for _, line in log.changes(kept, after, upto, keys))
        except CursorError as error:
            raise UsageError("--since {error}", error=error) from error
        except BrokenPipeError:  # whoever reads the output has closed it
            raise
        except SQLAlchemyError as error:
            named = masked(kept.url)
            say(_("store {store} cannot be read: {reason}").format(store=named, reason=trouble_of(error).translated()))
            raise typer.Exit(ExitStatus.FAILED) from error
        except OSError as error:
            say(_("cannot write the changes: {reason}").format(reason=trouble_of(error).translated()))
            raise typer.Exit(ExitStatus.FAILED) from error
        said = ngettext(
            "{count} change; go on with --since {cursor}", "{count} changes; go on with --since {cursor}", count
        )
        say(said.format(count=number(count), cursor=log.cursor_of(log.store_name(kept), upto)))


def push(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where to: an http or https address.")],
    *,
    since: Annotated[
        str | None, typer.Option(metavar="CURSOR", help="From here on, in place of where the last push ended; 0: all.")
    ] = None,
    batch_size: Annotated[int, typer.Option(metavar="N", min=1, max=1000, help="Changes in one post, at most.")] = 100,
    store: StoreUrl = None,
) -> None:
    """Post changes to a downstream API, in batches, from where it has acknowledged them; WARDNEWS_PUSH_SECRET signs.

    Example: wardnews push https://archive.example.org/wardnews
    """
    from sqlalchemy.exc import SQLAlchemyError

    from wardnews import settings
    from wardnews.exporters.push import Pace, PushError, Receiver
    from wardnews.exporters.push import push as post
    from wardnews.store.database import trouble_of

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    pace = Pace(settings.WARDNEWS_PUSH_TRIES, settings.WARDNEWS_PUSH_FIRST, settings.WARDNEWS_PUSH_MOST)
    try:
        receiver = Receiver.at(url, settings.WARDNEWS_PUSH_SECRET, settings.WARDNEWS_PUSH_TIMEOUT)
        with opened(store) as kept:
            post(kept, receiver, pace, say, since=since, size=batch_size)
    except CursorError as error:
        raise UsageError("--since {error}", error=error) from error
    except PushError as error:
        say(f"push: {translated(error)}")
        raise typer.Exit(error.status) from error
    except KeyboardInterrupt as error:
        say(_("stopped early; the next push goes on"))
        raise typer.Exit(ExitStatus.STOPPED) from error
    except SQLAlchemyError as error:
        say(_("the store failed: {reason}").format(reason=trouble_of(error).translated()))
        raise typer.Exit(ExitStatus.FAILED) from error
