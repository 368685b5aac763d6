"""Names that wget gives to the files of a mirror: a folder by the host, then the path of the address."""

import os
import re
from pathlib import Path
from urllib.parse import quote, urlsplit

HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?:[:+]\d+)?|\d+(?:\.\d+){3}(?:[:+]\d+)?", re.IGNORECASE
)
_NUMBERED = re.compile(r"(\.html?)\.\d+$")


def named_address(path: Path, top: Path) -> str | None:
    """Return the address that the names of a file and its folders make; None where no folder is a host's."""
    steps = path.relative_to(top).parts
    at = next((at for at, step in enumerate(steps[:-1]) if HOST.fullmatch(step)), None)
    if at is None and not HOST.fullmatch(top.resolve().name):
        return None
    host, steps = (top.resolve().name, steps) if at is None else (steps[at], steps[at + 1 :])
    name, mark, query = plain_name(steps[-1]).partition("?")
    if mark:
        # `-E` put the ending behind the query.
        query = query.removesuffix(".html")
    elif name in ("index.html", "index.htm"):
        name = ""
    else:
        name = _NUMBERED.sub(r"\1", name)
    if mark and name == "index.html":
        name = ""
    place = "/".join((*steps[:-1], name))
    return f"http://{host.replace('+', ':')}/{_quoted(place)}{mark}{_quoted(query)}"


def plain_name(name: str) -> str:
    """Return a name without what wget does for Windows, and what it adds to the original of a page that it rewrote."""
    name = name.removesuffix(".orig")
    before, mark, after = name.partition("@")
    return f"{before}?{after}" if mark and "?" not in name and "=" in after else name


def _quoted(words: str) -> str:
    return quote(os.fsencode(words), safe="/%:;,=&+$!*'()@?~")


def web_address(address: str) -> str | None:
    """Return an address of the web as it is; None for any other."""
    try:
        parts = urlsplit(address)
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # an address such as http://[broken or http://host:99999
        return None
    return address if whole else None
