"""Portals made with WordPress: classic themes and block themes, addresses by `?p=ID` or of any other form.

Written from the templates of WordPress's own themes (Twenty Ten to Twenty Twenty-Five) and its block library, and from
the class names that themes common in Vietnam (Flatsome, Jannah, Newspaper) and the plugins for breadcrumbs and view
counts print. Checked by crawls of a WordPress 6.1 with Twenty Twenty-One to -Three, its REST API open and closed.
"""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from wardnews.layouts.layout import Layout
from wardnews.layouts.page import Fetch, Page

_QUERY = re.compile(r"p|page_id|cat|paged|query-(?:\d+-)?page")
_NEVER_ASKED = frozenset(
    "s feed replytocom share print pdf preview attachment_id embed ical eventdate tribe-bar-date add-to-cart"
    " author rest_route action".split()
)
_NEVER = re.compile(
    r"^/(?:index\.php/)?en(?:/|$)|/(?:feed|rss|rss2|atom|rdf|trackback|embed|search|print|tim-kiem|dang-nhap|login)(?:/|$)"
    r"|/wp-(?:admin|json|login|comments|content|includes)|/xmlrpc\.php",
    re.IGNORECASE,
)
_SAME_PAGE = re.compile(r"/(?:page/1|comment-page-\d+|amp)(?=/?$)")
_POST_ID = re.compile(r"\bpostid-(\d+)\b|[?&]p=(\d+)$|^post-(\d+)$")
_CRUMBS = "#breadcrumbs a, .yoast-breadcrumbs a, .rank-math-breadcrumb a, .breadcrumb-trail a, .breadcrumbs a"
_IN_QUERY = ".wp-block-query *"
_ARTICLE = ".entry-content, .wp-block-post-content, .td-post-content"
_SINGLE = "body.single:not(.attachment)"
_LISTING = "body:not(.single)"


def canonical(url: str) -> str | None:
    """Return the one address of a page; None for feeds, searches, log-ins, replies, files and the English pages.

    >>> canonical("https://hoasua.example.vn/?p=51&utm_source=zalo#comments")
    'https://hoasua.example.vn/?p=51'
    >>> canonical("https://hoasua.example.vn/tin-tuc/page/1/"), canonical("https://hoasua.example.vn/khai-mac/amp/")
    ('https://hoasua.example.vn/tin-tuc/', 'https://hoasua.example.vn/khai-mac/')
    >>> canonical("https://hoasua.example.vn/khai-mac/?replytocom=7")
    """
    scheme, host, path, query, _ = urlsplit(url)
    options = parse_qsl(query, keep_blank_values=True)
    asked = {name.lower() for name, _ in options}
    if _NEVER.search(path) or asked & _NEVER_ASKED or ("lang", "en") in options:
        return None
    kept = [(name, value) for name, value in options if _QUERY.fullmatch(name) and value.isdigit()]
    kept = [(name, value) for name, value in kept if name == "p"] or sorted(dict(kept).items())
    kept = [(name, value) for name, value in kept if (name, value) != ("paged", "1")]
    while (shorter := _SAME_PAGE.sub("", path)) != path:
        path = shorter
    return urlunsplit((scheme, host.lower(), path or "/", urlencode(kept), ""))


def _article_id(page: Page) -> str | None:
    """Return the post's id out of the body's class, the short link or the article's own id."""
    said = page.all_words(("body@class", "link[rel='shortlink']@href", ".type-post:has(h1)@id"))
    return next((match[match.lastindex or 0] for words in said if (match := _POST_ID.search(words))), None)


def _section_of(page: Page, title: str) -> str | None:
    """Name the section as the last link of the breadcrumb, which begins with the home page."""
    crumbs = [words for link in page.tree.css(_CRUMBS) if (words := link.text(strip=True)) and words != title]
    return crumbs[-1] if len(crumbs) > 1 else None


def _next_fetch(page: Page) -> Fetch | None:
    """Return the link to older posts, which themes call next or previous; on an article such links lead to another."""
    for selector in (
        f"{_LISTING} a.next[class*='page-number'][href]",
        f"{_LISTING} a.wp-block-query-pagination-next[href]",
        f"{_LISTING} .posts-navigation .nav-previous a[href], {_LISTING} #nav-below .nav-previous a[href]",
        f"html:has({_LISTING}) link[rel='next'][href]",
    ):
        link = next(iter(page.select(selector)), None)
        if link is not None and (url := page.link(link.attributes["href"])):
            return Fetch(url)
    return None


