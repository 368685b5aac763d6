"""Changes posted to a downstream API: each batch until it is acknowledged, none after that, in order.

A batch is written into the store before it is first posted, and its cursor moves when it was acknowledged. Who is
killed between these posts the same bytes under the same key again. That is twice only where an acknowledgement had come
and was not written down yet; the key makes it harmless.
"""

import base64
import binascii
import hashlib
import hmac
import json
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Timer
from typing import Any, Self
from urllib.parse import SplitResult, urlsplit

import sqlalchemy as sa

from wardnews import __version__
from wardnews.errors import ExitStatus, WardnewsError
from wardnews.locale import Phrase, _, gettext_noop, number
from wardnews.store.changes import changes, cursor_of, horizon, position, store_name
from wardnews.store.database import Store
from wardnews.store.tables import cursors
from wardnews.text.strings import masked, one_line
from wardnews.text.timestamps import seconds_to_wait

LONGEST = 600.0
"""Seconds that a server may ask to be left alone for, and is waited for."""
_HEAVIEST = 4_000_000
"""Bytes of changes in a batch, unless one change has more."""
_KEY_BYTES = range(24, 65)
_SHOWN = 300
_PASSING = frozenset({408, 409, 425, 429})
"""Refusals of 4xx that may pass; 409: the first post of this key is being worked on still."""
_REFUSALS, _BEFORE_THE_ANSWER = range(400, 500), range(102, 200)

Tell = Callable[[str], None]


class PushError(WardnewsError):
    """Raise where a push cannot go on; the message says why, and what was posted last."""

    def __init__(self, message: str, status: ExitStatus = ExitStatus.FAILED, /, **values: object) -> None:
        super().__init__(message, **values)
        self.status = status


@dataclass(frozen=True)
class Pace:
    """How often a batch is posted in one push, and the seconds between: `first`, doubled each time up to `most`."""

    tries: int
    first: float
    most: float


