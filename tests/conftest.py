from __future__ import annotations

import os
import pty
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


@pytest.fixture
def on_terminal(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Run the command on a terminal of some columns; give its exit status and all that it showed."""

    def run(*arguments: str | Path, columns: int = 100) -> tuple[int, str]:
        leader, follower = pty.openpty()
        command = [sys.executable, "-m", "wardnews", *map(str, arguments)]
        environment = {**os.environ, "PYTHONUTF8": "1", "COLUMNS": str(columns), "TERM": "xterm"}
        with subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdin=follower, stdout=follower, stderr=follower
        ) as process:
            os.close(follower)
            shown = bytearray()
            try:
                while part := os.read(leader, 1 << 16):
                    shown += part
            except OSError:  # nobody has the other end any more: all is read
                os.close(leader)
        return process.returncode, shown.decode()

    return run
