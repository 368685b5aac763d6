"""The command for the first minute: `demo`."""

import json
import tempfile
from itertools import groupby, islice
from pathlib import Path

import typer

from wardnews.cli.crawling import run_spider
from wardnews.cli.output import say, write_json

_SHOWN = 5
"""Articles of each portal in the table."""


def demo() -> None:
    """Crawl the practice portal: two made-up portals on this machine, no network.

    Example: wardnews demo
    """
    from wardnews.demo import PracticePortal
    from wardnews.sites import load_sites
    from wardnews.storage import is_url

    say("Crawling two made-up portals on this machine: one as they were until 2025, one as they are since.")
    with PracticePortal() as portal, tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "practice.toml")
        file.write_text(portal.toml(), encoding="utf-8")
        chosen = [one for one in load_sites([file]).values() if one.key.startswith("practice-")]
        done = run_spider(chosen, [file], store=f"sqlite:///{folder}/demo.db")
    if done.report.feed and not is_url(done.report.feed):
        _show(Path(done.report.feed))
    raise typer.Exit(done.report.status())


def _show(feed: Path) -> None:
    """Write the latest articles of each portal in a feed as a table, and one of them whole."""
    from rich.console import Console
    from rich.table import Table

    records = [json.loads(line) for line in feed.read_text(encoding="utf-8").splitlines()]
    records.sort(key=lambda record: (record["site"], record["published"] or ""), reverse=True)
    table = Table(title=f"the latest of {len(records)} articles", expand=True)
    table.add_column("published", width=16)
    table.add_column("views", width=5, justify="right")
    table.add_column("section", width=19, no_wrap=True)
    table.add_column("title", ratio=1, no_wrap=True)
    latest = [record for _, own in groupby(records, lambda record: record["site"]) for record in islice(own, _SHOWN)]
    for record in latest:
        shown = (record["published"][:16].replace("T", " "), record["views"], record["section"], record["title"])
        table.add_row(*("" if value is None else str(value) for value in shown))
    Console(stderr=True).print(table)
    say("One record, as its JSON line has it:")
    write_json(latest[-1])
