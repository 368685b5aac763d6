"""Where pages of the past come from: one module a source, each giving captures."""

from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.folder import read_folder
from wardnews.archives.saved.pages import read_saved_page
from wardnews.archives.wacz import read_wacz
from wardnews.archives.warc.index import Indexed, read_index
from wardnews.archives.warc.read import parts, read_record, read_warc
from wardnews.archives.warc.revisits import find_originals

__all__ = [
    "Capture",
    "DamagedRecord",
    "Indexed",
    "find_originals",
    "parts",
    "read_folder",
    "read_index",
    "read_record",
    "read_saved_page",
    "read_wacz",
    "read_warc",
]
