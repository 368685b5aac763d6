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
_LETTERS = 4
"""How many letters a message needs besides its values to be recognized, unless it has a number, or signs alone."""


def recognized(text: str) -> str:
    """Return a text that a message makes, such as a cause in a report, in the language that is spoken.

    What stands in the places of the message is recognized in its turn, so are the items of a list. A text that no
    message makes stays as it is.
    """
    if language() == SOURCE or not text:
        return text
    if (whole := _(text)) != text:
        return whole
    with suppress(ValueError):
        return short_day(date.fromisoformat(text))
    for separator in ("; ", ", "):
        items = text.split(separator)
        shown = [recognized(item) for item in items] if len(items) > 1 else items
        if all(one != item for one, item in zip(shown, items, strict=True)):
            return separator.join(shown)
    for template, parts in _templates(language()):
        if all(part in text for part in parts) and (found := _pattern(template).fullmatch(text)):
            values = {name: recognized(value) for name, value in found.groupdict().items()}
            return _PLACE.sub(r"{\1}", _(template)).format(**values)
    return text


@cache
def _templates(code: str) -> list[tuple[str, list[str]]]:
    """Return the messages of a language that have places for values, with what stands between these; fullest first."""
    keys = getattr(catalogue(code), "_catalog", {})
    split = [(key, [part for part in _PLACE.split(key)[::2] if part.strip()]) for key in keys if isinstance(key, str)]
    found = [(key, parts) for key, parts in split if parts and _is_telling(key, parts)]
    return sorted(found, key=lambda one: -len("".join(one[1])))


def _is_telling(message: str, parts: list[str]) -> bool:
    """Whether a text that a message makes is known by it, and does not only have an `of` or an `or` in it."""
    names = set(_PLACE.findall(message))
    letters = sum(map(str.isalpha, "".join(parts)))
    return bool(names) and (letters >= _LETTERS or not letters or not names.isdisjoint(_NUMBERS))


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Return what a text looks like that a template makes."""
    pieces, named = [], set()
    for number, part in enumerate(_PLACE.split(template)):
        if not number % 2:
            pieces.append(re.escape(part))
        elif part in named:
            pieces.append(f"(?P={part})")
        else:
            pieces.append(rf"(?P<{part}>[\d.,]+)" if part in _NUMBERS else f"(?P<{part}>.+?)")
            named.add(part)
    return re.compile("".join(pieces), re.DOTALL)
