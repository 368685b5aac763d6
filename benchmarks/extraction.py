"""Measure what reading an article costs: wardnews beside parsing alone and beside trafilatura, on the same pages."""

import gc
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from statistics import median
from time import perf_counter
from urllib.request import ProxyHandler, build_opener

import lxml.html
import trafilatura
from selectolax.lexbor import LexborHTMLParser

from wardnews import layouts, text
from wardnews.exporters import json_line
from wardnews.items import Article
from wardnews.layouts import Fetch
from wardnews.pipelines import finish
from wardnews.practice import PracticePortal
from wardnews.sites import Site

PAGES = 60
MOST = 1.6
"""The multiple of lxml parsing that reading an article may cost."""

SITES = {"practice": Site("practice", "Phường Phúc Lợi", "http://127.0.0.1/", unit="00136")}


def fetch_pages(count: int) -> list[tuple[str, bytes]]:
    """Fetch article pages of both generations, with their addresses, from a practice portal."""
    opener = build_opener(ProxyHandler({}))
    with PracticePortal(count) as portal:
        return [(url, opener.open(url).read()) for url in map(portal.url, portal.articles)]


def parse_lxml(_url: str, body: bytes) -> None:
    """Build lxml's tree."""
    lxml.html.document_fromstring(body)


def parse_lexbor(_url: str, body: bytes) -> None:
    """Build the tree that wardnews reads."""
    LexborHTMLParser(text.decode(body)[0])


def read_article(url: str, body: bytes) -> Article:
    """Read the raw article of a page."""
    page = layouts.parse(body, Fetch(url))
    article = layouts.recognise(page).read_article(page)
    if article is None:
        raise SystemExit(f"no article read from {url}")
    return article


def write_record(url: str, body: bytes) -> None:
    """Make the whole record of a page, down to its JSON line."""
    article = read_article(url, body)
    article.site = "practice"
    json_line(finish(article, SITES)).encode()


def read_with_trafilatura(url: str, body: bytes) -> None:
    """Read text and metadata as a general extractor does."""
    trafilatura.extract(body, url=url, with_metadata=True)


READ = "wardnews: article"
CONTENDERS: dict[str, Callable[[str, bytes], object]] = {
    "lxml: parse": parse_lxml,
    "lexbor: decode, parse": parse_lexbor,
    READ: read_article,
    "wardnews: record, JSON line": write_record,
    "trafilatura: text, metadata": read_with_trafilatura,
}


def measure(pages: list[tuple[str, bytes]], rounds: int) -> dict[str, float]:
    """Time every contender over all pages, in turn within each round; give the median seconds of a round."""
    times: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    for _ in range(rounds):
        for name, contender in CONTENDERS.items():
            gc.collect()
            start = perf_counter()
            for url, body in pages:
                contender(url, body)
            times[name].append(perf_counter() - start)
    return {name: median(seconds) for name, seconds in times.items()}


def main() -> int:
    """Print the table; give the exit status."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="rounds to take the median of (default: %(default)s)")
    rounds = parser.parse_args().rounds
    pages = fetch_pages(PAGES)
    seconds = measure(pages, rounds)
    multiples = {name: total / seconds["lxml: parse"] for name, total in seconds.items()}
    size = median(len(body) for _, body in pages) / 1000
    print(f"{len(pages)} pages, median {size:.0f} kB; median of {rounds} rounds\n")
    print(f"{'':28} {'ms/page':>8} {'x lxml':>8}")
    for name, multiple in multiples.items():
        print(f"{name:28} {1000 * seconds[name] / len(pages):8.3f} {multiple:8.2f}")
    verdict = "fine" if multiples[READ] <= MOST else "TOO SLOW"
    print(f"\n{READ}: {multiples[READ]:.2f} x lxml parsing, {MOST} allowed: {verdict}")
    return int(multiples[READ] > MOST)


if __name__ == "__main__":
    sys.exit(main())
