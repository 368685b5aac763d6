"""How names of units are spelt: one key for all spellings of a name, and the units that have it."""

import re
import unicodedata
from functools import cache, lru_cache

from wardnews.places.units import WARDS, Unit, table

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*['’]?")
_TONES = "\u0300\u0301\u0303\u0309\u0323"


@lru_cache(maxsize=1 << 16)
def plain(word: str) -> str:
    """Return the one spelling of a word: small letters, the tone at its end, `i` for a single `y`, no leading zeros.

    >>> plain("Thuỵ") == plain("THỤY"), plain("Hoà") == plain("Hòa"), plain("05"), plain("Qui") == plain("Quy")
    (True, True, '5', True)
    """
    letters = unicodedata.normalize("NFD", word.lower().replace("’", "'"))
    plain = unicodedata.normalize("NFC", "".join(letter for letter in letters if letter not in _TONES))
    tone = "".join(letter for letter in letters if letter in _TONES)
    if plain.endswith("y") and not any(vowel in plain[:-1].removeprefix("qu") for vowel in "aeouâêôơưă"):
        plain = plain[:-1] + "i"
    return (plain.lstrip("0") or plain) + tone


@lru_cache(maxsize=1 << 12)
def key_of(name: str) -> str:
    """Return the one spelling of a name."""
    return " ".join(map(plain, WORD.findall(name)))


@cache
def units_by_kind() -> dict[str, dict[str, list[Unit]]]:
    """Return all units by kind and spelling."""
    names: dict[str, dict[str, list[Unit]]] = {}
    for units in table().values():
        for unit in units:
            names.setdefault(unit.kind, {}).setdefault(key_of(unit.name), []).append(unit)
    names["thành phố"]["hcm"] = names["thành phố"][key_of("Hồ Chí Minh")]
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
def level_of(kind: str) -> str:
    """Return the level of a kind; `district` for a city, which may be of either."""
    if kind in WARDS:
        return "ward"
    return "province" if kind == "tỉnh" else "district"
