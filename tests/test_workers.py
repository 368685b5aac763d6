import asyncio
import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import active_children, get_context
from multiprocessing.queues import Queue
from threading import Thread
from typing import Any

import pytest

from wardnews import workers


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("owner", [Queue, Thread], ids=["after the pool began", "before it began"])
def test_a_pool_that_finds_no_memory_for_a_thread_is_an_error_and_ends(
    owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    async def ask(pool: ProcessPoolExecutor) -> int:
        return await workers.answer(pool, workers.submit(pool, os.getpid))

    monkeypatch.setattr(workers, "PATIENCE", 0.05)
    before = set(active_children())
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        assert asyncio.run(ask(pool)) not in (0, os.getpid())
    pool = ProcessPoolExecutor(1, get_context("spawn"))
    monkeypatch.setattr(owner, "_start_thread" if owner is Queue else "start", no_room)
    with pytest.raises(MemoryError, match="no memory for the threads"):
        asyncio.run(ask(pool))
    for child in set(active_children()) - before:
        child.join(10)
        assert not child.is_alive()
