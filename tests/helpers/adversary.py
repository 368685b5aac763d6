"""What an adversary does to commands that write: kills, a jumping clock, full disks, few files, little memory."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Self

from tests.helpers.commands import LONGEST, Command, run_anew, started

FAKETIME = os.environ.get("DRILL_FAKETIME", "")
PROGRAMS = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
"""Where PostgreSQL's programs are; None where it is not installed."""


@dataclass(frozen=True)
class Work:
    """A command that writes: what it is run on, and what it leaves, in a form that two runs may be compared by.

    `base` is the folder that it is run on a copy of. `stop_at` are the words at which a command that goes on for ever
    has done its work.
    """

    base: Path
    arguments: tuple[str, ...]
    left: Callable[[Path], Any]
    environment: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    stop_at: str = ""

    def started(self, folder: Path, before: Callable[[], None] | None = None) -> Any:
        given: dict[str, Any] = {"environment": dict(self.environment), "settings": self.settings}
        return started(folder, *self.arguments, before=before, **given)

    def run(self, folder: Path, before: Callable[[], None] | None = None) -> tuple[int | None, str]:
        """Run the command until its work is done; return its status and what it said."""
        with self.started(folder, before) as command:
            if self.stop_at:
                stop_when_said(command, self.stop_at)
        return command.exitcode, command.stderr


def stop_when_said(command: Command, words: str) -> None:
    end = time.monotonic() + LONGEST
    while command.is_alive() and time.monotonic() < end:
        if words in (command.written / "stderr").read_text(encoding="utf-8", errors="replace"):
            command.send(signal.SIGTERM)
            return
        time.sleep(0.02)


Attack = Callable[[Work, Path, random.Random, float], str]
"""Runs a command in a folder under bad circumstances; given the seconds that it takes as a rule. Returns what it said."""


def kill(work: Work, folder: Path, chance: random.Random, seconds: float) -> str:
    """Kill the command at any time."""
    with work.started(folder) as command:
        command.join(chance.uniform(0, seconds))
        command.kill()
    return ""


def _few_files(number: int) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (number, number))


def few_files(work: Work, folder: Path, chance: random.Random, _seconds: float) -> str:
    """Let the command open few files."""
    return work.run(folder, partial(_few_files, chance.randint(10, 40)))[1]


def _little_memory(more: int) -> None:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    most = int(status.partition("VmData:")[2].split()[0]) * 1024 + more
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def little_memory(work: Work, folder: Path, chance: random.Random, _seconds: float) -> str:
    """Let the command have a few megabytes more than it has at its start."""
    return work.run(folder, partial(_little_memory, chance.randint(1 << 18, 24 << 20)))[1]


def _small_files(most: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


def small_files(work: Work, folder: Path, chance: random.Random, _seconds: float) -> str:
    """Let the command write no file larger than some size, as a quota does."""
    return work.run(folder, partial(_small_files, chance.randint(512, 200_000)))[1]


def small_disk(work: Work, folder: Path, chance: random.Random, _seconds: float) -> str:
    """Let the command work on a file system that is soon full, and then grows."""
    used = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) >> 10
    aside = folder.with_name(f"{folder.name}-aside")
    folder.rename(aside)
    folder.mkdir()
    size = used + 200 + chance.randint(0, 400)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", folder], check=True)
    try:
        shutil.copytree(aside, folder, dirs_exist_ok=True)
        said = work.run(folder)[1]
        shutil.rmtree(aside)
        shutil.copytree(folder, aside)
    finally:
        subprocess.run(["umount", folder], check=True)
    folder.rmdir()
    aside.rename(folder)
    return said


def may_mount(folder: Path) -> bool:
    """Whether this process may mount a file system."""
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True, check=False)
    return not done.returncode and not subprocess.run(["umount", folder], check=False).returncode


def jumping_clock(work: Work, folder: Path, chance: random.Random, _seconds: float) -> str:
    """Run the command by a clock that is wrong by up to a year."""
    environment = {**work.environment, "LD_PRELOAD": FAKETIME, "FAKETIME": f"{chance.randint(-400, 400):+}d"}
    return run_anew(folder, *work.arguments, environment=environment).stderr


class Cluster:
    """A PostgreSQL of its own, that may be killed and comes back; to be used in a `with` block."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder / "data", port
        self.url = f"postgresql+psycopg://wardnews@127.0.0.1:{port}"
        self.process: subprocess.Popen[bytes] | None = None

    def program(self, name: str, *arguments: str | Path) -> list[str]:
        """Return the command line of one of its programs, which do not run as root."""
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        return [*as_postgres, f"{PROGRAMS}/{name}", *map(str, arguments)]

    def __enter__(self) -> Self:
        if os.geteuid() == 0:
            shutil.chown(self.folder.parent, "postgres")
        made = self.program("initdb", "-D", self.folder, "-U", "wardnews", "-A", "trust", "-E", "UTF8", "--no-sync")
        subprocess.run(made, cwd="/", check=True, capture_output=True)
        self.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def begin(self) -> None:
        """Start it, and wait until it answers."""
        options = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=30")
        settings = [part for option in options for part in ("-c", option)]
        line = self.program("postgres", "-D", self.folder, "-p", str(self.port), *settings)
        self.process = subprocess.Popen(line, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            ready = self.program("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port))
            if subprocess.run(ready, cwd="/", check=False).returncode == 0:
                return
            time.sleep(0.1)
        raise TimeoutError("PostgreSQL does not start")

    def kill(self) -> None:
        """Kill all of it with SIGKILL."""
        lines = (self.folder / "postmaster.pid").read_text(encoding="ascii").splitlines()
        first = int(lines[0])
        children = [pid for pid, parent in _parents() if parent == first]
        for pid in (first, *children):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.process:
            self.process.wait()
        while any(pid in (first, *children) for pid, _ in _parents()):
            time.sleep(0.02)

    def database(self, name: str) -> str:
        """Make a database; return its address."""
        subprocess.run(self.program("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "wardnews", name),
            cwd="/", check=True)  # fmt: skip
        return f"{self.url}/{name}"


def _parents() -> Iterator[tuple[int, int]]:
    """Yield the processes of this machine that have not ended, with their parents."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            rest = status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if rest[0] != "Z":
                yield int(status.parent.name), int(rest[1])
