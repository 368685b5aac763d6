"""Documents of the tests' own making, byte by byte: what writes them knows nothing of what reads them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from xml.sax.saxutils import escape

# --- PDF -----------------------------------------------------------------------------------------------------


def pdf(objects: list[bytes], root: int = 1) -> bytes:
    """Return a PDF of objects, which are numbered from 1; the first one is the catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, start)
    return bytes(out)


def stream(content: bytes, more: bytes = b"", *, packed: bool = True) -> bytes:
    data = zlib.compress(content, 9) if packed else content
    filters = b"/Filter /FlateDecode " if packed else b""
    return b"<< /Length %d %b%b >>\nstream\n%b\nendstream" % (len(data), filters, more, data)


def _pages(contents: list[bytes], fonts: bytes, more: list[bytes]) -> bytes:
    """Return a PDF of pages with the same resources; `more` are the objects behind these, the first one is 3."""
    first = 3 + len(more)
    kids = b" ".join(b"%d 0 R" % (first + 2 * number) for number in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, len(contents)),
        *more,
    ]
    for number, content in enumerate(contents):
        page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << %b >> /Contents %d 0 R >>"
        objects += [page % (fonts, first + 2 * number + 1), stream(content)]
    return pdf(objects)


def pdf_with_unicode(pages: list[list[str]]) -> bytes:
    """Return a PDF of lines in a font of glyphs, whose letters a map to Unicode says; tone marks are glyphs of their own."""
    letters = sorted({letter for page in pages for line in page for letter in line})
    codes = {letter: number for number, letter in enumerate(letters, start=1)}
    rows = "\n".join(f"<{codes[letter]:04x}> <{letter.encode('utf-16-be').hex()}>" for letter in letters)
    mapped = f"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n1 begincodespacerange <0000> <ffff> endcodespacerange\n{len(letters)} beginbfchar\n{rows}\nendbfchar endcmap end end"
    widths = b" ".join(b"500" for _ in letters)
    contents = []
    for page in pages:
        shown = [
            b"1 0 0 1 50 %d Tm <%b> Tj"
            % (780 - 20 * number, "".join(f"{codes[letter]:04x}" for letter in line).encode())
            for number, line in enumerate(page)
        ]
        contents.append(b"BT /F1 12 Tf\n%b\nET" % b"\n".join(shown))
    more = [
        b"<< /Type /Font /Subtype /Type0 /BaseFont /AAAAAA+MadeUp /Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 5 0 R >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /AAAAAA+MadeUp /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 500 /W [1 [%b]] >>"
        % widths,
        stream(mapped.encode()),
    ]
    return _pages(contents, b"/Font << /F1 3 0 R >>", more)


def pdf_in_font(font: str, lines: list[str]) -> bytes:
    """Return a PDF of one page in a font that has the letters of windows-1252 by name, whatever they look like."""
    shown = [
        b"1 0 0 1 50 %d Tm (%b) Tj"
        % (
            780 - 20 * number,
            line.encode("latin-1").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)"),
        )
        for number, line in enumerate(lines)
    ]
    more = [b"<< /Type /Font /Subtype /TrueType /BaseFont /%b /Encoding /WinAnsiEncoding >>" % font.encode()]
    return _pages([b"BT /F1 12 Tf\n%b\nET" % b"\n".join(shown)], b"/Font << /F1 3 0 R >>", more)


