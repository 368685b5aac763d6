"""How a record is written: as a JSON line, or in the sample file format. An exporter writes; it changes nothing."""

import json
import logging
import os
import stat
from collections.abc import Iterable, Iterator
from io import BufferedIOBase
from pathlib import Path
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exporters import BaseItemExporter

from wardnews.items import Article

_logger = logging.getLogger(__name__)

UNWRITTEN = "feedexport/unwritten"
"""The statistic that says why a feed could not be written."""
PAGE_BREAK = "\f"
"""Separates articles in one text file: as ASCII white space it can stand in no article of the sample file format."""


def json_line(article: Article) -> str:
    """Write a record as one line of JSON: every key, in order, letters as they are."""
    return _ENCODER.encode(article) + "\n"


def _fields(part: Any) -> dict[str, Any]:
    return {name: getattr(part, name) for name in part.__slots__}


_ENCODER = json.JSONEncoder(ensure_ascii=False, default=_fields)


class WholeExporter(BaseItemExporter):
    """Write each record whole or not at all; what cannot be written fails the feed, which Scrapy alone would not."""

    def __init__(self, file: BufferedIOBase, *, crawler: Crawler | None = None, **options: Any) -> None:
        super().__init__(dont_fail=True, **options)
        self.file = file
        self.crawler = crawler
        self.broken = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, file: BufferedIOBase, **options: Any) -> Self:
        """Take the crawler, whose stats count failures."""
        return cls(file, crawler=crawler, **options)

    def write(self, record: bytes) -> None:
        """Write one record; after one that could not be written no more follow."""
        if self.broken:
            return
        try:
            _write_whole(self.file, record)
        except OSError as error:
            self.broken = True
            _logger.error("the feed cannot be written: %s", error.strerror)  # noqa: TRY400 - no trace: it is the disk
            if self.crawler:
                self.crawler.stats.set_value(UNWRITTEN, error.strerror)
                self.crawler.stats.inc_value("feedexport/failed_count/WholeExporter")


class JsonLinesExporter(WholeExporter):
    """Write records as JSON lines."""

    def export_item(self, item: Article) -> None:
        """Write one record."""
        self.write(json_line(item).encode())


class TextExporter(WholeExporter):
    """Write articles in the sample file format, a form feed between two.

    With `FEED_EXPORT_BATCH_ITEM_COUNT=1` and `%(batch_id)05d` in its name a feed has one article a file.
    """

    separator = b""

    def export_item(self, item: Article) -> None:
        """Write one article."""
        self.write(self.separator + item.text.encode())
        self.separator = PAGE_BREAK.encode()


def _write_whole(file: BufferedIOBase, record: bytes) -> None:
    """Write past the buffer, which would write a torn record again later; take a part of a record back."""
    try:
        descriptor = file.fileno()
    except OSError:  # a feed that is compressed on its way
        file.write(record)
        return
    written = 0
    try:
        while written < len(record):
            written += os.write(descriptor, record[written:])
    except OSError:
        if written and stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.ftruncate(descriptor, os.fstat(descriptor).st_size - written)
        raise


def as_lines(records: Iterable[str]) -> Iterator[str]:
    """Give JSON lines, or any, as they stand in a file."""
    return (f"{record}\n" for record in records)


def as_texts(records: Iterable[str]) -> Iterator[str]:
    """Give the articles of JSON lines in the sample file format, a form feed between two."""
    separator = ""
    for record in records:
        yield separator + json.loads(record)["text"]
        separator = PAGE_BREAK


def write_lines(lines: Iterable[str], path: Path) -> int:
    """Write lines into a file that has its name only when it is whole; give their number."""
    return write_whole(as_lines(lines), path)


def write_whole(pieces: Iterable[str], path: Path) -> int:
    """Write pieces of text into a file that has its name only when it is whole; give their number."""
    part = path.with_name(f"{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    number = 0
    try:
        with part.open("w", encoding="utf-8") as file:
            for number, piece in enumerate(pieces, start=1):  # noqa: B007 - the last one is given
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return number
