"""The command for the first minute: `demo`."""

import json
import sys
import tempfile
from collections.abc import Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import Annotated

import typer

from wardnews.cli.crawling import run_spider
from wardnews.cli.output import cell, say, write_json
from wardnews.locale import _, ngettext, number, short_day

_SHOWN = 5
"""Articles of each portal in the table."""


def demo(
    *,
    serve: Annotated[bool, typer.Option("--serve", help="Go on and show it in a browser; Ctrl-C ends it.")] = False,
) -> None:
    """Crawl the practice portal: two made-up portals on this machine, no network.

    Example: wardnews demo --serve
    """
    from wardnews.cli.browsing import need_server, show
    from wardnews.cli.stores import opened
    from wardnews.demo import PracticePortal
    from wardnews.sites import load_sites
    from wardnews.storage import is_url

    if serve:
        need_server()
    say(_("Crawling two made-up portals on this machine: one as they were until 2025, one as they are since."))
    with PracticePortal() as portal, tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "practice.toml")
        file.write_text(portal.toml(), encoding="utf-8")
        sites = {key: one for key, one in load_sites([file]).items() if key.startswith("practice-")}
        store = f"sqlite:///{folder}/demo.db"
        done = run_spider(list(sites.values()), [file], store=store)
        for line in _staged():
            say(line)
        if done.report.feed and not is_url(done.report.feed):
            _show(Path(done.report.feed))
        if serve:
            with opened(store) as kept:
                show(kept, Path(folder), sites, ("127.0.0.1", 0), browse=sys.stdout.isatty())
    raise typer.Exit(done.report.status())


def _staged() -> Iterator[str]:
    """Return in lines what is staged in what the closing lines say: their words, and what they mean here."""
    yield _(
        "The portals are made up, and so is their trouble, after what real ones do. What the lines above say of it is "
        "no fault:"
    )
    words = {
        _("silent since"): _("both portals have published nothing since, as closed portals do"),
        _("two articles under one number"): _("a portal that counts its articles anew"),
        _("listing tokens not found"): _(
            "a section whose pager only a browser could work: the rest is found otherwise"
        ),
    }
    widest = max(map(len, words))
    yield from (f"  `{said}`{'':{widest - len(said)}}    {means}" for said, means in words.items())


def _show(feed: Path) -> None:
    """Write the latest articles of each portal in a feed as a table, and one of them whole."""
    from rich.console import Console
    from rich.table import Table

    records = [json.loads(line) for line in feed.read_text(encoding="utf-8").splitlines()]
    records.sort(key=lambda record: (record["site"], record["published"] or ""), reverse=True)
    title = ngettext("the latest of {count} article", "the latest of {count} articles", len(records))
    table = Table(title=title.format(count=number(len(records))), expand=True)
    table.add_column(_("published"), width=16)
    table.add_column(_("views"), min_width=5, justify="right")
    table.add_column(_("section"), width=19, no_wrap=True)
    table.add_column(_("title"), ratio=1, no_wrap=True)
    latest = [record for _, own in groupby(records, lambda record: record["site"]) for record in islice(own, _SHOWN)]
    for record in latest:
        published = record["published"]
        when = f"{short_day(published)} {published[11:16]}"
        shown = (when, record["views"], record["section"], record["title"])
        table.add_row(*map(cell, shown))
    Console(stderr=True).print(table)
    say(_("One record, as its JSON line has it:"))
    write_json(latest[-1])
