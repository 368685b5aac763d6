"""Where operating systems differ: locks on files and folders, and the bounds of a process.

Nothing else imports what POSIX alone has, so that every module can be imported on Windows.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NO_FOLLOW: int = getattr(os, "O_NOFOLLOW", 0)
"""The flag by which opening a file follows no link; Windows, where few may make one, has none."""


def lock(descriptor: int, *, shared: bool = False, wait: bool = False) -> None:
    """Lock an open file until it is closed, or its process ends in whatever way.

    A shared lock is free for all who ask for one. Raises BlockingIOError where another has the file, unless it waits.
    """
    try:
        import fcntl
    except ModuleNotFoundError:
        _lock_on_windows(descriptor, shared=shared, wait=wait)
    else:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))


def _lock_on_windows(descriptor: int, *, shared: bool, wait: bool) -> None:
    import portalocker

    flags = portalocker.LockFlags.SHARED if shared else portalocker.LockFlags.EXCLUSIVE
    try:
        portalocker.lock(descriptor, flags if wait else flags | portalocker.LockFlags.NON_BLOCKING)
    except portalocker.LockException as error:
        raise BlockingIOError(f"locked by another process: {error}") from error


@contextmanager
def locked_folder(folder: Path, *, wait: bool = False) -> Iterator[None]:
    """Lock a folder as long as the block lasts; raise BlockingIOError as `lock` does. Windows locks no folders."""
    if not hasattr(os, "O_DIRECTORY"):
        yield
        return
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | NO_FOLLOW)
    try:
        lock(held, wait=wait)
        yield
    finally:
        os.close(held)


def usable_cores() -> int:
    """Return how many cores this process may use: on Linux those that it was given, which may be fewer than all."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def flush_disks() -> None:
    """Write what was written to files to the disks, of all processes, where the system has a call for that."""
    if hasattr(os, "sync"):
        os.sync()


def bound(memory: int, *, files: bool = True) -> None:
    """Bound the bytes of memory that this process may take, and without `files` let it write none; not on Windows."""
    try:
        import resource
    except ModuleNotFoundError:
        return
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    if not files:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def give_way() -> None:
    """Let this process leave the processor to others; not on Windows."""
    if hasattr(os, "nice"):
        os.nice(10)


@contextmanager
def processor_time(seconds: float) -> Iterator[None]:
    """End this process where the block takes more time of a processor, whatever code runs; not on Windows."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.setitimer(signal.ITIMER_PROF, seconds)  # the default of SIGPROF ends the process
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
