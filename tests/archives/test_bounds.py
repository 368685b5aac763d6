"""The bytes of strangers fill neither the time nor the disk nor the memory of whoever reads them."""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import sys
import tarfile
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.archives.test_kinds import FIRST, PAGE, URL, mhtml, pages_of, skippable, wacz
from tests.doubles.warcs import record, sound
from wardnews.archives.capture import DamagedRecord
from wardnews.archives.contents import unpack
from wardnews.archives.disk import files_of
from wardnews.archives.folder import read_folder
from wardnews.archives.http import answer_of
from wardnews.archives.pack import pack
from wardnews.archives.warc.read import read_warc
from wardnews.archives.warc.revisits import find_originals

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MB = 1 << 20
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


def times(count: int, kind: str, block: bytes, **headers: str) -> bytes:
    """Return records of one address, a second between two."""
    dates = (f"202106{1 + at // 3600:02d}{at // 60 % 60:02d}{at % 60:02d}00" for at in range(count))
    return b"".join(record(kind, URL, date, block, **headers) for date in dates)


def packed(head: bytes, piece: bytes, count: int) -> bytes:
    """Return a gzip member of a head and of a piece that many times over; the piece is packed once."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    first, again = (packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH) for data in (head, piece))
    crc = zlib.crc32(head)
    for _ in range(count):
        crc = zlib.crc32(piece, crc)
    end = struct.pack("<LL", crc, len(head) + len(piece) * count)
    return b"\x1f\x8b\x08" + bytes(7) + first + again * count + packer.flush() + end


# --- time -------------------------------------------------------------------------------------------------------------

LIE = record("response", URL, "20210601000000", b"", Content_Length="9000000")
BOMB = record("response", URL, "20210601000000", HEAD, Content_Length=str(len(HEAD) + 500 * MB))[:-4]
SLOW: dict[str, dict[str, Callable[[], bytes]]] = {
    "a.warc.gz": {
        "continued lines": lambda: gzip.compress(
            record("response", URL, "20210601000000", b"HTTP/1.1 200 OK\nA: b\n" + b" a\n" * 700_000)
        ),
        "heads that lie": lambda: LIE * 8_000,
        "empty members": lambda: gzip.compress(b"") * 50_000,
        "empty frames": lambda: skippable(b"", 0x50) * 120_000,
        "beginnings": lambda: b"xx" + b"\x1f\x8b\x08" * 300_000,
        "beginnings of frames": lambda: (zstd.compress(LIE) + b"\x28\xb5\x2f\xfd\0" * 10_000) * 8,
        "heads that do not end": lambda: b"WARC/1.0\r\na:" * 80_000,
        "heads within a head": lambda: sound(FIRST[0]) + b"WARC/1.0\r\nA:\r\n" * 20_000 + b"\r\n",
        "line ends": lambda: b"\r\n" * 2_000_000,
        "a bomb": lambda: packed(BOMB, bytes(MB), 500) + gzip.compress(b"\r\n\r\n"),
        "a bomb between records": lambda: packed(b"", b"\r\n" * MB, 200),
        "revisits of one large page": lambda: (
            gzip.compress(record("response", URL, "20210601000000", HEAD + bytes(7 * MB), WARC_Record_ID="<urn:big>"))
            + gzip.compress(times(800, "revisit", b"", WARC_Refers_To="<urn:big>"))
        ),
        "revisits of one address": lambda: (
            times(2000, "response", HEAD) + times(2000, "revisit", b"", WARC_Profile="x/server-not-modified")
        ),
    },
    "a.arc": {
        "beginnings": lambda: b"filedesc://a 0.0.0.0 20100501000000 text/plain 0\n\n" + b"http://a 1.1.1.1 1" * 40_000
    },
    "a.mhtml": {"parts": lambda: b'Content-Type: multipart/related; boundary="x"\r\n\r\n' + b"\n--x" * 500_000},
    "a.html": {"links": lambda: b"<!-- saved from url=(0013)http://a.vn/ -->" + b"<a href=a>" * 60_000},
}


@pytest.mark.parametrize(("name", "kind"), [(name, kind) for name, kinds in SLOW.items() for kind in kinds])
def test_no_bytes_take_more_time_than_their_length_allows(tmp_path: Path, name: str, kind: str) -> None:
    file, data = tmp_path / name, SLOW[name][kind]()
    file.write_bytes(data)
    began = time.process_time()
    found = list(read_warc(file, originals=find_originals([file])) if name == "a.warc.gz" else read_folder(file))
    assert time.process_time() - began < 2 * max(1.0, len(data) / MB) + 1
    assert kind == "line ends" or found


def test_a_body_of_a_great_many_members_takes_no_more_time() -> None:
    began = time.process_time()
    assert unpack(gzip.compress(b"") * 100_000, "gzip") == b""
    assert unpack(zstd.compress(b"") * 20_000 + zstd.compress(PAGE), "zstd") == PAGE
    assert answer_of(b"HTTP/1.1 200 OK\nA: b\n" + b" a\n" * 2_000_000)[0] == 200
    assert time.process_time() - began < 5


def test_the_files_of_a_folder_cost_time_in_line_with_their_number(tmp_path: Path) -> None:
    for number in range(6_000):
        (tmp_path / f"{number}.html").touch()
    began = time.process_time()
    assert len(files_of(tmp_path)[0]) == 6_000
    assert time.process_time() - began < 2


def test_titles_that_do_not_end_cost_no_more_to_pack(tmp_path: Path) -> None:
    page = HEAD + b"<title><title" * 5_000
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(record("response", URL, "20210601000000", page)))
    began = time.process_time()
    assert pack([tmp_path / "a.warc.gz"], tmp_path / "a.wacz") == []
    assert time.process_time() - began < 2


# --- room -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["wacz", "wacz in wacz", "zip", "tar.gz"])
def test_what_is_unpacked_in_all_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Small members, each within its bound, fill a disk too."""
    monkeypatch.setattr("wardnews.archives.packed.room.SMALL", 4 * MB)
    copied: list[Path] = []

    def disk_usage(folder: Path) -> type[Free]:
        copied.append(folder)
        return Free

    monkeypatch.setattr("wardnews.archives.packed.room.shutil.disk_usage", disk_usage)
    bombs = {f"archive/{number}.warc": sound(FIRST[0]) + bytes(MB) for number in range(12)}
    path = tmp_path / f"a.{kind.rpartition(' ')[2]}"
    if kind == "zip":
        wacz(path, {name.replace("archive", "a"): data for name, data in bombs.items()}, zipfile.ZIP_DEFLATED)
    elif kind == "tar.gz":
        with tarfile.open(path, "w:gz") as packed:
            for name, data in bombs.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                packed.addfile(info, io.BytesIO(data))
    elif kind == "wacz":
        wacz(path, bombs, zipfile.ZIP_DEFLATED)
    else:
        inner = io.BytesIO()
        wacz(inner, bombs, zipfile.ZIP_DEFLATED)
        wacz(path, {"1.wacz": inner.getvalue(), "2.wacz": inner.getvalue()})
    captures, damaged = pages_of(path)
    assert {one.url for one in captures} == {FIRST[0].url}
    assert len(copied) <= 4
    assert any("left packed" in one.cause for one in damaged)


