"""Folders of saved pages, as wget, HTTrack and browsers leave them: which address each page had, and when."""

import os
import re
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from hashlib import md5
from html import escape, unescape
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.contents import LARGEST
from wardnews.text.encoding import decode
from wardnews.text.sample_format import parse_text

PLAIN = "text/plain; charset=utf-8"
HTML = "text/html"

_HEAD = 8192
_PAGES = frozenset({".html", ".htm", ".xhtml", ".shtml"})
_TEXTS = frozenset({".txt", ".text"})
_NO_PAGES = frozenset(
    ".css .js .mjs .json .map .xml .rss .atom .svg .png .jpg .jpeg .gif .webp .bmp .ico .tif .tiff .woff .woff2 .ttf"
    " .eot .otf .mp3 .mp4 .webm .avi .mov .wmv .flv .swf .pdf .doc .docx .xls .xlsx .ppt .pptx .odt .zip .rar .7z .gz"
    " .tar .exe .apk .db .log .warc .wacz .jsonl".split()
)
# What the mirroring programs write about themselves.
_OF_THE_MIRROR = frozenset({"robots.txt", "hts-log.txt", "cookies.txt", "wget-log.txt"})
_CACHE = "hts-cache"

_MIRRORED = re.compile(
    rb"<!-- Mirrored from (\S+) by HTTrack"
    rb"(?: Website Copier/[^,>]*\[[^\]]*\], (\w{3}, \d{1,2} \w{3} \d{4} [\d:]{8} GMT) -->)?"
)
_INDEX_OF_MIRRORS = b"Mirror and index made by HTTrack"
_MOVED = re.compile(
    rb"Created by HTTrack.*?<meta\s+http-equiv=\"?refresh\"?\s+content=\"\d+;\s*url=([^\"]+)\"",
    re.IGNORECASE | re.DOTALL,
)
_SAVED = re.compile(rb"<!-- saved from url=\(\d+\)(https?://\S+?)\s*-->")
_CANONICAL = re.compile(
    rb"<(?:link|meta)\b[^<>]{0,2000}\b(?:rel|property)\s*=\s*[\"']?(?:canonical|og:url)\b[^<>]{0,4000}>", re.IGNORECASE
)
_ADDRESS = re.compile(rb"\b(?:href|content)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_LINK = re.compile(
    rb"(<[a-z][^<>]*?\s(?:href|src|action)\s*=\s*)(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>]+))", re.IGNORECASE
)
_HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?:[:+]\d+)?|\d+(?:\.\d+){3}(?:[:+]\d+)?", re.IGNORECASE
)
_NUMBERED = re.compile(r"(\.html?)\.\d+$")
_RENAMED = re.compile(r"(.*)([0-9a-f]{4})(\.\w+)?")


def read_folder(folder: Path, url: str | None = None) -> Iterator[Capture | DamagedRecord]:
    """Read the saved pages of a folder, or of one file, in the order of their names.

    An address is what a page says of itself (HTTrack's or a browser's comment, else its canonical address), else what
    the names of folder and file say (wget's), else `url` (with the file's path behind it, if it is a folder's), else
    the file's own. The time is that of HTTrack's comment, else the file's. Files in the sample file format come as
    plain text. Pictures, scripts and the like are passed over. Raises OSError where the path itself cannot be read.
    """
    if not folder.is_dir():
        folder.stat()
        yield from _read(folder, folder.parent, url)
        return
    os.scandir(folder).close()
    base = f"{url.rstrip('/')}/" if url else None
    closed: list[OSError] = []
    for path in _files(folder, closed.append):
        relative = quote(os.fsencode(path.relative_to(folder)))
        yield from _read(path, folder, urljoin(base, relative) if base else None)
    for error in closed:
        yield DamagedRecord(_readable(Path(error.filename).relative_to(folder)), error.strerror or str(error))


def read_saved_page(path: Path, url: str | None = None) -> Capture:
    """Read one saved page, whose address is `url`, else found as `read_folder` does; raise OSError where it cannot be.

    Its links are given their original addresses, as far as the page or its folder's name tells where it came from.
    """
    return _page(path, path.parent, None, path.read_bytes(), path.stat().st_mtime, known=url)


