"""HTTrack's cache `hts-cache/new.zip`: each page as it came, with its headers where zip files keep extra fields."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.contents import LARGEST
from wardnews.archives.http import Headers, headers_of
from wardnews.archives.packed import room
from wardnews.errors import DateError
from wardnews.locale import Phrase, gettext_noop
from wardnews.text.timestamps import as_stamp, from_file
from wardnews.text.urls import resolve

_LOCAL_HEAD = 30
_MAGIC = b"PK\3\4"


def read_httrack_cache(path: Path, name: str) -> Iterator[Capture | DamagedRecord]:
    """Read the pages of a cache of HTTrack, under the time of the file; raise OSError where it cannot be read."""
    try:
        date = as_stamp(from_file(path.stat().st_mtime))
    except DateError as error:
        yield DamagedRecord(name, str(error))
        return
    with path.open("rb") as file:
        try:
            archive = room.open_zip(file)
        except room.BROKEN as error:
            yield DamagedRecord(name, str(Phrase("a damaged zip file: {reason}", reason=error)))
            return
        size, claimed = path.stat().st_size, 0
        for info in archive.infolist():
            if not info.filename.startswith(("http://", "https://")):
                continue
            claimed += info.compress_size
            if claimed > size:
                yield DamagedRecord(f"{name} {info.filename}", gettext_noop("overlaps with others"))
                return
            head = _headers(path, info)
            if not _is_kept_page(head):
                continue
            yield _capture(archive, info, head, date, name)


def _is_kept_page(head: Headers) -> bool:
    """Whether a member holds a page: the bodies of pictures and the like lie in the mirror."""
    return head.get("x-in-cache") == "1" and "html" in head.get("content-type", "").lower()


def _capture(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, head: Headers, date: str, name: str
) -> Capture | DamagedRecord:
    where = f"{name} {info.filename}"
    if info.file_size > LARGEST:
        return DamagedRecord(where, str(Phrase("larger than {count} MiB", count=LARGEST >> 20)))
    status = head.get("x-statuscode", "")
    try:
        body = archive.read(info)
        location = head.get("location")
        there = resolve(info.filename, location) if location else None
    except (OSError, *room.BROKEN) as error:
        return DamagedRecord(where, str(Phrase("cannot be read: {reason}", reason=error)))
    charset = f"; charset={head['x-charset']}" if head.get("x-charset") else ""
    kind = f"{head['content-type']}{charset}"
    return Capture(info.filename, date, f"file:{name}", int(status) if status.isdigit() else 200, kind, body, there)


def _headers(path: Path, info: zipfile.ZipInfo) -> Headers:
    """Return the headers of a member, which stand as lines in its local extra field."""
    with path.open("rb") as file:
        file.seek(min(info.header_offset, path.stat().st_size))  # a lie may be more than a file system takes
        head = file.read(_LOCAL_HEAD)
        if len(head) < _LOCAL_HEAD or not head.startswith(_MAGIC):
            return {}
        file.seek(int.from_bytes(head[26:28], "little"), 1)
        extra = file.read(int.from_bytes(head[28:30], "little"))
    return headers_of(extra.splitlines())
