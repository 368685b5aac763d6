"""Archives on disk: whatever happened to them, what can be read is read, and what cannot is counted."""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import random
import sys
import tracemalloc
import zipfile
import zlib
from dataclasses import replace
from hashlib import md5, sha256
from pathlib import Path

import brotli
import pytest
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.doubles.history import History, Recorded, make_history
from tests.doubles.warcs import FAULTS, Fault, answer, chunked, digest, many, record, sound, spoilt, write_warc
from wardnews import layouts
from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.contents import LARGEST, dechunk, unpack
from wardnews.archives.digests import fits
from wardnews.archives.folder import read_folder
from wardnews.archives.saved.links import original_links
from wardnews.archives.wacz import read_wacz
from wardnews.archives.warc.read import parts_with_revisits, read_record, read_warc
from wardnews.archives.warc.revisits import find_originals
from wardnews.errors import Undecodable
from wardnews.layouts import Fetch

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

HISTORY = make_history(8)
FIRST = tuple(capture for capture in HISTORY.captures if not capture.revisit)[:12]
URL = "http://hoasua.songhong.example/tin"


def read(path: Path, data: bytes | None = None) -> tuple[list[Capture], list[DamagedRecord]]:
    if data is not None:
        path.write_bytes(data)
    found = list(read_warc(path))
    return [each for each in found if isinstance(each, Capture)], [
        each for each in found if isinstance(each, DamagedRecord)
    ]


def iso(capture: Recorded) -> str:
    time = capture.timestamp
    return f"{time[:4]}-{time[4:6]}-{time[6:8]}T{time[8:10]}:{time[10:12]}:{time[12:]}Z"


def iso_of(other: WarcRecord) -> str:
    return f"{other.record_date:%Y-%m-%dT%H:%M:%SZ}"


def plain_body(capture: Recorded) -> bytes:
    return gzip.decompress(capture.body) if ("Content-Encoding", "gzip") in capture.headers else capture.body


def told(captures: list[Capture]) -> list[tuple[str, str, int, bytes]]:
    return [(each.url, each.timestamp, each.status, each.body) for each in captures]


def truth(captures: tuple[Recorded, ...]) -> list[tuple[str, str, int, bytes]]:
    return [(each.url, iso(each), each.status, plain_body(each)) for each in captures]


# --- WARC files -------------------------------------------------------------------------------------------------------


def test_a_history_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.warc.gz"
    written = write_warc(file, HISTORY.captures)
    captures, wrong = read(file)
    assert told(captures) == truth(HISTORY.captures)
    assert (len(captures), wrong) == (written["captures"], [])
    assert {capture.via for capture in captures} == {"warc:a.warc.gz"}
    assert {each.location for each in captures if each.status == 302} == {f"http://{HISTORY.host}/trang-chu"}
    assert all(each.content_type == "text/html; charset=UTF-8" for each in captures if each.body[:5] == b"<!DOC")


@pytest.mark.parametrize("packed", [True, False])
def test_what_others_write_and_read_is_read_alike(tmp_path: Path, packed: bool) -> None:
    file = tmp_path / "a.warc.gz"
    bodies = {
        "": FIRST[3].body,
        "gzip": gzip.compress(FIRST[3].body),
        "br": brotli.compress(FIRST[3].body),
        "zstd": zstd.compress(FIRST[3].body),
        "deflate": zlib.compress(FIRST[3].body),
    }
    with file.open("wb") as out:
        writer = WARCWriter(out, gzip=packed)
        writer.write_record(writer.create_warcinfo_record("a.warc.gz", {"software": "practice"}))
        for encoding, body in bodies.items():
            for transfer in (None, "chunked"):
                fields = [("Content-Type", "text/html"), ("Content-Encoding", encoding)]
                fields += [("Transfer-Encoding", transfer)] if transfer else [("Content-Length", str(len(body)))]
                made = writer.create_warc_record(
                    f"{URL}?{encoding}-{transfer}",
                    "response",
                    payload=io.BytesIO(chunked(body) if transfer else body),
                    http_headers=StatusAndHeaders("200 OK", fields, protocol="HTTP/1.1"),
                )
                writer.write_record(made)
                made.raw_stream.close()
    captures, wrong = read(file)
    others = ArchiveIterator(str(file), record_types=WarcRecordType.response)
    assert [
        (other.headers["WARC-Target-URI"], each.status, iso_of(other))
        for each, other in zip(captures, others, strict=True)
    ] == [(each.url, 200, each.timestamp) for each in captures]
    assert (len(captures), wrong) == (10, [])
    assert {each.body for each in captures} == {FIRST[3].body}


