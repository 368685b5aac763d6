"""Page bodies without what was wrapped around them on the wire: chunks and compression, never beyond a bound."""

import re
import sys
import zlib
from collections.abc import Iterator

import brotli

from wardnews.errors import Undecodable

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LARGEST = 8 << 20
"""How many bytes a page may have once it is unpacked."""

_PIECE = 1 << 16
# A body may ask for 128 MiB of memory before it has given a byte; on the web 8 MiB are the custom (RFC 9659).
_WINDOW: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 24}
_GZIP, _ZLIB, _DEFLATE = 31, 15, -15
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[!?/a-zA-Z][\s\x20-\x7e]{7}")
_NONE = frozenset({"", "identity", "none", "binary", "utf-8"})


def unpack(body: bytes, encodings: str) -> bytes:
    """Undo the encodings that a Content-Encoding header names, the last one first.

    Archives often hold bodies that were unpacked already, under the header of the packed ones: these stay as they are.
    Raises Undecodable for a body that is torn, no such encoding, or larger than `LARGEST` when it is unpacked.
    """
    for name in reversed([part.strip().lower() for part in encodings.split(",")]):
        if name not in _NONE and body and not _MARKUP.match(body):
            body = _bounded(_pieces(body, name), name)
    if len(body) > LARGEST:
        raise Undecodable(_TOO_LARGE)
    return body


_TOO_LARGE = f"larger than {LARGEST >> 20} MiB"


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


def _bounded(pieces: Iterator[bytes], name: str) -> bytes:
    parts, size = [], 0
    try:
        for piece in pieces:
            size += len(piece)
            if size > LARGEST:
                raise Undecodable(_TOO_LARGE)
            parts.append(piece)
    except (zlib.error, brotli.error, zstd.ZstdError, EOFError) as error:
        raise Undecodable(f"not to be unpacked as {name}") from error
    return b"".join(parts)


def _pieces(body: bytes, name: str) -> Iterator[bytes]:
    if name in ("gzip", "x-gzip"):
        return _inflated(body, _GZIP)
    if name == "deflate":
        # Some servers leave out the zlib header, whose first byte's low half is 8.
        return _inflated(body, _ZLIB if body[:1] and body[0] & 15 == 8 else _DEFLATE)  # noqa: PLR2004
    if name == "br":
        return _unbrotlied(body)
    if name == "zstd":
        return _unzstandarded(body)
    raise Undecodable(f"packed as {name[:40]!r}, which is not known")


def _inflated(body: bytes, kind: int) -> Iterator[bytes]:
    """Unpack one gzip member after another; what follows the last one and is none is padding."""
    while body:
        unpacker = zlib.decompressobj(kind)
        while not unpacker.eof:
            piece = unpacker.decompress(body, _PIECE)
            if not piece and not unpacker.eof and not unpacker.unconsumed_tail:
                raise EOFError
            body = unpacker.unconsumed_tail
            yield piece
        body = unpacker.unused_data if unpacker.unused_data[:2] == b"\x1f\x8b" else b""


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
    unpacker = zstd.ZstdDecompressor(options=_WINDOW)
    piece = unpacker.decompress(body, _PIECE)
    while not unpacker.eof:
        if not piece and unpacker.needs_input:
            raise EOFError
        yield piece
        piece = unpacker.decompress(b"", _PIECE)
    yield piece
