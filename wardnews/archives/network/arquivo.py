"""Arquivo.pt, the Portuguese web archive, which has pages of all the web; it speaks Memento, by pywb."""

from collections.abc import Mapping
from typing import Any

from wardnews.archives.network.memento import Memento

ADDRESS = "TimeMaps elsewhere"


def opened(settings: Mapping[str, Any], address: str) -> Memento:
    """Return the archive."""
    del settings
    return Memento(address or "https://arquivo.pt/wayback/timemap/link/", "arquivo")
