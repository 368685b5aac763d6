"""Folders that were packed into one file, as zip or tar: their pages and archives are unpacked, within bounds."""

import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from wardnews.archives import room
from wardnews.archives.capture import DamagedRecord
from wardnews.archives.disk import is_tar, pages_only
from wardnews.errors import RecordError

_MOST_FILES = 1_000_000
_DAMAGED = (tarfile.TarError, OSError, *room.BROKEN)


def unpack_folder(path: Path, name: str, folder: Path) -> Iterator[DamagedRecord]:
    """Unpack the pages and archives of a packed folder into another; say what could not be.

    Pictures, scripts and the like stay packed, links are not followed, and nothing is written outside of the folder.
    """
    try:
        yield from (_untar if is_tar(path) else _unzip)(path, name, folder)
    except _DAMAGED as error:
        yield DamagedRecord(name, f"cannot be read to its end: {error}")
    except RecordError as error:
        yield DamagedRecord(name, str(error))


def _unzip(path: Path, name: str, folder: Path) -> Iterator[DamagedRecord]:
    with zipfile.ZipFile(path) as archive:
        wanted = frozenset(pages_only(one.filename for one in archive.infolist() if not one.is_dir()))
        members = [one for one in archive.infolist() if one.filename in wanted]
        room.check(path.stat().st_size, sum(one.file_size for one in members), folder)
        for one in members:
            try:
                with archive.open(one) as packed:
                    _write(packed, folder, one.filename, one.file_size)
            except (RecordError, *room.BROKEN) as error:
                yield DamagedRecord(f"{name}/{one.filename}", str(error))


def _untar(path: Path, name: str, folder: Path) -> Iterator[DamagedRecord]:
    size, total = path.stat().st_size, 0
    with tarfile.open(path) as archive:
        for one in archive:
            if not one.isreg() or not list(pages_only(iter([one.name]))):
                continue
            total += one.size
            room.check(size, total, folder)
            packed = archive.extractfile(one)
            try:
                if packed:
                    _write(packed, folder, one.name, one.size)
            except (RecordError, zlib.error, EOFError) as error:
                yield DamagedRecord(f"{name}/{one.name}", str(error))


def _write(packed: IO[bytes], folder: Path, name: str, size: int) -> None:
    """Write a member below the folder, under its name; raise RecordError where that leads out of it."""
    steps = PurePosixPath(name.replace("\\", "/")).parts
    if not steps or steps[0] == "/" or ".." in steps or "\0" in name:
        raise RecordError("a name that leads out of its folder")
    target = folder.joinpath(*steps)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        room.copy(packed, target, size)
    except OSError as error:
        raise RecordError(f"cannot be unpacked: {error.strerror}") from error
