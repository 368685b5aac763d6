"""Liferay 7: its own Asset Publisher in two sections, a province's own news portlet in the third."""

from html import escape

from tests.doubles.cms import Cms, Section, link, links
from tests.doubles.liferay_kin import cursor, cursor_path, liferay_frame, pagination_bar, portlet
from tests.doubles.stories import Story
from wardnews.demo.web import Request

PUBLISHER = "com_liferay_asset_publisher_web_portlet_AssetPublisherPortlet_INSTANCE_Kx3fQm7Lw2Za"


class Liferay7(Cms):
    """Answer as Liferay 7 does: the Asset Publisher gives a day alone and no lead, the other portlet both."""

    name = "Phường Bến Trăng"
    sections = (
        Section("tin-tuc", "Tin tức"),
        Section("chinh-quyen", "Hoạt động chính quyền"),
        Section("thong-bao", "Thông báo"),
    )
    homes = ("/web/guest/trang-chu", "/", "/web/guest")
    about, contact, login = "/gioi-thieu", "/lien-he", "/tim-kiem"
    media = "/documents/d/guest/"
    shift, first_id = 4, 37210
    past_end = "last"
    uploader = "Quản trị Cổng"

    def _own(self, story: Story) -> bool:
        return self.section_of(story) is not self.sections[2]

    def has_lead(self, story: Story) -> bool:
        """Say no for the Asset Publisher."""
        return not self._own(story)

    def has_time(self, story: Story) -> bool:
        """Say no for the Asset Publisher."""
        return not self._own(story) and super().has_time(story)

    def story_path(self, story: Story) -> str:
        """Return the Asset Publisher's friendly address, or the other portlet's query."""
        if self._own(story):
            return f"/{self.section_of(story).path}/-/asset_publisher/Kx3fQm7Lw2Za/content/{story.slug}"
        return f"/chi-tiet-tin?dinhdanh={self.story_id(story)}&cat=7"

    def story_at(self, request: Request) -> Story | None:
        """Read the other portlet's query too."""
        if request.place != "/chi-tiet-tin":
            return super().story_at(request)
        number = request.query.get("dinhdanh")
        return next((s for s in self.stories if not self._own(s) and str(self.story_id(s)) == number), None)

    def section_path(self, section: Section, page: int = 1) -> str:
        """Return the address of the page, with the portlet's cursor."""
        return cursor_path(f"/{section.path}", PUBLISHER, page, self.per_page)

    def page_number(self, request: Request) -> int:
        """Read the portlet's cursor."""
        return cursor(request, PUBLISHER)

    def frame(self, title: str, main: str, head: str = "") -> str:
        """Return the theme's page."""
        return liferay_frame(self, title, main, head, "7310")

    def block(self, section: Section, newest: list[Story]) -> str:
        """Return a publisher's list of titles."""
        titles = links([(self.story_path(story), story.title) for story in newest], ' class="title-list"')
        return portlet(
            f"{PUBLISHER[:-12]}{section.path}",
            f'<h2 class="portlet-title-text">{link(self.section_path(section), section.title)}</h2><ul>{titles}</ul>\n',
        )

    def listing(self, section: Section, shown: list[Story], current: int, pages: int) -> str:
        """Return `abstracts.jsp`."""
        items = "".join(
            f'<div class="asset-abstract mb-5 default-asset-publisher"><div class="mb-2">'
            f'<h4 class="component-title"><a class="asset-title d-inline" href="{escape(self.story_path(story))}">'
            f"{escape(story.title)}</a></h4></div>\n"
            f'<span class="asset-anchor lfr-asset-anchor" id="{self.story_id(story)}"></span>\n'
            f'<div class="asset-content mb-3"><div class="asset-summary">{escape(story.lead[:100])}...</div>\n'
            f'<div class="asset-more"><a href="{escape(self.story_path(story))}">Đọc thêm '
            f'<span class="hide-accessible">Giới thiệu về {escape(story.title)}</span> &raquo;</a></div></div></div>\n'
            for story in shown
        )
        heading = f'<h2 class="portlet-title-text">{section.title}</h2>'
        return portlet(PUBLISHER, f"{heading}\n{items}{pagination_bar(self, section, current, pages)}")

    def article(self, story: Story) -> str:
        """Return `full_content.jsp`, or the other portlet's page."""
        section = self.section_of(story)
        crumbs = (
            f'<ol class="breadcrumb"><li class="breadcrumb-item">{link("/web/guest/trang-chu", "Trang chủ")}</li>'
            f'<li class="breadcrumb-item">{link(self.section_path(section), section.title)}</li></ol>\n'
        )
        content = self._publisher(story) if self._own(story) else self._province(story)
        return portlet("breadcrumb", crumbs) + portlet(PUBLISHER, content)

    def _publisher(self, story: Story) -> str:
        name = escape(story.author or self.uploader)
        return (
            f'<div class="asset-full-content clearfix mb-5 default-asset-publisher show-asset-title">\n'
            f'<div class="mb-2"><h4 class="component-title"><span class="asset-title d-inline">{escape(story.title)}'
            f'</span></h4></div>\n<span class="asset-anchor lfr-asset-anchor" id="{self.story_id(story)}"></span>\n'
            f'<div class="autofit-row mb-4 metadata-author"><div class="autofit-col autofit-col-expand">'
            f'<div class="text-truncate-inline"><span class="text-truncate user-info"><strong>{name}</strong></span>'
            "</div>\n"
            f'<div class="asset-user-info text-secondary"><span class="date-info">{story.published:%d-%m-%Y}</span>'
            '</div></div></div>\n<div class="asset-content mb-3">'
            '<div class="journal-content-article" data-analytics-asset-id='
            f'"{self.story_id(story)}">\n{self.body(story)}</div></div>\n'
            f'<div class="asset-details"><span class="metadata-entry metadata-view-count">{story.views} Lượt xem</span>'
            f"</div></div>\n"
        )

    def _province(self, story: Story) -> str:
        others = links([(self.story_path(each), each.title) for each in self.others(story)])
        return (
            f'<article class="the-article"><section class="main-article">\n'
            f'<header class="title-article">{escape(story.title)}</header>\n<div class="author-createtime-viewcount">\n'
            f'<span class="the-article-createby"><b>Người đăng tin: </b>{escape(story.author or self.uploader)}'
            "</span>\n"
            f'<span class="the-article-timecreate"><b>Ngày đăng tin: </b>{story.published:%d/%m/%Y %H:%M}</span>\n'
            f'<span class="viewcount"><b>Lượt xem: </b>{story.views}</span></div>\n'
            f'<p class="the-article-summary">{escape(story.lead)}</p>\n'
            f'<div class="the-article-body" id="textToSpeech">\n{self.body(story)}</div></section>\n'
            f'<div class="tintuc-lienquan">Tin liên quan</div><ul class="cat-lienquan">{others}</ul></article>\n'
        )
