"""How articles are found: what a person types as a query of the full-text index, and why an article was found."""

import re

from markupsafe import Markup, escape

from wardnews.text.strings import fold, nfc

_WORD = re.compile(r"[^\W_]+")
_QUOTED = re.compile(r'"([^"]*)"|([^"]+)')
_MOST_WORDS, _LONGEST = 16, 400
_SHOWN, _BEFORE = 260, 60
_LOOKED_AT = 100_000


def phrases_of(query: str) -> list[list[str]]:
    """Take a query apart into folded words, and where these stand in quotation marks, phrases of words.

    >>> phrases_of('đảng uỷ "Phúc Lợi"'), phrases_of('NEAR(* "')
    ([['dang'], ['uy'], ['phuc', 'loi']], [['near']])
    """
    found: list[list[str]] = []
    for quoted, plain in _QUOTED.findall(fold(query[:_LONGEST])):
        words = _WORD.findall(quoted or plain)
        found += [words] if quoted and words else [[word] for word in words]
    return found[:_MOST_WORDS]


def fts_query(query: str) -> str:
    """Write a query for FTS5: all words, in any order; articles in which they stand side by side weigh more.

    It holds nothing but words in quotation marks; one that has none finds nothing.

    >>> fts_query("Đảng uỷ"), fts_query("Phúc"), fts_query('")*')
    ('"dang uy" OR ("dang" AND "uy")', '"phuc"', '""')
    """
    phrases = phrases_of(query)
    every = " AND ".join(f'"{" ".join(words)}"' for words in phrases)
    if len(phrases) > 1:
        together = " ".join(word for words in phrases for word in words)
        return f'"{together}" OR ({every})'
    return every or '""'


def marked(text: str, query: str) -> Markup:
    """Return a text as it is, with what a query finds in it marked."""
    found = _found(query)
    return _mark(nfc(text), found) if found else escape(text)


def snippet(text: str, title: str, query: str) -> Markup:
    """Return the part of an article that a query finds, or its beginning, as it was written; what is found is marked.

    `text` is in the sample file format: section, title and header line come before the body.
    """
    body = " ".join(_body(nfc(text), nfc(title)).split())
    found = _found(query)
    match = found.search(fold(body)) if found else None
    begin = body.rfind(" ", 0, match.start() - _BEFORE) + 1 if match and match.start() > _SHOWN - _BEFORE else 0
    part = body[begin : begin + _SHOWN]
    if begin + _SHOWN < len(body):
        part = part.rsplit(" ", 1)[0] + " …"
    part = "… " * bool(begin) + part
    return _mark(part, found) if found else escape(part)


def _body(text: str, title: str) -> str:
    """Return what follows the heading of an article."""
    return text[max(text.find(title), 0) + len(title) : _LOOKED_AT].partition("\n\n")[2]


def _found(query: str) -> re.Pattern[str] | None:
    """Write a pattern for what a query finds in folded text: all of it side by side first, else its parts."""
    phrases = phrases_of(query)
    together = [word for words in phrases for word in words]
    if not together:
        return None
    forms = [r"[\W_]+".join(words) for words in (together, *phrases)]
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(forms)})(?![^\W_])")


def _mark(text: str, found: re.Pattern[str]) -> Markup:
    """Mark what is found in a text of NFC, whose folded form has the same letters at the same places."""
    pieces, last = [], 0
    for match in found.finditer(fold(text)):
        pieces += [
            escape(text[last : match.start()]),
            Markup("<mark>{}</mark>").format(text[match.start() : match.end()]),
        ]
        last = match.end()
    return Markup().join([*pieces, escape(text[last:])])
