"""Finding a portal by what a person types, or by an article's address."""

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date

from wardnews.errors import SitesError
from wardnews.locale import Phrase, _, any_of, short_day
from wardnews.sites.site import Site, is_web, netloc_of
from wardnews.text.strings import fold, nfc

_KINDS = ("phường", "xã", "thị trấn", "đặc khu", "quận", "huyện", "thị xã", "thành phố", "tỉnh")
_LISTED = 10
"""Portals that a message lists, at most."""


def choose(sites: Mapping[str, Site], typed: Iterable[str]) -> list[Site]:
    """Return the portals that a person means, each once, in the order given; raise SitesError as `chosen_keys` does."""
    return [sites[key] for key in chosen_keys(sites, typed)]


def chosen_keys(sites: Mapping[str, Site], typed: Iterable[str], stored: Collection[str] = ()) -> list[str]:
    """Return the keys of the portals that a person means, each once, in the order given.

    A portal is meant by its key, which may be one of `stored` that no sites file has; by its name, without its kind,
    tone marks and what it is part of if need be; by its host or any address of it. Raises SitesError where none or
    more than one fits, with what to choose from.
    """
    return list(dict.fromkeys(_key(sites, one, stored) for one in typed))


def _key(sites: Mapping[str, Site], typed: str, stored: Collection[str]) -> str:
    if typed in sites or typed in stored:
        return typed
    found = _meant(sites.values(), typed)
    if len(found) == 1:
        return found[0].key
    if found:
        raise SitesError(
            "{count} portals fit {typed!r}, name one by its key:\n{choice}",
            count=len(found),
            typed=typed,
            choice=_choice(found),
        )
    if "://" in typed:
        raise SitesError("unknown site {typed!r}; `wardnews probe` drafts an entry for it", typed=typed)
    if alike := search(sites.values(), typed):
        raise SitesError(
            "unknown site {typed!r}; did you mean one of these?\n{choice}", typed=typed, choice=_choice(alike)
        )
    close = difflib.get_close_matches(typed, sites, n=3)
    hint = Phrase("did you mean {choice}?", choice=any_of(close)) if close else Phrase("`wardnews sites` lists them")
    raise SitesError("unknown site {typed!r}; {hint}", typed=typed, hint=hint)


def _meant(sites: Collection[Site], typed: str) -> list[Site]:
    """Return the portals that fit what was typed: by host, or by name with its marks, without them, or by key."""
    if "://" in typed or ("." in typed and not typed.strip().count(" ")):
        netloc = _netloc(typed)
        return [site for site in sites if netloc in site.netlocs]
    folded = _words(fold(typed))
    by_letters = [site for site in sites if _is_named(site.name, folded, fold)]
    marked = _words(_small(typed))
    by_marks = [site for site in by_letters if marked != folded and _is_named(site.name, marked, _small)]
    return by_marks or by_letters or [site for site in sites if "".join(folded) in site.key.split("-")]


def _is_named(name: str, words: list[str], form: Callable[[str], str]) -> bool:
    """Whether words are a portal's own name, with or without its kind, and then nothing but what it is part of."""
    own, _, rest = form(name).partition(",")
    whole = _words(own)
    kinds = (_words(form(kind)) for kind in _KINDS)
    for head in (whole, *(whole[len(kind) :] for kind in kinds if whole[: len(kind)] == kind)):
        if head and words[: len(head)] == head:
            above = iter(_words(rest))
            return all(word in above for word in words[len(head) :])
    return False


def _small(text: str) -> str:
    return nfc(text).casefold()


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _netloc(typed: str) -> str:
    """Return the host of an address that a person typed, with or without its scheme; empty where it is none."""
    url = typed.strip() if "://" in typed else f"http://{typed.strip()}"
    return netloc_of(url) if is_web(url) else ""


def search(sites: Iterable[Site], typed: str) -> list[Site]:
    """Return the portals that have all words that were typed, or words that begin so, in key, name or hosts.

    Tone marks do not matter. Those whose name has the words in this order come first. An address is searched for by its
    host.
    """
    words = [_netloc(typed)] if "://" in typed else fold(typed).split()
    found = [site for site in sites if words and all(words) and all(f" {word}" in _searched(site) for word in words)]
    return sorted(found, key=lambda site: " ".join(words) not in fold(site.name))


def _searched(site: Site) -> str:
    parts = (site.key, *site.key.split("-"), *_words(fold(site.name)), *sorted(site.netlocs))
    return "".join(f" {part}" for part in parts)


def in_columns(sites: Collection[Site]) -> list[str]:
    """Return a line for each portal: key, name, address, and whether it is closed or was never seen answering."""
    rows = [(one.key, one.name, one.url, _remark(one)) for one in sites]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def _remark(site: Site) -> str:
    closed = [_("closed {day}").format(day=short_day(site.closed))] if site.closed else []
    return ", ".join(closed + [_("never seen answering")] * site.unverified)


def _choice(sites: list[Site]) -> str:
    lines = [f"  {line}" for line in in_columns(sites[:_LISTED])]
    more = len(sites) - _LISTED
    return "\n".join([*lines, *[f"  and {more} more: `wardnews sites WORDS` searches"] * (more > 0)])


def site_of(sites: Mapping[str, Site], url: str, published: str | None) -> Site | None:
    """Return the portal that an address was of on a day: host names pass from an old portal to the next."""
    netloc = netloc_of(url) if is_web(url) else ""
    owners = [site for site in sites.values() if netloc in site.netlocs]
    day = (published or date.today().isoformat())[:10]  # noqa: DTZ011
    for site in owners:
        opened = not site.opened or site.opened.isoformat() <= day
        if opened and not (site.closed and site.closed.isoformat() <= day):
            return site
    return owners[0] if owners else None
