"""What of an article is drawn: its views over time as SVG, and what changed between two versions."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Any

from markupsafe import Markup, escape

from wardnews.text.clock import VIETNAM

_WIDTH, _HEIGHT = 640, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 20, 28, 40
_MOST_POINTS = 400
_MOST_WORDS, _MOST_PARAGRAPHS = 300, 20
_AROUND = 1
_MOST_WORK = 10_000_000
"""Matches of paragraphs times paragraphs: half a second at most."""


@dataclass(frozen=True)
class Change:
    """What one version changed: short fields as (name, before, after), and the lines of the text as a diff."""

    fields: list[tuple[str, str, str]] = field(default_factory=list)
    lines: list[tuple[str, Markup]] = field(default_factory=list)


# --- views ---------------------------------------------------------------------------------------------------


def views_chart(series: Sequence[tuple[str, int]]) -> Markup:
    """Draw counts of views over time; `series` holds times (ISO 8601, UTC) and counts, in order, one at least."""
    points = [(datetime.fromisoformat(at).astimezone(VIETNAM), count) for at, count in _thinned(series)]
    begin, end = points[0][0], points[-1][0]
    if begin == end:
        begin, end = begin - timedelta(days=1), end + timedelta(days=1)
    step = _step(max(count for _, count in points))
    top = step * max(1, -(-max(count for _, count in points) // step))
    width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def place(at: datetime, count: int) -> tuple[float, float]:
        x = _LEFT + width * ((at - begin) / (end - begin))
        return round(x, 1), round(_TOP + height * (1 - count / top), 1)

    placed = [(*place(*point), *point) for point in points]
    marks = "".join(
        f'<circle cx="{x}" cy="{y}" r="3.5"><title>{at:%d/%m/%Y %H:%M}: {count:,}</title></circle>'
        for x, y, at, count in placed
    )
    line = " ".join(f"{x},{y}" for x, y, *_ in placed)
    last = placed[-1]
    said = f"{last[3]:,}"
    value = f'<text class="value" x="{last[0] - 6}" y="{max(last[1] - 9, 12)}" text-anchor="end">{said}</text>'
    rows = "".join(_row(count, place(begin, count)[1]) for count in range(0, top + 1, step))
    days = "".join(_day(at, place(at, 0)[0]) for at in _days(begin, end, single=len(points) == 1))
    label = f"Views over time: {points[0][1]:,} on {points[0][0]:%d/%m/%Y}, {said} on {points[-1][0]:%d/%m/%Y}"
    return Markup(  # noqa: S704 - numbers and dates, all of them made here
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">'
        f'<text x="{_LEFT}" y="14">views</text>{rows}{days}'
        f'<polyline points="{line}"/>{marks}{value}</svg>'
    )


def _thinned(series: Sequence[tuple[str, int]]) -> Sequence[tuple[str, int]]:
    """Leave out points of a long series evenly; the last one stays."""
    every = -(-len(series) // _MOST_POINTS)
    return series[::-1][::every][::-1]


def _step(highest: int) -> int:
    """Choose the distance of two lines: 1, 2 or 5 and zeros, for three to six lines.

    >>> _step(0), _step(4), _step(81), _step(1081)
    (1, 1, 20, 500)
    """
    step, factors = 1, (2, 5, 10)
    while highest > 5 * step:
        tens = 10 ** (len(str(step)) - 1)
        step = tens * next(factor for factor in factors if factor * tens > step)
    return step


def _row(count: int, y: float) -> str:
    return (
        f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>'
        f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{count:,}</text>'
    )


def _days(begin: datetime, end: datetime, *, single: bool) -> list[datetime]:
    """Choose the times that the axis of time names: of a single point its own, else begin, middle and end."""
    if single:
        return [begin + (end - begin) / 2]
    middle = [begin + (end - begin) / 2] * (end - begin > timedelta(days=4))
    return [begin, *middle, end]


def _day(at: datetime, x: float) -> str:
    anchor = "start" if x < _LEFT + 1 else "end" if x > _WIDTH - _RIGHT - 1 else "middle"
    y = _HEIGHT - _BOTTOM
    return (
        f'<line x1="{x}" x2="{x}" y1="{y}" y2="{y + 5}"/>'
        f'<text x="{x}" y="{y + 22}" text-anchor="{anchor}">{at:%d/%m/%Y}</text>'
    )


# --- versions ------------------------------------------------------------------------------------------------

_TEXTS = ("title", "lead", "paragraphs")


def change_of(before: dict[str, Any], after: dict[str, Any], fields: Sequence[str]) -> Change:
    """Return what changed between two versions of a record; `fields` names the keys that differ."""
    short = [(name, _said(before.get(name)), _said(after[name])) for name in fields if name not in _TEXTS]
    texts = any(name in _TEXTS for name in fields)
    return Change(short, list(_diff(_paragraphs(before), _paragraphs(after))) if texts else [])


def _said(value: Any) -> str:
    """Write the value of a field for people."""
    if isinstance(value, dict):
        return str(value.get("name") or value.get("title") or value.get("caption") or value.get("url"))
    if isinstance(value, list):
        return ", ".join(map(_said, value)) or "none"
    return "none" if value is None else str(value)


def _paragraphs(record: dict[str, Any]) -> list[str]:
    return [record["title"], *([record["lead"]] if record["lead"] else []), *record["paragraphs"]]


def _diff(old: list[str], new: list[str]) -> Iterator[tuple[str, Markup]]:
    """Yield the lines of a diff: `same`, `gone`, `new` or `changed` (words within a paragraph), `skip` for a gap."""
    if _work(old, new) > _MOST_WORK:
        yield "skip", escape(f"too much to compare: {len(old):,} paragraphs before, {len(new):,} after")
        return
    left = _MOST_PARAGRAPHS
    for kind, begin, end, new_begin, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from _unchanged(old[begin:end], first=begin == 0, last=end == len(old))
            continue
        pairs = min(end - begin, new_end - new_begin, left)
        for place in range(pairs):
            yield "changed", _words(old[begin + place], new[new_begin + place])
        yield from (("gone", Markup("<del>{}</del>").format(one)) for one in old[begin + pairs : end])
        yield from (("new", Markup("<ins>{}</ins>").format(one)) for one in new[new_begin + pairs : new_end])
        left -= pairs


def _work(old: list[str], new: list[str]) -> int:
    """Return how much a comparison takes at most: paragraphs that come again and again make it cubic."""
    counts = Counter(old)
    return sum(counts[one] for one in new) * min(len(old), len(new))


def _unchanged(same: list[str], *, first: bool, last: bool) -> Iterator[tuple[str, Markup]]:
    """Yield the paragraphs beside a change, and how many between two are left out."""
    head, tail = ([] if first else same[:_AROUND]), ([] if last else same[-_AROUND:])
    skipped = len(same) - len(head) - len(tail)
    if skipped <= 0:
        head, tail, skipped = same, [], 0
    yield from (("same", escape(one)) for one in head)
    if skipped:
        yield "skip", escape(f"{skipped} paragraph{'s' * (skipped > 1)} unchanged")
    yield from (("same", escape(one)) for one in tail)


def _words(old: str, new: str) -> Markup:
    """Mark the words that are gone and new within a paragraph."""
    before, after = old.split(" "), new.split(" ")
    if max(len(before), len(after)) > _MOST_WORDS:
        return Markup("<del>{}</del> <ins>{}</ins>").format(old, new)
    pieces = []
    for kind, begin, end, new_begin, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = " ".join(before[begin:end]), " ".join(after[new_begin:new_end])
        if kind == "equal":
            pieces.append(escape(gone))
            continue
        pieces += [Markup("<del>{}</del>").format(gone)] if gone else []
        pieces += [Markup("<ins>{}</ins>").format(come)] if come else []
    return Markup(" ").join(pieces)
