"""Which address is an article's own, where a page has several: print views, AMP and mobile pages show the same."""

import re
from unicodedata import normalize
from urllib.parse import urlsplit, urlunsplit

from wardnews.layouts.page import Page
from wardnews.text.urls import options

_OTHER_HOST = re.compile(r"^(?:www|m|mobile|amp|wap)\.")
_VIEW_STEPS = re.compile(r"/(?:print|savefile|sendmail|in-bai|ban-in|amp|mobile)(?=/|$)", re.IGNORECASE)
_VIEW_OPTIONS = re.compile(
    r"(?:print|amp|mobile|tmpl|dnnprintmode|skinsrc|containersrc|popup|\w*viewmode|p_p_state)", re.IGNORECASE
)
_ENDING = re.compile(r"\.(?:html?|aspx|php)$", re.IGNORECASE)
_NUMBER = re.compile(r"[\d.]*")
_FEWEST_WORDS, _MOST_OF_WORDS = 3, 0.7
"""So many words make a slug that names a title, and such a share of them is in it: slugs are cut, and lose letters."""
_FEW_OF_WORDS = 0.4
_SHORTEST_ID = 3


def named_address(page: Page) -> str | None:
    """Return the absolute canonical address that a page gives itself on its own host; None where it gives none."""
    head = page.tree.head
    link = head.css_first('link[rel="canonical" i][href]') if head else None
    url = page.link(link.attributes["href"]) if link else None
    is_own = url and url.startswith("http") and host_of(url) == host_of(page.url)
    return url if is_own and urlsplit(url or "").path.strip("/") else None


def host_of(url: str) -> str:
    """Return the host of an address, without what tells the mobile pages of a portal from the others.

    >>> host_of("https://m.hoasua.example.vn/tin"), host_of("http://WWW.hoasua.example.vn")
    ('hoasua.example.vn', 'hoasua.example.vn')
    """
    return _OTHER_HOST.sub("", urlsplit(url).netloc.lower())


def names_article(url: str, page_url: str, title: str) -> bool:
    """Whether an address names the article of a page: by its title, its slug, or the id in the page's own address.

    Some portals give every page the address of the home page or of the section, and some that of another article.

    >>> names_article("/tin/hop-to-dan-pho-so-5.html", "/in?id=7", "Họp tổ dân phố số 5, phường Hoa Sữa")
    True
    >>> names_article("/tin/hop-to.html", "/print/hop-to.html", "Họp"), names_article("/tin/9041", "/in?id=9041", "Họp")
    (True, True)
    >>> names_article("/tin-tuc-su-kien", "/in?id=7", "Họp tổ dân phố số 5"), names_article("/tin/8", "/in?id=7", "Họp")
    (False, False)
    """
    slug, own = _slug_in(url), _slug_in(page_url)
    if slug == own and not _NUMBER.fullmatch(slug):
        return True
    numbers = {value for _, value in options(page_url) if len(value) >= _SHORTEST_ID and any(map(str.isdigit, value))}
    if numbers.intersection(re.split(r"[/.=&?-]", url)):
        return True
    words = [word for word in slug.split("-") if not _NUMBER.fullmatch(word)]
    known = set(slugged(title).split("-"))
    return len(words) >= _FEWEST_WORDS and sum(word in known for word in words) >= _MOST_OF_WORDS * len(words)


def name_others(url: str, other: str) -> bool:
    """Whether the slugs of two addresses are of different titles: they share few words.

    >>> name_others("/tin/a/hop-to-dan-pho-7.html", "/tin/b/le-hoi-dua-thuyen-7.html")
    True
    >>> name_others("/a/hop-to-dan-pho-7.html", "/b/hop-to-dan-pho-so-5-7.html"), name_others("/a/7", "/b/le-hoi-dua-7")
    (False, False)
    """
    words, others = ({word for word in _slug_in(one).split("-") if not _NUMBER.fullmatch(word)} for one in (url, other))
    few = min(len(words), len(others))
    return few >= _FEWEST_WORDS and len(words & others) < _FEW_OF_WORDS * few


def without_view(url: str) -> str:
    """Return the address of what a print, e-mail, AMP or mobile view shows, where that is the same but for the view.

    >>> without_view("http://a.vn/tin/print/hop-to-57.html?x=1"), without_view("http://a.vn/tin?id=7&tmpl=component&print=1")
    ('http://a.vn/tin/hop-to-57.html?x=1', 'http://a.vn/tin?id=7')
    """
    scheme, host, path, query, _ = urlsplit(url)
    kept = [option for option in query.split("&") if not _VIEW_OPTIONS.fullmatch(option.partition("=")[0])]
    return urlunsplit((scheme, host, _VIEW_STEPS.sub("", path) or "/", "&".join(kept), ""))


def slugged(words: str) -> str:
    """Return words as addresses have them.

    >>> slugged("Đảng bộ phường Hoa Sữa: họp!")
    'dang-bo-phuong-hoa-sua-hop'
    """
    plain = normalize("NFD", words.lower().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"[\u0300-\u036f]", "", plain)).strip("-")


def _slug_in(url: str) -> str:
    """Return the last step of an address's path, without its ending."""
    return _ENDING.sub("", urlsplit(url).path.rstrip("/").rpartition("/")[2]).lower()
