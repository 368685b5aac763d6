"""What the archives on the network have in common: a search for captures, then each capture by itself."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, NamedTuple, Protocol, runtime_checkable
from urllib.parse import urlsplit

from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.contents import LARGEST, unpack
from wardnews.errors import ArchiveError, Undecodable
from wardnews.text.urls import resolve

LARGEST_SEARCH = 64 << 20
"""How many bytes the answer of a search may have, packed and unpacked."""
STAMPED = re.compile(r"/(\d{14})(?:[a-z]{2}_)?/(?=https?:)")
"""What stands before a page's own address in that of its capture, in archives of the Wayback Machine's kind."""
_NO_TEXT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


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
    """What to ask an archive for; `stays`: redirects that were captured are followed inside of the archive."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    stays: bool = False


class FileAsk(NamedTuple):
    """What to ask for an image or attachment, and what reads the answer: None where the archive has none."""

    ask: Ask
    read: Callable[["Answer"], Capture | DamagedRecord | None]


class FileSearch(NamedTuple):
    """What to ask for the captures of an image or attachment, and what chooses one of them: None where none fits."""

    ask: Ask
    choose: Callable[["Answer"], FileAsk | None]


Lookup = Callable[[], SearchStep]
"""A step of a search that asks no server: an index on this disk, or one that a library reads."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An archive's answer: `payload` as it came over the wire, `headers` by their names in lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    payload: bytes

    @property
    def content_type(self) -> str:
        """The header Content-Type."""
        return self.headers.get("content-type", "")

    @property
    def is_memento(self) -> bool:
        """Whether the answer is what was recorded, whatever its status, and not what the archive says itself."""
        return "memento-datetime" in self.headers

    def body(self, most: int = LARGEST) -> bytes:
        """Return the payload unpacked; raise Undecodable where that cannot be, or is larger than `most` bytes."""
        return unpack(self.payload, self.headers.get("content-encoding", ""), most)

    def rows(self) -> bytes:
        """Return what a search answered, unpacked; raise ArchiveError where that cannot be."""
        try:
            return self.body(LARGEST_SEARCH)
        except Undecodable as error:
            raise ArchiveError("{error}", error=error) from error


class Source(Protocol):
    """An archive: it is searched, then asked for each capture. A source is a class that begins from this one."""

    by_address: ClassVar[bool] = False
    """Whether the archive can be searched for one address at a time only; it is asked for all that are known."""

    @property
    def name(self) -> str:
        """The archive's name, as the store keeps it."""

    @property
    def searched_as(self) -> str:
        """The name under which the store keeps its searches: another one where another index is searched."""
        return self.name

    @property
    def bases(self) -> tuple[str, ...]:
        """The addresses of the archive's servers."""

    def collections(self) -> Ask | None:
        """Return what to ask for the list of collections; None where there is no such list to be asked for."""
        return None

    def scopes(self, hosts: list[str], collections: bytes | None) -> list[str]:
        """Return the searches that a portal takes, each ending with one of its hosts.

        Raises ArchiveError for an answer that is no list of collections.
        """
        del collections
        return hosts

    def search(self, scope: str, cursor: str | None) -> Ask | Lookup:
        """Return what to ask for the captures of a scope from the cursor on."""

    def found(self, scope: str, cursor: str | None, answer: Answer) -> SearchStep:
        """Read the answer of a search; raise ArchiveError for one that is none as a whole."""

    def ask(self, url: str, timestamp: str, place: dict[str, Any]) -> Ask:
        """Return what to ask for a capture."""

    def capture(self, found: Found, answered: Ask, answer: Answer) -> Capture | DamagedRecord:
        """Read a capture out of the archive's answer."""

    def file(self, url: str, timestamp: str, via: str) -> FileAsk | FileSearch | None:
        """Return what to ask for an image or attachment, as it was nearest in time to the capture of its article.

        `timestamp` and `via` are the article's. None where the archive cannot be asked for these.
        """
        del url, timestamp, via
        return None

    def chosen(self, found: Iterable[Found], timestamp: str) -> FileAsk | None:
        """Return what to ask for the capture that is nearest in time to a time; None for no captures."""
        near = min(found, key=lambda one: abs(_seconds(one.timestamp) - _seconds(timestamp)), default=None)
        if near is None:
            return None
        ask = self.ask(near.url, near.timestamp, near.place)
        return FileAsk(ask, lambda answer: self.capture(near, ask, answer))


@runtime_checkable
class FileSource(Source, Protocol):
    """An archive without an index: a search goes through its files, each once for all portals of a run.

    The scope of a search is a file, and behind it the hosts, between commas.
    """

    def lists(self, since: str | None, until: str | None) -> list[Ask]:
        """Return what to ask for the names of the files that may hold what was published in some days.

        Raises SitesError where these are more than can be gone through.
        """

    def files(self, answer: Answer) -> list[str]:
        """Read the names of files; raise ArchiveError for an answer that is no list of them."""

    def effort(self, files: int) -> str:
        """Return in words what it takes to go through so many files."""


def _seconds(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()


def compact(timestamp: str) -> str:
    """Return an ISO time as an archive's stamp.

    >>> compact("2022-08-27T04:39:12Z")
    '20220827043912'
    """
    return "".join(filter(str.isdigit, timestamp))[:14]


def inside(asked: str, location: str) -> str | None:
    """Return where a redirect leads inside of the archive, to which it may have been captured; None for out of it.

    >>> inside("https://a.example/20220101000000id_/http://b.example/", "/tin")
    'https://a.example/20220101000000id_/http://b.example/tin'
    """
    stamped = STAMPED.search(asked)
    if stamped is None or STAMPED.search(location):
        there = resolve(asked, location)
        return there if there and urlsplit(there).hostname == urlsplit(asked).hostname else None
    there = resolve(asked[stamped.end() :], location)
    return there and asked[: stamped.end()] + there


def is_text(*words: str) -> bool:
    """Whether words of an index can be kept and shown: no control characters, no halves of characters."""
    return not any(map(_NO_TEXT.search, words))
