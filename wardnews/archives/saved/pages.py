"""One saved page, or one file in the sample file format: which address it had, and when it was saved."""

import os
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from stat import S_ISREG

from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.contents import LARGEST
from wardnews.archives.mhtml import is_mhtml, read_mhtml
from wardnews.archives.saved.comments import HEAD, is_of_archivebox, stated
from wardnews.archives.saved.links import original, original_links
from wardnews.archives.saved.names import named_address, web_address
from wardnews.errors import DateError, UnreadablePage
from wardnews.locale import Phrase, gettext_noop
from wardnews.text.encoding import decode
from wardnews.text.sample_format import parse_text
from wardnews.text.timestamps import as_stamp, from_file

PLAIN = "text/plain; charset=utf-8"
HTML = "text/html"

_INDEX_OF_MIRRORS = b"Mirror and index made by HTTrack"
_MOVED = re.compile(
    rb"Created by HTTrack.*?<meta\s+http-equiv=\"?refresh\"?\s+content=\"\d+;\s*url=([^\"]+)\"",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(rb"<(?:link|meta)\b[^<>]{0,6000}>", re.IGNORECASE)
_CANONICAL = re.compile(rb"\b(?:rel|property)\s*=\s*[\"']?(canonical|og:url)\b", re.IGNORECASE)
_ADDRESS = re.compile(rb"\b(?:href|content)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)


def read_page_file(path: Path, top: Path, url: str | None = None) -> Capture | DamagedRecord | None:
    """Read a saved page of the folder `top`; None for one that the mirroring programs wrote about themselves.

    Its address is what the page says of itself, else what the names of folder and file say (wget's), else `url`, else
    the file's own. Its time is what the page says, else the file's.
    """
    where = readable(path.relative_to(top))
    body = _content(path, where)
    if not isinstance(body, tuple):
        return body
    content, changed = body
    if _INDEX_OF_MIRRORS in content[:HEAD] or is_of_archivebox(path):
        return None
    try:
        return page_of(path, top, content, changed, url=url)
    except DateError as error:
        return DamagedRecord(where, str(Phrase("the file's time: {reason}", reason=error)))


def read_text_file(path: Path, top: Path, url: str | None = None) -> Capture | DamagedRecord | None:
    """Read a file in the sample file format; its address is `url`, else the file's own."""
    where = readable(path.relative_to(top))
    body = _content(path, where)
    if not isinstance(body, tuple):
        return body
    content, changed = body
    try:
        parse_text(decode(content)[0])
        stamp = as_stamp(from_file(changed))
    except ValueError as error:
        return DamagedRecord(where, str(error))
    return Capture(url or path.resolve().as_uri(), stamp, f"file:{readable(path.name)}", 200, PLAIN, content)


def read_saved_page(path: Path, url: str | None = None) -> Capture:
    """Return one saved page, whose address is `url`, else what it says; raise OSError where it cannot be read.

    Its links are given their original addresses, as far as the page or its folder's name tells where it came from.
    """
    if is_mhtml(path):
        capture = read_mhtml(path, path.name)
        if isinstance(capture, DamagedRecord):
            raise UnreadablePage("{cause}", cause=capture.cause)
        return replace(capture, url=url or capture.url)
    return page_of(path, path.parent, path.read_bytes(), path.stat().st_mtime, known=url)


def page_of(
    path: Path, top: Path, body: bytes, changed: float, *, url: str | None = None, known: str | None = None
) -> Capture:
    """Return the capture of a page, at its `known` address, else at what it says, else at `url`.

    Raises DateError where neither the page nor the file (`changed`, in seconds since 1970) has a date.
    """
    said, named = stated(body, path), named_address(path, top)
    address = (
        known
        or (said.url if said else None)
        or _canonical(body, path, top, named)
        or named
        or url
        or path.resolve().as_uri()
    )
    timestamp = (said.timestamp if said else None) or as_stamp(from_file(changed))
    via = f"file:{readable(path.name)}"
    if moved := _MOVED.search(body[:HEAD]):
        link = unescape(moved[1].decode(errors="replace"))
        return Capture(
            address, timestamp, via, 301, HTML, body, web_address(link) or original(link, address, path, None)
        )
    if said or named:
        body = original_links(body, address, path, None if said else top)
    return Capture(address, timestamp, via, 200, HTML, body)


def readable(name: str | Path) -> str:
    """Return a file's name as text, whatever bytes it is made of."""
    return os.fsencode(name).decode(errors="replace")


def _content(path: Path, where: str) -> tuple[bytes, float] | DamagedRecord | None:
    """Return a file's bytes and its time, what is wrong with it, or None for what is no regular file."""
    try:
        facts = path.stat()
        if not S_ISREG(facts.st_mode):
            return None
        with path.open("rb") as file:
            body = file.read(LARGEST + 1)
    except OSError as error:
        return DamagedRecord(where, error.strerror or str(error))
    if len(body) > LARGEST:
        return DamagedRecord(where, str(Phrase("larger than {count} MiB", count=LARGEST >> 20)))
    return (body, facts.st_mtime) if body.strip() else DamagedRecord(where, gettext_noop("empty"))


def _canonical(body: bytes, path: Path, top: Path, named: str | None) -> str | None:
    """Return a page's canonical address; one that `wget -k` rewrote is where the page that it leads to came from."""
    tags = [(match[1].lower(), tag[0]) for tag in _TAG.finditer(body) if (match := _CANONICAL.search(tag[0]))]
    for _, tag in sorted(tags, key=lambda one: one[0] != b"canonical"):
        if match := _ADDRESS.search(tag):
            group = next(group for group in match.groups() if group is not None)
            link = unescape(group.decode(errors="replace")).strip()
            if there := web_address(link) or (original(link, named, path, top) if named else None):
                return there
    return None
