"""Joomla 4 with its own articles: `/index.php/section/id-alias`."""

from html import escape

from tests.doubles.cms import CLOCK, COUNTER, Cms, Section, link, links, origin, rss
from tests.doubles.stories import Story
from wardnews.demo.web import Reply, Request


class Joomla(Cms):
    """Answer as Joomla's `com_content` does: no lead, the time in a `time` element, the day in words."""

    name = "Phường Gò Mây"
    sections = (
        Section("tin-tuc", "Tin tức"),
        Section("phap-luat", "Phổ biến pháp luật"),
        Section("thong-bao", "Thông báo"),
    )
    homes = ("/", "/index.php")
    about, contact, login = "/index.php/gioi-thieu", "/index.php/lien-he", "/index.php/dang-nhap"
    media = "/images/2022/"
    shift, first_id = 8, 371
    robots = "User-agent: *\nDisallow: /administrator/\nDisallow: /cache/\nDisallow: /components/\n"
    past_end = "last"
    shows_lead, head_photo = False, True
    uploader = "Super User"

    def story_path(self, story: Story) -> str:
        """Return the article under its section's menu item."""
        return f"/index.php/{self.section_of(story).path}/{self.story_id(story)}-{story.slug}"

    def section_path(self, section: Section, page: int = 1) -> str:
        """Return the section with `?start=n`."""
        return f"/index.php/{section.path}" + (f"?start={(page - 1) * self.per_page}" if page > 1 else "")

    def page_number(self, request: Request) -> int:
        """Read `?start=n`."""
        start = request.query.get("start", "0")
        return int(start) // self.per_page + 1 if start.isdecimal() else 1

    def special(self, request: Request) -> Reply | None:
        """Answer a section's feed."""
        asked = self.listing_at(request)
        if request.query.get("format") != "feed" or not asked:
            return None
        home = origin(request)
        return rss(asked[0].title, home, [(home + self.story_path(story), story) for story in self.listed[asked[0]]])

    def frame(self, title: str, main: str, head: str = "") -> str:
        """Return the template Cassiopeia's page."""
        return (
            f'<!DOCTYPE html>\n<html lang="vi-vn" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
            f'<meta name="generator" content="Joomla! - Open Source Content Management">\n<title>{escape(title)}'
            f"</title>\n{head}"
            f'<link href="/media/templates/site/cassiopeia/css/template.min.css" rel="stylesheet">\n</head>\n'
            f'<body class="site com_content wrapper-static"><header class="header container-header full-width">\n'
            f'<div class="navbar-brand"><a class="brand-logo" href="/">{self.name}</a> {CLOCK}</div>\n'
            f'<ul class="mod-menu mod-list nav">\n{links(self.menu())}</ul></header>\n'
            f'<div class="site-grid"><div class="grid-child container-component"><main>\n{main}</main></div>\n'
            f'<div class="grid-child container-sidebar-right"><div class="sidebar-right card"><h3 class="card-header">'
            f'Thống kê</h3><div class="card-body">{COUNTER}</div></div></div></div>\n'
            f'<footer class="container-footer footer">{self.name}</footer>\n</body>\n</html>\n'
        )

    def block(self, section: Section, newest: list[Story]) -> str:
        """Return the module of latest articles."""
        return (
            f'<div class="moduletable"><h3>{link(self.section_path(section), section.title)}</h3>'
            f'<ul class="mod-articleslatest latestnews mod-list">\n'
            f"{links([(self.story_path(story), story.title) for story in newest])}</ul></div>\n"
        )

    def static(self, title: str, main: str) -> str:
        """Return an article without its particulars."""
        return (
            f'<div class="com-content-article item-page"><div class="page-header"><h1>{title}</h1></div>\n'
            f'<div class="com-content-article__body">{main}</div></div>\n'
        )

    def listing(self, section: Section, shown: list[Story], current: int, pages: int) -> str:
        """Return the category's blog: the first article leads."""
        items = [
            '<div class="com-content-category-blog__item blog-item"><div class="item-content">\n'
            '<div class="page-header">'
            f"<h2>{link(self.story_path(story), story.title)}</h2></div>\n{self._info(story)}<p>{escape(story.lead)}"
            "</p>\n"
            f'<p class="readmore"><a class="btn btn-secondary" href="{self.story_path(story)}" aria-label="Đọc thêm:'
            f' {escape(story.title)}">Đọc thêm …</a></p></div></div>\n'
            for story in shown
        ]
        numbers = "".join(
            f'<li class="active page-item"><span aria-current="true" class="page-link">{page}</span></li>\n'
            if page == current
            else f'<li class="page-item">{link(self.section_path(section, page), str(page), " class=page-link")}</li>\n'
            for page in range(1, pages + 1)
        )
        after = (
            f'<li class="page-item"><a aria-label="Đi tới trang tiếp theo" class="page-link"'
            f' href="{self.section_path(section, current + 1)}"><span class="icon-angle-right"></span></a></li>\n'
        )
        return (
            f'<div class="com-content-category-blog blog"><div class="page-header"><h1>{section.title}</h1>'
            f'</div>\n<div class="com-content-category-blog__items blog-items items-leading">{items[0]}</div>\n'
            f'<div class="com-content-category-blog__items blog-items">{"".join(items[1:])}</div>\n'
            f'<div class="com-content-category-blog__navigation w-100"><p class="counter">Trang {current} / {pages}'
            "</p>\n"
            '<nav class="pagination__wrapper">'
            f'<ul class="pagination ms-0 mb-4">{numbers}{after if current < pages else ""}</ul></nav></div></div>\n'
        )

    def section_head(self, section: Section) -> str:
        """Return the section's feed."""
        place = f"{self.section_path(section)}?format=feed&amp;type=rss"
        return f'<link href="{place}" rel="alternate" type="application/rss+xml" title="RSS 2.0">\n'

    def _info(self, story: Story) -> str:
        section, stamp = self.section_of(story), f"{story.published:%Y-%m-%dT%H:%M:%S}+07:00"
        day = f"{story.published.day:02} Tháng {story.published.month} {story.published.year}"
        return (
            '<dl class="article-info text-muted"><dt class="article-info-term"><span class="visually-hidden">Chi tiết'
            '</span></dt>\n<dd class="createdby"><span class="icon-user icon-fw"></span> Viết bởi:'
            f" <span>{escape(story.author or self.uploader)}</span></dd>\n"
            f'<dd class="category-name"><span class="icon-folder-open icon-fw"></span> Chuyên mục:'
            f" {link(self.section_path(section), section.title)}</dd>\n"
            f'<dd class="published"><span class="icon-calendar icon-fw" aria-hidden="true"></span>\n'
            f'<time datetime="{stamp}">\nĐăng ngày: {day}\n</time></dd>\n'
            f'<dd class="hits"><span class="icon-eye icon-fw"></span>\n<meta content="UserPageVisits:{story.views}">\n'
            f"Lượt xem: {story.views}</dd></dl>\n"
        )

    def article(self, story: Story) -> str:
        """Return the article."""
        picture = (
            f'<figure class="left item-image"><img src="{self.media}{story.photo.name}" alt="">'
            f'<figcaption class="caption">{escape(story.photo.caption)}</figcaption></figure>\n'
            if story.photo
            else ""
        )
        return (
            f'<div class="com-content-article item-page"><meta itemprop="inLanguage" content="vi-VN">\n'
            f'<div class="page-header"><h1>\n{escape(story.title)}\n</h1></div>\n{self._info(story)}{picture}'
            f'<div class="com-content-article__body">\n{self.body(story)}</div></div>\n'
        )
