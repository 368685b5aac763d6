"""A crawl whose politeness groups are visited by the workers of a cluster, and what came of them as of one run."""

import asyncio
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from wardnews.errors import ClusterLost, ExitStatus
from wardnews.exporters.files import write_lines
from wardnews.locale import SOURCE, _, gettext_noop, number, speaking
from wardnews.locale.recognized import recognized
from wardnews.reports.completing import complete
from wardnews.reports.counts import PortalReport, closing_lines, left_out
from wardnews.runs.cluster.engine import Work, cause_of, check, connected, spread
from wardnews.runs.cluster.worker import where
from wardnews.settings import WARDNEWS_OUTPUT
from wardnews.storage import Output
from wardnews.store import queries
from wardnews.store.database import Store, for_everyone, new_name, whole_of
from wardnews.store.leases import LEASE, holder_of
from wardnews.store.near_duplicates import assign
from wardnews.store.recheck import exactly
from wardnews.text.clock import timestamp

_LINE_EVERY = 60.0
_WORST = (ExitStatus.FAILED, ExitStatus.STOPPED, ExitStatus.SICK, ExitStatus.LOCKED, ExitStatus.FINE)
"""Of the exit statuses of several crawls the first of these is that of all."""
_ENVIRONMENT = ("WARDNEWS_CONTACT", "WARDNEWS_RAW")
"""What the crawls take from the environment of whoever asked for them."""


@dataclass(frozen=True, slots=True)
class Group:
    """The portals of a politeness group, by key, and how they are crawled; `files`: texts of sites files, by name."""

    name: str
    run: str
    store: str
    sites: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    environment: tuple[tuple[str, str], ...]
    options: Mapping[str, Any]


@dataclass
class Crawled:
    """What came of the portals of a group, or of all: their reports, by key, and what the closing lines say besides."""

    portals: dict[str, PortalReport] = field(default_factory=dict)
    status: ExitStatus = ExitStatus.FINE
    locked: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    errors: int = 0
    reason: str = "finished"

    def add(self, other: "Crawled") -> None:
        """Add what came of another group."""
        self.portals.update(other.portals)
        self.status = min(self.status, other.status, key=_WORST.index)
        self.locked += other.locked
        self.notes += other.notes
        self.errors += other.errors
        if other.reason != "finished":
            self.reason = other.reason


def crawl_group(group: Group) -> Crawled:
    """Crawl the portals of a group in this process, which can do so but once."""
    os.environ.update(group.environment)
    _wait_for_others_of(group)
    from wardnews.runs.process import run

    with TemporaryDirectory(prefix="wardnews-") as folder:
        files = []
        for name, text in group.files:
            files.append(Path(folder, name))
            files[-1].write_text(text, encoding="utf-8")
        done = run(
            store=group.store, progress=False, part_of=group.run, site=",".join(group.sites), sites=files,
            **group.options,
        )  # fmt: skip
    report = done.report
    locked = list(getattr(report.crawler.spider, "locked", ()))
    with speaking(SOURCE):  # whoever shows the notes puts them into their language
        notes = [f"{line} ({where()})" for line in report.notes() if "another run is at it" not in line]
    return Crawled(report.portals, report.status(), locked, notes, report.errors, report.reason)


def _wait_for_others_of(group: Group) -> None:
    """Wait until the lease is free that another worker has for this crawl: it died, or is cut off."""
    store = Store.open(group.store, create=False)
    try:
        for _second in range(round(LEASE) + 15):
            holder = holder_of(store, group.name)
            if holder is None or whole_of(holder) != group.run or not store.locks.is_held_elsewhere(f"run-{holder}"):
                return
            time.sleep(1)
    finally:
        store.close()


