"""Room for what archives unpack to: bounded by ratio, and by what is free on the disk."""

import lzma
import shutil
import sys
import zipfile
import zlib
from pathlib import Path
from typing import IO

from wardnews.errors import NoRoom, RecordError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, KeyError, NotImplementedError, RuntimeError),
    *(TypeError, ValueError, OverflowError, MemoryError, zstd.ZstdError),
)
"""What zipfile raises for damaged files."""
_PIECE = 1 << 20
MOST_TIMES, SMALL = 100, 64 << 20
"""A file may unpack to so many times its size; below some MiB to any size."""
_LEFT_FREE = 256 << 20
"""How many bytes stay free on the disk."""
_LARGEST_DIRECTORY = 32 << 20
"""How many bytes the list of a zip file's members may have: some hundred thousand of them."""
_END_OF_ZIP, _END_SIZE, _LONGEST_COMMENT = b"PK\5\6", 22, 1 << 16
_BEYOND_32_BITS, _BEFORE_64 = 0xFFFFFFFF, 76
"""What stands for a longer number, and how many bytes before the end of the list that number's record begins."""


class Room:
    """The room that all that is unpacked of a file of `packed` bytes may take in a folder."""

    def __init__(self, packed: int, folder: Path) -> None:
        self.folder = folder
        self.most = max(SMALL, MOST_TIMES * packed)
        self._left = self.most

    def take(self, size: int) -> None:
        """Take room for a member; raise RecordError where it is too much for the file, NoRoom for the disk."""
        if size > self._left:
            raise RecordError(
                "unpacks to {size}, more than {times} times its size: left packed",
                size=_megabytes(size),
                times=MOST_TIMES,
            )
        free = shutil.disk_usage(self.folder).free
        if size + _LEFT_FREE > free:
            raise NoRoom(
                "unpacks to {size}, and {folder} has {free} free: set TMPDIR",
                size=_megabytes(size),
                folder=self.folder,
                free=_megabytes(free),
            )
        self._left -= size


def open_zip(file: IO[bytes]) -> zipfile.ZipFile:
    """Open a zip file; raise what zipfile does for a damaged one, and for one whose list of members fills memory."""
    file.seek(0, 2)
    file.seek(max(0, file.tell() - _BEFORE_64 - _END_SIZE - _LONGEST_COMMENT))
    end = file.read()
    at = end.rfind(_END_OF_ZIP)
    size = int.from_bytes(end[at + 12 : at + 16], "little") if at >= 0 else 0
    if size == _BEYOND_32_BITS and at >= _BEFORE_64:
        size = int.from_bytes(end[at - _BEFORE_64 + 40 : at - _BEFORE_64 + 48], "little")
    if size > _LARGEST_DIRECTORY:
        raise zipfile.BadZipFile("a list of members that is too long")
    return zipfile.ZipFile(file)


def copy(source: IO[bytes], target: Path, most: int) -> None:
    """Write what a stream unpacks to, at most `most` bytes; raise RecordError where it goes on, OSError on failure."""
    size = 0
    with target.open("xb") as file:
        while piece := source.read(_PIECE):
            size += len(piece)
            if size > most:
                raise RecordError("unpacks to more than {most} that it declares", most=_megabytes(most))
            file.write(piece)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
