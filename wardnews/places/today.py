"""The places of records as the units of today."""

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from wardnews.places.spelling import key_of
from wardnews.places.units import DISTRICTS_END, LEVELS, Unit, agreed, chain_on, table


def today_lines(lines: Iterable[str]) -> Iterator[str]:
    """Return the JSON lines of records with their places as of today; see `as_of_today`."""
    return (json.dumps(as_of_today(json.loads(line)), ensure_ascii=False) for line in lines)


def as_of_today(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record with its places as the units of today; `district` is null, for there are none.

    Where the most precise place became one ward, that is `ward`. Where it became many, `ward` is null and a flag tells
    their codes: `place_split:00118+00145`. Where the table does not know what it became, a flag says `place_ended`.

    >>> long_bien = {"name": "Long Biên", "code": "00145"}
    >>> record = {"ward": long_bien, "district": {"name": "Long Biên", "code": "004"}, "province": {"code": "01"}}
    >>> as_of_today(record | {"published": "2022-02-27", "flags": []})["flags"]
    ['place_split:00118+00145']
    """
    named = [record[level] for level in LEVELS if record[level]]
    if not named:
        return record
    past = bool(record["district"]) or (record["published"] or "9") < DISTRICTS_END
    heirs = _successors(named[0]["code"], named[0]["name"], past=past)
    flags = list(record["flags"])
    if not heirs:
        flags.append("place_ended")
        heirs = _successors(named[-1]["code"], named[-1]["name"], past=past)
    elif len(heirs) > 1:
        flags.append(f"place_split:{'+'.join(unit.code for unit in heirs)}")
    above = agreed([chain_on(unit.code, _OPEN) for unit in heirs])
    today = {level: {"name": unit.name, "code": unit.code} for level, unit in above.items()}
    return record | {level: today.get(level) for level in LEVELS} | {"flags": flags}


@lru_cache(maxsize=1 << 12)
def _successors(code: str, name: str, *, past: bool) -> list[Unit]:
    """Return the units of today that a unit became, itself where it stands; nothing where that is not known."""
    of_code = [unit for unit in table().get(code, ()) if not past or unit.valid_from < DISTRICTS_END]
    units = [unit for unit in of_code if key_of(unit.name) == key_of(name)]
    if not units:
        return []
    last = units[-1]
    if last.valid_to and not last.successors:
        last = next((unit for unit in of_code if _follows(unit, last)), last)
    if not last.valid_to:
        return [last]
    return [unit for heir in last.successors.split() for unit in table()[heir] if not unit.valid_to]


def _follows(unit: Unit, ended: Unit) -> bool:
    """Whether a unit goes on under the code of one that ended, as one that was renamed, raised or merged does.

    A district that ended on a known day was divided, and its code is that of one part.
    """
    return (
        bool(unit.successors) and unit.valid_from >= ended.valid_from and (ended.level == "ward" or bool(ended.bound))
    )


_OPEN = "9999-12-31"
