"""How a portal is: what is wrong with it, judged from a visit's counts and from the portal's own past. Pure.

Rules that compare articles look at those that were read later than others *and* published later: a backfill of old
articles says nothing about how the portal is now.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any, NamedTuple

from wardnews.items import OPTIONAL
from wardnews.locale import Phrase, gettext_noop
from wardnews.spiders.counts import Unhealthy
from wardnews.store.recheck import publication_interval
from wardnews.text.clock import VIETNAM

FIELDS = OPTIONAL
"""The fields whose coverage is reported: those that a page may lack."""
_JUDGED = tuple(name for name in FIELDS if name not in ("ward", "district", "province"))
"""The fields that come from the page: the places come from the sites file, and districts ended one day."""

ENOUGH_BEFORE, ENOUGH_NOW, ENOUGH_LONG = 20, 6, 16
"""How many articles it takes: before a change, after it, and after it where lengths are compared."""
MOST_BEFORE = 50
MOSTLY_THERE, MOSTLY_MISSING = 0.9, 0.25
_LONG = 200
"""The median length of a body, in characters, from which on half of it is a loss."""
_FEW = 0.1
_PAGES, _MAJORITY = 5, 0.6
STANDS_DAYS = 30
"""How long a change for the worse is reported: after that it is how the portal is."""

SILENT_TIMES, SILENT_DAYS = 3, 7


class Finding(NamedTuple):
    """Something that is wrong: its name, what it is, since when, and whether it makes the portal unhealthy.

    `since` is a UTC time; of `silent` it is the day of the newest article.
    """

    name: str
    what: str
    since: str
    sick: bool


class Past(NamedTuple):
    """An earlier visit: when it began (UTC), and its report."""

    began: str
    report: Mapping[str, Any]


class Reading(NamedTuple):
    """An article as it was read: its day, when the run that read it began, what it has, the length of its body."""

    day: str
    at: str
    filled: frozenset[str]
    length: int


def readings_of(records: Iterable[tuple[str, str]]) -> list[Reading]:
    """Sum up records, each a JSON line and when the run that read it began; those of archives are left out."""
    readings = []
    for line, at in records:
        article = json.loads(line)
        if article["via"] == "live":
            filled = frozenset(name for name in _JUDGED if article[name] not in (None, [], ""))
            length = len(article["lead"] or "") + sum(map(len, article["paragraphs"]))
            readings.append(Reading((article["published"] or article["first_seen"])[:10], at, filled, length))
    return readings


# --- by the counts of a visit --------------------------------------------------------------------------------


def of_counts(counts: Mapping[str, Any], past: Sequence[Past], began: str) -> Iterator[Finding]:
    """Judge a visit by its own counts: `read`, `listings`, `partial`, `sick` and `causes` (counts by cause), `headers`.

    `read` is how many articles were read, met or found unchanged; `past` has the last visit first.
    """
    since = {name: found["since"] for name, found in _last_findings(past).items()}
    causes: dict[str, list[str]] = {}
    for cause, pages in counts["sick"].items():
        name = cause.finding if isinstance(cause, Unhealthy) else "sick"
        causes.setdefault(name, []).append(_of_pages(cause, pages))
    if not counts["sick"] and not counts["read"]:
        most = max(counts["causes"], key=counts["causes"].get, default=None)
        nothing = Phrase("nothing could be read: {cause}", cause=most) if most else Phrase("nothing could be read")
        causes["unreadable"] = [str(nothing)]
    elif not counts["sick"] and not (counts["listings"] or counts["partial"]):
        causes["no_listing"] = [gettext_noop("no listing page among the sections")]
    for name, whats in causes.items():
        yield Finding(name, ", ".join(whats), since.get(name, began), sick=True)
    if counts["headers"]:
        lines = "; ".join(f"“{line}”" for line in counts["headers"])
        what = str(Phrase("header lines that no rule reads whole: {lines}", lines=lines))
        yield Finding("header_unread", what, since.get("header_unread", began), sick=False)


def _of_pages(cause: str, count: int) -> str:
    """Return a cause with how many pages had it."""
    if count > 1:
        return str(Phrase("{cause} ({count} pages)", cause=str(cause), count=count))
    return str(Phrase("{cause} ({count} page)", cause=str(cause), count=count))


def _last_findings(past: Sequence[Past]) -> dict[str, Mapping[str, Any]]:
    return {found["name"]: found for found in past[0].report.get("findings", ())} if past else {}


def layout_changed(layouts: Mapping[str, int], past: Sequence[Past], began: str) -> Finding | None:
    """Return a finding for a redesign: most pages of the portal are of another layout than they were.

    `layouts` counts the visit's pages by layout. It makes the portal unhealthy on the visit that finds
    it, no longer: the articles are read, and whether well shows in their fields.
    """
    visits = ((began, layouts), *((one.began, one.report.get("layouts", {})) for one in past))
    known = [(when, name) for when, pages in visits if (name := _main_layout(pages))]
    since = began
    for when, name in known:
        if name != known[0][1]:
            recent = _time_of(began) - _time_of(since) <= timedelta(days=STANDS_DAYS)
            what = str(Phrase("the pages are {new}, they were {old}: a redesign?", new=known[0][1], old=name))
            return Finding("layout_changed", what, since, sick=since == began) if recent else None
        since = when
    return None


def _main_layout(pages: Mapping[str, int]) -> str | None:
    name, most = max(pages.items(), key=lambda item: item[1], default=("", 0))
    return name if most >= _PAGES and most >= _MAJORITY * sum(pages.values()) else None


# --- by the articles -----------------------------------------------------------------------------------------


def worsened(readings: Sequence[Reading], settled: str | None, began: str) -> Iterator[Finding]:
    """Find what the newest articles lack that those before them had: fields, and half of the body.

    `readings` are the portal's newest, in any order. `settled` is when its first visit was done: what that read in
    several runs is no change. `began` is when the visit began.
    """
    oldest = (_time_of(began) - timedelta(days=STANDS_DAYS)).strftime("%Y-%m-%dT%H:%M:%SZ")
    runs = sorted({one.at for one in readings if settled and one.at >= max(settled, oldest)}, reverse=True)
    lost: dict[str, tuple[str, str]] = {}
    shorter: Finding | None = None
    for run in runs:
        before = sorted((one for one in readings if one.at < run), key=lambda one: one.day)[-MOST_BEFORE:]
        if len(before) < ENOUGH_BEFORE:
            break
        middle = before[len(before) // 2].day
        now = [one for one in readings if one.at >= run and one.day >= middle]
        if len(now) >= ENOUGH_NOW:
            lost |= _lost(before, now)
        if len(now) >= ENOUGH_LONG:
            shorter = _shorter(before, now, run) or shorter
    if lost:
        fields = ", ".join(f"{name} {shares}" for name, (shares, _) in lost.items())
        what = str(Phrase("fields lost: {fields}", fields=fields))
        yield Finding("fields_lost", what, min(since for _, since in lost.values()), sick=True)
    if shorter:
        yield shorter


def _lost(before: Sequence[Reading], now: Sequence[Reading]) -> dict[str, tuple[str, str]]:
    """Return the fields that were mostly there and are mostly missing: the shares, and since when."""
    lost = {}
    for name in _JUDGED:
        there, here = _share(before, name), _share(now, name)
        if there >= MOSTLY_THERE and here <= MOSTLY_MISSING:
            since = min(one.at for one in now if name not in one.filled)
            before_it, after_it = f"{there:.0%}", f"{here:.0%}"
            shares = Phrase("{before} -> {now} of {count}", before=before_it, now=after_it, count=len(now))
            lost[name] = (str(shares), since)
    return lost


def _share(readings: Sequence[Reading], name: str) -> float:
    return sum(name in one.filled for one in readings) / len(readings)


def _shorter(before: Sequence[Reading], now: Sequence[Reading], since: str) -> Finding | None:
    long, short = median(one.length for one in before), median(one.length for one in now)
    as_long = sum(one.length >= long for one in now)
    if long < _LONG or short > long / 2 or as_long > _FEW * len(now):
        return None
    what = Phrase(
        "bodies shorter: half of them below {now} characters, before below {before}",
        now=round(short),
        before=round(long),
    )
    return Finding("body_halved", str(what), since, sick=True)


# --- by the days of publication ------------------------------------------------------------------------------


def silent(days: Sequence[str], visited: str, last: str | None = None) -> Finding | None:
    """Return a finding for a portal that has published nothing for clearly longer than usual, as a visit found it.

    It makes the portal unhealthy on the visit that finds it fallen silent, no longer: an operator needs to know
    once. One that was silent at the first visit is known so.
    `visited` is when the visit began, `last` when the one before did, UTC.
    """
    usual = publication_interval(days)
    if usual is None:
        return None
    newest = date.fromisoformat(max(days)[:10])
    patience = max(SILENT_TIMES * usual, SILENT_DAYS)
    gap, before = ((_day(when) - newest).days if when else patience + 1 for when in (visited, last))
    if gap <= patience:
        return None
    what = Phrase(
        "nothing published since {day}, for {days} days; {usual} as a rule", day=newest, days=gap, usual=usual
    )
    return Finding("silent", str(what), newest.isoformat(), sick=before <= patience)


def _day(when: str) -> date:
    return _time_of(when).astimezone(VIETNAM).date()


def _time_of(said: str) -> datetime:
    return datetime.fromisoformat(said)


# --- all of it -----------------------------------------------------------------------------------------------


def judge(
    counts: Mapping[str, Any],
    began: str,
    past: Sequence[Past],
    *,
    readings: Sequence[Reading],
    settled: str | None,
    days: Sequence[str] | None,
) -> list[Finding]:
    """Judge a visit; `days` are None for a portal that may be silent: closed, or not looked at up to today."""
    layout = layout_changed(counts["layouts"], past, began)
    quiet = silent(days, began, past[0].began if past else None) if days is not None else None
    found = [*of_counts(counts, past, began), layout, *worsened(readings, settled, began), quiet]
    return [one for one in found if one]
