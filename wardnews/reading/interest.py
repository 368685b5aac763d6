"""Which captures are worth reading: those that an article or a listing of the portal may be at."""

from collections import Counter
from collections.abc import Iterator

from wardnews.archives.network.source import Found
from wardnews.layouts import LAYOUTS, Layout
from wardnews.sites import Site


def of_interest(found: list[Found], site: Site) -> Iterator[tuple[str, Found]]:
    """Leave out what no layout would ever follow, and yield each other capture with the key of its page."""
    layout = LAYOUTS[site.layout] if site.layout else _likely(found)
    for one in found:
        try:
            address = layout.canonical(one.url) if site.owns(one.url) else None
        except ValueError:  # an address such as http://[broken
            continue
        if address:
            yield layout.url_id(one.url) or site.own(address), one


def _likely(found: list[Found]) -> Layout:
    """Return the layout of a portal that the most addresses of articles fit."""
    votes = Counter(name for one in found for name, layout in LAYOUTS.items() if layout.article_url.search(one.url))
    return LAYOUTS[votes.most_common(1)[0][0]] if votes else LAYOUTS["anyportal"]
