"""Files and folders that have their name only when they are whole, the same bytes whenever they are written."""

import gzip
import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, cast

from wardnews import storage
from wardnews.errors import ExportError
from wardnews.exporters.endings import packing_of
from wardnews.exporters.lines import with_ends
from wardnews.portable import flush_disks, locked_folder
from wardnews.text.strings import masked

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

DESCRIPTOR = "datapackage.json"
"""What lies beside exports; by it an export knows a folder that an export made, and that it may replace."""
OWN = "wardnews"
"""The property of a descriptor that is no standard's: how the folder was made, what a resource holds."""
DAMAGED = (EOFError, gzip.BadGzipFile, zstd.ZstdError)
"""What reading a file raises that is not compressed as its ending says."""
_BUFFER = 1 << 18
FILES = "files"
"""How a folder was made that single files were exported into."""


def write_lines(lines: Iterable[str], path: Path) -> int:
    """Write lines into a file that has its name only when it is whole; return their number."""
    return write_whole(with_ends(lines), path)


def write_whole(pieces: Iterable[str] | Iterable[bytes], path: Path) -> int:
    """Write pieces of text, encoded or not, into a file that has its name only when it is whole; return their number.

    A name that ends in .gz or .zst makes it compressed.
    """
    part = path.with_name(f"{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    number = 0
    try:
        part.unlink(missing_ok=True)
        with part.open("xb", _BUFFER) as raw:
            with _packed(raw, packing_of(path.name)) as file:
                for number, piece in enumerate(pieces, start=1):  # noqa: B007 - the last one is returned
                    file.write(piece.encode() if isinstance(piece, str) else piece)
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return number


@contextmanager
def _packed(raw: IO[bytes], ending: str) -> Iterator[Any]:
    """Compress what is written, as a file's ending asks for; no time and no name goes in."""
    if ending == ".gz":
        with gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as file:
            yield file
    elif ending == ".zst":
        with zstd.ZstdFile(raw, "wb", level=3) as file:
            yield file
    else:
        yield raw


def compressed(content: bytes, ending: str) -> bytes:
    """Return bytes as a member of a compressed file with such an ending: others may stand before and behind it."""
    return gzip.compress(content, 6, mtime=0) if ending == ".gz" else zstd.compress(content, 3)


def open_unpacked(path: Path, ending: str) -> IO[bytes]:
    """Open a file for reading what it holds; raise OSError where it cannot be."""
    if ending == ".gz":
        return cast("IO[bytes]", gzip.open(path))
    return cast("IO[bytes]", zstd.open(path)) if ending == ".zst" else path.open("rb")


@contextmanager
def whole_folder_at(target: str, kind: str) -> Iterator[Path]:
    """Yield a folder to write into, which goes where `target` says when the block ends without an error.

    Below a URL no folder is renamed: files take the places of others one by one, the descriptor that of the old one
    last. Raises what `whole_folder` raises, StorageError and OSError.
    """
    if not storage.is_url(target):
        with whole_folder(Path(target), kind) as folder:
            yield folder
        return
    descriptor = f"{target.rstrip('/')}/{DESCRIPTOR}"
    storage.check(target)
    if storage.names_below(target):
        _check_made(_descriptor_at(descriptor), target, kind)
    with TemporaryDirectory(prefix="wardnews-") as folder_name:
        yield Path(folder_name)
        storage.send_folder(Path(folder_name), target, last=DESCRIPTOR)


def _descriptor_at(url: str) -> dict[str, Any]:
    try:
        with storage.reading(url) as path:
            return descriptor_of(path.parent)
    except FileNotFoundError:
        return {}


@contextmanager
def whole_folder(given: Path, kind: str) -> Iterator[Path]:
    """Yield a folder to write into; it takes the place of the one that is named when the block ends without an error.

    `kind` is the format. Raises ExportError where the name is that of a mount point or of a folder which no export of
    this kind made, or where another export is writing the same folder.
    """
    path = given.resolve()
    if path.is_mount():
        raise ExportError("{folder}: is a mount point, which cannot be replaced; name a folder within it", folder=given)
    old, part = path.with_name(f".{path.name}.old"), path.with_name(f".{path.name}.part")
    for other in (part, old):
        if other.is_symlink():  # put there by others: what it leads to is not ours to replace
            other.unlink()
    part.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        try:
            held.enter_context(locked_folder(part))
        except BlockingIOError:
            raise ExportError(
                "{folder}: another export is writing this folder; wait for its end", folder=given
            ) from None
        try:
            _put_back(old, path)
            _check_folder(path, given, kind)
            _empty(part)
            yield part
            flush_disks()  # once for all files, before they have their names
            if path.exists():
                path.rename(old)
            part.rename(path)
            shutil.rmtree(old, ignore_errors=True)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            _put_back(old, path)
            raise


def _put_back(old: Path, path: Path) -> None:
    """Undo what an export that ended between its two renames left: the folder under its other name only."""
    if old.exists() and not path.exists():
        old.rename(path)
    shutil.rmtree(old, ignore_errors=True)


def _empty(folder: Path) -> None:
    for left in folder.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()


def _check_folder(path: Path, given: Path, kind: str) -> None:
    """Raise ExportError where a folder may not be replaced as a whole by an export of this kind."""
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        return
    _check_made(descriptor_of(path), str(given), kind)


def _check_made(descriptor: dict[str, Any], given: str, kind: str) -> None:
    made = descriptor.get(OWN, {}).get("made")
    if made and made != kind:
        raise ExportError(
            "{folder}: is an export of another kind, {made}, and would be replaced as a whole; name a new folder",
            folder=masked(given),
            made=made,
        )
    if not made:
        raise ExportError(
            "{folder}: is nothing that an export made, and would be replaced as a whole; name a new folder",
            folder=masked(given),
        )


def made_as(folder: Path) -> str | None:
    """Return what a folder was made as: a format, FILES where single files were exported into it, None by others."""
    made: str | None = descriptor_of(folder).get(OWN, {}).get("made")
    return made


def descriptor_of(folder: Path) -> dict[str, Any]:
    """Return the data package's descriptor of a folder; empty where there is none that can be read."""
    try:
        read = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}
