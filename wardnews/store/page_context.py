"""What reading a page takes besides its address, as the frontier keeps it from the page that names it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Self

_STORED = {
    "follow_related": "lead_on", "rest_listing": "catalogue", "instead": "spare", "known_since": "reach",
    "known_after": "goal", "known_before": "began_known",
}  # fmt: skip
"""The keys, in the store, of fields that have another name here."""
_OF_FURTHER_PAGES = {"section", "layout", "known_since", "known_after", "visit", "known_before", "seen", "list"}
NEW = "9999"
_OF_CALLS = {"form", "by_script", "answered"}


@dataclass(frozen=True, slots=True)
class PageContext:
    """What reading a page takes; each field serves the pages of some kinds."""

    asked: bool = False
    """Sections: the sites file names it."""
    depth: int = 0
    """Sections: how many pages that are no listings lead to it."""
    name: str | None = None
    """Sections that only an archive has: their heading."""
    follow_related: bool = False
    """Articles: their related news are followed as well."""
    section: int | None = None
    """Further pages of a listing: the row of the page whose listing it is."""
    layout: str | None = None
    """Feeds, sitemaps, and further pages: the layout of what named them."""
    rest_listing: bool = False
    """REST listings: it stands for all sections."""
    instead: tuple[str, ...] = ()
    """REST listings: the addresses of the sections, for when the listing is closed."""
    known_since: str | None = None
    """Further pages: the day since which the section was known when the visit began; empty for all of it."""
    known_after: str | None = None
    """Further pages: the day since which it is known once its last page is read; None where that is not certain."""
    visit: str | None = None
    """Further pages: when the visit that queued it began."""
    known_before: bool | None = None
    """Further pages: whether the section was visited before."""
    seen: tuple[str, ...] = ()
    """Further pages: digests of the first and the last page before it."""
    list: bool = False
    """Further pages: it is one of a feed, a sitemap or a REST listing."""
    form: Mapping[str, str] | None = None
    """Further pages that answer a call: the form that is posted."""
    also: tuple[int, ...] = ()
    """Further pages: the rows of other sections that go on at the same page."""
    start: str | None = None
    """Further pages: the address of the first of them."""
    start_form: Mapping[str, str] | None = None
    """Further pages: the form that the first of them answers."""
    beyond: int = 0
    """Further pages: how many in a row were asked for because the newest article was on none before."""
    newest: str = ""
    """Further pages: when the newest known article on those before was published; NEW where one had a new article."""
    again: int | None = None
    """Older pages read again: how many were in this round; None for all other pages."""
    round_began: str | None = None
    """Older pages read again: when this round began."""
    left: int = 0
    """Older pages read again: how many more are in this visit."""
    by_script: bool = False
    """Calls: a script of the page makes it."""
    answered: bool = False
    """Calls: the page before it was the answer to one."""

    @classmethod
    @lru_cache(maxsize=64)  # most pages have the same
    def from_json(cls, stored: str) -> Self:
        """Return a context that was kept; what this version does not know is left out."""
        found = json.loads(stored)
        kept: dict[str, Any] = {name: found[key] for name, key in _KEYS.items() if key in found}
        for name in ("instead", "seen", "also"):
            kept[name] = tuple(kept.get(name, ()))
        return cls(**kept)

    def to_json(self) -> str:
        """Return what differs from the default, and all that matters to a further page, a call and a REST listing."""
        if self == _PLAIN:
            return "{}"
        always = _OF_FURTHER_PAGES if self.section is not None else set()
        always = always | _OF_CALLS if self.form is not None else always
        always = always | {"instead"} if self.rest_listing else always
        values = ((name, getattr(self, name)) for name in _DEFAULTS)
        kept = {_KEYS[name]: value for name, value in values if name in always or value != _DEFAULTS[name]}
        return json.dumps(kept, ensure_ascii=False)


_DEFAULTS = {one.name: one.default for one in fields(PageContext)}
_KEYS = {name: _STORED.get(name, name) for name in _DEFAULTS}
_PLAIN = PageContext()
