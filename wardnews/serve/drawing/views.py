"""The views of an article over time, drawn as SVG."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from markupsafe import Markup

from wardnews.locale import _, number
from wardnews.text.clock import VIETNAM

_WIDTH, _HEIGHT = 640, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 20, 28, 40
_MOST_POINTS = 400


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
        f'<circle cx="{x}" cy="{y}" r="3.5"><title>{at:%d/%m/%Y %H:%M}: {number(count)}</title></circle>'
        for x, y, at, count in placed
    )
    line = " ".join(f"{x},{y}" for x, y, *_ in placed)
    last = placed[-1]
    said = number(last[3])
    value = f'<text class="value" x="{last[0] - 6}" y="{max(last[1] - 9, 12)}" text-anchor="end">{said}</text>'
    rows = "".join(_row(count, place(begin, count)[1]) for count in range(0, top + 1, step))
    days = "".join(_day(at, place(at, 0)[0]) for at in _days(begin, end, single=len(points) == 1))
    label = _("Views over time: {first} on {begin}, {last} on {end}").format(
        first=number(points[0][1]), begin=f"{points[0][0]:%d/%m/%Y}", last=said, end=f"{points[-1][0]:%d/%m/%Y}"
    )
    views = _("views")
    return Markup(  # noqa: S704 - numbers and dates, all of them made here
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">'
        f'<text x="{_LEFT}" y="14">{views}</text>{rows}{days}'
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
        f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{number(count)}</text>'
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
