"""WACZ files: WARC files in a zip, with a list of their digests, read where they stand; and packages of such files."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from wardnews.archives.capture import Capture, DamagedRecord, damaged
from wardnews.archives.packed import room
from wardnews.archives.packed.room import Room
from wardnews.archives.sections import Section, whole
from wardnews.archives.warc.read import read_warc
from wardnews.archives.warc.revisits import find_originals
from wardnews.errors import RecordError
from wardnews.locale import Phrase, gettext_noop

_LONGEST_LIST = 8 << 20
_PIECE = 1 << 20
_LIST = "datapackage.json"
_LOCAL_HEAD, _LOCAL_MAGIC = 30, b"PK\3\4"
_WARCS = (".warc", ".warc.gz", ".warc.zst")
_DEEPEST = 3


def read_wacz(file: Path | Section) -> Iterator[Capture | DamagedRecord]:
    """Read the captures of the WARC files in a WACZ file, or in the WACZ files of a multi-WACZ package.

    What is stored is read where it stands; what is packed once more is unpacked to a temporary folder, within bounds. A
    file that is torn or has another digest than `datapackage.json` says is told as damaged, and read all the same, as
    far as it can be: its records have digests of their own. Raises OSError where the file cannot be opened or read.
    """
    section = file if isinstance(file, Section) else whole(file)
    with TemporaryDirectory(prefix="wardnews-") as folder:
        warcs: list[Section] = []
        yield from _members(section, Room(section.length(), Path(folder)), warcs, 0)
        originals = find_originals(warcs)
        for warc in warcs:
            yield from read_warc(warc, originals=originals)


def standing_warcs(section: Section) -> tuple[list[Section], list[DamagedRecord]] | None:
    """Return the WARC files of a WACZ file and what of it is damaged; None where some are packed once more."""
    with TemporaryDirectory(prefix="wardnews-") as folder:
        warcs: list[Section] = []
        damage = list(_members(section, Room(section.length(), Path(folder)), warcs, 0))
        return (warcs, damage) if all(one.path == section.path for one in warcs) else None


def _members(file: Section, within: Room, warcs: list[Section], depth: int) -> Iterator[DamagedRecord]:
    """Find the WARC files of a WACZ file; say what of it is damaged."""
    with file.open() as opened:
        try:
            archive = room.open_zip(opened)
        except room.BROKEN as error:
            yield DamagedRecord(file.name, str(Phrase("no WACZ file: {reason}", reason=error)))
            return
        names = [one for one in archive.infolist() if _is_warc(one.filename)]
        packages = [one for one in archive.infolist() if one.filename.lower().endswith(".wacz")]
        if not names and not packages:
            yield DamagedRecord(file.name, gettext_noop("no WACZ file: no archive/*.warc in it"))
        digests: dict[str, str] = {}
        try:
            digests = _digests(archive)
        except room.BROKEN as error:
            yield DamagedRecord(f"{file.name}/{_LIST}", str(Phrase("cannot be read: {reason}", reason=error)))
        claimed = 0
        for at, info in enumerate([*names, *packages]):
            name, section = f"{file.name}/{info.filename}", None
            claimed += info.file_size if _is_stored(info) else info.compress_size
            try:
                if claimed > file.length():
                    raise RecordError("overlaps with others")  # noqa: TRY301 - damaged as others are
                section = _section(file, archive, info, within)
                _check(section, info, digests.get(info.filename, ""))
            except (RecordError, OSError, *room.BROKEN) as error:
                yield damaged(name, error, "" if isinstance(error, RecordError) else "cannot be read to its end: ")
                section = section or _section_of_damaged(within.folder, name)
            if section is None:
                continue
            if at < len(names):
                warcs.append(section)
            elif depth < _DEEPEST:
                yield from _members(section, within, warcs, depth + 1)
            else:
                yield DamagedRecord(name, gettext_noop("a package within too many others"))


def _is_warc(name: str) -> bool:
    return name.startswith("archive/") and name.lower().endswith(_WARCS)


def _is_stored(info: zipfile.ZipInfo) -> bool:
    return info.compress_type == zipfile.ZIP_STORED and not info.flag_bits & 1


def _section(file: Section, archive: zipfile.ZipFile, info: zipfile.ZipInfo, within: Room) -> Section:
    """Return a member as a file: where it stands, or unpacked; raise RecordError or what zipfile raises for neither."""
    name = f"{file.name}/{info.filename}"
    if _is_stored(info):
        offset = _data_offset(file, info)
        return Section(file.path, name, file.start + offset, min(info.file_size, file.length() - offset))
    target = _target(within.folder, name)
    within.take(info.file_size)
    with archive.open(info) as packed:
        room.copy(packed, target, info.file_size)
    return Section(target, name)


def _target(folder: Path, name: str) -> Path:
    return folder / hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()


def _section_of_damaged(folder: Path, name: str) -> Section | None:
    """Return what was unpacked of a member before it turned out damaged."""
    target = _target(folder, name)
    return Section(target, name) if target.exists() else None


def _data_offset(file: Section, info: zipfile.ZipInfo) -> int:
    """Return where the bytes of a stored member begin; raise RecordError where its local head is none."""
    with file.open() as opened:
        opened.seek(min(info.header_offset, file.length()))  # a lie may be more than a file system takes
        head = opened.read(_LOCAL_HEAD)
    if len(head) < _LOCAL_HEAD or not head.startswith(_LOCAL_MAGIC):
        raise RecordError("cannot be read: its place in the file holds no member")
    lengths = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    return info.header_offset + _LOCAL_HEAD + lengths


def _digests(archive: zipfile.ZipFile) -> dict[str, str]:
    with archive.open(_LIST) as file:
        listed: Any = json.loads(file.read(_LONGEST_LIST))
    resources = listed.get("resources") if isinstance(listed, dict) else None
    if not isinstance(resources, list):
        raise TypeError("it lists no resources")
    pairs = [(each.get("path"), each.get("hash")) for each in resources if isinstance(each, dict)]
    return {path: digest for path, digest in pairs if isinstance(path, str) and isinstance(digest, str)}


def _check(section: Section, info: zipfile.ZipInfo, digest: str) -> None:
    """Raise RecordError where a file is another than its package says, BadZipFile where it is damaged."""
    algorithm, _, value = digest.rpartition(":")
    made, checksum = hashlib.sha256(), 0
    with section.open() as file:
        while piece := file.read(_PIECE):
            made.update(piece)
            checksum = zlib.crc32(piece, checksum)
    if checksum != info.CRC:
        raise zipfile.BadZipFile(f"Bad CRC-32 for file {info.filename!r}")
    if algorithm == "sha256" and value.lower() != made.hexdigest():
        raise RecordError("wrong digest")
