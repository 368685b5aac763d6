"""What changed between two versions of an article, within a bound of work for a page."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from markupsafe import Markup, escape
from rapidfuzz.distance import Indel

from wardnews.locale import _, ngettext, number

_AROUND = 1
_MOST_WORDS = 2_000
"""Words that are marked within a paragraph; in longer ones the whole paragraph is."""
TEXTS = ("title", "lead", "paragraphs")


@dataclass(frozen=True)
class Change:
    """What one version changed: short fields as (name, before, after), and the lines of the text as a diff."""

    fields: list[tuple[str, str, str]] = field(default_factory=list)
    lines: list[tuple[str, Markup]] = field(default_factory=list)


@dataclass
class Budget:
    """How much the comparisons of one page may still take: pairs of parts (half a second of them), characters shown."""

    pairs: int = 200_000_000
    characters: int = 2_000_000

    def spent(self, old: Sequence[str], new: Sequence[str]) -> bool:
        """Whether a comparison is too much; otherwise it is counted."""
        work = len(old) * len(new)
        if work > self.pairs:
            return True
        self.pairs -= work
        return False

    def shown(self, lines: Iterable[tuple[str, Markup]]) -> Iterator[tuple[str, Markup]]:
        """Yield lines as long as there is room for them on the page."""
        for kind, line in lines:
            self.characters -= len(line)
            if self.characters < 0:
                yield "skip", escape(_("too much changed to show the rest"))
                return
            yield kind, line


class Hunk(NamedTuple):
    """Parts of two texts that stand for each other, and whether they are the same."""

    old: Sequence[str]
    new: Sequence[str]
    same: bool


def change_of(before: dict[str, Any], after: dict[str, Any], fields: Sequence[str], budget: Budget) -> Change:
    """Return what changed between two versions of a record; `fields` names the keys that differ."""
    names = field_names()
    short = [
        (names.get(name, name), _said(before.get(name)), _said(after[name])) for name in fields if name not in TEXTS
    ]
    texts = any(name in TEXTS for name in fields)
    lines = budget.shown(_diff(texts_of(before), texts_of(after), budget)) if texts else ()
    return Change(short, list(lines))


def field_names() -> dict[str, str]:
    """Return what the fields of a record are called that are compared as a whole."""
    return {
        "section": _("section"), "published": _("published"), "images": _("images"), "attachments": _("attachments"),
        "author": _("author"), "source": _("source"), "ward": _("ward or commune"), "district": _("district"),
        "province": _("province"), "url": _("address"),
    }  # fmt: skip


def _said(value: Any) -> str:
    """Write the value of a field for people."""
    if isinstance(value, dict):
        return str(value.get("name") or value.get("title") or value.get("caption") or value.get("url"))
    if isinstance(value, list):
        return ", ".join(map(_said, value)) or _("none")
    return _("none") if value is None else str(value)


def texts_of(record: dict[str, Any]) -> list[str]:
    """Return title, lead and paragraphs of a record."""
    return [record["title"], *([record["lead"]] if record["lead"] else []), *record["paragraphs"]]


def _diff(old: list[str], new: list[str], budget: Budget) -> Iterator[tuple[str, Markup]]:
    """Yield the lines of a diff: `same`, `gone`, `new` or `changed` (words within a paragraph), `skip` for a gap."""
    if budget.spent(old, new):
        yield "skip", too_much(len(old), len(new))
        return
    parts = hunks(old, new)
    for place, hunk in enumerate(parts):
        if hunk.same:
            yield from _unchanged(hunk.old, first=place == 0, last=place == len(parts) - 1)
            continue
        pairs = min(len(hunk.old), len(hunk.new))
        yield from (("changed", _words(was, now, budget)) for was, now in zip(hunk.old, hunk.new, strict=False))
        yield from (("gone", Markup("<del>{}</del>").format(one)) for one in hunk.old[pairs:])
        yield from (("new", Markup("<ins>{}</ins>").format(one)) for one in hunk.new[pairs:])


def too_much(old: int, new: int) -> Markup:
    """Return what is said in place of texts with so many paragraphs that they are not compared."""
    said = _("too much changed to show: {old} paragraphs before, {new} after")
    return escape(said.format(old=number(old), new=number(new)))


def hunks(old: Sequence[str], new: Sequence[str]) -> list[Hunk]:
    """Return the parts that are the same and those that are not, in turn; the longest common ones are the same."""
    found: list[Hunk] = []
    place = new_place = 0
    for code in Indel.opcodes(old, new):
        if code.tag != "equal":
            continue
        if (place, new_place) != (code.src_start, code.dest_start):
            found.append(Hunk(old[place : code.src_start], new[new_place : code.dest_start], same=False))
        place, new_place = code.src_end, code.dest_end
        found.append(Hunk(old[code.src_start : place], new[code.dest_start : new_place], same=True))
    if place < len(old) or new_place < len(new):
        found.append(Hunk(old[place:], new[new_place:], same=False))
    return found


def _unchanged(same: Sequence[str], *, first: bool, last: bool) -> Iterator[tuple[str, Markup]]:
    """Yield the paragraphs beside a change, and how many between two are left out."""
    head, tail = ([] if first else same[:_AROUND]), ([] if last else same[-_AROUND:])
    skipped = len(same) - len(head) - len(tail)
    if skipped <= 0:
        head, tail, skipped = same, [], 0
    yield from (("same", escape(one)) for one in head)
    if skipped:
        said = ngettext("{number} paragraph unchanged", "{number} paragraphs unchanged", skipped)
        yield "skip", escape(said.format(number=number(skipped)))
    yield from (("same", escape(one)) for one in tail)


def _words(old: str, new: str, budget: Budget) -> Markup:
    """Mark the words that are gone and new within a paragraph."""
    before, after = old.split(" "), new.split(" ")
    if max(len(before), len(after)) > _MOST_WORDS or budget.spent(before, after):
        return Markup("<del>{}</del> <ins>{}</ins>").format(old, new)
    pieces = []
    for hunk in hunks(before, after):
        if hunk.same:
            pieces.append(escape(" ".join(hunk.old)))
            continue
        pieces += [Markup("<del>{}</del>").format(" ".join(hunk.old))] if hunk.old else []
        pieces += [Markup("<ins>{}</ins>").format(" ".join(hunk.new))] if hunk.new else []
    return Markup(" ").join(pieces)
