"""Archives in a bucket or on a server are read where they lie, and are the same files as on a disk."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from tests.doubles.history import make_history
from tests.doubles.warcs import write_warc
from wardnews.archives.cutting import cut
from wardnews.archives.disk import Kind
from wardnews.archives.remote import RemoteFile, path_of
from wardnews.archives.sections import Section
from wardnews.archives.warc.read import read_warc
from wardnews.errors import StorageError
from wardnews.reading.parallel import files_in

if TYPE_CHECKING:
    from tests.helpers.buckets import Bucket

CAPTURES = [one for one in make_history(6).captures if not one.revisit]


@pytest.fixture
def local(tmp_path: Path) -> Path:
    (tmp_path / "kho").mkdir()
    write_warc(tmp_path / "kho" / "a.warc.gz", CAPTURES)
    (tmp_path / "kho" / "page.html").write_text("<html><body>Tin</body></html>", encoding="utf-8")
    (tmp_path / "kho" / "anh.png").write_bytes(b"\x89PNG")
    return tmp_path / "kho"


def section(path: Path) -> Section:
    return Section(path, path.name)


def test_a_file_in_a_bucket_is_that_of_a_disk(local: Path, bucket: Bucket) -> None:
    for file in local.iterdir():
        bucket.write(f"2021/{file.name}", file.read_bytes())
    (found,), closed = files_in(path_of(f"{bucket.url}/2021"))
    here = {one.file.name: one for one in files_in(local)[0]}["a.warc.gz"]
    assert (found.identity, found.kind, found.file.name) == (here.identity, Kind.WARC, "a.warc.gz")
    assert [one.where for one in closed] == ["page.html"]
    assert "at an address only WARC, ARC and WACZ files are" in closed[0].cause
    there, own = section(found.file.path), section(here.file.path)
    assert cut(there, Kind.WARC, 11).parts == cut(own, Kind.WARC, 11).parts
    start, end = cut(there, Kind.WARC, 11).parts[2]
    assert list(read_warc(there, start, end)) == list(read_warc(own, start, end))
    (alone,), _ = files_in(path_of(f"{bucket.url}/2021/a.warc.gz"))
    assert replace(found.file.path, url="") == replace(alone.file.path, url="")  # type: ignore[type-var]
    assert alone.identity == here.identity
    assert not path_of(f"{bucket.url}/2022").exists()


def test_a_file_of_a_server_is_that_of_a_disk(local: Path) -> None:
    handler = partial(SimpleHTTPRequestHandler, directory=str(local))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            (found,), _ = files_in(path_of(f"http://127.0.0.1:{server.server_port}/a.warc.gz"))
            assert found.identity == files_in(local)[0][0].identity
            assert list(read_warc(section(found.file.path))) == list(read_warc(local / "a.warc.gz"))
        finally:
            server.shutdown()
            thread.join()


def test_paths_stay_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert path_of("a b.warc") == tmp_path / "a b.warc"
    assert path_of(f"file://{tmp_path}/a%20b.warc") == tmp_path / "a b.warc"
    assert isinstance(path_of("s3://kho/a.warc"), RemoteFile)
    with pytest.raises(StorageError, match="expected a file, a folder"):
        path_of("ftp://kho.example/a.warc").exists()
