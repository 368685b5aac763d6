"""Portals on DotNetNuke, and the ASP.NET portals that were made in its manner.

Written from DotNetNuke's own marks, the selectors of public crawlers of Vietnamese sites with its news module
(EasyDNNnews), and the class names of one province's portal; no live page was at hand. Each portal has its own skin, so
only names that cannot mean anything else are here, and the generic reader does the rest.
"""

import re
from urllib.parse import urlsplit

from wardnews.layouts.layout import Layout, menu_name
from wardnews.layouts.page import Page
from wardnews.layouts.pagers import next_page
from wardnews.text.urls import address, options

_ID = "articleid|newsid|itemid|baivietid|tinid"
_NEVER = re.compile(
    r"^/(?:en|en-us)(?:/|$)|/language/en|/desktopmodules/|/(?:ctl|control)/|/dnnprintmode/|/tagid/|/authorid/"
    r"|/(?:login|dang-?nhap|register|rss|print|search|search-results|tim-?kiem|privacy|terms)(?:\.aspx)?(?:/|$)"
    r"|\.(?:ashx|asmx|axd)$",
    re.IGNORECASE,
)
_MENU = "nav a[href], [class*='menu' i] a[href], [id*='menu' i] a[href], #dnn_pnav a[href]"
_ARTICLE = re.compile(r"/(?:artmid|mid|articleid|newsid|itemid)/\d+.*", re.IGNORECASE)
_OF_TAB = re.compile(r"/tabid/(\d+)/(?:\w+/\d+/)*?(?:item)?id/\d+(?:/|$)", re.IGNORECASE)
_ASP_NET = "body:has(#__VIEWSTATE):not(:has([id*='SPWebPartManager'], [href*='/_layouts/' i]))"


def canonical(url: str) -> str | None:
    """Return the one address of a page; None for controls, print views, feeds, searches, logins, other languages.

    >>> canonical("http://a.vn/tin/artmid/486/articleid/62440/hop-to-dan-pho?language=vi-VN")
    'http://a.vn/tin/artmid/486/articleid/62440/hop-to-dan-pho'
    >>> canonical("http://a.vn/tin/ctl/login?returnurl=%2ftin"), canonical("http://a.vn/tin?SkinSrc=[G]Skins/x&dnnprintmode=true")
    (None, None)
    """
    if _NEVER.search(urlsplit(url).path) or any(_leads_astray(*option) for option in options(url)):
        return None
    return address(url, lambda name, _value: name not in ("returnurl", "language", "lang", "popup"))


def _leads_astray(name: str, value: str) -> bool:
    return (
        name in ("ctl", "dnnprintmode", "skinsrc", "containersrc")
        or (name == "popup" and value.lower() == "true")
        or (name in ("language", "lang") and value.lower().startswith("en"))
    )


def _section_of(page: Page, _title: str) -> str | None:
    """Name the section as the menu names the page that the article's address begins with."""
    path, cut = _ARTICLE.subn("", urlsplit(page.url).path)
    while cut and path:
        if name := menu_name(page, _MENU, path):
            return name
        path = path.rpartition("/")[0]
    return None


def _tab(url: str) -> str:
    """Return the tab that an item stands on, where its module numbers items apart; articles have one table.

    >>> _tab("http://a.vn/tin-tuc/tabid/95/id/30/hop-to-dan-pho"), _tab("http://a.vn/tin/artmid/486/articleid/62440/hop")
    ('tab95', '')
    """
    match = _OF_TAB.search(url)
    return f"tab{match[1]}" if match else ""


LAYOUT = Layout(
    name="dotnetnuke",
    signs=("dnn_ctr", "DesktopModules", "DotNetNuke", "__dnnVariable", "chitietbaiviet", "datearticle", "ngaythang"),
    marks=(
        "[id^='dnn_ctr']",
        "meta[name='generator' i][content*='DotNetNuke' i]",
        "#__dnnVariable",
        "link[href*='/DesktopModules/' i], script[src*='/DesktopModules/' i]",
        ".chitietbaiviet",
        "#datearticle",
        f"{_ASP_NET} .ngaythang",
    ),
    article_url=re.compile(
        rf"/(?:{_ID})/(\d+)(?:[/?.]|$)|[?&](?:{_ID})=(\d+)|/tabid/\d+/(?:\w+/\d+/)*?id/(\d+)/", re.IGNORECASE
    ),
    canonical=canonical,
    scope=(".edn_articleDetails", ".article.details", "body:has(.chitietbaiviet)"),
    title=(".edn_articleTitle", ".article.details > h1", ".title-article:has(~ .chitietbaiviet)", ".title-article"),
    breadcrumb=(".eds_breadCrumbs li:last-child a", ".eds_breadCrumbs a:last-of-type", ".breadcrumb li:last-child a"),
    section_of=_section_of,
    header=(
        ".edn_metaDetails time",
        ".edn_metaDetails1",
        ".edn_metaDetails",
        "#datearticle",
        ".title-article ~ .ngaythang",
        ".title-article ~ * .ngaythang",
    ),
    published=(".edn_metaDetails time@datetime",),
    lead=(".Detail_Summary", ".edn_articleSummary", "[class*='tomtat' i]:has(~ .chitietbaiviet)"),
    body=(".main_content", ".edn_articleContent", ".chitietbaiviet"),
    author=(".tacgia",),
    dropped=".article_pager",
    numbered_in=_tab,
    entries=".edn_article:not(.edn_articleDetails), :is(li, div):has(> .title-article):has(> .ngaythang)",
    entry_link=(".edn_articleTitle a[href]", ".title-article a[href]", "a.title-article[href]"),
    entry_header=("time", ".edn_metaDetails", ".edn_metaDetails1", ".ngaythang"),
    next_fetch=next_page,
    section_links=_MENU,
    feeds=("SiteMap.aspx",),
)
