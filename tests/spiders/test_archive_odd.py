"""Odd rows, wrong labels and files of no kind cost themselves alone, are named, and are not met again."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.doubles import PracticeArchives
from tests.doubles.archives import Endpoint
from tests.doubles.warcs import sound
from tests.spiders.test_archive import HISTORY, SITE, Bench, assert_rescued, in_archive
from wardnews.demo import Reply, Request
from wardnews.demo.web import html

PAGE = """<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title></head><body>
<h1>{title}</h1><div class="ngay">Ngày đăng: 05/03/2022 08:15</div><div class="noidung">
<p>Sáng nay, phường Hoa Sữa ra quân tổng vệ sinh môi trường với đông đảo hội viên và nhân dân tham gia.</p>
<p>Phát biểu tại buổi ra quân, lãnh đạo phường đề nghị các tổ dân phố duy trì phong trào hằng tuần.</p>
</div></body></html>"""


def test_odd_rows_of_a_search_cost_themselves(tmp_path: Path) -> None:
    """One with a stamp of 12 digits is read, two that name nothing are counted once."""
    with PracticeArchives(HISTORY) as archives:
        bench = Bench(tmp_path, archives)

        def odd(endpoint: Endpoint, request: Request) -> Reply | None:
            if endpoint != "cdx":
                return None
            reply = archives._cdx(request)  # noqa: SLF001 - what it would have answered
            head, *rows = json.loads(reply.body)
            rows[-1][0] = rows[-1][0][:12]
            rows[1:1] = [["20221399101010", rows[0][1], "ABC", "9"], ["20220101000000"]]
            return replace(reply, body=json.dumps([head, *rows]).encode())

        archives.intercept = odd
        assert bench.backfill("wayback") == 0, bench.stderr
        assert "a date that is none: '20221399101010': 1 page" in bench.stderr
        assert 'a row that names no capture: ["20220101000000"]: 1 page' in bench.stderr
        assert "has nothing of it" not in bench.stderr
        ids = {record["id"] for record in bench.records()}
        assert ids == {f"{SITE}:{one.article.id}" for one in in_archive("wayback", archives)}
        asked = len(archives.requests["web"])
        assert bench.backfill("wayback") == 0, bench.stderr
        assert (" 0 failed" in bench.stderr, len(archives.requests["web"])) == (True, asked)


@pytest.mark.parametrize("label", ["unlabelled", "plain as gzip", "gzip as br"])
def test_captures_whose_label_is_wrong_are_read(label: str, tmp_path: Path) -> None:
    with PracticeArchives(HISTORY) as archives:
        bench = Bench(tmp_path, archives)

        def relabelled(endpoint: Endpoint, request: Request) -> Reply | None:
            reply = archives._web(request) if endpoint == "web" else None  # noqa: SLF001 - as above
            if reply is None or reply.status != 200 or "Content-Encoding" in dict(reply.headers):
                return reply
            if label == "plain as gzip":
                return replace(reply, headers=(*reply.headers, ("Content-Encoding", "gzip")))
            named = (("Content-Encoding", "br"),) if label == "gzip as br" else ()
            return replace(reply, body=gzip.compress(reply.body), headers=(*reply.headers, *named))

        archives.intercept = relabelled
        assert bench.backfill("wayback") == 0, bench.stderr
        assert_rescued(bench, in_archive("wayback", archives))


def test_a_search_that_failed_does_not_say_that_there_is_nothing(tmp_path: Path) -> None:
    with PracticeArchives(HISTORY) as archives:
        bench = Bench(tmp_path, archives)
        archives.intercept = lambda endpoint, _: html("<html>no</html>") if endpoint == "cdx" else None
        assert bench.backfill("wayback", "--plan") == 3, bench.stderr
        assert "has nothing of it" not in bench.stderr
        assert "the search of wayback was not finished" in bench.stderr


def test_a_search_that_never_goes_on_is_ended_and_a_long_answer_is_read(tmp_path: Path) -> None:
    with PracticeArchives(HISTORY) as archives:
        bench = Bench(tmp_path, archives)

        url = HISTORY.sightings[0].url
        rows = [["timestamp", "original", "digest", "length"], ["20220301101010", url, "", "9"], [], ["the+same+key"]]
        reply = Reply(200, json.dumps(rows).encode() + b" " * (9 << 20), "application/json")
        archives.intercept = lambda endpoint, _: reply if endpoint == "cdx" else None
        assert bench.backfill("wayback", "--plan") == 3, bench.stderr
        assert "a search that goes on where it was" in bench.stderr
        assert "has nothing of it" not in bench.stderr
        assert len(archives.requests["cdx"]) == 2


def test_a_folder_that_was_read_is_not_read_again(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.warc.gz").write_bytes(b"".join(gzip.compress(sound(one)) for one in HISTORY.captures[:40]))
    for name in ("b.html", "c.html"):
        (folder / name).write_text(PAGE.format(title=f"Ra quân {name}"), encoding="utf-8")
    (folder / "d.warc.gz.tmp").write_bytes(b"\x1f\x8b")
    bench = Bench(tmp_path)
    assert bench.backfill(folder, "--plan") == 0, bench.stderr
    planned = int(bench.stderr.partition("to do: ")[2].partition(" ")[0])
    assert "left aside: 1, not read: unfinished, by its name; rename what is whole" in bench.stderr
    assert bench.backfill(folder) == 0, bench.stderr
    assert f"{SITE}: {planned} pages" in bench.stderr
    assert "d.warc.gz.tmp: not read: unfinished" in bench.stderr
    nowhere = [record for record in bench.records() if record["url"].startswith("file:")]
    assert [record["flags"] for record in nowhere if "no_address" not in record["flags"]] == []
    assert len(nowhere) == 2
    before = bench.feeds()
    assert bench.backfill(folder) == 0, bench.stderr
    assert f"{SITE}: 0 pages" in bench.stderr
    assert bench.backfill(folder, "--reread") == 0, bench.stderr
    assert f"{SITE}: {planned} pages, 0 new, 0 edited" in bench.stderr
    assert bench.feeds() == before
    (folder / "c.html").write_text(PAGE.format(title="Ra quân lần hai"), encoding="utf-8")
    assert bench.backfill(folder) == 0, bench.stderr
    assert f"{SITE}: 1 page" in bench.stderr
