"""Addresses as every family has them: what of an address names a page, and what only follows its reader about."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

_FOLLOWING = re.compile(r"utm_\w+|(?:fb|g|d|ms|y)clid|gbraid|wbraid|zarsrc|_ga|_gl|mc_[ce]id|\w*session_?id|phpsessid")
_SESSION = re.compile(r";jsessionid=[^/?]*|/\(S\([0-9a-z]+\)\)", re.IGNORECASE)


def address(url: str, keeps: Callable[[str, str], bool] = lambda _name, _value: True) -> str:
    """Give an address without session, fragment, empty options and what tracks readers.

    `keeps` tells by name (lower case) and value which other options stay; their order and escapes stay too.

    >>> address("http://A.example.vn/tin;jsessionid=1F?id=7&utm_source=x&Date=&fbclid=y#top")
    'http://a.example.vn/tin?id=7'
    >>> address("http://a.example.vn/chi-tiet-tin?/hop-to-dan-pho/3146")
    'http://a.example.vn/chi-tiet-tin?/hop-to-dan-pho/3146'
    """
    scheme, host, path, query, _ = urlsplit(url)
    kept = [option for option in query.split("&") if _stays(option, keeps)]
    return urlunsplit((scheme, host.lower(), _SESSION.sub("", path) or "/", "&".join(kept), ""))


def options(url: str) -> list[tuple[str, str]]:
    """Give the options of an address as they stand in it, names in lower case.

    >>> options("/tin?p_p_id=101&_101_cur=2&In")
    [('p_p_id', '101'), ('_101_cur', '2'), ('in', '')]
    """
    return [_split(option) for option in urlsplit(url).query.split("&") if option]


def _split(option: str) -> tuple[str, str]:
    name, _, value = option.partition("=")
    return name.lower(), value


def _stays(option: str, keeps: Callable[[str, str], bool]) -> bool:
    name, value = _split(option)
    named = bool(name) and not option.endswith("=") and not _FOLLOWING.fullmatch(name)
    return named and keeps(name, value)
