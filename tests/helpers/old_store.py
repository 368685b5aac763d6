"""Stores as they were before tables were added."""

from collections.abc import Callable


def without_added(run: Callable[[str], object]) -> None:
    """Take away what was added since the tables of version 0005; `run` runs a statement."""
    for table in ("files", "wanted_files", "file_links", "documents", "leases"):
        run(f"DROP TABLE {table}")
    run("ALTER TABLE runs DROP COLUMN report")
