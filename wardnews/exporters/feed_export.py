"""How a crawl's feed is written, record by record, as Scrapy's feed export asks for it."""

import logging
import os
import stat
from io import BufferedIOBase
from typing import TYPE_CHECKING, Any, Self

from wardnews.text.sample_format import PAGE_BREAK

if TYPE_CHECKING:  # an export brings no crawler
    from scrapy.crawler import Crawler
from wardnews.items import Article, json_line

_logger = logging.getLogger(__name__)

UNWRITTEN = "feedexport/unwritten"
"""The statistic that says why a feed could not be written."""


class WholeExporter:
    """An item exporter of Scrapy that writes each record whole or not at all, all of its fields.

    What cannot be written fails the feed, which Scrapy alone would not do.
    """

    def __init__(self, file: BufferedIOBase, *, crawler: "Crawler | None" = None) -> None:
        self.file = file
        self.crawler = crawler
        self.broken = False

    @classmethod
    def from_crawler(cls, crawler: "Crawler", file: BufferedIOBase, **_options: Any) -> Self:
        """Return an exporter whose failures the crawler's stats count; the feed's options say nothing to it."""
        return cls(file, crawler=crawler)

    def start_exporting(self) -> None:
        """Begin a feed, as Scrapy asks every exporter to."""

    def finish_exporting(self) -> None:
        """End a feed, as Scrapy asks every exporter to."""

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
