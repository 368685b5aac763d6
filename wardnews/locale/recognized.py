"""What was said in English, and is kept or comes from a library so, in the language that is spoken."""

import re
from collections.abc import Iterable
from functools import cache

from wardnews.locale import SOURCE, _, language


def recognized(text: str, templates: Iterable[str]) -> str:
    """Return a text, which one of the templates makes, in the language that is spoken.

    Templates are messages with `{names}`; the first that fits is taken, and what stands for a name is translated in
    its turn. A text that none fits stays as it is.
    """
    if language() == SOURCE:
        return text
    for template in templates:
        if found := _pattern(template).fullmatch(text):
            values = {name: recognized(value, templates) for name, value in found.groupdict().items()}
            return _(template).format(**values)
    return text


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Return what a text looks like that a template makes."""
    parts = re.split(r"\{(\w+)\}", template)
    pieces = [f"(?P<{part}>.+?)" if number % 2 else re.escape(part) for number, part in enumerate(parts)]
    return re.compile("".join(pieces), re.DOTALL)
