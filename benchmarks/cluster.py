"""Measure a backfill on a Dask cluster of this machine: pages per worker-CPU second, and what the cluster itself costs.

The store is a PostgreSQL database of a server that WARDNEWS_TEST_POSTGRES names, else SQLite. Each store must hold what
one process leaves; in the last run a worker is killed.
"""

import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from distributed import Client

from tests.conftest import own_database
from tests.doubles.history import make_history
from tests.doubles.warcs import many, write_warc
from tests.helpers.clusters import Cluster, cluster
from tests.helpers.stores import content_at

ARTICLES = 60
"""The articles of the practice portal whose captures are repeated under other ids."""
LEAST = 80
"""Pages per worker-CPU second that are wanted, with PostgreSQL."""
_TICKS = os.sysconf("SC_CLK_TCK")


class Measures(NamedTuple):
    """What a backfill took: seconds; CPU seconds of the readers, and of Dask's own processes."""

    seconds: float
    readers: float
    dask: float


def processes() -> dict[int, tuple[int, float]]:
    """Return parent and CPU seconds of each process."""
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found[int(place.name)] = (int(fields[1]), (int(fields[11]) + int(fields[12])) / _TICKS)
    return found


def used(dask: Cluster) -> tuple[float, float]:
    """Return the CPU seconds of the processes that read, and of the scheduler and the workers."""
    found, workers = processes(), {one.pid for one in dask.workers}
    own = sum(seconds for pid, (_, seconds) in found.items() if pid in workers | {dask.scheduler.pid})
    return sum(seconds for parent, seconds in found.values() if parent in workers), own


def command(folder: Path, store: str, *options: str) -> list[str]:
    """Return the command that reads all files into a store."""
    given = ["practice-archived", "--from", str(folder / "files"), "--sites", str(folder / "sites.toml")]
    return [sys.executable, "-m", "wardnews", "backfill", *given, "--store", store, "--quiet", *options]


def alone(folder: Path, store: str) -> float:
    """Return how many seconds a backfill of one command on this machine takes."""
    began = time.perf_counter()
    subprocess.run(command(folder, store), cwd=folder, check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def spread(folder: Path, store: str, workers: int, kill_after: float | None = None) -> Measures:
    """Read all files on a cluster; `kill_after` so many seconds a worker is killed, and another one joins."""
    with cluster(folder, workers) as dask:
        options = command(folder, store, "--on", dask.address)
        with Client(dask.address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            client.wait_for_workers(workers)
        began, before = time.perf_counter(), used(dask)
        running = subprocess.Popen(options, cwd=folder, stderr=subprocess.DEVNULL)
        if kill_after:
            time.sleep(kill_after)
            dask.workers[0].kill()
            dask.workers[0].wait()
            dask.add()
        if status := running.wait():
            raise SystemExit(f"the backfill ended with status {status}: {options}")
        seconds, after = time.perf_counter() - began, used(dask)
    return Measures(seconds, after[0] - before[0], after[1] - before[1])


@contextmanager
def fresh(folder: Path, name: str) -> Iterator[str]:
    """Give the address of an empty store."""
    if os.environ.get("WARDNEWS_TEST_POSTGRES"):
        yield from own_database()
    else:
        yield f"sqlite:///{folder}/{name}.db"


def line(workers: int, pages: int, one: Measures, *, same: bool) -> str:
    """Return what a run took, in a line."""
    name = f"{abs(workers)} worker{'s'[: abs(workers) != 1]}{', killed' if workers < 0 else ''}"
    speed = f"{one.seconds:7.1f} s, {pages / one.seconds:5.0f} pages/s, {pages / one.readers:5.0f} a worker-CPU s"
    cost = f"Dask {one.dask:.1f} CPU s ({one.dask / one.readers:.1%})"
    share = f"{one.readers / one.seconds:.2f} cores read, load {os.getloadavg()[0]:.1f}"
    return f"{name:>17}: {speed}; {share}; {cost}; the store is {'the same' if same else 'ANOTHER'}"


def main() -> int:
    """Print what was measured; give the exit status."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=8, help="WARC files (default: %(default)s)")
    parser.add_argument("--captures", type=int, default=500, help="captures in each (default: %(default)s)")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4], help="(default: 1 2 4)")
    arguments = parser.parse_args()
    history, pages, fine = make_history(ARTICLES), arguments.files * arguments.captures, True
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "files").mkdir()
        (folder / "sites.toml").write_text(history.toml(), encoding="utf-8")
        captures = many(history.captures, pages)
        for number in range(arguments.files):
            write_warc(folder / "files" / f"{number:03}.warc.gz", islice(captures, arguments.captures))
        print(f"{arguments.files} files of {arguments.captures} captures, {os.cpu_count()} cores", flush=True)
        with fresh(folder, "alone") as store:
            seconds = alone(folder, store)
            expected = content_at(store)
        print(f"{'one process':>17}: {seconds:7.1f} s, load {os.getloadavg()[0]:.1f}", flush=True)
        for workers in (*arguments.workers, -2):
            kill = seconds / 4 if workers < 0 else None
            with fresh(folder, f"on{workers}") as store:
                one = spread(folder, store, abs(workers), kill)
                same = content_at(store) == expected
            speed = pages / one.readers
            fine &= same and (kill is not None or speed >= LEAST)
            print(line(workers, pages, one, same=same), flush=True)
    print(f"{LEAST} pages a worker-CPU second wanted, and the same store: {'fine' if fine else 'NOT ENOUGH'}")
    return int(not fine)


if __name__ == "__main__":
    sys.exit(main())
