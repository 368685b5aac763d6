"""The command that reads single pages: `read`."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from wardnews.cli.options import SitesFiles
from wardnews.cli.output import say_failures, table_console, write_json
from wardnews.errors import ExitStatus, UnreadablePage, UsageError, reason
from wardnews.locale import _, translated
from wardnews.locale.recognized import recognized
from wardnews.text.strings import without_controls

if TYPE_CHECKING:
    from rich.table import Table

    from wardnews.reading.explain import Explained

_LONGEST = 120
"""Letters of a value in a table's cell."""


def read(
    page: Annotated[list[str], typer.Argument(metavar="FILE|URL...", help="Saved pages, .txt samples, addresses.")],
    *,
    url: Annotated[str | None, typer.Option(metavar="URL", help="The address that a saved page had.")] = None,
    as_: Annotated[Literal["jsonl", "text"], typer.Option("--as", help="What to write.")] = "jsonl",
    explain: Annotated[bool, typer.Option("--explain", help="Show what gave each field, and what lost.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="With --explain: JSON in place of a table.")] = False,
    sites: SitesFiles = None,
) -> None:
    """Read pages into records, on standard output.

    Example: wardnews read saved.html --url http://phucloi.longbien.hanoi.gov.vn/cong-tac-dang1
    Example: wardnews read --explain https://phucloi.hanoi.gov.vn/tin/khai-mac-2702250715095147047.htm
    """
    from wardnews.sites import is_web

    if json_ and not explain:
        raise UsageError("--json goes with --explain: without it records are JSON lines")
    if url and not is_web(url):
        raise UsageError("--url {url}: expected an http or https address", url=url)
    urls = [name for name in page if name.lower().startswith(("http://", "https://"))]
    files = [name for name in page if name not in urls]
    failures = (
        _explain(files, urls, url, sites or [], as_json=json_) if explain else _read(files, urls, url, sites or [], as_)
    )
    say_failures({name: failures[name] for name in [*files, *urls] if name in failures})  # as they were named
    raise typer.Exit(ExitStatus.FAILED if failures else ExitStatus.FINE)


def _read(files: list[str], urls: list[str], url: str | None, sites: list[Path], as_: str) -> dict[str, str]:
    """Write the records of files, then of addresses; return what failed, with its cause."""
    from wardnews.items import json_line
    from wardnews.reading.page import read_file
    from wardnews.sites import load_sites
    from wardnews.text.sample_format import PAGE_BREAK

    known = load_sites(sites)
    separator = ""

    def write(name: str) -> None:
        nonlocal separator
        for article in read_file(Path(name), url, known):
            sys.stdout.write(json_line(article) if as_ == "jsonl" else separator + article.text)
            separator = PAGE_BREAK

    failures = dict(_failures(files, write))
    if urls:
        from wardnews.runs.process import read_urls

        sys.stdout.write(separator if as_ == "text" else "")
        sys.stdout.flush()
        failures |= read_urls(urls, as_, sites)
    return failures


def _failures(names: list[str], do: Callable[[str], object]) -> Iterator[tuple[str, str]]:
    """Do something with each file; yield those that cannot be read, with the cause."""
    for name in names:
        try:
            do(name)
        except UnreadablePage as error:
            yield name, translated(error)
        except OSError as error:
            if error.filename is None:  # it is the output that cannot be written
                raise
            yield name, reason(error).translated()


def _explain(files: list[str], urls: list[str], url: str | None, sites: list[Path], *, as_json: bool) -> dict[str, str]:
    """Write of each page what gave its fields; return what failed, with its cause."""
    from wardnews.reading.explain import explain
    from wardnews.reading.page import saved_page
    from wardnews.sites import load_sites

    known = load_sites(sites)
    explained: dict[str, dict[str, Any]] = {}
    failures: dict[str, str] = {}
    if urls:
        from wardnews.runs.process import explain_urls

        explained, failures = explain_urls(urls, sites)

    def add(name: str) -> None:
        page, capture = saved_page(Path(name), url)
        explained[name] = explain(page, known, capture.via, capture.timestamp)

    failures |= dict(_failures(files, add))
    for name, fields in explained.items():
        if as_json:
            write_json({"page": name, "fields": fields}, indent=None)
        else:
            table_console().print(_table(name, fields))
    return failures


def _table(name: str, fields: dict[str, "Explained"]) -> "Table":
    """Return the table of a page: a row a field, a line for each candidate that lost."""
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(name), show_lines=True)
    for column in (_("field"), _("value"), _("given by"), _("lost")):
        table.add_column(column, overflow="fold", no_wrap=column == _("field"))
    for field, found in fields.items():
        lost = "\n".join(f"{_short(one['value'])} ({recognized(one['rule'])})" for one in found["lost"])
        table.add_row(field, *map(Text, (_short(found["value"]), recognized(found["rule"] or ""), lost)))
    return table


def _short(value: Any) -> str:
    """Return a value as a table's cell shows it: of a list how many and the first."""
    if value is None or value == []:
        return "-"
    if isinstance(value, list):
        first = _short(value[0])
        return f"{len(value)}: {first}" if len(value) > 1 or not isinstance(value[0], str) else first
    words = without_controls(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"
