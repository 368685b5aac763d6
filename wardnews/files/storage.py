"""Where files are kept: under the SHA-256 of their bytes, in the folder or at the URL WARDNEWS_FILES.

A file is written under a name that ends in `.part` and has its own name when it is whole; in a bucket it shows when all
of it is there. The same bytes are kept once.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from wardnews.archives.sections import open_no_link
from wardnews.storage import connect, failures, is_url

PART = ".part"
_FOLDER = "sha256"


def place_of(sha256: str) -> str:
    """Return the path of a file below the folder of kept files.

    >>> place_of("ab12")
    'sha256/ab/12'
    """
    return f"{_FOLDER}/{sha256[:2]}/{sha256[2:]}"


def keep(base: str, sha256: str, file: BinaryIO) -> None:
    """Keep the bytes of a file, from its start, unless they are kept; raise OSError on failure, and leave no part."""
    file.seek(0)
    if is_url(base):
        _send(_url(base, place_of(sha256)), file)
        return
    path = Path(base, place_of(sha256))
    if path.exists():
        return
    try:
        _write(path, file)
    except OSError:
        forget(base, sha256)
        raise


def _url(base: str, place: str) -> str:
    return f"{base.rstrip('/')}/{place}"


def _send(url: str, file: BinaryIO) -> None:
    with failures(url):
        system, path = connect(url)
        if system.exists(path):
            return
        part = path + PART
        system.makedirs(path.rpartition("/")[0], exist_ok=True)
        with system.open(part, "wb") as sent:
            shutil.copyfileobj(file, sent)
        system.mv(part, path)


def _write(path: Path, file: BinaryIO) -> None:
    part = path.with_name(path.name + PART)
    path.parent.mkdir(parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    with part.open("xb") as written:  # follows no link that was put there
        shutil.copyfileobj(file, written)
        written.flush()
        os.fsync(written.fileno())
    part.rename(path)


def open_kept(base: str, sha256: str) -> BinaryIO:
    """Open a kept file for reading; raise OSError where it cannot be."""
    if is_url(base):
        url = _url(base, place_of(sha256))
        with failures(url):
            system, path = connect(url)
            return cast("BinaryIO", system.open(path, "rb"))
    return cast("BinaryIO", open_no_link(Path(base, place_of(sha256)), "rb"))


def forget(base: str, sha256: str) -> None:
    """Delete a file, and what was written of it; none there is fine. Raise OSError on failure."""
    for place in (place_of(sha256), place_of(sha256) + PART):
        if not is_url(base):
            Path(base, place).unlink(missing_ok=True)
            continue
        with failures(_url(base, place)):
            system, path = connect(_url(base, place))
            if system.exists(path):
                system.rm_file(path)


def kept_in(base: str) -> Iterator[tuple[str, int]]:
    """Yield name and length of all that lies there: the SHA-256 in hex, with `.part` where a file is not whole."""
    if is_url(base):
        with failures(base):
            system, path = connect(_url(base, _FOLDER))
            found = system.find(path, detail=True) if system.exists(path) else {}
        for name in sorted(found):
            folder, _, rest = name.rpartition("/")
            yield folder[-2:] + rest, int(found[name]["size"])
        return
    for one in sorted(Path(base, _FOLDER).glob("*/*")):
        yield one.parent.name + one.name, one.lstat().st_size
