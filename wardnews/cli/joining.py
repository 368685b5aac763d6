"""The command that joins articles which stand under two ids: `join`."""

from typing import TYPE_CHECKING, Annotated

import typer

from wardnews.cli.options import SITES_OR_ALL, SitesFiles, StoreUrl, keys_like
from wardnews.cli.output import say, table_console
from wardnews.cli.stores import keys_of, opened
from wardnews.errors import ExitStatus, reason
from wardnews.locale import _, ngettext, number

if TYPE_CHECKING:
    from rich.table import Table

    from wardnews.runs.join import Joined
    from wardnews.store.moves import Pair


def join(
    site: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SITE...]", autocompletion=keys_like, help=SITES_OR_ALL),
    ] = None,
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Join them, instead of only showing them.")] = False,
    sites: SitesFiles = None,
    store: StoreUrl = None,
) -> None:
    """Show articles that stand under two ids: same title, time and text, the old address gone. Join them on demand.

    The first id is kept, with both histories; the other one is told as gone.

    Example: wardnews join longbien-phucloi --apply
    """
    from wardnews.runs import join as joining
    from wardnews.settings import WARDNEWS_OUTPUT
    from wardnews.sites import load_sites
    from wardnews.storage import Output
    from wardnews.store.database import new_name
    from wardnews.store.queries import article_counts

    output = Output.at(WARDNEWS_OUTPUT)
    with opened(store) as kept:
        chosen = keys_of(kept, load_sites(sites or ()), site or ()) or list(article_counts(kept))
        try:
            done = joining.apply(kept, chosen, new_name(), output) if apply else joining.find(kept, chosen)
        except OSError as error:
            say(f"{error.filename or output.folder}: {reason(error).translated()}")
            raise typer.Exit(ExitStatus.FAILED) from error
    _show(done, applied=apply)
    raise typer.Exit(ExitStatus.LOCKED if done.locked else ExitStatus.FINE)


def _show(done: "Joined", *, applied: bool) -> None:
    """Write the pairs as a table a portal, the counts below."""
    for key, found in done.portals.items():
        if found:
            table_console().print(_table(key, found))
            say(_joined(len(found), applied=applied).format(key=key, count=number(len(found))))
    for key in done.locked:
        say(_("{key}: left out, another run is at it").format(key=key))
    if done.feed:
        say(_("records: {files}").format(files=done.feed))
    elif any(done.portals.values()):
        say(_("nothing was changed; --apply does"))
    else:
        say(_("no article stands under two ids"))


def _joined(count: int, *, applied: bool) -> str:
    """Return the line on the articles of a portal that stand under two ids."""
    if applied:
        return ngettext(
            "{key}: {count} article under two ids joined", "{key}: {count} articles under two ids joined", count
        )
    return ngettext(
        "{key}: {count} article under two ids would be joined",
        "{key}: {count} articles under two ids would be joined",
        count,
    )


def _table(key: str, found: list["Pair"]) -> "Table":
    """Return the table of a portal's pairs: a row each."""
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(key), show_lines=True)
    for column in (_("article"), _("its first id and address"), _("its second"), _("what says so")):
        table.add_column(column, overflow="fold")
    for one in found:
        table.add_row(*map(Text, (one.title, f"{one.old}\n{one.old_url}", f"{one.new}\n{one.new_url}", _(one.why))))
    return table
