from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Event, Semaphore
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.doubles.files import LOG_IN, SVG, pdf, picture, sheet, word
from tests.helpers.buckets import Bucket
from tests.helpers.commands import KEEP, Folder, run
from tests.helpers.drills import killed_before_a_file_is_committed, no_room_for_files
from tests.helpers.filed import Filed, endless, filed, zipped
from wardnews.demo import Reply
from wardnews.store import queries
from wardnews.store.database import Store

PYWB = os.environ.get("WARDNEWS_TEST_PYWB")
"""The folder of the commands of pywb and py-wacz, which need libraries of their own."""
KILLS = int(os.environ.get("DRILL_KILLS", "3"))

ELSEWHERE = (
    "http://10.0.0.1/a.jpg",
    "http://169.254.169.254/m.png",
    "http://anh.example/b.jpg",
    "file:///etc/hosts.jpg",
)
LARGE = 60 * 1024 * 1024


def test_what_is_kept_once_and_what_is_not(tmp_path: Path) -> None:
    kept = {
        "/a.jpg": picture("JPEG"), "/b.png": picture("PNG"), "/c.webp": picture("WEBP"), "/again.jpg": picture("JPEG"), "/d.svg": SVG,
        "/kh.pdf": pdf("Ke hoach"), "/scan.pdf": pdf(), "/bc.docx": word(), "/ds.xlsx": sheet(), "/..%2F..%2Fetc%2Fpasswd.pdf": pdf("x"),
        "/anh.pdf": picture("PNG"),
    }  # fmt: skip
    odd = {
        "/trang.pdf": Reply(200, LOG_IN, "application/pdf"), "/lon.pdf": Reply(200, bytes(LARGE), "application/pdf"),
        "/sai.jpg": Reply(200, pdf(), "image/jpeg"), "/rieng.pdf": Reply(302, b"", headers=(("Location", "/dang-nhap"),)),
        "/dang-nhap": Reply(200, LOG_IN), "/cu.pdf": Reply(301, b"moved", headers=(("Location", "/moi.pdf"),)), "/moi.pdf": Reply(200, pdf("moi")),
        "/rong.pdf": Reply(200, b""), "/nen.pdf": zipped(Reply(200, pdf("nen"))), "/ngoai.pdf": Reply(302, headers=(("Location", "http://10.0.0.1/x"),)),
        "/cut.pdf": Reply(200, pdf("cut"), torn=True),
    }  # fmt: skip
    with endless() as host, Filed(files={**kept, **odd}) as town:
        asked = [*kept, *(path for path in odd if path not in ("/dang-nhap", "/moi.pdf")), "/mat.pdf"]
        town.pieces = [filed(1, *asked, f"http://{host}/vo-tan.jpg", *ELSEWHERE), filed(2, "/kh.pdf", "/a.jpg")]
        folder = Folder(tmp_path, town.toml("hoasua", f'media_hosts = ["{host}"]'))
        done = folder.crawl("hoasua", "--files", "all")
        assert done.status == 0, done.stderr
        by_path = {
            path.removeprefix(town.url[:-1]): row
            for path, *row in folder.sql("SELECT url, media_type, bytes, sha256 FROM files")
        }
        assert set(by_path) == {*kept, "/cu.pdf", "/nen.pdf"}
        assert {path: row[2] for path, row in by_path.items()} == {
            **{path: hashlib.sha256(body).hexdigest() for path, body in kept.items()},
            "/cu.pdf": hashlib.sha256(pdf("moi")).hexdigest(), "/nen.pdf": hashlib.sha256(pdf("nen")).hexdigest(),
        }  # fmt: skip
        assert by_path["/anh.pdf"][0] == "image/png"
        assert set(on_disk(tmp_path)) == {row[2] for row in by_path.values()}
        assert {path: count for path, count in town.got.items() if count > 1} == {"/cut.pdf": 3}
        (report,) = folder.reports()
        assert report["portals"]["hoasua"]["files"] == {
            "kept": 13, "unchanged": 0, "left": 0,
            "causes": {
                "a web page in place of the file": 2, "file too large": 2, "no image: application/pdf": 1, "empty file": 1,
                "leads off the portal, to http://10.0.0.1/x": 1, "HTTP status 404": 1, "page cut short": 1,
            },
        }  # fmt: skip
        wanted = [url for (url,) in folder.sql("SELECT url FROM wanted_files")]
        assert [url for url in wanted if not url.startswith((town.url, f"http://{host}/"))] == []
    records = folder.feeds()[0]
    assert [(one["change"], one["version"]) for one in records] == [
        ("new", 1),
        ("new", 1),
        ("reread", 1),
        ("reread", 1),
    ]
    image, document = (records[-1][name][0] for name in ("images", "attachments"))
    assert [image[name] for name in ("media_type", "sha256", "bytes")] == by_path["/a.jpg"][:1] + by_path["/a.jpg"][
        :0:-1
    ]
    assert document["sha256"] == hashlib.sha256(pdf("Ke hoach")).hexdigest()
    (one,) = [one for one in records[2:] if one["id"] == "hoasua:10001"]
    known = {file["url"].rpartition("/")[2]: (file["media_type"], file["sha256"]) for file in one["attachments"]}
    assert known["trang.pdf"] == ("application/pdf", None)
    assert known["anh.pdf"] == ("image/png", hashlib.sha256(picture("PNG")).hexdigest())


