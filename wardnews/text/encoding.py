"""Bytes of pages decoded, and letters that show an old or a doubled encoding."""

import codecs
import re

from wardnews.text.language import VIETNAMESE_LETTER
from wardnews.text.strings import nfc

_NAMED_CHARSET = re.compile(
    rb"<(?:meta[^>]{0,200}?charset|\?xml[^>]{0,200}?encoding)\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE
)
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_MEANT = {"x-sjis": "shift_jis", "ascii": "cp1252", "iso8859-1": "cp1252"}
"""What browsers take these names for."""
# UTF-16 is told by its zeros: by its name, any bytes would be.
_OF_THE_WEB = re.compile(
    r"utf-8|cp(?:125\d|866|874|932|949)|iso8859-\d+|iso2022_jp|koi8-[ru]|mac-\w+|gbk|gb2312|gb18030"
    r"|big5|shift_jis|euc_(?:jp|kr)"
)
_MOST_BROKEN, _FEWEST_WHOLE = 0.05, 0.2


def is_utf8(body: bytes) -> bool:
    """Whether bytes are UTF-8 as they stand: without a byte order mark, and not UTF-8 that was encoded again."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not body.startswith(codecs.BOM_UTF8) and b"\0" not in body[:_LOOKED_AT] and not _may_be_doubled(body)


_LOOKED_AT = 400


def decode(body: bytes, declared: str | None = None) -> tuple[str, tuple[str, ...]]:
    r"""Return a page's bytes decoded, and the doubts by name; `declared` is the charset of the HTTP header.

    Bytes that are valid UTF-8 are UTF-8 whatever the header says. UTF-8 with few broken bytes stays UTF-8, with U+FFFD
    for each of them and the flag `encoding_repaired`, and so does UTF-8 that was encoded as UTF-8 once more; in UTF-8
    with many broken bytes these are taken for windows-1258, with the flag `encoding_guessed`. Anything else is read as
    declared, else as windows-1258 with that flag.

    >>> decode("phường".encode(), "iso-8859-1")
    ('phường', ())
    >>> decode("Phúc Lợi".encode() + bytes([255]))
    ('Phúc Lợi\ufffd', ('encoding_repaired',))
    """
    for mark, name in _MARKS.items():
        if body.startswith(mark):
            return _replaced(body[len(mark) :], name)
    if wide := _wide(body):
        return _replaced(body, wide)
    try:
        return _undoubled(body, body.decode("utf-8"))
    except UnicodeDecodeError:
        return _broken(body, declared)


def _broken(body: bytes, declared: str | None) -> tuple[str, tuple[str, ...]]:
    """Return bytes that are no valid UTF-8 decoded, and flags."""
    text = body.decode("utf-8", "replace")
    whole, broken = len(VIETNAMESE_LETTER.findall(text)), text.count("\ufffd")
    if whole and broken <= max(1, whole * _MOST_BROKEN):
        return text, ("encoding_repaired",)
    if whole >= broken * _FEWEST_WHOLE:
        return nfc(body.decode("utf-8", _MIXED)), ("encoding_guessed",)
    meta = _NAMED_CHARSET.search(body[:4096])
    named = [found for name in (declared, meta[1].decode() if meta else None) if (found := _charset(name))]
    for name in (*named, "cp1258"):
        if (decoded := _decoded(body, name)) is not None:
            return nfc(decoded), () if name in named else ("encoding_guessed",)
    return _replaced(body, (*named, "cp1258")[0])


def _charset(name: str | None) -> str | None:
    """Return Python's name of a charset that pages may be in; None for any other word."""
    try:
        found = codecs.lookup(_MEANT.get(name or "", name or "")).name
    except (LookupError, ValueError):  # no such charset, or not even a name
        return None
    found = _MEANT.get(found, found)
    return found if _OF_THE_WEB.fullmatch(found) else None


