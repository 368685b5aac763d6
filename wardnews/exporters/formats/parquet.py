"""A table for analysis: Parquet files, in folders by province and year as Hive has them."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from wardnews.exporters.card import card
from wardnews.exporters.columns import Column, table_columns, with_day
from wardnews.exporters.formats import Format, Resources
from wardnews.exporters.lines import glance
from wardnews.exporters.package import checked, resource
from wardnews.exporters.select import folded

FOLDER = "articles"
"""The folder of the table: nothing that is not Parquet lies in it."""
UNKNOWN = "unknown"
"""The part of the records that belong to no province; pyarrow does not read a table that has null there only."""
UNDATED = "__HIVE_DEFAULT_PARTITION__"
"""What Hive calls the part of the records that have no value; who reads it gives null."""
_GROUP = 8 << 20
"""The bytes of a row group in memory: its texts, mostly, before they are compressed."""
_WAITING = 4 << 20
"""The letters of JSON that wait in memory for their part of the table."""
_AT_ONCE = 200
_TYPES = {
    "text": pa.string(),
    "number": pa.int64(),
    "day": pa.date32(),
    "time": pa.timestamp("ms", "UTC"),
    "texts": pa.list_(pa.string()),
}


def write_parquet(lines: Iterable[str], folder: Path) -> Iterator[Path]:
    """Write records into a folder, one file for each part of the table; yield the files, as places in the folder.

    Records come by portal, and a part is one of many portals: so lines are put where they belong first, on the disk.
    """
    pa.set_memory_pool(pa.system_memory_pool())  # the others keep a quarter more of what was given back
    schema = _schema()
    for part in sorted(_sorted_out(lines, folder / FOLDER)):
        file = part.with_suffix(".parquet")
        with parquet.ParquetWriter(file, schema, compression="zstd", compression_level=3) as writer:
            for group in _groups(part, schema):
                writer.write_table(group, row_group_size=group.num_rows)
        part.unlink()
        yield file.relative_to(folder)


def write_table(lines: Iterable[str], folder: Path) -> Resources:
    """Write records into a folder as one table, and describe it."""
    paths = [str(path) for path in write_parquet(lines, folder)]
    files = [{"path": path, **checked(folder / path)} for path in paths]
    return [resource(FOLDER, "parquet", table_columns()) | {"path": paths, "files": files}]


def _schema() -> pa.Schema:
    return pa.schema([_field(column) for column in table_columns()])


def _field(column: Column) -> pa.Field:
    return pa.field(column.name, _type(column), metadata={"description": column.description})


def _type(column: Column) -> pa.DataType:
    if column.kind not in ("part", "parts"):
        return _TYPES[column.kind]
    part = pa.struct([(one.name, _type(one)) for one in column.parts])
    return pa.list_(part) if column.kind == "parts" else part


def _sorted_out(lines: Iterable[str], folder: Path) -> set[Path]:
    """Append each line to the file of its part of the table; return the files."""
    files: set[Path] = set()
    waiting: dict[Path, list[str]] = {}
    size = 0
    for line in lines:
        waiting.setdefault(folder / _part(line), []).append(f"{line}\n")
        size += len(line)
        if size > _WAITING:
            files |= _append(waiting)
            size = 0
    return files | _append(waiting)


def _part(line: str) -> str:
    """Return the part of the table that a record belongs to."""
    province, published = glance(line, "province"), glance(line, "published")
    key = folded(province["name"]).replace(" ", "-") if province else UNKNOWN
    return f"province_key={key}/year={published[:4] if published else UNDATED}/part-0.jsonl"


def _append(waiting: dict[Path, list[str]]) -> set[Path]:
    """Append lines to their files, one file open at a time."""
    files = set(waiting)
    for path, lines in waiting.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.writelines(lines)
    waiting.clear()
    return files


def _groups(path: Path, schema: pa.Schema) -> Iterator[pa.Table]:
    """Yield the lines of a file as row groups, few at once: as Python's objects they take many times the room."""
    batches: list[pa.RecordBatch] = []
    with path.open(encoding="utf-8", newline="\n") as lines:
        while some := [with_day(json.loads(line)) for line in islice(lines, _AT_ONCE)]:
            columns = [_array([row[one.name] for row in some], one.type) for one in schema]
            batches.append(pa.record_batch(columns, schema))
            if sum(batch.nbytes for batch in batches) > _GROUP:
                yield pa.Table.from_batches(batches)
                batches.clear()
    if batches:
        yield pa.Table.from_batches(batches)


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Return a column; days and times are read from their ISO forms."""
    return pa.array(values).cast(kind) if pa.types.is_temporal(kind) else pa.array(values, kind)


FORMAT = Format(folder=write_table, card=card)
