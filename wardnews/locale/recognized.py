"""What was said in English, and is kept or comes from a library so, in the language that is spoken."""

import re
from contextlib import suppress
from datetime import date
from functools import cache

from wardnews.locale import SOURCE, _, catalogue, language, short_day

_PLACE = re.compile(r"\{(\w+)\}")


def recognized(text: str) -> str:
    """Return a text that a message makes, such as a cause in a report, in the language that is spoken.

    What stands in the places of the message is recognized in its turn, so are the parts of a list. A text that no
    message makes stays as it is.
    """
    if language() == SOURCE or not text:
        return text
    if (whole := _(text)) != text:
        return whole
    with suppress(ValueError):
        return short_day(date.fromisoformat(text))
    for template, parts in _templates(language()):
        if all(part in text for part in parts) and (found := _pattern(template).fullmatch(text)):
            return _(template).format(**{name: recognized(value) for name, value in found.groupdict().items()})
    for separator in ("; ", ", "):
        if separator in text:
            return separator.join(map(recognized, text.split(separator)))
    return text


@cache
def _templates(code: str) -> list[tuple[str, list[str]]]:
    """Return the messages of a language that have places for values, with what stands between these; fullest first."""
    keys = getattr(catalogue(code), "_catalog", {})
    messages = [key for key in keys if isinstance(key, str) and _PLACE.search(key)]
    split = [(message, [part for part in _PLACE.split(message)[::2] if part.strip()]) for message in messages]
    return sorted(((message, parts) for message, parts in split if parts), key=lambda one: -len("".join(one[1])))


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Return what a text looks like that a template makes."""
    pieces, named = [], set()
    for number, part in enumerate(_PLACE.split(template)):
        known = part in named
        pieces.append((f"(?P={part})" if known else f"(?P<{part}>.+?)") if number % 2 else re.escape(part))
        named |= {part} if number % 2 else set()
    return re.compile("".join(pieces), re.DOTALL)
