"""An adversary at all commands that write: whatever it does, running the same again leaves what it would have left.

`DRILL_ATTACKS` is how often each attack is made on each command; without it a few are made once.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import socket
import sqlite3
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.doubles.history import make_history
from tests.doubles.warcs import sound
from tests.helpers import adversary
from tests.helpers.adversary import Attack, Cluster, Work
from tests.helpers.commands import KEEP, Folder, read_feed, run
from tests.helpers.drills import Asked, RawServer, reply
from tests.helpers.kept_files import keep_all
from tests.helpers.town import Town, pieces
from tests.helpers.village import Story, Village

TRIES = int(os.environ.get("DRILL_ATTACKS", "0"))
SHORT = {("kill", "crawl"), ("kill", "reread"), ("few files", "backfill"), ("little memory", "export"),
    ("small disk", "crawl"), ("small files", "pack")}  # fmt: skip
"""The attacks of the short form, on which commands."""
SITES = ("--sites", "sites.toml")


def changes_of(folder: Path) -> Counter[tuple[str, str]]:
    """Return what all feeds of a folder hold, by id and change."""
    feeds = (read_feed(file) for file in (folder / "output").glob("*.jsonl"))
    return Counter((one["id"], one["change"]) for feed in feeds for one in feed)


def current(folder: Path) -> list[tuple[Any, ...]]:
    """Return what the store holds of each article."""
    with sqlite3.connect(folder / "output" / "wardnews.db") as connection:
        rows = connection.execute("SELECT id, record FROM articles JOIN versions USING (seq) ORDER BY id").fetchall()
    connection.close()
    return [(key, one["title"], one["text"], one["change"]) for key, line in rows for one in [json.loads(line)]]


def files_in(*names: str) -> Callable[[Path], dict[str, bytes]]:
    """Return what reads files, and all files of folders, and sees that nothing unfinished lies beside them."""

    def left(folder: Path) -> dict[str, bytes]:
        assert not [path for path in folder.iterdir() if path.name.endswith(".part") or path.name.startswith(".")]
        paths = (path for name in names for path in [folder / name, *(folder / name).rglob("*")])
        return {str(path.relative_to(folder)): path.read_bytes() for path in paths if path.is_file()}

    return left


def members(folder: Path) -> dict[str, int]:
    """Return the pages of a WACZ file, all of which must be whole."""
    with zipfile.ZipFile(folder / "a.wacz") as packed:
        assert packed.testzip() is None
        return {name: packed.read(name).count(b"WARC/1") for name in packed.namelist() if name.startswith("archive/")}


def copied(folder: Path) -> list[tuple[Any, ...]]:
    """Return the articles of the reading copy."""
    with sqlite3.connect(folder / "output" / "wardnews.serve.db") as connection:
        rows = connection.execute("SELECT id, title, text FROM articles ORDER BY id").fetchall()
    connection.close()
    return rows


def read_texts(folder: Path) -> int:
    """Return of how many kept files the text is known."""
    with sqlite3.connect(folder / "output" / "wardnews.db") as connection:
        (number,) = connection.execute("SELECT count(*) FROM documents").fetchone()
    connection.close()
    return int(number)


class Receiver:
    """Take what is pushed, and tell the changes in the order in which they came first, by the folder of the sender."""

    def __init__(self) -> None:
        self.batches: dict[str, dict[str, bytes]] = {}

    def answer(self, asked: Asked, client: socket.socket) -> None:
        head, _, rest = asked.head.partition("\r\n\r\n")
        fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:])
        body = rest.encode("latin-1")
        while len(body) < int(fields["content-length"]) and (part := client.recv(1 << 16)):
            body += part
        if len(body) == int(fields["content-length"]):
            known = self.batches.setdefault(asked.path, {})
            assert known.setdefault(fields["idempotency-key"], body) == body
            client.sendall(reply(b""))

    def left(self, _folder: Path) -> list[str]:
        """Return the ids of what came since the last call."""
        batches = self.batches.get("/", {}).values()
        came = [change.get("record", change)["id"] for batch in batches for change in json.loads(batch)["changes"]]
        self.batches.clear()
        return came


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Work]]:
    """The commands that write, each with the folder that it is run on a copy of."""
    top = tmp_path_factory.mktemp("stand")
    receiver = Receiver()
    with ExitStack() as stack:
        town = stack.enter_context(Town(pieces(40)))
        village = stack.enter_context(Village())
        server = stack.enter_context(RawServer(receiver.answer))
        empty, full, doubles, wrong, kept = (top / name for name in ("empty", "full", "doubles", "wrong", "kept"))
        empty.mkdir()
        history = make_history(4)
        (empty / "sites.toml").write_text(f"{town.toml()}\n{history.toml()}", encoding="utf-8")
        (empty / "a.warc.gz").write_bytes(b"".join(gzip.compress(sound(one)) for one in history.captures[:60]))
        shutil.copytree(empty, full)
        assert run(full, "crawl", "hoasua", *SITES, environment=KEEP).returncode == 0
        shutil.copytree(full, wrong)
        misread(wrong)
        with_doubles(doubles, village)
        (kept / "output").mkdir(parents=True)
        keep_all(f"sqlite:///{kept}/output/wardnews.db", f"{kept}/output/files")
        push = ("push", f"{server.url}/", "--batch-size", "3", "--since", "0")
        patience = {"WARDNEWS_PUSH_TRIES": 2, "WARDNEWS_PUSH_FIRST": 0.01, "WARDNEWS_PUSH_MOST": 0.01}
        works = {
            "crawl": Work(empty, ("crawl", "hoasua", *SITES), changes_of, KEEP),
            "backfill": Work(empty, ("backfill", "practice-archived", *SITES, "--from", "a.warc.gz"), changes_of),
            "export": Work(full, ("export", "-o", "a.jsonl"), files_in("a.jsonl")),
            "export csv": Work(full, ("export", "-o", "a.csv"), files_in("a.csv")),
            "export texts": Work(full, ("export", "--as", "text", "-o", "texts/"), files_in("texts")),
            "push": Work(full, (*push,), receiver.left, settings=patience),
            "pack": Work(full, ("pack", "-o", "a.wacz"), members),
            "reread": Work(wrong, ("reread", "hoasua", *SITES, "--apply"), current),
            "join": Work(doubles, ("join", "hoasua", *SITES, "--apply"), current),
            "files": Work(kept, ("files", "--read"), read_texts),
            "serve": Work(full, ("serve", "--port", "0"), copied, stop_at="Ctrl-C ends it"),
        }
        yield works


def misread(folder: Path) -> None:
    """Let the store hold what an older layout might have read."""
    with sqlite3.connect(folder / "output" / "wardnews.db") as connection:
        rows = connection.execute("SELECT seq, record FROM articles JOIN versions USING (seq)").fetchall()
        for seq, line in rows:
            record = json.dumps({**json.loads(line), "title": "sai", "content_hash": "sai"}, ensure_ascii=False)
            connection.execute("UPDATE versions SET record = ? WHERE seq = ?", (record, seq))
        connection.execute("UPDATE articles SET content_hash = 'sai'")
    connection.close()


def with_doubles(path: Path, village: Village) -> None:
    """Make a folder whose store holds articles under two ids."""
    path.mkdir()
    village.stories = [Story.made(number) for number in range(1, 7)]
    folder = Folder(path, village.toml())
    assert folder.crawl().status == 0
    village.section, village.path_of = "chuyen-muc", lambda one: f"/chuyen-muc/{one.n}/lop-tap-huan"
    for table, column in (("articles", "first_seen"), ("articles", "at"), ("versions", "at"), ("sightings", "at")):
        folder.sql(f"UPDATE {table} SET {column} = '2020' || substr({column}, 5)")
    folder.crawl()


class Table:
    """Count the tries of each attack on each command, and those that were held."""

    def __init__(self) -> None:
        self.tries: Counter[tuple[str, str]] = Counter()
        self.fallen: dict[tuple[str, str], list[str]] = {}

    def __str__(self) -> str:
        lines = [f"{'attack':16} {'on':14} tries  held"]
        for (attack, name), tries in self.tries.items():
            held = tries - len(self.fallen.get((attack, name), ()))
            lines.append(f"{attack:16} {name:14} {tries:5} {held:5}")
        return "\n".join(lines)


def attempt(attack: Attack, work: Work, folder: Path, chance: random.Random, truth: tuple[float, Any]) -> str:
    """Attack a command, then run it again in peace; return what went wrong, if anything did."""
    seconds, left = truth
    shutil.copytree(work.base, folder)
    try:
        said = attack(work, folder, chance, seconds)
    except TimeoutError as hung:
        return str(hung)
    status, again = work.run(folder)
    # Without memory Python itself may write one.
    if attack is not adversary.little_memory and ("Traceback" in said or "Fatal Python error" in said):
        return f"a traceback: {said}"
    if status != 0:
        return f"in peace status {status}: {again}; attacked: {said}"
    found = work.left(folder)
    return "" if covers(found, left) else f"left {found}, not {left}; attacked: {said}"


def covers(found: Any, left: Any) -> bool:
    """Whether a command left what it should have; batches that were pushed may come once more, in order."""
    if isinstance(left, list) and left and isinstance(left[0], str):
        return list(dict.fromkeys(found)) == list(dict.fromkeys(left))
    return bool(found == left)


def attacks(folder: Path) -> dict[str, Attack]:
    """Return the attacks that this machine allows."""
    folder.mkdir()
    known: dict[str, Attack] = {
        "kill": adversary.kill,
        "few files": adversary.few_files,
        "little memory": adversary.little_memory,
        "small files": adversary.small_files,
    }
    if adversary.may_mount(folder):
        known["small disk"] = adversary.small_disk
    if adversary.FAKETIME:
        known["jumping clock"] = adversary.jumping_clock
    return known


def test_whatever_happens_the_same_again_leaves_what_it_should(stand: dict[str, Work], tmp_path: Path) -> None:
    chance, table = random.Random(20210405), Table()
    for name, work in stand.items():
        made = [(kind, attack) for kind, attack in attacks(tmp_path / f"may {name}").items()
            if (TRIES or (kind, name) in SHORT) and not (kind == "jumping clock" and work.stop_at)]  # fmt: skip
        if not made:
            continue
        shutil.copytree(work.base, tmp_path / name)
        began = time.monotonic()
        status, said = work.run(tmp_path / name)
        assert status == 0, said
        truth = time.monotonic() - began, work.left(tmp_path / name)
        for kind, attack in made:
            for number in range(TRIES or 1):
                table.tries[kind, name] += 1
                folder = tmp_path / f"{name} {kind} {number}"
                if wrong := attempt(attack, work, folder, chance, truth):
                    table.fallen.setdefault((kind, name), []).append(wrong)
                else:
                    shutil.rmtree(folder)
    sys.stdout.write(f"{table}\n")
    assert not table.fallen, "\n".join(f"{key}: {one}" for key, all_ in table.fallen.items() for one in all_)


@pytest.mark.skipif(not TRIES or adversary.PROGRAMS is None, reason="a drill, where PostgreSQL is installed")
@pytest.mark.parametrize("name", ["crawl", "backfill", "push"])
def test_a_database_that_is_killed_loses_nothing(stand: dict[str, Work], tmp_path: Path, name: str) -> None:
    chance, table = random.Random(20210405), Table()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with TemporaryDirectory() as place, Cluster(Path(place), port) as cluster:  # pytest's folders are closed to others
        before = [stand["crawl"]] if name == "push" else []
        truth = 1.0, None
        for number in range(TRIES + 1):
            store = cluster.database(f"{name}{number}")
            folder = tmp_path / f"{name} {number}"
            shutil.copytree(stand[name].base if not before else stand["crawl"].base, folder)
            work, *others = (on_store(one, store) for one in (stand[name], *before))
            for one in others:
                assert one.run(folder)[0] == 0
            began = time.monotonic()
            said = (
                work.run(folder)[1]
                if number == 0
                else beside_a_kill(work, folder, cluster, chance.uniform(0, truth[0]))
            )
            if number == 0:
                truth = time.monotonic() - began, work.left(folder)
                continue
            table.tries["database killed", name] += 1
            status, again = work.run(folder)
            found = work.left(folder)
            if "Traceback" in said or status != 0 or not covers(found, truth[1]):
                table.fallen.setdefault(("database killed", name), []).append(f"{said}\n{status}: {again}\n{found}")
    sys.stdout.write(f"{table}\n")
    assert not table.fallen, table.fallen


def on_store(work: Work, store: str) -> Work:
    """Return a command that is run on another store than that of its folder."""
    return replace(work, arguments=(*work.arguments, "--store", store))


def beside_a_kill(work: Work, folder: Path, cluster: Cluster, seconds: float) -> str:
    """Run a command, and kill its database after some seconds; return what the command said."""
    with work.started(folder) as command:
        command.join(seconds)
        cluster.kill()
        cluster.begin()
    return str(command.stderr)
