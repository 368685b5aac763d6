"""How a record is written: as a JSON line, or in the sample file format. An exporter writes; it changes nothing."""

from wardnews.exporters.crawl import UNWRITTEN, JsonLinesExporter, TextExporter, WholeExporter
from wardnews.exporters.files import write_lines, write_whole
from wardnews.exporters.lines import PAGE_BREAK, as_lines, as_texts, json_line

__all__ = [
    "PAGE_BREAK",
    "UNWRITTEN",
    "JsonLinesExporter",
    "TextExporter",
    "WholeExporter",
    "as_lines",
    "as_texts",
    "json_line",
    "write_lines",
    "write_whole",
]
