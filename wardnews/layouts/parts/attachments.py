"""The documents of an article that stand outside of its body: by its title, below its text, in a viewer or a table."""

import re

from selectolax.lexbor import LexborNode

from wardnews.items import Attachment
from wardnews.layouts.page import Page, Parts, words_of
from wardnews.layouts.parts.article_lines import lines_of_article
from wardnews.layouts.parts.documents import documents_on, media_type
from wardnews.text.strings import tidy

_MEDIA = re.compile(r"\.mp[34](?:$|[?/])", re.IGNORECASE)
"""Beside an article, these are recordings of it being read, or of the station's."""


def attachments_beside(page: Page, parts: Parts, known: set[str]) -> list[Attachment]:
    """Return the documents of an article that stand between its title and the news below it, but for those `known`.

    `known` are absolute addresses. A list of documents at the side, in a menu or among related news is not the
    article's: so only what shares an element with title and text counts, or stands under a heading of attachments.
    """
    documents = page.once(documents_on)
    found = {key: one for key, one in documents.items() if one[1] not in known and not _MEDIA.search(one[1])}
    if not found or parts.body is None:
        return []
    beside: dict[str, Attachment] = {}
    for line in lines_of_article(page, parts, lambda link: link.mem_id in documents):
        for leaf in line.leaves:
            if leaf in found:
                node, url = found[leaf]
                beside.setdefault(url, Attachment(url, _title_of(node), media_type(url)))
    return list(beside.values())


def _title_of(node: LexborNode) -> str | None:
    """Return what the link to a document, or the frame that shows it, is called."""
    return tidy(node.attributes.get("title") or "" if node.tag != "a" else words_of(node)) or None
