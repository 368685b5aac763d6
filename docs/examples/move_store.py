"""Copy a store from one database into another that is empty: python move_store.py FROM TO, both as for --store.

No run may be under way. The old store stays as it is.
"""

import sys

import sqlalchemy as sa

from wardnews.store.database import Store
from wardnews.store.tables import metadata

BATCH = 1_000


def move(source: Store, target: Store) -> None:
    """Copy every table, then let PostgreSQL count on from where the copied rows end."""
    with source.reading() as old, target.writing() as new:
        for table in metadata.sorted_tables:
            if new.scalar(sa.select(sa.exists().select_from(table))):
                sys.exit(f"{table.name}: not empty; the store that is copied into must be new")
            rows = old.execution_options(yield_per=BATCH).execute(sa.select(table))
            number = 0
            for batch in rows.mappings().partitions():
                new.execute(table.insert(), [dict(row) for row in batch])
                number += len(batch)
            print(f"{table.name}: {number} rows")
            own = table.autoincrement_column
            if own is not None and new.dialect.name == "postgresql":
                last = sa.select(sa.func.max(own)).scalar_subquery()
                name = sa.func.pg_get_serial_sequence(table.name, own.name)
                new.execute(sa.select(sa.func.setval(name, sa.func.coalesce(last, 1))))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    move(Store.open(sys.argv[1], create=False), Store.open(sys.argv[2]))
