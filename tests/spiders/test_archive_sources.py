"""Archives that are searched by address, by a table, or by going through files give what they have, once."""

from __future__ import annotations

import json
import re
import signal
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from threading import Event

from tests.archives.network.test_columns import row, write
from tests.doubles import PracticeArchives
from tests.doubles.archives import Endpoint
from tests.doubles.history import LISTINGS, WAVES, stamp
from tests.doubles.mementos import PracticeMementos, date_of
from tests.spiders.test_archive import HISTORY, SITE, Bench, assert_rescued, in_archive
from wardnews.archives import network
from wardnews.demo import Reply, Request
from wardnews.demo.web import html


def test_a_memento_archive_is_asked_for_the_addresses_that_listings_name(tmp_path: Path) -> None:
    """It knows no host: the home page leads to the sections' pages, these to articles, in the same run."""
    with PracticeMementos(HISTORY) as archive:
        bench = Bench(tmp_path, sites=f"{HISTORY.toml()}sections = {json.dumps(LISTINGS)}\n")
        source = f"memento+{archive.timemaps}"
        assert bench.backfill(source, "--plan") == 0, bench.stderr
        assert not [path for path in archive.requests if "id_/" in path]
        down: list[str] = []

        def recorded(path: str) -> Reply | None:
            """Let an article's first capture be of a portal that was down: it is no answer of the archive's."""
            if "view_content" not in path or "id_" not in path or (down and path != down[0]):
                return None
            down.append(path)
            return Reply(503, b"down", "text/html", (("Memento-Datetime", date_of(path[5:19])),))

        archive.intercept = recorded
        assert bench.backfill(source) == 0, bench.stderr
        assert len(down) == 1
        listed = {record["id"] for record in bench.records()}
        assert len(listed) >= 5
        assert listed <= {f"{SITE}:{one.article.id}" for one in HISTORY.sightings}
        vias = {record["via"] for record in bench.feeds()}
        assert all(re.fullmatch(r"memento:http://127\.0\.0\.1:\d+/all/\d{14}id_/http.+", via) for via in vias)
        assert max(Counter(path for path in archive.requests if "timemap" in path).values()) == 1
        asked = len(archive.requests)
        assert bench.backfill(source) == 0, bench.stderr
        assert len(archive.requests) == asked


def test_an_archive_that_fails_is_never_said_to_have_nothing(tmp_path: Path) -> None:
    with PracticeMementos(HISTORY) as archive:
        bench = Bench(tmp_path)
        archive.intercept = lambda _: html("<h1>Please wait</h1>")
        source = f"arquivo+{archive.timemaps}"
        assert bench.backfill(source, "--plan") == 3, bench.stderr
        assert "arquivo: an answer that is no TimeMap" in bench.stderr
        assert "has nothing of it" not in bench.stderr
        archive.intercept = lambda path: (
            Reply(503, b"", "text/html", (("Retry-After", "0"),)) if "id_" in path else None
        )
        assert bench.backfill(source) == 3, bench.stderr
        archive.intercept = None
        assert bench.backfill(source) == 0, bench.stderr
        assert len(bench.records()) >= 5


def test_the_columnar_index_leads_to_the_same_captures_as_the_index_server(tmp_path: Path) -> None:
    with PracticeArchives(HISTORY) as archives:
        for crawl, lines in archives._crawls.items():  # noqa: SLF001 - what its index has
            rows = [
                row(0, HISTORY.host, url=line["url"], content_digest=line["digest"], warc_filename=line["filename"],
                    fetch_time=_time(line["timestamp"]), fetch_status=int(line["status"]),
                    content_mime_type=line["mime"], warc_record_offset=int(line["offset"]),
                    warc_record_length=int(line["length"]))
                for line in lines
            ]  # fmt: skip
            write(tmp_path / "index", crawl, rows)
        bench = Bench(tmp_path, archives)
        source = f"commoncrawl+{tmp_path / 'index'}"
        assert bench.backfill(source, "--plan") == 0, bench.stderr
        assert not archives.requests["data"]
        assert bench.backfill(source) == 0, bench.stderr
        assert_rescued(bench, in_archive("commoncrawl", archives))
        assert not archives.requests["index"] + archives.requests["collinfo"]
        assert {record["via"].partition(":")[0] for record in bench.feeds()} == {"commoncrawl"}
        asked = len(archives.requests["data"])
        assert bench.backfill("commoncrawl") == 0, bench.stderr  # one archive, by whichever index
        assert archives.requests["index"]
        assert len(archives.requests["data"]) == asked


