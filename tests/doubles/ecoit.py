"""EcoIT's CMS on Liferay: `/tin-chi-tiet/-/chi-tiet/…`."""

from html import escape

from tests.doubles.cms import Cms, Section, link, links
from tests.doubles.liferay_kin import cursor, cursor_path, iterator, liferay_frame, portlet
from tests.doubles.stories import Photo, Story
from wardnews.demo.web import Request

LISTING = "CmsViewTinTrangChuyenMuc_WAR_CmsViewEcoITportlet_INSTANCE_XcAfRPkcCv96"
DETAIL = "CmsViewChiTietBaiViet_WAR_CmsViewEcoITportlet"


class EcoIT(Cms):
    """Answer as EcoIT's portlets do: views are counted by a call of the browser and never shown."""

    name = "Xã Đồng Mơ"
    sections = (
        Section("tin-tuc", "Tin tức"),
        Section("van-hoa-xa-hoi", "Văn hóa - Xã hội"),
        Section("thong-bao", "Thông báo"),
    )
    homes = ("/web/guest", "/", "/trang-chu")
    about, contact, login = "/gioi-thieu", "/lien-he", "/tim-kiem"
    media = "/documents/20182/0/"
    shift, first_id = 2, 5744
    past_end = "last"
    shows_views, head_photo, marks_captions = False, True, False

    def story_path(self, story: Story) -> str:
        """Return the address with the article's and the category's number."""
        category = 175 + self.sections.index(self.section_of(story))
        return f"/tin-chi-tiet/-/chi-tiet/{story.slug}-{self.story_id(story)}-{category}.html"

    def section_path(self, section: Section, page: int = 1) -> str:
        """Return the address of the page, with the listing portlet's cursor."""
        return cursor_path(f"/{section.path}", LISTING, page, self.per_page)

    def page_number(self, request: Request) -> int:
        """Read the listing portlet's cursor."""
        return cursor(request, LISTING)

    def photo(self, photo: Photo) -> str:
        """Return a picture in a paragraph, what is said of it in the next."""
        return (
            f'<p style="text-align:center"><img alt="" src="{self.media}{photo.name}" /></p>\n'
            f'<p style="text-align:center"><em>{escape(photo.caption)}</em></p>\n'
        )

    def frame(self, title: str, main: str, head: str = "") -> str:
        """Return the theme's page."""
        return liferay_frame(self, title, main, head, "6205")

    def block(self, section: Section, newest: list[Story]) -> str:
        """Return a box of `NewsByCategory`."""
        first, *rest = newest
        return portlet(
            f"CmsViewTinTheoChuyenMuc_WAR_CmsViewEcoITportlet_INSTANCE_{section.path}",
            f'<div class="other-article"><h3 class="tle inline-block bg-tle"><span class="text-white">'
            f"{link(self.section_path(section), section.title.upper())}</span></h3>\n"
            f'<div class="box-tin bo-topdo row"><div class="col-md-8"><h4 class="text-justify mt-0">'
            f'{link(self.story_path(first), first.title)}</h4><p class="text-tomtat">{escape(first.lead[:90])}...</p>'
            "</div>\n"
            f'<ul class="list-unstyled">{links([(self.story_path(each), each.title) for each in rest])}</ul></div>'
            "</div>\n",
        )

    def listing(self, section: Section, shown: list[Story], current: int, pages: int) -> str:
        """Return `ListNewCate`: its time element is empty."""
        items = "".join(
            f'<div class="newsItem"><div class="ItemContent">\n<h2><a href="{self.story_path(story)}"'
            f' title="{escape(story.title)}">{escape(story.title)}</a></h2>\n<div class="time">\n</div>\n'
            f'<p class="des">{escape(story.lead)}</p></div></div>\n'
            for story in shown
        )
        heading = f'<h3 class="tle inline-block bg-tle">{link(self.section_path(section), section.title)}</h3>'
        return portlet(
            LISTING,
            f'<div class="primary-box">{heading}<div class="page-category-content mt-3"><div class="news-list">\n'
            f"{items}</div></div>\n{iterator(self, section, current, pages)}</div>\n",
        )

    def head(self, story: Story) -> str:
        """Return the head of `og:` properties."""
        return (
            f'{super().head(story)}<meta property="og:type" content="Article" />\n'
            f'<meta property="og:title" content="{escape(story.title)}" />\n'
            f'<meta property="og:description" content="{escape(story.lead)}" />\n'
        )

    def article(self, story: Story) -> str:
        """Return `CMS-View-Detail`."""
        section = self.section_of(story)
        picture = (
            f'<div class="entry-img" style="text-align: center;margin-bottom: 10px;"><img alt=""'
            f' src="{self.media}{story.photo.name}"><figcaption><p>{escape(story.photo.caption)}</p></figcaption>'
            "</div>\n"
            if story.photo
            else ""
        )
        return portlet(
            DETAIL,
            f'<div class="primary-content"><ol class="breadcrumb"><li class="breadcrumb-item">'
            f'{link("/web/guest", "Trang chủ")}</li><li class="breadcrumb-item active" aria-current="page">'
            f'<a href="{self.section_path(section)}"></a> {section.title}</li></ol>\n'
            f'<div class="entry-heading"><h1 class="entry-title">{escape(story.title)}</h1>\n'
            f'<div class="displaytime"><div class="timer">\n{story.published:%d/%m/%Y %H:%M}\n</div>\n'
            f'<div class="share"><ul class="newsTool"><li class="font"><a href="Javascript:fontPlus()">A+</a></li></ul>'
            f"</div></div></div>\n"
            f'<article id="contentnews" class="entry"><div class="desc my-3">{escape(story.lead)}</div>\n'
            f'<div class="detail">{picture}<div class="entry-content">\n{self.body(story)}</div></div>\n'
            f'<div class="entry-body"><div class="entry-source-author" align="right">'
            f'<div class="article-Author">\n{escape(story.author or "")}\n</div><div class="article-Source">\n\n</div>'
            "</div>\n"
            '<section class="tags"><strong>Tags: </strong><a href="/tim-kiem?tags=xa" class="label">xã</a></section>'
            "</div>\n"
            f'</article>\n<div class="related"><h3>Tin liên quan</h3><ul class="lists-view">'
            f"{links([(self.story_path(each), each.title) for each in self.others(story)])}</ul></div></div>\n",
        )
