"""Folders that were packed into one file, as zip or tar: their pages and archives are unpacked, within bounds."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from zipfile import ZipInfo

from wardnews.archives.capture import DamagedRecord, damaged
from wardnews.archives.disk import pages_only
from wardnews.archives.packed import room
from wardnews.archives.packed.room import Room
from wardnews.archives.packed.tar import read_tar
from wardnews.errors import DateError, RecordError
from wardnews.text.timestamps import from_file

_DAMAGED = (RecordError, OSError, *room.BROKEN)
_ZIP = b"PK"


def unpack_folder(path: Path, name: str, folder: Path) -> Iterator[DamagedRecord]:
    """Unpack the pages and archives of a packed folder into another; say what could not be.

    Pictures, scripts and the like stay packed, links are not followed, and nothing is written outside of the folder.
    """
    within = Room(path.stat().st_size, folder)
    try:
        with path.open("rb") as file:
            is_zip = file.read(len(_ZIP)) == _ZIP
        yield from (_unzip if is_zip else _untar)(path, name, within)
    except _DAMAGED as error:
        yield damaged(name, error, "cannot be read to its end: ")


def _unzip(path: Path, name: str, within: Room) -> Iterator[DamagedRecord]:
    with path.open("rb") as file:
        archive = room.open_zip(file)
        for one in archive.infolist():
            if one.is_dir() or not any(pages_only(iter([one.filename]))):
                continue
            try:
                target = _target(within.folder, one.filename)
                within.take(one.file_size)
                with archive.open(one) as packed:
                    room.copy(packed, target, one.file_size)
                _date(target, _time_of(one), path)
            except _DAMAGED as error:
                yield damaged(f"{name}/{one.filename}", error)


def _untar(path: Path, name: str, within: Room) -> Iterator[DamagedRecord]:
    for one in read_tar(path, within.most):
        if not any(pages_only(iter([one.name]))):
            continue
        try:
            target = _target(within.folder, one.name)
            within.take(one.size)
            file = target.open("xb")
        except (RecordError, OSError) as error:
            yield damaged(f"{name}/{one.name}", error)
            continue
        with file:
            file.writelines(one.pieces)
        _date(target, one.changed, path)


def _time_of(info: ZipInfo) -> float:
    """Return when a member was changed, in seconds since 1970, 0 where that is no time: zip files know no zone."""
    try:
        return datetime(*info.date_time).timestamp()  # noqa: DTZ001
    except (ValueError, OverflowError, OSError):
        return 0


def _date(target: Path, changed: float, packed: Path) -> None:
    """Set the time of what was unpacked to the one that it had, or where it has none, to that of the packed file."""
    try:
        from_file(changed)
    except DateError:
        changed = packed.stat().st_mtime
    os.utime(target, (changed, changed))


def _target(folder: Path, name: str) -> Path:
    """Return where a member is written, below the folder; raise RecordError where its name leads out of that."""
    steps = PurePosixPath(name.replace("\\", "/")).parts
    if not steps or steps[0] == "/" or ".." in steps or "\0" in name:
        raise RecordError("a name that leads out of its folder")
    target = folder.joinpath(*steps)
    target.parent.mkdir(parents=True, exist_ok=True)
    return target
