"""Raw pages are kept as they came, whatever happens to the run."""

from __future__ import annotations

import gzip
import json
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
from base64 import b32encode
from dataclasses import replace
from hashlib import sha1
from pathlib import Path
from threading import Lock

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from tests.conftest import Run
from tests.doubles import PracticeArchives, make_history
from tests.helpers.commands import KEEP, Command, finished, run_anew, started
from tests.helpers.drills import Asked, RawServer, crawl, reply
from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.warc.read import read_warc
from wardnews.archives.warc.revisits import find_originals
from wardnews.archives.warc.write import RawFile, complete_files
from wardnews.demo import PracticePortal, Reply, Request

HEAD = "HTTP/1.1 {} {}\r\nContent-Type: text/html\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Name: Phường\r\n"
PAGE = "<html><body>Phường Hoa Sữa</body></html>".encode()
ANSWERS = {
    "/robots.txt": reply(status=404),
    "/plain": HEAD.format(200, "Tốt").encode() + b"Content-Length: %d\r\n\r\n" % len(PAGE) + PAGE,
    "/again": HEAD.format(200, "OK").encode() + b"Content-Length: %d\r\n\r\n" % len(PAGE) + PAGE,
    "/chunked": HEAD.format(200, "OK").encode()
    + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<html\r\n8;x=y\r\n>chunked\r\n0\r\n\r\n",
    "/packed": reply(gzip.compress(PAGE + b"packed", mtime=0), Content_Encoding="gzip"),
    "/broken": reply(gzip.compress(PAGE)[:-9], Content_Encoding="gzip"),
    "/error": reply(b"<html>no</html>", status=500),
    "/same": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 17\r\nETag: x\r\n\r\n",
    "/old": b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE + b"old",
}


def serve(asked: Asked, client: socket.socket) -> None:
    client.sendall(ANSWERS[asked.path.partition("?")[0]])


def check(*paths: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "warcio.cli", "check", *paths], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, b""), done


def raw_files(folder: Path) -> list[Path]:
    return sorted((folder / "output" / "raw").glob("*.warc.gz"))


def captures(*paths: Path) -> list[Capture]:
    originals = find_originals(paths)
    found = [one for path in paths for one in read_warc(path, originals=originals)]
    assert not [one for one in found if isinstance(one, DamagedRecord)]
    return [one for one in found if isinstance(one, Capture)]


