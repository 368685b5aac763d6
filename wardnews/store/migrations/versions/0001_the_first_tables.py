"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables of runs, visits, articles, versions, views, pages and listings."""
    op.create_table(
        "runs",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("began", sa.String(), nullable=False),
        sa.Column("ended", sa.String()),
        sa.Column("reason", sa.String()),
        sa.Column("feed", sa.String()),
    )
    op.create_table(
        "visits",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("run", sa.String(), sa.ForeignKey("runs.name"), nullable=False),
        sa.Column("began", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("ended", sa.String()),
        sa.Column("report", sa.Text()),
    )
    op.create_index("visits_by_site", "visits", ["site", "number"])
    op.create_table(
        "articles",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("published", sa.String()),
        sa.Column("first_seen", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("views", sa.Integer()),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("english", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("story", sa.String()),
        sa.Column("signed", sa.Integer()),
        sqlite_with_rowid=False,
    )
    op.create_index("articles_by_site", "articles", ["site", "published"])
    unsigned = sa.text("signed IS NULL")
    op.create_index(
        "articles_to_sign",
        "articles",
        ["published", "first_seen"],
        sqlite_where=unsigned,
        postgresql_where=unsigned,
    )
    op.create_table(
        "signatures",
        sa.Column("article", sa.String(), primary_key=True),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("figures", sa.String(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("signatures_by_day", "signatures", ["day"])
    op.create_table(
        "versions",
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("versions_by_run", "versions", ["run", "seq"])
    op.create_index("versions_by_article", "versions", ["article", "seq"])
    op.create_table(
        "sightings",
        sa.Column("article", sa.String(), primary_key=True),
        sa.Column("at", sa.String(), primary_key=True),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("header", sa.String()),
        sa.Column("views", sa.Integer()),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "views",
        sa.Column("article", sa.String(), primary_key=True),
        sa.Column("observed_at", sa.String(), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pages",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String()),
        sa.Column("asked_at", sa.String()),
        sa.Column("next_look", sa.String()),
        sa.Column("etag", sa.String()),
        sa.Column("last_modified", sa.String()),
        sa.Column("article", sa.String()),
        sa.Column("published", sa.String()),
        sa.Column("absences", sa.Integer(), nullable=False),
        sa.Column("absent_since", sa.String()),
        sa.Column("reach", sa.String()),
        sa.Column("lists", sa.Integer(), nullable=False),
        sa.Column("promised", sa.Integer()),
        sa.UniqueConstraint("site", "kind", "key", name="pages_by_key"),
    )
    todo = sa.text("state = 'todo'")
    op.create_index("pages_to_do", "pages", ["site", "priority", "number"], sqlite_where=todo, postgresql_where=todo)
    op.create_table(
        "listings",
        sa.Column("section", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("called", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("shown", sa.String(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "searches",
        sa.Column("site", sa.String(), primary_key=True),
        sa.Column("source", sa.String(), primary_key=True),
        sa.Column("scope", sa.String(), primary_key=True),
        sa.Column("cursor", sa.String()),
        sa.Column("ended", sa.String()),
    )
    op.create_table(
        "captures",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("timestamp", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cause", sa.String()),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String()),
        sa.Column("length", sa.Integer()),
        sa.Column("place", sa.Text()),
        sa.Column("article", sa.String()),
        sa.UniqueConstraint("site", "source", "url", "timestamp", name="captures_by_moment"),
    )
    op.create_index(
        "captures_to_do",
        "captures",
        ["site", "source", "key", "timestamp"],
        sqlite_where=todo,
        postgresql_where=todo,
    )
    op.create_table(
        "identity",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(), nullable=False),
    )
    op.create_table(
        "cursors",
        sa.Column("url", sa.String(), primary_key=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("upto", sa.Integer()),
        sa.Column("body", sa.Text()),
        sqlite_with_rowid=False,
    )
