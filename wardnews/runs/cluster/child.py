"""A process that works for a worker of a cluster, and ends with it: `python -m wardnews.runs.cluster.child FD`.

It reads functions and their arguments from a socket, and answers with what they return.
"""

import os
import signal
import sys
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from traceback import format_exc
from typing import Any

from wardnews.errors import WardnewsError


def main(descriptor: int) -> None:
    """Answer until the worker is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all: whoever asked ends in order
    link: Connection[Any, Any] = Connection(descriptor)
    asked: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_receive, args=(link, asked), daemon=True).start()
    while True:
        function, arguments = asked.get()
        answer: tuple[Any, Exception | None]
        try:
            answer = (function(*arguments), None)
        except WardnewsError as error:
            answer = (None, error)
        except Exception:  # noqa: BLE001 - whoever asked raises it; the errors of some libraries cannot be sent
            answer = (None, RuntimeError(format_exc()))
        link.send(answer)


def _receive(link: "Connection[Any, Any]", asked: "SimpleQueue[Any]") -> None:
    """Take in what is asked; end this process, whatever it is at, when there is nobody any more who asks."""
    try:
        while True:
            asked.put(link.recv())
    except (EOFError, OSError):
        os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
