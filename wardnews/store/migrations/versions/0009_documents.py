"""What kept files say, and their thumbnails."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"


def upgrade() -> None:
    """Make the table, empty: no file was read yet."""
    op.create_table(
        "documents",
        sa.Column("sha256", sa.String(), primary_key=True),
        sa.Column("reader", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.String(), nullable=False),
        sa.Column("kind", sa.String()),
        sa.Column("pages", sa.Text(), nullable=False),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.Column("cause", sa.String()),
        sa.Column("thumbnail", sa.String()),
        sqlite_with_rowid=False,
    )
