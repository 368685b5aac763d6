"""What is missing of a portal: by section and month what its listings named, and what was got of it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from wardnews.locale import _, gettext_noop, number
from wardnews.store.database import Store
from wardnews.store.page_context import PageContext
from wardnews.store.tables import articles, captures, file_links, listings, pages, wanted_files

STATES = (
    gettext_noop("got"),
    gettext_noop("unreadable"),
    gettext_noop("failed"),
    gettext_noop("never captured"),
    gettext_noop("to do"),
)
FILE_STATES = {"kept": "got", "failed": "failed", "missing": gettext_noop("missing"), "todo": "to do"}
"""What became of the files of articles, by the store's words."""
_SPOILT = {"todo": "to do", "failed": "failed", "unreadable": "unreadable"}
NO_MONTH = "undated"
LEGEND = gettext_noop("█ all got  ▄ some  _ none  · nothing known of")


@dataclass
class SectionGaps:
    """What was got of a section: articles by month and by what became of them.

    `promised`: how many articles its pager says there are, None where it does not say; `listed`: how many different
    ones its listings named; `files`: what became of the images and attachments of its articles, where they were asked
    for.
    """

    key: str
    name: str
    promised: int | None
    listed: int = 0
    months: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    files: Counter[str] = field(default_factory=Counter)

    @property
    def unlisted(self) -> int:
        """Count the articles that the pager promises and no listing page that was got names."""
        return max(0, (self.promised or 0) - self.listed)

    def total(self, state: str) -> int:
        """Count the articles of a state over all months."""
        return sum(month[state] for month in self.months.values())

    def lines(self) -> Iterator[str]:
        """Write a line a year, from the first to the last, a letter a month; then what has no month."""
        dated = sorted(month for month in self.months if month != NO_MONTH)
        for year in range(int(dated[0][:4]), int(dated[-1][:4]) + 1) if dated else ():
            names = [f"{year}-{month:02}" for month in range(1, 13)]
            letters = "".join(bar(self.months.get(name)) for name in names)
            missing = sum(_missing(self.months[name]) for name in names if name in self.months)
            yield f"{year} {letters}" + (_(" {count} missing").format(count=number(missing)) if missing else "")
        if undated := _missing(self.months.get(NO_MONTH, Counter())):
            yield _("{count} missing, undated").format(count=number(undated))
        if self.unlisted:
            yield _("{count} more promised").format(count=number(self.unlisted))

    def as_dict(self) -> dict[str, Any]:
        """Return what JSON says of the section.

        `section`: its address, empty for articles that no listing names; `name`; `promised`: how many articles its
        pager says there are, or null; `listed`: how many different ones its listings named; `unlisted`: how many are
        promised and named by no listing that was got; then how many of the listed ones are `got`, `unreadable`,
        `failed`, `never_captured` and `to_do`, which add up to `listed`; `months`: the same by month of publication
        (`2022-08`, or `undated`), only what is not 0; one that is left out is quiet: nothing is known of it. `files`:
        how many images and attachments of its articles are `got`, `failed`, `missing` (from archives) and `to_do`.
        """
        return {
            "section": self.key,
            "name": self.name,
            "promised": self.promised,
            "listed": self.listed,
            "unlisted": self.unlisted,
            **{state.replace(" ", "_"): self.total(state) for state in STATES},
            "months": {
                month: {state.replace(" ", "_"): count for state, count in counts.items()}
                for month, counts in sorted(self.months.items())
            },
            "files": {state.replace(" ", "_"): self.files[state] for state in FILE_STATES.values()},
        }


def gaps(store: Store, site: str) -> list[SectionGaps]:
    """Find what is missing of a portal, section by section; articles that no listing names stand at the end."""
    with store.reading() as connection:
        known = _articles(connection, site)
        files = _files(connection, site)
        sections, placed = _sections(connection, site, known, files)
    rest = SectionGaps("", gettext_noop("named by no listing"), None)
    for key, (state, published, article) in known.items():
        if not placed & {key, article}:
            placed.add(article or key)
            rest.months[_month(published)][state] += 1
            rest.listed += 1
            rest.files.update(files.get(article or "", {}))
    return [*sections, rest] if rest.months else sections


