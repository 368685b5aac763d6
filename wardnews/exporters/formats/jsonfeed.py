"""JSON Feed 1.1: one a portal, the newest articles first."""

import json
from collections.abc import Iterator
from typing import Any

from wardnews.exporters.feeds import NEWEST, body_html, newest, of_the_web, portal_of, rfc3339
from wardnews.exporters.formats import Format, Lines, Sites
from wardnews.exporters.lines import known, language_of

_ANY_FILE = "application/octet-stream"


def as_json_feed(lines: Lines, site: str, sites: Sites) -> Iterator[str]:
    """Yield the JSON Feed of a portal, of its JSON lines by day."""
    records = newest(lines)
    title, home = portal_of(site, sites, records)
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": title, "home_page_url": home}
    yield json.dumps(known(feed) | {"items": list(map(_item, records))}, ensure_ascii=False, indent=1) + "\n"


def _item(record: dict[str, Any]) -> dict[str, Any]:
    images = [one["url"] for one in of_the_web(record["images"])]
    named = {name: record[name] for name in ("id", "url", "title")}
    return {**named, "content_html": body_html(record)} | known(
        {
            "summary": record["lead"],
            "image": images[0] if images else None,
            "date_published": rfc3339(record["published"]),
            "date_modified": None if record["change"] == "new" else record["crawled_at"],
            "authors": [{"name": record["author"]}] if record["author"] else None,
            "tags": [record["section"]] if record["section"] else None,
            "language": language_of(record),
            "attachments": [_attachment(one) for one in of_the_web(record["attachments"])],
        }
    )


def _attachment(file: dict[str, Any]) -> dict[str, Any]:
    named = {"url": file["url"], "mime_type": file["media_type"] or _ANY_FILE, "title": file["title"]}
    return known(named | {"size_in_bytes": file["bytes"]})


FORMAT = Format(feed=as_json_feed, ending=".json", newest=NEWEST)
