"""What feeds for feed readers share: one a portal, the newest articles first."""

import json
from collections import deque
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any
from urllib.parse import quote, urljoin
from xml.sax.saxutils import quoteattr

from wardnews.exporters.formats import Lines, Sites

LIST = "feeds.opml"
NEWEST = 100
"""How many articles a feed has at most: readers fetch it whole, again and again."""


def body_html(record: dict[str, Any]) -> str:
    """Return lead, paragraphs, images and attachments of a record as plain HTML."""
    parts = [f"<p><strong>{escape(record['lead'])}</strong></p>"] if record["lead"] else []
    parts += [f"<p>{escape(paragraph)}</p>" for paragraph in record["paragraphs"]]
    for one in of_the_web(record["images"]):
        caption = f"<figcaption>{escape(one['caption'])}</figcaption>" if one["caption"] else ""
        parts.append(f'<figure><img src="{escape(one["url"])}" alt="{escape(one["alt"] or "")}">{caption}</figure>')
    for one in of_the_web(record["attachments"]):
        parts.append(f'<p><a href="{escape(one["url"])}">{escape(one["title"] or one["url"])}</a></p>')
    return "\n".join(parts)


def rfc3339(published: str | None) -> str | None:
    """Return a date of publication as RFC 3339 wants it; one without a time is the midnight that begins it in Vietnam.

    >>> rfc3339("2021-04-05T17:15+07:00"), rfc3339("2021-04-05"), rfc3339(None)
    ('2021-04-05T17:15:00+07:00', '2021-04-05T00:00:00+07:00', None)
    """
    if not published:
        return None
    time, zone = published[10:16] or "T00:00", published[16:] or "+07:00"
    return f"{published[:10]}{time}:00{zone}"


def newest(lines: Lines) -> list[dict[str, Any]]:
    """Return the records of the last of some lines by day, the last one first."""
    return [json.loads(line) for line in reversed(deque(lines, NEWEST))]


def portal_of(site: str, sites: Sites, records: list[dict[str, Any]]) -> tuple[str, str | None]:
    """Return name and address of a portal; where no sites file has it, its key and the root of its newest article."""
    portal = sites.get(site)
    if portal:
        return portal.name, portal.url
    return site, urljoin(records[0]["url"], "/") if records else None


def opml(feeds: Iterable[tuple[str, str]], sites: Sites) -> Iterator[str]:
    """Yield a list of feeds for feed readers (OPML 2.0), given portals and the names of their files."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n<head><title>wardnews</title></head>\n<body>\n'
    for key, file in feeds:
        title, home = portal_of(key, sites, [])
        said = {"type": "rss", "text": title, "title": title, "xmlUrl": quote(file), "htmlUrl": home}
        yield f"<outline {' '.join(f'{name}={quoteattr(value)}' for name, value in said.items() if value)}/>\n"
    yield "</body>\n</opml>\n"


def of_the_web(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those parts that a reader may follow: a page may name `javascript:` as well."""
    return [one for one in parts if one["url"].startswith(("http://", "https://"))]
