"""The Internet Archive's Wayback Machine: its CDX server, and captures as they were fetched (`id_`).

Its limits, of 2026: about 24 searches a minute; who ignores a 429 is shut out for an hour, then longer.
"""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from wardnews.archives.capture import Capture, Spoilt
from wardnews.archives.source import Answer, ArchiveError, Ask, Found, compact, iso, sha1

_FIELDS = ("timestamp", "original", "digest", "length")
_MOST = 50_000
_MOMENT = re.compile(r"/web/(\d{14})id_/")


@dataclass(frozen=True)
class Wayback:
    """Search the Wayback Machine at `base`, an address without a path."""

    base: str
    name: str = "wayback"

    def collections(self) -> Ask | None:
        """Ask for nothing: there is one collection."""
        return None

    def scopes(self, hosts: list[str], collections: bytes | None) -> list[str]:
        """Search host by host."""
        del collections
        return hosts

    def search(self, scope: str, cursor: str | None, since: str | None) -> Ask:
        """Ask for the pages of a host, each content of an address once in a row."""
        query = [
            ("url", scope),
            ("matchType", "host"),
            ("output", "json"),
            ("fl", ",".join(_FIELDS)),
            ("filter", "statuscode:200"),
            ("filter", "mimetype:(text/html|application/xhtml.*)"),
            ("collapse", "digest"),
            ("limit", str(_MOST)),
            ("showResumeKey", "true"),
        ]
        if since:
            query.append(("from", compact(since)))
        if cursor:
            query.append(("resumeKey", cursor))
        return Ask(f"{self.base}/cdx/search/cdx?{urlencode(query)}")

    def found(self, scope: str, cursor: str | None, body: bytes) -> tuple[list[Found], str | None]:
        """Read the rows of a search; the key to go on with stands behind an empty row."""
        del scope, cursor
        try:
            rows: list[list[str]] = json.loads(body) if body.strip() else []
        except ValueError as error:
            raise ArchiveError("an answer that is no list of captures") from error
        if not isinstance(rows, list) or (rows and rows[0] != list(_FIELDS)):
            raise ArchiveError("an answer that is no list of captures")
        following = rows[-1][0] if len(rows) > 1 and not rows[-2] else None
        kept = rows[1:-2] if following else rows[1:]
        return [
            Found(original, iso(timestamp), digest, int(length) if length.isdigit() else 0)
            for timestamp, original, digest, length in (row for row in kept if len(row) == len(_FIELDS))
        ], following

    def ask(self, url: str, timestamp: str, place: dict[str, Any]) -> Ask:
        """Ask for a capture as it was fetched."""
        del place
        return Ask(f"{self.base}/web/{compact(timestamp)}id_/{url}")

    def capture(self, found: Found, answered: Ask, answer: Answer) -> Capture | Spoilt:
        """Take the page out of an answer, if it is the capture that was asked for, whole."""
        del answered
        moment = compact(found.timestamp)
        given = _MOMENT.search(answer.url)
        if found.digest and sha1(answer.payload) != found.digest:
            other = given and given[1] != moment
            return Spoilt(found.url, f"the archive gave the capture of {given[1]}" if other else "wrong digest")  # type: ignore[index]
        return Capture(
            url=found.url,
            timestamp=found.timestamp,
            via=f"wayback:{moment}",
            status=answer.status,
            content_type=answer.content_type,
            body=answer.body,
        )
