"""The text of Excel workbooks since 2007 (XLSX): a page a sheet, its name above it, a row a line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import BinaryIO

from wardnews.documents.container import Container
from wardnews.documents.document import MOST_LETTERS, Document, Pages, Run
from wardnews.text.legacy_fonts import LegacyCode, legacy_code

_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_STRINGS, _STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
_DAY_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
"""The numbers of formats that Excel has for days and times."""
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_EPOCH = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001 - a workbook knows no zone
_LAST_DAY = 2_958_465
"""31 December 9999, in days of Excel."""


@dataclass(slots=True)
class _Book:
    """What the cells of a workbook refer to."""

    strings: list[list[Run]] = field(default_factory=list)
    codes: list[LegacyCode | None] = field(default_factory=list)  # of the font of each cell format
    is_day: list[bool] = field(default_factory=list)  # whether each cell format is one of days
    since_1904: bool = False


def read_xlsx(file: BinaryIO) -> Document:
    """Return the text of a workbook."""
    container = Container(file)
    book = _Book()
    _read_styles(container, book)
    _read_strings(container, book)
    pages = Pages()
    for name, part in _sheets(container, book):
        if container.has(part) and not pages.is_full:
            pages.add(_rows(container, part, name, book))
    return pages.document("xlsx")


def _sheets(container: Container, book: _Book) -> list[tuple[str, str]]:
    """Return the names of the sheets, in order, each with the part that holds it."""
    targets = {
        attributes.get("Id"): attributes.get("Target", "")
        for kind, name, attributes in (container.events(_RELATIONS) if container.has(_RELATIONS) else ())
        if (kind, name) == ("start", "Relationship")
    }
    sheets = []
    for kind, name, attributes in container.events(_WORKBOOK):
        if (kind, name) == ("start", "workbookPr"):
            book.since_1904 = attributes.get("date1904") in ("1", "true")
        elif (kind, name) == ("start", "sheet"):
            target = targets.get(attributes.get("id"), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            sheets.append((attributes.get("name", ""), part))
    return sheets


def _read_styles(container: Container, book: _Book) -> None:
    """Note which cell formats are of a font of a legacy code, and which show a day."""
    if not container.has(_STYLES):
        return
    formats: dict[str, bool] = {}
    fonts: list[str | None] = []
    within = ""
    for kind, name, attributes in container.events(_STYLES):
        if name in ("fonts", "cellXfs"):
            within = name if kind == "start" else ""
        elif kind != "start":
            continue
        elif name == "numFmt":
            shape = _QUOTED.sub("", attributes.get("formatCode", "").lower())
            formats[attributes.get("numFmtId", "")] = bool(re.search("[dmyhs]", shape)) and "general" not in shape
        elif name == "font" and within == "fonts":
            fonts.append(None)
        elif name == "name" and within == "fonts" and fonts:
            fonts[-1] = attributes.get("val")
        elif name == "xf" and within == "cellXfs":
            font, number = _number(attributes.get("fontId")), attributes.get("numFmtId", "0")
            book.codes.append(legacy_code(fonts[font]) if font < len(fonts) else None)
            book.is_day.append(formats.get(number, number.isdigit() and int(number) in _DAY_FORMATS))


def _read_strings(container: Container, book: _Book) -> None:
    """Read the strings that cells refer to by their numbers, until there are more letters than are kept."""
    if not container.has(_STRINGS):
        return
    letters = 0
    string: list[Run] = []
    code: LegacyCode | None = None
    in_text = False
    for kind, name, attributes in container.events(_STRINGS):
        if kind == "text":
            if in_text:
                string.append((name, code))
                letters += len(name)
        elif kind == "start":
            in_text = name == "t"
            if name in ("si", "r"):
                code = None
            elif name == "rFont":
                code = legacy_code(attributes.get("val"))
        else:
            in_text = False
            if name == "si":
                book.strings.append(string)
                string = []
                letters += 1
            if letters > MOST_LETTERS:
                return


def _rows(container: Container, part: str, sheet: str, book: _Book) -> Iterator[Run]:
    """Yield the runs of a sheet."""
    yield f"{sheet}\n", None
    kind_of_cell, style, value = "", 0, ""
    in_value, is_first = False, True
    for kind, name, attributes in container.events(part):
        if kind == "text":
            value += name if in_value else ""
        elif kind == "start":
            in_value = name in ("v", "t")
            if name == "c":
                kind_of_cell, style, value = attributes.get("t", "n"), _number(attributes.get("s")), ""
            elif name == "row":
                is_first = True
        else:
            in_value = False
            if name == "row" and not is_first:
                yield "\n", None
            elif name == "c" and value:
                yield ("" if is_first else " | "), None
                yield from _cell(kind_of_cell, style, value, book)
                is_first = False


def _cell(kind: str, style: int, value: str, book: _Book) -> list[Run]:
    """Return the runs of a cell."""
    code = book.codes[style] if style < len(book.codes) else None
    if kind == "s":
        number = _number(value)
        string = book.strings[number] if number < len(book.strings) else []
        return [(text, own or code) for text, own in string]
    if kind == "b":
        return [("TRUE" if value == "1" else "FALSE", None)]
    if kind == "n":
        return [
            (
                shown_number(value, is_day=style < len(book.is_day) and book.is_day[style], since_1904=book.since_1904),
                None,
            )
        ]
    return [(value, code)]


def shown_number(value: str, *, is_day: bool, since_1904: bool) -> str:
    """Return a number as a cell shows it: a day as 05/04/2026, with its time where it has one.

    >>> shown_number("46117.5", is_day=True, since_1904=False), shown_number("0.1", is_day=False, since_1904=False)
    ('05/04/2026 12:00', '0.1')
    """
    try:
        number = float(value)
    except ValueError:
        return value
    if not is_day or not 0 <= number <= _LAST_DAY:
        return f"{number:.15g}"
    moment = _EPOCH[since_1904] + timedelta(seconds=round(number * 86_400))
    if number < 1:
        return f"{moment:%H:%M}"
    return f"{moment:%d/%m/%Y}" if number == int(number) else f"{moment:%d/%m/%Y %H:%M}"


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004