def _decoded(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except UnicodeDecodeError:
        return None


def _replaced(body: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Return bytes decoded with U+FFFD for what is broken, and a flag where anything is."""
    text = _decoded(body, name)
    return (nfc(body.decode(name, "replace")), ("encoding_repaired",)) if text is None else (nfc(text), ())


def _wide(body: bytes) -> str | None:
    """Return which UTF-16 bytes without a mark are, by where the zeros of their markup stand."""
    start = body[:_LOOKED_AT]
    if b"\0" not in start:
        return None
    high, low = start[::2].count(0), start[1::2].count(0)
    if max(high, low) < 0.2 * len(start) or min(high, low) > 0.1 * max(high, low):
        return None
    return "utf-16-be" if high > low else "utf-16-le"


def _as_windows_1258(error: UnicodeError) -> tuple[str, int]:
    """Return what is no UTF-8 as windows-1258: an error handler of `bytes.decode`."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1258", "replace"), error.end


_MIXED = "wardnews.windows-1258"
codecs.register_error(_MIXED, _as_windows_1258)


_LATIN = {bytes([byte]).decode("cp1252", "ignore") or chr(byte): byte for byte in range(256)}
"""What a byte looks like as windows-1252, by which browsers read latin-1."""
_CONTINUING = "".join({letter for letter, byte in _LATIN.items() if byte in range(0x80, 0xC0)})
_CONTINUED = rf"[\x80-\xbf{re.escape(_CONTINUING)}]"
_DOUBLED = re.compile(rf"[ÃÄÅÆ]{_CONTINUED}|á[º»]{_CONTINUED}")
_FEWEST_DOUBTFUL = 3
_WITHIN_TITLE = 4_096


def _may_be_doubled(body: bytes) -> bool:
    """Whether, at little cost, a page may have been encoded as UTF-8 twice: its title shows it."""
    start = body[:_WITHIN_TITLE]
    return "á»".encode() in start or "áº".encode() in start


def _undoubled(body: bytes, text: str) -> tuple[str, tuple[str, ...]]:
    """Return a text without a second encoding as UTF-8, if all of it has one; right text cannot be decoded again."""
    if not _may_be_doubled(body) or len(_DOUBLED.findall(text)) < _FEWEST_DOUBTFUL:
        return text, ()
    codes = {code: _LATIN.get(chr(code), code) for code in map(ord, set(text))}
    if max(codes.values()) > 0xFF:  # noqa: PLR2004
        return text, ()
    try:
        return nfc(text.translate(codes).encode("latin-1").decode("utf-8")), ("encoding_repaired",)
    except UnicodeDecodeError:
        return text, ()


_LEGACY = (
    # TCVN3, the code of the .VnTime fonts: signs inside of words, đ as ®
    (tuple("®µ¸«"), re.compile(r"(?<=[a-zA-Z])[µ¸¶·¹¨»¾¼½©ª«¬÷](?=[a-zA-Z])|(?<!\w)[®§](?=[^\W\d_¨-¿])")),
    # VNI-Windows: a letter and its mark are two letters, đ is ñ, ư is ö
    (tuple("øöåä"), re.compile(r"[aeouyôö]ø|[aeo][åä]|ö[ôùøûõïu]|ô[ùøûõï]|ñ[aeouôö]", re.IGNORECASE)),
    # windows-1258 read as windows-1252
    (tuple("ÌÒÞð"), re.compile(r"[a-zâêôýõã][ÌÒÞ]|ýõ|[âêôõý][ìò]|ð[aeiouyâêôýõã]")),
    # VIQR: marks as ASCII signs behind their letters
    (("^",), re.compile(r"[aeo]\^[`'?~.]|[ou]\+[`'?~.]|u\+o\+|(?<!\w)dd[aeiou]", re.IGNORECASE)),
)
"""Old ways to write Vietnamese: signs without which there is no text in them, and what only they have."""
_FEWEST_KINDS, _LEAST_DOUBTFUL = 2, 0.01


def doubtful_letters(text: str) -> tuple[str, ...]:
    """Return a flag where letters are of an old encoding (`legacy_encoding`) or encoded twice (`double_encoded`).

    Such text is left as it is: which letters are meant is a guess.

    >>> doubtful_letters("§¶ng ñy ph­êng giao ban c«ng t¸c th¸ng 4"), doubtful_letters("Ñaûng uûy phöôøng Hoa Söõa")
    (('legacy_encoding',), ('legacy_encoding',))
    >>> doubtful_letters("Äáº£ng á»§y phÆ°á»ng"), doubtful_letters("Đảng ủy phường «Hoa Sữa»: 5µm, Viagra®")
    (('double_encoded',), ())
    """
    signs = (pattern for needed, pattern in _LEGACY if any(sign in text for sign in needed))
    legacy = any(_is_in(pattern, text) for pattern in signs)
    doubled = ("á»" in text or "áº" in text) and _is_in(_DOUBLED, text)
    return ("legacy_encoding",) * legacy + ("double_encoded",) * doubled


def _is_in(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a pattern is found in any line of a text more often than by chance."""
    lines = ((line, pattern.findall(line)) for line in text.split("\n"))
    return any(
        len(found) >= _FEWEST_DOUBTFUL
        and len(set(found)) >= _FEWEST_KINDS
        and len(found) >= _LEAST_DOUBTFUL * len(line)
        for line, found in lines
    )
