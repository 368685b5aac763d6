"""What documents say: every kind that is read, old letters, scans; and why others are not read."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable
from functools import partial
from typing import Literal

import pytest
from PIL import Image

from tests.helpers import documents as made
from tests.helpers.kept_files import picture
from wardnews.documents.document import MOST_LETTERS, Document
from wardnews.documents.read import read
from wardnews.errors import UnreadableDocument

TITLE = "Kế hoạch tuần đọc sách phường Hoa Sữa"
LINES = [TITLE, "Ông Lê Đình Khoai, bà Đỗ Thị Ngưu ký ngày 05/04/2026."]
TCVN3 = "KÕ ho¹ch tuÇn ®äc s¸ch ph\xadêng Hoa S÷a"
VNI = "Keá hoaïch tuaàn ñoïc saùch phöôøng Hoa Söõa"


def said(data: bytes) -> Document:
    return read(io.BytesIO(data))


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_pdf_is_read_by_pages(form: Literal["NFC", "NFD"]) -> None:
    pages = [[unicodedata.normalize(form, line) for line in LINES], ["Phụ lục:\xa0danh sách các tổ"]]
    found = said(made.pdf_with_unicode(pages))
    assert found.pages == ("\n".join(LINES), "Phụ lục: danh sách các tổ")
    assert (found.kind, found.flags) == ("pdf", ())


@pytest.mark.parametrize(
    ("font", "line", "right"),
    [
        ("ABCDEF+.VnTime", TCVN3, TITLE),
        (".VnTimeH", TCVN3, TITLE.upper()),
        ("VNI-Times", VNI, TITLE),
    ],
)
def test_old_letters_of_a_pdf_are_turned_by_the_name_of_their_font(font: str, line: str, right: str) -> None:
    found = said(made.pdf_in_font(font, [line]))
    assert found.pages == (right,)
    assert found.flags == ("legacy_font",)


def test_old_letters_in_a_font_of_another_name_stay_and_are_flagged() -> None:
    found = said(made.pdf_in_font("Arial", [TCVN3]))
    assert found.pages == (TCVN3.replace("\xad", ""),), "what it means is a guess; a soft hyphen is shown by nobody"
    assert found.flags == ("legacy_encoding",)


def test_scans_are_told() -> None:
    assert (said(made.scanned_pdf(3)).flags, said(made.scanned_pdf(3)).pages) == (("scanned",), ("", "", ""))
    assert said(made.scanned_pdf(3, b"Trang bia")).flags == ("partly_scanned",)
    assert said(made.pdf_with_unicode([LINES, []])).flags == (), "an empty page is no scan"


STYLES = '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:rPr><w:rFonts w:ascii=".VnTime" w:hAnsi=".VnTime"/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="Heading1"><w:basedOn w:val="Normal"/></w:style>'
CELL_STYLE = '<style:style style:name="P1" style:family="paragraph"><style:text-properties style:font-name=".VnTime"/></style:style>'
READ = {
    "docx": (
        made.docx(
            made.paragraph(TITLE)
            + "<w:tbl>" + made.docx_row("Tổ 1", "Nguyễn Văn Mộc") + made.docx_row("Tổ 2", "Trần Thị Sương") + "</w:tbl>"
            + made.paragraph("Hà ", ("Nội & Huế", "Times New Roman"))
        ),
        (f"{TITLE}\nTổ 1 | Nguyễn Văn Mộc\nTổ 2 | Trần Thị Sương\nHà Nội & Huế",), (),
    ),
    "docx, TCVN3 in a style and in a run, Unicode beside it": (
        made.docx(made.paragraph(TCVN3, style="Heading1").replace("\xad", "</w:t><w:softHyphen/><w:t>") + made.paragraph(("ñy ban", ".VnTimeH"), (" phường", "Arial")), STYLES),
        (f"{TITLE}\nỦY BAN phường",), ("legacy_font",),
    ),
    "docx, a letter of VNI and its mark in two runs": (
        made.docx(made.paragraph(("Hoa S", "VNI-Times"), ("ö", "VNI-Times"), ("õa", "VNI-Times"))), ("Hoa Sữa",), ("legacy_font",),
    ),
    "docx in Unicode, whose style names a font of TCVN3": (made.docx(made.paragraph(TITLE), STYLES), (TITLE,), ()),
    "xlsx": (
        made.xlsx(
            {
                "Danh sách": '<row><c t="s" s="0"><v>0</v></c><c s="2"><v>46117</v></c><c><v>0.1</v></c></row><row/><row><c t="s" s="1"><v>1</v></c></row>',
                "Tờ 2": '<row><c t="inlineStr"><is><t>Hết</t></is></c><c t="b"><v>1</v></c></row>',
            },
            ["<t>Tổ dân phố</t>", f"<t>{TCVN3}</t>"], ["Arial", ".VnArial"],
        ),
        (f"Danh sách\nTổ dân phố | 05/04/2026 | 0.1\n{TITLE}", "Tờ 2\nHết | TRUE"), ("legacy_font",),
    ),
    "odt": (
        made.opendocument(
            "text",
            f'<text:h>{TITLE}</text:h><text:p text:style-name="P1">{TCVN3}</text:p><table:table><table:table-row><table:table-cell><text:p>Một</text:p></table:table-cell><table:table-cell><text:p>Hai<text:s/>ba</text:p></table:table-cell></table:table-row></table:table>',
            CELL_STYLE,
        ),
        (f"{TITLE}\n{TITLE}\nMột | Hai ba",), ("legacy_font",),
    ),
    "ods": (
        made.opendocument("spreadsheet", "".join(f'<table:table table:name="{name}"><table:table-row><table:table-cell><text:p>{name} xã</text:p></table:table-cell><table:table-cell/></table:table-row></table:table>' for name in ("Đầu", "Cuối"))),
        ("Đầu\nĐầu xã", "Cuối\nCuối xã"), (),
    ),
    "doc, letters of a byte, TCVN3 in its style": (
        made.doc([(TCVN3.replace("\xad", "\x1f") + "\r", None), ("Tel 1\x07Tel 2\x07\x07", 1), ("\x13 PAGE \x142\x15\r", 1)], [".VnTime", "Arial"]),
        (f"{TITLE}\nTel 1 | Tel 2\n2",), ("legacy_font",),
    ),
    "doc in Unicode": (made.doc([(f"{line}\r", 0) for line in LINES], ["Times New Roman"], wide=True), ("\n".join(LINES),), ()),
    "xls": (made.xls("Trang 1", [["Tổ", TCVN3], [46117.0]], ".VnTime"), (f"Trang 1\nTổ | {TITLE}\n05/04/2026",), ("legacy_font",)),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_a_document_is_read(name: str) -> None:
    data, pages, flags = READ[name]
    found = said(data)
    assert found.pages == pages
    assert (found.kind, found.flags) == (name.split(",", maxsplit=1)[0].split(maxsplit=1)[0], flags)


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGBA"), ("WEBP", "RGB"), ("GIF", "P"), ("PNG", "1")]
)
def test_a_picture_has_a_thumbnail(kind: str, mode: str) -> None:
    found = said(picture(kind, mode=mode))
    assert found.thumbnail
    with Image.open(io.BytesIO(found.thumbnail)) as small:
        assert (small.format, small.size) == ("JPEG", (320, 213))


def test_a_long_document_is_cut() -> None:
    found = said(made.docx(made.paragraph("đọc sách " * (MOST_LETTERS // 8))))
    assert found.flags == ("cut",)
    assert len(found.pages[0]) <= MOST_LETTERS


def billion_laughs() -> bytes:
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    return made.docx(made.paragraph("&i;").replace("&amp;", "&"), head=f"<!DOCTYPE w [{entities}]>")


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a page of HTML under .pdf": (lambda: b"<!DOCTYPE html><p>Trang", "text/html"),
    "RTF": (lambda: b"{\\rtf1 a}", "application/rtf"),
    "an SVG": (lambda: b'<?xml version="1.0"?><svg onload="x()"/>', "image/svg"),
    "nothing": (lambda: b"", "x-empty"),
    "a ZIP of anything": (lambda: made.zipped({"../../etc/x": "x"}), "application/zip"),
    "a torn DOCX": (lambda: made.docx(made.paragraph(TITLE))[:-200], "ZIP"),
    "a PDF that breaks off at once": (lambda: b"%PDF-1.7\n1 0 obj\n<<", "as PDF"),
    "an XLS that breaks off": (lambda: made.ole({"Workbook": b"\x09\x08\x10\0\0\x06\x05\0"}), "as XLS"),
    "a DOC that refers to nothing": (lambda: made.ole({"WordDocument": b"\xec\xa5\xc1\0" + bytes(3000), "0Table": b"x"}), "table of pieces|broken"),
    "a DOC that is locked": (lambda: made.ole({"WordDocument": b"\xec\xa5\xc1\0".ljust(10, b"\0") + b"\0\1" + bytes(3000)}), "password"),
    "a DOCX that is locked": (lambda: made.ole({"EncryptedPackage": bytes(5000)}), "password"),
    "an OLE file without an end": (lambda: made.ole({"WordDocument": bytes(5000)})[:700], "OLE"),
    "a billion laughs": (billion_laughs, "document type"),
    "elements within elements": (lambda: made.docx("<w:p>" * 5000), "elements within"),
    "a tag without an end": (lambda: made.docx("<w:p " + "a" * (20 << 20)), "without an end"),
    "a picture of too many pixels": (partial(picture, "PNG", (8000, 8000), "1"), "8000 by 8000"),
    "a picture that says it is enormous": (lambda: picture("PNG").replace(b"IHDR\0\0\x03\x84\0\0\x02\x58", b"IHDR\0\x0f\0\0\0\x0f\0\0"), "thumbnail"),
    "a picture that breaks off": (lambda: picture("JPEG")[:300], "thumbnail"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_why_a_document_is_not_read_is_said(name: str) -> None:
    make, cause = REFUSED[name]
    with pytest.raises(UnreadableDocument, match=cause):
        said(make())
