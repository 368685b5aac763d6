from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from wardnews.practice import PracticePortal

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--pages", type=Path, metavar="DIR", help="real pages, sample files beside them; write --pages=DIR"
    )


@pytest.fixture(scope="session")
def pages(request: pytest.FixtureRequest) -> Path:
    folder: Path | None = request.config.getoption("--pages")
    if folder is None:
        pytest.skip("needs --pages")
    return folder.resolve()


@pytest.fixture
def portal() -> Iterator[PracticePortal]:
    with PracticePortal() as portal:
        yield portal


@pytest.fixture
def sites_file(portal: PracticePortal, tmp_path: Path) -> Path:
    file = tmp_path / "practice.toml"
    file.write_text(portal.toml(), encoding="utf-8")
    return file


@pytest.fixture
def wardnews(tmp_path: Path) -> Run:
    """Run the command, as a user would, in an empty folder."""

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "wardnews", *map(str, arguments)]
        environment = {**os.environ, "PYTHONUTF8": "1", "COLUMNS": "120"}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", timeout=120, check=False
        )

    return run
