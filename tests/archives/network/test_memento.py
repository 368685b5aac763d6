"""TimeMaps are read as RFC 7089 has them; what is none is an error, and an odd link costs itself."""

from __future__ import annotations

import json

import pytest

from wardnews.archives import network
from wardnews.archives.capture import Capture, DamagedRecord
from wardnews.archives.network.memento import Memento
from wardnews.archives.network.source import Answer, Ask, Found
from wardnews.errors import ArchiveError, SitesError

URL = "http://hoasua.example/tin/a;b,c?d=1"
SCOPE = f"{URL} hoasua.example"
TIMEMAPS = "https://archive.example/all/timemap/link/"
STAMPS = ("20210601020000", "20220210073000")
DATES = ("Tue, 01 Jun 2021 02:00:00 GMT", "Thu, 10 Feb 2022 07:30:00 GMT")
HEAD = f'<{URL}>; rel="original",\n<{TIMEMAPS}{URL}>; rel="self"; type="application/link-format"'
MEMENTOS = [
    f'<https://archive.example/all/{stamp}mp_/{URL}>; rel="{rel}"; datetime="{date}"'
    for stamp, date, rel in zip(STAMPS, DATES, ("first memento", "last memento"), strict=True)
]
SOURCE = Memento(TIMEMAPS, "memento")


def said(
    text: str | bytes, status: int = 200, headers: dict[str, str] | None = None, url: str = TIMEMAPS + URL
) -> Answer:
    return Answer(url, status, headers or {}, text.encode() if isinstance(text, str) else text)


def test_a_timemap_names_captures_and_where_they_are() -> None:
    step = SOURCE.found(SCOPE, None, said(",\n".join([HEAD, *MEMENTOS])))
    assert [one.timestamp for one in step.found] == ["2021-06-01T02:00:00Z", "2022-02-10T07:30:00Z"]
    assert {one.url for one in step.found} == {URL}
    assert (step.cursor, step.odd) == (None, ())
    ask = SOURCE.ask(URL, "", step.found[0].place)
    assert ask == Ask(f"https://archive.example/all/{STAMPS[0]}id_/{URL}", stays=True)
    assert SOURCE.search(SCOPE, None) == Ask(TIMEMAPS + URL)


def test_the_pages_of_a_timemap_are_asked_for_one_after_the_other() -> None:
    pages = [
        f'<{TIMEMAPS}{number}/{URL}>; rel="timemap"; type="application/link-format"; from="{DATES[0]}"; until="{DATES[1]}"'
        for number in (1, 2)
    ]
    others = [f'<{TIMEMAPS}json/{URL}>; rel="timemap"; type="application/json"']
    step = SOURCE.found(SCOPE, None, said(",".join([HEAD, *pages, *others])))
    asked = []
    while step.cursor:
        ask = SOURCE.search(SCOPE, step.cursor)
        assert isinstance(ask, Ask)
        asked.append(ask.url)
        # Each page names all pages again, itself among them.
        text = ",".join([f'<{ask.url}>; rel="self"', *pages, MEMENTOS[len(asked) - 1]])
        step = SOURCE.found(SCOPE, step.cursor, said(text, url=ask.url))
        assert len(step.found) == 1
    assert asked == [f"{TIMEMAPS}1/{URL}", f"{TIMEMAPS}2/{URL}"]
    with pytest.raises(ArchiveError, match="not there"):
        SOURCE.found(SCOPE, json.dumps({"next": asked, "seen": asked}), said("", 404))


def test_a_timemap_without_end_is_an_error() -> None:
    pages = ",".join(f'<{TIMEMAPS}{number}/{URL}>; rel="timemap"' for number in range(1_001))
    with pytest.raises(ArchiveError, match="more than 1000 pages"):
        SOURCE.found(SCOPE, None, said(pages))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html><body>The service is not available</body></html>",
        ",\n".join([HEAD, *MEMENTOS])[:-20],
        '{"mementos": {}}',
        f"{HEAD},\n<https://archive.example/all/2021",
        "<" * 100_000,
        f"{HEAD};{' ' * 100_000}",
    ],
)
def test_an_answer_that_is_no_timemap_is_an_error(text: str) -> None:
    with pytest.raises(ArchiveError):
        SOURCE.found(SCOPE, None, said(text))


