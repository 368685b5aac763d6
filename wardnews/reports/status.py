"""How things stand: what the store knows of each portal, how it is, when it is due; for people and for machines."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import repeat
from typing import Any

from wardnews.locale import _, gettext_noop, ngettext, number, short_day
from wardnews.locale.recognized import recognized
from wardnews.reports.health import Finding
from wardnews.sites import Site
from wardnews.store import queries
from wardnews.store.database import Store
from wardnews.store.moves import pairs
from wardnews.store.recheck import due_after, publication_interval
from wardnews.text.clock import VIETNAM, timestamp

_DAY = 86_400
_FINDINGS = (
    gettext_noop("challenge"),
    gettext_noop("unreadable"),
    gettext_noop("no_sections"),
    gettext_noop("no_listing"),
    gettext_noop("listing_empty"),
    gettext_noop("section_gone"),
    gettext_noop("fields_lost"),
    gettext_noop("body_halved"),
    gettext_noop("layout_changed"),
    gettext_noop("silent"),
    gettext_noop("header_unread"),
    gettext_noop("sick"),
)
"""The names of findings, of which the table for people has translations."""


@dataclass(frozen=True)
class Standing:
    """How one portal stands. Times are UTC, days are the portal's; None where there is none.

    `articles` without those that are gone; `newest`: when the newest was published; `rhythm`: how many days its news
    are apart at most as a rule; `began`, `ended` of the last visit, `left` why a part of it was left; `pages`, `new`,
    `failed`, `seconds` of its last run; `due`: when the next visit is, None for a closed portal; `is_due`: now;
    `findings`: what is wrong, and since when. `twice`: articles that stand under two ids, of portals that are named.
    """

    site: str
    name: str
    url: str
    closed: str | None
    articles: int
    newest: str | None
    rhythm: int | None
    began: str | None
    ended: str | None
    left: str | None
    pages: int | None
    new: int | None
    failed: int | None
    seconds: float | None
    due: str | None
    is_due: bool
    sick: bool
    findings: list[Finding]
    twice: int | None = None


def standings(
    store: Store | None, sites: Mapping[str, Site], keys: Iterable[str] = (), now: str | None = None
) -> Iterator[Standing]:
    """Return how portals stand, as of `now` (UTC): those named, else all that the store knows; no store knows none."""
    now = now or timestamp()
    until = datetime.fromisoformat(now).astimezone(VIETNAM).isoformat()
    counts = queries.article_counts(store) if store else {}
    last = queries.last_visit_of_each(store) if store else {}
    named = list(keys) or list(counts)
    days_of_each = queries.publication_days(store, named, until, queries.DAYS) if store else repeat(list[str]())
    for key, days in zip(named, days_of_each, strict=False):
        yield _standing(key, sites.get(key), counts.get(key, 0), last.get(key), days, now)


def with_twice(store: Store, rows: Iterable[Standing]) -> Iterator[Standing]:
    """Return standings with `twice` counted, which takes a comparison of all articles of a portal."""
    for row in rows:
        yield replace(row, twice=len(pairs(store, row.site)))


def _standing(key: str, site: Site | None, articles: int, visit: Any, days: list[str], now: str) -> Standing:
    report: dict[str, Any] = json.loads(visit.report) if visit and visit.report else {}
    usual = publication_interval(days)
    began, ended = (visit.began, visit.ended) if visit else (None, None)
    closed = site.closed if site else None
    due = due_after(began, ended=ended is not None, usual=usual)
    if began and began > now:  # by a clock that was wrong
        due = None
    due_at = None if closed else due.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if due else now
    findings = [Finding(**found) for found in report.get("findings", ())]
    return Standing(
        site=key,
        name=site.name if site else key,
        url=site.url if site else "",
        closed=closed.isoformat() if closed else None,
        articles=articles,
        newest=days[0] if days else None,
        rhythm=usual,
        began=began,
        ended=ended,
        left=report.get("left"),
        pages=report.get("pages"),
        new=report.get("new"),
        failed=report.get("failed"),
        seconds=report.get("seconds"),
        due=due_at,
        is_due=due_at is not None and due_at <= now,
        sick=any(found.sick for found in findings),
        findings=findings,
    )


def json_lines(rows: Iterable[Standing]) -> Iterator[str]:
    """Return standings as JSON, one portal a line, findings as objects."""
    for row in rows:
        findings = [found._asdict() for found in row.findings]
        yield json.dumps({**asdict(row), "findings": findings}, ensure_ascii=False)


# --- for people ----------------------------------------------------------------------------------------------


def ago(when: str | None, now: str) -> str:
    """Return how long ago or how far ahead a time is.

    >>> ago("2026-08-29T01:00:00Z", "2026-08-29T03:30:00Z"), ago("2026-09-01T01:00:00Z", "2026-08-29T01:00:00Z")
    ('2 h ago', 'in 3 d')
    """
    if when is None:
        return "-"
    seconds = (datetime.fromisoformat(now) - datetime.fromisoformat(when)).total_seconds()
    sizes = ((_DAY, _("{count} d")), (3600, _("{count} h")), (60, _("{count} min")))
    size, unit = next((one for one in sizes if abs(seconds) >= one[0]), (1, _("{count} s")))
    span = unit.format(count=f"{abs(seconds) / size:.0f}" if seconds < 0 else f"{seconds // size:.0f}")
    return (_("{span} ago") if seconds >= 0 else _("in {span}")).format(span=span)


def visited(row: Standing, now: str) -> str:
    """Return how long ago the last visit began; one that is yet to come was dated by a wrong clock."""
    return _("wrong clock") if row.began and row.began > now else ago(row.began, now)


def troubles(row: Standing) -> str:
    """Return what is wrong with a portal in a word each, what makes it unhealthy first."""
    left = [_("left")] if row.left else [_("unfinished")] if row.began and not row.ended else []
    return ", ".join([_(found.name) for found in sorted(row.findings, key=lambda found: not found.sick)] + left)


def explained(row: Standing) -> Iterator[str]:
    """Return in a line each what is wrong with a portal."""
    for found in row.findings:
        if found.name != "silent" or found.sick:  # the table says the rest
            line = _("{key}: {finding}") if found.name == "silent" else _("{key}: {finding} (since {day})")
            yield line.format(key=row.site, finding=recognized(found.what), day=short_day(found.since))
    if row.left:
        yield _("{key}: left to the next run: {reason}").format(key=row.site, reason=recognized(row.left))
    if row.twice:
        line = ngettext(
            "{key}: {count} article stands under two ids, by all that they say: wardnews join {key}",
            "{key}: {count} articles stand under two ids, by all that they say: wardnews join {key}",
            row.twice,
        )
        yield line.format(key=row.site, count=number(row.twice))
