"""What the programs that save pages write into them: the address that a page had, and when it was saved."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import NamedTuple

from wardnews.archives.saved.names import web_address
from wardnews.errors import DateError
from wardnews.text.timestamps import as_stamp, from_digits, from_http, from_iso

HEAD = 8192
"""Within so many bytes from its beginning a saved page says where it came from."""

_HTTRACK = re.compile(
    rb"<!-- Mirrored from (\S+) by HTTrack"
    rb"(?: Website Copier/[^,>]*\[[^\]]*\], (\w{3}, \d{1,2} \w{3} \d{4} [\d:]{8} GMT) -->)?"
)
_BROWSER = re.compile(rb"<!-- saved from url=\(\d+\)(https?://\S+?)\s*-->")
_SINGLEFILE = re.compile(rb"<!--\s*Page saved with SingleFile\s+url: (\S+)\s+saved date: ([^\r\n>]{8,80})")
_MONOLITH = re.compile(rb"<!-- Saved from (https?://\S+) at (\S+) using monolith")
_SAVE_PAGE_URL = re.compile(rb"<meta name=\"savepage-url\" content=\"([^\"<>]+)\"")
_SAVE_PAGE_DATE = re.compile(rb"<meta name=\"savepage-date\" content=\"([^\"<>]+)\"")
_SCRAPBOOK_URL = re.compile(rb"<html\b[^<>]{0,2000}\sdata-scrapbook-source=\"([^\"<>]+)\"")
_SCRAPBOOK_DATE = re.compile(rb"<html\b[^<>]{0,2000}\sdata-scrapbook-create=\"(\d{14})\d*\"")
_SCRIPT_DATE = re.compile(r"\w{3} (\w{3} \d{1,2} \d{4} \d\d:\d\d:\d\d) GMT([+-]\d{4})")
"""A date as JavaScript writes it: `Thu Mar 10 2022 19:12:36 GMT+0700 (Indochina Time)`."""
_LARGEST_LIST = 1 << 20
_ARCHIVEBOX_PAGES = frozenset({"singlefile.html", "output.html"})


class Stated(NamedTuple):
    """What a saved page says of itself: the address that it had, and the time in UTC, None where it says none."""

    url: str
    timestamp: str | None = None


def stated(body: bytes, path: Path) -> Stated | None:
    """Return what a page, or ArchiveBox beside it, says of its address and time; None where nothing does."""
    head = body[:HEAD]
    for read in (_httrack, _browser, _singlefile, _monolith, _save_page, _scrapbook):
        if found := read(head):
            return found
    return _archivebox(path)


def httrack_comment(head: bytes) -> str | None:
    """Return the address that HTTrack left in a page; it names no scheme."""
    found = _httrack(head)
    return found.url if found else None


def is_of_archivebox(path: Path) -> bool:
    """Whether a page is ArchiveBox's own, about what it saved, or an extract of the saved page."""
    folders = (path.parent, path.parent.parent)
    is_about = path.name == "index.html" and _index_of(path.parent) is not None
    is_extract = path.parent.name in ("readability", "mercury") and _index_of(folders[1]) is not None
    return is_about or is_extract


def _httrack(head: bytes) -> Stated | None:
    match = _HTTRACK.search(head)
    url = web_address(f"http://{match[1].decode(errors='replace')}") if match else None
    if match is None or url is None:
        return None
    return Stated(url, _date(from_http, match[2].decode()) if match[2] else None)


def _browser(head: bytes) -> Stated | None:
    match = _BROWSER.search(head)
    # A comment cannot hold two hyphens, so Chrome writes them otherwise.
    url = web_address(match[1].decode(errors="replace").replace("%2D%2D", "--")) if match else None
    return Stated(url) if url else None


def _singlefile(head: bytes) -> Stated | None:
    match = _SINGLEFILE.search(head)
    return _made(match[1], _date(_from_script, match[2].decode(errors="replace").strip(" -"))) if match else None


def _monolith(head: bytes) -> Stated | None:
    match = _MONOLITH.search(head)
    return _made(match[1], _date(from_iso, match[2].decode(errors="replace"))) if match else None


def _save_page(head: bytes) -> Stated | None:
    url, date = _SAVE_PAGE_URL.search(head), _SAVE_PAGE_DATE.search(head)
    return _made(url[1], _date(_from_script, date[1].decode(errors="replace")) if date else None) if url else None


def _scrapbook(head: bytes) -> Stated | None:
    url, date = _SCRAPBOOK_URL.search(head), _SCRAPBOOK_DATE.search(head)
    return _made(url[1], _date(from_digits, date[1].decode()) if date else None) if url else None


def _archivebox(path: Path) -> Stated | None:
    """Read ArchiveBox's list beside the pages that it made of an address."""
    listed = _index_of(path.parent) if path.name in _ARCHIVEBOX_PAGES else None
    if listed is None:
        return None
    seconds = str(listed.get("timestamp", "")).partition(".")[0]
    stamp = _date(lambda words: datetime.fromtimestamp(int(words)).astimezone(), seconds) if seconds.isdigit() else None
    return _made(str(listed["url"]).encode(), stamp)


def _index_of(folder: Path) -> dict[str, object] | None:
    """Return what ArchiveBox's index.json in a folder says; None where there is none."""
    file = folder / "index.json"
    try:
        if file.stat().st_size > _LARGEST_LIST:
            return None
        listed = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return listed if isinstance(listed, dict) and isinstance(listed.get("url"), str) and "timestamp" in listed else None


def _made(url: bytes, timestamp: str | None) -> Stated | None:
    address = web_address(unescape(url.decode(errors="replace")))
    return Stated(address, timestamp) if address else None


def _from_script(words: str) -> datetime:
    """Return the time of a date as JavaScript writes it, or of an ISO one; raise DateError for none."""
    match = _SCRIPT_DATE.match(words)
    if match is None:
        return from_iso(words)
    try:
        date = datetime.strptime(f"{match[1]} {match[2]}", "%b %d %Y %H:%M:%S %z")
    except ValueError as error:
        raise DateError("a date that is none: {words!r}", words=words[:40]) from error
    return from_iso(date.isoformat())


def _date(read: Callable[[str], datetime], words: str) -> str | None:
    try:
        return as_stamp(read(words))
    except (DateError, OverflowError, OSError, ValueError):
        return None
