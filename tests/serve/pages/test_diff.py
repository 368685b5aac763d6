"""Differences of two versions: right, readable, and bounded whatever the versions hold."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest

from wardnews.serve.pages.diff import Budget, change_of

BASE: dict[str, Any] = {"title": "Lịch họp", "lead": None, "paragraphs": [], "views": None}


def lines(before: list[str], after: list[str], budget: Budget | None = None) -> list[tuple[str, str]]:
    """Return the lines of the diff of two bodies."""
    change = change_of(BASE | {"paragraphs": before}, BASE | {"paragraphs": after}, ["paragraphs"], budget or Budget())
    return [(kind, str(line)) for kind, line in change.lines]


def test_a_diff_leaves_out_what_stayed() -> None:
    told = [f"Đoạn {number}." for number in range(20)]
    shown = lines(told, [*told[:10], "Đoạn <mới>.", *told[11:]])
    assert [kind for kind, _ in shown] == ["skip", "same", "changed", "same", "skip"]
    assert shown[2][1] == "Đoạn <del>10.</del> <ins>&lt;mới&gt;.</ins>"


def test_what_moved_went_or_came_is_marked_as_such() -> None:
    assert lines(["Một.", "Hai."], ["Một.", "Hai.", "Ba."])[-1] == ("new", "<ins>Ba.</ins>")
    assert lines(["Một.", "Hai.", "Ba."], ["Ba."])[1:] == [
        ("gone", "<del>Một.</del>"),
        ("gone", "<del>Hai.</del>"),
        ("same", "Ba."),
    ]
    assert lines([], ["Một."]) == [("same", "Lịch họp"), ("new", "<ins>Một.</ins>")]
    assert lines(["Tổ 1 họp sáng"], ["Tổ 1 họp chiều thứ hai"])[1:] == [
        ("changed", "Tổ 1 họp <del>sáng</del> <ins>chiều thứ hai</ins>")
    ]


def shuffled(parts: list[str]) -> list[str]:
    return random.Random(7).sample(parts, len(parts))


MANY = 6000
REPEATED = {
    "few short ones": (["Sáng.", "Chiều.", "Tối."] * (MANY // 3), ["Chiều.", "Sáng.", "Đêm."] * (MANY // 3)),
    "all the same": (["Nghỉ."] * MANY, ["Nghỉ."] * (MANY - 1) + ["Họp."]),
    "in another order": ([f"Tổ {n}." for n in range(MANY)], shuffled([f"Tổ {n}." for n in range(MANY)])),
    "words of one paragraph": ([" ".join(["a", "b"] * 900)] * 40, [" ".join(["b", "a", "a"] * 600)] * 40),
    "a word of a million letters": (["a" * 1_000_000], ["b" * 1_000_000]),
}


@pytest.mark.parametrize("name", REPEATED)
def test_no_versions_hold_a_page_up(name: str) -> None:
    budget = Budget()
    began = time.process_time()
    for _ in range(20):
        assert lines(*REPEATED[name], budget)
    assert time.process_time() - began < 10, "all versions of a page share half a second of comparing"


def test_beyond_the_bounds_it_says_so() -> None:
    before, after = REPEATED["in another order"]
    budget = Budget(pairs=1000)
    assert lines(before, after, budget) == [("skip", "too much changed to show: 6,001 paragraphs before, 6,001 after")]
    assert lines(["Một."], ["Hai."], budget)[1:] == [("changed", "<del>Một.</del> <ins>Hai.</ins>")], "the rest serves"
    shown = lines(before, after, Budget(characters=500))
    assert shown[-1] == ("skip", "too much changed to show the rest")
    assert sum(len(line) for _, line in shown[:-1]) <= 500