def original_links(body: bytes, url: str, path: Path, top: Path | None = None) -> bytes:
    """Give the links of a mirrored page their original addresses, as far as the mirror tells.

    `path` is where the page lies: a link to a saved page leads to what that page says of its address, or where `top`
    holds a folder a host (as wget makes them), to what its name says. HTTrack puts four digits of a query's MD5 behind
    a renamed file's name: with the query in the link that is undone as well.
    """

    def absolute(match: re.Match[bytes]) -> bytes:
        raw = next(group for group in match.groups()[1:] if group is not None)
        link = unescape(raw.decode("utf-8", "surrogateescape")).strip()
        there = _original(link, url, path, top)
        if there is None:
            return match[0]
        return match[1] + b'"' + escape(there).encode("utf-8", "surrogateescape") + b'"'

    return _LINK.sub(absolute, body)


def _files(folder: Path, closed: Callable[[OSError], None]) -> Iterator[Path]:
    for place, folders, names in os.walk(folder, onerror=closed):
        folders[:] = sorted(name for name in folders if name != _CACHE)
        # `wget -K` keeps a page that it rewrites under its first name, before `-E` gave it another ending.
        kept = {name.removesuffix(".orig") for name in names if name.endswith(".orig")}
        yield from (Path(place, name) for name in sorted(names) if kept.isdisjoint((name, name.removesuffix(".html"))))


def _read(path: Path, top: Path, url: str | None) -> Iterator[Capture | DamagedRecord]:
    name = _plain_name(path.name)
    suffix = Path(name.partition("?")[0]).suffix.lower() if not name.lower().endswith((".html", ".htm")) else ".html"
    if suffix in _NO_PAGES or name.lower() in _OF_THE_MIRROR:
        return
    where = _readable(path.relative_to(top))
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            return
        with path.open("rb") as file:
            body = file.read(_HEAD)
            if suffix in _TEXTS or suffix in _PAGES or _MARKUP.search(body):
                body += file.read(LARGEST + 1 - len(body))
            else:
                return
    except OSError as error:
        yield DamagedRecord(where, error.strerror or str(error))
        return
    if len(body) > LARGEST:
        yield DamagedRecord(where, f"larger than {LARGEST >> 20} MiB")
    elif not body.strip():
        yield DamagedRecord(where, "empty")
    elif suffix in _TEXTS:
        yield _text(path, where, url, body, facts.st_mtime)
    elif _INDEX_OF_MIRRORS not in body[:_HEAD]:
        yield _page(path, top, url, body, facts.st_mtime)


def _text(path: Path, where: str, url: str | None, body: bytes, changed: float) -> Capture | DamagedRecord:
    try:
        parse_text(decode(body)[0])
    except ValueError as error:
        return DamagedRecord(where, str(error))
    return Capture(
        url or path.resolve().as_uri(), _timestamp(changed), f"file:{_readable(path.name)}", 200, PLAIN, body
    )


def _page(path: Path, top: Path, url: str | None, body: bytes, changed: float, *, known: str | None = None) -> Capture:
    """Make the capture of a page, at its `known` address, else at what it says, else at `url`."""
    said, moment = _mirrored(body)
    named = _named(path, top)
    address = (
        known or said or _saved(body) or _canonical(body, path, top, named) or named or url or path.resolve().as_uri()
    )
    via, moment = f"file:{_readable(path.name)}", moment or _timestamp(changed)
    moved = _MOVED.search(body[:_HEAD])
    if moved:
        link = unescape(moved[1].decode(errors="replace"))
        there = _web(link) or _original(link, address, path, None)
        return Capture(address, moment, via, 301, HTML, body, there)
    if said or named:
        body = original_links(body, address, path, None if said else top)
    return Capture(address, moment, via, 200, HTML, body)


def _readable(name: str | Path) -> str:
    """Write a file's name down, whatever bytes it is made of."""
    return os.fsencode(name).decode(errors="replace")


