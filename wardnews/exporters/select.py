"""Which records: by section, place and change, as people write them."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from wardnews.exporters.lines import glance
from wardnews.locale import _
from wardnews.text.strings import fold

_KINDS = re.compile(r"(?:phuong|xa|thi tran|dac khu|quan|huyen|thi xa|thanh pho|tp|tinh) (?=.)")


@dataclass(slots=True)
class Choice:
    """A choice of records by one field; keeps which values asked for were found, and the names that were seen."""

    name: str
    asked: Mapping[str, str]  # the value that was typed, by each form that it may have in a record
    found: set[str] = field(default_factory=set)
    seen: dict[str, str] = field(default_factory=dict)

    def accepts(self, line: str) -> bool:
        """Whether a record is one of those asked for."""
        value = glance(line, self.name)
        name, code = (value["name"], value["code"]) if isinstance(value, dict) else (value, None)
        if name is None:
            return False
        key = folded(name)
        self.seen[key] = name
        value = self.asked.get(key) or (self.asked.get(code) if code else None)
        if value:
            self.found.add(value)
        return bool(value)

    def unfound(self) -> Iterator[str]:
        """Yield a line for each value that no record has, with what it may have meant."""
        for value in dict.fromkeys(self.asked.values()):
            if value not in self.found:
                close = difflib.get_close_matches(folded(value), self.seen, n=3)
                line = _("{option} {value}: no article has it")
                if close:
                    line = _("{option} {value}: no article has it; did you mean {names}?")
                names = _(" or ").join(self.seen[key] for key in close)
                yield line.format(option=f"--{self.name}", value=value, names=names)


def choice(name: str, values: Sequence[str]) -> Choice:
    """Return a choice by a field: a name without regard to tone marks, case and the kind of unit before it, or a code.

    >>> sorted(choice("district", ["Quận Long Biên", "004"]).asked)
    ['004', 'long bien', 'quan long bien']
    """
    asked: dict[str, str] = {}
    for value in values:
        key = folded(value)
        asked[key] = value
        if name != "section":
            asked[_KINDS.sub("", key, count=1)] = value
    return Choice(name, asked)


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """Return a name in a form that compares: letters and digits without marks and case.

    >>> folded("TIN TỨC - Sự kiện")
    'tin tuc su kien'
    """
    return " ".join(re.findall(r"\w+", fold(name)))


def chosen(lines: Iterable[str], choices: Sequence[Choice]) -> Iterator[str]:
    """Yield the JSON lines that all choices accept; each choice sees every line."""
    for line in lines:
        accepted = [one.accepts(line) for one in choices]
        if all(accepted):
            yield line
