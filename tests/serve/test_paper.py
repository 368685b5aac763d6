"""The pages of `serve` on paper: nothing is cut off, and nothing is printed that only a screen has use for."""

import base64
import io
from dataclasses import replace
from pathlib import Path

import pypdf

from tests.serve.test_serve import browser, running
from tests.serve.town import made, town, write
from wardnews.store.database import Store

ASIDE = {"Search", "Side by side", "Skip to the content", "Tiếng Việt"}
"""What only a screen has use for."""


def test_pages_are_printed_whole(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/wardnews.db"
    store = Store.open(url)
    told = [f"Đoạn văn số {number} kể việc trong ngõ." for number in range(20)]
    first = made("hoasua:300", "Bài dài", *told)
    later = replace(first, paragraphs=[*told[:-1], "Hết."], content_hash="2", crawled_at="2022-01-01T01:00:00Z")
    write(store, *town(), first, later)
    store.close()
    with browser(tmp_path) as page, running(url) as (_process, address):
        for path, found in (("article/hoasua:300", "Original:"), ("portals", "Trouble"), ("wardnews/articles", "seq")):
            page.get(address + path)
            answer = page.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
            read = pypdf.PdfReader(io.BytesIO(base64.b64decode(answer["data"])))
            text = "\n".join(one.extract_text() for one in read.pages)
            assert found in text, text[:900]
            assert not ASIDE & set(text.splitlines()), path
            assert (read.pages[0].mediabox.width > read.pages[0].mediabox.height) == (path != "article/hoasua:300")
        page.get(f"{address}article/hoasua:300")
        assert page.find_element("css selector", ".diff .skip").rect["x"] > 0, "how much stayed is on the screen"
