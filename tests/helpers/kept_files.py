"""Kept files of the tests' own making, and an article that names them."""

from __future__ import annotations

import hashlib
import io

from PIL import Image

from tests.helpers import datasette_imported  # noqa: F401 - before all else that imports it
from tests.helpers import documents as made
from tests.serve import town
from wardnews import items
from wardnews.files.media_types import media_type_of
from wardnews.files.storage import keep, place_of
from wardnews.store.database import Store
from wardnews.store.files.kept import KeptFile, write_kept

PLAN = made.pdf_with_unicode([["Kế hoạch đọc sách", "Tổ 1: ông Mộc"], ["Phụ lục: bà Sương giữ chìa khóa"]])


def picture(kind: str, size: tuple[int, int] = (900, 600), mode: str = "RGB") -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, "red").save(written, kind)
    return written.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
FILES = {
    "ke-hoach.pdf": PLAN,
    "scan.pdf": made.scanned_pdf(2),
    "anh.png": picture("PNG"),
    "trang.pdf": b"<!DOCTYPE html><script>alert(1)</script>",
    "danh-sach.xlsx": made.xlsx({"A": '<row><c t="inlineStr"><is><t>Sương</t></is></c></row>'}, [], ["Arial"]),
}


def keep_all(store_url: str, base: str, files: dict[str, bytes] = FILES) -> dict[str, str]:
    """Keep files as a crawl does; return their SHA-256 by name."""
    store = Store.open(store_url)
    names = {}
    with store.writing() as connection:
        for name, data in files.items():
            sha256 = names[name] = hashlib.sha256(data).hexdigest()
            keep(base, sha256, io.BytesIO(data))
            file = KeptFile(sha256, len(data), media_type_of(io.BytesIO(data)), place_of(sha256))
            write_kept(store, connection, url_of(name), file, "2026-01-01T00:00:00Z")
    store.close()
    return names


def url_of(name: str) -> str:
    return f"http://hoasua.example/{name}"


def article_with(files: dict[str, bytes], key: str = "hoasua:1", title: str = "Phường đọc sách") -> items.Article:
    """Make up an article that names kept files: pictures as its images, all others as attachments."""
    found = town.made(key, title)
    for name, data in files.items():
        of_file = (media_type_of(io.BytesIO(data)), hashlib.sha256(data).hexdigest(), len(data))
        if of_file[0].startswith("image/"):
            found.images.append(items.Image(url_of(name), "Ảnh minh họa", None, *of_file))
        else:
            found.attachments.append(items.Attachment(url_of(name), f"Tài liệu {name}", *of_file))
    return found
