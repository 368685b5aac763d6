"""What a person types: the `wardnews` command. Records go to standard output, everything else to standard error."""

import json
import sys
import tempfile
from io import TextIOWrapper
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Table

from wardnews import __version__
from wardnews.sites import Site, SitesError, choose, is_web, load_sites, parse_day

if TYPE_CHECKING:
    from wardnews.runs import Run

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
_SHOWN = 5
screen = Console(stderr=True, highlight=False, soft_wrap=True)

SitesFiles = Annotated[
    list[Path] | None, typer.Option("--sites", metavar="FILE", help="A sites file of your own; may be given again.")
]


def main() -> None:
    """Run the command; an error in what was typed or named is one line and exit status 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8")  # records are UTF-8 whatever the locale
    try:
        app(prog_name="wardnews")
    except SitesError as error:
        screen.print(f"wardnews: {error}", markup=False)
        sys.exit(2)


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


@app.command()
def crawl(
    site: Annotated[list[str] | None, typer.Argument(metavar="SITE...", help="Portals, by key.")] = None,
    *,
    all_: Annotated[bool, typer.Option("--all", help="Every portal that is not closed.")] = False,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Published on this day or later.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Published on this day or earlier.")] = None,
    sample: Annotated[int | None, typer.Option(metavar="N", min=1, help="At most N articles a portal.")] = None,
    sites: SitesFiles = None,
    output: Annotated[
        str | None, typer.Option("-o", metavar="FILE", help="Scrapy's feed export: FILE, FILE:FORMAT or -.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress line.")] = False,
) -> None:
    """Crawl live portals into JSON lines.

    Example: wardnews crawl hanoi-phucloi hanoi-viethung --since 2026-01-01
    """
    known = load_sites(sites or ())
    chosen = choose(known, site or ())
    if all_:
        chosen = [one for one in known.values() if not one.closed]
    if not chosen:
        raise SitesError("name at least one portal, or --all; `wardnews sites` lists them")
    for one in chosen:
        if one.closed:
            screen.print(f"{one.key}: closed on {one.closed}; its hosts may serve another portal now", markup=False)
    days = {"since": parse_day("--since", since), "until": parse_day("--until", until)}
    raise typer.Exit(_crawl(chosen, sites, output=output, progress=not quiet, sample=sample, **days).report.status())


def _crawl(chosen: list[Site], files: list[Path] | None, **options: Any) -> "Run":
    from scrapy.exceptions import UsageError

    from wardnews.runs import run

    try:
        done = run(site=",".join(one.key for one in chosen), sites=list(files or ()), **options)
    except UsageError as error:
        raise SitesError(f"-o: {error}") from error
    except OSError as error:
        raise SitesError(f"cannot write {error.filename}: {error.strerror}") from error
    for line in done.report.lines():
        screen.print(line, markup=False)
    screen.print(f"records: {done.feed or 'standard output'}   log: {done.log}", markup=False)
    return done


@app.command()
def read(
    page: Annotated[list[str], typer.Argument(metavar="FILE|URL...", help="Saved pages, .txt samples, addresses.")],
    *,
    url: Annotated[str | None, typer.Option(metavar="URL", help="The address that a saved page had.")] = None,
    as_: Annotated[Literal["jsonl", "text"], typer.Option("--as", help="What to write.")] = "jsonl",
    sites: SitesFiles = None,
) -> None:
    """Read pages into records, on standard output.

    Example: wardnews read saved.html --url http://phucloi.longbien.hanoi.gov.vn/cong-tac-dang1
    """
    from wardnews.exporters import PAGE_BREAK, json_line
    from wardnews.layouts import UnreadablePage
    from wardnews.reading import read_file
    from wardnews.runs import read_urls

    known = load_sites(sites or ())
    if url and not is_web(url):
        raise SitesError(f"--url {url}: expected an http or https address")
    urls = [name for name in page if name.lower().startswith(("http://", "https://"))]
    failures: dict[str, str] = {}
    separator = ""
    for name in [name for name in page if name not in urls]:
        try:
            for article in read_file(Path(name), url, known):
                sys.stdout.write(json_line(article) if as_ == "jsonl" else separator + article.text)
                separator = PAGE_BREAK
        except BrokenPipeError:  # whoever reads us has had enough
            raise
        except (OSError, UnreadablePage) as error:
            failures[name] = getattr(error, "strerror", None) or str(error)
    if urls:
        sys.stdout.write(separator if as_ == "text" else "")
        sys.stdout.flush()
        failures |= read_urls(urls, as_, sites or [])
    for name, cause in failures.items():
        screen.print(f"{name}: {cause}", markup=False)
    raise typer.Exit(1 if failures else 0)


@app.command("sites")
def list_sites(*, sites: SitesFiles = None) -> None:
    """List the portals that wardnews knows.

    Example: wardnews sites --sites my-portals.toml
    """
    known = load_sites(sites or ())
    rows = [(one.key, one.name, one.url, _remark(one)) for one in known.values()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        line = "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True))
        sys.stdout.write(line.rstrip() + "\n")
    closed, unverified = (sum(bool(getattr(one, name)) for one in known.values()) for name in ("closed", "unverified"))
    screen.print(f"{len(known)} portals, {closed} closed, {unverified} never seen answering")


def _remark(site: Site) -> str:
    return ", ".join([f"closed {site.closed}"] * bool(site.closed) + ["never seen answering"] * site.unverified)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a record.

    Example: wardnews schema > article.schema.json
    """
    from wardnews.items import json_schema

    sys.stdout.write(json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n")


@app.command()
def demo() -> None:
    """Crawl the practice portal: two made-up portals on this machine, no network.

    Example: wardnews demo
    """
    from wardnews.practice import PracticePortal

    screen.print("Crawling two made-up portals on this machine: one as they were until 2025, one as they are since.")
    with PracticePortal() as portal, tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "practice.toml")
        file.write_text(portal.toml(), encoding="utf-8")
        done = _crawl([one for one in load_sites([file]).values() if one.key.startswith("practice-")], [file])
    if done.feed:
        _show(done.feed)
    raise typer.Exit(done.report.status())


def _show(feed: Path) -> None:
    """Show the latest articles of each portal in a feed as a table, and one of them whole."""
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
    screen.print("One record, as its JSON line has it:")
    sys.stdout.write(json.dumps(latest[-1], ensure_ascii=False, indent=2) + "\n")
