"""What the listing pages of a portal bring: articles, sections, feeds, and the next page as long as it may be new."""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NamedTuple, TypeVar

from wardnews.layouts import Entry, Fetch, Layout, Listing
from wardnews.layouts.canonical import name_others
from wardnews.layouts.layout import are_apart, named_by
from wardnews.locale import gettext_noop
from wardnews.spiders.counts import PortalCounts
from wardnews.spiders.groups.scheduling import PortalVisit
from wardnews.store.commit import Commit
from wardnews.store.frontier import Frontier
from wardnews.store.page_context import NEW, PageContext
from wardnews.store.recheck import EARLY, time_of
from wardnews.store.tasks import AGAIN, Known, Task, Wanted
from wardnews.text.clock import VIETNAM, in_days, timestamp, timestamp_of
from wardnews.text.header import Header, parse_header

_logger = logging.getLogger(__name__)
_Named = TypeVar("_Named")
MASKED = gettext_noop("two articles under one number")
ROUND_DAYS = 14
"""In how many days the older listing pages of a section are read again."""
FEWEST_AGAIN, MOST_AGAIN = 2, 10
"""How many of them in one visit: two at least, for only beside another does a page show that it repeats it."""
MOST_ENTRIES, MOST_SECTIONS = 10_000, 1_000
"""How many articles, and how many sections or further lists, are taken from one page: a commit takes time by them."""
TOO_MANY = gettext_noop("more on one page than any portal lists: the rest of it is left out")
_MOST_BEYOND = 3
"""How many further pages are asked for to find the newest article, where pinned ones fill the first."""


class Listed(NamedTuple):
    """What a listing page brought: how many new articles; when its newest was published, NEW where it has new ones."""

    fresh: int
    newest: str


