"""Which articles tell one story: reprints of a text, on whatever portals, found as articles come into the store.

MinHash (rensa) over clauses finds what may be a reprint, the texts themselves decide. Notices that are one form filled
in twice share nearly all their words and are two stories: what was filled in counts for more than what is shared.
"""

import json
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from heapq import nsmallest
from itertools import pairwise
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from rensa import RMinHash, RMinHashLSH
from sqlalchemy.engine import Connection

from wardnews.store.database import Store
from wardnews.store.locks import wait_for
from wardnews.store.tables import articles, signatures, versions
from wardnews.text.strings import nfc

WINDOW = 30
"""The days between two articles of one story, at most."""
SHORTEST = 40
"""The words that a body must have to be compared."""
SHARED, ALIKE = 0.75, 0.3
"""The share of the shorter body's word triples that the other one must have, and of all triples of both."""
REWORDED = 0.02
"""The share of the words that may stand for quite other ones; more are a blank that was filled in otherwise."""
BATCH = 500
"""The articles that are assigned in one transaction, at most."""
_SPAN = 180
"""The days of publication that they span, at most: an index of more would name too many forms of another year."""
_HASHES, _BANDS, _SEED = 96, 32, 1
_FEW = {"yield_per": 100}
_NEAR = 0.3
"""The likeness of two signatures below which texts are not looked at; it strays by 0.05 from that of the clauses."""
_MOST = 3
"""The candidates whose texts are looked at: the likest."""
_BLANK = 8
"""The words that fill in a blank of a form, at most."""
_CORRECTED = 1
"""The figures that each of two texts of one story may have for itself, such as one that was put right."""
_CLAUSE = 12
"""The letters of the shortest clause that says anything."""

_STYLES = dict(
    zip(
        "oà oá oả oã oạ oè oé oẻ oẽ oẹ uỳ uý uỷ uỹ uỵ".split(),
        "òa óa ỏa õa ọa òe óe ỏe õe ọe ùy úy ủy ũy ụy".split(),
        strict=True,
    )
)
_STYLE = re.compile("o[àáảãạèéẻẽẹ]|u[ỳýỷỹỵ]")
_MARKS = re.compile(r"[!-/:-@\[-`{-~“”‘’–—…•\n]+")
_SENTENCE = re.compile(r"[.:;!?]\s+|\n")
_END = " \0 "
_FIGURE = re.compile("[0-9][0-9.]*")
_SHORT = {"ủy ban nhân dân": "UBND", "hội đồng nhân dân": "HĐND", "mặt trận tổ quốc": "MTTQ", "thành phố": "TP"}
_LONG = re.compile("|".join(_SHORT).replace("ủy", "(?:ủy|uỷ)"), re.IGNORECASE)


def fold(text: str) -> str:
    """Let letters be small, and each tone mark stand where the older spelling has it.

    >>> fold("Ủy ban, UỶ BAN")
    'ủy ban, ủy ban'
    """
    return _STYLE.sub(lambda found: _STYLES[found[0]], nfc(text).lower())


def figures(folded: str) -> set[str]:
    """Give the numbers of a text, without zeros before them.

    >>> sorted(figures("sáng 05/4, 1.081 người"))
    ['1081', '4', '5']
    """
    return {figure.replace(".", "").lstrip("0") for figure in _FIGURE.findall(folded)} - {""}


def apart(one: AbstractSet[str], other: AbstractSet[str]) -> int:
    """Say how far two texts are apart by their figures: how many each has for itself, as far as both have some.

    >>> apart({"5", "4", "1081"}, {"5", "4"}), apart({"5", "4", "1081"}, {"12", "4", "1080"})
    (0, 2)
    """
    return min(len(one - other), len(other - one))


def sign(folded: str) -> RMinHash:
    """Make the signature of a text."""
    for mark in ",:;\n":  # a pattern would take ten times as long
        folded = folded.replace(mark, ".")
    signature = RMinHash(_HASHES, _SEED)
    signature.update([clause.strip() for clause in folded.split(".") if len(clause) > _CLAUSE])
    return signature


def _text(record: str) -> str:
    """Give what of a record is compared, a line each; not the title, which is what portals change first."""
    said = json.loads(record)
    return "\n".join((said["lead"] or "", *said["paragraphs"]))


