"""The archives on the network: each is a module of this folder, named as `--from` names it, with a function `opened`.

Nothing else names them: a new archive is a module here, and its settings.
"""

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from wardnews.archives.network.source import Source


def names() -> tuple[str, ...]:
    """Return the names of the archives, without importing one."""
    return tuple(sorted(one.name for one in pkgutil.iter_modules(__path__) if one.name != "source"))


def opened(name: str, settings: Mapping[str, Any]) -> Source | None:
    """Return the archive of a name, at the addresses that the settings give; None where there is none of that name."""
    if name not in names():
        return None
    source: Source = import_module(f"{__name__}.{name}").opened(settings)
    return source
