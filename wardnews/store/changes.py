"""What became new, edited, gone or back, in order, with a cursor to go on from: the feeds of all runs as one."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wardnews.errors import CursorError
from wardnews.store.database import Store, with_story
from wardnews.store.near_duplicates import assign

START = "0"
"""The cursor before the first change of any store."""
_ABOUT = frozenset({"schema", "id", "site", "via", "crawled_at", "first_seen", "version", "change", "content_hash"})
"""Fields that say something of the record, not of the article."""
_TICKING = frozenset({"header", "views", "text"})
"""Fields that two looks may find different though nobody edited the article."""


def cursor_of(name: str, seq: int) -> str:
    """Write the cursor behind a version of the store of that name."""
    return f"{name}-{seq}"


def position(store: Store, cursor: str | None) -> int:
    """Tell the `seq` that a cursor stands behind; raise CursorError for one that is none, or none of this store."""
    if cursor in (None, START):
        return 0
    name, last = store.name(), store.last()
    anew = f"{START} is before all changes"
    parts = re.fullmatch(r"([0-9a-f]{8})-([0-9]{1,18})", str(cursor))
    if not parts:
        raise CursorError(f"{cursor}: no cursor, which is as in {cursor_of(name, last)}; {anew}")
    if parts[1] != name:
        raise CursorError(f"{cursor}: a cursor of another store, this one's begin with {name}-; {anew}")
    if int(parts[2]) > last:
        raise CursorError(
            f"{cursor}: ahead of the store, which ends at {cursor_of(name, last)}: was it set back? {anew}"
        )
    return int(parts[2])


def changes(store: Store, after: int, upto: int, sites: Sequence[str] = ()) -> Iterator[tuple[int, str]]:
    """Give the changes after a `seq` and up to another: the `seq` of each, and its JSON.

    Its keys: `cursor`, to go on behind it; `run`; `fields`: what of the article differs from the version before it,
    null where it is the first; `record`, as the run's feed has it.
    """
    name = store.name()
    assign(store)
    while rows := store.told(after, upto, sites):
        for row in rows:
            before = json.loads(row.before) if row.before else None
            fields = None if before is None else differing(before, json.loads(row.record), same_look=row.same)
            head = json.dumps({"cursor": cursor_of(name, row.seq), "run": row.run, "fields": fields})
            yield row.seq, f'{head[:-1]}, "record": {with_story(row.record, row.story)}}}'
        after = rows[-1].seq


def differing(before: Mapping[str, Any], record: Mapping[str, Any], *, same_look: bool = False) -> list[str]:
    """Name the fields in which two records of an article differ; counters tick only between two looks."""
    left_out = _ABOUT if same_look else _ABOUT | _TICKING
    return [name for name, value in record.items() if name not in left_out and value != before.get(name)]
