"""The portals of July 2025 on: the city's new CMS, whose lists come from a form call."""

import json
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from html import escape
from typing import Literal

from wardnews.demo.articles import PracticeArticle
from wardnews.demo.web import Reply, Request, document, html, plain, redirect

SITE_NAME = "Phường Bến Trăng - Thành phố"
ROBOTS = "User-agent: *\nAllow: /\nCrawl-delay: 0\n"
LISTING_CALL = "/api/NewsZone/NewsZone"
PER_PAGE = 10
DAY = timedelta(days=1)
STATIC = {"gioi-thieu": "Giới thiệu", "lien-he": "Liên hệ", "tim-kiem": "Tìm kiếm"}


@dataclass(frozen=True, slots=True)
class Category:
    """Where the page of one category carries the tokens of its listing call."""

    path: str
    name: str
    tokens: Literal["script", "data", "inputs", "none"]


CATEGORIES = {
    category.path: category
    for category in (
        Category("tin-tuc-su-kien-noi-bat", "Tin tức - Sự kiện nổi bật", "script"),
        Category("dang-doan-the", "Đảng - Đoàn thể", "data"),
        Category("van-hoa-xa-hoi", "Văn hóa - Xã hội", "inputs"),
        Category("chi-dao-dieu-hanh", "Chỉ đạo điều hành", "none"),
    )
}


def _opaque(name: str, length: int = 24) -> str:
    return b64encode(sha256(name.encode()).digest()[:length]).decode()


COMMON_TOKENS = {"LanguageId": _opaque("vi", 8), "PageSize": _opaque("10", 8), "Site": _opaque("ben-trang-9", 8)}


def tokens(category: str) -> dict[str, str]:
    """Return the four tokens that the listing call wants for a category."""
    return {"Catname": _opaque(category), **COMMON_TOKENS}


class NewsZoneSite:
    """Answer requests as a portal of the newer generation does."""

    def __init__(self, articles: Iterable[PracticeArticle], now: datetime) -> None:
        """Take the articles to publish and the time that relative dates count from."""
        self._now = now
        self._by_token = {_opaque(path): path for path in CATEGORIES}
        self.publish(articles)

    def publish(self, articles: Iterable[PracticeArticle]) -> None:
        """Replace all articles."""
        ordered = sorted(articles, key=lambda article: article.published, reverse=True)
        self._ordered = ordered
        self._by_id = {str(article.id): article for article in ordered}
        self._by_category = {path: [a for a in ordered if a.section_path == path] for path in CATEGORIES}

    def reply(self, request: Request) -> Reply:
        """Answer one request."""
        place = request.place
        if place == LISTING_CALL:
            return self._call(request)
        if place == "/robots.txt":
            return plain(ROBOTS)
        if place.startswith("/media/"):
            return document(place)
        if place == "/":
            return html(_frame("Trang chủ", self._home()))
        return self._page(place)

    def _page(self, place: str) -> Reply:
        category, _, name = place.removeprefix("/").removesuffix(".htm").partition("/")
        if not place.endswith(".htm"):
            return _not_found()
        if not name and category in CATEGORIES:
            return html(_frame(CATEGORIES[category].name, self._category(CATEGORIES[category])))
        if not name and category in STATIC:
            return html(_frame(STATIC[category], f"<div class='static-page'><h2>{STATIC[category]}</h2></div>"))
        article = self._by_id.get(name.rpartition("-")[2])
        if article is None:
            return _not_found()
        if place != article.path:
            return redirect(article.path, 301)
        return html(_frame(article.title, self._article(article), _structured(article)))

    def _call(self, request: Request) -> Reply:
        if request.method != "POST":
            return plain("", 405)
        form = request.form
        if request.header("X-Requested-With") != "XMLHttpRequest" or not form.get("PageIndex", "").isdecimal():
            return plain("", 400)
        category = self._by_token.get(form.get("Catname", ""))
        if category is None or any(form.get(name) != value for name, value in COMMON_TOKENS.items()):
            return html("")
        page = int(form["PageIndex"])
        return html(self._items(self._by_category[category][page * PER_PAGE : (page + 1) * PER_PAGE]))

    def _items(self, articles: Iterable[PracticeArticle]) -> str:
        return "".join(_item(article, self._now) for article in articles)

    def _category(self, category: Category) -> str:
        first = self._items(self._by_category[category.path][:PER_PAGE])
        return CARRIERS[category.tokens](tokens(category.path)).format(
            name=category.name,
            items=f'<div class="list-news" id="list-news">{first}</div>\n{MORE}',
        )

    def _home(self) -> str:
        blocks = (
            f'<div class="home-box"><h2 class="box-title"><a href="/{path}.htm">{category.name}</a></h2>\n'
            f"{self._items(self._by_category[path][:3])}</div>\n"
            for path, category in CATEGORIES.items()
        )
        return "".join(blocks)

    def _article(self, article: PracticeArticle) -> str:
        others = [other for other in self._by_category[article.section_path][:6] if other is not article][:5]
        links = "".join(f'<li><a href="{other.path}">{_title(other)}</a></li>\n' for other in others)
        return (
            f'<div class="detail-breadcrumb" data-role="breadcrumb"><a href="/">Trang chủ</a> &raquo;\n'
            f'<a href="/{article.section_path}.htm" data-role="cate-name">{article.section}</a></div>\n'
            f"{FRAMES[article.frame](article)}"
            f'<div class="box-related"><div class="box-title">Tin cùng chuyên mục</div><ul>\n{links}</ul></div>\n'
        )


