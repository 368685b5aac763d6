"""Which portals: TOML files, one a province, a few lines a portal; and how a person names one."""

from datetime import date

from wardnews.errors import UsageError
from wardnews.sites.files import load_sites, parse_sites
from wardnews.sites.find import choose, chosen_keys, in_columns, search, site_of
from wardnews.sites.site import Site, is_web, politeness_group

__all__ = [
    "Site",
    "choose",
    "chosen_keys",
    "in_columns",
    "is_web",
    "load_sites",
    "parse_day",
    "parse_days",
    "parse_sites",
    "politeness_group",
    "search",
    "site_of",
]


def parse_day(option: str, value: str | None) -> str | None:
    """Return a day that a person gave for an option; raise UsageError where it is no ISO date."""
    try:
        return date.fromisoformat(value).isoformat() if value else None
    except ValueError:
        raise UsageError("{option} {value}: expected a day such as 2024-01-31", option=option, value=value) from None


def parse_days(since: str, first: str | None, until: str, last: str | None) -> tuple[str | None, str | None]:
    """Return two days, each given for an option; raise UsageError where one is no date, or the first after the last."""
    days = parse_day(since, first), parse_day(until, last)
    if days[0] and days[1] and days[0] > days[1]:
        raise UsageError(
            "{since} {first} is after {until} {last}", since=since, first=days[0], until=until, last=days[1]
        )
    return days
