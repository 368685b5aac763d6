"""Which captures are worth reading: those that an article or a listing of the portal may be at."""

from collections import Counter
from collections.abc import Collection, Iterator

from wardnews.archives.network.source import Found
from wardnews.layouts import LAYOUTS, Layout
from wardnews.sites import Site


def of_interest(found: list[Found], site: Site) -> Iterator[tuple[str, Found]]:
    """Leave out what no layout would ever follow, and yield each other capture with the key of its page."""
    layout = LAYOUTS[site.layout] if site.layout else likely_layout([one.url for one in found])
    for one in found:
        try:
            address = layout.canonical(one.url) if site.owns(one.url) else None
            key = address and (layout.url_id(one.url) or site.own(address))
        except ValueError:  # an address such as http://[broken
            continue
        if key:
            yield key, one


def likely_layout(urls: Collection[str]) -> Layout:
    """Return the layout of a portal that the most addresses of articles fit."""
    votes = Counter(name for url in urls for name, layout in LAYOUTS.items() if layout.article_url.search(url))
    return LAYOUTS[votes.most_common(1)[0][0]] if votes else LAYOUTS["anyportal"]
