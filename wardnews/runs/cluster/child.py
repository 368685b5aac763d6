"""A process that works for a worker of a cluster, and ends with it: `python -m wardnews.runs.cluster.child FD`.

It reads functions and their arguments from a socket, pickled, and answers with what they return or raise.
"""

import os
import pickle
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
    asked: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_receive, args=(link, asked), daemon=True).start()
    while True:
        try:
            function, arguments = pickle.loads(asked.get())  # noqa: S301 - of whoever asked, over a socket of our own
            answer = (False, pickle.dumps(function(*arguments)))
        except WardnewsError as error:
            answer = (True, pickle.dumps(error))
        except Exception:  # noqa: BLE001 - whoever asked raises it; the errors of some libraries cannot be sent
            answer = (True, pickle.dumps(RuntimeError(format_exc())))
        link.send(answer)


def _receive(link: "Connection[Any, Any]", asked: "SimpleQueue[bytes]") -> None:
    """Take in what is asked; end this process, whatever it is at, when there is nobody any more who asks."""
    try:
        while True:
            asked.put(link.recv_bytes())
    except (EOFError, OSError):
        os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
