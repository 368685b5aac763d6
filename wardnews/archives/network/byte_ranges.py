"""Captures as byte ranges of WARC files, and the rows of indexes that name them, as Common Crawl has both."""

import json
from dataclasses import replace
from io import BytesIO
from typing import Any

from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.network.source import Answer, Ask, Found, OddRow, compact, is_text
from wardnews.archives.warc.read import read_record
from wardnews.locale import Phrase, gettext_noop
from wardnews.text.timestamps import as_stamp, from_digits

PAGES = ("text/html", "application/xhtml+xml")
"""The media types of pages."""
_LARGEST_RECORD = 1 << 30
_WHOLE = 200


def row_of(row: Any, collection: str) -> Found | OddRow:
    """Read a row by the names that Common Crawl's index has; some lack fields, or have a stamp that is no date."""
    url, stamp = (str(row.get(name) or "") for name in ("url", "timestamp")) if isinstance(row, dict) else ("", "")
    try:
        timestamp = as_stamp(from_digits(stamp))
        offset, length, filename = int(row["offset"]), int(row["length"]), row["filename"]
        if not (url and isinstance(filename, str) and offset >= 0 and 0 < length < _LARGEST_RECORD):
            raise ValueError("a place that is none")  # noqa: TRY301 - one odd row as another
        if not is_text(url, filename, str(row.get("digest"))):
            raise ValueError("control characters")  # noqa: TRY301 - as above
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        cause = str(Phrase("a row without {name}", name=error)) if isinstance(error, KeyError) else str(error)
        named = url and is_text(url)
        nameless = str(Phrase("a row that names no capture: {row}", row=_shown(row)))
        return OddRow(url, stamp, cause[:80]) if named else OddRow("", "", nameless)
    place = {"filename": filename, "offset": offset, "length": length, "collection": collection}
    if compact(timestamp) != stamp:
        place["stamp"] = stamp  # the record's own date may be another
    return Found(url, timestamp, str(row.get("digest") or ""), length, place)


def ask_range(base: str, place: dict[str, Any]) -> Ask:
    """Return what to ask for a record's bytes, of a file below an address."""
    first, length = place["offset"], place["length"]
    return Ask(f"{base}/{place['filename']}", {"Range": f"bytes={first}-{first + length - 1}"})


def read_range(found: Found, answer: Answer, via: str) -> Capture | DamagedRecord:
    """Read the page of the WARC record that was asked for."""
    member = answer.payload
    if answer.status == _WHOLE:  # the range was ignored: the whole file came
        member = member[found.place["offset"] : found.place["offset"] + found.place["length"]]
    captured = read_record(BytesIO(member), found.url)
    if isinstance(captured, DamagedRecord):
        return captured
    dated = captured.timestamp == found.timestamp or "stamp" in found.place
    if captured.url != found.url or not dated:
        return DamagedRecord(found.url, gettext_noop("the archive gave another capture in its place"))
    return replace(captured, via=via)


def _shown(row: Any) -> str:
    return json.dumps(row, default=str)[:80]
