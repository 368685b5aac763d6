"""Everything on this disk that holds captures, file by file."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from traceback import format_exc

from wardnews.archives.arc import read_arc
from wardnews.archives.capture import Capture, DamagedRecord, damaged
from wardnews.archives.disk import DiskFile, Kind, files_of, kind_of
from wardnews.archives.httrack import read_httrack_cache
from wardnews.archives.mhtml import read_mhtml
from wardnews.archives.packed.container import unpack_folder
from wardnews.archives.saved.pages import read_page_file, read_text_file
from wardnews.archives.sections import Section
from wardnews.archives.wacz import read_wacz
from wardnews.archives.warc.read import read_warc
from wardnews.locale import gettext_noop

Found = Capture | DamagedRecord


def read_folder(folder: Path, url: str | None = None) -> Iterator[Found]:
    """Read the captures of a folder, or of one file, in the order of their names.

    The address of a saved page is what it says of itself (a comment of the program that saved it, else its canonical
    address), else what the names of folder and file say (wget's), else `url` for a file alone, else the file's own.
    What is no capture is a DamagedRecord. Raises OSError where the path itself cannot be read.
    """
    files, closed = files_of(folder)
    for file in files:
        yield from read_file(file, folder if folder.is_dir() else folder.parent, None if folder.is_dir() else url)
    yield from closed


def read_file(file: DiskFile, top: Path, url: str | None = None) -> Iterator[Found]:
    """Read the captures of one file below the folder `top`; why it is not read is a DamagedRecord too."""
    try:
        kind, cause = kind_of(file)
        if kind == Kind.UNREAD:
            yield DamagedRecord(file.name, f"{Kind.UNREAD}: {cause}")
        elif kind == Kind.CONTAINER:
            yield from _contained(file)
        else:
            yield from _read(file, kind, top, url)
    except Exception as error:  # noqa: BLE001 - a file must not end the reading of all; it is told as our error
        yield broken(file.name, error)


def broken(name: str, error: Exception) -> DamagedRecord:
    """Return what an error that reading a file raised says of it: the disk's, or one of our own."""
    if isinstance(error, OSError):
        return damaged(name, error)
    return DamagedRecord(name, f"error in wardnews itself: {type(error).__name__}", trace=format_exc())


def _read(file: DiskFile, kind: Kind, top: Path, url: str | None) -> Iterator[Found]:
    section = Section(file.path, file.path.name)
    if kind == Kind.WARC:
        yield from read_warc(section)
    elif kind == Kind.ARC:
        yield from read_arc(section)
    elif kind == Kind.WACZ:
        yield from read_wacz(section)
    elif kind == Kind.HTTRACK_CACHE:
        yield from read_httrack_cache(file.path, file.name)
    elif kind == Kind.MHTML:
        yield read_mhtml(file.path, file.name)
    elif kind in (Kind.PAGE, Kind.TEXT):
        read = read_page_file if kind == Kind.PAGE else read_text_file
        if (one := read(file.path, top, url)) is not None:
            yield one


def _contained(file: DiskFile) -> Iterator[Found]:
    """Read a packed folder; what is packed once more within it is named and left."""
    with TemporaryDirectory(prefix="wardnews-") as place:
        folder = Path(place)
        yield from unpack_folder(file.path, file.name, folder)
        files, closed = files_of(folder)
        for one in files:
            within = f"{file.name}/{one.name}"
            if kind_of(one)[0] == Kind.CONTAINER:
                why = gettext_noop("packed once more: unpack it first")
                yield DamagedRecord(within, f"{Kind.UNREAD}: {why}")
                continue
            for found in read_file(one, folder):
                if isinstance(found, DamagedRecord):
                    yield replace(found, where=f"{file.name}/{found.where}")
                else:
                    yield _addressed(found, within, file)
        yield from closed


def _addressed(capture: Capture, within: str, file: DiskFile) -> Capture:
    """Return a capture whose address, where it is the file's own, is one that stays: the temporary folder does not."""
    if not capture.url.startswith("file:"):
        return capture
    url = f"{file.path.resolve().as_uri()}#{within.removeprefix(f'{file.name}/')}"
    return Capture(url, capture.timestamp, capture.via, capture.status, capture.content_type, capture.body, None)
