"""The portals of Hà Nội's 126 wards and communes, and of the city itself, since July 2025.

The city's own CMS: articles at `/<category>/<slug>-<ID>.htm`, listings by POST to `/api/NewsZone/NewsZone` with tokens
that the page carries. Written from the descriptions of public crawlers of 2026, and from five saved pages of newspapers
on the same publisher's system, which have boxes in their text and name the innermost category last. No page of a ward
was at hand: how it carries the tokens is not known, so they are looked for in scripts, data attributes and hidden
inputs alike.
"""

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

from wardnews.layouts.layout import Layout, menu_name
from wardnews.layouts.page import Fetch, Page
from wardnews.locale import Phrase

API = "/api/NewsZone/NewsZone"
TOKENS = ("PageSize", "Catname", "LanguageId", "Site")
_IN_TEXT = {
    name: re.compile(rf"""["']?\b{name}["']?\s*[:=,]\s*["']([A-Za-z0-9+/=%_-]{{2,}})["']""", re.IGNORECASE)
    for name in TOKENS
}
_MENU = "nav a[href], header a[href], [class*='menu'] a[href], [class*='breadcrumb'] a[href]"
_BOXES = (
    ".VCObjectBoxRelatedNews, .kbwscwl, [type='RelatedOneNews'], .readmore-body-box, #listNewsInContent"
    ", [data-marked-zoneid*='relatednews' i]"
)
"""Boxes of other news within the text."""
_NEVER = re.compile(
    r"^/(?:en|vi)(?:/|\.htm|$)|/(?:print|dang-nhap|login|tim-kiem|search|rss|api)(?:[/.]|$)", re.IGNORECASE
)


def canonical(url: str) -> str | None:
    """Return the one address of a page, without query; None for print views, logins, searches and language switches.

    >>> canonical("https://phucloi.hanoi.gov.vn/tin-tuc/khai-mac-2702250715095147047.htm?utm_source=x")
    'https://phucloi.hanoi.gov.vn/tin-tuc/khai-mac-2702250715095147047.htm'
    """
    scheme, host, path, _, _ = urlsplit(url)
    return None if _NEVER.search(path) else urlunsplit((scheme, host.lower(), path or "/", "", ""))


def tokens(page: Page) -> dict[str, str]:
    """Return the tokens of the listing call in a page: in its scripts, data attributes or hidden inputs."""
    found = {name: page.tokens[name] for name in TOKENS if name in page.tokens}
    scripts = [script.text() for script in page.tree.css("script")]
    scripts = [script for script in scripts if _IN_TEXT["Catname"].search(script)] or scripts
    for name in TOKENS:
        node = page.tree.css_first(f"input[name='{name}' i], input[id='{name}' i]")
        value = node.attributes.get("value") if node else None
        node = page.tree.css_first(f"[data-{name.lower()}]")
        value = value or (node.attributes.get(f"data-{name.lower()}") if node else None)
        if not value:
            value = next((match[1] for script in scripts if (match := _IN_TEXT[name].search(script))), None)
        if value:
            found[name] = value
    return found


def _next_fetch(page: Page) -> Fetch | None:
    """Ask for the first page of the list by the page's tokens, and after a page of the list for the next."""
    if page.fetch.form:
        number = int(page.fetch.form.get("PageIndex", "0")) + 1
        return Fetch(page.url, {**page.fetch.form, "PageIndex": str(number)}, by_script=True)
    found = tokens(page)
    if "Catname" not in found:
        return None
    return Fetch(urljoin(page.url, API), {"PageIndex": "0", **found}, by_script=True)


def _next_note(page: Page) -> str | None:
    lacking = [name for name in TOKENS if name not in tokens(page)]
    if "Catname" not in lacking:
        return None
    note = Phrase(
        "listing tokens not found ({names}), so only the first listing page was read", names=", ".join(lacking)
    )
    return str(note)


def _section_of(page: Page, _title: str) -> str | None:
    """Name the section as the menu names the category in the article's address."""
    path = urlsplit(page.url).path.rpartition("/")[0]
    return menu_name(page, _MENU, f"{path}.htm") or menu_name(page, _MENU, path) if path else None


LAYOUT = Layout(
    undated=True,
    signs=("news-item", "data-role", "news-detail", "NewsZone", "afcbc-body"),
    name="hanoi-newszone",
    marks=(
        ".detail-content.afcbc-body",
        ".news-item[data-id] .news-title",
        "[data-role='content'][class*='detail-content']",
        "div.news-detail:has(.news-info), div.news-detail:has(.detail-content)",
    ),
    script_mark="NewsZone",
    article_url=re.compile(r"/[^/?]+-(\d{15,22})\.(?:htm|chn)(?:$|\?)"),
    canonical=canonical,
    scope=("body:has(.detail-content, .news-detail, [data-role='content'])",),
    title=(".detail-title", "[data-role='title']", ".news-detail h1", "h1:not(header *)"),
    section=(".detail-breadcrumb li:last-child a", "[data-role='cate-name']", ".detail-cate"),
    breadcrumb=(".breadcrumb li:last-child a", ".breadcrumb a:last-of-type"),
    section_of=_section_of,
    header=(
        "[data-role='publishdate']",
        ".detail-time",
        ".news-info .time",
        ".news-detail .time",
        "meta[property='article:published_time']@content",
    ),
    views=(".news-info .view", ".detail-view", "[data-role='view']"),
    lead=(".detail-sapo", "[data-role='sapo']", ".news-detail .news-sapo", ".news-detail .sapo"),
    body=("[data-role='content']", ".detail-content", ".news-detail"),
    author=(
        ".detail-author-list-sw",
        "[data-role='author'] .name",
        "[data-role='author']",
        ".detail-author .name",
        ".detail-author",
        ".content_source .author",
    ),
    source=("[data-role='source']", ".detail-source", "[data-field='source']", ".content_source .source"),
    captions="figcaption, .PhotoCMS_Caption, .VideoCMS_Caption",
    dropped=f"{_BOXES}, .VCSortableInPreviewMode[type*='related' i], .VCSortableInPreviewMode[type*='embed' i],"
    " [data-role='tags'], .detail-tags, .tags, .news-info, .detail-related, .news-related, .social, .share",
    entries=".news-item",
    entry_link=(".news-info > a[href]", "a[href]:has(.news-title)", ".news-title a[href]", "a[href]"),
    entry_header=(".news-time@title", ".news-time"),
    next_fetch=_next_fetch,
    next_note=_next_note,
    section_links=f"{_MENU}, a[href$='.htm']",
)
