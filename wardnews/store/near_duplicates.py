"""Groups of near-duplicates: reprints of a text, on whatever portals, found as articles come into the store.

MinHash (rensa) over clauses finds what may be a reprint; the texts themselves decide, see `wardnews.store.likeness`. In
records and tables a group is the `story` of its articles: the id of the first that was in it.
"""

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from heapq import nsmallest
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from rensa import RMinHash, RMinHashLSH
from sqlalchemy.engine import Connection

from wardnews.store.database import Store
from wardnews.store.likeness import ALIKE, Body, apart, figures, fold, likeness, prepared
from wardnews.store.locks import wait_for
from wardnews.store.tables import articles, signatures, versions

WINDOW = 30
"""The days between an article and one that it joins, at most."""
SHORTEST = 40
"""The words that a body must have to be compared."""
BATCH = 500
"""The articles that are assigned in one transaction, at most."""
_SPAN = 180
"""The days of publication that they span, at most: an index of more would name too many forms of another year."""
_HASHES, _BANDS, _SEED = 48, 24, 1
"""Bands of two hashes: of texts of a likeness of 0.4 one in a hundred is missed; of three it was one in eight."""
_FEW = {"yield_per": 100}
_NEAR = 0.25
"""The likeness of two signatures below which texts are not looked at; it strays by 0.07 from that of the clauses."""
_MOST = 3
"""The candidates whose texts are looked at: the likest."""
_CORRECTED = 1
"""The figures that each of two near-duplicates may have for itself, such as one that was put right."""
_CLAUSE = 12
"""The letters of the shortest clause that says anything."""


def sign(folded: str) -> RMinHash:
    """Return the signature of a folded text, by its clauses."""
    for mark in ",:;\n":  # a pattern would take ten times as long
        folded = folded.replace(mark, ".")
    signature = RMinHash(_HASHES, _SEED)
    signature.update([clause.strip() for clause in folded.split(".") if len(clause) > _CLAUSE])
    return signature


def empty_index() -> RMinHashLSH:
    """Return an index that finds the signatures that may be near-duplicates of one."""
    return RMinHashLSH(threshold=ALIKE, num_perm=_HASHES, num_bands=_BANDS)


def _text(record: str) -> str:
    """Return what of a record is compared, a line each; not the title, which is what portals change first."""
    said = json.loads(record)
    return "\n".join((said["lead"] or "", *said["paragraphs"]))


@dataclass(slots=True)
class Known:
    """What is known of an article; `near`: how near others come, by their ids."""

    id: str
    day: int
    figures: AbstractSet[str]
    signature: RMinHash
    group: str | None = None
    near: dict[str, float] = field(default_factory=dict)

    def meet(self, other: "Known") -> None:
        """Note another article if it may be a near-duplicate."""
        if abs(self.day - other.day) <= WINDOW and (near := self.signature.jaccard(other.signature)) >= _NEAR:
            self.note(other.id, other.figures, near)

    def note(self, name: str, others_figures: AbstractSet[str], near: float) -> None:
        """Note an article of a signature that is near, unless the figures tell the two apart."""
        if (corrected := apart(self.figures, others_figures)) <= _CORRECTED:
            self.near[name] = near - corrected  # of many fillings of a form one with the same figures is first
            if len(self.near) > 10 * _MOST:
                self.near = {name: self.near[name] for name in self.nearest()}

    def as_row(self) -> dict[str, Any]:
        """Return the row of `signatures`."""
        row = {"article": self.id, "day": self.day, "figures": " ".join(sorted(self.figures))}
        return row | {"signature": self.signature.__getstate__()}

    def nearest(self) -> list[str]:
        """Return the ids of the articles that come nearest."""
        return nsmallest(_MOST, self.near, key=lambda name: (-self.near[name], name))


def assign(store: Store) -> None:
    """Put each article that is in none into its group, in the order of publication, and sign those that changed.

    A group is named by the article that was first in it, and an article stays in it for good. Each batch is one
    transaction, so a run that is killed, or meets another, loses nothing. Raises SQLAlchemyError where the store fails.
    """
    while _assigned(store):
        pass


