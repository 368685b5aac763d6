"""Common Crawl: a list of collections, an index for each, and captures as byte ranges of WARC files.

It answers one request at a time, and 503 or nothing to who asks some hundred times in a row.
"""

import json
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.source import Answer, Ask, Found, iso
from wardnews.archives.warc.read import read_record
from wardnews.errors import ArchiveError

_PAGES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True)
class CommonCrawl:
    """Search the index at `index`, take WARC records from `data`; both are addresses without a path."""

    index: str
    data: str
    name: str = "commoncrawl"

    def collections(self) -> Ask | None:
        """Ask what collections there are."""
        return Ask(f"{self.index}/collinfo.json")

    def scopes(self, hosts: list[str], collections: bytes | None) -> list[str]:
        """Search each collection for each host."""
        try:
            named = [one["id"] for one in json.loads(collections or b"")]
        except (ValueError, TypeError, KeyError) as error:
            raise ArchiveError("an answer that is no list of collections") from error
        return [f"{name} {host}" for name in named for host in hosts]

    def search(self, scope: str, cursor: str | None) -> Ask:
        """Ask how many pages a collection's index has for a host, then for one after the other: `0/3`, `1/3` …."""
        collection, host = scope.split(" ")
        which = {"page": cursor.partition("/")[0]} if cursor else {"showNumPages": "true"}
        query = urlencode({"url": f"{host}/*", "output": "json", **which})
        return Ask(f"{self.index}/{collection}-index?{query}")

    def found(self, scope: str, cursor: str | None, body: bytes) -> tuple[list[Found], str | None]:
        """Read the lines of an index page, or how many pages there are; none are there for a host that is not known."""
        collection = scope.split(" ", maxsplit=1)[0]
        try:
            rows = [json.loads(line) for line in body.splitlines() if line.strip()]
            if cursor is None:
                number = _pages(rows)
                return [], f"0/{number}" if number else None
            page, _, count = cursor.partition("/")
            pages = [row for row in rows if row.get("status") == "200" and row.get("mime") in _PAGES]
            following = f"{int(page) + 1}/{count}" if int(page) + 1 < int(count) else None
            return [_found(row, collection) for row in pages], following
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ArchiveError("an answer that is no list of captures") from error

    def ask(self, url: str, timestamp: str, place: dict[str, Any]) -> Ask:
        """Ask for the bytes of a record."""
        del url, timestamp
        first, length = place["offset"], place["length"]
        return Ask(f"{self.data}/{place['filename']}", {"Range": f"bytes={first}-{first + length - 1}"})

    def capture(self, found: Found, answered: Ask, answer: Answer) -> Capture | DamagedRecord:
        """Take the page out of a WARC record."""
        del answered
        member = answer.payload
        if answer.status == 200:  # noqa: PLR2004 - the range was ignored: the whole file came
            member = member[found.place["offset"] : found.place["offset"] + found.place["length"]]
        captured = read_record(BytesIO(member), found.url)
        if isinstance(captured, DamagedRecord):
            return captured
        if (captured.url, captured.timestamp) != (found.url, found.timestamp):
            return DamagedRecord(found.url, "the archive gave another capture in its place")
        return replace(captured, via=self._via(found))

    def _via(self, found: Found) -> str:
        return f"{self.name}:{found.place['collection']}"


def _pages(rows: list[dict[str, Any]]) -> int:
    """Read how many pages an index has; raise ValueError where the answer does not say."""
    for row in rows:
        if "pages" in row:
            return int(row["pages"])
        if "No Captures" in str(row.get("message") or row.get("error")):
            return 0
    raise ValueError("neither a number of pages nor that there are none")


def _found(row: dict[str, str], collection: str) -> Found:
    place = {
        "filename": row["filename"], "offset": int(row["offset"]), "length": int(row["length"]),
        "collection": collection,
    }  # fmt: skip
    return Found(row["url"], iso(row["timestamp"]), row.get("digest", ""), int(row["length"]), place)
