"""Each tool that people use opens what wardnews writes; `make ecosystem` runs this, in an environment with the tools.

    python -m tests.ecosystem [NAME...]

A tool that is not installed and comes from no package index is left out by name. Everything stays on this machine.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode
from urllib.request import urlopen

from wardnews.demo import PracticePortal

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PATIENCE = 120.0
"""Seconds that a server has to begin, or a job to end."""
ARTICLES = 100
SECRET = "whsec_" + "c2VjcmV0IG9mIHRoZSBwcmFjdGljZSBwb3J0YWw="


class Skipped(Exception):
    """Raise for a tool that is not there."""


def run(*command: str | Path, **environment: str) -> str:
    """Return the standard output of a command; raise AssertionError with what it said where it fails."""
    program = shutil.which(command[0], path=f"{BIN}{os.pathsep}{os.environ['PATH']}")
    if not program:
        raise Skipped(f"{command[0]} is not installed")
    done = subprocess.run(
        [program, *map(str, command[1:])],
        env={**os.environ, "PYTHONUTF8": "1", **environment},
        capture_output=True, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def python(code: str, **environment: str) -> str:
    return run("python", "-c", code, **environment)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def until(ready: Callable[[], object]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.2)


@contextmanager
def server(port: int, *command: str | Path, **environment: str) -> Iterator[None]:
    """Run a server until the block ends; it is there when its port is."""

    def answers() -> bool:
        assert process.poll() is None, Path("server.log").read_text(encoding="utf-8")
        with socket.socket() as asked:
            return asked.connect_ex(("127.0.0.1", port)) == 0

    with Path("server.log").open("w") as log:
        process = subprocess.Popen(
            [BIN / command[0], *command[1:]], env={**os.environ, **environment}, stdout=log, stderr=log
        )
    try:
        until(answers)
        yield
    finally:
        process.terminate()
        process.wait()


def duckdb() -> None:
    said = python(
        "import duckdb\n"
        "for table in (\"read_parquet('news/articles/**/*.parquet')\", \"read_csv('all.csv')\", \"read_json('all.jsonl.zst')\"):\n"
        "    print(duckdb.sql(f'SELECT count(*), count(published) FROM {table}').fetchall()[0][0])"
    )
    assert said.split() == [str(ARTICLES)] * 3


def pandas() -> None:
    said = python(
        "import pandas as pd\n"
        "print(len(pd.read_parquet('news/articles')), len(pd.read_csv('all.csv', dtype={'ward_code': str})),"
        " len(pd.read_json('all.jsonl.gz', lines=True, dtype=False)))"
    )
    assert said.split() == [str(ARTICLES)] * 3


def polars() -> None:
    said = python(
        "import polars as pl\n"
        "print(pl.read_parquet('news/articles/**/*.parquet', hive_partitioning=True).height, pl.read_csv('all.csv').height,"
        " pl.read_ndjson('all.jsonl', infer_schema_length=None).height)"
    )
    assert said.split() == [str(ARTICLES)] * 3


def datasets() -> None:
    said = python(
        "from datasets import load_dataset\nnews = load_dataset('news/', split='train')\n"
        "print(news.num_rows, news[0]['id'])",
        HF_HUB_OFFLINE="1",
        HF_HOME=str(Path("hf").resolve()),
    )
    assert said.startswith(f"{ARTICLES} practice-")


def frictionless() -> None:
    """Without Parquet, which it reads by pandas (NaN for null, arrays for lists), and zstd, which it does not know."""
    Path("tables").mkdir()
    for name in ("all.csv", "all.csv.gz", "all.jsonl", "all.jsonl.gz"):
        run("wardnews", "export", "-o", f"tables/{name}")
    for folder in ("feeds", "texts", "tables"):
        run("frictionless", "validate", f"{folder}/datapackage.json")


def libreoffice() -> None:
    run("soffice", "--headless", "-env:UserInstallation=file:///" + str(Path("office").resolve()).lstrip("/"),
        "--infilter=Text - txt - csv (StarCalc):44,34,76", "--convert-to", "fods", "all.csv")  # fmt: skip
    sheet = Path("all.fods").read_text(encoding="utf-8")
    assert sheet.count("<table:table-row") > ARTICLES
    assert "Phường Bến Trăng khai trương điểm phục vụ hành chính công" in sheet


def newsboat() -> None:
    feeds = [file.resolve().as_uri() for file in Path("feeds").glob("*.atom")]
    Path("urls").write_text("\n".join(feeds), encoding="utf-8")
    options = ("-u", "urls", "-c", "cache.db", "-C", "/dev/null")
    run("newsboat", *options, "-x", "reload")
    assert run("newsboat", *options, "-x", "print-unread").startswith(f"{ARTICLES} ")


def promtool() -> None:
    program = shutil.which("promtool")
    if not program:
        raise Skipped("promtool is not installed")
    metrics = Path("wardnews.prom").read_bytes()
    done = subprocess.run([program, "check", "metrics"], input=metrics, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


RECEIVER = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from standardwebhooks.webhooks import Webhook

class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Webhook(sys.argv[2]).verify(body, dict(self.headers.items()))
        open("received", "ab").write(body)
        self.send_response(204)
        self.end_headers()

HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
"""


