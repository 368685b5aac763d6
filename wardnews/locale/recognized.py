"""What was said in English, and is kept or comes from a library so, in the language that is spoken."""

import re
from contextlib import suppress
from datetime import date
from functools import cache

from wardnews.locale import SOURCE, _, catalogue, language, short_day

_PLACE = re.compile(r"\{(\w+)[^{}]*\}")
"""A place for a value, such as `{name}` or `{name!r}`."""
_NUMBERS = {"count", "days", "number", "seconds"}
"""The names of places that hold nothing but a number."""
_LONGEST = 500
"""Characters of what is looked at: strangers may have a say in a cause."""
_LETTERS = 4
"""How many letters a message needs besides its values to be recognized, unless it has a number, or signs alone."""


def recognized(text: str, deep: int = 4) -> str:
    """Return a text that a message makes, such as a cause in a report, in the language that is spoken.

    What stands in the places of the message is recognized in its turn, so are the items of a list, as `deep` as this.
    A text that no message makes stays as it is.
    """
    if language() == SOURCE or not deep or not 0 < len(text) <= _LONGEST:
        return text
    if (whole := _(text)) != text:
        return whole
    with suppress(ValueError):
        return short_day(date.fromisoformat(text))
    for separator in ("; ", ", "):
        items = text.split(separator)
        shown = [recognized(item, deep - 1) for item in items] if len(items) > 1 else items
        if all(one != item for one, item in zip(shown, items, strict=True)):
            return separator.join(shown)
    for template, pieces in _templates(language()):
        if (found := _values(pieces, text)) is not None:
            values = {name: recognized(value, deep - 1) for name, value in found.items()}
            return _PLACE.sub(r"{\1}", _(template)).format(**values)
    return text


@cache
def _templates(code: str) -> list[tuple[str, list[str]]]:
    """Return the messages of a language that have places for values, cut at these, with their names; fullest first."""
    keys = getattr(catalogue(code), "_catalog", {})
    split = [(key, _PLACE.split(key)) for key in keys if isinstance(key, str)]
    found = [(key, pieces) for key, pieces in split if _is_telling(pieces)]
    return sorted(found, key=lambda one: -_length(one[1]))


def _length(pieces: list[str]) -> int:
    """Return how many characters a message has besides its values, blanks alone aside."""
    return sum(len(piece) for piece in pieces[::2] if piece.strip())


def _is_telling(pieces: list[str]) -> bool:
    """Whether a text that a message makes is known by it, and does not only have an `of` or an `or` in it."""
    names, letters = set(pieces[1::2]), sum(map(str.isalpha, "".join(pieces[::2])))
    return bool(names and _length(pieces)) and (letters >= _LETTERS or not letters or not names.isdisjoint(_NUMBERS))


def _values(pieces: list[str], text: str) -> dict[str, str] | None:
    """Return what stands in the places of a message, each as short as may be; None where it does not make the text.

    In steps: a regular expression with as many places would try all ways to part a long text.
    """
    first, *rest = pieces
    if not text.startswith(first) or not text.endswith(rest[-1]):
        return None
    values: dict[str, str] = {}
    begin = len(first)
    for place in range(0, len(rest), 2):
        name, behind = rest[place : place + 2]
        is_last = place + 2 == len(rest)
        end = len(text) - len(behind) if is_last else text.find(behind, begin + 1)
        value = text[begin:end]
        if end <= begin or values.setdefault(name, value) != value or (name in _NUMBERS and not _is_number(value)):
            return None
        begin = end + len(behind)
    return values


def _is_number(text: str) -> bool:
    return all(one.isdecimal() or one in ".," for one in text)
