"""A process that reads documents, one after the other: it may be killed, and what it may do is bounded.

Documents come from strangers. So the process that reads them has a bound on its memory and on the time for each, can
write no file, and may not begin programs or ask anything on the network. Where it breaks a bound it is ended and the
next document gets another one.
"""

import base64
import json
import os
import sys
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from wardnews.documents.document import Document
from wardnews.documents.read import NEEDED, read
from wardnews.errors import UnreadableDocument, UsageError
from wardnews.locale import Phrase, gettext_noop
from wardnews.portable import bound
from wardnews.workers import begin_worker

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

MEMORY = 192 << 20
"""Bytes that the process may have of its own."""
SECONDS = 60.0
"""For one document."""
_LONGEST_ANSWER = 64 << 20
_CAUSE, _READY = "cause", b"ready"


def needed() -> None:
    """Raise UsageError where a library is missing that reading documents takes."""
    missing = [package for name, package in NEEDED.items() if find_spec(name) is None]
    if missing:
        raise UsageError(
            "reading files needs {libraries}: pip install 'wardnews[documents]' brings it", libraries=", ".join(missing)
        )


class DocumentReader:
    """Read documents in another process, which is begun with the first one; to be used in a `with` block."""

    def __init__(self, *, memory: int = MEMORY, seconds: float = SECONDS) -> None:
        self._memory, self._seconds = memory, seconds
        self._context = get_context("spawn")  # a fork would take threads and the database along
        self._process: Any = None
        self._pipe: Connection[Any, Any] | None = None

    @property
    def pid(self) -> int | None:
        """The process that reads now; None where there is none."""
        return self._process.pid if self._pipe else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def read(self, path: Path) -> Document:
        """Return what a file says. Raises UnreadableDocument, which says why it cannot be read."""
        try:
            pipe = self._pipe or self._begin()
            pipe.send_bytes(os.fsencode(path.resolve()))
            if not pipe.poll(self._seconds):
                self._end()
                raise UnreadableDocument("reading it takes more than {seconds:g} seconds", seconds=self._seconds)
            answer = json.loads(pipe.recv_bytes(_LONGEST_ANSWER))
        except (EOFError, ConnectionError) as error:
            status = self._end()
            raise UnreadableDocument("the process that read it ended ({status})", status=status) from error
        if answer.pop("spent", False):
            self._end()
        if _CAUSE in answer:
            raise UnreadableDocument("{cause}", cause=Phrase(answer[_CAUSE]))
        return _document(answer)

    def _begin(self) -> "Connection[Any, Any]":
        self._pipe, other = self._context.Pipe()
        self._process = self._context.Process(target=_serve, args=(other, self._memory), daemon=True)
        self._process.start()
        other.close()
        self._pipe.recv_bytes(len(_READY))
        return self._pipe

    def _end(self) -> int | None:
        """End the process; return its exit status, which is a signal's number below zero where one ended it."""
        if self._pipe is None:
            return None
        self._pipe.close()
        self._pipe = None
        self._process.join(0.2)
        self._process.kill()
        self._process.join()
        status: int | None = self._process.exitcode
        self._process.close()
        return status


def _document(answer: dict[str, Any]) -> Document:
    """Return the document of an answer of the other process."""
    thumbnail = answer["thumbnail"]
    return Document(
        str(answer["kind"]),
        tuple(map(str, answer["pages"])),
        tuple(map(str, answer["flags"])),
        base64.b64decode(thumbnail) if thumbnail else None,
    )


# --- in the other process ------------------------------------------------------------------------------------


def _serve(pipe: "Connection[Any, Any]", memory: int) -> None:
    """Read the documents that are asked for until nobody asks any more."""
    begin_worker()
    _bound(memory)
    pipe.send_bytes(_READY)
    while True:
        try:
            path = os.fsdecode(pipe.recv_bytes())
        except EOFError:
            return
        pipe.send_bytes(json.dumps(_answer(path)).encode())


def _answer(path: str) -> dict[str, Any]:
    """Return what a file says, or why it cannot be read; `spent` where this process is better replaced."""
    try:
        with Path(path).open("rb") as file:
            found = read(file)
    except UnreadableDocument as error:
        return {_CAUSE: str(error)}
    except MemoryError:
        return {_CAUSE: gettext_noop("reading it takes more memory than it gets"), "spent": True}
    except Exception as error:  # noqa: BLE001 - libraries meet anything in a broken file, and the others are read all the same
        return {_CAUSE: f"cannot be read: {type(error).__name__}: {error}", "spent": True}
    thumbnail = base64.b64encode(found.thumbnail).decode() if found.thumbnail else None
    return {"kind": found.kind, "pages": found.pages, "flags": found.flags, "thumbnail": thumbnail}


_FORBIDDEN = (
    "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile", "os.system", "pty.spawn",
    "socket.bind", "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "subprocess.Popen",
    "webbrowser.open",
)  # fmt: skip


def _bound(memory: int) -> None:
    """Bound what this process may do: its memory, its files, programs and the network."""
    bound(memory, files=False)

    def guard(event: str, _arguments: object) -> None:
        if event in _FORBIDDEN:
            raise PermissionError(f"a document is not to do this: {event}")

    sys.addaudithook(guard)
