"""What the observations of one article make of its history: in the order of time, whatever order they came in."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from itertools import groupby

from wardnews.items import ENGLISH, GONE, REREAD, Article, has_other_files, keep_files_of


@dataclass(slots=True)
class Observation:
    """An article as it was at one time; `seq` is the version that it is, None where a visit found no change.

    `emitted`: whether an earlier run gave it out.
    """

    article: Article
    seq: int | None = None
    emitted: bool = False

    @property
    def at(self) -> str:
        """Return the time, UTC."""
        return self.article.crawled_at

    @property
    def is_english(self) -> bool:
        """Whether it was seen in a session of the portal's English pages."""
        return ENGLISH in self.article.flags

    @property
    def state(self) -> str:
        """Return what the article was then: the hash of its content, or gone."""
        return GONE if self.article.change == GONE else self.article.content_hash


def arranged(observations: Iterable[Observation]) -> tuple[list[Observation], list[Observation]]:
    """Return the observations that are versions, numbered, and those that found the article as it was before.

    Of English sessions nothing counts where the article was seen in another one. What an article is when it is gone is
    what it was before that. `observations` come in the order of their `seq`, those that are no versions behind them.
    """
    ordered = sorted(observations, key=lambda one: one.at)
    if not all(one.is_english for one in ordered):
        ordered = [one for one in ordered if not one.is_english]
    each = (one for _, same in groupby(ordered, lambda one: one.at) for one in _of_one_time(list(same)))
    versions, unchanged = _apart(each)
    for before, one in zip([None, *versions], versions, strict=False):
        if one.state == GONE and before:
            one.article = _gone(before.article, one.article)
    number = 0
    for before, one in zip([None, *versions], versions, strict=False):
        number += before is None or is_edited(before.article, one.article)
        one.article.version = number
    return versions, unchanged


def _apart(ordered: Iterable[Observation]) -> tuple[list[Observation], list[Observation]]:
    """Return the first observation of each state in a row, and the others; what each knows of its files is kept."""
    versions: list[Observation] = []
    unchanged: list[Observation] = []
    for one in ordered:
        before = versions[-1] if versions else None
        if before is None or one.state != before.state or is_edited(before.article, one.article):
            versions.append(one)
        else:
            keep_files_of(before.article, one.article)
            unchanged.append(one)
    return versions, unchanged


def is_edited(before: Article, article: Article) -> bool:
    """Whether an article says otherwise than before, in its content or in a file that is known of both."""
    return before.content_hash != article.content_hash or has_other_files(article, before)


def _of_one_time(observations: list[Observation]) -> list[Observation]:
    """Leave out what was read again since, and repetitions: a capture may lie in several archives.

    Of these the one stays that readers have, else the first by its source, in whatever order they were read.
    """
    reread = max((place for place, one in enumerate(observations) if one.article.change == REREAD), default=0)
    unique: dict[str, Observation] = {}
    for one in observations[reread:]:
        unique[one.state] = min(unique.get(one.state, one), one, key=_rank)
    return list(unique.values())


def _rank(one: Observation) -> tuple[bool, str, str]:
    return not one.emitted, one.article.via, one.article.url


def _gone(before: Article, gone: Article) -> Article:
    return replace(before, change=GONE, crawled_at=gone.crawled_at, via=gone.via, first_seen=gone.first_seen)


def as_seen(version: Article, *, at: str, via: str, header: str | None, views: int | None) -> Article:
    """Return the record of a visit that found the content of a version, under another header line."""
    seen = replace(version, crawled_at=at, via=via, header=header, views=views, change="new")
    if version.header and header:
        seen.text = version.text.replace(f"{version.title}\n{version.header}", f"{version.title}\n{header}", 1)
    return seen


def is_same(one: Article, other: Article) -> bool:
    """Whether two records are the same, but for their change."""
    return all(getattr(one, part.name) == getattr(other, part.name) for part in fields(one) if part.name != "change")
