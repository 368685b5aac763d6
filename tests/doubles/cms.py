"""What the portals of all CMS families have in common: sections, pagers, plain pages, and the truth of each article."""

from dataclasses import dataclass
from html import escape
from typing import ClassVar, Literal

from tests.doubles.stories import File, Items, Photo, Piece, Story, Table, stories
from wardnews.demo.articles import MIDNIGHT, at
from wardnews.demo.web import Reply, Request, document, html, plain

Reached = Literal["front", "pager", "feed"]

NOW = at("2026-08-29 08:28")
WEEK = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")
# To which section each story goes, the newest first: the first section is the longest.
DEALT = (0, 1, 2, 0, 1, 2, 0, 1, 0, 2, 0, 1, 0, 2, 0, 1, 0)
# The story that no listing shows, where a family has a feed or a sitemap that names it.
UNLISTED = 12
CLOCK = f"{WEEK[NOW.weekday()]}, {NOW:%d/%m/%Y %H:%M:%S}"
COUNTER = "Đang truy cập: 37 - Hôm nay: 1.204 - Tổng lượt truy cập: 1.017.728"
ABOUT = (
    "<p>Phường Hoa Sữa nằm ở phía đông quận Sông Hồng, diện tích tự nhiên 318 ha, gồm 21 tổ dân phố.</p>\n"
    "<p>Trụ sở: số 9 phố Hoa Sữa. Điện thoại: 024.0000.0000.</p>\n"
)
CONTACT = (
    '<form action="" method="post"><label>Họ và tên <input name="ho_ten" type="text" /></label>\n'
    '<label>Nội dung <textarea name="noi_dung"></textarea></label> <input type="submit" value="Gửi" /></form>\n'
)
LOGIN = (
    '<form action="" method="post"><input name="q" type="search" placeholder="Từ khóa" />\n'
    '<input name="tai_khoan" type="text" /> <input name="mat_khau" type="password" />\n'
    '<input type="submit" value="Đăng nhập" /></form>\n'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyArticle:
    """Hold what must be read from one article's page, and how a crawler can come to it.

    `reached` is "front" where the home page or a section's first page links the article, "pager" where only a further
    page of a section does, "feed" where only a feed, a sitemap or the REST interface names it.
    """

    url: str
    id: str
    section: str
    title: str
    published: str | None
    views: int | None
    lead: str | None
    paragraphs: tuple[str, ...]
    author: str | None
    images: tuple[tuple[str, str | None], ...]
    attachments: tuple[tuple[str, str], ...]
    reached: Reached


@dataclass(frozen=True, slots=True)
class Section:
    """Hold one section: its name in addresses and the name that it shows."""

    path: str
    title: str


class Cms:
    """Answer requests as a portal of one CMS family does; each family says its addresses and its markup."""

    name: ClassVar[str]
    sections: ClassVar[tuple[Section, ...]]
    hidden: ClassVar[Section | None] = None
    homes: ClassVar[tuple[str, ...]] = ("/",)
    about: ClassVar[str]
    contact: ClassVar[str]
    login: ClassVar[str]
    media: ClassVar[str]
    shift: ClassVar[int]
    first_id: ClassVar[int]
    per_page: ClassVar[int] = 3
    past_end: ClassVar[Literal["missing", "empty", "last"]] = "missing"
    shows_lead: ClassVar[bool] = True
    shows_views: ClassVar[bool] = True
    marks_captions: ClassVar[bool] = True
    head_photo: ClassVar[bool] = False
    files_apart: ClassVar[bool] = False
    uploader: ClassVar[str] = ""
    robots: ClassVar[str] = "User-agent: *\nDisallow: /admin/\n"

    def __init__(self) -> None:
        """Deal the stories to the sections."""
        self.stories = stories(self.shift)
        dealt = dict(zip((story.number for story in self.stories), DEALT, strict=True))
        if self.hidden:
            dealt[self.stories[UNLISTED].number] = len(self.sections)
        self._dealt = dealt
        self.everywhere = (*self.sections, self.hidden) if self.hidden else self.sections
        self.listed = {
            section: [story for story in self.stories if dealt[story.number] == at]
            for at, section in enumerate(self.everywhere)
        }
        self._by_path = {self.story_path(story): story for story in self.stories}
        self._files = {
            self.media + piece.name
            for story in self.stories
            for piece in (story.photo, *story.body)
            if isinstance(piece, Photo | File)
        }

    # --- what a family says of itself ---------------------------------------------------------------------------------

    def frame(self, title: str, main: str, head: str = "") -> str:
        """Return a whole page around what is its own."""
        raise NotImplementedError

    def block(self, section: Section, newest: list[Story]) -> str:
        """Return a section's block of the home page."""
        raise NotImplementedError

    def listing(self, section: Section, shown: list[Story], current: int, pages: int) -> str:
        """Return one page of a section's listing."""
        raise NotImplementedError

    def article(self, story: Story) -> str:
        """Return an article as it stands in the page."""
        raise NotImplementedError

    def story_path(self, story: Story) -> str:
        """Return an article's address on the portal."""
        raise NotImplementedError

    def section_path(self, section: Section, page: int = 1) -> str:
        """Return the address of a page of a section's listing."""
        raise NotImplementedError

    def head(self, story: Story) -> str:
        """Return what an article adds to the head of its page."""
        return f'<meta name="description" content="{escape(story.lead)}" />\n'

    def section_head(self, section: Section) -> str:
        """Return what a section adds to the head of its pages."""
        del section
        return ""

    def special(self, request: Request) -> Reply | None:
        """Answer what only this family has: feeds, sitemaps, REST; None for everything else."""
        del request
        return None

    def listing_at(self, request: Request) -> tuple[Section, int] | None:
        """Return the section and the page that a request asks for; here the path is the section's and page 1."""
        for section in self.everywhere:
            if request.place == self.section_path(section):
                return section, self.page_number(request)
        return None

    def page_number(self, request: Request) -> int:
        """Return the page of a listing that a request asks for."""
        del request
        return 1

    def story_at(self, request: Request) -> Story | None:
        """Return the article that a request asks for."""
        return self._by_path.get(request.place)

    # --- how its editor writes a body ---------------------------------------------------------------------------------

    def paragraph(self, text: str) -> str:
        """Return a paragraph."""
        return f'<p style="text-align: justify;">{escape(text)}</p>\n'

    def photo(self, photo: Photo) -> str:
        """Return a picture with its caption."""
        return (
            f'<figure class="image"><img alt="" src="{self.media}{photo.name}" />'
            f"<figcaption>{escape(photo.caption)}</figcaption></figure>\n"
        )

    def items(self, items: Items) -> str:
        """Return a list."""
        return "<ul>\n" + "".join(f"<li>{escape(text)}</li>\n" for text in items.texts) + "</ul>\n"

    def table(self, table: Table) -> str:
        """Return a table."""
        rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in table.rows)
        return '<table border="1"><tbody>\n' + "".join(f"<tr>{row}</tr>\n" for row in rows) + "</tbody></table>\n"

    def file(self, file: File) -> str:
        """Return a link to a file."""
        return f'<p><a href="{self.media}{file.name}" target="_blank">{escape(file.title)}</a></p>\n'

    def body(self, story: Story) -> str:
        """Return an article's body."""
        return "".join(self._piece(piece) for piece in self._pieces(story))

    def _piece(self, piece: Piece) -> str:
        match piece:
            case Photo():
                return self.photo(piece)
            case Items():
                return self.items(piece)
            case Table():
                return self.table(piece)
            case File():
                return self.file(piece)
            case _:
                return self.paragraph(piece)

    def _pieces(self, story: Story) -> list[Piece]:
        lead = [] if self.has_lead(story) else [story.lead]
        photo = [story.photo] if story.photo and not self.head_photo else []
        body = [piece for piece in story.body if not (self.files_apart and isinstance(piece, File))]
        return [*lead, *photo, *body]

    # --- what there is to know ----------------------------------------------------------------------------------------

    def section_of(self, story: Story) -> Section:
        """Return the section that an article stands in."""
        return self.everywhere[self._dealt[story.number]]

    def story_id(self, story: Story) -> int:
        """Return the number that the CMS gave an article."""
        return self.first_id - 3 * story.number

    def files(self, story: Story) -> list[File]:
        """Return the files of an article."""
        return [piece for piece in story.body if isinstance(piece, File)]

    def file_link(self, story: Story, file: File) -> tuple[str, str]:
        """Return the address and the title under which an article links a file."""
        del story
        return self.media + file.name, file.title

    def has_lead(self, story: Story) -> bool:
        """Tell whether the page keeps an article's lead apart from its body."""
        del story
        return self.shows_lead

    def has_time(self, story: Story) -> bool:
        """Tell whether the page gives an article's time of day; midnight stands for none."""
        return (story.published.hour, story.published.minute) != MIDNIGHT

    def others(self, story: Story) -> list[Story]:
        """Return what a page recommends beside an article: never more than the first page of the section lists."""
        return [other for other in self.listed[self.section_of(story)][: self.per_page] if other is not story]

    def truth(self, story: Story, home: str) -> FamilyArticle:
        """Return what must be read from an article's page."""
        section = self.section_of(story)
        photos = [piece for piece in (story.photo, *story.body) if isinstance(piece, Photo)]
        blocks = [block for piece in self._pieces(story) for block in self._blocks(piece)]
        form = "%Y-%m-%dT%H:%M+07:00" if self.has_time(story) else "%Y-%m-%d"
        front = story in self.listed[section][: self.per_page]
        return FamilyArticle(
            url=home + self.story_path(story).removeprefix("/"),
            id=str(self.story_id(story)),
            section=section.title,
            title=story.title,
            published=story.published.strftime(form),
            views=story.views if self.shows_views else None,
            lead=story.lead if self.has_lead(story) else None,
            paragraphs=tuple(blocks),
            author=story.author or self.uploader or None,
            images=tuple((home + self.media[1:] + photo.name, photo.caption) for photo in photos),
            attachments=tuple(
                (home + link.removeprefix("/"), title)
                for link, title in (self.file_link(story, file) for file in self.files(story))
            ),
            reached="feed" if section == self.hidden else "front" if front else "pager",
        )

    def _blocks(self, piece: Piece) -> tuple[str, ...]:
        match piece:
            case Photo():
                return () if self.marks_captions else (piece.caption,)
            case Items():
                return piece.texts
            case Table():
                return tuple(" | ".join(row) for row in piece.rows)
            case File():
                return (piece.title,)
            case _:
                return (piece,)

    # --- answering ----------------------------------------------------------------------------------------------------

    def reply(self, request: Request) -> Reply:
        """Answer one request."""
        if request.place == "/robots.txt":
            return plain(self.robots.replace("{origin}", origin(request)))
        if request.place in self._files:
            return document(request.place)
        return self.special(request) or self._page(request)

    def _page(self, request: Request) -> Reply:
        if request.place in self.homes:
            return html(self.frame("Trang chủ", self.home()))
        for place, title, main in (
            (self.about, "Giới thiệu", ABOUT),
            (self.contact, "Liên hệ", CONTACT),
            (self.login, "Đăng nhập", LOGIN),
        ):
            if request.place == place:
                return html(self.frame(title, self.static(title, main)))
        story = self.story_at(request)
        if story:
            return html(self.frame(story.title, self.article(story), self.head(story)))
        asked = self.listing_at(request)
        page = self._listing_page(*asked) if asked else None
        return html(page) if page else html(self.frame("Không tìm thấy", "<p>Trang bạn tìm không tồn tại.</p>"), 404)

    def _listing_page(self, section: Section, page: int) -> str | None:
        listed = self.listed[section]
        pages = -(-len(listed) // self.per_page)
        if page > pages and self.past_end == "missing":
            return None
        page = min(page, pages) if self.past_end == "last" else page
        shown = listed[(page - 1) * self.per_page : page * self.per_page]
        return self.frame(section.title, self.listing(section, shown, page, pages), self.section_head(section))

    def home(self) -> str:
        """Return what is the home page's own: a block a section."""
        return "".join(self.block(section, self.listed[section][:2]) for section in self.sections)

    def static(self, title: str, main: str) -> str:
        """Return a page that is no article."""
        return f"<h1>{title}</h1>\n<div>{main}</div>\n"

    def menu(self) -> list[tuple[str, str]]:
        """Return the addresses and titles of the menu."""
        return [
            (self.homes[0], "Trang chủ"),
            (self.about, "Giới thiệu"),
            *((self.section_path(section), section.title) for section in self.sections),
            (self.contact, "Liên hệ"),
            (self.login, "Đăng nhập"),
        ]


def origin(request: Request) -> str:
    """Return the scheme, host and port that a request was sent to."""
    return f"http://{request.header('Host')}"


def xml(text: str) -> Reply:
    """Return a reply that carries XML."""
    return Reply(body=f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode(), media_type="text/xml; charset=UTF-8")


def link(path: str, title: str, attributes: str = "") -> str:
    """Return a link."""
    return f'<a href="{escape(path)}"{attributes}>{escape(title)}</a>'


def links(pairs: list[tuple[str, str]], attributes: str = "") -> str:
    """Return links as the items of a list."""
    return "".join(f"<li{attributes}>{link(path, title)}</li>\n" for path, title in pairs)


def sitemap(places: list[str], *, index: bool = False) -> Reply:
    """Return a sitemap of pages, or one of sitemaps."""
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    entries = "".join(f"<{inner}><loc>{escape(place)}</loc></{inner}>\n" for place in places)
    return xml(f'<{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</{outer}>\n')


def rss(title: str, home: str, entries: list[tuple[str, Story]]) -> Reply:
    """Return an RSS feed of addresses with their stories."""
    items = "".join(
        f"<item><title>{escape(story.title)}</title><link>{escape(place)}</link>"
        f"<description>{escape(story.lead)}</description><guid>{escape(place)}</guid>"
        f"<pubDate>{story.published:%a, %d %b %Y %H:%M:%S} +0700</pubDate></item>\n"
        for place, story in entries
    )
    return xml(
        f'<rss version="2.0"><channel><title>{escape(title)}</title><link>{escape(home)}</link>\n'
        f"<description>{escape(title)}</description>\n{items}</channel></rss>\n"
    )
