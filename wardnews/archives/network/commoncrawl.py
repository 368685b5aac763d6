"""Common Crawl: a list of collections, an index for each, and captures as byte ranges of WARC files.

It answers one request at a time, and 503 or nothing to who asks some hundred times in a row.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.network.source import Answer, Ask, Found, OddRow, SearchStep, compact
from wardnews.archives.warc.read import read_record
from wardnews.errors import ArchiveError
from wardnews.text.timestamps import as_stamp, from_digits

_PAGES = ("text/html", "application/xhtml+xml")
_NO_LIST = "an answer that is no list of captures"
_LARGEST_RECORD = 1 << 30
_WHOLE = 200


def opened(settings: Mapping[str, Any]) -> "CommonCrawl":
    """Return the archive at the addresses that the settings name."""
    return CommonCrawl(settings["WARDNEWS_COMMONCRAWL_INDEX"], settings["WARDNEWS_COMMONCRAWL_DATA"])


@dataclass(frozen=True)
class CommonCrawl:
    """Common Crawl with its index at `index` and its WARC files at `data`, both addresses without a path."""

    index: str
    data: str
    name: str = "commoncrawl"

    @property
    def bases(self) -> tuple[str, ...]:
        """The addresses of the archive's servers."""
        return (self.index, self.data)

    def collections(self) -> Ask | None:
        """Ask what collections there are."""
        return Ask(f"{self.index}/collinfo.json")

    def scopes(self, hosts: list[str], collections: bytes | None) -> list[str]:
        """Return a search for each host in each collection."""
        try:
            named = [one["id"] for one in json.loads(collections or b"")]
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise ArchiveError("an answer that is no list of collections") from error
        return [f"{name} {host}" for name in named for host in hosts]

    def search(self, scope: str, cursor: str | None) -> Ask:
        """Ask how many pages a collection's index has for a host, then for one after the other: `0/3`, `1/3` …."""
        collection, host = scope.split(" ")
        which = {"page": cursor.partition("/")[0]} if cursor else {"showNumPages": "true"}
        query = urlencode({"url": f"{host}/*", "output": "json", **which})
        return Ask(f"{self.index}/{collection}-index?{query}")

    def found(self, scope: str, cursor: str | None, body: bytes) -> SearchStep:
        """Read the lines of an index page, or how many pages there are; none are there for a host that is not known."""
        collection = scope.split(" ", maxsplit=1)[0]
        rows = [_json(line) for line in body.splitlines() if line.strip()]
        # An answer that was cut off ends within a line; lines that are none in its middle are the index's own.
        if rows and (rows[-1] is None or not any(isinstance(row, dict) for row in rows)):
            raise ArchiveError(_NO_LIST)
        if cursor is None:
            number = _pages(rows)
            return SearchStep([], f"0/{number}" if number else None)
        page, _, count = cursor.partition("/")
        read = [_row(row, collection) for row in rows if not _is_passed_over(row)]
        following = f"{int(page) + 1}/{count}" if int(page) + 1 < int(count) else None
        found = [one for one in read if isinstance(one, Found)]
        return SearchStep(found, following, tuple(one for one in read if isinstance(one, OddRow)))

    def ask(self, url: str, timestamp: str, place: dict[str, Any]) -> Ask:
        """Ask for the bytes of a record."""
        del url, timestamp
        first, length = place["offset"], place["length"]
        return Ask(f"{self.data}/{place['filename']}", {"Range": f"bytes={first}-{first + length - 1}"})

    def capture(self, found: Found, answered: Ask, answer: Answer) -> Capture | DamagedRecord:
        """Read the page of a WARC record."""
        del answered
        member = answer.payload
        if answer.status == _WHOLE:  # the range was ignored: the whole file came
            member = member[found.place["offset"] : found.place["offset"] + found.place["length"]]
        captured = read_record(BytesIO(member), found.url)
        if isinstance(captured, DamagedRecord):
            return captured
        dated = captured.timestamp == found.timestamp or "stamp" in found.place
        if captured.url != found.url or not dated:
            return DamagedRecord(found.url, "the archive gave another capture in its place")
        return replace(captured, via=f"{self.name}:{found.place['collection']}")


def _json(line: bytes) -> Any:
    """Return what a line says; None for one that is no JSON."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _pages(rows: list[Any]) -> int:
    """Return how many pages an index has; raise ArchiveError where the answer does not say."""
    for row in rows:
        if isinstance(row, dict) and str(row.get("pages")).isdecimal():
            return int(row["pages"])
        if isinstance(row, dict) and "No Captures" in str(row.get("message") or row.get("error")):
            return 0
    raise ArchiveError(_NO_LIST)


def _is_passed_over(row: Any) -> bool:
    """Whether a row is of no page, or of one that was not there."""
    return isinstance(row, dict) and not (
        row.get("status", "200") == "200" and row.get("mime", _PAGES[0]) in _PAGES and not _is_message(row)
    )


def _is_message(row: dict[str, Any]) -> bool:
    return "url" not in row and ("message" in row or "error" in row)


def _row(row: Any, collection: str) -> Found | OddRow:
    """Read a row; some lack fields, or have a stamp that is no date."""
    url, stamp = (str(row.get(name) or "") for name in ("url", "timestamp")) if isinstance(row, dict) else ("", "")
    try:
        timestamp = as_stamp(from_digits(stamp))
        offset, length, filename = int(row["offset"]), int(row["length"]), row["filename"]
        if not (url and isinstance(filename, str) and offset >= 0 and 0 < length < _LARGEST_RECORD):
            raise ValueError("a place that is none")  # noqa: TRY301 - one odd row as another
    except (ValueError, TypeError, KeyError) as error:
        cause = f"a row without {error}" if isinstance(error, KeyError) else str(error)
        return OddRow(url, stamp, cause[:80] if url else f"a row that names no capture: {json.dumps(row)[:80]}")
    place = {"filename": filename, "offset": offset, "length": length, "collection": collection}
    if compact(timestamp) != stamp:
        place["stamp"] = stamp  # the record's own date may be another
    return Found(url, timestamp, str(row.get("digest", "")), length, place)
