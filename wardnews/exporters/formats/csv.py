"""A table for spreadsheets: CSV, one row an article."""

import csv
import json
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any

from wardnews.exporters.columns import Column, table_columns, with_day
from wardnews.exporters.formats import Format
from wardnews.exporters.package import resource

BOM = "\ufeff"
"""Without it Excel takes UTF-8 for the Windows code page."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "'")


def flat_columns() -> Iterator[Column]:
    """Yield the columns of the table: of a part one for each of its fields, as in `ward_name` and `ward_code`."""
    for column in table_columns():
        if column.kind == "part":
            for part in column.parts:
                yield Column(f"{column.name}_{part.name}", part.kind, f"{column.description}: {part.description}")
        else:
            yield column


def as_csv(lines: Iterable[str]) -> Iterator[str]:
    """Yield the table as in RFC 4180: a header, then a row for each JSON line; the unknown is an empty cell.

    A list of strings is one cell with a line for each, a list of parts one with their JSON.
    """
    yield header()
    yield from rows(lines)


def header() -> str:
    """Return what a file of the table begins with."""
    return BOM + ",".join(column.name for column in flat_columns()) + "\r\n"


def rows(lines: Iterable[str]) -> Iterator[str]:
    """Yield the rows of JSON lines."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    known = table_columns()
    for line in lines:
        buffer.seek(0)
        buffer.truncate()
        record = with_day(json.loads(line))
        writer.writerow([cell for column in known for cell in _cells(column, record[column.name])])
        yield buffer.getvalue()


def _cells(column: Column, value: Any) -> Iterator[Any]:
    if column.kind == "part":
        for part in column.parts:
            yield from _cells(part, value and value[part.name])
    elif column.kind == "texts":
        yield harmless("\n".join(value))
    elif column.kind == "parts":
        yield json.dumps(value, ensure_ascii=False) if value else ""
    else:
        yield harmless(value) if isinstance(value, str) else value


def harmless(text: str) -> str:
    """Return a text with an apostrophe before what a spreadsheet would run as a formula, and before an apostrophe.

    The danger and the mend are those of OWASP's page on CSV injection.

    >>> harmless("=HYPERLINK(A1)"), harmless("- Tổ 1"), harmless("'Sông Hồng'"), harmless("Tổ 1 - 2")
    ("'=HYPERLINK(A1)", "'- Tổ 1", "''Sông Hồng'", 'Tổ 1 - 2')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


FORMAT = Format(
    pieces=lambda lines, _sites: as_csv(lines), table=lambda name: resource(name, "csv", flat_columns(), flat=True)
)
