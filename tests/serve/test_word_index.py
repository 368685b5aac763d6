"""The index of words of the reading copy: what it takes for a word."""

import sqlite3
import unicodedata
from contextlib import closing

from wardnews.serve import word_index
from wardnews.text.strings import fold

LETTERS = [chr(code) for first, last in ((1, 0x24F), (0x300, 0x3FF), (0x400, 0x45F), (0x1E00, 0x20FF)) for code in range(first, last)]  # fmt: skip


def words(texts: list[str], table: str) -> list[tuple[int, str]]:
    """Give the words of an index of texts, each with the number of its text."""
    with closing(sqlite3.connect(":memory:")) as opened:
        opened.execute(table)
        rows = enumerate(texts)
        opened.executemany("INSERT INTO articles_search (rowid, title, body, documents) VALUES (?, '', ?, '')", rows)
        opened.execute("CREATE VIRTUAL TABLE words USING fts5vocab(articles_search, instance)")
        return opened.execute("SELECT doc, term FROM words ORDER BY doc, offset").fetchall()


def test_words_are_those_of_folded_texts() -> None:
    texts = [f"x{letter}y {letter} {letter}z" for letter in LETTERS]
    texts += ["Đảng ủy ĐOÀN kết đường", unicodedata.normalize("NFD", "Phường Phúc Lợi, Đống Đa"), "Москва Ё, Αθήνα, ガ"]
    plain = word_index.TABLE.replace(" remove_diacritics 2", "")
    assert words([*map(word_index.searched, texts)], word_index.TABLE) == words([*map(fold, texts)], plain)
    assert words([*map(fold, texts)], word_index.TABLE) == words([*map(fold, texts)], plain), "queries are folded"


def test_an_index_that_expects_everything_finds_as_one_that_does_not() -> None:
    with closing(sqlite3.connect(":memory:")) as opened:
        opened.execute(word_index.TABLE)
        word_index.expect(opened, everything=True)
        opened.execute("INSERT INTO articles_search (rowid, title, body, documents) VALUES (1, 'a', 'b', 'c')")
        word_index.merge(opened)
        word_index.expect(opened, everything=False)
        kept = dict(opened.execute("SELECT k, v FROM articles_search_config"))
        assert (kept["hashsize"], kept["automerge"], kept["crisismerge"]) == (1 << 20, 4, 16), "as FTS5 has it"
        found = "SELECT rowid FROM articles_search WHERE articles_search MATCH 'b'"
        assert opened.execute(found).fetchall() == [(1,)]
