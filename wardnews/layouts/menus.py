"""The links of a page that may lead to sections: those of its menus and headings, whatever they are called."""

from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from wardnews.layouts.page import Page
from wardnews.text.strings import tidy

_MENUS = (
    "nav a[href], header a[href], [role='navigation'] a[href], [class*='menu' i] a[href], [id*='menu' i] a[href],"
    " [class*='nav' i] a[href], [id*='nav' i] a[href]"
)
_HEADINGS = ":is(h1, h2, h3, h4, h5) > a[href], [class*='breadcrumb' i] a[href]"
_MOST_WORDS = 8
_FEWEST = 3
"""A page with fewer links in what is called a menu has a menu by another name."""
_MOST = 80


def menu_links(page: Page) -> list[LexborNode]:
    """Return the links with short names in menus and headings, or anywhere where there is no menu by name."""
    menu = list(_named(page, _MENUS))
    links = [*menu, *_named(page, _HEADINGS)] if len(menu) >= _FEWEST else list(_named(page, "a[href]"))
    return links[:_MOST]


def _named(page: Page, selector: str) -> Iterator[LexborNode]:
    for link in page.tree.css(selector):
        words = tidy(link.text())
        if len(words) > 1 and words.count(" ") < _MOST_WORDS:
            yield link