class Free:
    """A disk with room."""

    free = 1 << 40


def test_a_full_disk_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        free = MB

    monkeypatch.setattr("wardnews.archives.packed.room.shutil.disk_usage", lambda _: Full)
    wacz(tmp_path / "a.wacz", {"archive/1.warc": sound(FIRST[0])}, zipfile.ZIP_DEFLATED)
    (one,) = read_folder(tmp_path / "a.wacz")
    assert isinstance(one, DamagedRecord)
    assert one.passes
    assert one.cause.endswith("free: set TMPDIR")


def tar_head(kind: bytes, content: bytes) -> bytes:
    """Return a member of a tar file that stands before another and says more of it."""
    info = tarfile.TarInfo("head")
    info.type, info.size = kind, len(content)
    return info.tobuf(tarfile.USTAR_FORMAT) + content + bytes(-len(content) % 512)


@pytest.mark.parametrize(
    "heads",
    [
        lambda: tar_head(b"x", b"1" * 60_000),
        lambda: tar_head(b"x", b"1 " * 30_000),
        lambda: tar_head(b"x", bytes(99 * MB)),
        lambda: tar_head(b"L", bytes(99 * MB)),
        lambda: bytes(99 * MB),
        lambda: tar_head(b"0", bytes(99 * MB)),
    ],
    ids=["digits", "lengths", "long head", "long name", "nothing", "no page"],
)
def test_no_tar_file_fills_time_or_memory(tmp_path: Path, heads: Callable[[], bytes]) -> None:
    path = tmp_path / "a.tar.gz"
    path.write_bytes(gzip.compress(heads() + tar_head(b"0", PAGE), 1))
    tracemalloc.start()
    began = time.process_time()
    list(read_folder(path))
    assert time.process_time() - began < 3
    assert tracemalloc.get_traced_memory()[1] < 8 * MB
    tracemalloc.stop()


