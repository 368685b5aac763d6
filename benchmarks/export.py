"""Measure the export of a store in every format: records a second and memory, beside plain `orjson` writing them."""

import json
import subprocess
import sys
import time
from argparse import ArgumentParser
from contextlib import chdir
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import sqlalchemy as sa

from wardnews.demo import PracticePortal
from wardnews.exporters.formats import FORMATS
from wardnews.runs import process as runs
from wardnews.store.database import Store
from wardnews.store.tables import articles, versions

MOST_MEMORY = 200
"""The megabytes that an export of any length may take."""
MEASURED = """
import contextlib, sys, time
from wardnews import store
from wardnews.cli import main
begin = time.process_time()
with contextlib.suppress(SystemExit):
    main()
spent = time.process_time() - begin
status = open("/proc/self/status").read()
print(spent, status.partition("VmHWM:")[2].split()[0], file=sys.stderr)
"""


def fill(url: str, number: int) -> None:
    """Crawl the practice portals into a store, then copy what came of it under other ids until it is enough."""
    with PracticePortal() as portal, TemporaryDirectory() as folder, chdir(folder):
        sites = Path(folder, "practice.toml")
        sites.write_text(portal.toml(), encoding="utf-8")
        runs.run(store=url, site="practice-liferay,practice-newszone", sites=[sites], progress=False)
    store = Store.open(url)
    with store.writing() as connection:
        rows = connection.execute(sa.select(articles).order_by(articles.c.seq)).all()
        kept = {row.seq: row._asdict() for row in connection.execute(sa.select(versions))}
        for copy in range(1, -(-number // len(rows))):
            for row in rows:
                version = {**kept[row.seq], "article": f"{row.id}-{copy}"}
                version.pop("seq")
                record = copied(json.loads(version["record"]), copy)
                version["record"] = json.dumps(record, ensure_ascii=False)
                seq = connection.execute(versions.insert().returning(versions.c.seq), version).scalar_one()
                own = {"id": record["id"], "site": record["site"], "published": record["published"], "seq": seq}
                connection.execute(articles.insert(), {**row._asdict(), **own})
    store.close()


def copied(record: dict[str, Any], copy: int) -> dict[str, Any]:
    """Copy a record to another portal, province and year, with words of its own: repeated ones would take no room."""
    words = {name: f"{record[name]} {copy}" for name in ("title", "text")}
    return {
        **record,
        **words,
        "id": f"{record['id']}-{copy}",
        "site": f"{record['site']}-{copy % 200:03}",
        "published": f"{2012 + copy % 15}{record['published'][4:]}",
        "province": {"name": f"Tỉnh {copy % 30}", "code": f"{copy % 30:02}"},
        "paragraphs": [f"{paragraph} {copy}" for paragraph in record["paragraphs"]],
    }


def export(url: str, kind: str, output: str) -> tuple[float, float]:
    """Export in a process of its own; give the seconds of a core and the megabytes at the peak."""
    command = [sys.executable, "-c", MEASURED, "export", "--store", url, "--as", kind, "-o", output]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, peak = done.stderr.split()[-2:]
    return float(seconds), int(peak) / 1024


def plain(records: Path, file: Path) -> float:
    """Write the records with `orjson`; give the seconds of a core that the writing took."""
    spent = 0.0
    with records.open("rb") as lines, file.open("wb") as out:
        while some := [json.loads(line) for line in islice(lines, 1000)]:
            begin = time.process_time()
            for one in some:
                out.write(orjson.dumps(one) + b"\n")
            spent += time.process_time() - begin
    return spent


def main() -> int:
    """Print the table; give the exit status."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000, help="how many records (default: %(default)s)")
    parser.add_argument("--store", help="an empty database; else one of SQLite in a temporary folder")
    arguments = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        url = arguments.store or f"sqlite:///{folder}/store.db"
        fill(url, arguments.records)
        outputs = {f"{kind} file": "one/records" for kind in ("jsonl", "text", "csv", "schemaorg")}
        outputs |= {"jsonl.gz file": "one/records.gz", "jsonl.zst file": "one/records.zst"}
        outputs |= {f"{kind} folder": f"{kind}/" for kind in FORMATS if kind not in ("jsonl", "csv", "schemaorg")}
        took = {}
        for what, output in outputs.items():
            kind = what.partition(" ")[0].partition(".")[0]
            took[what] = export(url, kind, f"{folder}/{what.replace(' ', '-')}-{output}")
        written = folder / "jsonl-file-one" / "records"
        writing = plain(written, folder / "plain")
        size = written.stat().st_size
    number = arguments.records
    print(
        f"{number} records of {size / number / 1e3:.1f} kB; plain orjson: {number / writing:.0f} records/s of a core\n"
    )
    for what, (seconds, peak) in took.items():
        ratio = writing / seconds
        print(f"{what:15} {number / seconds:9.0f} records/s of a core   {ratio:5.2f} of plain orjson   {peak:4.0f} MB")
    most = max(peak for _, peak in took.values())
    print(f"\npeak {most:.0f} MB, {MOST_MEMORY} MB at most: {'fine' if most <= MOST_MEMORY else 'TOO MUCH'}")
    return int(most > MOST_MEMORY)


if __name__ == "__main__":
    sys.exit(main())
