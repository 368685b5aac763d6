"""Raw pages are read again without the network: nothing else than what the layouts read changes."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.helpers.commands import KEEP, finished
from wardnews.archives.capture import Capture
from wardnews.archives.warc.write import RawFile
from wardnews.demo import PracticePortal
from wardnews.errors import ExitStatus
from wardnews.store.database import Store

CRAWL = ("crawl", "practice-liferay", "--sites", "practice.toml", "-q")
REREAD = ("reread", "practice-liferay", "--sites", "practice.toml")

Kept = dict[str, dict[str, Any]]


def kept(folder: Path) -> Kept:
    """Give the current records by id."""
    with sqlite3.connect(folder / "output" / "wardnews.db") as connection:
        rows = connection.execute("SELECT record FROM articles JOIN versions USING (seq)").fetchall()
    connection.close()
    return {record["id"]: record for record in (json.loads(row) for (row,) in rows)}


def query(folder: Path, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with sqlite3.connect(folder / "output" / "wardnews.db") as connection:
        rows = connection.execute(sql, values).fetchall()
    connection.close()
    return rows


def misread(folder: Path, every: int, **fields: Any) -> Kept:
    """Change current records into what an old layout might have read of the same pages; give them as they should be."""
    right = {}
    with sqlite3.connect(folder / "output" / "wardnews.db") as connection:
        rows = connection.execute(
            "SELECT seq, id, record FROM articles JOIN versions USING (seq) ORDER BY id"
        ).fetchall()
        for seq, name, line in rows[::every]:
            right[name] = json.loads(line)
            wrong = json.dumps({**right[name], **fields, "content_hash": "of what was read then"}, ensure_ascii=False)
            connection.execute("UPDATE versions SET record = ? WHERE seq = ?", (wrong, seq))
            connection.execute("UPDATE articles SET content_hash = 'of what was read then' WHERE id = ?", (name,))
    connection.close()
    return right


def crawled(folder: Path, *, raw: bool = True) -> None:
    status, errors = finished(folder, *CRAWL, environment=KEEP if raw else {})
    assert status == 0, errors


def feeds(folder: Path) -> set[Path]:
    return set(folder.glob("output/*.jsonl"))


def test_what_a_mended_layout_reads_replaces_what_was_read_before(
    portal: PracticePortal, sites_file: Path, wardnews: Run, tmp_path: Path
) -> None:
    crawled(tmp_path)
    asked = len(portal.requests["liferay"])
    before, runs = kept(tmp_path), feeds(tmp_path)
    done = wardnews(*REREAD)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert f"practice-liferay: {len(before)} records read again, 0 would change, 0 without a raw page" in done.stderr

    right = misread(tmp_path, 5, author=None, lead="Sai", views=1)
    wrong = kept(tmp_path)
    done = wardnews(*REREAD)
    assert f"{len(right)} would change" in done.stderr
    lines = [line.split("│") for line in done.stdout.splitlines() if line.startswith("│ lead")]
    assert lines[0][2].strip() == str(len(right))
    assert '"Sai"' in lines[0][3]
    assert kept(tmp_path) == wrong
    assert feeds(tmp_path) == runs

    done = wardnews(*REREAD, "--apply")
    assert done.returncode == 0, done.stderr
    for name, record in kept(tmp_path).items():
        assert record == ({**right[name], "change": "reread"} if name in right else before[name])
    (feed,) = feeds(tmp_path) - runs
    changed = [json.loads(line) for line in feed.read_text(encoding="utf-8").splitlines()]
    assert {record["id"]: record["change"] for record in changed} == dict.fromkeys(right, "reread")
    report = json.loads(feed.with_name(f"{feed.stem}.report.json").read_text(encoding="utf-8"))
    assert (report["status"], report["records"]) == (0, len(right))
    assert report["portals"]["practice-liferay"]["fields"]["lead"] == len(right)
    for name, record in right.items():
        assert query(tmp_path, "SELECT views, content_hash, version FROM articles WHERE id = ?", name) == [
            (record["views"], record["content_hash"], 1)
        ]
    rows = query(tmp_path, "SELECT count(*) FROM versions")

    done = wardnews(*REREAD, "--apply")
    assert "0 replaced" in done.stderr
    assert query(tmp_path, "SELECT count(*) FROM versions") == rows
    assert len(portal.requests["liferay"]) == asked
    finished(tmp_path, *CRAWL, "--full")
    assert Counter(row for (row,) in query(tmp_path, "SELECT change FROM versions")) == {
        "new": len(before),
        "reread": len(right),
    }


def test_an_older_page_never_overwrites_a_newer_version(
    portal: PracticePortal, sites_file: Path, wardnews: Run, tmp_path: Path
) -> None:
    crawled(tmp_path)
    edited = next(one for one in portal.of("liferay") if one.author == "Ban biên tập")
    portal.put(replace(edited, body_html=f"{edited.body_html}<p>Cập nhật.</p>", blocks=(*edited.blocks, "Cập nhật.")))
    status, errors = finished(tmp_path, *CRAWL, "--full")  # this time without raw pages
    assert status == 0, errors
    now = kept(tmp_path)
    name = f"practice-liferay:{edited.id}"
    assert (now[name]["version"], now[name]["paragraphs"][-1]) == (2, "Cập nhật.")
    query(tmp_path, "UPDATE articles SET at = '2100-01-01T00:00:00Z' WHERE id = ?", name)
    done = wardnews(*REREAD, "--apply")
    assert f"{len(now) - 1} records read again, 0 replaced, 1 without a raw page" in done.stderr
    assert kept(tmp_path) == now


def test_a_later_look_stands_for_a_page_that_was_not_kept(
    portal: PracticePortal, sites_file: Path, wardnews: Run, tmp_path: Path
) -> None:
    crawled(tmp_path, raw=False)
    query(tmp_path, "UPDATE articles SET at = '2020-01-01T00:00:00Z'")  # the crawl was long ago
    status, errors = finished(tmp_path, *CRAWL, "--full", environment=KEEP)
    assert status == 0, errors
    now = kept(tmp_path)
    done = wardnews(*REREAD, "--apply")
    assert "0 replaced, 0 without a raw page" in done.stderr, "only counters had ticked"
    right = misread(tmp_path, 9, author="Sai")
    done = wardnews(*REREAD, "--apply")
    assert f"{len(right)} replaced" in done.stderr
    for name, record in kept(tmp_path).items():
        assert record["author"] == now[name]["author"]
        assert record["change"] == ("reread" if name in right else "new")
    assert "0 replaced" in wardnews(*REREAD, "--apply").stderr


def test_a_page_that_gives_no_article_any_more_leaves_its_record_alone(
    portal: PracticePortal, sites_file: Path, wardnews: Run, tmp_path: Path
) -> None:
    crawled(tmp_path)
    before = kept(tmp_path)
    record = next(iter(before.values()))
    page = Capture(record["url"], record["crawled_at"], "", 200, "text/html", b"<html><title>Trang</title></html>")
    file = RawFile(tmp_path / "other.warc.gz", {})
    file.captured(page, portal.liferay_url)
    file.close()
    done = wardnews(*REREAD, "--apply", "--raw", "other.warc.gz")
    assert done.returncode == 0, done.stderr
    assert f"0 records read again, 0 replaced, {len(before) - 1} without a raw page" in done.stderr
    assert "1 stay as they are, their pages give no article any more: empty page" in done.stderr
    assert kept(tmp_path) == before


def test_killed_and_run_again_it_ends_as_it_should(
    portal: PracticePortal, sites_file: Path, wardnews: Run, tmp_path: Path
) -> None:
    crawled(tmp_path)
    right = misread(tmp_path, 1, lead="Sai")
    code = (
        "import os, signal\nfrom wardnews import cli\nfrom wardnews.store.versions import Versions\nreread = Versions.reread\nseen = []\n"
        "def dying(self, article):\n    reread(self, article)\n    seen.append(article)\n"
        "    if len(seen) == 7: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"Versions.reread = dying\nimport sys\nsys.argv[1:] = {[*REREAD, '--apply']!r}\n"
        "if __name__ == '__main__': cli.main()\n"
    )
    (tmp_path / "dying.py").write_text(code, encoding="utf-8")
    done = subprocess.run([sys.executable, "dying.py"], cwd=tmp_path, capture_output=True, timeout=90, check=False)
    assert done.returncode == -9, done.stderr
    assert query(tmp_path, "SELECT count(*) FROM versions WHERE change = 'reread'") == [(6,)]
    last = wardnews(*REREAD, "--apply")
    assert f"{len(right) - 6} replaced" in last.stderr
    assert {name: {**record, "change": "reread"} for name, record in right.items()} == kept(tmp_path)
    crawled(tmp_path)
    written = [json.loads(line) for feed in feeds(tmp_path) for line in feed.read_text(encoding="utf-8").splitlines()]
    assert Counter(record["id"] for record in written if record["change"] == "reread") == Counter(list(right))


def test_a_portal_that_another_run_is_at_is_left_out(
    portal: PracticePortal, sites_file: Path, wardnews: Run, tmp_path: Path
) -> None:
    crawled(tmp_path)
    misread(tmp_path, 3, lead="Sai")
    before = kept(tmp_path)
    store = Store.open(f"sqlite:///{tmp_path}/output/wardnews.db")
    assert store.locks.take("site-practice-liferay")
    done = wardnews(*REREAD, "--apply")
    assert (done.returncode, "another run is at it" in done.stderr) == (ExitStatus.LOCKED, True)
    assert kept(tmp_path) == before
    store.close()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("--raw", "nowhere.warc.gz"), "nowhere.warc.gz: no raw pages there"), ((), "output/raw: no raw pages there")],
)
def test_without_raw_pages_it_says_so(
    sites_file: Path, wardnews: Run, arguments: tuple[str, ...], message: str
) -> None:
    done = wardnews(*REREAD, *arguments)
    assert (done.returncode, message in done.stderr) == (2, True), done.stderr
