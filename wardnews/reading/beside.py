"""Pages that may take long are read in processes beside the crawl, so that no other portal waits for them."""

import asyncio
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from wardnews.errors import UnreadablePage
from wardnews.locale import Phrase
from wardnews.portable import bound, give_way, processor_time
from wardnews.reading.opened import OpenedPage, Purpose, Source
from wardnews.workers import answer, begin_worker, submit

TOO_HEAVY = Phrase("a page that takes too long or too much memory to read")
_MOST_BYTES, _MOST_TAGS = 500_000, 8_000
"""A page of fewer is read within a second, whatever is in it."""
_PROCESSES = 2
_SECONDS, _MEMORY = 30.0, 2 << 30
"""The time of a processor that one page may take, and the bytes of memory."""


def is_heavy(body: bytes) -> bool:
    """Whether a page may take longer to read than others should wait."""
    return len(body) > _MOST_BYTES or body.count(b"<") > _MOST_TAGS


class PageReaders:
    """Read pages in a few processes, each of which begins when it has something to read."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(_PROCESSES)
        self._idle: list[ProcessPoolExecutor] = []

    async def read(self, source: Source, purpose: Purpose) -> OpenedPage:
        """Open a page and read all that a crawl asks of it.

        Raises UnreadablePage for one that cannot be opened, exceeds its bounds, or ends the process that reads it.
        """
        async with self._free:
            # One process each: where a page ends one, no other page is lost with it.
            process = self._idle.pop() if self._idle else ProcessPoolExecutor(1, get_context("spawn"), _begin)
            try:
                opened = await answer(process, submit(process, _read, source, purpose, _SECONDS))
            except (BrokenProcessPool, MemoryError) as error:
                process.shutdown(wait=False)
                raise UnreadablePage("{cause}", cause=TOO_HEAVY) from error
            except Exception:
                self._idle.append(process)
                raise
            self._idle.append(process)
        return opened.in_this_process(source)

    def close(self) -> None:
        """End the processes."""
        while self._idle:
            self._idle.pop().shutdown(wait=False, cancel_futures=True)


def _begin() -> None:
    begin_worker()
    give_way()  # what is read here is in no hurry
    bound(_MEMORY)


def _read(source: Source, purpose: Purpose, seconds: float) -> OpenedPage:
    try:
        with processor_time(seconds):  # its end is the end of the process, also within the parser
            opened = OpenedPage.of(source)
            opened.read_ahead(purpose)
    except MemoryError as error:
        raise UnreadablePage("{cause}", cause=TOO_HEAVY) from error
    return opened
