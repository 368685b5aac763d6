"""archive.ph (archive.today), which speaks Memento and has no other way in for programs.

Its pages are what a browser made of the portal's, with all addresses changed; they are read as far as that goes.
"""

from collections.abc import Mapping
from typing import Any

from wardnews.archives.network.memento import Memento

ADDRESS = "TimeMaps at another of its hosts"


def opened(settings: Mapping[str, Any], address: str) -> Memento:
    """Return the archive."""
    del settings
    return Memento(address or "https://archive.ph/timemap/", "archiveph")
