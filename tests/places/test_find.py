from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardnews.items import Article, Place
from wardnews.places.find import UNSURE, Where, where
from wardnews.places.units import DISTRICTS_END, KNOWN_SINCE, chain_on, table
from wardnews.reading.stages import finish
from wardnews.sites import load_sites

SITES = load_sites()
CASES = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """One line of a table of cases: unit | day | section | title | lead | ward, district, province | basis | flag."""

    unit: str | None
    day: str
    section: str | None
    title: str
    lead: str
    names: list[str | None]
    basis: str | None
    unsure: bool

    def told(self) -> Where:
        return where(self.unit, self.day, self.section, self.title, [self.lead] if self.lead else [])


def names(told: Where) -> list[str | None]:
    return [place.name if place else None for place in (told.ward, told.district, told.province)]


def some(text: str) -> str | None:
    return None if text in ("-", "") else text


def cases(name: str) -> Iterator[Case]:
    for line in (CASES / name).read_text(encoding="utf-8").splitlines():
        unit, day, section, title, lead, expected, basis, flag = (part.strip() for part in line.split("|"))
        yield Case(
            some(unit),
            day,
            some(section),
            title,
            lead,
            [some(one) for one in expected.split(", ")],
            some(basis),
            flag == "?",
        )


PIECES = [
    *("phường ", "Phường ", "P.", "quận ", "QUẬN ", "Q.", "xã ", "TP.", "huyện ", "thị trấn ", "tỉnh ", "các phường: "),
    *("Bồ Đề", "Long Biên", "BỒ ĐỀ", "Kim Sơn", "Gia Lâm", "5", "10", "Hà Nội", "HCM", "Vỹ Dạ", "Huế", "Phúc Lợi"),
    *(" ", ", ", " - ", " (", ") ", " và ", " cũ ", ": ", "’", "\xa0", "ủy ", " Nguyễn Văn An ", " họp "),
]

LEARNT, KEPT = list(cases("learnt.txt")), list(cases("kept.txt"))
KINDS = list(cases("kinds.txt"))
"""By kinds of wording that mislead: each with near misses of its own."""
READERS = list(cases("readers.txt"))
"""What a reader would say, written down before the rules were tried on it."""


@pytest.mark.parametrize("case", [*LEARNT, *KINDS], ids=lambda case: f"{case.unit}-{case.title[:40]}")
def test_a_place_is_told(case: Case) -> None:
    told = case.told()
    assert (names(told), told.basis, told.unsure) == (case.names, case.basis, case.unsure)


def test_a_reader_would_say_the_same() -> None:
    for case in READERS:
        told = case.told()
        assert (names(told), told.basis, told.unsure) == (case.names, case.basis, case.unsure), case.title


def test_letters_that_are_taken_apart_are_read_too() -> None:
    for case in KINDS[::5]:
        apart = replace(
            case, title=unicodedata.normalize("NFD", case.title), lead=unicodedata.normalize("NFD", case.lead)
        )
        assert apart.told() == case.told()


@pytest.mark.parametrize(("cases", "recall"), [(LEARNT, 0.98), (KEPT, 0.95)], ids=["learnt", "kept"])
@pytest.mark.parametrize("levels", [1, 3], ids=["wards", "all"])
def test_what_is_claimed_is_true(cases: list[Case], recall: float, levels: int) -> None:
    pairs = [pair for case in cases for pair in list(zip(case.names, names(case.told()), strict=True))[:levels]]
    claimed = [expected == told for expected, told in pairs if told]
    wanted = [expected == told for expected, told in pairs if expected]
    assert sum(claimed) / len(claimed) >= 0.98
    assert sum(wanted) / len(wanted) >= recall


@given(
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    st.sampled_from(["004", "01", "79", "00136", "46", None]),
    st.sampled_from(["2015-05-05", "2024-12-31", "2025-07-01"]),
)
@settings(max_examples=150, deadline=None)
def test_no_line_leads_out_of_the_area_of_its_portal(line: str, unit: str | None, day: str) -> None:
    told = where(unit, day, line, line, [line])
    for level, above in (chain_on(unit, day) if unit else {}).items():
        assert getattr(told, level) == Place(above.name, above.code)
    assert told.ward is None or told.province
    assert unit != "00136" or told == where(unit, day, None, "", [])


def test_a_place_is_of_its_day() -> None:
    for case in (*LEARNT, *KEPT, *KINDS, *READERS):
        told = case.told()
        assert told.district is None or case.day < DISTRICTS_END
        assert told.basis in (None, "site", "section", "title", "body")
        for place in filter(None, (told.ward, told.district, told.province)):
            assert place.code
            assert any(unit.name == place.name and unit.holds_on(case.day) for unit in table()[place.code])


@pytest.mark.parametrize(
    "spelt",
    [
        "phường Ngọc Thụy",
        "Phường Ngọc Thuỵ",
        "PHƯỜNG NGỌC THỤY",
        "phường  Ngọc\xa0Thụy",
        "P.Ngọc Thụy",
        "P. Ngọc Thuỵ",
        "Đảng ủy - HĐND - UBND phường Ngọc Thụy, quận Long Biên",
        "phường Ngọc Thụy - Long Biên",
        "Phường đoàn Ngọc Thụy",
        "phường Ngọc Thụy UBND quận",
    ],
)
def test_spellings_of_one_ward(spelt: str) -> None:
    told = where("004", "2024-04-05", None, f"Hội nghị {spelt}", [])
    assert told.ward == Place("Ngọc Thụy", "00118")


