"""The commands about how portals stand: `status`, and what is missing of one (`gaps`)."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from wardnews.cli.options import SITES_OR_ALL, SitesFiles, StoreUrl, keys_like
from wardnews.cli.output import say, table_console, write_json
from wardnews.cli.stores import keys_of, opened
from wardnews.errors import ExitStatus, UsageError, reason
from wardnews.locale import _, number, short_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.table import Table
    from rich.text import Text

    from wardnews.reports.gaps import SectionGaps
    from wardnews.reports.status import Standing
    from wardnews.sites import Site
    from wardnews.store.database import Store


def status(
    site: Annotated[
        list[str] | None,
        typer.Argument(metavar="SITE...", autocompletion=keys_like, help=SITES_OR_ALL),
    ] = None,
    *,
    json_: Annotated[bool, typer.Option("--json", help="JSON, one portal a line, in place of a table.")] = False,
    prometheus: Annotated[
        str | None, typer.Option("--prometheus", metavar="FILE", help="Write metrics there, and no table.")
    ] = None,
    html: Annotated[
        str | None, typer.Option("--html", metavar="FILE", help="Write one web page there, and no table.")
    ] = None,
    sites: SitesFiles = None,
    store: StoreUrl = None,
) -> None:
    """Show how portals stand: news, last visit, next visit, trouble. Exit status 3 where one is unhealthy.

    Example: wardnews status
    Example: wardnews status --prometheus /var/lib/node_exporter/wardnews.prom
    Example: wardnews status --html portals.html
    """
    from wardnews.exporters.files import write_lines
    from wardnews.reports.prometheus import metrics
    from wardnews.reports.status import json_lines, standings, with_twice
    from wardnews.sites import load_sites
    from wardnews.storage import writing
    from wardnews.text.strings import masked

    known = load_sites(sites or ())
    with opened(store) as kept:
        named = keys_of(kept, known, site or ())
        found = standings(kept, known, named)
        rows = list(with_twice(kept, found) if named else found)
        written = {html: _page(kept, rows, known)} if html else {}
    if json_:
        sys.stdout.writelines(f"{line}\n" for line in json_lines(rows))
    elif not (prometheus or html):
        _show(rows)
    if prometheus:
        written[prometheus] = metrics(rows)
    for file, lines in written.items():
        try:
            with writing(file) as path:
                write_lines(lines, path)
        except OSError as error:
            raise UsageError("cannot write {file}: {reason}", file=masked(file), reason=reason(error)) from error
    raise typer.Exit(ExitStatus.SICK if any(row.sick for row in rows) else ExitStatus.FINE)


def _page(store: "Store", rows: list["Standing"], sites: "Mapping[str, Site]") -> "Iterable[str]":
    """Return how portals stand as a web page, in lines."""
    try:
        from wardnews.serve.copy import distinct_names
        from wardnews.serve.pages.status_file import status_page
    except ModuleNotFoundError as error:
        raise UsageError(
            "--html needs {library}: pip install 'wardnews[serve]' brings it", library=error.name
        ) from error
    names = distinct_names({row.site: sites[row.site] for row in rows if row.site in sites})
    return status_page(store, rows, names).splitlines()


def _show(rows: list["Standing"]) -> None:
    """Write how portals stand as a table, then what is wrong in a line each."""
    from wardnews.reports.status import explained

    console = table_console(soft_wrap=not sys.stdout.isatty())
    cells = _cells(rows)
    unhealthy_rows = {place for place, row in enumerate(rows) if row.sick}
    console.print(fitting_table(cells, unhealthy_rows, console.width) or folding_table(cells, unhealthy_rows))
    if lines := [line for row in rows for line in explained(row)]:
        console.print("\n".join(lines), markup=False, soft_wrap=True)
    unhealthy, due_now = sum(row.sick for row in rows), sum(row.is_due for row in rows)
    said = _("{count} portals, {unhealthy} unhealthy, {due} due")
    shown = said.format(count=number(len(rows)), unhealthy=number(unhealthy), due=number(due_now))
    console.print(shown, markup=False)


def _cells(rows: list["Standing"]) -> list[tuple[str, ...]]:
    """Return what the table of portals shows: its head, and a row each."""
    from wardnews.reports.status import ago, troubles, visited
    from wardnews.text.clock import timestamp

    now = timestamp()
    head = (_("portal"), _("articles"), _("newest"), _("every"), _("visited"), _("due"), _("trouble"))
    cells: list[tuple[str, ...]] = [head]
    for row in rows:
        every = _("{count} d").format(count=row.rhythm) if row.rhythm else "-"
        due = _("closed") if row.closed else _("now") if row.is_due else ago(row.due, now)
        newest = short_day(row.newest) if row.newest else "-"
        cells.append((row.site, number(row.articles), newest, every, visited(row, now), due, troubles(row)))
    return cells


_LEAST = (12, 0, 0, 0, 0, 0, 10)
"""The least width of each column; those that have one are folded where the screen is narrow."""
_NUMBERS, _UNBROKEN = 1, (1, 2)
"""The column that is aligned to the right, and those that stay in one line."""


def fitting_table(cells: list[tuple[str, ...]], red: set[int], width: int) -> "Text | None":
    """Return the table as Rich draws it, which takes Rich 0.7 ms a row; None where it is wider than the screen."""
    from rich.cells import cell_len
    from rich.text import Text

    columns = zip(_LEAST, zip(*cells, strict=True), strict=True)
    widths = [max(least, *map(cell_len, column)) for least, column in columns]
    whole = sum(widths) + 3 * (len(widths) - 1) + 2
    if whole > width:
        return None
    drawn = Text(" " * whole)
    for place, row in enumerate(cells, start=-1):
        gaps = [" " * (wide - cell_len(cell)) for cell, wide in zip(row, widths, strict=True)]
        padded = [cell + gap for cell, gap in zip(row, gaps, strict=True)]
        padded[_NUMBERS] = gaps[_NUMBERS] + row[_NUMBERS]
        drawn.append(f"\n {'   '.join(padded)} ", "bold" if place < 0 else "red" if place in red else None)
        if place < 0:
            drawn.append(f"\n {'─' * (whole - 2)} ")
    return drawn.append("\n" + " " * whole)


def folding_table(cells: list[tuple[str, ...]], red: set[int]) -> "Table":
    """Return the table of portals, folded to the width of the screen."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for column, (name, least) in enumerate(zip(cells[0], _LEAST, strict=True)):
        if least:
            table.add_column(name, overflow="fold", min_width=least)
        elif column in _UNBROKEN:
            table.add_column(name, no_wrap=True, justify="right" if column == _NUMBERS else "left")
        else:
            table.add_column(name, min_width=max(map(len, name.split())))
    for place, row in enumerate(cells[1:]):
        table.add_row(*map(Text, row), style="red" if place in red else None)
    return table


