"""The text of Excel workbooks from before 2007 (XLS): a page a sheet, its name above it, a row a line."""

import io
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

import xlrd

from wardnews.documents.document import Document, Pages, Run
from wardnews.documents.xlsx import shown_number
from wardnews.errors import UnreadableDocument
from wardnews.text.legacy_fonts import legacy_code

_BROKEN = (
    xlrd.XLRDError, xlrd.compdoc.CompDocError, AssertionError, AttributeError, IndexError, KeyError, TypeError,
    ValueError, struct.error,
)  # fmt: skip
"""What xlrd raises for a broken file, and what it meets in one."""


def read_xls(file: BinaryIO) -> Document:
    """Return the text of a workbook."""
    pages = Pages()
    try:
        with xlrd.open_workbook(
            file_contents=file.read(), formatting_info=True, on_demand=True, ragged_rows=True, logfile=io.StringIO()
        ) as book:
            for number in range(book.nsheets):
                if pages.is_full:
                    break
                sheet = book.sheet_by_index(number)
                pages.add(_rows(book, sheet))
                book.unload_sheet(number)
    except _BROKEN as error:
        raise UnreadableDocument("cannot be read as XLS: {error}", error=error or type(error).__name__) from error
    return pages.document("xls")


def _rows(book: Any, sheet: Any) -> Iterator[Run]:
    yield f"{sheet.name}\n", None
    for row in range(sheet.nrows):
        cells = [cell for column in range(sheet.row_len(row)) if (cell := list(_cell(book, sheet, row, column)))]
        for number, cell in enumerate(cells):
            yield (" | " if number else ""), None
            yield from cell
        if cells:
            yield "\n", None


def _cell(book: Any, sheet: Any, row: int, column: int) -> Iterator[Run]:
    """Yield the runs of a cell; a part of its text may be in a font of its own."""
    cell = sheet.cell(row, column)
    if cell.ctype == xlrd.XL_CELL_TEXT and cell.value:
        own = (0, book.xf_list[cell.xf_index].font_index)
        starts = [own, *sheet.rich_text_runlist_map.get((row, column), ())]
        for (start, font), (end, _) in zip(starts, [*starts[1:], (len(cell.value), 0)], strict=True):
            yield cell.value[start:end], legacy_code(book.font_list[font].name)
    elif cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        is_day = cell.ctype == xlrd.XL_CELL_DATE
        yield shown_number(repr(cell.value), is_day=is_day, since_1904=book.datemode == 1), None
    elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
        yield ("TRUE" if cell.value else "FALSE"), None
