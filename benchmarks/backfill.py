"""Measure a backfill from a WARC file: wardnews from file to store, beside trafilatura alone on the same pages."""

import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from itertools import islice
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory
from typing import NamedTuple

import trafilatura

from tests.doubles.history import make_history
from tests.doubles.warcs import many, write_warc
from wardnews.archives.capture import Capture
from wardnews.archives.warc.read import read_warc

ARTICLES = 60
"""The articles of the practice portal whose captures are repeated under other ids."""
LEAST = 8
"""How many times trafilatura's pages per second wardnews must reach."""
MOST_MEMORY = 300
"""The megabytes that a process may take, whatever the size of the file."""
_OK = 200


class Measures(NamedTuple):
    """Hold what a backfill took: seconds, CPU seconds of all processes, megabytes of the largest one."""

    seconds: float
    cpu: float
    peak: float


def backfill(warc: Path, sites: Path, folder: Path) -> Measures:
    """Read a WARC file into a fresh store, with the command and in its processes."""
    command = [sys.executable, "-m", "wardnews", "backfill", "practice-archived", "--from", str(warc)]
    before, began = getrusage(RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([*command, "--sites", str(sites), "--quiet"], cwd=folder, check=True)
    seconds, after = time.perf_counter() - began, getrusage(RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measures(seconds, cpu, after.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2))


def extract(warc: Path, sample: int) -> tuple[float, float]:
    """Extract text and metadata of pages of a WARC file with trafilatura; give pages a second and a CPU second."""
    captures = (one for one in read_warc(warc) if isinstance(one, Capture) and one.status == _OK)
    pages = [one.body for one in islice(captures, sample)]
    began, cpu = time.perf_counter(), time.process_time()
    for page in pages:
        trafilatura.extract(page, with_metadata=True, output_format="json")
    return len(pages) / (time.perf_counter() - began), len(pages) / (time.process_time() - cpu)


def main() -> int:
    """Print what was measured; give the exit status."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--captures", type=int, default=5000, help="captures in the file (default: %(default)s)")
    parser.add_argument("--sample", type=int, default=400, help="pages for trafilatura (default: %(default)s)")
    arguments = parser.parse_args()
    history = make_history(ARTICLES)
    with TemporaryDirectory() as name:
        folder = Path(name)
        warc, sites = folder / "captures.warc.gz", folder / "sites.toml"
        sites.write_text(history.toml(), encoding="utf-8")
        write_warc(warc, many(history.captures, arguments.captures))
        print(f"{arguments.captures} captures, {warc.stat().st_size / 1e6:.0f} MB, {os.cpu_count()} cores")
        measures = backfill(warc, sites, folder)
        other, other_of_cpu = extract(warc, arguments.sample)
    speed, of_cpu = arguments.captures / measures.seconds, arguments.captures / measures.cpu
    ratio, cores = speed / other, measures.cpu / measures.seconds
    print(f"{'':12} {'pages/s':>8} {'a CPU s':>8}")
    print(f"{'wardnews':12} {speed:8.0f} {of_cpu:8.0f}   {cores:.2f} cores, {measures.peak:.0f} MB a process")
    print(f"{'trafilatura':12} {other:8.0f} {other_of_cpu:8.0f}   {arguments.sample} pages")
    fine = ratio >= LEAST and measures.peak <= MOST_MEMORY
    bounds = f"{LEAST} wanted, and {MOST_MEMORY} MB a process at most"
    print(f"wardnews reads {ratio:.1f} times as many; {bounds}: {'fine' if fine else 'NOT ENOUGH'}")
    return int(not fine)


if __name__ == "__main__":
    sys.exit(main())
