"""How portals stand, in words for people: what the pages of portals and the file of `status --html` say alike."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from wardnews.locale import _, day, ngettext
from wardnews.locale.recognized import recognized
from wardnews.serve.drawing.calendar import strip_of
from wardnews.text.clock import VIETNAM


def finding_names() -> dict[str, str]:
    """Return what findings are called."""
    return {
        "challenge": _("asks visitors to prove to be a browser"),
        "unreadable": _("nothing can be read"),
        "no_sections": _("no sections found"),
        "no_listing": _("no listing page found"),
        "listing_empty": _("a section lists no articles"),
        "section_gone": _("a section is gone"),
        "fields_lost": _("fields are missing"),
        "body_halved": _("texts have become shorter"),
        "layout_changed": _("redesigned"),
        "silent": _("silent for longer than usual"),
        "header_unread": _("lines of date and views not read whole"),
    }


def shown(standing: Mapping[str, Any], name: str, counts: Mapping[str, int], now: str) -> dict[str, Any]:
    """Return how a portal stands, as templates show it; of its standing as JSON has it, and its articles by day.

    `now`: when that was found, UTC.
    """
    names = finding_names()
    interval = standing["rhythm"]
    return {
        "site": standing["site"],
        "name": name,
        "url": standing["url"],
        "articles": standing["articles"],
        "newest": (standing["newest"] or "")[:10],
        "every": ngettext("{days} day", "{days} days", interval).format(days=interval) if interval else "",
        "visited": _local(standing["began"]),
        "due": _due(standing, now),
        "closed": standing["closed"],
        "sick": standing["sick"],
        "left": recognized(standing["left"] or ""),
        "findings": [
            found | {"title": names.get(found["name"], found["name"]), "what": recognized(found["what"])}
            for found in standing["findings"]
        ],
        "strip": strip_of(counts, _day(now)),
    }


def _due(standing: Mapping[str, Any], now: str) -> str:
    if standing["closed"]:
        return _("closed on {day}").format(day=day(standing["closed"]))
    if standing["due"] is None:
        return ""
    return _("now") if standing["due"] <= now else _local(standing["due"])


def _local(when: str | None) -> str:
    """Write a UTC time as Vietnam's clock shows it."""
    return day(datetime.fromisoformat(when).astimezone(VIETNAM).isoformat()) if when else ""


def _day(now: str) -> date:
    return datetime.fromisoformat(now).astimezone(VIETNAM).date()


def by_portal(rows: Iterable[tuple[str, str, int]]) -> dict[str, dict[str, int]]:
    """Return articles by portal and day; of rows of portal, day and number."""
    found: dict[str, dict[str, int]] = {}
    for site, at, count in rows:
        found.setdefault(site, {})[at] = count
    return found


def summary(rows: list[dict[str, Any]], now: str) -> dict[str, Any]:
    """Return what stands above the table of portals."""
    return {"rows": rows, "unhealthy": sum(bool(row["sick"]) for row in rows), "at": _local(now)}
