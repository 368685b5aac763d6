"""Where the pictures of a page are: pages put the address in many places, so that scripts load them late."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from wardnews.layouts.page import Page

_LATE = ("data-original", "data-src", "data-lazy-src", "data-actualsrc", "data-lazy")
"""The attributes in which scripts look for the address of a picture; `src` may hold a placeholder meanwhile."""
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
LATE_PICTURE = frozenset((*_LATE, *_SETS))
"""The attributes of a picture that its `src` need not show."""
_CANDIDATE = re.compile(r"\s*(?P<url>\S*[^\s,])(?:\s+(?P<size>[\d.]+)(?P<unit>[wxh]))?\s*(?:,|$)")
_BACKGROUND = re.compile(r"background(?:-image)?\s*:[^;]*?url\(\s*[\"']?([^\"')]+)", re.IGNORECASE)
_NO_PICTURE = re.compile(
    r"(?:^|[/_-])(?:loading|spinner|placeholder|blank|spacer|transparent|pixel|lazy|1x1)[\w-]*\.(?:gif|svg|png|webp)$"
    r"|/icons?/|(?:^|[/_-])(?:icon|ico|icn)[\w-]*\.(?:gif|svg|png)$|facebook\.com/tr\b|google-analytics|doubleclick|/emoji/",
    re.IGNORECASE,
)
"""What stands for a picture until it is loaded, counts visits, or is a sign beside words."""
_SMALLEST = 16
"""A picture of fewer pixels on a side is a spacer, a bullet or a counter."""


def picture_of(page: Page, node: LexborNode) -> str | None:
    """Return the absolute address of the picture that an element shows, the largest there is; None for no picture.

    Such elements are `img` and `amp-img`, and any other with a background.
    """
    attributes = node.attributes
    if node.tag not in ("img", "amp-img"):
        found = _BACKGROUND.search(attributes.get("style") or "")
        return _link(page, found[1]) if found else None
    if any(_is_tiny(attributes.get(side)) for side in ("width", "height")):
        return None
    return next((url for place in _places(node) if (url := _link(page, place))), None)


def _places(node: LexborNode) -> Iterator[str | None]:
    """Return what may be the address of a picture, the surest first."""
    attributes = node.attributes
    late, src = [attributes.get(name) for name in _LATE], attributes.get("src")
    sets = [attributes.get(name) for name in _SETS]
    beside = node.parent.css("source") if node.parent is not None and node.parent.tag == "picture" else []
    sets += [source.attributes.get(name) for source in beside for name in _SETS]
    for one in sets:
        if one and not {found["url"] for found in _CANDIDATE.finditer(one)}.isdisjoint((*late, src)):
            yield _largest(one)
    yield from late
    yield src
    yield from map(_largest, sets)


def _largest(candidates: str | None) -> str | None:
    """Return the address of the largest picture of a `srcset`.

    >>> _largest("/a-320.jpg 320w, /a-1024.jpg 1024w"), _largest("/a.jpg"), _largest(" ,")
    ('/a-1024.jpg', '/a.jpg', None)
    """
    found = [(float(one["size"] or 1), one["url"]) for one in _CANDIDATE.finditer(candidates or "") if one["url"]]
    return max(found, key=lambda one: one[0])[1] if found else None


def _link(page: Page, place: str | None) -> str | None:
    """Return the absolute address of a picture; None for a placeholder or a pixel that counts."""
    url = page.link(place)
    return url if url and not _NO_PICTURE.search(url.partition("?")[0]) else None


def _is_tiny(side: str | None) -> bool:
    digits = (side or "").strip().removesuffix("px")
    return digits.isdecimal() and int(digits) < _SMALLEST
