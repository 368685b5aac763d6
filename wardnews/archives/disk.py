"""Archives on this disk: the files of a folder, what each is by its first bytes, and who reads it."""

import hashlib
import os
import re
import zlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from wardnews.archives.capture import DamagedRecord
from wardnews.archives.mhtml import is_mhtml
from wardnews.archives.packed import room
from wardnews.archives.saved.pages import readable
from wardnews.archives.warc.packing import Gzip, Zstd
from wardnews.errors import PackedRecord
from wardnews.locale import gettext_noop


class Kind(StrEnum):
    """What a file is."""

    WARC = "WARC file"
    ARC = "ARC file"
    WACZ = "WACZ file"
    HTTRACK_CACHE = "cache of HTTrack"
    CONTAINER = "packed folder"
    MHTML = "MHTML file"
    PAGE = "saved page"
    TEXT = "text in the sample file format"
    NO_PAGE = "no page"
    """A picture, a script and the like: passed over as what belongs to pages."""
    UNREAD = gettext_noop("not read")


class DiskFile(NamedTuple):
    """A file of an archive: `name` within its folder, `size` in bytes, `changed` in nanoseconds since 1970."""

    path: Path
    name: str
    size: int
    changed: int

    @property
    def stamp(self) -> str:
        """What changes when the file does: size and time."""
        return f"{self.size} {self.changed}"


_PAGES = frozenset({".html", ".htm", ".xhtml", ".shtml"})
_TEXTS = frozenset({".txt", ".text"})
_NO_PAGES = frozenset(
    ".css .js .mjs .json .map .xml .rss .atom .svg .png .jpg .jpeg .gif .webp .bmp .ico .tif .tiff .woff .woff2 .ttf"
    " .eot .otf .mp3 .mp4 .webm .avi .mov .wmv .flv .swf .pdf .doc .docx .xls .xlsx .ppt .pptx .odt .exe .apk .db .log"
    " .jsonl .cdx .cdxj .md .py .sqlite3 .csv .yml .yaml .ini .conf .lst .lock .dat .avif .m4a .epub .jar".split()
)
# What the mirroring programs write about themselves.
_OF_THE_MIRROR = frozenset(
    {"robots.txt", "hts-log.txt", "cookies.txt", "wget-log.txt", "doit.log", "readme.txt", "winprofile.ini"}
)
_UNFINISHED = (".tmp", ".open", ".part", ".new", ".crdownload", ".partial", ".swp")
_CACHE, _CACHE_FILES = "hts-cache", frozenset({"new.zip"})
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_TAR = b"ustar"
_HEAD, _PEEK = 8192, 600
_PACKED_TAR = (".tar", ".tgz", ".tbz2", ".txz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst")
_FRAMES = "_files"


_PIECE, _PIECES = 1 << 14, 16
"""How many bytes of a file are one piece, and how many pieces of it are looked at."""
_OF_ONE_PAGE = (Kind.MHTML, Kind.PAGE, Kind.TEXT)


def files_of(path: Path) -> tuple[list[DiskFile], list[DamagedRecord]]:
    """Return the files of a folder, or a file alone, in the order of their names, and what of it is closed to us.

    Raises OSError where the path itself cannot be read.
    """
    if not path.is_dir():
        facts = path.stat()
        return [DiskFile(path, readable(path.name), facts.st_size, facts.st_mtime_ns)], []
    os.scandir(path).close()
    found: list[DiskFile] = []
    closed: list[DamagedRecord] = []

    def is_closed(error: OSError) -> None:
        closed.append(DamagedRecord(readable(Path(error.filename).relative_to(path)), error.strerror or str(error)))

    for place, folders, files in os.walk(path, onerror=is_closed):
        here, names = Path(place), frozenset(files)
        folders[:] = sorted(name for name in folders if not _holds_frames(name, names))
        for name in sorted(files):
            if here.name == _CACHE and name not in _CACHE_FILES:
                continue
            file = here / name
            if not _is_rewritten(name, names):
                try:
                    facts = file.stat()
                except OSError:  # whoever reads it says why
                    found.append(DiskFile(file, readable(file.relative_to(path)), 0, 0))
                    continue
                if S_ISREG(facts.st_mode):
                    found.append(DiskFile(file, readable(file.relative_to(path)), facts.st_size, facts.st_mtime_ns))
    return found, closed


def _holds_frames(folder: str, names: frozenset[str]) -> bool:
    """Whether a folder is what a browser saved beside a page: its pictures and frames."""
    stem = folder.removesuffix(_FRAMES)
    return stem != folder and any(f"{stem}{ending}" in names for ending in (".html", ".htm", ".xhtml"))


def _is_rewritten(name: str, names: frozenset[str]) -> bool:
    """Whether `wget -K` kept the page that this one was made of, under its first name with `.orig` behind it."""
    return any(f"{one}.orig" in names for one in (name, name.removesuffix(".html")))


