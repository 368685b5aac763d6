"""NukeViet 4: its default theme, and the theme of its e-government edition."""

import re
from html import escape
from typing import ClassVar

from tests.doubles.cms import CLOCK, COUNTER, WEEK, Cms, Section, link, links, origin, rss, sitemap
from tests.doubles.stories import File, Photo, Story
from wardnews.demo.web import Reply, Request, document, html


class NukeViet(Cms):
    """Answer as NukeViet with its default theme does: no views on the article's page, its lead in `hometext`."""

    name = "Phường Hoa Sữa"
    sections = (
        Section("tin-tuc-su-kien", "Tin tức - Sự kiện"),
        Section("cai-cach-hanh-chinh", "Cải cách hành chính"),
        Section("van-hoa-xa-hoi", "Văn hóa - Xã hội"),
    )
    hidden = Section("tin-cu", "Tin cũ")
    module: ClassVar[str] = "/vi/news"
    homes: ClassVar[tuple[str, ...]] = ("/vi/", "/", "/vi/news/")
    about, contact, login = "/vi/about/gioi-thieu.html", "/vi/contact/", "/vi/users/login/"
    media = "/uploads/news/2022_03/"
    shift, first_id = 0, 5560
    robots = "User-agent: *\nDisallow: /admin/\nDisallow: /*/users/\nSitemap: {origin}/sitemap.xml\n"
    shows_views, head_photo, files_apart = False, True, True
    maps: ClassVar[dict[str, tuple[str, ...]]] = {"/sitemap.xml": ("/sitemap-vi.news.xml", "/sitemap-vi.about.xml")}
    theme: ClassVar[str] = "default"
    download: ClassVar[str] = " download"
    kind: ClassVar[tuple[str, str, str]] = (
        ' itemtype="http://schema.org/NewsArticle" itemscope',
        ' itemprop="headline"',
        ' itemprop="description"',
    )

    def story_path(self, story: Story) -> str:
        """Return `/module/section/alias-id.html`."""
        return f"{self.module}/{self.section_of(story).path}/{story.slug}-{self.story_id(story)}.html"

    def section_path(self, section: Section, page: int = 1) -> str:
        """Return `/module/section/page-n/`."""
        return f"{self.module}/{section.path}/" + (f"page-{page}/" if page > 1 else "")

    def listing_at(self, request: Request) -> tuple[Section, int] | None:
        """Read the page from the path."""
        found = re.fullmatch(rf"{self.module}/([a-z-]+)/(?:page-(\d+)/)?", request.place)
        section = found and next((each for each in self.everywhere if each.path == found[1]), None)
        return (section, int(found[2] or 1)) if found and section else None

    def special(self, request: Request) -> Reply | None:
        """Answer feeds, sitemaps, keywords, files and the copies to save."""
        place, home = request.place, origin(request)
        if place in self.maps:
            return sitemap([home + each for each in self.maps[place]], index=True)
        pages = {"/sitemap-vi.news.xml": [*self._by_path], "/sitemap-vi.about.xml": [self.about]}.get(place)
        if pages:
            return sitemap([home + page for page in pages])
        if place.startswith(f"{self.module}/rss/"):
            listed = [s for s in self.stories if place in (f"{self.module}/rss/", self._feed(self.section_of(s)))]
            return rss(self.name, home, [(home + self.story_path(story), story) for story in listed])
        if place == f"{self.module}/tag/phuong/":
            return html(self.frame("phường", self.listing(self.sections[0], self._newest(), 1, 1)))
        copied = self._by_path.get(place.replace("/savefile/", "/", 1)) if "/savefile/" in place else None
        if copied:
            text = f"<h1>{escape(copied.title)}</h1>\n<p>{escape(copied.lead)}</p>\n{self.body(copied)}"
            return html(f"<html><head><title>{escape(copied.title)}</title></head><body>{text}</body></html>\n")
        return self._download(request)

    def _newest(self) -> list[Story]:
        return self.listed[self.sections[0]][: self.per_page]

    def _download(self, request: Request) -> Reply | None:
        story, asked = self.story_at(request), request.query
        files = dict(enumerate(self.files(story))) if story and asked.get("download") == "1" else {}
        number = asked.get("id", "")
        wanted = files.get(int(number)) if number.isdecimal() else None
        return document(wanted.name) if wanted else None

    def _feed(self, section: Section) -> str:
        return f"{self.module}/rss/{section.path}/"

    def photo(self, photo: Photo) -> str:
        """Return CKEditor's captioned picture."""
        return f'<div style="text-align:center">{super().photo(photo)}</div>\n'

    def file_link(self, story: Story, file: File) -> tuple[str, str]:
        """Return the article's own address, with the file's place among its files; NukeViet shows the file's name."""
        return f"{self.story_path(story)}?download=1&id={self.files(story).index(file)}", file.name

    def frame(self, title: str, main: str, head: str = "") -> str:
        """Return the default theme's page of three columns."""
        feeds = "".join(
            f'<link rel="alternate" href="{self._feed(each)}" title="{each.title}" type="application/rss+xml" />\n'
            for each in self.sections
        )
        hits = "".join(
            f'<li class="clearfix">{link(self.story_path(story), story.title, " class=show")}</li>\n'
            for story in self._newest()
        )
        return (
            f'<!DOCTYPE html>\n<html lang="vi" xmlns="http://www.w3.org/1999/xhtml" prefix="og: http://ogp.me/ns#">\n'
            f"<head>\n<title>{escape(title)} - {self.name}</title>\n"
            f'<meta name="generator" content="NukeViet v4.5" />\n<meta charset="utf-8" />\n{head}{feeds}'
            f'<link rel="stylesheet" href="/themes/{self.theme}/css/style.css" />\n</head>\n<body>\n'
            f'<div class="body-bg"><div class="wraper"><header><div class="container"><div id="header" class="row">\n'
            f'<div class="logo"><a title="{self.name}" href="{self.homes[0]}"><img src="/uploads/logo.png" alt="" />'
            '</a></div></div></div></header>\n<nav class="second-nav" id="menusite"><div class="container">\n'
            f'<ul class="nav navbar-nav">\n{links(self.menu())}</ul>\n'
            f'<span id="clock">{CLOCK}</span></div></nav>\n<section><div class="container" id="body">'
            '<div class="row">\n'
            f'<div class="col-sm-16 col-md-18">{main}</div>\n<div class="col-sm-8 col-md-6">\n'
            f'<div class="panel panel-default"><div class="panel-heading">Tin xem nhiều</div>\n'
            f'<div class="panel-body"><ul class="block_tophits list-none list-items">\n{hits}</ul></div></div>\n'
            f'<div class="panel panel-default"><div class="panel-heading">Thống kê</div>\n'
            f'<div class="panel-body"><ul class="counter list-none">{COUNTER}</ul></div></div>\n</div>\n'
            f"</div></div></section>\n"
            f'<footer id="footer"><p>© Bản quyền thuộc về {self.name}</p></footer>\n</div></div>\n'
            f'<script src="/assets/js/global.js"></script>\n</body>\n</html>\n'
        )

    def block(self, section: Section, newest: list[Story]) -> str:
        """Return a block of `viewcat_main_right`."""
        first, *rest = newest
        return (
            f'<div class="news_column"><div class="panel panel-default clearfix"><div class="panel-heading">\n'
            f'<h4 class="cat-icon">{link(self.section_path(section), section.title)}</h4></div>\n'
            f'<div class="panel-body"><h3>{link(self.story_path(first), first.title)}</h3>\n'
            f'<div class="text-justify">{escape(first.lead[:60])}...</div>\n'
            f'<ul class="related">{links([(self.story_path(each), each.title) for each in rest])}</ul></div></div>'
            "</div>\n"
        )

    def listing(self, section: Section, shown: list[Story], current: int, pages: int) -> str:
        """Return the view `viewcat_page`: the first of the first page is featured."""
        items = "".join(self._item(story, "h3" if at or current > 1 else "h2") for at, story in enumerate(shown))
        return (
            f'<div class="news_column"><div class="alert alert-info clearfix"><h1>{section.title}</h1></div></div>\n'
            f'<div class="news_column">\n{items}</div>\n<div class="clearfix"></div>\n'
            f'<div class="text-center">{self._pager(section, current, pages)}</div>\n'
        )

    def _item(self, story: Story, heading: str) -> str:
        place, title = self.story_path(story), escape(story.title)
        return (
            f'<div class="panel panel-default"><div class="panel-body{" featured" if heading == "h2" else ""}">\n'
            f'<{heading}>\n<a href="{place}" title="{title}">{title}</a>\n</{heading}>\n'
            f'<div class="text-muted"><ul class="list-unstyled list-inline">\n'
            f'<li><em class="fa fa-clock-o">&nbsp;</em> {story.published:%d/%m/%Y %H:%M:%S}</li>\n'
            f'<li><em class="fa fa-eye">&nbsp;</em> Đã xem: {story.views}</li>\n'
            f'<li><em class="fa fa-comment-o">&nbsp;</em> Phản hồi: 0</li>\n</ul></div>\n'
            f"<p>{escape(story.lead)}</p>\n</div></div>\n"
        )

    def _pager(self, section: Section, current: int, pages: int) -> str:
        def step(page: int, shown: str, title: str) -> str:
            if not 1 <= page <= pages:
                return f'<li class="disabled"><a href="javascript:void(0)">{shown}</a></li>'
            way = "prev" if page < current else "next"
            return f'<li><a rel="{way}" title="{title}" href="{self.section_path(section, page)}">{shown}</a></li>'

        numbers = "".join(
            f'<li class="active"><a href="javascript:void(0)">{page}</a></li>'
            if page == current
            else step(page, str(page), f"Trang {page}")
            for page in range(1, pages + 1)
        )
        around = step(current - 1, "&laquo;", "Trang trước"), step(current + 1, "&raquo;", "Trang kế")
        return f'<ul class="pagination">{around[0]}{numbers}{around[1]}</ul>\n'

    def head(self, story: Story) -> str:
        """Return the head with NukeViet's own slip: its stamp has the zone in the place of the T."""
        return (
            f'{super().head(story)}<meta property="og:title" content="{escape(story.title)}" />\n'
            f'<meta property="article:published_time" content="{story.published:%Y-%m-%d+07%H:%M:%S}" />\n'
        )

    def _marks(self, story: Story) -> str:
        """Return what the default theme hides for machines."""
        return (
            f'<span class="hidden hide" itemprop="datePublished">{story.published:%Y-%m-%dT%H:%M:%S}+07:00</span>\n'
            f'<span class="hidden hide" itemprop="dateModified">{story.published:%Y-%m-%dT%H}:59:59+07:00</span>\n'
        )

    def _when(self, story: Story) -> str:
        return f'<span class="h5">{WEEK[story.published.weekday()]} - {story.published:%d/%m/%Y %H:%M}</span>\n'

    def article(self, story: Story) -> str:
        """Return `detail.tpl`."""
        item, headline, description = self.kind
        section = self.section_of(story)
        return (
            f'<ol class="breadcrumb"><li>{link(self.homes[0], "Trang chủ")}</li><li>'
            f"{link(self.section_path(section), section.title)}</li></ol>\n"
            f'<div class="news_column panel panel-default newsdetail"{item}><div class="panel-body">\n'
            f'<h1 class="title margin-bottom-lg"{headline}>{escape(story.title)}</h1>\n{self._marks(story)}'
            f'<div class="row margin-bottom-lg newsdetailmetatop"><div class="col-md-12">\n{self._when(story)}</div>\n'
            f'<div class="col-md-12"><ul class="list-inline text-right"><li><a class="dimgray" rel="nofollow"'
            ' title="Gửi bài viết qua email" href="javascript:void(0);"><em class="fa fa-envelope">&nbsp;</em></a></li>'
            f'<li><a class="dimgray" rel="nofollow" title="Lưu bài viết này" href="{self._copy(story)}">'
            '<em class="fa fa-save">&nbsp;</em></a></li></ul></div></div>\n'
            f'<div class="clearfix">{self._head_photo(story)}'
            f'<div class="hometext m-bottom"{description}>{escape(story.lead)}</div></div>\n'
            f'<div id="news-bodyhtml" class="bodytext margin-bottom-lg">\n{self.body(story)}</div>\n'
            f"{self._downloads(story)}{self._author(story)}</div></div>\n"
            f'<div class="news_column panel panel-default"><div class="panel-body"><div class="h5">'
            f'<em class="fa fa-tags">&nbsp;</em><strong>Từ khóa: </strong>'
            f'<a href="{self.module}/tag/phuong/"><em>phường</em></a></div></div></div>\n'
            '<div class="news_column panel panel-default"><div class="panel-body"><form id="form3B" action="">'
            '<p id="stringrating">Tổng số điểm của bài viết là: 0 trong 0 đánh giá</p></form></div></div>\n'
            f'<div class="news_column panel panel-default"><div class="panel-body other-news">\n'
            f'<p class="h3"><strong>Những tin mới hơn</strong></p><ul class="related list-inline">\n'
            f"{''.join(self._related(other) for other in self.others(story))}</ul></div></div>\n"
        )

    def _copy(self, story: Story) -> str:
        return self.story_path(story).replace(self.module, f"{self.module}/savefile", 1)

    def _related(self, story: Story) -> str:
        place, title = self.story_path(story), escape(story.title)
        return (
            f'<li><em class="fa fa-angle-right">&nbsp;</em><a href="{place}" title="{title}"><h4>{title}</h4></a>'
            f"<em>({story.published:%d/%m/%Y})</em></li>\n"
        )

    def _head_photo(self, story: Story) -> str:
        if not story.photo:
            return ""
        source, note = self.media + story.photo.name, escape(story.photo.caption)
        return (
            '<figure class="article left pointer" onclick="modalShowByObj(\'#imgpreview\');">'
            f'<div id="imgpreview" style="width:183px;"><p class="text-center"><img alt="{note}" src="{source}"'
            f' class="img-thumbnail"/></p><figcaption>{note}</figcaption></div></figure>\n'
        )

    def _downloads(self, story: Story) -> str:
        rows = "".join(
            f'<div class="list-group-item"><a href="{escape(place)}" title="Tải về {name}"{self.download}>Tải về:'
            f" <strong>{name}</strong></a></div>\n"
            for place, name in (self.file_link(story, file) for file in self.files(story))
        )
        heading = '<i class="fa fa-download fa-fw"></i><strong>File đính kèm</strong>'
        return (
            f'<div class="panel panel-default"><div class="panel-heading">{heading}</div>\n'
            f'<div class="list-group news-download-file">\n{rows}</div></div>\n'
            if rows
            else ""
        )

    def _author(self, story: Story) -> str:
        if not story.author:
            return ""
        name = f'<p class="h5 text-right"><strong>Tác giả: </strong>{escape(story.author)}</p>'
        return f'<div class="margin-bottom-lg">\n{name}\n</div>\n'


