"""What became of each portal in a run: its counts, its closing lines, its part of the report."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from wardnews.items import Article
from wardnews.locale import _, ngettext, number, short_day
from wardnews.locale.recognized import recognized
from wardnews.middlewares import Pause
from wardnews.pipelines import OUTSIDE
from wardnews.reports import health
from wardnews.reports.health import FIELDS, Finding, Past
from wardnews.spiders.counts import PortalCounts

_MOST_HEADERS, _MOST_LOCKED = 5, 10
_UNREAD = {"header_unread", "header_partly_read"}


@dataclass
class PortalReport:
    """What became of one portal in one run, and what was found wrong with it; `counts` are its spider's.

    `files_left`: how many files are left to the next run, and why.
    """

    counts: PortalCounts = field(default_factory=PortalCounts)
    left: str | None = None
    files_left: tuple[int, str | None] = (0, None)
    left_alone: Pause | None = None
    changes: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    headers: dict[str, None] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def record(self, item: Article) -> None:
        """Count a record, and what it has."""
        self.changes[item.change] += 1
        self.filled.update(name for name in FIELDS if getattr(item, name) not in (None, [], ""))
        if item.header and item.flags and len(self.headers) < _MOST_HEADERS and not _UNREAD.isdisjoint(item.flags):
            self.headers[item.header] = None

    def forget_records(self) -> None:
        """Begin anew to count records."""
        for counter in (self.changes, self.filled, self.headers):
            counter.clear()

    def add(self, other: "PortalReport") -> None:
        """Add what another process counted of the portal."""
        self.counts.add(other.counts)
        for name in ("changes", "filled", "dropped"):
            getattr(self, name).update(getattr(other, name))
        self.headers = dict.fromkeys(islice((*self.headers, *other.headers), _MOST_HEADERS))

    @property
    def records(self) -> int:
        """Return the number of records of all changes."""
        return self.changes.total()

    @property
    def edited(self) -> int:
        """Return the number of articles that were edited: their page, or a file that they name."""
        return self.changes["edited"] + self.counts.file_edits

    @property
    def known(self) -> int:
        """Return the number of known articles that came up and are as they were."""
        return max(0, self.counts.known - self._changed)

    @property
    def _changed(self) -> int:
        return self.edited + self.changes["back"] + self.changes["gone"]

    def set_known(self, number: int) -> None:
        """Write how many known articles came up and are as they were."""
        self.counts.known = number + self._changed

    @property
    def causes(self) -> Counter[str]:
        """Return the pages that gave trouble, and the articles that were dropped, by cause."""
        return self.counts.troubles + self.dropped

    @property
    def is_unhealthy(self) -> bool:
        """Whether anything found wrong makes the portal unhealthy."""
        return any(found.sick for found in self.findings)

    @property
    def _has_only_its_end(self) -> bool:
        """Whether the visit of a run that was killed had no page left to do: it had but to be ended."""
        counts = self.counts
        return bool(counts.partial) and not (counts.pages or self.causes or self.left)

    def judge(self, began: str, past: list[Past], *, stopped: bool, **known: Any) -> None:
        """Judge the visit that began then; of one that was stopped nothing is missing. `health.judge` takes `known`."""
        unchanged = self.known or self.counts.unchanged
        counts = {
            "read": self.records or self.counts.outside or unchanged or self._has_only_its_end or stopped,
            "listings": self.counts.listings,
            "partial": self.counts.partial or stopped,
            "sick": self.counts.unhealthy,
            "causes": self.causes,
            "headers": list(self.headers),
            "layouts": self.counts.layouts,
        }
        self.findings = health.judge(counts, began, past, **known)

    def summary(self) -> dict[str, Any]:
        """Return what the report says of the portal, as JSON has it.

        Counts of pages and articles; `listed_again`: older listing pages; `seconds` until the last page came;
        `coverage`: the share of the run's records that have something in a field; `layouts`: pages by layout; `causes`:
        pages by what was wrong with them; `headers`: header lines that were not read whole, five at most; `findings`:
        what is wrong with the portal (`name`, `what`, `since`, `sick`); `sick`: whether one of them makes it unhealthy;
        `left`: why the rest of it is left to the next run; `left_alone`: for how many `seconds` it asked to be, and
        `since` when, where that is not over. `files`: those that were `kept`, that are `unchanged`, that are `left` to
        the next run, and `causes` why others are not kept.
        """
        return {
            "pages": self.counts.pages,
            **{change: self.changes[change] for change in ("new", "edited", "gone", "back")},
            "edited": self.edited,
            "known": self.known,
            "outside": self.counts.outside,
            "failed": self.counts.failed,
            "listed_again": self.counts.listed_again,
            "seconds": round(self.counts.seconds, 1),
            "coverage": {name: round(share, 3) for name, share in self.coverage()} if self.records else {},
            "layouts": dict(self.counts.layouts),
            "causes": dict((self.causes + self.counts.unhealthy).most_common()),
            "headers": list(self.headers),
            "findings": [found._asdict() for found in self.findings],
            "sick": self.is_unhealthy,
            "left": self.left,
            "left_alone": self.left_alone._asdict() if self.left_alone else None,
            "files": {
                "kept": self.counts.files,
                "unchanged": self.counts.files_unchanged,
                "left": self.files_left[0],
                "causes": dict(self.counts.file_troubles.most_common()),
            },
        }

    def coverage(self) -> Iterator[tuple[str, float]]:
        """Return the share of records that have something in a field, field by field."""
        for name in FIELDS:
            yield name, self.filled[name] / self.records if self.records else 0.0

    def lines(self, key: str, began: str = "") -> Iterator[str]:
        """Return the closing lines of the portal; what was found wrong since before `began` has its day."""
        line = _("{key}: {counts}, {seconds} s")
        since = next((found.since for found in self.findings if found.name == "silent" and not found.sick), "")
        if since:
            line = _("{key}: {counts}, {seconds} s; silent since {day}")
        seconds = number(self.counts.seconds, 1)
        yield line.format(key=key, counts=counts_line(self), seconds=seconds, day=short_day(since))
        if self.records:
            yield _("  coverage: {shares}").format(shares=self._coverage_line())
        for cause, count in self.causes.most_common():
            line = ngettext("  {cause}: {count} page", "  {cause}: {count} pages", count)
            yield line.format(cause=recognized(cause), count=number(count))
        if outside := self.counts.outside:
            line = ngettext("  {cause}: {count} article", "  {cause}: {count} articles", outside)
            yield line.format(cause=_(OUTSIDE), count=number(outside))
        if again := self.counts.listed_again:
            yield _("  older listing pages read again: {count}").format(count=number(again))
        yield from self._file_lines()
        if self.left:
            yield _("  left to the next run: {reason}").format(reason=recognized(self.left))
        yield from self._finding_lines(began)

    def _finding_lines(self, began: str) -> Iterator[str]:
        """Return the closing lines on what was found wrong, what makes the portal unhealthy last."""
        for found in self.findings:
            if found.name != "silent" and not found.sick:
                yield _("  note: {finding}").format(finding=_dated(found, began))
        for found in self.findings:
            if found.sick:
                yield _("  unhealthy: {finding}").format(finding=_dated(found, began))

    def _file_lines(self) -> Iterator[str]:
        """Return the closing lines on files, where some were asked for."""
        kept, unchanged, (left, why) = self.counts.files, self.counts.files_unchanged, self.files_left
        if kept or unchanged or left:
            reason = f" ({recognized(why)})" if why else ""
            line = _("  files: {kept} kept, {unchanged} unchanged, {left} left to the next run")
            yield line.format(kept=number(kept), unchanged=number(unchanged), left=number(left)) + reason
        for cause, count in self.counts.file_troubles.most_common():
            line = ngettext("  not kept, {cause}: {count} file", "  not kept, {cause}: {count} files", count)
            yield line.format(cause=recognized(cause), count=number(count))

    def _coverage_line(self) -> str:
        """Return the coverage of each field, those of the same share together, the fullest first."""
        shares: dict[str, list[str]] = {}
        for name, share in sorted(self.coverage(), key=lambda one: -one[1]):
            shares.setdefault(f"{share:.0%}" if share else _("never"), []).append(name)
        return "; ".join(f"{share} {', '.join(names)}" for share, names in shares.items())


def _dated(found: Finding, began: str) -> str:
    """Return what was found, and since when where that is not of today."""
    if found.name == "silent" or found.since[:10] >= began[:10]:
        return recognized(found.what)
    return _("{finding} (since {day})").format(finding=recognized(found.what), day=short_day(found.since))


def counts_line(portal: PortalReport) -> str:
    """Return the counts of pages and articles as a line."""
    counts = {
        "new": portal.changes["new"],
        "edited": portal.edited,
        "known": portal.known,
        "gone": portal.changes["gone"],
        "back": portal.changes["back"],
        "failed": portal.counts.failed,
    }
    line = _("{pages}, {new} new, {edited} edited, {known} known, {gone} gone, {failed} failed")
    if counts["back"]:
        line = _("{pages}, {new} new, {edited} edited, {known} known, {gone} gone, {back} back, {failed} failed")
    pages = ngettext("{count} page", "{count} pages", portal.counts.pages).format(count=number(portal.counts.pages))
    return line.format(pages=pages, **{name: number(count) for name, count in counts.items()})


def closing_lines(portals: Mapping[str, PortalReport], began: str, notes: Iterable[str]) -> Iterator[str]:
    """Return the closing lines of a run: its portals, the unhealthy ones last, what else there is, and all together."""
    for key, portal in sorted(
        portals.items(), key=lambda one: (one[1].is_unhealthy, bool(one[1].left), one[1].records > 0)
    ):
        yield from portal.lines(key, began)
    yield from notes
    if len(portals) > 1:
        yield _total_line(portals)


def _total_line(portals: Mapping[str, PortalReport]) -> str:
    """Return the counts of all portals together."""
    total = PortalReport()
    for portal in portals.values():
        total.changes.update(portal.changes)
        for name in ("pages", "outside", "failed", "known"):
            setattr(total.counts, name, getattr(total.counts, name) + getattr(portal.counts, name))
    unhealthy = [key for key, portal in portals.items() if portal.is_unhealthy]
    names = f": {', '.join(unhealthy)}" if unhealthy else ""
    line = _("{count} portals: {counts}; {unhealthy} unhealthy")
    many, few = number(len(portals)), number(len(unhealthy))
    return line.format(count=many, counts=counts_line(total), unhealthy=few) + names


def left_out(locked: Sequence[str]) -> Iterator[str]:
    """Return lines on the portals that another run is at."""
    for key in locked[:_MOST_LOCKED]:
        yield _("{key}: left out, another run is at it").format(key=key)
    if more := locked[_MOST_LOCKED:]:
        yield _("{count} more left out, other runs are at them").format(count=number(len(more)))
