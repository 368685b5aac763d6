"""The `wardnews` command in a process of its own, forked off one that has imported everything already."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from wardnews.store import Store

_forks = get_context("forkserver")
_forks.set_forkserver_preload(["wardnews.cli", "wardnews.runs", "alembic.command", "tests.commands"])

Before = Callable[..., None]


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

    @contextmanager
    def started(
        self,
        *arguments: str,
        settings: dict[str, Any] | None = None,
        before: Before | None = None,
        name: str = "stderr",
    ) -> Iterator[BaseProcess]:
        """Start `wardnews crawl`; `before` is called in the process, with settings of the project's changed."""
        command = ["crawl", *(arguments or ("hoasua",)), "--sites", "sites.toml", "--store", self.store]
        process = _forks.Process(target=_main, args=(self.path, command, settings or {}, before, name))
        process.start()
        try:
            yield process
        finally:
            process.join(120)
            if process.is_alive():
                process.kill()
                process.join()

    def crawl(self, *arguments: str, **options: Any) -> Done:
        """Run `wardnews crawl` to its end."""
        name = options.setdefault("name", "stderr")
        with self.started(*arguments, **options) as process:
            process.join(120)
        status = process.exitcode
        return Done(status, (self.path / name).read_text(encoding="utf-8"))

    def feeds(self) -> list[list[dict[str, Any]]]:
        """Give the records of each feed, the oldest first; every line must be a whole one."""
        files = sorted((self.path / "output").glob("*.jsonl"))
        texts = [file.read_text(encoding="utf-8") for file in files]
        assert all(not text or text.endswith("\n") for text in texts)
        return [[json.loads(line) for line in text.splitlines()] for text in texts]

    def all(self) -> list[tuple[str, str]]:
        """Give id and change of all records of all feeds."""
        return [(one["id"].partition(":")[2], one["change"]) for feed in self.feeds() for one in feed]

    def last(self) -> list[tuple[str, str]]:
        """Give id and change of the records of the newest feed."""
        newest = max((self.path / "output").glob("*.jsonl"), key=lambda file: file.stat().st_mtime_ns)
        lines = newest.read_text(encoding="utf-8").splitlines()
        return sorted((one["id"].partition(":")[2], one["change"]) for one in map(json.loads, lines))

    def reports(self) -> list[dict[str, Any]]:
        files = sorted((self.path / "output").glob("*.report.json"))
        return [json.loads(file.read_text(encoding="utf-8")) for file in files]

    def sql(self, statement: str, **values: Any) -> list[Any]:
        """Run a statement on the store, as time does in these tests; give its rows."""
        store = Store.open(self.store.replace("sqlite:///", f"sqlite:///{self.path}/"))
        try:
            with store.writing() as connection:
                result = connection.execute(sa.text(statement), values)
                return list(result) if result.returns_rows else []
        finally:
            store.close()


def _main(folder: Path, command: list[str], settings: dict[str, Any], before: Before | None, name: str) -> None:
    from wardnews import cli
    from wardnews import settings as project

    os.chdir(folder)
    with Path(name).open("wb") as stderr, Path("stdout").open("wb") as stdout:
        os.dup2(stderr.fileno(), 2)
        os.dup2(stdout.fileno(), 1)
    os.environ["COLUMNS"] = "120"
    signal.signal(signal.SIGINT, signal.default_int_handler)
    vars(project).update(settings)
    if before:
        before()
    sys.argv = ["wardnews", *command]
    cli.main()
