"""Lines of capture indexes, and the queries that archives answer about them."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qsl, quote_plus, unquote_plus, urlsplit

Line = dict[str, str]
"""The fields of a capture, by the names that the index gives them."""


class BadQuery(ValueError):
    """Say what is wrong with a query."""


def urlkey(url: str) -> str:
    """Return the key that a capture is filed under: the host turned round, then path and sorted query in lower case.

    >>> urlkey("http://WWW.hoasua.example:80/Tin?b=2&a=1#top")
    'example,hoasua)/tin?a=1&b=2'
    """
    parts = urlsplit(url if "://" in url else f"http://{url}")
    host = re.sub(r"^www\d*\.", "", (parts.hostname or "").lower())
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    path = parts.path.lower()
    path = path.rstrip("/") or "/" if len(path) > 1 else "/"
    query = "&".join(sorted(parts.query.lower().split("&"))) if parts.query else ""
    return f"{','.join(reversed(host.split('.')))}{port}){path}{'?' if query else ''}{query}"


@dataclass(frozen=True, slots=True)
class Query:
    """Hold the parameters of a query, each of which may be repeated."""

    pairs: tuple[tuple[str, str], ...]

    def get(self, name: str, default: str = "") -> str:
        """Return the first value of a parameter."""
        return next((value for key, value in self.pairs if key == name), default)

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a parameter."""
        return tuple(value for key, value in self.pairs if key == name)

    def number(self, name: str, default: int) -> int:
        """Return a parameter that is a number; raise BadQuery for one that is none."""
        try:
            return int(self.get(name, str(default)))
        except ValueError as error:
            raise BadQuery(f"{name} is no number: {self.get(name)}") from error


def query_of(path: str) -> Query:
    """Read the query of an address as it was asked for."""
    return Query(tuple(parse_qsl(urlsplit(path).query, keep_blank_values=True)))


def matching(lines: Iterable[Line], query: Query) -> Iterator[Line]:
    """Find the lines of the address that a query asks about, by its `url` and `matchType`; raise BadQuery without."""
    url, kind = query.get("url"), query.get("matchType")
    if not url:
        raise BadQuery("url parameter is required")
    if not kind:
        kind = "domain" if url.startswith("*.") else "prefix" if url.endswith("*") else "exact"
        url = url.removeprefix("*.").removesuffix("*")
    key = urlkey(url)
    host = key.partition(")")[0]
    prefix = key.rstrip("/") if url.endswith("/") and not key.endswith(")/") else key
    tests: dict[str, Callable[[str], bool]] = {
        "exact": lambda other: other == key,
        "prefix": lambda other: other.startswith(prefix),
        "host": lambda other: other.startswith(f"{host})"),
        "domain": lambda other: other.startswith((f"{host})", f"{host},")),
    }
    if kind not in tests:
        raise BadQuery(f"matchType={kind} is not supported by this server")
    return (line for line in lines if tests[kind](line["urlkey"]))


def within(lines: Iterable[Line], query: Query) -> Iterator[Line]:
    """Keep the lines between `from` and `to`, both of which count to the end of what they name."""
    first, last = query.get("from"), query.get("to")
    for line in lines:
        time = line["timestamp"]
        if (not first or time >= first.ljust(14, "0")) and (not last or time[: len(last)] <= last):
            yield line


def filtered(lines: Iterable[Line], query: Query) -> Iterator[Line]:
    """Keep the lines whose fields match every `filter=[!]field:regex` from end to end."""
    tests = []
    for each in query.all("filter"):
        name, colon, pattern = each.removeprefix("!").partition(":")
        if not colon:
            raise BadQuery(f"filter without a field: {each}")
        tests.append((each.startswith("!"), name, re.compile(pattern)))
    for line in lines:
        if all(bool(pattern.fullmatch(line.get(name, ""))) != negated for negated, name, pattern in tests):
            yield line


def collapsed(lines: Iterable[Line], query: Query) -> Iterator[Line]:
    """Drop every line that is like the one before it in each `collapse=field[:N]`."""
    rules = [each.partition(":")[::2] for each in query.all("collapse")]
    before: list[str] | None = None
    for line in lines:
        now = [line.get(name, "")[: int(length) if length else None] for name, length in rules]
        if not rules or now != before:
            yield line
        before = now


def resumed(lines: Iterable[Line], query: Query) -> Iterator[Line]:
    """Go on behind a resume key, as it was given or quoted once more, as most clients quote what they send."""
    key = query.get("resumeKey")
    behind = (key if "," in key else unquote_plus(key)).rstrip("!")
    return (line for line in lines if f"{line['urlkey']} {line['timestamp']}" > behind)


def limited(lines: Iterable[Line], query: Query, most: int) -> tuple[list[Line], str | None]:
    """Cut the lines at `limit`, from the end if it is negative, and give the key for the rest if there is one."""
    limit = query.number("limit", 0)
    if limit < 0:
        return list(lines)[limit:], None
    wanted = min(limit or most, most)
    found = list(islice(lines, wanted + 1))
    if len(found) <= wanted:
        return found, None
    return found[:wanted], quote_plus(f"{found[wanted - 1]['urlkey']} {found[wanted - 1]['timestamp']}!")
