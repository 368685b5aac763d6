"""Which portals: TOML files, one a province, a few lines a portal."""

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from wardnews.errors import SitesError, UsageError
from wardnews.layouts import FIELDS, LAYOUTS, is_selector
from wardnews.layouts.addresses import one_form
from wardnews.places import units

_HOST = re.compile(r"[A-Za-z0-9.-]+(?::\d+)?")
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True)
class Site:
    """One portal; `key`, `name` and `url` are enough."""

    key: str
    name: str
    url: str
    unit: str | None = None
    opened: date | None = None
    closed: date | None = None
    hosts: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    layout: str | None = None
    delay: float | None = None
    group: str | None = None
    selectors: Mapping[str, str] = field(default_factory=dict, hash=False)
    newszone: Mapping[str, str] = field(default_factory=dict, hash=False)
    unverified: bool = False

    @cached_property
    def netlocs(self) -> frozenset[str]:
        """Return the hosts of this portal, with their ports where these are not the default, without `www.`."""
        return frozenset((_netloc(self.url), *(host.lower().removeprefix("www.") for host in self.hosts)))

    def owns(self, url: str) -> bool:
        """Whether an address is of this portal: http or https, and one of its hosts, ports included."""
        return url.startswith(("http://", "https://")) and _netloc(url) in self.netlocs

    def own(self, url: str) -> str:
        """Return what a page of this portal is known by: of its first host, whatever the scheme, in one form."""
        if not self.owns(url):
            return url
        scheme, netloc, *_ = urlsplit(self.url)
        return one_form(urlunsplit((scheme, netloc, *urlsplit(url)[2:])))

    @property
    def form(self) -> str:
        """Return what keys depend on besides the address itself: those made by another one are written anew."""
        return " ".join(("1", *urlsplit(self.url)[:2], *sorted(self.netlocs)))

    def section_urls(self) -> list[str]:
        """Return the addresses of the sections that the sites file names."""
        return [urljoin(self.url, section) for section in self.sections]

    def slot(self) -> str:
        """Return the politeness group: portals of one group share servers, and one request at a time."""
        return self.group or politeness_group(self.url)

    def day_of(self, published: str | None, today: date) -> str:
        """Return the day (ISO) whose units hold for an article: the day of publication, within the portal's life."""
        day = (published or today.isoformat())[:10]
        if self.closed and day >= self.closed.isoformat():
            return date.fromordinal(self.closed.toordinal() - 1).isoformat()
        return max(day, self.opened.isoformat()) if self.opened else day


def _netloc(url: str) -> str:
    parts = urlsplit(url)
    port = ":80" if parts.scheme == "http" else ":443"
    return parts.netloc.rpartition("@")[2].lower().removesuffix(port).removeprefix("www.")


def politeness_group(url: str) -> str:
    """Return the registrable domain of an address; below gov.vn that is the province's or city's, which shares servers.

    >>> politeness_group("http://phucloi.longbien.hanoi.gov.vn/"), politeness_group("http://127.0.0.1:8000/")
    ('hanoi.gov.vn', '127.0.0.1:8000')
    """
    host = urlsplit(url).hostname or ""
    if ":" in host or re.fullmatch(r"[\d.]+", host) or "." not in host:
        return _netloc(url)
    labels = host.split(".")
    second_level = labels[-1] == "vn" and labels[-2] in ("gov", "com", "net", "org", "edu", "ac", "info", "name", "pro")
    return ".".join(labels[-3 if second_level else -2 :])


def load_sites(paths: Iterable[str | Path] = ()) -> dict[str, Site]:
    """Return the portals that come with wardnews and those of further sites files, by key.

    Raises SitesError for a file that is not readable or not TOML, an unknown key, a bad value or a site named twice.
    """
    sites: dict[str, Site] = {}
    builtin = sorted(Path(__file__).parent.glob("*.toml"))
    for path in (*builtin, *map(Path, paths)):
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise SitesError(f"{path}: cannot read this sites file: {error}") from error
        for site in parse_sites(text, str(path)):
            if site.key in sites:
                raise SitesError(f"{path}: [{site.key}]: another portal has this name already; give this one its own")
            sites[site.key] = site
    return sites


