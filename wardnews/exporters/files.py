"""Files that have their name only when they are whole."""

import os
from collections.abc import Iterable
from pathlib import Path

from wardnews.exporters.lines import as_lines


def write_lines(lines: Iterable[str], path: Path) -> int:
    """Write lines into a file that has its name only when it is whole; give their number."""
    return write_whole(as_lines(lines), path)


def write_whole(pieces: Iterable[str], path: Path) -> int:
    """Write pieces of text into a file that has its name only when it is whole; give their number."""
    part = path.with_name(f"{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    number = 0
    try:
        with part.open("w", encoding="utf-8") as file:
            for number, piece in enumerate(pieces, start=1):  # noqa: B007 - the last one is given
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return number
