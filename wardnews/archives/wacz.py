"""WACZ files: WARC files in a zip, with a list of their digests."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.warc.read import read_warc
from wardnews.archives.warc.revisits import find_originals

_LONGEST_LIST = 8 << 20
_PIECE = 1 << 20
_LIST = "datapackage.json"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, TypeError, ValueError)


def read_wacz(path: Path) -> Iterator[Capture | DamagedRecord]:
    """Read the captures of the WARC files in a WACZ file, which are unpacked to a temporary folder meanwhile.

    A file that is torn or has another digest than `datapackage.json` says is told as damaged, and read all the same,
    as far as it can be: its records have digests of their own. Raises OSError where the file cannot be opened or read.
    """
    with path.open("rb") as file, TemporaryDirectory(prefix="wardnews-") as folder:
        try:
            archive = zipfile.ZipFile(file)
        except _BROKEN as error:
            yield DamagedRecord(path.name, f"no WACZ file: {error}")
            return
        names = [name for name in archive.namelist() if name.startswith("archive/") and ".warc" in name]
        if not names:
            yield DamagedRecord(path.name, "no WACZ file: no archive/*.warc in it")
        digests: dict[str, str] = {}
        try:
            digests = _digests(archive)
        except _BROKEN as error:
            yield DamagedRecord(f"{path.name}/{_LIST}", f"cannot be read: {error}")
        unpacked = [Path(folder, str(number)) for number in range(len(names))]
        for name, target in zip(names, unpacked, strict=True):
            if cause := _unpack(archive, name, target, digests.get(name, "")):
                yield DamagedRecord(f"{path.name}/{name}", cause)
        originals = find_originals(unpacked)
        for name, target in zip(names, unpacked, strict=True):
            for found in read_warc(target, originals=originals):
                if isinstance(found, Capture):
                    yield replace(found, via=f"warc:{path.name}/{name}")
                else:
                    yield replace(found, where=f"{path.name}/{name}{found.where.removeprefix(target.name)}")


def _digests(archive: zipfile.ZipFile) -> dict[str, str]:
    with archive.open(_LIST) as file:
        listed: Any = json.loads(file.read(_LONGEST_LIST))
    resources = listed.get("resources") if isinstance(listed, dict) else None
    if not isinstance(resources, list):
        raise TypeError("it lists no resources")
    pairs = [(each.get("path"), each.get("hash")) for each in resources if isinstance(each, dict)]
    return {path: digest for path, digest in pairs if isinstance(path, str) and isinstance(digest, str)}


def _unpack(archive: zipfile.ZipFile, name: str, target: Path, digest: str) -> str | None:
    """Unpack a file as far as it goes; say what is wrong with it."""
    made = hashlib.sha256()
    with target.open("wb") as unpacked:
        try:
            with archive.open(name) as packed:
                while piece := packed.read(_PIECE):
                    made.update(piece)
                    unpacked.write(piece)
        except _BROKEN as error:
            return f"cannot be read to its end: {error}"
    algorithm, _, value = digest.rpartition(":")
    return "wrong digest" if algorithm == "sha256" and value.lower() != made.hexdigest() else None
