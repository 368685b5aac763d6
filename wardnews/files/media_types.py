"""What a file is, by its content: what its name, its link or a server says of it proves nothing."""

import re
from typing import BinaryIO

HTML = "text/html"
EMPTY = "application/x-empty"
UNKNOWN = "application/octet-stream"
_HEAD = 1 << 16
"""Bytes at either end of a file by which it is judged."""
_OFFICE = "application/vnd.openxmlformats-officedocument."
_STARTS = (
    (rb"\xff\xd8\xff", "image/jpeg"),
    (rb"\x89PNG\r\n\x1a\n", "image/png"),
    (rb"GIF8[79]a", "image/gif"),
    (rb"RIFF.{4}WEBP", "image/webp"),
    (rb"BM.{4}\0\0\0\0", "image/bmp"),
    (rb"II\*\0|MM\0\*", "image/tiff"),
    (rb".{4}ftypavi[fs]", "image/avif"),
    (rb".{4}ftyp(?:hei[cx]|mif1)", "image/heic"),
    (rb"\x00\x00\x01\x00", "image/vnd.microsoft.icon"),
    (rb"Rar!\x1a\x07", "application/vnd.rar"),
    (rb"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (rb"\x1f\x8b\x08", "application/gzip"),
    (rb"\{\\rtf", "application/rtf"),
    (rb".{4}ftyp", "video/mp4"),
    (rb"ID3|\xff[\xfb\xf3\xf2]", "audio/mpeg"),
)
_KNOWN = tuple((re.compile(start, re.DOTALL), kind) for start, kind in _STARTS)
_MARKUP = re.compile(
    rb"(?:(?><!--.*?-->)\s*+|<\?xml[^>]*+>\s*+|<!DOCTYPE\s[^>]*+>\s*+)*+<([a-zA-Z]+)", re.DOTALL | re.IGNORECASE
)
"""The first element; atomic, so that a head full of comments takes no longer than its length."""
_HTML_DOCTYPE = re.compile(rb"<!doctype\s+html", re.IGNORECASE)
_OF_PAGES = frozenset(b"html head body title meta script style link div span p a table h1 center iframe base".split())
_ODF = re.compile(rb"mimetype(application/vnd\.oasis\.opendocument\.[a-z-]+)")
_PARTS = re.compile(rb"PK(?:\x03\x04.{26}|\x01\x02.{42})(word|xl|ppt)/", re.DOTALL)
_OOXML = {
    b"word": _OFFICE + "wordprocessingml.document",
    b"xl": _OFFICE + "spreadsheetml.sheet",
    b"ppt": _OFFICE + "presentationml.presentation",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = {
    "WordDocument": "application/msword",
    "Workbook": "application/vnd.ms-excel",
    "Book": "application/vnd.ms-excel",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
}


def media_type_of(file: BinaryIO) -> str:
    """Return the media type of a file by its first and last bytes; it is never unpacked.

    What begins as a page for browsers is one, whatever else it is further down.
    """
    file.seek(0, 2)
    length = file.tell()
    file.seek(0)
    head = file.read(_HEAD)
    for start, kind in _KNOWN:
        if start.match(head):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return _of_zip(head + _tail(file, length))
    if head.startswith(_OLE):
        return _of_ole(file, head)
    return _of_text(head)


def _tail(file: BinaryIO, length: int) -> bytes:
    file.seek(max(0, length - _HEAD))
    return file.read(_HEAD)


def _of_zip(ends: bytes) -> str:
    """Return what a zip archive is by the names of its first parts, and the last that its table of contents has."""
    if odf := _ODF.search(ends[:200]):
        return odf[1].decode()
    part = _PARTS.search(ends)
    return _OOXML[part[1]] if part else "application/zip"


def _of_ole(file: BinaryIO, head: bytes) -> str:
    """Return what an OLE file is by the streams that the first sector of its directory names."""
    shift, first = int.from_bytes(head[30:32], "little"), int.from_bytes(head[48:52], "little")
    if shift not in (9, 12):
        return "application/x-ole-storage"
    file.seek((first + 1) << shift)
    names = file.read(1 << 12)
    found = (kind for name, kind in _STREAMS.items() if name.encode("utf-16-le") + b"\0\0" in names)
    return next(found, "application/x-ole-storage")


def _of_text(head: bytes) -> str:
    """Return what text is; a PDF may have other bytes before it, so long as they are no markup."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if markup := _MARKUP.match(text):
        name = markup[1].lower()
        if _HTML_DOCTYPE.match(text) or name in _OF_PAGES:
            return HTML
        return "image/svg+xml" if name == b"svg" else "application/xml"
    if _HTML_DOCTYPE.match(text):
        return HTML
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    if not head:
        return EMPTY
    return UNKNOWN if b"\0" in head else "text/plain"
