"""How long the command takes to start: for its help, and to read one saved page. Seconds, the best of ten.

    .venv/bin/python benchmarks/start.py

Run it on a quiet machine. Bytecode is kept, as where wardnews is installed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "tests" / "pages" / "hanoi-liferay" / "article.html"
COMMANDS = {
    "an interpreter alone": ["-c", "pass"],
    "wardnews --help": ["-m", "wardnews", "--help"],
    "wardnews sites": ["-m", "wardnews", "sites"],
    "wardnews read FILE": ["-m", "wardnews", "read", str(PAGE)],
}


def best(arguments: list[str], environment: dict[str, str], runs: int = 10) -> float:
    """Return the seconds that the quickest of several runs took; a first one writes the bytecode."""
    seconds = []
    for _ in range(runs + 1):
        begun = time.perf_counter()
        subprocess.run(
            [sys.executable, *arguments],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        seconds.append(time.perf_counter() - begun)
    return min(seconds[1:])


def main() -> None:
    """Measure and print each."""
    with TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for name, arguments in COMMANDS.items():
            print(f"{best(arguments, environment):6.3f}  {name}")


if __name__ == "__main__":
    main()
