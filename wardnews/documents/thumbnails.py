"""Thumbnails of pictures: small JPEGs, without what cameras write beside a picture."""

import io
import struct
import warnings
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from wardnews.documents.document import Document
from wardnews.errors import UnreadableDocument
from wardnews.locale import Phrase

SIDE = 320
"""Pixels of the longer side."""
_QUALITY = 75
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP")
_MOST_PIXELS = 200_000_000
"""Of a picture as it says itself; pictures that say more are bombs to Pillow."""
_MOST_DECODED, _MOST_WITH_ALPHA = 24_000_000, 10_000_000
"""Pixels that are in memory at once: JPEG can be decoded at a fraction of its size, the others cannot."""


def read_picture(file: BinaryIO) -> Document:
    """Return the thumbnail of a picture, of the first one where it moves."""
    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS // 2  # Pillow raises an error at twice as many
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=_FORMATS) as picture:
                return Document("picture", thumbnail=_thumbnail(picture))
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        OSError,
        SyntaxError,
        ValueError,
        struct.error,
    ) as error:
        if isinstance(error, UnreadableDocument):
            raise
        cause = Phrase("no picture of its kind") if isinstance(error, UnidentifiedImageError) else error
        raise UnreadableDocument("no thumbnail can be made: {cause}", cause=cause) from error


def _thumbnail(picture: Image.Image) -> bytes:
    picture.draft("RGB", (SIDE, SIDE))
    most = _MOST_WITH_ALPHA if picture.mode in ("RGBA", "LA", "PA") else _MOST_DECODED
    if picture.width * picture.height > most:
        raise UnreadableDocument(
            "no thumbnail is made: {width} by {height} pixels", width=picture.width, height=picture.height
        )
    picture.thumbnail((SIDE, SIDE))
    small = ImageOps.exif_transpose(picture).convert("RGBA")
    shown = Image.new("RGB", small.size, "white")
    shown.paste(small, mask=small.getchannel("A"))
    written = io.BytesIO()
    shown.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()
