"""Archives that speak Memento (RFC 7089): a TimeMap lists what there is of one address, and where each capture is.

There is no search for a host: TimeMaps are asked for of all addresses that are known, the home page first.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit

from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.network.source import (
    STAMPED,
    Answer,
    Ask,
    FileSearch,
    Found,
    OddRow,
    SearchStep,
    Source,
    is_text,
)
from wardnews.errors import ArchiveError, DateError, SitesError, Undecodable
from wardnews.locale import gettext_noop
from wardnews.text.timestamps import as_stamp, from_http
from wardnews.text.urls import resolve

ADDRESS = "its TimeMaps, up to where the page's own address follows"
_MOST_PAGES = 1_000
"""How many pages the TimeMap of one address may have."""
_NOT_FOUND = 404
_LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[\w*-]+(?:\s*=\s*(?:"[^"]*"|[^\s;,"<>]+))?)*)\s*(?:,|$)')
_PARAMETER = re.compile(r';\s*([\w*-]+)\s*=\s*(?:"([^"]*)"|([^\s;,"]+))')
_OF_WAYBACK = "/timemap/link/"
"""Where the TimeMaps are so, the software is of the Wayback Machine's kind (pywb, OpenWayback), and knows `id_`."""


def opened(settings: Mapping[str, Any], address: str) -> "Memento":
    """Return the archive whose TimeMaps are at an address; raise SitesError for none."""
    del settings
    if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).netloc:
        raise SitesError(
            "--from memento: name the archive's TimeMaps, as memento+https://archive.example/timemap/link/"
        )
    return Memento(address, f"memento+{address}")


@dataclass(frozen=True)
class Memento(Source):
    """An archive whose TimeMaps are at `timemaps`, to which the page's own address is added."""

    timemaps: str
    name: str = "memento"
    by_address: ClassVar[bool] = True

    @property
    def bases(self) -> tuple[str, ...]:
        """The addresses of the archive's servers."""
        return (self.timemaps,)

    def search(self, scope: str, cursor: str | None) -> Ask:
        """Ask for the TimeMap of an address, then for its further pages: the cursor has those to come, and all."""
        if cursor:
            return Ask(json.loads(cursor)["next"][0])
        return Ask(self._timemap(scope))

    def found(self, scope: str, cursor: str | None, answer: Answer) -> SearchStep:
        """Read a TimeMap; raise ArchiveError for an answer that is none."""
        pages = json.loads(cursor) if cursor else {"next": [self._timemap(scope)], "seen": [self._timemap(scope)]}
        if answer.status == _NOT_FOUND:
            if cursor:
                raise ArchiveError("a page of the TimeMap is not there")
            return SearchStep([])
        following, seen = pages["next"][1:], pages["seen"]
        found: list[Found] = []
        odd: list[OddRow] = []
        for uri, link in _links(answer.rows().decode("utf-8", "replace")):
            address, relations = resolve(answer.url, uri) or "", link.get("rel", "").lower().split()
            if "memento" in relations:
                row = self._row(scope.rpartition(" ")[0], address, link.get("datetime", ""))
                (found if isinstance(row, Found) else odd).append(row)  # type: ignore[arg-type]
            is_page = "timemap" in relations and "self" not in relations and _is_link_format(link)
            if is_page and address and address not in (*seen, answer.url) and is_text(address):
                following.append(address)
                seen.append(address)
        if len(seen) > _MOST_PAGES:
            raise ArchiveError("a TimeMap of more than {most} pages", most=_MOST_PAGES)
        more = json.dumps({"next": following, "seen": seen}) if following else None
        return SearchStep(found, more, tuple(odd))

    def ask(self, url: str, timestamp: str, place: dict[str, Any]) -> Ask:
        """Ask for a capture, as it was fetched where the archive knows how to give that."""
        del url, timestamp
        address: str = place["memento"]
        return Ask(STAMPED.sub(r"/\1id_/", address, count=1) if self._is_raw else address, stays=True)

    def capture(self, found: Found, answered: Ask, answer: Answer) -> Capture | DamagedRecord:
        """Read the page in an answer: the capture that was asked for, or the one that its redirect leads to."""
        if not answer.is_memento:
            return DamagedRecord(found.url, gettext_noop("an answer that is no memento"))
        try:
            body = answer.body()
            when = as_stamp(from_http(answer.headers["memento-datetime"]))
        except (Undecodable, DateError) as error:
            return DamagedRecord(found.url, str(error))
        is_asked_for = _stamped(answer.url) == _stamped(answered.url)
        if is_asked_for and when != found.timestamp:
            return DamagedRecord(found.url, gettext_noop("the archive gave another capture in its place"))
        own = STAMPED.search(answer.url)  # a redirect may have led to another capture, which then counts
        return Capture(
            url=answer.url[own.end() :] if own and not is_asked_for else found.url,
            timestamp=when,
            via=f"{self.name.partition('+')[0]}:{answer.url}",
            status=answer.status,
            content_type=answer.content_type,
            body=body if self._is_raw else _without_prefixes(body, found.place["memento"]),
        )

    def file(self, url: str, timestamp: str, via: str) -> FileSearch:
        """Ask for the TimeMap of a file."""
        del via
        scope = f"{url} {urlsplit(url).netloc}"
        return FileSearch(
            Ask(self._timemap(scope)), lambda answer: self.chosen(self.found(scope, None, answer).found, timestamp)
        )

    @property
    def _is_raw(self) -> bool:
        return _OF_WAYBACK in self.timemaps

    def _timemap(self, scope: str) -> str:
        return self.timemaps + scope.rpartition(" ")[0]

    def _row(self, url: str, memento: str, date: str) -> Found | OddRow:
        """Read where a capture is; its own address is at the end of the archive's, where that is of the usual form."""
        try:
            timestamp = as_stamp(from_http(date))
            scheme = urlsplit(memento).scheme
        except (DateError, ValueError) as error:
            return OddRow(url, date[:20], str(error))
        if scheme not in ("http", "https") or not is_text(memento):
            return OddRow(url, timestamp, "a capture without an address")
        return Found(url, timestamp, "", 0, {"memento": memento})


