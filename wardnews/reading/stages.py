"""Raw strings -> fields -> checked: the stages that every article passes, in the order of this file. Pure.

Each changes the article in place. The crawl's item pipelines (`wardnews.pipelines`) call them one by one, `finish` all.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from wardnews.errors import UnreadablePage
from wardnews.items import ENGLISH, GONE, TEXT, Article, content_hash, record_id
from wardnews.places.find import UNSURE, Where, where
from wardnews.places.units import LAST_DAY_OF_DISTRICTS
from wardnews.sites import Site
from wardnews.text.clock import VIETNAM, is_future, timestamp
from wardnews.text.header import Header, agree, is_english, parse_header
from wardnews.text.language import language
from wardnews.text.strings import nfc, tidy, without_controls

_SHORT = 80
"""Characters of lead and paragraphs; below them a body is flagged."""
_WORDS_OR_NULL = ("section", "header", "lead", "author", "source")
_WORDS = (*_WORDS_OR_NULL, "title", "text", "url")


def clean(article: Article) -> None:
    """Compose every string to NFC, without control characters; make empty ones null, tell the language."""
    files = (*article.images, *article.attachments)
    named = [(one, name) for one in files for name in ("url", "caption", "alt", "title") if getattr(one, name, None)]
    named += [(article, name) for name in _WORDS if getattr(article, name)]
    words = [getattr(one, name) for one, name in named]
    if _cleaned(whole := "\n".join((*words, *article.paragraphs))) != whole:  # few pages have any to clean
        for (one, name), value in zip(named, words, strict=True):
            setattr(one, name, _cleaned(value))
        article.paragraphs = list(map(_cleaned, article.paragraphs))
    for name in _WORDS_OR_NULL:
        if not (getattr(article, name) or "").strip():
            setattr(article, name, None)
    article.lead = tidy(article.lead) if article.lead else None
    article.paragraphs = [one for paragraph in article.paragraphs if (one := tidy(paragraph))]
    article.language = language(" ".join((article.title, article.lead or "", *article.paragraphs)))


def _cleaned(words: str) -> str:
    return nfc(without_controls(words))


def read_header(article: Article) -> None:
    """Turn the header line, and the date for machines, into `published` and `views`, and their doubts into flags.

    Relative times count from `crawled_at`.
    """
    now = datetime.fromisoformat(article.crawled_at)
    header = parse_header(article.header, now) if article.header else Header()
    exact = parse_header(article.published, now).published if article.published else None
    if exact and "relative_date" in header.flags:
        header = replace(header, published=None, flags=())
    article.published, doubts = agree(header.published, exact)
    article.views = article.views if header.views is None else header.views
    article.flags.extend((*header.flags, *doubts))
    if article.language == "vi" and article.header and is_english(article.header):
        article.flags.append(ENGLISH)
    if not article.published:
        article.flags.append("no_date")
    elif is_future(article.published, now):
        article.flags.append("future_date")


def place(article: Article, site: Site | None) -> None:
    """Fill the ward, district and province of the day of publication, by the portal's unit and what is named."""
    found = where_on(article, site, article.published)
    if not article.published:  # of before or after July 2025, where the portal lived through both
        found = found.and_on(where_on(article, site, LAST_DAY_OF_DISTRICTS))
    article.ward, article.district, article.province = found.ward, found.district, found.province
    article.place_basis = found.basis
    if found.unsure:
        article.flags.append(UNSURE)
    if site and site.closed and article.published and article.published[:10] >= site.closed.isoformat():
        article.flags.append("after_closing")


def where_on(article: Article, site: Site | None, published: str | None) -> Where:
    """Return where an article belongs, if it was published on a day; None is today, or the last day of its portal."""
    today = datetime.now(VIETNAM).date()
    day = site.day_of(published, today) if site else (published or today.isoformat())[:10]
    lines = filter(None, (article.lead, *article.paragraphs[:2]))
    return where(site.unit if site else None, day, article.section, article.title, lines)


def check(article: Article, site: Site | None) -> None:
    """Fill an article's id, hash and flags; raise UnreadablePage, with the reason, for what is no article."""
    if not article.title.strip():
        raise UnreadablePage("no title: {url}", url=article.url)
    body = article.lead or article.paragraphs or article.images or article.attachments
    if not body and article.layout != TEXT:  # a text does not hold the pictures of an article of pictures
        raise UnreadablePage("nothing below the title: {url}", url=article.url)
    article.id = record_id(article.site, article.id, site.own(article.url) if site else article.url)
    article.first_seen = article.first_seen or article.crawled_at
    measure(article)


def measure(article: Article) -> None:
    """Set what depends on the whole text of an article, in place: its hash, and whether it is short."""
    article.content_hash = content_hash(article.title, article.lead, article.paragraphs)
    is_short = len(article.lead or "") + sum(map(len, article.paragraphs)) < _SHORT
    flags = [*(flag for flag in article.flags if flag != "short_body"), *["short_body"][:is_short]]
    article.flags = list(dict.fromkeys(flags))


def finish(article: Article, sites: Mapping[str, Site]) -> Article:
    """Return a raw article, changed in place, after all stages; raise UnreadablePage where it is none.

    One that is gone has been this way before.
    """
    article.crawled_at = article.crawled_at or timestamp()
    if article.change != GONE:
        site = sites.get(article.site)
        clean(article)
        read_header(article)
        place(article, site)
        check(article, site)
    return article
