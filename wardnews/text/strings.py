"""White space, Unicode and JSON: how strings from pages become plain ones."""

import json
import re
import unicodedata
from typing import Any

_SPACES = " \t\n\r\f\v"
_ASCII_SPACE = re.compile(f"[{_SPACES}]+")


def nfc(text: str) -> str:
    """Return a string in Unicode NFC.

    >>> nfc("Phu\u0301c Lo\u031b\u0323i")
    'Phúc Lợi'
    """
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def one_line(words: str) -> str:
    """Return foreign words as one line of printable characters, which a terminal shows as it is."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())


_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def without_controls(words: str) -> str:
    r"""Return foreign words without the characters that steer a terminal; line ends and tabs stay.

    >>> without_controls("Tin\x1b]0;x\x07 mới\n")
    'Tin]0;x mới\n'
    """
    return _CONTROLS.sub("", words) if _CONTROLS.search(words) else words


def squeeze(text: str) -> str:
    r"""Return a string with runs of ASCII white space collapsed and its ends stripped; no-break spaces stay.

    >>> squeeze(" 17:15 \n\t\xa0|\xa0Lượt xem: 81 ")
    '17:15 \xa0|\xa0Lượt xem: 81'
    """
    text = text.strip(_SPACES)
    if "  " in text or "\n" in text or "\t" in text or "\r" in text or "\f" in text or "\v" in text:
        return _ASCII_SPACE.sub(" ", text)
    return text


def tidy(text: str) -> str:
    r"""Return a string with every run of white space, no-break spaces among it, as one space, and its ends stripped.

    >>> tidy(" Đảng\xa0ủy \n phường ")
    'Đảng ủy phường'
    """
    return " ".join(text.split())


_NO_LETTERS = re.compile("[\0\ud800-\udfff]")


def from_json(source: str | bytes) -> Any:
    r"""Return JSON that a page holds; in its strings what no database and no file takes for text becomes U+FFFD.

    Raises ValueError or RecursionError where it is none.

    >>> from_json(r'{"title": "N\ud83d\ude00a \ud800 ch\u0000"}')
    {'title': 'N😀a � ch�'}
    """
    return _sound(json.loads(source, strict=False))


def _sound(value: Any) -> Any:
    if isinstance(value, str):
        return _NO_LETTERS.sub("\ufffd", value)
    if isinstance(value, list):
        return [_sound(one) for one in value]
    return {name: _sound(one) for name, one in value.items()} if isinstance(value, dict) else value


class _Folded(dict[int, str]):
    """What letters fold to, by their codes; filled as letters are met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        base, *marks = list(unicodedata.normalize("NFD", letter))
        folded = ("d" if letter in "đĐ" else base if all(map(unicodedata.combining, marks)) else letter).lower()
        self[code] = folded if len(folded) == 1 else letter
        return self[code]


_FOLDED = _Folded()


def fold(text: str) -> str:
    """Return a string as search compares it: small letters without marks, đ as d, letter by letter of NFC.

    >>> fold("Đảng uỷ phường PHÚC LỢI"), fold("Đảng ủy"), len(fold("Phúc Lợi"))
    ('dang uy phuong phuc loi', 'dang uy', 8)
    """
    return nfc(text).translate(_FOLDED)


_PASSWORD = re.compile(r"(://[^:/?#@\s]*):[^\s]*@")
"""Up to the last `@` of a word: passwords that are not escaped may hold any character."""
_SECRET = re.compile(r"([?&](?:[\w-]*(?:pass|secret|token|key|sig|auth)[\w-]*)=)[^&#\s]*", re.IGNORECASE)


def masked(url: str) -> str:
    """Return an address without its passwords and tokens: messages are mailed and logged.

    >>> masked("postgresql://me:secret@db/x"), masked("https://a.vn/push?token=secret&page=2")
    ('postgresql://me:***@db/x', 'https://a.vn/push?token=***&page=2')
    """
    return _SECRET.sub(r"\1***", _PASSWORD.sub(r"\1:***@", url))
