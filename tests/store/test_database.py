"""The store, in SQLite and in PostgreSQL: how it is opened, locked, brought up to date and read."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from tests.conftest import Run
from tests.helpers.commands import one_site, records, started
from wardnews.demo import PracticePortal, Reply, Request
from wardnews.errors import StoreError
from wardnews.store.database import HEAD, Store
from wardnews.store.tables import articles, metadata, pages

ROOT = Path(__file__).parents[2]
NEXT = f"{int(HEAD) + 1:04}"


def python(code: str, *arguments: str, path: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(path)}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=path, env=environment, capture_output=True, text=True, check=False)


# --- opening ------------------------------------------------------------------------------------------------------


def test_the_migrations_lead_to_the_tables(store_url: str) -> None:
    store = Store.open(store_url)
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    store.close()


def test_who_only_reads_makes_no_store(store_url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is none yet; a crawl makes it, and --store or WARDNEWS_STORE names"):
        Store.open(store_url, create=False)
    assert list(tmp_path.iterdir()) == []
    Store.open(store_url).close()
    Store.open(store_url, create=False).close()


def test_a_file_that_is_no_store_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Không phải là kho.\n" * 100, encoding="utf-8")
    with pytest.raises(StoreError, match="file is not a database"):
        Store.open(f"sqlite:///{file}")
    assert file.read_text(encoding="utf-8") == "Không phải là kho.\n" * 100


def open_and_close(url: str) -> None:
    Store.open(url).close()


def test_those_that_open_a_new_store_at_once_all_get_it(store_url: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        opening = [stack.enter_context(started(tmp_path, main=partial(open_and_close, store_url))) for _ in range(6)]
    assert [(one.exitcode, one.stderr) for one in opening] == [(0, "")] * 6


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://a:secret@127.0.0.1/b", r"store mysql://a:\*\*\*@127.0.0.1/b: wardnews keeps its store in SQLite or"),
        ("output/wardnews.db", "not an address of a database, as in sqlite:///output/wardnews.db"),
        ("sqlite:////proc/nowhere/store.db", "cannot be opened"),
        ("postgresql+psycopg2://127.0.0.1/b", "needs psycopg2: pip install 'wardnews.postgres.' brings psycopg"),
    ],
)
def test_an_address_that_is_none_is_a_clear_error(url: str, message: str) -> None:
    with pytest.raises(StoreError, match=message):
        Store.open(url)


# --- locks --------------------------------------------------------------------------------------------------------


def test_a_lock_is_of_one_store_and_of_one_at_a_time(store_url: str) -> None:
    one, other = Store.open(store_url), Store.open(store_url)
    assert one.locks.take("site-hoasua")
    assert not one.locks.take("site-hoasua")
    assert not other.locks.take("site-hoasua")
    assert other.locks.take("site-bentrang")
    one.locks.release("site-hoasua")
    assert other.locks.take("site-hoasua")
    other.close()
    assert one.locks.take("site-bentrang")
    one.close()


def test_a_run_may_lock_more_portals_than_there_are_connections(store_url: str) -> None:
    store = Store.open(store_url)
    assert [number for number in range(300) if not store.locks.take(f"site-{number}")] == []
    store.close()


def test_a_lock_ends_with_its_process(store_url: str) -> None:
    code = (
        "import sys, time; from wardnews.store.database import Store; store = Store.open(sys.argv[1]);"
        "print(store.locks.take('site-hoasua'), flush=True); time.sleep(600)"
    )
    store = Store.open(store_url)
    with subprocess.Popen([sys.executable, "-c", code, store_url], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "True\n"
        assert not store.locks.take("site-hoasua")
        process.kill()
    deadline = threading.Event()
    assert any(
        store.locks.take("site-hoasua") or deadline.wait(0.05) for _ in range(1200)
    )  # a server takes a moment to see
    store.close()


# --- migrations ---------------------------------------------------------------------------------------------------


def later(folder: Path, steps: str) -> Path:
    """Give a copy of wardnews that knows one revision more."""
    shutil.copytree(ROOT / "wardnews", folder / "wardnews", ignore=shutil.ignore_patterns("__pycache__"))
    store = folder / "wardnews" / "store" / "database.py"
    code = store.read_text(encoding="utf-8").replace(f'HEAD = "{HEAD}"', f'HEAD = "{NEXT}"')
    store.write_text(code, encoding="utf-8")
    revision = f'"""Later."""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\nrevision, down_revision = "{NEXT}", "{HEAD}"\n\n\n'
    file = folder / "wardnews" / "store" / "migrations" / "versions" / f"{NEXT}_later.py"
    file.write_text(f"{revision}def upgrade() -> None:\n{steps}", encoding="utf-8")
    return folder


OPEN = "import sys; from wardnews.store.database import Store; from wardnews.store.queries import records; print(*records(Store.open(sys.argv[1], create=False)), sep='\\n')"
ADD = '    op.add_column("articles", sa.Column("note", sa.String()))\n    op.create_index("by_note", "articles", ["note"])\n'


def test_a_store_is_brought_up_to_date_by_a_later_wardnews(
    sites_file: Path, wardnews: Run, store_url: str, tmp_path: Path
) -> None:
    wardnews("crawl", "practice-liferay", "--sites", sites_file, "--sample", "3")
    before = wardnews("export").stdout
    done = python(OPEN, store_url, path=later(tmp_path / "later", ADD))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == before
    assert len(before.splitlines()) == 3
    engine = sa.create_engine(store_url, poolclass=sa.NullPool)
    assert "note" in [column["name"] for column in sa.inspect(engine).get_columns("articles")]
    with pytest.raises(StoreError, match=rf"made by a later wardnews \(tables {NEXT}, this one knows {HEAD}\)"):
        Store.open(store_url)


def test_a_migration_that_fails_leaves_the_store_as_it_was(store_url: str, tmp_path: Path) -> None:
    Store.open(store_url).close()
    broken = f'{ADD}    op.execute("INSERT INTO nowhere VALUES (1)")\n'
    done = python(OPEN, store_url, path=later(tmp_path / "later", broken))
    assert "cannot be opened" in done.stderr
    store = Store.open(store_url)
    assert "note" not in [column["name"] for column in sa.inspect(store.engine).get_columns("articles")]
    store.close()


# --- what portals may send ----------------------------------------------------------------------------------------

MARK = "<meta name='generator' content='WordPress 6.5'>"
HOME = f"{MARK}<ul><li class='menu-item menu-item-object-category'><a href='/category/tin-tuc/'>Tin tức</a></ul>"
BODY = (
    f"{MARK}<body class='single-post postid-{{}}'><article><h1 class='entry-title'>{{}}</h1>"
    "<div class='entry-meta'>05/04/2021 08:00</div><div class='entry-content'>{}</div></article>"
)


def test_what_a_database_cannot_hold_stops_no_run(
    portal: PracticePortal, wardnews: Run, tmp_path: Path, store_url: str
) -> None:
    long, views = "x" + os.urandom(2000).hex(), "08:00 | Lượt xem: 999.999.999"
    posts = [
        {"link": "/nul", "title": {"rendered": "Chữ \0 rỗng"}, "date": "2021-04-05T08:00:00"},
        {"link": "/le", "title": {"rendered": "Nửa \ud800 chữ"}, "date": "2021-04-05T08:00:00"},
        {"link": f"/{long}", "title": {"rendered": "Địa chỉ dài"}, "date": "2021-04-05T08:00:00"},
        {"link": "/dem", "title": {"rendered": "Đếm"}, "date": "2021-04-05T08:00:00"},
        {"link": "/dai", "title": {"rendered": "Dài"}, "date": "2021-04-05T08:00:00"},
    ]
    things = json.dumps({"@type": "NewsArticle", "author": {"name": "Tổ \ud800 \0 dân phố"}})
    script = f"<script type='application/ld+json'>{things}</script>"
    pages_ = {
        "/": HOME,
        "/nul": BODY.format(1, "Chữ \0 rỗng", "<p>Sáng \0 5/4 &#0; &#xD800; họp tổ dân phố.</p>") + script,
        "/le": BODY.format(2, "Nửa chữ", "<p>Sáng 5/4 họp tổ dân phố.</p>") + script,
        "/dem": BODY.replace("08:00", views).format(3, "Đếm phiếu bầu", "<p>Sáng 5/4 họp tổ dân phố.</p>") + script,
        "/dai": BODY.format(4, "Bài rất dài", f"<p>{'Sáng 5/4 họp. ' * 50}</p>" * 1_000) + script,
    }

    def intercept(_generation: str, asked: Request) -> Reply | None:
        if asked.path.startswith("/wp-json"):
            return Reply(200, json.dumps(posts).encode(), "application/json")
        answer = pages_.get(asked.path, "<h1>Không tìm thấy</h1>")
        head = (("ETag", '"\x01a\xe9"'),)
        return None if asked.path == "/robots.txt" else Reply(200, answer.encode(), headers=head)

    portal.intercept = intercept
    done = wardnews("crawl", "hoasua", "--sites", one_site(tmp_path, portal.liferay_url))
    assert done.returncode == 0, done.stderr
    found = {record["url"].rpartition("/")[2]: record for record in records(tmp_path)}
    assert set(found) == {"nul", "le", "dem", "dai"}
    (log,) = tmp_path.glob("output/*.log")
    assert "an address of 40" in log.read_text(encoding="utf-8")
    assert found["nul"]["paragraphs"] == ["Sáng 5/4 � � họp tổ dân phố."]
    assert len(found["dai"]["paragraphs"]) == 1_000
    assert len(found["dai"]["text"]) > 650_000
    assert found["dem"]["views"] == 999_999_999
    assert wardnews("crawl", "hoasua", "--sites", one_site(tmp_path, portal.liferay_url), "--full").returncode == 0


# --- runs ---------------------------------------------------------------------------------------------------------


def test_runs_of_other_portals_go_side_by_side_and_of_the_same_not(
    portal: PracticePortal, sites_file: Path, wardnews: Run, tmp_path: Path, store_url: str
) -> None:
    other: list[subprocess.CompletedProcess[str]] = []

    def intercept(generation: str, _asked: Request) -> None:
        if generation == "liferay" and not other:
            portal.intercept = None
            other.append(wardnews("crawl", "practice-liferay", "practice-newszone", "--sites", sites_file))

    portal.intercept = intercept
    done = wardnews("crawl", "practice-liferay", "--sites", sites_file)
    assert done.returncode == 0, done.stderr
    assert other[0].returncode == 5
    assert "practice-liferay: left out, another run is at it" in other[0].stderr
    assert "50 new" in other[0].stderr
    feeds = [feed.read_text(encoding="utf-8").splitlines() for feed in tmp_path.glob("output/*.jsonl")]
    assert [len(feed) for feed in feeds] == [50, 50]


def test_a_run_that_was_killed_is_gone_on_with(
    portal: PracticePortal, sites_file: Path, wardnews: Run, tmp_path: Path, store_url: str
) -> None:
    under_way, killed = threading.Event(), threading.Event()

    def intercept(_generation: str, _asked: Request) -> None:
        if len(portal.requests["liferay"]) == 30:
            under_way.set()
            killed.wait(60)

    portal.intercept = intercept
    soon = {"DOWNLOAD_TIMEOUT": 5}  # with PostgreSQL what it asked last counts as under way for so long
    crawl = ("crawl", "practice-liferay", "--sites", sites_file, "--store", store_url)
    with started(tmp_path, *crawl, settings=soon) as process:
        assert under_way.wait(60)
        process.kill()
    killed.set()
    portal.intercept = None
    done = wardnews("crawl", "practice-liferay", "--sites", sites_file)
    assert done.returncode == 0, done.stderr
    ids = [
        json.loads(line)["id"]
        for feed in tmp_path.glob("output/*.jsonl")
        for line in feed.read_text(encoding="utf-8").splitlines()
    ]
    assert sorted(ids) == sorted(f"practice-liferay:{one.id}" for one in portal.of("liferay"))
    store = Store.open(store_url)
    with store.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(articles)) == len(ids)
        assert connection.scalar(sa.select(sa.func.count()).where(pages.c.state == "todo")) == 0
    store.close()
    assert re.search(r"[1-9]\d* new", done.stderr)
