"""The text of Word documents from before 2007 (DOC), by their table of pieces; see [MS-DOC], 2.4.1."""

import struct
from bisect import bisect_right
from collections.abc import Iterator
from typing import BinaryIO

from wardnews.documents.doc_fonts import FontRuns, font_runs
from wardnews.documents.document import Document, Pages, Run
from wardnews.documents.ole import Streams
from wardnews.errors import UnreadableDocument

_WORD_97 = 0xC1
_ENCRYPTED, _WHICH_TABLE = 0x0100, 0x0200
_LENGTHS, _CLX = 0x4C, 0x1A2
_COMPRESSED = 1 << 30
_AT_ONCE = 64 << 10
"""Bytes of a piece that are text at a time."""
_SIGNS = {"\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x1e": "-", "\x1f": "\xad"}
_CELL, _FIELD, _RESULT, _FIELD_END = "\x07\x13\x14\x15"


def read_doc(file: BinaryIO) -> Document:
    """Return the text of a document with its footnotes: one page, a row of a table a line."""
    streams = Streams(file)
    word = streams.read("WordDocument")
    pages = Pages()
    try:
        flags = _word(word, 0x0A)
        if _word(word, 2) < _WORD_97:
            raise UnreadableDocument("is of a Word older than 97, or no document of Word")
        if flags & _ENCRYPTED:
            raise UnreadableDocument("is locked with a password")
        table = streams.read("1Table" if flags & _WHICH_TABLE else "0Table")
        pages.add(_lines(_runs(word, table, font_runs(word, table))))
    except (struct.error, IndexError) as error:
        raise UnreadableDocument("is broken: what it refers to is not there") from error
    return pages.document("doc")


def _runs(word: bytes, table: bytes, fonts: FontRuns) -> Iterator[Run]:
    """Yield the text, cut where the legacy code of its font changes."""
    length = sum(struct.unpack_from("<2I", word, _LENGTHS))  # of the text and of its footnotes
    for start, end, place, is_compressed in _pieces(word, table):
        size = 1 if is_compressed else 2
        first, last = place, place + (min(end, length) - start) * size
        while first < last:
            number = bisect_right(fonts.starts, first)
            code = fonts.codes[number - 1] if number else None
            stop = min(last, fonts.starts[number] if number < len(fonts.starts) else last)
            stop = max(min(stop, first + _AT_ONCE), first + size)
            yield word[first:stop].decode("cp1252" if is_compressed else "utf-16-le", "replace"), code
            first = stop


def _pieces(word: bytes, table: bytes) -> Iterator[tuple[int, int, int, bool]]:
    """Yield the pieces: first and last position in the text, place in the stream, whether a letter is a byte."""
    start, size = struct.unpack_from("<2I", word, _CLX)
    clx = table[start : start + size]
    at = 0
    while clx[at] == 1:  # properties, which pieces refer to
        at += 3 + _word(clx, at + 1)
    if clx[at] != 2:  # noqa: PLR2004
        raise UnreadableDocument("has no table of pieces")
    size = struct.unpack_from("<I", clx, at + 1)[0]
    count = (min(size, len(clx) - at - 5) - 4) // 12
    positions = struct.unpack_from(f"<{count + 1}I", clx, at + 5)
    for number in range(count):
        place = struct.unpack_from("<I", clx, at + 5 + 4 * (count + 1) + 8 * number + 2)[0]
        is_compressed = bool(place & _COMPRESSED)
        place &= _COMPRESSED - 1
        yield positions[number], positions[number + 1], place // 2 if is_compressed else place, is_compressed


def _lines(runs: Iterator[Run]) -> Iterator[Run]:
    """Yield runs without codes of fields, a bar between the cells of a row: it ends with a cell that is none."""
    codes: list[bool] = []  # of each field that is open, whether its code is not over yet
    after_cell = False
    for text, code in runs:
        kept = []
        for letter in text:
            if letter == _FIELD:
                codes.append(True)
            elif letter == _RESULT and codes:
                codes[-1] = False
            elif letter == _FIELD_END and codes:
                codes.pop()
            elif any(codes):
                continue
            elif letter == _CELL:
                kept.append("\n" if after_cell else "")
                after_cell = not after_cell
            else:
                kept.append(" | " if after_cell else "")
                kept.append(_SIGNS.get(letter, letter))
                after_cell = False
        yield "".join(kept), code


def _word(data: bytes, at: int) -> int:
    number: int = struct.unpack_from("<H", data, at)[0]
    return number
