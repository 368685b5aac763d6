"""WARC files of practice captures, sound and spoilt, record by record as they stand in the file."""

import gzip
import re
from base64 import b32encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha1
from itertools import count, cycle, islice
from pathlib import Path
from typing import Literal, get_args
from uuid import NAMESPACE_URL, uuid5

from tests.doubles.history import Recorded

Fault = Literal[
    "wrong digest",
    "wrong block digest",
    "truncated",
    "short body",
    "torn gzip",
    "bomb",
    "unknown encoding",
    "no status line",
    "wrong length",
    "no length",
    "bad bytes",
    "lost original",
    "dns",
    "ftp",
    "no date",
]
FAULTS: tuple[Fault, ...] = get_args(Fault)
"""Every way in which a record can be spoilt, so that it gives no capture but is counted."""

CRLF = b"\r\n"
IDS = re.compile(rb"(view_content/|_101_assetEntryId=|id=\"_101_)(\d+)")


def digest(body: bytes) -> str:
    """Return a digest as WARC files have it."""
    return f"sha1:{b32encode(sha1(body, usedforsecurity=False).digest()).decode()}"


def record(kind: str, url: str, timestamp: str, block: bytes, **headers: str | None) -> bytes:
    """Return a record; header names are given with underscores, those with the value None are left out."""
    date = "{}-{}-{}T{}:{}:{}Z".format(timestamp[:4], *(timestamp[at : at + 2] for at in range(4, 14, 2)))
    fields: dict[str, str | None] = {
        "WARC_Type": kind,
        "WARC_Record_ID": f"<urn:uuid:{uuid5(NAMESPACE_URL, f'{kind} {url} {timestamp}')}>",
        "WARC_Date": date,
        "WARC_Target_URI": url,
        "Content_Type": f"application/http; msgtype={'request' if kind == 'request' else 'response'}",
        "WARC_Block_Digest": digest(block),
        "Content_Length": str(len(block)),
        **headers,
    }
    lines = [f"{name.replace('_', '-')}: {value}".encode() for name, value in fields.items() if value is not None]
    return CRLF.join((b"WARC/1.0", *lines, b"", block, b"", b""))


def answer(capture: Recorded, payload: bytes | None = None, *headers: tuple[str, str]) -> bytes:
    """Return the HTTP answer of a capture, with another payload and further headers where they are given."""
    body = capture.body if payload is None else payload
    fields = [("Content-Type", capture.media_type), *capture.headers, *headers]
    if "Transfer-Encoding" not in dict(fields):
        fields.append(("Content-Length", str(len(body))))
    lines = [f"{name}: {value}".encode() for name, value in fields]
    return CRLF.join((f"HTTP/1.1 {capture.status} Practice".encode(), *lines, b"", body))


def sound(capture: Recorded) -> bytes:
    """Return the record of a capture, or its revisit record, which refers to the same bytes by their digest."""
    if not capture.revisit:
        return record(
            "response", capture.url, capture.timestamp, answer(capture), WARC_Payload_Digest=f"sha1:{capture.digest}"
        )
    profile = "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"
    head = answer(capture, b"")
    return record(
        "revisit",
        capture.url,
        capture.timestamp,
        head,
        WARC_Profile=profile,
        WARC_Payload_Digest=f"sha1:{capture.digest}",
        WARC_Refers_To_Target_URI=capture.url,
    )


def chunked(body: bytes, size: int = 1000) -> bytes:
    """Return a body in chunks."""
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def spoilt(fault: Fault, capture: Recorded) -> bytes:
    """Return the packed record of a capture with something wrong with it."""
    member = gzip.compress(_faulty(fault, capture), mtime=0)
    if fault != "bad bytes":
        return member
    at = len(member) // 2
    return member[:at] + bytes(byte ^ 0xFF for byte in member[at : at + 8]) + member[at + 8 :]


