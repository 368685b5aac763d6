"""Places of records as of today."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.conftest import Run
from wardnews.items import Article, Place, json_line, json_schema
from wardnews.places.today import as_of_today, today_lines
from wardnews.places.units import chain_on
from wardnews.reading.stages import finish
from wardnews.sites import load_sites
from wardnews.store.database import Store
from wardnews.store.frontier import Frontier
from wardnews.store.tasks import Wanted

SITES = load_sites()


def record(unit: str, day: str | None) -> dict[str, object]:
    article = Article(id="a:1", title="Họp", published=day, flags=["midnight"])
    chain = chain_on(unit, day or "2025-06-30")
    article.ward, article.district, article.province = (
        Place(chain[level].name, chain[level].code) if level in chain else None
        for level in ("ward", "district", "province")
    )
    return dict(json.loads(json_line(article)))


@pytest.mark.parametrize(
    ("unit", "day", "ward", "province", "flag"),
    [
        ("00133", "2022-02-27", ("Bồ Đề", "00118"), "01", None),
        ("00136", "2022-02-27", None, "01", "place_split:00127+00136"),
        ("00145", "2022-02-27", None, "01", "place_split:00118+00145"),
        ("00145", "2026-02-27", ("Long Biên", "00145"), "01", None),
        ("004", "2022-02-27", None, "01", "place_split:00097+00118+00127+00136+00145+00565+00577"),
        ("755", "2022-02-27", ("Côn Đảo", "26732"), "79", None),
        ("00142", "2022-02-27", None, "01", "place_ended"),
        ("01", "2022-02-27", None, "01", None),
        ("02", "2022-02-27", None, "08", None),
        ("75", "2024-02-27", None, "75", None),
        ("75", "2025-08-27", None, "75", None),
        ("46", "2022-02-27", None, "46", None),
        ("10", "2022-02-27", None, "15", None),
        ("00136", None, None, "01", "place_split:00127+00136"),
        ("00136", "2025-07-01", ("Phúc Lợi", "00136"), "01", None),
    ],
)
def test_places_of_today(
    unit: str, day: str | None, ward: tuple[str, str] | None, province: str, flag: str | None
) -> None:
    then = record(unit, day)
    now = as_of_today(then)
    jsonschema.validate(now, json_schema())
    assert list(now) == list(then)
    assert now["ward"] == (dict(zip(("name", "code"), ward, strict=True)) if ward else None)
    assert (now["district"], now["province"]["code"]) == (None, province)
    assert now["flags"] == ["midnight", *([flag] if flag else [])]
    assert {key: now[key] for key in now if key not in ("ward", "district", "province", "flags")} == {
        key: then[key] for key in then if key not in ("ward", "district", "province", "flags")
    }


def test_a_record_without_a_place_stays_as_it_is() -> None:
    line = json_line(Article(title="Đảng ủy 🌾")).rstrip("\n")
    assert list(today_lines([line])) == [line]


def test_today_is_stable() -> None:
    now = record("00136", "2026-01-01")
    assert as_of_today(now) == now


def test_export_gives_the_places_of_today(wardnews: Run, tmp_path: Path) -> None:
    (tmp_path / "output").mkdir()
    store = Store.open(f"sqlite:///{tmp_path}/output/wardnews.db")
    store.begin_run("filled", "2026-08-29T01:00:00Z")
    frontier = Frontier(store, "filled")
    frontier.begin("longbien", [Wanted("article", one, f"http://a.vn/{one}") for one in ("1", "2")])
    for title in ("Phường Ngọc Lâm ra quân", "Phường Phúc Lợi ra quân"):
        task = frontier.next_task("longbien")
        assert task
        article = Article(
            site="longbien", id=task.key, url=task.url, title=title, header="05/04/2021", paragraphs=["Họp."]
        )
        frontier.read_from(article, task)
        frontier.remember(finish(article, SITES))
    frontier.close()
    store.close()

    then, now = (
        [json.loads(line) for line in wardnews("export", *options).stdout.splitlines()]
        for options in ((), ("--places", "today"))
    )
    assert [one["ward"]["code"] for one in then] == ["00133", "00136"]
    assert now == [as_of_today(one) for one in then]
    assert [one["ward"] for one in now] == [{"name": "Bồ Đề", "code": "00118"}, None]
    assert now[1]["flags"][-1] == "place_split:00127+00136"


@pytest.mark.parametrize(
    ("name", "code", "district", "heir"),
    [
        ("Xà Phìn", "00736", "026", "Sà Phìn"),
        ("Hồng Lạc", "02608", "076", "Hồng Sơn"),
        ("Sĩ Bình", "01978", "063", "Vĩnh Thông"),
        ("Ninh Xá", "09445", "262", "Ninh Xá"),
        ("Ngã Tư Sở", "00235", "006", "Đống Đa"),
    ],
)
def test_a_unit_whose_code_goes_on_is_what_became_of_that(name: str, code: str, district: str, heir: str) -> None:
    then = record("01", "2023-05-05") | {"ward": {"name": name, "code": code}}
    now = as_of_today(then | {"district": {"name": "", "code": district}})
    assert (now["ward"]["name"], now["flags"]) == (heir, ["midnight"])


def test_a_city_that_was_divided_is_not_the_part_that_has_its_code() -> None:
    then = record("46", "2023-05-05") | {"district": {"name": "Huế", "code": "474"}}
    assert as_of_today(then)["flags"] == ["midnight", "place_ended"]
