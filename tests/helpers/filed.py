"""A portal on loopback whose articles have pictures and documents, and a host of its own for more of them."""

from __future__ import annotations

import gzip
import hashlib
import socketserver
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Thread

from tests.helpers.town import Piece, Town, ago
from wardnews.demo import Reply, Request


def filed(number: int, *files: str) -> Piece:
    """Make an article with files, each an address; those that end as pictures do are shown, others linked."""
    shown = "".join(
        f'</p><p><img src="{one}">' if one.endswith((".jpg", ".png", ".webp", ".svg", ".gif")) else
        f'</p><p><a href="{one}">Văn bản {place}</a>'
        for place, one in enumerate(files)
    )  # fmt: skip
    body = f"Sáng nay, phường Hoa Sữa công bố các văn bản đợt {number} và hình ảnh của buổi ra quân ở các tổ dân phố."
    return Piece(
        id=10_000 + number, title=f"Phường Hoa Sữa công bố văn bản đợt {number}", published=ago(400 + number),
        body=body + shown,
    )  # fmt: skip


@dataclass
class Filed(Town):
    """A town that serves files by their paths; those that are bytes have an ETag."""

    files: dict[str, bytes | Reply] = field(default_factory=dict)
    got: Counter[str] = field(default_factory=Counter)
    conditions: Counter[str] = field(default_factory=Counter)

    served: Callable[[str], object] = lambda _path: None

    def __post_init__(self) -> None:
        self.intercept = self.file

    def file(self, request: Request) -> Reply | None:
        found = self.files.get(request.path)
        if found is None:
            return None
        self.got[request.path] += 1
        self.served(request.path)
        if isinstance(found, Reply):
            return found
        tag = f'"{hashlib.sha256(found).hexdigest()[:12]}"'
        if request.header("If-None-Match"):
            self.conditions[request.path] += 1
        if request.header("If-None-Match") == tag:
            return Reply(304, b"", "image/jpeg", (("ETag", tag),))
        return Reply(200, found, "application/octet-stream", (("ETag", tag),))


def zipped(reply: Reply) -> Reply:
    """Return an answer as servers send it that compress whatever they are asked for."""
    return replace(reply, body=gzip.compress(reply.body), headers=(*reply.headers, ("Content-Encoding", "gzip")))


class _Endless(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        if self.request.recv(1 << 16).startswith(b"GET /robots.txt"):
            self.wfile.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nTransfer-Encoding: chunked\r\n\r\n")
        piece = b"\xff\xd8\xff\xe0".ljust(1 << 16, b"x")
        try:
            while True:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        except OSError:
            return


@contextmanager
def endless() -> Iterator[str]:
    """Serve a picture without end, whatever is asked for; give the host and port."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Endless) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
