"""Of which sections, words and portlets the pages of the older generation are made."""

from dataclasses import dataclass
from html import escape

from wardnews.demo.articles import PracticeArticle

SITE_NAME = "Phường Hoa Sữa - Quận Sông Hồng"
POLL = "59_INSTANCE_6pWmTzKb2Rqa"


@dataclass(frozen=True, slots=True)
class Section:
    """How one page of the portal lists its articles."""

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
    """What the portal says in one language, mixed up as it is."""

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


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a page says: its title, address, summary and keywords."""

    title: str
    place: str = "/trang-chu"
    summary: str | tuple[str, ...] | None = None
    keywords: str = "trang chủ"


def title(article: PracticeArticle) -> str:
    """Return an article's title as its pages show it."""
    return article.title_html or escape(article.title)


def cut(article: PracticeArticle, length: int) -> str:
    """Return the beginning of an article, at most so many characters, cut between two words."""
    text = article.lead or " ".join(article.blocks)
    return escape(text if len(text) <= length else text[:length].rpartition(" ")[0] + "...")


# The template's loops leave their line ends in the page.
JSP_SPACE = "\n" * 40 + "\t\t\n" * 12


def crumbs(section: Section) -> str:
    """Return the breadcrumb above a section, where it has one."""
    if not section.crumbs:
        return ""
    return portlet(
        "ddlk_WAR_pointportalddlkportlet",
        '<div class="dd_chuyenmuc">\n\t<span class="trangchu"><a href="/trang-chu">Trang chủ</a></span>\n'
        f'\t<span class="tintuc"><p>{section.name}</p></span>\n</div>',
        instance="_INSTANCE_4kHdFbGzQw7u",
        kind="ddlk-portlet",
    )


def portlet_101(section: Section, content: str) -> str:
    """Return the news portlet of a section around its content."""
    return portlet("101", content, section.heading, kind="portlet-asset-publisher")


def portlet(name: str, content: str, heading: str | None = None, *, instance: str = "", kind: str = "") -> str:
    """Return a portlet around its content; without a heading it has no border."""
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


def static(content: str) -> str:
    """Return a web content of its own."""
    body = f'<div class="journal-content-article">\n{content}\n</div>\n<div class="entry-links">\n</div>'
    return portlet("56", body, instance="_INSTANCE_o6RooSL6", kind="portlet-journal-content")
