"""Processes that work for another one."""

import asyncio
import os
import signal
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import parent_process
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")
PATIENCE = 5.0
"""Seconds after which it is looked whether a pool that does not answer is still there."""
_NO_MEMORY = "there is no memory for the threads that work in other processes takes"


def submit(pool: ProcessPoolExecutor, work: Callable[..., T], *given: Any) -> Future[T]:
    """Return the future of a piece of work that is given to a pool.

    Raises MemoryError, and ends the pool, where its own thread cannot be started.
    """
    try:
        return pool.submit(work, *given)
    except BrokenProcessPool:
        raise
    except RuntimeError as error:
        _end(pool)
        raise MemoryError(_NO_MEMORY) from error


async def answer(pool: ProcessPoolExecutor, work: Future[T]) -> T:
    """Return what a process of a pool made of a piece of work.

    Raises MemoryError, and ends the pool, where its own thread has ended: it does so without a word when it finds no
    memory for another one, and nothing would answer any more.
    """
    waiting = asyncio.wrap_future(work)
    try:
        while not (await asyncio.wait({waiting}, timeout=PATIENCE))[0]:
            manager: Any = pool._executor_manager_thread  # noqa: SLF001 - nothing that is public tells
            if not (manager and manager.is_alive()):
                _end(pool)
                raise MemoryError(_NO_MEMORY)
        return waiting.result()
    finally:
        waiting.cancel()


def _end(pool: ProcessPoolExecutor) -> None:
    """End a pool without its own thread, and its processes, which would wait for work for ever."""
    for process in (pool._processes or {}).values():  # noqa: SLF001 - as above
        process.kill()
    pool.shutdown(wait=False)


def begin_worker() -> None:
    """Let this process leave the keyboard's interrupt to the one that began it, and end when that does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all: the first process ends in order
    Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    """End this process with the one that began it: after a SIGKILL of that it would wait for work for ever."""
    if parent := parent_process():
        parent.join()
        os._exit(1)
