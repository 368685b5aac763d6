"""What a person types: the `wardnews` command. Records go to standard output, everything else to standard error."""

import json
import signal
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from io import TextIOWrapper
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from wardnews import __version__
from wardnews.errors import (
    CannotKeep,
    CursorError,
    ExportError,
    PackError,
    SitesError,
    StoreError,
    UnreadablePage,
    UsageError,
)
from wardnews.sites import Site, choose, is_web, load_sites, parse_day, site_of

if TYPE_CHECKING:
    from wardnews.reading.explain import Told
    from wardnews.reports.gaps import SectionGaps
    from wardnews.reports.status import Standing
    from wardnews.runs.process import Run
    from wardnews.runs.reread import Outcome
    from wardnews.spiders.probe import Probed
    from wardnews.store.database import Store

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
_SHOWN = 5
_WIDE, _LONGEST = 160, 120
screen = Console(stderr=True, highlight=False, soft_wrap=True)

StoreUrl = Annotated[
    str | None,
    typer.Option("--store", metavar="URL", help="The database; else WARDNEWS_STORE, else sqlite:///output/wardnews.db"),
]
Since = Annotated[str | None, typer.Option(metavar="DATE", help="Published on this day or later.")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="Published on this day or earlier.")]
Feed = Annotated[str | None, typer.Option("-o", metavar="FILE", help="Scrapy's feed export: FILE, FILE:FORMAT or -.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress line.")]
Change = StrEnum("Change", ["new", "edited", "gone", "back", "reread"])
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
    due: Annotated[bool, typer.Option("--due", help="Of these, or of all, the ones that are due by now.")] = False,
    since: Since = None,
    until: Until = None,
    sample: Annotated[int | None, typer.Option(metavar="N", min=1, help="At most N articles a portal.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Walk everything, look at every article again.")] = False,
    sites: SitesFiles = None,
    store: StoreUrl = None,
    output: Feed = None,
    quiet: Quiet = False,
) -> None:
    """Crawl live portals: what is new, what was edited, what is gone since the last run.

    Example: wardnews crawl hanoi-phucloi hanoi-viethung --since 2026-01-01
    """
    known = load_sites(sites or ())
    chosen = choose(known, site or ())
    if all_ or (due and not chosen):
        chosen = [one for one in known.values() if not one.closed]
    if not chosen:
        raise SitesError("name at least one portal, --all or --due; `wardnews sites` lists them")
    if due:
        chosen = _due(chosen, store)
    for one in chosen:
        if one.closed:
            screen.print(f"{one.key}: closed on {one.closed}; its hosts may serve another portal now", markup=False)
    days = {"since": parse_day("--since", since), "until": parse_day("--until", until)}
    options = {"store": store, "output": output, "progress": not quiet, "sample": sample, "full": full}
    raise typer.Exit(_crawl(chosen, sites, **options, **days).report.status())


def _due(chosen: list[Site], store: str | None) -> list[Site]:
    """Keep the portals that are due and that no other run is at; where none is, say so and end the command."""
    from wardnews.reports.status import ago, standings
    from wardnews.text.clock import timestamp

    now, kept = timestamp(), _kept(store)
    rows = list(standings(kept, {one.key: one for one in chosen}, [one.key for one in chosen], now))
    wanted = {row.site for row in rows if row.is_due}
    busy = {key for key in wanted if kept and kept.locks.is_held_elsewhere(f"site-{key}")}
    if kept:
        kept.close()
    if busy:
        screen.print(f"another run is at {', '.join(sorted(busy))}", markup=False)
    if not wanted - busy:
        following = min((row for row in rows if row.due and not row.is_due), key=lambda row: str(row.due), default=None)
        then = f"; next is {following.site}, {ago(following.due, now)}" if following else ""
        screen.print(f"of {len(rows)} portals none is due{then}", markup=False)
        raise typer.Exit(0)
    return [one for one in chosen if one.key in wanted - busy]


def _kept(store: str | None) -> "Store | None":
    """Open the store that is named; None where there is none yet."""
    from wardnews.store.database import Store, address

    url = address(store)
    file = url.removeprefix("sqlite:///")
    try:
        return None if file != url and not Path(file).is_file() else Store.open(url)
    except StoreError as error:
        raise SitesError(str(error)) from error


