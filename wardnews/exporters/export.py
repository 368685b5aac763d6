"""Records out of the store, in the format that is asked for, to the place that is asked for."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from wardnews.errors import ExportError
from wardnews.exporters.attached import KeptFiles
from wardnews.exporters.card import CARD
from wardnews.exporters.endings import ending_of, formats_of
from wardnews.exporters.feeds import LIST, opml
from wardnews.exporters.files import DESCRIPTOR, whole_folder_at, write_whole
from wardnews.exporters.formats import Format, Lines, Resources, Sites, format_of
from wardnews.exporters.lines import glance
from wardnews.exporters.package import Tally, checked, describe, describe_file, may_describe
from wardnews.locale import _, number
from wardnews.storage import is_url, writing
from wardnews.text.strings import masked


def export(
    lines: Lines | Iterable[bytes],
    name: str,
    output: str | None,
    keys: Sequence[str],
    sites: Sites,
    write_out: Callable[[Iterable[str]], object],
    *,
    kept: KeptFiles | None = None,
    more_fields: Sequence[dict[str, str]] = (),
) -> str:
    """Write JSON lines by portal and day in a format, where `output` says, or with `write_out`; return what it was.

    Lines in UTF-8 are for a file of a format that holds them as they are. `keys` are the portals that were asked for,
    `sites` all that have a name; `kept`: the files of the records go along; `more_fields`: what lines have behind the
    keys of a record. Raises ExportError for what cannot be, OSError for what cannot be written.
    """
    form, tally, remark = format_of(name), Tally(), ""
    counted: Any = tally.over(lines)
    shown = output if output not in (None, "-") else None
    if _is_folder(form, name, shown, keys):
        with whole_folder_at(str(shown), name) as folder:
            counted = kept.over(counted, folder) if kept else counted
            made = form.folder(counted, folder) if form.folder else _write_feeds(form, name, counted, folder, sites)
            properties = tally.properties(sites)
            describe(folder, name, [*made, *(kept.resources if kept else ())], properties)
            if form.card:
                write_whole([form.card(properties)], folder / CARD)
        remark = _of_files(kept) if kept else ""
    elif kept:
        raise ExportError("--files puts files into a folder: name one with -o, as in -o news/")
    else:
        pieces = _pieces(form, counted, next(iter(keys), ""), sites)
        if shown:
            remark = _write_file(pieces, form, shown, tally, sites, more_fields)
        else:
            write_out(pieces)
    if form.newest and max(tally.sites.values(), default=0) > form.newest:
        remark += _(", of which a feed has the newest {count}").format(count=number(form.newest))
    line = _("{records}, as {format}: {file}")
    return line.format(records=tally, format=name, file=masked(shown) if shown else _("standard output")) + remark


def _is_folder(form: Format, name: str, output: str | None, keys: Sequence[str]) -> bool:
    """Whether an export is a folder. Raises ExportError where it should be and is not, or the other way round."""
    named = bool(output) and (str(output).endswith("/") or (not is_url(output) and Path(str(output)).is_dir()))
    of_many = form.feed is not None and len(keys) != 1
    if of_many or not (form.pieces or form.feed):
        if not output:
            if of_many:
                raise ExportError("--as {name} makes a folder: name it with -o, or one portal with --site", name=name)
            raise ExportError("--as {name} makes a folder: name it with -o", name=name)
        if of_many and not named and formats_of(ending_of(output)):
            raise ExportError(
                "{output}: a file of --as {name} is of one portal: name it with --site, or a folder/",
                output=masked(output),
                name=name,
            )
        return True
    if named and not (form.folder or form.feed):
        raise ExportError(
            "{output}: is a folder, and --as {name} makes a file; name one in it", output=masked(str(output)), name=name
        )
    return named


def _pieces(form: Format, lines: Any, key: str, sites: Sites) -> Iterator[str]:
    """Return what makes the one file of an export; a feed is that of the portal `key`."""
    if form.feed:
        return form.feed(lines, key, sites)
    return form.pieces(lines, sites) if form.pieces else iter(())


def _of_files(kept: KeptFiles) -> str:
    """Return how many files went along, and how many could not."""
    remark = _(", with {count} files").format(count=number(len(kept.resources)))
    if kept.missing:
        line = _(", {count} are not there or torn: see `wardnews files --verify`")
        remark += line.format(count=number(kept.missing))
    return remark


def _write_file(
    pieces: Iterable[str] | Iterable[bytes],
    form: Format,
    output: str,
    tally: Tally,
    sites: Sites,
    more_fields: Sequence[dict[str, str]],
) -> str:
    """Write a file, and where it is a table of this machine its description beside it; return what prevents that."""
    if is_url(output):
        with writing(output) as remote:
            write_whole(pieces, remote)
        return ""
    path = Path(output).resolve()
    if path.exists() and not path.is_file():  # a device, a pipe: writing it whole would put a file in its place
        raise ExportError(
            "{output}: is no file, and would be replaced by one; without -o it is standard output", output=output
        )
    own = may_describe(path.parent, output)
    write_whole(pieces, path)
    if form.table and own:
        table = form.table(path.name)
        table["schema"]["fields"] += more_fields
        describe_file(path, table | tally.properties(sites))
    line = _("; the {file} beside it is not of wardnews, and stays as it is")
    return "" if own or not form.table else line.format(file=DESCRIPTOR)


def _write_feeds(form: Format, name: str, lines: Lines, folder: Path, sites: Sites) -> Resources:
    """Write a feed for each portal into a folder, with a list of them for feed readers; return what describes them."""
    made = []
    for key, own in groupby(lines, lambda line: str(glance(line, "site"))):
        file = f"{key}{form.ending}"
        write_whole(_pieces(form, own, key, sites), folder / file)
        made.append({"name": key, "path": file, "format": name, **checked(folder / file)})
    write_whole(opml(((one["name"], one["path"]) for one in made), sites), folder / LIST)
    return made