def _not_found() -> Reply:
    return html(_frame("Không tìm thấy", '<div class="error-404">Trang bạn tìm không tồn tại.</div>'), 404)


def _title(article: PracticeArticle) -> str:
    return article.title_html or escape(article.title)


# --- a listing --------------------------------------------------------------------------------------------------------


def _item(article: PracticeArticle, now: datetime) -> str:
    shown = f"{article.published:%H:%M %d/%m/%Y}"
    age = now - article.published
    if timedelta(0) <= age < DAY:
        hours, minutes = age.seconds // 3600, age.seconds // 60
        shown = f"{hours} giờ trước" if hours else f"{minutes} phút trước"
    picture = (
        f'<a class="news-avatar" href="{article.path}"><img src="{escape(article.images[0][0])}" alt=""></a>\n'
        if article.images
        else ""
    )
    return (
        f'<div class="news-item" data-id="{article.id}">\n{picture}<div class="news-info">\n'
        f'<a href="{article.path}" title="{escape(article.title)}"><h3 class="news-title">{_title(article)}</h3></a>\n'
        f'<span class="news-time" title="{article.published:%H:%M, %d/%m/%Y}">{shown}</span>\n'
        f'<p class="news-sapo">{article.lead_html or ""}</p>\n</div>\n</div>\n'
    )


def _in_script(carried: dict[str, str]) -> str:
    values = ",".join(f'"{name}":"{value}"' for name, value in carried.items())
    return (
        f"{BOX_OPEN}{{items}}</div>\n<script>var newsZone={{{{PageIndex:0,{values}}}}};"
        '$(".btn-viewmore").on("click",function(){{newsZone.PageIndex++;loadNewsZone(newsZone);}});</script>\n'
    )


def _in_data(carried: dict[str, str]) -> str:
    values = " ".join(f'data-{name.lower()}="{value}"' for name, value in carried.items())
    return f'<div class="zone-list" data-pageindex="0" {values}>{BOX_OPEN}{{items}}</div></div>\n'


def _in_inputs(carried: dict[str, str]) -> str:
    values = "".join(
        f'<input type="hidden" id="hd{name}" name="{name}" value="{value}" />' for name, value in carried.items()
    )
    return f"{BOX_OPEN}{values}{{items}}</div>\n"


def _nowhere(_carried: dict[str, str]) -> str:
    return f"{BOX_OPEN}{{items}}</div>\n"


MORE = '<a class="btn-viewmore" href="javascript:;">Xem thêm</a>'
BOX_OPEN = '<div class="box-category"><h1 class="box-title">{name}</h1>\n'
CARRIERS = {"script": _in_script, "data": _in_data, "inputs": _in_inputs, "none": _nowhere}


# --- an article -------------------------------------------------------------------------------------------------------


def _detail(article: PracticeArticle) -> str:
    lead = (
        f'<h2 class="detail-sapo" data-role="sapo">{article.lead_html}</h2>\n' if article.lead_html is not None else ""
    )
    author = (
        f'<div class="detail-author" data-role="author">{escape(article.author)}</div>\n'
        if article.author is not None
        else ""
    )
    time = (
        ""
        if article.frame != "detail"
        else f'<div class="detail-time" data-role="publishdate">{article.header()}</div>\n'
    )
    return (
        f'<div class="detail__main">\n<h1 class="detail-title" data-role="title">{_title(article)}</h1>\n{time}{lead}'
        '<div class="detail-content afcbc-body" data-role="content" itemprop="articleBody">\n'
        f"{article.body_html}</div>\n{author}{_tags(article)}</div>\n"
    )


