"""The tables of the store; the migrations lead up to them."""

import sqlalchemy as sa
from sqlalchemy import (
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

runs = Table(
    "runs",
    metadata,
    Column("name", String, primary_key=True),
    Column("began", String, nullable=False),
    Column("ended", String),
    Column("reason", String),
    Column("feed", String),  # where it was written; null until it is complete
    Column("report", Text),  # JSON of its report; those of the portals stand in its visits, where it has any
)

visits = Table(
    "visits",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("site", String, nullable=False),
    Column("run", String, ForeignKey("runs.name"), nullable=False),  # the last one that went on with the visit
    Column("began", String, nullable=False),
    Column("asked", String, nullable=False),  # the days and the like; other ones begin another visit
    Column("ended", String),  # null: pages are left to do
    Column("report", Text),  # JSON of the portal's counts in the run
    Index("visits_by_site", "site", "number"),
)

articles = Table(
    "articles",
    metadata,
    Column("id", String, primary_key=True),
    Column("site", String, nullable=False),
    Column("url", String, nullable=False),
    Column("published", String),
    Column("first_seen", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("content_hash", String, nullable=False),
    Column("views", Integer),
    Column("gone", Integer, nullable=False, default=0),
    Column("at", String, nullable=False),  # when the current record was crawled, or captured by an archive
    Column("english", Integer, nullable=False, default=0),  # read in a session of the portal's English pages only
    Column("seq", Integer, nullable=False),  # the row of `versions` that holds the current record
    Column("story", String),  # id of the first article of its near-duplicate group; null: not assigned yet
    Column("signed", Integer),  # 1: `signatures` has it as in the current record
    Index("articles_by_site", "site", "published"),
    Index(
        "articles_to_sign",
        "published",
        "first_seen",
        sqlite_where=sa.text("signed IS NULL"),
        postgresql_where=sa.text("signed IS NULL"),
    ),
    sqlite_with_rowid=False,
)

kept_ids = Table(
    "kept_ids",
    metadata,
    Column("id", String, primary_key=True),  # what layouts make
    Column("article", String, nullable=False),  # the id that the article has had from before
    sqlite_with_rowid=False,
)

key_forms = Table(
    "key_forms",
    metadata,
    Column("site", String, primary_key=True),
    Column("form", String, nullable=False),  # how the keys of its pages were made: `Site.form`
    sqlite_with_rowid=False,
)

signatures = Table(
    "signatures",  # what articles are compared by; those too short to compare have none
    metadata,
    Column("article", String, primary_key=True),
    Column("day", Integer, nullable=False),  # of publication, else first seen: days since 1 January of year 1
    Column("figures", String, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Index("signatures_by_day", "day"),
    sqlite_with_rowid=False,
)

versions = Table(
    "versions",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("article", String, nullable=False),
    Column("run", String, nullable=False),
    Column("change", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", String, nullable=False),
    Column("record", Text, nullable=False),  # the JSON line
    Index("versions_by_run", "run", "seq"),
    Index("versions_by_article", "article", "seq"),
    sqlite_autoincrement=True,  # else the greatest number is given again once its row is deleted
)

observations = Table(
    "sightings",  # visits that found an article as it was before: what a version is, an older one may show yet
    metadata,
    Column("article", String, primary_key=True),
    Column("at", String, primary_key=True),
    Column("content_hash", String, nullable=False),
    Column("via", String, nullable=False),
    Column("header", String),
    Column("views", Integer),
    sqlite_with_rowid=False,
)

views = Table(
    "views",
    metadata,
    Column("article", String, primary_key=True),
    Column("observed_at", String, primary_key=True),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)

pages = Table(
    "pages",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("site", String, nullable=False),
    Column("kind", String, nullable=False),  # home, section, list (feed, sitemap), turn (listing page), article
    Column("key", String, nullable=False),
    Column("url", String, nullable=False),
    Column("context", Text, nullable=False),  # JSON: what reading it takes besides its address
    Column("priority", Integer, nullable=False),
    Column("state", String, nullable=False),  # to do, done, failed, outside (the days), seen (by an archive), moved
    Column("tries", Integer, nullable=False, default=0),  # failures in a row in one run
    Column("rounds", Integer, nullable=False, default=0),  # rechecks in a row that failed
    Column("cause", String),
    Column("asked_at", String),
    Column("next_look", String),
    Column("etag", String),
    Column("last_modified", String),
    Column("article", String),
    Column("published", String),
    Column("absences", Integer, nullable=False, default=0),
    Column("absent_since", String),
    Column("reach", String),  # sections: all since this day is known; empty: all there is; null: not known
    Column("lists", Integer, nullable=False, default=0),  # sections: whether a page of it ever listed articles
    Column("promised", Integer),  # sections: the total that their pager declares
    UniqueConstraint("site", "kind", "key", name="pages_by_key"),
    Index(
        "pages_to_do",
        "site",
        "priority",
        "number",
        sqlite_where=sa.text("state = 'todo'"),
        postgresql_where=sa.text("state = 'todo'"),
    ),
    Index(
        "pages_by_article",
        "article",
        sqlite_where=sa.text("article IS NOT NULL"),
        postgresql_where=sa.text("article IS NOT NULL"),
    ),
)

listings = Table(
    "listings",
    metadata,
    Column("section", Integer, primary_key=True),
    Column("called", Integer, primary_key=True),  # 1: in answers to calls, which may begin by repeating the page
    Column("key", String, primary_key=True),
    Column("shown", String, nullable=False),  # title and date, as the listing shows them
    sqlite_with_rowid=False,
)

searches = Table(
    "searches",
    metadata,
    Column("site", String, primary_key=True),
    Column("source", String, primary_key=True),
    Column("scope", String, primary_key=True),  # what of the archive is searched: a host, a collection
    Column("cursor", String),  # where to go on
    Column("ended", String),  # null: not all is found yet
)

captures = Table(
    "captures",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("site", String, nullable=False),
    Column("source", String, nullable=False),
    Column("url", String, nullable=False),
    Column("timestamp", String, nullable=False),
    Column("key", String, nullable=False),  # the article's, or the page's
    Column("state", String, nullable=False),  # to do, article, listing, nothing (of ours), unreadable, failed
    Column("cause", String),
    Column("tries", Integer, nullable=False, default=0),
    Column("digest", String),
    Column("length", Integer),  # bytes, as the archive packs it
    Column("place", Text),  # JSON: where in the archive it lies
    Column("article", String),
    UniqueConstraint("site", "source", "url", "timestamp", name="captures_by_moment"),
    Index(
        "captures_to_do",
        "site",
        "source",
        "key",
        "timestamp",
        sqlite_where=sa.text("state = 'todo'"),
        postgresql_where=sa.text("state = 'todo'"),
    ),
)

leases = Table(
    "leases",  # times are seconds since 1970, by the server's clock or, in SQLite, this machine's
    metadata,
    Column("name", String, primary_key=True),  # a politeness group, or what else one run at a time asks
    Column("epoch", Integer, nullable=False),  # how often it was taken
    Column("run", String),  # null: given back
    Column("expires", Double),
    Column("asked_at", Double),
    Column("delay", Double, nullable=False),  # seconds from one request to the next
    Column("under_way", Double),  # until when a request may be under way whose answer is not noted here
    Column("until", Double),  # the group asked to be left alone until then
    sqlite_with_rowid=False,
)

files = Table(
    "files",  # images and attachments that are kept: each content that was seen under an address
    metadata,
    Column("number", Integer, primary_key=True),
    Column("url", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("media_type", String, nullable=False),  # by its content
    Column("first_seen", String, nullable=False),  # UTC: by a crawl, or by an archive
    Column("last_seen", String, nullable=False),
    Column("place", String, nullable=False),  # below WARDNEWS_FILES
    UniqueConstraint("url", "sha256", name="files_by_url"),
    Index("files_by_sha256", "sha256"),
)

wanted_files = Table(
    "wanted_files",  # the addresses of images and attachments, and what came of asking for them
    metadata,
    Column("number", Integer, primary_key=True),
    Column("site", String, nullable=False),
    Column("url", String, nullable=False),
    Column("kind", String, nullable=False),  # image, attachment
    Column("state", String, nullable=False),  # to do, kept, failed, missing (from archives)
    Column("tries", Integer, nullable=False, default=0),  # failures in a row in one run
    Column("rounds", Integer, nullable=False, default=0),  # rechecks in a row that failed
    Column("cause", String),  # of the failure that was named last
    Column("asked_at", String),
    Column("next_look", String),  # when a failed one is tried again; kept ones go by their articles' rechecks
    Column("etag", String),
    Column("last_modified", String),
    Column("keeping", String),  # SHA-256 of what is being written until `files` has it, and the run
    UniqueConstraint("site", "url", name="wanted_files_by_url"),
    Index(
        "wanted_files_to_do",
        "site",
        "number",
        sqlite_where=sa.text("state = 'todo'"),
        postgresql_where=sa.text("state = 'todo'"),
    ),
)

file_links = Table(
    "file_links",  # which articles name which files
    metadata,
    Column("article", String, primary_key=True),
    Column("file", Integer, primary_key=True),  # the number of a wanted file
    Index("file_links_by_file", "file"),
    sqlite_with_rowid=False,
)

documents = Table(
    "documents",  # what kept files say, each read once
    metadata,
    Column("sha256", String, primary_key=True),
    Column("reader", Integer, nullable=False),  # the version of what read it; a later one reads it again
    Column("read_at", String, nullable=False),
    Column("kind", String),  # pdf, docx, xlsx, odt, ods, doc, xls, picture; null: it cannot be read
    Column("pages", Text, nullable=False),  # JSON: the texts of its pages or sheets
    Column("flags", Text, nullable=False),  # JSON: doubts, by name
    Column("cause", String),  # why it cannot be read
    Column("thumbnail", String),  # SHA-256 of a picture's thumbnail, which is kept as files are
    sqlite_with_rowid=False,
)

identity = Table(
    "identity",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # 1: there is but one row
    Column("name", String, nullable=False),
)

cursors = Table(
    "cursors",
    metadata,
    Column("url", String, primary_key=True),  # whom changes are pushed to
    Column("seq", Integer, nullable=False),  # up to where it has acknowledged them
    Column("upto", Integer),  # up to where the batch goes that is on its way; null: none is
    Column("body", Text),  # that batch: it is posted as it was first, whatever becomes of the versions
    sqlite_with_rowid=False,
)
