"""The commands about portals: which there are (`sites`), and what an unknown one is (`probe`)."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from wardnews.cli.options import SitesFiles
from wardnews.cli.output import cell, say
from wardnews.errors import ExitStatus, UsageError

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
        say(f"none of {len(known)} portals; `wardnews probe URL` drafts an entry for another one")
        return
    sys.stdout.writelines(f"{line}\n" for line in in_columns(found))
    closed, unverified = (sum(bool(getattr(one, name)) for one in found) for name in ("closed", "unverified"))
    say(f"{len(found)} portal{'s'[: len(found) != 1]}, {closed} closed, {unverified} never seen answering")


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
        say(f"already known as {owner.key}")
    say(f"visiting {url}, one page a second")
    probed = visit(url)
    if probed.failure:
        say(f"{url}: {probed.failure}")
        raise typer.Exit(ExitStatus.SICK)
    _show(probed)
    sys.stdout.write(probed.toml())


def _show(probed: "Probed") -> None:
    """Write what was seen of a portal to standard error."""
    from rich.console import Console
    from rich.table import Table

    family = "no known system" if probed.layout == "anyportal" else f"{probed.layout}, by {probed.mark}"
    say(f"{probed.name}: {family}; {probed.looked_at} pages visited")
    if probed.rest_listing:
        say(f"lists all its articles at {probed.rest_listing}")
    for section in probed.sections:
        next_ = f"next page {section.next}" if section.next else "no further page"
        say(f"section {section.name or section.url}: {section.entries} articles, {next_}")
    table = Table(title=f"{len(probed.articles)} articles read", expand=True)
    for column in ("published", "views", "section", "title", "paragraphs", "flags"):
        table.add_column(column, ratio=3 if column == "title" else 1, overflow="fold")
    for article in probed.articles:
        shown = (article.published, article.views, article.section, article.title, len(article.paragraphs))
        table.add_row(*map(cell, (*shown, ", ".join(article.flags))))
    Console(stderr=True).print(table)
