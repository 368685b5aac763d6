"""What spiders count of each portal, and what they find wrong with it."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Self

from wardnews.locale import gettext_noop


class Unhealthy(StrEnum):
    """What is wrong with a portal: each member is the sentence of the report, `finding` its name there."""

    finding: str

    CHALLENGE = gettext_noop("challenge page"), "challenge"
    """A page asks the visitor to prove to be a browser."""
    NO_SECTIONS = gettext_noop("home page without sections"), "no_sections"
    SECTION_EMPTY = gettext_noop("first listing page without article links"), "listing_empty"
    """A section that the sites file names lists none."""
    SECTION_EMPTIED = gettext_noop("a section that listed articles lists none"), "listing_empty"
    SECTION_GONE = gettext_noop("a section that listed articles is not there any more"), "section_gone"

    def __new__(cls, sentence: str, finding: str) -> Self:
        """Return a member that is its sentence."""
        member = str.__new__(cls, sentence)
        member._value_ = sentence
        member.finding = finding
        return member


@dataclass
class PortalCounts:
    """The counts of one portal in one run; counters are by cause or by name.

    `outside`: articles outside of the days asked for. `known`: known articles that came up, `edits` those of them that
    an archive has otherwise. `unchanged`: pages that are as they were. `listed_again`: older listing pages. `partial`:
    reasons why the visit does not begin at the beginning. `absent`: articles whose page is not there. `found`: captures
    that a search found. `files`: files that were kept, `files_unchanged` those that are as they were, `file_edits`
    articles of which one has changed.
    """

    pages: int = 0
    outside: int = 0
    failed: int = 0
    known: int = 0
    unchanged: int = 0
    listings: int = 0
    listed_again: int = 0
    partial: int = 0
    absent: int = 0
    found: int = 0
    edits: int = 0
    files: int = 0
    files_unchanged: int = 0
    file_edits: int = 0
    file_troubles: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    unhealthy: Counter[str] = field(default_factory=Counter)
    layouts: Counter[str] = field(default_factory=Counter)
    started: float = field(default_factory=time.monotonic)
    seconds: float = 0.0
    """How long it took until the last page came."""

    def page(self) -> None:
        """Count a page that came."""
        self.pages += 1
        self.seconds = time.monotonic() - self.started

    def add(self, other: Self) -> None:
        """Add what another process counted just now."""
        for one in fields(self):
            value = getattr(other, one.name)
            if isinstance(value, Counter):
                getattr(self, one.name).update(value)
            elif isinstance(value, int):
                setattr(self, one.name, getattr(self, one.name) + value)
        if other.pages:
            self.seconds = time.monotonic() - self.started

    def totals(self) -> Iterator[tuple[str, int]]:
        """Return each count that is not 0 with its name, one by cause as `troubles/timed out`."""
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, Counter):
                yield from ((f"{one.name}/{cause}", number) for cause, number in value.items())
            elif isinstance(value, int) and value:
                yield one.name, value
