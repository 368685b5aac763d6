"""Near-duplicates of any portals are one story, forms filled in twice are not; in SQLite and in PostgreSQL."""

from __future__ import annotations

import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from wardnews.stories import Body, differ, figures, fold, likeness, sign

TABLE = tomllib.loads(Path(__file__).with_name("stories.toml").read_text(encoding="utf-8"))
PAIRS = TABLE["pair"]


def paragraphs(said: str | list[str]) -> list[str]:
    """Resolve what a pair names: a whole text, or paragraphs, their own or those of texts."""
    if isinstance(said, str):
        return list(TABLE["texts"][said])
    found: list[str] = []
    for one in said:
        name, _, places = one.partition(":")
        if name not in TABLE["texts"]:
            found.append(one)
        elif "+" in places:
            found.append(" ".join(TABLE["texts"][name][int(place) - 1] for place in places.split("+")))
        else:
            first, _, last = places.partition("-")
            found += TABLE["texts"][name][int(first) - 1 : int(last or first)]
    return found


def texts(pair: dict[str, Any]) -> tuple[str, str]:
    if "form" in pair:
        form = "\n".join(TABLE["forms"][pair["form"]])
        one, other = (form.format(**fill) for fill in pair["fill"])
        return one, other
    one, other = "\n".join(paragraphs(pair["one"])), "\n".join(paragraphs(pair["other"]))
    for before, after in pair.get("swap", ()):
        assert before in other, before
        other = other.replace(before, after)
    return one, unicodedata.normalize("NFD", other) if pair.get("decomposed") else other
