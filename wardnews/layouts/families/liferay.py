"""Plain Liferay portals: the Asset Publisher of Liferay 6.2 and 7, and the news portlet of Đà Nẵng's portals.

Written from Liferay's own templates (6.2 GA, 7.0 to 7.4) and the portlet's (DNICT, a public repository); no live page
was at hand. A portal that prints articles its own way (Liferay 7's display pages, `/w/slug`) is left to the generic
reader.
"""

import re
from urllib.parse import urlsplit

from wardnews.layouts.layout import Layout
from wardnews.layouts.page import Fetch, Page, words_of
from wardnews.layouts.pagers import numbered
from wardnews.text.strings import tidy
from wardnews.text.urls import address, options

_PUBLISHER = r"(?:101|com_liferay_asset_publisher_web_portlet_AssetPublisherPortlet)(?:_INSTANCE_\w+?)?"
_PORTLETS = re.compile(_PUBLISHER, re.IGNORECASE)
_KEPT = re.compile(
    rf"p_p_id|_{_PUBLISHER}_(?:cur|delta|assetEntryId|urlTitle|struts_action|mvcPath|type|groupId)"
    r"|dinhdanh|danhmuc|cat|p|id|d|c|_c",
    re.IGNORECASE,
)
_NEVER = re.compile(
    r"^/(?:en|en[-_]us|zh|ja|ko|fr)(?:/|$)|^/(?:c|o|html|documents|image|combo)/|/-/\w+/\w+/rss$"
    r"|/(?:dang-nhap|login|print|search|tim-kiem|rss|flipbook)(?:[/.]|$)",
    re.IGNORECASE,
)
_BY_NUMBER = re.compile(r"^(?:https?://[^/]+)?(/[^?#]*/?chi-tiet[\w-]*)\?(?:[^#]*&)?(?:id|d)=\d", re.IGNORECASE)
_ENTRY_ID = re.compile(r"(?:^|_)(\d+)$")


def canonical(url: str) -> str | None:
    """Return the one address of a page; None for other portlets, actions, pop-ups, print views, logins, languages.

    >>> canonical("http://a.vn/web/guest/tin/-/asset_publisher/4IVkx5/content/hop-to?inheritRedirect=false&redirect=%2Ftin")
    'http://a.vn/web/guest/tin/-/asset_publisher/4IVkx5/content/hop-to'
    >>> canonical("http://a.vn/tin?p_p_id=101_INSTANCE_x&p_p_state=normal&_101_INSTANCE_x_delta=10&_101_INSTANCE_x_cur=2")
    'http://a.vn/tin?p_p_id=101_INSTANCE_x&_101_INSTANCE_x_delta=10&_101_INSTANCE_x_cur=2'
    >>> canonical("http://a.vn/tin?p_p_id=101_INSTANCE_x&p_p_state=pop_up&_101_INSTANCE_x_viewMode=print")
    """
    return portlet_address(url, _PORTLETS, _KEPT, _NEVER)


def portlet_address(
    url: str, portlets: re.Pattern[str], kept: re.Pattern[str], never: re.Pattern[str] = _NEVER
) -> str | None:
    """Return the one address of a Liferay page with the options that are `kept`; None for one that is never followed.

    Never followed are paths that `never` is found in, other portlets than `portlets`, actions, pop-ups, print views.
    """
    if never.search(urlsplit(url).path) or any(_leads_astray(*option, portlets) for option in options(url)):
        return None
    return address(url, lambda name, _value: bool(kept.fullmatch(name)))


def _leads_astray(name: str, value: str, portlets: re.Pattern[str]) -> bool:
    return (
        (name == "p_p_id" and not portlets.fullmatch(value))
        or (name == "p_p_lifecycle" and value != "0")
        or (name == "p_p_state" and value not in ("normal", "maximized"))
        or (name == "p_p_mode" and value != "view")
        or (name.endswith("viewmode") and value == "print")
    )


def _article_id(page: Page) -> str | None:
    """Return the id of the asset's entry, which stands in every page that shows one whole, whatever its address."""
    shown = page.tree.css_first(".asset-full-content .asset-content[id], .asset-full-content > .asset-anchor[id]")
    match = _ENTRY_ID.search(shown.id or "") if shown else None
    return match[1] if match else None


