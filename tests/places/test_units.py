"""The table of units."""

from __future__ import annotations

from collections import Counter

from wardnews.places.units import DISTRICTS_END, table


def test_every_ward_of_june_2025_has_its_heirs() -> None:
    ended = [unit for units in table().values() for unit in units if unit.valid_to == DISTRICTS_END]
    assert sum(unit.level == "ward" for unit in ended) == 10035
    assert sum(unit.level == "district" for unit in ended) == 696
    for unit in ended:
        assert unit.successors, unit
        for code in unit.successors.split():
            (heir,) = [heir for heir in table()[code] if not heir.valid_to]
            assert heir.level == ("province" if unit.level == "province" else "ward")
        assert unit.resolution.endswith("/QH15" if unit.level == "province" else "/NQ-UBTVQH15")


def test_the_units_since_july_2025_are_all_there() -> None:
    now = [unit for units in table().values() for unit in units if not unit.valid_to]
    assert sum(unit.level == "province" for unit in now) == 34
    assert sum(unit.level == "ward" for unit in now) == 3321
    assert not [unit for unit in now if unit.level == "district"]
    kinds = Counter(unit.kind for unit in now)
    assert (kinds["thành phố"], kinds["tỉnh"]) == (9, 25)
    assert (kinds["phường"], kinds["xã"], kinds["đặc khu"]) == (709, 2599, 13)


def test_days_that_are_not_known_are_bounds() -> None:
    for unit in (unit for units in table().values() for unit in units):
        assert unit.bound in ("", "from", "to")
        assert unit.bound != "from" or unit.valid_from
        assert unit.bound != "to" or not unit.successors
        assert not unit.valid_from or not unit.valid_to or unit.valid_from < unit.valid_to


def test_what_was_gone_by_january_2025_is_not_there_in_march() -> None:
    (dong_trieu,) = [unit for unit in table()["205"] if unit.holds_on("2025-03-01")]
    assert (dong_trieu.name, dong_trieu.kind) == ("Đông Triều", "thành phố")
    (town,) = [unit for unit in table()["205"] if unit.holds_on("2023-05-06")]
    assert town.kind == "thị xã"
    assert not [unit for unit in table()["221"] if unit.holds_on("2025-01-04")]
