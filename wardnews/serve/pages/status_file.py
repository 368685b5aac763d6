"""The page of all portals as one file that needs no server: `wardnews status --html FILE`."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from wardnews.reports.status import Standing
from wardnews.serve.drawing.calendar import WEEKS
from wardnews.serve.links import STATIC, TEMPLATES
from wardnews.serve.pages.standing import by_portal, shown, summary
from wardnews.serve.speech import let_speak
from wardnews.store.database import Store
from wardnews.store.queries import daily_counts
from wardnews.text.clock import timestamp


def status_page(store: Store, rows: list[Standing], names: Mapping[str, str]) -> str:
    """Return how portals stand as an HTML page with all that it needs, in the language that is spoken."""
    now = timestamp()
    since = (datetime.fromisoformat(now) - timedelta(weeks=WEEKS + 1)).date().isoformat()
    counts = by_portal(daily_counts(store, since))
    portals = []
    for row in rows:
        standing = asdict(row) | {"findings": [found._asdict() for found in row.findings]}
        portals.append(shown(standing, names.get(row.site, row.name), counts.get(row.site, {}), now))
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    let_speak(environment)
    style = Markup(STATIC.joinpath("style.css").read_text(encoding="utf-8"))  # noqa: S704 - our own
    return environment.get_template("status.html").render(**summary(portals, now), style=style, linked=False) + "\n"
