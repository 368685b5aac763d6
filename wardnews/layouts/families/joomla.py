"""Portals made with Joomla 1.5 to 5 and its own articles (`com_content`), with and without readable addresses.

Written from the templates and layouts of joomla/joomla-cms, the 1.5 ones included, and from two Vietnamese language
packs; no live page was at hand. Readable addresses have the article's id or not, as the portal is set up.
"""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from wardnews.layouts.body import CAPTIONS
from wardnews.layouts.layout import Layout
from wardnews.layouts.page import Fetch, Page
from wardnews.layouts.pagers import numbered

_NEVER = re.compile(
    r"^/(?:index\.php/)?en(?:/|$)|^/administrator(?:/|$)"
    r"|/component/(?!content(?:/|$))|/(?:login|dang-nhap|log-?out|tim-kiem|search|feed)(?:[/.]|$)|\.feed$",
    re.IGNORECASE,
)
_NEVER_ASKED = frozenset("print filter_tag searchword".split())
_VIEWS = frozenset("article category categories featured frontpage section archive".split())
_TASKS = frozenset("view category section blogcategory blogsection".split())
_KEPT = tuple("option view task layout id".split())
_NUMBERED = re.compile(r"(\d+)(?:[:-].*)?")
_IN_PATH = re.compile(r"/(\d+)-[^/]+$")
_SCHEMA_ID = re.compile(r"com_content\\?/article\\?/(\d+)")
_CRUMBS = ".breadcrumb a, .breadcrumbs a, .mod-breadcrumbs a"
_BODIES = "[itemprop='articleBody'], .com-content-article__body"
_INSIDE = ".item-page:has(> [itemprop='articleBody'], > .com-content-article__body)"
_15 = "body:not(:has(table.blog))"


def canonical(url: str) -> str | None:
    """Return the one address of a page; None for feeds, PDF and print views, forms, users, searches and English pages.

    An article is named by its number, whatever words, category and menu item stand beside it.

    >>> canonical("http://hoasua.example.vn/index.php?option=com_content&view=article&id=12:hop&catid=3:tin&Itemid=5")
    'http://hoasua.example.vn/index.php?option=com_content&view=article&id=12'
    >>> canonical("https://hoasua.example.vn/tin-tuc/12-hop.html?start=0&utm_source=x")
    'https://hoasua.example.vn/tin-tuc/12-hop.html'
    >>> canonical("https://hoasua.example.vn/tin-tuc?format=feed&type=rss")
    """
    scheme, host, path, query, _ = urlsplit(url)
    options = {name: value for name, value in parse_qsl(query) if value}
    if _NEVER.search(path) or _NEVER_ASKED & set(options) or _leads_astray(options):
        return None
    kept = {name: options[name] for name in _KEPT if name in options}
    if number := _NUMBERED.fullmatch(kept.get("id", "")):
        kept["id"] = number[1]
    if kept.get("view", kept.get("task")) not in ("article", "view") and "id" not in kept and "Itemid" in options:
        kept["Itemid"] = options["Itemid"]
    start = options.get("start") or options.get("limitstart") or ""
    if start.isdecimal() and start.strip("0") and kept.get("view") != "article":
        kept["start"] = start
    return urlunsplit((scheme, host.lower(), path or "/", urlencode(kept), ""))


def _leads_astray(options: dict[str, str]) -> bool:
    return (
        options.get("option", "com_content") not in ("com_content", "com_frontpage")
        or options.get("view", "article") not in _VIEWS
        or options.get("task", "view") not in _TASKS
        or options.get("layout") == "edit"
        or options.get("tmpl", "index") != "index"
        or options.get("format", "html") != "html"
        or options.get("lang", "vi") in ("en", "en-GB")
    )


def _article_id(page: Page) -> str | None:
    """Return the id in the address, or the one that Joomla 5 gives the article for search engines.

    An address may begin with a number because the title does.
    """
    if named := LAYOUT.url_id(page.url):
        return named
    said = (script.text() for script in page.tree.css("script[type='application/ld+json']"))
    if schema := next(filter(None, map(_SCHEMA_ID.search, said)), None):
        return schema[1]
    match = _IN_PATH.search(urlsplit(page.url).path)
    title = page.words(LAYOUT.title) or ""
    return match[1] if match and not title.startswith(match[1]) else None


def _section_of(page: Page, title: str) -> str | None:
    """Name the section as the last link of the breadcrumb, which begins with the home page."""
    crumbs = [words for link in page.tree.css(_CRUMBS) if (words := link.text(strip=True)) and words != title]
    return crumbs[-1] if len(crumbs) > 1 else None


