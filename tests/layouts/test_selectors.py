from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from selectolax.lexbor import LexborNode

from wardnews import layouts
from wardnews.layouts import Fetch
from wardnews.layouts.page import HIDDEN
from wardnews.layouts.selectors import alternatives, is_selector

RECORDINGS = sorted(Path(__file__).parents[1].joinpath("pages").glob("*/*.html"))
QUIRKS = b"<html><body class='Tin Bai'><div id=Noi-Dung class='a\xc2\xa0b c\xcc\x81'><p CLASS = DEN>1</p><p class>2</p></div>"
"""A page without a doctype: classes and ids are the same in letters of either size."""
HARD = (
    ".tin", ".TIN.bai > #noi-dung", ".den", "p.den, .none", ".none, p", ".c", "[id*='oi-D']", "[id*='oi-d']", "[id='Noi-Dung'] p",
    ":is(.none, .tin) p", "p:not(.none)", "p:not([id*='none'])", "body:has(.den, .none)", "[class='none'], [class='DEN']", "p:lexbor-contains('.none, (1')",
    "p:lexbor-contains('1'), .none:has(p)", r".a\a0 b", "[title='.none, p'], p", '[title=".none"], p', "p:nth-child(2), #none",
)  # fmt: skip


def selectors_of_all_layouts() -> Iterator[str]:
    """Yield every selector that a layout is made of."""
    for layout in layouts.LAYOUTS.values():
        for field in fields(layout):
            value = getattr(layout, field.name)
            for one in value if isinstance(value, tuple) else [value]:
                if isinstance(one, str) and (css := one.partition("@")[0]) and is_selector(css):
                    yield css


def found(nodes: list[LexborNode]) -> list[int]:
    return [node.mem_id for node in nodes]


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_is_on_a_page_is_found(recording: Path) -> None:
    page = layouts.parse(recording.read_bytes(), Fetch("http://a.example.vn/tin"))
    for css in {HIDDEN, *selectors_of_all_layouts()}:
        assert found(page.search(css)) == found(page.tree.css(css)), css
        assert page.has(css) == page.tree.css_matches(css), css


@pytest.mark.parametrize("doctype", [b"", b"<!doctype html>"])
@pytest.mark.parametrize("css", HARD)
def test_hard_selectors_find_what_they_would_alone(css: str, doctype: bytes) -> None:
    page = layouts.parse(doctype + QUIRKS, Fetch("http://a.example.vn/tin"))
    assert found(page.search(css)) == found(page.tree.css(css))
    assert page.has_any((css, ".none")) == page.tree.css_matches(css)


def test_what_a_selector_needs_is_told_for_each_alternative() -> None:
    needed = alternatives(".A > b, #c:is(.d, .e), [id^='F']")
    assert [(one, *map(sorted, needs)) for one, needs in needed] == [
        (".A > b", ["a"], [], []),
        ("#c:is(.d, .e)", [], ["c"], []),
        ("[id^='F']", [], [], ["f"]),
    ]
