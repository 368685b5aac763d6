"""Every command says in a line that its output cannot be written, and takes a reader that leaves for no error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.table import Table

from tests.helpers.articles import fill
from tests.helpers.commands import run
from wardnews.cli import COMMANDS
from wardnews.cli.output import cell, say, table_console

RECORDING = Path(__file__).parents[1] / "pages" / "hanoi-liferay" / "article.html"
SITES = '[hoasua]\nname = "Phường Hoa Sữa"\nurl = "http://127.0.0.1:1/"\n'
STORE = "sqlite:///store.db"
ARGUMENTS: dict[str, tuple[str | Path, ...]] = {
    "crawl": ("hoasua", "--sites", "own.toml", "-o", "-"),
    "backfill": ("hoasua", "--sites", "own.toml", "--from", RECORDING.parent, "-o", "-"),
    "read": (RECORDING,),
    "read --explain": ("--explain", RECORDING),
    "export": (),
    "changes": (),
    "push": ("http://127.0.0.1:1/",),
    "probe": ("http://127.0.0.1:1/",),
    "sites": (),
    "status": (),
    "status --json": ("--json",),
    "gaps": ("hoasua", "--sites", "own.toml"),
    "reread": ("hoasua", "--sites", "own.toml"),
    "join": ("hoasua", "--sites", "own.toml"),
    "pack": ("-o", "all.wacz"),
    "files": (),
    "init": ("archive", "--portals", "hanoi-phucloi", "--contact", "luutru@example.org", "--every", "day"),
    "schema": (),
    "--help": (),
    "--version": (),
}
WITHOUT_OUTPUT = {"push", "serve", "demo"}
"""Commands that write no standard output at their end, or are long to run."""


def full() -> None:
    standard_output(os.open("/dev/full", os.O_WRONLY))


def left() -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    standard_output(theirs)


def standard_output(descriptor: int) -> None:
    os.dup2(descriptor, 1)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - it lasts as long as the process


def ascii_only() -> None:
    sys.stdout.reconfigure(encoding="ascii", errors="strict")  # type: ignore[union-attr]
    sys.stderr.reconfigure(encoding="ascii", errors="strict")  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a store and a sites file."""
    place = tmp_path_factory.mktemp("streams")
    fill(f"sqlite:///{place}/store.db", 30)
    (place / "own.toml").write_text(SITES, encoding="utf-8")
    return place


def test_all_commands_are_here() -> None:
    assert set(COMMANDS) - WITHOUT_OUTPUT <= {name.partition(" ")[0] for name in ARGUMENTS}


@pytest.mark.parametrize("before", [full, left, ascii_only])
@pytest.mark.parametrize("command", ARGUMENTS)
def test_a_command_says_in_a_line_what_becomes_of_its_output(
    folder: Path, command: str, before: Callable[[], None]
) -> None:
    name = command.partition(" ")[0]
    settings = {"WARDNEWS_PUSH_TRIES": 1, "DOWNLOAD_DELAY": 0.01}
    done = run(
        folder, name, *ARGUMENTS[command], before=before, environment={"WARDNEWS_STORE": STORE}, settings=settings
    )
    assert "Traceback" not in done.stderr
    assert "error in wardnews itself" not in done.stderr
    assert done.returncode in (0, 1, 2, 3, 4)
    if before is full and "No space left" in done.stderr:
        assert done.returncode == 1


def test_strangers_words_in_tables_are_no_markup_and_steer_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("title")
    table.add_row(cell("Tin [/] [link=http://evil.example]mới[/link] :smile: \x1b]0;x\x07"))
    table_console().print(table)
    say("Tin [/] :smile: \x1b[2J")
    shown, said = capsys.readouterr()
    assert "Tin [/] [link=http://evil.example]mới[/link] :smile: ]0;x" in shown
    assert said == "Tin [/] :smile: [2J\n"
