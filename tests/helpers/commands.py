"""The `wardnews` command in a process of its own, forked off one that has imported everything already."""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from jsonschema import Draft202012Validator

from wardnews import cli
from wardnews import settings as project
from wardnews.items import json_schema
from wardnews.places import units
from wardnews.store.database import Store

# All that a run imports but the reactor: a process can have one only once. What is last is done when all is imported.
_PRELOADED = """wardnews.cli wardnews.runs.process wardnews.reports.status wardnews.runs.reread wardnews.archives.pack wardnews.reports.gaps wardnews.reading.explain
wardnews.middlewares.referer wardnews.store.files.documents
alembic.command alembic.config typer.rich_utils rich.progress psycopg fastwarc.warc warcio pytest
scrapy.downloadermiddlewares.cookies scrapy.downloadermiddlewares.defaultheaders scrapy.downloadermiddlewares.downloadtimeout
scrapy.downloadermiddlewares.httpcache scrapy.downloadermiddlewares.httpproxy scrapy.downloadermiddlewares.redirect
scrapy.downloadermiddlewares.retry scrapy.downloadermiddlewares.stats scrapy.downloadermiddlewares.useragent
scrapy.extensions.closespider scrapy.extensions.corestats scrapy.extensions.feedexport scrapy.extensions.logcount
scrapy.extensions.logstats scrapy.extensions.memdebug scrapy.extensions.memusage scrapy.extensions.remote_control
scrapy.extensions.spiderstate scrapy.extensions.telnet scrapy.extensions.throttle
scrapy.spidermiddlewares.depth scrapy.spidermiddlewares.metacopy scrapy.spidermiddlewares.referer
scrapy.spidermiddlewares.start scrapy.spidermiddlewares.urllength
scrapy.dupefilters scrapy.logformatter scrapy.pqueues scrapy.squeues scrapy.statscollectors
typer._adapters tests.helpers.drills tests.helpers.warm"""
units.known("00136")  # the table is read once
get_context("forkserver").set_forkserver_preload(_PRELOADED.split())
LONGEST = 120.0
"""Seconds after which a command hangs: many times what any takes."""

KEEP = {"WARDNEWS_RAW": "1"}
"""The environment in which raw pages are kept."""
Before = Callable[..., None]


class Command(ForkServerProcess):
    """Run the command, or another function, in a folder; what it wrote is there when it has ended.

    `environment` is added to that of the tests; `before` is called in the process, with `settings` of the project's
    changed.
    """

    stdout = stderr = ""

    def __init__(
        self,
        folder: Path,
        *arguments: str | Path,
        written: Path,
        environment: Mapping[str, str] | None = None,
        settings: Mapping[str, Any] | None = None,
        before: Before | None = None,
        main: Callable[[], None] = cli.main,
    ) -> None:
        super().__init__()
        self.folder, self.arguments, self.written = folder, ["wardnews", *map(str, arguments)], written
        self.environment = {**os.environ, "COLUMNS": "120", **(environment or {})}
        self.settings, self.before, self.main = settings or {}, before, main

    def run(self) -> None:
        """Do all that a new interpreter would have found done, then what was asked for."""
        os.chdir(self.folder)
        for name, descriptor in (("stdout", 1), ("stderr", 2)):
            with (self.written / name).open("wb") as file:
                os.dup2(file.fileno(), descriptor)
        faulthandler.enable()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(self.environment)
        importlib.reload(project)  # it reads the environment
        vars(project).update(self.settings)
        if self.before:
            self.before()
        sys.argv = self.arguments
        self.main()

    def send(self, number: int) -> None:
        """Send a signal."""
        assert self.pid
        os.kill(self.pid, number)


@contextmanager
def started(folder: Path, *arguments: str | Path, **options: Any) -> Iterator[Command]:
    """Start the command; wait for its end when the block is left."""
    with TemporaryDirectory() as place:
        written = Path(place)
        (written / "stdout").touch()
        (written / "stderr").touch()
        command = Command(folder, *arguments, written=written, **options)
        command.start()
        try:
            yield command
        finally:
            command.join(LONGEST)
            if hangs := command.is_alive():
                command.send(signal.SIGABRT)  # it tells where it is
                command.join()
            command.stdout, command.stderr = (
                (written / name).read_text(encoding="utf-8", errors="replace") for name in ("stdout", "stderr")
            )
            if hangs:
                raise TimeoutError(f"{command.arguments} hung:\n{command.stderr}")