def test_files_are_rechecked_with_their_articles(tmp_path: Path) -> None:
    before, after = pdf("truoc"), pdf("sau")
    files = {"/kh.pdf": before, "/a.jpg": picture("JPEG"), "/mat.pdf": pdf("mat")}
    with Filed(files=dict(files), pieces=[filed(1, *files), filed(2, "/kh.pdf"), filed(3, "/khac.pdf")]) as town:
        town.validators = True
        folder = Folder(tmp_path, town.toml("hoasua", 'files = "all"'))
        assert folder.crawl().status == 0
        assert town.got == dict.fromkeys(files, 1)
        assert folder.crawl().status == 0  # no article is due for a recheck
        assert town.got == dict.fromkeys(files, 1)
        del town.files["/mat.pdf"]
        town.files["/kh.pdf"] = after
        done = folder.crawl("hoasua", "--full")
        assert done.status == 0
        assert "2 edited, 1 known" in done.stderr
        assert "  files: 1 kept, 1 unchanged, 0 left to the next run" in done.stderr
        assert "  not kept, HTTP status 404: 1 file\n" in done.stderr
        assert town.conditions == {"/kh.pdf": 1, "/a.jpg": 1}
        edited = {one["id"]: one for one in folder.feeds()[-1]}
        assert {(one["change"], one["version"]) for one in edited.values()} == {("edited", 2)}
        hashes = {file["url"].rpartition("/")[2]: file["sha256"] for file in edited["hoasua:10001"]["attachments"]}
        assert hashes == {"kh.pdf": sha256(after), "mat.pdf": sha256(files["/mat.pdf"])}
        assert edited["hoasua:10001"]["images"][0]["sha256"] == sha256(files["/a.jpg"])
        town.change(10_001, body=town.pieces[0].body.replace("Sáng nay", "Chiều nay"))
        done = folder.crawl("hoasua", "--full", "--files", "none")
        assert "1 edited, 2 known" in done.stderr
        assert "not kept" not in done.stderr
        (record,) = folder.feeds()[-1]
        assert record["version"] == 3
        assert {file["sha256"] for file in record["attachments"]} == {sha256(after), sha256(files["/mat.pdf"])}
        done = folder.crawl("hoasua", "--full")
        assert folder.feeds()[-1] == []
        assert "not kept" not in done.stderr  # each failure is named once
    changes = folder.sql("SELECT first_seen < last_seen, url FROM files WHERE url LIKE '%a.jpg'")
    assert [bool(row[0]) for row in changes] == [True]


