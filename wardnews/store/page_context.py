"""What reading a page takes besides its address, as the frontier keeps it from the page that names it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

_OF_FURTHER_PAGES = {"section", "layout", "reach", "goal", "visit", "began_known", "seen", "list"}
_OF_CALLS = {"form", "by_script", "answered"}


@dataclass(frozen=True, slots=True)
class PageContext:
    """Hold what reading a page takes; each field serves the pages of some kinds, and is left alone by the others."""

    asked: bool = False
    """Sections: the sites file names it."""
    depth: int = 0
    """Sections: how many pages that are no listings lead to it."""
    name: str | None = None
    """Sections that only an archive has: their heading."""
    lead_on: bool = False
    """Articles: their related news are followed as well."""
    section: int | None = None
    """Further pages of a listing: the row of the page whose listing it is."""
    layout: str | None = None
    """Feeds, sitemaps, and further pages: the layout of what named them."""
    catalogue: bool = False
    """Lists: it stands for all sections."""
    spare: tuple[str, ...] = ()
    """Lists that stand for all sections: the addresses of these, for when there is no such list."""
    reach: str | None = None
    """Further pages: the day since which the section was known when its walk began; empty for all of it."""
    goal: str | None = None
    """Further pages: the day since which it is known at the end of its walk; None where that does not tell."""
    visit: str | None = None
    """Further pages: when the visit that queued it began."""
    began_known: bool | None = None
    """Further pages: whether the section was walked before."""
    seen: tuple[str, ...] = ()
    """Further pages: digests of the first and the last page before it."""
    list: bool = False
    """Further pages: it is one of a feed, a sitemap or a REST listing."""
    form: Mapping[str, str] | None = None
    """Further pages that answer a call: the form that is posted."""
    by_script: bool = False
    """Calls: a script of the page makes it."""
    answered: bool = False
    """Calls: the page before it was the answer to one."""

    @classmethod
    def from_json(cls, said: str) -> Self:
        """Read a context back; what this version does not know is left out."""
        kept: dict[str, Any] = {name: value for name, value in json.loads(said).items() if name in _DEFAULTS}
        for name in ("spare", "seen"):
            kept[name] = tuple(kept.get(name, ()))
        return cls(**kept)

    def to_json(self) -> str:
        """Write what differs from the default, and all that is asked of a further page, of a call and of a list."""
        due = _OF_FURTHER_PAGES if self.section is not None else set()
        due = due | _OF_CALLS if self.form is not None else due
        due = due | {"spare"} if self.catalogue else due
        values = ((name, getattr(self, name)) for name in _DEFAULTS)
        said = {name: value for name, value in values if name in due or value != _DEFAULTS[name]}
        return json.dumps(said, ensure_ascii=False)


_DEFAULTS = {one.name: one.default for one in fields(PageContext)}
