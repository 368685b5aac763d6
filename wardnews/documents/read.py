"""The text of a file, whatever it is."""

import struct
from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO

from wardnews.documents.document import Document
from wardnews.errors import UnreadableDocument
from wardnews.files.media_types import media_type_of

if TYPE_CHECKING:
    from collections.abc import Callable

READER = 1
"""Rises where files are read otherwise: what an earlier one read is read again."""
_OOXML, _ODF = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
_READERS = {
    "application/pdf": "pdf.read_pdf",
    f"{_OOXML}wordprocessingml.document": "docx.read_docx",
    f"{_OOXML}spreadsheetml.sheet": "xlsx.read_xlsx",
    f"{_ODF}text": "opendocument.read_odt",
    f"{_ODF}spreadsheet": "opendocument.read_ods",
    "application/msword": "doc.read_doc",
    "application/vnd.ms-excel": "xls.read_xls",
    **dict.fromkeys((f"image/{kind}" for kind in ("jpeg", "png", "gif", "webp", "bmp")), "thumbnails.read_picture"),
}
"""What reads a file, by its media type."""
_OLE = "application/x-ole-storage"
NEEDED = {"pypdf": "pypdf", "olefile": "olefile", "xlrd": "xlrd", "PIL": "pillow"}
"""The libraries of the extra, by the names that they are imported by."""


def read(file: BinaryIO) -> Document:
    """Return what a file says. Raises UnreadableDocument, which says why it cannot be read.

    It takes the memory and the time that the file makes it take: `process` bounds both.
    """
    media_type = media_type_of(file)
    file.seek(0)
    if media_type not in _READERS:
        raise _why_not(file, media_type)
    module, name = _READERS[media_type].split(".")
    reader: Callable[[BinaryIO], Document] = getattr(import_module(f"wardnews.documents.{module}"), name)
    try:
        return reader(file)
    except RecursionError as error:
        raise UnreadableDocument("holds parts within parts without end") from error
    except struct.error as error:
        raise UnreadableDocument("is broken: {error}", error=error) from error


def _why_not(file: BinaryIO, media_type: str) -> UnreadableDocument:
    if media_type == _OLE:
        from wardnews.documents.ole import Streams

        if Streams(file).has("EncryptedPackage"):
            return UnreadableDocument("is locked with a password")
    return UnreadableDocument("is {media_type}, whose text is not read", media_type=media_type)