def test_an_address_that_the_archive_does_not_know_has_no_captures() -> None:
    step = SOURCE.found(SCOPE, None, said("<h1>No captures</h1>", 404))
    assert (step.found, step.cursor) == ([], None)


@pytest.mark.parametrize(
    "link",
    [
        '<https://archive.example/all/1>; rel="memento"; datetime="Tue, 31 Feb 9999 02:00:00 GMT"',
        '<https://archive.example/all/1>; rel="memento"',
        '<http://[broken>; rel="memento"; datetime="Tue, 01 Jun 2021 02:00:00 GMT"',
        '<ftp://archive.example/all/1>; rel=memento; datetime="Tue, 01 Jun 2021 02:00:00 GMT"',
        '<https://archive.example/all/\u001b[1>; rel="memento"; datetime="Tue, 01 Jun 2021 02:00:00 GMT"',
    ],
)
def test_an_odd_link_costs_itself(link: str) -> None:
    step = SOURCE.found(SCOPE, None, said(",\n".join([HEAD, MEMENTOS[0], link, MEMENTOS[1]])))
    assert len(step.found) == 2
    assert len(step.odd) == 1


def captured(
    source: Memento, answer: Answer, memento: str = f"https://archive.example/all/{STAMPS[0]}/{URL}"
) -> object:
    found = Found(URL, "2021-06-01T02:00:00Z", "", 0, {"memento": memento})
    return source.capture(found, source.ask(URL, found.timestamp, found.place), answer)


def test_a_capture_is_the_one_that_was_asked_for_or_none() -> None:
    headers = {"memento-datetime": DATES[0], "content-type": "text/html"}
    own = f"https://archive.example/all/{STAMPS[0]}id_/{URL}"
    capture = captured(SOURCE, said(b"<p>Tin", headers=headers, url=own))
    assert isinstance(capture, Capture)
    assert (capture.body, capture.status) == (b"<p>Tin", 200)
    assert capture.via == f"memento:{own}"
    moved = f"https://archive.example/all/{STAMPS[1]}id_/http://hoasua.example/trang-chu"
    there = captured(SOURCE, said(b"<p>Trang", headers={**headers, "memento-datetime": DATES[1]}, url=moved))
    assert isinstance(there, Capture)
    assert (there.url, there.timestamp) == ("http://hoasua.example/trang-chu", "2022-02-10T07:30:00Z")
    for answer in (
        said(b"<p>Please wait", headers={"content-type": "text/html"}),
        said(b"<p>Tin", headers={"memento-datetime": DATES[1]}, url=own),
        said(b"<p>Tin", headers={"memento-datetime": "yesterday"}),
        said(b"\x1f\x8b\x08torn", headers={"memento-datetime": DATES[0], "content-encoding": "gzip"}),
    ):
        assert isinstance(captured(SOURCE, answer), DamagedRecord)


def test_pages_of_an_archive_that_changes_addresses_have_their_own_again() -> None:
    source = Memento("https://archive.example/timemap/", "archiveph")
    page = (
        f'<a href="https://archive.example/{STAMPS[0]}/http://hoasua.example/1">1</a>'
        f'<img src="/{STAMPS[0]}im_/http://hoasua.example/a.jpg"><a href="https://other.example/{STAMPS[0]}/http://a/">'
    )
    memento = f"https://archive.example/{STAMPS[0]}/{URL}"
    assert source.ask(URL, "", {"memento": memento}) == Ask(memento, stays=True)
    capture = captured(source, said(page, headers={"memento-datetime": DATES[0]}), memento)
    assert isinstance(capture, Capture)
    assert capture.body.decode() == (
        '<a href="http://hoasua.example/1">1</a><img src="http://hoasua.example/a.jpg">'
        f'<a href="https://other.example/{STAMPS[0]}/http://a/">'
    )


def test_the_archives_that_are_known_by_name() -> None:
    for name in ("arquivo", "archiveph"):
        source = network.opened(name, {})
        assert isinstance(source, Memento)
        assert source.name == name
    source = network.opened("memento+http://127.0.0.1:9/timemap/link/", {})
    assert source
    assert source.name == "memento+http://127.0.0.1:9/timemap/link/"
    for typed in ("memento", "memento+archive.example", "memento+file:///etc"):
        with pytest.raises(SitesError, match="name the archive's TimeMaps"):
            network.opened(typed, {})
