"""Sites files: TOML, one a province, a few lines a portal."""

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import ModuleType
from typing import Any

from wardnews.errors import SitesError
from wardnews.locale import Phrase
from wardnews.places import units
from wardnews.plugins import broken, plugin, plugins
from wardnews.sites.site import FILE_CHOICES, Site, is_web

_HOST = re.compile(r"[A-Za-z0-9.-]+(?::\d+)?")
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def load_sites(paths: Iterable[str | Path] = ()) -> dict[str, Site]:
    """Return the portals that come with wardnews or a plug-in and those of further sites files, by key.

    Raises SitesError for a file that is not readable or not TOML, an unknown key, a bad value or a site named twice.
    """
    sites: dict[str, Site] = {}
    for path in (*_packaged(__package__), *_of_plugins(), *map(Path, paths)):
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise SitesError("{path}: cannot read this sites file: {error}", path=path, error=error) from error
        for site in parse_sites(text, str(path)):
            if site.key in sites:
                raise SitesError(
                    "{path}: [{key}]: another portal has this name already; give this one its own",
                    path=path,
                    key=site.key,
                )
            sites[site.key] = site
    return sites


def _packaged(package: str | ModuleType) -> list[Traversable]:
    """Return the sites files that lie in a package, by name."""
    return sorted((file for file in files(package).iterdir() if file.name.endswith(".toml")), key=str)


def _of_plugins() -> Iterator[Traversable]:
    """Yield the sites files of other packages; raise PluginError where one has none."""
    for name in plugins("sites"):
        package = plugin("sites", name)
        found = _packaged(package) if isinstance(package, ModuleType) else []
        if not found:
            raise broken("sites", name, Phrase("expected a package with sites files, *.toml"))
        yield from found


@lru_cache(maxsize=128)
def parse_sites(text: str, name: str) -> tuple[Site, ...]:
    """Return the portals of a sites file, given as text; `name` is the file's, for messages.

    Raises SitesError as `load_sites` does.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SitesError("{name}: not valid TOML: {error}", name=name, error=error) from error
    return tuple(_site(name, key, table) for key, table in tables.items())


def _site(name: str, key: str, table: object) -> Site:
    where = f"{name}: [{key}]"
    if not isinstance(table, dict):
        raise SitesError("{name}: {key}: expected a table, as in\n\n[{key}]\nname = …\nurl = …", name=name, key=key)
    if not _KEY.fullmatch(key):
        raise SitesError("{where}: not fit for a file name: use a-z, 0-9 and hyphens, 64 at most", where=where)
    for option, value in table.items():
        _check(where, option, value)
    if missing := [option for option in ("name", "url") if option not in table]:
        raise SitesError(
            "{where}: {missing} missing",
            where=where,
            missing=missing[0] if len(missing) == 1 else Phrase("name and url"),
        )
    frozen: dict[str, Any] = {
        option: tuple(value) if isinstance(value, list) else value for option, value in table.items()
    }
    return Site(key=key, **frozen)


def _are_sections(value: object) -> bool:
    return _are_strings(value) and all(section.startswith("/") or is_web(section) for section in value)  # type: ignore[attr-defined]


def _are_hosts(value: object) -> bool:
    return _are_strings(value) and all(_HOST.fullmatch(host) for host in value)  # type: ignore[attr-defined]


def _are_selectors(value: object) -> bool:
    from wardnews.layouts import FIELDS, is_selector

    return _is_mapping(value) and set(value) <= set(FIELDS) and all(map(is_selector, value.values()))  # type: ignore[call-overload, attr-defined]


def _are_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) and text for text in value)


def _is_mapping(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def _is_layout(value: object) -> bool:
    from wardnews.layouts import LAYOUTS

    return isinstance(value, str) and value in LAYOUTS


def _layouts() -> Phrase:
    from wardnews.layouts import LAYOUTS

    return Phrase("one of {names}", names=", ".join(LAYOUTS))


def _selectors() -> Phrase:
    from wardnews.layouts import FIELDS

    return Phrase(
        'a table of CSS selectors, such as {{ header = ".date" }}, for some of {names}', names=", ".join(FIELDS)
    )


_AN_HOUR = 3600
_OPTIONS: dict[str, tuple[Callable[[Any], bool], Phrase | Callable[[], Phrase]]] = {
    "name": (lambda value: isinstance(value, str) and value != "", Phrase('a text such as "Phường Phúc Lợi"')),
    "url": (is_web, Phrase('an http or https address such as "https://phucloi.hanoi.gov.vn/"')),
    "unit": (
        lambda value: isinstance(value, str) and units.known(value),
        Phrase('a unit\'s official code, quoted: "00136"'),
    ),
    "opened": (lambda value: type(value) is date, Phrase("a date without quotes: 2025-07-01")),
    "closed": (lambda value: type(value) is date, Phrase("a date without quotes: 2025-07-01")),
    "hosts": (_are_hosts, Phrase('a list of host names: ["portal.longbien.gov.vn"]')),
    "sections": (_are_sections, Phrase('a list of paths: ["/cong-tac-dang1"]')),
    "layout": (_is_layout, _layouts),
    "delay": (
        lambda value: type(value) in (int, float) and 0 <= value <= _AN_HOUR,
        Phrase("seconds between requests: 2.0"),
    ),
    "group": (
        lambda value: isinstance(value, str) and value != "",
        Phrase('the name of a politeness group: "hanoi.gov.vn"'),
    ),
    "selectors": (_are_selectors, _selectors),
    "newszone": (_is_mapping, Phrase('a table of tokens: { Catname = "…" }')),
    "media_hosts": (_are_hosts, Phrase('a list of host names that only serve files: ["cdn.hanoi.gov.vn"]')),
    "files": (lambda value: value in FILE_CHOICES, Phrase("one of {names}", names=", ".join(FILE_CHOICES))),
    "unverified": (lambda value: isinstance(value, bool), Phrase("true or false")),
}
"""What an entry may say: whether a value is good, and what is expected, which takes all layouts for some."""


def _check(where: str, option: str, value: object) -> None:
    if option not in _OPTIONS:
        close = difflib.get_close_matches(option, _OPTIONS, n=1)
        hint = (
            Phrase("did you mean {name!r}?", name=close[0])
            if close
            else Phrase("known keys: {names}", names=", ".join(_OPTIONS))
        )
        raise SitesError("{where}: unknown key {option!r}; {hint}", where=where, option=option, hint=hint)
    is_good, expected = _OPTIONS[option]
    if not is_good(value):
        expected = expected if isinstance(expected, Phrase) else expected()
        raise SitesError(
            "{where}: {option} = {value}: expected {expected}",
            where=where,
            option=option,
            value=repr(value),
            expected=expected,
        )