def _section_of(page: Page, title: str) -> str | None:
    """Return what the breadcrumb, which may end with the article, calls the page that it stands on."""
    steps = [page.words(("a",), step) or words_of(step) for step in page.tree.css(".breadcrumb > li")]
    names = [name for step in steps if (name := tidy(step)) and name != tidy(title)]
    return names[-1] if len(names) > 1 else None


def portlet_pager(page: Page) -> Fetch | None:
    """Return the pager's link to the page after this one, by number: its words come in any language."""
    return numbered(page, "[class*='lfr-pagination'] a, .taglib-page-iterator a, .pagination a, .pagination-bar a")


def _page_of(url: str) -> str:
    """Return the page of a news portlet of the portal's own that shows an item by its number.

    >>> _page_of("http://a.vn/web/phuong-a/chi-tiet-thong-bao?d=1045"), _page_of("http://a.vn/chi-tiet-tin?dinhdanh=7")
    ('web-phuong-a-chi-tiet-thong-bao', '')
    """
    match = _BY_NUMBER.search(url)
    return match[1].strip("/").replace("/", "-").lower() if match else ""


LAYOUT = Layout(
    name="liferay",
    signs=("Liferay", "liferay", "p_p_id_", "the-article-body", "item-list-article", "asset-full-content"),
    marks=(
        "[id^='p_p_id_']",
        ".asset-full-content .journal-content-article",
        ".the-article-body",
        ".item-list-article",
    ),
    article_url=re.compile(
        r"/-/asset_publisher/\w+/content/(?:id/(\d+)|[^/?]+)"
        rf"|[?&]_{_PUBLISHER}_assetEntryId=(\d+)|[?&]_{_PUBLISHER}_urlTitle="
        r"|[?&]dinhdanh=(\d+)|/chi-tiet[\w-]*\?(?:[^#]*&)?(?:id|d)=(\d+)"
        r"|^(?:https?://[^/]+)?(?:/vi)?(?:/web/[\w-]+)?/(?:w|-)/[^/?#]+(?:$|[?#])",
        re.IGNORECASE,
    ),
    canonical=canonical,
    scope=("[id^='p_p_id_']:has(.asset-full-content)", "body:has(.asset-full-content)", ".the-article"),
    title=(
        ".title-article",
        ".taglib-header .header-title",
        ".header-title",
        ".component-title .asset-title",
        ".asset-full-content .asset-title",
    ),
    breadcrumb=(".category-breadcrump .last-li",),
    section_of=_section_of,
    header=(".the-article-timecreate", ".metadata-publish-date", ".date-info"),
    views=(".viewcount", ".metadata-view-count", ".view-count-info"),
    lead=(".the-article-summary",),
    body=(".the-article-body", ".asset-content .journal-content-article", ".asset-content"),
    author=(".metadata-author .user-info",),
    dropped=".taglib-social-bookmarks, .asset-ratings, .asset-flag, .asset-more, .asset-links, .asset-actions,"
    " .lfr-meta-actions, .taglib-asset-links, .taglib-discussion, .asset-metadata, .share-content, .xemfull-pdf",
    article_id=_article_id,
    numbered_in=_page_of,
    entries=".asset-abstract, li.title-list, .item-list-article,"
    " [id^='p_p_id_com_liferay_asset_publisher'] li.list-group-item",
    entry_link=(
        ".asset-title a[href]",
        "a.asset-title[href]",
        ".list-group-title a[href]",
        "a[href]:has(.title-item-article)",
        "a[href]",
    ),
    entry_header=(".metadata-publish-date", ".date-info", ".list-group-subtitle", ".createdtime-item-article"),
    related=".asset-links a[href], .taglib-asset-links a[href], .the-article-more-info a[href]",
    next_fetch=lambda page: portlet_pager(page) or numbered(page),
    section_links="#navigation a[href], nav a[href], [class*='site-map'] a[href],"
    " [id^='p_p_id_com_liferay_site_navigation'] a[href]",
    feeds=("sitemap.xml",),
)
