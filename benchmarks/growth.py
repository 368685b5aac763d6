"""Measure what commands cost as a store grows, each in a process of its own: seconds of a core, peak memory."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from json import dumps
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from wardnews.demo import PracticePortal
from wardnews.items import Article, json_line
from wardnews.store import changes
from wardnews.store.database import Store
from wardnews.store.tables import articles, runs, versions, visits
from wardnews.text.sample_format import compose_text

SIZES = ((1_000, 30), (10_000, 330), (100_000, 3_300), (1_000_000, 3_300))
"""Articles and portals."""
ALLOWED = 1.5
"""How often the growth of its own answer a command may cost, from the first size on."""
_BATCH, _DAYS, _LATE = 1_000, 1_500, 10
_TODAY = datetime.now(UTC)
_MEASURED = """
import contextlib, sys, time
from wardnews.cli import main
with contextlib.suppress(SystemExit):
    main()
sys.stdout.flush()
status = open("/proc/self/status").read()
print(time.process_time(), status.partition("VmHWM:")[2].split()[0], file=sys.stderr)
"""


def made(number: int, portals: int) -> Article:
    """Make up a short article; those of one portal come out some days apart."""
    site, title = f"portal-{number % portals:04}", f"Tổ dân phố số {number} tổng vệ sinh đường làng"
    day = (date(2022, 1, 1) + timedelta(days=number * 7919 % _DAYS)).isoformat()
    told = [f"Sáng ngày {number}, nhân dân tổ dân phố số {number % 97} ra quân dọn dẹp lần thứ {number}." * 2] * 3
    return Article(
        id=f"{site}:{number}", url=f"http://127.0.0.1/{site}/{number}", site=site, section="Tin tức", title=title,
        published=f"{day}T08:00+07:00", paragraphs=told, content_hash=str(number), language="vi",
        text=compose_text("Tin tức", title, None, told), crawled_at=f"{day}T03:00:00Z", first_seen=f"{day}T03:00:00Z",
    )  # fmt: skip


def fill(store: Store, number: int, portals: int) -> None:
    """Write articles of one version each, and a visit to each portal that has just ended."""
    known = [column.name for column in articles.columns]
    now = _TODAY.strftime("%Y-%m-%dT%H:%M:%SZ")
    report = dumps({"pages": 3, "new": 0, "failed": 0, "seconds": 3.2, "findings": []})
    with store.writing() as connection:
        connection.execute(runs.insert(), {"name": "made", "began": now, "ended": now, "feed": "made.jsonl"})
        visit = {"run": "made", "began": now, "ended": now, "asked": "[null, null]", "report": report}
        connection.execute(visits.insert(), [{"site": f"portal-{one:04}", **visit} for one in range(portals)])
    for begin in range(0, number, _BATCH):
        rows: list[dict[str, Any]] = []
        for seq in range(begin + 1, min(begin + _BATCH, number) + 1):
            one = made(seq, portals)
            row: dict[str, Any] = {name: getattr(one, name, 0) for name in known}
            row |= {"seq": seq, "at": one.crawled_at, "signed": 1}
            rows.append(row | {"story": None, "record": json_line(one)[:-1]})
        with store.writing() as connection:
            connection.execute(articles.insert(), [{name: row[name] for name in known} for row in rows])
            connection.execute(versions.insert(), [
                {"seq": row["seq"], "article": row["id"], "run": "made", "change": "new", "version": 1, "at": row["at"],
                 "record": row["record"]} for row in rows
            ])  # fmt: skip


def sites_of(portals: int) -> str:
    """Return the sites file of the made-up portals; nothing listens at their addresses."""
    return "".join(
        f'[portal-{one:04}]\nname = "Phường Số {one}"\nurl = "http://127.0.0.1:1/{one}/"\n' for one in range(portals)
    )


def cost(folder: Path, *arguments: str) -> tuple[float, float]:
    """Return the seconds of a core that a command took in a process of its own, and its megabytes at the peak."""
    command = [sys.executable, "-c", _MEASURED, *arguments, "--store", f"sqlite:///{folder}/store.db"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, env=dict(os.environ))
    seconds, peak = done.stderr.split()[-2:]
    return float(seconds), int(peak) / 1024


def asked(folder: Path, sites: Path, practice: Path, number: int) -> Iterator[tuple[str, int, list[str]]]:
    """Name each command with the size of its answer and its arguments."""
    store = Store.open(f"sqlite:///{folder}/store.db")
    near_end = changes.cursor_of(changes.store_name(store), changes.last_seq(store) - _LATE)
    store.close()
    day = (date(2022, 1, 1) + timedelta(days=_DAYS - 1)).isoformat()
    portals = sites.read_text(encoding="utf-8").count("[")
    yield "status", portals, ["status", "--sites", str(sites)]
    yield "crawl --due, none due", portals, ["crawl", "--due", "--own", "--sites", str(sites)]
    yield "changes, the last ten", _LATE, ["changes", "--since", near_end]
    yield "export --since the last day", number // _DAYS + 1, ["export", "--since", day, "-o", "new.jsonl"]
    yield "export of one portal", number // portals, ["export", "--site", "portal-0001", "-o", "one.jsonl"]
    yield "gaps of one portal", number // portals, ["gaps", "portal-0001", "--sites", str(sites)]
    visit = ["crawl", "practice-liferay", "--quiet", "--sites", str(practice)]
    yield "first visit of a portal", 1, visit
    yield "unchanged visit of it", 1, visit


def measured(number: int, portals: int) -> dict[str, tuple[int, float, float]]:
    """Return the size of the answer, seconds and megabytes of each command over a store of a size."""
    with TemporaryDirectory() as name, PracticePortal() as practice:
        folder = Path(name)
        (folder / "sites.toml").write_text(sites_of(portals), encoding="utf-8")
        (folder / "practice.toml").write_text(practice.toml(), encoding="utf-8")
        store, begun = Store.open(f"sqlite:///{folder}/store.db"), process_time()
        fill(store, number, portals)
        store.close()
        size = (folder / "store.db").stat().st_size / 1e6
        print(f"\n{number:,} articles, {portals:,} portals: {size:.0f} MB, made in {process_time() - begun:.0f} s")
        found = {}
        for what, answer, arguments in asked(folder, folder / "sites.toml", folder / "practice.toml", number):
            found[what] = (answer, *cost(folder, *arguments))
            print(f"{what:30} {found[what][1]:6.2f} s {found[what][2]:5.0f} MB")
        return found


def main() -> int:
    """Print the tables; give the exit status: 1 where a command grew faster than its answer."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=100_000, help="articles of the largest (default: %(default)s)")
    sizes = [size for size in SIZES if size[0] <= parser.parse_args().most]
    print("seconds of a core and peak memory of each command; starting Python and wardnews is in them")
    first, *_, last = [measured(*size) for size in sizes]
    print("\nfrom the smallest store to the largest")
    faster = 0
    for what, (answer, seconds, _) in last.items():
        ratio, grown = seconds / first[what][1], max(1.0, answer / first[what][0])
        faster += ratio > ALLOWED * grown
        print(f"{what:30} {ratio:6.1f} times the seconds, {grown:6.1f} times the answer")
    return int(faster > 0)


if __name__ == "__main__":
    sys.exit(main())
