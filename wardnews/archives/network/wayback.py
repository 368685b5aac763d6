"""The Internet Archive's Wayback Machine: its CDX server, and captures as they were fetched (`id_`).

Its limits, of 2026: about 24 searches a minute; who ignores a 429 is shut out for an hour, then longer.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.digests import fits
from wardnews.archives.network.source import Answer, Ask, FileAsk, Found, OddRow, SearchStep, Source, compact, is_text
from wardnews.errors import ArchiveError, DateError, Undecodable
from wardnews.locale import gettext_noop
from wardnews.text.timestamps import as_stamp, from_digits

_FIELDS = ("timestamp", "original", "digest", "length")
_OK = 200
_GIVEN = re.compile(r"/web/(\d{14})id_/")


def opened(settings: Mapping[str, Any], address: str) -> "Wayback":
    """Return the archive at the address that the settings name."""
    del address
    return Wayback(settings["WARDNEWS_WAYBACK"], int(settings["WARDNEWS_WAYBACK_ROWS"]))


@dataclass(frozen=True)
class Wayback(Source):
    """The Wayback Machine at `base`, an address without a path; a search gives `rows` captures at most."""

    base: str
    rows: int = 50_000
    name: str = "wayback"

    @property
    def bases(self) -> tuple[str, ...]:
        """The addresses of the archive's servers."""
        return (self.base,)

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

    def found(self, scope: str, cursor: str | None, answer: Answer) -> SearchStep:
        """Read the rows of a search, each content of an address once in a row.

        The key to go on with stands behind an empty row.
        """
        del scope, cursor
        try:
            rows = json.loads(answer.rows())
        except (ValueError, RecursionError) as error:
            raise ArchiveError("an answer that is no list of captures") from error
        if not isinstance(rows, list) or (rows and rows[0] != list(_FIELDS)):
            raise ArchiveError("an answer that is no list of captures")
        key = rows[-1] if len(rows) > 1 and rows[-2] == [] else None
        following = key[0] if isinstance(key, list) and len(key) == 1 and isinstance(key[0], str) else None
        read = [_row(row) for row in (rows[1:-2] if following else rows[1:])]
        found = [one for one in read if isinstance(one, Found)]
        fresh = [one for before, one in zip([None, *found], found, strict=False) if not _repeats(before, one)]
        return SearchStep(fresh, following, tuple(one for one in read if isinstance(one, OddRow)))

    def ask(self, url: str, timestamp: str, place: dict[str, Any]) -> Ask:
        """Ask for a capture as it was fetched."""
        return Ask(f"{self.base}/web/{place.get('stamp') or compact(timestamp)}id_/{url}")

    def file(self, url: str, timestamp: str, via: str) -> FileAsk:
        """Ask for a file at the time of its article: the archive leads to the nearest capture."""
        del via
        ask = Ask(f"{self.base}/web/{compact(timestamp)}id_/{url}", stays=True)
        return FileAsk(ask, lambda answer: _file(url, answer))

    def capture(self, found: Found, answered: Ask, answer: Answer) -> Capture | DamagedRecord:
        """Read the page in an answer, if it is the capture that was asked for, whole."""
        del answered
        stamp = found.place.get("stamp") or compact(found.timestamp)
        given = _GIVEN.search(answer.url)
        try:
            body = answer.body()
        except Undecodable as error:
            return DamagedRecord(found.url, str(error))
        # What was packed when it was captured may come unpacked, and the other way round.
        if not fits(found.digest, answer.payload, body):
            other = given and given[1] != stamp
            cause = gettext_noop("wrong digest")
            if other:
                cause = gettext_noop("the archive gave another capture in its place")
            return DamagedRecord(found.url, cause)
        return Capture(
            url=found.url,
            timestamp=found.timestamp,
            via=f"wayback:{compact(found.timestamp)}",
            status=answer.status,
            content_type=answer.content_type,
            body=body,
        )


def _file(url: str, answer: Answer) -> Capture | DamagedRecord | None:
    """Read a file in an answer; who asks for a time gets what is nearest to it, by a redirect."""
    given = _GIVEN.search(answer.url)
    if given is None or answer.status != _OK:
        return None
    try:
        timestamp, body = as_stamp(from_digits(given[1])), answer.body()
    except (DateError, Undecodable) as error:
        return DamagedRecord(url, str(error))
    return Capture(url, timestamp, f"wayback:{given[1]}", answer.status, answer.content_type, body)


def _repeats(before: Found | None, one: Found) -> bool:
    return before is not None and (before.url, before.digest) == (one.url, one.digest)


def _row(row: Any) -> Found | OddRow:
    """Read a row; old ones have stamps that are no dates, others lack fields."""
    is_row = isinstance(row, list) and len(row) == len(_FIELDS) and all(isinstance(value, str) for value in row)
    if not is_row or not is_text(*row):
        return OddRow("", "", f"a row that names no capture: {json.dumps(row)[:80]}")
    stamp, original, digest, length = row
    try:
        timestamp = as_stamp(from_digits(stamp))
    except DateError as error:
        return OddRow(original, stamp, str(error))
    place = {} if compact(timestamp) == stamp else {"stamp": stamp}
    return Found(original, timestamp, digest, int(length) if length.isdecimal() and len(length) < _DIGITS else 0, place)


_DIGITS = 16