def run(folder: Path, *arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    with started(folder, *arguments, **options) as command:
        pass
    assert command.exitcode is not None
    return subprocess.CompletedProcess(command.arguments, command.exitcode, command.stdout, command.stderr)


def run_anew(
    folder: Path, *arguments: str | Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command in an interpreter of its own, as a user does."""
    command = [sys.executable, "-m", "wardnews", *map(str, arguments)]
    given = {**os.environ, "PYTHONUTF8": "1", "COLUMNS": "120", **(environment or {})}
    return subprocess.run(
        command, cwd=folder, env=given, capture_output=True, encoding="utf-8", timeout=LONGEST, check=False
    )


_RECORD = Draft202012Validator(json_schema())


@lru_cache(maxsize=1 << 12)
def _validate(line: str) -> None:
    """Raise where a line is not what the JSON Schema says; tests read the same lines again and again."""
    _RECORD.validate(json.loads(line))


def read_feed(file: Path) -> list[dict[str, Any]]:
    """Read a feed, every line of which must be a whole one, and what the JSON Schema says."""
    text = file.read_text(encoding="utf-8")
    assert not text or text.endswith("\n")
    for line in text.splitlines():
        _validate(line)
    return [json.loads(line) for line in text.splitlines()]


def records(folder: Path, name: str = "*.jsonl") -> list[dict[str, Any]]:
    """Return the records of the one feed of that name in a folder's output, or of a file."""
    (feed,) = (folder / "output").glob(name) if "*" in name else [folder / name]
    return read_feed(feed)


def one_site(folder: Path, url: str, *lines: str, name: str = "hoasua") -> Path:
    """Write a sites file of one portal; return its path."""
    file = folder / "one.toml"
    text = [f"[{name}]", 'name = "Phường Hoa Sữa"', f'url = "{url}"', "delay = 0.0", *lines]
    file.write_text("\n".join(text), encoding="utf-8")
    return file


def finished(folder: Path, *arguments: str | Path, **options: Any) -> tuple[int, str]:
    """Run the command to its end; return its exit status and its standard error."""
    done = run(folder, *arguments, **options)
    return done.returncode, done.stderr


@dataclass
class Done:
    status: int | None
    stderr: str


@dataclass
class Folder:
    """Hold an empty folder as a user has it, with a sites file of one portal or more."""

    path: Path
    toml: str
    store: str = "sqlite:///output/wardnews.db"

    def __post_init__(self) -> None:
        (self.path / "sites.toml").write_text(self.toml, encoding="utf-8")

    def started(self, *arguments: str, **options: Any) -> AbstractContextManager[Command]:
        """Start `wardnews crawl`, as `started` does."""
        given = (*(arguments or ("hoasua",)), "--sites", "sites.toml", "--store", self.store)
        return started(self.path, "crawl", *given, **options)

    def crawl(self, *arguments: str, **options: Any) -> Done:
        """Run `wardnews crawl` to its end."""
        with self.started(*arguments, **options) as command:
            pass
        return Done(command.exitcode, command.stderr)

    def feeds(self) -> list[list[dict[str, Any]]]:
        """Give the records of each feed, the oldest first; every line must be a whole one."""
        return [read_feed(file) for file in self.files("jsonl")]

    def all(self) -> list[tuple[str, str]]:
        """Give id and change of all records of all feeds."""
        return [(one["id"].partition(":")[2], one["change"]) for feed in self.feeds() for one in feed]

    def last(self) -> list[tuple[str, str]]:
        """Give id and change of the records of the newest feed."""
        return sorted((one["id"].partition(":")[2], one["change"]) for one in self.feeds()[-1])

    def reports(self) -> list[dict[str, Any]]:
        return [json.loads(file.read_text(encoding="utf-8")) for file in self.files("report.json")]

    def files(self, kind: str) -> list[Path]:
        """Give the files of a kind that there are, in the order of their runs: their names tell seconds only."""
        names = [name for (name,) in self.sql("SELECT name FROM runs ORDER BY began")]
        return [file for name in names if (file := self.path / "output" / f"{name}.{kind}").exists()]

    def sql(self, statement: str, **values: Any) -> list[Any]:
        """Run a statement on the store, as time does in these tests; give its rows."""
        store = Store.open(self.store.replace("sqlite:///", f"sqlite:///{self.path}/"))
        try:
            with store.writing() as connection:
                result = connection.execute(sa.text(statement), values)
                return list(result) if result.returns_rows else []
        finally:
            store.close()