def _links(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Read the links of a TimeMap; raise ArchiveError for one that has none, or was cut off."""
    at, count = len(text) - len(text.lstrip("\ufeff \t\r\n")), 0
    while at < len(text):
        match = _LINK.match(text, at)
        if match is None:
            raise ArchiveError("an answer that is no TimeMap, or was cut off")
        values = ((name.lower(), quoted or token) for name, quoted, token in _PARAMETER.findall(match[2]))
        yield match[1].strip(), dict(values)
        count += 1
        at = match.end()
        while at < len(text) and text[at].isspace():
            at += 1
    if not count:
        raise ArchiveError("an answer that is no TimeMap: it is empty")


def _stamped(uri: str) -> str:
    """Return of a capture's address what tells it from others: its stamp and the page's address, if they are there."""
    match = STAMPED.search(uri)
    return f"{match[1]} {uri[match.end() :]}" if match else uri


def _is_link_format(link: Mapping[str, str]) -> bool:
    return "link-format" in link.get("type", "link-format")


def _without_prefixes(page: bytes, memento: str) -> bytes:
    """Return a page with the addresses that it had, where the archive put its own before them.

    >>> _without_prefixes(b'<a href="https://a.example/20220101000000/http://b.example/1">', "https://a.example/20220101000000/http://b.example/")
    b'<a href="http://b.example/1">'
    """
    stamped = STAMPED.search(memento)
    if stamped is None:
        return page
    parts = urlsplit(memento[: stamped.start()])
    host, path = re.escape(parts.netloc.encode()), re.escape(parts.path.encode())
    return re.sub(
        rb"(?:(?:https?:)?//" + host + rb"|(?<=[\"'(=\s]))" + path + rb"/\d{4,14}(?:[a-z]{2}_)?/(?=https?:)", b"", page
    )
