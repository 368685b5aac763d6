"""The index of words of the reading copy: how texts are put into it, and how it is filled at once."""

import re
import sqlite3

from wardnews.text.strings import fold, nfc

TABLE = """CREATE VIRTUAL TABLE articles_search USING fts5 (
    title, body, documents, content = '', tokenize = 'unicode61 remove_diacritics 2'
);"""
_AT_ONCE, _AS_A_RULE = (16 << 20, 0, 1_000), (1 << 20, 4, 16)
"""Of FTS5 the bytes of words in memory, and how many segments of a size are merged in passing or at once."""
_PLAIN = re.compile("[\0-\u01df\u0300-\u036f\u1e00-\u1eff\u2000-\u20ff]*")
"""Texts of whose letters, but for đ, SQLite's tokenizer makes what `fold` makes, ten times as fast."""


def searched(text: str) -> str:
    """Return a text as the index takes it: its words are then those of `fold(text)`."""
    text = nfc(text)
    return text.replace("đ", "d").replace("Đ", "D") if _PLAIN.fullmatch(text) else fold(text)


def expect(copy: sqlite3.Connection, *, everything: bool) -> None:
    """Let the index expect all articles, which are merged at the end, or some."""
    for name, value in zip(
        ("hashsize", "automerge", "crisismerge"), _AT_ONCE if everything else _AS_A_RULE, strict=True
    ):
        copy.execute("INSERT INTO articles_search (articles_search, rank) VALUES (?, ?)", (name, value))


def merge(copy: sqlite3.Connection) -> None:
    """Merge all parts of the index, so that each word is looked up in one place."""
    copy.execute("INSERT INTO articles_search (articles_search) VALUES ('optimize')")