def _assigned(store: Store) -> int:
    """Assign a batch; return the number of its articles."""
    with store.writing() as connection:
        wait_for(connection, "stories")
        batch = _batch(connection)
        if batch:
            known = _sign(connection, batch)
            if not all(one.group for one in known):
                _meet(connection, known)
                _join(connection, known)
            groups = {name: group or name for name, group in batch.items()} | {one.id: one.group for one in known}
            update = articles.update().where(articles.c.id == sa.bindparam("its_id"))
            update = update.values(story=sa.bindparam("its"), signed=1)
            connection.execute(update, [{"its_id": name, "its": group} for name, group in groups.items()])
    return len(batch)


def _batch(connection: Connection) -> dict[str, str | None]:
    """Return the next articles, with their groups: by day, those without a day behind all others by their first sight.

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
    """Return the day of publication, else that of the first sight, as a number."""
    return date.fromisoformat((row.published or row.first_seen)[:10]).toordinal()


def _sign(connection: Connection, batch: Mapping[str, str | None]) -> list[Known]:
    """Write the signatures of a batch; return what is long enough to be compared, in its order."""
    signed = {}
    for row in connection.execute(_current().where(articles.c.id.in_(list(batch))), execution_options=_FEW):
        folded = fold(prepared(_text(row.record)))
        if folded.count(" ") >= SHORTEST:
            signed[row.id] = Known(row.id, _day(row), figures(folded), sign(folded), row.story)
    known = [signed[name] for name in batch if name in signed]
    connection.execute(signatures.delete().where(signatures.c.article.in_(list(batch))))
    if known:
        connection.execute(signatures.insert(), [one.as_row() for one in known])
    return known


def _current() -> Any:
    """Return a query of current records."""
    names = ("id", "story", "published", "first_seen")
    query = sa.select(*(articles.c[name] for name in names), versions.c.record)
    return query.join(versions, versions.c.seq == articles.c.seq)


def _signature(state: bytes) -> RMinHash:
    """Return a signature as `signatures` keeps it."""
    signature = RMinHash(_HASHES, _SEED)
    signature.__setstate__(state)
    return signature


def _meet(connection: Connection, batch: Sequence[Known]) -> None:
    """Note for each article of a batch what may be a near-duplicate, in the batch and in the store."""
    index = empty_index()
    for place, one in enumerate(batch):
        for before in index.query(one.signature):
            one.meet(batch[before])
            if batch[before].group is None and one.group:
                batch[before].meet(one)
        index.insert(place, one.signature)
    own = {one.id for one in batch}
    compared = [(one.day - WINDOW, one.day + WINDOW, one.signature.jaccard) for one in batch]
    first, last = min(compared, key=itemgetter(0))[0], max(compared, key=itemgetter(1))[1]
    columns = [signatures.c[name] for name in ("article", "day", "figures", "signature")]
    stored = sa.select(*columns).where(signatures.c.day.between(first, last))
    for name, day, others_figures, state in connection.execute(stored, execution_options=_FEW):
        if name in own:
            continue
        signature = _signature(state)
        near = [  # without a call for each, for articles made of the same sentences have hundreds of candidates
            (place, alike)
            for place, (since, until, jaccard) in [(place, compared[place]) for place in index.query(signature)]
            if since <= day <= until and (alike := jaccard(signature)) >= _NEAR
        ]
        if near:
            known = frozenset(others_figures.split())
            for place, alike in near:
                batch[place].note(name, known, alike)


def _join(connection: Connection, batch: Sequence[Known]) -> None:
    """Put each article without a group into that of the article most alike, else into one of its own."""
    query = _current().where(articles.c.id == sa.bindparam("article"))

    @lru_cache(maxsize=2 * _MOST)
    def known(article: str) -> tuple[str | None, Body]:
        row = connection.execute(query, {"article": article}).one()
        return row.story, Body(_text(row.record))

    here = {one.id: one for one in batch}
    for one in batch:
        if one.group is None:
            found = [(likeness(known(one.id)[1], known(other)[1]), other) for other in one.nearest()]
            like, other = max(found, key=itemgetter(0), default=(0.0, one.id))
            one.group = one.id if not like else here[other].group if other in here else known(other)[0]