def _timestamp(moment: float | datetime) -> str:
    moment = datetime.fromtimestamp(moment, UTC) if isinstance(moment, float) else moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


# --- where a page came from -------------------------------------------------------------------------------------------


def _mirrored(body: bytes) -> tuple[str | None, str | None]:
    """Find the address and the time that HTTrack left in a page; it names no scheme."""
    match = _MIRRORED.search(body[:_HEAD])
    address = _web(f"http://{match[1].decode(errors='replace')}") if match else None
    if match is None or address is None or match[2] is None:
        return address, None
    try:
        return address, _timestamp(parsedate_to_datetime(match[2].decode()))
    except ValueError:
        return address, None


def _saved(body: bytes) -> str | None:
    match = _SAVED.search(body[:_HEAD])
    # A comment cannot hold two hyphens, so Chrome writes them otherwise.
    return _web(match[1].decode(errors="replace").replace("%2D%2D", "--")) if match else None


def _canonical(body: bytes, path: Path, top: Path, named: str | None) -> str | None:
    """Find a page's canonical address; one that `wget -k` rewrote is where the page that it leads to came from."""
    tags = sorted((tag[0] for tag in _CANONICAL.finditer(body)), key=lambda tag: b"canonical" not in tag.lower())
    for match in filter(None, map(_ADDRESS.search, tags)):
        said = unescape(next(group for group in match.groups() if group is not None).decode(errors="replace")).strip()
        if there := _web(said) or (_original(said, named, path, top) if named else None):
            return there
    return None


def _named(path: Path, top: Path) -> str | None:
    """Make an address of the names that wget gives: a folder by the host, then the path."""
    steps = path.relative_to(top).parts
    at = next((at for at, step in enumerate(steps[:-1]) if _HOST.fullmatch(step)), None)
    if at is None and not _HOST.fullmatch(top.resolve().name):
        return None
    host, steps = (top.resolve().name, steps) if at is None else (steps[at], steps[at + 1 :])
    name, mark, query = _plain_name(steps[-1]).partition("?")
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


def _plain_name(name: str) -> str:
    """Undo what wget does to names for Windows, and what it adds to the original of a page it rewrote."""
    name = name.removesuffix(".orig")
    before, mark, after = name.partition("@")
    return f"{before}?{after}" if mark and "?" not in name and "=" in after else name


def _quoted(words: str) -> str:
    return quote(os.fsencode(words), safe="/%:;,=&+$!*'()@?~")


def _web(address: str) -> str | None:
    try:
        parts = urlsplit(address)
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # an address such as http://[broken or http://host:99999
        return None
    return address if whole else None


# --- where its links led ----------------------------------------------------------------------------------------------


def _original(link: str, url: str, path: Path, top: Path | None) -> str | None:
    """Find where a link of a mirrored page led; None where it stays as it is."""
    if not link or link[0] in "#?" or re.match(r"[a-zA-Z][\w+.-]*:", link):
        return None
    place, _, fragment = link.partition("#")
    name, _, query = place.partition("?")
    try:
        told = None if link.startswith("/") else _told(path, unquote(name), top)
        there = told or (urljoin(url, place) if link.startswith("/") else _beyond(_unrenamed(name, query), url))
    except ValueError:
        # What begins with //[ is no address.
        return None
    return f"{there}#{fragment}" if fragment else there


def _told(page: Path, link: str, top: Path | None) -> str | None:
    """Return what a saved page that a link leads to says of its address, or its name."""
    target = Path(os.path.normpath(page.parent / link))
    if "\0" in link or target == page:
        return None
    if top is None:
        return _address_of(target)
    # `Path.is_file` raises for a name that is too long.
    return _named(target, top) if target.is_relative_to(top) and os.path.isfile(target) else None  # noqa: PTH113


@lru_cache(maxsize=1 << 14)
def _address_of(target: Path) -> str | None:
    try:
        with target.open("rb") as file:
            return _mirrored(file.read(_HEAD))[0]
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
    if ups == depth + 1 and _HOST.fullmatch(rest.partition("/")[0]):
        return f"{parts.scheme}://{rest}"
    return urljoin(url, link)