@dataclass(frozen=True)
class Listings:
    """Queue what listing pages bring; `since` and `until` are the days asked for, `counts` those of each portal."""

    frontier: Frontier
    counts: dict[str, PortalCounts]
    since: str | None
    until: str | None
    sample: int | None
    full: bool
    listed: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Path and beginning of the title of what was listed in this run, by the key of a numbered article."""
    masked: set[str] = field(default_factory=set)
    """Addresses that were left out for the number of another article in this run."""

    def queue_lists(
        self, commit: Commit, visit: PortalVisit, urls: Iterable[str], context: PageContext, priority: int | None = None
    ) -> None:
        """Queue feeds, sitemaps and REST listings; feeds and sitemaps come after all else, and not for a sample."""
        if self.sample is None or context.rest_listing:
            own = self.bounded(visit, (url for url in urls if visit.site.owns(url)), MOST_SECTIONS)
            commit.queue(Wanted("list", url, url, context, priority) for url in own)

    def sections(self, visit: PortalVisit, urls: Iterable[str], depth: int) -> Iterator[Wanted]:
        """Return the pages of this portal that may be sections."""
        for url in self.bounded(visit, (url for url in urls if visit.site.owns(url)), MOST_SECTIONS):
            yield Wanted("section", visit.site.own(url), url, PageContext(depth=depth))

    def bounded(self, visit: PortalVisit, found: Iterable[_Named], most: int) -> list[_Named]:
        """Return the first of what a page names; that it names more than is taken is counted."""
        first = list(islice(found, most + 1))
        if len(first) > most:
            self.counts[visit.site.key].troubles[TOO_MANY] += 1
            _logger.warning("%s: %s", visit.site.key, TOO_MANY)
        return first[:most]

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
        entries = tuple(self.bounded(visit, listing.entries, MOST_ENTRIES))
        listing = replace(listing, entries=entries, masked=listing.masked[:MOST_ENTRIES])
        self.report_masked(visit, [*listing.entries, *listing.masked])
        listed = self.queue_articles(commit, visit, task, listing.entries, follow_related=follow_related)
        if task.context.again is not None:
            self.read_on(commit, visit, task, layout, listing)
            return
        if task.context.section is None and listing.next and not (task.kind == "home" and visit.menu):
            self.plan_rereading(commit, task, layout, listing.next)
        self.queue_next_page(commit, visit, task, layout, listing, listed=listed)

    def queue_articles(
        self, commit: Commit, visit: PortalVisit, task: Task, entries: Iterable[Entry], *, follow_related: bool = False
    ) -> Listed:
        """Queue the articles of a listing that are unknown or shown otherwise than before; return what it brought.

        With `follow_related` their related news are followed as well: a section without a pager has no other way on.
        """
        owned = self.bounded(visit, (entry for entry in entries if visit.site.owns(entry.url)), MOST_ENTRIES)
        own = [replace(entry, key=visit.site.own(entry.key)) for entry in owned]
        known = commit.known([entry.key for entry in own])
        own = [entry for entry in own if entry.key not in known or self.is_article(visit, entry, known[entry.key])]
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
        fresh, changed = self._listed(commit, task, shown, passed_by=passed_by)
        commit.recheck([*again, *(known[key].number for key in changed if key in known)])
        self.frontier.versions.viewed(counts, timestamp())
        days = (known[entry.key].published for entry in own if entry.key in known)
        return Listed(len(fresh), NEW if fresh else max(filter(None, days), default=""))

    def _listed(
        self, commit: Commit, task: Task, shown: Mapping[str, str], *, passed_by: bool
    ) -> tuple[set[str], set[str]]:
        """Write what the sections of a page list; return the keys that are new to one, and those shown otherwise."""
        fresh, changed = set(), set()
        for section in (section_of(task), *task.context.also):
            new, others = commit.listed(section, shown, called=task.context.form is not None)
            fresh |= new
            changed |= others
            if passed_by:
                commit.passed_by(section, since=self.since if self.sample is None else None)
        return fresh, changed

    def is_article(self, visit: PortalVisit, entry: Entry, known: Known) -> bool:
        """Whether an entry is of a known article: of no section, and of none that another's number masks."""
        if entry.id and known.kind == "article" and name_others(entry.url, known.url):
            self.count_masked(visit, entry)
            return False
        return known.kind == "article"

    def report_masked(self, visit: PortalVisit, entries: Iterable[Entry]) -> None:
        """Report entries with the number of another article: one of the two would be left out without a word."""
        for entry in entries:
            if entry.id is None or not entry.title:
                continue
            here = named_by(entry)
            if are_apart(here, self.listed.setdefault(f"{visit.site.key}:{entry.key}", here)):
                self.count_masked(visit, entry)

    def count_masked(self, visit: PortalVisit, entry: Entry) -> None:
        """Count an entry that is left out for the number of another article."""
        if entry.url not in self.masked:
            self.masked.add(entry.url)
            self.counts[visit.site.key].troubles[MASKED] += 1
            _logger.warning("%s: %s: %s", visit.site.key, MASKED, entry.url)

    def wanted(self, entry: Entry, *, follow_related: bool) -> Wanted:
        """Return the page of an article."""
        return Wanted("article", entry.key, entry.url, PageContext(follow_related=follow_related))

    def queue_next_page(
        self, commit: Commit, visit: PortalVisit, task: Task, layout: Layout, listing: Listing, *, listed: Listed
    ) -> None:
        """Queue the next page of a section, as long as its pages hold something new and young enough.

        Since when a section is known is written once its last page is read; until then the next page that is queued
        stands for the rest. A visit that leaves out young articles does not change it.
        """
        section, context = section_of(task), task.context
        keys, seen = _digest([entry.key for entry in listing.entries]), context.seen
        began = self.frontier.visits[task.site].began
        later = (context.visit or began) != began  # pages have moved on since this one was queued
        known_before = later or (task.asked_at is not None if context.known_before is None else context.known_before)
        nothing_new = not listed.fresh
        repeated = keys in seen or (nothing_new and bool(seen) and not known_before) or _is_first(listing.next, context)
        if visit.sample_reached:
            if not nothing_new:
                commit.passed_by(section, since=None)
            return
        known_since, known_after = _known_since(task), None if self.until else self.since or ""
        if self.all_older(listing) or not listing.next or repeated or not listing.entries:
            if known_after is not None and (known_since is None or known_since > known_after):
                for one in (section, *context.also):
                    commit.update_section(one, reach=known_after)
            if known_after == "":
                commit.put_off_rereading(section, _after(ROUND_DAYS))
            return
        newest, beyond = max(context.newest, listed.newest), context.beyond + 1 if nothing_new else 0
        if nothing_new and self.may_stop(task) and not self._is_out_of_order(commit, section, newest, beyond):
            return
        going_on = PageContext(
            section=section,
            layout=layout.name,
            known_since=known_since,
            known_after=known_after,
            visit=began,
            known_before=known_before,
            seen=(*seen[:1], keys),
            list=task.kind == "list" or context.list,
            also=context.also,
            start=context.start or listing.next.url,
            start_form=context.start_form if context.start else listing.next.form,
            beyond=beyond,
            newest=newest,
        )
        commit.queue([_next_page(listing.next, going_on, called=context.form is not None)])

    def _is_out_of_order(self, commit: Commit, section: int, seen: str, beyond: int) -> bool:
        """Whether the newest article of a section may stand on a page behind: pinned ones fill those that were read.

        `seen` is when the newest on those was published. After a few pages the section is in no order by days: then its
        older pages are read again at once.
        """
        newest = commit.newest_listed(section, datetime.now(VIETNAM) + timedelta(days=1))
        if not seen or not newest or seen >= newest:
            return False
        if beyond > _MOST_BEYOND:
            commit.hasten_rereading(section)
        return beyond <= _MOST_BEYOND

    # --- older pages, read again ---

    def plan_rereading(self, commit: Commit, task: Task, layout: Layout, start: Fetch) -> None:
        """Write from where the further pages of a section are read again, a few a visit, and when that begins.

        What is put in among them with an old date is found by that: a visit ends before it comes to them.
        """
        context = PageContext(
            section=task.number,
            layout=layout.name,
            list=task.kind == "list",
            start=start.url,
            start_form=start.form,
            by_script=start.by_script,
            form=start.form,
            again=0,
        )
        commit.plan_rereading(Wanted("turn", rereading_key(task.number), start.url, context), _after(ROUND_DAYS))

    def read_on(self, commit: Commit, visit: PortalVisit, task: Task, layout: Layout, listing: Listing) -> None:
        """Go on to the next older page, today or in the next visit; after the last one rest until the next round."""
        context, began = task.context, self.frontier.visits[task.site].began
        self.counts[visit.site.key].listed_again += 1
        keys = _digest([entry.key for entry in listing.entries])
        left, seen = context.left, context.seen
        if context.visit != began:
            seen = seen[:1]  # since then all may have moved on by a page
        if not listing.entries or not listing.next or keys in seen or _is_first(listing.next, context):
            self.end_round(commit, task)
            return
        if context.visit != began:
            asked = task.asked_at if context.again else None
            left = self._share(commit.count_listed(section_of(task)), len(listing.entries), asked)
        following = replace(
            context,
            layout=layout.name,
            form=listing.next.form,
            by_script=listing.next.by_script,
            answered=context.form is not None,
            seen=(*context.seen[:1], keys),
            again=(context.again or 0) + 1,
            round_began=context.round_began or began,
            visit=began,
            left=left - 1,
        )
        due = None if following.left > 0 else _after(1)
        commit.read_again(Wanted("turn", task.key, listing.next.url, following), due)

    def end_round(self, commit: Commit, task: Task) -> None:
        """Let a section's older pages rest until the next round."""
        context = task.context
        start = replace(
            context, form=context.start_form, again=0, round_began=None, left=0, seen=(), visit=None, answered=False
        )
        now = datetime.now(UTC)
        began = min(time_of(context.round_began), now) if context.round_began else now
        due = max(timestamp_of(began + timedelta(days=ROUND_DAYS) - EARLY), _after(1))
        commit.read_again(Wanted("turn", task.key, context.start or task.url, start), due)

    def _share(self, articles: int, on_a_page: int, asked_at: str | None) -> int:
        """Return how many older pages a visit reads: as many as the days since the last ones take of a round."""
        days = max(1, (datetime.now(UTC) - time_of(asked_at) + EARLY).days) if asked_at else 1
        pages = -(-articles // on_a_page)
        return min(max(-(-pages * days // ROUND_DAYS), FEWEST_AGAIN), MOST_AGAIN)

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


def rereading_key(section: int) -> str:
    """Return the key of the row that says where the older pages of a section are read again."""
    return f"{AGAIN}{section}"


def _after(days: int) -> str:
    return timestamp_of(datetime.now(UTC) + timedelta(days=days) - EARLY)


def _is_first(following: Fetch | None, context: PageContext) -> bool:
    """Whether what follows a further page is the first of them: the listing begins anew."""
    if following is None or context.start is None:
        return False
    return _identity(following.url, following.form) == _identity(context.start, context.start_form)


def _known_since(task: Task) -> str | None:
    """Return the day since which a section was known when the visit began; a further page has it from the first."""
    return task.known_since if task.context.known_since is None else task.context.known_since


def _next_page(fetch: Fetch, context: PageContext, *, called: bool) -> Wanted:
    """Return the next page of a listing; the first answer to a call may begin by repeating the page that calls."""
    key = _identity(fetch.url, fetch.form)
    if fetch.form is None:
        return Wanted("turn", key, fetch.url, context)
    seen = context.seen if called else ()
    context = replace(context, form=dict(fetch.form), by_script=fetch.by_script, answered=called, seen=seen)
    return Wanted("turn", key, fetch.url, context)


def _identity(url: str, form: Mapping[str, str] | None) -> str:
    """Return the key of a further page: its address, and what is posted."""
    return url if form is None else f"{url}#{_digest(map(str, sorted(form.items())))}"


def _digest(words: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]
