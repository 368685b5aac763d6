"""Files in buckets and below `file://`: whole or not there, and one line where that cannot be."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.helpers.buckets import cut, elsewhere
from wardnews import storage
from wardnews.errors import StorageError
from wardnews.text.strings import masked

if TYPE_CHECKING:
    from tests.helpers.buckets import Bucket

LARGE = bytes(range(256)) * 4096


def test_what_is_written_is_read_again(bucket: Bucket, tmp_path: Path) -> None:
    for place in (bucket.url, tmp_path.as_uri()):
        written_and_read(place, tmp_path)


def written_and_read(place: str, tmp_path: Path) -> None:
    with storage.writing(f"{place}/tin/a.txt") as path:
        path.write_text("một", encoding="utf-8")
    (tmp_path / "b.bin").write_bytes(LARGE)
    storage.send(tmp_path / "b.bin", f"{place}/tin/sâu/b # 1.bin")
    with storage.reading(f"{place}/tin") as folder:
        found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        stamp = (folder / "a.txt").stat().st_mtime_ns
    assert found == {"a.txt": "một".encode(), "sâu/b # 1.bin": LARGE}
    with storage.reading(f"{place}/tin/a.txt") as copy:
        assert (copy.name, copy.read_text(encoding="utf-8")) == ("a.txt", "một")
        assert copy.stat().st_mtime_ns == stamp
    assert not copy.exists()
    with pytest.raises(FileNotFoundError) as gone, storage.reading(f"{place}/khác"):
        pass
    assert gone.value.filename == f"{place}/khác"


def test_an_upload_that_is_torn_leaves_what_was_there(bucket: Bucket, tmp_path: Path) -> None:
    (tmp_path / "new").write_bytes(LARGE)
    bucket.write("all.bin", b"old")
    with cut(after=100_000) as address, elsewhere(AWS_ENDPOINT_URL=address, AWS_MAX_ATTEMPTS="1"):
        with pytest.raises(OSError, match=r"Could not connect|Connection was closed") as error:
            storage.send(tmp_path / "new", f"{bucket.url}/all.bin")
        assert error.value.filename == f"{bucket.url}/all.bin"
    assert {name: bucket.read(name) for name in bucket.names()} == {"all.bin": b"old"}

    there = tmp_path / "there"
    storage.send(tmp_path / "new", f"{there.as_uri()}/all.bin")
    (tmp_path / "new").unlink()
    os.mkfifo(tmp_path / "new")
    with pytest.raises(OSError, match="new"):
        storage.send(tmp_path / "new", f"{there.as_uri()}/all.bin")
    assert [(path.name, path.read_bytes()) for path in there.iterdir()] == [("all.bin", LARGE)]


def test_a_path_of_this_machine_is_itself(tmp_path: Path) -> None:
    for doing in (storage.writing, storage.reading):
        with doing(tmp_path / "a") as path:
            assert path == tmp_path / "a"


WRONG = {
    "s3://khac/x.csv": "there is no bucket khac: make it, or name another",
    "s3://khác/x.csv": "Parameter validation failed: Invalid bucket name",
    "s3://AKIA:S3CRET@khac/x": "there is no bucket khac",
    "s3://kho": "expected a bucket and a name in it, as in s3://bucket/name",
    "s3:///x": "expected a bucket and a name in it",
    "gs://kho/x": "needs gcsfs: pip install 'wardnews[gcs]' brings it",
    "kho://a:S3CRET@b/x": "expected a file, a folder, or s3:// or gs:// or file://",
}


def test_what_cannot_be_written_to_is_one_line(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    for url, says in WRONG.items():
        with pytest.raises(StorageError) as error:
            storage.check(url)
        assert str(error.value).startswith(f"{masked(url)}: {says}")
        assert "S3CRET" not in str(error.value)


def test_who_has_no_credentials_is_told_what_gives_them(bucket: Bucket) -> None:
    none = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "")
    says = "no credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile"
    with elsewhere(**none, AWS_SHARED_CREDENTIALS_FILE=os.devnull), pytest.raises(StorageError, match=says):
        storage.check(f"{bucket.url}/x")


def test_a_server_that_does_not_answer_is_no_mistake_until_something_is_sent(bucket: Bucket) -> None:
    with elsewhere(AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_MAX_ATTEMPTS="1"):
        storage.check(f"{bucket.url}/x")
        with pytest.raises(OSError, match="Could not connect") as error, storage.writing(f"{bucket.url}/x") as path:
            path.touch()
    assert error.value.filename == f"{bucket.url}/x"
