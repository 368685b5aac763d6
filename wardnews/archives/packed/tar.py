"""Tar files, plain or packed, member by member, within bounds of time and memory whatever stands in their heads."""

import bz2
import gzip
import lzma
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from wardnews.errors import RecordError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_BLOCK, _PIECE, _LONGEST_NAME = 512, 1 << 16, 1 << 16
_FILES, _LONG_NAME, _PAX, _SKIPPED, _SPARSE = (b"0", b"\0", b"7"), b"L", b"x", (b"g", b"K", b"X"), b"S"
_CHECKSUM = slice(148, 156)
_LONGEST_NUMBER = 19
_PACKINGS: dict[bytes, Callable[[Any], Any]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.BZ2File,
    b"\xfd7z": lzma.LZMAFile,
    b"\x28\xb5\x2f\xfd": zstd.ZstdFile,
}


class Member(NamedTuple):
    """A regular file of a tar file.

    `changed`: in seconds since 1970. `pieces`: its content, to be taken before the next member is.
    """

    name: str
    size: int
    changed: int
    pieces: Iterator[bytes]


class _Head(NamedTuple):
    name: str
    size: int
    changed: int
    kind: bytes
    is_extended: bool


def read_tar(path: Path, most: int) -> Iterator[Member]:
    """Read the regular files of a tar file that unpacks to at most `most` bytes.

    Raises RecordError for a damaged one and where it goes on beyond that, OSError or what the packing's module does for
    one that cannot be unpacked.
    """
    with path.open("rb") as raw:
        first = raw.read(4)
        raw.seek(0)
        opened = next((opens for magic, opens in _PACKINGS.items() if first.startswith(magic)), None)
        yield from _members(_Bounded(opened(raw) if opened else raw, most))


class _Bounded:
    """What a file unpacks to, up to a bound."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self._file, self._left = file, most

    def pieces(self, size: int) -> Iterator[bytes]:
        """Yield so many bytes; raise RecordError where there are fewer, or the bound is reached."""
        while size:
            piece = self._file.read(min(size, _PIECE))
            self._left -= len(piece)
            if not piece:
                raise RecordError("torn: the file ends in the middle of it")
            if self._left < 0:
                raise RecordError("unpacks to too many bytes for its size: left packed from there")
            size -= len(piece)
            yield piece

    def block(self) -> bytes:
        """Return the next block; an empty one at the end of the file."""
        block = self._file.read(_BLOCK)
        self._left -= len(block)
        return block

    def skip(self, size: int) -> None:
        """Pass over so many bytes."""
        for _ in self.pieces(size):
            pass


def _members(file: _Bounded) -> Iterator[Member]:
    stated: dict[str, str] = {}
    while block := file.block():
        if not block.strip(b"\0"):
            return
        head = _head_of(block)
        if head.kind in (_LONG_NAME, _PAX):
            if head.size > _LONGEST_NAME:
                raise RecordError("a name that is too long")
            content = b"".join(file.pieces(head.size + -head.size % _BLOCK))[: head.size]
            stated |= _pax(content) if head.kind == _PAX else {"path": _words(content.partition(b"\0")[0])}
            continue
        name, size = stated.get("path", head.name), int(stated.get("size", head.size))
        if head.kind in _FILES and not name.endswith("/"):
            pieces = file.pieces(size)
            yield Member(name, size, head.changed, pieces)
            for _ in pieces:
                pass
            file.skip(-size % _BLOCK)
        elif head.kind in (*_SKIPPED, _SPARSE, *_FILES):
            while head.is_extended and head.kind == _SPARSE and (file.block()[504:505] or b"\0") != b"\0":
                pass
            file.skip(size + -size % _BLOCK)
        stated = {} if head.kind not in _SKIPPED else stated


def _head_of(block: bytes) -> _Head:
    """Read the head of a member; raise RecordError for a damaged one."""
    plain = block[: _CHECKSUM.start] + b" " * 8 + block[_CHECKSUM.stop :]
    if len(block) < _BLOCK or _number(block[_CHECKSUM]) != sum(plain):
        raise RecordError("damaged: no tar file from there")
    name, prefix = block[:100].partition(b"\0")[0], block[345:500].partition(b"\0")[0]
    if block[257:263] == b"ustar\0" and prefix:
        name = prefix + b"/" + name
    is_extended = block[482:483] != b"\0"
    return _Head(_words(name), _number(block[124:136]), _number(block[136:148]), block[156:157], is_extended)


def _number(field: bytes) -> int:
    """Read a number: octal digits, or bytes of their own where it is too large for these."""
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0")
    if digits.strip(b"01234567"):
        raise RecordError("damaged: a number that is none")
    return int(digits or b"0", 8)


def _pax(content: bytes) -> dict[str, str]:
    """Read the lines of an extended head, each with its length before it: name and size."""
    stated, at = {}, 0
    while at < len(content):
        digits = content[at : at + 20].partition(b" ")[0]
        length = int(digits) if digits.isdigit() else 0
        if length <= len(digits) + 1 or at + length > len(content):
            raise RecordError("damaged: an extended head that is none")
        key, _, value = content[at + len(digits) + 1 : at + length].rstrip(b"\n").partition(b"=")
        if key == b"path" or (key == b"size" and value.isdigit() and len(value) < _LONGEST_NUMBER):
            stated[key.decode()] = _words(value)
        at += length
    return stated


def _words(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
