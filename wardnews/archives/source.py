"""What the archives on the network have in common: a search for captures, then each capture by itself."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from wardnews.archives.capture import Capture, DamagedRecord


@dataclass(frozen=True, slots=True)
class Found:
    """Name a capture that a search found; `length` in bytes, compressed; `place`: where in the archive it lies."""

    url: str
    timestamp: str
    digest: str
    length: int
    place: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ask:
    """Say what to ask an archive for."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)


class Source(Protocol):
    """Search an archive, and take captures out of it."""

    @property
    def name(self) -> str:
        """Name the archive as `--from` does."""

    def collections(self) -> Ask | None:
        """Ask what collections there are, where the archive has several."""

    def scopes(self, hosts: list[str], collections: bytes | None) -> list[str]:
        """Name the searches that a portal takes, each ending with one of its hosts.

        Raises ArchiveError for an answer that is none.
        """

    def search(self, scope: str, cursor: str | None) -> Ask:
        """Ask for the captures of a scope from the cursor on."""

    def found(self, scope: str, cursor: str | None, body: bytes) -> tuple[list[Found], str | None]:
        """Read what a search found, and the cursor to go on from; raise ArchiveError for an answer that is none."""

    def ask(self, url: str, timestamp: str, place: dict[str, Any]) -> Ask:
        """Ask for a capture."""

    def capture(self, found: Found, answered: Ask, answer: "Answer") -> Capture | DamagedRecord:
        """Make a capture of the archive's answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold an archive's answer: `body` decoded, `payload` as it came over the wire."""

    url: str
    status: int
    content_type: str
    body: bytes
    payload: bytes


def iso(timestamp: str) -> str:
    """Turn an archive's timestamp into ISO 8601.

    >>> iso("20220827043912")
    '2022-08-27T04:39:12Z'
    """
    year, month, day, hour, minute, second = timestamp[:4], *(timestamp[at : at + 2] for at in range(4, 14, 2))
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}Z"


def compact(moment: str) -> str:
    """Turn an ISO time into an archive's timestamp.

    >>> compact("2022-08-27T04:39:12Z")
    '20220827043912'
    """
    return "".join(filter(str.isdigit, moment))[:14]
