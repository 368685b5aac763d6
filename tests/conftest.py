from __future__ import annotations

import os
import pty
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from tests.helpers import commands
from wardnews.demo import PracticePortal
from wardnews.store.database import Store

if TYPE_CHECKING:
    from tests.helpers.buckets import Bucket

os.environ["LC_ALL"] = "C.UTF-8"  # what commands say is expected in English
# Else each of the many processes that tests start compiles all that it imports.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

Run = Callable[..., "subprocess.CompletedProcess[str]"]
STORES = {"store_url", "postgres_url"}


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


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a store that is not there yet: in SQLite, and in a database of its own in PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/store.db"
    else:
        yield from own_database()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give an empty store in SQLite, open."""
    store = Store.open(f"sqlite:///{tmp_path}/store.db")
    yield store
    store.close()


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """Give the address of an empty database of its own in PostgreSQL."""
    yield from own_database()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Give the address of a server of S3 on loopback."""
    from tests.helpers.buckets import s3

    with s3() as address:
        yield address


@pytest.fixture
def bucket(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """Give an empty bucket, which is in the environment as Amazon's are."""
    from tests.helpers.buckets import Bucket

    return Bucket(s3_server, monkeypatch)


def own_database() -> Iterator[str]:
    server = os.environ.get("WARDNEWS_TEST_POSTGRES")
    if not server:
        pytest.skip("needs WARDNEWS_TEST_POSTGRES=postgresql+psycopg://user@host/database, which may create databases")
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    name = f"wardnews_{uuid.uuid4().hex}"
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        yield engine.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def wardnews(tmp_path: Path, request: pytest.FixtureRequest) -> Run:
    """Run the command in an empty folder; on the test's `store_url` where it has one."""
    stores = [request.getfixturevalue(name) for name in STORES & set(request.fixturenames)]

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return commands.run(tmp_path, *arguments, environment={"WARDNEWS_STORE": stores[0]} if stores else {})

    return run


@pytest.fixture
def on_terminal(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Run the command on a terminal of some columns; give its exit status and all that it showed."""

    def run(*arguments: str | Path, columns: int = 100, language: str = "C.UTF-8") -> tuple[int, str]:
        leader, follower = pty.openpty()
        command = [sys.executable, "-m", "wardnews", *map(str, arguments)]
        environment = {**os.environ, "PYTHONUTF8": "1", "COLUMNS": str(columns), "TERM": "xterm", "LC_ALL": language}
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
