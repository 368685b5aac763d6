"""A bucket of S3, on loopback: moto answers as Amazon's server does."""

from __future__ import annotations

import logging
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any

import pytest
from fsspec.registry import _registry
from moto.server import ThreadedMotoServer
from s3fs import S3FileSystem


@contextmanager
def s3() -> Iterator[str]:
    """Be a server of S3 in a thread; give its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@contextmanager
def cut(after: int) -> Iterator[str]:
    """Be a server that hangs up on whoever has sent it so many bytes; give its address."""

    class HangUp(BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(1 << 16)
            self.request.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            left = after
            while left > 0 and (some := self.request.recv(1 << 16)):
                left -= len(some)

    with ThreadingTCPServer(("127.0.0.1", 0), HangUp) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def elsewhere(**environment: str) -> Iterator[None]:
    """Be in another environment, which clients of S3 read when they are made; an empty value is none."""
    with pytest.MonkeyPatch.context() as changed:
        for name, value in environment.items():
            changed.setenv(name, value) if value else changed.delenv(name)
        S3FileSystem.clear_instance_cache()
        try:
            yield
        finally:
            S3FileSystem.clear_instance_cache()


def without_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have none of the libraries of buckets installed."""
    for scheme, library in (("s3", "s3fs"), ("gs", "gcsfs")):
        monkeypatch.delitem(_registry, scheme, raising=False)
        monkeypatch.setitem(sys.modules, library, None)


class Bucket:
    """A bucket of its own on a server, whose address and credentials are in the environment."""

    def __init__(self, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.name = f"kho-{uuid.uuid4().hex[:8]}"
        self.url = f"s3://{self.name}"
        secret = {
            "AWS_ACCESS_KEY_ID": "AKIAHOASUA",
            "AWS_SECRET_ACCESS_KEY": "S3CRET",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        for name, value in (secret | {"AWS_ENDPOINT_URL": server, "AWS_EC2_METADATA_DISABLED": "true"}).items():
            monkeypatch.setenv(name, value)
        self.system: Any = S3FileSystem(use_listings_cache=False)
        self.system.mkdir(self.name)

    def names(self) -> list[str]:
        """Give the names of all files in it."""
        return [name.removeprefix(f"{self.name}/") for name in self.system.find(self.name)]

    def read(self, name: str) -> bytes:
        """Read a file."""
        content: bytes = self.system.cat_file(f"{self.name}/{name}")
        return content

    def write(self, name: str, content: bytes) -> None:
        """Write a file."""
        self.system.pipe_file(f"{self.name}/{name}", content)