CAUSES: dict[Fault, str] = {
    "wrong digest": "wrong digest",
    "wrong block digest": "wrong digest",
    "truncated": "cut off by the crawler (length)",
    "short body": "shorter than its Content-Length",
    "torn gzip": "not to be unpacked as gzip",
    "bomb": "larger than 8 MiB",
    "unknown encoding": "packed as 'sdch', which is not known",
    "no status line": "no HTTP answer",
    "wrong length": "longer than its Content-Length",
    "no length": "a record that does not say how long it is",
    "bad bytes": "cannot be unpacked",
    "lost original": "a revisit of a page that is not in these files",
    "dns": "not HTTP: dns",
    "ftp": "not HTTP: ftp",
    "no date": "a date that is none: 'gestern'",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_spoilt_record_costs_itself_and_is_named(tmp_path: Path, fault: Fault) -> None:
    before, after = b"".join(gzip.compress(sound(each)) for each in FIRST[:3]), gzip.compress(sound(FIRST[4]))
    captures, (wrong,) = read(tmp_path / "a.warc.gz", before + spoilt(fault, FIRST[3]) + after)
    assert told(captures) == truth((*FIRST[:3], FIRST[4]))
    assert wrong.cause == CAUSES[fault]
    assert wrong.where.startswith(f"a.warc.gz@{len(before)}")


def test_a_bomb_takes_no_memory(tmp_path: Path) -> None:
    bomb = brotli.compress(bytes(300 << 20), quality=1)
    block = answer(FIRST[3], bomb, ("Content-Encoding", "br"))
    file = tmp_path / "a.warc"
    file.write_bytes(record("response", URL, "20210601020000", block))
    tracemalloc.start()
    _, (wrong,) = read(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert wrong.cause == "larger than 8 MiB"
    assert peak < 5 * LARGEST


def test_a_record_too_large_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "a.warc.gz"
    large = record("response", f"{URL}.mp4", "20210601020000", answer(replace(FIRST[3], body=bytes(40 << 20))))
    file.write_bytes(gzip.compress(large) + gzip.compress(sound(FIRST[3])))
    del large
    tracemalloc.start()
    captures, (wrong,) = read(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (told(captures), wrong.cause) == (truth(FIRST[3:4]), "larger than 8 MiB")
    assert peak < 4 << 20


@pytest.mark.parametrize("packed", [True, False])
def test_wherever_a_file_is_torn_all_before_is_read(tmp_path: Path, packed: bool) -> None:
    whole = [gzip.compress(sound(each)) if packed else sound(each) for each in FIRST]
    data, ends = b"".join(whole), [sum(map(len, whole[: at + 1])) for at in range(len(whole))]
    chance = random.Random(7)
    for cut in [*(end - back for end in ends for back in (1, 4, 7, 9)), *chance.choices(range(1, len(data)), k=40)]:
        captures, wrong = read(tmp_path / "a.warc.gz", data[:cut])
        # A plain record is whole without the two line ends behind it.
        count = sum(end <= cut + (0 if packed else 4) for end in ends)
        assert told(captures) == truth(FIRST[:count]), cut
        assert len(wrong) == (cut > sum(map(len, whole[:count]))), cut


@pytest.mark.parametrize("packed", [True, False])
def test_wherever_a_byte_is_wrong_one_record_is_lost(tmp_path: Path, packed: bool) -> None:
    data = b"".join(gzip.compress(sound(each)) if packed else sound(each) for each in FIRST)
    chance = random.Random(3)
    for at in chance.choices(range(len(data)), k=80):
        captures, wrong = read(tmp_path / "a.warc.gz", data[:at] + bytes([data[at] ^ 0x15]) + data[at + 1 :])
        assert len(captures) >= len(FIRST) - 1, at
        assert len(captures) == len(FIRST) or len(wrong) >= 1, at
        if packed:
            assert set(told(captures)) <= set(truth(FIRST)), at


@pytest.mark.parametrize("packed", [True, False])
def test_what_was_added_after_a_tear_is_read(tmp_path: Path, packed: bool) -> None:
    whole = [gzip.compress(sound(each)) if packed else sound(each) for each in FIRST]
    for cut in (3, 9, 300, 1500):
        captures, wrong = read(tmp_path / "a.warc.gz", b"".join(whole[:5])[:-cut] + b"".join(whole[5:]))
        # Of the torn record's page nothing may be missing, so that its digest fits all the same.
        assert told(captures) in (truth((*FIRST[:4], *FIRST[5:])), truth(FIRST))
        assert len(captures) == len(FIRST) - 1 or cut < 10
        assert len(wrong) == 1 or cut < 5


def parts(file: Path, count: int) -> list[tuple[int, int]]:
    return [(start, end) for start, end, _revisits in parts_with_revisits(file, count)]


def test_files_packed_as_a_whole_or_in_blocks_are_read(tmp_path: Path) -> None:
    data = b"".join(map(sound, FIRST))
    for packed in (
        gzip.compress(data),
        b"".join(gzip.compress(data[at : at + 5000]) for at in range(0, len(data), 5000)),
        gzip.compress(data) + bytes(512),
    ):
        captures, wrong = read(tmp_path / "a.warc.gz", packed)
        assert (told(captures), wrong) == (truth(FIRST), [])
        assert parts(tmp_path / "a.warc.gz", 4)[0][0] == 0
    captures, wrong = read(tmp_path / "a.warc.gz", gzip.compress(data)[:-5000])
    assert told(captures) == truth(FIRST)[: len(captures)]
    assert (len(captures) > 5, [each.cause for each in wrong]) == (True, ["torn: the file ends in the middle of it"])


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    for data in (
        b"<html><body>Not found</body></html>" * 9,
        gzip.compress(b"<html>\n" * 99),
        b"\n\n\0\0",
        bytes(99999),
    ):
        captures, wrong = read(tmp_path / "a.warc.gz", data)
        assert (captures, len(wrong)) == ([], 1)
    assert read(tmp_path / "a.warc.gz", b"") == ([], [])
    with pytest.raises(FileNotFoundError):
        list(read_warc(tmp_path / "b.warc.gz"))


@pytest.mark.parametrize("packed", [True, False])
def test_parts_together_are_the_whole(tmp_path: Path, packed: bool) -> None:
    file = tmp_path / "a.warc.gz"
    write_warc(file, HISTORY.captures, FAULTS, every=3, torn=True)
    if not packed:
        file.write_bytes(b"".join(map(sound, HISTORY.captures))[:-50])
    originals = pickle.loads(pickle.dumps(find_originals([file])))
    whole = list(read_warc(file))
    for count in (1, 2, 3, 7, 500):
        cuts = parts(file, count)
        assert (len(cuts) == count or count == 500, cuts[0][0], cuts[-1][1]) == (True, 0, file.stat().st_size)
        assert [each for start, end in cuts for each in read_warc(file, start, end, originals)] == whole


def test_a_page_that_holds_an_archive_is_a_page(tmp_path: Path) -> None:
    forged = sound(replace(FIRST[3], url="http://forged.example/"))
    bodies = (b"<pre>\r\n\r\n" + forged, gzip.compress(forged) * 40, b"WARC/1.0\r\n" + forged * 40)
    sly = tuple(replace(FIRST[3], url=f"{URL}?{at}", body=body) for at, body in enumerate(bodies))
    stored = b"".join(gzip.compress(sound(each), 0) for each in sly)
    for data in (stored, b"".join(map(sound, sly))):
        captures, wrong = read(tmp_path / "a.warc.gz", data)
        assert (told(captures), wrong) == (truth(sly), [])
        cuts = parts(tmp_path / "a.warc.gz", 50)
        assert [each for start, end in cuts for each in read_warc(tmp_path / "a.warc.gz", start, end)] == captures


def test_revisits_give_the_page_that_they_repeat(tmp_path: Path) -> None:
    first, second = tmp_path / "1.warc.gz", tmp_path / "2.warc.gz"
    page = FIRST[3]
    first.write_bytes(gzip.compress(sound(page)))
    dated = {"WARC_Refers_To_Target_URI": f"<{page.url}>", "WARC_Refers_To_Date": iso(page)}
    unmodified = b"HTTP/1.1 304 Not Modified\r\nContent-Type: text/plain\r\n\r\n"
    revisits = [
        record("revisit", f"{URL}?1", "20220601020000", b"", WARC_Payload_Digest=digest(page.body)),
        record("revisit", f"{URL}?2", "20220601020000", unmodified, **dated),
        record("revisit", f"{URL}?3", "20220601020000", answer(page, b""), **dated),
        record("revisit", f"{URL}?4", "20220601020000", b"", WARC_Payload_Digest=digest(b"?"), **dated),
        record("revisit", f"{URL}?5", "20220601020000", b""),
    ]
    second.write_bytes(b"".join(map(gzip.compress, revisits)))
    found = list(read_warc(second, originals=find_originals([second, first])))
    assert [(each.url, each.status, each.content_type, each.body) for each in found if isinstance(each, Capture)] == [
        (f"{URL}?{number}", 200, page.media_type, page.body) for number in (1, 2, 3)
    ]
    assert [each.cause for each in found if isinstance(each, DamagedRecord)] == [
        "a revisit of a page with another digest",
        "a revisit of a page that is not in these files",
    ]
    assert {each.timestamp for each in found if isinstance(each, Capture)} == {"2022-06-01T02:00:00Z"}
    assert len(read(second)[1]) == 5


def test_a_revisit_of_a_spoilt_page_is_spoilt(tmp_path: Path) -> None:
    page = record("response", URL, "20210601020000", answer(FIRST[3])[:-9], WARC_Payload_Digest=digest(FIRST[3].body))
    again = record("revisit", URL, "20220601020000", b"", WARC_Payload_Digest=digest(FIRST[3].body))
    _, wrong = read(tmp_path / "a.warc", page + again)
    assert [each.cause for each in wrong] == ["shorter than its Content-Length"] * 2


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (b"HTTP/1.0 200 OK\r\n\r\n<p>", (200, "", b"<p>")),
        (b"HTTP/1.0 200\ncontent-type:text/html\n\n<p>", (200, "text/html", b"<p>")),
        (b"HTTP/2 404 \r\nContent-Type: a\r\nContent-Type: b\r\n\r\n", (404, "a", b"")),
        (
            b"HTTP/1.1 200 OK\r\n<garbage>\r\n\xff\xfe: x\r\nContent-Type:\r\n text/html\r\n\r\n<p>",
            (200, "text/html", b"<p>"),
        ),
        (b"HTTP/1.1 500 Server Error", (500, "", b"")),
        (b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n<p>", (200, "", b"<p>")),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\n<p>\r\n0\r\n\r\n", (200, "", b"<p>")),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n<p>", (200, "", b"<p>")),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n<p>unpacked", (200, "", b"<p>unpacked")),
    ],
)
def test_odd_answers_are_read(tmp_path: Path, block: bytes, expected: tuple[int, str, bytes]) -> None:
    ((capture,), wrong) = read(tmp_path / "a.warc", record("response", f"<{URL}>", "20210601020000", block))
    assert (capture.status, capture.content_type, capture.body) == expected
    assert (capture.url, wrong) == (URL, [])


