"""A page with its layout, and what a crawl asks of it: each part is read once, here or in a process beside."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Self

from wardnews import layouts
from wardnews.errors import UnreadablePage
from wardnews.items import Article
from wardnews.layouts import CONTINUED, Entry, Fetch, Layout, Listing, Page
from wardnews.layouts.page import words_of
from wardnews.layouts.parts.continuation import Continuation
from wardnews.reading.notices import Notice, notice_in

Purpose = Literal["home", "section", "list", "turn", "article"]
"""What a page is asked for; `list` is a feed or a sitemap, `turn` a further page of a listing."""
_OF_SERVERS = (Notice.ERROR, Notice.MAINTENANCE, Notice.CHALLENGE)
_LONGEST = 1_000_000
"""The characters that an article has at most: a book has fewer."""
_NO_TEXT = 200
"""The longest line, in characters, of a page that holds nothing but a message."""


@dataclass(frozen=True)
class Source:
    """All that a page is read from: its bytes, what it was fetched by, and what its portal gives.

    `first` is the address of an article's first page, where this is a further one of it.
    """

    body: bytes
    fetch: Fetch
    charset: str | None = None
    tokens: Mapping[str, str] | None = None
    layout: str | None = None
    selectors: Mapping[str, str] | None = None
    first: str | None = None


class OpenedPage:
    """A page and its layout; what is read of the page is kept, and all of it can be taken to another process.

    `first` is the address of an article's first page, where this is a further one of it.
    """

    def __init__(self, page: Page, layout: Layout, first: str | None = None) -> None:
        self.page, self.layout, self.first, self.fetch = page, layout, first, page.fetch

    @classmethod
    def of(cls, source: Source) -> Self:
        """Parse a page and find its layout; raise UnreadablePage where that cannot be done."""
        page = layouts.parse(source.body, source.fetch, charset=source.charset, tokens=source.tokens)
        return cls(page, layouts.recognise(page, source.layout, source.selectors), source.first)

    def __getstate__(self) -> dict[str, Any]:
        """Return what was read, without the page; the layout by its name, for the other process has it too."""
        return {**vars(self), "page": None, "layout": self.layout.name}

    def in_this_process(self, source: Source) -> Self:
        """Return the page, which comes from another process, with its layout again."""
        layout = layouts.LAYOUTS[str(self.layout)]
        self.layout = layout.with_selectors(source.selectors) if source.selectors else layout
        return self

    def read_ahead(self, purpose: Purpose) -> None:
        """Read all that a crawl asks of a page which it asked for with a purpose."""
        for name in self._asked(purpose):
            getattr(self, name)

    def _asked(self, purpose: Purpose) -> Iterator[str]:
        if purpose == "article":
            if self.article and _length(self.article) > _LONGEST:
                raise UnreadablePage("an article of more than {most:,} characters", most=_LONGEST)
            yield from ("says_not_there", "instead") if self.article is None else ("related",)
            if self.first or (self.article and CONTINUED in self.article.flags):
                yield "continuation"
            return
        yield from ("feed",) if purpose == "list" else ("listing",)
        if purpose == "turn":
            yield "feed"
        elif purpose == "home":
            yield from ("sections", "links", "notice")
        elif purpose == "section" and not self.listing.entries:
            yield from ("article", "sections", "notice")

    @cached_property
    def article(self) -> Article | None:
        """The article of the page, raw strings only."""
        return self.layout.read_article(self.page)

    @cached_property
    def listing(self) -> Listing:
        """The listing on the page; without entries where the page is none."""
        return self.layout.read_listing(self.page)

    @cached_property
    def feed(self) -> Listing | None:
        """What a feed, a sitemap or a REST listing names."""
        return self.layout.read_feed(self.page)

    @cached_property
    def sections(self) -> dict[str, str]:
        """The addresses of pages that may be sections, with their names."""
        return self.layout.read_sections(self.page)

    @cached_property
    def links(self) -> list[Entry]:
        """Every link to an article."""
        return self.layout.read_links(self.page)

    @cached_property
    def related(self) -> list[Entry]:
        """The links to related news."""
        return self.layout.read_related(self.page)

    @cached_property
    def continuation(self) -> Continuation | None:
        """Where the article goes on."""
        return self.layout.continuation(self.page, self.first)

    @cached_property
    def instead(self) -> str | None:
        """What a page without an article is, as a report says it."""
        return self.layout.instead(self.page)

    @cached_property
    def says_not_there(self) -> bool:
        """Whether a page without an article says so: in a heading, or in a line of a page that holds no text."""
        headings = (self.page.words((selector,)) for selector in ("title", "h1", "h2"))
        if any(notice_in(words) is Notice.NOT_THERE for words in headings if words):
            return True
        nodes = self.page.tree.css("p, div, td, span, h3, strong")
        lines = [words for node in nodes if (words := node.text(deep=False).strip())]
        return max(map(len, lines), default=0) <= _NO_TEXT and any(notice_in(one) is Notice.NOT_THERE for one in lines)

    @cached_property
    def notice(self) -> Notice | None:
        """What a page without articles says of the server that gave it."""
        said = (words_of(node) for node in self.page.tree.css("title, h1, h2, h3, p, center"))
        found = (notice_in(words) for words in said if words)
        return next((one for one in found if one in _OF_SERVERS), None)


def _length(article: Article) -> int:
    """Return how many characters an article has."""
    return sum(map(len, (article.title, article.lead or "", article.header or "", *article.paragraphs)))
