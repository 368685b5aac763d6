"""Leases of politeness groups: which run may ask a group, when it was asked last, until when it is left alone."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table, empty: no group is leased."""
    op.create_table(
        "leases",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("run", sa.String()),
        sa.Column("expires", sa.Double()),
        sa.Column("asked_at", sa.Double()),
        sa.Column("delay", sa.Double(), nullable=False),
        sa.Column("under_way", sa.Double()),
        sa.Column("until", sa.Double()),
        sqlite_with_rowid=False,
    )
