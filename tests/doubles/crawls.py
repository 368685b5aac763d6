"""What Common Crawl has of a portal's history: its index, and its WARC files."""

import gzip
from dataclasses import replace

from tests.doubles.history import WAVES, History, Recorded, stamp
from tests.doubles.indexes import Line, urlkey
from tests.doubles.warcs import answer, digest, record


def crawled(history: History, crawls: tuple[str, ...]) -> tuple[dict[str, list[Line]], dict[str, bytes]]:
    """Return, for each crawl, two in three of the captures of its time, in a file for status 200 and one for the rest."""
    index: dict[str, list[Line]] = {name: [] for name in crawls}
    files: dict[str, bytearray] = {}
    begins = [stamp(wave, -60) for wave in WAVES]
    captures = sorted(history.captures, key=lambda capture: capture.timestamp)
    for place, capture in enumerate(captures):
        wave = sum(capture.timestamp >= begin for begin in begins) - 1
        if capture.revisit or place % 3 == 2 or wave >= len(crawls):
            continue
        kind = "warc" if capture.status == 200 else "crawldiagnostics"
        name = f"crawl-data/{crawls[wave]}/segments/1623488.1/{kind}/{crawls[wave]}-00001.warc.gz"
        file = files.setdefault(name, bytearray())
        member, plain_capture = _member(capture)
        index[crawls[wave]].append(_crawl_line(plain_capture, name, len(file), len(member)))
        file += member
    return index, {name: bytes(file) for name, file in files.items()}


def news(history: History) -> dict[str, bytes]:
    """Return the files of CC-NEWS, a month's captures in two files each, and the lists of their names."""
    months: dict[str, list[Recorded]] = {}
    for capture in history.captures:
        if not capture.revisit:
            months.setdefault(f"{capture.timestamp[:4]}/{capture.timestamp[4:6]}", []).append(capture)
    files: dict[str, bytes] = {}
    for month, captures in months.items():
        names = []
        for number, part in enumerate((captures[::2], captures[1::2])):
            stamp = part[0].timestamp if part else captures[0].timestamp
            names.append(f"crawl-data/CC-NEWS/{month}/CC-NEWS-{stamp}-{number:05}.warc.gz")
            files[names[-1]] = b"".join(_member(one)[0] for one in part)
        files[f"crawl-data/CC-NEWS/{month}/warc.paths.gz"] = gzip.compress(
            "".join(f"{one}\n" for one in names).encode()
        )
    return files


def _member(capture: Recorded) -> tuple[bytes, Recorded]:
    """Pack a capture as Common Crawl does, which keeps bodies unpacked."""
    packed = dict(capture.headers).get("Content-Encoding") == "gzip"
    headers = tuple((f"X-Crawler-{name}" if name == "Content-Encoding" else name, v) for name, v in capture.headers)
    kept = replace(capture, body=gzip.decompress(capture.body) if packed else capture.body, headers=headers)
    whole = record("response", kept.url, kept.timestamp, answer(kept), WARC_Payload_Digest=digest(kept.body))
    return gzip.compress(whole, mtime=0), kept


def _crawl_line(capture: Recorded, name: str, offset: int, length: int) -> Line:
    media_type = capture.media_type.partition(";")[0]
    line = {
        "urlkey": urlkey(capture.url),
        "timestamp": capture.timestamp,
        "url": capture.url,
        "mime": media_type,
        "mime-detected": media_type,
        "status": str(capture.status),
        "digest": capture.digest,
        "length": str(length),
        "offset": str(offset),
        "filename": name,
    }
    if location := dict(capture.headers).get("Location"):
        line["redirect"] = location
    return line
