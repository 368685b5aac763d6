"""The Internet Archive's Wayback Machine: its CDX server, and captures as they were fetched (`id_`).

Its limits, of 2026: about 24 searches a minute; who ignores a 429 is shut out for an hour, then longer.
"""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.digests import fits
from wardnews.archives.source import Answer, Ask, Found, compact, iso
from wardnews.errors import ArchiveError

_NO_LIST = "an answer that is no list of captures"
_FIELDS = ("timestamp", "original", "digest", "length")
_STAMP = re.compile(r"\d{14}")
_MOMENT = re.compile(r"/web/(\d{14})id_/")


@dataclass(frozen=True)
class Wayback:
    """Search the Wayback Machine at `base`, an address without a path; a search gives `rows` captures at most."""

    base: str
    rows: int = 50_000
    name: str = "wayback"

    def collections(self) -> Ask | None:
        """Ask for nothing: there is one collection."""
        return None

    def scopes(self, hosts: list[str], collections: bytes | None) -> list[str]:
        """Search host by host."""
        del collections
        return hosts

    def search(self, scope: str, cursor: str | None) -> Ask:
        """Ask for the pages of a host; to collapse digests would drop pages that are like those of another address."""
        query = [
            ("url", scope),
            ("matchType", "host"),
            ("output", "json"),
            ("fl", ",".join(_FIELDS)),
            ("filter", "statuscode:200"),
            ("filter", "mimetype:(text/html|application/xhtml.*)"),
            ("limit", str(self.rows)),
            ("showResumeKey", "true"),
        ]
        if cursor:
            query.append(("resumeKey", cursor))
        return Ask(f"{self.base}/cdx/search/cdx?{urlencode(query)}")

    def found(self, scope: str, cursor: str | None, body: bytes) -> tuple[list[Found], str | None]:
        """Read the rows of a search, each content of an address once in a row.

        The key to go on with stands behind an empty row.
        """
        del scope, cursor
        try:
            rows = json.loads(body)
        except ValueError as error:
            raise ArchiveError(_NO_LIST) from error
        if not isinstance(rows, list) or (rows and rows[0] != list(_FIELDS)):
            raise ArchiveError(_NO_LIST)
        following = rows[-1] if len(rows) > 1 and rows[-2] == [] else None
        found = [_found(row) for row in (rows[1:-2] if following else rows[1:])]
        return [one for before, one in zip([None, *found], found, strict=False) if not _repeats(before, one)], (
            following[0] if following else None
        )

    def ask(self, url: str, timestamp: str, place: dict[str, Any]) -> Ask:
        """Ask for a capture as it was fetched."""
        del place
        return Ask(f"{self.base}/web/{compact(timestamp)}id_/{url}")

    def capture(self, found: Found, answered: Ask, answer: Answer) -> Capture | DamagedRecord:
        """Take the page out of an answer, if it is the capture that was asked for, whole."""
        del answered
        moment = compact(found.timestamp)
        given = _MOMENT.search(answer.url)
        # What was packed when it was captured may come unpacked, and the other way round.
        if not fits(found.digest, answer.payload, answer.body):
            other = given and given[1] != moment
            return DamagedRecord(
                found.url, "the archive gave another capture in its place" if other else "wrong digest"
            )
        return Capture(
            url=found.url,
            timestamp=found.timestamp,
            via=f"wayback:{moment}",
            status=answer.status,
            content_type=answer.content_type,
            body=answer.body,
        )


def _repeats(before: Found | None, one: Found) -> bool:
    return before is not None and (before.url, before.digest) == (one.url, one.digest)


def _found(row: Any) -> Found:
    """Read a row; raise ArchiveError for one that is cut off or none."""
    if not isinstance(row, list) or len(row) != len(_FIELDS) or not all(isinstance(value, str) for value in row):
        raise ArchiveError(_NO_LIST)
    timestamp, original, digest, length = row
    if not _STAMP.fullmatch(timestamp):
        raise ArchiveError(_NO_LIST)
    return Found(original, iso(timestamp), digest, int(length) if length.isdecimal() else 0)
