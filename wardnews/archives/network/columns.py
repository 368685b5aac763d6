"""Common Crawl's columnar index: a table of Parquet files, a folder for each crawl and subset, read by DuckDB.

Its columns and its order are those of `commoncrawl/cc-index-table`: rows are sorted by `url_surtkey`, so that of most
files no more than the statistics are read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wardnews.archives.network.byte_ranges import PAGES, row_of
from wardnews.archives.network.source import Found, Lookup, OddRow, SearchStep
from wardnews.errors import ArchiveError, SitesError
from wardnews.text.strings import one_line

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROWS = 50_000
"""How many rows are read at once."""
_REMOTE = "s3://"
_S3 = "INSTALL httpfs; LOAD httpfs; INSTALL aws; LOAD aws; CREATE SECRET (TYPE s3, PROVIDER credential_chain)"
_BOUNDS = {"memory_limit": "1GB", "temp_directory": ""}
_ROWS_OF = """
SELECT url, strftime(make_timestamp(epoch_us(fetch_time)), '%Y%m%d%H%M%S') AS timestamp, content_digest AS digest,
    warc_filename AS filename, warc_record_offset AS "offset", warc_record_length AS length
FROM read_parquet($files, hive_partitioning = true, union_by_name = true)
WHERE url_surtkey >= $first AND url_surtkey < $behind AND url_host_name IN ($host, 'www.' || $host)
    AND fetch_status = 200 AND content_mime_type IN $pages
ORDER BY url_surtkey, fetch_time, warc_filename, warc_record_offset LIMIT $rows OFFSET $done
"""


@dataclass(frozen=True)
class Columns:
    """The columnar index in a folder, or below an address of S3, that holds a folder `crawl=…/subset=warc` each."""

    root: str

    @classmethod
    def opened(cls, root: str) -> "Columns":
        """Return the index; raise SitesError where it is not there, and where DuckDB is not installed."""
        try:
            import duckdb  # noqa: F401 - whether it is there
        except ImportError as error:
            raise SitesError(
                "the columnar index is read with DuckDB, which is not installed: pip install 'wardnews[duckdb]'"
            ) from error
        if not root.startswith(_REMOTE) and not Path(root).is_dir():
            raise SitesError(
                "the columnar index {root}: expected a folder of Parquet files, or {remote}", root=root, remote=_REMOTE
            )
        return cls(root.rstrip("/"))

    def crawls(self) -> list[str]:
        """Return the names of the crawls, the latest first; raise ArchiveError where there is none."""
        query = "SELECT DISTINCT regexp_extract(file, 'crawl=([^/]+)/', 1) AS crawl FROM glob($files) ORDER BY 1 DESC"
        with _database(self.root) as database:
            names = [name for (name,) in database.execute(query, {"files": self._files("*")}).fetchall() if name]
        if not names:
            raise ArchiveError("no folder crawl=…/subset=warc with Parquet files is in {root}", root=self.root)
        return names

    def lookup(self, crawl: str, host: str, cursor: str | None) -> Lookup:
        """Return the search for the pages of a host in a crawl; the cursor is how many rows were read."""
        return lambda: self._step(crawl, host, int(cursor or 0))

    def _step(self, crawl: str, host: str, done: int) -> SearchStep:
        name = host.partition(":")[0]
        key = ",".join(reversed(name.split(".")))
        values = {
            "files": self._files(crawl),
            # Behind the host stand `)`, or `:` and a port.
            "first": f"{key})",
            "behind": f"{key};",
            "host": name,
            "pages": list(PAGES),
            "rows": ROWS,
            "done": done,
        }
        with _database(self.root) as database:
            answer = database.execute(_ROWS_OF, values)
            names = [column[0] for column in answer.description or ()]
            read = [row_of(dict(zip(names, row, strict=True)), crawl) for row in answer.fetchall()]
        cursor = str(done + ROWS) if len(read) == ROWS else None
        found = [one for one in read if isinstance(one, Found)]
        return SearchStep(found, cursor, tuple(one for one in read if isinstance(one, OddRow)))

    def _files(self, crawl: str) -> str:
        return f"{self.root}/crawl={crawl}/subset=warc/*.parquet"


@contextmanager
def _database(root: str) -> Iterator["DuckDBPyConnection"]:
    """Open a database in memory, within bounds; raise ArchiveError for what goes wrong with it."""
    import duckdb

    config: dict[str, Any] = dict(_BOUNDS)
    try:
        with duckdb.connect(config=config) as database:
            if root.startswith(_REMOTE):
                database.execute(_S3)
            yield database
    except duckdb.Error as error:
        raise ArchiveError("the columnar index cannot be read: {error}", error=one_line(str(error))[:120]) from error
