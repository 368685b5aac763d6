"""What stands around every page of the older generation: head, menu, sidebar, footer."""

from datetime import datetime
from functools import cache
from html import escape

from wardnews.demo.liferay_parts import JSP_SPACE, POLL, SECTIONS, SITE_NAME, Head, Section, Words, portlet, static

WEEK = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")


def pop_up(head: Head, main: str, words: Words) -> str:
    """Return a whole page without menu and sidebar, as for printing."""
    return (
        f'<!DOCTYPE html> <html class="aui ltr" dir="ltr" lang="{words.lang}"> <head> <title>{head.title}</title>'
        f'{_styles()}</head> <body class="portal-popup yui3-skin-sam"> {main} </body> </html>'
    )


def frame(head: Head, main: str, words: Words, now: datetime, section: Section | None = None) -> str:
    """Return a whole page around its main column."""
    before, after = _chrome(section)
    return (
        f'<!DOCTYPE html> <html class="aui ltr" dir="ltr" lang="{words.lang}"> \n'
        f"{_head(head, words)}{before}{_clock(now)}{_menu(section)}{main}{after}"
    )


def _head(head: Head, words: Words) -> str:
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
        + portlet("85", f"<ul>{news}</ul>", "tin tức", instance="_INSTANCE_9hXnNYno", kind="portlet-site-map")
        # The banners are a web content of their own, in the same element as an article's body.
        + static(f'<table border="0" cellpadding="0" cellspacing="0" style="width: 250.0px;">\n{banners}</table>')
        + (_poll(section) if section else "")
        + portlet("2_WAR_portallienketportlet", f"<select>{links}</select>", "LIÊN KẾT WEBSITE")
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
    return portlet("59", content, "THĂM DÒ Ý KIẾN", instance=POLL.removeprefix("59"), kind="portlet-polls-display")


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