def test_a_great_many_parts_fill_no_memory(tmp_path: Path) -> None:
    (tmp_path / "a.mhtml").write_bytes(mhtml("base64") + b"\n--x" * (2 * MB))
    tracemalloc.start()
    assert len(list(read_folder(tmp_path))) == 1
    assert tracemalloc.get_traced_memory()[1] < 60 * MB
    tracemalloc.stop()


# --- lies that no file system and no module takes ---------------------------------------------------------------------


@pytest.mark.parametrize("length", [10**14, 2**62, 2**63, 10**30], ids=str)
def test_a_length_that_no_file_has_costs_its_record(tmp_path: Path, length: int) -> None:
    lie = record("response", URL, "20210601000000", HEAD, Content_Length=str(length))
    (tmp_path / "a.warc").write_bytes(sound(FIRST[0]) + lie + sound(FIRST[1]))
    arc = b"filedesc://a 0.0.0.0 20100501000000 text/plain 0\n\nhttp://a.vn/ 1.1.1.1 20100501000000 text/html %d\n\n"
    (tmp_path / "b.arc").write_bytes(arc % length)
    captures, damaged = pages_of(tmp_path)
    assert [one.url for one in captures] == [FIRST[0].url, FIRST[1].url]
    assert [one.where.partition("@")[0] for one in damaged] == ["a.warc", "b.arc"]
    find_originals([tmp_path / "a.warc"])


@pytest.mark.parametrize("ending", ["wacz", "zip"])
def test_a_place_that_no_file_has_costs_its_member(tmp_path: Path, ending: str) -> None:
    """A zip file may say that a member begins behind the largest number of bytes that there is."""
    path = tmp_path / f"a.{ending}"
    names = {"wacz": "archive/{}.warc", "zip": "http://a.vn/{}"}[ending]
    wacz(path, {names.format(1): sound(FIRST[0]), names.format(2): sound(FIRST[1])})
    data = path.read_bytes()
    at = data.index(b"PK\1\2")
    extra = struct.pack("<HHQ", 1, 8, 2**63 - 1)
    name = data[at + 46 : at + 46 + len(names.format(1))]
    entry = data[at : at + 30] + struct.pack("<H", len(extra)) + data[at + 32 : at + 42] + b"\xff" * 4 + name + extra
    end = data.index(b"PK\5\6")
    size = int.from_bytes(data[end + 12 : end + 16], "little") + len(extra)
    rest = data[at + 46 + len(name) : end]
    path.write_bytes(data[:at] + entry + rest + data[end : end + 12] + struct.pack("<I", size) + data[end + 16 :])
    captures, damaged = pages_of(path)
    if ending == "wacz":
        assert [one.url for one in captures] == [FIRST[1].url]
        assert [one.where for one in damaged] == ["a.wacz/archive/1.warc"]
    assert not any(one.trace for one in damaged)


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("ending", ["wacz", "zip"])
def test_a_damaged_member_costs_itself_however_it_is_packed(tmp_path: Path, packing: int, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    folder = "archive" if ending == "wacz" else "pages"
    wacz(path, {f"{folder}/{number}.warc": sound(FIRST[number]) for number in (0, 1)}, packing)
    data = bytearray(path.read_bytes())
    at = data.index(b"0.warc") + 60
    data[at : at + 30] = bytes(byte ^ 0xFF for byte in data[at : at + 30])
    path.write_bytes(data)
    captures, damaged = pages_of(path)
    assert FIRST[1].url in [one.url for one in captures]
    assert any(one.where.startswith(f"a.{ending}/{folder}/0.warc") for one in damaged)
    assert not any(one.trace or one.passes for one in damaged)


def test_a_torn_tar_file_is_read_up_to_there(tmp_path: Path) -> None:
    whole = tar_head(b"0", PAGE).replace(b"head", b"a.html", 1) + tar_head(b"0", sound(FIRST[0]))
    path = tmp_path / "a.tar.xz"
    path.write_bytes(lzma.compress(whole)[:-300])
    _, damaged = pages_of(path)
    assert [one.where for one in damaged] == ["a.tar.xz"]
