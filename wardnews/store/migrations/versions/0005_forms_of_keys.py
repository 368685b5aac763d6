"""How the keys of a portal's pages were made: the next run writes them anew where they are made otherwise now."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table, empty: no portal's keys were made as they are now."""
    op.create_table(
        "key_forms",
        sa.Column("site", sa.String(), primary_key=True),
        sa.Column("form", sa.String(), nullable=False),
        sqlite_with_rowid=False,
    )
