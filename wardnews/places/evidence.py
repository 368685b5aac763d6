"""By which words it was found where an article belongs, and which places it names that do not count, and why."""

from collections.abc import Iterator

from wardnews.locale import gettext_noop
from wardnews.places.find import Reading, Where
from wardnews.places.mentions import Mention
from wardnews.places.units import Chain, codes_of

Evidence = tuple[str, str]
"""The words of a line that name a place, and what they are."""


def found_by(where: Where) -> str | None:
    """Return by what the most precise place was found; None where there is none.

    >>> from wardnews.places.find import where
    >>> found_by(where("004", "2021-04-05", None, "Hội nghị phường Thượng Thanh", []))
    'title: “phường Thượng Thanh”'
    """
    if where.basis in (None, "site"):
        return "the portal's own unit" if where.basis else None
    place = where.ward or where.district or where.province
    for reading, mention, chain in _named(where):
        if place and chain and reading.part == where.basis and place.code in codes_of(chain):
            return f"{reading.part}: “{_words(reading, mention)}”"
    return where.basis


def passed_over(where: Where) -> list[Evidence]:
    """Return the places that were named, as (words, why they do not tell where the article belongs).

    >>> from wardnews.places.find import where
    >>> passed_over(where("31", "2026-08-22", None, "Bão cách đặc khu Bạch Long Vĩ 110 km", []))
    [('đặc khu Bạch Long Vĩ', 'title: a point of reference')]
    """
    ours = {place.code for place in (where.ward, where.district, where.province) if place}
    return [
        (_words(reading, mention), f"{reading.part}: {_why(mention, chain)}")
        for reading, mention, chain in _named(where)
        if not chain or next(iter(chain.values())).code not in ours
    ]


def _named(where: Where) -> Iterator[tuple[Reading, Mention, Chain | None]]:
    for reading in where.read:
        for mention, chain in zip(reading.mentions, reading.chains, strict=True):
            yield reading, mention, chain


def _words(reading: Reading, mention: Mention) -> str:
    return reading.line[mention.start : mention.end]


def _why(mention: Mention, chain: Chain | None) -> str:
    """Return why a place that is named is not that of the article."""
    if chain:
        return gettext_noop("one of several places")
    if mention.aside:
        return mention.aside
    if mention.former:
        return gettext_noop("a unit of before")
    if not mention.units and not mention.later:
        return gettext_noop("no unit of that kind and name on the day")
    return gettext_noop("not one unit of the portal's area")