@dataclass(frozen=True)
class Batch:
    """A batch as it is posted: up to which `seq` it goes, its idempotency key, its JSON."""

    upto: int
    key: str
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What came of a post: the status, None without an answer; what was said; the seconds asked to wait."""

    status: int | None
    said: Phrase | str
    wait: float = 0.0

    @property
    def is_accepted(self) -> bool:
        """Whether the batch was acknowledged."""
        return self.status is not None and self.status // 100 == 2  # noqa: PLR2004 - any 2xx

    @property
    def may_pass(self) -> bool:
        """Whether the same post may be accepted another time."""
        return self.status is None or self.status in _PASSING or self.status not in _REFUSALS


@dataclass(frozen=True)
class Receiver:
    """Who is posted to: the address, the key that signs, None for none; the seconds a post may take."""

    url: str
    parts: SplitResult
    secret: bytes | None
    timeout: float

    @classmethod
    def at(cls, url: str, secret: str, timeout: float) -> Self:
        """Take an address and a secret as typed; raise PushError where they are none."""
        shown = masked(url).partition("?")[0]
        if not (url.isascii() and url.isprintable()) or " " in url:
            raise PushError(
                "{url}: write what is not ASCII in it as %XX, in the host as xn--", ExitStatus.USAGE, url=shown
            )
        try:
            parts = urlsplit(url)
            named = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            named = False
        if not named:
            raise PushError("{url}: expected an http or https address", ExitStatus.USAGE, url=shown)
        if parts.username is not None or parts.fragment:
            raise PushError("expected an address without a password or #; WARDNEWS_PUSH_SECRET signs", ExitStatus.USAGE)
        return cls(url, parts, key_of(secret) if secret else None, timeout)

    @property
    def shown(self) -> str:
        """Return the address without its query, which may hold a token."""
        return self.parts._replace(query="").geturl()

    def post(self, batch: Batch) -> Answer:
        """Post a batch once. Redirects are not followed, proxies of the environment not used."""
        kind = HTTPSConnection if self.parts.scheme == "https" else HTTPConnection
        connection = kind(str(self.parts.hostname), self.parts.port, timeout=self.timeout)
        try:
            connection.connect()
            overdue = Timer(self.timeout, _hang_up, [connection.sock])  # else each byte would have a timeout of its own
            overdue.start()
            try:
                return self._answer(connection, batch)
            finally:
                overdue.cancel()
        except (OSError, HTTPException, ValueError) as error:
            cause = one_line(getattr(error, "strerror", None) or str(error)) or gettext_noop("no answer")
            return Answer(None, Phrase("{cause} ({kind})", cause=Phrase(cause), kind=type(error).__name__))
        finally:
            connection.close()

    def _answer(self, connection: HTTPConnection, batch: Batch) -> Answer:
        whole = True
        try:
            connection.request("POST", self._target(), batch.body, self._headers(batch))
        except (BrokenPipeError, ConnectionResetError):
            whole = False  # who refuses a batch may do so before all of it was sent
        response = connection.getresponse()
        while response.status in _BEFORE_THE_ANSWER:  # such as 103 Early Hints; http.client knows of 100 alone
            response.headers = None  # type: ignore[assignment]  # so that it reads on
            response.begin()
        answer = Answer(response.status, "", _wait(response))
        if answer.is_accepted:
            return answer if whole else Answer(None, f"{response.status} before all was sent")
        return Answer(response.status, _said(response), answer.wait)

    def _target(self) -> str:
        return f"{self.parts.path or '/'}{'?' * bool(self.parts.query)}{self.parts.query}"

    def _headers(self, batch: Batch) -> dict[str, str]:
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json", "User-Agent": f"wardnews/{__version__}", "Connection": "close",
            "Idempotency-Key": batch.key, "webhook-id": batch.key, "webhook-timestamp": stamp,
        }  # fmt: skip
        return headers | ({"webhook-signature": signature(self.secret, batch, stamp)} if self.secret else {})


def key_of(secret: str) -> bytes:
    """Read a secret of Standard Webhooks: base64 of 24 to 64 bytes, `whsec_` before it or not.

    >>> key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").hex()[:8]
    '31f290f6'
    """
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) not in _KEY_BYTES:
        raise PushError(
            "WARDNEWS_PUSH_SECRET: expected base64 of 24 to 64 bytes, as `openssl rand -base64 32` makes",
            ExitStatus.USAGE,
        )
    return key


def signature(secret: bytes, batch: Batch, stamp: str) -> str:
    """Sign a batch and the time of its post, as Standard Webhooks 1.0 has it.

    >>> batch = Batch(0, "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}')
    >>> signature(key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), batch, "1614265330")
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    signed = hmac.digest(secret, f"{batch.key}.{stamp}.".encode() + batch.body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed).decode()}"


def push(store: Store, receiver: Receiver, pace: Pace, tell: Tell, *, since: str | None, size: int) -> None:
    """Post all changes that a receiver has not acknowledged, `size` in a batch at most.

    `since` is a cursor to go on from in place of the acknowledged one. Raises PushError where the receiver does not
    take a batch, or another push to it is under way, CursorError for a cursor that does not fit.
    """
    lock = f"push-{hashlib.sha256(receiver.url.encode()).hexdigest()[:16]}"
    if not store.locks.take(lock):
        raise PushError("{url}: another push to it is under way", ExitStatus.LOCKED, url=receiver.shown)
    try:
        if since is not None:
            _move(store, receiver.url, position(store, since))
        batches = posted = 0
        while batch := _waiting(store, receiver.url) or _gathered(store, receiver.url, size):
            _deliver(receiver, batch, pace, tell)
            _move(store, receiver.url, batch.upto)
            batches, posted = batches + 1, posted + len(json.loads(batch.body)["changes"])
        at = cursor_of(store_name(store), _acknowledged(store, receiver.url))
        line = _("{receiver}: {count} changes in {batches} batches; acknowledged up to {cursor}")
        tell(line.format(receiver=receiver.shown, count=number(posted), batches=number(batches), cursor=at))
    finally:
        store.locks.release(lock)


