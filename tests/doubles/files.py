"""Pictures and documents such as portals have, made by the libraries that people make them with."""

from __future__ import annotations

import io
import random
from functools import cache

import docx
import openpyxl  # type: ignore[import-untyped]
from PIL import Image

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>'
LOG_IN = "<html><head><title>Đăng nhập</title></head><body><form><input type=password></form></body></html>".encode()


@cache
def picture(kind: str, seed: int = 0) -> bytes:
    """Return a picture: JPEG, PNG or WEBP; another `seed` makes another one."""
    written = io.BytesIO()
    rgb = random.Random(seed).randbytes(64 * 48 * 3)
    Image.frombytes("RGB", (64, 48), rgb).save(written, kind)
    return written.getvalue()


@cache
def pdf(text: str = "", pad: int = 0) -> bytes:
    """Return a PDF file of one page, with a line of text or none; `pad`: bytes that make it longer."""
    content = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode() if text else b""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = b"%PDF-1.4\n" + b"%" + b"x" * pad + b"\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(body))
        body += b"%d 0 obj%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        len(body),
    )


@cache
def word() -> bytes:
    """Return a Word document."""
    document, written = docx.Document(), io.BytesIO()
    document.add_paragraph("Kế hoạch ra quân của phường Hoa Sữa")
    document.save(written)
    return written.getvalue()


@cache
def sheet() -> bytes:
    """Return an Excel workbook."""
    book, written = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Tổ dân phố", 7])
    book.save(written)
    return written.getvalue()
