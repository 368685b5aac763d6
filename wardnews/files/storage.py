"""Where files are kept: under the SHA-256 of their bytes, in the folder WARDNEWS_FILES.

A file is written under a name that ends in `.part` and has its own name when it is whole; the same bytes are kept once.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from wardnews.archives.sections import open_no_link

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
    path = Path(base, place_of(sha256))
    if path.exists():
        return
    file.seek(0)
    try:
        _write(path, file)
    except OSError:
        forget(base, sha256)
        raise


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
    return cast("BinaryIO", open_no_link(Path(base, place_of(sha256)), "rb"))


def forget(base: str, sha256: str) -> None:
    """Delete a file, and what was written of it; none there is fine. Raise OSError on failure."""
    for name in (place_of(sha256), place_of(sha256) + PART):
        Path(base, name).unlink(missing_ok=True)


def kept_in(base: str) -> Iterator[tuple[str, int]]:
    """Yield name and length of all that lies there: the SHA-256 in hex, with `.part` where a file is not whole."""
    for path in sorted(Path(base, _FOLDER).glob("*/*")):
        yield path.parent.name + path.name, path.lstat().st_size
