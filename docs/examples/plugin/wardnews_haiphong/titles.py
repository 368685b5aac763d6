"""A format of `wardnews export`: the titles, one a line."""

import json
from collections.abc import Iterable, Iterator

from wardnews.exporters.formats import Format, Sites


def titles(lines: Iterable[str], _sites: Sites) -> Iterator[str]:
    """Yield the title of each record, which comes as its JSON line."""
    for line in lines:
        yield json.loads(line)["title"] + "\n"


FORMAT = Format(pieces=titles)
