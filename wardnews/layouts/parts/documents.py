"""Links to documents, and documents that a viewer shows in the page: by their addresses, or by a file's name."""

import mimetypes
import re
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from selectolax.lexbor import LexborNode

from wardnews.layouts.page import EMBEDDED, Page

_TEXTS = "pdf|docx?|xlsx?|pptx?|odt|ods|odp|rtf|txt|csv|zip|rar|7z"
_ENDING = re.compile(rf"\.({_TEXTS}|mp3|mp4)(?=/|$)", re.IGNORECASE)
_SERVICE = re.compile(
    r"/document_library/get_file|[?&]download=|/download(?:file|handler|attach(?:ment)?s?)?(?:\.(?:aspx|ashx|php|html?))?(?:/|\?)\S"
    r"|/tai-(?:ve|xuong)(?:\.\w+)?(?:/|\?)\S",
    re.IGNORECASE,
)
"""Addresses that serve a document without naming it; each has a number or a name behind it."""
_MAY_BE = re.compile(rf"\.(?:{_TEXTS}|mp[34])\b|download|tai-(?:ve|xuong)|get_file")
"""What the folded address of a document has in it."""
_KNOWN = 4096
"""Addresses that are remembered: most links of a portal's page are on its other pages too."""
_NAME = re.compile(rf"^[^.\n]{{1,150}}\.(?:{_TEXTS})$", re.IGNORECASE)
"""The words of a link that are the name of a file, whatever query serves it."""
_VIEWER = re.compile(
    r"view(?:er)?\b|gview|embed|pdfjs|docs\.google\.com|officeapps|/web/|preview|flipbook", re.IGNORECASE
)
_HOST_FIRST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}/", re.IGNORECASE)
_SHOWN = ("src", "data")


def media_type(url: str) -> str | None:
    """Return a document's media type by the ending of its name, which may stand before the end of the path."""
    match = _ENDING.search(unquote(urlsplit(url).path))
    return mimetypes.guess_type(f"file.{match[1].lower()}")[0] if match else None


def documents_on(page: Page) -> dict[int, tuple[LexborNode, str]]:
    """Return the links to documents of a page and the frames that show one, by their ids, with the addresses."""
    nodes = [link for link, href in page.links if _may_be_document(href)]
    nodes += [link for link, href in page.links if "?" in href and _NAME.search(link.text(strip=True))]
    nodes += page.framed
    return {node.mem_id: (node, url) for node in nodes if (url := document_of(page, node))}


@lru_cache(maxsize=_KNOWN)
def _may_be_document(address: str) -> bool:
    plain = (unquote(address) if "%" in address else address).casefold()
    return _MAY_BE.search(plain) is not None


def document_of(page: Page, node: LexborNode) -> str | None:
    """Return the absolute address of the document that a link leads to or a frame shows; None where it is none."""
    attributes = node.attributes
    if node.tag in EMBEDDED:
        shown = next(filter(None, map(attributes.get, _SHOWN)), "")
        return _document(page, shown, shows=True) if shown else None
    href = attributes.get("href") or ""
    if "download" in attributes and (url := page.link(href)):
        return url
    if named := _document(page, href, shows=False):
        return named
    return page.link(href) if "?" in href and _NAME.search(node.text(strip=True)) else None


def _document(page: Page, address: str, *, shows: bool) -> str | None:
    """Return the document of an address; what a viewer is given to show stands among its options."""
    if not _may_be_document(address):
        return None
    url = page.link(address)
    if not url:
        return None
    if _ENDING.search(unquote(urlsplit(url).path)):
        return url
    query = urlsplit(url).query
    named = next((value for _, value in parse_qsl(query) if _ENDING.search(urlsplit(value).path)), None)
    if named and (shows or _VIEWER.search(url.partition("?")[0])):
        return page.link(_whole(page, url, named))
    served = not shows and (named is not None or _SERVICE.search(url))
    return url if served else None


def _whole(page: Page, viewer: str, named: str) -> str:
    """Return the address of what a viewer shows: as it names it, which may be without a scheme or from the viewer."""
    if _HOST_FIRST.match(named):
        return f"{page.url.partition('://')[0]}://{named}"
    return urljoin(viewer, named)
