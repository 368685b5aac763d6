"""What CSS selectors say without a page: which elements they need, and whether looking for them may take minutes."""

import re
from functools import cache
from itertools import pairwise

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

_FUNCTION = re.compile(r":[\w-]+\([^()]*\)")
_HAS = "!"
"""Stands for `:has(…)`, also in another function, where functions are taken out of a selector."""
_ATTRIBUTES = re.compile(r"\[[^\]]*\]")
_COMPOUND = re.compile(r"(?:\[[^\]]*\]|[^\s>~+,\[])+|,")
_QUOTED = re.compile(r"""(["'])[^"']*\1""")
_ID_HAS = re.compile(r"\[id[*^$]?='([A-Za-z0-9_-]+)'\]")
_CLASS, _ID = (re.compile(rf"\{sign}([A-Za-z][\w-]*)", re.ASCII) for sign in ".#")
_PLAIN = re.compile(r"[\w\s.#:>~+*-]*", re.ASCII)
"""What a selector without functions and attributes is, but for escapes and letters beyond ASCII."""

Needs = tuple[frozenset[str], frozenset[str], tuple[str, ...]]
"""The classes and the ids that there must be, and what must be a part of ids; in small letters."""
_NOTHING: Needs = (frozenset(), frozenset(), ())


def is_selector(css: str) -> bool:
    """Whether a text is a CSS selector that pages can be searched by; `@name` after it takes an attribute."""
    try:
        LexborHTMLParser("<p>").css(css.partition("@")[0])
    except SelectolaxError:
        return False
    return True


@cache
def ends_of(css: str) -> str | None:
    """Return what a selector finds elements by when it looks around each of them; None where it looks at each alone.

    Such are `a ~ b` and `a:has(b) c`: engines look at all that is beside each `b`, or below the `a` of each `c`.

    >>> ends_of("tr:has(> .date) ~ tr > td[valign='top'], body:not(:has(#news)) .item:has(a)"), ends_of("p:has(> b)")
    ("td[valign='top'],.item", None)
    """
    bare = css
    while _FUNCTION.search(bare):  # from the innermost
        bare = _FUNCTION.sub(lambda found: _HAS if _HAS in found[0] or found[0].startswith(":has(") else "", bare)
    compounds = _COMPOUND.findall(f"{bare},")
    ends = [one for one, following in pairwise(compounds) if following == ","]
    around = [one for one, following in pairwise(compounds) if following != "," and _HAS in one]
    if not around and "~" not in _ATTRIBUTES.sub("", css):
        return None
    return ",".join(one.replace(_HAS, "") or "*" for one in ends)


@cache
def alternatives(css: str) -> tuple[tuple[str, Needs], ...]:
    """Return the alternatives of a selector, each with what must be on a page where it finds anything.

    >>> for one, (classes, ids, parts) in alternatives("#Tin .ten:not(.a, .b), [id*='_INSTANCE_'] > p, h1[id=',']"):
    ...     print(one, *classes, *ids, *parts)
    #Tin .ten:not(.a, .b) ten tin
    [id*='_INSTANCE_'] > p _instance_
    h1[id=',']
    """
    masked = _QUOTED.sub(_mask, css)
    while _FUNCTION.search(masked):
        masked = _FUNCTION.sub(_mask, masked)
    if "\\" in css or "(" in masked:
        return ((css, _NOTHING),)
    ends = [place for place, letter in enumerate(f"{masked},") if letter == ","]
    spans = [(start + 1, end) for start, end in pairwise([-1, *ends])]
    return tuple((css[start:end].strip(), _needs(css[start:end], masked[start:end])) for start, end in spans)


def _mask(found: re.Match[str]) -> str:
    """Return as many colons as what is not to be looked into has characters."""
    return ":" * len(found[0])


def _needs(css: str, masked: str) -> Needs:
    """Return what must be on a page where a selector without alternatives finds anything."""
    inside = (_ID_HAS.fullmatch(css[found.start() : found.end()]) for found in _ATTRIBUTES.finditer(masked))
    bare = _ATTRIBUTES.sub("", masked)
    parts = tuple(one[1].lower() for one in inside if one)
    if not _PLAIN.fullmatch(bare):
        return frozenset(), frozenset(), parts
    return frozenset(_CLASS.findall(bare.lower())), frozenset(_ID.findall(bare.lower())), parts
