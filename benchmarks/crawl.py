"""Measure a whole crawl of a loopback portal: wardnews beside an empty Scrapy spider that fetches the same articles."""

import json
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Response

from wardnews import settings
from wardnews.runs import process as runs
from wardnews.sites import politeness_group

CONCURRENCY = 8
"""Scrapy's default for one domain; wardnews would ask for one page at a time."""
LEAST = 0.7
"""The share of the empty spider's pages per second that wardnews must reach."""
MOST_MEMORY = 200
"""The megabytes that a crawl of any length may take."""
RECORDS, ADDRESSES = "records.jsonl", "addresses.txt"


@dataclass(frozen=True)
class Measures:
    """Hold what one crawl took; `cpu` in seconds, `peak` in megabytes."""

    pages: float
    seconds: float
    cpu: float
    peak: float

    @property
    def speed(self) -> float:
        """Give the pages per second."""
        return self.pages / self.seconds


# --- a crawl, in a process of its own --------------------------------------------------------------------------------


class Meter:
    """Measure a crawl from the opening of its spider until all is written; print the measures."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.opened_at = self.cpu = 0.0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to the crawl's signals."""
        meter = cls(crawler)
        crawler.signals.connect(meter.opened, signal=signals.spider_opened)
        crawler.signals.connect(meter.stopped, signal=signals.engine_stopped)
        return meter

    def opened(self) -> None:
        """Start the clocks."""
        self.opened_at, self.cpu = time.perf_counter(), time.process_time()

    def stopped(self) -> None:
        """Stop the clocks; print a line of JSON."""
        seconds, cpu = time.perf_counter() - self.opened_at, time.process_time() - self.cpu
        peak = getrusage(RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
        print(json.dumps(asdict(Measures(self.crawler.stats.get_value("response_received_count"), seconds, cpu, peak))))


class EmptySpider(Spider):
    """Fetch what a file of addresses names, and do nothing with it."""

    name = "empty"

    async def start(self) -> AsyncIterator[Request]:
        """Ask for every address."""
        with Path(ADDRESSES).open(encoding="utf-8") as addresses:  # noqa: ASYNC230
            for address in addresses:
                yield Request(address.strip())

    def parse(self, response: Response, **_: Any) -> None:
        """Do nothing."""


def crawl_empty() -> None:
    """Crawl with Scrapy's default settings, in silence."""
    process = AsyncCrawlerProcess({"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "EXTENSIONS": {Meter: 0}})
    process.crawl(EmptySpider)
    process.start()


def crawl_wardnews(url: str) -> None:
    """Crawl as the command does, but with the concurrency of the empty spider and no delay."""
    sites = Path("sites.toml")
    sites.write_text(f'[benchmark]\nname = "Practice portal"\nurl = "{url}"\ndelay = 0.0\n', encoding="utf-8")
    changes: dict[str, Any] = {
        "DOWNLOAD_SLOTS": {politeness_group(url): {"concurrency": CONCURRENCY, "delay": 0.0}},
        "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENCY,  # so many connections are kept open
        "EXTENSIONS": {Meter: 0},
    }
    vars(settings).update(changes)
    done = runs.run(progress=False, site="benchmark", sites=[sites])
    assert done.report.feed
    Path(done.report.feed).rename(RECORDS)


# --- crawls in alternation -------------------------------------------------------------------------------------------


@contextmanager
def serving(articles: int) -> Iterator[str]:
    """Serve a practice portal in a process of its own; give the address of its older generation."""
    command = [sys.executable, "-m", "tests.doubles", "--articles", str(2 * articles)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield (server.stdout.readline() if server.stdout else "").split()[1]
        finally:
            server.terminate()


def crawl(kind: str, url: str, place: Path) -> Measures:
    """Crawl in a process of its own, whose working directory is `place`."""
    command = [sys.executable, str(Path(__file__).resolve()), "--child", kind, url]
    done = subprocess.run(command, cwd=place, stdout=subprocess.PIPE, check=True, text=True)
    return Measures(**json.loads(done.stdout))


def crawl_both(url: str, articles: int) -> tuple[Measures, Measures]:
    """Crawl the portal by wardnews, then fetch the articles that it recorded by the empty spider."""
    with TemporaryDirectory() as name:
        place = Path(name)
        wardnews = crawl("wardnews", url, place)
        with (place / RECORDS).open(encoding="utf-8") as records, (place / ADDRESSES).open("w") as addresses:
            written = sum(bool(addresses.write(json.loads(record)["url"] + "\n")) for record in records)
        if written != articles:
            raise SystemExit(f"wardnews wrote {written} records of {articles} articles")
        return wardnews, crawl("empty", url, place)


def line(name: str, crawls: list[Measures]) -> str:
    """Write a line of the table: medians, and the highest of the peaks."""
    pages, speed = median(one.pages for one in crawls), median(one.speed for one in crawls)
    cpu, busy = median(1000 * one.cpu / one.pages for one in crawls), median(one.cpu / one.seconds for one in crawls)
    return f"{name:14} {pages:7.0f} {speed:8.0f} {cpu:9.2f} {busy:9.0%} {max(one.peak for one in crawls):8.0f}"


def main() -> int:
    """Print the table; give the exit status."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2000, help="articles to crawl in a round (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds to take the median of (default: %(default)s)")
    arguments = parser.parse_args()
    with serving(arguments.pages) as url:
        rounds = [crawl_both(url, arguments.pages) for _ in range(arguments.rounds)]
    ratio = median(wardnews.speed / empty.speed for wardnews, empty in rounds)
    peak = max(wardnews.peak for wardnews, _ in rounds)
    print(f"{arguments.pages} articles, {CONCURRENCY} requests at a time; median of {arguments.rounds} rounds\n")
    print(f"{'':14} {'pages':>7} {'pages/s':>8} {'CPU ms/p':>9} {'of a core':>9} {'peak MB':>8}")
    print(line("wardnews", [wardnews for wardnews, _ in rounds]))
    print(line("empty spider", [empty for _, empty in rounds]))
    fine = ratio >= LEAST and peak <= MOST_MEMORY
    bounds = f"{LEAST} wanted, and {MOST_MEMORY} MB at most"
    print(f"\nwardnews: {ratio:.2f} of the empty spider's pages per second; {bounds}: {'fine' if fine else 'TOO MUCH'}")
    return int(not fine)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--child", "wardnews", address]:
            crawl_wardnews(address)
        case ["--child", "empty", _]:
            crawl_empty()
        case _:
            sys.exit(main())
