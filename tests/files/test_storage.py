from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from tests.helpers.buckets import Bucket
from wardnews.files.storage import forget, keep, kept_in, open_kept, place_of

BYTES = b"\x89PNG" * 1000
NAME = hashlib.sha256(BYTES).hexdigest()


class Breaking(io.BytesIO):
    """A file whose disk is full after the first bytes."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise OSError(28, "No space left on device")
        return super().read(size)[:10]


def test_the_same_bytes_are_kept_once_and_whole(tmp_path: Path) -> None:
    base = str(tmp_path)
    with pytest.raises(OSError, match="No space left"):
        keep(base, NAME, Breaking(BYTES))
    assert list(kept_in(base)) == []
    keep(base, NAME, io.BytesIO(BYTES))
    written = (tmp_path / place_of(NAME)).stat()
    keep(base, NAME, io.BytesIO(b"never read"))
    assert (tmp_path / place_of(NAME)).stat() == written
    (tmp_path / f"{place_of('ee' * 32)}.part").parent.mkdir(parents=True)
    (tmp_path / f"{place_of('ee' * 32)}.part").write_bytes(b"half")
    assert dict(kept_in(base)) == {NAME: len(BYTES), "ee" * 32 + ".part": 4}
    with open_kept(base, NAME) as file:
        assert file.read() == BYTES
    for name in (NAME, "ee" * 32, "ff" * 32):
        forget(base, name)
    assert list(kept_in(base)) == []


def test_a_link_is_neither_read_nor_written_through(tmp_path: Path) -> None:
    base, outside = str(tmp_path / "files"), tmp_path / "outside"
    place = tmp_path / "files" / place_of(NAME)
    place.parent.mkdir(parents=True)
    place.with_name(place.name + ".part").symlink_to(outside)
    keep(base, NAME, io.BytesIO(BYTES))
    assert not outside.exists()
    outside.write_bytes(b"secret")
    place.unlink()
    place.symlink_to(outside)
    with pytest.raises(OSError, match="symbolic links"):
        open_kept(base, NAME)


def test_a_bucket_holds_the_same(bucket: Bucket) -> None:
    base = f"{bucket.url}/files"
    assert list(kept_in(base)) == []
    keep(base, NAME, io.BytesIO(BYTES))
    keep(base, NAME, io.BytesIO(b"never read"))
    assert (bucket.names(), list(kept_in(base))) == ([f"files/{place_of(NAME)}"], [(NAME, len(BYTES))])
    with open_kept(base, NAME) as file:
        assert file.read() == BYTES
    for name in (NAME, "ff" * 32):
        forget(base, name)
    assert bucket.names() == []
    with pytest.raises(FileNotFoundError):
        open_kept(base, NAME)
