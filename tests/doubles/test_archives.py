"""The practice archives speak as the real ones do, and hold what they say they hold."""

from __future__ import annotations

import gzip
import io
import json
from base64 import b32encode
from collections.abc import Iterator
from hashlib import sha1
from http.client import HTTPConnection, HTTPResponse, IncompleteRead, RemoteDisconnected
from itertools import pairwise
from typing import Any
from urllib.parse import quote, quote_plus, urlencode, urljoin, urlsplit

import pytest

import wardnews
from tests.doubles import PracticeArchives, RateLimit, Recorded, Trouble, make_history
from tests.doubles.archives import CRAWLS, FIELDS, Endpoint, TroubleKind
from tests.doubles.indexes import urlkey
from wardnews.archives.capture import Capture
from wardnews.archives.warc.read import read_record
from wardnews.demo import Reply, Request

HISTORY = make_history(12)
HOST = HISTORY.host
ROWS = sorted((urlkey(each.url), each.timestamp) for each in HISTORY.captures)


@pytest.fixture
def archives() -> Iterator[PracticeArchives]:
    with PracticeArchives(HISTORY) as archives:
        yield archives


def get(archives: PracticeArchives, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", urlsplit(archives.url).port or 0, timeout=10)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def cdx(archives: PracticeArchives, *pairs: tuple[str, str], **asked: str) -> list[list[str]]:
    query = urlencode([*asked.items(), ("output", "json"), *pairs])
    response, body = get(archives, f"/cdx/search/cdx?{query}")
    assert (response.status, response.getheader("Content-Type")) == (200, "application/json")
    table: list[list[str]] = json.loads(body)
    return table


def named(table: list[list[str]]) -> list[dict[str, str]]:
    return [dict(zip(table[0], row, strict=True)) for row in table[1:]] if table else []


def raw_path(capture: Recorded) -> str:
    return f"/web/{capture.timestamp}id_/{capture.url}"


# --- what is in them --------------------------------------------------------------------------------------------------


def test_every_sighting_is_what_the_page_shows() -> None:
    bodies = {(each.url, each.timestamp): each for each in HISTORY.captures}
    for sighting in HISTORY.sightings:
        capture = bodies[sighting.url, sighting.timestamp]
        packed = ("Content-Encoding", "gzip") in capture.headers
        article = wardnews.read(gzip.decompress(capture.body) if packed else capture.body, sighting.url)
        truth = sighting.article
        assert (article.id.rpartition(":")[2], article.title) == (str(truth.id), truth.title)
        assert (tuple(article.paragraphs), article.views) == (truth.paragraphs, sighting.views)
        assert article.header == truth.header(sighting.views, english=sighting.english)


def test_between_them_the_captures_hold_what_archives_do() -> None:
    kinds = {(each.status, each.revisit, each.media_type.partition(";")[0]) for each in HISTORY.captures}
    assert kinds == {
        (200, False, "text/html"),
        (200, True, "text/html"),
        (200, False, "image/gif"),
        (301, False, "text/html"),
        (302, False, "text/html"),
        (404, False, "text/html"),
    }
    many = make_history(40)
    assert sum(len(many.versions(number)) == 2 for number in many.ids()) > 5
    for number in many.ids():
        counts = [count for _, count in many.views(number)]
        assert counts == sorted(counts)
    assert any(sighting.english for sighting in HISTORY.sightings)
    assert any(":80/" in each.url for each in HISTORY.captures)
    assert any(each.url.startswith("https:") for each in HISTORY.captures)
    assert any("đang bảo trì".encode() in each.body for each in HISTORY.captures)
    assert make_history(12) == HISTORY


# --- the Wayback Machine ----------------------------------------------------------------------------------------------


def test_the_index_lists_every_capture(archives: PracticeArchives) -> None:
    table = cdx(archives, url="songhong.example", matchType="domain")
    assert tuple(table[0]) == FIELDS
    rows = named(table)
    assert [(row["urlkey"], row["timestamp"]) for row in rows] == ROWS
    by_row = {(each.url, each.timestamp): each for each in HISTORY.captures}
    for row in rows:
        capture = by_row[row["original"], row["timestamp"]]
        assert row["digest"] == b32encode(sha1(capture.body, usedforsecurity=False).digest()).decode()
        expected = (
            ("warc/revisit", "-") if capture.revisit else (capture.media_type.partition(";")[0], str(capture.status))
        )
        assert (row["mimetype"], row["statuscode"]) == expected
    assert [request.place for request in archives.requests["cdx"]] == ["/cdx/search/cdx"]


@pytest.mark.parametrize(
    ("asked", "prefix"),
    [
        ({"url": f"*.{HOST}"}, "example,songhong,hoasua"),
        ({"url": HOST, "matchType": "host"}, "example,songhong,hoasua)"),
        ({"url": f"http://{HOST}/tin-noi-bat/*"}, "example,songhong,hoasua)/tin-noi-bat"),
        (
            {"url": f"{HOST}/tin-noi-bat/-/view_content/", "matchType": "prefix"},
            "example,songhong,hoasua)/tin-noi-bat/-/view_content",
        ),
        ({"url": "other.example", "matchType": "domain"}, "example,other"),
    ],
)
def test_addresses_are_matched(archives: PracticeArchives, asked: dict[str, str], prefix: str) -> None:
    found = [(row["urlkey"], row["timestamp"]) for row in named(cdx(archives, **asked))]
    assert found == [row for row in ROWS if row[0].startswith(prefix)]


def test_one_address_is_matched_however_it_is_written(archives: PracticeArchives) -> None:
    article = HISTORY.sightings[0].article
    table = cdx(archives, url=f"HTTPS://www.{HOST}:443{article.path}")
    assert [row["timestamp"] for row in named(table)] == [
        each.timestamp for each in HISTORY.captures if urlkey(each.url) == urlkey(f"{HOST}{article.path}")
    ]
    long_address = f"http://{HOST}{HISTORY.sightings[1].article.long_path}"
    assert len(cdx(archives, url=long_address, fl="original")) == 2
    assert cdx(archives, url=f"{HOST}/nowhere") == []


def test_lines_are_filtered_collapsed_and_cut(archives: PracticeArchives) -> None:
    every = {"url": HOST, "matchType": "domain"}
    pages = named(cdx(archives, ("filter", "statuscode:200"), ("filter", "mimetype:text/html"), **every))
    assert len(pages) == sum(
        each.status == 200 and not each.revisit and "html" in each.media_type for each in HISTORY.captures
    )
    assert {row["statuscode"] for row in named(cdx(archives, filter="!statuscode:200", **every))} == {
        "-",
        "301",
        "302",
        "404",
    }
    assert cdx(archives, filter="original:view_content", **every) == []
    assert len(cdx(archives, filter="original:.*view_content.*", **every)) > 20
    unique = [row["digest"] for row in named(cdx(archives, collapse="digest", **every))]
    assert all(before != after for before, after in pairwise(unique))
    assert len(named(cdx(archives, collapse="urlkey", **every))) == len({key for key, _ in ROWS})
    yearly = [
        (row["urlkey"], row["timestamp"][:4])
        for row in named(cdx(archives, ("collapse", "urlkey"), ("collapse", "timestamp:4"), **every))
    ]
    assert yearly == sorted({(key, time[:4]) for key, time in ROWS})
    in_years = [row["timestamp"] for row in named(cdx(archives, ("from", "2022"), ("to", "202308"), **every))]
    assert sorted(in_years) == sorted(time for _, time in ROWS if "2022" <= time < "202309")
    assert named(cdx(archives, limit="-2", fl="timestamp", **every)) == [{"timestamp": time} for _, time in ROWS[-2:]]


def test_long_answers_are_resumed(archives: PracticeArchives) -> None:
    every = {"url": HOST, "matchType": "domain", "limit": "25", "showResumeKey": "true", "fl": "urlkey,timestamp"}
    found: list[tuple[str, ...]] = []
    key = ""
    for _ in range(20):
        path = f"/cdx/search/cdx?{urlencode({**every, 'output': 'json'})}{f'&resumeKey={key}' if key else ''}"
        table = json.loads(get(archives, path)[1])
        more = table[-1][0] if len(table) > 2 and table[-2] == [] else None
        found += map(tuple, table[1:-2] if more else table[1:])
        if more is None:
            break
        key = more
    assert found == ROWS
    text = get(archives, f"/cdx/search/cdx?{urlencode(every)}")[1].decode().splitlines()
    assert (len(text), text[-2]) == (27, "")
    once, twice = (
        get(archives, f"/cdx/search/cdx?{urlencode(every)}&resumeKey={key}")[1]
        for key in (text[-1], quote_plus(text[-1]))
    )
    assert once == twice
    assert once.decode().splitlines()[0] == " ".join(ROWS[25])


def test_pages_are_cut_before_they_are_filtered(archives: PracticeArchives) -> None:
    every = {"url": HOST, "matchType": "domain"}
    count = int(get(archives, f"/cdx/search/cdx?{urlencode(every)}&showNumPages=true")[1])
    assert count > 5
    tables = [cdx(archives, page=str(page), filter="statuscode:404", **every) for page in range(count)]
    assert [] in tables
    assert sum(len(named(table)) for table in tables) == sum(each.status == 404 for each in HISTORY.captures)
    assert cdx(archives, page=str(count), **every) == []


def test_bad_queries_are_refused(archives: PracticeArchives) -> None:
    for query in ("", "?url=a.example&matchType=all", "?url=a.example&limit=x", "?url=a.example&filter=200"):
        assert get(archives, f"/cdx/search/cdx{query}")[0].status == 400


def test_captures_come_raw_and_exact(archives: PracticeArchives) -> None:
    for capture in HISTORY.captures:
        response, body = get(archives, raw_path(capture))
        assert (response.status, body) == (capture.status, capture.body)
        assert (
            response.getheader("Content-Type")
            == response.getheader("x-archive-orig-content-type")
            == capture.media_type
        )
        assert response.getheader("Memento-Datetime", "").endswith("GMT")
        if location := dict(capture.headers).get("Location"):
            assert response.getheader("x-archive-orig-location") == location
            assert (
                response.getheader("Location")
                == f"{archives.url}web/{capture.timestamp}id_/{urljoin(capture.url, location)}"
            )
    assert any(("Content-Encoding", "gzip") in each.headers for each in HISTORY.captures)


def test_the_nearest_capture_is_a_redirect_away(archives: PracticeArchives) -> None:
    capture = HISTORY.captures[3]
    response, _ = get(archives, f"/web/20210531id_/{capture.url}")
    assert (response.status, response.getheader("Location")) == (302, f"{archives.url}{raw_path(capture)[1:]}")
    response, body = get(archives, raw_path(capture).replace("http:", "https:"))
    assert (response.status, body) == (200, capture.body)
    response, _ = get(archives, f"/web/20210531id_/http://{HOST}/nowhere")
    assert response.status == 404
    assert response.getheader("X-Archive-Wayback-Runtime-Error") == "ResourceNotInArchiveException"
    assert get(archives, "/web/nothing")[0].status == 404


def test_a_redirect_to_https_leads_to_a_page(archives: PracticeArchives) -> None:
    capture = next(each for each in HISTORY.captures if each.status == 301)
    path, steps = raw_path(capture), []
    for _ in range(5):
        response, _ = get(archives, path)
        steps.append(response.status)
        path = response.getheader("Location", "").removeprefix(archives.url.rstrip("/"))
        if not path:
            break
    assert steps == [301, 302, 200]


@pytest.mark.parametrize("retry_after", [True, False])
def test_whoever_asks_too_often_is_refused(archives: PracticeArchives, retry_after: bool) -> None:
    archives.limit = RateLimit(3, 600, retry_after=retry_after)
    answers = [get(archives, f"/cdx/search/cdx?url={HOST}")[0] for _ in range(5)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429, 429]
    assert [answer.getheader("Retry-After") in ("599", "600") for answer in answers[3:]] == [retry_after] * 2
    assert (archives.limit.refused, archives.limit.ignored) == (2, 1)
    assert get(archives, raw_path(HISTORY.captures[0]))[0].status == 302
    archives.limit.seconds = 0
    assert get(archives, f"/cdx/search/cdx?url={HOST}")[0].status == 200


TROUBLES: list[tuple[TroubleKind, int]] = [
    ("429", 429),
    ("429 without Retry-After", 429),
    ("503", 503),
    ("404", 404),
    ("error page", 200),
    ("torn", 200),
    ("other bytes", 200),
]


@pytest.mark.parametrize(("kind", "status"), TROUBLES)
@pytest.mark.parametrize("endpoint", ["cdx", "web"])
def test_troubles_come_and_go(archives: PracticeArchives, endpoint: Endpoint, kind: TroubleKind, status: int) -> None:
    path = {"cdx": f"/cdx/search/cdx?url={HOST}&matchType=domain&output=json", "web": raw_path(HISTORY.captures[1])}[
        endpoint
    ]
    _, sound = get(archives, path)
    archives.troubles += [Trouble(endpoint, kind, times=2), Trouble(endpoint, "503", match="not asked for")]
    for _ in range(2):
        response, body = get(archives, path)
        assert response.status == status
        assert body != sound
        assert (response.getheader("Retry-After") is not None) == (kind == "429")
    assert get(archives, path)[1] == sound
    assert [trouble.match for trouble in archives.troubles] == ["not asked for"]


def test_connections_break(archives: PracticeArchives) -> None:
    archives.troubles += [Trouble("web", "hang up"), Trouble("web", "torn on the wire")]
    with pytest.raises(RemoteDisconnected):
        get(archives, raw_path(HISTORY.captures[1]))
    with pytest.raises(IncompleteRead):
        get(archives, raw_path(HISTORY.captures[1]))
    assert get(archives, raw_path(HISTORY.captures[1]))[0].status == 200


def test_others_may_answer_instead(archives: PracticeArchives) -> None:
    def instead(endpoint: Endpoint, request: Request) -> Reply | None:
        return Reply(418) if endpoint == "collinfo" else None

    archives.intercept = instead
    assert get(archives, "/collinfo.json")[0].status == 418
    assert get(archives, f"/cdx/search/cdx?url={HOST}")[0].status == 200
    assert [len(asked) for asked in archives.requests.values()] == [1, 0, 1, 0, 0, 0]


# --- Common Crawl -----------------------------------------------------------------------------------------------------


def index(archives: PracticeArchives, crawl: str, **asked: str) -> tuple[int, Any]:
    response, body = get(archives, f"/{crawl}-index?{urlencode({**asked, 'output': 'json'})}")
    return response.status, [json.loads(line) for line in body.decode().splitlines()]


def all_lines(archives: PracticeArchives) -> list[dict[str, str]]:
    lines = []
    for crawl in CRAWLS:
        _, (about,) = index(archives, crawl, url=f"*.{HOST}", showNumPages="true")
        for page in range(about["pages"]):
            status, found = index(archives, crawl, url=f"*.{HOST}", page=str(page))
            assert status == 200
            lines += found
    return lines


def test_crawls_are_listed_newest_first(archives: PracticeArchives) -> None:
    crawls = json.loads(get(archives, "/collinfo.json")[1])
    assert [crawl["id"] for crawl in crawls] == list(reversed(CRAWLS))
    assert crawls[0]["cdx-api"] == f"{archives.url}{CRAWLS[-1]}-index"
    assert crawls[-1]["from"] < crawls[-1]["to"] < crawls[0]["from"]


def test_records_come_out_of_the_data_by_their_range(archives: PracticeArchives) -> None:
    kept = {(each.url, each.timestamp): each for each in archives.crawled()}
    lines = all_lines(archives)
    assert len(lines) == len(kept) > len(HISTORY.captures) / 2
    for line in lines:
        first, last = int(line["offset"]), int(line["offset"]) + int(line["length"]) - 1
        response, body = get(archives, f"/{line['filename']}", Range=f"bytes={first}-{last}")
        assert (response.status, len(body)) == (206, int(line["length"]))
        capture = read_record(io.BytesIO(body), line["filename"])
        assert isinstance(capture, Capture)
        original = kept[line["url"], line["timestamp"]]
        packed = ("Content-Encoding", "gzip") in original.headers
        assert capture.body == (gzip.decompress(original.body) if packed else original.body)
        assert b32encode(sha1(capture.body, usedforsecurity=False).digest()).decode() == line["digest"]
        assert (str(capture.status), capture.location) == (line["status"], capture.location and absolute(line))


def absolute(line: dict[str, str]) -> str:
    return line["redirect"] if line["redirect"].startswith("http") else f"http://{HOST}{line['redirect']}"


def test_crawls_without_captures_and_bad_pages_are_told(archives: PracticeArchives) -> None:
    assert index(archives, CRAWLS[0], url="other.example/*") == (
        404,
        [{"message": "No Captures found for: other.example/*"}],
    )
    status, (message,) = index(archives, CRAWLS[0], url=f"*.{HOST}", page="99")
    assert (status, message["message"]) == (400, "Page 99 invalid: First Page is 0, Last Page is 1")
    assert index(archives, "CC-MAIN-1999-01", url=HOST)[0] == 404
    status, found = index(archives, CRAWLS[2], url=f"*.{HOST}", filter="status:301")
    assert (status, {line["status"] for line in found} <= {"301"}) == (200, True)


def test_the_data_has_its_moods(archives: PracticeArchives) -> None:
    line = all_lines(archives)[0]
    path, part = f"/{line['filename']}", f"bytes={line['offset']}-{int(line['offset']) + int(line['length']) - 1}"
    size = len(get(archives, path)[1])
    response, _ = get(archives, path, Range=f"bytes={size}-{size + 5}")
    assert (response.status, response.getheader("Content-Range")) == (416, f"bytes */{size}")
    assert get(archives, "/crawl-data/nothing.warc.gz")[0].status == 404
    archives.troubles += [Trouble("data", "whole file"), Trouble("data", "503"), Trouble("data", "torn")]
    response, body = get(archives, path, Range=part)
    assert (response.status, len(body)) == (200, size)
    response, body = get(archives, path, Range=part)
    assert (response.status, b"SlowDown" in body) == (503, True)
    response, body = get(archives, path, Range=part)
    assert (response.status, len(body)) == (206, int(line["length"]) // 2)
    assert not isinstance(read_record(io.BytesIO(body), "a"), Capture)


def test_archives_are_served_inside_of_their_block_only() -> None:
    archives = PracticeArchives(HISTORY)
    with pytest.raises(RuntimeError):
        archives.url  # noqa: B018
    with archives:
        assert quote(archives.url, safe=":/") == archives.url