def test_resources_and_times_are_read(tmp_path: Path) -> None:
    resource = record(
        "resource", URL, "20210601020000", b"<p>", Content_Type="text/html", WARC_Date="2021-06-01T09:00:00.5+07:00"
    )
    ((capture,), _) = read(tmp_path / "a.warc", resource)
    assert (capture.status, capture.content_type, capture.timestamp) == (200, "text/html", "2021-06-01T02:00:00Z")
    log = record("resource", "metadata://gnu.org/software/wget/warc/wget.log", "20210601020000", b"log")
    assert read(tmp_path / "a.warc", log) == ([], [])


def test_a_record_out_of_a_file_is_read() -> None:
    member = gzip.compress(sound(FIRST[3]))
    assert told([each for each in [read_record(io.BytesIO(member), "a")] if isinstance(each, Capture)]) == truth(
        FIRST[3:4]
    )
    for wrong, cause in (
        (member[:-9], "torn"),
        (b"", "no capture"),
        (b"<html>", "torn"),
        (gzip.compress(record("request", URL, "20210601020000", b"")), "no capture"),
    ):
        found = read_record(io.BytesIO(wrong), "a")
        assert isinstance(found, DamagedRecord)
        assert found.cause.startswith(cause)


def test_bodies_are_unpacked_within_bounds() -> None:
    deflate = zlib.compressobj(wbits=-15)
    raw = deflate.compress(b"x" * 9000) + deflate.flush()
    assert unpack(raw, "deflate") == unpack(zlib.compress(b"x" * 9000), "deflate") == b"x" * 9000
    assert unpack(gzip.compress(b"a") + gzip.compress(b"b") + b"padding", "x-gzip") == b"ab"
    assert unpack(brotli.compress(gzip.compress(b"a" * 99)), "gzip, br") == b"a" * 99
    assert unpack(b"", "gzip") == b""
    for encoding, compress in (
        ("gzip", gzip.compress),
        ("br", brotli.compress),
        ("zstd", zstd.compress),
        ("deflate", zlib.compress),
    ):
        with pytest.raises(Undecodable, match=f"not to be unpacked as {encoding}"):
            unpack(compress(random.Random(1).randbytes(5000))[:-20], encoding)
        with pytest.raises(Undecodable, match="larger than 8 MiB"):
            unpack(compress(bytes(LARGEST + 1)), encoding)
        assert len(unpack(compress(bytes(LARGEST)), encoding)) == LARGEST
    with pytest.raises(Undecodable, match="torn in its chunks"):
        dechunk(b"3\r\n<p>\r\n9\r\n<p>")


