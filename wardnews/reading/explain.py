"""Why a page was read as it was: for each field what gave it, and the candidates that lost."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from wardnews.items import OPTIONAL, Article
from wardnews.layouts import Found, Layout, Page, Parts
from wardnews.locale import Phrase, gettext_noop
from wardnews.places.evidence import found_by, passed_over
from wardnews.places.find import Where
from wardnews.reading.page import layout_of, raw_article
from wardnews.reading.stages import finish, where_on
from wardnews.sites import Site
from wardnews.text.header import Header, parse_header
from wardnews.text.strings import tidy

_FROM_PAGE = ("section", "title", "header", "lead", "author", "source")
_ALWAYS = {"id", "url", "title", "place_basis", "flags"}
_ABOVE = {"district", "province"}
"""Places that follow from the ward."""
_SHOWN = ("layout", *(one.name for one in fields(Article) if one.name in {*OPTIONAL, *_ALWAYS} - _ABOVE))
_MOST_LOST, _LONGEST = 5, 80

Explained = dict[str, Any]
"""What is said of a field: `value`, `rule` (what gave it, or null), `lost` (candidates, each with value and rule)."""


def explain(page: Page, sites: Mapping[str, Site], via: str, when: str | None = None) -> dict[str, Explained]:
    """Return for each field of a page's article the value, the rule that gave it and the candidates that lost.

    Raises UnreadablePage where the page holds no article.
    """
    layout = layout_of(page, sites)
    article = finish(raw_article(page, sites, via, when), sites)
    parts = layout.locate(page) or Parts()
    record = asdict(article)
    explained: dict[str, Explained] = {name: {"value": record[name], "rule": None, "lost": []} for name in _SHOWN}
    for name in _FROM_PAGE:
        explained[name] |= _of_part(layout, page, parts, name)
    explained["layout"]["rule"] = (
        gettext_noop("no known system's mark") if layout.name == "anyportal" else layout.why(page)
    )
    explained["url"]["rule"] = (
        gettext_noop("the page's own canonical address")
        if article.url != page.url
        else gettext_noop("the address it was read from")
    )
    explained["paragraphs"]["rule"] = parts.body_rule or _body_rule(layout, parts)
    for name in ("author", "source"):
        if explained[name]["value"] and not explained[name]["rule"]:
            explained[name]["rule"] = gettext_noop("a line at the end of the body")
    explained["published"] |= _of_date(article, parts)
    explained["views"] |= _of_views(article, parts)
    _explain_place(explained, where_on(article, sites.get(article.site), article.published))
    explained["id"]["rule"] = (
        gettext_noop("the CMS's own id")
        if layout.article_id(page) or layout.url_id(page.url)
        else gettext_noop("hash of the url")
    )
    return explained


def _explain_place(explained: dict[str, Explained], where: Where) -> None:
    """Add what gave the place, and the places that were named and do not count."""
    rule = found_by(where)
    explained["ward"] |= {"rule": rule if explained["ward"]["value"] else None}
    explained["ward"] |= {"lost": [{"value": words, "rule": why} for words, why in passed_over(where)][:_MOST_LOST]}
    explained["place_basis"]["rule"] = rule


def _of_part(layout: Layout, page: Page, parts: Parts, name: str) -> Explained:
    found = parts.found.get(name)
    if found is None:
        return {}
    lost = _rivals(parts, name) or layout.candidates(page, name)
    others = {one.words: one for one in lost if tidy(one.words) != tidy(found.words)}
    return {"rule": found.rule, "lost": [_lost(one) for one in others.values()][:_MOST_LOST]}


def _rivals(parts: Parts, name: str) -> list[Found]:
    return parts.rivals[name]() if name in parts.rivals else []


def _lost(found: Found) -> dict[str, str]:
    words = found.words if len(found.words) <= _LONGEST else f"{found.words[:_LONGEST]}…"
    return {"value": words, "rule": found.rule}


def _body_rule(layout: Layout, parts: Parts) -> str | None:
    """Name the selector that the body's element is found by."""
    if parts.body is None:
        return None
    return next((selector for selector in layout.body if parts.body.css_matches(selector)), None)


def _of_date(article: Article, parts: Parts) -> Explained:
    """Return which of the header line and the date for machines was believed."""
    header = parse_header(article.header or "", datetime.fromisoformat(article.crawled_at))
    shown = _form(header)
    exact = parts.found.get("published")
    if not article.published or exact is None:
        return {"rule": shown if article.published else None}
    if header.published == article.published:
        return {"rule": shown, "lost": [_lost(exact)]}
    return {"rule": exact.rule, "lost": [{"value": header.published, "rule": shown}] if header.published else []}


def _form(header: Header) -> str:
    if not header.form:
        return gettext_noop("header line, read in part")
    return str(Phrase("header line, form “{form}”", form=header.form))


def _of_views(article: Article, parts: Parts) -> Explained:
    header = parse_header(article.header or "", datetime.fromisoformat(article.crawled_at))
    if article.views is None:
        return {}
    if header.views == article.views:
        return {"rule": _form(header), "lost": [_lost(one) for one in _rivals(parts, "views")]}
    found = parts.found.get("views")
    return {"rule": found.rule if found else None, "lost": [_lost(one) for one in _rivals(parts, "views")]}
