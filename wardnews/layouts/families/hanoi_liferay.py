"""The district, ward and department portals of Hà Nội from about 2012 to mid 2025.

Liferay 6.2 with a customised Asset Publisher (portlet 101). Checked against eight pages of the department of
information's portal, saved by a third party in August 2022.
"""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from wardnews.layouts.layout import Layout
from wardnews.layouts.page import Fetch, Page

_QUERY = re.compile(r"_101(?:_INSTANCE_\w+?)?_(?:cur|delta|assetEntryId|urlTitle|struts_action|type)|p_p_id")
_NEVER = re.compile(
    r"\.html/"  # /slug.html/vi: the section's listing again, endlessly deep
    r"|^/(?:en|vi)(?:/|$)"  # a language switch sticks to the session
    r"|/(?:dang-nhap|login|print|c/portal|image|documents)(?:[/.]|$)"
)
_ASSET_ID = re.compile(r"_(\d+)$")
_PAGE_NUMBER = re.compile(r"[?&]_101(?:_INSTANCE_\w+?)?_cur=(\d{1,9})(?!\d)")


@lru_cache(maxsize=1024)
def canonical(url: str) -> str | None:
    """Return the one address of a page; None for language switches, print views, polls, logins, pop-ups and actions.

    >>> canonical("http://a.hanoi.gov.vn/tin;jsessionid=1F?p_p_id=101&p_p_state=normal&_101_delta=10&_101_cur=2")
    'http://a.hanoi.gov.vn/tin?p_p_id=101&_101_delta=10&_101_cur=2'
    >>> canonical("http://a.hanoi.gov.vn/tin?p_p_id=59_INSTANCE_6a&p_p_state=pop_up")
    """
    scheme, host, path, query, _ = urlsplit(url)
    path = re.sub(r";jsessionid=[^/]*", "", path, flags=re.IGNORECASE) or "/"
    options = parse_qsl(query, keep_blank_values=False)
    if _NEVER.search(path) or any(_leads_astray(name, value) for name, value in options):
        return None
    kept = [(name, value) for name, value in options if _QUERY.fullmatch(name)]
    return urlunsplit((scheme, host.lower(), path, urlencode(kept), ""))


def _leads_astray(name: str, value: str) -> bool:
    return (
        (name == "p_p_id" and not re.fullmatch(r"101(?:_INSTANCE_\w+)?", value))
        or (name == "p_p_state" and value not in ("normal", "maximized"))
        or (name == "p_p_lifecycle" and value != "0")
    )


def _article_id(page: Page) -> str | None:
    content = page.tree.css_first('.asset-content[id^="_101_"]')
    match = _ASSET_ID.search(content.id or "") if content else None
    return match[1] if match else None


def _section_of(page: Page, title: str) -> str | None:
    """Return the name of the page that an article stands on: the middle of `<title>`, title - page - portal."""
    words = page.words(("title",)) or ""
    rest = words.removeprefix(title).strip().removeprefix("- ").split(" - ")
    return rest[0] if words.startswith(title) and len(rest) == 2 else None  # noqa: PLR2004


def _next_fetch(page: Page) -> Fetch | None:
    """Return the pager's link to the page after this one, by number: its words come in two languages."""
    here = _PAGE_NUMBER.search(page.url)
    following = str(int(here[1]) + 1) if here else "2"
    for link in page.tree.css("ul.lfr-pagination-buttons li:not(.disabled) a, .taglib-page-iterator a"):
        href = link.attributes.get("href") or ""
        number = _PAGE_NUMBER.search(href)
        if number and number[1] == following and (url := page.link(href)):
            return Fetch(url)
    return None


LAYOUT = Layout(
    name="hanoi-liferay",
    made_on="liferay",
    undated=True,
    signs=("asset-full-content-title", "asset-bounddary", "assetPublishDate", "dd_chuyenmuc", "portalnewspublisher"),
    marks=(
        ".asset-full-content-title",
        ".asset-bounddary",
        ".assetPublishDate",
        ".dd_chuyenmuc",
        "[id*='portalnewspublisher']",
    ),
    article_url=re.compile(
        r"/-/view_content/(\d+)-|[?&]_101(?:_INSTANCE_\w+?)?_assetEntryId=(\d+)"
        r"|[?&]_101(?:_INSTANCE_\w+?)?_urlTitle=|/-/asset_publisher/\w+/content/"
    ),
    canonical=canonical,
    scope=(".portlet-asset-publisher:has(.asset-full-content-title)", "body:has(.asset-full-content-title)"),
    title=(".asset-full-content-title",),
    section=(".portlet-title-text",),
    breadcrumb=(".dd_chuyenmuc .tintuc",),
    section_of=_section_of,
    header=(".assetPublishDate",),
    lead=(".sapo-wrapper", ".sapo"),
    body=(".asset-content[id]", ".journal-content-article"),
    author=(".view-content-author",),
    captions="figcaption, .caption, .image-caption, .img-caption, .ck-caption",
    dropped=".Relatednew, .related_asset, .related_asset_title, .asset-control-detail, .asset-metadata,"
    " .entry-links, .taglib-ratings, .taglib-discussion, .taglib-social-bookmarks, .asset-related-assets",
    ends_scope=True,
    article_id=_article_id,
    entries=".asset-abstract",
    entry_link=(".asset-title a",),
    entry_header=(".assetPublishDate",),
    related=".related_asset_list a[href], .tinkhac a[href]",
    next_fetch=_next_fetch,
    section_links=".portlet-site-map a[href], #navigation a[href], ul.navi a[href], h3.tlecmh3 a[href],"
    " a.icon-detail[href]",
)
