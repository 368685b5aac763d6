"""WARC files packed into one WACZ file (version 1.1.1), which ReplayWeb.page and other viewers open as it is."""

import hashlib
import json
import os
import re
import sqlite3
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from html import unescape
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any
from urllib.parse import quote, urlsplit

from wardnews import __version__
from wardnews.archives.capture import DamagedRecord
from wardnews.archives.warc.index import Indexed, read_index
from wardnews.errors import PackError
from wardnews.text.clock import timestamp
from wardnews.text.encoding import decode
from wardnews.text.strings import nfc

_VERSION = "1.1.1"
_INDEX = "indexes/index.cdx"
"""CDXJ lines, under the one ending that ReplayWeb.page and pywb both look for."""
_PIECE = 1 << 20
_HEAD = 1 << 16
_OK = 200
_TITLE = re.compile(r"<title\b[^<>]*>([^<]*)", re.IGNORECASE)
_SAFE = "".join(map(chr, range(33, 127)))
_PORTS = {"http": "80", "https": "443"}
_PAGES = {"format": "json-pages-1.0", "id": "pages", "title": "All pages"}


def pack(warcs: Sequence[Path], target: Path) -> list[DamagedRecord]:
    """Pack WARC files into `target`, which has its name only when it is whole; give what was left out of the index.

    Memory is flat: files are copied piece by piece, index lines are sorted on disk. Raises PackError for files that
    make no WACZ file, OSError where one cannot be read or written.
    """
    if not warcs:
        raise PackError("no WARC files to pack")
    names = [path.name for path in warcs]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise PackError("two files named {name}: in a WACZ file each has a name of its own", name=twice)
    part = target.with_name(f"{target.name}.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        part.unlink(missing_ok=True)
        with part.open("xb") as file:
            damaged = _write(file, warcs)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return damaged


def _write(file: IO[bytes], warcs: Sequence[Path]) -> list[DamagedRecord]:
    damaged: list[DamagedRecord] = []
    resources: list[dict[str, Any]] = []
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as archive,
        closing(sqlite3.connect("")) as lines,  # a database in a file that nobody sees
        TemporaryFile() as pages,
    ):
        lines.execute("CREATE TABLE lines (line TEXT)")
        pages.write(_line(_PAGES))
        for path in warcs:
            with path.open("rb") as warc:
                resources.append(_add(archive, f"archive/{path.name}", _pieces(warc)))
            damaged += _index(path, lines, pages)
        index = (f"{line}\n".encode() for (line,) in lines.execute("SELECT line FROM lines ORDER BY line"))
        resources.append(_add(archive, _INDEX, index))
        pages.seek(0)
        resources.append(_add(archive, "pages/pages.jsonl", _pieces(pages)))
        package = json.dumps(_package(resources), ensure_ascii=False, indent=2).encode()
        about = _add(archive, "datapackage.json", [package])
        digest = {"path": about["path"], "hash": about["hash"]}
        _add(archive, "datapackage-digest.json", [json.dumps(digest, indent=2).encode()])
    return damaged


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _add(archive: zipfile.ZipFile, path: str, pieces: Any) -> dict[str, Any]:
    """Add a file, as it is, and describe it; readers take parts of it out by their offsets."""
    size, digest = 0, hashlib.sha256()
    with archive.open(path, "w", force_zip64=True) as entry:
        for piece in pieces:
            entry.write(piece)
            digest.update(piece)
            size += len(piece)
    name = path.rpartition("/")[2]
    return {"name": name.lower(), "path": path, "hash": f"sha256:{digest.hexdigest()}", "bytes": size}


def _package(resources: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "profile": "data-package",
        "wacz_version": _VERSION,
        "title": "Pages of Vietnamese local government news",
        "software": f"wardnews {__version__}",
        "created": timestamp(),
        "resources": resources,
    }


# --- index and pages --------------------------------------------------------------------------------------------------


def _index(path: Path, lines: sqlite3.Connection, pages: IO[bytes]) -> Iterator[DamagedRecord]:
    """Write the index lines and the pages of a WARC file; give what has none."""
    try:
        for one in read_index(path):
            if isinstance(one, DamagedRecord):
                yield one
                continue
            lines.execute("INSERT INTO lines VALUES (?)", (_cdxj(one, path.name),))
            if one.status == _OK and one.body and "html" in one.content_type.lower():
                page = {"id": f"{path.name}@{one.offset}", "url": one.url, "ts": one.timestamp, "title": _title(one)}
                pages.write(_line(page))
    except ValueError as error:
        raise PackError("{path}: {error}", path=path, error=error) from error


def _cdxj(one: Indexed, name: str) -> str:
    stamp = "".join(filter(str.isdigit, one.timestamp))
    media_type = one.content_type.partition(";")[0].strip().lower() or "application/octet-stream"
    fields = {
        "url": one.url,
        "mime": "warc/revisit" if one.body is None else media_type,
        **({"status": str(one.status)} if one.status else {}),
        "digest": one.digest,
        "length": str(one.length),
        "offset": str(one.offset),
        "filename": name,
    }
    return f"{surt(one.url)} {stamp} {json.dumps(fields)}"


def surt(url: str) -> str:
    """Write an address so that those of one host sort together.

    >>> surt("https://www.hoasua.example:8080/Tin?b=2&a=1")
    'example,hoasua:8080)/tin?a=1&b=2'
    >>> surt("http://127.0.0.1//Ơi/")
    '1,0,0,127)/%c6%a0i'
    """
    parts = urlsplit(quote(url.strip(), safe=_SAFE).lower())
    host, _, port = parts.netloc.rpartition("@")[2].partition(":")
    labels = re.sub(r"^www\d*\.", "", host).split(".")
    named = ",".join(reversed(labels))
    at = f":{port}" if port and port != _PORTS.get(parts.scheme) else ""
    path = re.sub("//+", "/", parts.path).rstrip("/")
    query = f"?{'&'.join(sorted(parts.query.split('&')))}" if parts.query else ""
    return f"{named}{at}){path or '/'}{query}"


def _title(one: Indexed) -> str:
    found = _TITLE.search(decode((one.body or b"")[:_HEAD])[0])
    return nfc(" ".join(unescape(found[1]).split())) if found else one.url


def _line(row: dict[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"
