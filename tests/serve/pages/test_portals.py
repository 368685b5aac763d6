"""What `wardnews serve` shows of portals and wards, and the same as a file of `wardnews status --html`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.helpers import datasette_imported  # noqa: F401 - before all else that imports it
from tests.serve.town import town, write
from wardnews.cli import app
from wardnews.locale import _, speaking
from wardnews.places.units import table
from wardnews.reports.health import Finding
from wardnews.reports.status import Standing, standings
from wardnews.serve.drawing.calendar import calendar_of, strip_of
from wardnews.serve.pages.standing import finding_names
from wardnews.serve.pages.status_file import status_page
from wardnews.serve.pages.wards import predecessors, successors
from wardnews.spiders.counts import Unhealthy
from wardnews.store.database import Store

pytestmark = pytest.mark.filterwarnings("ignore:unclosed database in <sqlite3:ResourceWarning")


def test_portals_and_how_they_stand(get: Callable[..., Any]) -> None:
    page = get("/portals").text
    assert "2 portals, 0 unhealthy" in page
    assert '<a href="/portal/hoasua">Phường Hoa Sữa</a>' in page
    own = get("/portal/hoasua").text
    assert "2023: 1 article on 1 days" in own
    assert 'href="?year=2018"' in own
    assert "2018: 18 articles on 18 days" in get("/portal/hoasua?year=2018").text
    assert re.search(r'href="/\?site=hoasua&amp;section=TIN\+PH[^"]+">TIN PHƯỜNG</a></th><td class="figure">20<', own)
    assert get("/portal/hoasua?year=x").status_code == 400
    assert get("/portal/hoasua?year=0000").status_code == 200
    assert get("/portal/nowhere").status_code == 404


def test_a_year_is_drawn_by_day() -> None:
    counts = {"2024-02-29": 9, "2024-01-01": 1, "2023-12-31": 5}
    drawn = calendar_of(counts, 2024)
    assert drawn.count("<rect") == 366
    assert 'aria-label="2024: 10 articles on 2 days, most on 29/02/2024 (9)"' in drawn
    assert re.search(r'class="l4" x="\d+" y="\d+" width="11" height="11" rx="1.5"><title>29/02/2024: 9 articles', drawn)
    with speaking("vi"):
        assert "ngày 29/02/2024 (9)" in calendar_of(counts, 2024)
    weeks = strip_of({"2024-02-29": 20, "2024-02-23": 1, "2023-01-01": 7}, date(2024, 2, 29))
    assert weeks.count("<rect") == 26
    assert weeks.count('class="l4"') == 1
    assert "21 articles in half a year" in weeks


def test_a_ward_with_what_it_came_from_and_became(get: Callable[..., Any]) -> None:
    page = get("/ward/00118").text
    assert [re.sub(" .*", "", one) for one in re.findall(r'<section class="unit" id="([^"]*)"', page)] == [
        "2025-07-01",
        "",
    ]
    assert "until 30/06/2025" in page
    assert "1656/NQ-UBTVQH15" in page
    (new,) = [unit for unit in table()["00118"] if unit.valid_from]
    (old,) = [unit for unit in table()["00118"] if not unit.valid_from]
    assert new in successors(old)
    assert old in predecessors(new)
    assert all(unit in predecessors(one) for unit in table()["00145"] for one in successors(unit))
    assert 'href="/ward/99001"' in get("/article/hoasua:1").text
    assert get("/ward/99001").status_code == 404


def sick(row: Standing) -> Standing:
    found = Finding("challenge", "challenge page (3 pages)", "2021-05-01T01:00:00Z", sick=True)
    return Standing(**{**vars(row), "findings": [found], "sick": True, "name": "<b>Cổng</b>"})


def test_the_page_of_all_portals_is_a_file_too(store: Store, tmp_path: Path) -> None:
    write(store, *town())
    rows = [sick(row) for row in standings(store, {})]
    with speaking("vi"):
        page = status_page(store, rows, {})
    assert '<html lang="vi">' in page
    assert "2 cổng thông tin, 2 cổng có sự cố" in page
    assert "yêu cầu người xem xác minh trình duyệt" in page
    assert "&lt;b&gt;Cổng&lt;/b&gt;" in page
    assert not re.search(r'(?:src|href)="(?!data:,|https?://)', page), "all that it needs is in it"
    assert "<script" not in page
    file = tmp_path / "new" / "portals.html"
    done = CliRunner().invoke(
        app, ["status", "--store", str(store.engine.url.render_as_string(hide_password=False)), "--html", str(file)]
    )
    assert (done.exit_code, done.stdout) == (0, "")
    assert "2 portals, 0 unhealthy" in file.read_text(encoding="utf-8")


def test_all_findings_have_names() -> None:
    named = finding_names()
    assert {cause.finding for cause in Unhealthy} <= set(named)
    health = Path("wardnews/reports/health.py").read_text(encoding="utf-8")
    assert set(re.findall(r'Finding\(\s*"(\w+)"', health)) <= set(named)
    with speaking("vi"):
        assert all(_(name) != name for name in named), "the table of `status` has words for them"
