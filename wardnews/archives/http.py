"""Messages of HTTP as archives keep them: status, headers, payload, and the body without what was around it."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from wardnews.archives.contents import dechunk, unpack
from wardnews.errors import RecordError

Headers = dict[str, str]
"""Headers by their names in lower case; of a name that is repeated, the first."""

LONGEST_HEAD = 1 << 18
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?!\d)")
_HEAD_END = re.compile(rb"\r?\n\r?\n")


def answer_of(block: bytes) -> tuple[int, Headers, bytes]:
    """Return status, headers and payload of an answer; lines that are no headers are passed over.

    Raises RecordError for what is no answer of HTTP.
    """
    status = _STATUS.match(block)
    if status is None:
        raise RecordError("no HTTP answer")
    end = _HEAD_END.search(block, status.end(), status.end() + LONGEST_HEAD)
    head = block[: end.start() if end else LONGEST_HEAD]
    return int(status[1]), headers_of(head.splitlines()[1:]), block[end.end() :] if end else b""


def body_of(head: Headers, payload: bytes) -> bytes:
    """Return the body of a payload; raise RecordError where it is too short, Undecodable where it is not to be had."""
    if "transfer-encoding" in head:
        payload = dechunk(payload)
    elif len(payload) < (length_of(head) or 0):
        raise RecordError("shorter than its Content-Length")
    return unpack(payload, head.get("content-encoding", ""))


def headers_of(lines: Iterable[bytes]) -> Headers:
    """Return the headers of some lines; one that begins with a space goes on with the line before."""
    headers: dict[str, list[str]] = {}
    value: list[str] | None = None
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            if value is not None:
                value.append(_words(line))
            continue
        name, colon, rest = line.partition(b":")
        key = _words(name).lower() if colon else ""
        value = None
        if key and key not in headers:
            value = headers[key] = [_words(rest)]
    return {key: " ".join(filter(None, pieces)) for key, pieces in headers.items()}


def length_of(headers: Headers) -> int | None:
    """Return the Content-Length; None where there is none, or none that a file can have."""
    digits = headers.get("content-length", "")
    return int(digits) if digits.isdecimal() and len(digits) <= len(str(1 << 62)) else None


def scheme_of(address: str) -> str:
    """Return the scheme of an address, in lower case; an empty string for one that is none, as `http://[broken`."""
    try:
        return urlsplit(address).scheme
    except ValueError:
        return ""


def _words(line: bytes) -> str:
    try:
        return line.decode().strip()
    except UnicodeDecodeError:
        return line.decode("latin-1").strip()
