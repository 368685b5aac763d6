from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from wardnews.errors import SitesError
from wardnews.places.units import chain_on
from wardnews.sites import Site, load_sites, parse_sites, politeness_group, site_of

SITES = load_sites()
HEAD = '[hoasua]\nname = "Phường Hoa Sữa"\nurl = "https://hoasua.example.vn/"\n'


def test_the_old_district_its_wards_and_the_present_wards_are_known() -> None:
    old = [site for key, site in SITES.items() if key == "longbien" or key.startswith("longbien-")]
    assert len(old) == 15
    assert all(site.closed for site in old)
    present = [site for key, site in SITES.items() if key.startswith("hanoi-")]
    assert len(present) == 126
    assert all(site.opened == date(2025, 7, 1) and not site.closed for site in present)
    assert len({site.unit for site in present}) == 126


@pytest.mark.parametrize("site", [pytest.param(site, id=key) for key, site in SITES.items()])
def test_every_portal_has_its_place(site: Site) -> None:
    assert site.url.endswith("/")
    if site.unit:
        places = chain_on(site.unit, site.day_of(None, date(2026, 8, 29)))
        assert "province" in places
        assert places[min(places, key=["ward", "district", "province"].index)].name.split()[0] in site.name


def test_hosts_pass_from_an_old_portal_to_the_next() -> None:
    url = "http://longbien.hanoi.gov.vn/tin"
    assert site_of(SITES, url, "2021-04-05T17:15+07:00") == SITES["longbien"]
    assert site_of(SITES, url, "2025-07-01") == site_of(SITES, url, None) == SITES["hanoi-longbien"]
    assert site_of(SITES, "https://example.org/", None) is None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('hots = ["a"]', "unknown key 'hots'; did you mean 'hosts'?"),
        ("xyz = 1", "unknown key 'xyz'; known keys: name, url"),
        ('closed = "2025-07-01"', "closed = '2025-07-01': expected a date without quotes"),
        ("unit = 136", "unit = 136: expected a unit's official code"),
        ('unit = "99999"', "expected a unit's official code"),
        ("delay = -1", "delay = -1: expected seconds"),
        ("delay = true", "expected seconds"),
        ('sections = "/tin"', "expected a list of paths"),
        ('unverified = "yes"', "expected true or false"),
        ('url = "ftp://x/"', "not valid TOML"),
        ('layout = ["hanoi-liferay"]', "expected one of ecoit, hanoi-liferay"),
        ('selectors = { header = "div[" }', "expected a table of CSS selectors"),
        ('selectors = { heder = "div" }', "expected a table of CSS selectors"),
        ('hosts = ["http://x.vn/"]', "expected a list of host names"),
        ('sections = ["http://[bad"]', "expected a list of paths"),
        ('sections = [" /tin "]', "expected a list of paths"),
    ],
)
def test_a_wrong_line_is_named(line: str, message: str) -> None:
    with pytest.raises(SitesError, match=re.escape(message)) as error:
        parse_sites(HEAD + line, "mine.toml")
    assert "mine.toml" in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[hoasua]\nname = "Hoa Sữa"', "[hoasua]: url missing"),
        ('[hoasua]\nname = "Hoa Sữa"\nurl = "file:///etc/passwd"', "expected an http or https address"),
        ('[hoasua]\nname = "Hoa Sữa"\nurl = "http://[bad/"', "expected an http or https address"),
        ('[hoasua]\nname = "Hoa Sữa"\nurl = "http://a.vn:99999/"', "expected an http or https address"),
        ('["../hoasua"]\nname = "x"\nurl = "http://x/"', "not fit for a file name"),
        ("hoasua = 1", "expected a table"),
        ("[hoasua", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_named(text: str, message: str) -> None:
    with pytest.raises(SitesError, match=re.escape(message)):
        parse_sites(text, "mine.toml")


def test_a_name_twice_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    with pytest.raises(SitesError, match="cannot read this sites file"):
        load_sites([file])
    file.write_text(HEAD.replace("hoasua", "longbien", 1), encoding="utf-8")
    with pytest.raises(SitesError, match=r"\[longbien\]: another portal has this name"):
        load_sites([file])


@pytest.mark.parametrize(
    ("url", "owned"),
    [
        ("http://longbien.hanoi.gov.vn/a", True),
        ("https://LONGBIEN.hanoi.gov.vn:443/a", True),
        ("http://www.longbien.hanoi.gov.vn/a", True),
        ("http://portal.longbien.gov.vn/web/guest/vanhoa", True),
        ("http://phucloi.longbien.hanoi.gov.vn/a", False),
        ("http://longbien.hanoi.gov.vn.example.org/", False),
        ("http://longbien.hanoi.gov.vn@example.org/", False),
        ("file://longbien.hanoi.gov.vn/etc/passwd", False),
        ("http://longbien.hanoi.gov.vn:8080/", False),
    ],
)
def test_whose_an_address_is(url: str, *, owned: bool) -> None:
    assert SITES["longbien"].owns(url) is owned


@pytest.mark.parametrize(
    ("url", "group"),
    [
        ("https://phucloi.hanoi.gov.vn/", "hanoi.gov.vn"),
        ("http://a.b.danang.gov.vn/", "danang.gov.vn"),
        ("https://www.example.com.vn/", "example.com.vn"),
        ("https://news.example.vn/", "example.vn"),
        ("http://127.0.0.1:8000/", "127.0.0.1:8000"),
        ("http://[::1]:8000/", "[::1]:8000"),
    ],
)
def test_politeness_groups(url: str, group: str) -> None:
    assert politeness_group(url) == group


def test_codes_are_reused() -> None:
    before, after = chain_on("00118", "2025-06-30"), chain_on("00118", "2025-07-01")
    assert (before["ward"].name, after["ward"].name) == ("Ngọc Thụy", "Bồ Đề")
    assert chain_on("00142", "2025-01-01") == chain_on("nowhere", "2025-01-01") == {}


def test_the_day_stays_within_the_life_of_a_portal() -> None:
    today = date(2026, 8, 29)
    assert SITES["longbien"].day_of("2026-01-01", today) == SITES["longbien"].day_of(None, today) == "2025-06-30"
    assert SITES["hanoi-longbien"].day_of("2021-01-01", today) == "2025-07-01"
