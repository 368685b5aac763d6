"""A crawl on a cluster visits each group once, whoever dies meanwhile, and looks like one run to whoever asked for it."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

import sqlalchemy as sa

from tests.helpers.clusters import cluster
from tests.helpers.commands import read_feed, started
from tests.helpers.town import Town, pieces
from wardnews.demo import Reply, Request
from wardnews.store.database import Store
from wardnews.store.tables import leases, runs

TOWNS, PIECES = 2, 6


def test_the_groups_of_a_crawl_are_shared_by_workers_and_taken_up_where_one_dies(
    store_url: str, tmp_path: Path
) -> None:
    killed: list[int] = []
    kills = store_url.startswith("sqlite")  # with a server what was asked last counts as under way for a minute

    def kill(request: Request) -> Reply | None:
        if kills and "view_content" in request.path and not killed and sum(len(town.requests) for town in towns) > 12:
            killed.append(1)
            dask.workers[0].kill()
        return None

    with ExitStack() as stack:
        dask = stack.enter_context(cluster(tmp_path, 2))
        towns = [
            stack.enter_context(Town(pieces(PIECES, first=100 * number), intercept=kill))
            for number in range(1, TOWNS + 1)
        ]
        sites = tmp_path / "sites.toml"
        sites.write_text("\n".join(town.toml(f"hoasua{at}") for at, town in enumerate(towns)), encoding="utf-8")
        names = [f"hoasua{at}" for at in range(TOWNS)]
        arguments: tuple[str | Path, ...] = (
            "crawl",
            *names,
            "--sites",
            sites,
            "--store",
            store_url,
            "--on",
            dask.address,
            "--quiet",
        )
        with started(tmp_path, *arguments) as command:
            pass
        assert bool(killed) == kills
        assert command.exitcode == 0, command.stderr
        feed = Path(tmp_path, command.stderr.partition("records: ")[2].split()[0])
        records = read_feed(feed)
        assert len(records) == len({record["id"] for record in records}) == TOWNS * PIECES
        report = json.loads(feed.with_suffix(".report.json").read_text(encoding="utf-8"))
        assert (report["records"], report["status"], sorted(report["portals"])) == (TOWNS * PIECES, 0, names)
        assert f"{TOWNS} portals: " in command.stderr
        assert sorted(file.name for file in feed.parent.glob("*.jsonl")) == [feed.name]
        asked = [one for town in towns for one in town.asked()]
        assert len(asked) - len(set(asked)) <= 4 * TOWNS  # listings again, and what was under way when the worker died
    store = Store.open(store_url)
    with store.reading() as connection:
        taken = connection.execute(sa.select(leases)).all()
        feeds = connection.scalars(sa.select(runs.c.feed)).all()
    store.close()
    assert len(taken) == TOWNS
    assert all(row.epoch <= 3 and row.run is None for row in taken)
    assert all(feeds)
