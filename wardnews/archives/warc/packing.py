"""How files of records are packed: not at all, or record by record as gzip or zstd members; never beyond a bound."""

import sys
import zlib
from importlib import import_module
from typing import Any, BinaryIO, Protocol

from wardnews.errors import PackedRecord

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_GZIP = 31
_WINDOW: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 27}
"""What `zstd --ultra` asks for at most; more memory is given to no file."""
_LARGEST_DICTIONARY = 16 << 20
_DICTIONARY = b"\x5d\x2a\x4d\x18"
"""The magic number of the skippable frame that holds a file's dictionary, by the format of WARC in zstd."""
_ZSTD, _SKIPPABLE, _FRAME_HEAD = b"\x28\xb5\x2f\xfd", b"\x2a\x4d\x18", 8


def _fastest() -> Any:
    """Return what unpacks gzip: the same library by Intel, where it is installed, in less than half of the time."""
    try:
        return import_module("isal.isal_zlib")
    except ImportError:
        return zlib


inflate = _fastest()


class Unpacker(Protocol):
    """What unpacks one member."""

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""

    @property
    def unused_data(self) -> bytes:
        """The bytes behind the member's end."""

    @property
    def hungry(self) -> bool:
        """Whether there is nothing more to unpack without further bytes."""

    def unpack(self, raw: bytes, most: int) -> bytes:
        """Return at most `most` further bytes; raise PackedRecord for what is damaged."""


class Packing(Protocol):
    """One way in which members are packed."""

    magic: bytes
    head: int
    """How many bytes of a member are needed at most to unpack its beginning."""

    def unpacker(self) -> Unpacker:
        """Return what unpacks the next member."""


class _Gunzip:
    def __init__(self) -> None:
        self._zlib = inflate.decompressobj(_GZIP)

    @property
    def eof(self) -> bool:
        return bool(self._zlib.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._zlib.unused_data)

    @property
    def hungry(self) -> bool:
        return not self._zlib.unconsumed_tail

    def unpack(self, raw: bytes, most: int) -> bytes:
        try:
            return bytes(self._zlib.decompress(self._zlib.unconsumed_tail + raw, most))
        except inflate.error as error:
            raise PackedRecord("cannot be unpacked") from error


class Gzip:
    """Members of gzip."""

    magic = b"\x1f\x8b\x08"
    head = 640

    def unpacker(self) -> Unpacker:
        """Return what unpacks the next member."""
        return _Gunzip()


class _Unzstd:
    def __init__(self, dictionary: zstd.ZstdDict | None) -> None:
        self._zstd = zstd.ZstdDecompressor(dictionary, _WINDOW)

    @property
    def eof(self) -> bool:
        return self._zstd.eof

    @property
    def unused_data(self) -> bytes:
        return self._zstd.unused_data

    @property
    def hungry(self) -> bool:
        return self._zstd.needs_input

    def unpack(self, raw: bytes, most: int) -> bytes:
        try:
            return self._zstd.decompress(raw, most)
        except zstd.ZstdError as error:
            raise PackedRecord("cannot be unpacked") from error


class Zstd:
    """Frames of zstd, with the dictionary that the file's first frame may hold."""

    magic = _ZSTD
    head = (1 << 17) + 32  # a block is unpacked as a whole

    def __init__(self, dictionary: zstd.ZstdDict | None = None) -> None:
        self._dictionary = dictionary

    def unpacker(self) -> Unpacker:
        """Return what unpacks the next frame."""
        return _Unzstd(self._dictionary)


def packing_of(file: BinaryIO) -> Packing | None:
    """Return how a file of records is packed by its first bytes, None for one that is not, or is no such file."""
    file.seek(0)
    first = file.read(_FRAME_HEAD)
    if first.startswith(Gzip.magic):
        return Gzip()
    if first.startswith(_ZSTD):
        return Zstd()
    if first[1:4] == _SKIPPABLE and first[0] & 0xF0 == 0x50:  # noqa: PLR2004 - sixteen magic numbers
        size = int.from_bytes(first[4:], "little")
        return Zstd(
            _dictionary(file.read(size)) if first.startswith(_DICTIONARY) and size <= _LARGEST_DICTIONARY else None
        )
    return None


def _dictionary(content: bytes) -> zstd.ZstdDict | None:
    """Read a dictionary, which may be packed itself; None where it is none: the frames say what they miss."""
    try:
        if content.startswith(_ZSTD):
            content = zstd.ZstdDecompressor(options=_WINDOW).decompress(content, _LARGEST_DICTIONARY)
        return zstd.ZstdDict(content)
    except (zstd.ZstdError, ValueError, EOFError):
        return None
