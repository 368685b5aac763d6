"""Portals on Microsoft SharePoint: ministries, provinces and, on the provinces' servers, districts and communes.

Written from the selectors of a public crawler of the ministries' portals, from public templates made after two of them,
and from addresses seen in public; no live page was at hand. Each portal has its own page layout, so only what several
of them share, or what carries an id of its own, is named here, and the generic reader does the rest.
"""

import re
from urllib.parse import urlsplit

from wardnews.layouts.layout import Layout
from wardnews.layouts.pagers import next_page
from wardnews.text.urls import address, options

_ID = "newsid|itemid|tintucid|id_?tintuc|articleid"
_NEVER = re.compile(
    r"/_(?:layouts|vti_\w+|api|catalogs|login|windows|forms)(?:/|$)|^/(?:en|en-us|english)(?:/|$)"
    r"|/(?:print\w*|rss\w*|search\w*|tim-?kiem|login|dang-?nhap|authenticate|sendtofriend|tts)\.aspx$"
    r"|/(?:login|dang-nhap|tim-kiem|search|rss)(?:/|$)|\.(?:ashx|asmx|svc)$",
    re.IGNORECASE,
)
_OF_WEB = re.compile(r"/pages/(?:20\d\d-\d{1,2}-\d{1,2}/|tintuc/\d+/).*")
_LIBRARY = re.compile(r"/pages(?=/)", re.IGNORECASE)


def canonical(url: str) -> str | None:
    """Return the one address of a page; None for SharePoint's own pages, dialogs, print views, feeds, searches, logins.

    The library's name is written in both cases, and the server does not care.

    >>> canonical("http://a.vn/portal/pages/2023-1-30/Hop-to-468686.aspx?utm_source=x&Date=")
    'http://a.vn/portal/Pages/2023-1-30/Hop-to-468686.aspx'
    >>> canonical("http://a.vn/Pages/Detail.aspx?newsid=5339&PageIndex=2#top")
    'http://a.vn/Pages/Detail.aspx?newsid=5339&PageIndex=2'
    >>> canonical("http://a.vn/_layouts/15/Authenticate.aspx?Source=/"), canonical("http://a.vn/portal/pages/print.aspx?p=1")
    (None, None)
    """
    if _NEVER.search(urlsplit(url).path) or any(_leads_astray(*option) for option in options(url)):
        return None
    scheme, rest = address(url, lambda name, _value: name not in ("source", "returnurl")).split("://", 1)
    path, mark, query = rest.partition("?")
    return f"{scheme}://{_LIBRARY.sub('/Pages', path)}{mark}{query}"


def _list_of(url: str) -> str:
    """Return the page that an item is shown on, which is one list's: lists number their items apart.

    An article that is a page of its own is numbered within its web.

    >>> _list_of("http://a.vn/pages/Detail.aspx?ItemID=5339"), _list_of("http://a.vn/xa-a/Pages/2023-1-30/Hop-46868.aspx")
    ('pages-detail', 'xa-a')
    """
    path = urlsplit(url).path.lower().removesuffix(".aspx").strip("/")
    return (_OF_WEB.sub("", f"/{path}") if _OF_WEB.search(f"/{path}") else path).strip("/").replace("/", "-")


def _leads_astray(name: str, value: str) -> bool:
    value = value.lower()
    return (
        (name == "isdlg" and value == "1")
        or (name in ("mode", "view") and value == "print")
        or (name in ("lang", "language") and value.startswith("en"))
    )


LAYOUT = Layout(
    name="sharepoint",
    signs=("_layouts/", "SPWebPartManager", "SharePoint", "RichHtmlField"),
    marks=(
        "meta[name='generator' i][content*='SharePoint' i]",
        "link[href*='/_layouts/' i], script[src*='/_layouts/' i]",
        "[id*='SPWebPartManager']",
        "[id$='__ControlWrapper_RichHtmlField']",
    ),
    article_url=re.compile(
        r"/pages/20\d\d-\d{1,2}-\d{1,2}/[^/?]+?(?:-(\d{5,}))?\.aspx"
        rf"|\.aspx\?(?:[^#]*&)?(?:{_ID})=(\d+)|/pages/tintuc/(\d+)/",
        re.IGNORECASE,
    ),
    canonical=canonical,
    title=("#news-title", "#txtTitle", ".News_Detail_Title", "#divArticleDescription3 h1", "#news_content h1"),
    breadcrumb=(".breadcrumb li:last-child a", ".breadcrumb > a:last-of-type"),
    header=("#publish-date", "#txtDateString", ".News_Time_Post", "#news_content .date-detail > span:first-child"),
    header_parts="#publish-date > *",
    lead=(
        "#news-des",
        "#idTomTat",
        "#divArticleDescription1",
        "#divArticleDescription:has(~ #divArticleContent, ~ #contentnews)",
    ),
    body=(
        "#divArticleContent",
        "#divArticleDescription2",
        "#art-content",
        "#news-detail",
        "[id$='__ControlWrapper_RichHtmlField']",
        "#contentnews",
        "#divArticleDescription",
    ),
    author=("[id$='_pnNguontin']",),
    dropped=".noprint, .ms-formfieldlabelcontainer",
    numbered_in=_list_of,
    entries="[id$='_pnListNews'] > div, [id$='_pnListNews'] li, #ContArticleDiv > div, #list_news li,"
    " #listArticle > div, :is(div, li, td):has(> :is(h2, h3) > a[href*='.aspx' i])",
    entry_link=("h3 a[href]", "h2 a[href]", "a[href]:not(:has(img))"),
    entry_header=(".News_Time_Post", ".date"),
    next_fetch=next_page,
    section_links="nav a[href], [class*='menu' i] a[href], [id*='menu' i] a[href], [class*='breadcrumb' i] a[href]",
)
