"""Where Scrapy's feed export brings a feed in a bucket: by the same way as all else that goes there."""

from pathlib import Path
from typing import IO, Any

from scrapy.extensions.feedexport import BlockingFeedStorage

from wardnews import storage


class BucketFeedStorage(BlockingFeedStorage):
    """A feed that goes up when it is whole, in place of one of its name that is there."""

    def __init__(self, uri: str, *, feed_options: dict[str, Any] | None = None) -> None:  # noqa: ARG002 - Scrapy's
        self.uri = uri

    def _store_in_thread(self, file: IO[bytes]) -> None:
        with file:
            file.flush()
            storage.send(Path(file.name), self.uri)
