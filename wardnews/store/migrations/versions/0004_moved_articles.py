"""Ids that articles have had besides their own, and an index of pages by article."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table of aliases; what is known stays as it is."""
    op.create_table(
        "aliases",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("url", sa.String()),
        sa.Column("since", sa.String(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("aliases_by_article", "aliases", ["article"])
    known = sa.text("article IS NOT NULL")
    op.create_index("pages_by_article", "pages", ["article"], sqlite_where=known, postgresql_where=known)
