"""The raw article of a page, once it is known where its parts stand."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborNode

from wardnews.items import Article, Attachment, Image
from wardnews.layouts.body import Body, not_body, read_body, read_files
from wardnews.layouts.canonical import named_address, names_article, without_view
from wardnews.layouts.page import Page, Parts
from wardnews.layouts.parts.attachments import attachments_beside
from wardnews.layouts.parts.continuation import Continuation, find_continuation
from wardnews.text.credits import parse_credits
from wardnews.text.encoding import doubtful_letters
from wardnews.text.header import parse_count
from wardnews.text.sample_format import compose_text
from wardnews.text.strings import tidy

if TYPE_CHECKING:
    from wardnews.layouts.layout import Layout

CONTINUED = "continued"
"""The flag of an article that goes on on pages that were not read."""
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)$", re.IGNORECASE)


def make_article(layout: "Layout", page: Page, parts: Parts) -> Article:
    """Make the raw article of its parts."""
    assert parts.body is not None  # noqa: S101 - so says Layout.locate
    further = find_continuation(page, parts)
    body = read_body(page, parts.body, layout.captions, parts.skipped | further.leaves)
    lead = parts.found.get("lead")
    shown = lead.node if lead else None
    more = shown is not None and shown.css_first("img, a, iframe, object, embed") is not None
    above = read_body(page, shown, "", not_body(page, shown)) if shown and more else Body()
    paragraphs = body.paragraphs
    signed_by, taken_from = parse_credits(paragraphs)
    section, title, header = parts.words("section"), parts.words("title") or "", parts.words("header")
    url_id = layout.article_id(page) or layout.url_id(page.url)
    url = _address(layout, page, url_id, title)
    whole = compose_text(section, title, header, [lead.words, *body.blocks] if lead else body.blocks)
    return Article(
        id=url_id or layout.url_id(url) or "",
        url=url,
        section=section,
        title=title,
        header=header,
        published=parts.words("published"),
        views=parse_count(parts.words("views") or ""),
        lead=lead.words if lead else None,
        paragraphs=paragraphs,
        images=_each_once([*_pictures(layout, page), *above.images, *body.images]),
        attachments=_attachments(layout, page, parts, [*above.attachments, *body.attachments]),
        author=_unlabelled(parts.words("author"), 0) or signed_by,
        source=_unlabelled(parts.words("source"), 1) or taken_from,
        text=whole,
        layout=layout.name,
        flags=[*page.flags, *parts.flags, *_doubts(layout, page, further), *doubtful_letters(whole)],
    )


def add_page(article: Article, part: Article, *, whole: bool) -> None:
    """Add to an article, in place, what a further page of it holds; one that shows it `whole` replaces the text."""
    head = compose_text(article.section, article.title, article.header, [])
    head_of_part = compose_text(part.section, part.title, part.header, [])
    blocks = part.text.removeprefix(head_of_part).lstrip("\n")
    if whole:
        article.lead = part.lead or article.lead
        article.paragraphs, article.images, article.attachments = [], [], []
        article.text = head
    elif part.lead and part.lead != article.lead:
        article.paragraphs.append(tidy(part.lead))
    elif part.lead:
        blocks = blocks.removeprefix(part.lead).lstrip("\n")
    article.paragraphs += part.paragraphs
    article.text = f"{article.text}\n\n{blocks}" if blocks else article.text
    article.images = _each_once([*article.images, *part.images])
    known = {one.url for one in article.attachments}
    article.attachments += [one for one in part.attachments if one.url not in known]
    article.author, article.source = article.author or part.author, article.source or part.source


def _attachments(layout: "Layout", page: Page, parts: Parts, inside: list[Attachment]) -> list[Attachment]:
    """Return the documents of an article, each once: those in its text, those that a selector names, the rest."""
    found = [*inside, *read_files(page, layout.files)]
    found += attachments_beside(page, parts, {one.url for one in found})
    once: dict[str, Attachment] = {}
    for one in found:
        once.setdefault(one.url, one)
    return list(once.values())


def _pictures(layout: "Layout", page: Page) -> list[Image]:
    """Return the pictures that stand outside of the body, but for those that lead to another page."""
    scope = page.first(layout.scope) if layout.pictures else None
    nodes = page.select(layout.pictures, scope) if scope else []
    shown = (read_body(page, node, layout.captions) for node in nodes if _leads_nowhere(layout, page, node))
    return [image for one in shown for image in one.images]


def _leads_nowhere(layout: "Layout", page: Page, node: LexborNode) -> bool:
    """Whether the links in an element lead to pictures or to the page itlayout."""
    links = filter(None, (page.link(link.attributes.get("href")) for link in node.css("a[href]")))
    return all(_PICTURE.search(url) or layout.canonical(url) == layout.canonical(page.url) for url in links)


def _doubts(layout: "Layout", page: Page, further: Continuation) -> list[str]:
    continued = further.pages or further.whole or further.first or (layout.continued and page.has(layout.continued))
    return [CONTINUED] if continued else []


def _address(layout: "Layout", page: Page, url_id: str | None, title: str) -> str:
    """Return the page's canonical address where it names the same article on this host, else the fetched one.

    A print, AMP or mobile view that names none is the article at its address without what makes it a view.
    """
    own = layout.canonical(page.url)
    named = named_address(page)
    canonical = layout.canonical(named) if named else None
    if named and canonical and _is_named(layout, page, named, url_id, title):
        return own if own and _plainest(own) == _plainest(canonical) else canonical
    return own or layout.canonical(without_view(page.url)) or page.url


def _is_named(layout: "Layout", page: Page, named: str, url_id: str | None, title: str) -> bool:
    """Whether the address that a page gives itself is that of its article."""
    named_id = layout.url_id(named)
    if url_id and named_id:
        return named_id == url_id
    return names_article(named, page.url, title)


def _unlabelled(words: str | None, place: int) -> str | None:
    """Take the label off the words that name the author (place 0) or the source (place 1)."""
    return (parse_credits([tidy(words)])[place] or words) if words else None


def _each_once(images: Iterable[Image]) -> list[Image]:
    """Keep each image in its first place, with what is said of it in any."""
    kept: dict[str, Image] = {}
    for image in images:
        known = kept.setdefault(image.url, image)
        known.caption, known.alt = known.caption or image.caption, known.alt or image.alt
    return list(kept.values())


def _plainest(url: str) -> str:
    """Return an address without its scheme and `www.`, by which a portal that has both forms differs from itself."""
    return url.partition("://")[2].removeprefix("www.")
