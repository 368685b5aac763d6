"""Where a command writes: records and tables to standard output, everything else to standard error."""

import json
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from wardnews.locale.recognized import recognized
from wardnews.text.strings import without_controls

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_WIDE = 160
"""Columns of a table that does not go to a terminal."""


@cache
def _screen() -> "Console":
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def say(line: str) -> None:
    """Write a line to standard error, as it is, but for characters that would steer the terminal."""
    _screen().print(without_controls(line), markup=False)


def cell(value: object) -> "Text":
    """Return what a table shows of a value, as it is: strangers' words may look like markup, or steer the terminal."""
    from rich.text import Text

    return Text("-" if value is None else without_controls(str(value)))


def table_console(*, soft_wrap: bool = False) -> "Console":
    """Return a console on standard output for tables, as wide as the terminal or, in a pipe, wide enough."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False, soft_wrap=soft_wrap, emoji=False)


def write_json(value: Any, *, indent: int | None = 2) -> None:
    """Write a value to standard output as JSON; `indent=None` makes one line of it."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=indent) + "\n")


def write_out(pieces: Iterable[str]) -> int:
    """Write pieces of text to standard output; return how many there were."""
    number = 0
    for number, piece in enumerate(pieces, start=1):  # noqa: B007 - the last one is returned
        sys.stdout.write(piece)
    sys.stdout.flush()
    return number


def say_failures(failures: Mapping[str, str]) -> None:
    """Write a line to standard error for each page or file that failed, with its cause."""
    for name, cause in failures.items():
        say(f"{name}: {recognized(cause)}")
