"""Portals made with NukeViet 4, in its default theme or in `egov`, the one of its e-government edition; NukeViet 3 too.

Written from the templates of NukeViet 3.x to 4.5 (themes/default) and of nukeviet/eGovernment (themes/egov), and from
the code of the news module, and by crawls of an installed 4.5 and of eGovernment. The themes' microdata hold the time
of the last edit, so the date that is shown is the only one that is believed.
"""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from wardnews.layouts.body import CAPTIONS
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
_IS_LISTING = "body:not(:has(#news-bodyhtml, #news_detail, .news_column .bodytext, #page-bodyhtml))"
_SIGNED = "p:is(.h5, .text-right):has(> strong:lexbor-contains('{}'))"


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


def _module(url: str) -> str:
    """Return the module that an address is of: each numbers its articles from 1, and a portal may have several.

    >>> _module("http://a.example.vn/vi/tin-thon/thon-dong/hop-3.html"), _module("/index.php?nv=news&op=hop-3")
    ('tin-thon', 'news')
    >>> _module("http://a.example.vn/hop-to-dan-pho-57.html")
    ''
    """
    _, _, path, query, _ = urlsplit(url)
    steps = [step for step in path.lower().split("/") if step]
    own = steps[1:] if steps[:1] == ["vi"] else steps
    return dict(parse_qsl(query)).get("nv") or (own[0] if len(own) > 1 else "")


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
    static=".lawh3, .laws-download-file, #page-bodyhtml",
    scope=(
        ".news_column:has(#news-bodyhtml)",
        "#news_detail",
        "body:has(#news-bodyhtml)",
        ".news_column:has(.bodytext)",
    ),
    title=("h1[itemprop='headline']", "h1.title", "h1:not(header *)"),
    breadcrumb=(".temp-breadcrumbs li:last-child a", ".breadcrumb > span:last-child a", ".breadcrumb li:last-child a"),
    header=("span.h5", "span.time", "em.time"),
    views=("span.h5:has(.fa-eye)",),
    lead=("#hometext [itemprop='description']", ".hometext", "#hometext"),
    body=(".panel-body:has(> #news-bodyhtml)", "#news-bodyhtml", ".bodytext"),
    pictures="#hometext .imghome",
    captions=f"{CAPTIONS}, .imghome em.show",
    author=(_SIGNED.format("Tác giả"),),
    source=(_SIGNED.format("Nguồn tin"),),
    files=".news-download-file .list-group-item > a[href] > strong",
    dropped=".hidden, .hide, .d-none, .newsdetailmetatop, .panel-body > .row:has(span.h5), .panel-body > .alert, .modal"
    ", .panel:has(.news-download-file), #news-bodyhtml [class*='related']:has(a)",
    entries=f"{_IS_LISTING} .news_column .panel-body, {_IS_LISTING} .thumbnail:has(.caption)"
    f", {_IS_LISTING} .list-group > a.show, {_IS_LISTING} .related > li",
    entry_link=("h2 a[href]", "h3 a[href]", "h4 a[href]", "a.show[href]", "li > a[href]"),
    entry_header=(".text-muted ul:has(.fa-clock-o)", "a > em", "h4 ~ em"),
    related=".other-news a[href], ul.related a[href]",
    numbered_in=_module,
    next_fetch=_next_fetch,
    section_links="#menusite a[href], .navbar-nav a[href], .slimmenu a[href], .sf-menu a[href], .sidebar-nav a[href]"
    ", .news_column .panel-heading h2 a[href], .viewcat-main-style a[href], .news-catbox-single a[href]",
    feeds=("sitemap.xml", "news/rss/"),
)
