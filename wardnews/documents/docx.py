"""The text of Word documents since 2007 (DOCX)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from wardnews.documents.container import Container, Event
from wardnews.documents.document import Document, Pages, Run
from wardnews.text.legacy_fonts import LegacyCode, legacy_code

_MAIN = "wordprocessingml.document"
_NOTES = ("word/footnotes.xml", "word/endnotes.xml")
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-"}
_DEEPEST_STYLE = 20


@dataclass(slots=True)
class _Styles:
    """The fonts that styles name, each with the style that it begins from."""

    fonts: dict[str, str | None] = field(default_factory=dict)
    bases: dict[str, str | None] = field(default_factory=dict)
    default: str | None = None  # the style of paragraphs that name none
    font: str | None = None  # where no style says any

    def font_of(self, style: str | None) -> str | None:
        """Return the font of a style, or of one that it begins from."""
        for _ in range(_DEEPEST_STYLE):
            if style is None:
                break
            if font := self.fonts.get(style):
                return font
            style = self.bases.get(style)
        return None


def read_docx(file: BinaryIO) -> Document:
    """Return the text of a document: one page, a row of a table a line."""
    container = Container(file)
    pages = Pages()
    pages.add(_all_runs(container, _styles(container)))
    return pages.document("docx")


def _all_runs(container: Container, styles: _Styles) -> Iterator[Run]:
    yield from runs_of(container.events(_main_part(container)), styles)
    for name in _NOTES:
        if container.has(name):
            yield "\n", None
            yield from runs_of(container.events(name), styles)


def _main_part(container: Container) -> str:
    """Return the name of the part that holds the text, as the list of content types says."""
    for kind, name, attributes in container.events("[Content_Types].xml"):
        if (kind, name) == ("start", "Override") and _MAIN in attributes.get("ContentType", ""):
            return attributes.get("PartName", "").lstrip("/")
    return "word/document.xml"


def _styles(container: Container) -> _Styles:
    styles = _Styles()
    if not container.has("word/styles.xml"):
        return styles
    style: str | None = None
    for kind, name, attributes in container.events("word/styles.xml"):
        if kind == "start" and name == "style":
            style = attributes.get("styleId")
            if attributes.get("type") == "paragraph" and attributes.get("default") in ("1", "true"):
                styles.default = style
        elif (kind, name) == ("end", "style"):
            style = None
        elif kind == "start" and name == "rFonts":
            font = attributes.get("hAnsi") or attributes.get("ascii")
            if style is None:
                styles.font = font
            else:
                styles.fonts[style] = font
        elif kind == "start" and name == "basedOn" and style is not None:
            styles.bases[style] = attributes.get("val")
    return styles


@dataclass(slots=True)
class _Place:
    """Where in a document the reading is."""

    paragraph: str | None = None  # its style
    font: str | None = None  # the run's own
    style: str | None = None  # the run's
    in_properties: bool = False
    in_text: bool = False
    rows: list[int] = field(default_factory=list)  # the cells so far of each row that is open, one within the other

    def code(self, styles: _Styles) -> LegacyCode | None:
        """Return the legacy code of the run's font."""
        named = self.font or styles.font_of(self.style) or styles.font_of(self.paragraph or styles.default)
        return legacy_code(named or styles.font)


def runs_of(events: Iterator[Event], styles: _Styles) -> Iterator[Run]:
    """Yield the runs of a part of a document, a line end behind each paragraph and row."""
    place, code = _Place(), None
    skipped = 0  # depth within what Word shows only where it cannot show what stands before it
    for kind, name, attributes in events:
        if skipped or (kind == "start" and name == "Fallback"):
            skipped += {"start": 1, "end": -1}.get(kind, 0)
        elif kind == "text":
            if place.in_text:
                yield name, code
        elif kind == "end":
            yield from _ended(name, place)
        elif name == "t":
            place.in_text, code = True, place.code(styles)
        elif name == "softHyphen":  # which to TCVN3 is a letter
            yield "\xad", place.code(styles)
        elif name == "sym":
            yield _symbol(attributes), legacy_code(attributes.get("font"))
        else:
            yield from _began(name, attributes, place)


def _began(name: str, attributes: dict[str, str], place: _Place) -> Iterator[Run]:
    if name == "tr":
        place.rows.append(0)
    elif name == "tc" and place.rows:
        place.rows[-1] += 1
        if place.rows[-1] > 1:
            yield " | ", None
    elif name in _BREAKS and not place.in_properties:
        yield _BREAKS[name], None
    else:
        _note(name, attributes, place)


def _note(name: str, attributes: dict[str, str], place: _Place) -> None:
    """Note what an element says of the paragraph or the run."""
    if name == "p":
        place.paragraph = None
    elif name == "r":
        place.font = place.style = None
    elif name == "pPr":
        place.in_properties = True
    elif name == "pStyle":
        place.paragraph = attributes.get("val")
    elif name == "rStyle" and not place.in_properties:
        place.style = attributes.get("val")
    elif name == "rFonts" and not place.in_properties:
        place.font = attributes.get("hAnsi") or attributes.get("ascii")


def _ended(name: str, place: _Place) -> Iterator[Run]:
    if name == "t":
        place.in_text = False
    elif name == "pPr":
        place.in_properties = False
    elif name == "p":
        yield " " if place.rows else "\n", None
    elif name == "tr" and place.rows:
        place.rows.pop()
        yield " " if place.rows else "\n", None


def _symbol(attributes: dict[str, str]) -> str:
    try:
        return chr(int(attributes.get("char", ""), 16))
    except (ValueError, OverflowError):
        return ""
