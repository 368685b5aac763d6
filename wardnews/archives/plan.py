"""What an archive has of a portal, and what it costs to read: requests, time, room."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from wardnews.locale import _, ngettext, number
from wardnews.locale.recognized import recognized
from wardnews.text.strings import one_line

_LEAST_SECONDS = 0.5
"""How long an archive takes for an answer at least, whatever the delay between two."""
_STORED = 8_000
"""About how many bytes a capture adds to the store."""
_GIGABYTE = 1_000_000_000
_WINDOW, _SOON, _FEW = 300.0, 30.0, 10
_STEPS = ((172_800, 60), (21_600, 30), (7_200, 10), (1_800, 5), (45, 1))
"""From so many seconds on durations are written in steps of so many minutes."""


@dataclass
class Plan:
    """What an archive has of a portal: captures in all and yet to do, distinct pages, captures by year.

    `articles`: the pages whose address has an article's number. `read_before`: the articles that were read before.
    `size`: the bytes of what is to do, as the archive packs it. `aside`: the captures and files that are left aside, by
    reason. `searched`: whether the archive was searched to the end; `ahead`: what that takes, in words.
    """

    captures: int = 0
    todo: int = 0
    pages: int = 0
    articles: int = 0
    read_before: int = 0
    size: int = 0
    years: dict[str, int] = field(default_factory=dict)
    aside: Counter[str] = field(default_factory=Counter)
    searched: bool = True
    ahead: str = ""

    def lines(self, source: str, delay: float | None) -> Iterator[str]:
        """Write what there is and what it costs: requests, time at `delay` seconds between two, bytes.

        Without a delay the archive is on this disk, and costs room for what comes of it.
        """
        if not self.searched:
            unfinished = _(
                "the search of {source} was not finished: it may have more; the same command goes on with it"
            )
            yield recognized(self.ahead) or unfinished.format(source=source)
        if self.captures:
            yield from self._has(source)
            yield from self._costs(delay)
        elif self.searched:
            yield _("{source} has nothing of it").format(source=source)
        for reason, count in sorted(self.aside.items()):
            yield _("left aside: {count}, {reason}").format(count=number(count), reason=recognized(one_line(reason)))

    def _has(self, source: str) -> Iterator[str]:
        years = ", ".join(f"{year}: {number(count)}" for year, count in self.years.items())
        captures = ngettext("{count} capture", "{count} captures", self.captures).format(count=number(self.captures))
        pages = ngettext("{count} page", "{count} pages", self.pages).format(count=number(self.pages))
        line = _("{source} has {captures} of {pages} ({years})")
        yield line.format(source=source, captures=captures, pages=pages, years=years)
        if self.articles:
            line = ngettext(
                "by their addresses {count} distinct article",
                "by their addresses {count} distinct articles",
                self.articles,
            )
            yield line.format(count=number(self.articles))
        if self.read_before:
            line = ngettext("read before: {count} article", "read before: {count} articles", self.read_before)
            yield line.format(count=number(self.read_before))

    def _costs(self, delay: float | None) -> Iterator[str]:
        if not self.todo:
            yield _("nothing left to do")
            return
        if delay is None:
            line = ngettext(
                "to do: {count} capture; in the store: up to {size}",
                "to do: {count} captures; in the store: up to {size}",
                self.todo,
            )
            yield line.format(count=number(self.todo), size=_megabytes(self.todo * _STORED))
            return
        least = self.todo * max(delay, _LEAST_SECONDS)
        line = ngettext(
            "to do: {count} request, {time} at one every {seconds} s",
            "to do: {count} requests, {time} at one every {seconds} s",
            self.todo,
        )
        pause = f"{max(delay, _LEAST_SECONDS):g}"
        yield line.format(count=number(self.todo), time=in_words(least), seconds=pause)
        disk = _megabytes(self.size + self.todo * _STORED)
        yield _("to download: {size}; on disk: up to {disk}").format(size=_megabytes(self.size), disk=disk)


def _megabytes(size: int) -> str:
    return f"{number(size / 1e6, 1)} MB" if size < _GIGABYTE else f"{number(size / 1e9, 1)} GB"


def seconds_left(marks: Sequence[tuple[float, int]], left: int) -> float | None:
    """Return about how many seconds `left` captures take, by what was done in the last minutes.

    `marks` are times in seconds, with how many were done in all until then; those of the last five minutes count.
    None as long as half a minute and ten captures do not tell yet.
    """
    if not left:
        return 0.0
    recent = [mark for mark in marks if mark[0] >= marks[-1][0] - _WINDOW]
    if not recent or recent[-1][0] - recent[0][0] < _SOON or recent[-1][1] - recent[0][1] < _FEW:
        return None
    return left * (recent[-1][0] - recent[0][0]) / (recent[-1][1] - recent[0][1])


def in_words(seconds: float) -> str:
    """Return a duration as roughly as it is known, so that it does not flicker.

    >>> in_words(20), in_words(100), in_words(2_900), in_words(9_000), in_words(400_000)
    ('less than a minute', 'about 2 min', 'about 50 min', 'about 2 h 30 min', 'about 4 d 15 h')
    """
    step = next((minutes for least, minutes in _STEPS if seconds >= least), None)
    if step is None:
        return _("less than a minute")
    minutes = max(1, round(seconds / 60 / step)) * step
    parts = {_("{count} d"): minutes // 1440, _("{count} h"): minutes // 60 % 24, _("{count} min"): minutes % 60}
    return _("about {time}").format(time=" ".join(name.format(count=count) for name, count in parts.items() if count))