@pytest.mark.parametrize(
    "title",
    [
        "",
        "Phường",
        "P.",
        "phường phường phường",
        "xã hội, xã viên, xã luận",
        "Phường Ngọc Thụy Thượng họp",
        "Phường Ngọc",
        "siêuphường Ngọc Thụy",
        "Hội nghị ở phường bạn",
        "P.S. Ngọc Thụy",
        "phường İstanbul",
        "phường Ngọc Thụy (cũ)",
        "phường Ngọc Thụy, quận Ba Đình",
    ],
)
def test_what_is_no_ward_of_the_portal(title: str) -> None:
    assert where("004", "2024-04-05", None, title, []).ward is None


def test_the_parts_are_read_in_their_order() -> None:
    def told(section: str | None, title: str, *lines: str) -> tuple[str | None, str | None]:
        found = where("004", "2024-04-05", section, title, lines)
        return found.ward.name if found.ward else None, found.basis

    assert told("Phường Bồ Đề", "Phường Ngọc Lâm họp") == ("Bồ Đề", "section")
    assert told("Tin các phường", "Phường Ngọc Lâm họp", "Tại phường Bồ Đề") == ("Ngọc Lâm", "title")
    assert told(None, "Giao ban", "Sáng 5/4.", "Tại phường Bồ Đề, quận giao ban.") == ("Bồ Đề", "body")
    assert told(None, "Giao ban", "Sáng 5/4.", "Chiều 5/4.", "Tại phường Bồ Đề") == (None, "site")
    assert told(None, "Giao ban", "Sáng 5/4, " + "họp " * 200 + "phường Bồ Đề") == (None, "site")
    assert told(None, "Giao ban", "Họp, " * 76 + "phường Bồ Đề, phường Ngọc Lâm") == ("Bồ Đề", "body")


def test_a_bare_name_and_the_first_lines_must_agree() -> None:
    bare, lines = "Bồ Đề: Xuân về trên bãi giữa", ["Người dân phường Bồ Đề đón xuân."]
    assert where("004", "2024-04-05", None, bare, lines) == where("004", "2024-04-05", None, "Xuân về", lines)
    told = where("004", "2024-04-05", None, bare, ["Người dân phường Ngọc Lâm đón xuân."])
    assert (told.ward, told.unsure) == (None, True)


def test_no_district_is_derived_for_days_before_the_lists() -> None:
    early = where("01", "2015-04-05", None, "Phường Giang Biên đón xuân", [])
    assert (names(early), early.basis) == (["Giang Biên", None, "Hà Nội"], "title")
    late = where("01", KNOWN_SINCE, None, "Phường Giang Biên đón xuân", [])
    assert names(late) == ["Giang Biên", "Long Biên", "Hà Nội"]
    named = where("01", "2015-04-05", None, "Phường Giang Biên, quận Long Biên đón xuân", [])
    assert names(named) == ["Giang Biên", "Long Biên", "Hà Nội"]


# --- in the pipelines ----------------------------------------------------------------------------------------


def finished(site: str, header: str | None, title: str) -> Article:
    url = SITES[site].url + "tin"
    body = ["Sáng nay, hội nghị diễn ra với sự tham dự đông đủ của đại biểu các ngành, đoàn thể và nhân dân."]
    return finish(Article(site=site, url=url, title=title, header=header, paragraphs=body), SITES)


def test_an_article_of_a_district_belongs_to_the_ward_of_its_title() -> None:
    done = finished("longbien", "05/04/2021 | 17:15", "Đại hội Chi bộ phường Thượng Thanh")
    assert (done.ward, done.place_basis, done.flags) == (Place("Thượng Thanh", "00115"), "title", [])
    assert done.district == Place("Long Biên", "004")
    done = finished("longbien", "05/04/2021 | 17:15", "Long Biên vào xuân")
    assert (done.ward, done.place_basis, done.flags) == (None, "site", [UNSURE])


def test_an_article_without_a_day_has_the_places_that_hold_before_and_after_the_reform() -> None:
    done = finished("hanoi", None, "Phường Phúc Lợi ra quân")
    assert (done.ward, done.district, done.province) == (Place("Phúc Lợi", "00136"), None, Place("Hà Nội", "01"))
    done = finished("hanoi", None, "Phường Giang Biên ra quân")
    assert (done.ward, done.place_basis, done.flags) == (None, "site", [UNSURE, "no_date"][::-1])
    assert finished("longbien", None, "Phường Giang Biên ra quân").ward == Place("Giang Biên", "00121")


def test_every_portal_of_a_district_says_so() -> None:
    former = [site for site in SITES.values() if site.name.startswith(("Quận", "Huyện", "Thị xã"))]
    assert former
    for site in former:
        assert site.unit
        assert "district" in chain_on(site.unit, site.day_of(None, site.closed or site.opened or pytest.fail(site.key)))
