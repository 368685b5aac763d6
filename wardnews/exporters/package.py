"""What lies beside exports: a Frictionless Data Package, which says what is in which file."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from wardnews.errors import ExportError
from wardnews.exporters.columns import Column
from wardnews.exporters.endings import PACKED, packing_of
from wardnews.exporters.files import DESCRIPTOR, FILES, OWN, descriptor_of, made_as, write_whole
from wardnews.exporters.lines import glance
from wardnews.locale import _, number, short_day
from wardnews.portable import locked_folder
from wardnews.sites import Site
from wardnews.text.strings import fold

_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES = {
    "text": "string", "number": "integer", "day": "date", "time": "datetime",
    "texts": "array", "part": "object", "parts": "array",
}  # fmt: skip
_LEVELS = ("province", "district", "ward")


@dataclass(slots=True)
class Tally:
    """Counts of what an export holds, by portal and place, and its first and last day."""

    sites: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)  # by what the line has of them
    first: str | None = None
    last: str | None = None

    def over(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield JSON lines, counted on their way."""
        for line in lines:
            self.sites[glance(line, "site")] += 1
            self.places[line[line.index('"ward": ') : line.index(', "place_basis": ')]] += 1
            day = (glance(line, "published") or "")[:10]
            if day:
                self.first = min(self.first or day, day)
                self.last = max(self.last or day, day)
            yield line

    def __str__(self) -> str:
        total, portals = self.sites.total(), len(self.sites)
        line = _("{count} records")
        if portals > 1:
            line = _("{count} records of {portals} portals")
        written = line.format(count=number(total), portals=number(portals))
        days = map(short_day, sorted({day for day in (self.first, self.last) if day}))
        period = _(" to ").join(days)
        return f"{written}, {period}" if period else written

    def properties(self, sites: Mapping[str, Site]) -> dict[str, Any]:
        """Return portals and counts as properties of a resource or a package; `sources` is the standard's."""
        known = [(key, sites.get(key)) for key in sorted(self.sites)]
        own = {
            "records": self.sites.total(),
            "period": {"from": self.first, "until": self.last},
            "sites": {key: self.sites[key] for key in sorted(self.sites)},
            "places": {level: self._places(level) for level in _LEVELS},
        }
        sources = [{"title": site.name, "path": site.url} if site else {"title": key} for key, site in known]
        return {"sources": sources, OWN: own}

    def _places(self, level: str) -> list[dict[str, Any]]:
        """Return the places of a level, each with the count of its articles."""
        counts: Counter[tuple[str, str]] = Counter()
        for part, count in self.places.items():
            place = json.loads(f"{{{part}}}")[level]
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
