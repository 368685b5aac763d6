"""WordPress with a theme of its makers, its REST interface, feeds and sitemaps open."""

import json
from html import escape
from typing import Any

from tests.doubles.cms import CLOCK, COUNTER, Cms, Section, link, links, origin, rss, sitemap
from tests.doubles.stories import Photo, Story, Table
from wardnews.demo.web import Reply, Request, html, redirect

REST = "/wp-json/wp/v2"
MOST = 100


class WordPress(Cms):
    """Answer as WordPress does: no views, no lead; the time in a `time` element."""

    name = "Phường Cầu Vồng"
    sections = (
        Section("tin-tuc", "Tin tức"),
        Section("an-ninh-quoc-phong", "An ninh - Quốc phòng"),
        Section("thong-bao", "Thông báo"),
    )
    hidden = Section("chua-phan-loai", "Chưa phân loại")
    about, contact, login = "/gioi-thieu/", "/lien-he/", "/wp-login.php"
    media = "/wp-content/uploads/2022/03/"
    shift, first_id = 7, 51027
    robots = (
        "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n\nSitemap: {origin}/wp-sitemap.xml\n"
    )
    shows_lead, shows_views = False, False
    uploader = "Ban biên tập"

    def story_path(self, story: Story) -> str:
        """Return the post's name alone."""
        return f"/{story.slug}/"

    def section_path(self, section: Section, page: int = 1) -> str:
        """Return `/category/name/page/n/`."""
        return f"/category/{section.path}/" + (f"page/{page}/" if page > 1 else "")

    def listing_at(self, request: Request) -> tuple[Section, int] | None:
        """Read the page from the path."""
        place, _, page = request.place.removesuffix("/").partition("/page/")
        section = next((each for each in self.everywhere if self.section_path(each) == f"{place}/"), None)
        return (section, int(page or 1)) if section and (page or "1").isdecimal() else None

    def special(self, request: Request) -> Reply | None:
        """Answer REST, feeds, sitemaps and short addresses."""
        place, home = request.place, origin(request)
        posts = {str(self.story_id(story)): story for story in self.stories}
        if place == "/" and request.query.get("p") in posts:
            return redirect(self.story_path(posts[request.query["p"]]), 301)
        if place == "/author/admin/":
            newest = self.listed[self.sections[0]][: self.per_page]
            return html(self.frame(self.uploader, self.listing(self.sections[0], newest, 1, 1)))
        if place.startswith("/wp-json/"):
            return self._rest(request, home)
        if place.endswith("/feed/"):
            within = [s for s in self.stories if place in ("/feed/", f"{self.section_path(self.section_of(s))}feed/")]
            return rss(self.name, home, [(home + self.story_path(story), story) for story in within[:10]])
        maps = {
            "/wp-sitemap-posts-post-1.xml": [self.story_path(story) for story in self.stories],
            "/wp-sitemap-posts-page-1.xml": [self.about, self.contact],
            "/wp-sitemap-taxonomies-category-1.xml": [self.section_path(section) for section in self.everywhere],
        }
        if place == "/wp-sitemap.xml":
            return sitemap([home + each for each in maps], index=True)
        return sitemap([home + each for each in maps[place]]) if place in maps else None

    def _rest(self, request: Request, home: str) -> Reply:
        if request.place == "/wp-json/":
            return _json({"name": self.name, "home": home, "namespaces": ["oembed/1.0", "wp/v2"]})
        if request.place == f"{REST}/categories":
            return _json([self._category(section, home) for section in self.everywhere])
        if request.place != f"{REST}/posts":
            return _refusal("rest_no_route", "Không tìm thấy đường dẫn phù hợp.", 404)
        query = request.query
        each, page = query.get("per_page", "10"), query.get("page", "1")
        if not (each.isdecimal() and page.isdecimal() and 1 <= int(each) <= MOST and int(page)):
            return _refusal("rest_invalid_param", "Tham số không hợp lệ: per_page", 400)
        wanted = query.get("categories")
        found = [story for story in self.stories if wanted in (None, str(self._number(self.section_of(story))))]
        pages = -(-len(found) // int(each))
        if int(page) > max(pages, 1):
            return _refusal("rest_post_invalid_page_number", "Số trang yêu cầu lớn hơn số trang hiện có.", 400)
        shown = found[(int(page) - 1) * int(each) : int(page) * int(each)]
        fields = query.get("_fields")
        posts = [self._post(story, home) for story in shown]
        if fields:
            names = {field.partition(".")[0] for field in fields.split(",")}
            posts = [{name: value for name, value in post.items() if name in names} for post in posts]
        return _json(posts, 200, ("X-WP-Total", str(len(found))), ("X-WP-TotalPages", str(pages)))

    def _number(self, section: Section) -> int:
        return 3 + self.everywhere.index(section)

    def _category(self, section: Section, home: str) -> dict[str, Any]:
        return {
            "id": self._number(section),
            "count": len(self.listed[section]),
            "link": home + self.section_path(section),
            "name": section.title,
            "slug": section.path,
            "taxonomy": "category",
        }

    def _post(self, story: Story, home: str) -> dict[str, Any]:
        number = self.story_id(story)
        stamp = f"{story.published:%Y-%m-%dT%H:%M:%S}"
        return {
            "id": number,
            "date": stamp,
            "guid": {"rendered": f"{home}/?p={number}"},
            "modified": stamp,
            "slug": story.slug,
            "status": "publish",
            "type": "post",
            "link": home + self.story_path(story),
            "title": {"rendered": _texturized(story.title)},
            "content": {"rendered": self.body(story), "protected": False},
            "excerpt": {"rendered": f"<p>{_texturized(story.lead[:90])} [&hellip;]</p>\n", "protected": False},
            "author": 1,
            "categories": [self._number(self.section_of(story))],
        }

    def photo(self, photo: Photo) -> str:
        """Return the image block."""
        return (
            f'<figure class="wp-block-image size-large"><img src="{self.media}{photo.name}" alt="" class="wp-image-9"/>'
            f'<figcaption class="wp-element-caption">{escape(photo.caption)}</figcaption></figure>\n'
        )

    def table(self, table: Table) -> str:
        """Return the table block."""
        return f'<figure class="wp-block-table">{super().table(table)}</figure>\n'

    def frame(self, title: str, main: str, head: str = "") -> str:
        """Return the theme's page."""
        newest = [(self.story_path(story), story.title) for story in self.listed[self.sections[0]][:3]]
        return (
            f'<!DOCTYPE html>\n<html lang="vi">\n<head>\n<meta charset="UTF-8">\n<title>{escape(title)} &#8211;'
            f" {self.name}"
            f'</title>\n<link rel="alternate" type="application/rss+xml" title="{self.name} &raquo;" href="/feed/"'
            f" />\n{head}"
            f'<link rel="stylesheet" id="theme-css" href="/wp-content/themes/twentysixteen/style.css" media="all" />\n'
            f'<link rel="https://api.w.org/" href="/wp-json/" /><meta name="generator" content="WordPress 6.4.3" />\n'
            f'</head>\n<body class="wp-embed-responsive">\n<div id="page" class="site"><header id="masthead"'
            f' class="site-header">\n<p class="site-title"><a href="/" rel="home">{self.name}</a></p><p>{CLOCK}</p>\n'
            f'<nav id="site-navigation" class="main-navigation"><ul class="primary-menu">\n{links(self.menu())}</ul>'
            "</nav>\n"
            f'</header>\n<div id="content" class="site-content"><div id="primary" class="content-area">\n'
            f'<main id="main" class="site-main">\n{main}</main></div>\n'
            '<aside id="secondary" class="sidebar widget-area">\n'
            '<section class="widget widget_recent_entries"><h2 class="widget-title">Bài viết mới</h2>'
            f"<ul>{links(newest)}</ul>"
            f'</section>\n<section class="widget widget_text"><div class="textwidget">{COUNTER}</div></section>'
            "</aside></div>\n"
            '<footer id="colophon" class="site-footer"><a href="https://wordpress.example/">WordPress</a></footer>'
            "</div>\n"
            f"</body>\n</html>\n"
        )

    def static(self, title: str, main: str) -> str:
        """Return a page, which has the marks of a post but its day."""
        return (
            f'<article id="post-2" class="post-2 page type-page status-publish hentry"><header class="entry-header">'
            f'<h1 class="entry-title">{title}</h1></header><div class="entry-content">{main}</div></article>\n'
        )

    def block(self, section: Section, newest: list[Story]) -> str:
        """Return a block of latest posts."""
        posts = links([(self.story_path(story), story.title) for story in newest])
        heading = f'<h2 class="wp-block-heading">{link(self.section_path(section), section.title)}</h2>'
        return f'{heading}\n<ul class="wp-block-latest-posts__list wp-block-latest-posts">{posts}</ul>\n'

    def listing(self, section: Section, shown: list[Story], current: int, pages: int) -> str:
        """Return `archive.php`."""
        items = "".join(
            f'<article id="post-{self.story_id(story)}" class="post-{self.story_id(story)} post type-post hentry">\n'
            f'<header class="entry-header"><h2 class="entry-title"><a href="{self.story_path(story)}" rel="bookmark">'
            f'{_texturized(story.title)}</a></h2></header>\n<div class="entry-content"><p>{escape(story.lead[:90])}'
            f' [&hellip;]</p></div>\n<footer class="entry-footer">{self._meta(story)}</footer></article>\n'
            for story in shown
        )
        numbers = " ".join(
            f'<span aria-current="page" class="page-numbers current">{page}</span>'
            if page == current
            else f'<a class="page-numbers" href="{self.section_path(section, page)}">{page}</a>'
            for page in range(1, pages + 1)
        )
        after = self.section_path(section, current + 1)
        following = f'<a class="next page-numbers" href="{after}">Trang sau</a>' if current < pages else ""
        return (
            f'<header class="page-header"><h1 class="page-title">Chuyên mục: <span>{section.title}</span></h1>'
            "</header>\n"
            f'{items}<nav class="navigation pagination" aria-label="Phân trang bài viết">'
            f'<div class="nav-links">{numbers}{following}</div></nav>\n'
        )

    def _meta(self, story: Story) -> str:
        section, stamp = self.section_of(story), f"{story.published:%Y-%m-%dT%H:%M:%S}+07:00"
        day = f"{story.published.day} Tháng {story.published.month}, {story.published.year}"
        return (
            f'<span class="byline"><span class="author vcard"><span class="screen-reader-text">Tác giả </span>'
            f'<a class="url fn n" href="/author/admin/">{escape(story.author or self.uploader)}</a></span></span>\n'
            '<span class="posted-on"><span class="screen-reader-text">Đăng vào </span>'
            f'<a href="{self.story_path(story)}"'
            f' rel="bookmark"><time class="entry-date published updated" datetime="{stamp}">{day}</time></a></span>\n'
            f'<span class="cat-links"><span class="screen-reader-text">Danh mục </span>'
            f"{link(self.section_path(section), section.title, ' rel=tag')}</span>\n"
        )

    def head(self, story: Story) -> str:
        """Return the head's short address."""
        return f"<link rel='shortlink' href='/?p={self.story_id(story)}' />\n"

    def article(self, story: Story) -> str:
        """Return `single.php`."""
        number = self.story_id(story)
        return (
            f'<article id="post-{number}" class="post-{number} post type-post status-publish format-standard hentry">\n'
            f'<header class="entry-header"><h1 class="entry-title">{_texturized(story.title)}</h1></header>\n'
            f'<div class="entry-content">\n{self.body(story)}</div>\n'
            f'<footer class="entry-footer">{self._meta(story)}</footer></article>\n'
        )


def _texturized(text: str) -> str:
    return text.replace("&", "&#038;").replace("“", "&#8220;").replace("”", "&#8221;")


def _json(data: object, status: int = 200, *headers: tuple[str, str]) -> Reply:
    return Reply(status, json.dumps(data).encode(), "application/json; charset=UTF-8", headers)


def _refusal(code: str, message: str, status: int) -> Reply:
    return _json({"code": code, "message": message, "data": {"status": status}}, status)
