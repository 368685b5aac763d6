"""Room for what archives unpack to: bounded by ratio, and by what is free on the disk."""

import shutil
import zipfile
import zlib
from pathlib import Path
from typing import IO

from wardnews.errors import RecordError

BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, TypeError, ValueError)
"""What zipfile raises for damaged files."""
_PIECE = 1 << 20
_MOST_TIMES, _SMALL = 100, 64 << 20
"""A file may unpack to so many times its size; below some MiB to any size."""
_LEFT_FREE = 256 << 20
"""How many bytes stay free on the disk."""


def check(packed: int, unpacked: int, folder: Path) -> None:
    """Raise RecordError where a file of `packed` bytes declares to unpack to too many, or to more than is free."""
    if unpacked > max(_SMALL, _MOST_TIMES * packed):
        raise RecordError(f"unpacks to {_megabytes(unpacked)}, more than {_MOST_TIMES} times its size: left packed")
    free = shutil.disk_usage(folder).free
    if unpacked + _LEFT_FREE > free:
        raise RecordError(f"unpacks to {_megabytes(unpacked)}, and {folder} has {_megabytes(free)} free: set TMPDIR")


def copy(source: IO[bytes], target: Path, most: int) -> None:
    """Write what a stream unpacks to, at most `most` bytes; raise RecordError where it goes on, OSError on failure."""
    size = 0
    with target.open("xb") as file:
        while piece := source.read(_PIECE):
            size += len(piece)
            if size > most:
                raise RecordError(f"unpacks to more than {_megabytes(most)} that it declares")
            file.write(piece)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