@contextmanager
def _stored(store: str | None) -> Iterator["Store"]:
    """Open the store that is there, for as long as the block lasts."""
    kept = _kept(store)
    if not kept:
        raise SitesError(
            "there is no store yet: `wardnews crawl` or `wardnews backfill` makes it, --store names another"
        )
    try:
        yield kept
    finally:
        kept.close()


def _crawl(chosen: list[Site], files: list[Path] | None, **options: Any) -> "Run":
    from wardnews.middlewares.contact import needs_contact
    from wardnews.runs.process import run
    from wardnews.settings import WARDNEWS_CONTACT
    from wardnews.spiders.archive import NETWORK
    from wardnews.store.database import masked

    asks = options.get("source") in (None, *NETWORK)
    if asks and needs_contact(chosen, WARDNEWS_CONTACT):
        screen.print("nobody can ask who crawls here: set WARDNEWS_CONTACT to an e-mail or web address of yours")

    try:
        done = run(site=",".join(one.key for one in chosen), sites=list(files or ()), **options)
    except UsageError as error:
        raise SitesError(f"-o: {error}") from error
    except OSError as error:
        raise SitesError(f"cannot write {error.filename}: {error.strerror}") from error
    except (CannotKeep, StoreError) as error:
        raise SitesError(str(error)) from error
    for line in done.report.lines():
        screen.print(line, markup=False)
    records = [str(done.report.feed)] * bool(done.report.feed)
    if output := options.get("output"):
        records.append("standard output" if output == "-" else masked(str(output)))
    screen.print(f"records: {', '.join(records) or 'none'}   log: {done.log}", markup=False)
    return done


@app.command()
def backfill(
    site: Annotated[list[str], typer.Argument(metavar="SITE...", help="Portals, by key.")],
    *,
    from_: Annotated[
        str, typer.Option("--from", metavar="SOURCE", help="wayback, commoncrawl, live, or a WARC, WACZ or folder.")
    ],
    since: Since = None,
    until: Until = None,
    plan: Annotated[bool, typer.Option("--plan", help="Say what there is and what it costs, and stop.")] = False,
    sites: SitesFiles = None,
    store: StoreUrl = None,
    output: Feed = None,
    quiet: Quiet = False,
) -> None:
    """Rescue what archives have of portals; the same command goes on where it was stopped.

    Example: wardnews backfill longbien-phucloi --from wayback
    """
    chosen = choose(load_sites(sites or ()), site)
    options: dict[str, Any] = {
        "store": store, "output": output, "progress": not quiet,
        "since": parse_day("--since", since), "until": parse_day("--until", until),
    }  # fmt: skip
    if from_ == "live":
        if plan:
            raise SitesError("--plan goes with an archive: what a live portal has is known when it is walked")
        options |= {"full": True, "raw": True}
    else:
        raw = from_ in ("wayback", "commoncrawl") and not plan
        options |= {"spider": "archive", "source": from_, "only_plan": plan, "raw": raw}
    raise typer.Exit(_crawl(chosen, sites, **options).report.status())


