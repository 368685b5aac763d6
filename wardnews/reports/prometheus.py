"""How portals stand as metrics, in the text format of Prometheus."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from wardnews.reports.status import Standing
from wardnews.text.clock import VIETNAM

_DAY = 86_400


def metrics(rows: Iterable[Standing]) -> Iterator[str]:
    """Write standings in Prometheus' text format, version 0.0.4, for the textfile collector of node_exporter.

    Source: https://prometheus.io/docs/instrumenting/exposition_formats/
    """
    kept = list(rows)
    yield from _metric("portal_info", "The portals, with their names; always 1.", (
        ({"site": row.site, "name": row.name, "url": row.url}, 1) for row in kept
    ))  # fmt: skip
    for name, help_, give in _GAUGES:
        values = ((row, give(row)) for row in kept)
        yield from _metric(name, help_, (({"site": row.site}, value) for row, value in values if value is not None))
    yield from _metric("portal_finding", "What is wrong with a portal, by name; always 1.", (
        ({"site": row.site, "finding": found.name}, 1) for row in kept for found in row.findings
    ))  # fmt: skip


def _seconds(when: str | None) -> int | None:
    if when is None:
        return None
    known = datetime.fromisoformat(when)
    return int((known if known.tzinfo else known.replace(tzinfo=VIETNAM)).timestamp())


_GAUGES: tuple[tuple[str, str, Any], ...] = (
    ("portal_sick", "Whether the portal is sick.", lambda row: int(row.sick)),
    ("portal_articles", "Articles in the store, without those that are gone.", lambda row: row.articles),
    ("portal_newest_article_timestamp_seconds", "When the newest article was published.",
     lambda row: _seconds(row.newest)),
    ("portal_rhythm_seconds", "How far apart the portal's news are at most as a rule.",
     lambda row: row.rhythm and row.rhythm * _DAY),
    ("portal_next_visit_timestamp_seconds", "When the portal is due.", lambda row: _seconds(row.due)),
    ("portal_visit_timestamp_seconds", "When the last visit began.", lambda row: _seconds(row.began)),
    ("portal_visit_finished", "Whether the last visit left nothing to do.",
     lambda row: int(bool(row.ended)) if row.began else None),
    ("portal_visit_duration_seconds", "How long the last run was at the portal.", lambda row: row.seconds),
    ("portal_visit_pages", "Pages of the portal in its last run.", lambda row: row.pages),
    ("portal_visit_new_articles", "New articles in its last run.", lambda row: row.new),
    ("portal_visit_failed_pages", "Pages that failed in its last run.", lambda row: row.failed),
)  # fmt: skip


def _metric(name: str, help_: str, samples: Iterable[tuple[Mapping[str, str], float]]) -> Iterator[str]:
    yield f"# HELP wardnews_{name} {help_}"
    yield f"# TYPE wardnews_{name} gauge"
    for labels, value in samples:
        written = ",".join(f'{label}="{_escaped(words)}"' for label, words in labels.items())
        yield f"wardnews_{name}{{{written}}} {value}"


def _escaped(words: str) -> str:
    return words.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
