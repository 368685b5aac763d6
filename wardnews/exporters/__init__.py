"""How a record is written: as a JSON line, as a text, or as what comes after reads. An exporter changes nothing."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wardnews.exporters.feed_export import CsvExporter, JsonLinesExporter, TextExporter

__all__ = ["CsvExporter", "JsonLinesExporter", "TextExporter"]


def __getattr__(name: str) -> Any:
    """Return an exporter that settings name; `wardnews --help` imports this room for the names of the formats alone."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from wardnews.exporters import feed_export

    return getattr(feed_export, name)
