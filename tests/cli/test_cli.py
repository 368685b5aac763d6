from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.conftest import Run
from tests.doubles import PracticeArchives, make_history
from tests.helpers.commands import run_anew
from wardnews.archives.capture import Capture
from wardnews.archives.folder import read_folder
from wardnews.demo import PracticePortal
from wardnews.items import json_schema

QUALITY = Path(__file__).parents[1] / "quality"
RECORDING = Path(__file__).parents[1] / "pages" / "hanoi-liferay" / "article.html"
LISTING = RECORDING.with_name("listing.html")
URL = "http://phucloi.longbien.hanoi.gov.vn/moi-truong"
SAMPLE = "Tin nổi bật\n\nKhai giảng lớp học\nNgày đăng 05/04/2021 | 08:05 \xa0|\xa0Lượt xem: 9\n\nSáng 5/4, lớp học khai giảng."
GOOD = ["crawl", "hoasua", "--sites", "good.toml"]
COMMANDS = ("crawl", "read", "export", "probe", "sites", "status", "schema", "demo")


def test_each_command_as_a_user_runs_it(sites_file: Path, wardnews: Run, tmp_path: Path) -> None:
    """Most tests run it in a process that has imported everything already; `crawl`, `export`, `status` have others."""
    history = make_history(2)
    old = tmp_path / "old.toml"
    old.write_text(history.toml(), encoding="utf-8")
    with PracticeArchives(history) as archives:
        settings = {"WARDNEWS_RAW": "1", "WARDNEWS_WAYBACK": archives.url.rstrip("/")}
        settings |= {"WARDNEWS_ARCHIVE_DELAY": "0.001", "WARDNEWS_ARCHIVE_SEARCH_DELAY": "0.001"}
        assert wardnews("crawl", "practice-liferay", "--sites", sites_file, "--sample", "2").returncode == 0
        for command in (
            ("backfill", "practice-archived", "--from", "wayback", "--sites", old),
            ("gaps", "practice-archived", "--sites", old),
            ("reread", "practice-liferay", "--sites", sites_file),
            ("pack", "-o", "all.wacz"),
            ("read", RECORDING),
            ("sites",),
            ("schema",),
        ):
            done = run_anew(tmp_path, *command, environment=settings)
            assert done.returncode == 0, (command, done.stderr)
    assert (tmp_path / "all.wacz").exists()
    assert "connection refused" in run_anew(tmp_path, "probe", "http://127.0.0.1:1/").stderr


def test_the_demo_shows_a_table_and_a_record_and_goes_on_in_a_browser(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "wardnews", "demo", "--serve"]
    told = ""
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", env=os.environ
    ) as process:
        assert process.stderr
        for line in process.stderr:
            told += line
            if found := re.match(r"(http://127\.0\.0\.1:\d+/) shows ", line):
                with urlopen(found[1], timeout=60) as answer:
                    assert (answer.status, b"wardnews" in answer.read()) == (200, True)
                process.send_signal(signal.SIGINT)
        assert process.stdout
        record = json.loads(process.stdout.read())
    assert process.returncode == 0, told
    assert list(record) == list(json_schema()["properties"])
    assert "the latest of 100 articles" in told
    assert "What the lines above say of it is no fault" in told
    assert record["title"][:7] in told
    assert len(list(tmp_path.glob("output/*.jsonl"))) == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_a_screen_and_shows_an_example(wardnews: Run, command: str) -> None:
    done = wardnews(command, "--help")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) <= 40
    usage, _, rest = done.stdout.partition(f"Usage: wardnews {command} ")
    assert rest, usage
    assert f"wardnews {command}" in rest


def test_schema(wardnews: Run) -> None:
    assert json.loads(wardnews("schema").stdout) == json_schema()


def test_version(wardnews: Run) -> None:
    assert wardnews("--version").stdout.startswith("wardnews 0.")