def test_digests_are_known_in_every_writing() -> None:
    for claim in (
        "sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5",
        "sha1:a9993e364706816aba3e25717850c26c9cd0d89d",
        "VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5",
        "sha-256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "sha256:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
        "md5:900150983cd24fb0d6963f7d28e17f72",
        "blake3:whatever",
        "",
    ):
        assert fits(claim, b"other", b"abc")
        assert fits(claim, b"other") == (not claim or claim.startswith("blake3"))


def test_many_captures_are_made_for_measurements(tmp_path: Path) -> None:
    file = tmp_path / "a.warc.gz"
    assert write_warc(file, many(HISTORY.captures, 200), ["wrong digest"], every=50) == {"captures": 200, "spoilt": 4}
    captures, wrong = read(file)
    articles = {each.url for each in captures if "view_content" in each.url}
    assert (len(captures), len(wrong)) == (200, 4)
    assert len(articles) > 2 * len({each.url for each in HISTORY.captures if "view_content" in each.url})


# --- WACZ files -------------------------------------------------------------------------------------------------------


def wacz(path: Path, files: dict[str, bytes], digests: dict[str, str] | None = None) -> Path:
    listed = {name: f"sha256:{sha256(data).hexdigest()}" for name, data in files.items()} | (digests or {})
    resources = [{"name": Path(name).name, "path": name, "hash": value} for name, value in listed.items()]
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr("datapackage.json", json.dumps({"profile": "data-package", "resources": resources}))
    return path


