"""Feeds for feed readers: JSON Feed 1.1 and Atom, one a portal, the newest articles first."""

import json
import re
import uuid
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import urljoin

from wardnews.exporters.jsonl import known, language_of
from wardnews.sites import Site

NEWEST = 100
"""How many articles a feed has at most: readers fetch it whole, again and again."""
_NEVER = "1970-01-01T00:00:00Z"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ANY_FILE = "application/octet-stream"


def as_json_feed(lines: Iterable[str], site: str, portals: Mapping[str, Site]) -> Iterator[str]:
    """Give the JSON Feed of a portal, of its JSON lines by day."""
    records = _newest(lines)
    title, home = _portal(site, portals, records)
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": title, "home_page_url": home}
    yield json.dumps(known(feed) | {"items": list(map(_item, records))}, ensure_ascii=False, indent=1) + "\n"


def _item(record: dict[str, Any]) -> dict[str, Any]:
    images = [one["url"] for one in _of_the_web(record["images"])]
    named = {name: record[name] for name in ("id", "url", "title")}
    return {**named, "content_html": body_html(record)} | known(
        {
            "summary": record["lead"],
            "image": images[0] if images else None,
            "date_published": moment(record["published"]),
            "date_modified": None if record["change"] == "new" else record["crawled_at"],
            "authors": [{"name": record["author"]}] if record["author"] else None,
            "tags": [record["section"]] if record["section"] else None,
            "language": language_of(record),
            "attachments": [
                known({"url": one["url"], "mime_type": one["media_type"] or _ANY_FILE, "title": one["title"]})
                for one in _of_the_web(record["attachments"])
            ],
        }
    )


def as_atom(lines: Iterable[str], site: str, portals: Mapping[str, Site]) -> Iterator[str]:
    """Give the Atom feed of a portal (RFC 4287), of its JSON lines by day."""
    records = _newest(lines)
    title, home = _portal(site, portals, records)
    updated = max(map(_updated, records), key=datetime.fromisoformat, default=_NEVER)
    yield '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    yield _element("id", _urn(site)) + _element("title", title) + _element("updated", updated)
    yield _element("author", _element("name", title), raw=True)
    if home:
        yield _element("link", rel="alternate", href=home)
    for record in records:
        yield _element("entry", "\n" + "".join(_entry(record)), raw=True, **{"xml:lang": language_of(record)})
    yield "</feed>\n"


def _entry(record: dict[str, Any]) -> Iterator[str]:
    yield _element("id", _urn(record["id"])) + _element("title", record["title"])
    yield _element("link", rel="alternate", href=record["url"])
    yield _element("updated", _updated(record))
    if record["published"]:
        yield _element("published", moment(record["published"]))
    if record["author"]:
        yield _element("author", _element("name", record["author"]), raw=True)
    if record["section"]:
        yield _element("category", term=record["section"])
    if record["lead"]:
        yield _element("summary", record["lead"])
    yield _element("content", body_html(record), type="html")
    for one in _of_the_web(record["attachments"]):
        yield _element("link", rel="enclosure", href=one["url"], type=one["media_type"], title=one["title"])


def _element(name: str, text: str | None = None, *, raw: bool = False, **attributes: str | None) -> str:
    """Write an element; `raw` is text that is XML already."""
    given = "".join(f' {key}="{_xml(value)}"' for key, value in attributes.items() if value)
    return f"<{name}{given}/>\n" if text is None else f"<{name}{given}>{text if raw else _xml(text)}</{name}>\n"


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def body_html(record: dict[str, Any]) -> str:
    """Write lead, paragraphs, images and attachments of a record as plain HTML."""
    parts = [f"<p><strong>{escape(record['lead'])}</strong></p>"] if record["lead"] else []
    parts += [f"<p>{escape(paragraph)}</p>" for paragraph in record["paragraphs"]]
    for one in _of_the_web(record["images"]):
        caption = f"<figcaption>{escape(one['caption'])}</figcaption>" if one["caption"] else ""
        parts.append(f'<figure><img src="{escape(one["url"])}" alt="{escape(one["alt"] or "")}">{caption}</figure>')
    for one in _of_the_web(record["attachments"]):
        parts.append(f'<p><a href="{escape(one["url"])}">{escape(one["title"] or one["url"])}</a></p>')
    return "\n".join(parts)


def moment(published: str | None) -> str | None:
    """Write a date of publication as RFC 3339 wants it; one without a time is the midnight that begins it in Vietnam.

    >>> moment("2021-04-05T17:15+07:00"), moment("2021-04-05"), moment(None)
    ('2021-04-05T17:15:00+07:00', '2021-04-05T00:00:00+07:00', None)
    """
    if not published:
        return None
    time, zone = published[10:16] or "T00:00", published[16:] or "+07:00"
    return f"{published[:10]}{time}:00{zone}"


def _updated(record: dict[str, Any]) -> str:
    """Tell when an article changed last: its page was seen otherwise then, or else it was published."""
    new = record["change"] == "new"
    return (moment(record["published"]) if new else None) or str(record["crawled_at" if not new else "first_seen"])


def _newest(lines: Iterable[str]) -> list[dict[str, Any]]:
    """Read the last of some lines by day, the last one first."""
    return [json.loads(line) for line in reversed(deque(lines, NEWEST))]


def _portal(site: str, portals: Mapping[str, Site], records: list[dict[str, Any]]) -> tuple[str, str | None]:
    """Give name and address of a portal; of one that no sites file has, its key and the root of its newest article."""
    portal = portals.get(site)
    if portal:
        return portal.name, portal.url
    return site, urljoin(records[0]["url"], "/") if records else None


def _urn(identity: str) -> str:
    """Make the permanent name of a portal or an article that Atom wants, of its id."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'wardnews:{identity}')}"


def _of_the_web(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep what a reader may follow: a page may name `javascript:` as well."""
    return [one for one in parts if one["url"].startswith(("http://", "https://"))]
