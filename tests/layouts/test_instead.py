"""What a page without an article is said to be."""

import json
from pathlib import Path

import pytest

from wardnews import read
from wardnews.errors import UnreadablePage

QUALITY = Path(__file__).parents[1] / "quality"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no-record-table", "a legal document"),
        ("no-record-draft", "a legal document"),
        ("fresh-no-doc-a", "a legal document"),
        ("fresh-no-doc-b", "a legal document"),
        ("unseen3-document-detail", "a legal document"),
        ("fresh-no-docs-list", "a listing of 4 articles"),
        ("unseen1-d-documents", "a listing of 6 articles"),
        ("fresh-no-procedure", "an administrative procedure"),
        ("fresh-no-staff", "a page about a person"),
        ("fresh-no-contact", "a page without an article"),
    ],
)
def test_page_without_an_article_is_named(name: str, said: str) -> None:
    url = json.loads((QUALITY / f"{name}.json").read_text(encoding="utf-8"))["url"]
    with pytest.raises(UnreadablePage, match=said):
        read((QUALITY / f"{name}.html").read_bytes(), url)
