"""The archives on the network: each is a module of this folder, named as `--from` names it, with a function `opened`.

Nothing else names them: a new archive is a module here, or a plug-in. Some take an address behind their name, as in
`memento+https://archive.example/timemap/link/`; these say what it is of in `ADDRESS`.
"""

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from wardnews.errors import SitesError
from wardnews.locale import Phrase
from wardnews.plugins import broken, plugin, plugins

if TYPE_CHECKING:
    from wardnews.archives.network.source import Source

_SHARED = frozenset({"source", "byte_ranges", "columns"})
"""The modules that are no archive, but what archives have in common."""


def names() -> tuple[str, ...]:
    """Return the names of the archives, without importing one."""
    return tuple(sorted(one.name for one in pkgutil.iter_modules(__path__) if one.name not in _SHARED))


def is_named(typed: str) -> bool:
    """Whether words such as `NAME` or `NAME+ADDRESS` name an archive on the network."""
    name = typed.partition("+")[0]
    return name in names() or name in plugins("archives")


def opened(typed: str, settings: Mapping[str, Any]) -> "Source | None":
    """Return the archive that is named, by its name or `NAME+ADDRESS`; None where there is none of that name.

    Raises SitesError for an address where none is taken, or none where one is needed.
    """
    name, _, address = typed.partition("+")
    if name in names():
        module = import_module(f"{__name__}.{name}")
    elif name in plugins("archives"):
        module = plugin("archives", name)
        if not callable(getattr(module, "opened", None)):
            raise broken("archives", name, Phrase("expected a module with a function `opened`"))
    else:
        return None
    if address and not hasattr(module, "ADDRESS"):
        raise SitesError(
            "--from {typed}: {name} takes no address; leave out +{address}", typed=typed, name=name, address=address
        )
    source: Source = module.opened(settings, address)
    return source
