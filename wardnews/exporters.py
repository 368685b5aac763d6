"""How a record is written: as a JSON line, or in the sample file format. An exporter writes; it changes nothing."""

import json
from io import BufferedIOBase
from typing import Any

from scrapy.exporters import BaseItemExporter

from wardnews.items import Article

PAGE_BREAK = "\f"
"""Separates articles in one text file: as ASCII white space it can stand in no article of the sample file format."""


def json_line(article: Article) -> str:
    """Write a record as one line of JSON: every key, in order, letters as they are."""
    return _ENCODER.encode(article) + "\n"


def _fields(part: Any) -> dict[str, Any]:
    return {name: getattr(part, name) for name in part.__slots__}


_ENCODER = json.JSONEncoder(ensure_ascii=False, default=_fields)


class JsonLinesExporter(BaseItemExporter):
    """Write records as JSON lines."""

    def __init__(self, file: BufferedIOBase, **options: Any) -> None:
        super().__init__(dont_fail=True, **options)
        self.file = file

    def export_item(self, item: Article) -> None:
        """Write one record."""
        self.file.write(json_line(item).encode())


class TextExporter(BaseItemExporter):
    """Write articles in the sample file format, a form feed between two.

    With `FEED_EXPORT_BATCH_ITEM_COUNT=1` and `%(batch_id)05d` in its name a feed has one article a file.
    """

    def __init__(self, file: BufferedIOBase, **options: Any) -> None:
        super().__init__(dont_fail=True, **options)
        self.file = file
        self.separator = b""

    def export_item(self, item: Article) -> None:
        """Write one article."""
        self.file.write(self.separator + item.text.encode())
        self.separator = PAGE_BREAK.encode()
