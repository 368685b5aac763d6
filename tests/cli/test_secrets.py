"""No password and no token is shown or written anywhere, in whatever address it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.helpers.articles import fill
from tests.helpers.commands import run
from wardnews.demo import PracticePortal
from wardnews.text.strings import masked

PLANTED = "S3CRET"
STORES = {
    "password": f"postgresql://me:{PLANTED}@127.0.0.1:1/x",
    "password with signs": f"postgresql://me:a@b/{PLANTED}:c@127.0.0.1:1/x",
    "in the query": f"postgresql://me@127.0.0.1:1/x?password={PLANTED}&connect_timeout=1",
    "in capitals": f"postgresql://me@127.0.0.1:1/x?sslmode=disable&PassWord={PLANTED}",
    "another kind": f"mysql://me:{PLANTED}@127.0.0.1:1/x",
    "no kind at all": f"kho://me:{PLANTED}@127.0.0.1:1/x",
}
COMMANDS: dict[str, tuple[str, ...]] = {
    "export": ("export",),
    "status": ("status",),
    "changes": ("changes",),
    "serve": ("serve", "--port", "0"),
    "push": ("push", "http://127.0.0.1:1/"),
    "gaps": ("gaps", "hanoi-phucloi"),
}
OUTPUTS = {
    "password": f"ftp://me:{PLANTED}@127.0.0.1:1/x.jsonl",
    "password with signs": f"ftp://me:a%40{PLANTED}%2F@127.0.0.1:1/x.jsonl",
    "key": f"s3://AKIA:{PLANTED}@kho/x.jsonl",
    "no kind at all": f"kho://me:{PLANTED}@127.0.0.1:1/x.jsonl",
}
NOWHERE = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_MAX_ATTEMPTS": "1", "AWS_DEFAULT_REGION": "us-east-1"}
"""The environment in which no bucket is asked for on the network."""
RECEIVERS = {
    "token": f"http://127.0.0.1:1/x?token={PLANTED}",
    "any query": f"http://127.0.0.1:1/x?k={PLANTED}",
    "a blank in it": f"http://127.0.0.1:1/x y?token={PLANTED}",
    "password": f"http://me:{PLANTED}@127.0.0.1:1/x",
    "no port": f"http://me:{PLANTED}@127.0.0.1:cong/x",
}


def clean(folder: Path, *shown: str) -> None:
    """Make sure that nothing that was shown or written holds what was planted."""
    for words in shown:
        assert PLANTED not in words, words
    for path in folder.rglob("*"):
        assert PLANTED not in path.name
        if path.is_file():
            assert PLANTED.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("form", STORES)
def test_no_message_shows_the_password_of_a_store(wardnews: Run, tmp_path: Path, form: str) -> None:
    done = wardnews("export", "--store", STORES[form])
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    clean(tmp_path, done.stdout, done.stderr)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_shows_the_password_of_a_store(wardnews: Run, tmp_path: Path, command: str) -> None:
    done = wardnews(*COMMANDS[command], "--store", STORES["password"])
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    clean(tmp_path, done.stdout, done.stderr)


@pytest.mark.parametrize("form", OUTPUTS)
def test_a_crawl_keeps_the_password_of_its_feed(
    wardnews: Run,
    portal: PracticePortal,
    sites_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    form: str,
) -> None:
    for name, value in NOWHERE.items():
        monkeypatch.setenv(name, value)
    done = wardnews("crawl", "practice-liferay", "--sites", sites_file, "--sample", "1", "-o", OUTPUTS[form])
    clean(tmp_path, done.stdout, done.stderr)


@pytest.mark.parametrize("form", RECEIVERS)
def test_a_push_keeps_the_query_of_its_address(tmp_path: Path, form: str) -> None:
    fill(f"sqlite:///{tmp_path}/output/wardnews.db", 1)
    done = run(tmp_path, "push", RECEIVERS[form], settings={"WARDNEWS_PUSH_TRIES": 1})
    assert done.returncode in (1, 2, 4)
    assert "Traceback" not in done.stderr
    shown = tmp_path / "output" / "wardnews.db"
    shown.unlink()  # whom it is pushed to is part of the store
    clean(tmp_path, done.stdout, done.stderr)


@pytest.mark.parametrize("address", [*STORES.values(), *OUTPUTS.values(), *RECEIVERS.values()])
def test_all_of_an_address_but_its_secret_is_shown(address: str) -> None:
    shown = masked(address)
    assert re.match(r"\w+://", shown)
    assert PLANTED not in shown or "?k=" in shown
