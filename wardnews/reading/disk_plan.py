"""What an archive on this disk has of each portal."""

from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from wardnews.archives.network.source import Found
from wardnews.archives.plan import Plan
from wardnews.reading import parallel
from wardnews.reading.interest import of_interest
from wardnews.sites import Site

_SOME = 10_000
"""How many captures are looked at together to tell a portal's family by its addresses."""


def plans_of(path: Path, sites: Mapping[str, Site], known: parallel.Known) -> dict[str, Plan]:
    """Return what a file or folder has of each portal; raise OSError where it cannot be read."""
    plans = {key: Plan() for key in sites}
    pages: dict[str, set[str]] = {key: set() for key in sites}
    captures = parallel.captures(path, sites)
    while some := list(islice(captures, _SOME)):
        for key, plan in plans.items():
            found = [Found(one.url, one.timestamp, "", 0, {}) for site, one in some if site.key == key]
            for page, one in of_interest(found, sites[key]):
                pages[key].add(page)
                plan.captures += 1
                plan.todo += (key, one.url, one.timestamp) not in known
                year = one.timestamp[:4]
                plan.years[year] = plan.years.get(year, 0) + 1
    for key, plan in plans.items():
        plan.years = dict(sorted(plan.years.items()))
        plan.pages = len(pages[key])
        plan.articles = sum(not page.startswith("http") for page in pages[key])
    return plans
