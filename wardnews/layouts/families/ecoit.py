"""The portals of EcoIT's CMS on Liferay 6 and 7: departments, communes of Phúc Thọ, ministries.

Written from the CMS's own templates (a public repository) and the selectors of a public crawler of an older theme; no
live page was at hand. Articles stand at `/tin-chi-tiet/-/chi-tiet/<slug>-<article>-<category>.html`, once a category.
"""

import re

from wardnews.layouts.families.liferay import portlet_address, portlet_pager
from wardnews.layouts.layout import Layout

_PORTLETS = re.compile(r"CmsView(?!TimKiem)\w+|com_\w*view\w*", re.IGNORECASE)
_KEPT = re.compile(r"p_p_id|_\w+_(?:cur|delta|urlTitle|categoryId|articleId)", re.IGNORECASE)


def canonical(url: str) -> str | None:
    """Return the one address of a page; None for searches, comments, print views, pop-ups, logins, other languages.

    >>> canonical("https://a.vn/tin-chi-tiet/-/chi-tiet/hop-to-dan-pho-5744-175.html?fbclid=x")
    'https://a.vn/tin-chi-tiet/-/chi-tiet/hop-to-dan-pho-5744-175.html'
    >>> canonical("https://a.vn/tim-kiem?p_p_id=CmsViewTimKiemBaiViet_WAR_CmsViewEcoITportlet&p_p_lifecycle=0")
    """
    return portlet_address(url, _PORTLETS, _KEPT)


LAYOUT = Layout(
    name="ecoit",
    made_on="liferay",
    signs=("EcoIT", "/-/chi-tiet/", "ItemContent"),
    marks=(
        "[id*='_WAR_CmsViewEcoIT']",
        "#contentnews.entry .entry-content",
        ".news-list > .newsItem > .ItemContent",
        "a[href^='/'][href*='/-/chi-tiet/'][href$='.html']",
    ),
    article_url=re.compile(
        r"/-/chi-tiet/(?:[^/?]*-)?(\d+)-\d+\.html"
        r"|[?&]_CmsViewChiTietBaiViet\w*_(?:articleId=|urlTitle=(?:[^&]*-)?)(\d+)(?=&|$)",
        re.IGNORECASE,
    ),
    canonical=canonical,
    scope=(
        ".primary-content:has(.entry-title)",
        "[id^='p_p_id_CmsViewChiTietBaiViet']",
        "body:has(#contentnews)",
    ),
    title=(".entry-title", "article > h1"),
    section=("ol.breadcrumb > li.active", "ol.breadcrumb > li:last-child"),
    breadcrumb=("ol.breadcrumb > li.active", ".cate-Parent-1"),
    header=(".displaytime .timer", "article > h1 ~ p:not(#change_font_size)"),
    lead=("#contentnews > .desc", "#change_font_size"),
    body=("#contentnews > .detail", "#contentnews .entry-content", "#contentnews"),
    author=(".article-Author",),
    source=(".article-Source",),
    dropped=".dongsukien, .tags, .art-share, .entry-source-author",
    entries=".news-list .newsItem, [id*='CmsViewTinTrangChuyenMuc'] section article, .slider-news .main-news",
    entry_link=(".ItemContent h2 a[href]", "h3 a[href]", "a[href]:not(:has(img))"),
    entry_header=(".time",),
    related=".dongsukien a[href], .related .lists-view a[href]",
    next_fetch=portlet_pager,
    section_links="nav a[href], #navigation a[href], [class*='menu'] a[href], .header-category a[href],"
    " .tle a[href], .panel-heading a[href]",
)
