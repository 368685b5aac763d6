"""The text of PDF files, by pages."""

import logging
from typing import Any, BinaryIO

from pypdf import PdfReader, apply_configuration
from pypdf.errors import DependencyError, PyPdfError

from wardnews.documents.document import CUT, PARTLY_SCANNED, SCANNED, Document, Pages, Run
from wardnews.errors import UnreadableDocument
from wardnews.text.legacy_fonts import LegacyCode, legacy_code

_MOST_UNPACKED = 32 << 20
"""Bytes that a stream of a page unpacks to; pypdf's own bound is 75 MB."""
_MOST_PARSED = 1_000_000
"""Operators and operands of a page; pypdf's own bound is twice that."""
_OUTPUTS = ("array_based_stream", "brotli", "lzw", "run_length", "zlib")
_BOUNDS: dict[str, Any] = dict.fromkeys((f"{kind}_maximum_output_length" for kind in _OUTPUTS), _MOST_UNPACKED) | {
    "stream_parsing_work_maximum_count": _MOST_PARSED,
    "jbig2dec_binary": None,
    "disable_legacy_handling": True,
}
_DEEPEST_FORM = 5
_BROKEN = (
    PyPdfError, DependencyError, ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError,
    OSError, TypeError, ValueError,
)  # fmt: skip
"""What pypdf raises for a broken file, and what it meets in one."""
logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is broken and can be read all the same needs no word


def read_pdf(file: BinaryIO) -> Document:
    """Return the text of a PDF; a page that shows a picture and no text is flagged as scanned."""
    pages = Pages()
    scanned = 0
    try:
        with apply_configuration(**_BOUNDS):
            reader = PdfReader(file)
            if reader.is_encrypted and not reader.decrypt(""):
                raise UnreadableDocument("is locked with a password")
            for page in reader.pages:
                if pages.is_full:
                    pages.flags[CUT] = None
                    break
                text = pages.add(_runs(page))
                scanned += not text and _shows_picture(page, _DEEPEST_FORM)
    except _BROKEN as error:
        if isinstance(error, UnreadableDocument):
            raise
        raise UnreadableDocument("cannot be read as PDF: {error}", error=error or type(error).__name__) from error
    if scanned:
        pages.flags[PARTLY_SCANNED if any(pages.texts) else SCANNED] = None
    return pages.document("pdf")


def _runs(page: Any) -> list[Run]:
    """Return the text of a page in the order of its reading."""
    runs: list[Run] = []
    codes: dict[int, LegacyCode | None] = {}

    def take(text: str, _matrix: Any, _position: Any, font: Any, _size: Any) -> None:
        if not text:
            return
        if id(font) not in codes:
            codes[id(font)] = legacy_code(str(font.get("/BaseFont", "")).lstrip("/")) if font else None
        runs.append((text, codes[id(font)]))

    page.extract_text(visitor_text=take)
    return runs


def _shows_picture(page: Any, depth: int) -> bool:
    """Whether a page, or a form on it, has a picture."""
    resources = page.get("/Resources")
    drawn = resources.get_object().get("/XObject") if resources else None
    for one in drawn.get_object().values() if drawn else ():
        shown = one.get_object()
        if shown.get("/Subtype") == "/Image" or (depth and _shows_picture(shown, depth - 1)):
            return True
    return False
