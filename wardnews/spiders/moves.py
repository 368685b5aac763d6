"""Where articles move: redirects, addresses that turn out to be one article, the earlier address of a new article."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from wardnews import layouts
from wardnews.items import Article
from wardnews.layouts.generic import anyportal
from wardnews.spiders.groups.scheduling import PortalVisit
from wardnews.store.moves import Twin, twins
from wardnews.store.tasks import Known, Task
from wardnews.text.urls import resolve

if TYPE_CHECKING:
    from wardnews.spiders.portal import PortalSpider

REDIRECTS = (301, 302, 303, 307, 308)
PERMANENT = (301, 308)
NOT_THERE = (404, 410)
BY_REDIRECT, BY_TEXT = "gone_by_redirect", "gone_by_text"
"""The flags of articles that are gone though their address answers."""
WAS_PERMANENT = "wardnews_permanent"
"""In the meta of a request: whether it follows permanent redirects alone."""
_HOPS = "wardnews_hops"
_MOST_HOPS = 5
_HOMES = frozenset(("", "/", "/index.php", "/index.html", "/default.aspx", "/trang-chu", "/home", "/vi", "/vi/"))


def target_of(response: Response) -> str | None:
    """Return the address that a redirect leads to."""
    location = response.headers.get("Location")
    return resolve(response.url, location.decode("utf-8", "replace").strip()) if location else None


def was_redirected(response: Response) -> bool:
    """Whether a page was come to by a redirect."""
    return bool(response.meta.get(_HOPS))


def moved_for_good(response: Response) -> bool:
    """Whether a page was come to by permanent redirects alone."""
    return was_redirected(response) and bool(response.meta.get(WAS_PERMANENT))


def following(response: Response) -> Request | None:
    """Return the request that follows a redirect; None where there have been too many, or it leads nowhere."""
    target, hops = target_of(response), response.meta.get(_HOPS, 0) + 1
    if target is None or hops > _MOST_HOPS or not response.request:
        return None
    permanent = response.status in PERMANENT and response.meta.get(WAS_PERMANENT, True)
    meta = {**response.request.meta, _HOPS: hops, WAS_PERMANENT: permanent}
    return response.request.replace(url=target, meta=meta)


def is_home(url: str, visit: PortalVisit) -> bool:
    """Whether an address is the home page's, by its path."""
    own, home = urlsplit(url), urlsplit(visit.site.url)
    return not own.query and own.path.rstrip("/").lower() in _HOMES | {home.path.rstrip("/").lower()}


class Moves:
    """What is known of the places that addresses of a portal lead to."""

    def __init__(self, spider: "PortalSpider") -> None:
        self.spider = spider

    def place_of(self, url: str, visit: PortalVisit) -> Known | None:
        """Return what is known of the page at an address; under the families of the portal's pages in this run."""
        names = [*self.spider.counts[visit.site.key].layouts, layouts.ANYPORTAL]
        families = [layouts.LAYOUTS[name] for name in dict.fromkeys(names)]
        keys = {visit.site.own(one.url_id(url) or one.canonical(url) or url) for one in families}
        return self.spider.frontier.place_of(visit.site.key, keys)

    async def earlier(self, article: Article, task: Task) -> str | None:
        """Return the id of the known article that a new one is, where its old address leads to the new one.

        Each known article of the same title and day is asked for once, unless it was in this visit already.
        """
        frontier, visit = self.spider.frontier, self.spider.schedule.visits[article.site]
        with frontier.connection.begin():
            found = twins(frontier.connection, article, frontier.visits[article.site].began)
        for twin in found:
            if twin.id in visit.read:
                continue
            if await self._leads_to(twin, article, task, visit):
                visit.read.add(twin.id)
                return twin.id
        return None

    async def _leads_to(self, twin: Twin, article: Article, task: Task, visit: PortalVisit) -> bool:
        """Whether the old address of an article redirects to the new one, or names it as the canonical address."""
        new = {_same(url, visit) for url in (article.url, task.url, task.moved_to.url if task.moved_to else task.url)}
        url = twin.url
        for _ in range(_MOST_HOPS):
            response = await self.spider.fetch(url, visit)
            if response is None:
                return False
            if response.status not in REDIRECTS:
                self.spider.frontier.recheck_soon(article.site, twin.page, absent=response.status in NOT_THERE)
                return _same(_canonical(response) or "", visit) in new
            url = target_of(response) or ""
            if _same(url, visit) in new:
                return True
            if not visit.site.owns(url) or is_home(url, visit):
                break
        self.spider.frontier.recheck_soon(article.site, twin.page, absent=False)
        return False


def _same(url: str, visit: PortalVisit) -> str:
    return visit.site.own(anyportal.canonical(url) or url).rstrip("/") if url else url


def _canonical(response: Response) -> str | None:
    """Return the address that a page names as its own."""
    try:
        page = layouts.parse(response.body, layouts.Fetch(response.url))
    except layouts.UnreadablePage:
        return None
    link = page.tree.css_first('link[rel="canonical"][href]')
    return page.link(link.attributes["href"]) if link is not None else None