def test_kills_lose_no_file_and_leave_none_behind(tmp_path: Path) -> None:
    chance, files = random.Random(20210405), {f"/{number}.jpg": picture("JPEG", number) for number in range(KILLS * 8)}
    names = list(files)
    asked, ended = Semaphore(0), Event()
    with Filed(files=dict(files)) as town:
        town.pieces = [filed(number, *names[number::10]) for number in range(10)]

        def served(_path: str) -> None:
            asked.release()
            ended.wait(0.01)

        town.served = served
        folder = Folder(tmp_path, town.toml())
        with folder.started("hoasua", "--files", "images", before=killed_before_a_file_is_committed):
            pass
        (orphan,) = on_disk(tmp_path)
        assert folder.sql("SELECT count(*) FROM files") == [(0,)]
        changed = next(path for path, body in files.items() if sha256(body) == orphan)
        files[changed] = town.files[changed] = picture("PNG")
        for _ in range(KILLS):
            with folder.started("hoasua", "--files", "images") as process:
                for _ in range(chance.randrange(1, 8)):
                    asked.acquire(timeout=30)
                time.sleep(chance.random() / 50)
                process.send(signal.SIGKILL)
        ended.set()
        done = folder.crawl("hoasua", "--files", "images")
        assert done.status == 0
        assert set(on_disk(tmp_path)) == {sha256(body) for body in files.values()}
        assert folder.sql("SELECT count(*) FROM files") == [(len(files),)]
        current = {file["url"]: file["sha256"] for record in current_records(folder) for file in record["images"]}
        assert current == {town.url[:-1] + path: sha256(body) for path, body in files.items()}


@pytest.mark.parametrize(("name", "raw"), [("keep", "0"), ("TemporaryFile", "0"), ("TemporaryFile", "1")])
def test_a_full_disk_ends_the_run_with_articles_safe(tmp_path: Path, name: str, raw: str) -> None:
    with Filed(files={"/a.jpg": picture("JPEG")}, pieces=[filed(1, "/a.jpg")]) as town:
        folder = Folder(tmp_path, town.toml())
        environment = {"WARDNEWS_RAW": raw}
        full = partial(no_room_for_files, name)
        done = folder.crawl("hoasua", "--files", "all", before=full, environment=environment)
        assert done.status == 1
        assert "cannot be written: No space left on device" in done.stderr
        assert (folder.last(), on_disk(tmp_path)) == ([("10001", "new")], {})
        assert folder.crawl("hoasua", "--files", "all", environment=environment).status == 0
        assert folder.last() == [("10001", "reread")]
        assert set(on_disk(tmp_path)) == {sha256(picture("JPEG"))}


def test_raw_pages_have_the_files_too(tmp_path: Path) -> None:
    files = {"/a.jpg": picture("JPEG"), "/b.jpg": picture("JPEG"), "/lon.png": random.Random(1).randbytes(9 << 20)}
    files["/lon.png"] = picture("PNG") + files["/lon.png"]  # larger than any page
    files["/kh.pdf"], files["/bc.docx"] = pdf("Ke hoach"), word()
    with Filed(files=dict(files), pieces=[filed(1, *files)]) as town:
        folder = Folder(tmp_path, town.toml())
        done = folder.crawl("hoasua", "--files", "all", environment=KEEP)
        assert done.status == 0, done.stderr
        assert "files: 5 kept" in done.stderr
        replayed = {}
        (raw,) = (tmp_path / "output/raw").iterdir()
        with raw.open("rb") as file:
            for record in ArchiveIterator(file):
                path = (record.rec_headers.get_header("WARC-Target-URI") or "").removeprefix(town.url[:-1])
                if record.rec_type in ("response", "revisit") and path in files:
                    replayed[path] = (record.rec_type, record.content_stream().read())
        revisit = {"/b.jpg": ("revisit", b"")}
        assert replayed == {path: ("response", body) for path, body in files.items()} | revisit
        assert run(tmp_path, "pack", "-o", "all.wacz").returncode == 0
        if PYWB:
            replay_in_pywb(tmp_path, {town.url[:-1] + path: body for path, body in files.items()})


