"""What each process of wardnews builds once, built before the commands of tests are forked: patterns, tables, portals."""

import gc
import platform
from contextlib import suppress
from pathlib import Path

from scrapy.utils.versions import get_versions

from wardnews import layouts
from wardnews.errors import UnreadablePage
from wardnews.layouts import LAYOUTS, Fetch
from wardnews.places.find import where
from wardnews.reading.page import read_page
from wardnews.sites import load_sites

SITES = load_sites()
for _file in sorted(Path(__file__).parents[1].glob("pages/*/*.html")):
    _page = layouts.parse(_file.read_bytes(), Fetch("https://hoasua.example.vn/tin/bai-12.html"))
    for _layout in (layouts.recognise(_page), LAYOUTS["anyportal"]):
        _layout.read_listing(_page)
        _layout.read_sections(_page)
    with suppress(UnreadablePage):
        read_page(_file.read_bytes(), _page.url, SITES)
where("004", "2021-04-05", None, "Hội nghị phường Thượng Thanh", [])
platform.platform()  # Scrapy logs it, and it starts a process to know it
get_versions()
gc.collect()
gc.freeze()  # else each process goes through all of it, and copies it
