"""How a record is written: as a JSON line, as a text, or as what comes after reads. An exporter changes nothing."""

from typing import TYPE_CHECKING, Any

from wardnews.errors import ExportError
from wardnews.exporters.files import write_lines, write_whole
from wardnews.exporters.jsonl import PAGE_BREAK, json_line

if TYPE_CHECKING:
    from wardnews.exporters.feed_export import UNWRITTEN, JsonLinesExporter, TextExporter, WholeExporter

__all__ = [
    "PAGE_BREAK",
    "UNWRITTEN",
    "ExportError",
    "JsonLinesExporter",
    "TextExporter",
    "WholeExporter",
    "json_line",
    "write_lines",
    "write_whole",
]


def __getattr__(name: str) -> Any:
    """Fetch what a crawl uses when it is asked for: it brings all of Scrapy, 40 MB that an export does without."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from wardnews.exporters import feed_export as crawl

    return getattr(crawl, name)
