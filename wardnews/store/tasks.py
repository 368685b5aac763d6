"""The pages of a visit: those to be queued, those that are asked for, those that are known."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from wardnews.store.page_context import PageContext

Kind = Literal["home", "section", "list", "turn", "article"]
"""What a page is, in the store's words: a `list` is a feed, a sitemap or a REST listing, a `turn` a listing page."""
PRIORITY: dict[str, int] = {"article": 10, "home": 5, "section": 4, "turn": 3, "list": -1}

AGAIN = "again:"
"""How the key of a row begins that says where the older listing pages of a section are read again."""


class Wanted(NamedTuple):
    """A page that is to be asked for."""

    kind: Kind
    key: str
    url: str
    context: PageContext = PageContext()
    priority: int | None = None


@dataclass(slots=True)
class Task:
    """A page that is asked for now, and what is known of it from before."""

    number: int
    site: str
    kind: Kind
    key: str
    url: str
    context: PageContext
    tries: int
    rounds: int
    etag: str | None
    last_modified: str | None
    article: str | None
    published: str | None
    absences: int
    absent_since: str | None
    known_since: str | None
    asked_at: str | None
    lists: int
    cause: str | None = None
    joined: bool = False
    """Whether the page was not the article's before."""
    moved_to: Wanted | None = None
    """The address that the page of an article was redirected to."""
    links: list[Wanted] = field(default_factory=list)
    """Pages that an article names: they are queued when the article is committed."""

    @classmethod
    def of_the_store(cls) -> Sequence[str]:
        """Return the fields that the store has, which come first."""
        return cls.__slots__[: cls.__slots__.index("joined")]


class Known(NamedTuple):
    """What is known of a page that a listing names."""

    number: int
    kind: Kind
    state: str
    article: str | None
    published: str | None
    views: int | None
    gone: bool
    lists: bool
    url: str
