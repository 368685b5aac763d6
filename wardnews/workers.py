"""Processes that work for another one."""

import os
import signal
from multiprocessing import parent_process
from threading import Thread


def begin_worker() -> None:
    """Let this process leave the keyboard's interrupt to the one that began it, and end when that does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all: the first process ends in order
    Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    """End this process with the one that began it: after a SIGKILL of that it would wait for work for ever."""
    if parent := parent_process():
        parent.join()
        os._exit(1)
