"""What the archives on the network have in common: a search for captures, then each capture by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.contents import LARGEST, unpack


@dataclass(frozen=True, slots=True)
class Found:
    """A capture that a search found; `length` in bytes, compressed; `place`: where in the archive it lies."""

    url: str
    timestamp: str
    digest: str
    length: int
    place: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OddRow:
    """A row of a search that names no capture: its address and stamp, where it has them, and why it is none."""

    url: str
    timestamp: str
    cause: str


@dataclass(frozen=True, slots=True)
class SearchStep:
    """What one answer of a search gave: captures, odd rows, and the cursor to go on from, None at the end."""

    found: list[Found]
    cursor: str | None = None
    odd: tuple[OddRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """What to ask an archive for."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """An archive's answer: `payload` as it came over the wire, `encoding` as the header Content-Encoding names it."""

    url: str
    status: int
    content_type: str
    payload: bytes
    encoding: str = ""

    def body(self, most: int = LARGEST) -> bytes:
        """Return the payload unpacked; raise Undecodable where that cannot be, or is larger than `most` bytes."""
        return unpack(self.payload, self.encoding, most)


class Source(Protocol):
    """An archive: it is searched, then asked for each capture."""

    @property
    def name(self) -> str:
        """The archive's name, as `--from` has it."""

    @property
    def bases(self) -> tuple[str, ...]:
        """The addresses of the archive's servers."""

    def collections(self) -> Ask | None:
        """Return what to ask for the list of collections; None where the archive is one."""

    def scopes(self, hosts: list[str], collections: bytes | None) -> list[str]:
        """Return the searches that a portal takes, each ending with one of its hosts.

        Raises ArchiveError for an answer that is no list of collections.
        """

    def search(self, scope: str, cursor: str | None) -> Ask:
        """Return what to ask for the captures of a scope from the cursor on."""

    def found(self, scope: str, cursor: str | None, body: bytes) -> SearchStep:
        """Read the answer of a search; raise ArchiveError for one that is none as a whole."""

    def ask(self, url: str, timestamp: str, place: dict[str, Any]) -> Ask:
        """Return what to ask for a capture."""

    def capture(self, found: Found, answered: Ask, answer: Answer) -> Capture | DamagedRecord:
        """Read a capture out of the archive's answer."""


def compact(timestamp: str) -> str:
    """Return an ISO time as an archive's stamp.

    >>> compact("2022-08-27T04:39:12Z")
    '20220827043912'
    """
    return "".join(filter(str.isdigit, timestamp))[:14]
