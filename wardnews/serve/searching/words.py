"""How articles are found: what a person types as a query of the full-text index, and why an article was found."""

import re
from typing import NamedTuple

from markupsafe import Markup, escape

from wardnews.text.strings import fold, nfc

_WORD = re.compile(r"[^\W_]+")
_TERM = re.compile(r'(?<!\S)(?P<without>-?)"(?P<quoted>[^"]*)"|"(?P<joined>[^"]*)"|(?P<plain>[^\s"]+)')
_MOST_WORDS, _LONGEST = 16, 400
_SHOWN, _BEFORE = 260, 60
_LOOKED_AT = 100_000


class Words(NamedTuple):
    """What a query asks for: folded words, those in quotation marks as phrases of words; and what it excludes."""

    wanted: list[list[str]]
    excluded: list[list[str]]


def words_of(query: str) -> Words:
    """Take a query apart: `"…"` is a phrase, what has a hyphen before it is excluded.

    >>> words_of('đảng uỷ "Phúc Lợi" covid-19').wanted
    [['dang'], ['uy'], ['phuc', 'loi'], ['covid'], ['19']]
    >>> words_of('chợ -hội -"phiên chợ" - NEAR(* "')
    Words(wanted=[['cho'], ['near']], excluded=[['hoi'], ['phien', 'cho']])
    """
    found = Words([], [])
    folded = fold(query[:_LONGEST])
    for term in _TERM.finditer(folded):
        quoted, plain = term["quoted"] or term["joined"], term["plain"]
        words = _WORD.findall(plain or quoted or "")
        begins = term.start() == 0 or folded[term.start() - 1].isspace()
        if term["without"] or (plain and begins and plain.startswith("-")):
            found.excluded.extend([words] if words else [])
        elif quoted:
            found.wanted.extend([words] if words else [])
        else:
            found.wanted.extend([word] for word in words)
    return Words(found.wanted[:_MOST_WORDS], found.excluded[:_MOST_WORDS])


def phrases_of(query: str) -> list[list[str]]:
    """Return the words and phrases that a query asks for."""
    return words_of(query).wanted


def fts_query(query: str, *, titles: bool = False) -> str:
    """Write a query for FTS5: all words, in any order; articles in which they stand side by side weigh more.

    It holds nothing but words in quotation marks; one that asks for none finds nothing. `titles`: in titles alone.

    >>> fts_query("Đảng uỷ"), fts_query("Phúc"), fts_query('")*')
    ('"dang uy" OR ("dang" AND "uy")', '"phuc"', '""')
    >>> fts_query('chợ -"phiên chợ"', titles=True)
    'title : (("cho") NOT ("phien cho"))'
    """
    phrases, excluded = words_of(query)
    found = " AND ".join(map(_quoted, phrases)) or '""'
    if len(phrases) > 1:
        found = f"{_quoted([word for words in phrases for word in words])} OR ({found})"
    if phrases and excluded:
        found = f"({found}) NOT ({' OR '.join(map(_quoted, excluded))})"
    return f"title : ({found})" if titles and phrases else found


def _quoted(words: list[str]) -> str:
    return f'"{" ".join(words)}"'


def marked(text: str, query: str) -> Markup:
    """Return a text as it is, with what a query finds in it marked."""
    found = _found(query)
    return _mark(nfc(text), found) if found else escape(text)


def snippet(text: str, title: str, query: str) -> Markup:
    """Return the part of an article that a query finds, or its beginning, as it was written; what is found is marked.

    `text` is in the sample file format: section, title and header line come before the body.
    """
    return excerpt(" ".join(_body(nfc(text), nfc(title)).split()), query)


def excerpt(body: str, query: str) -> Markup:
    """Return the part of a text of NFC that a query finds, or its beginning, with what is found marked."""
    found = _found(query)
    match = found.search(fold(body)) if found else None
    begin = body.rfind(" ", 0, match.start() - _BEFORE) + 1 if match and match.start() > _SHOWN - _BEFORE else 0
    part = body[begin : begin + _SHOWN]
    if begin + _SHOWN < len(body):
        part = part.rsplit(" ", 1)[0] + " …"
    part = "… " * bool(begin) + part
    return _mark(part, found) if found else escape(part)


def phrases_in(text: str, query: str) -> int:
    """Return how many of the words and phrases of a query a text has."""
    folded = fold(text)
    forms = (r"[\W_]+".join(words) for words in phrases_of(query))
    return sum(bool(re.search(rf"(?<![^\W_])(?:{form})(?![^\W_])", folded)) for form in forms)


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
