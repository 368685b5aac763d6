"""How a run's process is set up."""

from __future__ import annotations

import re
import socket
from pathlib import Path

from tests.conftest import Run
from tests.helpers.commands import one_site
from wardnews.errors import ExitStatus
from wardnews.store.database import new_name


def test_two_runs_have_two_names() -> None:
    names = {new_name() for _ in range(20)}
    assert len(names) > 18, "two of one second, in two containers whose processes have one number"
    assert all(re.fullmatch(r"\d{8}T\d{6}Z-\d+-[0-9a-f]{4}", name) for name in names)


def test_the_password_of_a_feed_stands_in_no_log(wardnews: Run, tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        sites = one_site(tmp_path, f"http://127.0.0.1:{port}/")
        done = wardnews("crawl", "hoasua", "--sites", sites, "-o", f"ftp://me:S3CRET@127.0.0.1:{port}/x.jsonl")
    (log,) = (tmp_path / "output").glob("*.log")
    written = log.read_text(encoding="utf-8")
    assert "me:***@127.0.0.1" in written
    assert "S3CRET" not in written + done.stderr + done.stdout


def test_a_run_that_is_refused_leaves_no_file(wardnews: Run, tmp_path: Path) -> None:
    sites = one_site(tmp_path, "http://127.0.0.1:9/")
    done = wardnews("backfill", "hoasua", "--sites", sites, "--from", "khong-co.warc.gz", "-o", "tin.jsonl")
    assert done.returncode == ExitStatus.USAGE, done.stderr
    assert "--from khong-co.warc.gz: expected" in done.stderr
    assert not [*(tmp_path / "output").glob("*"), *tmp_path.glob("*.jsonl")]
