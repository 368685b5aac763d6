"""How things stand: the `status` command, its JSON and its metrics, and the portals that are due."""

from __future__ import annotations

import json
import re
import sqlite3
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from rich.console import Console

from tests.conftest import Run
from wardnews.cli import standing
from wardnews.demo import PracticePortal
from wardnews.store import queries
from wardnews.store.database import Store

CRAWL = ["crawl", "practice-liferay", "practice-newszone", "--sites"]


def change(folder: Path, statement: str) -> None:
    store = sqlite3.connect(folder / "output" / "wardnews.db")
    with store:
        store.execute(statement)
    store.close()


def test_status_tells_how_portals_stand(sites_file: Path, wardnews: Run, tmp_path: Path) -> None:
    wardnews(*CRAWL, sites_file)
    done = wardnews("status", "--sites", sites_file)
    assert done.returncode == 0, done.stderr
    rows = {line.split()[0]: line for line in done.stdout.splitlines() if line.startswith(" practice-")}
    assert list(rows) == ["practice-liferay", "practice-newszone"]
    assert "2021-05-04" in rows["practice-liferay"]
    assert "50" in rows["practice-liferay"]
    assert "2 portals, 0 unhealthy, 0 due" in done.stdout
    named = wardnews("status", "practice-newszone", "hanoi-phucloi", "--json")
    portal, unknown = map(json.loads, named.stdout.splitlines())
    assert (portal["site"], portal["articles"], portal["newest"]) == ("practice-newszone", 50, "2026-08-28T15:28+07:00")
    assert portal["began"] <= portal["ended"] < portal["due"]
    assert (portal["is_due"], portal["sick"], portal["left"]) == (False, False, None)
    assert [found["name"] for found in portal["findings"]] in ([], ["silent"])
    assert (unknown["articles"], unknown["began"], unknown["is_due"]) == (0, None, True)


def test_the_table_fits_the_terminal(sites_file: Path, wardnews: Run, on_terminal: Any) -> None:
    wardnews(*CRAWL, sites_file, "--sample", "6")
    for columns in (60, 80, 200):
        status, shown = on_terminal("status", "--sites", sites_file, columns=columns)
        assert status == 0
        assert max(len(line.rstrip("\r")) for line in shown.split("\n") if "─" in line) <= columns
        assert all(word in shown for word in ("articles", "newest", "visited", "due", "2 portals"))
    status, shown = on_terminal("status", "--sites", sites_file, columns=80, language="vi_VN.UTF-8")
    assert max(len(line.rstrip("\r")) for line in shown.split("\n") if "─" in line) <= 80
    assert all(word in shown for word in ("bài", "mới nhất", "gần nhất", "lượt tới", "vấn đề", "2 cổng"))


@pytest.mark.parametrize("names", [("hoa-sua",), ("a", "b" * 40), ("phường-bến", "村")])
def test_a_table_that_fits_looks_as_rich_draws_it(names: tuple[str, ...]) -> None:
    head = ("portal", "articles", "newest", "every", "visited", "due", "trouble")
    rows = [(name, "1,234", "2026-08-28", "-", "3 h ago", "in 2 d", "left" * len(name)) for name in names]
    shown = []
    for table in (standing.fitting_table([head, *rows], {0}, 400), standing.folding_table([head, *rows], {0})):
        console = Console(file=StringIO(), width=400, highlight=False, emoji=False)
        console.print(table)
        shown.append(console.file.getvalue())  # type: ignore[attr-defined]
    assert shown[0] == shown[1]
    assert standing.fitting_table([head, *rows], {0}, 60) is None, "Rich folds what is too wide"


def test_a_terminal_shows_how_far_a_crawl_is(sites_file: Path, wardnews: Run, on_terminal: Any) -> None:
    text = sites_file.read_text(encoding="utf-8").replace("delay = 0.0", "delay = 0.05")
    sites_file.write_text(text, encoding="utf-8")
    crawl = [*CRAWL, sites_file, "--sample", "10"]
    _, shown = on_terminal(*crawl)
    assert re.search(r"[0-2]/2 portals, [\d,]+ pages \([\d.]+/s\), \d+ new, 0 edited, 0 failed, \d+ waiting", shown)
    _, shown = on_terminal(*crawl, "--full", "--quiet")
    assert "waiting" not in shown
    assert "2 portals: " in shown


