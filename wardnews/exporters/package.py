"""What lies beside exports: a Frictionless Data Package, which says what is in which file."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, AnyStr

from wardnews.errors import ExportError
from wardnews.exporters.columns import Column
from wardnews.exporters.endings import PACKED, packing_of
from wardnews.exporters.files import DESCRIPTOR, FILES, OWN, descriptor_of, made_as, write_whole
from wardnews.locale import _, number, short_day
from wardnews.portable import locked_folder
from wardnews.sites import Site
from wardnews.text.strings import fold

_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES = {
    "text": "string", "number": "integer", "day": "date", "time": "datetime",
    "texts": "array", "part": "object", "parts": "array",
}  # fmt: skip
_BETWEEN = ('"site": ', ', "section": ', '"published": ', '"ward": ', ', "place_basis": ')
_MARKS: Any = {str: _BETWEEN, bytes: tuple(map(str.encode, _BETWEEN))}
"""What stands around the portal, the time of publication and the places in a line; quotes in a string are escaped."""
_DAY = len('"2021-04-05')
_LEVELS = ("province", "district", "ward")


@dataclass(slots=True)
class Tally:
    """Counts of what an export holds, by portal and place, and its days, as the JSON that the lines have of them."""

    _sites: Counter[str | bytes] = field(default_factory=Counter)
    _units: Counter[str | bytes] = field(default_factory=Counter)
    _days: set[str | bytes] = field(default_factory=set)

    def over(self, lines: Iterable[AnyStr]) -> Iterator[AnyStr]:
        """Yield JSON lines, encoded or not, counted on their way."""
        for line in lines:
            site, section, published, ward, basis = _MARKS[type(line)]
            at = line.index(section)
            self._sites[line[line.index(site, 0, at) + len(site) : at]] += 1
            at = line.index(published, at) + len(published)
            self._days.add(line[at : at + _DAY])
            at = line.index(ward, at)
            self._units[line[at : line.index(basis, at)]] += 1
            yield line

    @property
    def sites(self) -> Counter[str]:
        """The number of records by portal."""
        return Counter({json.loads(site): number for site, number in self._sites.items()})

    @property
    def period(self) -> tuple[str | None, str | None]:
        """The first and the last day; None where no record has one."""
        days = sorted(day.decode() if isinstance(day, bytes) else day for day in self._days)
        known = [day[1:] for day in days if day.startswith('"')]
        return (known[0], known[-1]) if known else (None, None)

    def __str__(self) -> str:
        total, portals = self.sites.total(), len(self.sites)
        line = _("{count} records")
        if portals > 1:
            line = _("{count} records of {portals} portals")
        written = line.format(count=number(total), portals=number(portals))
        days = map(short_day, sorted({day for day in self.period if day}))
        period = _(" to ").join(days)
        return f"{written}, {period}" if period else written

    def properties(self, sites: Mapping[str, Site]) -> dict[str, Any]:
        """Return portals and counts as properties of a resource or a package; `sources` is the standard's."""
        counts, (first, last) = self.sites, self.period
        known = [(key, sites.get(key)) for key in sorted(counts)]
        own = {
            "records": counts.total(),
            "period": {"from": first, "until": last},
            "sites": {key: counts[key] for key in sorted(counts)},
            "places": {level: self._places(level) for level in _LEVELS},
        }
        sources = [{"title": site.name, "path": site.url} if site else {"title": key} for key, site in known]
        return {"sources": sources, OWN: own}

    def _places(self, level: str) -> list[dict[str, Any]]:
        """Return the places of a level, each with the count of its articles."""
        counts: Counter[tuple[str, str]] = Counter()
        for part, count in self._units.items():
            line = part.decode() if isinstance(part, bytes) else part
            place = json.loads(f"{{{line}}}")[level]
            if place:
                counts[place["code"] or "", place["name"]] += count
        return [{"name": name, "code": code or None, "records": counts[code, name]} for code, name in sorted(counts)]


def resource(path: str, kind: str, columns: Iterable[Column], *, flat: bool = False) -> dict[str, Any]:
    """Return the description of a table of records in a file, or in the files that are named elsewhere."""
    packed = PACKED.get(packing_of(path))
    return {
        "name": re.sub(r"[^a-z0-9._-]+", "-", fold(Path(path).name)),
        "path": path,
        "type": "table",
        "format": kind,
        "encoding": "utf-8",
        **({"compression": packed} if packed else {}),
        "schema": {"fields": [_described(column, flat=flat) for column in columns], "primaryKey": ["id"]},
    }


def _described(column: Column, *, flat: bool) -> dict[str, str]:
    kind, description = _TYPES[column.kind], column.description
    if flat and column.kind == "texts":
        kind, description = "string", f"{description}; one a line"
    return {"name": column.name, "type": kind, "description": description}


def checked(path: Path) -> dict[str, Any]:
    """Return size and checksum of a file."""
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "hash": f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"}


def describe(
    folder: Path, made: str, resources: list[dict[str, Any]], properties: Mapping[str, Any] = MappingProxyType({})
) -> None:
    """Write the descriptor of a folder; `made` is the format that it is as a whole, or FILES."""
    descriptor = {
        "$schema": _PROFILE,
        "name": "wardnews",
        "title": "News of ward, commune and district portals in Vietnam",
        **properties,
        OWN: {"made": made, **properties.get(OWN, {})},
        "resources": resources,
    }
    write_whole([json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n"], folder / DESCRIPTOR)


def may_describe(folder: Path, output: str) -> bool:
    """Whether a file's description may go into the descriptor of its folder, which may be somebody else's.

    Raises ExportError where the folder is an export as a whole, and the file would go with the next one.
    """
    made = made_as(folder)
    if made not in (None, FILES):
        raise ExportError(
            "{output}: its folder is an export as {made}, which the next one replaces as a whole",
            output=output,
            made=made,
        )
    return made == FILES or not (folder / DESCRIPTOR).exists()


def describe_file(path: Path, described: dict[str, Any]) -> None:
    """Put the description of a file into the descriptor of its folder, beside those of the other files still there."""
    with locked_folder(path.parent, wait=True):
        known = {one["path"]: one for one in descriptor_of(path.parent).get("resources", ())}
        known[path.name] = described | checked(path)
        there = [known[name] for name in sorted(known) if (path.parent / name).is_file()]
        describe(path.parent, FILES, there)