def _next_fetch(page: Page) -> Fetch | None:
    """Return the pager's link to the next larger offset: its words and classes differ by version and template."""
    return numbered(page, "[class*='pagination'] a[href], .sectiontablefooter a[href], .pagenav[href]")


LAYOUT = Layout(
    name="joomla",
    generator="joomla",
    signs=("Joomla", "joomla", "com_content", "com-content", "/media/jui/", "/media/system/js/", "contentpaneopen"),
    marks=(
        "meta[name='generator'][content^='Joomla' i]",
        "script.joomla-script-options",
        ".com-content-article, .com-content-category-blog",
        "[src*='/media/system/js/'], [src*='/media/jui/'], [href*='/media/jui/']",
        ".item-page dl.article-info",
        "table.contentpaneopen .contentheading",
    ),
    article_url=re.compile(
        r"^[^?#]*\?(?=[^#]*\boption=com_content\b)(?=[^#]*\b(?:view=article|task=view)\b)[^#]*?\bid=(\d+)"
        r"|/\d+-[^/?#]+?(?:\.html)?(?:$|[?#])"
    ),
    entry_url=re.compile(""),
    canonical=canonical,
    scope=(
        ".com-content-article",
        ".item-page",
        "#k2Container.itemView",
        f"{_15} :has(> table.contentpaneopen .createdate)",
        f"{_15} :has(> .article-content):has(.createdate)",
    ),
    title=(
        "h1[itemprop='headline'], h2[itemprop='headline']",
        "h1[itemprop='name'], h2[itemprop='name']",
        ".page-header h2",
        ".item-page > h2",
        ".page-header h1",
        ".contentheading",
        ".itemTitle",
    ),
    section=(
        ".itemCategory a",
        ".category-name a",
        ".category-name [itemprop='genre']",
        "table.contentpaneopen tr:first-child > td > span:last-of-type a",
    ),
    section_of=_section_of,
    header_parts=".published, .item-page:not(:has(.published)) .create"
    ", .item-page:not(:has(.published, .create)) .modified, .createdate, .hits"
    ", .itemDateCreated",
    views=(".itemHits",),
    lead=(".itemIntroText:not(:last-child)",),
    published=(
        ".published time[datetime]@datetime",
        "[itemprop='datePublished'][datetime]@datetime",
        ".create time[datetime]@datetime",
    ),
    body=(
        _INSIDE,
        "[itemprop='articleBody']",
        ".com-content-article__body",
        ".itemBody",
        ".item-page",
        "tr:has(> .createdate) ~ tr > td[valign='top']",
        ".article-content",
    ),
    author=(".createdby [itemprop='name']", ".createdby a", ".createdby span:not([class])", ".itemAuthor a"),
    captions=f"{CAPTIONS}, .img_caption p, .itemImageCaption, .itemImageCredits",
    dropped=f"{_INSIDE} > :not(.item-image, {_BODIES}), .item-page > h1, .article-info, .page-header"
    ", .actions, .icons, .article-index, .pagenav, .pager, .pagination, .content_rating, .content_vote"
    ", form, .tags, .content-links, .article-tools, .relateditems",
    article_id=_article_id,
    entries=".blog-item, .items-leading > div, .items-row .item, .items-more li, table.category tr:has(> .list-title)"
    ", table.blog :has(> table.contentpaneopen), table.blog :has(> .contentheading), .blog_more li"
    ", tr[class*='sectiontableentry']",
    entry_link=(
        ".item-title a[href]",
        ".page-header a[href]",
        "h2 > a[href]",
        ".list-title a[href]",
        ".contentheading a[href]",
        ".items-more li a[href]",
        ".blog_more li a[href]",
        "tr[class*='sectiontableentry'] td a[href]",
        ".readmore a[href]",
        "a.readon[href]",
    ),
    entry_header=(
        ".published time@datetime",
        ".published",
        ".create time@datetime",
        ".create",
        ".createdate",
        ".list-date",
        "tr[class*='sectiontableentry'] > td:nth-child(3)",
    ),
    related=".relateditems a[href], .mod-relateditems a[href]",
    next_fetch=_next_fetch,
    section_links="ul.menu a[href], .mod-menu a[href], .nav.menu a[href], .cat-children a[href], a.mainlevel[href]",
    feeds=("index.php?format=feed&type=rss",),
)
