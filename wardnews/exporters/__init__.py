"""How a record is written: as a JSON line, as a text, or as what comes after reads. An exporter changes nothing."""

from wardnews.exporters.crawl import UNWRITTEN, JsonLinesExporter, TextExporter, WholeExporter
from wardnews.exporters.files import ExportError, write_lines, write_whole
from wardnews.exporters.lines import PAGE_BREAK, json_line

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
