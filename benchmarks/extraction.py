"""Measure what reading an article costs: wardnews beside parsing alone and beside trafilatura, on the same pages."""

import gc
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Final
from urllib.parse import urljoin
from urllib.request import ProxyHandler, build_opener

import lxml.html
import trafilatura
from selectolax.lexbor import LexborHTMLParser

from tests.doubles import PracticeFamilies
from wardnews import layouts
from wardnews.demo import PracticePortal
from wardnews.items import Article, json_line
from wardnews.layouts import Fetch
from wardnews.reading.stages import finish
from wardnews.sites import Site
from wardnews.text.encoding import decode

PAGES = 60
FAMILY: Final = "nukeviet"
"""The family whose small pages are read too: what a page costs whatever its size shows there."""

Page = tuple[str, bytes]
Contender = Callable[[str, bytes], object]

SITES = {"practice": Site("practice", "Phường Phúc Lợi", "http://127.0.0.1/", unit="00136")}


def fetch_pages(count: int) -> list[Page]:
    """Fetch article pages of both generations, with their addresses, from a practice portal."""
    opener = build_opener(ProxyHandler({}))
    with PracticePortal(count) as portal:
        return [(url, opener.open(url).read()) for url in map(portal.url, portal.articles)]


def fetch_family() -> list[Page]:
    """Fetch the article pages of the practice portal of `FAMILY`, with their addresses."""
    opener = build_opener(ProxyHandler({}))
    with PracticeFamilies(FAMILY) as portals:
        urls = [urljoin(portals.url(FAMILY), article.url) for article in portals.articles(FAMILY)]
        return [(url, opener.open(url).read()) for url in urls]


def parse_lxml(_url: str, body: bytes) -> None:
    """Build lxml's tree."""
    lxml.html.document_fromstring(body)


def parse_lexbor(_url: str, body: bytes) -> None:
    """Build the tree that wardnews reads."""
    LexborHTMLParser(decode(body)[0])


def read_article(url: str, body: bytes) -> Article:
    """Read the raw article of a page."""
    page = layouts.parse(body, Fetch(url))
    article = layouts.recognise(page).read_article(page)
    if article is None:
        raise SystemExit(f"no article read from {url}")
    return article


def read_unknown(url: str, body: bytes) -> Article:
    """Read the raw article of a page as if its family were not known."""
    article = layouts.LAYOUTS["anyportal"].read_article(layouts.parse(body, Fetch(url)))
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


LXML, READ, UNKNOWN = "lxml: parse", "wardnews: article", "wardnews: article, anyportal"
CONTENDERS: dict[str, Contender] = {
    LXML: parse_lxml,
    "lexbor: decode, parse": parse_lexbor,
    READ: read_article,
    UNKNOWN: read_unknown,
    "wardnews: record, JSON line": write_record,
    "trafilatura: text, metadata": read_with_trafilatura,
}
ON_SMALL_PAGES = (LXML, READ, UNKNOWN)
MOST, MOST_ON_SMALL_PAGES = {READ: 1.6, UNKNOWN: 4.0}, {READ: 4.0}
"""The multiples of lxml parsing that reading an article may cost."""


def measure(pages: list[Page], contenders: dict[str, Contender], rounds: int) -> dict[str, float]:
    """Time every contender over all pages, in turn within each round; give the median seconds of a round."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            gc.collect()
            start = process_time()
            for url, body in pages:
                contender(url, body)
            times[name].append(process_time() - start)
    return {name: median(seconds) for name, seconds in times.items()}


def compare(title: str, pages: list[Page], seconds: dict[str, float], limits: dict[str, float]) -> bool:
    """Print the table of a set of pages; tell whether all limits are kept."""
    size = median(len(body) for _, body in pages) / 1000
    print(f"{title}: {len(pages)} pages, median {size:.0f} kB\n")
    print(f"{'':28} {'ms/page':>8} {'x lxml':>8} {'allowed':>8}")
    fine = True
    for name, total in seconds.items():
        multiple, most = total / seconds[LXML], limits.get(name)
        slow = most is not None and multiple > most
        fine = fine and not slow
        print(f"{name:28} {1000 * total / len(pages):8.3f} {multiple:8.2f} {most or '':>8}{' TOO SLOW' * slow}")
    print()
    return fine


def main() -> int:
    """Print the tables; give the exit status."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="rounds to take the median of (default: %(default)s)")
    rounds = parser.parse_args().rounds
    pages, small = fetch_pages(PAGES), fetch_family()
    few = {name: CONTENDERS[name] for name in ON_SMALL_PAGES}
    fine = compare("hanoi-liferay, hanoi-newszone", pages, measure(pages, CONTENDERS, rounds), MOST)
    fine &= compare(FAMILY, small, measure(small, few, rounds), MOST_ON_SMALL_PAGES)
    return int(not fine)


if __name__ == "__main__":
    sys.exit(main())