def test_sites_lists_every_portal_whole(wardnews: Run) -> None:
    done = wardnews("sites")
    lines = [line for line in done.stdout.splitlines() if line.startswith("longbien-phucloi ")]
    assert len(lines) == 1
    assert "http://phucloi.longbien.hanoi.gov.vn/" in lines[0]
    assert "closed 2025-07-01, never seen answering" in lines[0]
    assert "never seen answering" in done.stderr
    found = wardnews("sites", "phuc", "loi")
    assert [line.split()[0] for line in found.stdout.splitlines()] == ["longbien-phucloi", "hanoi-phucloi"]
    assert (wardnews("sites", "khong-co").stdout, wardnews("crawl", "Phúc Lợi").returncode) == ("", 2)


def test_a_portal_is_named_as_people_know_it(sites_file: Path, wardnews: Run, portal: PracticePortal) -> None:
    """By name without marks, by an address of it: in a crawl, of which the store then has the key, and after it."""
    crawl = wardnews("crawl", "ben trang", "--sites", sites_file, "--sample", "1")
    assert crawl.returncode == 0, crawl.stderr
    for command in ("status", "gaps", "join"):
        done = wardnews(command, portal.url(portal.of("newszone")[0]), "--sites", sites_file)
        assert done.returncode == 0, (command, done.stderr)
    written = wardnews("export", "--site", "Bến Trăng", "--sites", sites_file).stdout
    assert [json.loads(line)["site"] for line in written.splitlines()] == ["practice-newszone"]


def test_read_a_saved_page(wardnews: Run) -> None:
    done = wardnews("read", RECORDING, "--url", URL)
    record = json.loads(done.stdout)
    assert done.returncode == 0
    assert (record["site"], record["via"], record["views"]) == ("longbien-phucloi", "file:article.html", 1081)
    assert record["ward"] == {"name": "Phúc Lợi", "code": "00136"}
    assert record["url"].startswith("http://phucloi.longbien.hanoi.gov.vn/moi-truong/-/view_content/4100321-")


@pytest.mark.parametrize(
    "head",
    [
        "<!-- Mirrored from {} by HTTrack Website Copier/3.x [XR&CO'2014], Sat, 27 Aug 2022 09:53:56 GMT -->",
        "<!-- Mirrored from {} by HTTrack -->",
        "<!-- saved from url=(0082)http://{} -->",
        '<link href="http://{}" rel="canonical">',
        '<meta content="http://{}" property="og:url">',
        '<meta content="https://khac.example.vn/1" property="og:url"><link href="http://{}" rel="canonical">',
        '<link href="/4100321" rel="canonical"><meta content="http://{}" property="og:url">',
    ],
)
def test_a_saved_page_says_where_it_came_from(wardnews: Run, tmp_path: Path, head: str) -> None:
    there = "phucloi.longbien.hanoi.gov.vn/moi-truong/-/view_content/4100321-a.html"
    page = tmp_path / "saved.html"
    html = RECORDING.read_text(encoding="utf-8").replace('rel="canonical"', "")
    page.write_text(html.replace("<head>", f"<head>{head.format(there)}"), encoding="utf-8")
    record = json.loads(wardnews("read", page).stdout)
    assert (record["url"], record["site"]) == (f"http://{there}", "longbien-phucloi")


