"""What a worker of a cluster does: it hands each piece of work to a process of its own, which ends with it.

What the work is only that process knows: a worker that imported all of wardnews too would start twice as slowly.
"""

import socket
import subprocess
import sys
from contextlib import suppress
from multiprocessing import Pipe
from threading import local

_mine = local()
"""The process of each thread of the worker: it is begun once, for its imports take a second or two."""


class ChildDied(RuntimeError):
    """Raise where the process of a worker ended in the middle of its work."""


class WorkFailed(RuntimeError):
    """Raise where a piece of work raised an exception, which is pickled: this process need not know of what."""


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

    def call(self, asked: bytes) -> bytes:
        """Return what comes of a pickled function and its arguments there, pickled.

        Raises WorkFailed with what the function raises, ChildDied where the process ended.
        """
        try:
            self.link.send_bytes(asked)
            has_failed, answer = self.link.recv()
        except (EOFError, OSError) as lost:
            self.close()
            raise ChildDied(f"the process of {where()} ended with status {self.process.returncode}") from lost
        if has_failed:
            raise WorkFailed(answer)
        return bytes(answer)

    def close(self) -> None:
        """End the process."""
        self.link.close()
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()


def run(asked: bytes) -> bytes:
    """Return what comes of a piece of work in the process of this thread; raise WorkFailed or ChildDied."""
    child: Child | None = getattr(_mine, "child", None)
    if child is None:
        child = _mine.child = Child()
    try:
        return child.call(asked)
    except ChildDied:
        _mine.child = None
        raise


def run_alone(asked: bytes) -> bytes:
    """Return what comes of a piece of work in a process that does nothing else; raise WorkFailed or ChildDied."""
    child = Child()
    try:
        return child.call(asked)
    finally:
        child.close()


def where() -> str:
    """Return the name of this machine, for messages."""
    return f"the worker on {socket.gethostname()}"
