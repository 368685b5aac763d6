"""CC-NEWS: Common Crawl's WARC files of news pages, a list of files for each month, and no index.

About 400 files of 1 GB come a month. A search goes through the files piece by piece and notes where the pages of the
portals are, so that it needs no room, and goes on in the middle of a file; the pages are then had by their bytes.
"""

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.http import answer_of
from wardnews.archives.network.byte_ranges import PAGES, ask_range, read_range, row_of
from wardnews.archives.network.source import Answer, Ask, FileSource, Found, OddRow, SearchStep, compact
from wardnews.archives.warc.records import Record, walk
from wardnews.errors import ArchiveError, DateError, RecordError, SitesError
from wardnews.locale import Phrase
from wardnews.text.timestamps import as_stamp, from_iso

ADDRESS = "a mirror of Common Crawl's data, without a path"
_PIECE = 8 << 20
_BEGAN = "2016-08"
_USUAL_FILE = 1_100_000_000
_NAME = re.compile(r"crawl-data/CC-NEWS/[\w./-]+\.warc\.gz")
_MOST_NAMES = 100_000
_OK, _NOT_FOUND, _NO_SUCH_RANGE = 200, 404, 416


def opened(settings: Mapping[str, Any], address: str) -> "CcNews":
    """Return the archive at the address of Common Crawl's data."""
    return CcNews(address.rstrip("/") or settings["WARDNEWS_COMMONCRAWL_DATA"])


@dataclass(frozen=True)
class CcNews(FileSource):
    """CC-NEWS with its files at `data`, an address without a path; a search asks for `piece` bytes at once."""

    data: str
    piece: int = _PIECE
    name: str = "ccnews"

    @property
    def bases(self) -> tuple[str, ...]:
        """The addresses of the archive's servers."""
        return (self.data,)

    def lists(self, since: str | None, until: str | None) -> list[Ask]:
        """Return what to ask for the lists of the months from `since` to the one behind `until`, or to today's."""
        if since is None:
            raise SitesError("--from ccnews goes through about 400 GB a month: say the months by --since and --until")
        last = min(date.fromisoformat(until).replace(day=28), _today()) if until else _today()
        return [
            Ask(f"{self.data}/crawl-data/CC-NEWS/{month}/warc.paths.gz") for month in _months(since, last, bool(until))
        ]

    def files(self, answer: Answer) -> list[str]:
        """Read the names of a month's files; a month has none as long as it has no list."""
        if answer.status == _NOT_FOUND:
            return []
        unpacker = zlib.decompressobj(31)
        try:
            text = unpacker.decompress(answer.payload, _MOST_NAMES * 100).decode()
        except (zlib.error, UnicodeDecodeError) as error:
            raise ArchiveError("an answer that is no list of files") from error
        if not unpacker.eof:
            raise ArchiveError("a list of files that was cut off")
        return [line for line in map(str.strip, text.splitlines()) if _NAME.fullmatch(line)]

    def effort(self, files: int) -> str:
        """Return how many files there are, and what they usually take."""
        asks = files * -(-_USUAL_FILE // self.piece)
        counts = {"files": files, "size": round(files * _USUAL_FILE / 1e9), "count": asks}
        shown = {name: format(count, ",") for name, count in counts.items()}
        return str(Phrase("to go through: {files} files, about {size} GB in {count} requests", **shown))

    def search(self, scope: str, cursor: str | None) -> Ask:
        """Ask for a piece of a file; the cursor is where it begins."""
        name, first = scope.partition(" ")[0], int(cursor or 0)
        return Ask(f"{self.data}/{name}", {"Range": f"bytes={first}-{first + self.piece - 1}"})

    def found(self, scope: str, cursor: str | None, answer: Answer) -> SearchStep:
        """Read the records of a piece; it goes on with the one that the piece ends in."""
        name, _, hosts = scope.partition(" ")
        first = int(cursor or 0)
        if answer.status == _NO_SUCH_RANGE and first:
            return SearchStep([])
        if answer.status in (_OK, _NOT_FOUND, _NO_SUCH_RANGE):
            raise ArchiveError("HTTP status {status} for a part of a file", status=answer.status)
        is_last = len(answer.payload) < self.piece
        found: list[Found] = []
        odd: list[OddRow] = []
        end = None
        for at, following, record in _records(answer.payload, is_last=is_last):
            end = following
            if isinstance(record, DamagedRecord):
                odd.append(OddRow("", "", f"{record.cause}, in {name}@{first + at}"))
            elif row := _row(record, name, first + at, following - at, hosts.split(",")):
                (found if isinstance(row, Found) else odd).append(row)  # type: ignore[arg-type]
        if is_last:
            return SearchStep(found, None, tuple(odd))
        if end is None:  # no record ends in the piece
            odd.append(OddRow("", "", f"a record larger than {self.piece >> 20} MiB, in {name}@{first}"))
            end = len(answer.payload)
        return SearchStep(found, str(first + end), tuple(odd))

    def ask(self, url: str, timestamp: str, place: dict[str, Any]) -> Ask:
        """Ask for the bytes of a record."""
        del url, timestamp
        return ask_range(self.data, place)

    def capture(self, found: Found, answered: Ask, answer: Answer) -> Capture | DamagedRecord:
        """Read the page of a WARC record."""
        del answered
        return read_range(found, answer, f"{self.name}:{found.place['collection']}")


def _today() -> date:
    return datetime.now(UTC).date()


def _months(since: str, last: date, one_more: bool) -> Iterator[str]:
    """Yield months as `2022/02`, and one more: news is often captured in the month after."""
    year, month = (int(part) for part in max(since[:7], _BEGAN).split("-"))
    end = min(12 * last.year + last.month - 1 + one_more, 12 * _today().year + _today().month - 1)
    for number in range(12 * year + month - 1, end + 1):
        yield f"{number // 12}/{number % 12 + 1:02}"


def _records(piece: bytes, *, is_last: bool) -> Iterator[tuple[int, int, Record | DamagedRecord]]:
    """Yield the whole records of a piece: where each begins and ends, in bytes.

    The last one of a piece that is not the file's last may be torn by the piece's end alone, and is left out.
    """
    waiting: tuple[int, Record | DamagedRecord] | None = None
    for record in walk(BytesIO(piece), ("response",)):
        at = (
            int(record.where.strip("@").partition("+")[0]) if isinstance(record, DamagedRecord) else record.place.offset
        )
        if waiting:
            yield waiting[0], at, waiting[1]
        waiting = at, record
    if waiting and is_last:
        yield waiting[0], len(piece), waiting[1]


def _row(record: Record, name: str, offset: int, length: int, hosts: list[str]) -> Found | OddRow | None:
    """Return where the page of a record is; None for a record of another host, and of no page."""
    if record.kind != "response" or _host_of(record.target) not in hosts:
        return None
    try:
        status, head, _ = answer_of(record.block or b"")
        timestamp = as_stamp(from_iso(record.headers.get("warc-date", "")))
    except (RecordError, DateError) as error:
        return OddRow(record.target, "", str(error))
    if status != _OK or head.get("content-type", "").partition(";")[0].strip().lower() not in PAGES:
        return None
    digest = record.headers.get("warc-payload-digest", "")
    place = {"filename": name, "offset": offset, "length": length, "digest": digest}
    collection = name.rpartition("/")[2].removesuffix(".warc.gz")
    return row_of({"url": record.target, "timestamp": compact(timestamp), **place}, collection)


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower().removeprefix("www.")
    except ValueError:
        return ""
