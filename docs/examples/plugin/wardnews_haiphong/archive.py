"""An archive for `wardnews backfill --from haiphong`: the city's own, which speaks Memento."""

from collections.abc import Mapping
from typing import Any

from wardnews.archives.network.memento import Memento


def opened(_settings: Mapping[str, Any], _address: str) -> Memento:
    """Return the archive, by where its lists of captures begin."""
    return Memento("https://archive.haiphong.example.vn/timemap/link/", "haiphong")
