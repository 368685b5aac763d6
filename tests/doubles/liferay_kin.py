"""What portals on Liferay share, whoever made their news portlet: the theme around a page, the page iterators."""

from html import escape
from urllib.parse import urlencode

from tests.doubles.cms import CLOCK, COUNTER, Cms, Section, links
from wardnews.demo.web import Request

POLL = "<p>Bạn đánh giá thế nào về nội dung trên trang?</p><ul><li>Rất đầy đủ</li><li>Chưa đầy đủ</li></ul>\n"
ELSEWHERE = '<select><option value="http://quan.example/">Quận Sông Hồng</option></select>\n'


def cursor(request: Request, portlet: str) -> int:
    """Return the page that a portlet is asked for."""
    asked = request.query.get(f"_{portlet}_cur", "1")
    return max(1, int(asked)) if asked.isdecimal() else 1


def cursor_path(path: str, portlet: str, page: int, delta: int) -> str:
    """Return the address of a portlet's further page."""
    if page == 1:
        return path
    asked = {"p_p_id": portlet, "p_p_lifecycle": "0", "p_p_state": "normal", "p_p_mode": "view"}
    asked |= {"p_p_col_id": "column-1", "p_p_col_count": "1"}
    own = {"delta": str(delta), "keywords": "", "advancedSearch": "false", "andOperator": "true", "resetCur": "false"}
    asked |= {f"_{portlet}_{name}": value for name, value in (own | {"cur": str(page)}).items()}
    return f"{path}?{urlencode(asked)}"


def iterator(cms: Cms, section: Section, current: int, pages: int) -> str:
    """Return the page iterator of Liferay 6."""

    def button(kind: str, text: str, page: int) -> str:
        off = not 1 <= page <= pages or page == current
        place = "javascript:;" if off else escape(cms.section_path(section, page))
        return (
            f'<li class="{"disabled " if off else " "}{kind}">\n<a href="{place}" target="_self"> {text} </a>\n</li>\n'
        )

    total = len(cms.listed[section])
    first, last = (current - 1) * cms.per_page + 1, min(current * cms.per_page, total)
    return (
        f'<div class="taglib-page-iterator" id="_{section.path}_ocerSearchContainerPageIterator">\n'
        f'<small class="search-results"> Hiển thị {first} - {last} of {total} kết quả. </small>\n'
        f'<ul class="pager lfr-pagination-buttons">\n{button("first", "&larr; Đầu tiên", 1)}'
        f"{button('', 'Trước', current - 1)}{button('', 'Tiếp theo', current + 1)}"
        f"{button('last', 'Cuối cùng &rarr;', pages)}</ul>\n</div>\n"
    )


def pagination_bar(cms: Cms, section: Section, current: int, pages: int) -> str:
    """Return the page iterator of Liferay 7."""

    def step(page: int, icon: str, text: str) -> str:
        off = not 1 <= page <= pages
        place = "javascript:;" if off else escape(cms.section_path(section, page))
        svg = f'<svg class="lexicon-icon lexicon-icon-{icon}"><use href="/o/images/icons.svg#{icon}"></use></svg>'
        return (
            f'<li class="page-item{" disabled" if off else ""}"><a class="page-link" href="{place}">{svg}'
            f'<span class="sr-only">{text}</span></a></li>\n'
        )

    numbers = "".join(
        f'<li class="page-item{" active" if page == current else ""}"><a class="page-link"'
        f' href="{escape(cms.section_path(section, page))}"><span class="sr-only">Trang</span>{page}</a></li>\n'
        for page in range(1, pages + 1)
    )
    total = len(cms.listed[section])
    first, last = (current - 1) * cms.per_page + 1, min(current * cms.per_page, total)
    return (
        f'<div class="pagination-bar" data-qa-id="paginator" id="_{section.path}_PageIteratorBottom">\n'
        '<div class="dropdown pagination-items-per-page">'
        f'<a class="dropdown-toggle page-link" href="javascript:;" role="button">{cms.per_page} mục</a></div>\n'
        f'<p class="pagination-results">Hiển thị {first} - {last} trong {total} kết quả.</p>\n<ul class="pagination">\n'
        f"{step(current - 1, 'angle-left', 'Trang trước')}{numbers}{step(current + 1, 'angle-right', 'Trang sau')}"
        "</ul>\n"
        f"</div>\n"
    )


def portlet(name: str, content: str) -> str:
    """Return a portlet's boundary around its content."""
    return (
        f'<div class="portlet-boundary portlet-static-end" id="p_p_id_{name}_"><span id="p_{name}"></span>\n'
        f'<div class="portlet-borderless-container"><div class="portlet-body">\n{content}</div></div></div>\n'
    )


def liferay_frame(cms: Cms, title: str, main: str, head: str, build: str) -> str:
    """Return a page of Liferay's theme; `build` is the number of the portal's own release."""
    counter = portlet("visitcounter_WAR_counterportlet", f'<div class="so-truy-cap">{COUNTER}</div>')
    return (
        f'<!DOCTYPE html>\n<html class="aui ltr" dir="ltr" lang="vi-VN">\n<head>\n'
        f"<title>{escape(title)} - {cms.name}</title>\n"
        f'<meta content="text/html; charset=UTF-8" http-equiv="content-type" />\n{head}'
        f'<link class="lfr-css-file" href="/theme/css/main.css?browserId=other&amp;languageId=vi_VN&amp;b={build}"'
        f' rel="stylesheet" type="text/css" />\n'
        f'<script type="text/javascript">var Liferay = {{Browser: {{}}, ThemeDisplay: {{}}}};</script>\n</head>\n'
        f'<body class="yui3-skin-sam signed-out public-page site">\n<div id="wrapper"><header id="banner">\n'
        f'<h1 class="site-title"><a class="logo" href="/web/guest">{cms.name}</a></h1><span class="date">{CLOCK}'
        "</span>\n"
        f'<nav id="navigation"><ul role="menubar">\n{links(cms.menu())}</ul></nav></header>\n'
        f'<div id="content"><div class="portlet-layout row-fluid"><div class="portlet-column" id="column-1">\n{main}'
        "</div>\n"
        f'<div class="portlet-column" id="column-2">\n'
        f"{portlet('59_INSTANCE_6pWmTzKb2Rqa', POLL)}{portlet('2_WAR_lienketportlet', ELSEWHERE)}{counter}"
        f'</div></div></div>\n<footer id="footer"><p>Cổng thông tin điện tử {cms.name}</p></footer></div>\n'
        f"</body>\n</html>\n"
    )