def standardwebhooks() -> None:
    port = free_port()
    with server(port, "python", "-c", RECEIVER, str(port), SECRET):
        run("wardnews", "push", f"http://127.0.0.1:{port}/", WARDNEWS_PUSH_SECRET=SECRET)
    assert Path("received").read_text(encoding="utf-8").count('"change": "new"') == ARTICLES


def pywb() -> None:
    run("wb-manager", "init", "news")
    (warc,) = Path("output/raw").glob("*.warc.gz")
    run("wb-manager", "add", "news", warc)
    url = json.loads(Path("all.jsonl").read_text(encoding="utf-8").splitlines()[0])["url"]
    port = free_port()
    with (
        server(port, "wayback", "-b", "127.0.0.1", "-p", str(port)),
        urlopen(f"http://127.0.0.1:{port}/news/mp_/{url}", timeout=PATIENCE) as answer,
    ):
        assert "Phường" in answer.read().decode()


SPIDERMON = """
from wardnews.settings import *
SPIDERMON_ENABLED = True
EXTENSIONS = {"spidermon.contrib.scrapy.extensions.Spidermon": 600}
SPIDERMON_SPIDER_CLOSE_MONITORS = ("mine_monitors.Suite",)
SPIDERMON_MIN_ITEMS = 40
"""
MONITORS = """
from spidermon.contrib.scrapy.monitors import ItemCountMonitor
from spidermon.core.suites import MonitorSuite
class Suite(MonitorSuite):
    monitors = [ItemCountMonitor]
"""


def spidermon(*, sites: Path = Path("practice.toml")) -> None:
    Path("mine.py").write_text(SPIDERMON, encoding="utf-8")
    Path("mine_monitors.py").write_text(MONITORS, encoding="utf-8")
    run("scrapy", "crawl", "portal", "-a", "site=practice-newszone", "-a", f"sites={sites}", "-s", "LOG_FILE=monitors.log",
        "-s", "WARDNEWS_STORE=sqlite:///monitors.db", SCRAPY_SETTINGS_MODULE="mine", PYTHONPATH=".")  # fmt: skip
    log = Path("monitors.log").read_text(encoding="utf-8")
    assert re.search(r"\[Spidermon\] 1 monitor in [\d.]+s.*?\[Spidermon\] OK", log, re.DOTALL), log


