"""The portals of VNPT: its ePortal on Liferay, the theme of Quảng Nam's communes, and departments' portals on ASP.NET.

Written from the selectors of public crawlers, and for ASP.NET from 65 saved pages of a department of education (2021):
there the counts of views are those of other news. How the ePortal's detail page
names the article in its address is known of a few portals only, so an address with a number at its end passes for an
article's.
"""

import re

from wardnews.layouts.families.liferay import portlet_address, portlet_pager
from wardnews.layouts.layout import Layout
from wardnews.layouts.page import Fetch, Page
from wardnews.layouts.pagers import next_page

_PORTLETS = re.compile(r"\w*(?:news|tin)\w*_WAR_vnpteportal\w+", re.IGNORECASE)
_KEPT = re.compile(r"(?!p_p_(?!id$)|p_r_p_|redirect|\w+_(?:keywords|advancedsearch|andoperator|resetcur)$).+")


def canonical(url: str) -> str | None:
    """Return the one address of a page; None for other portlets, actions, pop-ups, print views, logins, languages.

    >>> portlet = "dsnews_WAR_vnpteportalnewsportlet_INSTANCE_x"
    >>> canonical(f"http://a.vn/tin?p_p_id={portlet}&p_p_lifecycle=0&_{portlet}_keywords=&_{portlet}_cur=2")
    'http://a.vn/tin?p_p_id=dsnews_WAR_vnpteportalnewsportlet_INSTANCE_x&_dsnews_WAR_vnpteportalnewsportlet_INSTANCE_x_cur=2'
    >>> canonical("http://a.vn/tin?p_p_id=58&p_p_lifecycle=1")
    """
    return portlet_address(url, _PORTLETS, _KEPT)


def _next_fetch(page: Page) -> Fetch | None:
    return portlet_pager(page) or next_page(page)


LAYOUT = Layout(
    name="vnpt",
    made_on="liferay",
    signs=("vnpteportal", "ArticleDetailControl", "ArticleOfCat", "ArticleInMenu"),
    marks=("[id*='_WAR_vnpteportal']", ".ArticleDetailControl", "ul.ArticleOfCat", ".ArticleInMenu"),
    article_url=re.compile(
        r"/chi-tiet-tin\?/[^/?#]+/(\d+)|/nid/(\d+)(?:/|$)|/-/[a-z-]+/(?:content/)?(\d+)/[^/?#]+"
        r"|/default\.aspx\?(?:[^#]*&)?id=(\d+)(?:&|$)|/\d+/\d+/\d+/(\d+)/[^/?#]+/[^/?#]+\.(?:aspx|html)"
        r"|/[^/?#]+-(?!(?:19|20)\d\d\b)(\d{3,})(?:\.html?)?(?:$|[?#])",
        re.IGNORECASE,
    ),
    canonical=canonical,
    scope=(".ArticleDetailControl", "#testabc"),
    title=(".ArticleHeader h1", ".ArticleHeader h2", ".ArticleHeader", "h1"),
    breadcrumb=(
        ".MenuNavigation .Item:last-child a",
        ".breadcrumb li:last-child a",
        ".breadcrumb > a:last-of-type",
        ".ArticleCatName",
    ),
    header=(".PostDate", ".Ngaydang", "#testabc > div:first-of-type p"),
    lead=(".ArticleSummary", "#testabc > p"),
    body=(".ArticleContent", "#testabc > div:nth-of-type(2)"),
    author=("#testabc > div:nth-of-type(2) > div ~ p",),
    dropped=".ArticleOfCat, .SimilarArticleControl, .ArticleFeedbackControl",
    static=".ArticleInMenu .SingleArticle",
    entries=".ArticleInMenu .ArticleList > .ListItem, ul.ArticleOfCat > li:not(.ArticleDetailControl li)"
    ", [id*='_WAR_vnpteportalnews'] div:has(> h2 > a)",
    entry_link=("h2 > a[href]", ".Title a[href]", ".ListItem > a[href]:has(.ArticleTitle)", ".ArticleTitle a[href]"),
    entry_header=(".Ngaydang", ".ArticlePostDate"),
    related=".ArticleDetailControl .ArticleOfCat a[href], .SimilarArticleControl .ArticleList a[href]",
    next_fetch=_next_fetch,
    section_links=".MenuList a[href], .ArticleCat .ArticleCatName a[href], nav a[href], #navigation a[href]"
    ", [class*='menu'] a[href]",
)
