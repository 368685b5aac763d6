"""A file on its way: its bytes go to the disk as they come, so that a large one costs no memory."""

import hashlib
import zlib
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from wardnews.errors import Undecodable

_HEAD = 1 << 16
_PIECE = 1 << 20
_ANY = 47
"""What zlib takes for gzip or zlib's own format, whichever it finds."""


class Spool:
    """The bytes of an answer in a file without a name, of which nothing is left when it is closed or the run is killed.

    It stands in for the buffer in which Scrapy gathers a body; what Scrapy has of it as the body are its first bytes.
    `failure`: what the disk said, if it did not take them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.failure: OSError | None = None
        self._file: BinaryIO | None = None
        self.clear()

    def clear(self) -> None:
        """Forget what came: another answer begins, such as that which a redirect leads to."""
        self.close()
        self.length = 0
        self.head = b""
        self._sha256, self._sha1 = hashlib.sha256(), hashlib.sha1(usedforsecurity=False)

    def write(self, data: bytes) -> int:
        """Take in the next bytes."""
        self.length += len(data)
        self._sha256.update(data)
        self._sha1.update(data)
        if len(self.head) < _HEAD:
            self.head += data[: _HEAD - len(self.head)]
        if self.failure is None:
            try:
                self.file.write(data)
            except OSError as error:
                self.failure = error
        return len(data)

    def getvalue(self) -> bytes:
        """Return the first bytes."""
        return self.head

    def truncate(self, _size: int) -> None:
        """Leave out the bytes of an answer that is too large."""
        self.close()

    @property
    def file(self) -> BinaryIO:
        """Return the file that has the bytes; raise OSError where there is no room for one."""
        if self._file is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._file = TemporaryFile(dir=self.folder, buffering=_HEAD)  # type: ignore[assignment]  # noqa: SIM115 - closed by `close`
        return self._file  # type: ignore[return-value]

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the bytes, in hex."""
        return self._sha256.hexdigest()

    @property
    def sha1(self) -> bytes:
        """Return the SHA-1 of the bytes."""
        return self._sha1.digest()

    def unpacked(self, encoding: str, most: int) -> "Spool":
        """Return the bytes without the coding of an answer's Content-Encoding, which is asked not to have one.

        Raises Undecodable for another coding than gzip and deflate, for broken bytes, and for more than `most`.
        """
        if encoding in ("", "identity"):
            return self
        if encoding not in ("gzip", "x-gzip", "deflate"):
            raise Undecodable("file compressed as {encoding}", encoding=encoding[:20])
        plain = Spool(self.folder)
        unpack = zlib.decompressobj(_ANY)
        self.file.seek(0)
        try:
            while piece := unpack.unconsumed_tail or self.file.read(_PIECE):
                plain.write(unpack.decompress(piece, _PIECE))
                if plain.length > most:
                    raise Undecodable("file too large")
        except zlib.error as error:
            raise Undecodable("compressed file broken") from error
        finally:
            self.close()
        if not unpack.eof:
            raise Undecodable("compressed file broken")
        return plain

    def close(self) -> None:
        """Let go of the bytes."""
        if self._file is not None:
            self._file.close()
            self._file = None
