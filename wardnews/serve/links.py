"""What the pages share: the reading copy's name, addresses of articles, names of portals."""

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from datasette.views.base import DatasetteError

TEMPLATES = Path(__file__).with_name("templates")
STATIC = Path(__file__).with_name("static")
DATABASE = "wardnews"
"""What Datasette calls the reading copy."""


def article_url(article: str) -> str:
    """Return the address of an article's page.

    >>> article_url("longbien-phucloi:4100321"), article_url("a:b/c?d")
    ('/article/longbien-phucloi:4100321', '/article/a:b%2Fc%3Fd')
    """
    return f"/article/{quote(article, safe=':')}"


class NotHere(DatasetteError):  # type: ignore[misc]
    """Nothing of what an address names is here; unlike Datasette's own error it leads to no other address."""

    def __init__(self, message: str) -> None:
        super().__init__(message, status=404)


def version_url(seq: int) -> str:
    """Return the address of a version's page, which never changes: no other version ever has this number."""
    return f"/version/{seq}"


def file_url(sha256: str) -> str:
    """Return the address of a kept file."""
    return f"/file/{sha256}"


def thumbnail_url(sha256: str) -> str:
    """Return the address of the thumbnail of a kept picture."""
    return f"/thumbnail/{sha256}"


def web(url: str | None) -> str | None:
    """Return an address that may be linked: of http or https, else None."""
    try:
        return url if url and urlsplit(url).scheme in ("http", "https") else None
    except ValueError:
        return None


async def portal_names(database: Any) -> dict[str, str]:
    """Return the names of the portals, by key."""
    return dict(map(tuple, (await database.execute("SELECT site, name FROM portals")).rows))
