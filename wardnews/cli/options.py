"""Options that several commands share."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from wardnews.errors import UsageError


def keys_like(ctx: typer.Context, incomplete: str) -> Iterator[tuple[str, str]]:
    """Yield the keys that a shell offers for what is typed so far, with the portals' names."""
    from wardnews.sites import load_sites

    try:
        sites = load_sites(ctx.params.get("sites") or ())
    except UsageError:  # a word on a sites file has no place in a line that is being typed
        sites = load_sites()
    yield from ((one.key, one.name) for one in sites.values() if one.key.startswith(incomplete))


SITES = "Portals, by key, name, host or address."
"""How a command says what its arguments name."""
SITES_OR_ALL = "Portals, by key, name, host or address. Else all."
StoreUrl = Annotated[
    str | None,
    typer.Option("--store", metavar="URL", help="The database; else WARDNEWS_STORE, else sqlite:///output/wardnews.db"),
]
Since = Annotated[str | None, typer.Option(metavar="DATE", help="Published on this day or later.")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="Published on this day or earlier.")]
Feed = Annotated[
    str | None, typer.Option("-o", metavar="FILE", help="Also write there: .jsonl, .csv, .txt, with .gz or .zst; or -.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress line.")]
On = Annotated[
    str | None,
    typer.Option("--on", metavar="ADDRESS", help="A Dask scheduler, tcp://HOST:8786: its workers do it."),
]
SitesFiles = Annotated[
    list[Path] | None, typer.Option("--sites", metavar="FILE", help="A sites file of your own; may be given again.")
]
Files = Annotated[
    str | None, typer.Option("--files", metavar="WHICH", help="Keep images, attachments, all or none of the files.")
]
OfSites = Annotated[
    list[str] | None,
    typer.Option("--site", metavar="SITE", autocompletion=keys_like, help="Of this portal alone; may be given again."),
]


def days_of(since: str | None, until: str | None) -> tuple[str | None, str | None]:
    """Return the days of `--since` and `--until`; raise UsageError where they are none, or the wrong way round."""
    from wardnews.sites import parse_days

    return parse_days("--since", since, "--until", until)
