"""What is read of the pages that lead to articles: home pages, sections, further listing pages, feeds."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from scrapy.http import Response

from wardnews import layouts
from wardnews.items import Article
from wardnews.layouts import Layout, Listing
from wardnews.locale import Phrase, gettext_noop
from wardnews.reading.leads import Lead, lead_of
from wardnews.reading.opened import OpenedPage
from wardnews.spiders import moves
from wardnews.spiders.common import header_of, source_of
from wardnews.spiders.counts import Unhealthy
from wardnews.spiders.groups.scheduling import PortalVisit
from wardnews.spiders.heavy_pages import open_page
from wardnews.spiders.listings import MOST_ENTRIES
from wardnews.store.page_context import PageContext
from wardnews.store.recheck import static_until
from wardnews.store.tasks import Task, Wanted
from wardnews.text.clock import VIETNAM

if TYPE_CHECKING:
    from wardnews.spiders.portal import PortalSpider

_SITEMAP_DEPTH = 2
_EMPTY = "lists nothing since "
_DIGITS = re.compile(r"\d+")
_PLACE = re.compile(r"\d{1,7}")
STANDS_DAYS = 30
"""How long a section that lists nothing makes its portal unhealthy: after that it is how the portal is."""


@dataclass(frozen=True)
class ListingPages:
    """The pages of a spider's portals that lead to articles; each method reads one kind, and commits what it gives."""

    spider: "PortalSpider"

    def read_home(self, response: Response, visit: PortalVisit, task: Task) -> None:
        """Queue the sections that a home page names, and the articles that it shows."""
        if not task.context.depth and (
            lead := lead_of(response.url, response.body, header_of(response, "Refresh") or "")
        ):
            self.follow_lead(visit, task, lead)
            return
        opened = self.open(response, visit, task)
        if not opened:
            return
        layout = opened.layout
        own = visit.site.own
        homes = {own(visit.site.url), *(own(layout.canonical(url) or "") for url in (visit.site.url, response.url))}
        listing = opened.listing
        sections = [url for url in opened.sections if own(url) not in homes and not _is_further_page(url, listing)]
        visit.menu = {own(url) for url in sections}
        self.spider.counts[visit.site.key].listings += bool(listing.entries and listing.next)
        if listing.entries or sections:
            self.spider.counts[visit.site.key].layouts[layout.name] += 1
        with self.spider.frontier.commit(task) as commit:
            commit.homes(filter(None, homes))
            if layout.rest_listing:
                url = urljoin(visit.site.url, layout.rest_listing)
                context = PageContext(layout=layout.name, rest_listing=True, instead=tuple(sections))
                self.spider.listings.queue_lists(commit, visit, [url], context, priority=4)
            else:
                commit.queue(self.spider.listings.sections(visit, sections, depth=1))
            feeds = [urljoin(visit.site.url, feed) for feed in layout.feeds]
            self.spider.listings.queue_lists(commit, visit, feeds, PageContext(layout=layout.name))
            if listing.entries:
                self.spider.listings.take(commit, visit, task, layout, listing, follow_related=True)
            else:
                links = [replace(entry, title="", header=None) for entry in opened.links]
                self.spider.listings.queue_articles(commit, visit, task, links, follow_related=True)
        if not sections and not listing.entries:
            self.is_notice(visit, opened)
            self.spider.unhealthy(visit.site.key, Unhealthy.NO_SECTIONS, response.url)

    def follow_lead(self, visit: PortalVisit, task: Task, lead: Lead) -> None:
        """Queue the page that the home page leads to, one step, within the portal's hosts."""
        if not visit.site.owns(lead.url):
            self.unreadable(
                visit, task, str(Phrase("the home page leads off the portal by {means}", means=lead.by)), lead.url
            )
            return
        self.spider.trouble(
            visit.site.key,
            str(Phrase("the home page leads on by {means}: give that address as url", means=lead.by)),
            lead.url,
        )
        with self.spider.frontier.commit(task) as commit:
            commit.queue([Wanted("home", lead.url, lead.url, PageContext(depth=1))])

    def read_feed_page(self, response: Response, visit: PortalVisit, task: Task) -> None:
        """Read a feed, a sitemap or a REST listing; where there is none, queue the sections that it would stand for.

        Of a long one a part is taken, from the place on that stands behind `#` in its address; the rest is queued.
        """
        opened = self.open(response, visit, task)
        if not opened:
            return
        layout = opened.layout
        listing = opened.feed
        if listing is None or not (listing.entries or listing.lists):
            self.no_feed(task)
            return
        self.spider.counts[visit.site.key].listings += bool(listing.entries)
        if listing.entries:
            self.spider.counts[visit.site.key].layouts[layout.name] += 1
        url, _, number = task.url.partition("#")
        start = int(number) if _PLACE.fullmatch(number) else 0
        end = start + MOST_ENTRIES
        further = [f"{url}#{end}"] if len(listing.entries) > end else []
        with self.spider.frontier.commit(task) as commit:
            lists = [*listing.lists, *further]
            self.spider.listings.queue_lists(commit, visit, lists, PageContext(layout=layout.name))
            part = replace(listing, entries=listing.entries[start:end])
            self.spider.listings.take(commit, visit, task, layout, part)

    def no_feed(self, task: Task) -> None:
        """Go on without a feed: most portals have it closed."""
        with self.spider.frontier.commit(task) as commit:
            visit = self.spider.schedule.visits[task.site]
            commit.queue(self.spider.listings.sections(visit, task.context.instead, depth=1))

    def read_section(self, response: Response, visit: PortalVisit, task: Task) -> Article | None:
        """Read the first page of a section; a page that is no listing may name more sections, or be an article."""
        opened = self.open(response, visit, task)
        if not opened:
            return None
        layout = opened.layout
        if not task.context.asked and self.leads_away(response, visit, task, layout):
            return None
        listing = opened.listing
        alone = opened.article if not listing.entries else None
        if listing.note:
            self.spider.trouble(visit.site.key, listing.note, response.url)
        if alone and alone.header:  # a section that shows its one article right away
            return self.spider.articles.once(visit, task, alone, response)
        depth = task.context.depth
        if listing.entries:
            self.spider.counts[visit.site.key].listings += 1
            self.spider.counts[visit.site.key].layouts[layout.name] += 1
        empty: dict[str, Any] = {} if listing.entries else self.lists_nothing(visit, task, opened)
        with self.spider.frontier.commit(task) as commit:
            if listing.entries:
                self.spider.listings.take(commit, visit, task, layout, listing, follow_related=not listing.next)
                commit.done(lists=1)
            else:
                if depth < _SITEMAP_DEPTH and not task.context.asked:
                    commit.queue(self.spider.listings.sections(visit, opened.sections, depth + 1))
                if empty.get("lists") == 0:
                    commit.forget_rereading(task.number)
                commit.done(next_look=static_until(), **empty)
        return None

    def leads_away(self, response: Response, visit: PortalVisit, task: Task, layout: Layout) -> bool:
        """Whether a section is redirected to another page of the portal, which is read in its place from now on."""
        if not response.meta.get("redirect_urls"):
            return False
        target = layout.canonical(response.url) or response.url
        if moves.is_home(response.url, visit):
            self.spider.section_gone(visit, task, response.url, "a section leads to the home page")
            return True
        if target in (task.key, layout.canonical(task.url)):
            return False
        with self.spider.frontier.commit(task) as commit:
            commit.queue(self.spider.listings.sections(visit, [target], task.context.depth))
            commit.forget_rereading(task.number)
            commit.done(lists=0, cause=f"leads to {target}", next_look=static_until())
        return True

    def lists_nothing(self, visit: PortalVisit, task: Task, opened: OpenedPage) -> dict[str, Any]:
        """Return what is written of a section that lists nothing; one that should is unhealthy for 30 days.

        A section that has left the menu as well has been given up by the portal; a notice of the server in its place,
        such as one of maintenance, says nothing about the section.
        """
        if not (task.context.asked or task.lists):
            return {}
        today = datetime.now(VIETNAM).date()
        kept = (task.cause or "").removeprefix(_EMPTY)
        since = min(kept, today.isoformat()) if kept and kept != task.cause else today.isoformat()
        what = Unhealthy.SECTION_EMPTY if task.context.asked else Unhealthy.SECTION_EMPTIED
        if self.is_notice(visit, opened):
            self.spider.unhealthy(visit.site.key, what, opened.fetch.url)
            return {"cause": task.cause}
        over = (today - date.fromisoformat(since)).days > STANDS_DAYS
        if over:
            return {"lists": 0, "cause": f"{_EMPTY}{since}"}
        if visit.menu and task.key not in visit.menu and task.context.depth <= 1 and not task.context.asked:
            return {"cause": f"{_EMPTY}{since}"}
        self.spider.unhealthy(visit.site.key, what, opened.fetch.url)
        return {"cause": f"{_EMPTY}{since}"}

    def is_notice(self, visit: PortalVisit, opened: OpenedPage) -> bool:
        """Whether a page without entries holds a notice of the server in their place; it is counted as failed."""
        notice = opened.notice
        if notice:
            self.spider.counts[visit.site.key].failed += 1
            self.spider.trouble(visit.site.key, f"{notice}".replace(" in place of an article", ""), opened.fetch.url)
        return notice is not None

    def read_listing_page(self, response: Response, visit: PortalVisit, task: Task) -> None:
        """Read a further page of a listing."""
        opened = self.open(response, visit, task)
        if not opened:
            return
        layout = opened.layout
        listing = (opened.feed if task.context.list else opened.listing) or Listing(())
        if listing.entries:
            self.spider.counts[visit.site.key].listings += 1
            self.spider.counts[visit.site.key].layouts[layout.name] += 1
        elif opened.fetch.form and not task.context.answered:
            cause = gettext_noop("the call for the list gave nothing, so only the first page was read")
            self.spider.trouble(visit.site.key, cause, response.url)
        if listing.note:
            self.spider.trouble(visit.site.key, listing.note, response.url)
        with self.spider.frontier.commit(task) as commit:
            self.spider.listings.take(commit, visit, task, layout, listing)

    def open(self, response: Response, visit: PortalVisit, task: Task) -> OpenedPage | None:
        """Open a page, unless that was done beside; commit what cannot be read."""
        try:
            return open_page(response, source_of(response, visit.site, task.context.layout))
        except layouts.UnreadablePage as error:
            if task.kind == "section" and not (task.context.asked or task.lists):  # it only might have been one
                with self.spider.frontier.commit(task) as commit:
                    commit.done(cause=str(error), next_look=static_until())
            elif task.kind == "list":
                self.no_feed(task)
            else:
                self.unreadable(visit, task, str(error), response.url)
            return None

    def unreadable(self, visit: PortalVisit, task: Task, cause: str, url: str) -> None:
        """Commit that a page could not be read; it failed, unless it is one that only might have been an article."""
        self.spider.counts[visit.site.key].failed += bool(task.article or task.kind != "article")
        self.spider.trouble(visit.site.key, cause, url)
        self.spider.frontier.failed(task, cause, retry=False)


def _is_further_page(url: str, listing: Listing) -> bool:
    """Whether an address is the next page's of a listing, or that of another further page, by all but its numbers."""
    return listing.next is not None and _DIGITS.sub("", url) == _DIGITS.sub("", listing.next.url)
