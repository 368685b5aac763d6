"""DotNetNuke: one form a page, whose further pages come by `__doPostBack` with the form's state."""

from base64 import b64decode, b64encode
from html import escape

from tests.doubles.cms import CLOCK, COUNTER, Cms, Section, link, links
from tests.doubles.stories import Photo, Story
from wardnews.demo.web import Reply, Request, html

GRID = "dnn$ctr541$ListArticle$grvList"
NEXT = "dnn$ctr541$ListArticle$lbtnNext"
STATE = '<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE"'


class DotNetNuke(Cms):
    """Answer as DotNetNuke does; the third section knows but "next", from the page in the form's state."""

    name = "Xã Cù Lao Sen"
    sections = (
        Section("tin-tuc", "Tin tức"),
        Section("hoat-dong-doan-the", "Hoạt động đoàn thể"),
        Section("thong-bao", "Thông báo"),
    )
    homes = ("/", "/Default.aspx", "/trang-chu")
    about, contact, login = "/gioi-thieu", "/lien-he", "/dang-nhap"
    media = "/Portals/0/Upload/2022/"
    shift, first_id = 6, 12007
    marks_captions = False
    robots = "User-agent: *\nDisallow: /admin/\nDisallow: /Host/\nDisallow: /*/ctl/\n"

    def story_path(self, story: Story) -> str:
        """Return the section's page with the article's number."""
        return f"/{self.section_of(story).path}/chi-tiet/articleid/{self.story_id(story)}/{story.slug}"

    def section_path(self, section: Section, page: int = 1) -> str:
        """Return the section's page: all its pages have one address."""
        del page
        return f"/{section.path}"

    def page_number(self, request: Request) -> int:
        """Read the form: its state must be this section's, its target one of the pager's."""
        form = request.form
        section, _, current = _place(form).partition(":")
        target, argument = form.get("__EVENTTARGET"), form.get("__EVENTARGUMENT", "")
        if request.place != f"/{section}" or not current.isdecimal():
            return 1
        if target == NEXT:
            return int(current) + 1
        number = argument.removeprefix("Page$")
        return int(number) if target == GRID and number.isdecimal() else int(current)

    def special(self, request: Request) -> Reply | None:
        """Refuse a form without its state, as ASP.NET does."""
        if request.method != "POST" or _place(request.form):
            return None
        return html("<h1>Server Error in '/' Application.</h1><h2>Validation of viewstate MAC failed.</h2>", 500)

    def photo(self, photo: Photo) -> str:
        """Return a picture and, in a paragraph of its own, what is said of it."""
        picture = f'<p align="center"><img src="{self.media}{photo.name}" /></p>'
        return f'{picture}\n<p align="center"><i>{escape(photo.caption)}</i></p>\n'

    def frame(self, title: str, main: str, head: str = "") -> str:
        """Return a page of one form, with the state that its listing left."""
        return (
            f'<!DOCTYPE html>\n<html lang="vi-VN">\n<head id="Head"><meta charset="utf-8" />\n'
            f'<meta id="MetaGenerator" name="GENERATOR" content="DotNetNuke " />\n{head}<title>\n\t{escape(title)} -'
            f' {self.name}\n</title><link href="/Portals/_default/default.css" type="text/css" rel="stylesheet" />\n'
            f'</head>\n<body id="Body">\n<form method="post" action="" id="Form" enctype="multipart/form-data">\n'
            f'<input type="hidden" name="__EVENTTARGET" id="__EVENTTARGET" value="" />\n'
            f'<input type="hidden" name="__EVENTARGUMENT" id="__EVENTARGUMENT" value="" />\n'
            f"{'' if STATE in main else _state('page:1')}"
            f'<input type="hidden" name="__VIEWSTATEGENERATOR" id="__VIEWSTATEGENERATOR" value="CA0B0334" />\n'
            f"<script>function __doPostBack(eventTarget, eventArgument) {{ theForm.submit(); }}</script>\n"
            f'<div id="header"><span class="dnn_currentdate">{CLOCK}</span><div id="dnn_pnav">'
            f"<ul>\n{links(self.menu())}</ul>"
            f'</div></div>\n<div class="row dnnpane"><div id="dnn_ContentPane" class="col-md-9 contentPane">\n'
            '<div class="DnnModule DnnModule-ListArticle DnnModule-541"><a name="541"></a>'
            '<div id="dnn_ctr541_ContentPane">'
            f'<!-- Start_Module_541 --><div id="dnn_ctr541_ModuleContent" class="DNNModuleContent">\n{main}</div>'
            f'<!-- End_Module_541 --></div></div></div>\n<div id="dnn_RightPane" class="col-md-3">'
            f'<div class="DnnModule DnnModule-DNN_HTML DnnModule-353"><div class="Normal">{COUNTER}</div></div></div>'
            "</div>\n"
            f'<div id="dnn_FooterPane">{self.name}</div>\n<input name="ScrollTop" type="hidden" id="ScrollTop" />\n'
            f'</form>\n<script src="/DesktopModules/ListArticle/module.js"></script>\n</body>\n</html>\n'
        )

    def block(self, section: Section, newest: list[Story]) -> str:
        """Return a module's list of titles."""
        return (
            f'<div class="box"><div class="tit">{link(self.section_path(section), section.title)}</div><ul>'
            f"{links([(self.story_path(story), story.title) for story in newest])}</ul></div>\n"
        )

    def listing(self, section: Section, shown: list[Story], current: int, pages: int) -> str:
        """Return the module's list; the pager's links call the form."""
        items = "".join(
            f'<tr><td><div class="item">{link(self.story_path(story), story.title, " class=title-article")}\n'
            f'<span class="ngaythang">({story.published:%d/%m/%Y})</span><p class="tomtat">{escape(story.lead)}</p>'
            "</div></td></tr>\n"
            for story in shown
        )
        calls = [(GRID, f"Page${page}", str(page)) for page in range(1, pages + 1) if page != current]
        if section is self.sections[2]:
            calls = [(NEXT, "", "Trang sau")] if current < pages else []
        pager = " ".join(
            f'<a href="javascript:__doPostBack(&#39;{target}&#39;,&#39;{argument}&#39;)">{text}</a>'
            for target, argument, text in calls
        )
        return (
            f'{_state(f"{section.path}:{current}")}<h2 class="tenchuyenmuc">{section.title}</h2>\n'
            f'<table id="dnn_ctr541_ListArticle_grvList">\n{items}<tr class="pager"><td>{pager} <span>{current}</span>'
            "</td></tr></table>\n"
        )

    def article(self, story: Story) -> str:
        """Return the module's article."""
        author = f'<p class="tacgia">{escape(story.author)}</p>\n' if story.author else ""
        section = self.section_of(story)
        return (
            f'<div class="duongdan">{link("/", "Trang chủ")} / {link(self.section_path(section), section.title)}'
            "</div>\n"
            f'<div class="chitietbaiviet-wrap"><h1 class="title-article">{escape(story.title)}</h1>\n'
            f'<div id="datearticle"><span class="ngaythang">Ngày đăng: {story.published:%d/%m/%Y %H:%M}</span> -'
            f' <span class="luotxem">Lượt xem: {story.views}</span></div>\n<div class="tomtat-baiviet"><p><strong>'
            f"{escape(story.lead)}</strong></p></div>\n"
            f'<div class="chitietbaiviet">\n{self.body(story)}</div>\n{author}</div>\n<div class="tinlienquan">Tin'
            f" liên quan<ul>{links([(self.story_path(each), each.title) for each in self.others(story)])}</ul></div>\n"
        )


def _state(place: str) -> str:
    return f'{STATE} value="{b64encode(place.encode()).decode()}" />\n'


def _place(form: dict[str, str]) -> str:
    try:
        return b64decode(form.get("__VIEWSTATE", ""), validate=True).decode()
    except ValueError:
        return ""