@app.command()
def read(
    page: Annotated[list[str], typer.Argument(metavar="FILE|URL...", help="Saved pages, .txt samples, addresses.")],
    *,
    url: Annotated[str | None, typer.Option(metavar="URL", help="The address that a saved page had.")] = None,
    as_: Annotated[Literal["jsonl", "text"], typer.Option("--as", help="What to write.")] = "jsonl",
    explain: Annotated[bool, typer.Option("--explain", help="Tell what gave each field, and what lost.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="With --explain: JSON in place of a table.")] = False,
    sites: SitesFiles = None,
) -> None:
    """Read pages into records, on standard output.

    Example: wardnews read saved.html --url http://phucloi.longbien.hanoi.gov.vn/cong-tac-dang1
    Example: wardnews read --explain https://phucloi.hanoi.gov.vn/tin/khai-mac-2702250715095147047.htm
    """
    if json_ and not explain:
        raise SitesError("--json goes with --explain: without it records are JSON lines")
    if explain:
        _explain(page, url, sites, as_json=json_)
    from wardnews.items import json_line
    from wardnews.reading.page import read_file
    from wardnews.runs.process import read_urls
    from wardnews.text.sample_format import PAGE_BREAK

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


def _explain(names: list[str], url: str | None, sites: list[Path] | None, *, as_json: bool) -> None:
    """Tell of each page what gave its fields, then end the command."""
    from wardnews.reading.explain import explain
    from wardnews.reading.page import saved_page
    from wardnews.runs.process import explain_urls

    known = load_sites(sites or ())
    urls = [name for name in names if is_web(name)]
    told, failures = explain_urls(urls, sites or []) if urls else ({}, {})
    for name in [name for name in names if name not in urls]:
        try:
            page, capture = saved_page(Path(name), url)
            told[name] = explain(page, known, capture.via, capture.timestamp)
        except (OSError, UnreadablePage) as error:
            failures[name] = getattr(error, "strerror", None) or str(error)
    for name, fields in told.items():
        if as_json:
            sys.stdout.write(json.dumps({"page": name, "fields": fields}, ensure_ascii=False) + "\n")
        else:
            Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False).print(_table_of(name, fields))
    for name, cause in failures.items():
        screen.print(f"{name}: {cause}", markup=False)
    raise typer.Exit(1 if failures else 0)


def _table_of(name: str, fields: dict[str, "Told"]) -> Table:
    """Lay out what is told of a page: a row a field, a line for each candidate that lost."""
    table = Table(title=Text(name), show_lines=True)
    for column in ("field", "value", "given by", "lost"):
        table.add_column(column, overflow="fold", no_wrap=column == "field")
    for field, told in fields.items():
        lost = "\n".join(f"{_short(one['value'])} ({one['rule']})" for one in told["lost"])
        table.add_row(field, *map(Text, (_short(told["value"]), told["rule"] or "", lost)))
    return table


def _short(value: Any) -> str:
    """Show a value in a table's cell: of a list how many and the first."""
    if value is None or value == []:
        return "-"
    if isinstance(value, list):
        return (
            f"{len(value)}: {_short(value[0])}" if len(value) > 1 or not isinstance(value[0], str) else _short(value[0])
        )
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"


@app.command()
def export(
    *,
    as_: Annotated[
        Literal["jsonl", "text", "csv", "parquet", "schemaorg", "jsonfeed", "atom"],
        typer.Option("--as", metavar="FORMAT", help="jsonl, text, csv, parquet, schemaorg, jsonfeed or atom."),
    ] = "jsonl",
    site: Annotated[
        list[str] | None, typer.Option("--site", metavar="SITE", help="Of this portal alone; may be given again.")
    ] = None,
    section: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Of this section; tone marks and case do not matter.")
    ] = None,
    ward: Annotated[
        list[str] | None, typer.Option(metavar="PLACE", help="Of this ward or commune, by name or official code.")
    ] = None,
    district: Annotated[list[str] | None, typer.Option(metavar="PLACE", help="Of this district, likewise.")] = None,
    province: Annotated[list[str] | None, typer.Option(metavar="PLACE", help="Of this province, likewise.")] = None,
    since: Since = None,
    until: Until = None,
    places: Annotated[Literal["today"] | None, typer.Option(help="Places as the units of today.")] = None,
    change: Annotated[
        list[Change] | None,
        typer.Option(metavar="CHANGE", help="Whose last change was new, edited, gone, back or reread."),
    ] = None,
    sites: SitesFiles = None,
    store: StoreUrl = None,
    output: Annotated[
        str | None,
        typer.Option("-o", metavar="PATH", help="A file (.gz, .zst: compressed), or a folder/; else standard output."),
    ] = None,
) -> None:
    """Write the current records out of the store, by portal and day.

    What is named with -o is replaced when the new one is whole.

    Example: wardnews export --as csv --ward "phuc loi" --since 2026-01-01 -o phucloi.csv
    Example: wardnews export --as parquet -o news/
    """
    from sqlalchemy.exc import SQLAlchemyError

    from wardnews.exporters.export import export as write
    from wardnews.exporters.select import choice, chosen
    from wardnews.places.find import today_lines
    from wardnews.store import queries
    from wardnews.store.database import Store, address, trouble_of
    from wardnews.store.near_duplicates import assign

    days = (parse_day("--since", since), parse_day("--until", until))
    asked = {"section": section, "ward": ward, "district": district, "province": province}
    choices = [choice(name, values) for name, values in asked.items() if values]
    known = load_sites(sites or ())
    try:
        opened = Store.open(address(store), create=False)
    except StoreError as error:
        raise SitesError(str(error)) from error
    try:
        _check_sites(opened, known, site or ())
        assign(opened)
        records = queries.records(opened, site or (), *days, change or ())
        records = chosen(today_lines(records) if places else records, choices)
        written = write(records, as_, output, site or (), known, _write_out)
    except ExportError as error:
        raise SitesError(str(error)) from error
    except BrokenPipeError:  # whoever reads us has had enough
        raise
    except (OSError, SQLAlchemyError) as error:
        screen.print(f"cannot write {output or 'standard output'}: {trouble_of(error)}", markup=False)
        raise typer.Exit(1) from error
    finally:
        opened.close()
    for remark in (remark for one in choices for remark in one.unmet()):
        screen.print(remark, markup=False)
    screen.print(written, markup=False)


