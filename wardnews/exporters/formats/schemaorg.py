"""Linked data: each article as a schema.org NewsArticle in JSON-LD, one a line."""

import json
from collections.abc import Iterator
from typing import Any

from wardnews.exporters.formats import Format, Lines, Sites
from wardnews.exporters.lines import known, language_of

_ADDRESS = {"@type": "@id"}
CONTEXT = {"@vocab": "https://schema.org/", "url": _ADDRESS, "contentUrl": _ADDRESS, "interactionType": _ADDRESS}
"""In each line, so that nobody needs the network to understand it."""
_NAMES = range(2, 6)
"""How many names a person has."""
_OFFICES = (
    "ban ", "biên tập", "báo ", "công an", "cổng ", "hội ", "phòng ", "quản trị", "sở ", "trung tâm", "trường ",
    "trạm ", "ủy ban", "văn phòng", "đài ",
)  # fmt: skip


def as_linked_data(lines: Lines, sites: Sites) -> Iterator[str]:
    """Yield the articles of JSON lines as lines of JSON-LD; what is unknown is left out."""
    for line in lines:
        written = json.dumps(news_article(json.loads(line), sites), ensure_ascii=False)
        yield written.replace("<", "\\u003c") + "\n"  # so that a line may stand in a page's <script> as it is


def news_article(record: dict[str, Any], sites: Sites) -> dict[str, Any]:
    """Return a record in schema.org's words."""
    site = sites.get(record["site"])
    return known(
        {
            "@context": CONTEXT,
            "@type": "NewsArticle",
            "@id": record["url"],
            "identifier": record["id"],
            "url": record["url"],
            "headline": record["title"],
            "articleSection": record["section"],
            "datePublished": record["published"],
            "inLanguage": language_of(record),
            "abstract": record["lead"],
            "articleBody": "\n\n".join(record["paragraphs"]),
            "image": [_media("ImageObject", one, one["caption"], one["alt"]) for one in record["images"]],
            "associatedMedia": [_media("MediaObject", one, one["title"]) for one in record["attachments"]],
            "author": _author(record["author"]) if record["author"] else None,
            "creditText": record["source"],
            "publisher": known(
                {
                    "@type": "GovernmentOrganization",
                    "identifier": record["site"],
                    "name": site.name if site else None,
                    "url": site.url if site else None,
                }
            ),
            "contentLocation": _location(record),
            "interactionStatistic": None if record["views"] is None else _views(record["views"]),
            "version": record["version"],
        }
    )


def _author(name: str) -> dict[str, Any]:
    """Return who wrote an article: a person where all words are written as those of names are, else an office."""
    words = name.split()
    named = len(words) in _NAMES and all(word.istitle() for word in words)
    return {"@type": "Organization" if not named or name.lower().startswith(_OFFICES) else "Person", "name": name}


def _media(kind: str, file: dict[str, Any], name: str | None, alt: str | None = None) -> dict[str, Any]:
    """Return an image or attachment; `contentSize` and `sha256` are those of the kept file."""
    named = "caption" if kind == "ImageObject" else "name"
    size = None if file["bytes"] is None else f"{file['bytes']} B"
    said = {"@type": kind, "contentUrl": file["url"], named: name, "description": alt}
    return known(said | {"encodingFormat": file["media_type"], "contentSize": size, "sha256": file["sha256"]})


def _location(record: dict[str, Any]) -> dict[str, Any] | None:
    """Return where an article belongs: the ward within the district within the province."""
    within = None
    for place in (record["province"], record["district"], record["ward"]):
        if place:
            area = {"@type": "AdministrativeArea", "name": place["name"], "identifier": place["code"]}
            within = known(area | {"containedInPlace": within})
    return within


def _views(count: int) -> dict[str, Any]:
    return {
        "@type": "InteractionCounter",
        "interactionType": "https://schema.org/ViewAction",
        "userInteractionCount": count,
    }


FORMAT = Format(pieces=as_linked_data)
