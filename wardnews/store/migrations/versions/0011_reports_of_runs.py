"""The report of a run, which may lie where the next run cannot read it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column, empty: the runs of before have their reports beside their feeds."""
    op.add_column("runs", sa.Column("report", sa.Text()))