def _check_sites(kept: "Store", known: Mapping[str, Site], named: Sequence[str]) -> None:
    """Raise SitesError for a portal that neither the store nor a sites file knows."""
    from wardnews.store.queries import article_counts

    stored = article_counts(kept) if named else {}
    choose(known, [one for one in named if one not in stored])


def _write_out(pieces: Iterable[str]) -> int:
    """Write pieces of text to standard output; give their number."""
    number = 0
    for number, piece in enumerate(pieces, start=1):  # noqa: B007 - the last one is given
        sys.stdout.write(piece)
    sys.stdout.flush()
    return number


@app.command()
def changes(
    *,
    since: Annotated[
        str | None, typer.Option(metavar="CURSOR", help="Behind this one, of a line or of the last message; else all.")
    ] = None,
    site: Annotated[
        list[str] | None, typer.Option("--site", metavar="SITE", help="Of this portal alone; may be given again.")
    ] = None,
    store: StoreUrl = None,
) -> None:
    """Write what became new, edited, gone or back since a cursor, in order, as JSON lines on standard output.

    Example: wardnews changes --since 5d1f0c2e-1204 >> changes.jsonl
    """
    from sqlalchemy.exc import SQLAlchemyError

    from wardnews.store.changes import changes as told
    from wardnews.store.changes import cursor_of, horizon, position, store_name
    from wardnews.store.database import trouble_of

    with _stored(store) as kept:
        try:
            if site:
                _check_sites(kept, load_sites(), site)
            after = position(kept, since)
            upto = max(after, horizon(kept))
            number = _write_out(f"{line}\n" for _, line in told(kept, after, upto, site or ()))
        except CursorError as error:
            raise SitesError(f"--since {error}") from error
        except BrokenPipeError:  # whoever reads us has had enough
            raise
        except (OSError, SQLAlchemyError) as error:
            screen.print(f"cannot write the changes: {trouble_of(error)}", markup=False)
            raise typer.Exit(1) from error
        screen.print(f"{number} changes; go on with --since {cursor_of(store_name(kept), upto)}", markup=False)


@app.command()
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
    from wardnews.reports.run_report import ExitStatus
    from wardnews.store.database import trouble_of

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    tell = partial(screen.print, markup=False)
    pace = Pace(settings.WARDNEWS_PUSH_TRIES, settings.WARDNEWS_PUSH_FIRST, settings.WARDNEWS_PUSH_MOST)
    try:
        receiver = Receiver.at(url, settings.WARDNEWS_PUSH_SECRET, settings.WARDNEWS_PUSH_TIMEOUT)
        with _stored(store) as kept:
            post(kept, receiver, pace, tell, since=since, size=batch_size)
    except CursorError as error:
        raise SitesError(f"--since {error}") from error
    except PushError as error:
        tell(f"push: {error}")
        raise typer.Exit(error.status) from error
    except KeyboardInterrupt as error:
        tell("stopped early; the next push goes on")
        raise typer.Exit(ExitStatus.STOPPED) from error
    except SQLAlchemyError as error:
        tell(f"the store failed: {trouble_of(error)}")
        raise typer.Exit(ExitStatus.FAILED) from error