def test_a_wacz_is_read(tmp_path: Path) -> None:
    again = record("revisit", URL, "20220601020000", b"", WARC_Payload_Digest=digest(FIRST[3].body))
    files = {"archive/a.warc.gz": gzip.compress(again), "archive/b.warc": sound(FIRST[3]), "pages/pages.jsonl": b"{}"}
    captures = list(read_wacz(wacz(tmp_path / "x.wacz", files)))
    assert [each.body for each in captures if isinstance(each, Capture)] == [FIRST[3].body] * 2
    assert [each.via for each in captures if isinstance(each, Capture)] == [
        "warc:x.wacz/archive/a.warc.gz",
        "warc:x.wacz/archive/b.warc",
    ]


def test_a_spoilt_wacz_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    files = {"archive/a.warc": sound(FIRST[3]), "archive/b.warc": b"x" + sound(FIRST[4])}
    file = wacz(tmp_path / "x.wacz", files, {"archive/a.warc": f"sha256:{64 * '0'}"})
    captures = [each for each in read_wacz(file) if isinstance(each, Capture)]
    assert told(captures) == truth(FIRST[3:5])
    assert [(each.where, each.cause) for each in read_wacz(file) if isinstance(each, DamagedRecord)] == [
        ("x.wacz/archive/a.warc", "wrong digest"),
        ("x.wacz/archive/b.warc@0", "no WARC record"),
    ]
    data = bytearray(file.read_bytes())
    data[2000] ^= 1
    file.write_bytes(data)
    causes = [each.cause for each in read_wacz(file) if isinstance(each, DamagedRecord)]
    assert causes[0].startswith("cannot be read to its end: Bad CRC-32")
    for broken in (b"", b"no zip", bytes(data[:-100])):
        file.write_bytes(broken)
        (wrong,) = read_wacz(file)
        assert isinstance(wrong, DamagedRecord)
        assert wrong.cause.startswith("no WACZ file")
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/a.warc", sound(FIRST[3]))
        archive.writestr("datapackage.json", "[]")
    assert [type(each) for each in read_wacz(file)] == [DamagedRecord, Capture]
    with pytest.raises(FileNotFoundError):
        list(read_wacz(tmp_path / "none.wacz"))


