"""The articles of a search by month, or by year where these are many: bars that narrow it."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from wardnews.locale import _, day, ngettext, number
from wardnews.serve.searching.asked import Search
from wardnews.serve.searching.found import Counts

_MOST_MONTHS = 48
_MOST_LABELS = 8
_LEAST_SHOWN = 2
"""Percent of the height that the smallest bar has."""


@dataclass(frozen=True)
class Bar:
    """A month or a year: what stands below it, what it says, its height in percent, and what narrows the search."""

    label: str
    said: str
    height: int
    url: str


def bars_of(counts: Counts, search: Search) -> list[Bar]:
    """Return the bars of what a search finds, empty months too; none where all is of one month."""
    months = {month: count for month, count in counts if _is_month(month)}
    if len(months) <= 1:
        return []
    span = list(_months(min(months), max(months)))
    by_month = len(span) <= _MOST_MONTHS
    if not by_month:
        years: Counter[str] = Counter()
        for month, count in months.items():
            years[month[:4]] += count
        span, months = [f"{year:04}" for year in range(int(span[0][:4]), int(span[-1][:4]) + 1)], dict(years)
    highest = max(months.values())
    return [_bar(one, months.get(one, 0), highest, search) for one in span]


def _bar(span: str, count: int, highest: int, search: Search) -> Bar:
    """Return the bar of a month (2024-05) or a year (2024)."""
    said = ngettext("{when}: {count} article", "{when}: {count} articles", count)
    height = max(round(100 * count / highest), _LEAST_SHOWN) if count else 0
    if "-" not in span:
        url = search.url(year=span, since="", until="")
    else:
        year, month = map(int, span.split("-"))
        url = search.url(year="", since=f"{span}-01", until=f"{span}-{monthrange(year, month)[1]}")
    return Bar(span if "-" not in span else day(span), said.format(when=day(span), count=number(count)), height, url)


def years_of(counts: Counts) -> Counts:
    """Return counts by year, the last one first, of counts by month."""
    years: Counter[str] = Counter()
    for month, count in counts:
        years[month[:4]] += count
    return sorted(years.items(), reverse=True)


def title_of(bars: list[Bar]) -> str:
    """Return what the bars stand for."""
    return _("Articles a month") if "/" in bars[0].label else _("Articles a year")


def labels_of(bars: list[Bar]) -> list[str]:
    """Return what stands below the bars: each year where there is room, else the first and the last."""
    labels = [bar.label for bar in bars]
    all_fit = len(labels) <= _MOST_LABELS and all("/" not in label for label in labels)
    return labels if all_fit else [labels[0], labels[-1]]


def _is_month(month: str) -> bool:
    return month[4:5] == "-" and month[:4].isdigit() and month[5:].isdigit() and 1 <= int(month[5:]) <= 12  # noqa: PLR2004


def _months(first: str, last: str) -> Iterator[str]:
    year, month = map(int, first.split("-"))
    while (now := f"{year:04}-{month:02}") <= last:
        yield now
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004
