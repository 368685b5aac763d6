"""A source is one module: nothing else names it, and the help and the docs name all there are."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import typer.main

from wardnews.archives import network
from wardnews.archives.network.byte_ranges import row_of
from wardnews.archives.network.source import Answer, OddRow, Source, inside, is_text
from wardnews.archives.network.wayback import Wayback
from wardnews.cli import app

ROOT = Path(__file__).parents[3]
NAMED = re.compile(rf"\b({'|'.join(network.names())})\b")


def words(path: Path) -> Iterator[str]:
    """Yield the names and the strings of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value
        elif isinstance(node, ast.Name | ast.Attribute):
            yield node.id if isinstance(node, ast.Name) else node.attr
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_nothing_else_names_a_source() -> None:
    own = ROOT / "wardnews" / "archives" / "network"
    settings = ROOT / "wardnews" / "settings.py"  # it has the addresses that people may change
    others = [path for path in (ROOT / "wardnews").rglob("*.py") if own not in path.parents and path != settings]
    found = [(path.relative_to(ROOT), word) for path in others for word in words(path) if NAMED.search(word)]
    assert found == []
    assert "memento" in set(words(own / "memento.py"))


def test_every_source_is_opened_by_its_name() -> None:
    for name in network.names():
        assert callable(import_module(f"wardnews.archives.network.{name}").opened)
        given = {
            f"WARDNEWS_{key}": "http://127.0.0.1:9" for key in ("WAYBACK", "COMMONCRAWL_INDEX", "COMMONCRAWL_DATA")
        }
        typed = f"{name}+http://127.0.0.1:9/timemap/link/" if name == "memento" else name
        source = network.opened(typed, {**given, "WARDNEWS_WAYBACK_ROWS": 9})
        assert Source in type(source).__mro__
        assert source
        assert source.name == typed
        assert network.is_named(typed)
    assert network.opened("nowhere", {}) is None
    assert not network.is_named("live")


def test_the_help_and_the_docs_name_all_sources() -> None:
    command = typer.main.get_command(app).commands["backfill"]  # type: ignore[attr-defined]
    told = next(one.help for one in command.get_params(typer.Context(command)) if one.name == "from_")
    assert told.startswith(", ".join(network.names()))
    page = (ROOT / "docs" / "archives.md").read_text(encoding="utf-8")
    table = page.partition("## Archives on the network")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == list(network.names())
    taking = {
        name for name in network.names() if hasattr(import_module(f"wardnews.archives.network.{name}"), "ADDRESS")
    }
    assert set(re.findall(r"^\| `(\w+)` \|.*\| [^|]+\w \|$", table, re.MULTILINE)) == taking


@pytest.mark.parametrize("odd", ["http://a.example/\x00", "http://a.example/\x1b[31m", "http://a.example/\ud800"])
def test_addresses_that_no_store_can_keep_cost_themselves(odd: str) -> None:
    assert not is_text(odd)
    rows = f'[["timestamp","original","digest","length"],["20220301101010",{json.dumps(odd)},"ABC","9"]]'
    step = Wayback("http://a").found("a.example", None, Answer("http://a", 200, {}, rows.encode()))
    assert (step.found, len(step.odd)) == ([], 1)
    assert step.odd[0].cause.isprintable()


@pytest.mark.parametrize(
    ("location", "there"),
    [
        (
            "https://a.example/all/20220102000000id_/http://b.example/2",
            "https://a.example/all/20220102000000id_/http://b.example/2",
        ),
        ("/all/20220102000000/http://b.example/2", "https://a.example/all/20220102000000/http://b.example/2"),
        ("http://b.example/2", "https://a.example/all/20220101000000id_/http://b.example/2"),
        ("2?p=1", "https://a.example/all/20220101000000id_/http://b.example/2?p=1"),
        ("https://c.example/all/20220102000000/http://b.example/2", None),
        ("http://[broken", None),
        ("https://a.example/all/20220102000000/http://[broken", "https://a.example/all/20220102000000/http://[broken"),
    ],
)
def test_redirects_that_were_captured_stay_inside_of_the_archive(location: str, there: str | None) -> None:
    assert inside("https://a.example/all/20220101000000id_/http://b.example/1", location) == there


@pytest.mark.parametrize("length", ["1e999", "-1e999", "NaN", "1e30", "null", '"a"', "[]"])
def test_lengths_that_are_none_cost_their_rows(length: str) -> None:
    row = f'{{"url": "http://b.example/", "timestamp": "20220101000000", "offset": 0, "length": {length}, "filename": "a"}}'
    assert isinstance(row_of(json.loads(row), "CC-MAIN-2022-05"), OddRow)