def _deliver(receiver: Receiver, batch: Batch, pace: Pace, tell: Tell) -> None:
    """Post a batch until it is acknowledged; raise PushError where it is not, or will never be."""
    named = Phrase("{receiver}: batch {key}", receiver=receiver.shown, key=batch.key)
    for attempt in range(1, pace.tries + 1):
        answer = receiver.post(batch)
        if answer.is_accepted:
            return
        if not answer.may_pass:
            raise PushError("{batch}: refused for good: {said}", batch=named, said=answer.said)
        if answer.wait > LONGEST:
            raise PushError(
                "{batch}: {said}; asks to wait for {seconds:.0f} s: the next push goes on",
                ExitStatus.STOPPED,
                batch=named,
                said=answer.said,
                seconds=answer.wait,
            )
        if attempt < pace.tries:
            pause = max(min(pace.first * 2 ** (attempt - 1), pace.most), answer.wait)
            again = Phrase("{batch}: {said}; again in {seconds:g} s", batch=named, said=answer.said, seconds=pause)
            tell(again.translated())
            time.sleep(pause)
    raise PushError(
        "{batch}: refused {tries} times, at last: {said}; the next push goes on with it",
        batch=named,
        tries=pace.tries,
        said=answer.said,
    )


# --- what is kept of a receiver --------------------------------------------------------------------------------


def _acknowledged(store: Store, url: str) -> int:
    with store.reading() as connection:
        return connection.scalar(sa.select(cursors.c.seq).where(cursors.c.url == url)) or 0


def _move(store: Store, url: str, seq: int) -> None:
    """Let a receiver have acknowledged all up to a `seq`, no batch being on its way."""
    _keep(store, url, {"seq": seq, "upto": None, "body": None})


def _keep(store: Store, url: str, values: dict[str, Any]) -> None:
    with store.writing() as connection:
        row = store.insert(cursors).values(url=url, **values)
        connection.execute(row.on_conflict_do_update(index_elements=["url"], set_=values))


def _waiting(store: Store, url: str) -> Batch | None:
    """Return the batch that was on its way when the last push ended."""
    with store.reading() as connection:
        row = connection.execute(sa.select(cursors).where(cursors.c.url == url)).first()
    return _batch(store_name(store), row.seq, row.upto, row.body) if row and row.body else None


def _gathered(store: Store, url: str, size: int) -> Batch | None:
    """Return the next batch, after it was kept; None where there is nothing new."""
    name, after = store_name(store), _acknowledged(store, url)
    lines: list[str] = []
    upto = weight = 0
    for seq, line in changes(store, after, horizon(store)):
        weight += len(line.encode())
        if lines and (len(lines) == size or weight > _HEAVIEST):
            break
        lines.append(line)
        upto = seq
    if not lines:
        return None
    ends = json.dumps({"after": cursor_of(name, after), "cursor": cursor_of(name, upto)})
    body = f'{ends[:-1]}, "changes": [{", ".join(lines)}]}}'
    _keep(store, url, {"seq": after, "upto": upto, "body": body})
    return _batch(name, after, upto, body)


def _batch(name: str, after: int, upto: int, body: str) -> Batch:
    """Return a batch, named by its bounds and by its content, for a store that was set back counts anew."""
    content = hashlib.sha256(body.encode()).hexdigest()[:12]
    return Batch(upto, f"{name}-{after}-{upto}-{content}", body.encode())


# --- what is answered ------------------------------------------------------------------------------------------


def _hang_up(held: socket.socket) -> None:
    with suppress(OSError):
        held.shutdown(socket.SHUT_RDWR)


def _said(response: HTTPResponse) -> str:
    """Return what an answer says, however much of it comes."""
    said = b""
    with suppress(OSError, HTTPException, ValueError):
        # http.client would read all that comes of a chunk of negative length.
        said = _first_chunk(response) if response.chunked else response.read(_SHOWN)
    where = f" to {response.headers['Location']}, which is not followed" if response.headers["Location"] else ""
    return one_line(f"{response.status} {response.reason}{where}{': ' * bool(said)}{said.decode(errors='replace')}")


def _first_chunk(response: HTTPResponse) -> bytes:
    size = int(response.fp.readline(_SHOWN).partition(b";")[0], 16)
    return response.fp.read(min(size, _SHOWN)) if size > 0 else b""


def _wait(response: HTTPResponse) -> float:
    """Return how many seconds a server asks to be left alone for."""
    return seconds_to_wait(response.headers["Retry-After"] or "", response.headers["Date"] or "") or 0.0