class Crawl:
    """A crawl on a cluster, by the name of its run; what its groups are at is theirs alone.

    Each is a run of its own, whose name begins with this one's. When all have ended, their records are this run's feed.
    """

    def __init__(self, store: Store, output: Output, run: str) -> None:
        self.store, self.output, self.run = store, output, run
        self.began = timestamp()
        self.crawled = Crawled()
        self.feed: str | None = None
        self.groups = self.done = 0

    async def visit(self, address: str, groups: Mapping[str, Group], show: Callable[[str], None]) -> None:
        """Crawl groups, by name; a group whose worker dies is crawled by another one."""
        self.groups = len(groups)
        works = (Work(f"{self.run} {name}", crawl_group, (group,)) for name, group in groups.items())
        shown = time.monotonic()
        try:
            async with connected(address) as client, aclosing(spread(client, works, alone=True)) as done:
                async for work, crawled, error in done:
                    self.done += 1
                    self.crawled.add(crawled if error is None else _failed(work, error))
                    if time.monotonic() - shown > _LINE_EVERY:
                        show(self.line())
                        shown = time.monotonic()
        except (ClusterLost, asyncio.CancelledError) as error:
            self.crawled.add(Crawled(status=ExitStatus.STOPPED, reason=str(error) or gettext_noop("interrupted")))

    def line(self) -> str:
        """Return the progress line."""
        portals = self.crawled.portals.values()
        pages, new = sum(one.counts.pages for one in portals), sum(one.changes["new"] for one in portals)
        line = _("{done}/{all} groups, {portals} portals, {pages} pages, {new} new")
        counts = {"portals": len(portals), "pages": pages, "new": new}
        return line.format(done=self.done, all=self.groups, **{name: number(one) for name, one in counts.items()})

    def finish(self) -> None:
        """Write the feed of all groups, and the report; raise OSError where that cannot be: the next crawl does it."""
        store = self.store
        store.close_run(self.run, exactly())  # groups that are under way yet end by that, and are left to the next run
        names = [one for one in store.parts_of(self.run) if not store.locks.is_held_elsewhere(f"run-{one}")]
        assign(store)
        feed = self.output.folder / f"{self.run}.jsonl"
        records = write_lines(queries.feed(store, *names), feed)
        crawled = self.crawled
        report = {
            "run": self.run, "began": self.began, "ended": timestamp(), "reason": crawled.reason,
            "status": int(crawled.status), "feed": self.output.name_of(feed), "records": records,
            "errors": crawled.errors, "locked": crawled.locked, "clock": None,
            "portals": {key: portal.summary() for key, portal in crawled.portals.items()},
        }  # fmt: skip
        complete(store, self.output, self.run, report, names)
        self.feed = self.output.name_of(feed)

    def lines(self) -> Iterator[str]:
        """Return the closing lines of the run."""
        notes = (*left_out(self.crawled.locked), *map(recognized, self.crawled.notes))
        yield from closing_lines(self.crawled.portals, self.began, notes)
        if self.crawled.reason != "finished":
            yield _("stopped early: {reason}").format(reason=recognized(self.crawled.reason))


def crawl_on(
    address: str,
    groups: Mapping[str, Sequence[str]],
    sites_files: Iterable[Path],
    url: str,
    show: Callable[[str], None],
    /,
    **options: Any,
) -> Crawl:
    """Crawl groups of portals, by key, on the cluster of a scheduler, and return what came of it.

    `options` are those of the spider;
    `show` is given a progress line once a minute. Raises UsageError where no scheduler with a worker is at the address.
    """
    check(address)
    output = Output.at(WARDNEWS_OUTPUT)
    output.check()
    texts = tuple((f"{at}-{file.name}", file.read_text(encoding="utf-8-sig")) for at, file in enumerate(sites_files))
    environment = tuple((name, os.environ[name]) for name in _ENVIRONMENT if name in os.environ)
    store, run = Store.open(url), new_name()
    try:
        store.begin_run(run, exactly())
        crawl = Crawl(store, output, run)
        given = {
            name: Group(name, run, for_everyone(url), tuple(keys), texts, environment, options)
            for name, keys in groups.items()
        }
        asyncio.run(crawl.visit(address, given, show))
        crawl.finish()
    finally:
        store.close()
    return crawl


def _failed(work: Work, error: Exception) -> Crawled:
    """Return what came of a group that could not be crawled."""
    return Crawled(status=ExitStatus.FAILED, notes=[f"{work.name}: {cause_of(error)}"], errors=1)
