"""Files within files: a WARC file in a WACZ file is read where it stands; and files that are no links."""

import io
import os
from pathlib import Path
from typing import IO, Any, BinaryIO, NamedTuple, cast

from wardnews.portable import NO_FOLLOW


class Section(NamedTuple):
    """A part of a file that is a file of its own: `size` bytes from `start` on, or all. `name`: how to call it."""

    path: Path
    name: str
    start: int = 0
    size: int | None = None

    def open(self) -> BinaryIO:
        """Open the part; raise OSError where the file cannot be."""
        if self.size is None:
            return self.path.open("rb")
        return cast("BinaryIO", io.BufferedReader(Window(self.path.open("rb", buffering=0), self.start, self.size)))

    def length(self) -> int:
        """Return the part's size in bytes; raise OSError where the file is not there."""
        return self.path.stat().st_size if self.size is None else self.size


def open_no_link(path: Path, mode: str) -> IO[Any]:
    """Open a file as `open` does; raise OSError for a link, which others may have put there."""
    return open(path, mode, opener=lambda name, flags: os.open(name, flags | NO_FOLLOW, 0o666))


def whole(path: Path) -> Section:
    """Return a file as the section that it is."""
    return Section(path, path.name)


class Window(io.RawIOBase):
    """A part of an open file, as a file; closes that with itself."""

    def __init__(self, file: io.RawIOBase | BinaryIO, start: int, size: int) -> None:
        super().__init__()
        self._file, self._start, self._size, self._at = file, start, size, 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a byte of the part."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read what the buffer holds, at most to the part's end."""
        most = max(0, min(len(buffer), self._size - self._at))
        self._file.seek(self._start + self._at)
        piece = self._file.read(most) or b""
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        """Close the file too."""
        if not self.closed:
            self._file.close()
        super().close()