# --- folders of saved pages -------------------------------------------------------------------------------------------

HTTRACK = "<!-- Mirrored from {} by HTTrack Website Copier/3.x [XR&CO'2014], Sat, 27 Aug 2022 04:39:12 GMT -->"
HOST = "hoasua.songhong.example"
LONG = "tin-noi-bat?p_p_id=101&_101_cur=2"


def put(path: Path, body: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    os.utime(path, (1_600_000_000, 1_600_000_000))
    return path


def read_all(folder: Path, url: str | None = None) -> dict[str, Capture]:
    found = list(read_folder(folder, url))
    assert not [each for each in found if isinstance(each, DamagedRecord)]
    return {each.via.removeprefix("file:"): each for each in found if isinstance(each, Capture)}


def page_of(history: History, ending: str) -> str:
    return next(each.body for each in history.captures if each.url.endswith(ending) and each.status == 200).decode()


def test_a_mirror_of_httrack_leads_to_the_articles(tmp_path: Path) -> None:
    short = md5(LONG.partition("?")[2].encode()).hexdigest()[:4]
    article = next(each for each in HISTORY.sightings if each.article.section_path == "tin-noi-bat").article
    local = article.path.rpartition("/")[2]
    listing = page_of(HISTORY, "/tin-noi-bat").replace('href="/tin-noi-bat/', 'href="tin-noi-bat/')
    listing = listing.replace(
        "</body>",
        f'<a href="tin-noi-bat{short}.html?{LONG.partition("?")[2].replace("&", "&amp;")}">2</a>'
        '<a href="gioi-thieu0000.html">Giới thiệu</a><a href="../other.example/index.html#a">khác</a></body>',
    )
    mirror = tmp_path / HOST
    put(mirror / "tin-noi-bat.html", "\ufeff<!DOCTYPE html> <html>\n" + HTTRACK.format(f"{HOST}/tin-noi-bat") + listing)
    put(
        mirror / f"tin-noi-bat/-/view_content/{local}",
        HTTRACK.format(f"{HOST}{article.path}") + page_of(HISTORY, article.path),
    )
    put(
        mirror / f"tin-noi-bat/-/view_content/{local}/vi.html" if False else mirror / "copy/vi.html",
        HTTRACK.format(f"{HOST}{article.path}/vi") + listing,
    )
    put(mirror / "gioi-thieu0000.html", HTTRACK.format(f"{HOST}/gioi-thieu?a=b") + "<html>")
    put(
        mirror / "moved.html",
        "<HTML>\n<!-- Created by HTTrack Website Copier/3.49-2 [XR&CO'2014] -->\n"
        + HTTRACK.format(f"{HOST}/cu")
        + '\n<HEAD>\n<META HTTP-EQUIV="Refresh" CONTENT="0; URL=gioi-thieu0000.html"><TITLE>Page has moved</TITLE>',
    )
    put(tmp_path / "index.html", "<html><!-- Mirror and index made by HTTrack Website Copier/3.49-2 [XR&CO'2014] -->")
    put(tmp_path / "hts-cache/new.html", "<html>")
    put(tmp_path / "hts-log.txt", "HTTrack3.49-2 launched")
    put(mirror / "images/banner.png", b"\x89PNG")
    found = read_all(tmp_path)
    assert set(found) == {"tin-noi-bat.html", local, "vi.html", "gioi-thieu0000.html", "moved.html"}
    assert {each.timestamp for each in found.values()} == {"2022-08-27T04:39:12Z"}
    assert found["vi.html"].url == f"http://{HOST}{article.path}/vi"
    assert (found["moved.html"].status, found["moved.html"].location) == (301, f"http://{HOST}/gioi-thieu?a=b")
    page = layouts.parse(found["tin-noi-bat.html"].body, Fetch(found["tin-noi-bat.html"].url))
    entries = [entry.url for entry in layouts.recognise(page, None, None).read_listing(page).entries]
    assert f"http://{HOST}{article.path}" in entries
    for link in (
        f"http://{HOST}/{LONG}".replace("&", "&amp;"),
        f"http://{HOST}/gioi-thieu?a=b",
        "http://other.example/index.html#a",
    ):
        assert f'href="{link}"'.encode() in found["tin-noi-bat.html"].body
    article_page = layouts.parse(found[local].body, Fetch(found[local].url))
    raw = layouts.recognise(article_page, None, None).read_article(article_page)
    assert raw is not None
    assert raw.id == str(article.id)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        (f"{HOST}/index.html", f"http://{HOST}/"),
        (f"{HOST}/index.html?p=2", f"http://{HOST}/?p=2"),
        (f"{HOST}/index.html@p=2.html", f"http://{HOST}/?p=2"),
        (f"{HOST}/{LONG}.html", f"http://{HOST}/{LONG}"),
        (f"{HOST}/a/-/view_content/1-b.html", f"http://{HOST}/a/-/view_content/1-b.html"),
        (f"{HOST}/a/1-b.html.1", f"http://{HOST}/a/1-b.html"),
        (f"{HOST}+8080/tin tức.html", f"http://{HOST}:8080/tin%20t%E1%BB%A9c.html"),
        (f"mirror/{HOST}/xem?u=http:%2F%2Fx.html", f"http://{HOST}/xem?u=http:%2F%2Fx"),
        ("127.0.0.1:8000/a.html", "http://127.0.0.1:8000/a.html"),
    ],
)
def test_names_that_wget_gives_are_addresses(tmp_path: Path, name: str, address: str) -> None:
    put(tmp_path / name, "<html><body>x</body></html>")
    ((_, capture),) = read_all(tmp_path).items()
    assert (capture.url, capture.timestamp) == (address, "2020-09-13T12:26:40Z")


