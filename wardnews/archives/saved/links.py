"""Links of saved pages: where they led before a mirror was made of them."""

import os
import re
from functools import lru_cache
from hashlib import md5
from html import escape, unescape
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from wardnews.archives.saved.comments import HEAD, httrack_comment
from wardnews.archives.saved.names import HOST, named_address

_LINK = re.compile(
    rb"(<[a-z][^<>]*?\s(?:href|src|action)\s*=\s*)(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>]+))", re.IGNORECASE
)
_RENAMED = re.compile(r"(.*)([0-9a-f]{4})(\.\w+)?")


def original_links(body: bytes, url: str, path: Path, top: Path | None = None) -> bytes:
    """Return a mirrored page with the original addresses in its links, as far as the mirror tells.

    `path` is where the page lies: a link to a saved page leads to what that page says of its address, or where `top`
    holds a folder a host (as wget makes them), to what its name says. HTTrack puts four digits of a query's MD5 behind
    a renamed file's name: with the query in the link that is undone as well.
    """

    def absolute(match: re.Match[bytes]) -> bytes:
        raw = next(group for group in match.groups()[1:] if group is not None)
        link = unescape(raw.decode("utf-8", "surrogateescape")).strip()
        there = original(link, url, path, top)
        if there is None:
            return match[0]
        return match[1] + b'"' + escape(there).encode("utf-8", "surrogateescape") + b'"'

    return _LINK.sub(absolute, body)


def original(link: str, url: str, path: Path, top: Path | None) -> str | None:
    """Return where a link of a mirrored page led; None where it stays as it is."""
    if not link or link[0] in "#?" or re.match(r"[a-zA-Z][\w+.-]*:", link):
        return None
    place, _, fragment = link.partition("#")
    name, _, query = place.partition("?")
    try:
        stated = None if link.startswith("/") else _address_of_target(path, unquote(name), top)
        there = stated or (urljoin(url, place) if link.startswith("/") else _beyond(_unrenamed(name, query), url))
    except ValueError:
        # What begins with //[ is no address.
        return None
    return f"{there}#{fragment}" if fragment else there


def _address_of_target(page: Path, link: str, top: Path | None) -> str | None:
    """Return what a saved page that a link leads to says of its address, or its name."""
    target = Path(os.path.normpath(page.parent / link))
    if "\0" in link or target == page:
        return None
    if top is None:
        return _address_of(target)
    # `Path.is_file` raises for a name that is too long.
    return named_address(target, top) if target.is_relative_to(top) and os.path.isfile(target) else None  # noqa: PTH113


@lru_cache(maxsize=1 << 14)
def _address_of(target: Path) -> str | None:
    try:
        with target.open("rb") as file:
            return httrack_comment(file.read(HEAD))
    except OSError:
        return None


def _unrenamed(name: str, query: str) -> str:
    """Undo the name that HTTrack gave to a file for the sake of its query."""
    stem, slash, last = name.rpartition("/")
    match = _RENAMED.fullmatch(last)
    if not query or match is None:
        return f"{name}?{query}" if query else name
    if md5(query.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()[:4] != match[2]:
        return f"{name}?{query}"
    ending = match[3] if match[3] and match[3] != ".html" else ""
    return f"{stem}{slash}{match[1]}{ending}?{query}"


def _beyond(link: str, url: str) -> str:
    """Resolve a link; one that leads out of the host's folder names another host."""
    parts = urlsplit(url)
    depth = parts.path.count("/") - 1
    steps = re.match(r"(?:\.\./)*", link)
    ups = len(steps[0]) // 3 if steps else 0
    rest = link[ups * 3 :]
    if ups == depth + 1 and HOST.fullmatch(rest.partition("/")[0]):
        return f"{parts.scheme}://{rest}"
    return urljoin(url, link)