@app.command()
def probe(
    url: Annotated[str, typer.Argument(metavar="URL", help="The portal's home page, or any page of it.")],
) -> None:
    """Look at a few pages of an unknown portal, and draft its entry for a sites file on standard output.

    Example: wardnews probe https://hoasua.haiphong.gov.vn/ >> my-portals.toml
    """
    from wardnews.runs.process import probe as look

    if not is_web(url):
        raise SitesError(f"{url}: expected an http or https address")
    owner = site_of(load_sites(), url, None)
    if owner:
        screen.print(f"already known as {owner.key}", markup=False)
    screen.print(f"looking at {url}, one page a second", markup=False)
    probed = look(url)
    if probed.failure:
        screen.print(f"{url}: {probed.failure}", markup=False)
        raise typer.Exit(3)
    _show_probed(probed)
    sys.stdout.write(probed.toml())


def _show_probed(probed: "Probed") -> None:
    """Tell what was seen of a portal, on standard error."""
    family = "no known system" if probed.layout == "anyportal" else f"{probed.layout}, by {probed.mark}"
    screen.print(f"{probed.name}: {family}; {probed.looked_at} pages looked at", markup=False)
    if probed.rest_listing:
        screen.print(f"lists all its articles at {probed.rest_listing}", markup=False)
    for section in probed.sections:
        next_ = f"next page {section.next}" if section.next else "no further page"
        screen.print(f"section {section.name or section.url}: {section.entries} articles, {next_}", markup=False)
    table = Table(title=f"{len(probed.articles)} articles read", expand=True)
    for column in ("published", "views", "section", "title", "paragraphs", "flags"):
        table.add_column(column, ratio=3 if column == "title" else 1, overflow="fold")
    for article in probed.articles:
        shown = (article.published, article.views, article.section, article.title, len(article.paragraphs))
        table.add_row(*("-" if value is None else str(value) for value in shown), ", ".join(article.flags))
    Console(stderr=True).print(table)


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
def status(
    site: Annotated[
        list[str] | None, typer.Argument(metavar="SITE...", help="Portals, by key; else all known.")
    ] = None,
    *,
    json_: Annotated[bool, typer.Option("--json", help="JSON, one portal a line, in place of a table.")] = False,
    prometheus: Annotated[
        Path | None, typer.Option("--prometheus", metavar="FILE", help="Write metrics there, and no table.")
    ] = None,
    sites: SitesFiles = None,
    store: StoreUrl = None,
) -> None:
    """Tell how portals stand: news, last visit, next visit, trouble. Exit status 3 where one is sick.

    Example: wardnews status
    Example: wardnews status --prometheus /var/lib/node_exporter/wardnews.prom
    """
    from wardnews.exporters import write_lines
    from wardnews.reports.status import json_lines, standings
    from wardnews.reports.status import prometheus as metrics
    from wardnews.store.queries import article_counts

    known = load_sites(sites or ())
    with _stored(store) as kept:
        stored = article_counts(kept)
        named = [key if key in stored else choose(known, [key])[0].key for key in site or ()]
        rows = list(standings(kept, known, named))
    if json_:
        sys.stdout.writelines(f"{line}\n" for line in json_lines(rows))
    elif not prometheus:
        _show_standings(rows)
    if prometheus:
        try:
            write_lines(metrics(rows), prometheus)
        except OSError as error:
            raise SitesError(f"cannot write {prometheus}: {error.strerror}") from error
    raise typer.Exit(3 if any(row.sick for row in rows) else 0)


def _show_standings(rows: list["Standing"]) -> None:
    """Show how portals stand as a table, then what is wrong in a line each."""
    from wardnews.reports.status import ago, explained, troubles
    from wardnews.text.clock import timestamp

    now = timestamp()
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column("portal", overflow="fold", min_width=12)
    for column in ("articles", "newest", "every", "visited", "due"):
        table.add_column(column, no_wrap=True, justify="right" if column == "articles" else "left")
    table.add_column("trouble", overflow="fold", min_width=10)
    for row in rows:
        every = f"{row.rhythm} d" if row.rhythm else "-"
        due = "closed" if row.closed else "now" if row.is_due else ago(row.due, now)
        shown = (
            row.site,
            f"{row.articles:,}",
            (row.newest or "-")[:10],
            every,
            ago(row.began, now),
            due,
            troubles(row),
        )
        table.add_row(*map(Text, shown), style="red" if row.sick else None)
    console = Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False, soft_wrap=not sys.stdout.isatty())
    console.print(table)
    for line in (line for row in rows for line in explained(row)):
        console.print(line, markup=False, soft_wrap=True)
    sick, due_now = sum(row.sick for row in rows), sum(row.is_due for row in rows)
    console.print(f"{len(rows)} portals, {sick} sick, {due_now} due", markup=False)


