"""How a record is written: as a JSON line, as a text, or as what comes after reads. An exporter changes nothing."""

from wardnews.exporters.feed_export import UNWRITTEN, JsonLinesExporter, TextExporter, WholeExporter
from wardnews.exporters.files import write_lines, write_whole

__all__ = [
    "UNWRITTEN",
    "JsonLinesExporter",
    "TextExporter",
    "WholeExporter",
    "write_lines",
    "write_whole",
]
