"""The formats of exports: each a module here, found by itself, which declares it as `FORMAT`."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from wardnews.errors import ExportError
from wardnews.locale import Phrase
from wardnews.plugins import broken, plugin, plugins

if TYPE_CHECKING:
    from wardnews.sites import Site

FORMATS = tuple(sorted(module.name for module in iter_modules(__path__)))
"""The names of the formats."""

Sites = Mapping[str, "Site"]
Lines = Iterable[str]
"""JSON lines of records, without their ends, by portal and day."""
Resources = list[dict[str, Any]]
"""What is in the files of a folder, as a data package says it."""


@dataclass(frozen=True, kw_only=True)
class Format:
    """What an export in one format can be.

    `pieces`: a file, or standard output. `feed`: the same of one portal, whose key it is given; of several portals a
    folder with a file each, whose names end in `ending`. `folder`: writes files into a folder, and describes them.
    `table`: the description of a file as a table, given its name. `newest`: how many records a feed has at most.
    `card`: what a folder says of itself, given the properties of its data package. `verbatim`: a file holds the lines
    as they are.
    """

    pieces: Callable[[Lines, Sites], Iterator[str]] | None = None
    feed: Callable[[Lines, str, Sites], Iterator[str]] | None = None
    ending: str = ""
    folder: Callable[[Lines, Path], Resources] | None = None
    table: Callable[[str], dict[str, Any]] | None = None
    newest: int | None = None
    card: Callable[[Mapping[str, Any]], str] | None = None
    verbatim: bool = False


def format_of(name: str) -> Format:
    """Return a format by its name; raise ExportError where there is none, or a library is missing that it needs."""
    if name not in FORMATS:
        return _of_plugin(name)
    try:
        module = import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as error:
        raise ExportError(
            "--as {name} needs {library}: pip install 'wardnews[{name}]' brings it", name=name, library=error.name
        ) from error
    found: Format = module.FORMAT
    return found


def _of_plugin(name: str) -> Format:
    """Return the format that a plug-in brings; raise PluginError where it is none."""
    if name not in plugins("exporters"):
        raise ExportError(
            "--as {name}: no format is called so; there are {names}",
            name=name,
            names=", ".join((*FORMATS, *plugins("exporters"))),
        )
    found = plugin("exporters", name)
    if not isinstance(found, Format):
        found = " ".join(f"{found!r:.60}".split())
        raise broken("exporters", name, Phrase("expected a Format, found {found}", found=found))
    return found