def kind_of(file: DiskFile) -> tuple[Kind, str]:  # noqa: PLR0911 - a table of kinds
    """Return what a file is, by its first bytes and its name, and why where it is not read; raise OSError."""
    name = file.path.name.lower()
    plain = _plain(name)
    suffix = Path(plain).suffix
    if name.endswith(_UNFINISHED):
        return Kind.UNREAD, gettext_noop("unfinished, by its name; rename what is whole")
    if name in _OF_THE_MIRROR or suffix in _NO_PAGES:
        return Kind.NO_PAGE, ""
    with file.path.open("rb") as opened:
        head = opened.read(_HEAD)
    if packed := _packed_kind(file, name, head):
        return packed
    if head.startswith((b"WARC/", b"filedesc://")) or name.endswith((".warc", ".arc")):
        return (Kind.ARC if head.startswith(b"filedesc://") or name.endswith(".arc") else Kind.WARC), ""
    if is_mhtml(file.path):
        return Kind.MHTML, ""
    if suffix in _TEXTS:
        return Kind.TEXT, ""
    if suffix in _PAGES or _MARKUP.search(head):
        return Kind.PAGE, ""
    return (Kind.UNREAD, gettext_noop("of an unknown kind")) if head else (Kind.NO_PAGE, "")


def _plain(name: str) -> str:
    """Return a name without a query behind it, and without what wget adds to the original of a page."""
    name = name.removesuffix(".orig")
    return name if name.endswith((".html", ".htm")) else name.partition("?")[0]


def _packed_kind(file: DiskFile, name: str, head: bytes) -> tuple[Kind, str] | None:  # noqa: PLR0911 - as above
    """Return what a packed file is; None for one that is not packed."""
    if head.startswith(b"PK"):
        return _zip_kind(file)
    if head[257:262] == _TAR or (name.endswith(_PACKED_TAR) and head[:3] in (b"BZh", b"\xfd7z")):
        return Kind.CONTAINER, ""
    if head.startswith((b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ")):
        return Kind.UNREAD, "packed as 7z, RAR, bzip2 or xz: unpack it first"
    zstd = head.startswith(Zstd.magic) or head[1:4] == b"\x2a\x4d\x18"
    if not zstd and not head.startswith(Gzip.magic):
        return _packed_by_name(name)
    start = b"" if zstd and not head.startswith(Zstd.magic) else _peek(head, zstd=zstd)
    if start.startswith(b"filedesc://") or ".arc" in name:
        return Kind.ARC, ""
    if start.startswith(b"WARC/") or ".warc" in name:
        return Kind.WARC, ""
    if start[257:262] == _TAR or name.endswith(_PACKED_TAR):
        return Kind.CONTAINER, ""
    return Kind.UNREAD, "packed, and neither a WARC, an ARC nor a tar file"


def _packed_by_name(name: str) -> tuple[Kind, str] | None:
    """Return what a file is that says by its name alone that it is packed: a damaged one."""
    if name.endswith((".warc.gz", ".warc.zst")):
        return Kind.WARC, ""
    return (Kind.ARC, "") if name.endswith(".arc.gz") else None


def _peek(head: bytes, *, zstd: bool) -> bytes:
    try:
        return (Zstd() if zstd else Gzip()).unpacker().unpack(head, _PEEK)
    except (PackedRecord, zlib.error):
        return b""


def _zip_kind(file: DiskFile) -> tuple[Kind, str]:
    """Return what a zip file is by the names in it."""
    if file.path.suffix.lower() == ".wacz":
        return Kind.WACZ, ""
    try:
        with file.path.open("rb") as opened:
            names = room.open_zip(opened).namelist()
    except room.BROKEN as error:
        return Kind.UNREAD, f"a damaged zip file: {error}"
    if any(name.startswith("archive/") and ".warc" in name for name in names) or (
        "datapackage.json" in names and any(name.endswith(".wacz") for name in names)
    ):
        return Kind.WACZ, ""
    if any(name.startswith(("http://", "https://")) for name in names):
        return Kind.HTTRACK_CACHE, ""
    if {"[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF"}.intersection(names):
        return Kind.NO_PAGE, ""
    return Kind.CONTAINER, ""


def pages_only(names: Iterator[str]) -> Iterator[str]:
    """Leave out the names of files that belong to pages and are none."""
    for name in names:
        if Path(_plain(name.lower())).suffix not in _NO_PAGES or name.endswith("index.json"):
            yield name


def identity_of(file: DiskFile, kind: Kind | None) -> str:
    """Return what a file is known by: its size and a digest, of all of a small one, of pieces of a large one.

    A single page says by its name and time where and when it was saved, so it is known by these. Empty for a file that
    cannot be read.
    """
    if kind in _OF_ONE_PAGE:
        return _known_as(file, f"{file.name} {file.stamp}".encode())
    try:
        with file.path.open("rb") as opened:
            if file.size <= _PIECE * _PIECES:
                return _known_as(file, opened.read())
            pieces = []
            for number in range(_PIECES):
                opened.seek((file.size - _PIECE) * number // (_PIECES - 1))
                pieces.append(opened.read(_PIECE))
    except OSError:  # whoever reads it says why
        return ""
    return _known_as(file, b"".join(pieces))


def _known_as(file: DiskFile, content: bytes) -> str:
    return f"file:{file.size}-{hashlib.sha256(content).hexdigest()[:24]}"