@app.command()
def gaps(
    site: Annotated[str, typer.Argument(metavar="SITE", help="A portal, by key.")],
    *,
    json_: Annotated[bool, typer.Option("--json", help="JSON in place of a table.")] = False,
    sites: SitesFiles = None,
    store: StoreUrl = None,
) -> None:
    """Tell what is missing of a portal, by section and month: what its listings named, and what was got of it.

    An article that stands in two sections counts in both.

    Example: wardnews gaps longbien-phucloi
    """
    from wardnews.reports.gaps import gaps as find

    choose(load_sites(sites or ()), [site])
    with _stored(store) as kept:
        found = find(kept, site)
    if json_:
        sys.stdout.write(json.dumps([section.as_dict() for section in found], ensure_ascii=False, indent=2) + "\n")
        return
    if not found:
        screen.print(f"{site}: nothing is known of it yet; `wardnews crawl` or `wardnews backfill` comes first")
        return
    Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False).print(_table_of_gaps(found))


def _table_of_gaps(found: list["SectionGaps"]) -> Table:
    """Lay out what is missing: a row a section, and below it a row a year with a letter a month."""
    from wardnews.reports.gaps import LEGEND, STATES

    shown = [state for state in STATES if state == "got" or any(section.total(state) for section in found)]
    table = Table(title=LEGEND, title_justify="left")
    table.add_column("section", overflow="fold", min_width=28)
    for column in ("promised", "listed", *shown):
        table.add_column(column, justify="right")
    for section in found:
        counts = (section.promised, section.listed, *(section.total(state) for state in shown))
        table.add_row(Text(section.name, "bold"), *("" if count is None else str(count) for count in counts))
        for line in section.lines():
            table.add_row(Text(f"  {line}"))
    return table


@app.command()
def reread(
    site: Annotated[list[str] | None, typer.Argument(metavar="[SITE...]", help="Portals, by key; else all.")] = None,
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Replace what changes, instead of only telling it.")] = False,
    raw: Annotated[
        Path | None, typer.Option("--raw", metavar="PATH", help="A WARC file or a folder of them; else output/raw.")
    ] = None,
    sites: SitesFiles = None,
    store: StoreUrl = None,
) -> None:
    """Read raw pages again after a layout was mended, without the network, and tell what would change.

    Example: wardnews reread longbien-phucloi --apply
    """
    from wardnews.archives.warc.write import complete_files, raw_folder
    from wardnews.reports.run_report import ExitStatus
    from wardnews.runs import reread as again
    from wardnews.runs.process import new_name
    from wardnews.settings import WARDNEWS_OUTPUT

    known = load_sites(sites or ())
    folder = raw or raw_folder(WARDNEWS_OUTPUT)
    if not folder.exists():
        raise SitesError(f"{folder}: no raw pages there; see WARDNEWS_RAW, or name a WARC file with --raw")
    complete_files(folder)
    with _stored(store) as kept:
        chosen = {one.key: one for one in (choose(known, site) if site else again.known_of(kept, known.values()))}
        try:
            if apply:
                outcome = again.replace(kept, folder, chosen, known, new_name(), Path(WARDNEWS_OUTPUT))
            else:
                outcome = again.compare(kept, folder, chosen, known)
        except OSError as error:
            screen.print(f"{error.filename or folder}: {error.strerror}", markup=False)
            raise typer.Exit(ExitStatus.FAILED) from error
    _show_reread(outcome, applied=apply)
    raise typer.Exit(ExitStatus.LOCKED if outcome.locked else ExitStatus.FINE)


def _show_reread(outcome: "Outcome", *, applied: bool) -> None:
    """Show what rereading changes: a table a portal, the counts below."""
    for one in outcome.spoilt:
        screen.print(f"{one.where}: {one.cause}", markup=False)
    for key, portal in outcome.portals.items():
        if portal.fields:
            table = Table(title=Text(key), show_lines=True)
            for column in ("field", "records", "before", "after"):
                table.add_column(column, overflow="fold", no_wrap=column == "field")
            for name, change in portal.fields.items():
                table.add_row(name, str(change.count), Text(change.before), Text(change.after))
            Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False).print(table)
        does = "replaced" if applied else "would change"
        counts = f"{portal.read} records read again, {portal.changed} {does}, {portal.missing} without a raw page"
        screen.print(f"{key}: {counts}", markup=False)
        for cause, count in portal.lost.items():
            screen.print(f"  {count} stay as they are, their pages give no article any more: {cause}", markup=False)
    for key in outcome.locked:
        screen.print(f"{key}: left out, another run is at it", markup=False)
    if outcome.feed:
        screen.print(f"records: {outcome.feed}", markup=False)
    elif any(portal.changed for portal in outcome.portals.values()):
        screen.print("nothing was changed; --apply does", markup=False)


