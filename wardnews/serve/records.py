"""The JSON lines of records in the reading copy: without their `text`, which the copy's articles have.

A key is found as it is written: in a string its quotes would be escaped.
"""

import json

_TEXT, _NEXT = ', "text": ', ', "language": '
_quoted = json.JSONEncoder(ensure_ascii=False).encode


def without_text(line: str) -> str:
    """Return the JSON line of a record without its `text`."""
    before, _, behind = line.partition(_TEXT)
    return before + _NEXT + behind.partition(_NEXT)[2]


def with_text(line: str, text: str) -> str:
    """Return the JSON line of a record with its `text` again.

    >>> with_text('{"id": "hoasua:7", "language": "vi"}', "Tin vắn")
    '{"id": "hoasua:7", "text": "Tin vắn", "language": "vi"}'
    """
    before, _, behind = line.partition(_NEXT)
    return f"{before}{_TEXT}{_quoted(text)}{_NEXT}{behind}"
