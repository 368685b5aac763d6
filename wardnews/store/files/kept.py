"""Files that are kept: which bytes an address had, and when."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from wardnews.store.database import Store
from wardnews.store.recheck import time_of
from wardnews.store.tables import files


class KeptFile(NamedTuple):
    """A file that is kept; `place`: where below WARDNEWS_FILES, `media_type`: by its content."""

    sha256: str
    bytes: int
    media_type: str
    place: str


_KEPT = (files.c.sha256, files.c.bytes, files.c.media_type, files.c.place)


def kept_files(store: Store) -> Iterator[KeptFile]:
    """Yield all kept files by their SHA-256, each once, whatever number of addresses it was seen under."""
    with store.reading() as connection:
        rows = connection.execution_options(yield_per=1000).execute(
            sa.select(*_KEPT).distinct().order_by(files.c.sha256)
        )
        for row in rows:
            yield KeptFile(*row)


def kept_file(store: Store, sha256: str) -> KeptFile | None:
    """Return the kept file of a SHA-256 in hex; None for one that is not kept."""
    with store.reading() as connection:
        row = connection.execute(sa.select(*_KEPT).where(files.c.sha256 == sha256).limit(1)).first()
    return KeptFile(*row) if row else None


def is_kept(connection: Connection, sha256: str) -> bool:
    """Whether the table has a file of these bytes."""
    return connection.scalar(sa.select(files.c.number).where(files.c.sha256 == sha256).limit(1)) is not None


def write_kept(store: Store, connection: Connection, url: str, file: KeptFile, at: str) -> None:
    """Write that an address had the bytes of a kept file at a time, UTC."""
    row = {**file._asdict(), "url": url, "first_seen": at, "last_seen": at}
    insert = store.insert(files)
    earlier = sa.case((files.c.first_seen < at, files.c.first_seen), else_=at)
    later = sa.case((files.c.last_seen > at, files.c.last_seen), else_=at)
    seen = insert.on_conflict_do_update(
        index_elements=("url", "sha256"), set_={"first_seen": earlier, "last_seen": later}
    )
    connection.execute(seen, row)


def nearest(connection: Connection, url: str, at: str) -> KeptFile | None:
    """Return what was kept of an address nearest in time to a time, UTC; None where nothing was."""
    rows = connection.execute(sa.select(files).where(files.c.url == url)).all()
    near = min(rows, key=lambda row: _distance(row, at), default=None)
    return KeptFile(near.sha256, near.bytes, near.media_type, near.place) if near else None


def _distance(row: Any, at: str) -> float:
    """Return the seconds between a time and the times at which a content was seen; 0 between its first and last."""
    if row.first_seen <= at <= row.last_seen:
        return 0.0
    return min(abs((time_of(seen) - time_of(at)).total_seconds()) for seen in (row.first_seen, row.last_seen))