def test_metrics_are_what_prometheus_reads(sites_file: Path, wardnews: Run, tmp_path: Path) -> None:
    sites_file.write_text(
        sites_file.read_text(encoding="utf-8").replace('"Phường Bến Trăng"', '"Phường \\"Bến\\\\Trăng\\"\\nQuận"'),
        "utf-8",
    )
    wardnews(*CRAWL, sites_file, "--sample", "6")
    change(tmp_path, "UPDATE visits SET ended = NULL WHERE site = 'practice-liferay'")
    file = tmp_path / "metrics" / "wardnews.prom"
    done = wardnews("status", "--sites", sites_file, "--prometheus", file)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [one.name for one in file.parent.iterdir()] == ["wardnews.prom"]
    families = {one.name: one for one in text_string_to_metric_families(file.read_text(encoding="utf-8"))}
    assert all(name.startswith("wardnews_portal_") for name in families)
    assert all(one.type == "gauge" and one.documentation for one in families.values())
    values = {
        (name, sample.labels["site"]): sample.value for name, family in families.items() for sample in family.samples
    }
    assert values["wardnews_portal_articles", "practice-newszone"] == 6
    assert values["wardnews_portal_visit_finished", "practice-liferay"] == 0
    assert values["wardnews_portal_visit_finished", "practice-newszone"] == 1
    assert values["wardnews_portal_sick", "practice-newszone"] == 0
    began = values["wardnews_portal_visit_timestamp_seconds", "practice-newszone"]
    assert abs(began - file.stat().st_mtime) < 600
    labels = [sample.labels for sample in families["wardnews_portal_info"].samples]
    assert 'Phường "Bến\\Trăng"\nQuận' in [one["name"] for one in labels]


def test_a_sick_portal_gives_status_3(portal: PracticePortal, sites_file: Path, wardnews: Run) -> None:
    portal.close()
    assert wardnews(*CRAWL, sites_file).returncode == 3
    done = wardnews("status", "--sites", sites_file)
    assert done.returncode == 3
    assert "practice-liferay: nothing could be read: connection refused (since 20" in done.stdout
    assert "2 unhealthy" in done.stdout


def test_status_without_a_store_makes_none(wardnews: Run, tmp_path: Path) -> None:
    done = wardnews("status")
    assert done.returncode == 2
    assert "there is no store yet" in done.stderr
    assert not list(tmp_path.iterdir())
    wrong = wardnews("status", "--store", "wardnews.db")
    assert wrong.returncode == 2
    assert "not an address of a database" in wrong.stderr


def test_only_what_is_due_is_crawled(portal: PracticePortal, sites_file: Path, wardnews: Run, tmp_path: Path) -> None:
    due = [*CRAWL[:3], "--due", "--sites", sites_file]
    first = wardnews(*due)
    assert "2 portals: " in first.stderr, first.stderr
    asked = len(portal.requests["liferay"])
    nothing = wardnews(*due)
    assert nothing.returncode == 0
    assert "no portal is due (2 checked); next is practice-" in nothing.stderr
    change(tmp_path, "UPDATE visits SET began = '2021-05-05T01:00:00Z' WHERE site = 'practice-newszone'")
    again = wardnews(*due)
    assert "practice-newszone: " in again.stderr
    assert "practice-liferay" not in again.stderr
    assert len(portal.requests["liferay"]) == asked
    change(tmp_path, "UPDATE visits SET ended = NULL WHERE site = 'practice-liferay'")
    other = Store.open(f"sqlite:///{tmp_path}/output/wardnews.db")
    assert other.locks.take("site-practice-liferay")
    busy = wardnews(*due)
    assert busy.returncode == 5
    assert "practice-liferay: left out, another run is at it" in busy.stderr
    other.close()
    assert "practice-liferay: " in wardnews(*due).stderr
    text = sites_file.read_text(encoding="utf-8").replace("delay", "closed = 2025-07-01\ndelay")
    sites_file.write_text(text, encoding="utf-8")
    assert "no portal is due" in wardnews(*due).stderr


def test_the_store_tells_what_waits(tmp_path: Path, sites_file: Path, wardnews: Run) -> None:
    wardnews(*CRAWL, sites_file, "--sample", "2")
    change(tmp_path, "UPDATE pages SET state = 'todo' WHERE kind = 'home'")
    store = Store.open(f"sqlite:///{tmp_path}/output/wardnews.db")
    assert queries.pages_to_do(store, ["practice-liferay"]) < queries.pages_to_do(
        store, ["practice-liferay", "practice-newszone"]
    )
    store.close()
