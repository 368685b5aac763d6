"""Images and attachments: those that are kept, those that are wanted, and which articles name them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables, empty: records of before know of no kept file."""
    _files()
    _wanted_files()
    op.create_table(
        "file_links",
        sa.Column("article", sa.String(), primary_key=True),
        sa.Column("file", sa.Integer(), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("file_links_by_file", "file_links", ["file"])


def _files() -> None:
    op.create_table(
        "files",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("first_seen", sa.String(), nullable=False),
        sa.Column("last_seen", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.UniqueConstraint("url", "sha256", name="files_by_url"),
    )
    op.create_index("files_by_sha256", "files", ["sha256"])


def _wanted_files() -> None:
    op.create_table(
        "wanted_files",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String()),
        sa.Column("asked_at", sa.String()),
        sa.Column("next_look", sa.String()),
        sa.Column("etag", sa.String()),
        sa.Column("last_modified", sa.String()),
        sa.Column("keeping", sa.String()),
        sa.UniqueConstraint("site", "url", name="wanted_files_by_url"),
    )
    todo = sa.text("state = 'todo'")
    op.create_index("wanted_files_to_do", "wanted_files", ["site", "number"], sqlite_where=todo, postgresql_where=todo)
