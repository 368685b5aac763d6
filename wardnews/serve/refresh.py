"""The reading copy, brought up to date while it is shown: by a process of its own, which leaves readers their core."""

import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from multiprocessing import get_context
from pathlib import Path
from threading import Event, Thread

from wardnews import portable
from wardnews.archives.sections import open_no_link
from wardnews.errors import WardnewsError
from wardnews.serve.copy import Portals, bring_up_to_date, lock_of
from wardnews.store.database import Store

EVERY = 600.0
"""Seconds from one comparison with the store to the next."""


@contextmanager
def refreshed(url: str, file: Path, portals: Portals, pages: Path, every: float = EVERY) -> Iterator[None]:
    """Bring the copy of the store at an address up to date every so often, as long as the block lasts.

    What keeps it from that is written to standard error, and it is tried again.
    """
    over = Event()

    def refresh() -> None:
        while not over.wait(every):
            one = get_context("spawn").Process(target=_update, args=(url, file, portals, pages), daemon=True)
            one.start()
            one.join()

    Thread(target=refresh, daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _update(url: str, file: Path, portals: Portals, pages: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this process ends it
    try:
        with open_no_link(lock_of(file), "w") as lock, closing(Store.open(url)) as store:
            portable.lock(lock.fileno(), shared=True, wait=True)  # the process that shows the copy may have ended
            bring_up_to_date(store, file, portals, lambda _line: None, pages)
    except (WardnewsError, OSError) as error:
        raise SystemExit(f"the copy stays as it is: {error}") from error