def _plain(article: PracticeArticle) -> str:
    lead = f'<h2 class="sapo">{article.lead_html}</h2>\n' if article.lead_html is not None else ""
    author = (
        f'<p class="author" data-role="author">{escape(article.author)}</p>\n' if article.author is not None else ""
    )
    return (
        f'<div class="news-detail">\n<h1>{_title(article)}</h1>\n{_info(article)}{lead}'
        f'<div class="detail-content afcbc-body clearfix">\n{article.body_html}</div>\n{author}{_tags(article)}</div>\n'
    )


def _bare(article: PracticeArticle) -> str:
    content = f"<h1>{_title(article)}</h1>\n{_info(article)}{article.body_html}"
    return f'<div class="news-detail">\n{content}</div>\n{_tags(article)}'


def _info(article: PracticeArticle) -> str:
    return f'<div class="news-info"><span class="time">{article.header()}</span></div>\n'


def _tags(article: PracticeArticle) -> str:
    return (
        '<div class="detail-tags"><span>Từ khóa:</span>'
        ' <a href="/tim-kiem.htm?keywords=ben-trang">phường Bến Trăng</a>,'
        f' <a href="/tim-kiem.htm?keywords={article.section_path}">{article.section}</a></div>\n'
    )


FRAMES = {"detail": _detail, "plain": _plain, "bare": _bare}


def _structured(article: PracticeArticle) -> str:
    if not article.structured_data:
        return ""
    stamp = f"{article.published:%Y-%m-%dT%H:%M:%S}+07:00"
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "datePublished": stamp,
        "author": {"@type": "Person", "name": article.author},
    }
    return (
        f'<meta property="article:published_time" content="{stamp}" />\n'
        f'<meta property="og:title" content="{escape(article.title)}" />\n'
        f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>\n'
    )


# --- what stands around every page ------------------------------------------------------------------------------------


def _frame(title: str, main: str, head: str = "") -> str:
    return (
        '<!DOCTYPE html>\n<html lang="vi">\n<head>\n<meta charset="utf-8" />\n'
        f"<title>{escape(title)} | {SITE_NAME}</title>\n{head}{_before()}{main}{_after()}"
    )


@cache
def _before() -> str:
    rules = "".join(
        f".zone-{number} .news-item .news-title{{font:700 16px/1.4 'Roboto',sans-serif;margin:0 0 {number % 9}px;"
        "color:#1d2129}"
        for number in range(1, 270)
    )
    menu = "".join(f'<li><a href="/{path}.htm">{category.name}</a></li>\n' for path, category in CATEGORIES.items())
    more = "".join(f'<li><a href="/{path}.htm">{name}</a></li>\n' for path, name in STATIC.items())
    return (
        f"<style>{rules}</style>\n</head>\n<body>\n"
        '<header class="header"><a class="logo" href="/">Phường Bến Trăng</a>\n'
        f'<ul class="menu-list"><li><a href="/">Trang chủ</a></li>\n{menu}{more}</ul></header>\n'
        '<main class="main"><div class="container">\n'
    )


@cache
def _after() -> str:
    services = "".join(
        f'<div class="service-item" data-service="{number}"><a href="https://dich-vu-{number}.example/" target="_blank"'
        f' rel="nofollow"><img src="/media/2790/icon-{number}.svg" alt="">'
        f"<span>Dịch vụ công số {number}</span></a></div>\n"
        for number in range(1, 60)
    )
    script = "".join(f'arfAsync.push("zone-{number * 104729:09d}");' for number in range(1, 420))
    return (
        f'</div></main>\n<aside class="sidebar">\n{services}</aside>\n'
        '<footer class="footer"><p>Cổng thông tin điện tử phường Bến Trăng</p>\n'
        "<p>Cập nhật lần cuối: 07:00 29/08/2026</p><p>Tổng lượt truy cập: 1.017.728</p></footer>\n"
        f"<script>var arfAsync=[];{script}</script>\n</body>\n</html>\n"
    )
