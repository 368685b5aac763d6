"""Windows is not tried here; what can be: that nothing is imported which it lacks, and what is done where a part is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from multiprocessing import get_context
from pathlib import Path

import pytest

from wardnews import portable

ROOT = Path(__file__).parents[1]
WITHOUT_POSIX = """
import os, pkgutil, signal, sys
for name in ("fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"):
    sys.modules[name] = None
for name in ("O_DIRECTORY", "O_NOFOLLOW", "sync", "nice", "fork"):
    delattr(os, name)
for name in ("setitimer", "ITIMER_PROF", "SIGKILL", "SIGHUP", "SIGPROF"):
    delattr(signal, name)
import importlib, wardnews
missing = []
for module in pkgutil.walk_packages(wardnews.__path__, "wardnews."):
    if ".migrations" not in module.name and module.name != "wardnews.__main__":
        try:
            importlib.import_module(module.name)
        except Exception as error:
            missing.append(f"{module.name}: {type(error).__name__}: {error}")
print("\\n".join(missing))
"""


def test_every_module_is_imported_without_what_posix_alone_has() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_POSIX], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def hold(path: Path, shared: bool, held: object, done: object) -> None:
    descriptor = os.open(path, os.O_RDWR)
    portable.lock(descriptor, shared=shared)
    held.set()  # type: ignore[attr-defined]
    done.wait()  # type: ignore[attr-defined]


@pytest.mark.parametrize("shared", [False, True])
def test_a_lock_is_between_processes_and_ends_with_its_own(tmp_path: Path, shared: bool) -> None:
    path = tmp_path / "lock"
    path.touch()
    context = get_context("spawn")
    held, done = context.Event(), context.Event()
    process = context.Process(target=hold, args=(path, shared, held, done))
    process.start()
    assert held.wait(60)
    with path.open("r+b") as file:
        with pytest.raises(BlockingIOError):
            portable.lock(file.fileno())
        if shared:
            portable.lock(file.fileno(), shared=True)
        process.kill()
        portable.lock(file.fileno(), wait=True)
    process.join()


def test_a_folder_is_locked_for_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with portable.locked_folder(tmp_path), pytest.raises(BlockingIOError), portable.locked_folder(tmp_path):
        pass
    monkeypatch.delattr(os, "O_DIRECTORY")
    with portable.locked_folder(tmp_path), portable.locked_folder(tmp_path):
        pass  # as on Windows
