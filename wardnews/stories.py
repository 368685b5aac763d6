"""Which articles tell one story: reprints of a text, on whatever portals, found as articles come into the store.

MinHash (rensa) over clauses finds what may be a reprint, the texts themselves decide. Notices that are one form filled in
twice share nearly all their words and are two stories; so what was filled in counts for more than what is shared.
"""

import json
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from heapq import nlargest
from typing import Any

import sqlalchemy as sa
from rensa import RMinHash, RMinHashLSH
from sqlalchemy.engine import Connection

from wardnews.store import Store, articles, signatures, versions, wait_for
from wardnews.text import nfc

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
_SPAN = 60
"""The days of publication that they span, at most: an index of more would name too many forms of another year."""
_HASHES, _BANDS, _SEED = 96, 32, 1
_NEAR = 0.25
"""The likeness of two signatures below which texts are not looked at; it strays by 0.05 from that of the clauses."""
_MOST = 5
"""The candidates whose texts are looked at: the likest."""
_BLANK = 8
"""The words that fill in a blank of a form, at most."""
_CORRECTED = 2
"""The figures that each of two texts of one story may have for itself."""
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
_MARKS = re.compile("[.,;:()\n\"'“”‘’/%–—-]+")
_SENTENCE = re.compile(r"[.:;!?]\s+|\n")
_WORD = re.compile(r"\w+")
_FIGURE = re.compile(r"\d+(?:\.\d{3}(?!\d))*")
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
    return {figure.replace(".", "").lstrip("0") for figure in _FIGURE.findall(folded)}


def differ(one: AbstractSet[str], other: AbstractSet[str]) -> bool:
    """Tell whether each of two texts has figures that the other has not, more than a correction and an addition make.

    >>> differ({"5", "4", "1081"}, {"12", "4", "1080", "7"}), differ({"5", "4", "81", "9"}, {"12", "3", "80", "7"})
    (False, True)
    """
    return len(one - other) > _CORRECTED and len(other - one) > _CORRECTED


def sign(folded: str) -> RMinHash | None:
    """Make the signature of a text; None where it is too short to be compared."""
    if folded.count(" ") < SHORTEST:
        return None
    signature = RMinHash(_HASHES, _SEED)
    signature.update([clause.strip() for clause in _MARKS.split(folded) if len(clause) > _CLAUSE])
    return signature


# --- two texts -------------------------------------------------------------------------------------------------------

Triple = tuple[str, str, str]


class Body:
    """Hold the words of a text, ready to be compared: folded, without punctuation.

    `names`: of each word, whether it is a number or, for its capital, of a name.
    """

    def __init__(self, text: str) -> None:
        self.words: list[str] = []
        self.names: list[bool] = []
        for sentence in _SENTENCE.split(_LONG.sub(lambda long: _SHORT[fold(long[0])], nfc(text))):
            for place, word in enumerate(_WORD.findall(sentence)):
                self.words.append(word)
                self.names.append(word[0].isdigit() or (place > 0 and word[0].isupper()))
        self.words = fold(" ".join(self.words)).split()
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
        gaps = ((left, right) for left, right in zip(places, places[1:], strict=False) if right - left > 3)
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
class _Fresh:
    """Hold an article that is to be signed; `near`: how near others come, by their ids."""

    id: str
    story: str | None
    day: int
    text: str
    figures: AbstractSet[str]
    signature: RMinHash | None
    near: dict[str, float] = field(default_factory=dict)

    def meet(self, article: str, day: int, figures: AbstractSet[str], signature: RMinHash) -> None:
        """Note another article where it may tell the same story."""
        if abs(day - self.day) > WINDOW or not self.signature:
            return
        near = self.signature.jaccard(signature)
        if near >= _NEAR and not differ(figures, self.figures):
            self.near[article] = near


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
            _find(connection, batch)
            _join(connection, batch)
            _write(connection, batch)
    return len(batch)


