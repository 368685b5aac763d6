"""The commands about portals: which there are (`sites`), and what an unknown one is (`probe`)."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from wardnews.cli.options import SitesFiles
from wardnews.cli.output import say
from wardnews.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from wardnews.sites import Site
    from wardnews.spiders.probe import Probed


def list_sites(*, sites: SitesFiles = None) -> None:
    """List the portals that wardnews knows.

    Example: wardnews sites --sites my-portals.toml
    """
    from wardnews.sites import load_sites

    known = load_sites(sites or ())
    rows = [(one.key, one.name, one.url, _remark(one)) for one in known.values()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        line = "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True))
        sys.stdout.write(line.rstrip() + "\n")
    closed, unverified = (sum(bool(getattr(one, name)) for one in known.values()) for name in ("closed", "unverified"))
    say(f"{len(known)} portals, {closed} closed, {unverified} never seen answering")


def _remark(site: "Site") -> str:
    return ", ".join([f"closed {site.closed}"] * bool(site.closed) + ["never seen answering"] * site.unverified)


def probe(
    url: Annotated[str, typer.Argument(metavar="URL", help="The portal's home page, or any page of it.")],
) -> None:
    """Visit a few pages of an unknown portal, and draft its entry for a sites file on standard output.

    Example: wardnews probe https://hoasua.haiphong.gov.vn/ >> my-portals.toml
    """
    from wardnews.runs.process import probe as visit
    from wardnews.sites import is_web, load_sites, site_of

    if not is_web(url):
        raise UsageError(f"{url}: expected an http or https address")
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
        table.add_row(*("-" if value is None else str(value) for value in shown), ", ".join(article.flags))
    Console(stderr=True).print(table)
