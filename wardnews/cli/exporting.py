"""The commands that give the records out of the store: `export`, and the schema of a record."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from wardnews.cli.files import files_folder
from wardnews.cli.options import OfSites, Since, SitesFiles, StoreUrl, Until, days_of
from wardnews.cli.output import say, write_json, write_out
from wardnews.cli.stores import keys_of
from wardnews.errors import ExitStatus, UsageError
from wardnews.exporters.formats import FORMATS, format_of
from wardnews.locale import _
from wardnews.locale.commands import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wardnews.exporters.select import Choice
    from wardnews.store.database import Store

NAMES["formats"] = ", ".join(FORMATS)
Change = StrEnum("Change", ["new", "edited", "gone", "back", "reread"])


def export(
    *,
    as_: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="FORMAT",
            autocompletion=lambda: FORMATS,
            help="{formats}; else by the ending of -o, or jsonl.",
        ),
    ] = None,
    site: OfSites = None,
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
    documents: Annotated[
        bool, typer.Option("--documents", help="With what their kept files say, in jsonl: `documents`.")
    ] = False,
    files: Annotated[
        Literal["copy", "link"] | None, typer.Option(help="Kept files too, into the folder: copied, or hard links.")
    ] = None,
    sites: SitesFiles = None,
    store: StoreUrl = None,
    output: Annotated[
        str | None,
        typer.Option(
            "-o", metavar="PATH", help="A file (.gz, .zst: compressed), a folder/, or a URL; else standard output."
        ),
    ] = None,
) -> None:
    """Write the current records out of the store, by portal and day.

    What is named with -o is replaced when the new one is whole.

    Example: wardnews export --as csv --ward "phuc loi" --since 2026-01-01 -o phucloi.csv
    Example: wardnews export --as text --files copy -o news/
    """
    from sqlalchemy.exc import SQLAlchemyError

    from wardnews.exporters.attached import KeptFiles
    from wardnews.exporters.documents import FIELD, with_documents
    from wardnews.exporters.export import export as write
    from wardnews.exporters.select import choice
    from wardnews.sites import load_sites
    from wardnews.store.database import Store, address, trouble_of
    from wardnews.text.strings import masked

    name = _format(as_, output, documents=documents)
    days = days_of(since, until)
    asked = {"section": section, "ward": ward, "district": district, "province": province}
    choices = [choice(name, values) for name, values in asked.items() if values]
    known = load_sites(sites or ())
    kept = Store.open(address(store), create=False)
    try:
        keys = keys_of(kept, known, site or ())
        as_stored = _takes_lines_as_stored(name, output) and not (choices or places or documents or files)
        records = _chosen(kept, keys, days, change or (), choices, today=places is not None, encoded=as_stored)
        records = with_documents(kept, records) if documents else records
        more = {"kept": KeptFiles(files_folder(), link=files == "link") if files else None}
        written = write(records, name, output, keys, known, write_out, **more, more_fields=[FIELD] * documents)
    except BrokenPipeError:  # whoever reads the output has closed it
        raise
    except SQLAlchemyError as error:
        named = masked(address(store))
        say(_("store {store} cannot be read: {reason}").format(store=named, reason=trouble_of(error).translated()))
        raise typer.Exit(ExitStatus.FAILED) from error
    except OSError as error:
        where = masked(output) if output else _("standard output")
        say(_("cannot write {file}: {reason}").format(file=where, reason=trouble_of(error).translated()))
        raise typer.Exit(ExitStatus.FAILED) from error
    finally:
        kept.close()
    for remark in (remark for one in choices for remark in one.unfound()):
        say(remark)
    say(written)


def _format(asked: str | None, output: str | None, *, documents: bool) -> str:
    """Return the format of an export; raise UsageError for one that is none, or has no place for what is asked for."""
    from wardnews.exporters.endings import format_for

    if asked:
        format_of(asked)
    name = format_for(asked, output)
    if documents and name != "jsonl":
        raise UsageError(
            "--documents goes with jsonl, not with {format}: other formats have no place for them", format=name
        )
    return name


def _takes_lines_as_stored(name: str, output: str | None) -> bool:
    """Whether records are written as the store has them, letter by letter: to a file of a format that is the same."""
    return format_of(name).verbatim and output not in (None, "-")


def _chosen(
    kept: "Store",
    keys: list[str],
    days: tuple[str | None, str | None],
    changes: "Sequence[str]",
    choices: "list[Choice]",
    *,
    today: bool,
    encoded: bool,
) -> "Iterator[Any]":
    """Return the JSON lines of the records that are asked for.

    `today`: with places as the units of today; `encoded`: in UTF-8, where there are no choices.
    """
    from wardnews.exporters.select import chosen
    from wardnews.places.today import today_lines
    from wardnews.store import queries
    from wardnews.store.near_duplicates import assign

    assign(kept)
    if encoded:
        return queries.encoded_records(kept, keys, *days, changes)
    records = queries.records(kept, keys, *days, changes)
    return chosen(today_lines(records) if today else records, choices)


def schema() -> None:
    """Print the JSON Schema of a record.

    Example: wardnews schema > article.schema.json
    """
    from wardnews.items import json_schema

    write_json(json_schema())