def test_pages_are_kept_as_they_came_over_the_wire(tmp_path: Path) -> None:
    with RawServer(serve) as server:
        paths = [path for path in ANSWERS if path != "/robots.txt"]
        done = crawl(
            *(f"{server.url}{path}?đ" for path in paths),
            site=server.url,
            settings={"WARDNEWS_OUTPUT": str(tmp_path / "output"), "WARDNEWS_CONTACT": "a@example.org"},
            keeps_raw=True,
            run="wire",
        )
    assert len(done.pages) == len(paths)
    (path,) = raw_files(tmp_path)
    assert [one.name for one in path.parent.iterdir()] == ["wire.warc.gz"]
    check(path)
    kept: dict[str, dict[str, tuple[bytes, bytes]]] = {}
    ids: dict[str, str] = {}
    with path.open("rb") as file:
        for record in ArchiveIterator(file, no_record_parse=True):
            head = record.rec_headers
            block = record.raw_stream.read()
            place = (head.get_header("WARC-Target-URI") or "").partition(server.url)[2].partition("?")[0]
            kept.setdefault(place, {})[record.rec_type] = (block, str(head).encode())
            if record.rec_type == "request":
                assert head.get_header("WARC-Concurrent-To") == ids[place]
            ids[place] = head.get_header("WARC-Record-ID")
            if place:
                assert head.get_header("WARC-IP-Address") == "127.0.0.1"
    assert set(kept) == {"", *ANSWERS}
    (info,) = kept[""].values()
    for line in (b"software: wardnews/", b"robots: obey", b"operator: a@example.org", b"isPartOf: wire"):
        assert line in info[0]
    for place in ("/plain", "/packed", "/broken", "/error"):
        block, head = kept[place]["response"]
        sent_head, _, sent_body = ANSWERS[place].partition(b"\r\n\r\n")
        lines = [line for line in sent_head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        assert sorted(block.partition(b"\r\n\r\n")[0].split(b"\r\n")) == sorted(lines)
        assert block.startswith(lines[0])
        assert block.partition(b"\r\n\r\n")[2] == sent_body
        digest = b32encode(sha1(sent_body, usedforsecurity=False).digest())
        assert b"WARC-Payload-Digest: sha1:" + digest in head
    assert kept["/plain"]["request"][0].startswith(b"GET /plain?%C4%91 HTTP/1.1\r\nHost: 127.0.0.1:")
    chunked = kept["/chunked"]["response"][0]
    assert chunked.endswith(b"Content-Length: 13\r\n\r\n<html>chunked")
    assert b"transfer-encoding" not in chunked.lower()
    assert kept["/old"]["response"][0].startswith(b"HTTP/1.0 200 OK\r\n")
    assert kept["/same"]["response"][0] == b"HTTP/1.1 304 Not Modified\r\nEtag: x\r\n\r\n"
    again = kept["/again"]["revisit"]
    assert again[0].endswith(b"\r\n\r\n")
    assert b"revisit/identical-payload-digest" in again[1]
    assert f"WARC-Refers-To-Target-URI: {server.url}/plain".encode() in again[1]
    bodies = {one.url.partition("?")[0].rpartition("/")[2]: one.body for one in captures_but(path, "/broken")}
    assert bodies["again"] == bodies["plain"] == PAGE
    assert (bodies["packed"], bodies["old"]) == (PAGE + b"packed", PAGE + b"old")
    with path.open("rb") as file:  # an error is asked for three times
        assert sum(1 for _ in FastIterator(file, verify_digests=True)) == 1 + 2 * (len(ANSWERS) + 2)


def captures_but(path: Path, spoilt: str) -> list[Capture]:
    found = list(read_warc(path))
    assert [spoilt in one.where for one in found if isinstance(one, DamagedRecord)] == [True]
    return [one for one in found if isinstance(one, Capture)]


def small_files() -> None:
    """Let no file of this process grow beyond 2500 KiB, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (2500 * 1024, resource.RLIM_INFINITY))


def stored(folder: Path) -> set[tuple[str, str]]:
    """Give id and moment of every article in the store."""
    connection = sqlite3.connect(folder / "output" / "wardnews.db")
    try:
        return {(name.rpartition(":")[2], at) for name, at in connection.execute("SELECT id, at FROM articles")}
    finally:
        connection.close()


def assert_all_are_kept(folder: Path) -> None:
    """Each article of the store has a raw page of its very moment."""
    files = raw_files(folder)
    check(*files)
    moments: dict[str, set[str]] = {}
    for capture in captures(*files):
        moments.setdefault(capture.timestamp, set()).add(capture.url)
    for name, at in stored(folder):
        assert any(name in url for url in moments.get(at, ())), (name, at)


CRAWL = ("crawl", "practice-liferay", "practice-newszone", "--sites", "practice.toml", "-q")


def test_killed_runs_leave_files_that_the_next_one_completes(
    portal: PracticePortal, sites_file: Path, tmp_path: Path
) -> None:
    running: list[Command] = []
    asked = 0

    def kill(_generation: str, request: Request) -> Reply | None:
        nonlocal asked
        with counting:
            asked += 1
            if running and asked >= 37:
                asked = 0
                running.pop().kill()
        return None

    counting = Lock()
    portal.intercept = kill
    killed = 0
    for _ in range(20):
        with started(tmp_path, *CRAWL, environment=KEEP) as process:
            running[:] = [process]
        if process.exitcode != -signal.SIGKILL:
            break
        killed += 1
        assert list(tmp_path.glob("output/raw/*.open"))
    assert process.exitcode == 0, process.stderr
    assert killed >= 3
    assert len(raw_files(tmp_path)) == killed + 1
    assert not [path for path in tmp_path.glob("output/raw/*") if path.suffix != ".gz"]
    assert len(stored(tmp_path)) == len(portal.articles)
    assert_all_are_kept(tmp_path)


def test_a_full_disk_stops_the_run_and_no_page_is_committed_without_its_raw_page(
    portal: PracticePortal, sites_file: Path, tmp_path: Path
) -> None:
    noise = b"<!-- " + os.urandom(150_000).hex().encode() + b" -->"
    sites = portal._sites  # noqa: SLF001

    def heavy(generation: str, request: Request) -> Reply:
        answer = sites[generation].reply(request)  # type: ignore[index]
        tag = request.path.encode().hex().encode()
        return replace(answer, body=answer.body + noise + tag) if answer.media_type.startswith("text/html") else answer

    portal.intercept = heavy
    status, errors = finished(tmp_path, *CRAWL, before=small_files, environment=KEEP)
    assert status == 1, errors
    assert "stopped early: raw pages cannot be written: File too large" in errors
    assert 0 < len(stored(tmp_path)) < len(portal.articles)
    assert [path.suffix for path in tmp_path.glob("output/raw/*")] == [".gz"]
    assert_all_are_kept(tmp_path)
    portal.intercept = None
    status, errors = finished(tmp_path, *CRAWL, environment=KEEP)
    assert status == 0, errors
    assert len(stored(tmp_path)) == len(portal.articles)
    assert_all_are_kept(tmp_path)


def test_a_torn_file_is_cut_at_its_last_whole_record_and_a_file_in_use_is_let_be(tmp_path: Path) -> None:
    file = RawFile(tmp_path / "now.warc.gz", {"software": "test"})
    for number in range(3):
        capture = Capture(f"http://a.example/{number}", "2022-08-27T04:39:12Z", "", 200, "text/html", b"%d" % number)
        file.captured(capture, "http://archive.example/")
    opened = tmp_path / "now.warc.gz.open"
    whole = opened.read_bytes()
    complete_files(tmp_path)
    assert opened.exists()
    for cut in (1, 40, 200, 300):
        (tmp_path / f"torn{cut}.warc.gz.open").write_bytes(whole[:-cut])
    (tmp_path / "behind.warc.gz.open").write_bytes(whole + whole[:30])
    (tmp_path / "nothing.warc.gz.open").write_bytes(whole[:20])
    (tmp_path / "empty.warc.gz.open").write_bytes(b"")
    complete_files(tmp_path)
    file.close()
    names = {"now", "behind", "torn1", "torn40", "torn200", "torn300"}
    assert {path.name.partition(".")[0] for path in tmp_path.iterdir()} == names
    check(*tmp_path.iterdir())
    counts = {path.name.partition(".")[0]: len(captures(path)) for path in tmp_path.iterdir()}
    assert counts["now"] == counts["behind"] == 3
    assert counts["torn1"] == counts["torn200"] == 2


def test_captures_of_an_archive_are_kept_under_their_own_address_and_moment(wardnews: Run, tmp_path: Path) -> None:
    history = make_history(6)
    with PracticeArchives(history) as archives:
        (tmp_path / "old.toml").write_text(history.toml(), encoding="utf-8")
        environment = {"WARDNEWS_WAYBACK": archives.url.rstrip("/"), "WARDNEWS_ARCHIVE_DELAY": "0.001"}
        environment["WARDNEWS_ARCHIVE_SEARCH_DELAY"] = "0.001"
        backfill = ("backfill", "practice-archived", "--from", "wayback", "--sites", "old.toml", "-q")
        finished(tmp_path, *backfill, "--plan", environment=environment)
        assert not list(tmp_path.glob("output/raw/*"))
        status, errors = finished(tmp_path, *backfill, environment=environment)
        assert status == 0, errors
        web = len(archives.requests["web"])
    (path,) = raw_files(tmp_path)
    check(path)
    kept = captures(path)
    assert 0 < len(kept) <= web
    bodies = {(each.url, each.timestamp): each for each in history.captures}
    for capture in kept:
        original = bodies[capture.url, "".join(filter(str.isdigit, capture.timestamp))]
        packed = ("Content-Encoding", "gzip") in original.headers
        assert capture.body == (gzip.decompress(original.body) if packed else original.body)
    assert_all_are_kept(tmp_path)
    with path.open("rb") as file:
        sources = [record.rec_headers.get_header("WARC-Source-URI") for record in ArchiveIterator(file)]
    assert all("/web/" in source and "id_/http" in source for source in sources[1:])


@pytest.mark.parametrize(("setting", "kept"), [(None, 0), ("1", 1)])
def test_a_crawl_keeps_raw_pages_where_that_is_set(
    portal: PracticePortal, sites_file: Path, tmp_path: Path, setting: str | None, kept: int
) -> None:
    environment = {"WARDNEWS_RAW": setting} if setting else {}
    sample = ("crawl", "practice-liferay", "--sample", "1", "--sites", "practice.toml", "-q")
    status, errors = finished(tmp_path, *sample, environment=environment)
    assert status == 0, errors
    assert len(raw_files(tmp_path)) == kept


def test_where_raw_pages_of_an_archive_cannot_be_written_nothing_is_committed(tmp_path: Path) -> None:
    history = make_history(4)
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "raw").write_text("in the way", encoding="utf-8")
    with PracticeArchives(history) as archives:
        (tmp_path / "old.toml").write_text(history.toml(), encoding="utf-8")
        environment = {"WARDNEWS_WAYBACK": archives.url.rstrip("/"), "WARDNEWS_ARCHIVE_SEARCH_DELAY": "0.001"}
        backfill = ("backfill", "practice-archived", "--from", "wayback", "--sites", "old.toml", "-q")
        status, errors = finished(tmp_path, *backfill, environment=environment)
        assert (status, "raw pages cannot be written: File exists" in errors) == (1, True), errors
        assert len(archives.requests["web"]) == 1
    assert stored(tmp_path) == set()


def test_a_setting_that_is_neither_yes_nor_no_is_named(sites_file: Path, tmp_path: Path) -> None:
    status, errors = finished(tmp_path, *CRAWL, environment={"WARDNEWS_RAW": "maybe"})
    assert (status, "WARDNEWS_RAW=maybe: expected 1 or 0" in errors) == (2, True), errors


def test_without_warcio_the_way_out_is_named(portal: PracticePortal, sites_file: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nfrom importlib.abc import MetaPathFinder\n"
        "class No(MetaPathFinder):\n    def find_spec(self, name, path, target=None):\n"
        "        if name.partition('.')[0] == 'warcio': raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, No())\n",
        encoding="utf-8",
    )
    crawl = ("crawl", "practice-liferay", "--sample", "1", "--sites", "practice.toml", "-q")
    done = run_anew(tmp_path, *crawl, environment={**KEEP, "PYTHONPATH": str(tmp_path)})
    assert (done.returncode, "pip install 'wardnews[archive]'" in done.stderr) == (2, True), done.stderr
    assert not portal.requests["liferay"]
    done = run_anew(tmp_path, *crawl, environment={"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    assert json.loads(next(tmp_path.glob("output/*.jsonl")).read_text(encoding="utf-8"))
