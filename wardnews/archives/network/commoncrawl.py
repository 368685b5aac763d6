"""Common Crawl: a list of collections, an index for each, and captures as byte ranges of WARC files.

Its index server answers one request at a time, and 503 or nothing to who asks some hundred times in a row. Who has the
columnar index at hand asks that instead: `commoncrawl+PATH`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.network.byte_ranges import PAGES, ask_range, read_range, row_of
from wardnews.archives.network.columns import Columns
from wardnews.archives.network.source import Answer, Ask, FileAsk, FileSearch, Found, Lookup, OddRow, SearchStep, Source
from wardnews.errors import ArchiveError

ADDRESS = "the columnar index: a folder of Parquet files, or `s3://`"
_MOST_PAGES = 100_000


def opened(settings: Mapping[str, Any], address: str) -> "CommonCrawl":
    """Return the archive at the addresses that the settings name, searched by its columnar index where one is named.

    Raises SitesError where that is not there, or cannot be read here.
    """
    columns = Columns.opened(address) if address else None
    return CommonCrawl(settings["WARDNEWS_COMMONCRAWL_INDEX"], settings["WARDNEWS_COMMONCRAWL_DATA"], columns=columns)


@dataclass(frozen=True)
class CommonCrawl(Source):
    """Common Crawl with its index at `index` and its WARC files at `data`, both addresses without a path.

    `columns`: the columnar index that is searched instead of the index server. What is found is the same, so both are
    one archive in the store; how far the searches got is kept apart.
    """

    index: str
    data: str
    name: str = "commoncrawl"
    columns: Columns | None = None

    @property
    def searched_as(self) -> str:
        """The name under which searches are kept: a table may have some of the crawls only."""
        return f"{self.name}+{self.columns.root}" if self.columns else self.name

    @property
    def bases(self) -> tuple[str, ...]:
        """The addresses of the archive's servers."""
        return (self.data,) if self.columns else (self.index, self.data)

    def collections(self) -> Ask | None:
        """Ask what collections there are."""
        return None if self.columns else Ask(f"{self.index}/collinfo.json")

    def scopes(self, hosts: list[str], collections: bytes | None) -> list[str]:
        """Return a search for each host in each collection."""
        try:
            names = self.columns.crawls() if self.columns else [one["id"] for one in json.loads(collections or b"")]
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            if isinstance(error, ArchiveError):
                raise
            raise ArchiveError("an answer that is no list of collections") from error
        return [f"{name} {host}" for name in names for host in hosts]

    def search(self, scope: str, cursor: str | None) -> Ask | Lookup:
        """Ask how many pages a collection's index has for a host, then for one after the other: `0/3`, `1/3` …."""
        collection, host = scope.split(" ")
        if self.columns:
            return self.columns.lookup(collection, host, cursor)
        which = {"page": cursor.partition("/")[0]} if cursor else {"showNumPages": "true"}
        query = urlencode({"url": f"{host}/*", "output": "json", **which})
        return Ask(f"{self.index}/{collection}-index?{query}")

    def found(self, scope: str, cursor: str | None, answer: Answer) -> SearchStep:
        """Read the lines of an index page, or how many pages there are; none are there for a host that is not known."""
        collection = scope.split(" ", maxsplit=1)[0]
        rows = [_json(line) for line in answer.rows().splitlines() if line.strip()]
        # An answer that was cut off ends within a line; lines that are none in its middle are the index's own.
        if rows and (rows[-1] is None or not any(isinstance(row, dict) for row in rows)):
            raise ArchiveError("an answer that is no list of captures")
        if cursor is None:
            number = _pages(rows)
            return SearchStep([], f"0/{number}" if number else None)
        page, _, count = cursor.partition("/")
        read = [row_of(row, collection) for row in rows if not _is_passed_over(row)]
        following = f"{int(page) + 1}/{count}" if int(page) + 1 < int(count) else None
        found = [one for one in read if isinstance(one, Found)]
        return SearchStep(found, following, tuple(one for one in read if isinstance(one, OddRow)))

    def ask(self, url: str, timestamp: str, place: dict[str, Any]) -> Ask:
        """Ask for the bytes of a record."""
        del url, timestamp
        return ask_range(self.data, place)

    def file(self, url: str, timestamp: str, via: str) -> FileSearch | None:
        """Ask the index of the article's collection for a file; the columnar index is asked for hosts only."""
        name, _, collection = via.partition(":")
        if self.columns or name != self.name:
            return None

        def choose(answer: Answer) -> FileAsk | None:
            rows = [_json(line) for line in answer.rows().splitlines() if line.strip()]
            whole = (row for row in rows if isinstance(row, dict) and not row.get("truncated"))
            read = [row_of(row, collection) for row in whole if str(row.get("status")) == "200"]
            return self.chosen([one for one in read if isinstance(one, Found)], timestamp)

        return FileSearch(Ask(f"{self.index}/{collection}-index?{urlencode({'url': url, 'output': 'json'})}"), choose)

    def capture(self, found: Found, answered: Ask, answer: Answer) -> Capture | DamagedRecord:
        """Read the page of a WARC record."""
        del answered
        return read_range(found, answer, f"{self.name}:{found.place['collection']}")


def _json(line: bytes) -> Any:
    """Return what a line says; None for one that is no JSON."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _pages(rows: list[Any]) -> int:
    """Return how many pages an index has; raise ArchiveError where the answer does not say."""
    for row in rows:
        pages = row.get("pages") if isinstance(row, dict) else None
        if isinstance(pages, int) and 0 <= pages <= _MOST_PAGES:
            return pages
        if isinstance(row, dict) and "No Captures" in str(row.get("message") or row.get("error")):
            return 0
    raise ArchiveError("an answer that is no list of captures")


def _is_passed_over(row: Any) -> bool:
    """Whether a row is of no page, or of one that was not there."""
    return isinstance(row, dict) and not (
        str(row.get("status", "200")) == "200" and row.get("mime", PAGES[0]) in PAGES and not _is_message(row)
    )


def _is_message(row: dict[str, Any]) -> bool:
    return "url" not in row and ("message" in row or "error" in row)
