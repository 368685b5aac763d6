"""What the address of a search asks for, and the conditions that this makes of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from wardnews.errors import BadRequest
from wardnews.locale import day
from wardnews.serve.searching.words import fts_query, phrases_of

FACETS = ("site", "section", "ward")
SORTS = ("relevance", "newest", "views", "found")
MOST_PAGES, PAGE = 50, 20
_NAMES = {"since": "from", "until": "to"}
"""The fields that an address has under another name."""
_CODE = re.compile(r"[0-9]{5}")


@dataclass(frozen=True)
class Search:
    """What the address of a search asks for.

    `titles`: the words stand in titles. `ward`: a name, or a code of five digits. `since` and `until`: days, ISO,
    both included. `sort`: by how well the words fit, by publication, by views, by when they were first seen.
    """

    q: str = ""
    titles: str = ""
    site: str = ""
    section: str = ""
    ward: str = ""
    year: str = ""
    since: str = ""
    until: str = ""
    sort: str = ""
    page: int = 1

    @classmethod
    def of(cls, arguments: Any) -> "Search":
        """Read the arguments of an address; raise BadRequest for what is none."""
        texts = {name: arguments.get(_NAMES.get(name, name)) or "" for name in _TEXTS}
        page = arguments.get("page") or "1"
        if texts["year"] and not re.fullmatch(r"[0-9]{4}", texts["year"]):
            raise BadRequest("year={year}: expected a year such as 2024", year=texts["year"])
        if texts["sort"] not in ("", *SORTS):
            raise BadRequest("sort={sort}: expected one of {sorts}", sort=texts["sort"], sorts=", ".join(SORTS))
        if not re.fullmatch(r"[0-9]{1,4}", page) or not 1 <= int(page) <= MOST_PAGES:
            raise BadRequest(
                "page={page}: expected 1 to {most}; further articles show when the search is narrower",
                page=page,
                most=MOST_PAGES,
            )
        _check_days(texts["since"], texts["until"])
        return cls(**texts | {"titles": "1" if texts["titles"] else ""}, page=int(page))

    def arguments(self) -> dict[str, str]:
        """Return the arguments of the address, without those that say nothing."""
        return {_NAMES.get(name, name): str(value) for name, value in vars(self).items() if value not in ("", 1)}

    def url(self, path: str = "/", **changes: Any) -> str:
        """Return the address of this search with something else in it, on its first page."""
        arguments = replace(self, **{"page": 1, **changes}).arguments()
        return f"{path}?{urlencode(arguments)}" if arguments else path

    def match(self) -> str | None:
        """Return the query of the full-text index; None where there is no word to be found."""
        return fts_query(self.q, titles=bool(self.titles)) if phrases_of(self.q) else None

    def conditions(self) -> tuple[list[str], dict[str, Any]]:
        """Return the conditions on `articles` and their parameters."""
        conditions = [f"{name} = :{name}" for name in FACETS if getattr(self, name)]
        values: dict[str, Any] = {name: getattr(self, name) for name in FACETS if getattr(self, name)}
        if _CODE.fullmatch(self.ward):
            conditions[-1] = "ward_code = :ward"
        if self.year:
            conditions.append("published >= :year AND published < :next_year")
            values |= {"year": self.year, "next_year": f"{int(self.year) + 1:04}"}
        if self.since:
            conditions.append("published >= :since")
            values["since"] = self.since
        if self.until:
            conditions.append("published < :until")
            values["until"] = f"{self.until}U"  # after any time of that day
        return conditions, values

    def days(self) -> str:
        """Return the days that are asked for, for people; empty where these are all."""
        if not (self.since or self.until):
            return ""
        return f"{day(self.since) if self.since else '…'} – {day(self.until) if self.until else '…'}"


_TEXTS: Sequence[str] = [one.name for one in fields(Search) if one.type is str]


def _check_days(since: str, until: str) -> None:
    for name, value in (("from", since), ("to", until)):
        try:
            is_day = not value or date.fromisoformat(value).isoformat() == value
        except ValueError:
            is_day = False
        if not is_day:
            raise BadRequest("{name}={value}: expected a day such as 2024-12-31", name=name, value=value)
    if since and until and until < since:
        raise BadRequest("The last day, {last}, is before the first one, {first}.", last=day(until), first=day(since))
