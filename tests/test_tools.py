"""What the tools print is what others take."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]


def test_the_lowest_versions_are_those_that_the_project_allows() -> None:
    done = subprocess.run([sys.executable, "tools/lowest.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    pinned = {one.name: one for one in map(Requirement, done.stdout.splitlines())}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for line in (*project["dependencies"], *project["optional-dependencies"]["dev"]):
        allowed = Requirement(line)
        (lowest,) = pinned[allowed.name].specifier
        assert lowest.operator == "=="
        assert allowed.specifier.contains(lowest.version)
        assert f">={lowest.version}" in line


def test_the_catalogues_are_in_step_with_the_code() -> None:
    done = subprocess.run(
        [sys.executable, "tools/messages.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.strip()) == (0, "")
