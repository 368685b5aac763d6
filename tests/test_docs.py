"""What README, CONTRIBUTING and docs/ say is true: commands are understood, code runs, files are such as programs take."""

from __future__ import annotations

import doctest
import json
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from tests.conftest import Run
from wardnews.cli import COMMANDS, app
from wardnews.errors import ExitStatus
from wardnews.items import Article, json_schema
from wardnews.sites import parse_sites
from wardnews.store.database import Store
from wardnews.store.tables import versions

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
EXAMPLES = DOCS / "examples"
README = ROOT / "README.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
PAGES = (README, CONTRIBUTING, ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md")))
OPERATING = (DOCS / "operating.md").read_text(encoding="utf-8")


def understood(line: str) -> None:
    """Take a command line apart as the command does; raise where it would complain."""
    name, *arguments = shlex.split(line.partition(" >")[0], comments=True)
    group = typer.main.get_command(app)
    command = group.get_command(group.make_context("wardnews", [name]), name)  # type: ignore[attr-defined]
    command.make_context(name, arguments)


def example(name: str) -> Any:
    return yaml.safe_load((EXAMPLES / name).read_text(encoding="utf-8"))


def blocks(language: str, *pages: Path) -> list[str]:
    """Return the code blocks of a language in pages, in all of them where none is named."""
    pattern = re.compile(rf"^```{language}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    return [block for page in pages or PAGES for block in pattern.findall(page.read_text(encoding="utf-8"))]


def test_the_readme_is_the_first_five_minutes() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 150
    lines = [line for block in blocks("sh", README) for line in block.splitlines() if line.startswith("make")]
    assert lines == ["make demo", "make test"]


def without_comments(page: Path) -> list[str]:
    """Return the code blocks of a page, those of commands without what is said of them."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [re.sub(r" +# .*", "", block) if language == "sh" else block for language, block in found]


def test_the_vietnamese_readme_is_in_step() -> None:
    vietnamese = ROOT / "README.vi.md"
    assert without_comments(vietnamese) == without_comments(README)
    for pattern in (r"^#+ ", r"^\|", r"^`.*\|"):
        numbers = [
            len(re.findall(pattern, page.read_text(encoding="utf-8"), re.MULTILINE)) for page in (README, vietnamese)
        ]
        assert numbers[0] == numbers[1], pattern
    links, theirs = (
        sorted(re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8"))) for page in (README, vietnamese)
    )
    assert [link for link in links if link != "README.vi.md"] == [link for link in theirs if link != "README.md"]


def test_every_command_line_is_understood_and_every_command_has_one() -> None:
    lines = [
        line.removeprefix("wardnews ")
        for block in blocks("sh")
        for line in block.splitlines()
        if line.startswith("wardnews ")
    ]
    for line in lines:
        understood(line)
    assert {line.split()[0] for line in lines} == set(COMMANDS)


def test_the_sessions_of_python_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    sessions = [block for block in blocks("python") if block.startswith(">>>")]
    assert sessions
    for block in sessions:
        test = doctest.DocTestParser().get_doctest(block, {}, "docs", None, 0)
        assert doctest.DocTestRunner().run(test).failed == 0


def test_the_sites_files_are_sites_files() -> None:
    found = [parse_sites(block, "haiphong.toml") for block in blocks("toml")]
    assert [site.key for sites in found for site in sites] == ["haiphong-hoasua"] * 2


def test_every_link_leads_somewhere() -> None:
    for page in PAGES:
        links = re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text(encoding="utf-8"))
        assert [link for link in links if not (page.parent / link).exists()] == []
    named = {path.name for path in EXAMPLES.iterdir() if path.is_file()}
    told = OPERATING + (DOCS / "scaling.md").read_text(encoding="utf-8")
    assert [name for name in named if f"examples/{name}" not in told] == []
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    assert [
        page.name for page in DOCS.iterdir() if page.is_file() and f"({page.name})" not in index + "(index.md)"
    ] == []


def test_every_file_and_make_target_that_contributing_names_is_there() -> None:
    text = CONTRIBUTING.read_text(encoding="utf-8")
    paths = re.findall(r"`((?:wardnews|tests|tools|docs)/[\w/.]+)`", text)
    assert len(paths) > 15
    assert [path for path in paths if not (ROOT / path).exists()] == []
    targets = re.findall(r"^make (\w+)", text, re.MULTILINE)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def test_every_field_of_the_record_is_explained() -> None:
    table = (DOCS / "records.md").read_text(encoding="utf-8").partition("## Flags")[0]
    rows = re.findall(r"^\| (`[^|]+`) \|", table, re.MULTILINE)
    assert [name for row in rows for name in re.findall(r"`(\w+)`", row)] == [one.name for one in fields(Article)]


def test_the_schema_that_lies_in_docs_is_that_of_the_record() -> None:
    """`make schema` writes it anew."""
    assert json.loads((DOCS / "record.schema.json").read_text(encoding="utf-8")) == json_schema()


def test_every_exit_status_is_told() -> None:
    assert [int(number) for number in re.findall(r"^\| (\d) \|", OPERATING, re.MULTILINE)] == sorted(ExitStatus)


def test_the_crontab() -> None:
    *_, line = (EXAMPLES / "crontab").read_text(encoding="utf-8").splitlines()
    minute, hour, *days, command = line.split(maxsplit=5)
    assert (minute.isdigit(), hour, days) == (True, "*", ["*"] * 3)
    assert "%" not in command, "cron takes it for the end of the line"
    understood(re.split(r" 2> ", command.partition("bin/wardnews ")[2])[0])
    assert subprocess.run(["sh", "-n", "-c", command], check=False).returncode == 0


def test_the_units_of_systemd(tmp_path: Path) -> None:
    service = (EXAMPLES / "wardnews.service").read_text(encoding="utf-8")
    (started,) = re.findall(r"^ExecStart=(.*)$", service, re.MULTILINE)
    understood(started.partition("bin/wardnews ")[2])
    statuses = re.findall(r"^SuccessExitStatus=(.*)$", service, re.MULTILINE)
    assert {int(one) for one in statuses[0].split()} == {ExitStatus.SICK, ExitStatus.STOPPED, ExitStatus.LOCKED}
    verify = shutil.which("systemd-analyze")
    if not verify:
        pytest.skip("needs systemd-analyze")
    here = service.replace("/srv/wardnews/venv/bin/wardnews", str(Path(sys.executable).with_name("wardnews")))
    (tmp_path / "wardnews.service").write_text(here, encoding="utf-8")
    shutil.copy(EXAMPLES / "wardnews.timer", tmp_path)
    units = [str(tmp_path / f"wardnews.{kind}") for kind in ("service", "timer")]
    done = subprocess.run([verify, "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "wardnews" in line]) == (0, [])
    (when,) = re.findall(r"^OnCalendar=(.*)$", (EXAMPLES / "wardnews.timer").read_text(encoding="utf-8"), re.MULTILINE)
    assert subprocess.run([verify, "calendar", when], capture_output=True, check=False).returncode == 0


def test_the_image_takes_what_there_is_and_starts_the_command() -> None:
    lines = (EXAMPLES / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    copied = [word for line in lines if line.startswith("COPY ") for word in line.split()[1:-1]]
    assert copied
    assert [word for word in copied if not (ROOT / word).exists()] == []
    assert 'ENTRYPOINT ["wardnews"]' in lines
    assert lines.index("USER wardnews") < lines.index('ENTRYPOINT ["wardnews"]')


def test_the_composition() -> None:
    composed = example("compose.yaml")
    own = composed["services"]["wardnews"]
    understood(shlex.join(own["command"]))
    assert (EXAMPLES / own["build"]["context"] / own["build"]["dockerfile"]).resolve() == EXAMPLES / "Dockerfile"
    assert set(own["depends_on"]) <= set(composed["services"])
    named = [mount.partition(":")[0] for one in composed["services"].values() for mount in one["volumes"]]
    assert {name for name in named if not name.startswith(".")} == set(composed["volumes"])


def test_the_manifest_of_a_cluster() -> None:
    from distributed.cli import dask_scheduler, dask_worker

    cluster, crawl = yaml.safe_load_all((EXAMPLES / "kubernetes.yaml").read_text(encoding="utf-8"))
    spec, name = cluster["spec"], cluster["metadata"]["name"]
    for role, command in (("scheduler", dask_scheduler.main), ("worker", dask_worker.main)):
        (container,) = spec[role]["spec"]["containers"]
        assert container["command"] == ["dask", role]
        command.make_context(role, list(container["args"]))
    (container,) = crawl["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    understood(shlex.join(container["args"]))
    (port,) = spec["scheduler"]["service"]["ports"]
    assert container["args"][-2:] == ["--on", f"tcp://{name}-scheduler:{port['port']}"]
    assert spec["scheduler"]["service"]["selector"]["dask.org/cluster-name"] == name


def test_the_workflow() -> None:
    steps = example("github-actions.yml")["jobs"]["crawl"]["steps"]
    (line,) = [step["run"] for step in steps if step.get("run", "").startswith("wardnews ")]
    understood(line.removeprefix("wardnews "))


def test_a_store_that_is_moved_holds_the_same_and_is_written_on(
    sites_file: Path, wardnews: Run, tmp_path: Path, postgres_url: str
) -> None:
    own = f"sqlite:///{tmp_path}/own.db"
    crawl = ("crawl", "practice-liferay", "--sites", sites_file)
    assert wardnews(*crawl, "--sample", "5", "--store", own).returncode == 0
    changes = wardnews("changes", "--store", own)
    command = [sys.executable, str(EXAMPLES / "move_store.py"), own, postgres_url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "versions: 5 rows" in done.stdout
    assert wardnews("export").stdout == wardnews("export", "--store", own).stdout
    moved = wardnews("changes")
    assert (moved.stdout, moved.stderr) == (changes.stdout, changes.stderr), "cursors hold"
    again = wardnews(*crawl)
    assert again.returncode == 0, again.stderr
    assert "45 new" in again.stderr
    twice = subprocess.run(command, capture_output=True, text=True, check=False)
    assert twice.returncode == 1
    assert "not empty" in twice.stderr


def test_a_backup_of_a_store_that_is_written_to_is_whole(sites_file: Path, wardnews: Run, tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/own.db"
    assert (
        wardnews("crawl", "practice-liferay", "--sites", sites_file, "--sample", "3", "--store", store).returncode == 0
    )
    live = Store.open(store)
    with live.writing() as connection:  # a transaction that has not ended is not in the backup
        connection.execute(versions.delete())
        with sqlite3.connect(tmp_path / "own.db") as own:
            own.execute(f"VACUUM INTO '{tmp_path}/backup.db'")
        own.close()
        connection.rollback()
    live.close()
    backup = wardnews("export", "--store", f"sqlite:///{tmp_path}/backup.db")
    assert backup.stdout == wardnews("export", "--store", store).stdout
    assert len([json.loads(line) for line in backup.stdout.splitlines()]) == 3
