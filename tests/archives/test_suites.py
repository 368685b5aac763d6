"""The archives of other programs' own tests are read, or what is wrong with them is named (`make drill`)."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path

import pytest

from wardnews.archives.capture import Capture
from wardnews.archives.disk import Kind, files_of, kind_of
from wardnews.archives.folder import read_file

SUITES = {"warcio": 0, "pywb": 15, "wpull": 0}
"""Packages, and how many archives there are in each at least: some leave their tests out."""
ENDINGS = (".warc", ".warc.gz", ".warc.zst", ".arc", ".arc.gz", ".wacz", ".bad")


@pytest.mark.skipif("DRILL_SUITES" not in os.environ, reason="fetches the packages of other programs")
@pytest.mark.parametrize("package", SUITES)
def test_the_archives_of_other_programs_are_read_or_named(package: str, tmp_path: Path) -> None:
    fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", package]
    subprocess.run(fetch, cwd=tmp_path, check=True)
    (packed,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(packed) as archive:
        archive.extractall(tmp_path / "suite", filter="data")
    number = 0
    for file in files_of(tmp_path / "suite")[0]:
        if not file.name.lower().endswith(ENDINGS):
            continue
        assert kind_of(file)[0] in (Kind.WARC, Kind.ARC, Kind.WACZ), file.name
        found = list(read_file(file, tmp_path / "suite"))
        causes = Counter("captures" if isinstance(one, Capture) else one.cause for one in found)
        print(f"{file.name}: {dict(causes)}")  # noqa: T201 - the drill's table
        assert found, f"{file.name} is passed over in silence"
        assert not any("wardnews itself" in cause for cause in causes), file.name
        number += bool(causes["captures"])
    assert number >= SUITES[package]
