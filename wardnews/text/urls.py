"""Addresses as strangers write them: what of one names a page, and what only follows its reader about."""

import re
from collections.abc import Callable
from functools import lru_cache
from unicodedata import normalize
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

LONGEST = 8_000
"""No server takes longer addresses; they are never followed."""
_FOLLOWING = re.compile(
    r"utm_\w+|(?:fb|g|d|ms|y)clid|gbraid|wbraid|zarsrc|_ga|_gl|mc_[ce]id|\w*session_?id|(?:php|asp)sess(?:ion)?id\w*"
)
_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/?]*|/\((?:[A-Z]\([0-9a-z_-]+\))+\)", re.IGNORECASE)
_SESSION_VALUE = re.compile(r"[0-9a-z]{16,}", re.IGNORECASE)
_ESCAPED = re.compile("%[0-9a-f]{2}", re.IGNORECASE)
_PORTS = {"http": ":80", "https": ":443"}
_SIMPLE = re.compile(r"https?://[a-z0-9.-]+(?::(?!80/|443/)\d+)?(?:/[\w.~-]+)*/?(?:\?(?:id|p)=\d+)?", re.ASCII)
"""Addresses that can be written in no other way, but for those of index pages; most are such."""
_INDEX = re.compile(r"/(?:index\.(?:php|html?|aspx?|jsp)|default\.(?:aspx?|html?|php))$", re.IGNORECASE)
_BEYOND_ASCII, _LETTERS = re.compile("(?:%[89A-F][0-9A-F])+"), re.compile("[^\x00-\x7f]+")


def resolve(base: str, address: str) -> str | None:
    """Return where a link or a `Location` leads; None where that is no address.

    >>> resolve("http://a.example/tin", "/1"), resolve("http://a.example/tin", "http://[broken")
    ('http://a.example/1', None)
    """
    try:
        return urljoin(base, address)
    except ValueError:
        return None


def plain(url: str) -> str:
    """Write an http or https address in its plainest form: what is the same to every server is written one way.

    The host is in lower case, without the port that is meant anyway; the path has no `..` in it; escapes are in upper
    case; there is no fragment. Raises ValueError for an address that is broken, too long, or has a password in it.

    >>> plain("HTTP://A.example.vn:80/tin/../b%c3%a0i?x=%2f#top"), plain("https://a.example.vn")
    ('http://a.example.vn/b%C3%A0i?x=%2F', 'https://a.example.vn/')
    >>> plain("http://ten:matkhau@a.example.vn/")
    Traceback (most recent call last):
    ValueError: an address with a name or a password in it
    """
    scheme, host, path, query, _ = urlsplit(url)
    if "@" in host:
        raise ValueError("an address with a name or a password in it")
    if len(url) > LONGEST or not host.isascii():
        raise ValueError("an address that no server can have")
    path = _without_dots(path) if "/." in path else path
    host = host.lower().removesuffix(_PORTS.get(scheme, ""))
    whole = urlunsplit((scheme, host, path or "/", query, ""))
    return _ESCAPED.sub(lambda escape: escape[0].upper(), whole) if "%" in whole else whole


def _without_dots(path: str) -> str:
    steps: list[str] = []
    parts = path.split("/")
    for part in parts:
        if part == ".." and len(steps) > 1:
            steps.pop()
        elif part not in (".", ".."):
            steps.append(part)
    return "/".join([*steps, ""] if parts[-1] in (".", "..") else steps)


def address(url: str, keeps: Callable[[str, str], bool] = lambda _name, _value: True) -> str:
    """Return an address without session, fragment, empty options and what tracks readers.

    `keeps` tells by name (lower case) and value which other options stay; their order and escapes stay too.

    >>> address("http://A.example.vn/tin;jsessionid=1F?id=7&utm_source=x&Date=&fbclid=y#top")
    'http://a.example.vn/tin?id=7'
    >>> address("http://a.example.vn/chi-tiet-tin?/hop-to-dan-pho/3146")
    'http://a.example.vn/chi-tiet-tin?/hop-to-dan-pho/3146'
    """
    scheme, host, path, query, _ = urlsplit(url)
    kept = [option for option in query.split("&") if _stays(option, keeps)]
    return urlunsplit((scheme, host.lower(), _SESSION.sub("", path) or "/", "&".join(kept), ""))


@lru_cache(maxsize=1024)
def one_form(url: str) -> str:
    """Write an address as pages are known by it: what leads to the same page on any server is written one way.

    It is for comparing, not for asking: a server may take its own spelling alone.

    >>> one_form("http://A.example.vn:80//tin/b%61%cc%80i.html?x=2&id=7&utm_source=fb#top")
    'http://a.example.vn/tin/b%C3%A0i.html?id=7&x=2'
    >>> one_form("https://a.example.vn/tin/Default.aspx?id=7"), one_form("https://a.example.vn/index.php/tin/7")
    ('https://a.example.vn/tin/?id=7', 'https://a.example.vn/index.php/tin/7')
    >>> one_form("http://a.example.vn/chi-tiet-tin?/hop-to-dan-pho/3146")
    'http://a.example.vn/chi-tiet-tin?/hop-to-dan-pho/3146'
    """
    if _SIMPLE.fullmatch(url) and not _INDEX.search(url.partition("?")[0]):
        return url
    scheme, host, path, query, _ = urlsplit(address(url))
    path = _INDEX.sub("/", re.sub("//+", "/", path))
    place = urlunsplit((scheme, host.removesuffix(_PORTS.get(scheme, "")), path, "", ""))
    if all("=" in option for option in query.split("&")):
        return _composed(canonicalize_url(f"{place}?{query}"))
    return _composed(canonicalize_url(place) + (f"?{query}" if query else ""))


def _composed(url: str) -> str:
    """Return an address whose letters, escaped in UTF-8, are composed ones."""
    spelt = normalize("NFC", _BEYOND_ASCII.sub(_letters, url))
    return spelt if spelt.isascii() else _LETTERS.sub(lambda letters: quote(letters[0]), spelt)


def _letters(escapes: re.Match[str]) -> str:
    try:
        return unquote_to_bytes(escapes[0]).decode()
    except UnicodeDecodeError:
        return escapes[0]


def options(url: str) -> list[tuple[str, str]]:
    """Return the options of an address as they stand in it, names in lower case.

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
    session = name == "sid" and _SESSION_VALUE.fullmatch(value)  # a shorter one may be an article's number
    return named and not session and keeps(name, value)
