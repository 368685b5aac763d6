"""The text of OpenDocument files: ODT, and ODS by sheets."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, takewhile
from typing import BinaryIO

from wardnews.documents.container import Container, Event
from wardnews.documents.document import Document, Pages, Run
from wardnews.text.legacy_fonts import LegacyCode, legacy_code

_CONTENT = "content.xml"
_SKIPPED = ("annotation", "tracked-changes", "annotation-end", "desc", "title")
_BREAKS = {"tab": "\t", "line-break": "\n", "s": " "}
_PARAGRAPHS = ("p", "h")
_STYLED = (*_PARAGRAPHS, "span", "table-cell")
_DEEPEST_STYLE = 20
_END: Run = ("\f", None)
"""The end of a page."""


def read_odt(file: BinaryIO) -> Document:
    """Return the text of a document: one page, a row of a table a line."""
    return _read(file, "odt")


def read_ods(file: BinaryIO) -> Document:
    """Return the text of a workbook: a page a sheet, its name above it, a row a line."""
    return _read(file, "ods")


def _read(file: BinaryIO, kind: str) -> Document:
    container = Container(file)
    fonts = _Fonts(container)
    pages = Pages()
    runs = _runs(container.events(_CONTENT), fonts, by_sheets=kind == "ods")
    first = next(runs, None)
    while first is not None and not pages.is_full:
        pages.add(chain([first], takewhile(lambda run: run != _END, runs)))
        first = next(runs, None)
    return pages.document(kind)


@dataclass(slots=True)
class _Place:
    """Where in a text the reading is."""

    styles: list[str] = field(default_factory=list)  # of what is open, the innermost the last
    paragraphs: int = 0  # that are open
    rows: list[int] = field(default_factory=list)  # the cells with text of each row that is open
    is_new_cell: bool = False  # nothing of the cell was read yet

    def said(self, text: str, code: LegacyCode | None) -> Iterator[Run]:
        """Yield a text, with a bar before it where it begins a cell and the row has others."""
        if self.is_new_cell and self.rows:
            if self.rows[-1]:
                yield " | ", None
            self.rows[-1] += 1
            self.is_new_cell = False
        yield text, code


class _Fonts:
    """The fonts of styles, by the name of the style."""

    def __init__(self, container: Container) -> None:
        self.families: dict[str, str] = {}
        self.fonts: dict[str, str] = {}
        self.bases: dict[str, str] = {}
        for part in ("styles.xml", _CONTENT):
            if container.has(part):
                self._read(container.events(part))

    def _read(self, events: Iterator[Event]) -> None:
        style = ""
        for kind, name, attributes in events:
            if kind != "start":
                continue
            if name == "body":
                return
            if name == "font-face":
                self.families[attributes.get("name", "")] = attributes.get("font-family", "").strip("'\"")
            elif name in ("style", "default-style"):
                style = attributes.get("name") or attributes.get("family", "")
                self.bases[style] = attributes.get("parent-style-name") or attributes.get("family", "")
            elif name == "text-properties":
                font = attributes.get("font-family") or self.families.get(
                    named := attributes.get("font-name", ""), named
                )
                if font:
                    self.fonts[style] = font

    def of(self, styles: list[str]) -> str | None:
        """Return the font within styles, the innermost the last."""
        for style in reversed(styles):
            for _ in range(_DEEPEST_STYLE):
                if font := self.fonts.get(style):
                    return font
                if not (style := self.bases.get(style, "")):
                    break
        return None


def _runs(events: Iterator[Event], fonts: _Fonts, *, by_sheets: bool) -> Iterator[Run]:
    """Yield the runs of a text; _END behind each sheet."""
    place = _Place()
    skipped, in_body = 0, False
    for kind, name, attributes in events:
        if skipped or (kind == "start" and name in _SKIPPED):
            skipped += {"start": 1, "end": -1}.get(kind, 0)
        elif kind == "text":
            if place.paragraphs and name:
                yield from place.said(name, legacy_code(fonts.of(place.styles)))
        elif kind == "end":
            yield from _ended(name, place)
            if name == "table" and by_sheets and not place.rows:
                yield _END
        elif in_body:
            if name == "table" and by_sheets and not place.rows:
                yield f"{attributes.get('name', '')}\n", None
            _began(name, attributes, place)
            if name in _BREAKS and place.paragraphs:
                yield _BREAKS[name], None
        else:
            in_body = name == "body"


def _began(name: str, attributes: dict[str, str], place: _Place) -> None:
    if name in _STYLED:
        place.styles.append(attributes.get("style-name", ""))
    if name in _PARAGRAPHS:
        place.paragraphs += 1
    elif name == "table-row":
        place.rows.append(0)
    elif name == "table-cell":
        place.is_new_cell = True


def _ended(name: str, place: _Place) -> Iterator[Run]:
    if name in _STYLED and place.styles:
        place.styles.pop()
    if name in _PARAGRAPHS:
        place.paragraphs -= 1
        if not place.is_new_cell:
            yield (" " if place.rows else "\n"), None
    elif name == "table-row" and place.rows:
        yield (" " if len(place.rows) > 1 else "\n" if place.rows[0] else ""), None
        place.rows.pop()
        place.is_new_cell = False
