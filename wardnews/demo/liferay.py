"""The portals of 2012 to 2025: Liferay 6.2 with the city's own Asset Publisher template."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from threading import Lock
from urllib.parse import urlencode

from wardnews.demo.articles import PORTLET_QUERY, PracticeArticle
from wardnews.demo.web import Reply, Request, document, html, plain, redirect

SITE_NAME = "Phường Hoa Sữa - Quận Sông Hồng"
ROBOTS = "User-agent: *\nDisallow: /c/portal/\n"
ENGLISH_COOKIE = ("Set-Cookie", "GUEST_LANGUAGE_ID=en_US; Path=/; HttpOnly")
VIETNAMESE_COOKIE = ("Set-Cookie", "GUEST_LANGUAGE_ID=vi_VN; Path=/; HttpOnly")
SESSION_COOKIE = ("Set-Cookie", "JSESSIONID=5F2C0A9B7E41D3866A10C2FD94B7E0A1; Path=/; HttpOnly")
RELATED = 6
LONGEST_MENU = 25  # Liferay's search.container.page.iterator.max.pages
POLL = "59_INSTANCE_6pWmTzKb2Rqa"
WEEK = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")


@dataclass(frozen=True, slots=True)
class Section:
    """Say how one page of the portal lists its articles."""

    path: str
    name: str
    heading: str | None
    delta: int = 10
    pager: bool = True
    long_links: bool = False
    focus: bool = False
    crumbs: bool = True


SECTIONS = {
    section.path: section
    for section in (
        Section("cong-tac-dang1", "Công tác Đảng", "CÔNG TÁC ĐẢNG", long_links=True),
        Section("tin-noi-bat", "Tin nổi bật", "Tin nổi bật", focus=True, crumbs=False),
        Section("hoat-dong-cac-phuong", "Hoạt động phường", "Hoạt động các phường"),
        # Here the portlet has no header, so the section's name stands in the breadcrumb alone.
        Section("van-hoa-xa-hoi", "Văn hóa - xã hội", None),
        # Here the header is empty and nothing leads to the third article but the others' "Các tin khác".
        Section("chi-ao-ieu-hanh", "Chỉ đạo điều hành", "", delta=2, pager=False),
    )
}
STATIC = {
    "gioi-thieu": "Giới thiệu",
    "co-cau-to-chuc": "Cơ cấu tổ chức",
    "lien-he": "Liên hệ",
    "dang-nhap": "Đăng nhập",
}
PAGES = {
    "trang-chu": "Trang chủ",
    **STATIC,
    **{path: section.name for path, section in SECTIONS.items()},
    "so-do-website": "Sơ đồ cổng",
}


@dataclass(frozen=True, slots=True)
class Words:
    """Hold what the portal says in one language, mixed up as it is."""

    lang: str
    related: str
    printing: str
    mailing: str
    first: str
    last: str
    previous: str
    next: str
    showing: str
    found: str


VIETNAMESE = Words(
    lang="vi-VN",
    related="Các tin khác",
    printing="In",
    mailing="Gửi email",
    first="&larr; Đầu tiên",
    last="Cuối cùng &rarr;",
    previous="Trước",
    next="next",
    showing="Hiển thị {first} - {last} of {total} kết quả.",
    found="Hiển thị {total} kết quả.",
)
ENGLISH = Words(
    lang="en-US",
    related="Other News",
    printing="Print",
    mailing="Send email",
    first="&larr; First",
    last="Last &rarr;",
    previous="Previous",
    next="Next",
    showing="Showing {first} - {last} of {total} results.",
    found="Showing {total} results.",
)


class LiferaySite:
    """Answer requests as a portal of the older generation does."""

    def __init__(self, articles: Iterable[PracticeArticle], now: datetime) -> None:
        """Take the articles to publish and the time that the page head shows."""
        self._now = now
        self._lock = Lock()
        self._views: dict[int | str, int] = {}
        self.publish(articles)

    def publish(self, articles: Iterable[PracticeArticle]) -> None:
        """Replace all articles; counters of those that stay go on."""
        ordered = sorted(articles, key=lambda article: article.published, reverse=True)
        self._by_id = {str(article.id): article for article in ordered}
        self._by_slug = {article.slug: article for article in ordered}
        self._by_section = {path: [a for a in ordered if a.section_path == path] for path in SECTIONS}
        self._position = {a.id: at for listed in self._by_section.values() for at, a in enumerate(listed)}
        for article in ordered:
            # The server counts before it shows: the first look shows `article.views`.
            self._views.setdefault(article.id, (article.views or 1) - 1)

    def views(self, article: PracticeArticle) -> int:
        """Return where the counter of an article stands."""
        with self._lock:
            return self._views[article.id]

    def reply(self, request: Request) -> Reply:
        """Answer one request."""
        place = request.place
        if place == "/":
            return redirect("/trang-chu")
        if place == "/robots.txt":
            return plain(ROBOTS)
        if place.startswith(("/documents/", "/image/")):
            return document(place)
        if place.startswith("/c/portal/"):
            return self._portal_action(request)
        return self._page(request)

    def _portal_action(self, request: Request) -> Reply:
        if "update_language" in request.place:
            english = request.query.get("languageId") == "en_US"
            return redirect("/trang-chu", 302, ENGLISH_COOKIE if english else VIETNAMESE_COOKIE)
        return redirect("/dang-nhap")

    def _page(self, request: Request) -> Reply:
        cookies = [] if request.header("Cookie") else [SESSION_COOKIE]
        words = ENGLISH if request.cookie("GUEST_LANGUAGE_ID") == "en_US" else VIETNAMESE
        place = request.place.removeprefix("/web/guest")
        for prefix, spoken, cookie in (("/en", ENGLISH, ENGLISH_COOKIE), ("/vi", VIETNAMESE, VIETNAMESE_COOKIE)):
            if place == prefix or place.startswith(f"{prefix}/"):
                words, place = spoken, place.removeprefix(prefix) or "/trang-chu"
                cookies.append(cookie)
        page = self._show(place, request, words)
        if page is None:
            return html(_frame(_Head("Không tìm thấy"), NOT_FOUND, words, self._now), 404, *cookies)
        return html(page, 200, *cookies)

    def _show(self, place: str, request: Request, words: Words) -> str | None:
        page, _, rest = place.strip("/").partition("/")
        section = SECTIONS.get(page)
        if section is None:
            return self._other(page, place, words) if not rest else None
        if ".html/" in rest:
            # Whatever follows an article's address, the portal shows the section, and links on into the depth.
            return self._listing(section, 1, section.delta, words, place)
        if rest.startswith("-/view_content/"):
            article = self._by_id.get(rest.removeprefix("-/view_content/").partition("-")[0])
            return self._article(article, section, request, words) if article and rest.endswith(".html") else None
        return None if rest else self._section(section, request, words)

    def _section(self, section: Section, request: Request, words: Words) -> str | None:
        query = request.query
        if query.get("_101_struts_action") == "/asset_publisher/view_content":
            number = query.get("_101_assetEntryId")
            article = self._by_id.get(number) if number else self._by_slug.get(query.get("_101_urlTitle", ""))
            return self._article(article, section, request, words) if article else None
        if query.get("p_p_id") == POLL and self._by_section[section.path]:
            # The poll's link shows an article again, under the section's address.
            return self._article(self._by_section[section.path][0], section, request, words)
        current, delta = query.get("_101_cur", "1"), query.get("_101_delta", str(section.delta))
        if not (current.isdecimal() and delta.isdecimal()) or not section.pager:
            current, delta = "1", str(section.delta)
        return self._listing(section, max(1, int(current)), max(1, int(delta)), words, f"/{section.path}")

    def _article(self, article: PracticeArticle, section: Section, request: Request, words: Words) -> str:
        with self._lock:
            if request.method == "GET":
                self._views[article.id] += 1
            views = self._views[article.id]
        main = _detail(article, section, views, words, self._neighbours(article))
        head = _Head(
            f"{_title(article)} - {section.name}", article.path, article.lead or article.blocks[:1], section.name
        )
        if request.query.get("p_p_state") == "pop_up":
            return _pop_up(head, main, words)
        return _frame(head, main, words, self._now, section)

    def _neighbours(self, article: PracticeArticle) -> list[PracticeArticle]:
        """Return the articles that follow in the section, going round at its end."""
        listed, at = self._by_section[article.section_path], self._position[article.id]
        return [*listed[at + 1 : at + 1 + RELATED], *listed[: min(at, RELATED)]][:RELATED]

    def _listing(self, section: Section, current: int, delta: int, words: Words, place: str) -> str:
        listed = self._by_section[section.path]
        shown = listed[(current - 1) * delta : current * delta]
        items = "".join(
            _abstract(article, section, self.views(article), words, focus=section.focus and current == 1 and not at)
            for at, article in enumerate(shown)
        )
        pager = _pager(section, current, delta, len(listed), words) if section.pager else ""
        main = _crumbs(section) + _portlet_101(section, f'<div class="subscribe-action">\n</div>{items}{pager}')
        return _frame(_Head(section.name, place, None, section.name), main, words, self._now, section)

    def _other(self, page: str, place: str, words: Words) -> str | None:
        if page == "trang-chu":
            return _frame(_Head("Trang chủ", place), self._home(), words, self._now)
        if page == "so-do-website":
            return _frame(_Head("Sơ đồ cổng", place), _site_map(), words, self._now)
        if page in STATIC:
            return _frame(_Head(STATIC[page], place), STATIC_PAGES[page], words, self._now)
        return None

    def _home(self) -> str:
        return _focus_block(self._by_section["tin-noi-bat"][:6]) + "".join(
            _folder(section, self._by_section[section.path][: min(4, section.delta)], side)
            for section, side in zip(SECTIONS.values(), ("right", "left") * len(SECTIONS), strict=False)
        )


@dataclass(frozen=True, slots=True)
class _Head:
    title: str
    place: str = "/trang-chu"
    summary: str | tuple[str, ...] | None = None
    keywords: str = "trang chủ"


def _title(article: PracticeArticle) -> str:
    return article.title_html or escape(article.title)


def _cut(article: PracticeArticle, length: int) -> str:
    text = article.lead or " ".join(article.blocks)
    return escape(text if len(text) <= length else text[:length].rpartition(" ")[0] + "...")


# --- an article -------------------------------------------------------------------------------------------------------


def _detail(
    article: PracticeArticle, section: Section, views: int, words: Words, neighbours: list[PracticeArticle]
) -> str:
    lead = "" if article.lead_html is None else SAPO.format(lead=article.lead_html)
    author = UPLOADER.format(name=escape(article.author)) if article.author else ""
    content = (
        f'<div>{JSP_SPACE}<div class="asset-full-content-title">{_title(article)}</div>\n\n'
        f"{_date_line(article, views, words)}\n"
        f'<div class="asset-full-content  show-asset-title">\n\t<!-- {JSP_SPACE} -->\n'
        f'\t<div class="asset-content" id="_101_{article.id}">{JSP_SPACE}{lead}\n'
        f'<div class="journal-content-article">\n\t{article.body_html}\n{author}\n</div>\n'
        f"\t</div>\n</div>\n{_controls(article, words)}{_related(neighbours, words)}</div>"
    )
    return _crumbs(section) + _portlet_101(section, content)


SAPO = '<div class="sapo-wrapper clearfix">\n\t<p class="sapo">\n\t\t<strong>{lead}</strong>\n\t</p>\n</div>\n'
UPLOADER = '<p align="right" class="view-content-author">\n\t<strong><em>{name}</em></strong>\n</p>'
# The template's loops leave their line ends in the page.
JSP_SPACE = "\n" * 40 + "\t\t\n" * 12


def _date_line(article: PracticeArticle, views: int, words: Words) -> str:
    line = escape(article.header(views, english=words is ENGLISH)).replace(" \u00a0|\u00a0", "\n\t\n\t&nbsp;|&nbsp;")
    return f'<div class="assetPublishDate block_timer">\n\t\n\t\t\n\t\t\t{line}\n\t\t \n\t\n</div>'


def _controls(article: PracticeArticle, words: Words) -> str:
    pop_up = escape(article.long_path.replace("p_p_state=normal", "p_p_state=pop_up") + "&_101_viewMode=print")
    return (
        '<div class="asset-control-detail">\n<span class="print-action">'
        f'<a href="javascript:_101_printPage_0();" class=" taglib-icon" id="_101_rjus_column1_1">'
        f'<span class="taglib-text ">{words.printing}</span></a></span>\n'
        f'<span class="print-action"><a href="{pop_up}" target="_blank" rel="nofollow">{words.printing}</a></span>\n'
        f'<span class="mailto-action"><a href="mailto:?subject={article.slug}" class=" taglib-icon">'
        f'<span class="taglib-text ">{words.mailing}</span></a></span>\n</div>\n'
    )


def _related(neighbours: list[PracticeArticle], words: Words) -> str:
    links = "".join(f'<li><a href="{other.path}">{_title(other)}</a></li>\n' for other in neighbours)
    return (
        f'<div class="related_asset">\n<div class="related_asset_title">{words.related}</div>\n'
        f'<ul class="related_asset_list">\n{links}</ul>\n</div>\n'
    )


def _crumbs(section: Section) -> str:
    if not section.crumbs:
        return ""
    return _portlet(
        "ddlk_WAR_pointportalddlkportlet",
        '<div class="dd_chuyenmuc">\n\t<span class="trangchu"><a href="/trang-chu">Trang chủ</a></span>\n'
        f'\t<span class="tintuc"><p>{section.name}</p></span>\n</div>',
        instance="_INSTANCE_4kHdFbGzQw7u",
        kind="ddlk-portlet",
    )


def _portlet_101(section: Section, content: str) -> str:
    return _portlet("101", content, section.heading, kind="portlet-asset-publisher")


def _portlet(name: str, content: str, heading: str | None = None, *, instance: str = "", kind: str = "") -> str:
    full = f"{name}{instance}"
    borderless = " portlet-borderless" if heading is None else ""
    opening = (
        f'{JSP_SPACE}<div class="portlet-boundary portlet-boundary_{name}_  portlet-static portlet-static-end'
        f'{borderless} {kind} " id="p_p_id_{full}_" >\n\t<span id="p_{full}"></span>\n'
    )
    body = f'<div class="portlet-body">{JSP_SPACE}{content}\n</div>\n'
    if heading is None:
        return f'{opening}<div class="portlet-borderless-container" style="">\n{body}</div>\n</div>\n'
    return (
        f'{opening}<section class="portlet" id="portlet_{full}">\n<header class="portlet-topper">\n'
        '<h1 class="portlet-title">\n\t<span class="portlet-title-icon">\n&nbsp;\n</span>\n'
        f'\t<span class="portlet-title-text">{heading}</span>\n</h1>\n'
        f'<menu class="portlet-topper-toolbar" id="portlet-topper-toolbar_{full}" type="toolbar">\n</menu>\n</header>\n'
        '<div class="portlet-content">\n<div class=" portlet-content-container" style="">\n'
        f"{body}</div>\n</div>\n</section>\n</div>\n"
    )


# --- a listing --------------------------------------------------------------------------------------------------------


def _abstract(article: PracticeArticle, section: Section, views: int, words: Words, *, focus: bool) -> str:
    link = escape(article.long_path if section.long_links else article.path)
    picture = article.images[0][0] if article.images else ""
    image = f'<div class="asset-image">\n<a href="{link}"><img src="{escape(picture)}" alt=""/></a>\n</div>\n'
    heading = f'<h3 class="asset-title">\n\t<a href="{link}">{_title(article)}</a>\n</h3>\n'
    date, summary = _date_line(article, views, words), _cut(article, 300)
    image = image if picture else ""
    if focus:
        inner = (
            f'<div class="asset-content focus-news">\n{image}<div class="asset-right-content">\n'
            f'{heading}{date}\n<div class="asset-desc">\n{summary}\n</div>\n</div>\n</div>'
        )
    else:
        style = "" if picture else ' style="margin-left: 0"'
        inner = (
            f'<div class="asset-content normal-news">\n{image}<div class="asset-content-custom"{style} >\n'
            f'{heading}{date}\n<div class="asset-summary">\n{summary}\n</div>\n</div>\n</div>'
        )
    return (
        f'\n<div class="asset-bounddary">\n<div class="asset-abstract ">\n<!-- <div class="asset_actions_custom_style">'
        f'{JSP_SPACE}</div> -->\n{inner}\n<div class="asset-metadata">\n</div>\n</div>\n</div>\n'
    )


def _pager(section: Section, current: int, delta: int, total: int, words: Words) -> str:
    pages = max(1, -(-total // delta))
    opening = '<div class="taglib-page-iterator" id="_101_ocerSearchContainerPageIterator">\n'
    if pages == 1:
        return f'{opening}<small class="search-results">\n{words.found.format(total=total)}\n</small>\n</div>\n'
    first = min((current - 1) * delta + 1, total)
    showing = words.showing.format(first=first, last=min(current * delta, total), total=total)
    buttons = (
        _button("first", words.first, _page_link(section, 1, delta) if current > 1 else "")
        + _button("", words.previous, _page_link(section, current - 1, delta) if current > 1 else "")
        + _button("", words.next, _page_link(section, current + 1, delta) if current < pages else "")
        + _button("last", words.last, _page_link(section, pages, delta) if current < pages else "")
    )
    return (
        f'{opening}<div class="clearfix lfr-pagination">\n{_dropdown(section, current, delta, pages)}</div>\n'
        f'<small class="search-results">\n{showing}\n</small>\n'
        f'<ul class="pager lfr-pagination-buttons">\n{buttons}</ul>\n</div>\n'
    )


def _dropdown(section: Section, current: int, delta: int, pages: int) -> str:
    first = max(1, min(current - LONGEST_MENU // 2, pages - LONGEST_MENU + 1))
    choices = "".join(
        f'<li class="custom-paging" role="presentation">\n<a href="{_page_link(section, page, delta)}"'
        f' class=" taglib-icon" id="_101_kldx_column1_1_menu_{page}" role="menuitem" >\n'
        f'<span class="taglib-text-icon">{page}</span>\n</a>\n</li>\n'
        for page in range(first, min(pages, first + LONGEST_MENU - 1) + 1)
    )
    return (
        '<div class="lfr-pagination-config">\n<div class="lfr-pagination-page-selector">\n'
        '<div class="btn-group lfr-icon-menu current-page-menu custom-paging">'
        '<a class="dropdown-toggle direction-down max-display-items-15 btn" href="javascript:;"'
        f' id="_101_kldx_column1_1_menu" title=" {current} "><span class="lfr-icon-menu-text"> {current} </span>'
        f'<i class="caret"></i> </a><ul class="dropdown-menu lfr-menu-list direction-down">\n{choices}</ul></div>\n'
        '</div>\n<div class="lfr-pagination-delta-selector">\n<div style="margin-right: 5px"> Trang </div>\n</div>\n'
        "</div>\n"
    )


def _button(kind: str, text: str, link: str) -> str:
    kinds = (f"disabled {kind}".strip() if not link else f" {kind}") if kind or not link else ""
    return f'<li class="{kinds}">\n<a href="{link or "javascript:;"}" target="_self"> {text} </a>\n</li>\n'


def _page_link(section: Section, page: int, delta: int) -> str:
    query = PORTLET_QUERY | {
        "p_p_col_pos": "1",
        "p_p_col_count": "2",
        "_101_delta": str(delta),
        "_101_keywords": "",
        "_101_advancedSearch": "false",
        "_101_andOperator": "true",
        "p_r_p_564233524_resetCur": "false",
        "_101_cur": str(page),
    }
    return escape(f"/{section.path}?{urlencode(query)}")


# --- the other pages --------------------------------------------------------------------------------------------------


def _focus_block(articles: list[PracticeArticle]) -> str:
    rows = "".join(
        f'<li>\n<div class="title_news">\n<a href="{article.path}" title="{escape(article.title)}"> {_title(article)}\n'
        f'<span class="date_content_asset"> ({article.published:%d/%m/%Y}) </span>\n</a>\n</div>\n'
        f'<div class="leadNewsTemp" style="display: none;" data-summary="{_cut(article, 200)}"></div>\n</li>\n'
        for article in articles
    )
    big = "".join(
        f'<div class="block_news_big"> <a href="{article.path};jsessionid=5F2C0A9B7E41D3866A10C2FD94B7E0A1">'
        f'<img alt="{escape(article.title)}" src="/image/journal/article?img_id=1"> </a> </div>\n'
        f'<div class="title_news"> <a href="{article.path}"> {_title(article)}\n'
        '<span class="new-icon"></span> </a> </div>\n'
        f'<div class="news_lead"> {_cut(article, 300)} </div>\n'
        for article in articles[:1]
    )
    name = "1_WAR_portalnewspublisherportlet"
    content = (
        f'<div class="news-wrapper ">\n<div class="newsfocus3-wrapper" id="_{name}_INSTANCE_zN9_newsfocus3">\n'
        '<div class="nf3-container">\n<div class="nf3-left-content">\n'
        f'<div class="box_hot_news" >\n{big}</div>\n</div>\n'
        f'<div class="nf3-right-content">\n<div class="box_sub_hot_news">\n<ul>\n{rows}</ul>\n'
        '<a class="icon-detail icon-xemthem" title=\'Xem tất cả\' href="/tin-noi-bat"> Xem tất cả </a>\n'
        "</div>\n</div>\n</div>\n</div>\n</div>\n"
    )
    return _portlet(name, content, "Tin nổi bật", instance="_INSTANCE_zN9", kind="portal-newspublisher-portlet")


def _folder(section: Section, articles: list[PracticeArticle], side: str) -> str:
    first = "".join(
        f'<li class="lifirst bo">\n<p><a class="tieudetin" href="{article.path}">{_title(article)}</a></p>\n'
        f'<p class="first"> <a href="{article.path}"> <img src="/image/journal/article?img_id=2" alt=""> </a>'
        f"\n{_cut(article, 120)} </p>\n</li>\n"
        for article in articles[:1]
    )
    rest = "".join(
        f'<li class="tin_tiep nobo"> <a href="{article.path}"> {_title(article)} </a> </li>\n'
        for article in articles[1:]
    )
    name = "pointportalnewspublisher_WAR_pointportalnewspublisherportlet"
    content = (
        f'<div class="k1">\n<div class="folder{side}">\n<h3 class="tlecmh3"> <a class="hdCM" href="/{section.path}">'
        f'<i class="tlecm"></i>{section.name}</a> </h3>\n'
        f'<ul class="box_tp bgxam">\n{first}{rest}</ul>\n</div>\n</div>\n'
    )
    return _portlet(name, content, instance=f"_INSTANCE_{side}", kind="point-portal-newspublisher-portlet")


def _site_map() -> str:
    links = "".join(f'<li><a href="/{path}" > {name}</a></li>' for path, name in PAGES.items() if path not in SECTIONS)
    news = "".join(f'<li><a href="/{path}" > {section.name}</a></li>' for path, section in SECTIONS.items())
    content = f'<ul>{links}<li><a href="/tin-noi-bat" > Tin tức sự kiện</a><ul>{news}</ul></li></ul>'
    return _portlet("85", content, instance="_INSTANCE_T4lWPyP1", kind="portlet-site-map")


def _static(content: str) -> str:
    body = f'<div class="journal-content-article">\n{content}\n</div>\n<div class="entry-links">\n</div>'
    return _portlet("56", body, instance="_INSTANCE_o6RooSL6", kind="portlet-journal-content")


NOT_FOUND = _portlet("status", '<div class="alert alert-error"> Không tìm thấy tài nguyên được yêu cầu. </div>')
STATIC_PAGES = {
    "gioi-thieu": _static(
        "<p><strong>Giới thiệu chung về phường Hoa Sữa</strong></p>\n"
        "<p>Phường Hoa Sữa nằm ở phía đông quận Sông Hồng, có diện tích tự nhiên 318 ha với 21 tổ dân phố.</p>\n"
        "<p>Trụ sở: số 9 phố Hoa Sữa, quận Sông Hồng. Điện thoại: 024.0000.0000.</p>",
    ),
    "co-cau-to-chuc": _static("<table><tr><td>Đảng ủy</td><td>HĐND</td><td>UBND</td><td>MTTQ</td></tr></table>"),
    "lien-he": _portlet(
        "contact",
        '<form action="/lien-he" method="post"><label>Họ và tên <input name="_contact_name" type="text"/></label>\n'
        '<label>Nội dung <textarea name="_contact_content"></textarea></label>\n'
        '<input type="submit" value="Gửi"/></form>',
        "Liên hệ",
    ),
    "dang-nhap": _portlet(
        "58",
        '<form action="/dang-nhap?p_p_id=58&amp;p_p_lifecycle=1" method="post"><input name="_58_login" type="text"/>\n'
        '<input name="_58_password" type="password"/><a href="/c/portal/login?p_l_id=10199">Đăng nhập</a></form>',
        "Đăng nhập",
    ),
}


# --- what stands around every page ------------------------------------------------------------------------------------


def _pop_up(head: _Head, main: str, words: Words) -> str:
    return (
        f'<!DOCTYPE html> <html class="aui ltr" dir="ltr" lang="{words.lang}"> <head> <title>{head.title}</title>'
        f'{_styles()}</head> <body class="portal-popup yui3-skin-sam"> {main} </body> </html>'
    )


def _frame(head: _Head, main: str, words: Words, now: datetime, section: Section | None = None) -> str:
    before, after = _chrome(section)
    return (
        f'<!DOCTYPE html> <html class="aui ltr" dir="ltr" lang="{words.lang}"> \n'
        f"{_head(head, words)}{before}{_clock(now)}{_menu(section)}{main}{after}"
    )


def _head(head: _Head, words: Words) -> str:
    summary = head.summary if isinstance(head.summary, str) else " ".join(head.summary or ())
    place, lower = escape(head.place), head.keywords.lower()
    trap = ".html" in head.place
    english = f"{place}/en" if trap else f"/en{place}"
    vietnamese = f"{place}/vi" if trap else place
    language = words.lang.replace("-", "_")
    return (
        f"<head> <title>{head.title} - {SITE_NAME}</title>\n"
        '<meta content="text/html; charset=UTF-8" http-equiv="content-type" />\n'
        f'<meta content="{escape(summary[:180])}" lang="vi-VN" name="description" />\n'
        f'<meta content="{lower}" lang="vi-VN" name="keywords" />\n'
        f'<link href="{place}" rel="canonical" />\n<link href="{english}" hreflang="en-US" rel="alternate" />\n'
        f'<link href="{place}" hreflang="x-default" rel="alternate" />\n'
        f'<link href="{vietnamese}" hreflang="vi-VN" rel="alternate" />\n'
        '<link class="lfr-css-file" href="/hanoi-theme/css/aui.css?browserId=other&amp;themeId=hanoi_WAR_hanoitheme'
        f'&amp;minifierType=css&amp;languageId={language}&amp;b=6201&amp;t=1621993502000" rel="stylesheet"'
        ' type="text/css" />\n'
        '<script type="text/javascript">var Liferay={ThemeDisplay:{getBCP47LanguageId:function(){return"'
        f'{words.lang}"}},getLanguageId:function(){{return"{language}"}}}}}};</script>\n'
    )


@cache
def _chrome(section: Section | None) -> tuple[str, str]:
    """Return what stands before the clock and after the main column."""
    before = (
        f"{_styles()}{_script()}</head>\n"
        '<body class=" yui3-skin-sam controls-visible signed-out public-page site">\n'
        '<a href="#main-content" id="skip-to-content">Truy cập nội dung luôn</a>\n<div class="body">\n'
        '<div id="header"> <div class="boder_top1"> <div id="contentheader">\n'
        '<a class="lang_us" href="/en/trang-chu"></a> <a class="lang_vi" href="/vi/trang-chu"></a>\n'
        '<a href="/c/portal/update_language?p_l_id=10199&amp;languageId=en_US">English</a>\n'
    )
    return before, f"</div>\n</div>\n{_sidebar(section)}{FOOTER}"


def _clock(now: datetime) -> str:
    return (
        '<div class="egov_date">\n'
        f'<div id="point_portal_egov_date">{WEEK[now.weekday()]}, {now:%d/%m/%Y}</div>\n'
        f'<div id="point_portal_egov_clock">{now:%H:%M:%S}</div>\n</div>\n</div> </div> </div>\n'
    )


@cache
def _menu(section: Section | None) -> str:
    def item(path: str, name: str) -> str:
        selected = "selected" if section and path == section.path else ""
        return f'<li class="{selected}">\n<a href="/{path}" >{name}</a>\n</li>\n'

    news = "".join(item(path, each.name) for path, each in SECTIONS.items())
    return (
        '<div> <nav id="navigation" role="navigation"> <div id="menu"> <div class="center clearfix">\n'
        f'<ul class="navi">\n{item("trang-chu", "Trang chủ")}{item("gioi-thieu", "Giới thiệu")}'
        f'<li class=""> <a href="/tin-noi-bat" >Tin tức sự kiện</a>\n<ul class="child-menu">\n{news}</ul>\n</li>\n'
        f"{item('lien-he', 'Liên hệ')}{item('so-do-website', 'Sơ đồ cổng')}</ul>\n"
        '<div class="nav-search">\n<input type="text" name="search" value="  ---Nhập từ tìm kiếm---  "'
        ' class="txtTimKiem" id="txtTimKiem"/>\n<input type="button" class="search_button" id="btn_search">\n'
        "</div>\n</div>\n</div>\n</nav>\n</div>\n"
        '<div class"after_main"></div>\n<div id="main">\n'
        f'{JSP_SPACE}<div class="so_4thn" id="main-content" role="main">\n<div class="portlet-layout row-fluid">\n'
        '<div class="portlet-column portlet-column-first span9" id="column-1">\n'
        '<div class="portlet-dropzone portlet-column-content portlet-column-content-first"'
        ' id="layout-column_column-1">\n'
    )


def _sidebar(section: Section | None) -> str:
    news = "".join(f'<li><a href="/{path}" > {each.name}</a></li>' for path, each in SECTIONS.items())
    banners = "".join(
        f'<tr>\n<td><a href="/gioi-thieu"><span style="color: rgb(230,230,250);"> <img alt=""'
        f' src="/documents/10197/0/banner{number}.png/5c1f-{number:04}?t=14501712{number:05}"'
        ' style="border-width: 1.0px;border-style: solid;width: 228.0px;margin-top: 1.0px;margin-bottom: 1.0px;'
        'height: 49.0px;" /></span></a></td></tr>\n'
        for number in range(1, 25)
    )
    links = "".join(
        f'<option class="" value="http://don-vi-{number}.example/" > Đơn vị trực thuộc số {number} </option>\n'
        for number in range(1, 60)
    )
    return (
        '<div class="portlet-column portlet-column-last span3" id="column-2">\n'
        '<div class="portlet-dropzone portlet-column-content portlet-column-content-last"'
        ' id="layout-column_column-2">\n'
        + _portlet("85", f"<ul>{news}</ul>", "tin tức", instance="_INSTANCE_9hXnNYno", kind="portlet-site-map")
        # The banners are a web content of their own, in the same element as an article's body.
        + _static(f'<table border="0" cellpadding="0" cellspacing="0" style="width: 250.0px;">\n{banners}</table>')
        + (_poll(section) if section else "")
        + _portlet("2_WAR_portallienketportlet", f"<select>{links}</select>", "LIÊN KẾT WEBSITE")
        + "</div>\n</div>\n"
    )


def _poll(section: Section) -> str:
    again = f"/{section.path}?p_p_id={POLL}&amp;p_p_lifecycle=0&amp;p_p_state={{state}}&amp;p_p_mode=view&amp;"
    again += "p_p_col_id=column-2&amp;p_p_col_pos=5&amp;p_p_col_count=6"
    content = (
        f'<form action="{again.format(state="normal")}" class="form " method="post">\n'
        "Bạn đánh giá thế nào về nội dung trên trang?\n"
        '<label class="radio"><input type="radio" name="choiceId" value="1"/> <strong>a.</strong> Rất đầy đủ </label>\n'
        '<label class="radio"><input type="radio" name="choiceId" value="2"/> <strong>b.</strong> Đầy đủ </label>\n'
        f'<a href="{again.format(state="normal")}">Bình chọn</a>\n'
        f'<a href="{again.format(state="pop_up")}">Kết quả</a>\n</form>\n'
    )
    return _portlet("59", content, "THĂM DÒ Ý KIẾN", instance=POLL.removeprefix("59"), kind="portlet-polls-display")


FOOTER = (
    '</div>\n</div>\n<form action="#" id="hrefFm" method="post" name="hrefFm"> <span></span> </form>\n</div>\n'
    '<div class="footer-wrapper">\n<div id="footer" class="clearfix">\n'
    '<p class="vetrang"><a style="color: #0D03E6;" href="#">| Về đầu trang |</a>'
    '<a style="color: #0D03E6;" href="/dang-nhap?p_p_id=58&amp;p_p_state=maximized"> Đăng nhập |</a>\n'
    '<div class="footleft">\n<h3>CỔNG THÔNG TIN ĐIỆN TỬ PHƯỜNG HOA SỮA - QUẬN SÔNG HỒNG</h3>\n'
    "<p>Địa chỉ: số 9 phố Hoa Sữa<br> Giấy phép số 12/GP-TTĐT cấp ngày 05/04/2013</p>\n"
    '<div class="counter"> Đang truy cập: 37<br> Hôm nay: 1.204<br> Tất cả: 1.017.728 </div>\n'
    "</div>\n</div>\n</div>\n</div>\n</body>\n</html>\n"
)


@cache
def _styles() -> str:
    rules = "".join(
        f"#p_p_id_{number}_INSTANCE_q{number * 7919:08x}_ .portlet{{border-width:1px;border-style:solid;"
        "border-color:#ccc;font-family:'Arial';text-align:justify}"
        for number in range(1, 130)
    )
    return f'<style type="text/css">{rules}</style>\n'


@cache
def _script() -> str:
    calls = "".join(
        f'Liferay.Portlet.onLoad({{canEditTitle:false,columnPos:{number},isStatic:"end",'
        f'namespacedId:"p_p_id_{number}_",portletId:"{number}",refreshURL:"/c/portal/render_portlet?p_l_id=10199&p_p_id={number}"}});'
        for number in range(1, 90)
    )
    return f'<script type="text/javascript">// <![CDATA[\nfunction practiceReady(){{{calls}}}\n// ]]></script>\n'
