"""Where an article belongs: the administrative units of Vietnam, by official code and day.

The table `units.csv` holds the provinces, districts and wards up to 30 June 2025 and the provinces and wards since.
Its codes, names and kinds come from the data of `vietnamadminunits` 1.0.4 (MIT licence, copyright 2025 Tran Ngoc Minh
Hieu), which took them from the General Statistics Office. Mergers before mid-2025 are not in it.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from wardnews.items import Place

_WARDS = ("phường", "xã", "thị trấn", "đặc khu")


@dataclass(frozen=True, slots=True)
class Unit:
    """Describe one unit; the days are ISO dates, `valid_to` is the first day after, empty is open."""

    code: str
    name: str
    kind: str
    parent: str
    valid_from: str
    valid_to: str

    @property
    def level(self) -> str:
        """Tell the level: `ward`, `district` or `province`."""
        if self.kind in _WARDS:
            return "ward"
        return "district" if self.parent else "province"


@cache
def _table() -> dict[str, list[Unit]]:
    units: dict[str, list[Unit]] = {}
    with Path(__file__).with_name("units.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            units.setdefault(row["code"], []).append(Unit(**row))
    return units


def known(code: str) -> bool:
    """Tell whether any unit ever had this code in the table."""
    return code in _table()


def unit_on(code: str, day: str) -> Unit | None:
    """Find the unit that has a code on a day (ISO date): codes are reused, 00118 was Ngọc Thụy and is now Bồ Đề.

    >>> unit_on("00118", "2025-06-30").name, unit_on("00118", "2025-07-01").name
    ('Ngọc Thụy', 'Bồ Đề')
    """
    for unit in _table().get(code, ()):
        if unit.valid_from <= day and (not unit.valid_to or day < unit.valid_to):
            return unit
    return None


def places_on(code: str, day: str) -> dict[str, Place]:
    """Name the unit and those above it on a day, by level; a parent that the table does not have is left out.

    >>> {level: place.name for level, place in places_on("00136", "2022-02-27").items()}
    {'ward': 'Phúc Lợi', 'district': 'Long Biên', 'province': 'Hà Nội'}
    """
    places: dict[str, Place] = {}
    while unit := unit_on(code, day):
        places[unit.level] = Place(unit.name, unit.code)
        code = unit.parent
    return places