def test_a_saved_page_is_read_alone_as_it_is_in_its_folder(wardnews: Run, tmp_path: Path) -> None:
    """The same address, time and links, whether a mirroring program's comment or its folder's name tells them."""
    body = "".join(f"<p>Sáng 5/4, phường Hoa Sữa họp giao ban, phần {part} của hội nghị.</p>" for part in "abc")
    html = f"""<title>Phường Hoa Sữa họp giao ban</title><h1>Phường Hoa Sữa họp giao ban</h1>
        <div>Ngày đăng 05/04/2021 | 17:15</div><div>{body}<p><img src="../anh/a.jpg"></p></div>"""
    comment = "<!-- Mirrored from hoasua.example.vn/tin/a.html by HTTrack Website Copier/3.x [XR&CO'2014], {} -->"
    mirrored = tmp_path / "mirror.html"
    mirrored.write_text(comment.format("Sat, 27 Aug 2022 04:39:12 GMT") + html, encoding="utf-8")
    named = tmp_path / "hoasua.example.vn/a.html"
    named.parent.mkdir()
    named.write_text(html, encoding="utf-8")
    for page, url in ((mirrored, "http://hoasua.example.vn/tin/a.html"), (named, "http://hoasua.example.vn/a.html")):
        (capture,) = read_folder(page)
        record = json.loads(wardnews("read", page).stdout)
        assert isinstance(capture, Capture)
        assert (record["url"], record["crawled_at"]) == (url, capture.timestamp)
        assert capture.url == url
        assert [image["url"] for image in record["images"]] == ["http://hoasua.example.vn/anh/a.jpg"]
        told = json.loads(wardnews("read", page, "--explain", "--json").stdout)
        assert told["fields"]["url"]["value"] == url
        given = json.loads(wardnews("read", page, "--url", "https://hoasua.example.vn/khac/b.html").stdout)
        assert given["url"] == "https://hoasua.example.vn/khac/b.html"
    assert json.loads(wardnews("read", mirrored).stdout)["crawled_at"] == "2022-08-27T04:39:12Z"


def test_a_saved_page_that_does_not_say_so_is_known_by_its_file(wardnews: Run) -> None:
    assert json.loads(wardnews("read", RECORDING).stdout)["url"] == RECORDING.resolve().as_uri()


def test_read_gives_back_the_sample_format_byte_for_byte(wardnews: Run, tmp_path: Path) -> None:
    sample = tmp_path / "sample.txt"
    sample.write_text(SAMPLE, encoding="utf-8")
    record = json.loads(wardnews("read", sample).stdout)
    assert (record["title"], record["views"], record["lead"]) == ("Khai giảng lớp học", 9, None)
    assert record["paragraphs"] == ["Sáng 5/4, lớp học khai giảng."]
    assert record["text"] == SAMPLE
    assert wardnews("read", sample, "--as", "text").stdout == SAMPLE
    both = wardnews("read", sample, sample, "--as", "text").stdout
    assert both == f"{SAMPLE}\f{SAMPLE}"
    sample.write_text(both, encoding="utf-8")
    assert wardnews("read", sample, "--as", "text").stdout == both


def test_one_text_of_many_that_is_none_costs_only_itself(wardnews: Run, tmp_path: Path) -> None:
    (tmp_path / "many.txt").write_text(f"{SAMPLE}\fmột dòng\f{SAMPLE}", encoding="utf-8")
    done = wardnews("read", "many.txt", "--as", "text")
    assert (done.returncode, done.stdout) == (1, f"{SAMPLE}\f{SAMPLE}")
    assert done.stderr.startswith("many.txt: article 2 of 3: not in the sample file format")


def test_an_article_of_pictures_is_read_back_from_its_text(wardnews: Run, tmp_path: Path) -> None:
    sample = tmp_path / "pictures.text"
    sample.write_text("Tin nổi bật\n\nHình ảnh lễ hội\nNgày đăng 05/04/2021 | 08:05", encoding="utf-8")
    record = json.loads(wardnews("read", sample).stdout)
    assert (record["published"], record["paragraphs"]) == ("2021-04-05T08:05+07:00", [])
    assert record["text"] == sample.read_text(encoding="utf-8")


def test_read_an_address(portal: PracticePortal, wardnews: Run) -> None:
    article = portal.of("newszone")[0]
    done = wardnews("read", portal.url(article))
    assert json.loads(done.stdout)["text"] == article.text()
    assert (done.returncode, done.stderr) == (0, "")
    assert wardnews("read", portal.url(article), "--as", "text").stdout == article.text()
    assert portal.requests["newszone"][0].path == "/robots.txt"


