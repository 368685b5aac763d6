"""Every kind of archive on disk is read, or named: none is passed over in silence, and none fills the machine."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import quopri
import sys
import tarfile
import zipfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from tests.doubles.history import Recorded, make_history
from tests.doubles.warcs import answer, digest, record, sound
from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.contents import unpack
from wardnews.archives.folder import read_folder
from wardnews.archives.wacz import read_wacz
from wardnews.archives.warc.read import read_warc
from wardnews.archives.warc.revisits import find_originals
from wardnews.errors import Undecodable

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

HISTORY = make_history(4)
FIRST = tuple(one for one in HISTORY.captures if not one.revisit and "Content-Encoding" not in dict(one.headers))[:6]
URL = "http://hoasua.songhong.example/tin-tuc/1.html"
PAGE = "<!DOCTYPE html><html><body><h1>Phường Hoa Sữa ra quân</h1></body></html>".encode()


def pages_of(path: Path) -> tuple[list[Capture], list[DamagedRecord]]:
    found = list(read_folder(path))
    return [one for one in found if isinstance(one, Capture)], [one for one in found if isinstance(one, DamagedRecord)]


def urls_of(path: Path) -> list[str]:
    captures, damaged = pages_of(path)
    assert not damaged, damaged
    return [one.url for one in captures]


# --- records in other packings ----------------------------------------------------------------------------------------


def frames(*records: bytes, dictionary: zstd.ZstdDict | None = None) -> bytes:
    return b"".join(zstd.compress(one, zstd_dict=dictionary) for one in records)


def skippable(content: bytes, magic: int = 0x5D) -> bytes:
    return bytes((magic,)) + b"\x2a\x4d\x18" + len(content).to_bytes(4, "little") + content


@pytest.mark.parametrize("kind", ["frames", "whole", "dictionary", "packed dictionary", "padded", "damaged"])
def test_warc_files_packed_as_zstd_are_read(tmp_path: Path, kind: str) -> None:
    records = [sound(one) for one in FIRST]
    file = tmp_path / "a.warc.zst"
    if "dictionary" in kind:
        trained = zstd.train_dict([one[at : at + 700] for one in records for at in range(0, 7000, 350)], 2048)
        content = trained.dict_content
        data = skippable(zstd.compress(content) if "packed" in kind else content) + frames(*records, dictionary=trained)
    else:
        data = zstd.compress(b"".join(records)) if kind == "whole" else frames(*records)
    if kind == "padded":
        data = skippable(b"x" * 99, 0x50) + frames(records[0]) + skippable(b"") + frames(*records[1:])
    if kind == "damaged":
        lost = frames(records[0])
        data = lost[:-9] + b"\0" * 9 + frames(*records[1:])
    file.write_bytes(data)
    captures, damaged = pages_of(file)
    expected = [one.url for one in FIRST[kind == "damaged" :]]
    assert ([one.url for one in captures], len(damaged)) == (expected, int(kind == "damaged"))


def arc_record(capture: Recorded, version: int = 1) -> bytes:
    block = answer(capture)
    rest = "200 - - 0 a.arc " if version == 2 else ""
    line = f"{capture.url} 10.1.2.3 {capture.timestamp} text/html; charset=utf-8 {rest}{len(block)}\n"
    return line.encode() + block + b"\n"


def arc_head(version: int = 1) -> bytes:
    block = f"{version} 0 Practice\nURL IP-address Archive-date Content-type Archive-length\n".encode()
    return f"filedesc://a.arc 0.0.0.0 20040501000000 text/plain {len(block)}\n".encode() + block + b"\n"


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("packed", [True, False])
def test_arc_files_are_read(tmp_path: Path, version: int, packed: bool) -> None:
    dated = tuple(replace(one, timestamp=f"2004050{n}000000") for n, one in enumerate(FIRST, start=1))
    dns = b"dns:hoasua.example 10.1.2.3 20040501000000 text/dns 3\nabc\n"
    records = [arc_head(version), dns, *(arc_record(one, version) for one in dated)]
    file = tmp_path / ("a.arc.gz" if packed else "a.arc")
    file.write_bytes(b"".join(map(gzip.compress, records) if packed else records))
    captures, damaged = pages_of(file)
    assert [(one.url, one.timestamp[:10]) for one in captures] == [
        (one.url, f"2004-05-0{n}") for n, one in enumerate(FIRST, start=1)
    ]
    assert ({one.via for one in captures}, damaged) == ({f"arc:{file.name}"}, [])


def test_a_damaged_arc_record_costs_itself(tmp_path: Path) -> None:
    lie = arc_record(FIRST[2]).replace(b" text/html", b" text/html", 1)
    head, _, rest = lie.partition(b"\n")
    lie = head.rsplit(b" ", 1)[0] + b" 7\n" + rest
    no_date = arc_record(replace(FIRST[3], timestamp="20049999000000"))
    file = tmp_path / "a.arc"
    file.write_bytes(arc_head() + arc_record(FIRST[0]) + lie + no_date + arc_record(FIRST[4]))
    captures, damaged = pages_of(file)
    assert [one.url for one in captures] == [FIRST[0].url, FIRST[4].url]
    assert [one.cause for one in damaged] == ["longer than its Content-Length", "a date that is none: '20049999000000'"]


# --- WACZ files -------------------------------------------------------------------------------------------------------


def wacz(path: Path | io.BytesIO, files: dict[str, bytes], packing: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        listed = [{"path": name, "hash": f"sha256:{sha256(data).hexdigest()}"} for name, data in files.items()]
        archive.writestr("datapackage.json", json.dumps({"resources": listed}))


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_package_of_wacz_files_is_read(tmp_path: Path, packing: int) -> None:
    inner = [io.BytesIO(), io.BytesIO()]
    wacz(inner[0], {"archive/1.warc": sound(FIRST[0]), "archive/2.warc.gz": gzip.compress(sound(FIRST[1]))})
    wacz(inner[1], {"archive/3.warc.zst": zstd.compress(sound(FIRST[2]))}, zipfile.ZIP_DEFLATED)
    wacz(tmp_path / "all.wacz", {f"crawl-{n}.wacz": one.getvalue() for n, one in enumerate(inner)}, packing)
    found = list(read_wacz(tmp_path / "all.wacz"))
    assert [one.url for one in found if isinstance(one, Capture)] == [one.url for one in FIRST[:3]]
    assert [one for one in found if isinstance(one, DamagedRecord)] == []
    assert isinstance(found[0], Capture)
    assert found[0].via == "warc:all.wacz/crawl-0.wacz/archive/1.warc"


def test_what_is_stored_is_read_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    wacz(tmp_path / "a.wacz", {"archive/1.warc": b"".join(map(sound, FIRST))})
    for one in read_wacz(tmp_path / "a.wacz"):
        assert isinstance(one, Capture)
        assert not [path for path in folder.rglob("*") if path.is_file()]


def test_a_bomb_stays_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    bomb = sound(FIRST[0]) + bytes(300 << 20)
    wacz(tmp_path / "a.wacz", {"archive/bomb.warc": bomb, "archive/good.warc": sound(FIRST[1])}, zipfile.ZIP_DEFLATED)
    found = list(read_wacz(tmp_path / "a.wacz"))
    assert [one.url for one in found if isinstance(one, Capture)] == [FIRST[1].url]
    (damaged,) = [one for one in found if isinstance(one, DamagedRecord)]
    assert damaged.cause == "unpacks to 315 MB, more than 100 times its size: left packed"


def test_members_that_overlap_are_read_once(tmp_path: Path) -> None:
    """A zip file may name the same bytes a thousand times."""
    file = tmp_path / "a.wacz"
    wacz(file, {"archive/a.warc": b"".join(map(sound, FIRST))})
    with zipfile.ZipFile(file, "a") as archive:
        (first,) = [one for one in archive.infolist() if one.filename.endswith(".warc")]
        for number in range(40):
            copy = zipfile.ZipInfo(f"archive/{number}.warc")
            copy.header_offset, copy.CRC = first.header_offset, first.CRC
            copy.file_size = copy.compress_size = first.file_size
            archive.filelist.append(copy)
        archive.writestr("x", b"")
    found = list(read_wacz(file))
    assert len([one for one in found if isinstance(one, Capture)]) <= 2 * len(FIRST)
    assert "overlaps with others" in {one.cause for one in found if isinstance(one, DamagedRecord)}


# --- saved pages ------------------------------------------------------------------------------------------------------

SINGLEFILE = (
    "<!DOCTYPE html> <html lang=vi><!--\n Page saved with SingleFile \n url: {} \n"
    " saved date: Thu Mar 10 2022 19:12:36 GMT+0700 (Indochina Time)\n--><meta charset=utf-8>"
)
SAVE_PAGE = '<html><head><meta name="savepage-url" content="{}"><meta name="savepage-date" content="Thu Mar 10 2022 12:12:36 GMT+0000 (UTC)">'
MONOLITH = "<!-- Saved from {} at 2022-03-10T12:12:36Z using monolith v2.7.0 --><html>"
SCRAPBOOK = '<html lang="vi" data-scrapbook-source="{}" data-scrapbook-create="20220310121236123"><head>'


@pytest.mark.parametrize("form", [SINGLEFILE, SAVE_PAGE, MONOLITH, SCRAPBOOK])
def test_pages_say_where_they_were_saved_and_when(tmp_path: Path, form: str) -> None:
    (tmp_path / "b.html").write_bytes(form.format(URL).encode() + PAGE)
    ((page,), _) = pages_of(tmp_path)
    assert (page.url, page.timestamp) == (URL, "2022-03-10T12:12:36Z")


def test_a_page_that_speaks_of_such_a_comment_is_not_taken_at_its_word(tmp_path: Path) -> None:
    (tmp_path / "b.html").write_bytes(PAGE + b" " * 9000 + SINGLEFILE.format(URL).encode())
    assert urls_of(tmp_path) == [(tmp_path / "b.html").as_uri()]


def mhtml(coding: str, named: str = "Snapshot-Content-Location") -> bytes:
    body = base64.encodebytes(PAGE) if coding == "base64" else quopri.encodestring(PAGE)
    return (
        f"From: <Saved by Blink>\r\n{named}: {URL}\r\nDate: Thu, 10 Mar 2022 12:12:36 -0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="----x"\r\n\r\n\r\n------x\r\n'
        f"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: {coding}\r\nContent-Location: {URL}"
        f"\r\n\r\n{body.decode()}\r\n------x\r\nContent-Type: image/png\r\n\r\nx\r\n------x--\r\n"
    ).encode()


@pytest.mark.parametrize("coding", ["quoted-printable", "base64"])
@pytest.mark.parametrize("named", ["Snapshot-Content-Location", "X-Other"])
def test_mhtml_files_are_read(tmp_path: Path, coding: str, named: str) -> None:
    (tmp_path / "a.mhtml").write_bytes(mhtml(coding, named))
    ((page,), damaged) = pages_of(tmp_path)
    assert (page.url, page.timestamp, damaged) == (URL, "2022-03-10T12:12:36Z", [])
    assert page.body.strip() == PAGE


def test_frames_of_a_saved_page_are_no_pages(tmp_path: Path) -> None:
    (tmp_path / "Tin_files").mkdir()
    (tmp_path / "Tin.html").write_bytes(PAGE)
    (tmp_path / "Tin_files" / "saved_resource.html").write_bytes(PAGE)
    (tmp_path / "other_files").mkdir()
    (tmp_path / "other_files" / "a.html").write_bytes(PAGE)
    assert [url.rpartition("/")[2] for url in urls_of(tmp_path)] == ["Tin.html", "a.html"]


def httrack_cache(path: Path) -> None:
    def member(kept: int, kind: str) -> bytes:
        return (f"HTTP/1.1 200 OK\r\nX-In-Cache: {kept}\r\nX-StatusCode: 200\r\nContent-Type: {kind}\r\n").encode()

    with zipfile.ZipFile(path, "w") as archive:
        for url, kept, kind in ((URL, 1, "text/html"), ("http://hoasua.example/a.png", 0, "image/png")):
            info = zipfile.ZipInfo(url)
            info.extra = member(kept, kind)
            archive.writestr(info, PAGE if kept else b"")
            info.extra = b""  # HTTrack has it in the local head alone


def test_the_cache_of_httrack_is_read(tmp_path: Path) -> None:
    (tmp_path / "hts-cache").mkdir()
    httrack_cache(tmp_path / "hts-cache" / "new.zip")
    (tmp_path / "hts-cache" / "old.zip").write_bytes(b"PK")
    os.utime(tmp_path / "hts-cache" / "new.zip", (1_600_000_000, 1_600_000_000))
    ((page,), damaged) = pages_of(tmp_path)
    assert (page.url, page.timestamp, page.body, damaged) == (URL, "2020-09-13T12:26:40Z", PAGE, [])


def test_archivebox_says_where_its_pages_came_from(tmp_path: Path) -> None:
    place = tmp_path / "archive" / "1646914356.0"
    (place / "readability").mkdir(parents=True)
    (place / "index.json").write_text(json.dumps({"url": URL, "timestamp": "1646914356.0"}))
    for name in ("index.html", "output.html", "readability/content.html"):
        (place / name).write_bytes(PAGE)
    ((page,), damaged) = pages_of(tmp_path)
    assert (page.url, page.timestamp, page.via, damaged) == (URL, "2022-03-10T12:12:36Z", "file:output.html", [])


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tar.xz", "tar.zst"])
def test_packed_folders_are_read(tmp_path: Path, kind: str) -> None:
    files = {"m/hoasua.example/tin/1.html": PAGE, "m/a.warc.gz": gzip.compress(sound(FIRST[0])), "../out.html": PAGE}
    path = tmp_path / f"mirror.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in files.items():
                archive.writestr(zipfile.ZipInfo(name, (2020, 9, 13, 12, 26, 40)), data)
    else:
        packing = kind.partition(".")[2]
        with tarfile.open(path, f"w:{'' if packing == 'zst' else packing}") as packed:  # type: ignore[call-overload]
            for name, data in files.items():
                info = tarfile.TarInfo(name)
                info.size, info.mtime = len(data), 1_600_000_000
                packed.addfile(info, io.BytesIO(data))
        if packing == "zst":
            path.write_bytes(zstd.compress(path.read_bytes()))
    captures, damaged = pages_of(path)
    assert {one.url for one in captures} == {"http://hoasua.example/tin/1.html", FIRST[0].url}
    (page,) = [one for one in captures if one.url != FIRST[0].url]
    assert page.timestamp[:10] == "2020-09-13", "the time of the page, not of its unpacking"
    assert [(one.where, one.cause) for one in damaged] == [
        (f"mirror.{kind}/../out.html", "a name that leads out of its folder")
    ]
    assert not (tmp_path.parent / "out.html").exists()


def test_files_that_are_not_read_are_named(tmp_path: Path) -> None:
    unread = {
        "a.warc.gz.tmp": gzip.compress(sound(FIRST[0])),
        "b.7z": b"7z\xbc\xaf\x27\x1c" + bytes(9),
        "c": b"\0\1\2 of no kind",
        "d.gz": gzip.compress(b"neither"),
        "e.zip": b"PK\3\4 torn",
    }
    passed_over = {"f.png": b"\x89PNG", "g.css": b"a{}", "h.docx": b"PK\3\4", "empty": b""}
    for name, data in (unread | passed_over).items():
        (tmp_path / name).write_bytes(data)
    captures, damaged = pages_of(tmp_path)
    assert captures == []
    assert [one.where for one in damaged] == sorted(unread)
    assert all(one.cause.startswith("not read: ") for one in damaged)


# --- revisits ---------------------------------------------------------------------------------------------------------

UNMODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


@pytest.mark.parametrize("reference", [{}, {"WARC_Payload_Digest": digest(b"")}, {"WARC_Truncated": "length"}])
@pytest.mark.parametrize("across", [True, False])
def test_a_revisit_that_names_no_original_stands_for_the_last_earlier_answer(
    tmp_path: Path, reference: dict[str, str], across: bool
) -> None:
    older, newer = (record("response", URL, f"202105010{n}0000", answer(one)) for n, one in enumerate(FIRST[:2]))
    later = record("response", URL, "20220101000000", answer(FIRST[2]))
    again = record(
        "revisit", URL, "20210601000000", b"HTTP/1.1 304 Not Modified\r\n\r\n", WARC_Profile=UNMODIFIED, **reference
    )
    first, second = tmp_path / "a.warc", tmp_path / "b.warc"
    first.write_bytes(newer + older + later + (b"" if across else again))
    second.write_bytes(again if across else b"")
    originals = find_originals([second], [first]) if across else find_originals([first])
    *_, found = list(read_warc(second if across else first, originals=originals))
    assert isinstance(found, Capture), found
    assert (found.body, found.timestamp) == (FIRST[1].body, "2021-06-01T00:00:00Z")


def test_a_revisit_before_all_answers_is_damaged(tmp_path: Path) -> None:
    later = record("response", URL, "20220101000000", answer(FIRST[2]))
    again = record("revisit", URL, "20210601000000", b"", WARC_Profile=UNMODIFIED)
    (tmp_path / "a.warc").write_bytes(later + again)
    _, damaged = read_warc(tmp_path / "a.warc")
    assert isinstance(damaged, DamagedRecord)
    assert damaged.cause == "a revisit of a page that is not in these files"


# --- bodies whose label is wrong --------------------------------------------------------------------------------------


NO_PAGE = gzip.compress(b"no page")


@pytest.mark.parametrize(
    ("body", "label", "expected"),
    [
        (gzip.compress(PAGE), "", PAGE),
        (gzip.compress(PAGE), "deflate", PAGE),
        (zstd.compress(PAGE), "gzip", PAGE),
        (PAGE, "gzip", PAGE),
        ("Phường Hoa Sữa".encode(), "br", "Phường Hoa Sữa".encode()),
        (b"%PDF-1.4", "gzip", b"%PDF-1.4"),
        (NO_PAGE, "", NO_PAGE),
    ],
    ids=["unlabelled", "deflate", "zstd as gzip", "plain as gzip", "plain as br", "pdf as gzip", "no page"],
)
def test_what_the_bytes_are_counts_more_than_their_label(body: bytes, label: str, expected: bytes) -> None:
    assert unpack(body, label) == expected


def test_a_torn_body_is_an_error_all_the_same() -> None:
    with pytest.raises(Undecodable):
        unpack(gzip.compress(PAGE * 99)[:-20], "gzip")
