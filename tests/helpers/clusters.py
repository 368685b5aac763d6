"""A Dask cluster on loopback: a scheduler and its workers are processes, as they are anywhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

_QUIET = {
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "10s",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
    "DASK_DISTRIBUTED__ADMIN__TICK__LIMIT": "10s",
    "DASK_DISTRIBUTED__SCHEDULER__WORK_STEALING_INTERVAL": "2s",
    "DASK_DISTRIBUTED__WORKER__MEMORY__MONITOR_INTERVAL": "2s",
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
}
"""What Dask does all the time, done less often: else each of its processes takes 2 % of a core."""
_DASK = "from distributed.cli.dask_{0} import main; main()"


class Cluster:
    """A scheduler at `address` and its `workers`, each of one thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workers: list[subprocess.Popen[str]] = []
        self.readers: list[Thread] = []
        options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show")
        self.scheduler = self._started("scheduler", *options)
        assert self.scheduler.stderr
        lines = iter(self.scheduler.stderr.readline, "")
        self.address = next(found[0] for line in lines if (found := re.search(r"tcp://127[\d.:]+", line)))
        self._pass_over(self.scheduler)

    def _started(self, kind: str, *options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", _DASK.format(kind), *options]
        environment = {**os.environ, **_QUIET}
        return subprocess.Popen(command, cwd=self.folder, env=environment, stderr=subprocess.PIPE, encoding="utf-8")

    def _pass_over(self, process: subprocess.Popen[str]) -> None:
        """Read what a process says, for as long as it does."""
        self.readers.append(Thread(target=list, args=(process.stderr,), daemon=True))
        self.readers[-1].start()

    def add(self) -> subprocess.Popen[str]:
        """Start a worker, which joins when it is ready."""
        own = self.folder / f"worker{len(self.workers)}"
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(own))
        worker = self._started("worker", self.address, *options)
        self._pass_over(worker)
        self.workers.append(worker)
        return worker


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    """Be a cluster until the block is left."""
    made = Cluster(folder)
    try:
        for _ in range(workers):
            made.add()
        yield made
    finally:
        for process in (*made.workers, made.scheduler):
            process.kill()
            process.wait()
        for reader in made.readers:
            reader.join()
        for process in (*made.workers, made.scheduler):
            if process.stderr:
                process.stderr.close()
