"""What the listing pages of a portal bring: articles, sections, feeds, and the next page as long as it may be new."""

import hashlib
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from wardnews.layouts import Entry, Fetch, Layout, Listing
from wardnews.spiders.counts import PortalCounts
from wardnews.spiders.scheduling import PortalVisit
from wardnews.store.commit import Commit
from wardnews.store.frontier import Frontier
from wardnews.store.page_context import PageContext
from wardnews.store.tasks import Task, Wanted
from wardnews.text.clock import VIETNAM, in_days, timestamp
from wardnews.text.header import Header, parse_header

_logger = logging.getLogger(__name__)
MASKED = "two articles under one number"


@dataclass(frozen=True)
class Listings:
    """Queue what listing pages bring; `since` and `until` are the days asked for, `counts` those of each portal."""

    frontier: Frontier
    counts: dict[str, PortalCounts]
    since: str | None
    until: str | None
    sample: int | None
    full: bool
    listed: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Hashes of address and title of what was listed in this run, by the key of an article that its system numbers."""

    def queue_lists(
        self, commit: Commit, visit: PortalVisit, urls: Iterable[str], context: PageContext, priority: int | None = None
    ) -> None:
        """Queue feeds, sitemaps and REST listings; feeds and sitemaps come after all else, and not for a sample."""
        if self.sample is None or context.rest_listing:
            own = (url for url in urls if visit.site.owns(url))
            commit.queue(Wanted("list", url, url, context, priority) for url in own)

    def sections(self, visit: PortalVisit, urls: Iterable[str], depth: int) -> Iterator[Wanted]:
        """Return the pages of this portal that may be sections."""
        for url in urls:
            if visit.site.owns(url):
                yield Wanted("section", visit.site.own(url), url, PageContext(depth=depth))

    def take(
        self,
        commit: Commit,
        visit: PortalVisit,
        task: Task,
        layout: Layout,
        listing: Listing,
        *,
        follow_related: bool = False,
    ) -> None:
        """Queue the articles of a listing page, and its next page."""
        fresh = self.queue_articles(commit, visit, task, listing.entries, follow_related=follow_related)
        self.queue_next_page(commit, visit, task, layout, listing, fresh=fresh)

    def queue_articles(
        self, commit: Commit, visit: PortalVisit, task: Task, entries: Iterable[Entry], *, follow_related: bool = False
    ) -> int:
        """Queue the articles of a listing that are unknown or shown otherwise than before; return how many are new.

        With `follow_related` their related news are followed as well: a section without a pager has no other way on.
        """
        own = [replace(entry, key=visit.site.own(entry.key)) for entry in entries if visit.site.owns(entry.url)]
        known = commit.known([entry.key for entry in own])
        own = [entry for entry in own if entry.key not in known or known[entry.key].kind == "article"]
        self.report_masked(visit, own)
        now = datetime.now(VIETNAM)
        wanted, again, shown, counts = [], [], {}, {}
        passed_by = False
        for entry in own:
            header = parse_header(entry.header, now) if entry.header else Header()
            day, before = (header.published or "")[:10], known.get(entry.key)
            if not in_days(day or (before.published if before else None), self.since, self.until):
                self.counts[visit.site.key].outside += 1
                passed_by |= before is None and day < (self.since or "")
                continue
            if before is None and visit.sample_reached:
                passed_by = True
                continue
            date = "" if "relative_date" in header.flags else header.published or ""
            shown[entry.key] = f"{entry.title}|{date}"
            if before is None:
                visit.articles += 1
                wanted.append(self.wanted(entry, follow_related=follow_related))
            elif before.gone or before.state in ("outside", "seen"):
                again.append(before.number)
            elif before.article:
                if before.article not in visit.read:
                    self.count_known(visit, entry.key)
                if header.views is not None and header.views != before.views:
                    counts[before.article] = header.views
        commit.queue(wanted)
        fresh, changed = commit.listed(section_of(task), shown, called=task.context.form is not None)
        if passed_by:
            commit.passed_by(section_of(task), since=self.since if self.sample is None else None)
        commit.recheck([*again, *(known[key].number for key in changed if key in known)])
        self.frontier.versions.viewed(counts, timestamp())
        return len(fresh)

    def report_masked(self, visit: PortalVisit, entries: Iterable[Entry]) -> None:
        """Report entries with the number of another article: one of the two would be left out without a word."""
        for entry in entries:
            if entry.id is None or not entry.title:
                continue
            here = hash(urlsplit(entry.url).path), hash(entry.title)
            before = self.listed.setdefault(f"{visit.site.key}:{entry.key}", here)
            if before[0] != here[0] and before[1] != here[1]:
                self.counts[visit.site.key].troubles[MASKED] += 1
                _logger.warning("%s: %s: %s", visit.site.key, MASKED, entry.url)

    def wanted(self, entry: Entry, *, follow_related: bool) -> Wanted:
        """Return the page of an article."""
        return Wanted("article", entry.key, entry.url, PageContext(follow_related=follow_related))

    def queue_next_page(
        self, commit: Commit, visit: PortalVisit, task: Task, layout: Layout, listing: Listing, *, fresh: int
    ) -> None:
        """Queue the next page of a section, as long as its pages hold something new (`fresh`) and young enough.

        Since when a section is known is written once its last page is read; until then the next page that is queued
        stands for the rest. A visit that leaves out young articles does not change it.
        """
        section, context = section_of(task), task.context
        keys, seen = _digest([entry.key for entry in listing.entries]), context.seen
        began = self.frontier.visits[task.site].began
        later = (context.visit or began) != began  # pages have moved on since this one was queued
        known_before = later or (task.asked_at is not None if context.known_before is None else context.known_before)
        nothing_new = not fresh
        repeated = keys in seen or (nothing_new and bool(seen) and not known_before)
        if visit.sample_reached:
            if not nothing_new:
                commit.passed_by(section, since=None)
            return
        known_since, known_after = _known_since(task), None if self.until else self.since or ""
        if self.all_older(listing) or not listing.next or repeated or not listing.entries:
            if known_after is not None and (known_since is None or known_since > known_after):
                commit.update_section(section, reach=known_after)
        elif not (nothing_new and self.may_stop(task)):
            going_on = PageContext(
                section=section,
                layout=layout.name,
                known_since=known_since,
                known_after=known_after,
                visit=began,
                known_before=known_before,
                seen=(*seen[:1], keys),
                list=task.kind == "list" or context.list,
            )
            commit.queue([_next_page(listing.next, going_on, called=context.form is not None)])

    def may_stop(self, task: Task) -> bool:
        """Whether a section may be left at a page that holds nothing unknown: what lies behind is known."""
        known_since = _known_since(task)
        return known_since is not None and known_since <= (self.since or "") and not self.full

    def all_older(self, listing: Listing) -> bool:
        """Whether all of a listing, every entry with its date, is older than the days asked for."""
        days = [day for entry in listing.entries if (day := self.day(entry.header))]
        return bool(self.since and days and len(days) == len(listing.entries) and max(days) < self.since)

    def day(self, header: str | None) -> str | None:
        """Return the day in a header line, where days are asked for at all."""
        if not (self.since or self.until) or not header:
            return None
        published = parse_header(header, datetime.now(VIETNAM)).published
        return published[:10] if published else None

    def count_known(self, visit: PortalVisit, key: str) -> None:
        """Count an article that is known, once a run."""
        if key not in visit.known:
            visit.known.add(key)
            self.counts[visit.site.key].known += 1


def section_of(task: Task) -> int:
    """Return the row of the section whose listing a page is of."""
    return task.number if task.context.section is None else task.context.section


def _known_since(task: Task) -> str | None:
    """Return the day since which a section was known when the visit began; a further page has it from the first."""
    return task.known_since if task.context.known_since is None else task.context.known_since


def _next_page(fetch: Fetch, context: PageContext, *, called: bool) -> Wanted:
    """Return the next page of a listing; the first answer to a call may begin by repeating the page that calls."""
    if fetch.form is None:
        return Wanted("turn", fetch.url, fetch.url, context)
    seen = context.seen if called else ()
    context = replace(context, form=dict(fetch.form), by_script=fetch.by_script, answered=called, seen=seen)
    return Wanted("turn", f"{fetch.url}#{_digest(map(str, sorted(fetch.form.items())))}", fetch.url, context)


def _digest(words: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]
