"""The columns of a table of records, from the record's own declaration."""

from dataclasses import dataclass, fields, is_dataclass
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from wardnews.items import Article

Kind = Literal["text", "number", "day", "time", "texts", "part", "parts"]
DAY = "published_date"
"""The one column that no record has: the day of `published`, which is a time where the page gives one."""
_TIMES = ("crawled_at", "first_seen")
_KINDS: dict[Any, Kind] = {str: "text", int: "number", list[str]: "texts"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `parts` are those of a part, or of each in a list of parts."""

    name: str
    kind: Kind
    description: str
    parts: tuple["Column", ...] = ()


def columns(of: type = Article) -> list[Column]:
    """Return the columns of records, or of a part of them, in the order of the JSON line."""
    hints = get_type_hints(of)
    found = []
    for one in fields(of):
        kind, parts = ("time", ()) if one.name in _TIMES else _kind(hints[one.name])
        found.append(Column(one.name, kind, one.metadata["json_schema_extra"]["description"], parts))
    return found


def table_columns() -> list[Column]:
    """Return the columns of a table of records: after `published` its day, which any reader takes for a date."""
    known = columns()
    after = [column.name for column in known].index("published") + 1
    return [
        *known[:after],
        Column(DAY, "day", "day of publication, the first ten letters of published"),
        *known[after:],
    ]


def _kind(hint: Any) -> tuple[Kind, tuple[Column, ...]]:
    """Return the kind of a column by the type of its field, and its parts."""
    if isinstance(hint, UnionType):
        (hint,) = (one for one in get_args(hint) if one is not type(None))
    if is_dataclass(hint):
        return "part", tuple(columns(hint))  # type: ignore[arg-type]
    if get_origin(hint) is list and is_dataclass(get_args(hint)[0]):
        return "parts", tuple(columns(get_args(hint)[0]))
    return _KINDS[hint], ()


def with_day(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record with the column that none has."""
    return {**record, DAY: (record["published"] or "")[:10] or None}
