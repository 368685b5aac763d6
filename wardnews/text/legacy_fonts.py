"""Vietnamese of before Unicode, whose letters only the font shows, turned into it: TCVN3 (the fonts of ABC) and VNI.

Which code a text is in, its fonts say by their names; a text without a font's name is left as it is.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from wardnews.text.strings import nfc


class LegacyCode(StrEnum):
    """A code of letters that a font's name says."""

    TCVN3 = "tcvn3"
    TCVN3_CAPITALS = "tcvn3 in capitals"
    VNI = "vni"


_NAME = re.compile(r"(?:[A-Z]{6}\+)?(?:(\.Vn\w*?)(H?)|(VNI[ _-].*))(?:[ ,_-]?(?:Bold|Italic|Regular|Oblique|MT|PS)+)*")
"""A name such as `.VnTime`, `.VnTimeH` (its small letters look like capitals), `ABCDEF+.VnArial,Bold`, `VNI-Times`."""


def legacy_code(font: str | None) -> LegacyCode | None:
    """Return the code that a font's name says; None for all other fonts.

    >>> [legacy_code(name) for name in (".VnTime", "QWERTY+.VnArialH-Bold", "VNI-Times", "Times New Roman", "Vnedge")]
    [<LegacyCode.TCVN3: 'tcvn3'>, <LegacyCode.TCVN3_CAPITALS: 'tcvn3 in capitals'>, <LegacyCode.VNI: 'vni'>, None, None]
    """
    match = _NAME.fullmatch(font) if font else None
    if not match:
        return None
    if match[3]:
        return LegacyCode.VNI
    return LegacyCode.TCVN3_CAPITALS if match[2] else LegacyCode.TCVN3


def unicode_of(runs: Iterable[tuple[str, LegacyCode | None]]) -> tuple[str, bool]:
    """Return the text of runs, each with its code, in Unicode; and whether any letter was turned.

    Runs of one code that follow on each other are one: a letter and its mark may stand in two.

    >>> unicode_of([("§¶ng ñy ", LegacyCode.TCVN3), ("xã ", None), ("Hoa S", LegacyCode.VNI), ("öõa", LegacyCode.VNI)])
    ('Đảng ủy xã Hoa Sữa', True)
    """
    joined: list[tuple[list[str], LegacyCode | None]] = []
    for text, code in runs:
        if joined and joined[-1][1] == code:
            joined[-1][0].append(text)
        else:
            joined.append(([text], code))
    before = ["".join(parts) for parts, _ in joined]
    after = [_turned(text, code) for text, (_, code) in zip(before, joined, strict=True)]
    return nfc("".join(after)), before != after


def _turned(text: str, code: LegacyCode | None) -> str:
    """Return a text of a code in Unicode; one that has letters of Unicode's Vietnamese already is none of that code."""
    if code is None or _IN_UNICODE.search(text):
        return text
    text = _SYMBOLS.sub(lambda symbol: chr(ord(symbol[0]) - 0xF000), text)
    if code == LegacyCode.VNI:
        return _VNI_LETTER.sub(_vni_letter, text)
    text = text.translate(_TCVN3)
    return text.upper() if code == LegacyCode.TCVN3_CAPITALS else text


_IN_UNICODE = re.compile("[ăđĩũơưĂĐĨŨƠƯ\u1ea0-\u1ef9]")
_SYMBOLS = re.compile("[\uf020-\uf0ff]")
"""Where Word puts the letters of a font that it takes for one of symbols."""

_TCVN3 = str.maketrans(
    "¡¢£¤¥¦§¨©ª«¬\xad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
    "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
)
"""TCVN 5712:1993 VN3, as its bytes look in windows-1252; capitals with a tone are those of fonts of capitals."""

_VNI_BASES = {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT = "\u0301\u0300\u0309\u0303\u0323"
_VNI_MARKS = (
    dict(zip("ùøûõï", _ACUTE + _GRAVE + _HOOK + _TILDE + _DOT, strict=True))
    | {"â": "\u0302", "ê": "\u0306"}
    | {mark: f"\u0302{tone}" for mark, tone in zip("áàåãä", (_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT), strict=True)}
    | {mark: f"\u0306{tone}" for mark, tone in zip("éèúüë", (_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT), strict=True)}
)
"""What the letter behind a vowel adds to it: ê and those of its row to an a, â and those of its row to a, e and o."""
_VNI_LETTER = re.compile("([aeouyôö])([ùøûõïâáàåãäêéèúüë]?)|[ñíìæóòî]", re.IGNORECASE)


def _vni_letter(match: re.Match[str]) -> str:
    base, mark = match[1] or match[0], match[2]
    letter = _VNI_BASES.get(base.lower(), base.lower())
    marked = unicodedata.normalize("NFC", letter + _VNI_MARKS.get((mark or "").lower(), ""))
    return marked.upper() if base.isupper() else marked
