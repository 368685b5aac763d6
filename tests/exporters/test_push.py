"""Changes that are pushed: all arrive, in order, none twice, whatever the server does and whenever the push is killed."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event, Lock, Timer
from typing import Any, Self

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from tests.helpers import commands
from tests.helpers.articles import Seen
from tests.helpers.drills import Asked, RawServer, reply
from wardnews import settings as project
from wardnews.cli import app
from wardnews.errors import ExitStatus
from wardnews.exporters import push as pushing
from wardnews.exporters.push import Batch, Pace, PushError, Receiver, push
from wardnews.store import queries
from wardnews.store.changes import changes, cursor_of, horizon, store_name
from wardnews.store.database import Store
from wardnews.store.frontier import Frontier
from wardnews.store.tables import cursors
from wardnews.store.versions import Versions

BATCHES = int(os.environ.get("DRILL_BATCHES", "80"))
KILLS = int(os.environ.get("DRILL_PUSH_KILLS", "5"))
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "receiver.py"
QUICK = Pace(tries=4, first=0.001, most=0.005)
SETTINGS = {"WARDNEWS_PUSH_TRIES": 60, "WARDNEWS_PUSH_FIRST": 0.001, "WARDNEWS_PUSH_MOST": 0.01}


def write(store: Store, numbers: range, content: str = "A", day: int = 5) -> None:
    """Write articles as a crawl does, in one go."""
    frontier = Frontier(store, f"run-{numbers.start}-{content}-{day}")
    with frontier.connection.begin():
        for number in numbers:
            Versions(frontier.store, frontier.connection, frontier.run).write(Seen(day, content).article(number))
    frontier.close()


@dataclass(frozen=True)
class Posted:
    """Hold one post as it came."""

    head: str
    body: bytes

    def header(self, name: str) -> str:
        (value,) = re.findall(rf"(?im)^{name}: (.*?)\r$", self.head)
        return str(value)

    @property
    def key(self) -> str:
        return self.header("Idempotency-Key")


def posted(asked: Asked, client: socket.socket) -> Posted:
    """Read what follows the head of a post."""
    head, _, rest = asked.head.partition("\r\n\r\n")
    body = rest.encode("latin-1")
    length = int(re.findall(r"(?i)content-length: (\d+)", head)[0])
    while len(body) < length and (part := client.recv(1 << 16)):
        body += part
    return Posted(f"{head}\r\n", body)


@contextmanager
def answering(*answers: bytes) -> Iterator[tuple[str, list[Posted]]]:
    """Give a server that answers in turn, at last always the last; and what was posted to it."""
    came: list[Posted] = []

    def answer(asked: Asked, client: socket.socket) -> None:
        came.append(posted(asked, client))
        client.sendall(answers[min(len(came), len(answers)) - 1])

    with RawServer(answer) as server:
        yield f"{server.url}/wardnews?tu=1", came


@pytest.fixture(params=["sqlite", "postgresql"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    own = request.param == "sqlite"
    store = Store.open(f"sqlite:///{tmp_path}/store.db" if own else request.getfixturevalue("postgres_url"))
    yield store
    store.close()


def post_all(store: Store, url: str, *, size: int = 3, since: str | None = None, **receiver: Any) -> list[str]:
    """Push; give what was told."""
    told: list[str] = []
    to = Receiver.at(url, receiver.get("secret", ""), receiver.get("timeout", 60.0))
    push(store, to, QUICK, told.append, since=since, size=size)
    return told


def seqs(store: Store, url: str) -> tuple[int, str | None]:
    """Give up to where a receiver has acknowledged, and the batch that is on its way."""
    with store.reading() as connection:
        row = connection.execute(sa.select(cursors.c.seq, cursors.c.body).where(cursors.c.url == url)).one()
    return row.seq, row.body


# --- what is posted -----------------------------------------------------------------------------------------------


def test_all_changes_come_in_batches_and_then_only_what_is_new(any_store: Store) -> None:
    write(any_store, range(7))
    name = store_name(any_store)
    with answering(reply(status=204)) as (url, came):
        told = post_all(any_store, url, secret=SECRET)
        assert told == [f"{url.partition('?')[0]}: 7 changes in 3 batches; acknowledged up to {cursor_of(name, 7)}"]
        bodies = [json.loads(one.body) for one in came]
        assert [(one["after"], one["cursor"], len(one["changes"])) for one in bodies] == [
            (f"{name}-0", f"{name}-3", 3), (f"{name}-3", f"{name}-6", 3), (f"{name}-6", f"{name}-7", 1),
        ]  # fmt: skip
        lines = [json.loads(line) for _, line in changes(any_store, 0, 7)]
        assert [change for one in bodies for change in one["changes"]] == lines
        assert "0 changes in 0 batches" in post_all(any_store, url)[0]
        write(any_store, range(7, 8))
        post_all(any_store, url)
        assert [len(json.loads(one.body)["changes"]) for one in came[3:]] == [1]
    first = came[0]
    assert first.head.startswith("POST /wardnews?tu=1 HTTP/1.1\r\n")
    assert first.header("Content-Type") == "application/json"
    assert first.key == first.header("webhook-id")
    batch, stamp = Batch(0, first.key, first.body), first.header("webhook-timestamp")
    assert abs(time.time() - int(stamp)) < 600
    assert first.header("webhook-signature") == pushing.signature(pushing.key_of(SECRET), batch, stamp)
    assert "webhook-signature" not in came[-1].head, "no secret, no signature"


def test_a_batch_is_not_heavier_than_servers_take(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    write(store, range(5))
    weight = max(len(line.encode()) for _, line in changes(store, 0, 5))
    monkeypatch.setattr(pushing, "_HEAVIEST", 2 * weight)
    with answering(reply()) as (url, came):
        post_all(store, url, size=100)
    assert [len(json.loads(one.body)["changes"]) for one in came] == [2, 2, 1]
    monkeypatch.setattr(pushing, "_HEAVIEST", 1)
    with answering(reply()) as (url, came):
        post_all(store, url, size=100)
    assert [len(json.loads(one.body)["changes"]) for one in came] == [1] * 5


def test_since_goes_on_from_a_cursor_forward_and_back(store: Store) -> None:
    write(store, range(4))
    with answering(reply()) as (url, came):
        post_all(store, url, since=cursor_of(store_name(store), 3))
        assert [json.loads(one.body)["cursor"] for one in came] == [cursor_of(store_name(store), 4)]
        post_all(store, url, since="0", size=4)
        assert json.loads(came[1].body)["after"] == cursor_of(store_name(store), 0)
        post_all(store, url)
        assert len(came) == 2


def test_proxies_of_the_environment_see_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    write(store, range(1))
    with answering(reply()) as (url, came):
        post_all(store, url)
    assert len(came) == 1


# --- what is answered ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        *(reply(status=status) for status in (500, 502, 503, 429, 408, 409, 425)),
        reply(status=503, Retry_After="0"),
        b"",
        b"\x00\xff \x1b[31m garbage",
        b"HTTP/1.1 20",
        b"HTTP/1.1 500 Oops\r\nContent-Le",
        reply("Hỏng " * 1000, 500)[:-900],
        reply(status=302, Location="http://127.0.0.1:1/"),
        reply(status=503, Retry_After="Mon, 01 Jan 2024 00:00:00 +99999999999999999999"),
        reply(status=503, Retry_After="1 Jan 10000000000000000000000 00:00:00 GMT", Date="9" * 5000),
        reply(status=429, Retry_After="-1"),
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1000 + b"\r\n",
        b"HTTP/1.1 500 " + b"x" * 100_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 1000,
        b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000,
        b"HTTP/1.1 103 Early Hints\r\n\r\n" + reply(status=500),
        b"HTTP/1.1 101 Switching\r\n\r\n",
        b"HTTP/1.1 999 x\r\n\r\n",
        b"HTTP/1.1 299999 x\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 500 x\r\nContent-Length: -5\r\n\r\nx",
        b"HTTP/1.1 500 x\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\nx",
        b"HTTP/1.1 500 x\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nx",
        b"HTTP/1.1 500 x\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 40 + b"\r\nx",
        b"HTTP/1.1 500 x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx",
    ],
    ids=lambda answer: repr(answer[:24]),
)
def test_what_may_pass_is_posted_again_as_it_was(store: Store, answer: bytes) -> None:
    write(store, range(2))
    with answering(answer, answer, reply()) as (url, came):
        told = post_all(store, url)
    assert len(told) == 3
    assert re.search(r"batch \S+-0-2-\w{12}: .*; again in 0.00[12] s", told[1])
    assert all(line.isprintable() for line in told)
    assert {(one.key, one.body) for one in came} == {(came[0].key, came[0].body)}


@pytest.mark.parametrize(
    "answer",
    [
        reply(status=201),
        reply(status=299),
        b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nhalf",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 202 \r\nTransfer-Encoding: chunked\r\n\r\nzz",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    ],
)
def test_any_2xx_acknowledges_whatever_follows(store: Store, answer: bytes) -> None:
    write(store, range(2))
    with answering(answer) as (url, came):
        assert len(post_all(store, url)) == 1
    assert len(came) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 415, 422])
def test_a_refusal_stops_and_names_the_batch(store: Store, status: int) -> None:
    write(store, range(6))
    with answering(reply(), reply("Lược đồ\n\x1b[31m sai: title", status)) as (url, came):
        with pytest.raises(PushError) as error:
            post_all(store, url)
        assert (len(came), seqs(store, url)[0]) == (2, 3)
        said = f"{came[1].key}: refused for good: {status} Status: Lược đồ [31m sai: title"
        assert str(error.value) == f"{url.partition('?')[0]}: batch {said}"
        assert error.value.status == ExitStatus.FAILED


def test_who_refuses_before_all_was_sent_is_heard(store: Store) -> None:
    write(store, range(60), content="Bà con họp tổ. " * 3_000)

    def early(_asked: Asked, client: socket.socket) -> None:
        client.sendall(reply("too much", 413))
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.close()

    with RawServer(early) as server, pytest.raises(PushError) as error:
        post_all(store, server.url, size=1000)
    assert re.search("refused for good: 413|ConnectionResetError|BrokenPipeError", str(error.value))


def test_a_redirect_is_not_followed(store: Store) -> None:
    write(store, range(1))
    with answering(reply()) as (elsewhere, unasked), answering(reply(status=308, Location=elsewhere)) as (url, _came):
        with pytest.raises(PushError, match=f"308 Status to {re.escape(elsewhere)}, which is not followed"):
            post_all(store, url)
        assert unasked == []


def test_retry_after_is_kept_up_to_a_bound(store: Store) -> None:
    write(store, range(1))
    times: list[float] = []

    def later(asked: Asked, client: socket.socket) -> None:
        posted(asked, client)
        times.append(time.monotonic())
        client.sendall(reply(status=200 if len(times) == 2 else 429, Retry_After="1"))

    with RawServer(later) as server:
        post_all(store, server.url)
    assert times[1] - times[0] >= 1
    with answering(reply(status=503, Retry_After="601")) as (url, came):
        with pytest.raises(PushError, match="asks to wait for 601 s: the next push goes on") as error:
            post_all(store, url)
        assert (len(came), error.value.status) == (1, ExitStatus.STOPPED)


def test_after_some_tries_it_is_left_to_the_next_push(store: Store) -> None:
    write(store, range(3))
    with answering(*[reply("bận", 500)] * 4, reply()) as (url, came):
        with pytest.raises(PushError, match="refused 4 times, at last: 500 Status: bận; the next push goes on"):
            post_all(store, url)
        write(store, range(3, 6))
        post_all(store, url, size=100)
        assert [one.key for one in came[:5]] == [came[0].key] * 5
        assert json.loads(came[5].body)["cursor"] == cursor_of(store_name(store), 6)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 500 x\r\n\r\n",
        b"HTTP/1.1 500 x\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n",
        b"HTTP/1.1 302 x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n",
    ],
)
def test_a_body_without_end_is_left_where_it_is(store: Store, head: bytes) -> None:
    write(store, range(1))
    sent: list[int] = []

    def endless(asked: Asked, client: socket.socket) -> None:
        posted(asked, client)
        with suppress(OSError):
            client.sendall(head)
            for _ in range(2_000):
                client.sendall(b"x" * 100_000)
                sent.append(100_000)

    with RawServer(endless) as server, pytest.raises(PushError, match="refused 4 times"):
        post_all(store, server.url)
    assert sum(sent) < 4 * 20_000_000


def test_a_server_that_drips_is_hung_up_on(store: Store) -> None:
    write(store, range(1))
    ended = Event()

    def drip(asked: Asked, client: socket.socket) -> None:
        posted(asked, client)
        with suppress(OSError):
            client.sendall(b"HTTP/1.1 500 ")
            while not ended.wait(0.02):
                client.sendall(b"x")

    with RawServer(drip) as server, pytest.raises(PushError, match="refused 4 times"):
        post_all(store, server.url, timeout=0.2)
    ended.set()


def test_a_batch_stays_as_it_was_first_posted_whatever_becomes_of_its_versions(store: Store) -> None:
    write(store, range(3), "B", day=9)
    with answering(*[b""] * 4, reply()) as (url, came):
        with pytest.raises(PushError):
            post_all(store, url)
        write(store, range(3), "A", day=2)  # a backfill: what was posted is told again, behind what is older
        assert seqs(store, url) == (0, came[0].body.decode())
        post_all(store, url, size=100)
    assert {one.body for one in came[:5]} == {came[0].body}
    last = {change["record"]["id"]: change["record"] for one in came[4:] for change in json.loads(one.body)["changes"]}
    assert [last[json.loads(line)["id"]] for line in queries.records(store)] == [
        json.loads(line) for line in queries.records(store)
    ]


# --- the command --------------------------------------------------------------------------------------------------


@pytest.fixture
def invoke(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    before = signal.getsignal(signal.SIGTERM)
    for name, value in SETTINGS.items():
        monkeypatch.setattr(project, name, value)
    yield lambda *arguments: CliRunner().invoke(app, ["push", "--store", store.url, *arguments])
    signal.signal(signal.SIGTERM, before)


def test_the_statuses_of_the_command(store: Store, invoke: Callable[..., Result]) -> None:
    write(store, range(2))
    with answering(reply("không", 400), reply()) as (url, came):
        refused = invoke(url)
        assert (refused.exit_code, "refused for good: 400 Status: không" in refused.stderr) == (1, True)
        done = invoke(url, "--batch-size", "1")
        assert (done.exit_code, done.stdout) == (0, "")
        assert "2 changes in 1 batches" in done.stderr, "the batch that was on its way is whole"
        (lock,) = (file.name for file in Path(f"{store.engine.url.database}.locks").glob("push-*"))
        other = Store.open(store.url)
        assert other.locks.take(lock)
        held = invoke(url)
        assert (held.exit_code, "another push to it is under way" in held.stderr) == (5, True)
        other.close()
        assert len(came) == 2


@pytest.mark.parametrize(
    ("arguments", "secret", "message"),
    [
        (("ftp://hoa:bi-mat@a.example/",), "", "ftp://hoa:***@a.example/: expected an http or https address"),
        (("http://",), "", "expected an http or https address"),
        (("http://a.example:99999/",), "", "expected an http or https address"),
        (("http://hoa:bi-mat@a.example/",), "", "expected an address without a password"),
        (("http://a.example/đường",), "", "write what is not ASCII in it as %XX"),
        (("http://a.example/",), "bi-mat", "WARDNEWS_PUSH_SECRET: expected base64 of 24 to 64 bytes"),
        (("http://a.example/",), "whsec_AAAA", "WARDNEWS_PUSH_SECRET: expected base64 of 24 to 64 bytes"),
        (("http://a.example/", "--since", "00000000-1"), "", "--since 00000000-1: a cursor of another store"),
    ],
)
def test_what_is_typed_wrong_is_said_before_anything_is_posted(
    invoke: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    secret: str,
    message: str,
) -> None:
    monkeypatch.setattr(project, "WARDNEWS_PUSH_SECRET", secret)
    done = invoke(*arguments)
    said = done.stderr or str(done.exception)
    assert message in said
    assert "bi-mat" not in said
    assert done.exit_code == 2 or type(done.exception).__name__ == "UsageError"


# --- killed -------------------------------------------------------------------------------------------------------


@contextmanager
def started(
    folder: Path, url: str, *options: str, before: commands.Before | None = None, settings: dict[str, Any] | None = None
) -> Iterator[commands.Command]:
    """Run the command in a process of its own."""
    arguments = ("push", url, "--store", f"sqlite:///{folder}/store.db", *options)
    given = {**SETTINGS, **(settings or {})}
    with commands.started(folder, *arguments, before=before, settings=given) as process:
        yield process


def log_posts(log: Path) -> None:
    """Write down each post before it goes out, and each acknowledgement when it is in."""
    original = Receiver.post

    def post(self: Receiver, batch: Batch) -> pushing.Answer:
        with log.open("a", encoding="utf-8", buffering=1) as file:
            file.write(f"post {batch.key}\n")
            answer = original(self, batch)
            if answer.is_accepted:
                file.write(f"taken {batch.key}\n")
        return answer

    Receiver.post = post  # type: ignore[method-assign]


def die_before_moving() -> None:
    """Be killed when the acknowledgement is in and the cursor is not moved yet."""
    pushing._move = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # noqa: SLF001


def test_killed_between_acknowledgement_and_cursor_it_posts_the_same_once_more(store: Store, tmp_path: Path) -> None:
    write(store, range(4))
    with answering(reply()) as (url, came):
        with started(tmp_path, url, "--batch-size", "2", before=die_before_moving) as process:
            process.join(60)
        assert process.exitcode == -signal.SIGKILL
        post_all(store, url, size=2)
    assert [one.key for one in came[:2]] == [came[0].key] * 2
    assert came[0].body == came[1].body
    assert len({one.key for one in came}) == 2
    assert len(came) == 3


def test_a_signal_stops_it_and_the_next_push_goes_on(store: Store, tmp_path: Path) -> None:
    write(store, range(2))
    under_way, ended = Event(), Event()

    def hang(asked: Asked, client: socket.socket) -> None:
        posted(asked, client)
        under_way.set()
        ended.wait(60)

    with RawServer(hang) as server, started(tmp_path, server.url) as process:
        assert under_way.wait(60)
        assert process.pid
        os.kill(process.pid, signal.SIGTERM)
        process.join(60)
        ended.set()
    assert process.exitcode == ExitStatus.STOPPED
    assert process.stderr == "stopped early; the next push goes on\n"


@dataclass
class Downstream:
    """Be an idempotent receiver on a bad day: what happens to a post is drawn, what was applied is kept."""

    chance: random.Random
    applied: dict[str, bytes] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    posts: int = 0
    hung: int = 0
    lock: Lock = field(default_factory=Lock)
    server: RawServer = field(init=False)
    place: socket.socket = field(init=False)
    back: Timer = field(init=False)
    victim: BaseProcess | None = None
    due: int = 0

    def __enter__(self) -> Self:
        self.place = socket.socket()
        self.place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self.place.bind(("127.0.0.1", 0))  # keeps the port from others while the server is away
        self.back = Timer(0, self.open)
        self.back.start()
        self.back.join()
        return self

    def __exit__(self, *_: object) -> None:
        self.back.join()
        self.server.__exit__(None, None, None)
        self.place.close()

    def open(self) -> None:
        self.server = RawServer(self.answer, port=self.place.getsockname()[1])
        self.server.__enter__()

    def restart(self) -> None:
        """Refuse connections for a moment, as a server does that was killed and comes back."""
        self.back.join()
        self.server.__exit__(None, None, None)
        self.back = Timer(0.03, self.open)
        self.back.start()

    def answer(self, asked: Asked, client: socket.socket) -> None:
        with self.lock:
            what = self.chance.choice(BAD_DAY)
            self.hung += what == "hang"
            if what == "hang" and self.hung > 2:
                what = "drop"
            self.posts += 1
            if self.victim and self.posts >= self.due:
                what = self.chance.choice(KILLING)
        if what == "drop at once":
            return
        one = posted(asked, client)
        if what not in ("drop", "killed before"):
            self.apply(one)
        if what in KILLING:
            client.sendall(ANSWERS["ok"] if what == "killed at its answer" else b"")
            self.kill()
        elif what == "restart":
            with self.lock:
                self.restart()
        elif what == "delay":
            time.sleep(0.02)
        elif what == "hang":
            client.recv(1)
        client.sendall(ANSWERS.get(what, b""))

    def apply(self, one: Posted) -> None:
        length = int(one.header("Content-Length"))
        if len(one.body) < length:
            return  # whoever posted it was killed
        with self.lock:
            if self.applied.setdefault(one.key, one.body) != one.body:
                self.broken.append(one.key)

    def kill(self) -> None:
        """Kill whoever is to be killed."""
        with self.lock:
            victim, self.victim = self.victim, None
        if victim:
            victim.kill()


ANSWERS = {
    "ok": reply(status=204),
    "delay": reply('{"ok": true}'),
    "half": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nha",
    "500": reply("lỗi", 500),
    "503": reply(status=503, Retry_After="0"),
    "429": reply(status=429, Retry_After="Thu, 01 Jan 2026 00:00:00 GMT", Date="Thu, 01 Jan 2026 00:00:00 GMT"),
    "torn": b"HTTP/1.1 20",
    "garbage": b"\xde\xad\xbe\xef" * 9,
}
BAD_DAY = ["ok"] * 12 + ["delay"] * 3 + ["half", "500", "503", "429", "torn", "garbage", "drop", "drop at once"]
BAD_DAY += ["lost", "restart", "hang"]
"""What happens to a post; `lost`: it is applied, and the answer never comes."""
KILLING = ("killed before", "killed behind", "killed at its answer")
"""When the one that posts is killed: before what it posts is applied, behind that, or when it is told so."""


def test_push_drill(store: Store, tmp_path: Path) -> None:
    """Push to a server on a bad day, and be killed at moments that a seed gives."""
    chance, log = random.Random(20210405), tmp_path / "log"
    write(store, range(2 * BATCHES))
    options: dict[str, Any] = {"before": partial(log_posts, log), "settings": {"WARDNEWS_PUSH_TIMEOUT": 1.0}}
    killed = failed = 0
    with Downstream(chance) as down:
        for _ in range(KILLS + 20):
            with log.open("a", encoding="utf-8") as file:
                file.write("start\n")
            with started(tmp_path, down.server.url, "--batch-size", "2", **options) as process:
                if killed < KILLS:
                    down.due, down.victim = down.posts + chance.randint(1, 2 * BATCHES // (KILLS + 1)), process
                process.join(120)
            killed += process.exitcode == -signal.SIGKILL
            failed += process.exitcode == 1
            if process.exitcode == 0:
                break
    assert process.exitcode == 0, process.stderr
    assert killed == KILLS, "all was pushed before the last kill: take more batches"
    assert down.broken == [], "a key stands for the same bytes always"
    arrived = [change for body in down.applied.values() for change in json.loads(body)["changes"]]
    assert arrived == [json.loads(line) for _, line in changes(store, 0, horizon(store))]
    again = posted_after_acknowledgement(log.read_text(encoding="utf-8"))
    told = f"{len(down.applied)} batches, {down.posts} posts, {killed} kills, {failed} given up, {again} acknowledged before"
    sys.stdout.write(f"{told}\n")


def posted_after_acknowledgement(log: str) -> int:
    """Count posts of what was acknowledged; each must come from a kill right after the acknowledgement."""
    taken: set[str] = set()
    before: list[str] = ["", ""]
    again = 0
    for line in log.splitlines():
        what, _, key = line.partition(" ")
        if what == "post" and key in taken:
            assert before == [f"taken {key}", "start"]
            again += 1
            taken.discard(key)  # until it is acknowledged once more
        if what == "taken":
            taken.add(key)
        before = [before[1], line]
    return again


# --- the receiver of the docs -------------------------------------------------------------------------------------


@contextmanager
def receiver(file: Path, port: int = 0) -> Iterator[tuple[subprocess.Popen[str], int]]:
    environment = {**os.environ, "WARDNEWS_PUSH_SECRET": SECRET}
    command = [sys.executable, str(EXAMPLE), str(file), str(port)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def kept(file: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(file)) as database:
        return database.execute(query).fetchall()


def test_the_receiver_of_the_docs_ends_with_what_is_exported(store: Store, tmp_path: Path) -> None:
    write(store, range(60), "A", day=2)
    write(store, range(0, 60, 2), "B", day=5)
    write(store, range(0, 60, 3), "C", day=4)
    file = tmp_path / "received.db"
    with receiver(file) as (process, port):
        url = f"http://127.0.0.1:{port}/"
        with pytest.raises(PushError, match="refused for good: 401"):
            post_all(store, url)
        slow = {"WARDNEWS_PUSH_SECRET": SECRET, "WARDNEWS_PUSH_TRIES": 12, "WARDNEWS_PUSH_MOST": 1.0}
        with started(tmp_path, url, "--batch-size", "1", settings=slow) as pushed:
            while pushed.is_alive() and not kept(file, "SELECT 1 FROM batches LIMIT 1 OFFSET 4"):
                pushed.join(0.001)
            process.kill()
            process.wait()
            with receiver(file, port):
                pushed.join(120)
        assert pushed.exitcode == 0
    exported = {one["id"]: one for one in map(json.loads, queries.records(store))}
    assert {name: json.loads(record) for name, record in kept(file, "SELECT id, record FROM articles")} == exported


@pytest.mark.parametrize(
    ("changed", "late"),
    [({}, 301), ({}, -301), ({"body": b"{}"}, 0), ({"key": "other"}, 0), ({"secret": b"0" * 24}, 0)],
)
def test_the_receiver_of_the_docs_takes_nothing_forged(changed: dict[str, Any], late: float) -> None:
    example: dict[str, Any] = {}
    exec(compile(EXAMPLE.read_text(encoding="utf-8"), str(EXAMPLE), "exec"), example)
    batch, secret = Batch(1, "khoa", b'{"changes": []}'), pushing.key_of(SECRET)

    def headers(one: Batch) -> dict[str, str]:
        sent = pushing.signature(secret, one, "1614265330")
        return {"webhook-id": batch.key, "webhook-timestamp": "1614265330", "webhook-signature": f"v1,AAAA {sent}"}

    assert example["is_genuine"](headers(batch), batch.body, secret, 1614265330.5)
    seen = replace(batch, **{name: value for name, value in changed.items() if name != "secret"})
    given = {**headers(batch), "webhook-id": seen.key}
    assert not example["is_genuine"](given, seen.body, changed.get("secret", secret), 1614265330.5 + late)
    assert not example["is_genuine"]({}, batch.body, secret, 1614265330.5)
