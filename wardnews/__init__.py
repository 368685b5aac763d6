"""Turn the news pages of Vietnamese ward, commune and district portals into clean, permanent, structured records."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wardnews.errors import UnreadablePage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wardnews.items import Article
    from wardnews.sites import Site, load_sites

__version__ = "0.1.0"
__all__ = ["Article", "Site", "UnreadablePage", "load_sites", "read", "read_file"]

_LATER = {"Article": "wardnews.items", "Site": "wardnews.sites", "load_sites": "wardnews.sites"}


def __getattr__(name: str) -> Any:
    """Return what is imported only when it is asked for, since `wardnews --help` needs none of it."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)


def read(html: str | bytes, url: str) -> "Article":
    """Return the article of a saved page; `url` is the page's address, by which its portal is known.

    Raises UnreadablePage where no layout fits the page or it holds no article.

    >>> read("<p>Chào mừng!</p>", "https://phucloi.hanoi.gov.vn/")
    Traceback (most recent call last):
    wardnews.errors.UnreadablePage: a page without an article (read as anyportal)
    """
    from wardnews.reading.page import read_page  # all layouts, which `import wardnews` need not pay for
    from wardnews.sites import load_sites

    return read_page(html, url, load_sites())


def read_file(path: str | Path, url: str | None = None) -> "Iterator[Article]":
    """Return the articles of a file: a saved page, or one in the sample file format (`.txt`), which may hold several.

    `url` is the page's address; without it the page's own word counts. Raises OSError for a file that cannot be read
    and, behind what can be read, UnreadablePage where a page or a part holds no article.
    """
    from wardnews.reading import page
    from wardnews.sites import load_sites

    return page.read_file(Path(path), url, load_sites())