def test_a_mirror_of_wget_leads_on(tmp_path: Path) -> None:
    put(
        tmp_path / HOST / "a/b.html",
        f'<html><a href="../{LONG.replace("?", "%3F")}.html">2</a> <a href="c.html">c</a> <a href="/d">d</a>'
        '<a href="javascript:x()">x</a><a href=\'mailto:a@b.example\'>m</a><a href="#top">t</a></html>',
    )
    put(tmp_path / HOST / f"{LONG}.html", "<html>")
    put(tmp_path / HOST / "a/k.html", "<html>rewritten")
    put(tmp_path / HOST / "a/k.html.orig", "<html>as it was")
    put(tmp_path / HOST / "a/l.html", "<html>rewritten")
    put(tmp_path / HOST / "a/l.orig", "<html>as it was")
    put(tmp_path / HOST / "a/m.html", '<html><link rel="canonical" href="k.html">')
    found = read_all(tmp_path / HOST)
    assert found["k.html.orig"].url == f"http://{HOST}/a/k.html"
    assert found["l.orig"].url == f"http://{HOST}/a/l"
    assert found["m.html"].url == f"http://{HOST}/a/k.html"
    assert not {"k.html", "l.html"} & set(found)
    body = found["b.html"].body.decode()
    for link in (
        f"http://{HOST}/{LONG}".replace("&", "&amp;"),
        f"http://{HOST}/a/c.html",
        f"http://{HOST}/d",
        "javascript:x()",
        "#top",
    ):
        assert f'href="{link}"' in body
    assert "href='mailto:a@b.example'" in body


