"""A portal written by hand: no known CMS, names without meaning, tables for layout, breaks for paragraphs."""

from html import escape

from tests.doubles.cms import CLOCK, COUNTER, Cms, Section, link, links
from tests.doubles.stories import File, Items, Photo, Story
from wardnews.demo.web import Request


class Homemade(Cms):
    """Answer as such a portal does; every address is a script with numbers."""

    name = "Xã Đồi Gió"
    sections = (Section("1", "Tin xã nhà"), Section("2", "Đảng và đoàn thể"), Section("3", "Thông báo"))
    homes = ("/", "/index.php")
    about, contact, login = "/gioithieu.php", "/lienhe.php", "/dangnhap.php"
    media = "/upload/"
    shift, first_id = 9, 1330
    past_end = "empty"
    shows_lead, marks_captions = False, False

    def story_path(self, story: Story) -> str:
        """Return the script with the article's number."""
        return f"/xem.php?muc={self.section_of(story).path}&so={self.story_id(story)}"

    def story_at(self, request: Request) -> Story | None:
        """Read the article's number."""
        so = request.query.get("so") if request.place == "/xem.php" else None
        return next((story for story in self.stories if str(self.story_id(story)) == so), None)

    def section_path(self, section: Section, page: int = 1) -> str:
        """Return the script with the section's number and `trang`."""
        return f"/muc.php?id={section.path}" + (f"&trang={page}" if page > 1 else "")

    def listing_at(self, request: Request) -> tuple[Section, int] | None:
        """Read the section's number and `trang`."""
        wanted, page = request.query.get("id"), request.query.get("trang", "1")
        section = next((each for each in self.sections if each.path == wanted), None)
        known = section and request.place == "/muc.php" and page.isdecimal()
        return (section, max(1, int(page))) if section and known else None

    def paragraph(self, text: str) -> str:
        """Return a text and two breaks."""
        return f"{escape(text)}<br />\n<br />\n"

    def photo(self, photo: Photo) -> str:
        """Return a picture and what is said of it, in one centre."""
        return f'<center><img src="{self.media}{photo.name}" /><br /><i>{escape(photo.caption)}</i></center>\n'

    def items(self, items: Items) -> str:
        """Return a line each."""
        return "".join(f"{escape(text)}<br />\n" for text in items.texts)

    def file(self, file: File) -> str:
        """Return a link on a line of its own."""
        return f'<a href="{self.media}{file.name}">{escape(file.title)}</a><br />\n'

    def frame(self, title: str, main: str, head: str = "") -> str:
        """Return a page of tables."""
        menu = "".join(f'<td class="m2">{link(path, text)}</td>\n' for path, text in self.menu())
        return (
            f'<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\n'
            f"<title>{escape(title)} - {self.name}</title>\n{head}</head>\n<body>\n"
            f'<table class="x1" width="1000" align="center"><tr><td colspan="2" class="x2"><font size="5">{self.name}'
            "</font>"
            f'<div class="x3">{CLOCK}</div></td></tr>\n<tr><td colspan="2"><table class="m1"><tr>\n{menu}</tr></table>'
            "</td></tr>\n"
            f'<tr valign="top"><td width="700" class="c1">\n{main}</td>\n<td width="300" class="c2">{COUNTER}</td>'
            "</tr>\n"
            f'<tr><td colspan="2" class="x9">Bản quyền {self.name}. Điện thoại: 024.0000.0000</td></tr></table>\n'
            f"</body>\n</html>\n"
        )

    def head(self, story: Story) -> str:
        """Return nothing: it has no description."""
        del story
        return ""

    def block(self, section: Section, newest: list[Story]) -> str:
        """Return a table of titles."""
        rows = "".join(f"<tr><td>{link(self.story_path(each), each.title)}</td></tr>\n" for each in newest)
        heading = f'<tr><td class="b5">{link(self.section_path(section), section.title)}</td></tr>'
        return f'<table class="b4">{heading}\n{rows}</table>\n'

    def listing(self, section: Section, shown: list[Story], current: int, pages: int) -> str:
        """Return a table of rows and a line of numbers."""
        rows = "".join(
            f'<tr><td class="r1"><a class="r2" href="{escape(self.story_path(story))}">{escape(story.title)}</a>'
            f" <i>({story.published:%d/%m/%Y})</i><br />{escape(story.lead)}</td></tr>\n"
            for story in shown
        )
        numbers = " | ".join(
            f"<b>{page}</b>" if page == current else link(self.section_path(section, page), str(page))
            for page in range(1, pages + 1)
        )
        heading = f'<div class="b5">{section.title}</div>'
        return f'{heading}<table class="r0">\n{rows}</table>\n<div class="p1">Trang: {numbers}</div>\n'

    def article(self, story: Story) -> str:
        """Return a table: a row for the title, one whose cells and elements share the header line, one for the body."""
        author = (
            f'<tr><td colspan="2" class="k9" align="right"><b>{escape(story.author)}</b></td></tr>\n'
            if story.author
            else ""
        )
        section, others = self.section_of(story), [(self.story_path(each), each.title) for each in self.others(story)]
        return (
            f'<div class="b5">{link(self.section_path(section), section.title)}</div>\n'
            '<table class="k1" width="100%">\n'
            f'<tr><td colspan="2" class="k2"><font size="4"><b>{escape(story.title)}</b></font></td></tr>\n'
            f'<tr><td class="k3"><span class="a1">Ngày đăng:</span> <b>{story.published:%d/%m/%Y}</b> '
            '<span class="a1">lúc</span>'
            f' <i>{story.published:%H:%M}</i></td>\n<td class="k4"><span class="a1">Lượt đọc:</span>'
            f' <font color="red">{story.views}</font></td></tr>\n'
            f'<tr><td colspan="2" class="k5">\n{self.body(story)}</td></tr>\n{author}</table>\n'
            f'<table class="k7"><tr><td>Các tin khác<ul>{links(others)}</ul></td></tr></table>\n'
        )
