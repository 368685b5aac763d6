"""Turn the news pages of Vietnamese ward, commune and district portals into clean, permanent, structured records."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wardnews.items import Article

__version__ = "0.1.0"
__all__ = ["read"]


def read(html: str | bytes, url: str) -> "Article":
    """Return the article of a saved page; `url` is the page's address, by which its portal is known.

    Raises `wardnews.errors.UnreadablePage` where no layout fits the page or it holds no article.

    >>> read("<p>Chào mừng!</p>", "https://phucloi.hanoi.gov.vn/")
    Traceback (most recent call last):
    wardnews.errors.UnreadablePage: a page without an article (read as anyportal)
    """
    from wardnews.reading.page import read_page  # all layouts, which `import wardnews` need not pay for
    from wardnews.sites import load_sites

    return read_page(html, url, load_sites())
