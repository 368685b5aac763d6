"""The other pages of the older generation: its home page, the site map, pages without news."""

from html import escape

from wardnews.demo.articles import PracticeArticle
from wardnews.demo.liferay_parts import PAGES, SECTIONS, Section, cut, portlet, static, title


def focus_block(articles: list[PracticeArticle]) -> str:
    """Return the block of the home page that shows the newest articles."""
    rows = "".join(
        f'<li>\n<div class="title_news">\n<a href="{article.path}" title="{escape(article.title)}"> {title(article)}\n'
        f'<span class="date_content_asset"> ({article.published:%d/%m/%Y}) </span>\n</a>\n</div>\n'
        f'<div class="leadNewsTemp" style="display: none;" data-summary="{cut(article, 200)}"></div>\n</li>\n'
        for article in articles
    )
    big = "".join(
        f'<div class="block_news_big"> <a href="{article.path};jsessionid=5F2C0A9B7E41D3866A10C2FD94B7E0A1">'
        f'<img alt="{escape(article.title)}" src="/image/journal/article?img_id=1"> </a> </div>\n'
        f'<div class="title_news"> <a href="{article.path}"> {title(article)}\n'
        '<span class="new-icon"></span> </a> </div>\n'
        f'<div class="news_lead"> {cut(article, 300)} </div>\n'
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
    return portlet(name, content, "Tin nổi bật", instance="_INSTANCE_zN9", kind="portal-newspublisher-portlet")


def folder(section: Section, articles: list[PracticeArticle], side: str) -> str:
    """Return the block of the home page that shows a section."""
    first = "".join(
        f'<li class="lifirst bo">\n<p><a class="tieudetin" href="{article.path}">{title(article)}</a></p>\n'
        f'<p class="first"> <a href="{article.path}"> <img src="/image/journal/article?img_id=2" alt=""> </a>'
        f"\n{cut(article, 120)} </p>\n</li>\n"
        for article in articles[:1]
    )
    rest = "".join(
        f'<li class="tin_tiep nobo"> <a href="{article.path}"> {title(article)} </a> </li>\n'
        for article in articles[1:]
    )
    name = "pointportalnewspublisher_WAR_pointportalnewspublisherportlet"
    content = (
        f'<div class="k1">\n<div class="folder{side}">\n<h3 class="tlecmh3"> <a class="hdCM" href="/{section.path}">'
        f'<i class="tlecm"></i>{section.name}</a> </h3>\n'
        f'<ul class="box_tp bgxam">\n{first}{rest}</ul>\n</div>\n</div>\n'
    )
    return portlet(name, content, instance=f"_INSTANCE_{side}", kind="point-portal-newspublisher-portlet")


def site_map() -> str:
    """Return the main column of the site map."""
    links = "".join(f'<li><a href="/{path}" > {name}</a></li>' for path, name in PAGES.items() if path not in SECTIONS)
    news = "".join(f'<li><a href="/{path}" > {section.name}</a></li>' for path, section in SECTIONS.items())
    content = f'<ul>{links}<li><a href="/tin-noi-bat" > Tin tức sự kiện</a><ul>{news}</ul></li></ul>'
    return portlet("85", content, instance="_INSTANCE_T4lWPyP1", kind="portlet-site-map")


NOT_FOUND = portlet("status", '<div class="alert alert-error"> Không tìm thấy tài nguyên được yêu cầu. </div>')
STATIC_PAGES = {
    "gioi-thieu": static(
        "<p><strong>Giới thiệu chung về phường Hoa Sữa</strong></p>\n"
        "<p>Phường Hoa Sữa nằm ở phía đông quận Sông Hồng, có diện tích tự nhiên 318 ha với 21 tổ dân phố.</p>\n"
        "<p>Trụ sở: số 9 phố Hoa Sữa, quận Sông Hồng. Điện thoại: 024.0000.0000.</p>",
    ),
    "co-cau-to-chuc": static("<table><tr><td>Đảng ủy</td><td>HĐND</td><td>UBND</td><td>MTTQ</td></tr></table>"),
    "lien-he": portlet(
        "contact",
        '<form action="/lien-he" method="post"><label>Họ và tên <input name="_contact_name" type="text"/></label>\n'
        '<label>Nội dung <textarea name="_contact_content"></textarea></label>\n'
        '<input type="submit" value="Gửi"/></form>',
        "Liên hệ",
    ),
    "dang-nhap": portlet(
        "58",
        '<form action="/dang-nhap?p_p_id=58&amp;p_p_lifecycle=1" method="post"><input name="_58_login" type="text"/>\n'
        '<input name="_58_password" type="password"/><a href="/c/portal/login?p_l_id=10199">Đăng nhập</a></form>',
        "Đăng nhập",
    ),
}
