"""What comes out: the article, one documented field a line, in the order of the JSON line."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

SCHEMA = "1"
TEXT = "text"
"""The layout of articles that were read from the sample file format."""
ENGLISH = "english_session"
"""The flag of a page that was fetched in a session of the portal's English pages: its labels are not the page's own."""
GONE = "gone"
"""The change of an article whose page is not there any more."""
REREAD = "reread"
"""The change of a record that says otherwise what was known: its content is none that is new."""
SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"


def _said(description: str, *, listed: bool = False, default: str | int | None = None) -> Any:
    """Return a field of the record with the description that the JSON Schema publishes."""
    metadata = {"json_schema_extra": {"description": description}}
    return field(default_factory=list, metadata=metadata) if listed else field(default=default, metadata=metadata)


@dataclass(slots=True)
class Image:
    """One image of an article."""

    url: str = field(metadata={"json_schema_extra": {"description": "absolute address"}})
    caption: str | None = _said("caption that the page marks as such")
    alt: str | None = _said("alternative text")


@dataclass(slots=True)
class Attachment:
    """One document linked from the body of an article."""

    url: str = field(metadata={"json_schema_extra": {"description": "absolute address"}})
    title: str | None = _said("text of the link")
    media_type: str | None = _said("media type, by the file's ending")


@dataclass(slots=True)
class Place:
    """An administrative unit."""

    name: str = field(metadata={"json_schema_extra": {"description": "name without the kind of unit"}})
    code: str | None = _said("official code of the General Statistics Office; codes are reused over time")


@dataclass(slots=True)
class Article:
    """One article: raw strings as a layout found them, then the fields that the pipelines made of them."""

    schema: str = _said("version of this record", default=SCHEMA)
    id: str = _said(
        "<site>:<the CMS's own article id>, else <site>:<16 hex of the canonical URL's SHA-256>", default=""
    )
    url: str = _said("canonical address", default="")
    site: str = _said("key of the portal in the sites files", default="")
    section: str | None = _said("heading of the section, verbatim")
    title: str = _said("title, verbatim", default="")
    header: str | None = _said("header line, verbatim, no-break spaces kept")
    published: str | None = _said("ISO 8601 with +07:00 to the minute; a bare date where the time is unknown")
    views: int | None = _said("views as shown when crawled; null where the page shows none")
    lead: str | None = _said("opening summary (sapo)")
    paragraphs: list[str] = _said("body in order, without lead and marked captions", listed=True)
    images: list[Image] = _said("images of the article", listed=True)
    attachments: list[Attachment] = _said("documents linked from the body", listed=True)
    author: str | None = _said("signature or uploader")
    source: str | None = _said("source that the article names")
    ward: Place | None = _said("ward or commune on the day of publication")
    district: Place | None = _said("district on the day of publication; there are none since 1 July 2025")
    province: Place | None = _said("province or city on the day of publication")
    place_basis: str | None = _said("what the place was told by: site, section, title or body")
    text: str = _said("the whole article in the sample file format", default="")
    language: str = _said("language of the text: vi, en, or und where it does not show", default="und")
    layout: str = _said("layout that read the page", default="")
    via: str = _said("where the page came from: live, wayback:…, commoncrawl:…, warc:…, file:…", default="live")
    crawled_at: str = _said("UTC time of reading, ISO 8601 with Z", default="")
    first_seen: str = _said("UTC time of the first reading, ISO 8601 with Z", default="")
    version: int = _said("1, 2, …: rises when the content changes", default=1)
    change: str = _said("new, edited, gone, back or reread", default="new")
    content_hash: str = _said("SHA-256 over title, lead and paragraphs, in hex", default="")
    flags: list[str] = _said("doubts, by name", listed=True)
    story: str | None = _said("id of the article that told the story first; null before the store has compared it")


def article_of(line: str) -> Article:
    """Return the record of a JSON line."""
    record = json.loads(line)
    for name, part in (("images", Image), ("attachments", Attachment)):
        record[name] = [part(**one) for one in record[name]]
    for name in ("ward", "district", "province"):
        record[name] = Place(**record[name]) if record[name] else None
    return Article(**record)


def record_id(site: str, own: str, url: str) -> str:
    """Return the id of an article: made of the CMS's own id where there is one, else of the canonical address."""
    return f"{site}:{own or hashlib.sha256(url.encode()).hexdigest()[:16]}"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a record, made of the dataclass: every key required, in order, nothing beside them."""
    from itemadapter import ItemAdapter  # imports all of Scrapy

    schema = _all_required(ItemAdapter.get_json_schema(Article))
    return {"$schema": SCHEMA_ID, "title": "wardnews article", "description": "One line of a wardnews feed."} | schema


def _all_required(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema without defaults, every key required, at every depth: a record always has all its keys."""
    schema = {key: value for key, value in schema.items() if key not in ("default", "required")}
    if "properties" in schema:
        schema["properties"] = {name: _all_required(value) for name, value in schema["properties"].items()}
        schema["required"] = list(schema["properties"])
    if "items" in schema:
        schema["items"] = _all_required(schema["items"])
    if "anyOf" in schema:
        schema["anyOf"] = [_all_required(option) for option in schema["anyOf"]]
    return schema


def content_hash(title: str, lead: str | None, paragraphs: list[str]) -> str:
    """Return the SHA-256, in hex, of what an edit would change: title, lead and paragraphs as a JSON array."""
    content = json.dumps([title, lead, paragraphs], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def json_line(article: Article) -> str:
    """Return a record as one line of JSON: every key, in order, letters as they are."""
    return _ENCODER.encode(article) + "\n"


def _fields(part: Any) -> dict[str, Any]:
    return {name: getattr(part, name) for name in part.__slots__}


_ENCODER = json.JSONEncoder(ensure_ascii=False, default=_fields)
