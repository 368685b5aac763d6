"""SharePoint: a vendor's news web part in two sections, a publishing page in the third."""

from html import escape
from re import sub

from tests.doubles.cms import CLOCK, COUNTER, Cms, Section, link, links
from tests.doubles.stories import Photo, Story
from wardnews.demo.web import Request

PART = "ctl00_ctl30_g_a823d20f_9452_45d0_bad1_428f6d2d36fe"
FIELD = "ctl00_PlaceHolderMain_ctl02__ControlWrapper_RichHtmlField"


class SharePoint(Cms):
    """Answer as SharePoint does; a page beyond the last is an empty one."""

    name = "Xã Rừng Thông"
    sections = (
        Section("tin-tuc-su-kien", "Tin tức sự kiện"),
        Section("xay-dung-nong-thon-moi", "Xây dựng nông thôn mới"),
        Section("thong-bao", "Thông báo"),
    )
    homes = ("/portal/Pages/default.aspx", "/")
    about, contact, login = (
        "/portal/Pages/gioi-thieu.aspx",
        "/portal/Pages/lien-he.aspx",
        "/_layouts/15/Authenticate.aspx",
    )
    media = "/portal/PublishingImages/2022/"
    shift, first_id = 5, 468686
    robots = "User-agent: *\nDisallow: /_layouts/\nDisallow: /_vti_bin/\n"
    past_end = "empty"
    marks_captions = False

    def _publishing(self, story: Story) -> bool:
        return self.section_of(story) is self.sections[2]

    def has_time(self, story: Story) -> bool:
        """Say no for the publishing page."""
        return not self._publishing(story) and super().has_time(story)

    def story_path(self, story: Story) -> str:
        """Return the page in the folder of its day."""
        day = f"{story.published.year}-{story.published.month}-{story.published.day}"
        return f"/portal/Pages/{day}/{story.slug}-{self.story_id(story)}.aspx"

    def section_path(self, section: Section, page: int = 1) -> str:
        """Return the section's page with `?Page=n`."""
        return f"/portal/Pages/{section.path}.aspx" + (f"?Page={page}" if page > 1 else "")

    def page_number(self, request: Request) -> int:
        """Read `?Page=n`."""
        asked = request.query.get("Page", "1")
        return max(1, int(asked)) if asked.isdecimal() else 1

    def paragraph(self, text: str) -> str:
        """Return a block of SharePoint's editor."""
        return f'<div style="text-align:justify"><span class="ms-rteFontSize-3">{escape(text)}&#160;</span></div>\n'

    def photo(self, photo: Photo) -> str:
        """Return a picture and, in a block of its own, what is said of it."""
        return (
            f'<div style="text-align:center"><img src="{self.media}{photo.name}" alt="" /></div>\n'
            f'<div style="text-align:center"><em>{escape(photo.caption)}</em></div>\n'
        )

    def frame(self, title: str, main: str, head: str = "") -> str:
        """Return the master page: all of it is one form."""
        return (
            f'<!DOCTYPE html>\n<html dir="ltr" lang="vi-VN">\n<head>\n'
            f'<meta name="GENERATOR" content="Microsoft SharePoint" />\n<meta charset="utf-8" />\n{head}'
            f"<title>\n\t{escape(title)}\n</title>\n"
            f'<link rel="stylesheet" type="text/css" href="/_layouts/15/1066/styles/Themable/corev15.css" />\n'
            f'<script type="text/javascript" src="/_layouts/15/init.js"></script>\n</head>\n<body>\n'
            f'<form method="post" action="" id="aspnetForm">\n'
            '<input type="hidden" name="__REQUESTDIGEST" id="__REQUESTDIGEST" value="0x5F2C,29 Aug 2026 01:28:00'
            ' -0000" />\n'
            f'<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="/wEPDwUBMA9kFgJmD2QWAgIBD2QW" />\n'
            f'<div id="s4-workspace"><div id="s4-bodyContainer"><div class="banner">{self.name} <span>{CLOCK}</span>'
            "</div>\n"
            f'<div class="ms-core-navigation"><ul class="root ms-core-listMenu-root static">\n{links(self.menu())}'
            "</ul></div>\n"
            f'<div id="DeltaPlaceHolderMain"><div id="MSO_ContentTable"><div class="ms-webpart-zone">\n{main}</div>'
            "</div></div>\n"
            f'<div id="footer">{self.name}<div class="thong-ke">{COUNTER}</div></div>\n</div></div>\n</form>\n'
            f"</body>\n</html>\n"
        )

    def _part(self, content: str) -> str:
        return (
            '<div class="s4-wpcell-plain ms-webpartzone-cell ms-webpart-cell-vertical">'
            '<div class="ms-webpart-chrome">\n'
            f'<div class="ms-WPBody" id="{PART}">\n{content}</div></div></div>\n'
        )

    def block(self, section: Section, newest: list[Story]) -> str:
        """Return a web part of titles."""
        titles = links([(self.story_path(story), story.title) for story in newest])
        return self._part(
            f'<div class="groupnews_head">{link(self.section_path(section), section.title, " class=group_header_link")}'
            f'</div><ul class="groupnews_content">{titles}</ul>\n'
        )

    def listing(self, section: Section, shown: list[Story], current: int, pages: int) -> str:
        """Return the web part's list, with page links by query alone."""
        items = "".join(
            f'<div class="news-item"><h2>{link(self.story_path(story), story.title)}</h2>\n'
            f'<span class="date">({story.published:%d/%m/%Y})</span><div class="des">{escape(story.lead)}</div></div>\n'
            for story in shown
        )
        numbers = "".join(
            f'<span class="current">{page}</span> ' if page == current else f'<a href="?Page={page}">{page}</a> '
            for page in range(1, pages + 1)
        )
        following = f'<a href="?Page={current + 1}">Trang sau</a>' if current < pages else ""
        return self._part(
            f'<div class="title_cat">{section.title}</div>\n{items}<div class="paging">{numbers}{following}</div>\n'
        )

    def article(self, story: Story) -> str:
        """Return the web part's article, or a publishing page."""
        section = self.section_of(story)
        path = f"{link(self.homes[0], 'Trang chủ')} &gt; {link(self.section_path(section), section.title)}"
        others = links([(self.story_path(each), each.title) for each in self.others(story)])
        content = self._publishing_page(story) if self._publishing(story) else self._vendor_page(story)
        return self._part(
            f'<div class="breadcrumb">{path}</div>\n{content}<div class="border_content_fullwidth">'
            f'Bài viết cùng chuyên mục<ul class="othernews_full">{others}</ul></div>\n'
        )

    def _vendor_page(self, story: Story) -> str:
        author = f'<p align="right"><strong>{escape(story.author)}</strong></p>\n' if story.author else ""
        return (
            f'<div class="Around_News_Detail"><div class="Around_News_Content">\n'
            f'<div style="float: left; width: 100%;"><span class="News_Time_Post">\n'
            f"Ngày đăng: {story.published:%d/%m/%Y %H:%M} / Lượt xem: {story.views} </span></div>\n"
            f'<div class="title" id="divArticleDescription3"><h1 class="News_Detail_Title">\n{escape(story.title)} '
            "</h1></div>\n"
            f'<div id="divArticleDescription1"><p>{escape(story.lead)}</p></div>\n'
            f'<div id="divArticleDescription2">\n{self.body(story)}</div>\n'
            f'<div id="{PART}_ctl00_pnNguontin">{author}</div></div></div>\n'
        )

    def _publishing_page(self, story: Story) -> str:
        day = sub("/", " - ", f"{story.published:%d/%m/%Y}")
        return (
            f'<div class="article article-body"><h1 id="news-title">{escape(story.title)}</h1>\n'
            f'<div id="publish-date"><span>Đăng ngày {day}</span><span>Lượt xem: {story.views}</span><span>100%</span>'
            "</div>\n"
            f'<div id="divArticleDescription">{escape(story.lead)}</div>\n<div id="contentnews">'
            f'<div id="{FIELD}" class="ms-rtestate-field" style="display:inline">\n{self.body(story)}</div></div>\n'
            f'<div class="author">{escape(story.author or "")}</div></div>\n'
        )
