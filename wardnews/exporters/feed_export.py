"""How a crawl's feed is written, record by record, as Scrapy's feed export asks for it."""

import logging
import os
import stat
from io import BufferedIOBase
from typing import TYPE_CHECKING, Any, Self

from wardnews.errors import ExportError
from wardnews.exporters.endings import packing_of
from wardnews.exporters.files import DAMAGED, compressed, open_unpacked
from wardnews.exporters.formats.csv import header, rows
from wardnews.items import Article, json_line
from wardnews.text.sample_format import PAGE_BREAK

if TYPE_CHECKING:  # an export brings no crawler
    from pathlib import Path

    from scrapy.crawler import Crawler

_logger = logging.getLogger(__name__)

UNWRITTEN = "feedexport/unwritten"
"""The statistic that says why a feed could not be written."""
_AT_ONCE = 1 << 16
"""The bytes of records that are compressed together: a killed run leaves whole members, to which the next one adds."""


class WholeExporter:
    """An item exporter of Scrapy that writes each record whole or not at all, all of its fields.

    What cannot be written fails the feed, which Scrapy alone would not do. `packing`: the ending of a compressed file.
    """

    def __init__(self, file: BufferedIOBase, *, crawler: "Crawler | None" = None, packing: str = "") -> None:
        self.file = file
        self.crawler = crawler
        self.packing = packing
        self.broken = False
        self.is_new = _is_empty(file)
        self._waiting = bytearray()

    @classmethod
    def from_crawler(cls, crawler: "Crawler", file: BufferedIOBase, *, packing: str = "", **_options: Any) -> Self:
        """Return an exporter whose failures the crawler's stats count; Scrapy's options for feeds say nothing to it."""
        return cls(file, crawler=crawler, packing=packing)

    def start_exporting(self) -> None:
        """Begin a feed, as Scrapy asks every exporter to."""

    def finish_exporting(self) -> None:
        """End a feed, as Scrapy asks every exporter to."""
        if self._waiting or (self.packing and self.is_new):
            self._write(compressed(bytes(self._waiting), self.packing))

    def write(self, record: bytes) -> None:
        """Write one record; after one that could not be written no more follow."""
        if not self.packing:
            self._write(record)
            return
        self._waiting += record
        if len(self._waiting) >= _AT_ONCE:
            self._write(compressed(bytes(self._waiting), self.packing))
            self._waiting.clear()

    def _write(self, content: bytes) -> None:
        if self.broken:
            return
        try:
            _write_whole(self.file, content)
            self.is_new = False
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


class CsvExporter(WholeExporter):
    """Write records as rows of the table that an export has; one header a file."""

    def start_exporting(self) -> None:
        """Write the header, where the file has none yet."""
        if self.is_new:
            self.write(header().encode())

    def export_item(self, item: Article) -> None:
        """Write one record."""
        self.write("".join(rows([json_line(item)])).encode())


class TextExporter(WholeExporter):
    """Write articles in the sample file format, a form feed between two.

    With `FEED_EXPORT_BATCH_ITEM_COUNT=1` and `%(batch_id)05d` in its name a feed has one article a file.
    """

    separator = b""

    def start_exporting(self) -> None:
        """Go on behind what the file has."""
        self.separator = b"" if self.is_new else PAGE_BREAK.encode()

    def export_item(self, item: Article) -> None:
        """Write one article."""
        self.write(self.separator + item.text.encode())
        self.separator = PAGE_BREAK.encode()


def check_columns(path: "Path") -> None:
    """Raise ExportError where a file that a table is to be added to begins otherwise, OSError where it cannot be read.

    The columns are those of the record, of which later versions have more.
    """
    if not path.is_file() or not path.stat().st_size:
        return
    columns = header().encode()
    try:
        with open_unpacked(path, packing_of(path.name)) as file:
            begins = file.read(len(columns))
    except DAMAGED:
        begins = b""
    if begins != columns:
        raise ExportError("{path}: does not begin with the columns that are to be added; name a new file", path=path)


def _is_empty(file: BufferedIOBase) -> bool:
    """Whether nothing is in a file yet; a pipe has nothing."""
    try:
        return file.tell() == 0
    except OSError:
        return True


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
