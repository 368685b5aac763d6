"""What only a store on a server can suffer; all else is tested on both kinds of store, where it is tested."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import Run
from tests.helpers import commands
from wardnews.demo import PracticePortal, Reply, Request
from wardnews.store.database import Store

_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def administer(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


def out_of_feeds(folder: Path) -> list[str]:
    feeds = [feed.read_text(encoding="utf-8") for feed in folder.glob("output/*.jsonl")]
    return [json.loads(line)["id"] for feed in feeds for line in feed.splitlines()]


def at_article(portal: PracticePortal, number: int, act: object) -> None:
    """Let something happen when an article is asked for, once."""
    seen: list[str] = []

    def intercept(_generation: str, request: Request) -> Reply | None:
        if "view_content" in request.path:
            seen.append(request.path)
            if len(seen) == number:
                act()  # type: ignore[operator]
        return None

    portal.intercept = intercept


def test_a_run_that_loses_its_connection_stops_and_the_next_one_completes(
    portal: PracticePortal, sites_file: Path, wardnews: Run, tmp_path: Path, postgres_url: str
) -> None:
    at_article(portal, 20, lambda: administer(postgres_url, _OTHERS))
    lost = wardnews("crawl", "practice-liferay", "--sites", sites_file)
    assert lost.returncode == 4, lost.stderr
    assert re.search(r"stopped early: the connection to the store was cut: .*terminat", lost.stderr)
    assert "Traceback" not in lost.stderr
    portal.intercept = None
    done = wardnews("crawl", "practice-liferay", "--sites", sites_file)
    assert done.returncode == 0, done.stderr
    assert sorted(out_of_feeds(tmp_path)) == sorted(f"practice-liferay:{one.id}" for one in portal.of("liferay"))


def test_a_run_whose_server_goes_away_for_good_says_so_and_its_feed_is_written_by_the_next_one(
    portal: PracticePortal, sites_file: Path, tmp_path: Path, postgres_url: str
) -> None:
    def crawl() -> subprocess.CompletedProcess[str]:
        soon = {"DOWNLOAD_TIMEOUT": 3}  # what a lost run asked last counts as under way for so long
        return commands.run(
            tmp_path, "crawl", "practice-liferay", "--sites", sites_file, "--store", postgres_url, settings=soon
        )

    name = sa.make_url(postgres_url).database
    elsewhere = sa.make_url(postgres_url).set(database="postgres").render_as_string(hide_password=False)
    others = _OTHERS.replace("current_database()", f"'{name}'")
    closed = f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"
    at_article(portal, 20, lambda: administer(elsewhere, closed, others))
    lost = crawl()
    assert lost.returncode == 1, lost.stderr
    assert "stopped early: the connection to the store was cut" in lost.stderr
    assert "the feed could not be completed" in lost.stderr
    assert "Traceback" not in lost.stderr
    assert out_of_feeds(tmp_path) == []
    portal.intercept = None
    assert "cannot be opened" in crawl().stderr
    administer(elsewhere, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    done = crawl()
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("output/*.jsonl"))) == 2
    assert sorted(out_of_feeds(tmp_path)) == sorted(f"practice-liferay:{one.id}" for one in portal.of("liferay"))


def test_its_order_and_days_are_those_of_sqlite_whatever_the_language_of_the_database(
    sites_file: Path, wardnews: Run, postgres_url: str
) -> None:
    both = ("practice-liferay", "practice-newszone")
    orders = []
    for store in (postgres_url, "sqlite:///other.db"):
        assert wardnews("crawl", *both, "--sites", sites_file, "--store", store).returncode == 0
        out = wardnews("export", "--store", store).stdout + wardnews("export", "--since", "2021-05-04").stdout
        orders.append([json.loads(line)["id"] for line in out.splitlines()])
    assert orders[0] == orders[1]
    assert len(orders[0]) > 100


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_an_address_needs_no_driver(postgres_url: str, scheme: str) -> None:
    Store.open(re.sub("^[^:]+", scheme, postgres_url)).close()


def test_a_server_that_is_not_there_is_one_line_without_the_password(wardnews: Run) -> None:
    done = wardnews("export", "--store", "postgresql://hoa:bi-mat@127.0.0.1:1/wardnews")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("wardnews: store postgresql://hoa:***@127.0.0.1:1/wardnews: cannot be opened: ")
    assert "bi-mat" not in line
