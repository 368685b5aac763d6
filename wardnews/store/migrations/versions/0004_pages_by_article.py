"""An index of pages by article: an article that moves has several."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the index."""
    known = sa.text("article IS NOT NULL")
    op.create_index("pages_by_article", "pages", ["article"], sqlite_where=known, postgresql_where=known)
