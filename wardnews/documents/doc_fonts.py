"""Which text of a Word document (DOC) is in a font of a legacy code; see [MS-DOC], 2.4.6.

A font is named by the text's own properties, else by the style of its paragraph or a style that this begins from.
"""

import struct
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from wardnews.text.legacy_fonts import LegacyCode, legacy_code

_STYLES, _TEXT_PAGES, _PARAGRAPH_PAGES, _FONTS = 0xA2, 0xFA, 0x102, 0x112
"""Where the header says place and length of each."""
_PAGE = 512
_FONT, _FONT_OF_ALL = 0x4A4F, 0x4A51
"""The properties that name the font of ASCII, and of all other letters."""
_SIZES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
"""Bytes of a property's operand, by the last three bits of its name; it says its length itself where none is."""
_NO_STYLE = 0xFFF
_DEEPEST_STYLE = 20
_MOST_PAGES = 200_000
_PropertiesAt = Callable[[bytes, int, int], bytes]
"""Returns the properties of a run of a page, given the number of its runs."""


@dataclass(slots=True)
class FontRuns:
    """Where in the stream of the text a code begins, in order, and which; None for the fonts that have none."""

    starts: list[int] = field(default_factory=list)
    codes: list[LegacyCode | None] = field(default_factory=list)


@dataclass(slots=True)
class _Styles:
    fonts: list[int | None]
    bases: list[int]
    default: int

    def font_of(self, style: int) -> int:
        """Return the font of a style."""
        for _ in range(_DEEPEST_STYLE):
            if style >= len(self.fonts):
                break
            font = self.fonts[style]
            if font is not None:
                return font
            style = self.bases[style]
        return self.default


def font_runs(word: bytes, table: bytes) -> FontRuns:
    """Return where the fonts of the text change. Raises struct.error or IndexError where the file is broken."""
    codes = [legacy_code(name) for name in _font_names(_part(word, table, _FONTS))]
    runs = FontRuns()
    if not any(codes):  # as in all documents of today: nothing to find out
        return runs
    styles = _styles(_part(word, table, _STYLES))
    paragraphs = sorted(_paragraphs(word, table))
    found = sorted(
        _fonts_by_place(_formatted(word, _part(word, table, _TEXT_PAGES), _text_properties), paragraphs, styles)
    )
    return FontRuns([place for place, _ in found], [codes[font] if font < len(codes) else None for _, font in found])


def _fonts_by_place(
    texts: Iterator[tuple[int, int, bytes]], paragraphs: list[tuple[int, int]], styles: _Styles
) -> Iterator[tuple[int, int]]:
    """Yield where a font may begin, and its number."""
    starts = [start for start, _ in paragraphs]
    for start, end, properties in texts:
        own = _font(properties)
        if own is not None:
            yield start, own
            continue
        number = bisect_right(starts, start) - 1
        yield start, styles.font_of(paragraphs[number][1] if number >= 0 else 0)
        for following in range(number + 1, bisect_left(starts, end)):
            yield starts[following], styles.font_of(paragraphs[following][1])


def _part(word: bytes, table: bytes, at: int) -> bytes:
    start, size = struct.unpack_from("<2I", word, at)
    return table[start : start + size]


def _font_names(part: bytes) -> list[str]:
    """Return the names of the fonts, by their numbers."""
    names = []
    count = struct.unpack_from("<H", part, 0)[0] if part else 0
    at = 4
    for _ in range(count):
        size = part[at]
        name = part[at + 40 : at + 1 + size].decode("utf-16-le", "replace")
        names.append(name.partition("\0")[0])
        at += 1 + size
    return names


def _styles(part: bytes) -> _Styles:
    """Return the fonts of the styles, by their numbers."""
    size = struct.unpack_from("<H", part, 0)[0]
    count, base_size = struct.unpack_from("<2H", part, 2)
    default = struct.unpack_from("<H", part, 2 + 12)[0]
    styles = _Styles([], [], default)
    at = 2 + size
    for _ in range(count):
        length = struct.unpack_from("<H", part, at)[0]
        style = part[at + 2 : at + 2 + length]
        at += 2 + length + length % 2
        font, base = _style(style, base_size) if style else (None, _NO_STYLE)
        styles.fonts.append(font)
        styles.bases.append(base)
    return styles


def _style(style: bytes, base_size: int) -> tuple[int | None, int]:
    """Return the font that a style names, and the style that it begins from."""
    kind_and_base, count = struct.unpack_from("<2H", style, 2)
    kind, base = kind_and_base & 0xF, kind_and_base >> 4
    at = base_size + 2 + 2 * (struct.unpack_from("<H", style, base_size)[0] + 1)
    font = None
    for number in range(count & 0xF):
        size = struct.unpack_from("<H", style, at)[0]
        if (kind, number) in ((1, 1), (2, 0)):  # the text's properties, of a paragraph's style and of a text's
            font = _font(style[at + 2 : at + 2 + size])
        at += 2 + size + size % 2
    return font, base


def _paragraphs(word: bytes, table: bytes) -> Iterator[tuple[int, int]]:
    """Yield where paragraphs begin in the stream, and their styles."""
    for start, _, properties in _formatted(word, _part(word, table, _PARAGRAPH_PAGES), _paragraph_properties):
        yield start, struct.unpack_from("<H", properties, 0)[0] if len(properties) > 1 else 0


def _formatted(word: bytes, part: bytes, properties_at: _PropertiesAt) -> Iterator[tuple[int, int, bytes]]:
    """Yield first and last place of texts in the stream, and their properties, out of the pages that a part lists."""
    count = (len(part) - 4) // 8
    for number in range(min(count, _MOST_PAGES)):
        place = (struct.unpack_from("<I", part, 4 * (count + 1) + 4 * number)[0] & 0x3FFFFF) * _PAGE
        page = word[place : place + _PAGE]
        if len(page) < _PAGE:
            continue
        runs = page[-1]
        places = struct.unpack_from(f"<{runs + 1}I", page, 0)
        for run in range(runs):
            yield places[run], places[run + 1], properties_at(page, runs, run)


def _text_properties(page: bytes, runs: int, run: int) -> bytes:
    at = 2 * page[4 * (runs + 1) + run]
    return page[at + 1 : at + 1 + page[at]] if at else b""


def _paragraph_properties(page: bytes, runs: int, run: int) -> bytes:
    at = 2 * page[4 * (runs + 1) + 13 * run]
    if not at:
        return b""
    if page[at]:
        return page[at + 1 : at + 2 * page[at]]
    return page[at + 2 : at + 2 + 2 * page[at + 1]]


def _font(properties: bytes) -> int | None:
    """Return the number of the font that properties name; None where they name none."""
    font: int | None = None
    at = 0
    while at + 2 < len(properties):
        name = struct.unpack_from("<H", properties, at)[0]
        size = _SIZES.get(name >> 13)
        if size is None:
            size = properties[at + 2] + 1
        if name == _FONT_OF_ALL or (name == _FONT and font is None):
            font = struct.unpack_from("<H", properties, at + 2)[0]
        at += 2 + size
    return font