# --- two texts -------------------------------------------------------------------------------------------------------

Triple = tuple[str, str, str]


class Body:
    """Hold the words of a text, ready to be compared: folded, without punctuation.

    `names`: of each word, whether it is a number or, for its capital, of a name.
    """

    def __init__(self, text: str) -> None:
        text = _LONG.sub(lambda long: _SHORT[fold(long[0])], nfc(text))
        words: list[str] = []
        self.names: list[bool] = []
        begins = True
        for word in _MARKS.sub(" ", _SENTENCE.sub(_END, text)).split():
            if word == _END.strip():
                begins = True
                continue
            words.append(word)
            self.names.append(word[0].isdigit() or (word[0].isupper() and not begins))
            begins = False
        self.words = fold(" ".join(words)).split()
        framed = ["", "", *self.words, "", ""]
        self.triples = list(zip(framed, framed[1:], framed[2:], strict=False))
        self.all = set(self.triples)

    def told(self, gap: slice) -> tuple[set[str], set[str]]:
        """Give the names and figures among the words of a gap, and the words beside them."""
        names = [word for word, is_name in zip(self.words[gap], self.names[gap], strict=True) if is_name]
        told = {word for word in names if word.isalpha()} | figures(" ".join(names))
        return told, set(self.words[gap]) - set(names)

    def gaps(self, shared: set[Triple]) -> dict[tuple[Triple, Triple], slice]:
        """Find the words between shared triples, by the two triples."""
        places = [place for place, triple in enumerate(self.triples) if triple in shared]
        gaps = ((left, right) for left, right in pairwise(places) if right - left > len(self.triples[left]))
        return {(self.triples[left], self.triples[right]): slice(left + 1, right - 2) for left, right in gaps}


def likeness(one: Body, other: Body) -> float:
    """Say how alike two texts of one story are, up to 1.0; 0.0 where they are two stories."""
    shared = one.all & other.all
    likeness = len(shared) / len(one.all | other.all)
    if likeness < ALIKE or len(shared) < SHARED * min(len(one.all), len(other.all)):
        return 0.0
    ours, theirs = one.gaps(shared), other.gaps(shared)
    reworded = 0
    for gap in ours.keys() & theirs:
        (told, words), (others_told, others_words) = one.told(ours[gap]), other.told(theirs[gap])
        fewer, more = sorted((len(words), len(others_words)))
        if more > _BLANK and len(words & others_words) < fewer / 2:
            continue  # a passage that was written anew
        if not (told <= others_told or others_told <= told):
            return 0.0
        changed = min(len(words - others_words), len(others_words - words))
        reworded += changed if changed > 1 else 0  # one is a typing error that was mended
    return likeness if reworded <= REWORDED * min(len(one.words), len(other.words)) else 0.0


# --- the store -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Known:
    """Hold what is known of an article; `near`: how near others come, by their ids."""

    id: str
    day: int
    figures: AbstractSet[str]
    signature: RMinHash
    story: str | None = None
    near: dict[str, float] = field(default_factory=dict)

    def meet(self, other: "_Known") -> None:
        """Note another article where it may tell the same story."""
        if abs(self.day - other.day) <= WINDOW:
            near = self.signature.jaccard(other.signature)
            if near >= _NEAR and (corrected := apart(self.figures, other.figures)) <= _CORRECTED:
                self.near[other.id] = near - corrected  # of many fillings of a form one with the same figures is first
                if len(self.near) > 10 * _MOST:
                    self.near = {name: self.near[name] for name in self.nearest()}

    def as_row(self) -> dict[str, Any]:
        """Give what `signatures` keeps of it."""
        told, made = " ".join(sorted(self.figures)), self.signature.__getstate__()
        return {"article": self.id, "day": self.day, "figures": told, "signature": made}

    def nearest(self) -> list[str]:
        """Name the articles that come nearest."""
        return nsmallest(_MOST, self.near, key=lambda name: (-self.near[name], name))


def assign(store: Store) -> None:
    """Give each article that has none its story, in the order of publication, and sign those that changed.

    A story is named by the article that was given it first, and an article keeps it for good. Each batch is one
    transaction, so a run that is killed, or meets another, loses nothing. Raises SQLAlchemyError where the store fails.
    """
    while _assigned(store):
        pass


