"""The portals of 2012 to 2025: Liferay 6.2 with the city's own Asset Publisher template."""

from collections.abc import Iterable
from datetime import datetime
from threading import Lock

from wardnews.demo.articles import PracticeArticle
from wardnews.demo.liferay_frame import frame, pop_up
from wardnews.demo.liferay_news import abstract, detail, pager
from wardnews.demo.liferay_pages import NOT_FOUND, STATIC_PAGES, focus_block, folder, site_map
from wardnews.demo.liferay_parts import (
    ENGLISH,
    POLL,
    SECTIONS,
    STATIC,
    VIETNAMESE,
    Head,
    Section,
    Words,
    crumbs,
    portlet_101,
    title,
)
from wardnews.demo.web import Reply, Request, document, html, plain, redirect

ROBOTS = "User-agent: *\nDisallow: /c/portal/\n"
ENGLISH_COOKIE = ("Set-Cookie", "GUEST_LANGUAGE_ID=en_US; Path=/; HttpOnly")
VIETNAMESE_COOKIE = ("Set-Cookie", "GUEST_LANGUAGE_ID=vi_VN; Path=/; HttpOnly")
SESSION_COOKIE = ("Set-Cookie", "JSESSIONID=5F2C0A9B7E41D3866A10C2FD94B7E0A1; Path=/; HttpOnly")
RELATED = 6


class LiferaySite:
    """Answer requests as a portal of the older generation does."""

    def __init__(self, articles: Iterable[PracticeArticle], now: datetime) -> None:
        """Take the articles to publish and the time that the page head shows."""
        self._now = now
        self._lock = Lock()
        self._views: dict[int | str, int] = {}
        self.publish(articles)

    def publish(self, articles: Iterable[PracticeArticle]) -> None:
        """Replace all articles; counters of those that stay go on."""
        ordered = sorted(articles, key=lambda article: article.published, reverse=True)
        self._by_id = {str(article.id): article for article in ordered}
        self._by_slug = {article.slug: article for article in ordered}
        self._by_section = {path: [a for a in ordered if a.section_path == path] for path in SECTIONS}
        self._position = {a.id: at for listed in self._by_section.values() for at, a in enumerate(listed)}
        for article in ordered:
            # The server counts before it shows: the first look shows `article.views`.
            self._views.setdefault(article.id, (article.views or 1) - 1)

    def views(self, article: PracticeArticle) -> int:
        """Return where the counter of an article stands."""
        with self._lock:
            return self._views[article.id]

    def reply(self, request: Request) -> Reply:
        """Answer one request."""
        place = request.place
        if place == "/":
            return redirect("/trang-chu")
        if place == "/robots.txt":
            return plain(ROBOTS)
        if place.startswith(("/documents/", "/image/")):
            return document(place)
        if place.startswith("/c/portal/"):
            return self._portal_action(request)
        return self._page(request)

    def _portal_action(self, request: Request) -> Reply:
        if "update_language" in request.place:
            english = request.query.get("languageId") == "en_US"
            return redirect("/trang-chu", 302, ENGLISH_COOKIE if english else VIETNAMESE_COOKIE)
        return redirect("/dang-nhap")

    def _page(self, request: Request) -> Reply:
        cookies = [] if request.header("Cookie") else [SESSION_COOKIE]
        words = ENGLISH if request.cookie("GUEST_LANGUAGE_ID") == "en_US" else VIETNAMESE
        place = request.place.removeprefix("/web/guest")
        for prefix, spoken, cookie in (("/en", ENGLISH, ENGLISH_COOKIE), ("/vi", VIETNAMESE, VIETNAMESE_COOKIE)):
            if place == prefix or place.startswith(f"{prefix}/"):
                words, place = spoken, place.removeprefix(prefix) or "/trang-chu"
                cookies.append(cookie)
        page = self._show(place, request, words)
        if page is None:
            return html(frame(Head("Không tìm thấy"), NOT_FOUND, words, self._now), 404, *cookies)
        return html(page, 200, *cookies)

    def _show(self, place: str, request: Request, words: Words) -> str | None:
        page, _, rest = place.strip("/").partition("/")
        section = SECTIONS.get(page)
        if section is None:
            return self._other(page, place, words) if not rest else None
        if ".html/" in rest:
            # Whatever follows an article's address, the portal shows the section, and links on into the depth.
            return self._listing(section, 1, section.delta, words, place)
        if rest.startswith("-/view_content/"):
            article = self._by_id.get(rest.removeprefix("-/view_content/").partition("-")[0])
            return self._article(article, section, request, words) if article and rest.endswith(".html") else None
        return None if rest else self._section(section, request, words)

    def _section(self, section: Section, request: Request, words: Words) -> str | None:
        query = request.query
        if query.get("_101_struts_action") == "/asset_publisher/view_content":
            number = query.get("_101_assetEntryId")
            article = self._by_id.get(number) if number else self._by_slug.get(query.get("_101_urlTitle", ""))
            return self._article(article, section, request, words) if article else None
        if query.get("p_p_id") == POLL and self._by_section[section.path]:
            # The poll's link shows an article again, under the section's address.
            return self._article(self._by_section[section.path][0], section, request, words)
        current, delta = query.get("_101_cur", "1"), query.get("_101_delta", str(section.delta))
        if not (current.isdecimal() and delta.isdecimal()) or not section.pager:
            current, delta = "1", str(section.delta)
        return self._listing(section, max(1, int(current)), max(1, int(delta)), words, f"/{section.path}")

    def _article(self, article: PracticeArticle, section: Section, request: Request, words: Words) -> str:
        with self._lock:
            if request.method == "GET":
                self._views[article.id] += 1
            views = self._views[article.id]
        main = detail(article, section, views, words, self._neighbours(article))
        head = Head(
            f"{title(article)} - {section.name}", article.path, article.lead or article.blocks[:1], section.name
        )
        if request.query.get("p_p_state") == "pop_up":
            return pop_up(head, main, words)
        return frame(head, main, words, self._now, section)

    def _neighbours(self, article: PracticeArticle) -> list[PracticeArticle]:
        """Return the articles that follow in the section, going round at its end."""
        listed, at = self._by_section[article.section_path], self._position[article.id]
        return [*listed[at + 1 : at + 1 + RELATED], *listed[: min(at, RELATED)]][:RELATED]

    def _listing(self, section: Section, current: int, delta: int, words: Words, place: str) -> str:
        listed = self._by_section[section.path]
        shown = listed[(current - 1) * delta : current * delta]
        items = "".join(
            abstract(article, section, self.views(article), words, focus=section.focus and current == 1 and not at)
            for at, article in enumerate(shown)
        )
        below = pager(section, current, delta, len(listed), words) if section.pager else ""
        main = crumbs(section) + portlet_101(section, f'<div class="subscribe-action">\n</div>{items}{below}')
        return frame(Head(section.name, place, None, section.name), main, words, self._now, section)

    def _other(self, page: str, place: str, words: Words) -> str | None:
        if page == "trang-chu":
            return frame(Head("Trang chủ", place), self._home(), words, self._now)
        if page == "so-do-website":
            return frame(Head("Sơ đồ cổng", place), site_map(), words, self._now)
        if page in STATIC:
            return frame(Head(STATIC[page], place), STATIC_PAGES[page], words, self._now)
        return None

    def _home(self) -> str:
        return focus_block(self._by_section["tin-noi-bat"][:6]) + "".join(
            folder(section, self._by_section[section.path][: min(4, section.delta)], side)
            for section, side in zip(SECTIONS.values(), ("right", "left") * len(SECTIONS), strict=False)
        )
