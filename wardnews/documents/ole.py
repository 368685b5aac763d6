"""OLE files, in which the documents of Word and Excel from before 2007 lie as streams."""

from typing import BinaryIO

import olefile

from wardnews.errors import UnreadableDocument

_LONGEST = 64 << 20
"""Bytes of a stream that is read."""


class Streams:
    """The streams of an OLE file."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._ole = olefile.OleFileIO(file)
        except (OSError, ValueError, IndexError, TypeError, AttributeError) as error:  # what olefile raises, and meets
            raise UnreadableDocument("no whole OLE file: {error}", error=error) from error

    def has(self, name: str) -> bool:
        """Whether there is a stream of this name."""
        return bool(self._ole.exists(name))

    def read(self, name: str) -> bytes:
        """Return a stream. Raises UnreadableDocument where it is missing, broken or too long."""
        try:
            if self._ole.get_size(name) > _LONGEST:
                raise UnreadableDocument("{name}: more than {most} MB", name=name, most=_LONGEST >> 20)
            data: bytes = self._ole.openstream(name).read()
        except (OSError, ValueError, IndexError) as error:
            if isinstance(error, UnreadableDocument):
                raise
            raise UnreadableDocument("{name}: cannot be read: {error}", name=name, error=error) from error
        return data
