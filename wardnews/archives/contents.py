"""Page bodies without what was wrapped around them on the wire: chunks and compression, never beyond a bound."""

import re
import sys
import zlib
from codecs import getincrementaldecoder
from collections.abc import Iterator

import brotli

from wardnews.errors import Undecodable

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LARGEST = 8 << 20
"""How many bytes a page may have once it is unpacked."""

_PIECE, _FIRST_PIECE = 1 << 16, 1 << 9
# A body may ask for 128 MiB of memory before it has given a byte; on the web 8 MiB are the custom (RFC 9659).
_WINDOW: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 24}
_GZIP, _ZLIB, _DEFLATE = 31, 15, -15
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[!?/a-zA-Z][\s\x20-\x7e]{7}")
_NONE = frozenset({"", "identity", "none", "binary", "utf-8"})
_BY_MAGIC, _WITHOUT_MAGIC = frozenset({"gzip", "x-gzip", "zstd"}), frozenset({"br", "deflate"})
_MOST_LAYERS, _START = 5, 256


def unpack(body: bytes, encodings: str, most: int = LARGEST) -> bytes:
    """Return a body without the encodings that a Content-Encoding header names, the last one first.

    Archives often hold bodies that were unpacked already, under the header of the packed ones, and packed ones without
    a header: what the first bytes are counts more than their label. Raises Undecodable for a body that is torn, packed
    in an unknown way, or larger than `most` bytes when it is unpacked.
    """
    names = [name for part in encodings.split(",") if (name := part.strip().lower()) not in _NONE]
    if len(names) > _MOST_LAYERS:
        raise Undecodable("packed more than {most} times", most=_MOST_LAYERS)
    for name in reversed(names):
        body = _unpacked(body, name, most)
    if not names and (magic := _magic(body)):
        body = _page_in(body, magic, most)
    if len(body) > most:
        raise _too_large(most)
    return body


def _unpacked(body: bytes, name: str, most: int) -> bytes:
    """Undo one layer, unless the bytes show that it is none."""
    if not body or _MARKUP.match(body):
        return body
    if name not in _BY_MAGIC | _WITHOUT_MAGIC:
        raise Undecodable("packed as {name!r}, which is not known", name=name[:40])
    if magic := _magic(body):
        return _bounded(_pieces(body, magic), magic, most)
    if name in _BY_MAGIC:
        return body
    try:
        return _bounded(_pieces(body, name), name, most)
    except Undecodable:
        if _is_text(body):
            return body
        raise


def _page_in(body: bytes, magic: str, most: int) -> bytes:
    """Unpack what has no label, where that gives a page; any file may be a page's body."""
    try:
        page = _bounded(_pieces(body, magic), magic, most)
    except Undecodable:
        return body
    return page if _MARKUP.match(page) else body


def _magic(body: bytes) -> str | None:
    """Return how a body is packed by its first bytes."""
    return "gzip" if body.startswith(b"\x1f\x8b\x08") else "zstd" if body.startswith(b"\x28\xb5\x2f\xfd") else None


def _is_text(body: bytes) -> bool:
    """Whether the first bytes are letters, as those of nothing packed are."""
    start = body[:_START]
    try:
        getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return False
    return not start.translate(None, bytes(range(32, 256)) + b"\t\n\r\f")


def _too_large(most: int) -> Undecodable:
    return Undecodable("larger than {most} MiB", most=most >> 20)


def dechunk(body: bytes) -> bytes:
    """Put the chunks of a body together; one that is in no chunks was put together already and stays as it is.

    Raises Undecodable for a body that ends before its last chunk.
    """
    parts: list[bytes] = []
    at = 0
    while True:
        end = body.find(b"\n", at, at + 1024)
        size = _size(body[at:end]) if end >= 0 else None
        if size is None:
            if not parts:
                return body
            raise Undecodable("torn in its chunks")
        if size == 0:
            return b"".join(parts)
        piece = body[end + 1 : end + 1 + size]
        if len(piece) < size:
            raise Undecodable("torn in its chunks")
        parts.append(piece)
        at = end + 1 + size
        at += 2 if body[at : at + 2] == b"\r\n" else body[at : at + 1] == b"\n"


def _size(line: bytes) -> int | None:
    digits = line.partition(b";")[0].strip()
    if not 0 < len(digits) <= 16 or digits.strip(b"0123456789abcdefABCDEF"):  # noqa: PLR2004 - digits of 64 bits
        return None
    return int(digits, 16)


def _bounded(pieces: Iterator[bytes], name: str, most: int) -> bytes:
    parts, size = [], 0
    try:
        for piece in pieces:
            size += len(piece)
            if size > most:
                raise _too_large(most)
            parts.append(piece)
    except (zlib.error, brotli.error, zstd.ZstdError, EOFError) as error:
        raise Undecodable("not to be unpacked as {name}", name=name) from error
    return b"".join(parts)


def _pieces(body: bytes, name: str) -> Iterator[bytes]:
    if name in ("gzip", "x-gzip"):
        return _inflated(body, _GZIP)
    if name == "deflate":
        # Some servers leave out the zlib header, whose first byte's low half is 8.
        return _inflated(body, _ZLIB if body[:1] and body[0] & 15 == 8 else _DEFLATE)  # noqa: PLR2004
    if name == "br":
        return _unbrotlied(body)
    return _unzstandarded(body)


def _inflated(body: bytes, kind: int) -> Iterator[bytes]:
    """Unpack one gzip member after another; what follows the last one and is none is padding.

    Each member is fed small pieces first, so that a great many small members take no more time than their bytes.
    """
    at = 0
    while at < len(body):
        unpacker, step = zlib.decompressobj(kind), _FIRST_PIECE
        while not unpacker.eof:
            fed = unpacker.unconsumed_tail
            if not fed:
                fed, at, step = body[at : at + step], at + step, min(2 * step, _PIECE)
            piece = unpacker.decompress(fed, _PIECE)
            if not piece and not unpacker.eof and not unpacker.unconsumed_tail and at >= len(body):
                raise EOFError
            yield piece
        at = min(at, len(body)) - len(unpacker.unused_data)
        if not body.startswith(b"\x1f\x8b", at):
            return


def _unbrotlied(body: bytes) -> Iterator[bytes]:
    unpacker = brotli.Decompressor()
    piece = unpacker.process(body, output_buffer_limit=_PIECE)
    while piece or not unpacker.is_finished():
        yield piece
        if unpacker.is_finished():
            return
        piece = unpacker.process(b"", output_buffer_limit=_PIECE)
        if not piece and not unpacker.is_finished():
            raise EOFError


def _unzstandarded(body: bytes) -> Iterator[bytes]:
    """Unpack one frame after another; what follows the last one and is none is padding.

    Each frame is fed small pieces first, as `_inflated` does.
    """
    at = 0
    while at < len(body) and (not at or _magic(body[at : at + 4]) == "zstd"):
        unpacker, step = zstd.ZstdDecompressor(options=_WINDOW), _FIRST_PIECE
        while not unpacker.eof:
            fed = b""
            if unpacker.needs_input:
                fed, at, step = body[at : at + step], at + step, min(2 * step, _PIECE)
                if not fed:
                    raise EOFError
            yield unpacker.decompress(fed, _PIECE)
        at = min(at, len(body)) - len(unpacker.unused_data)