LAYOUT = Layout(
    name="wordpress",
    generator="wordpress",
    signs=("WordPress", "wp-content", "wp-includes", "api.w.org"),
    marks=(
        "meta[name='generator'][content^='WordPress' i]",
        "link[rel~='https://api.w.org/']",
        "link[href*='/wp-content/themes/'], script[src*='/wp-content/themes/']",
        "link[href*='/wp-includes/'], script[src*='/wp-includes/']",
    ),
    article_url=re.compile(
        r"[?&]p=(\d+)|/\d{4}/\d{2}/(?:\d{2}/)?[^/?#]*[^/?#\d][^/?#]*/?(?:$|[?#])|/archives/(\d+)/?(?:$|[?#])"
    ),
    entry_url=re.compile(""),
    canonical=canonical,
    scope=(
        f"{_SINGLE} article:has({_ARTICLE})",
        f"{_SINGLE} .hentry:has({_ARTICLE})",
        f"{_SINGLE} main:has({_ARTICLE})",
        f"{_SINGLE}:has({_ARTICLE})",
        f".type-post:has(h1.entry-title):has({_ARTICLE})",
    ),
    title=("h1.entry-title", "h1.wp-block-post-title", "h1.post-title", "h1.tdb-title-text", ".entry-title", "h1"),
    section=("a[rel~='category']", ".cat-links a", ".taxonomy-category a", ".entry-category a", ".td-category a"),
    section_of=_section_of,
    header=(
        "time.entry-date",
        "time.published",
        ".posted-on",
        f".wp-block-post-date:not(.wp-block-post-date__modified-date):not({_IN_QUERY})",
        ".td-post-date",
        ".date.meta-item",
        ".entry-date",
        ".post-date",
    ),
    published=(
        "meta[property='article:published_time']@content",
        "time.entry-date[datetime]@datetime",
        "time.published[datetime]@datetime",
        f".wp-block-post-date:not(.wp-block-post-date__modified-date):not({_IN_QUERY}) time@datetime",
    ),
    views=(".post-views", ".meta-views", ".td-post-views", ".post-views-count"),
    lead=(".entry-summary", ".td-post-sub-title", f".wp-block-post-excerpt__excerpt:not({_IN_QUERY})"),
    body=(".entry-content", ".wp-block-post-content", ".td-post-content"),
    pictures=f".post-thumbnail, .featured-media, .entry-image, .td-post-featured-image"
    f", .wp-block-post-featured-image:not({_IN_QUERY})",
    author=(
        ".vcard:not(.comment-author) .fn",
        "a[rel~='author']",
        ".td-post-author-name > a",
        f".wp-block-post-author-name:not({_IN_QUERY})",
        f".wp-block-post-author__name:not({_IN_QUERY})",
    ),
    dropped=".post-views, .screen-reader-text, .sharedaddy, .jp-relatedposts, .yarpp, .yarpp-related, .addtoany_content"
    ", .addtoany_share_save_container, .heateor_sss_sharing_container, .blog-share, .share-buttons, .essb_links"
    ", .post-password-form, .post-password-message, .post-nav-links, .post-ratings"
    ", .kk-star-ratings, .rmp-main, .page-links, .post-tags, .entry-meta, .td_block_wrap, #ez-toc-container"
    ", #toc_container, .lwptoc, .fb-comments, .saboxplugin-wrap, .code-block, .wp-block-file__button, .wp-block-query"
    ", .wp-block-latest-posts, .wp-block-post-terms, .related-posts, .navigation",
    continued=".page-links a[href], .post-nav-links a[href]",
    article_id=_article_id,
    entries=f"{_LISTING} .type-post:not(:has(h1.entry-title)), {_LISTING} .wp-block-post, {_LISTING} .td_module_wrap"
    f", {_LISTING} .post-item:has(.post-title)",
    entry_link=(
        ".entry-title a[href]",
        ".wp-block-post-title a[href]",
        ".post-title a[href]",
        "h2 a[href]",
        "h3 a[href]",
        "a[rel~='bookmark'][href]",
        ".entry-footer > p > a[href]",
    ),
    entry_header=("time.entry-date@datetime", "time@datetime", ".posted-on", ".post-date", ".entry-date"),
    related=".jp-relatedposts a[href], .yarpp a[href], .yarpp-related a[href], .related-posts a[href]",
    next_fetch=_next_fetch,
    section_links=".menu-item > a[href], .main-navigation a[href], .primary-menu a[href], .wp-block-navigation a[href]"
    ", .cat-item > a[href], .wp-block-categories a[href]",
    feeds=("wp-sitemap.xml", "sitemap_index.xml", "feed/"),
    rest_listing="wp-json/wp/v2/posts?per_page=100&_fields=id,link,title,date&page=1",
)
