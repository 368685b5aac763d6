"""A file that is cut into parts gives, part by part, what it gives as a whole; and it is known wherever it lies."""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.archives.test_kinds import arc_head, arc_record
from tests.doubles.history import make_history
from tests.doubles.warcs import record, sound, write_warc
from wardnews.archives.arc import read_arc
from wardnews.archives.capture import Capture
from wardnews.archives.cutting import cut
from wardnews.archives.disk import Kind, files_of, identity_of, kind_of
from wardnews.archives.sections import whole
from wardnews.archives.warc.read import read_warc

CAPTURES = [one for one in make_history(6).captures if not one.revisit][:50]
RECORDS = [record("warcinfo", "", "20210601000000", b"software: x\r\n"), *map(sound, CAPTURES)]


def as_warc(path: Path) -> None:
    write_warc(path, CAPTURES)


def plain(path: Path) -> None:
    path.write_bytes(b"".join(RECORDS))


def packed_as_a_whole(path: Path) -> None:
    path.write_bytes(gzip.compress(b"".join(RECORDS)))


def as_arc(path: Path) -> None:
    path.write_bytes(b"".join(map(gzip.compress, (arc_head(), *map(arc_record, CAPTURES)))))


@pytest.mark.parametrize(
    ("write", "kind", "parts"),
    [(as_warc, Kind.WARC, 5), (plain, Kind.WARC, 5), (packed_as_a_whole, Kind.WARC, 1), (as_arc, Kind.ARC, 5)],
)
def test_the_parts_of_a_file_are_the_file(
    write: Callable[[Path], None], kind: Kind, parts: int, tmp_path: Path
) -> None:
    write(tmp_path / "a")
    section = whole(tmp_path / "a")
    read = read_arc if kind == Kind.ARC else read_warc
    found = cut(section, kind, captures=11)
    assert found.parts[0][0] == 0
    assert found.parts[-1][1] == section.length()
    assert abs(len(found.parts) - parts) <= (parts > 1)  # an ARC file's head is a record too
    by_part = [one for start, end in found.parts for one in read(section, start, end)]
    assert by_part == list(read(section))
    assert sum(isinstance(one, Capture) for one in by_part) == len(CAPTURES)


def test_a_torn_file_is_cut_as_far_as_it_goes(tmp_path: Path) -> None:
    write_warc(tmp_path / "a", CAPTURES, torn=True)
    found = cut(whole(tmp_path / "a"), Kind.WARC, captures=11)
    assert len(found.parts) > 3
    by_part = [one for start, end in found.parts for one in read_warc(tmp_path / "a", start, end)]
    assert by_part == list(read_warc(tmp_path / "a"))


def known_as(folder: Path) -> dict[str, str]:
    return {file.name: identity_of(file, kind_of(file)[0]) for file in files_of(folder)[0]}


def test_a_file_is_known_wherever_it_lies_and_another_is_another(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    write_warc(here / "a.warc.gz", CAPTURES)
    (here / "large.warc").write_bytes(b"WARC/1.0\r\n" + bytes(3_000_000))
    (here / "page.html").write_text("<html><body>Một bài viết</body></html>", encoding="utf-8")
    shutil.copytree(here, there)
    before = known_as(here)
    assert known_as(there) == before
    assert len(set(before.values())) == 3
    (there / "a.warc.gz").rename(there / "b.warc.gz")
    assert known_as(there)["b.warc.gz"] == before["a.warc.gz"]  # a download is often renamed
    with (there / "large.warc").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"x")
    os.utime(there / "page.html", (1, 1))  # it is of another day then
    with (here / "a.warc.gz").open("ab") as file:
        file.write(gzip.compress(sound(CAPTURES[0])))
    assert known_as(there)["large.warc"] != before["large.warc"]
    assert known_as(there)["page.html"] != before["page.html"]
    assert known_as(here)["a.warc.gz"] != before["a.warc.gz"]
