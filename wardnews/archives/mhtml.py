"""MHTML files (RFC 2557): a page with all that belongs to it in one file, as Chrome and old Internet Explorers save."""

import binascii
import quopri
import re
from collections.abc import Iterator
from pathlib import Path

from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.contents import LARGEST
from wardnews.archives.http import Headers, headers_of
from wardnews.errors import DateError
from wardnews.locale import Phrase, gettext_noop
from wardnews.text.timestamps import as_stamp, from_file, from_http

_LARGEST_FILE = 8 * LARGEST
_HEAD, _FIRST = 1 << 16, 2048
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_BOUNDARY = re.compile(r"boundary=(?:\"([^\"]+)\"|([^\s;\"]+))", re.IGNORECASE)
_PAGE = ("text/html", "application/xhtml+xml")


def is_mhtml(path: Path) -> bool:
    """Whether a file is an MHTML file, by its name or its first bytes; raise OSError where it cannot be read."""
    if path.suffix.lower() in (".mht", ".mhtml"):
        return True
    with path.open("rb") as file:
        return b"Snapshot-Content-Location:" in file.read(_FIRST)


def read_mhtml(path: Path, name: str) -> Capture | DamagedRecord:
    """Read the page of an MHTML file, at the address that the file says; raise OSError where it cannot be read."""
    if path.stat().st_size > _LARGEST_FILE:
        return DamagedRecord(name, str(Phrase("larger than {count} MiB", count=_LARGEST_FILE >> 20)))
    head, rest = _split(path.read_bytes())
    part = next((one for one in _parts(head, rest) if _media_type(one[0]) in _PAGE), None)
    if part is None:
        return DamagedRecord(name, gettext_noop("an MHTML file without a page"))
    headers, raw = part
    body = _decoded(headers, raw)
    url = (head.get("snapshot-content-location") or headers.get("content-location") or "").strip()
    if not url.lower().startswith(("http://", "https://")):
        url = path.resolve().as_uri()
    if len(body) > LARGEST:
        return DamagedRecord(f"{name} {url}", str(Phrase("larger than {count} MiB", count=LARGEST >> 20)))
    try:
        date = from_http(head.get("date", ""))
    except DateError:
        try:
            date = from_file(path.stat().st_mtime)
        except DateError as error:
            return DamagedRecord(f"{name} {url}", str(error))
    return Capture(url, as_stamp(date), f"file:{path.name}", 200, headers.get("content-type", _PAGE[0]), body)


def _split(message: bytes) -> tuple[Headers, bytes]:
    """Return the headers of a message or a part, and what follows."""
    message = message.lstrip(b"\r\n")
    end = _HEAD_END.search(message, 0, _HEAD)
    return (headers_of(message[: end.start()].splitlines()), message[end.end() :]) if end else ({}, message)


def _parts(head: Headers, rest: bytes) -> Iterator[tuple[Headers, bytes]]:
    """Yield the parts of a message, those of its first level; a message without any is its own part."""
    boundary = _BOUNDARY.search(head.get("content-type", ""))
    if boundary is None:
        yield head, rest
        return
    mark, rest = b"\n--" + (boundary[1] or boundary[2]).encode(), b"\n" + rest
    at = rest.find(mark)
    while at >= 0:
        start = at + len(mark)
        at = rest.find(mark, start)
        if not rest.startswith(b"--", start):
            yield _split(rest[start : at if at >= 0 else len(rest)])


def _media_type(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _decoded(headers: Headers, raw: bytes) -> bytes:
    coding = headers.get("content-transfer-encoding", "").strip().lower()
    if coding == "quoted-printable":
        return quopri.decodestring(raw)
    if coding == "base64":
        try:
            return binascii.a2b_base64(raw)
        except binascii.Error:
            return raw
    return raw
