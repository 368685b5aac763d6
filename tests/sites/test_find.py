from __future__ import annotations

import re
from unicodedata import normalize

import pytest

from wardnews.errors import SitesError
from wardnews.sites import chosen_keys, load_sites, parse_sites, search

SITES = load_sites()
OWN = {
    site.key: site
    for site in parse_sites(
        """
[hoasua]
name = "Phường Hoa Sữa, thành phố Bến Trăng"
url = "https://hoasua.bentrang.example.vn/"
hosts = ["hoasua.example.vn:8080"]
[hoasua-cu]
name = "Xã Hoa Sữa, huyện Sông Mây, tỉnh Bến Trăng"
url = "http://hoasua.songmay.example.vn/"
closed = 2025-07-01
[bana]
name = "Xã Bà Ná, huyện Sông Mây"
url = "http://bana.example.vn/"
[banam]
name = "Xã Ba Nà, huyện Sông Mây"
url = "http://banam.example.vn/"
[songmay]
name = "Huyện Sông Mây"
url = "http://songmay.example.vn/"
""",
        "own.toml",
    )
}


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("hoasua", "hoasua"),  # a key goes before what else it may be
        ("Phường Hoa Sữa", "hoasua"),
        ("phuong hoa sua", "hoasua"),
        ("xã Hoa Sữa", "hoasua-cu"),
        ("hoa sua, song may", "hoasua-cu"),
        ("HOA SỮA huyện sông mây", "hoasua-cu"),
        (normalize("NFD", "Hoa Sữa, Sông Mây"), "hoasua-cu"),
        ("Hoa Sữa", "hoasua hoasua-cu"),
        ("hoa sua ben trang", "hoasua hoasua-cu"),
        ("Bà Ná", "bana"),
        ("Ba Nà", "banam"),
        ("ba na", "bana banam"),
        ("Bá Nà", "bana banam"),  # marks that nobody has: as if there were none
        ("sông mây", "songmay"),  # not all that lies in it
        ("https://hoasua.bentrang.example.vn/tin/1.htm?x=1", "hoasua"),
        ("HTTP://WWW.HOASUA.SONGMAY.EXAMPLE.VN", "hoasua-cu"),
        ("hoasua.songmay.example.vn", "hoasua-cu"),
        ("hoasua.example.vn:8080/tin", "hoasua"),
    ],
)
def test_what_a_person_types_means_a_portal(typed: str, keys: str) -> None:
    first, *others = keys.split()
    if not others:
        assert chosen_keys(OWN, [typed, first]) == [first]
        return
    with pytest.raises(SitesError, match=f"{len(keys.split())} portals fit .*, name one by its key:") as error:
        chosen_keys(OWN, [typed])
    assert [line.split()[0] for line in str(error.value).splitlines()[1:]] == keys.split()


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("longbien-phucloy", "did you mean longbien-phucloi"),
        ("%%%", "`wardnews sites` lists them"),
        ("", "`wardnews sites` lists them"),
        ("gia lâ", "did you mean one of these?\n  gialam"),
        ("Phúc Lợi Đà Nẵng", "`wardnews sites` lists them"),  # there is one, but not there
        ("https://phucloi.example.org/", "`wardnews probe` drafts an entry"),
        ("https://[broken/", "`wardnews probe` drafts an entry"),
    ],
)
def test_what_means_no_portal_names_its_like(typed: str, message: str) -> None:
    with pytest.raises(SitesError, match=re.escape(message)) as error:
        chosen_keys(SITES, [typed])
    assert f"unknown site {typed!r}" in str(error.value)
    assert len(str(error.value).splitlines()) <= 12


def test_a_portal_that_only_the_store_has_is_meant_by_its_key() -> None:
    assert chosen_keys(SITES, ["hanoi", "gone-from-files"], {"gone-from-files": 7}) == ["hanoi", "gone-from-files"]


def test_the_ward_and_its_former_district_share_a_host() -> None:
    with pytest.raises(SitesError, match=r"closed 2025-07-01\n  hanoi-longbien "):
        chosen_keys(SITES, ["http://longbien.hanoi.gov.vn/tin"])


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("phuc lo", "longbien-phucloi hanoi-phucloi hanoi-phucloc"),
        ("Phúc long bien", "longbien-phucdong longbien-phucloi"),
        ("https://phucloi.hanoi.gov.vn/x", "hanoi-phucloi"),
        ("hai duong", "haiphong-haiduong"),
        ("khong-co", ""),
        ("uc loi", ""),
    ],
)
def test_search(typed: str, keys: str) -> None:
    """The best first."""
    found = [site.key for site in search(SITES.values(), typed)]
    assert set(found[: len(keys.split()) or None]) == set(keys.split())
