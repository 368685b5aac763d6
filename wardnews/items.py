"""What comes out: the article, one documented field a line, in the order of the JSON line."""

import hashlib
import json
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, get_args, get_type_hints

SCHEMA = "2"
TEXT = "text"
"""The layout of articles that were read from the sample file format."""
ENGLISH = "english_session"
"""The flag of a page that was fetched in a session of the portal's English pages: its labels are not the page's own."""
LIVE = "live"
"""The `via` of a record whose page a crawl read."""
GONE = "gone"
"""The change of an article whose page is not there any more."""
REREAD = "reread"
"""The change of a record that says otherwise what was known: its content is none that is new."""
SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"


def _field(description: str, *, listed: bool = False, default: str | int | None = None, optional: bool = False) -> Any:
    """Return a field of the record with the description that the JSON Schema publishes.

    `optional`: a page may lack it, so its coverage is counted and judged.
    """
    metadata = {"json_schema_extra": {"description": description}, "optional": optional}
    return field(default_factory=list, metadata=metadata) if listed else field(default=default, metadata=metadata)


_SHA256 = "SHA-256 of the kept file, in hex; null where none is kept"
_BYTES = "length of the kept file; null where none is kept"


@dataclass(slots=True)
class Image:
    """One image of an article."""

    url: str = field(metadata={"json_schema_extra": {"description": "absolute address"}})
    caption: str | None = _field("caption that the page marks as such")
    alt: str | None = _field("alternative text")
    media_type: str | None = _field("media type, by the content of the kept file; null where none is kept")
    sha256: str | None = _field(_SHA256)
    bytes: int | None = _field(_BYTES)


@dataclass(slots=True)
class Attachment:
    """One document of an article."""

    url: str = field(metadata={"json_schema_extra": {"description": "absolute address"}})
    title: str | None = _field("text of the link")
    media_type: str | None = _field("media type, by the content of the kept file, else by the ending of the address")
    sha256: str | None = _field(_SHA256)
    bytes: int | None = _field(_BYTES)


@dataclass(slots=True)
class Place:
    """An administrative unit."""

    name: str = field(metadata={"json_schema_extra": {"description": "name without the kind of unit"}})
    code: str | None = _field("official code of the General Statistics Office; codes are reused over time")


@dataclass(slots=True)
class Article:
    """One article: raw strings as a layout found them, then the fields that the pipelines made of them."""

    schema: str = _field("version of this record", default=SCHEMA)
    id: str = _field(
        "<site>:<the CMS's own article id>, else <site>:<16 hex of the canonical URL's SHA-256>", default=""
    )
    url: str = _field("canonical address", default="")
    site: str = _field("key of the portal in the sites files", default="")
    section: str | None = _field("heading of the section, verbatim", optional=True)
    title: str = _field("title, verbatim", default="")
    header: str | None = _field("header line, verbatim, no-break spaces kept", optional=True)
    published: str | None = _field(
        "ISO 8601 with +07:00 to the minute; a bare date where the time is unknown", optional=True
    )
    views: int | None = _field("views as shown when crawled; null where the page shows none", optional=True)
    lead: str | None = _field("opening summary (sapo)", optional=True)
    paragraphs: list[str] = _field("body in order, without lead and marked captions", listed=True, optional=True)
    images: list[Image] = _field("images of the article", listed=True, optional=True)
    attachments: list[Attachment] = _field(
        "documents of the article: linked in its text, by its title or below it, or shown in a viewer",
        listed=True,
        optional=True,
    )
    author: str | None = _field("signature or uploader", optional=True)
    source: str | None = _field("source that the article names", optional=True)
    ward: Place | None = _field("ward or commune on the day of publication", optional=True)
    district: Place | None = _field(
        "district on the day of publication; there are none since 1 July 2025", optional=True
    )
    province: Place | None = _field("province or city on the day of publication", optional=True)
    place_basis: str | None = _field("what the place was told by: site, section, title or body")
    text: str = _field("the whole article in the sample file format", default="")
    language: str = _field("language of the text: vi, en, or und where it does not show", default="und")
    layout: str = _field("layout that read the page", default="")
    via: str = _field(
        "where the page came from: live, NAME:… of an archive on the network, warc:…, arc:…, file:…", default=LIVE
    )
    crawled_at: str = _field("UTC time of reading, ISO 8601 with Z", default="")
    first_seen: str = _field("UTC time of the first reading, ISO 8601 with Z", default="")
    version: int = _field("1, 2, …: rises when the content changes", default=1)
    change: str = _field("new, edited, gone, back or reread", default="new")
    content_hash: str = _field("SHA-256 over title, lead and paragraphs, in hex", default="")
    flags: list[str] = _field("doubts, by name", listed=True)
    story: str | None = _field("id of the article that told the story first; null before the store has compared it")


OPTIONAL = tuple(one.name for one in fields(Article) if one.metadata["optional"])
"""The fields that a page may lack."""


def article_of(line: str) -> Article:
    """Return the record of a JSON line, of this version of the record or an earlier one."""
    record = json.loads(line)
    for name, part in _PARTS.items():
        value = record[name]
        record[name] = [part(**one) for one in value] if isinstance(value, list) else part(**value) if value else None
    return Article(**record | {"schema": SCHEMA})


def upgraded(line: str) -> str:
    """Return the JSON line of a record as this version of the record has it; stores hold those of earlier ones too.

    A record of version 1 knows nothing of kept files.
    """
    return line if line.startswith(BEGINNING) else json_line(article_of(line))[:-1]


def files_of(article: Article) -> list[Image | Attachment]:
    """Return the images and attachments of an article."""
    return [*article.images, *article.attachments]


def keep_files_of(article: Article, before: Article) -> None:
    """Let an article that was read anew say of its files what is known of them from before, by their addresses."""
    known = {file.url: file for file in files_of(before) if file.sha256}
    for file in files_of(article):
        if file.sha256 is None and (same := known.get(file.url)):
            file.media_type, file.sha256, file.bytes = same.media_type, same.sha256, same.bytes


def has_other_files(article: Article, before: Article) -> bool:
    """Whether a file that is known of an article has other bytes than before, under the same address."""
    known = {file.url: file.sha256 for file in files_of(before) if file.sha256}
    return any(file.sha256 and known.get(file.url, file.sha256) != file.sha256 for file in files_of(article))


def _parts() -> dict[str, type]:
    """Return the fields that hold parts of an article, or a list of them, each with the type of the part."""
    types = {name: next(filter(is_dataclass, get_args(hint)), None) for name, hint in get_type_hints(Article).items()}
    return {name: part for name, part in types.items() if isinstance(part, type)}


_PARTS = _parts()
BEGINNING = f'{{"schema": "{SCHEMA}"'
"""How the JSON line of a record of this version begins."""


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
