"""How a crawl goes over many portals at once: who is next, and when a portal has had its share."""

import time
from collections import deque
from dataclasses import dataclass, field

from wardnews.sites import Site

MOST_MISSES = 5
"""How many pages in a row may fail before a portal is left to the next run."""


@dataclass(frozen=True)
class Budget:
    """Bound what one portal may take in one run: pages, pages in a row that bring no article, seconds."""

    pages: int
    barren: int
    seconds: float


@dataclass
class Walk:
    """Hold how far the walk over one portal has come in this run.

    `articles`: how many were put to do. `read`: the ids of those that were read; `known`: the keys of known ones that
    were met. `misses`: pages that failed in a row. `barren`: pages in a row that brought no article. `left`: why the
    rest is left to the next run. `done`: whether nothing is left to ask for, as far as is known.
    """

    site: Site
    budget: Budget
    sample: int | None = None
    articles: int = 0
    asked_articles: int = 0
    pages: int = 0
    misses: int = 0
    barren: int = 0
    left: str | None = None
    done: bool = False
    read: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    began: float = field(default_factory=time.monotonic)

    @property
    def full(self) -> bool:
        """Tell whether enough articles for the sample are put to do."""
        return self.sample is not None and self.articles >= self.sample

    @property
    def sampled(self) -> bool:
        """Tell whether all articles of the sample are asked for."""
        return self.sample is not None and self.asked_articles >= self.sample

    def asked(self, *, article: bool) -> None:
        """Count a page that is asked for, and see whether the portal has had its share."""
        self.pages += 1
        self.asked_articles += article
        self.barren += 1
        if self.pages >= self.budget.pages:
            self.left = f"{self.budget.pages} pages in one run"
        elif self.barren >= self.budget.barren:
            self.left = f"{self.budget.barren} pages in a row without an article"
        elif time.monotonic() - self.began >= self.budget.seconds:
            self.left = f"{self.budget.seconds:.0f} seconds in one run"

    def missed(self, cause: str, weight: int = 1) -> None:
        """Count a page that failed, and see whether the portal answers at all."""
        self.misses += weight
        if self.misses >= MOST_MISSES:
            self.left = f"{cause}, {self.misses} times in a row" if weight == 1 else cause


@dataclass
class Group:
    """Hold the portals of one politeness group, which take turns."""

    slot: str
    concurrency: int
    walks: deque[Walk] = field(default_factory=deque)
    under_way: int = 0