def _assigned(store: Store) -> int:
    """Assign a batch; give the number of its articles."""
    with store.writing() as connection:
        wait_for(connection, "stories")
        batch = _batch(connection)
        if batch:
            known = _sign(connection, batch)
            if not all(one.story for one in known):
                _meet(connection, known)
                _join(connection, known)
            stories = {name: story or name for name, story in batch.items()} | {one.id: one.story for one in known}
            told = articles.update().where(articles.c.id == sa.bindparam("its_id"))
            told = told.values(story=sa.bindparam("its"), signed=1)
            connection.execute(told, [{"its_id": name, "its": story} for name, story in stories.items()])
    return len(batch)


def _batch(connection: Connection) -> dict[str, str | None]:
    """Take the next articles, with their stories: by day, those without one behind all others by their first sight.

    What another run is writing right now is left to it.
    """
    query = sa.select(*(articles.c[name] for name in ("id", "story", "published", "first_seen")))
    query = query.order_by(articles.c.published, articles.c.first_seen, articles.c.id).limit(BATCH)
    query = query.where(sa.text("signed IS NULL")).with_for_update(skip_locked=True)
    for dated in (articles.c.published.is_not(None), articles.c.published.is_(None)):
        rows = connection.execute(query.where(dated)).all()
        if rows:
            last = _day(rows[0]) + _SPAN
            return {row.id: row.story for row in rows if _day(row) <= last}
    return {}


def _day(row: Any) -> int:
    """Give the day of publication, else that of the first sight."""
    return date.fromisoformat((row.published or row.first_seen)[:10]).toordinal()


def _sign(connection: Connection, batch: Mapping[str, str | None]) -> list[_Known]:
    """Write the signatures of a batch; give what is long enough to be compared, in its order."""
    signed = {}
    for row in connection.execute(_current().where(articles.c.id.in_(list(batch))), execution_options=_FEW):
        folded = fold(_text(row.record))
        if folded.count(" ") >= SHORTEST:
            signed[row.id] = _Known(row.id, _day(row), figures(folded), sign(folded), row.story)
    known = [signed[name] for name in batch if name in signed]
    connection.execute(signatures.delete().where(signatures.c.article.in_(list(batch))))
    if known:
        connection.execute(signatures.insert(), [one.as_row() for one in known])
    return known


def _current() -> Any:
    """Begin a query of current records."""
    names = ("id", "story", "published", "first_seen")
    query = sa.select(*(articles.c[name] for name in names), versions.c.record)
    return query.join(versions, versions.c.seq == articles.c.seq)


def _stored(row: Any) -> RMinHash:
    signature = RMinHash(_HASHES, _SEED)
    signature.__setstate__(row.signature)
    return signature


def _meet(connection: Connection, batch: Sequence[_Known]) -> None:
    """Find for each article of a batch what may tell the same, in the batch and in the store."""
    index = RMinHashLSH(threshold=ALIKE, num_perm=_HASHES, num_bands=_BANDS)
    for place, one in enumerate(batch):
        for before in index.query(one.signature):
            one.meet(batch[before])
            if batch[before].story is None and one.story:
                batch[before].meet(one)
        index.insert(place, one.signature)
    own = {one.id for one in batch}
    days = [one.day for one in batch]
    stored = sa.select(signatures).where(signatures.c.day.between(min(days) - WINDOW, max(days) + WINDOW))
    for row in connection.execute(stored, execution_options=_FEW):
        if row.article in own:
            continue
        signature = _stored(row)
        if places := index.query(signature):
            known = _Known(row.article, row.day, frozenset(row.figures.split()), signature)
            for place in places:
                batch[place].meet(known)


def _join(connection: Connection, batch: Sequence[_Known]) -> None:
    """Let each article without a story join the one that is told most alike, else begin its own."""

    @lru_cache(maxsize=2 * _MOST)
    def told(article: str) -> tuple[str | None, Body]:
        row = connection.execute(_current().where(articles.c.id == article)).one()
        return row.story, Body(_text(row.record))

    here = {one.id: one for one in batch}
    for one in batch:
        if one.story is None:
            found = [(likeness(told(one.id)[1], told(other)[1]), other) for other in one.nearest()]
            like, other = max(found, key=itemgetter(0), default=(0.0, one.id))
            one.story = one.id if not like else here[other].story if other in here else told(other)[0]