class NukeVietEgov(NukeViet):
    """Answer as the e-government edition does: a day, views and comments in one row, no microdata, no language."""

    name = "Xã Sông Mây"
    sections = (
        Section("hoat-dong-cua-xa", "Hoạt động của xã"),
        Section("thong-tin-chi-dao", "Thông tin chỉ đạo, điều hành"),
        Section("doan-the", "Đoàn thể"),
    )
    hidden = Section("luu-tru", "Lưu trữ")
    module = "/news"
    homes = ("/", "/news/")
    about, contact, login = "/about/gioi-thieu-chung.html", "/contact/", "/users/login/"
    media = "/uploads/news/2022_04/"
    shift, first_id = 1, 827
    shows_views = True
    maps: ClassVar[dict[str, tuple[str, ...]]] = {
        "/sitemap.xml": ("/sitemap-vi.xml",),
        "/sitemap-vi.xml": ("/sitemap-vi.news.xml", "/sitemap-vi.about.xml"),
    }
    theme, download = "egov", ""
    kind = ("", "", "")

    def _marks(self, story: Story) -> str:
        del story
        return ""

    def _when(self, story: Story) -> str:
        return (
            f'<span class="h5"><i class="fa fa-clock-o" aria-hidden="true"></i>{WEEK[story.published.weekday()]} -'
            f" {story.published:%d/%m/%Y %H:%M}</span>\n"
            f'<span class="h5"><i class="fa fa-eye" aria-hidden="true"></i>{story.views}</span>\n'
            '<span class="h5"><i class="fa fa-comment-o" aria-hidden="true"></i>0</span>\n'
        )
