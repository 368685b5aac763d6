"""Documents that are ZIP files of XML, taken apart within bounds: OOXML (DOCX, XLSX) and OpenDocument (ODT, ODS)."""

import lzma
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Literal
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from wardnews.errors import UnreadableDocument

MOST_UNPACKED = 100 << 20
"""Bytes of all parts of a file that are read, unpacked: text of a thousand times what a document has."""
_MOST_PARTS = 20_000
_CHUNK = 64 << 10
_LONGEST_TOKEN = 4 << 20
"""Bytes of one tag or the like: a parser keeps all of it in memory."""
_DEEPEST = 200

_BROKEN = (BadZipFile, NotImplementedError, ValueError, OverflowError, EOFError, OSError, zlib.error, lzma.LZMAError)

Event = tuple[Literal["start", "end", "text"], str, dict[str, str]]
"""The start of an element, with its attributes; its end; text. Names are without their name space."""


class Container:
    """A ZIP file whose parts are read as XML, with a bound on what all of them unpack to."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._zip = ZipFile(file)
        except _BROKEN as error:
            raise UnreadableDocument("no whole ZIP file: {error}", error=error) from error
        self.names = self._zip.namelist()
        if len(self.names) > _MOST_PARTS:
            raise UnreadableDocument("has {count} parts", count=len(self.names))
        self._room = MOST_UNPACKED

    def has(self, name: str) -> bool:
        """Whether there is a part of this name."""
        return name in self.names

    def events(self, name: str) -> Iterator[Event]:
        """Yield what an XML part holds. Raises UnreadableDocument where it is broken or has a document type.

        None of these formats has one: without it there are no entities, and so none that grow.
        """
        parser, found = _parser()
        try:
            waiting = 0
            for chunk in self._chunks(name):
                parser.Parse(chunk, False)
                waiting = 0 if found else waiting + len(chunk)
                if waiting > _LONGEST_TOKEN:
                    raise UnreadableDocument("{name}: a tag without an end", name=name)
                yield from found
                found.clear()
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise UnreadableDocument("{name}: broken XML: {error}", name=name, error=error) from error
        yield from found

    def _chunks(self, name: str) -> Iterator[bytes]:
        """Yield a part unpacked, in chunks."""
        try:
            with self._zip.open(name) as part:
                while chunk := part.read(_CHUNK):
                    self._room -= len(chunk)
                    if self._room < 0:
                        raise UnreadableDocument("unpacks to more than {most} MB", most=MOST_UNPACKED >> 20)
                    yield chunk
        except KeyError as error:
            raise UnreadableDocument("has no part {name}", name=name) from error
        except (*_BROKEN, RuntimeError) as error:  # the last is zipfile's word for a part with a password
            if isinstance(error, RecursionError | UnreadableDocument):
                raise
            raise UnreadableDocument("{name}: cannot be unpacked: {error}", name=name, error=error) from error


def _parser() -> tuple["expat.XMLParserType", list[Event]]:
    """Return a parser, and the list that what it finds is put into."""
    found: list[Event] = []
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise UnreadableDocument("elements within {most} others", most=_DEEPEST)
        found.append(("start", _local(name), {_local(key): value for key, value in attributes.items()}))

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        found.append(("end", _local(name), {}))

    def doctype(*_: object) -> None:
        raise UnreadableDocument("XML with a document type, which may hold entities that grow")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = lambda text: found.append(("text", text, {}))
    parser.StartDoctypeDeclHandler = doctype
    return parser, found


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
