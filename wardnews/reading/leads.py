"""Pages that only lead on to another: by a refresh, a script, a frame, or a single link."""

import re
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser
from w3lib.html import get_meta_refresh

from wardnews.text.strings import fold

_MOST_LINKS = 4
"""A home page that has more links than this is one to read."""
_MOST_BYTES = 30_000
_FEW_WORDS = 200
"""The characters up to which a page has nothing to say but where to go."""
_ENTER = re.compile(r"\b(?:vao|trang chu|tiep tuc|tai day|bam|nhan|enter|home ?page|continue|click)\b")
"""What the one link of a page says that is there to be gone through."""
_LONGEST_WAIT = 30.0
"""Seconds after which a refresh is a clock's."""
_SCRIPT = re.compile(
    r"(?:window|document|self|top|parent)?\.?\blocation(?:\.href)?\s*=\s*[\"']([^\"']+)[\"']"
    r"|location\.(?:replace|assign)\(\s*[\"']([^\"']+)[\"']"
)
_HEADER = re.compile(r"\s*([\d.]+)\s*[;,]\s*(?:url\s*=\s*)?[\"']?([^\"']+)", re.IGNORECASE)


class Lead(NamedTuple):
    """Where a page leads, and by what."""

    url: str
    by: str


def lead_of(url: str, body: bytes, refresh: str = "") -> Lead | None:  # noqa: PLR0911 - a way each
    """Return where a page leads, given its address, its body and its `Refresh` header; None where it is to be read.

    >>> lead_of("http://a.vn/", b"<script>window.location.href = '/trang-chu';</script>")
    Lead(url='http://a.vn/trang-chu', by='a script')
    >>> lead_of("http://a.vn/", b'<frameset><frame src="chinh.html"></frameset>')
    Lead(url='http://a.vn/chinh.html', by='a frame')
    >>> lead_of("http://a.vn/", b'<meta http-equiv="refresh" content="300;url=/">')
    """
    header = _HEADER.match(refresh)
    if header and float(header[1]) <= _LONGEST_WAIT:
        return _other(url, header[2].strip(), "a Refresh header")
    if len(body) > _MOST_BYTES:
        return None
    tree = LexborHTMLParser(body.decode("utf-8", "replace"))
    links = {urljoin(url, link.attributes["href"] or "") for link in tree.css("a[href]")}
    if len(links) > _MOST_LINKS:
        return None
    wait, target = get_meta_refresh(body.decode("utf-8", "replace"), url)
    if target and wait is not None and wait <= _LONGEST_WAIT:
        return _other(url, target, "a meta refresh")
    if frames := [frame.attributes["src"] or "" for frame in tree.css("frame[src]")]:
        return _other(url, frames[-1], "a frame")  # those before it are banner and menu
    scripts = [script.text() or "" for script in tree.css("script")]
    for script in [*scripts, *(node.attributes["onload"] or "" for node in tree.css("body[onload]"))]:
        if found := _SCRIPT.search(script):
            return _other(url, found[1] or found[2], "a script")
    own = [link for link in links if link.startswith(("http://", "https://")) and _other(url, link, "")]
    words = tree.body.text(strip=True) if tree.body else ""
    inner = [frame.attributes["src"] or "" for frame in tree.css("iframe[src]")]
    if not links and len(inner) == 1 and len(words) <= _FEW_WORDS and _host(urljoin(url, inner[0])) == _host(url):
        return _other(url, inner[0], "a frame")
    said = fold(" ".join(link.text() for link in tree.css("a[href]")))
    enters = len(links) == 1 and len(words) <= _FEW_WORDS and _ENTER.search(said)
    splash = len(own) == 1 and (tree.css_first("a[href] img") is not None or enters)
    return _other(url, own[0], "its only link") if splash else None


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()


def _other(url: str, target: str, by: str) -> Lead | None:
    whole = urljoin(url, target)
    return Lead(whole, by) if whole.partition("#")[0] != url.partition("#")[0] else None