def gaps(
    site: Annotated[
        str, typer.Argument(metavar="SITE", autocompletion=keys_like, help="A portal, by key, name, host or address.")
    ],
    *,
    json_: Annotated[bool, typer.Option("--json", help="JSON in place of a table.")] = False,
    sites: SitesFiles = None,
    store: StoreUrl = None,
) -> None:
    """Show what is missing of a portal, by section and month: what its listings named, and what was got of it.

    An article that stands in two sections counts in both.

    Example: wardnews gaps longbien-phucloi
    """
    from wardnews.reports.gaps import gaps as find
    from wardnews.sites import choose, load_sites

    (chosen,) = choose(load_sites(sites or ()), [site])
    with opened(store) as kept:
        found = find(kept, chosen.key)
    if json_:
        write_json([section.as_dict() for section in found])
    elif not found:
        said = _("{key}: nothing is known of it yet; `wardnews crawl` or `wardnews backfill` comes first")
        say(said.format(key=chosen.key))
    else:
        table_console().print(gaps_table(found))


def gaps_table(found: list["SectionGaps"]) -> "Table":
    """Return the table of what is missing: a row a section, and below it a row a year with a letter a month."""
    from rich.table import Table
    from rich.text import Text

    from wardnews.reports.gaps import FILE_STATES, LEGEND, STATES

    shown = [state for state in STATES if state == "got" or any(section.total(state) for section in found)]
    table = Table(title=_(LEGEND), title_justify="left")
    table.add_column(_("section"), overflow="fold", min_width=28)
    filed = [state for state in FILE_STATES.values() if any(section.files[state] for section in found)]
    of_files = (_("files {state}").format(state=_(state)) for state in filed)
    for column in (_("promised"), _("listed"), *map(_, shown), *of_files):
        table.add_column(column, justify="right")
    for section in found:
        counts = (section.promised, section.listed, *(section.total(state) for state in shown))
        counts += tuple(section.files[state] for state in filed)
        table.add_row(Text(_(section.name), "bold"), *("" if count is None else number(count) for count in counts))
        for line in section.lines():
            table.add_row(Text(f"  {line}"))
    return table
