"""Records out of the store, in the form that is asked for, to the place that is asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from wardnews.errors import ExportError
from wardnews.exporters.columns import columns, table_columns
from wardnews.exporters.csv import as_csv, flat_columns
from wardnews.exporters.feeds import NEWEST, as_atom, as_json_feed
from wardnews.exporters.files import DESCRIPTOR, whole_folder, write_whole
from wardnews.exporters.jsonl import as_lines, as_texts, glance
from wardnews.exporters.package import Tally, checked, describe, describe_file, may_describe, resource
from wardnews.exporters.schemaorg import as_linked_data
from wardnews.exporters.text_folder import INDEX, index_columns, write_texts
from wardnews.sites import Site

Portals = Mapping[str, Site]
Lines = Iterable[str]

STREAMS: dict[str, Callable[[Lines, Portals], Iterator[str]]] = {
    "jsonl": lambda lines, _: as_lines(lines),
    "text": lambda lines, _: as_texts(lines),
    "csv": lambda lines, _: as_csv(lines),
    "schemaorg": as_linked_data,
}
"""The formats that are one file, or standard output."""
FEEDS: dict[str, tuple[str, Callable[[Lines, str, Portals], Iterator[str]]]] = {
    "jsonfeed": (".json", as_json_feed),
    "atom": (".atom", as_atom),
}
"""The formats that are one file a portal: how its name ends, and what makes it."""
FORMATS = (*STREAMS, *FEEDS, "parquet")


def export(
    lines: Lines,
    kind: str,
    output: str | None,
    sites: Sequence[str],
    portals: Portals,
    write_out: Callable[[Iterable[str]], object],
) -> str:
    """Write JSON lines by portal and day as a format, where `output` says, or with `write_out`; say what it was.

    `sites` are the portals that were asked for, `portals` all that have a name. Raises ExportError for what cannot be,
    OSError for what cannot be written.
    """
    tally, remark = Tally(), ""
    counted = tally.over(lines)
    shown = output if output not in (None, "-") else None
    if _makes_folder(kind, shown, sites):
        with whole_folder(Path(str(shown)), kind) as folder:
            made = _FOLDERS[kind](counted, folder, portals)
            describe(folder, kind, made, tally.told(portals))
    else:
        only = next(iter(sites), "")
        pieces = FEEDS[kind][1](counted, only, portals) if kind in FEEDS else STREAMS[kind](counted, portals)
        if shown:
            remark = _to_file(pieces, kind, shown, tally, portals)
        else:
            write_out(pieces)
    if kind in FEEDS and max(tally.sites.values(), default=0) > NEWEST:
        remark = f", of which a feed has the newest {NEWEST}"
    return f"{tally}, as {kind}: {shown or 'standard output'}{remark}"


def _makes_folder(kind: str, output: str | None, sites: Sequence[str]) -> bool:
    """Tell whether an export is a folder; raise ExportError where it should be and is not, or the other way round."""
    named = bool(output) and (str(output).endswith("/") or Path(str(output)).is_dir())
    if kind == "parquet" or (kind in FEEDS and len(sites) != 1):
        if not output:
            also = "" if kind == "parquet" else ", or one portal with --site"
            raise ExportError(f"--as {kind} makes a folder: name it with -o{also}")
        return True
    if named and kind not in _FOLDERS:
        raise ExportError(f"{output}: is a folder, and --as {kind} makes a file; name one in it")
    return named


def _to_file(pieces: Iterable[str], kind: str, output: str, tally: Tally, portals: Portals) -> str:
    """Write a file, and where it is a table its description beside it; remark on what stands in the way of that."""
    path = Path(output).resolve()
    if path.exists() and not path.is_file():  # a device, a pipe: writing it whole would put a file in its place
        raise ExportError(f"{output}: is no file, and would be replaced by one; without -o it is standard output")
    own = may_describe(path.parent, output)
    write_whole(pieces, path)
    if kind in _TABLES and own:
        describe_file(path, _TABLES[kind](path.name) | tally.told(portals))
    return "" if own or kind not in _TABLES else f"; the {DESCRIPTOR} beside it is not of wardnews, and stays as it is"


_TABLES: dict[str, Callable[[str], dict[str, Any]]] = {
    "jsonl": lambda name: resource(name, "jsonl", columns()),
    "csv": lambda name: resource(name, "csv", flat_columns(), flat=True),
}


def _texts(lines: Lines, folder: Path, _portals: Portals) -> list[dict[str, Any]]:
    write_texts(lines, folder)
    return [resource(INDEX, "csv", index_columns(), flat=True) | checked(folder / INDEX)]


def _parquet(lines: Lines, folder: Path, _portals: Portals) -> list[dict[str, Any]]:
    try:
        from wardnews.exporters import parquet
    except ModuleNotFoundError as error:
        raise ExportError(f"--as parquet needs {error.name}: pip install 'wardnews[parquet]' brings it") from error
    paths = [str(path) for path in parquet.write_parquet(lines, folder)]
    files = [{"path": path, **checked(folder / path)} for path in paths]
    return [resource(parquet.FOLDER, "parquet", table_columns()) | {"path": paths, "files": files}]


def _feeds(kind: str) -> Callable[[Lines, Path, Portals], list[dict[str, Any]]]:
    """Make what writes a feed for each portal into a folder."""
    ending, make = FEEDS[kind]

    def write(lines: Lines, folder: Path, portals: Portals) -> list[dict[str, Any]]:
        made = []
        for site, own in groupby(lines, lambda line: str(glance(line, "site"))):
            name = f"{site}{ending}"
            write_whole(make(own, site, portals), folder / name)
            made.append({"name": site, "path": name, "format": kind, **checked(folder / name)})
        return made

    return write


_FOLDERS: dict[str, Callable[[Lines, Path, Portals], list[dict[str, Any]]]] = {
    "text": _texts,
    "parquet": _parquet,
    **{kind: _feeds(kind) for kind in FEEDS},
}
