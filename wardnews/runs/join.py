"""Articles that stand under two ids, joined: what only their content says is done where a person says so."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from wardnews.runs.reread import write_feed
from wardnews.storage import Output
from wardnews.store.database import Store
from wardnews.store.moves import Pair, join_pairs, pairs
from wardnews.store.recheck import exactly
from wardnews.text.clock import timestamp


@dataclass
class Joined:
    """What came of it: the pairs of each portal, the portals that another run is at, the feed of what was joined."""

    portals: dict[str, list[Pair]]
    locked: list[str] = field(default_factory=list)
    feed: str | None = None


def find(store: Store, sites: Iterable[str]) -> Joined:
    """Return the pairs of ids, portal by portal, that are one article each."""
    return Joined({site: pairs(store, site) for site in sites})


def apply(store: Store, sites: Iterable[str], run: str, output: Output) -> Joined:
    """Join the pairs of portals, and write what that changes into the feed of the run, in `output`.

    Portals that another run is at are left out. Raises OSError where the feed cannot be written: what was joined until
    then is kept, and its feed is written by the next crawl.
    """
    chosen, began = list(sites), timestamp()
    free = [site for site in chosen if store.locks.take(f"site-{site}")]
    done = find(store, free)
    done.locked = [site for site in chosen if site not in free]
    if any(done.portals.values()):
        store.begin_run(run, exactly())
        for found in done.portals.values():
            join_pairs(store, run, found)
        counts = {site: {"joined": len(found)} for site, found in done.portals.items()}
        done.feed = write_feed(store, run, output, began, counts, done.locked)
    return done
