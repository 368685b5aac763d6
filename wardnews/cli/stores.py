"""The store that a command works on."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from wardnews.errors import UsageError

if TYPE_CHECKING:
    from wardnews.sites import Site
    from wardnews.store.database import Store


def store_or_none(url: str | None) -> "Store | None":
    """Return the store that is named, open; None where there is none yet. Raises StoreError as `Store.open` does."""
    from wardnews.store.database import Store, address

    named = address(url)
    file = named.removeprefix("sqlite:///")
    return None if file != named and not Path(file).is_file() else Store.open(named)


@contextmanager
def opened(url: str | None) -> Iterator["Store"]:
    """Open the store that is there, for as long as the block lasts; raise UsageError where there is none."""
    store = store_or_none(url)
    if not store:
        raise UsageError(
            "there is no store yet: `wardnews crawl` or `wardnews backfill` makes it, --store names another"
        )
    try:
        yield store
    finally:
        store.close()


def keys_of(store: "Store", sites: Mapping[str, "Site"], typed: Sequence[str]) -> list[str]:
    """Return the keys of the portals that a person means; raise SitesError where neither store nor sites file helps."""
    from wardnews.sites import chosen_keys
    from wardnews.store.queries import article_counts

    return chosen_keys(sites, typed, article_counts(store) if typed else {})
