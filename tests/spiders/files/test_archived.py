from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.doubles import PracticeArchives, Recorded
from tests.doubles.files import LOG_IN, pdf, picture
from tests.doubles.history import History
from tests.doubles.warcs import write_warc
from tests.helpers.commands import Folder, run
from tests.helpers.filed import filed
from tests.helpers.town import article, page
from wardnews.archives.pack import pack

HOME = "http://hoasua.example"
PIECE = filed(1, "/a.jpg", "/kh.pdf", "/trang.pdf", "/mat.pdf")
BODY = page(PIECE.title, article(PIECE)).body
KNOWN = {"/a.jpg": picture("JPEG"), "/kh.pdf": pdf("nam 2022")}
CAPTURES = [
    (PIECE.path, "20220301080000", "text/html", BODY),
    ("/a.jpg", "20220301080500", "image/jpeg", KNOWN["/a.jpg"]),
    ("/kh.pdf", "20190101000000", "application/pdf", pdf("nam 2019")),
    ("/kh.pdf", "20220310000000", "application/pdf", KNOWN["/kh.pdf"]),
    ("/trang.pdf", "20220301080600", "application/pdf", LOG_IN),
]
RECORDED = tuple(
    Recorded(HOME + path, stamp, 200, kind, body)
    for path, stamp, kind, body in sorted(CAPTURES, key=lambda one: one[1])
)
TOML = f'[hoasua]\nname = "Phường Hoa Sữa"\nurl = "{HOME}/"\nclosed = 2025-07-01\n'


def with_gaps(captures: Iterable[Recorded]) -> tuple[Recorded, ...]:
    """Put a page behind every second capture: of three Common Crawl lacks the last."""
    found: list[Recorded] = []
    for capture in captures:
        found.append(capture)
        if len(found) % 3 == 2:
            found.append(replace(capture, url=f"{HOME}/khac-{len(found)}"))
    return tuple(found)


def backfilled(folder: Path, source: str | Path, *arguments: str, **environment: str) -> tuple[Folder, str]:
    made = Folder(folder, TOML)
    given = ("--sites", "sites.toml", *arguments)
    done = run(folder, "backfill", "hoasua", "--from", source, *given, environment=environment)
    assert done.returncode == 0, done.stderr
    return made, done.stderr


def of_last(folder: Folder) -> dict[str, str | None]:
    record = folder.feeds()[-1][-1]
    return {
        file["url"].rpartition("/")[2]: file["sha256"] for name in ("images", "attachments") for file in record[name]
    }


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


EXPECTED = {"a.jpg": sha256(KNOWN["/a.jpg"]), "kh.pdf": sha256(KNOWN["/kh.pdf"]), "trang.pdf": None, "mat.pdf": None}


@pytest.mark.parametrize("source", ["wayback", "commoncrawl"])
def test_archives_on_the_network_have_files_nearest_in_time(tmp_path: Path, source: str) -> None:
    with PracticeArchives(History("hoasua.example", with_gaps(RECORDED), ())) as archives:
        url = archives.url.rstrip("/")
        names = ("WAYBACK", "COMMONCRAWL_INDEX", "COMMONCRAWL_DATA")
        environment = {f"WARDNEWS_{name}": url for name in names}
        environment |= {"WARDNEWS_ARCHIVE_DELAY": "0", "WARDNEWS_ARCHIVE_SEARCH_DELAY": "0"}
        folder, stderr = backfilled(tmp_path, source, "--files", "all", **environment)
        assert of_last(folder) == EXPECTED
        assert [one["change"] for one in folder.feeds()[-1]] == ["new", "reread"]
        assert "files: 2 kept" in stderr
        assert "not kept, no capture: 2 files" in stderr
        asked = sum(map(len, archives.requests.values()))
        backfilled(tmp_path, source, "--files", "all", **environment)
        again = sum(map(len, archives.requests.values())) - asked
        assert again == 0  # what this archive lacks it is not asked for again
        (section,) = json.loads(run(tmp_path, "gaps", "hoasua", "--sites", "sites.toml", "--json").stdout)
        assert section["files"] == {"got": 2, "failed": 0, "missing": 2, "to_do": 0}
        shown = run(tmp_path, "gaps", "hoasua", "--sites", "sites.toml").stdout
        assert "files got" in shown
        assert "files missing" in shown


def saved(folder: Path) -> None:
    """Save the article and what a browser puts beside it."""
    beside = folder / "Bài 1_files"
    beside.mkdir(parents=True)
    html = BODY.decode().replace("/a.jpg", "./B%C3%A0i%201_files/a.jpg").replace("/kh.pdf", "Bài 1_files/kh.pdf")
    html = html.replace("/mat.pdf", "file:///etc/passwd.pdf").replace("/trang.pdf", "Bài 1_files/../../ngoai.pdf")
    note = f"<!-- saved from url=({len(HOME + PIECE.path):04}){HOME}{PIECE.path} -->"
    (folder / "Bài 1.html").write_text(html.replace("<html", f"{note}<html", 1), encoding="utf-8")
    for name in ("/a.jpg", "/kh.pdf"):
        (beside / name[1:]).write_bytes(KNOWN[name])
    (folder.parent / "ngoai.pdf").write_bytes(pdf("ngoai"))


def write(folder: Path, kind: str) -> None:
    """Write the captures as an archive of a kind."""
    if kind == "arc":
        lines = "1 0 wardnews\nURL IP-address Archive-date Content-type Archive-length\n"
        file = f"filedesc://nguon.arc 0.0.0.0 20220301000000 text/plain {len(lines)}\n{lines}\n".encode()
        for path, stamp, media_type, body in CAPTURES:
            block = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\n\r\n".encode() + body
            file += f"{HOME}{path} 127.0.0.1 {stamp} {media_type} {len(block)}\n".encode() + block + b"\n"
        (folder / "nguon.arc").write_bytes(file)
        return
    warc = folder / "nguon.warc.gz"
    write_warc(warc, RECORDED)
    if kind == "wacz":
        pack([warc], folder / "nguon.wacz")
        warc.unlink()


@pytest.mark.parametrize("kind", ["warc", "wacz", "arc", "folder"])
def test_archives_on_disk_have_the_files_of_their_articles(tmp_path: Path, kind: str) -> None:
    source = tmp_path / "nguon"
    source.mkdir()
    if kind == "folder":
        saved(source)
    else:
        write(source, kind)
    folder, stderr = backfilled(tmp_path, source, "--files", "all")
    assert "files: 2 kept" in stderr
    found = of_last(folder)
    assert {name: found[name] for name in ("a.jpg", "kh.pdf")} == {name: EXPECTED[name] for name in ("a.jpg", "kh.pdf")}
    assert sorted(value is None for value in found.values()) == [False, False, *[True] * (len(found) - 2)]
    backfilled(tmp_path, source, "--files", "all", "--reread")
    assert of_last(folder) == found if folder.feeds()[-1] else True