def _faulty(fault: Fault, capture: Recorded) -> bytes:
    def response(block: bytes, **headers: str | None) -> bytes:
        return record("response", capture.url, capture.timestamp, block, **headers)

    whole = answer(capture)
    made: dict[Fault, Callable[[], bytes]] = {
        "wrong digest": lambda: response(whole, WARC_Payload_Digest=digest(b"another page")),
        "wrong block digest": lambda: response(whole, WARC_Block_Digest=digest(b"another page")),
        "truncated": lambda: response(whole, WARC_Truncated="length"),
        "short body": lambda: response(whole[:-100]),
        "torn gzip": lambda: response(_packed(capture, gzip.compress(capture.body)[:-100], "gzip")),
        "bomb": lambda: response(_packed(capture, gzip.compress(bytes(64 << 20)), "gzip")),
        "unknown encoding": lambda: response(_packed(capture, gzip.compress(capture.body), "sdch")),
        "no status line": lambda: response(b"\0\1\2 garbage" + whole),
        "wrong length": lambda: response(whole, Content_Length=str(len(whole) - 50), WARC_Block_Digest=None),
        "no length": lambda: response(whole, Content_Length=None),
        "bad bytes": lambda: response(whole),
        "lost original": lambda: record(
            "revisit", capture.url, capture.timestamp, b"", WARC_Payload_Digest=digest(b"lost " + capture.url.encode())
        ),
        "dns": lambda: record(
            "response", "dns:hoasua.example", capture.timestamp, b"20210601\n", Content_Type="text/dns"
        ),
        "ftp": lambda: record("resource", "ftp://hoasua.example/a.html", capture.timestamp, b"<html>"),
        "no date": lambda: response(whole, WARC_Date="gestern"),
    }
    return made[fault]()


def _packed(capture: Recorded, payload: bytes, encoding: str) -> bytes:
    return answer(capture, payload, ("Content-Encoding", encoding))


def write_warc(
    path: Path, captures: Iterable[Recorded], faults: Iterable[Fault] = (), *, every: int = 10, torn: bool = False
) -> dict[str, int]:
    """Write a packed WARC file as a crawler does, with a request beside each capture, and say what is in it.

    After each `every` captures comes a record with one of the faults, in turn. `torn` leaves the last capture's record
    without its end. Returns how many captures can be read (`captures`) and how many records not (`spoilt`).
    """
    written = {"captures": 0, "spoilt": 0}
    turn = cycle(faults)
    last = b""
    with path.open("wb") as file:
        file.write(gzip.compress(record("warcinfo", "", "20210601000000", b"software: practice\r\n")))
        for capture in captures:
            file.write(last)
            request = f"GET {capture.url} HTTP/1.1\r\n\r\n".encode()
            file.write(gzip.compress(record("request", capture.url, capture.timestamp, request), 1))
            last = gzip.compress(sound(capture), 6)
            written["captures"] += 1
            if written["captures"] % every == 0 and (fault := next(turn, None)):
                file.write(spoilt(fault, capture))
                written["spoilt"] += 1
        file.write(last[:-40] if torn else last)
    if torn:
        written = {"captures": written["captures"] - 1, "spoilt": written["spoilt"] + 1}
    return written


def many(captures: Iterable[Recorded], wanted: int) -> Iterator[Recorded]:
    """Repeat captures, each round under other article ids, until there are so many.

    For measurements: the pages stay, but no capture of a round shares address and time with one of another round.
    """
    kept = [capture for capture in captures if not capture.revisit]

    def rounds() -> Iterator[Recorded]:
        for turn in count():
            for capture in kept:
                yield capture if not turn else _renumbered(capture, turn)

    return islice(rounds(), wanted)


def _renumbered(capture: Recorded, turn: int) -> Recorded:
    def moved(match: re.Match[bytes]) -> bytes:
        return match[1] + str(int(match[2]) + turn * 10_000_000).encode()

    url = IDS.sub(moved, capture.url.encode()).decode()
    at = datetime.strptime(capture.timestamp, "%Y%m%d%H%M%S") + timedelta(seconds=turn)  # noqa: DTZ007 - it stays UTC
    timestamp = capture.timestamp if url != capture.url else at.strftime("%Y%m%d%H%M%S")
    return replace(capture, url=url, timestamp=timestamp, body=IDS.sub(moved, capture.body))
