"""What a worker of a cluster does: it hands each piece of work to a process of its own, which ends with it."""

import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import Pipe
from threading import local
from typing import Any

_mine = local()
"""The process of each thread of the worker: it is begun once, for its imports take a second or two."""


class ChildDied(RuntimeError):
    """Raise where the process of a worker ended in the middle of its work."""


class Child:
    """A process that works for this one, and ends with it: its end of a pipe closes then."""

    def __init__(self) -> None:
        self.link, other = Pipe()
        command = [sys.executable, "-m", "wardnews.runs.cluster.child", str(other.fileno())]
        with other:
            try:
                self.process = subprocess.Popen(command, pass_fds=[other.fileno()], stdin=subprocess.DEVNULL)  # noqa: S603 - our own
            except OSError as error:
                raise ChildDied(f"{where()} cannot start a process: {error.strerror}") from error

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Return what a function returns there, or raise what it raises; raise ChildDied where the process ended."""
        try:
            self.link.send((function, arguments))
            answer, error = self.link.recv()
        except (EOFError, OSError) as lost:
            self.close()
            raise ChildDied(f"the process of {where()} ended with status {self.process.returncode}") from lost
        if error is not None:
            raise error
        return answer

    def close(self) -> None:
        """End the process."""
        self.link.close()
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()


def run(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a function returns in the process of this thread; raise what it raises, or ChildDied."""
    child: Child | None = getattr(_mine, "child", None)
    if child is None:
        child = _mine.child = Child()
    try:
        return child.call(function, *arguments)
    except ChildDied:
        _mine.child = None
        raise


def run_alone(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a function returns in a process that does nothing else; raise what it raises, or ChildDied."""
    child = Child()
    try:
        return child.call(function, *arguments)
    finally:
        child.close()


def where() -> str:
    """Return the name of this machine, for messages."""
    return f"the worker on {socket.gethostname()}"
