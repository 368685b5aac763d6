"""The text of a document, and the bounds on it."""

from collections.abc import Iterable
from dataclasses import dataclass

from wardnews.text.encoding import doubtful_letters
from wardnews.text.legacy_fonts import LegacyCode, unicode_of
from wardnews.text.strings import nfc, without_controls

MOST_PAGES = 500
MOST_LETTERS = 2_000_000
"""Of a document's pages together."""
SCANNED, PARTLY_SCANNED = "scanned", "partly_scanned"
"""The flags of a document that shows pictures in place of text, on all of its pages or on some."""
CUT = "cut"
"""The flag of a document that has more pages or more text than is kept."""
LEGACY_FONT = "legacy_font"
"""The flag of a text whose letters were turned into Unicode, as the names of its fonts say."""

Run = tuple[str, LegacyCode | None]
"""Text in a font of a legacy code, or of none."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a document says.

    `pages`: those of a PDF, the sheets of a workbook, else one; `flags`: doubts, by name; `thumbnail`: a picture as a
    small JPEG.
    """

    kind: str
    pages: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    thumbnail: bytes | None = None


class Pages:
    """The pages of a document as they are read, within the bounds."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.flags: dict[str, None] = {}
        self._room = MOST_LETTERS

    @property
    def is_full(self) -> bool:
        """Whether nothing more is kept."""
        return self._room <= 0 or len(self.texts) >= MOST_PAGES

    def add(self, runs: Iterable[Run]) -> str:
        """Take another page, its lines without spaces around them; return its text as it is kept."""
        text, turned = unicode_of(self._bounded(runs))
        text = plain(text)
        if turned:
            self.flags[LEGACY_FONT] = None
        self._room -= len(text)
        self.texts.append(text)
        return text

    def _bounded(self, runs: Iterable[Run]) -> Iterable[Run]:
        """Yield runs as long as there is room; what follows is not read."""
        room = self._room
        for text, code in runs:
            yield text[:room], code
            room -= len(text)
            if room < 0:
                self.flags[CUT] = None
                return

    def document(self, kind: str) -> Document:
        """Return the document that the pages make."""
        doubts = dict.fromkeys(flag for text in self.texts for flag in doubtful_letters(text))
        return Document(kind, tuple(self.texts), (*self.flags, *doubts))


_LIGATURES = dict(enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"), start=0xFB00))
_ALIKE = str.maketrans(
    {**_LIGATURES, 0xAD: "", 0xA0: " ", 0x200B: "", 0xFEFF: "", 0x0B: "\n", 0x0C: "\n", 0x0D: "\n"}
    | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
)
"""What a typesetter does to letters and spaces, undone; half letters, which no file and no database takes."""


def plain(text: str) -> str:
    r"""Return text as search and people read it: no empty line at its ends, no two in a row, no spaces around lines.

    >>> plain(" Kế  hoạch\r\r\r\n\xa0Tuần đọc sách \ufb01 ")
    'Kế hoạch\n\nTuần đọc sách fi'
    """
    lines = [" ".join(line.split()) for line in without_controls(text.translate(_ALIKE)).split("\n")]
    kept = [line for line, before in zip(lines, ["", *lines], strict=False) if line or before]
    return nfc("\n".join(kept)).strip("\n")
