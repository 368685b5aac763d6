"""Measure the export of a store: records a second and memory, beside plain `json` writing the same records."""

import json
import subprocess
import sys
import time
from argparse import ArgumentParser
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from wardnews import runs
from wardnews.practice import PracticePortal
from wardnews.store import Store, articles, versions

MOST_MEMORY = 150
"""The megabytes that an export of any length may take."""
MEASURED = """
import contextlib, sys, time
from wardnews import exporters, store
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
                identity = f"{row.id}-{copy}"
                version = {**kept[row.seq], "article": identity}
                version.pop("seq")
                version["record"] = json.dumps(json.loads(version["record"]) | {"id": identity}, ensure_ascii=False)
                seq = connection.execute(versions.insert().returning(versions.c.seq), version).scalar_one()
                connection.execute(articles.insert(), {**row._asdict(), "id": identity, "seq": seq})
    store.close()


def export(url: str, kind: str, file: Path) -> tuple[float, float]:
    """Export in a process of its own; give the seconds of a core and the megabytes at the peak."""
    command = [sys.executable, "-c", MEASURED, "export", "--store", url, "--as", kind, "-o", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, peak = done.stderr.split()[-2:]
    return float(seconds), int(peak) / 1024


def plain(records: Path, file: Path) -> float:
    """Write the records with `json`; give the seconds of a core that the writing took."""
    dicts = [json.loads(line) for line in records.open(encoding="utf-8")]
    begin = time.process_time()
    with file.open("w", encoding="utf-8") as out:
        for one in dicts:
            out.write(json.dumps(one, ensure_ascii=False) + "\n")
    return time.process_time() - begin


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
        peaks = []
        took = {}
        for kind in ("jsonl", "text"):
            took[kind], peak = export(url, kind, folder / kind)
            peaks.append(peak)
        took["json"] = plain(folder / "jsonl", folder / "plain")
        size = (folder / "jsonl").stat().st_size
    number = arguments.records
    print(f"{number} records, {size / number / 1e3:.1f} kB each\n")
    for kind, seconds in took.items():
        print(f"{kind:6} {number / seconds:9.0f} records/s of a core   {took['json'] / seconds:5.2f} of plain json")
    fine = max(peaks) <= MOST_MEMORY
    print(f"\npeak {max(peaks):.0f} MB, {MOST_MEMORY} MB at most: {'fine' if fine else 'TOO MUCH'}")
    return int(not fine)


if __name__ == "__main__":
    sys.exit(main())