def _time(digits: str) -> object:
    from wardnews.text.timestamps import from_digits

    return from_digits(digits)


def test_the_files_of_ccnews_are_gone_through_once_for_all_portals(tmp_path: Path) -> None:
    """A run that is killed in the midst of them goes on; a plan lists them and opens none."""
    other = '[other]\nname = "Phường Khác"\nurl = "http://khac.example/"\n'
    with PracticeArchives(HISTORY) as archives:
        bench = Bench(tmp_path, archives, HISTORY.toml() + other)
        days = ("--since", "2021-01-01", "--until", "2022-03-31")
        assert bench.backfill("ccnews") == 2
        assert "say the months by --since and --until" in bench.stderr
        archives.intercept = lambda *_: html("<h1>Slow down</h1>")
        assert bench.backfill("ccnews", "--plan", "--since", "2021-06-01", "--until", "2021-06-02") == 3, bench.stderr
        assert "has nothing of it" not in bench.stderr
        archives.intercept = None
        archives.requests["data"].clear()
        assert bench.backfill("ccnews", "--plan", *days) == 0, bench.stderr
        assert "to go through: 4 files, about 4 GB" in bench.stderr
        assert "has nothing of it" not in bench.stderr
        assert all(one.path.endswith("paths.gz") for one in archives.requests["data"])

        def kill(endpoint: Endpoint, request: Request) -> Reply | None:
            if request.path.endswith("00001.warc.gz") and _whole(request):
                process.kill()
            return None

        archives.intercept = kill
        with bench.started("backfill", SITE, "other", "--from", "ccnews", *days, "--sites", bench.sites) as process:
            pass
        archives.intercept = None
        assert bench.backfill("ccnews", *days, sites=f"{SITE} other") == 0, bench.stderr
        gone = Counter(one.path for one in archives.requests["data"] if "warc.gz" in one.path and _whole(one))
        assert sorted(gone.values()) == [1, 1, 1, 2]
        between = [one for one in HISTORY.sightings if one.timestamp < stamp(WAVES[2])]
        assert {record["id"] for record in bench.records()} <= {f"{SITE}:{one.article.id}" for one in between}
        assert bench.records()
        assert {record["via"].partition("-")[0] for record in bench.feeds()} <= {"ccnews:CC"}
        asked = len(archives.requests["data"])
        assert bench.backfill("ccnews", *days, sites=f"{SITE} other") == 0, bench.stderr
        assert all(one.path.endswith("paths.gz") for one in archives.requests["data"][asked:])


def _whole(request: Request) -> bool:
    return request.header("Range") == f"bytes=0-{(8 << 20) - 1}"


def test_an_unknown_source_is_named_with_those_there_are(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    for typed in ("nowhere", "wayback+http://a.example", "memento"):
        assert bench.backfill(typed) == 2
    assert bench.backfill("nowhere") == 2
    assert all(name in bench.stderr for name in network.names())


def test_runs_that_ask_one_archive_take_turns(tmp_path: Path) -> None:
    """A long backfill is under way; one of another portal gets its answers between, at the same pace."""
    other = '[other]\nname = "Phường Khác"\nurl = "http://khac.example/"\n'
    pace = {"WARDNEWS_ARCHIVE_DELAY": 0.3, "WARDNEWS_ARCHIVE_SEARCH_DELAY": 0.3}
    with PracticeArchives(HISTORY) as archives:
        bench, times, begun = Bench(tmp_path, archives, HISTORY.toml() + other), list[tuple[float, str]](), Event()

        def note(_kind: Endpoint, request: Request) -> None:
            times.append((time.monotonic(), request.path))
            if len(times) > 5:
                begun.set()

        archives.intercept = note
        arguments = ("--from", "wayback", "--sites", bench.sites)
        with bench.started("backfill", SITE, *arguments, settings=pace) as first:
            assert begun.wait(60)
            with bench.started("backfill", "other", *arguments, settings=pace) as second:
                pass
            assert first.exitcode is None
            first.send(signal.SIGINT)
        assert second.exitcode == 0, second.stderr
        assert first.exitcode == 4, first.stderr
    assert any("khac.example" in path for _, path in times)
    gaps = [later - sooner for (sooner, _), (later, _) in pairwise(times)]
    assert min(gaps) > 0.8 * 0.3, gaps  # as they arrive
