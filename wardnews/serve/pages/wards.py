"""The page of a ward: the units that had its code, what they came from and what became of them, and their articles."""

from datetime import date, timedelta
from functools import cache
from typing import Any

from datasette.utils.asgi import Response

from wardnews.locale import _
from wardnews.places.units import LEVELS, Chain, Unit, chain_on, table
from wardnews.serve.links import DATABASE, NotHere, article_url
from wardnews.serve.searching.asked import Search

_NEWEST = 5


async def ward(request: Any, datasette: Any) -> Any:
    """Answer the page of a ward's code; raise NotHere where no unit ever had it."""
    code = request.url_vars["code"]
    database = datasette.get_database(DATABASE)
    units = [await _unit(database, unit) for unit in reversed(table().get(code, ()))]
    if not units:
        raise NotHere(_("There is no ward {code}.").format(code=code))
    portals = (await database.execute("SELECT site, name FROM portals WHERE unit = ?", (code,))).rows
    context = {"code": code, "units": units, "portals": [dict(row) for row in portals]}
    return Response.html(await datasette.render_template("ward.html", context, request=request))


async def _unit(database: Any, unit: Unit) -> dict[str, Any]:
    """Return a unit as the template shows it, with its articles: those of its code within its time."""
    until = f"{unit.valid_to}" if unit.valid_to else "9999"
    within = "FROM articles WHERE ward_code = ? AND published >= ? AND published < ?"
    bounds = (unit.code, unit.valid_from, until)
    number = (await database.execute(f"SELECT count(*) {within}", bounds)).rows[0][0]
    newest = f"SELECT id, title, published {within} ORDER BY published DESC LIMIT {_NEWEST}"
    search = Search(ward=unit.code, since=unit.valid_from, until=_day_before(unit.valid_to))
    last = _day_before(unit.valid_to) or "9999-12-31"
    return {
        "unit": unit,
        "title": f"{unit.kind.capitalize()} {unit.name}",
        "above": unit_name({level: one for level, one in chain_on(unit.code, last).items() if one.code != unit.code}),
        "last": _day_before(unit.valid_to),
        "before": [_other(one) for one in predecessors(unit)],
        "after": [_other(one) for one in successors(unit)],
        "number": number,
        "search": search.url(),
        "newest": [
            dict(row) | {"url": article_url(row["id"])} for row in (await database.execute(newest, bounds)).rows
        ],
    }


def predecessors(unit: Unit) -> list[Unit]:
    """Return the wards that a unit came from, on the day on which it began.

    >>> [one.name for one in predecessors(chain_on("00118", "2025-07-01")["ward"])][:2]
    ['Thượng Thanh', 'Ngọc Thụy']
    """
    return [one for one in _ended().get((unit.code, unit.valid_from), ()) if unit.valid_from and one.level == "ward"]


def successors(unit: Unit) -> list[Unit]:
    """Return the units that a unit became, on the day on which it ended."""
    return [
        one
        for code in unit.successors.split()
        for one in table().get(code, ())
        if unit.valid_to and one.holds_on(unit.valid_to)
    ]


@cache
def _ended() -> dict[tuple[str, str], list[Unit]]:
    """Return the units that ended, by each code of a successor and its first day."""
    found: dict[tuple[str, str], list[Unit]] = {}
    for units in table().values():
        for unit in units:
            for code in unit.successors.split():
                found.setdefault((code, unit.valid_to), []).append(unit)
    return found


def unit_name(chain: Chain) -> str:
    """Write the units of a chain, the smallest first, with their kinds."""
    return ", ".join(f"{chain[level].kind} {chain[level].name}" for level in LEVELS if level in chain)


def _other(unit: Unit) -> dict[str, str]:
    last = _day_before(unit.valid_to) or "9999-12-31"
    above = {level: one for level, one in chain_on(unit.code, last).items() if one.code != unit.code}
    return {
        "title": f"{unit.kind} {unit.name}",
        "above": unit_name(above),
        "url": f"/ward/{unit.code}#{unit.valid_from}",
    }


def _day_before(after: str) -> str:
    """Return the last day of a unit whose first day after is given; empty for an open one."""
    return (date.fromisoformat(after) - timedelta(days=1)).isoformat() if after else ""