def scrapyd() -> None:
    shutil.copytree(ROOT, "checkout", ignore=shutil.ignore_patterns(".*", "output", "tests", "benchmarks"))
    egg, port = Path("wardnews.egg").resolve(), free_port()
    done = subprocess.run(
        [BIN / "scrapyd-deploy", f"--build-egg={egg}"], cwd="checkout", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    config = f"[scrapyd]\nbind_address = 127.0.0.1\nhttp_port = {port}\npoll_interval = 0.5\n"
    Path("scrapyd.conf").write_text(config, encoding="utf-8")
    base = f"http://127.0.0.1:{port}"

    def asked(path: str, **data: str) -> dict[str, object]:
        body = urlencode(data).encode() or None
        with urlopen(f"{base}/{path}", body, timeout=PATIENCE) as answer:
            found: dict[str, object] = json.load(answer)
        assert found["status"] == "ok", found
        return found

    # Its own wardnews must not be the one that is installed: the egg goes before it.
    with server(port, "scrapyd"):
        run("curl", "-sf", f"{base}/addversion.json", "-F", "project=egg", "-F", "version=1", "-F", f"egg=@{egg}")
        asked("schedule.json", project="egg", spider="portal", site="practice-liferay", sites="practice.toml",
              setting="WARDNEWS_STORE=sqlite:///egg.db")  # fmt: skip
        until(lambda: asked("listjobs.json?project=egg")["finished"])
    (log,) = Path("logs/egg/portal").glob("*.log")
    said = log.read_text(encoding="utf-8")
    assert "'item_scraped_count': 50" in said, said


def moto() -> None:
    port = free_port()
    keys = {"AWS_ACCESS_KEY_ID": "practice", "AWS_SECRET_ACCESS_KEY": "practice", "AWS_DEFAULT_REGION": "us-east-1"}
    keys["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{port}"
    read = "import boto3; s3 = boto3.client('s3'); "
    with server(port, "moto_server", "-H", "127.0.0.1", "-p", str(port)):
        python(f"{read} s3.create_bucket(Bucket='news')", **keys)
        run("wardnews", "export", "-o", "s3://news/all.jsonl.gz", **keys)
        code = f"{read} import gzip; print(gzip.decompress(s3.get_object(Bucket='news', Key='all.jsonl.gz')['Body'].read()).count(b'\\n'))"
        assert python(code, **keys).split() == [str(ARTICLES)]


CHECKS = (
    duckdb, pandas, polars, datasets, frictionless, libreoffice, newsboat, promtool, standardwebhooks, pywb, spidermon, scrapyd,
    moto,
)  # fmt: skip


def write_all() -> None:
    """Crawl the practice portal, and write all that there is to be opened."""
    run("wardnews", "crawl", "practice-liferay", "practice-newszone", "--sites", "practice.toml", WARDNEWS_RAW="1")
    for output in ("all.jsonl", "all.jsonl.gz", "all.jsonl.zst", "all.csv"):
        run("wardnews", "export", "-o", output)
    for form, folder in (("parquet", "news/"), ("atom", "feeds/"), ("text", "texts/")):
        run("wardnews", "export", "--as", form, "-o", folder, "--sites", "practice.toml")
    run("wardnews", "status", "--prometheus", "wardnews.prom", "--sites", "practice.toml")


def main() -> int:
    """Run the checks that are named, or all; return how many failed."""
    failed = 0
    asked = set(sys.argv[1:])
    with TemporaryDirectory() as folder, PracticePortal() as portal:
        os.chdir(folder)
        Path("practice.toml").write_text(portal.toml(), encoding="utf-8")
        write_all()
        for check in CHECKS:
            if asked and check.__name__ not in asked:
                continue
            try:
                check()
                result = "opens it"
            except Skipped as error:
                result = f"left out: {error}"
            except Exception as error:  # noqa: BLE001 - the others are tried all the same
                failed += 1
                result = f"FAILED: {error!r}"
            print(f"{check.__name__:18}{result}", flush=True)  # noqa: T201
        os.chdir(ROOT)
    return failed


if __name__ == "__main__":
    sys.exit(main())
