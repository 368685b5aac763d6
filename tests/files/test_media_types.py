from __future__ import annotations

import io
import zipfile

import pytest

from wardnews.files.media_types import media_type_of

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def zipped(*names: str, first: bytes = b"") -> bytes:
    """Return a zip archive of some names; `first` is the content of the first one."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, name in enumerate(names):
            archive.writestr(name, first if number == 0 else b"x" * 100_000)
    return packed.getvalue()


def ole(stream: str) -> bytes:
    """Return the beginning of an OLE file whose directory, in its third sector, names a stream."""
    head = bytearray(512)
    head[:8], head[30:32], head[48:52] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x09\0", (2).to_bytes(4, "little")
    return bytes(head) + bytes(1024) + b"R\0o\0o\0t\0".ljust(128, b"\0") + stream.encode("utf-16-le").ljust(128, b"\0")


KINDS: list[tuple[bytes, str]] = [
    (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n\0\0", "image/png"),
    (b"GIF89a<script>alert(1)</script>", "image/gif"),
    (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
    (b"\0\0\0\x20ftypavif", "image/avif"),
    (b"\0\0\0\x20ftypisom", "video/mp4"),
    (b"%PDF-1.7\n", "application/pdf"),
    (b"\n\n%PDF-1.4\n", "application/pdf"),
    (b"<html>%PDF-1.4\n", "text/html"),
    (b"\xef\xbb\xbf  <!DOCTYPE html><p>", "text/html"),
    (b"<!-- x -->\n<HTML>", "text/html"),
    (b"<!doctype html>", "text/html"),
    (b"<!---->" * 9000 + b"<1", "text/plain"),
    (b"<script>location='/dang-nhap'</script>", "text/html"),
    (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html>', "text/html"),
    (b'<?xml version="1.0"?><svg onload="alert(1)">', "image/svg+xml"),
    (b'<svg xmlns="x"><script>alert(1)</script></svg>', "image/svg+xml"),
    (b'<?xml version="1.0"?><rss>', "application/xml"),
    (zipped("[Content_Types].xml", "word/document.xml"), WORD),
    (zipped("[Content_Types].xml", "docProps/big.xml", "xl/workbook.xml"), SHEET),
    (zipped("mimetype", "content.xml", first=b"application/vnd.oasis.opendocument.text"), "application/vnd.oasis.opendocument.text"),
    (zipped("bao-cao.doc"), "application/zip"),
    (b"PK\x03\x04", "application/zip"),
    (ole("WordDocument"), "application/msword"),
    (ole("Workbook"), "application/vnd.ms-excel"),
    (ole("Danh mục"), "application/x-ole-storage"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf1\\ansi", "application/rtf"),
    (b"Rar!\x1a\x07\x01\0", "application/vnd.rar"),
    ("Kính gửi: các tổ dân phố".encode(), "text/plain"),
    (b"\0\1\2\3", "application/octet-stream"),
    (b"", "application/x-empty"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "kind"), KINDS, ids=lambda value: str(value)[:40] if isinstance(value, str) else ""
)
def test_what_a_file_is_by_its_content(content: bytes, kind: str) -> None:
    assert media_type_of(io.BytesIO(content)) == kind