def parse_sites(text: str, name: str) -> list[Site]:
    """Return the portals of a sites file, given as text; `name` is the file's, for messages.

    Raises SitesError as `load_sites` does.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SitesError(f"{name}: not valid TOML: {error}") from error
    return [_site(name, key, table) for key, table in tables.items()]


def _site(name: str, key: str, table: object) -> Site:
    where = f"{name}: [{key}]"
    if not isinstance(table, dict):
        raise SitesError(f"{name}: {key}: expected a table, as in\n\n[{key}]\nname = …\nurl = …")
    if not _KEY.fullmatch(key):
        raise SitesError(f"{where}: not fit for a file name: use a-z, 0-9 and hyphens, 64 at most")
    for option, value in table.items():
        _check(where, option, value)
    if missing := [option for option in ("name", "url") if option not in table]:
        raise SitesError(f"{where}: {' and '.join(missing)} missing")
    frozen: dict[str, Any] = {
        option: tuple(value) if isinstance(value, list) else value for option, value in table.items()
    }
    return Site(key=key, **frozen)


def is_web(value: object) -> bool:
    """Whether a value is a whole http or https address, with a host and, if any, a port that there is."""
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        return bool(parts and parts.scheme in ("http", "https") and parts.hostname and parts.port != 0)
    except ValueError:  # an address such as http://[broken or http://host:99999
        return False


def _are_sections(value: object) -> bool:
    return _are_strings(value) and all(section.startswith("/") or is_web(section) for section in value)  # type: ignore[attr-defined]


def _are_hosts(value: object) -> bool:
    return _are_strings(value) and all(_HOST.fullmatch(host) for host in value)  # type: ignore[attr-defined]


def _are_selectors(value: object) -> bool:
    return _is_mapping(value) and set(value) <= set(FIELDS) and all(map(is_selector, value.values()))  # type: ignore[call-overload, attr-defined]


def _are_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) and text for text in value)


def _is_mapping(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


_AN_HOUR = 3600
_OPTIONS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "name": (lambda value: isinstance(value, str) and value != "", 'a text such as "Phường Phúc Lợi"'),
    "url": (is_web, 'an http or https address such as "https://phucloi.hanoi.gov.vn/"'),
    "unit": (lambda value: isinstance(value, str) and units.known(value), 'a unit\'s official code, quoted: "00136"'),
    "opened": (lambda value: type(value) is date, "a date without quotes: 2025-07-01"),
    "closed": (lambda value: type(value) is date, "a date without quotes: 2025-07-01"),
    "hosts": (_are_hosts, 'a list of host names: ["portal.longbien.gov.vn"]'),
    "sections": (_are_sections, 'a list of paths: ["/cong-tac-dang1"]'),
    "layout": (lambda value: isinstance(value, str) and value in LAYOUTS, f"one of {', '.join(LAYOUTS)}"),
    "delay": (lambda value: type(value) in (int, float) and 0 <= value <= _AN_HOUR, "seconds between requests: 2.0"),
    "group": (lambda value: isinstance(value, str) and value != "", 'the name of a politeness group: "hanoi.gov.vn"'),
    "selectors": (
        _are_selectors,
        f'a table of CSS selectors, such as {{ header = ".date" }}, for some of {", ".join(FIELDS)}',
    ),
    "newszone": (_is_mapping, 'a table of tokens: { Catname = "…" }'),
    "unverified": (lambda value: isinstance(value, bool), "true or false"),
}


def _check(where: str, option: str, value: object) -> None:
    if option not in _OPTIONS:
        close = difflib.get_close_matches(option, _OPTIONS, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known keys: {', '.join(_OPTIONS)}"
        raise SitesError(f"{where}: unknown key {option!r}; {hint}")
    is_good, expected = _OPTIONS[option]
    if not is_good(value):
        raise SitesError(f"{where}: {option} = {value!r}: expected {expected}")


def parse_day(option: str, value: str | None) -> str | None:
    """Return a day that a person gave for an option; raise UsageError where it is no ISO date."""
    try:
        return date.fromisoformat(value).isoformat() if value else None
    except ValueError:
        raise UsageError(f"{option} {value}: expected a day such as 2024-01-31") from None


def choose(sites: Mapping[str, Site], keys: Iterable[str]) -> list[Site]:
    """Return portals by key, each once, in the order given; raise SitesError for an unknown one, naming its like."""
    chosen: dict[str, Site] = {}
    for key in keys:
        if key not in sites:
            close = difflib.get_close_matches(key, sites, n=3)
            hint = f"did you mean {' or '.join(close)}?" if close else "`wardnews sites` lists them"
            raise SitesError(f"unknown site {key!r}; {hint}")
        chosen[key] = sites[key]
    return list(chosen.values())


def site_of(sites: Mapping[str, Site], url: str, published: str | None) -> Site | None:
    """Return the portal that an address was of on a day: host names pass from an old portal to the next."""
    netloc = _netloc(url) if is_web(url) else ""
    owners = [site for site in sites.values() if netloc in site.netlocs]
    day = (published or date.today().isoformat())[:10]  # noqa: DTZ011
    for site in owners:
        opened = not site.opened or site.opened.isoformat() <= day
        if opened and not (site.closed and site.closed.isoformat() <= day):
            return site
    return owners[0] if owners else None
