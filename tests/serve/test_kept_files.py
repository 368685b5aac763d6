"""Kept files in a browser: pictures are shown, documents found by what they say; nothing runs, nothing else is given."""

from __future__ import annotations

import asyncio
import gc
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from typer.testing import CliRunner

from tests.helpers import datasette_imported  # noqa: F401 - before all else that imports it
from tests.helpers import documents as documents_made
from tests.helpers.kept_files import FILES, PLAN, SVG, article_with, keep_all, picture
from tests.serve.town import built, made, town, write
from wardnews import serve
from wardnews.cli import app
from wardnews.files.storage import place_of
from wardnews.serve.copy import copy_of
from wardnews.store.database import Store
from wardnews.store.files.documents import KnownDocument, write_document

pytestmark = pytest.mark.filterwarnings("ignore:unclosed database in <sqlite3:ResourceWarning")
ALL = FILES | {"hinh.svg": SVG, "anh.jpg": picture("JPEG", (200, 400))}
Get = Callable[[str], Any]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Get, dict[str, str], Path, Path]]:
    """Give what asks the application, the SHA-256 of its files, the folder of these, and the copy."""
    folder = tmp_path_factory.mktemp("kept")
    at, base = f"sqlite:///{folder}/wardnews.db", folder / "files"
    names = keep_all(at, str(base), ALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WARDNEWS_FILES", str(base))
        assert CliRunner().invoke(app, ["files", "--read", "--store", at]).exit_code == 0
    store = Store.open(at)
    write(store, *town(), article_with(ALL, "bentrang:50", "Phường phát động"))
    copy = built(store, copy_of(store, Path()))
    store.close()
    datasette = serve.application(copy, str(base))
    yield lambda path: asyncio.run(datasette.client.get(path)), names, base, copy
    datasette.executor.shutdown()
    for database in datasette.databases.values():
        database.close()
    gc.collect()


Kept = tuple[Get, dict[str, str], Path, Path]


@pytest.mark.parametrize(
    ("name", "media_type", "download"),
    [
        ("anh.png", "image/png", None),
        ("anh.jpg", "image/jpeg", None),
        ("ke-hoach.pdf", "application/pdf", "tai-lieu-ke-hoach-pdf.pdf"),
        ("hinh.svg", "application/octet-stream", "anh-minh-hoa.bin"),
        ("trang.pdf", "application/octet-stream", "tai-lieu-trang-pdf.bin"),
    ],
)
def test_pictures_are_shown_and_all_else_is_a_download(
    kept: Kept, name: str, media_type: str, download: str | None
) -> None:
    get, names, _, _ = kept
    answer = get(f"/file/{names[name]}")
    assert (answer.status_code, answer.content) == (200, ALL[name])
    assert answer.headers["content-type"] == media_type
    assert answer.headers.get("content-disposition") == (f'attachment; filename="{download}"' if download else None)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"


def test_a_picture_has_a_thumbnail_and_nothing_else_has(kept: Kept) -> None:
    get, names, _, _ = kept
    answer = get(f"/thumbnail/{names['anh.jpg']}")
    assert (answer.status_code, answer.headers["content-type"], answer.content[:3]) == (
        200,
        "image/jpeg",
        b"\xff\xd8\xff",
    )
    assert len(answer.content) < 10_000
    assert [get(f"/thumbnail/{names[name]}").status_code for name in ("ke-hoach.pdf", "hinh.svg")] == [404, 404]


def test_only_what_an_article_has_is_given(kept: Kept) -> None:
    get, names, base, copy = kept
    with closing(sqlite3.connect(copy)) as opened:
        (thumbnail,) = opened.execute(
            "SELECT thumbnail FROM documents WHERE sha256 = ?", (names["anh.png"],)
        ).fetchone()
    assert (base / place_of(thumbnail)).exists()
    for path in (
        f"/file/{thumbnail}",
        f"/file/{'ab' * 32}",
        "/file/..%2fwardnews.db",
        f"/file/{names['anh.png'].upper()}",
    ):
        assert get(path).status_code in (302, 404), path
    place = base / place_of(names["danh-sach.xlsx"])
    aside = place.rename(place.with_name("aside"))
    assert get(f"/file/{names['danh-sach.xlsx']}").status_code == 404
    place.symlink_to(copy)
    assert get(f"/file/{names['danh-sach.xlsx']}").status_code == 404, "a link is followed nowhere"
    place.unlink()
    aside.rename(place)


def test_facts_of_documents_are_a_table_and_their_texts_none(kept: Kept) -> None:
    get, names, _, _ = kept
    assert "scanned" in get("/wardnews/documents.json?_shape=array").text
    assert names["anh.png"] in get("/wardnews/files").text
    assert [get(f"/wardnews/{name}").status_code for name in ("document_texts", "attached")] == [403, 403]


def test_the_page_of_an_article_shows_them(kept: Kept) -> None:
    get, names, _, _ = kept
    page = get("/article/bentrang:50").text
    assert (
        f'<a href="/file/{names["anh.png"]}" lang="vi"><img src="/thumbnail/{names["anh.png"]}" alt="Ảnh minh họa"'
        in page
    )
    assert f'href="/file/{names["ke-hoach.pdf"]}"' in page
    assert "2 pages" in page
    assert "scanned: no text" in page
    assert "Phụ lục: bà Sương giữ chìa khóa" in page
    assert "<script>" not in page.replace('<script type="application/ld+json">', "")
    assert "javascript:" not in get("/article/hoasua:1").text


def test_an_article_is_found_by_what_its_documents_say(kept: Kept) -> None:
    get, names, _, _ = kept
    page = get(f"/?q={quote('giữ chìa khóa')}").text
    assert "1 article" in page
    hit = re.search(r'<p class="snippet" lang="vi">(.*?)</p>', page, re.DOTALL)
    assert hit
    assert hit[1].startswith(f'<a href="/file/{names["ke-hoach.pdf"]}">Tài liệu ke-hoach.pdf</a>')
    assert "page 2" in hit[1]
    assert "<mark>giữ chìa khóa</mark>" in hit[1]
    assert "1 article" in get("/?q=giu+chia+khoa").text
    assert "0 articles" in get("/?q=giu+chia+khoa&titles=1").text
    own = get("/?q=phat+dong").text
    assert "Tài liệu" not in own, "what the article says itself comes first"


def test_a_copy_follows_what_is_read(tmp_path: Path) -> None:
    """A document that is read later, another time, or named no more: the copy ends equal to one made from nothing."""
    at, base = f"sqlite:///{tmp_path}/wardnews.db", str(tmp_path / "files")
    names = keep_all(at, base, {"ke-hoach.pdf": PLAN, "them.docx": documents_made.docx("")})
    store = Store.open(at)
    both = {"ke-hoach.pdf": PLAN, "them.docx": documents_made.docx("")}
    write(
        store, made("hoasua:1", "Tin"), article_with(both, "hoasua:2"), article_with({"ke-hoach.pdf": PLAN}, "hoasua:3")
    )
    copy = built(store, tmp_path / "copy.db")
    for number, word in enumerate(("xưa", "nay"), start=1):
        with store.writing() as connection:
            said = KnownDocument(names["ke-hoach.pdf"], "pdf", (f"Chuyện {word}",))
            write_document(store, connection, said, number, "2026-01-01T00:00:00Z")
        assert built(store, copy) == copy
        assert found(copy, word) == ["hoasua:2", "hoasua:3"]
    assert found(copy, "xua") == []
    assert contents(copy) == contents(built(store, tmp_path / "new.db"))
    store.close()


def found(copy: Path, word: str) -> list[str]:
    from wardnews.text.strings import fold

    sql = "SELECT id FROM articles WHERE rowid IN (SELECT rowid FROM articles_search WHERE articles_search MATCH ?) ORDER BY 1"
    with closing(sqlite3.connect(copy)) as opened:
        return [one for (one,) in opened.execute(sql, (f'"{fold(word)}"',))]


def contents(copy: Path) -> list[Any]:
    with closing(sqlite3.connect(copy)) as opened:
        tables = [
            opened.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall()
            for name in ("files", "documents", "document_texts", "attached")
        ]
        opened.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, articles_search, instance)")
        words = "SELECT id, term, col, offset FROM words JOIN articles ON articles.rowid = doc ORDER BY 1, 3, 4"
        return [*tables, opened.execute(words).fetchall()]
