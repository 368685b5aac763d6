"""What bytes a portal may send, and what must be read from them: the exact text, or a flag."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from scrapy.http import Response

from wardnews.items import Article, json_line
from wardnews.reading.page import raw_article
from wardnews.reading.stages import finish
from wardnews.spiders.common import parse
from wardnews.text.encoding import decode, doubtful_letters

URL = "https://hoasua.example.vn/tin-tuc/giao-ban-12.html"
TITLE = "Đảng ủy phường Hoa Sữa giao ban công tác tháng 4"
BODY = "Sáng 5/4, ông Nguyễn Văn Mực, Bí thư Đảng ủy, nói: “Việc gì cũng phải xong đúng hẹn”, rồi kết thúc hội nghị."
TONES = "\u0300\u0301\u0303\u0309\u0323"
REPAIRED, GUESSED, LEGACY, DOUBLED = "encoding_repaired", "encoding_guessed", "legacy_encoding", "double_encoded"
OF_ENCODING = {REPAIRED, GUESSED, LEGACY, DOUBLED}


def page(title: str = TITLE, body: str = BODY, meta: str = "") -> str:
    return (
        f"<html><head>{meta}<title>{title}</title></head><body><h1>{title}</h1>"
        f"<div class='date'>05/04/2021 17:15</div><div class='content'><p>{body}</p></div></body></html>"
    )


def read(body: bytes, content_type: str = "text/html") -> Article:
    response = Response(URL, headers={"Content-Type": content_type}, body=body)
    return finish(raw_article(parse(response), {}, "live"), {})


def windows_1258(text: str) -> bytes:
    """Encode as Windows does: vowels with their own marks are letters, tones are letters behind them."""
    parts = []
    for letter in text:
        marks = unicodedata.normalize("NFD", letter)
        base = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in TONES))
        parts.append(base + "".join(mark for mark in marks if mark in TONES))
    return "".join(parts).encode("cp1258")


def named(charset: str) -> str:
    return f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'


def doubled(text: str, charset: str) -> bytes:
    """Encode as UTF-8, take the bytes for letters, and encode these."""
    return "".join(bytes([byte]).decode(charset, "ignore") or chr(byte) for byte in text.encode()).encode()


HTML = "text/html; charset="
UTF8 = page().encode()


@pytest.mark.parametrize(
    ("body", "content_type", "flags"),
    [
        pytest.param(UTF8, HTML + "utf-8", set(), id="UTF-8 by the header"),
        pytest.param(page(meta=named("utf-8")).encode(), "text/html", set(), id="UTF-8 by the page"),
        pytest.param(UTF8, "text/html", set(), id="UTF-8 that nothing names"),
        pytest.param(UTF8, "", set(), id="no Content-Type"),
        pytest.param(b"\xef\xbb\xbf" + UTF8, "text/html", set(), id="UTF-8 with a mark"),
        pytest.param(b"\xef\xbb\xbf" + UTF8, HTML + "windows-1258", set(), id="UTF-8 with a mark, another named"),
        pytest.param(UTF8, HTML + "iso-8859-1", set(), id="UTF-8 called latin-1"),
        pytest.param(page(meta=named("utf-8")).encode(), HTML + "windows-1252", set(), id="UTF-8 called two names"),
        pytest.param(page(meta=named("windows-1258")).encode(), "text/html", set(), id="UTF-8 called windows-1258"),
        pytest.param(windows_1258(page()), HTML + "windows-1258", set(), id="windows-1258 by the header"),
        pytest.param(windows_1258(page(meta=named("windows-1258"))), "text/html", set(), id="windows-1258 by the page"),
        pytest.param(windows_1258(page()), "text/html", {GUESSED}, id="windows-1258 that nothing names"),
        pytest.param(windows_1258(page()), HTML + "utf-8", {GUESSED}, id="windows-1258 called UTF-8"),
        pytest.param(unicodedata.normalize("NFD", page()).encode(), HTML + "utf-8", set(), id="NFD"),
        pytest.param(page().encode("utf-16"), "text/html", set(), id="UTF-16 with a mark"),
        pytest.param(b"\xfe\xff" + page().encode("utf-16-be"), "text/html", set(), id="UTF-16 BE with a mark"),
        pytest.param(page().encode("utf-16-le"), HTML + "utf-16", set(), id="UTF-16 LE by the header"),
        pytest.param(page().encode("utf-16-be"), HTML + "utf-16be", set(), id="UTF-16 BE by the header"),
        pytest.param(page().encode("utf-16-le"), "text/html", set(), id="UTF-16 LE that nothing names"),
        pytest.param(page().encode("utf-16-be"), HTML + "utf-8", set(), id="UTF-16 BE called UTF-8"),
        pytest.param(doubled(page(), "cp1252"), HTML + "utf-8", {REPAIRED}, id="UTF-8 twice, by windows-1252"),
        pytest.param(doubled(page(), "latin-1"), "text/html", {REPAIRED}, id="UTF-8 twice, by latin-1"),
        pytest.param(
            page().encode() + windows_1258("<footer>Cổng thông tin phường Hoa Sữa</footer>"),
            HTML + "utf-8",
            {GUESSED},
            id="UTF-8 with a part in windows-1258",
        ),
        pytest.param(page().encode("ascii", "xmlcharrefreplace"), "text/html", set(), id="numbered entities"),
        *(
            pytest.param(UTF8, HTML + name, set(), id=f"UTF-8 called {name!r}")
            for name in ("utf8", "'UTF-8'", "unicode", "x-sjis", "none", "hex", "punycode", "idna", "", "é" * 99)
        ),
        *(
            pytest.param(windows_1258(page()), HTML + name, {GUESSED}, id=f"windows-1258 called {name!r}")
            for name in ("unicode", "utf-16", "utf-7", "none", "rot13", "unicode_escape", "idna", "punycode", "\0", "")
        ),
    ],
)
def test_the_exact_text_is_read(body: bytes, content_type: str, flags: set[str]) -> None:
    article = read(body, content_type)
    assert (article.title, article.paragraphs) == (TITLE, [BODY])
    assert OF_ENCODING.intersection(article.flags) == flags


@pytest.mark.parametrize("content_type", ["text/html", HTML + "utf-8", HTML + "iso-8859-1"])
def test_one_broken_byte_costs_one_letter(content_type: str) -> None:
    article = read(UTF8.replace("hội nghị".encode(), "hội nghị".encode()[:-1]), content_type)
    assert article.title == TITLE
    assert article.paragraphs == [BODY.replace("hội nghị", "hội ngh\ufffd")]
    assert REPAIRED in article.flags


def test_a_broken_byte_behind_a_mark_is_flagged() -> None:
    assert REPAIRED in read(b"\xef\xbb\xbf" + UTF8.replace("ộ".encode(), b"\xff")).flags


def test_a_page_cut_within_a_letter_loses_that_letter() -> None:
    whole = UTF8[: UTF8.rindex("ị".encode()) + 1]
    article = read(whole)
    assert article.title == TITLE
    assert article.paragraphs == [BODY[: BODY.rindex("ị")] + "\ufffd"]
    assert REPAIRED in article.flags


def test_a_byte_that_windows_1258_lacks_costs_one_letter() -> None:
    article = read(windows_1258(page()).replace(b"Vi\xea", b"Vi\x8d"), HTML + "windows-1258")
    assert article.title == TITLE
    assert REPAIRED in article.flags


TCVN3 = ("§¶ng ñy ph­êng Hoa S÷a giao ban c«ng t¸c th¸ng 4", "S¸ng 5/4, §¶ng ñy ph­êng giao ban c«ng t¸c víi c¸c chi bé.")
VNI = (
    "Ñaûng uûy phöôøng Hoa Söõa giao ban coâng taùc thaùng 4",
    "Saùng 5/4, Ñaûng uûy phöôøng giao ban coâng taùc vôùi caùc chi boä.",
)
VIQR = (
    "DDa?ng u?y phu+o+`ng Hoa Su+~a giao ban co^ng ta'c tha'ng 4",
    "Sa'ng 5/4, DDa?ng u?y phu+o+`ng giao ban co^ng ta'c vo+'i ca'c chi bo^..",
)


@pytest.mark.parametrize("written", [TCVN3, VNI, VIQR], ids=["TCVN3", "VNI", "VIQR"])
@pytest.mark.parametrize(
    ("charset", "content_type"),
    [
        ("utf-8", HTML + "utf-8"),
        ("latin-1", HTML + "iso-8859-1"),
        ("latin-1", HTML + "windows-1252"),
        ("ascii", "text/html"),
    ],
)
def test_an_old_encoding_is_flagged_and_left_as_it_is(
    written: tuple[str, str], charset: str, content_type: str
) -> None:
    article = read(page(*written).encode(charset, "xmlcharrefreplace"), content_type)
    assert (article.title, article.paragraphs) == (written[0], [written[1]])
    assert LEGACY in article.flags


@pytest.mark.parametrize("written", [TCVN3, VNI], ids=["TCVN3", "VNI"])
def test_an_old_encoding_that_nothing_names_is_flagged(written: tuple[str, str]) -> None:
    assert OF_ENCODING.intersection(read(page(*written).encode("latin-1")).flags)


def test_one_paragraph_of_an_old_font_is_flagged() -> None:
    written = page(body=f"{BODY}</p><p><font face='.VnTime'>{TCVN3[1]}</font>")
    assert LEGACY in read(written.encode(), HTML + "utf-8").flags


def test_windows_1258_called_latin_1_is_flagged() -> None:
    assert LEGACY in read(windows_1258(page()), HTML + "iso-8859-1").flags


def test_a_paragraph_encoded_twice_among_others_is_flagged() -> None:
    twice = doubled(BODY, "cp1252").decode()
    article = read(page(body=f"{BODY}</p><p>{twice}").encode(), HTML + "utf-8")
    assert article.paragraphs[0] == BODY
    assert DOUBLED in article.flags


RIGHT = {
    "Vietnamese": BODY + " Bà Má» nói: «Quá đúng», võ đường Hoà Bình, 5 µm, 20 m², § 4, Viagra®, ý kiến, thuỷ điện.",
    "English": "The caf\u00e9\u2019s na\u00efve r\u00e9sum\u00e9 of \u00a7 5 of the law \u00ae said: C++ and a^2 + b^2 = c^2; o+ o-.",
    "French": "Noël à Hanoï : où le maïs goûté en août, cœur naïf, ambiguë poésie des poètes, « déjà vu » à Phú Thọ.",
    "German": "Die größten Bäume über dem Fluß, beäugt von Möwen, gehören zu den schönsten Straßen Österreichs.",
    "Spanish": "El niño señaló mañana la montaña española y otoño, y el año pasado pequeños dueños.",
}


@pytest.mark.parametrize("language", RIGHT)
def test_right_text_is_neither_flagged_nor_changed(language: str) -> None:
    article = read(page(body=RIGHT[language]).encode(), HTML + "utf-8")
    assert article.paragraphs == [RIGHT[language]]
    assert not OF_ENCODING.intersection(article.flags)


def test_no_page_of_the_tests_is_flagged() -> None:
    pages = [*Path(__file__).parents[1].glob("pages/*/*.html"), *Path(__file__).parents[1].glob("quality/**/*.html")]
    assert len(pages) > 200
    assert not [page for page in pages if doubtful_letters(page.read_text(encoding="utf-8", errors="replace"))]


def test_entities_mean_what_browsers_take_them_for() -> None:
    body = "L&ecirc; Th&#7883; M&acirc;y &#150; &#8220;x&#x1ED9;ng&#148; &#128; " + BODY
    article = read(page(body=body).encode(), "text/html")
    assert article.paragraphs == ["Lê Thị Mây – “xộng” € " + BODY]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("phư\u200bờng", "phư\u200bờng"),
        ("\u202ephường\u202c", "\u202ephường\u202c"),
        ("phư&shy;ờng", "phư\u00adờng"),
        ("phư\ufffdng", "phư\ufffdng"),
        ("phư&#xD800;ng", "phư\ufffdng"),
        ("phư&#0;ng", "phư\ufffdng"),
        ("phư&#x110000;ng", "phư\ufffdng"),
        ("phư\u2028ng", "phư ng"),
        ("phư&#x1F600;ng", "phư😀ng"),
    ],
)
def test_odd_characters_are_kept_and_can_be_written(written: str, kept: str) -> None:
    article = read(page(body=f"{BODY} {written}").encode(), HTML + "utf-8")
    assert article.paragraphs == [f"{BODY} {kept}"]
    line = json_line(article).encode().decode()
    assert json.loads(line)["paragraphs"] == article.paragraphs
    assert "\n" not in line.rstrip("\n")


def test_a_zero_byte_costs_no_letter() -> None:
    assert "Mực" in read(UTF8.replace("Mực".encode(), "M\0ực".encode())).paragraphs[0].replace("\ufffd", "")


def test_half_a_character_in_a_string_is_replaced() -> None:
    from wardnews import read as read_string

    article = read_string(page(body=f"{BODY} \ud800"), URL)
    assert article.paragraphs == [f"{BODY} \ufffd"]


@pytest.mark.parametrize(
    ("body", "declared", "expected", "flags"),
    [
        ("Phúc Lợi".encode(), None, "Phúc Lợi", ()),
        ("Phúc Lợi".encode(), "iso-8859-1", "Phúc Lợi", ()),
        ("\ufeffPhúc Lợi".encode(), "windows-1258", "Phúc Lợi", ()),
        ("Phúc Lợi".encode("utf-16"), None, "Phúc Lợi", ()),
        ("Đảng ủy phường Phúc Lợi".encode() + b"\xff", None, "Đảng ủy phường Phúc Lợi\ufffd", ("encoding_repaired",)),
        (unicodedata.normalize("NFC", "hà nội").replace("ộ", "ô\u0323").encode("cp1258"), "windows-1258", "hà nội", ()),
        (b'<meta charset="windows-1258">la\xf2', None, '<meta charset="windows-1258">lạ', ()),
        ("café".encode("latin-1"), "no-such-charset", "café", ("encoding_guessed",)),
    ],
)
def test_decode(body: bytes, declared: str | None, expected: str, flags: tuple[str, ...]) -> None:
    assert decode(body, declared) == (expected, flags)
