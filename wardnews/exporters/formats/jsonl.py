"""JSON lines: the records as they are."""

from wardnews.exporters.columns import columns
from wardnews.exporters.formats import Format
from wardnews.exporters.lines import with_ends
from wardnews.exporters.package import resource

FORMAT = Format(
    pieces=lambda lines, _sites: with_ends(lines),
    table=lambda name: resource(name, "jsonl", columns()),
    verbatim=True,
)
