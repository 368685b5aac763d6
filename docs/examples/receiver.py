"""Keep what `wardnews push` posts in a SQLite file: python receiver.py FILE PORT, with WARDNEWS_PUSH_SECRET as there.

A batch is verified, then applied in one transaction with its key: one that comes again changes nothing. `articles` ends
as `wardnews export` writes them. Put a web server with TLS before it.
"""

import base64
import hashlib
import hmac
import json
import os
import sqlite3
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

TOLERANCE = 300
"""Seconds that a post may be old: an older one may be a replay."""
TABLES = (
    "CREATE TABLE IF NOT EXISTS batches (key TEXT PRIMARY KEY, cursor TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS articles (id TEXT PRIMARY KEY, change TEXT NOT NULL, record TEXT NOT NULL)",
)


def is_genuine(headers: Mapping[str, str], body: bytes, secret: bytes, now: float) -> bool:
    """Check time and signature by Standard Webhooks, over the bytes of the body as they came."""
    stamp = headers.get("webhook-timestamp", "")
    if not stamp.isdecimal() or abs(now - int(stamp)) > TOLERANCE:
        return False
    signed = f"{headers.get('webhook-id', '')}.{stamp}.".encode() + body
    expected = base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(f"v1,{expected}".encode(), one.encode()) for one in given)


def apply(file: Path, key: str, batch: dict[str, Any]) -> None:
    """Write a batch, unless it was written before; the last record of an article is the one that holds."""
    with closing(sqlite3.connect(file, timeout=60)) as database, database:
        known = database.execute("INSERT OR IGNORE INTO batches VALUES (?, ?)", (key, batch["cursor"])).rowcount == 0
        for change in () if known else batch["changes"]:
            record = change["record"]
            row = (record["id"], record["change"], json.dumps(record, ensure_ascii=False))
            database.execute("INSERT OR REPLACE INTO articles VALUES (?, ?, ?)", row)


class Receiver(BaseHTTPRequestHandler):
    """Answer 204 for a batch that is kept, 401 for one that is not ours, and a broken one by hanging up."""

    timeout = 60

    def do_POST(self) -> None:
        """Take one batch."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        genuine = is_genuine(self.headers, body, self.server.secret, time.time())
        if genuine:
            apply(self.server.file, self.headers["webhook-id"], json.loads(body))
        self.send_response(204 if genuine else 401)
        self.end_headers()


def main(file: Path, port: int) -> None:
    """Listen on this machine."""
    secret = os.environ.get("WARDNEWS_PUSH_SECRET", "").removeprefix("whsec_")
    if not secret:
        sys.exit("WARDNEWS_PUSH_SECRET: not set")
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        for table in TABLES:
            database.execute(table)
    server = ThreadingHTTPServer(("127.0.0.1", port), Receiver)
    server.file, server.secret = file, base64.b64decode(secret)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), int(sys.argv[2]))
