"""How names of units are spelt: one key for all spellings of a name, and the units that have it."""

import re
import unicodedata
from collections import Counter
from functools import cache, lru_cache

from wardnews.places.units import WARDS, Unit, table

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*['’]?")
_APOSTROPHES = dict.fromkeys(map(ord, "'’"))
_ACUTE = "\u0301"
_TONES = "\u0300\u0301\u0303\u0309\u0323"


@lru_cache(maxsize=1 << 16)
def plain(word: str) -> str:
    """Return the one spelling of a word: small letters, the tone at its end, `i` for a single `y`, no leading zeros.

    Names of the highlands are written with -c and -k, with and without the apostrophe, and Đăk as Đắk, Đak, Đắc; an
    acute before a final c, p or t says nothing, for no syllable with such an end has none.

    >>> plain("Thuỵ") == plain("THỤY"), plain("Hoà") == plain("Hòa"), plain("05"), plain("Qui") == plain("Quy")
    (True, True, '5', True)
    >>> plain("M’gar"), {plain(word) for word in ("Đăk", "Đắk", "Đak", "Đắc")}
    ('mgar', {'đăc'})
    """
    letters = unicodedata.normalize("NFD", word.lower().translate(_APOSTROPHES))
    plain = unicodedata.normalize("NFC", "".join(letter for letter in letters if letter not in _TONES))
    tone = "".join(letter for letter in letters if letter in _TONES)
    if plain.endswith("y") and not any(vowel in plain[:-1].removeprefix("qu") for vowel in "aeouâêôơưă"):
        plain = plain[:-1] + "i"
    if plain.endswith("k"):
        plain = plain[:-1] + "c"
    if plain.endswith(("c", "p", "t", "ch")):
        tone = tone.replace(_ACUTE, "")
    return (plain.lstrip("0") or plain).replace("đac", "đăc") + tone


@lru_cache(maxsize=1 << 12)
def key_of(name: str) -> str:
    """Return the one spelling of a name: its words in one, as Kon Tum and Kontum are, but for numbers.

    >>> key_of("Plei Ku") == key_of("Pleiku"), key_of("A 1"), key_of("TT-Huế") == key_of("Thừa Thiên Huế")
    (True, 'a 1', True)
    """
    key = ""
    for word in WORD.findall(name):
        spelt = plain(word)
        key = f"{key} {spelt}" if key and spelt[0].isdigit() else key + spelt
    return aliases().get(key, key)


_OTHER_NAMES = {
    "HCM": "Hồ Chí Minh",
    "TT Huế": "Thừa Thiên Huế",
    "BR VT": "Bà Rịa Vũng Tàu",
    "Bà Rịa VT": "Bà Rịa Vũng Tàu",
    "Bắc Cạn": "Bắc Kạn",
    "Buôn Mê Thuột": "Buôn Ma Thuột",
    "Ban Mê Thuột": "Buôn Ma Thuột",
    "Madagui": "Ma Đa Guôi",
    "Ma Đa Gui": "Ma Đa Guôi",
    "Play Cu": "Pleiku",
    "Plây Cu": "Pleiku",
}
"""Abbreviations and other names in use, by how units are called that no rule of spelling makes one."""


@cache
def aliases() -> dict[str, str]:
    """Return the spellings of names by those of their abbreviations and other names."""
    spelt = {name: [plain(word) for word in WORD.findall(name)] for one in _OTHER_NAMES.items() for name in one}
    return {"".join(spelt[other]): "".join(spelt[name]) for other, name in _OTHER_NAMES.items()}


@cache
def units_by_kind() -> dict[str, dict[str, list[Unit]]]:
    """Return all units by kind and spelling."""
    names: dict[str, dict[str, list[Unit]]] = {}
    for units in table().values():
        for unit in units:
            names.setdefault(unit.kind, {}).setdefault(key_of(unit.name), []).append(unit)
    return names


@cache
def wards_by_name() -> dict[str, list[Unit]]:
    """Return the wards of all kinds by spelling."""
    wards: dict[str, list[Unit]] = {}
    for kind in WARDS:
        for key, units in units_by_kind()[kind].items():
            wards.setdefault(key, []).extend(units)
    return wards


@cache
def first_words() -> set[str]:
    """Return the words that the names of many units begin with."""
    names = Counter(plain(unit.name.split()[0]) for units in table().values() for unit in units)
    return {word for word, number in names.items() if number >= _MANY}


_MANY = 40


@cache
def level_of(kind: str) -> str:
    """Return the level of a kind; `district` for a city, which may be of either."""
    if kind in WARDS:
        return "ward"
    return "province" if kind == "tỉnh" else "district"