def replay_in_pywb(folder: Path, files: dict[str, bytes]) -> None:
    """Play the package in pywb: a page shows its files, byte by byte."""
    tool = partial(subprocess.run, cwd=folder, check=True, capture_output=True)
    tool([f"{PYWB}/wacz", "validate", "-f", "all.wacz"])
    tool([f"{PYWB}/wb-manager", "init", "tin"])
    tool([f"{PYWB}/wb-manager", "add", "--unpack-wacz", "tin", "all.wacz"])
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen([f"{PYWB}/wayback", "-p", str(port), "-b", "127.0.0.1"], cwd=folder) as server:
        try:
            for url, body in files.items():
                replayed = f"http://127.0.0.1:{port}/tin/2030id_/{url}"
                for _ in range(100):
                    try:
                        with urlopen(replayed) as answer:
                            assert answer.read() == body, url
                        break
                    except URLError as error:
                        if not isinstance(error.reason, ConnectionRefusedError):
                            raise
                        time.sleep(0.2)
        finally:
            server.terminate()


def test_files_go_to_a_bucket_within_the_budget_of_a_run(tmp_path: Path, bucket: Bucket) -> None:
    files: dict[str, bytes | Reply] = {f"/{number}.png": picture("PNG", number) for number in range(3)}
    with Filed(files=files, pieces=[filed(1, *files)]) as town:
        folder = Folder(tmp_path, town.toml())
        environment = {"WARDNEWS_FILES": f"{bucket.url}/tin", "WARDNEWS_KEEP_FILES": "images"}
        done = folder.crawl(environment=environment, settings={"WARDNEWS_FILES_BUDGET": 10_000})
        assert "files: 2 kept, 0 unchanged, 1 left to the next run (10,000 bytes of files in one run)" in done.stderr
        assert folder.last() == [("10001", "new")]
        done = folder.crawl(environment=environment)
        assert "files: 1 kept, 0 unchanged, 0 left" in done.stderr
        assert folder.last() == [("10001", "reread")]
        names = {f"tin/sha256/{name[:2]}/{name[2:]}" for name in map(sha256, (picture("PNG", one) for one in range(3)))}
        assert names <= set(bucket.names())
        assert not (tmp_path / "output/files/sha256").exists()
        done = folder.crawl(environment={"WARDNEWS_FILES": "s3://khong-co/tin"})
        assert (done.status, "there is no bucket khong-co" in done.stderr) == (2, True)
        done = folder.crawl("hoasua", "--files", "tat-ca")
        assert (done.status, "--files tat-ca: expected one of images, attachments" in done.stderr) == (2, True)


def current_records(folder: Folder) -> list[dict[str, Any]]:
    store = Store.open(f"sqlite:///{folder.path}/output/wardnews.db")
    try:
        return [json.loads(line) for line in queries.records(store)]
    finally:
        store.close()


def on_disk(folder: Path) -> dict[str, bytes]:
    """Give the files that are kept, by their names, without thumbnails; each is whole, and nothing else lies there."""
    with closing(sqlite3.connect(folder / "output/wardnews.db")) as store:
        made = "SELECT thumbnail FROM documents WHERE thumbnail NOT IN (SELECT sha256 FROM files)"
        thumbnails = {name for (name,) in store.execute(made)}
    found = {
        path.parent.name + path.name: path.read_bytes()
        for path in (folder / "output/files").rglob("*")
        if path.is_file()
    }
    assert [name for name, body in found.items() if name != sha256(body)] == []
    return {name: body for name, body in found.items() if name not in thumbnails}


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