def _batch(connection: Connection) -> list[_Fresh]:
    """Take the next articles: by their day, those without one behind all others, by the first sight of them."""
    names = ("id", "story", "published", "first_seen")
    query = sa.select(*(articles.c[name] for name in names), versions.c.record)
    query = query.join(versions, versions.c.seq == articles.c.seq).where(sa.text("signed IS NULL")).limit(BATCH)
    query = query.order_by(articles.c.published, articles.c.first_seen, articles.c.id)
    dated = articles.c.published.is_not(None)
    return _near_in_time(connection, query.where(dated)) or _near_in_time(connection, query.where(~dated))


def _near_in_time(connection: Connection, query: Any) -> list[_Fresh]:
    """Read articles up to the first one that is too long after the first of them."""
    batch: list[_Fresh] = []
    for row in connection.execute(query, execution_options={"yield_per": 100}):
        text = _text(row.record)
        folded = fold(text)
        day = date.fromisoformat((row.published or row.first_seen)[:10]).toordinal()
        if batch and day - batch[0].day > _SPAN:
            break
        batch.append(_Fresh(row.id, row.story, day, text, figures(folded), sign(folded)))
    return batch


def _find(connection: Connection, batch: Sequence[_Fresh]) -> None:
    """Find for each article of a batch what may tell the same: in the store by days, and in the batch."""
    index = RMinHashLSH(threshold=ALIKE, num_perm=_HASHES, num_bands=_BANDS)
    own = {one.id for one in batch}
    for place, one in enumerate(batch):
        if one.signature:
            for other in index.query(one.signature):
                one.meet(batch[other].id, batch[other].day, batch[other].figures, batch[other].signature)
                batch[other].meet(one.id, one.day, one.figures, one.signature)
            index.insert(place, one.signature)
    days = signatures.c.day.between(batch[0].day - WINDOW, batch[-1].day + WINDOW)
    stored = sa.select(signatures).where(days)
    for article, day, told, packed in connection.execute(stored, execution_options={"yield_per": 100}):
        if article not in own:
            signature = RMinHash(_HASHES, _SEED)
            signature.__setstate__(packed)
            known = set(told.split())
            for place in index.query(signature):
                batch[place].meet(article, day, known, signature)


def _join(connection: Connection, batch: Sequence[_Fresh]) -> None:
    """Let each article that has no story join the one that is told most alike, else begin its own."""
    known = {one.id: one for one in batch}

    @lru_cache(maxsize=100)
    def body(article: str) -> Body:
        return Body(known[article].text if article in known else _text(_current(connection, article).record))

    for one in batch:
        if one.story:
            continue
        told = [other for other in one.near if other not in known or known[other].story]
        found = [(likeness(body(one.id), body(other)), other) for other in nlargest(_MOST, told, key=one.near.__getitem__)]
        likest, other = max(found, default=(0.0, one.id))
        if not likest:
            one.story = one.id
        else:
            one.story = known[other].story if other in known else _current(connection, other).story


def _current(connection: Connection, article: str) -> Any:
    query = sa.select(articles.c.story, versions.c.record).join(versions, versions.c.seq == articles.c.seq)
    return connection.execute(query.where(articles.c.id == article)).one()


def _text(record: str) -> str:
    """Give what of a record is compared: lead and paragraphs, a line each; titles are what portals change first."""
    fields = json.loads(record)
    return "\n".join([fields["lead"] or "", *fields["paragraphs"]])


def _write(connection: Connection, batch: Sequence[_Fresh]) -> None:
    """Write stories and signatures."""
    told = articles.update().where(articles.c.id == sa.bindparam("its_id"))
    values = [{"its_id": one.id, "story": one.story} for one in batch]
    connection.execute(told.values(story=sa.bindparam("story"), signed=1), values)
    connection.execute(signatures.delete().where(signatures.c.article.in_([one.id for one in batch])))
    signed = [
        {"article": one.id, "day": one.day, "figures": " ".join(one.figures), "signature": one.signature.__getstate__()}
        for one in batch
        if one.signature
    ]
    if signed:
        connection.execute(signatures.insert(), signed)