def test_pages_that_a_browser_saved_tell_their_address(tmp_path: Path) -> None:
    saved = "http://hoasua.example/tin--moi?id=5"
    put(tmp_path / "1.html", f"<!DOCTYPE html>\n<!-- saved from url=(0035){saved.replace('--', '%2D%2D')} -->\n<html>")
    put(tmp_path / "2.htm", "<html><link href='https://hoasua.example/2?a=1&amp;b=2' rel='canonical'>")
    put(
        tmp_path / "3.html",
        '<html><!-- saved from url=(0014)about:internet --><meta property="og:url" content="https://hoasua.example/3">',
    )
    put(tmp_path / "4.html", '<html><link rel="canonical" href="/4"/>')
    put(tmp_path / "page", "  <!doctype HTML><title>x</title>")
    put(tmp_path / "notes.md", "# no page")
    put(tmp_path / "1_files/x.js", "document.write('<html>')")
    put(
        tmp_path / "bài.txt",
        "CÔNG TÁC ĐẢNG\n\nHội nghị\nNgày đăng 27/02/2022 | 17:15\n\nNội dung.",
    )
    put(tmp_path / "robots.txt", "User-agent: *")
    found = read_all(tmp_path)
    assert {name: each.url for name, each in found.items()} == {
        "1.html": saved,
        "2.htm": "https://hoasua.example/2?a=1&b=2",
        "3.html": "https://hoasua.example/3",
        "4.html": (tmp_path / "4.html").as_uri(),
        "page": (tmp_path / "page").as_uri(),
        "bài.txt": (tmp_path / "bài.txt").as_uri(),
    }
    assert found["bài.txt"].content_type == "text/plain; charset=utf-8"
    assert read_all(tmp_path, "http://hoasua.example/cu")["4.html"].url == (tmp_path / "4.html").as_uri()
    assert read_all(tmp_path / "4.html", "http://hoasua.example/4")["4.html"].url == "http://hoasua.example/4"


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    put(tmp_path / "a.html", " \n")
    put(tmp_path / "b.html", bytes(LARGEST + 1))
    put(tmp_path / "sub/c.txt", "one line")
    (tmp_path / "d.html").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "e.html")
    found = list(read_folder(tmp_path))
    assert [(each.where, each.cause.partition(":")[0]) for each in found if isinstance(each, DamagedRecord)] == [
        ("a.html", "empty"),
        ("b.html", "larger than 8 MiB"),
        ("d.html", "No such file or directory"),
        ("sub/c.txt", "not in the sample file format"),
    ]
    with pytest.raises(FileNotFoundError):
        list(read_folder(tmp_path / "none"))


def test_folders_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    name, place = "x" * 250, os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):  # deeper than a path can name
        os.mkdir(name, dir_fd=place)
        below = os.open(name, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = below
    os.close(place)
    put(tmp_path / "z.html", "<html>")
    page, wrong = read_folder(tmp_path)
    assert isinstance(page, Capture)
    assert isinstance(wrong, DamagedRecord)
    assert (wrong.where[:251], wrong.cause) == (f"{name}/", "File name too long")


def test_odd_links_and_names_are_no_end(tmp_path: Path) -> None:
    links = ("//[", "http://[", f"{'a' * 5000}.html", "%00.html", "a\x7f", "../" * 99 + "x.example/a", "?a=b", " ")
    page = HTTRACK.format(f"{HOST}/a") + "".join(f'<a href="{link}">x</a>' for link in links)
    put(tmp_path / HOST / "a.html", page)
    put(tmp_path / HOST / "b.html", page[len(HTTRACK.format(f"{HOST}/a")) :] + '<link rel="canonical" href="//[">')
    put(Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xe9.html")), "<html>")
    put(tmp_path / "c.html", b"<link " * 200_000)
    found = read_all(tmp_path)
    assert [each.url for each in found.values()] == [
        f"{tmp_path.as_uri()}/b%E9.html",
        f"{tmp_path.as_uri()}/c.html",
        f"http://{HOST}/a",
        f"http://{HOST}/b.html",
    ]
    assert "b\ufffd.html" in found


def test_links_of_any_page_are_left_in_one_piece(tmp_path: Path) -> None:
    page = FIRST[3].body
    rewritten = original_links(page, f"http://{HOST}/trang-chu", tmp_path / "trang-chu.html")
    assert len(rewritten) >= len(page)
    before, after = (layouts.parse(body, Fetch(f"http://{HOST}/trang-chu")) for body in (page, rewritten))
    assert [entry.url for entry in layouts.recognise(before, None, None).read_listing(before).entries] == [
        entry.url for entry in layouts.recognise(after, None, None).read_listing(after).entries
    ]


def test_the_real_mirror_tells_addresses_and_times(pages: Path) -> None:
    found = read_all(pages / "hanoi-liferay")
    assert len(found) == 8
    assert all(each.url.startswith("http://sotttt.hanoi.gov.vn/") for each in found.values())
    assert {each.timestamp[:10] for each in found.values()} == {"2022-08-27"}
    listing = found["list_vi_p17_of_25.html"]
    page = layouts.parse(listing.body, Fetch(listing.url))
    entries = layouts.recognise(page, None, None).read_listing(page).entries
    assert len(entries) == 10
    assert all("/cong-nghe-thong-tin/-/view_content/" in entry.url for entry in entries)
