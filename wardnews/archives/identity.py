"""What tells a file of captures from all others, wherever it is mounted."""

import hashlib

from wardnews.archives.disk import DiskFile, Kind

_PIECE, _PIECES = 1 << 14, 16
"""How many bytes of a file are one piece, and how many pieces of it are looked at."""
_OF_ONE_PAGE = (Kind.MHTML, Kind.PAGE, Kind.TEXT)


def identity_of(file: DiskFile, kind: Kind | None) -> str:
    """Return what a file is known by: its size and a digest, of all of a small one, of pieces of a large one.

    A single page says by its name and time where and when it was saved, so it is known by these. Empty for a file that
    cannot be read.
    """
    if kind in _OF_ONE_PAGE:
        return _named(file, f"{file.name} {file.stamp}".encode())
    try:
        with file.path.open("rb") as opened:
            if file.size <= _PIECE * _PIECES:
                return _named(file, opened.read())
            pieces = []
            for number in range(_PIECES):
                opened.seek((file.size - _PIECE) * number // (_PIECES - 1))
                pieces.append(opened.read(_PIECE))
    except OSError:  # whoever reads it says why
        return ""
    return _named(file, b"".join(pieces))


def _named(file: DiskFile, content: bytes) -> str:
    return f"file:{file.size}-{hashlib.sha256(content).hexdigest()[:24]}"
