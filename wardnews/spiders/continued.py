"""Articles on several pages: which page is to be fetched next, and what it adds to the article."""

from dataclasses import dataclass, field

from wardnews.items import Article
from wardnews.layouts import CONTINUED, Layout, add_page
from wardnews.reading.opened import OpenedPage

MOST_PAGES = 20
"""No article of a portal has more pages; a pager that goes on for ever is a trap."""


@dataclass
class _Open:
    """An article that is not whole yet; `pages` are the addresses of pages to fetch, by their number."""

    layout: Layout
    first: str
    article: Article
    whole: str | None
    pages: list[str]
    asked: set[str] = field(default_factory=set)


class FurtherPages:
    """Join the further pages of articles to the first, in place, as they come in one after the other."""

    def __init__(self) -> None:
        self._open: dict[int, _Open] = {}

    def begin(self, article: Article, opened: OpenedPage) -> None:
        """Take up an article that its page says is continued."""
        further = opened.continuation if CONTINUED in article.flags else None
        if further and not further.first and (further.whole or further.pages):
            self._open[id(article)] = _Open(
                opened.layout, opened.fetch.url, article, further.whole, list(further.pages)
            )

    def next(self, article: Article) -> str | None:
        """Return the address of the next page to fetch; None where the article is whole, or given up."""
        one = self._open.get(id(article))
        if one is None:
            return None
        url = one.whole or next((url for url in one.pages if url not in one.asked), None)
        if url is None:
            del self._open[id(article)]
            article.flags.remove(CONTINUED)
        elif url in one.asked or len(one.asked) >= MOST_PAGES:
            self.give_up(article)
            return None
        else:
            one.asked.add(url)
        return url

    def first(self, article: Article) -> tuple[Layout, str]:
        """Return the layout of the first page of an article that is not whole, and its address."""
        one = self._open[id(article)]
        return one.layout, one.first

    def add(self, article: Article, opened: OpenedPage) -> None:
        """Add a further page to its article; one that shows something else ends it, and the flag stays."""
        one = self._open[id(article)]
        part = opened.article
        if part is None or not part.title.startswith(article.title):
            self.give_up(article)
            return
        add_page(article, part, whole=one.whole is not None)
        further = None if one.whole else opened.continuation
        one.pages = [] if one.whole else one.pages
        one.pages += [url for url in (further.pages if further else ()) if url not in one.pages]
        one.whole = None

    def give_up(self, article: Article) -> None:
        """Let an article be as far as it was read: its flag says that it goes on."""
        self._open.pop(id(article), None)
