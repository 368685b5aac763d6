"""The commands about portals: which there are (`sites`), and what an unknown one is (`probe`)."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from wardnews.cli.options import SitesFiles
from wardnews.cli.output import cell, say
from wardnews.errors import ExitStatus, UsageError
from wardnews.locale import _, ngettext, number
from wardnews.locale.recognized import recognized

if TYPE_CHECKING:
    from wardnews.spiders.probe import Probed


def list_sites(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WORDS]", help="Words of key, name or host, or how they begin."),
    ] = None,
    *,
    sites: SitesFiles = None,
) -> None:
    """List the portals that wardnews knows, or search them.

    Example: wardnews sites phuc loi
    """
    from wardnews.sites import in_columns, load_sites, search

    known = list(load_sites(sites or ()).values())
    found = search(known, " ".join(words)) if words else known
    if not found:
        said = _("none of {count} portals; `wardnews probe URL` drafts an entry for another one")
        say(said.format(count=number(len(known))))
        return
    sys.stdout.writelines(f"{line}\n" for line in in_columns(found))
    closed, unverified = (sum(bool(getattr(one, name)) for one in found) for name in ("closed", "unverified"))
    said = ngettext(
        "{count} portal, {closed} closed, {unverified} never seen answering",
        "{count} portals, {closed} closed, {unverified} never seen answering",
        len(found),
    )
    say(said.format(count=number(len(found)), closed=number(closed), unverified=number(unverified)))


def probe(
    url: Annotated[str, typer.Argument(metavar="URL", help="The portal's home page, or any page of it.")],
) -> None:
    """Visit a few pages of an unknown portal, and draft its entry for a sites file on standard output.

    Example: wardnews probe https://hoasua.haiphong.gov.vn/ >> my-portals.toml
    """
    from wardnews.runs.process import probe as visit
    from wardnews.sites import is_web, load_sites, site_of

    if not is_web(url):
        raise UsageError("{url}: expected an http or https address", url=url)
    owner = site_of(load_sites(), url, None)
    if owner:
        say(_("already known as {key}").format(key=owner.key))
    say(_("visiting {url}, one page a second").format(url=url))
    probed = visit(url)
    if probed.failure:
        say(f"{url}: {recognized(probed.failure)}")
        raise typer.Exit(ExitStatus.SICK)
    _show(probed)
    sys.stdout.write(probed.toml())


def _show(probed: "Probed") -> None:
    """Write what was seen of a portal to standard error."""
    from rich.console import Console
    from rich.table import Table

    family = _("no known system")
    if probed.layout != "anyportal":
        family = _("{layout}, by {mark}").format(layout=probed.layout, mark=probed.mark)
    visited = ngettext(
        "{name}: {family}; {count} page visited", "{name}: {family}; {count} pages visited", probed.looked_at
    )
    say(visited.format(name=probed.name, family=family, count=number(probed.looked_at)))
    if probed.rest_listing:
        say(_("lists all its articles at {url}").format(url=probed.rest_listing))
    for section in probed.sections:
        next_ = _("next page {url}").format(url=section.next) if section.next else _("no further page")
        said = ngettext(
            "section {section}: {count} article, {next}", "section {section}: {count} articles, {next}", section.entries
        )
        say(said.format(section=section.name or section.url, count=number(section.entries), next=next_))
    read = ngettext("{count} article read", "{count} articles read", len(probed.articles))
    table = Table(title=read.format(count=number(len(probed.articles))), expand=True)
    for column in (_("published"), _("views"), _("section"), _("title"), _("paragraphs"), _("flags")):
        table.add_column(column, ratio=3 if column == _("title") else 1, overflow="fold")
    for article in probed.articles:
        shown = (article.published, article.views, article.section, article.title, len(article.paragraphs))
        table.add_row(*map(cell, (*shown, ", ".join(article.flags))))
    Console(stderr=True).print(table)
