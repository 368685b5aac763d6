"""How often a portal publishes, drawn as SVG: a year as a calendar of days, the last half year as a strip of weeks."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

from markupsafe import Markup, escape

from wardnews.locale import _, day, language, ngettext, number

_CELL, _STEP = 11, 13
_LEFT, _TOP = 30, 18
_LEVELS = (1, 2, 4, 7)
"""From how many articles a day on the colour is the next darker one."""
_WEEK_LEVELS = (1, 3, 7, 15)
WEEKS = 26
_SUNDAY = 6


def calendar_of(counts: Mapping[str, int], year: int) -> Markup:
    """Draw the articles of a year by day, a column a week from Monday on; `counts` by ISO day."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    begin = first - timedelta(days=first.weekday())
    weeks = (last - begin).days // 7 + 1
    cells = []
    for place in range((last - first).days + 1):
        at = first + timedelta(days=place)
        column, row = divmod((at - begin).days, 7)
        count = counts.get(at.isoformat(), 0)
        where = f'x="{_LEFT + column * _STEP}" y="{_TOP + row * _STEP}"'
        cells.append(_cell(where, _CELL, _level(count, _LEVELS), _said(day(at.isoformat()), count)))
    months = "".join(_month(date(year, month, 1), begin) for month in range(1, 13))
    days = "".join(
        f'<text x="0" y="{_TOP + row * _STEP + 9}">{escape(name)}</text>'
        for row, name in ((0, _("Mon")), (3, _("Thu")), (_SUNDAY, _("Sun")))
    )
    width, height = _LEFT + weeks * _STEP, _TOP + 7 * _STEP
    return _svg("calendar", width, height, summary(counts, year), months + days + "".join(cells))


def summary(counts: Mapping[str, int], year: int) -> str:
    """Return what a calendar shows, in words."""
    own = {at: count for at, count in counts.items() if at.startswith(f"{year}-")}
    if not own:
        return _("{year}: no articles").format(year=year)
    busiest = max(own, key=lambda at: own[at])
    said = ngettext(
        "{year}: {count} article on {days} days, most on {busiest}",
        "{year}: {count} articles on {days} days, most on {busiest}",
        sum(own.values()),
    )
    return said.format(
        year=year, count=number(sum(own.values())), days=number(len(own)), busiest=f"{day(busiest)} ({own[busiest]})"
    )


def strip_of(counts: Mapping[str, int], last: date) -> Markup:
    """Draw the articles of the weeks up to a day as a strip; `counts` by ISO day."""
    weeks: Counter[int] = Counter()
    for at, count in counts.items():
        ago = (last - date.fromisoformat(at)).days // 7
        if 0 <= ago < WEEKS:
            weeks[WEEKS - 1 - ago] += count
    cells = [_week(place, weeks[place], last, language()) for place in range(WEEKS)]
    said = ngettext("{count} article in half a year", "{count} articles in half a year", weeks.total())
    return _svg("strip", WEEKS * 6, 14, said.format(count=number(weeks.total())), "".join(cells))


@lru_cache(maxsize=10_000)
def _week(place: int, count: int, last: date, _language: str) -> str:
    """Draw a week of a strip; those of thousands of portals are much alike."""
    begin = last - timedelta(days=7 * (WEEKS - place) - 1)
    when = _("week from {day}").format(day=day(begin.isoformat()))
    return _cell(f'x="{place * 6}" y="0"', 5, _level(count, _WEEK_LEVELS), _said(when, count))


def _month(first: date, begin: date) -> str:
    x = _LEFT + (first - begin).days // 7 * _STEP
    return f'<text x="{x}" y="11">{first.month}</text>'


def _cell(where: str, width: int, level: int, said: str) -> str:
    height = 14 if width < _CELL else width
    size = f'width="{width}" height="{height}" rx="1.5"'
    return f'<rect class="l{level}" {where} {size}><title>{escape(said)}</title></rect>'


def _level(count: int, levels: tuple[int, ...]) -> int:
    return sum(count >= least for least in levels)


def _said(when: str, count: int) -> str:
    said = ngettext("{when}: {count} article", "{when}: {count} articles", count)
    return said.format(when=when, count=number(count))


def _svg(kind: str, width: int, height: int, label: str, inner: str) -> Markup:
    head = (
        f'<svg class="{kind}" viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{escape(label)}">'
    )
    return Markup(f"{head}{inner}</svg>")  # noqa: S704 - numbers, dates and escaped words
