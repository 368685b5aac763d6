"""The portals of the CMS of VHV / Quảng Ích: thousands of schools, departments and communes, edu.viettel.vn among them.

Written from 166 saved pages of three portals (2021 to 2024) with two of its article layouts. Every page of it, staff
and documents too, says `og:type=article` and carries an `article:published_time` minutes off the time that is shown:
neither is believed. An article's address has no id in it, so its address is what names it.
"""

import re
from urllib.parse import urlsplit

from wardnews.layouts.layout import NO_ADDRESS, Layout
from wardnews.layouts.pagers import next_page
from wardnews.text.urls import address, options

_NEVER = re.compile(
    r"/(?:3rdparty|upload|publish|api|page/(?!home))/|/page/(?:404|register|login|search|sitemap)"
    r"|^/(?:[\w-]+/)?(?:en|dang-nhap|dang-ky|tim-kiem)(?:[/.]|$)",
    re.IGNORECASE,
)
_HOME = re.compile(r"home|index", re.IGNORECASE)
_DETAIL = "article:has(.content-detail)"


def canonical(url: str) -> str | None:
    """Return the one address of a page; None for print views, log-ins, searches, error pages and site maps.

    >>> canonical("http://hoasua.example.edu.vn/tin-tuc/giao-ban-thang-4.html?utm_source=x&isFeatured=1")
    'http://hoasua.example.edu.vn/tin-tuc/giao-ban-thang-4.html'
    >>> canonical("http://hoasua.example.edu.vn/?page=Article.Print.detail&id=60055a6ee138237e254871b2")
    """
    named = [value for name, value in options(url) if name == "page" and not value.isdigit()]
    if _NEVER.search(urlsplit(url).path) or not all(map(_HOME.fullmatch, named)):
        return None
    return address(url, lambda name, value: name in ("pageno", "pn") or (name == "page" and value.isdigit()))


LAYOUT = Layout(
    name="quangich",
    signs=("ModuleWrapper", "VHV.", "/3rdparty/"),
    marks=(
        ".ModuleWrapper[id^='module']",
        "article[class*='Article-News'] .content-detail",
        "[class*='news-detail'] .title-detail",
    ),
    article_url=NO_ADDRESS,  # sections are called .html too
    entry_url=re.compile(r"\.html(?:$|[?#])"),
    canonical=canonical,
    scope=(_DETAIL, "[class*='news-detail']:has(.content-detail)"),
    title=("h1.title-detail", ".title-detail", "h1"),
    breadcrumb=(".pathway-category li:last-child a", ".breadcrumb li:last-child a"),
    header=(".post-date", ".news-date"),
    views=(".post-view", ".news-view"),
    lead=(".brief", ".brief-detail"),
    body=(".content-detail",),
    author=(".author", ".post-author"),
    source=(".source", ".post-source"),
    dropped=".previews-iframe, .rating, .share-social, .social-connect",
    static="[class*='legal-document-detail' i], [class*='Personnel-Detail' i], article[class*='Personnel' i]",
    no_article="body:has(.ModuleWrapper):not(:has(.content-detail, h1, [itemprop='articleBody']))",
    entries=".section-list > article:has(.entry-title):not(.col-right *)",
    entry_link=(".entry-title a[href]", ".title a[href]"),
    entry_header=(".post-date", ".news-date", "time"),
    related="[class*='Article-News-Detail'] .title a[href]",
    next_fetch=next_page,
    section_links="nav a[href], [class*='menu' i] a[href], .pathway-category a[href], .panel-title > a[href]",
)