def _articles(connection: sa.Connection, site: str) -> dict[str, tuple[str, str | None, str | None]]:
    """Return of each article's page, by key, what became of it, its day and its id; one article has one key.

    What an archive has of a page and nobody could read or get counts too, where its address is an article's.
    """
    spoilt = {
        row.key: row.state
        for row in connection.execute(
            sa.select(captures.c.key, captures.c.state)
            .where(captures.c.site == site, captures.c.state.in_(("unreadable", "failed", "todo")))
            .order_by(sa.case((captures.c.state == "todo", 2), (captures.c.state == "failed", 1), else_=0))
        )
    }
    query = (
        sa.select(pages.c.key, pages.c.state, pages.c.article, pages.c.published, articles.c.published.label("day"))
        .outerjoin(articles, articles.c.id == pages.c.article)
        .where(pages.c.site == site, pages.c.kind == "article")
    )
    known = {
        row.key: (_state(row, spoilt.get(row.key)), row.day or row.published, row.article)
        for row in connection.execute(query)
    }
    unnamed = {key: state for key, state in spoilt.items() if key not in known and not key.startswith("http")}
    return {key: (_SPOILT[state], None, None) for key, state in unnamed.items()} | known


def _files(connection: sa.Connection, site: str) -> dict[str, Counter[str]]:
    """Count the files of each article of a portal by what became of them."""
    own = sa.select(file_links.c.article, wanted_files.c.state, sa.func.count().label("number"))
    own = own.join(wanted_files, wanted_files.c.number == file_links.c.file).where(wanted_files.c.site == site)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in connection.execute(own.group_by(file_links.c.article, wanted_files.c.state)):
        found[row.article][FILE_STATES[row.state]] += row.number
    return found


def _state(row: Any, spoilt: str | None) -> str:
    if row.article:
        return "got"
    if spoilt:
        return _SPOILT[spoilt]
    return {"todo": "to do", "failed": "failed", "done": "unreadable"}.get(row.state, "never captured")


def _sections(
    connection: sa.Connection,
    site: str,
    known: dict[str, tuple[str, str | None, str | None]],
    files: Mapping[str, Counter[str]],
) -> tuple[list[SectionGaps], set[str | None]]:
    """Count by section and month; give also the keys, or ids, of the articles that were counted."""
    query = (
        sa.select(pages.c.number, pages.c.key, pages.c.context, pages.c.promised)
        .where(pages.c.site == site, pages.c.kind.in_(("section", "home", "list")))
        .order_by(pages.c.key)
    )
    sections: list[SectionGaps] = []
    placed: set[str | None] = set()
    for row in connection.execute(query):
        shown = sa.select(listings.c.key, sa.func.max(listings.c.shown)).where(listings.c.section == row.number)
        named = {one[0]: one[1] for one in connection.execute(shown.group_by(listings.c.key))}
        if not named:
            continue
        section = SectionGaps(row.key, _name(row), row.promised)
        counted: set[str] = set()
        for key, said in named.items():
            state, published, article = known.get(key, ("never captured", None, None))
            if (article or key) not in counted:
                counted.add(article or key)
                section.months[_month(published or said.rpartition("|")[2])][state] += 1
                section.files.update(files.get(article or "", {}))
        section.listed = len(counted)
        placed |= counted
        sections.append(section)
    names = Counter(section.name for section in sections)
    for section in sections:
        if names[section.name] > 1 and section.name != _path(section.key):
            section.name = f"{section.name} ({_path(section.key)})"
    return sections, placed


def _name(section: Any) -> str:
    """Name a section as its pages do, else by its path."""
    name = PageContext.from_json(section.context).name
    return name or _path(section.key)


def _path(address: str) -> str:
    parts = urlsplit(address)
    return "/".join(filter(None, (parts.path.strip("/"), parts.query))) or address


def _month(published: str | None) -> str:
    return published[:7] if published else NO_MONTH


def _missing(counts: Counter[str]) -> int:
    return counts.total() - counts["got"]


def bar(counts: Mapping[str, int] | None) -> str:
    """Draw how much of a month was got, as one letter: a dot where nothing was published.

    >>> bar({"got": 4}) + bar({"got": 2, "failed": 2}) + bar({"never captured": 3}) + bar(None)
    '█▄_·'
    """
    total = sum(counts.values()) if counts else 0
    if not counts or not total:
        return "·"
    got = counts.get("got", 0)
    return "█" if got == total else "_▁▂▃▄▅▆▇"[got * 8 // total] if got else "_"
