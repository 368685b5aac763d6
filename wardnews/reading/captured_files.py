"""The files of articles in archives on this disk: captures of them, and what browsers saved beside a page."""

from collections.abc import Container, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.contents import LARGEST
from wardnews.archives.folder import read_folder
from wardnews.archives.sections import open_no_link
from wardnews.text.clock import timestamp_of

_OK = 200
_BESIDE = "_files"


def captured_files(path: Path, wanted: Container[str]) -> Iterator[Capture]:
    """Yield the captures of some addresses that a file or folder has, whatever their media type.

    A file beside a saved page is one of the address whose last two parts are its folder, which ends in `_files`, and
    its name; the name of an address never leads to a file. Raises OSError where the path cannot be read.
    """
    for one in read_folder(path):
        if not isinstance(one, DamagedRecord) and one.status == _OK and one.url in wanted:
            yield one


def saved_beside(path: Path) -> dict[str, Path]:
    """Return the files in the folders that browsers made beside saved pages, by folder and name: `Tin_files/anh.jpg`.

    A name that two folders share is left out: which page it is of would be a guess.
    """
    found: dict[str, Path] = {}
    twice: set[str] = set()
    for file in sorted(path.rglob(f"*{_BESIDE}/*")) if path.is_dir() else ():
        name = f"{file.parent.name}/{file.name}"
        if file.is_file() and not file.is_symlink():
            if name in found:
                twice.add(name)
            found[name] = file
    return {name: file for name, file in found.items() if name not in twice}


def beside_name(url: str) -> str | None:
    """Return folder and name of an address that a browser gave to a file beside a page; None for any other.

    >>> beside_name("http://hoasua.example/tin/B%C3%A0i%207_files/anh.jpg")
    'Bài 7_files/anh.jpg'
    >>> beside_name("http://hoasua.example/anh.jpg")
    """
    folder, _, name = unquote(urlsplit(url).path).rpartition("/")
    folder = folder.rpartition("/")[2]
    return f"{folder}/{name}" if folder.endswith(_BESIDE) and name else None


def read_beside(file: Path, url: str) -> Capture | None:
    """Return a file beside a saved page as a capture of an address; None for one too large. Raises OSError."""
    with open_no_link(file, "rb") as opened:
        body = opened.read(LARGEST + 1)
    if len(body) > LARGEST:
        return None
    changed = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return Capture(url, timestamp_of(changed), f"file:{file.name}", _OK, "", body)
