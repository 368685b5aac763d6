"""Portals made with NukeViet 4, in its default theme or in `egov`, the one of its e-government edition; NukeViet 3 too.

Written from the templates of NukeViet 3.x to 4.5 (themes/default) and of nukeviet/eGovernment (themes/egov), and from
the code of the news module; no live page was at hand.
"""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from wardnews.layouts.layout import Layout
from wardnews.layouts.page import Fetch, Page

_QUERY = ("language", "nv", "op", "page")
_NEVER = re.compile(
    r"^/(?:en|fr|zh|ja|ko|lo|km|ru|de|tr|cs)(?:/|$)"
    r"|/(?:admin|users|seek|search|tag|print|savefile|sendmail|feeds|(?:instant-)?rss|sitemap|comment|rating|content"
    r"|report|voting|statistics|two-step-verification|banners|api)(?:[/.]|$)",
    re.IGNORECASE,
)
_FIRST_PAGE = re.compile(r"/page-1(?=/|$)")
_IS_LISTING = "body:not(:has(#news-bodyhtml, #news_detail))"


def canonical(url: str) -> str | None:
    """Return the one address of a page; None for print and download views, searches, feeds, users and other languages.

    Directories end in a slash, as the system itself writes them.

    >>> canonical("https://hoasua.example.vn/tin-tuc/Kinh-te/Khai-mac-hoi-cho-12.html?fbclid=x#binh-luan")
    'https://hoasua.example.vn/tin-tuc/Kinh-te/Khai-mac-hoi-cho-12.html'
    >>> canonical("http://hoasua.example.vn/index.php?language=vi&nv=news&op=Kinh-te&page=2&checkss=7f")
    'http://hoasua.example.vn/index.php?language=vi&nv=news&op=Kinh-te&page=2'
    >>> canonical("http://hoasua.example.vn/index.php?nv=news&op=savefile/Kinh-te/Khai-mac-12")
    """
    scheme, host, path, query, _ = urlsplit(url)
    options = dict(parse_qsl(query))
    named = "/".join(["", *(options[name].strip("/") for name in ("language", "nv", "op") if name in options)])
    if _NEVER.search(path) or _NEVER.search(named):
        return None
    kept = [(name, options[name]) for name in _QUERY if name in options and (name, options[name]) != ("page", "1")]
    path = _FIRST_PAGE.sub("", path)
    if "." not in path.rpartition("/")[2]:
        path = path.rstrip("/") + "/"
    return urlunsplit((scheme, host.lower(), path, urlencode(kept, safe="/"), ""))


def _next_fetch(page: Page) -> Fetch | None:
    """Return the fetch of the page after the one that is shown; `rel="next"` stands at every later number."""
    here = False
    for item in page.tree.css("ul.pagination li"):
        if here:
            links = (page.link(link.attributes.get("href")) for link in item.css("a[href]"))
            if url := next(filter(None, links), None):
                return Fetch(url)
        here = here or "active" in (item.attributes.get("class") or "").split()
    return None


LAYOUT = Layout(
    name="nukeviet",
    generator="nukeviet",
    signs=("NukeViet", "nv_name_variable"),
    marks=("meta[name='generator'][content^='NukeViet' i]",),
    script_mark="nv_name_variable",
    article_url=re.compile(r"/[^/?&#]+-(\d+)\.html(?:$|[?&#])"),
    canonical=canonical,
    scope=(".news_column:has(#news-bodyhtml)", "#news_detail", "body:has(#news-bodyhtml)"),
    title=("h1[itemprop='headline']", "h1.title", "h1:not(header *)"),
    breadcrumb=(".temp-breadcrumbs li:last-child a", ".breadcrumb > span:last-child a", ".breadcrumb li:last-child a"),
    header=("span.h5", "span.time"),
    published=("[itemprop='datePublished']",),
    views=("span.h5:has(.fa-eye)",),
    lead=(".hometext", "#hometext"),
    body=(".panel-body:has(> #news-bodyhtml)", "#news-bodyhtml", ".bodytext"),
    author=("p.h5:has(> strong:lexbor-contains('Tác giả'))",),
    source=("p.h5:has(> strong:lexbor-contains('Nguồn tin'))",),
    files=".news-download-file .list-group-item > a[href] > strong",
    dropped=".hidden, .hide, .d-none, .newsdetailmetatop, .panel-body > .row:has(span.h5), .panel-body > .alert, .modal"
    ", .panel:has(.news-download-file), #news-bodyhtml [class*='related']:has(a)",
    entries=f"{_IS_LISTING} .news_column .panel-body, {_IS_LISTING} .thumbnail:has(.caption)"
    f", {_IS_LISTING} .list-group > a.show, {_IS_LISTING} .related > li",
    entry_link=("h2 a[href]", "h3 a[href]", "h4 a[href]", "a.show[href]", "li > a[href]"),
    entry_header=(".text-muted li:has(.fa-clock-o)", "a > em"),
    related=".other-news a[href], ul.related a[href]",
    next_fetch=_next_fetch,
    section_links="#menusite a[href], .navbar-nav a[href], .slimmenu a[href], .sf-menu a[href], .sidebar-nav a[href]"
    ", .news_column .panel-heading h2 a[href], .viewcat-main-style a[href], .news-catbox-single a[href]",
    feeds=("sitemap.xml", "news/rss/"),
)
