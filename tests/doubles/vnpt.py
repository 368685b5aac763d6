"""VNPT's portal on Liferay: its portlet `dsnews`, its article in an element that is called `testabc`."""

from html import escape

from tests.doubles.cms import Cms, Section, link, links
from tests.doubles.liferay_kin import cursor, cursor_path, iterator, liferay_frame, portlet
from tests.doubles.stories import Photo, Story
from wardnews.demo.web import Request

LISTING = "dsnews_WAR_vnpteportalnewsportlet_INSTANCE_673PJRYyOK4a"
DETAIL = "chitietnews_WAR_vnpteportalnewsportlet_INSTANCE_h4Wq2LmT8sXe"


class Vnpt(Cms):
    """Answer as VNPT's news portlets do."""

    name = "Xã Suối Chuông"
    sections = (
        Section("tin-tuc-su-kien", "Tin tức sự kiện"),
        Section("kinh-te-xa-hoi", "Kinh tế - Xã hội"),
        Section("thong-bao-ubnd", "Thông báo của UBND xã"),
    )
    homes = ("/trang-chu", "/", "/web/guest")
    about, contact, login = "/gioi-thieu-chung", "/lien-he-gop-y", "/dang-nhap"
    media = "/documents/36385/0/"
    shift, first_id = 3, 94120
    past_end = "last"
    shows_views, marks_captions = False, False

    def story_path(self, story: Story) -> str:
        """Return the address under the section's page."""
        return f"/{self.section_of(story).path}/-/chi-tiet/{self.story_id(story)}/{story.slug}"

    def section_path(self, section: Section, page: int = 1) -> str:
        """Return the address of the page, with the listing portlet's cursor."""
        return cursor_path(f"/{section.path}", LISTING, page, self.per_page)

    def page_number(self, request: Request) -> int:
        """Read the listing portlet's cursor."""
        return cursor(request, LISTING)

    def paragraph(self, text: str) -> str:
        """Return a paragraph as Word leaves it."""
        return (
            f'<p class="MsoNormal" style="text-align:justify"><span style="font-size:14.0pt">{escape(text)}'
            "<o:p></o:p></span></p>\n"
        )

    def photo(self, photo: Photo) -> str:
        """Return a picture with what is said of it under a break."""
        return (
            f'<p style="text-align:center"><img alt="" src="{self.media}{photo.name}" /><br />\n'
            f"<em>{escape(photo.caption)}</em></p>\n"
        )

    def frame(self, title: str, main: str, head: str = "") -> str:
        """Return the theme's page."""
        return liferay_frame(self, title, main, head, "6203")

    def block(self, section: Section, newest: list[Story]) -> str:
        """Return a box of titles with days in brackets."""
        items = "".join(
            f'<li>{link(self.story_path(story), story.title)} <span class="ngay">({story.published:%d/%m/%Y})</span>'
            "</li>\n"
            for story in newest
        )
        return portlet(
            f"homenews_WAR_vnpteportalnewsportlet_INSTANCE_{section.path}",
            f'<div class="tit-box">{link(self.section_path(section), section.title)}</div><ul>{items}</ul>\n',
        )

    def listing(self, section: Section, shown: list[Story], current: int, pages: int) -> str:
        """Return the listing portlet."""
        items = "".join(
            f'<div class="item-news"><h2>{link(self.story_path(story), story.title)}</h2>\n'
            f"<span>{story.published:%d/%m/%Y}</span>\n<p>{escape(story.lead)}</p></div>\n"
            for story in shown
        )
        return portlet(
            LISTING,
            f'<div class="list-news"><div class="title-cate">{section.title}</div>\n{items}</div>\n'
            f"{iterator(self, section, current, pages)}",
        )

    def article(self, story: Story) -> str:
        """Return the detail portlet."""
        author = f'<p style="text-align:right"><strong>{escape(story.author)}</strong></p>\n' if story.author else ""
        section = self.section_of(story)
        crumbs = f"{link('/trang-chu', 'Trang chủ')} &raquo; {link(self.section_path(section), section.title)}"
        return portlet(
            DETAIL,
            f'<div class="breadcrumb">{crumbs}</div>\n'
            f'<div id="testabc">\n<div class="tieu-de"><h1>{escape(story.title)}</h1>\n'
            f"<p>{story.published:%d/%m/%Y %H:%M}</p></div>\n<p><strong>{escape(story.lead)}</strong></p>\n"
            f'<div class="noi-dung">\n<div>\n{self.body(story)}</div>\n{author}</div>\n</div>\n'
            f'<div class="tin-lien-quan"><h4>Tin cùng chuyên mục</h4>\n'
            f"<ul>{links([(self.story_path(each), each.title) for each in self.others(story)])}</ul></div>\n",
        )
