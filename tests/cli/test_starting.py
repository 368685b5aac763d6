from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wardnews.cli import app
from wardnews.errors import SitesError, UsageError
from wardnews.sites import load_sites

ANSWERS = "hanoi-phucloi, Việt Hưng, https://hoasua.haiphong.example.vn/tin\nluutru@example.org\nday\n"


def test_three_answers_make_a_folder_to_crawl_in(tmp_path: Path) -> None:
    folder = tmp_path / "lưu trữ của tôi"
    done = CliRunner().invoke(app, ["init", str(folder)], input=ANSWERS.replace("Việt Hưng", "Việt Hưng Hà Nội"))
    assert done.exit_code == 0, done.output
    own = load_sites([folder / "portals.toml"]).keys() - load_sites().keys()
    assert own == {"haiphong-example-vn-hoasua"} or len(own) == 1
    head, line = (folder / "crontab").read_text(encoding="utf-8").splitlines()
    assert head == "WARDNEWS_CONTACT=luutru@example.org"
    assert re.match(r"[1-5]?\d 3 \* \* \* cd ", line)
    command = line.split(maxsplit=5)[5]
    assert subprocess.run(["sh", "-n", "-c", command], check=False).returncode == 0
    crawl = command.partition(" crawl ")[2].partition(" 2> ")[0]
    assert shlex.split(crawl) == [
        "--due",
        "hanoi-phucloi",
        "hanoi-viethung",
        *own,
        "--sites",
        "portals.toml",
        "--quiet",
    ]
    sourced = subprocess.run(
        ["sh", "-c", '. ./wardnews.env && echo "$WARDNEWS_CONTACT"'],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert sourced.stdout == "luutru@example.org\n"


@pytest.mark.parametrize(
    ("portals", "contact", "message"),
    [
        ("Phúc Lợi", "luutru@example.org", "2 portals fit 'Phúc Lợi'"),
        (" ,", "luutru@example.org", "name at least one portal"),
        ("hanoi", "somebody", "expected an e-mail address"),
        ("hanoi", "luutru@example.org --every week", "--every week: expected hour or day"),
    ],
)
def test_a_wrong_answer_makes_nothing(tmp_path: Path, portals: str, contact: str, message: str) -> None:
    given = ["--every", "hour", "--portals", portals, "--contact", *contact.split()]
    done = CliRunner().invoke(app, ["init", str(tmp_path / "new"), *given])
    assert isinstance(done.exception, UsageError | SitesError)
    assert message in str(done.exception)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "portals.toml").write_text("mine", encoding="utf-8")
    answers = ["--portals", "hanoi", "--contact", "luutru@example.org", "--every", "hour"]
    done = CliRunner().invoke(app, ["init", str(tmp_path), *answers])
    assert "there is something already" in str(done.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["portals.toml"]
