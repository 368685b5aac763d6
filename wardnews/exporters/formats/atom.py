"""Atom (RFC 4287): one feed a portal, the newest articles first."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import quote

from wardnews.exporters.feeds import NEWEST, body_html, newest, of_the_web, portal_of, rfc3339
from wardnews.exporters.formats import Format, Lines, Sites
from wardnews.exporters.lines import language_of

ENDING = ".atom"
_NEVER = "1970-01-01T00:00:00Z"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Head:
    """What a feed says of itself: what its permanent name is made of, its own address, and the page that it is of."""

    identity: str
    title: str
    own: str
    page: str | None


def as_atom(lines: Lines, site: str, sites: Sites) -> Iterator[str]:
    """Yield the Atom feed of a portal (RFC 4287), of its JSON lines by day."""
    records = newest(lines)
    title, home = portal_of(site, sites, records)
    yield from feed(records, Head(site, title, quote(f"{site}{ENDING}"), home))


def feed(records: list[dict[str, Any]], head: Head) -> Iterator[str]:
    """Yield an Atom feed of records, the newest first."""
    updated = max(map(_updated, records), key=datetime.fromisoformat, default=_NEVER)
    yield '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    yield _element("id", _urn(head.identity)) + _element("title", head.title) + _element("updated", updated)
    yield _element("author", _element("name", head.title), raw=True)
    yield _element("link", rel="self", type="application/atom+xml", href=head.own)
    if head.page:
        yield _element("link", rel="alternate", href=head.page)
    for record in records:
        yield _element("entry", "\n" + "".join(_entry(record)), raw=True, **{"xml:lang": language_of(record)})
    yield "</feed>\n"


def _entry(record: dict[str, Any]) -> Iterator[str]:
    yield _element("id", _urn(record["id"])) + _element("title", record["title"])
    yield _element("link", rel="alternate", href=record["url"])
    yield _element("updated", _updated(record))
    if record["published"]:
        yield _element("published", rfc3339(record["published"]))
    if record["author"]:
        yield _element("author", _element("name", record["author"]), raw=True)
    if record["section"]:
        yield _element("category", term=record["section"])
    if record["lead"]:
        yield _element("summary", record["lead"])
    yield _element("content", body_html(record), type="html")
    for one in of_the_web(record["attachments"]):
        length = None if one["bytes"] is None else str(one["bytes"])
        described = {"type": one["media_type"], "length": length, "title": one["title"]}
        yield _element("link", rel="enclosure", href=one["url"], **described)


def _element(name: str, text: str | None = None, *, raw: bool = False, **attributes: str | None) -> str:
    """Write an element; `raw` is text that is XML already."""
    given = "".join(f' {key}="{_xml(value)}"' for key, value in attributes.items() if value)
    return f"<{name}{given}/>\n" if text is None else f"<{name}{given}>{text if raw else _xml(text)}</{name}>\n"


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def _updated(record: dict[str, Any]) -> str:
    """Return when an article changed last: its page was seen otherwise then, or else it was published."""
    new = record["change"] == "new"
    return (rfc3339(record["published"]) if new else None) or str(record["crawled_at" if not new else "first_seen"])


def _urn(identity: str) -> str:
    """Return the permanent name that Atom wants of a portal or an article, made of its id."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'wardnews:{identity}')}"


FORMAT = Format(feed=as_atom, ending=ENDING, newest=NEWEST)
