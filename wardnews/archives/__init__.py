"""Where pages of the past come from: one module a source, each giving captures."""

from wardnews.archives.capture import Capture, Spoilt
from wardnews.archives.folder import read_folder, read_saved_page
from wardnews.archives.wacz import read_wacz
from wardnews.archives.warc.read import Indexed, find_originals, parts, read_index, read_record, read_warc

__all__ = [
    "Capture",
    "Indexed",
    "Spoilt",
    "find_originals",
    "parts",
    "read_folder",
    "read_index",
    "read_record",
    "read_saved_page",
    "read_wacz",
    "read_warc",
]
