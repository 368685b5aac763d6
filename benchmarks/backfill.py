"""Measure a backfill from a WARC file: wardnews from file to store, on all cores and on one, beside trafilatura alone.

trafilatura, on the same pages, is left out where it is not installed.
"""

import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.doubles.history import make_history
from tests.doubles.warcs import many, write_warc
from wardnews.archives.capture import Capture
from wardnews.archives.warc.read import read_warc
from wardnews.portable import usable_cores

ARTICLES = 60
"""The articles of the practice portal whose captures are repeated under other ids."""
LEAST = 600
"""Pages per CPU second of all processes that wardnews must reach."""
TWICE = 1.9
"""How many times as fast two cores must be as one."""
MOST_MEMORY = 300
"""The megabytes that a process may take, whatever the size of the file."""
_OK = 200


class Measures(NamedTuple):
    """Hold what a backfill took: seconds, CPU seconds of all processes, megabytes of the largest one."""

    seconds: float
    cpu: float
    peak: float


def backfill(warc: Path, sites: Path, cores: int) -> Measures:
    """Read a WARC file into a fresh store, with the command and in its processes, on so many cores."""
    command = [sys.executable, "-m", "wardnews", "backfill", "practice-archived", "--from", str(warc)]
    before, began = getrusage(RUSAGE_CHILDREN), time.perf_counter()
    with TemporaryDirectory() as folder:
        subprocess.run(
            [*command, "--sites", str(sites), "--quiet"], cwd=folder, check=True, stderr=subprocess.DEVNULL,
            preexec_fn=lambda: os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores]),
        )  # fmt: skip
    seconds, after = time.perf_counter() - began, getrusage(RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measures(seconds, cpu, after.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2))


def extract(warc: Path, sample: int) -> tuple[float, float]:
    """Extract text and metadata of pages of a WARC file with trafilatura; give pages a second and a CPU second."""
    import trafilatura

    captures = (one for one in read_warc(warc) if isinstance(one, Capture) and one.status == _OK)
    pages = [one.body for one in islice(captures, sample)]
    began, cpu = time.perf_counter(), time.process_time()
    for page in pages:
        trafilatura.extract(page, with_metadata=True, output_format="json")
    return len(pages) / (time.perf_counter() - began), len(pages) / (time.process_time() - cpu)


def line(name: str, speed: float, of_cpu: float, more: str) -> str:
    """Return a line of the table."""
    return f"{name:16} {speed:8.0f} {of_cpu:8.0f}   {more}"


def main() -> int:
    """Print what was measured; give the exit status."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--captures", type=int, default=5000, help="captures in the file (default: %(default)s)")
    parser.add_argument("--sample", type=int, default=400, help="pages for trafilatura (default: %(default)s)")
    arguments = parser.parse_args()
    history, captures, fine = make_history(ARTICLES), arguments.captures, True
    with TemporaryDirectory() as name:
        warc, sites = Path(name, "captures.warc.gz"), Path(name, "sites.toml")
        sites.write_text(history.toml(), encoding="utf-8")
        write_warc(warc, many(history.captures, captures))
        print(f"{captures} captures, {warc.stat().st_size / 1e6:.0f} MB, {usable_cores()} cores")
        print(f"{'':16} {'pages/s':>8} {'a CPU s':>8}")
        took = {}
        for cores in sorted({1, min(2, usable_cores())}, reverse=True):
            took[cores] = one = backfill(warc, sites, cores)
            fine &= captures / one.cpu >= LEAST and one.peak <= MOST_MEMORY
            more = f"{one.cpu:.1f} CPU s, {one.cpu / one.seconds:.2f} cores busy, {one.peak:.0f} MB a process"
            print(line(f"wardnews, {cores} core{'s'[: cores - 1]}", captures / one.seconds, captures / one.cpu, more))
        if find_spec("trafilatura"):
            speed, of_cpu = extract(warc, arguments.sample)
            print(line("trafilatura", speed, of_cpu, f"{arguments.sample} pages"))
    if 2 in took:  # noqa: PLR2004 - cores
        faster = took[1].seconds / took[2].seconds
        fine &= faster >= TWICE
        print(f"two cores take {1 / faster:.2f} of the time of one: {faster:.2f} times as fast, {TWICE} wanted")
    print(f"{LEAST} pages a CPU second, {MOST_MEMORY} MB a process at most: {'fine' if fine else 'NOT ENOUGH'}")
    return int(not fine)


if __name__ == "__main__":
    sys.exit(main())