def test_read_goes_on_after_a_page_that_holds_no_article(portal: PracticePortal, wardnews: Run, tmp_path: Path) -> None:
    other, plain = tmp_path / "other.html", tmp_path / "plain.txt"
    other.write_text("<h1>Chào mừng</h1>", encoding="utf-8")
    plain.write_text("một dòng", encoding="utf-8")
    gone = f"{portal.newszone_url}khong-co.htm"
    done = wardnews("read", "nowhere.html", other, plain, LISTING, RECORDING, gone, "http://127.0.0.1:1/", "--url", URL)
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr.splitlines() == [
        "nowhere.html: No such file or directory",
        f"{other}: a page without an article (read as anyportal)",
        f"{plain}: not in the sample file format: section, blank line, title, header line, blank line, paragraphs",
        f"{LISTING}: a listing of 2 articles (read as hanoi-liferay)",
        f"{gone}: HTTP status 404",
        "http://127.0.0.1:1/: connection refused",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["crawl"], "name at least one portal, --all or --due; `wardnews sites` lists them"),
        (["crawl", "longbien-phucloy"], "unknown site 'longbien-phucloy'; did you mean longbien-phucloi"),
        ([*GOOD, "--since", "05/04/2021"], "--since 05/04/2021: expected a day such as 2024-01-31"),
        ([*GOOD, "--sites", "nowhere.toml"], "nowhere.toml: cannot read this sites file"),
        ([*GOOD, "--since", "2026-05-01", "--until", "2026-01-01"], "--since 2026-05-01 is after --until 2026-01-01"),
        (
            ["export", "--since", "2026-05-02", "--until", "2026-05-01"],
            "--since 2026-05-02 is after --until 2026-05-01",
        ),
        (
            ["backfill", "hoasua", "--from", "saved/", "--since", "2026-05-02", "--until", "2026-05-01", *GOOD[2:]],
            "--since 2026-05-02 is after --until 2026-05-01",
        ),
        ([*GOOD, "-o", "feed.docx"], "-o feed.docx: .docx means no format"),
        ([*GOOD, "-o", "feed.csv:jsonl"], "-o feed.csv: such a name means csv, and jsonl was asked for"),
        ([*GOOD, "-o", "feed.xml"], "-o feed.xml: a crawl writes csv, jsonl, text, and no atom"),
        ([*GOOD, "-o", "feed.pickle"], "-o feed.pickle: .pickle means no format"),
        ([*GOOD, "--sample", "0"], "Invalid value for '--sample'"),
        (["read", "x.html", "--as", "xml"], "Invalid value for '--as'"),
        (["sites", "--sites", "wrong.toml"], "wrong.toml: [hoasua]: unknown key 'ulr'; did you mean 'url'?"),
        (
            ["sites", "--sites", "layout.toml"],
            "layout.toml: [hoasua]: layout = 'hanoi': expected one of ecoit, hanoi-liferay",
        ),
        ([*GOOD, "-o", "good.toml/x.jsonl"], "cannot write good.toml"),
        (["read", "x.html", "--url", "http://[bad"], "--url http://[bad: expected an http or https address"),
        (["carwl"], "No such command 'carwl'"),
    ],
)
def test_what_is_typed_wrong_is_one_line_and_status_2(
    wardnews: Run, tmp_path: Path, arguments: list[str], message: str
) -> None:
    (tmp_path / "wrong.toml").write_text('[hoasua]\nname = "Phường Hoa Sữa"\nulr = "http://a.vn/"', encoding="utf-8")
    good = '[hoasua]\nname = "Phường Hoa Sữa"\nurl = "http://127.0.0.1:1/"\n'
    (tmp_path / "good.toml").write_text(good, encoding="utf-8")
    (tmp_path / "layout.toml").write_text(f'{good}layout = "hanoi"', encoding="utf-8")
    done = wardnews(*arguments)
    assert done.returncode == 2
    assert message in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "output").exists()


def test_explain_tells_what_gave_each_field_and_what_lost(wardnews: Run) -> None:
    page = QUALITY / "wordpress-classic.html"
    done = wardnews("read", "--explain", "--json", page)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["fields"]
    assert told["layout"] == {
        "value": "wordpress",
        "rule": "meta[name='generator'][content^='WordPress' i]",
        "lost": [],
    }
    assert told["title"]["rule"] == "h1.entry-title"
    assert told["published"]["value"] == "2025-08-05T10:12+07:00"
    assert [lost["value"] for lost in told["published"]["lost"]] == ["2025-08-05"]
    assert all(set(field) == {"value", "rule", "lost"} for field in told.values())


