"""Score readers on the quality set: pages written by hand, each with what a careful person reads from it.

A reader is any function from a page's bytes and address to an `Answer`, or to None where it finds no article.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unicodedata import normalize

FOLDER = Path(__file__).parent
FIELDS = ("title", "section", "published", "views", "attachments")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Hold what a reader says of an article: `attachments` are sorted addresses, `paragraphs` the lead and the blocks.

    `also` are further fields (lead, author, source, images as addresses, flags), judged only where a page expects them.
    """

    title: str | None = None
    section: str | None = None
    published: str | None = None
    views: int | None = None
    attachments: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()
    also: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Hold what a reader says of a listing: the addresses of its articles in order, and that of the next page."""

    urls: tuple[str, ...] = ()
    next: str | None = None


@dataclass(frozen=True, slots=True)
class QualityPage:
    """Hold one page of the set; `article` is None for a page without one, `listing` for a page that lists none."""

    name: str
    url: str
    html: bytes
    note: str
    article: Answer | None
    listing: Entries | None


Value = str | int | tuple[str, ...] | None
Reader = Callable[[bytes, str], Answer | None]
ListingReader = Callable[[bytes, str], Entries]


def read_set(folder: Path = FOLDER) -> list[QualityPage]:
    """Read the pages of a folder, by name; raise FileNotFoundError for a page without its expectation."""
    return [_read(path) for path in sorted(folder.glob("*.html"))]


def _read(path: Path) -> QualityPage:
    said: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    article, listing = said["article"], None
    if article is None and said["what"] == "listing":
        listing = Entries(urls=tuple(said["entries"]), next=said["next"])
    return QualityPage(
        path.stem, said["url"], path.read_bytes(), said["note"], _answer(article) if article else None, listing
    )


def _answer(said: dict[str, Any]) -> Answer:
    blocks = ([said["lead"]] if said["lead"] else []) + said["paragraphs"]
    files = [file if isinstance(file, str) else file["url"] for file in said.get("attachments", [])]
    fields = {name: said.get(name) for name in FIELDS} | {"attachments": tuple(sorted(files))}
    return Answer(**fields, paragraphs=tuple(blocks), also=said.get("also", {}))


def fold(text: str) -> str:
    r"""Compose to NFC, turn every run of white space into one space, strip the ends.

    >>> fold("Phu\u0301c\xa0 Lo\u031b\u0323i\n")
    'Phúc Lợi'
    """
    return " ".join(normalize("NFC", text).split())


def ratio(part: int, whole: int) -> float:
    """Divide; nothing out of nothing is all of it.

    >>> ratio(1, 4), ratio(0, 0)
    (0.25, 1.0)
    """
    return part / whole if whole else 1.0


# --- articles ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verdict:
    """Judge a reader on one page: fields that are wrong as (expected, got), blocks that are missing or too many."""

    name: str
    is_article: bool
    was_read: bool
    wrong: dict[str, tuple[Any, Any]]
    expected: int = 0
    got: int = 0
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    @property
    def faults(self) -> int:
        """Count what is wrong, a field for as much as a block."""
        return len(self.wrong) + len(self.missing) + len(self.extra) + (self.is_article != self.was_read)


@dataclass(frozen=True, slots=True)
class Score:
    """Sum the verdicts over a set."""

    verdicts: tuple[Verdict, ...]

    @property
    def articles(self) -> int:
        """Count the pages that hold an article."""
        return sum(verdict.is_article for verdict in self.verdicts)

    def right(self, field: str) -> int:
        """Count the articles whose field is exactly as expected; an article that was missed has none right."""
        return sum(verdict.is_article and verdict.was_read and field not in verdict.wrong for verdict in self.verdicts)

    def share(self, field: str) -> float:
        """Give the share of articles whose field is exactly as expected."""
        return ratio(self.right(field), self.articles)

    @property
    def also_wrong(self) -> tuple[str, ...]:
        """Say what is wrong among the fields that only some pages expect, a line each."""
        return tuple(
            f"{verdict.name}: {name}: expected {pair[0]!r}, got {pair[1]!r}"
            for verdict in self.verdicts
            for name, pair in verdict.wrong.items()
            if name.startswith("also ")
        )

    @property
    def precision(self) -> float:
        """Give the share of the blocks read from articles that are expected there, over the set."""
        got = sum(verdict.got for verdict in self.verdicts)
        return ratio(got - sum(len(verdict.extra) for verdict in self.verdicts), got)

    @property
    def recall(self) -> float:
        """Give the share of the expected blocks that were read, over the set."""
        expected = sum(verdict.expected for verdict in self.verdicts)
        return ratio(expected - sum(len(verdict.missing) for verdict in self.verdicts), expected)

    @property
    def missed(self) -> tuple[str, ...]:
        """Name the articles of which nothing was read."""
        return tuple(verdict.name for verdict in self.verdicts if verdict.is_article and not verdict.was_read)

    @property
    def mistaken(self) -> tuple[str, ...]:
        """Name the pages that were taken for an article and are none."""
        return tuple(verdict.name for verdict in self.verdicts if verdict.was_read and not verdict.is_article)

    def worst(self, count: int = 12) -> str:
        """Describe the pages with most faults: field, expected, got; blocks with - (missing) or + (too many)."""
        ranked = sorted(self.verdicts, key=lambda verdict: -verdict.faults)
        return "\n".join("\n".join(_described(verdict)) for verdict in ranked[:count] if verdict.faults)


def _described(verdict: Verdict) -> Iterator[str]:
    yield f"{verdict.name}:"
    if verdict.is_article != verdict.was_read:
        yield f"  article: expected {verdict.is_article}, got {verdict.was_read}"
        return
    for name, (expected, got) in verdict.wrong.items():
        yield f"  {name}: expected {expected!r}, got {got!r}"
    for sign, blocks in (("-", verdict.missing), ("+", verdict.extra)):
        yield from (f"  {sign} {block[:110]}" for block in blocks)


def judge(reader: Reader, pages: list[QualityPage]) -> Score:
    """Judge a reader on every page: title and section NFC and white-space-normalised, blocks too, the rest exact."""
    return Score(tuple(_judge_page(reader(page.html, page.url), page) for page in pages))


def _judge_page(got: Answer | None, page: QualityPage) -> Verdict:
    expected = page.article
    if expected is None:
        return Verdict(page.name, is_article=False, was_read=got is not None, wrong={})
    blocks = Counter(map(fold, expected.paragraphs))
    if got is None:
        return Verdict(
            page.name,
            is_article=True,
            was_read=False,
            wrong={},
            expected=blocks.total(),
            missing=tuple(blocks.elements()),
        )
    read = Counter(map(fold, got.paragraphs))
    pairs = {name: (_comparable(expected, name), _comparable(got, name)) for name in FIELDS}
    pairs |= {f"also {name}": (value, got.also.get(name)) for name, value in expected.also.items()}
    return Verdict(
        page.name,
        is_article=True,
        was_read=True,
        wrong={name: pair for name, pair in pairs.items() if pair[0] != pair[1]},
        expected=blocks.total(),
        got=read.total(),
        missing=tuple((blocks - read).elements()),
        extra=tuple((read - blocks).elements()),
    )


def _comparable(answer: Answer, name: str) -> str | int | None:
    value: str | int | None = getattr(answer, name)
    return fold(value) if name in ("title", "section") and isinstance(value, str) else value


# --- listings ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListingScore:
    """Sum the listings of a set; `faults` says, a line each, what was missing, too many or another next page."""

    expected: int
    got: int
    matched: int
    pages: int
    next_right: int
    faults: tuple[str, ...]

    @property
    def precision(self) -> float:
        """Give the share of the addresses read that are entries of their listing."""
        return ratio(self.matched, self.got)

    @property
    def recall(self) -> float:
        """Give the share of the entries that were read."""
        return ratio(self.matched, self.expected)


def judge_listings(reader: ListingReader, pages: list[QualityPage]) -> ListingScore:
    """Judge a reader of listings on the listings of the set, by exact absolute addresses."""
    expected = got = matched = count = next_right = 0
    faults: list[str] = []
    for page in pages:
        if page.listing is None:
            continue
        answer = reader(page.html, page.url)
        wanted, read = Counter(page.listing.urls), Counter(answer.urls)
        count, expected, got = count + 1, expected + wanted.total(), got + read.total()
        matched += (wanted & read).total()
        next_right += answer.next == page.listing.next
        faults += (f"{page.name}: - {url}" for url in wanted - read)
        faults += (f"{page.name}: + {url}" for url in read - wanted)
        if answer.next != page.listing.next:
            faults.append(f"{page.name}: next page: expected {page.listing.next}, got {answer.next}")
    return ListingScore(expected, got, matched, count, next_right, tuple(faults))
