"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

StoreUrl = Annotated[
    str | None,
    typer.Option("--store", metavar="URL", help="The database; else WARDNEWS_STORE, else sqlite:///output/wardnews.db"),
]
Since = Annotated[str | None, typer.Option(metavar="DATE", help="Published on this day or later.")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="Published on this day or earlier.")]
Feed = Annotated[str | None, typer.Option("-o", metavar="FILE", help="Scrapy's feed export: FILE, FILE:FORMAT or -.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress line.")]
SitesFiles = Annotated[
    list[Path] | None, typer.Option("--sites", metavar="FILE", help="A sites file of your own; may be given again.")
]
OfSites = Annotated[
    list[str] | None, typer.Option("--site", metavar="SITE", help="Of this portal alone; may be given again.")
]