def test_explain_tells_what_gave_the_place_and_what_is_none(tmp_path: Path, wardnews: Run) -> None:
    text = "Tin\n\nBão cách đặc khu Bạch Long Vĩ 110 km\n05/08/2026 | 17:15\n\nSáng 5/8, tại đặc khu Cát Hải, lực lượng chức năng kêu gọi tàu thuyền vào bờ."
    page = tmp_path / "page.html"
    title, lead = text.split("\n")[2], text.rsplit("\n", maxsplit=1)[-1]
    page.write_text(
        f"<html><body><h1>{title}</h1><p class=date>05/08/2026 17:15</p><div class=content><p>{lead}</p></div></body></html>",
        encoding="utf-8",
    )
    done = wardnews("read", "--explain", "--json", page, "--url", "http://haiphong.gov.vn/tin-1.html")
    told = json.loads(done.stdout)["fields"]
    assert {"value": "đặc khu Bạch Long Vĩ", "rule": "title: a point of reference"} in told["ward"]["lost"]
    assert "rule" in told["place_basis"]


def test_explain_is_a_table_on_a_terminal(wardnews: Run) -> None:
    done = wardnews("read", "--explain", QUALITY / "any-flat.html", "--url", "http://hoasua.example.vn/tin/1")
    assert done.returncode == 0, done.stderr
    for words in ("given by", "lost", "no known system's mark", "Hội Cựu chiến binh"):
        assert words in done.stdout


def test_explain_says_where_there_is_nothing_to_explain(wardnews: Run) -> None:
    done = wardnews("read", "--explain", "--json", LISTING, "nowhere.html")
    assert (done.returncode, done.stdout) == (1, "")
    assert "a listing of 2 articles" in done.stderr
    assert "nowhere.html: No such file" in done.stderr
    assert wardnews("read", "--json", LISTING).returncode == 2


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("read", "b\udce0i.html"), 0),
        (("read", "b\udce0i.html", "--as", "text"), 0),
        (("read", "--explain", "b\udce0i.html"), 0),
        (("read", "m\udce0t.text"), 0),
        (("read", "thi\udcbfu.html"), 1),
        (("sites", "--sites", "x\udce0.toml"), 2),
    ],
)
def test_names_that_are_no_utf_8_are_names(tmp_path: Path, arguments: tuple[str, ...], status: int) -> None:
    (tmp_path / "b\udce0i.html").write_bytes(RECORDING.read_bytes())
    (tmp_path / "m\udce0t.text").write_text(SAMPLE, encoding="utf-8")
    done = run_anew(tmp_path, *arguments, environment={"PYTHONUTF8": "0", "LC_ALL": "C.UTF-8"})
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    if arguments[0] == "read" and len(arguments) == 2 and not status:
        assert json.loads(done.stdout)["via"].startswith("file:")


def test_nothing_that_is_said_controls_a_terminal(wardnews: Run) -> None:
    done = wardnews("read", "\x1b]0;x\x07\x1b[2J.html")
    assert done.returncode == 1
    assert "\x1b" not in done.stderr
    assert "\x07" not in done.stderr
    assert "No such file" in done.stderr


def test_a_store_that_is_broken_is_named_in_one_line(sites_file: Path, wardnews: Run, tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/own.db"
    crawl = ("crawl", "practice-liferay", "--sites", sites_file, "--sample", "1", "--store", store)
    assert wardnews(*crawl).returncode == 0
    (tmp_path / "own.db").write_bytes((tmp_path / "own.db").read_bytes()[:4096] + b"\xff" * 65536)
    for command in (("export", "-o", "all.jsonl"), ("changes",)):
        done = wardnews(*command, "--store", store)
        assert done.returncode in (1, 2), done.stderr
        assert "Traceback" not in done.stderr
        assert "own.db" in done.stderr
        assert "all.jsonl" not in done.stderr
