"""Which records: by section, place and change, as people write them."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from wardnews.exporters.jsonl import glance
from wardnews.text.strings import fold

_KINDS = re.compile(r"(?:phuong|xa|thi tran|dac khu|quan|huyen|thi xa|thanh pho|tp|tinh) (?=.)")


@dataclass(slots=True)
class Choice:
    """Choose records by one field; remember which of the values asked for were met, and the names that were seen."""

    name: str
    asked: Mapping[str, str]  # the value that was typed, by each form that it may have in a record
    met: set[str] = field(default_factory=set)
    seen: dict[str, str] = field(default_factory=dict)

    def takes(self, line: str) -> bool:
        """Tell whether a record is one of those asked for."""
        value = glance(line, self.name)
        name, code = (value["name"], value["code"]) if isinstance(value, dict) else (value, None)
        if name is None:
            return False
        key = folded(name)
        self.seen[key] = name
        found = self.asked.get(key) or (self.asked.get(code) if code else None)
        if found:
            self.met.add(found)
        return bool(found)

    def unmet(self) -> Iterator[str]:
        """Say of each value that no record has, what it may have meant."""
        for value in dict.fromkeys(self.asked.values()):
            if value not in self.met:
                close = difflib.get_close_matches(folded(value), self.seen, n=3)
                hint = f"; did you mean {' or '.join(self.seen[key] for key in close)}?" if close else ""
                yield f"--{self.name} {value}: no article has it{hint}"


def choice(name: str, values: Sequence[str]) -> Choice:
    """Choose by a field: a name without regard to tone marks, case and the kind of unit before it, or a code.

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
    """Make names comparable: letters and digits without marks and case.

    >>> folded("TIN TỨC - Sự kiện")
    'tin tuc su kien'
    """
    return " ".join(re.findall(r"\w+", fold(name)))


def chosen(lines: Iterable[str], choices: Sequence[Choice]) -> Iterator[str]:
    """Give the JSON lines that all choices take; each choice sees every line."""
    for line in lines:
        taken = [one.takes(line) for one in choices]
        if all(taken):
            yield line