@app.command()
def pack(
    warc: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE...]", help="WARC files; without any those of output/raw.")
    ] = None,
    *,
    output: Annotated[
        Path | None, typer.Option("-o", metavar="FILE.wacz", help="Where to; else output/wardnews-<time>.wacz.")
    ] = None,
) -> None:
    """Pack raw pages into one WACZ file, which viewers such as ReplayWeb.page open.

    Example: wardnews pack -o phucloi.wacz
    """
    from wardnews.archives.pack import pack as packed
    from wardnews.archives.warc.write import raw_files
    from wardnews.settings import WARDNEWS_OUTPUT
    from wardnews.text.clock import timestamp

    stamp = "".join(filter(str.isalnum, timestamp()))
    target = output or Path(WARDNEWS_OUTPUT, f"wardnews-{stamp}.wacz")
    files = warc or raw_files(WARDNEWS_OUTPUT)
    try:
        spoilt = packed(files, target)
    except PackError as error:
        raise SitesError(f"pack: {error}") from error
    except OSError as error:
        raise SitesError(f"pack: {error.filename or target}: {error.strerror}") from error
    for one in spoilt:
        screen.print(f"packed, but not in the index: {one.where}: {one.cause}", markup=False)
    screen.print(f"{target}: {len(files)} WARC files, {target.stat().st_size} bytes", markup=False)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a record.

    Example: wardnews schema > article.schema.json
    """
    from wardnews.items import json_schema

    sys.stdout.write(json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n")


@app.command()
def serve(
    *,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to be reached.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="0: any free one.")] = 8001,
    sites: SitesFiles = None,
    store: StoreUrl = None,
) -> None:
    """Show the store in a browser: search, articles with their versions and views, tables. Ctrl-C ends it.

    What it shows is a copy, brought up to date when it starts; it cannot change the store.

    Example: wardnews serve
    """
    from wardnews.settings import WARDNEWS_OUTPUT

    try:
        from wardnews import serve as served
    except ModuleNotFoundError as error:
        raise SitesError(f"serve needs {error.name}: pip install 'wardnews[serve]' brings it") from error
    portals = {one.key: (one.name, one.url) for one in load_sites(sites or ()).values()}

    def tell(line: str) -> None:
        screen.print(line, markup=False)

    with _stored(store) as kept:
        try:
            own = served.listening(host, port)
        except OSError as error:
            cause = str(error.strerror).partition(" (")[0]
            raise SitesError(f"{host} port {port}: {cause}; --host and --port name another") from error
        file = served.copy_of(kept, Path(WARDNEWS_OUTPUT))
        try:
            with own, served.current_copy(kept, file, portals, tell):
                kept.close()
                name = f"[{host}]" if ":" in host else host
                tell(f"http://{name}:{own.getsockname()[1]}/ shows {file}; Ctrl-C ends it")
                served.serve(file, own)
        except StoreError as error:
            raise SitesError(str(error)) from error
        except KeyboardInterrupt as error:
            from wardnews.reports.run_report import ExitStatus

            tell("stopped; the next start goes on with the reading copy")
            raise typer.Exit(ExitStatus.STOPPED) from error


@app.command()
def demo() -> None:
    """Crawl the practice portal: two made-up portals on this machine, no network.

    Example: wardnews demo
    """
    from wardnews.demo import PracticePortal

    screen.print("Crawling two made-up portals on this machine: one as they were until 2025, one as they are since.")
    with PracticePortal() as portal, tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "practice.toml")
        file.write_text(portal.toml(), encoding="utf-8")
        chosen = [one for one in load_sites([file]).values() if one.key.startswith("practice-")]
        done = _crawl(chosen, [file], store=f"sqlite:///{folder}/demo.db")
    if done.report.feed:
        _show(done.report.feed)
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
