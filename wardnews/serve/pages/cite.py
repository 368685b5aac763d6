"""How a version of an article is cited: BibTeX, CSL-JSON, and JSON-LD; each names the address that never changes."""

import json
import re
from collections.abc import Mapping
from typing import Any

from datasette.utils.asgi import Response

from wardnews.exporters.feeds import of_the_web
from wardnews.exporters.formats.schemaorg import news_article
from wardnews.exporters.lines import known, language_of
from wardnews.locale import _
from wardnews.serve.links import DATABASE, NotHere, portal_names, version_url

_TYPES = {
    "bib": "application/x-bibtex; charset=utf-8",
    "csl.json": "application/vnd.citationstyles.csl+json; charset=utf-8",
    "jsonld": "application/ld+json; charset=utf-8",
}
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_", "$": r"\$",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


async def cite(request: Any, datasette: Any) -> Any:
    """Answer a citation of a version."""
    database, seq, form = datasette.get_database(DATABASE), int(request.url_vars["seq"]), request.url_vars["form"]
    rows = (await database.execute("SELECT record FROM versions WHERE seq = ?", (seq,))).rows
    if not rows:
        raise NotHere(_("There is no such version here."))
    record, portals = json.loads(rows[0]["record"]), await portal_names(database)
    portal, kept = portals.get(record["site"], record["site"]), datasette.absolute_url(request, version_url(seq))
    if form == "bib":
        text = bibtex(record, seq, portal, kept)
    elif form == "jsonld":
        text = json.dumps(linked(record, portals), ensure_ascii=False, indent=2)
    else:
        text = json.dumps([csl(record, portal, kept)], ensure_ascii=False, indent=2)
    named = {"content-disposition": f'attachment; filename="wardnews-{seq}.{form}"'}
    return Response(text + "\n", headers=named, content_type=_TYPES[form])


def bibtex(record: dict[str, Any], seq: int, portal: str, kept: str) -> str:
    """Return an entry for BibLaTeX; `kept` is the address of the version."""
    fields = known(
        {
            "title": f"{{{_escaped(record['title'])}}}",
            "author": record["author"] and f"{{{_escaped(record['author'])}}}",
            "organization": _escaped(portal),
            "date": (record["published"] or "")[:10],
            "year": (record["published"] or "")[:4],
            "url": re.sub(r"[{}\\\s]", lambda found: f"%{ord(found[0]):02X}", record["url"]),
            "urldate": record["crawled_at"][:10],
            "langid": {"vi": "vietnamese", "en": "english"}.get(record["language"]),
            "note": rf"\url{{{kept}}}",
        }
    )
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@online{{wardnews-{seq},\n{lines},\n}}"


def csl(record: dict[str, Any], portal: str, kept: str) -> dict[str, Any]:
    """Return an item of CSL-JSON, as Zotero and pandoc read it; `kept` is the address of the version."""
    return known(
        {
            "id": record["id"],
            "type": "webpage",
            "title": record["title"],
            "container-title": portal,
            "author": [{"literal": record["author"]}] if record["author"] else None,
            "issued": _date(record["published"]),
            "accessed": _date(record["crawled_at"]),
            "URL": record["url"],
            "archive": "wardnews",
            "archive_location": kept,
            "language": language_of(record),
            "abstract": record["lead"],
        }
    )


def linked(record: dict[str, Any], portals: Mapping[str, str]) -> dict[str, Any]:
    """Return a record as JSON-LD, with the name of its portal, and of its files those that a reader may follow."""
    article = news_article(record | {kind: of_the_web(record[kind]) for kind in ("images", "attachments")}, {})
    name = portals.get(record["site"])
    return article | {"publisher": article["publisher"] | known({"name": name})}


def for_page(record: dict[str, Any], portals: Mapping[str, str]) -> str:
    """Return a record as JSON-LD that may stand in a page as data."""
    return json.dumps(linked(record, portals), ensure_ascii=False).replace("<", "\\u003c")


def _date(said: str | None) -> dict[str, Any] | None:
    return {"date-parts": [[int(part) for part in said[:10].split("-")]]} if said else None


def _escaped(text: str) -> str:
    r"""Return a text as TeX takes it.

    >>> print(_escaped("50% của A&B_{1}"))
    50\% của A\&B\_\{1\}
    """
    return "".join(_SPECIAL.get(letter, letter) for letter in text)