def scanned_pdf(pages: int, text: bytes = b"") -> bytes:
    """Return a PDF of pages that show a picture; the first one has a line of text where one is given."""
    more = [
        stream(
            b"\xff" * 64,
            b"/Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8",
        ),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    contents = [b"q 595 0 0 842 0 0 cm /Im1 Do Q"] * pages
    if text:
        contents[0] = b"BT /F1 12 Tf 50 700 Td (%b) Tj ET" % text
    return _pages(contents, b"/XObject << /Im1 3 0 R >> /Font << /F1 4 0 R >>", more)


# --- OOXML and OpenDocument ----------------------------------------------------------------------------------

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'


def zipped(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in parts.items():
            file.writestr(name, part, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def docx(body: str, styles: str = "", *, head: str = "", more: dict[str, str | bytes] | None = None) -> bytes:
    """Return a DOCX with a body of WordprocessingML; `head` stands before its root element."""
    main = '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    return zipped(
        {
            "[Content_Types].xml": _TYPES.format(main),
            "word/document.xml": f"{head}<w:document {_W}><w:body>{body}</w:body></w:document>",
            "word/styles.xml": f"<w:styles {_W}>{styles}</w:styles>",
            **(more or {}),
        }
    )


def paragraph(*runs: str | tuple[str, str], style: str = "") -> str:
    """Return a paragraph of WordprocessingML; a run in a font of its own is (text, font)."""
    own = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{own}{''.join(map(_run, runs))}</w:p>"


def _run(run: str | tuple[str, str]) -> str:
    text, font = run if isinstance(run, tuple) else (run, "")
    own = f'<w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}"/></w:rPr>' if font else ""
    return f'<w:r>{own}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def docx_row(*cells: str) -> str:
    return "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in cells) + "</w:tr>"


def xlsx(sheets: dict[str, str], strings: list[str], fonts: list[str]) -> bytes:
    """Return an XLSX of sheets as SpreadsheetML's rows; cell format N is in font N, the one behind them shows days."""
    ns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    names = "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(sheets, 1))
    relations = "".join(
        f'<Relationship Id="rId{n}" Target="worksheets/sheet{n}.xml"/>' for n, _ in enumerate(sheets, 1)
    )
    formats = "".join(f'<xf numFmtId="0" fontId="{n}"/>' for n in range(len(fonts))) + '<xf numFmtId="165" fontId="0"/>'
    named = "".join(f'<font><sz val="11"/><name val="{font}"/></font>' for font in fonts)
    return zipped(
        {
            "[Content_Types].xml": _TYPES.format(""),
            "xl/workbook.xml": f"<workbook {ns}><sheets>{names}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f"<Relationships>{relations}</Relationships>",
            "xl/sharedStrings.xml": f"<sst {ns}>{''.join(f'<si>{one}</si>' for one in strings)}</sst>",
            "xl/styles.xml": f'<styleSheet {ns}><numFmts><numFmt numFmtId="165" formatCode="dd\\/mm\\/yyyy"/></numFmts><fonts>{named}</fonts><cellXfs>{formats}</cellXfs></styleSheet>',
            **{
                f"xl/worksheets/sheet{n}.xml": f"<worksheet {ns}><sheetData>{rows}</sheetData></worksheet>"
                for n, rows in enumerate(sheets.values(), 1)
            },
        }
    )


_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_ODF_SPACES = " ".join(f'xmlns:{name}="{_ODF}:{uri}"' for name, uri in (("office", "office:1.0"), ("text", "text:1.0"), ("table", "table:1.0"), ("style", "style:1.0"), ("svg", "svg-compatible:1.0")))  # fmt: skip


def opendocument(kind: str, body: str, styles: str = "") -> bytes:
    """Return an ODT (`text`) or ODS (`spreadsheet`)."""
    content = f"<office:document-content {_ODF_SPACES}><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    return zipped({"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": content})


# --- OLE: DOC and XLS ----------------------------------------------------------------------------------------

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def ole(streams: dict[str, bytes]) -> bytes:
    """Return an OLE file of streams, each long enough to lie in sectors of its own."""
    bodies = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    table: list[int] = []
    sectors = bytearray()

    def put(data: bytes) -> int:
        first, count = len(table), -(-len(data) // _SECTOR)
        table.extend([*range(first + 1, first + count), _END])
        sectors.extend(data.ljust(count * _SECTOR, b"\0"))
        return first

    starts = {name: put(data) for name, data in bodies.items()}
    entries = [_entry("Root Entry", 5, 1, _END, 0)]
    entries += [
        _entry(name, 2, _FREE, starts[name], len(data), number + 2 if number + 1 < len(bodies) else _FREE)
        for number, (name, data) in enumerate(bodies.items())
    ]
    directory = put(b"".join(entries).ljust(_SECTOR, b"\0"))
    count = -(-(len(table) + 8) // 128)
    fat = list(range(len(table), len(table) + count))
    table += [_FAT] * count
    sectors += struct.pack(f"<{128 * count}I", *table, *[_FREE] * (128 * count - len(table)))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, count, directory, 0, 4096, _END, 0, _END, 0)
    return head + struct.pack("<109I", *fat, *[_FREE] * (109 - count)) + bytes(sectors)


def _entry(name: str, kind: int, child: int, start: int, size: int, right: int = _FREE) -> bytes:
    letters = name.encode("utf-16-le") + b"\0\0"
    return struct.pack("<64sHBBIII16xI16xIQ", letters, len(letters), kind, 1, _FREE, right, child, 0, start, size)


def doc(runs: list[tuple[str, int | None]], fonts: list[str], *, style_font: int = 0, wide: bool = False) -> bytes:
    """Return a DOC of runs of text, each in a font by its number or in that of its style; lines end with \\r."""
    text = "".join(run for run, _ in runs)
    size = 2 if wide else 1
    begin = 0x400
    body = text.encode("utf-16-le") if wide else text.encode("cp1252")
    page_at = (begin + len(body) + 511) // 512 + 1
    word = bytearray(page_at * 512 + 1024)
    struct.pack_into("<HH", word, 0, 0xA5EC, 0xC1)
    struct.pack_into("<H", word, 0x0A, 0x0200)
    struct.pack_into("<2I", word, 0x4C, len(text), 0)
    word[begin : begin + len(body)] = body
    # a page of the text's properties, and one of the paragraphs'
    place, at, places, offsets = begin, 500, [begin], []
    page = word
    for run, font in runs:
        place += len(run) * size
        places.append(place)
        if font is None:
            offsets.append(0)
            continue
        at -= 6
        page[page_at * 512 + at : page_at * 512 + at + 5] = struct.pack("<BHH", 4, 0x4A51, font)
        offsets.append(at // 2)
    struct.pack_into(f"<{len(places)}I", page, page_at * 512, *places)
    page[page_at * 512 + 4 * len(places) : page_at * 512 + 4 * len(places) + len(offsets)] = bytes(offsets)
    page[page_at * 512 + 511] = len(runs)
    paragraphs = (page_at + 1) * 512
    struct.pack_into("<2I", page, paragraphs, begin, place)
    page[paragraphs + 8] = 100  # where its properties are, in pairs of bytes
    page[paragraphs + 200 : paragraphs + 204] = struct.pack("<BBH", 0, 1, 0)
    page[paragraphs + 511] = 1
    table = bytearray()

    def put(slot: int, part: bytes) -> None:
        struct.pack_into("<2I", word, slot, len(table), len(part))
        table.extend(part)

    pieces = struct.pack("<2I", 0, len(text)) + struct.pack("<HIH", 0, begin if wide else begin * 2 | 1 << 30, 0)
    put(0x1A2, b"\x02" + struct.pack("<I", len(pieces)) + pieces)
    put(0xFA, struct.pack("<3I", begin, place, page_at))
    put(0x102, struct.pack("<3I", begin, place, page_at + 1))
    named = b"".join(_doc_font(font) for font in fonts)
    put(0x112, struct.pack("<2H", len(fonts), 0) + named)
    put(0xA2, _doc_styles(style_font))
    return ole({"WordDocument": bytes(word), "1Table": bytes(table)})


def _doc_font(name: str) -> bytes:
    data = bytes(39) + name.encode("utf-16-le") + b"\0\0"
    return bytes([len(data)]) + data


def _doc_styles(font: int) -> bytes:
    """Return a style sheet of one style of paragraphs, `Normal`, in a font."""
    name = struct.pack("<H", 6) + "Normal".encode("utf-16-le") + b"\0\0"
    properties = struct.pack("<HH", 0x4A51, font)
    style = (
        struct.pack("<5H", 0, 0xFFF << 4 | 1, 2, 0, 0)
        + name
        + struct.pack("<HH", 2, 0)
        + struct.pack("<H", 4)
        + properties
    )
    head = struct.pack("<9H", 1, 10, 1, 0, 0, 0, 0, 0, 0)
    return struct.pack("<H", len(head)) + head + struct.pack("<H", len(style)) + style


def xls(name: str, rows: list[list[str | float]], font: str) -> bytes:
    """Return an XLS of one sheet, all of whose cells are in one font; a number is shown as a day."""

    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def string(text: str) -> bytes:
        return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")

    fonts = record(
        0x31,
        struct.pack("<HHHHHBBBBB", 220, 0, 0x7FFF, 400, 0, 0, 0, 0, 0, len(font)) + b"\1" + font.encode("utf-16-le"),
    )
    xf = record(0xE0, struct.pack("<HHH", 0, 14, 1) + bytes(14))
    strings = [cell for row in rows for cell in row if isinstance(cell, str)]
    sst = record(0xFC, struct.pack("<II", len(strings), len(strings)) + b"".join(map(string, strings)))
    bof = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 1997, 0, 6))
    globals_before = bof + record(0x42, struct.pack("<H", 1200)) + fonts * 4 + xf * 16
    sheet_name = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    place = len(globals_before) + 4 + 6 + len(sheet_name) + len(sst) + 4
    sheet = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 1997, 0, 6))
    number = 0
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if isinstance(cell, str):
                sheet += record(0xFD, struct.pack("<HHHI", y, x, 15, number))
                number += 1
            else:
                sheet += record(0x203, struct.pack("<HHHd", y, x, 15, cell))
    sheet += record(0x0A, b"")
    book = globals_before + record(0x85, struct.pack("<IH", place, 0) + sheet_name) + sst + record(0x0A, b"") + sheet
    return ole({"Workbook": book})
