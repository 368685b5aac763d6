"""Kept files beside the records of an export, each once, under the SHA-256 of its bytes."""

import errno
import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wardnews.errors import ExportError, reason
from wardnews.exporters.lines import glance
from wardnews.files.endings import ending_of
from wardnews.files.storage import open_kept, place_of
from wardnews.storage import is_url
from wardnews.text.strings import masked

FOLDER = "files"
_PIECE = 1 << 20


@dataclass(slots=True)
class KeptFiles:
    """The kept files of the records of an export, copied or linked out of the folder `base`."""

    base: str
    link: bool
    resources: list[dict[str, Any]] = field(default_factory=list)
    missing: int = 0
    _seen: set[str] = field(default_factory=set)

    def over(self, lines: Iterable[str], folder: Path) -> Iterator[str]:
        """Yield JSON lines, their kept files put into a folder on their way.

        Raises ExportError where files cannot be linked, OSError where they cannot be written.
        """
        if self.link and is_url(self.base):
            raise ExportError("{base}: files of a bucket cannot be linked: --files copy", base=masked(self.base))
        for line in lines:
            for one in (*glance(line, "images"), *glance(line, "attachments")):
                if one["sha256"] and one["sha256"] not in self._seen:
                    self._seen.add(one["sha256"])
                    self._put(one, folder)
            yield line

    def _put(self, one: dict[str, Any], folder: Path) -> None:
        """Put a file into a folder, and describe it as a data package does; one that is not there is counted."""
        name: str = one["sha256"]
        path = Path(FOLDER, name[:2], name[2:] + ending_of(one["media_type"]))
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if not (self._linked(name, target) if self.link else self._copied(name, target)):
            self.missing += 1
            return
        described = {"name": name, "path": path.as_posix(), "mediatype": one["media_type"]}
        described |= {"bytes": target.stat().st_size, "hash": f"sha256:{name}", "sources": [{"path": one["url"]}]}
        self.resources.append(described)

    def _linked(self, name: str, target: Path) -> bool:
        """Link a kept file; return False where it is not there, or is a link to somewhere else."""
        kept = Path(self.base, place_of(name))
        if not kept.is_file() or kept.is_symlink():
            return False
        try:
            os.link(kept, target, follow_symlinks=False)
        except OSError as error:
            if error.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK):
                raise
            raise ExportError(
                "{base}: cannot be linked from there ({reason}): --files copy", base=self.base, reason=reason(error)
            ) from error
        return True

    def _copied(self, name: str, target: Path) -> bool:
        """Copy a kept file; return False where it is not there, or its bytes are not those that were kept."""
        digest = hashlib.sha256()
        try:
            kept = open_kept(self.base, name)
        except OSError:
            return False
        with kept, target.open("xb") as copy:
            while piece := kept.read(_PIECE):
                digest.update(piece)
                copy.write(piece)
        if digest.hexdigest() == name:
            return True
        target.unlink()
        return False
