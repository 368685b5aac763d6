"""What is made of records for what comes after: each format by a reader of its own, folders, choices, descriptions."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import duckdb
import feedparser
import jsonschema
import pyarrow.parquet
import pytest
import yaml
from pyld import jsonld
from typer.testing import CliRunner

from wardnews import cli
from wardnews.errors import ExportError, UsageError
from wardnews.exporters.feeds import NEWEST
from wardnews.exporters.files import whole_folder
from wardnews.exporters.formats import FORMATS, format_of
from wardnews.exporters.formats.schemaorg import as_linked_data
from wardnews.exporters.formats.text import place_of
from wardnews.items import Article, Attachment, Image, Place, article_of, json_line, json_schema
from wardnews.store.database import Store
from wardnews.store.frontier import Frontier
from wardnews.store.tasks import Wanted
from wardnews.text.sample_format import compose_text

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ROOT = Path(__file__).parents[2]
PHUC_LOI, HOA_SUA = Place("Phúc Lợi", "00136"), Place("Hoa Sữa", "11311")
HANOI, HAIPHONG = Place("Hà Nội", "01"), Place("Hải Phòng", "31")
BASE = Article(
    site="longbien-phucloi", section="CÔNG TÁC ĐẢNG", title="Đảng ủy phường giao ban tháng 4",
    header="Ngày đăng 05/04/2021 | 17:15 \u00a0|\u00a0Lượt xem: 1.081", published="2021-04-05T17:15+07:00", views=1081,
    lead="Sáng 5/4, Đảng ủy phường giao ban.", paragraphs=["- Tổ 1 báo cáo; tổ 2 & 3 <góp ý>.", 'Ông Vọng: "Được".'],
    images=[Image("http://a.vn/1.jpg", "Toàn cảnh", None)],
    attachments=[Attachment("http://a.vn/2.pdf", "Kế hoạch", "application/pdf", "5e" * 32, 81_000), Attachment("http://a.vn/3.xyz"), Attachment("javascript:x()")],
    author="Lê Mây", source="Báo Sông Hồng", ward=PHUC_LOI, district=Place("Long Biên", "004"), province=HANOI,
    place_basis="site", language="vi", layout="hanoi-liferay", flags=["midnight", "short_body"],
    crawled_at="2021-04-06T01:00:00Z", first_seen="2021-04-06T01:00:00Z",
)  # fmt: skip
KEPT = "media_type VARCHAR, sha256 VARCHAR, bytes BIGINT"
HARMFUL = ("=HYPERLINK(A1)", "+84 24", "-1+1", "@SUM(A1)", "'Sông Hồng'")


def articles() -> list[Article]:
    """Give articles of three portals: whole ones, bare ones, and some that mean harm."""
    bare = Article(title="Thông báo", crawled_at="2022-01-01T00:00:00Z", first_seen="2022-01-01T00:00:00Z")
    found = {
        "longbien-phucloi:1": BASE,
        "longbien-phucloi:2": replace(BASE, published="2022-01-02", section="Công tác Đảng", views=0),
        "longbien-phucloi:3": replace(BASE, published=None, ward=None, district=None, section="Tin tức - Sự kiện"),
        "hoasua:Tin-Mới/1": replace(bare, site="hoasua", published="2022-02-03", ward=HOA_SUA, province=HAIPHONG),
        "hoasua:tin-mới/1": replace(bare, site="hoasua", published="2022-02-03", language="en"),
        "hoasua:con": replace(bare, site="hoasua", published="2022-02-03", paragraphs=["Chuông\x0breo \x1f."]),
        f"hoasua:{'0' * 300}": replace(bare, site="hoasua"),
    }
    for number, harm in enumerate(HARMFUL):
        found[f"bentrang:{number}"] = replace(bare, site="bentrang", title=harm, paragraphs=[harm], author=harm)
    return [replace(one, id=key, url=f"http://a.vn/{key[-9:]}", content_hash=key) for key, one in found.items()]


def remember(store: Store, found: list[Article]) -> None:
    """Write articles into a store, as a crawl does."""
    store.begin_run("r", "2026-08-29T01:00:00Z")
    frontier = Frontier(store, "r")
    for site in dict.fromkeys(one.site for one in found):
        own = {one.id: one for one in found if one.site == site}
        frontier.begin(site, [Wanted("article", key, one.url) for key, one in own.items()])
        while task := frontier.next_task(site):
            one = own[task.key]
            one.text = compose_text(one.section, one.title, one.header, [*filter(None, [one.lead]), *one.paragraphs])
            frontier.read_from(one, task)
            frontier.remember(one)
    frontier.close()
    store.close()


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Fill a store in an empty folder, go there, and give its records."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WARDNEWS_STORE", "sqlite:///store.db")
    monkeypatch.setattr(os, "sync", lambda: None)  # it waits for all that runs on the machine
    remember(Store.open("sqlite:///store.db"), articles())
    return [json.loads(line) for line in export().splitlines()]


def run(*arguments: str) -> tuple[bytes, str]:
    """Export within this process; give what went to standard output, and what was told."""
    result = CliRunner().invoke(cli.app, ["export", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.stderr
    return result.stdout_bytes, result.stderr


def export(*arguments: str) -> str:
    return run(*arguments)[0].decode()


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_format_is_a_module_of_its_own() -> None:
    known = {name: format_of(name) for name in FORMATS}
    assert len({id(one) for one in known.values()}) == len(FORMATS)
    for one in known.values():
        assert one.pieces or one.feed or one.folder
        assert bool(one.feed) == bool(one.ending)


def test_the_same_store_gives_the_same_bytes(records: list[dict[str, Any]], tmp_path: Path) -> None:
    remember(Store.open("sqlite:///other.db"), articles()[::-1])
    outputs = ["jsonl:a.jsonl", "jsonl:a.jsonl.gz", "jsonl:a.jsonl.zst", "csv:a.csv", "schemaorg:a.ld", "text:a.txt"]
    outputs += ["text:text/", "parquet:parquet/", "atom:atom/", "jsonfeed:feeds/"]
    for store in ("store", "other"):
        for kind, _, path in (output.partition(":") for output in outputs):
            where = f"{store}/{path}"
            run("--store", f"sqlite:///{store}.db", "--as", kind, "-o", where)
            once = tree(tmp_path / store)
            run("--store", f"sqlite:///{store}.db", "--as", kind, "-o", where)
            assert tree(tmp_path / store) == once
    assert tree(tmp_path / "store") == tree(tmp_path / "other")
    assert len(tree(tmp_path / "store")) > 20
    assert not list(tmp_path.glob(".*"))


def test_json_lines(records: list[dict[str, Any]], tmp_path: Path) -> None:
    in_order = sorted(articles(), key=lambda one: (one.site, one.published or "", one.id))
    assert [replace(article_of(json.dumps(one)), text="", story=None) for one in records] == in_order
    validator = jsonschema.Draft202012Validator(json_schema())
    for record in records:
        validator.validate(record)
    whole = export()
    for name, unpack in (("a.jsonl.gz", gzip.decompress), ("a.jsonl.zst", zstd.decompress)):
        run("-o", name)
        assert unpack(Path(name).read_bytes()).decode() == whole


def test_texts(records: list[dict[str, Any]], tmp_path: Path) -> None:
    told = run("--as", "text", "-o", "texts/")[1]
    assert told == "12 records of 3 portals, 2021-04-05 to 2022-02-03, as text: texts/\n"
    files = tree(tmp_path / "texts")
    assert len(files) == len({name.casefold() for name in files}) == len(records) + 2
    assert max(len(Path(name).name) for name in files) < 110
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(files["index.csv"].decode("utf-8-sig")))}
    assert rows["longbien-phucloi:1"]["path"] == "longbien-phucloi/2021/1.txt"
    assert rows["longbien-phucloi:3"]["path"] == "longbien-phucloi/undated/3.txt"
    for record in records:
        row = rows[record["id"]]
        assert files[row["path"]].decode() == record["text"]
        assert row["sha256"] == hashlib.sha256(files[row["path"]]).hexdigest()


@pytest.mark.parametrize("own", ["", ".", "..", "a/b", "A", "é", "nul", "COM1", "x" * 101, "_x", "a.b", "tin\n"])
def test_an_id_that_is_no_name_for_a_file_is_hashed(own: str) -> None:
    site, year, name = place_of(f"hoasua:{own}", "hoasua", "2021-01-01").split("/")
    assert (site, year, len(name)) == ("hoasua", "2021", 37)
    assert name.startswith("_")


def types_of(table: str) -> dict[str, str]:
    """Tell what DuckDB takes the columns of a table for."""
    return {name: kind for name, kind, *_ in duckdb.execute(f"DESCRIBE FROM {table}").fetchall()}


def test_csv_in_a_spreadsheet_and_in_duckdb(records: list[dict[str, Any]]) -> None:
    told = run("--as", "csv", "-o", "all.csv")[1]
    assert told == "12 records of 3 portals, 2021-04-05 to 2022-02-03, as csv: all.csv\n"
    text = Path("all.csv").read_bytes().decode()
    assert text.startswith("\ufeffschema,id,url,")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [row["title"] for row in rows[:5]] == [f"'{harm}" for harm in HARMFUL]
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]

    names = ["id", "published", "published_date", "views", "ward_name", "ward_code", "version", "crawled_at"]
    types = types_of("'all.csv'")
    assert [types[name] for name in names] == [
        "VARCHAR", "VARCHAR", "DATE", "BIGINT", "VARCHAR", "VARCHAR", "BIGINT", "TIMESTAMP WITH TIME ZONE",
    ]  # fmt: skip
    text_columns = ("id", "title", "header", "lead", "author", "section", "content_hash")
    query = f"SELECT {', '.join(text_columns)}, views, ward_code, paragraphs, images FROM 'all.csv'"
    for row, record in zip(duckdb.execute(query).fetchall(), records, strict=True):
        back = [None if cell is None else cell.removeprefix("'") for cell in row[:-4]]
        assert back == [record[name] for name in text_columns]
        assert row[-4] == record["views"]
        assert row[-3] == (record["ward"] or {"code": None})["code"]
        assert (row[-2] or "").removeprefix("'") == "\n".join(record["paragraphs"])
        assert json.loads(row[-1] or "[]") == record["images"]


def test_parquet_in_duckdb(records: list[dict[str, Any]], tmp_path: Path) -> None:
    run("--as", "parquet", "-o", "news")
    assert sorted(tree(tmp_path / "news")) == [
        "README.md",
        "articles/province_key=ha-noi/year=2021/part-0.parquet",
        "articles/province_key=ha-noi/year=2022/part-0.parquet",
        "articles/province_key=ha-noi/year=__HIVE_DEFAULT_PARTITION__/part-0.parquet",
        "articles/province_key=hai-phong/year=2022/part-0.parquet",
        "articles/province_key=unknown/year=2022/part-0.parquet",
        "articles/province_key=unknown/year=__HIVE_DEFAULT_PARTITION__/part-0.parquet",
        "datapackage.json",
    ]
    head, text = Path("news/README.md").read_text(encoding="utf-8").removeprefix("---\n").split("---\n")
    (config,) = yaml.safe_load(head)["configs"]
    (split,) = config["data_files"]
    assert len(list(Path("news").glob(split["path"]))) == 6
    assert f"{len(records)} articles of 3 portals, 2021-04-05 to " in text
    table = "read_parquet('news/articles/**/*.parquet')"
    types = types_of(table)
    assert types["paragraphs"] == types["flags"] == "VARCHAR[]"
    assert types["ward"] == 'STRUCT("name" VARCHAR, code VARCHAR)'
    assert types["images"] == f"STRUCT(url VARCHAR, caption VARCHAR, alt VARCHAR, {KEPT})[]"
    assert (types["views"], types["published_date"], types["year"]) == ("BIGINT", "DATE", "BIGINT")
    moments = [f"strftime({name}, '%Y-%m-%dT%H:%M:%SZ') AS {name}" for name in ("crawled_at", "first_seen")]
    duckdb.execute("SET TimeZone = 'UTC'")
    answer = duckdb.execute(f"SELECT * REPLACE ({', '.join(moments)}) FROM {table}").fetchall()
    rows = {row["id"]: row for row in (dict(zip(types, row, strict=True)) for row in answer)}
    for record in records:
        row = rows[record["id"]]
        assert {name: row[name] for name in record} == record
        assert str(row["published_date"]) == str((record["published"] or "")[:10] or None)
        assert str(row["year"]) == str((record["published"] or "")[:4] or None)
    assert len(rows) == pyarrow.parquet.read_table("news/articles").num_rows == len(records)


def test_the_queries_of_the_docs_are_answered(records: list[dict[str, Any]]) -> None:
    for arguments in ("--as parquet -o news/", "--as csv -o all.csv", "-o all.jsonl", "-o all.jsonl.zst"):
        run(*arguments.split())
    queries = [
        query
        for page in ("docs/records.md", "docs/exports.md")
        for block in re.findall(
            r"^```sql\n(.*?)^```$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
        )
        for query in re.findall(r"^SELECT.*?;", block, re.MULTILINE | re.DOTALL)
    ]
    assert len(queries) == 6
    for query in queries:
        rows = duckdb.execute(query).fetchall()
        assert rows or "no_date" in query or "HAVING" in query


def test_a_large_part_has_row_groups(records: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    from wardnews.exporters.formats import parquet

    for name, value in (("_GROUP", 10_000), ("_WAITING", 1000), ("_AT_ONCE", 2)):
        monkeypatch.setattr(parquet, name, value)
    many = [
        replace(BASE, id=f"many:{one}", url=f"http://a.vn/{one}", site="many", content_hash=f"{one}")
        for one in range(40)
    ]
    remember(Store.open("sqlite:///many.db"), many)
    run("--store", "sqlite:///many.db", "--as", "parquet", "-o", "news")
    (file,) = Path("news").rglob("*.parquet")
    read = pyarrow.parquet.ParquetFile(file)
    assert 1 < read.metadata.num_row_groups < 40
    assert sorted(read.read()["id"].to_pylist()) == sorted(one.id for one in many)


def offline(url: str, options: object) -> None:
    raise AssertionError(f"asks for {url}")


def test_linked_data_expands_without_the_network(records: list[dict[str, Any]]) -> None:
    schema = "https://schema.org/"
    expanded = {}
    for line in export("--as", "schemaorg").splitlines():
        (article,) = jsonld.expand(json.loads(line), {"documentLoader": offline})
        assert article["@type"] == [f"{schema}NewsArticle"]
        expanded[article[f"{schema}identifier"][0]["@value"]] = article
    assert set(expanded) == {record["id"] for record in records}
    first = expanded["longbien-phucloi:1"]
    (views,) = first[f"{schema}interactionStatistic"]
    assert views["@type"] == [f"{schema}InteractionCounter"]
    assert views[f"{schema}interactionType"] == [{"@id": f"{schema}ViewAction"}]
    assert views[f"{schema}userInteractionCount"] == [{"@value": 1081}]
    assert first[f"{schema}url"] == [{"@id": first["@id"]}]
    (ward,) = first[f"{schema}contentLocation"]
    within = [
        ward,
        *ward[f"{schema}containedInPlace"],
        *ward[f"{schema}containedInPlace"][0][f"{schema}containedInPlace"],
    ]
    assert [one[f"{schema}identifier"][0]["@value"] for one in within] == ["00136", "004", "01"]
    assert f"{schema}interactionStatistic" not in expanded["hoasua:con"]
    assert first[f"{schema}publisher"][0][f"{schema}name"] == [{"@value": "Phường Phúc Lợi, quận Long Biên"}]


def test_linked_data_may_stand_in_a_page() -> None:
    title = "Họp tổ </script><!--<script>alert(1)"
    (written,) = as_linked_data([json_line(replace(BASE, title=title))], {})
    assert "<" not in written
    assert json.loads(written)["headline"] == title


@pytest.mark.parametrize(
    ("author", "kind"),
    [
        ("Nguyễn Thị Hoa", "Person"),
        ("Đoàn Văn Hậu", "Person"),
        ("Trương Mỹ", "Person"),
        ("UBND phường Hoa Sữa", "Organization"),
        ("Ban Biên Tập", "Organization"),
        ("Công an phường", "Organization"),
        ("Đoàn Thanh niên", "Organization"),
        ("BBT", "Organization"),
    ],
)
def test_an_author_has_a_type(author: str, kind: str) -> None:
    (written,) = as_linked_data([json_line(replace(BASE, author=author))], {})
    assert json.loads(written)["author"] == {"@type": kind, "name": author}


TEXT = {"type": "string", "minLength": 1}
ADDRESS = {"type": "string", "pattern": "^https?://"}
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"}
AUTHORS = {
    "type": "array",
    "minItems": 1,
    "items": {"type": "object", "anyOf": [{"required": ["name"]}, {"required": ["url"]}]},
}
ATTACHMENT = {
    "type": "object", "required": ["url", "mime_type"],
    "properties": {
        "url": ADDRESS, "mime_type": {"pattern": "^[a-z]+/[^ ]+$"}, "title": TEXT,
        "size_in_bytes": {"type": "integer", "minimum": 0},
    },
}  # fmt: skip
ITEM = {
    "type": "object", "required": ["id"], "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
    "properties": {
        "id": TEXT, "url": ADDRESS, "external_url": ADDRESS, "title": TEXT, "content_html": {"type": "string"},
        "content_text": {"type": "string"}, "summary": TEXT, "image": ADDRESS, "banner_image": ADDRESS,
        "date_published": MOMENT, "date_modified": MOMENT, "authors": AUTHORS, "language": TEXT,
        "tags": {"type": "array", "items": TEXT}, "attachments": {"type": "array", "items": ATTACHMENT},
    },
    "additionalProperties": False,
}  # fmt: skip
JSON_FEED = {
    "type": "object", "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"}, "title": TEXT, "home_page_url": ADDRESS,
        "items": {"type": "array", "items": ITEM},
    },
    "additionalProperties": False,
}  # fmt: skip
"""JSON Feed 1.1, as far as it is used."""


def test_json_feeds(records: list[dict[str, Any]], tmp_path: Path) -> None:
    run("--as", "jsonfeed", "-o", "feeds")
    names = ["bentrang.json", "datapackage.json", "feeds.opml", "hoasua.json", "longbien-phucloi.json"]
    assert sorted(tree(tmp_path / "feeds")) == names
    feeds = {name: json.loads(Path("feeds", name).read_bytes()) for name in names if name[:4] not in ("data", "feed")}
    outlines = ET.parse("feeds/feeds.opml").getroot().findall("body/outline")
    assert {one.get("xmlUrl"): one.get("text") for one in outlines} == {
        name: feed["title"] for name, feed in feeds.items()
    }
    assert outlines[-1].get("htmlUrl") == "http://phucloi.longbien.hanoi.gov.vn/"
    for feed in feeds.values():
        jsonschema.validate(feed, JSON_FEED)
    assert {item["id"] for feed in feeds.values() for item in feed["items"]} == {record["id"] for record in records}
    own = feeds["longbien-phucloi.json"]
    assert json.loads(export("--as", "jsonfeed", "--site", "longbien-phucloi")) == own
    assert own["title"] == "Phường Phúc Lợi, quận Long Biên"
    assert [item.get("date_published") for item in own["items"]] == [
        "2022-01-02T00:00:00+07:00", "2021-04-05T17:15:00+07:00", None,
    ]  # fmt: skip
    assert "<p>- Tổ 1 báo cáo; tổ 2 &amp; 3 &lt;góp ý&gt;.</p>" in own["items"][1]["content_html"]
    empty = json.loads(export("--as", "jsonfeed", "--site", "hanoi-phucloi"))  # known, never crawled
    jsonschema.validate(empty, JSON_FEED)
    assert empty["items"] == []


def test_what_search_engines_take(records: list[dict[str, Any]]) -> None:
    """The lines of the docs for jq make what bulk requests of OpenSearch and documents of Meilisearch are."""
    if not shutil.which("jq"):
        pytest.skip("needs jq")
    run("-o", "all.jsonl")
    lines = re.findall(r"^jq .*$", (ROOT / "docs" / "exports.md").read_text(encoding="utf-8"), re.MULTILINE)
    for line in lines:
        subprocess.run(["sh", "-c", line], check=True)
    bulk = [json.loads(line) for line in Path("bulk.ndjson").read_text(encoding="utf-8").splitlines()]
    assert [one["index"] for one in bulk[::2]] == [{"_index": "news", "_id": one["id"]} for one in bulk[1::2]]
    assert sorted(one["id"] for one in bulk[1::2]) == sorted(one["id"] for one in records)
    documents = [json.loads(line) for line in Path("documents.ndjson").read_text(encoding="utf-8").splitlines()]
    assert {one.pop("record") for one in documents} == {one["id"] for one in records}
    assert len({one["id"] for one in documents}) == len(records)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,511}", one["id"]) for one in documents)


def test_atom_feeds(records: list[dict[str, Any]], tmp_path: Path) -> None:
    run("--as", "atom", "-o", "feeds")
    ids = set()
    for path in Path("feeds").glob("*.atom"):
        feed = feedparser.parse(path.read_bytes())
        assert (feed.bozo, feed.version) == (False, "atom10")
        assert feed.feed.updated_parsed
        assert [one.href for one in feed.feed.links if one.rel == "self"] == [path.name]
        for entry in feed.entries:
            jsonschema.validate(entry.updated, MOMENT)
            assert entry.id.startswith("urn:uuid:")
            assert entry.link.startswith("http://a.vn/")
            ids.add(entry.id)
    assert len(ids) == len(records)
    own = feedparser.parse(run("--as", "atom", "--site", "longbien-phucloi")[0])
    assert (own.feed.title, own.feed.updated) == ("Phường Phúc Lợi, quận Long Biên", "2022-01-02T00:00:00+07:00")
    newest, older, undated = own.entries
    assert [one.updated for one in own.entries[1:]] == ["2021-04-05T17:15:00+07:00", "2021-04-06T01:00:00Z"]
    assert "published" not in undated
    assert (older.author, older.tags[0].term, older.summary) == (BASE.author, BASE.section, BASE.lead)
    assert [one.href for one in newest.enclosures] == ["http://a.vn/2.pdf", "http://a.vn/3.xyz"]
    assert [one.get("length") for one in newest.enclosures] == ["81000", None]
    assert "tổ 2 &amp; 3 &lt;góp ý&gt;" in older.content[0].value
    empty = feedparser.parse(run("--as", "atom", "--site", "hanoi-phucloi")[0])
    assert (empty.bozo, empty.entries, bool(empty.feed.updated_parsed)) == (False, [], True)


def test_a_portal_of_ones_own_has_its_name(records: list[dict[str, Any]]) -> None:
    Path("own.toml").write_text('[hoasua]\nname = "Phường Hoa Sữa"\nurl = "http://hoasua.vn/"\n', encoding="utf-8")
    assert json.loads(export("--as", "jsonfeed", "--site", "hoasua"))["title"] == "hoasua"
    feed = json.loads(export("--as", "jsonfeed", "--site", "hoasua", "--sites", "own.toml"))
    assert (feed["title"], feed["home_page_url"]) == ("Phường Hoa Sữa", "http://hoasua.vn/")


def test_a_feed_has_the_newest(records: list[dict[str, Any]]) -> None:
    day = "2021-{:02}-{:02}".format
    many = [
        replace(
            BASE,
            id=f"many:{one}",
            site="many",
            url=f"http://a.vn/{one}",
            content_hash=f"{one}",
            published=day(1 + one // 28, 1 + one % 28),
        )
        for one in range(NEWEST + 5)
    ]
    remember(Store.open("sqlite:///many.db"), many)
    out, told = run("--store", "sqlite:///many.db", "--site", "many", "--as", "jsonfeed")
    assert [item["id"] for item in json.loads(out)["items"]] == [one.id for one in many[:4:-1]]
    assert (
        told
        == f"{len(many)} records, 2021-01-01 to 2021-04-21, as jsonfeed: standard output, of which a feed has the newest {NEWEST}\n"
    )


@pytest.mark.parametrize(
    ("arguments", "ids", "told"),
    [
        (["--section", "cong tac dang"], "1 2", ""),
        (["--section", "CÔNG TÁC ĐẢNG", "--section", "tin tức, sự kiện"], "1 2 3", ""),
        (["--ward", "phuc loi"], "1 2", ""),
        (["--ward", "Phường Phúc Lợi", "--since", "2022-01-01"], "2", ""),
        (["--ward", "00136"], "1 2", ""),
        (["--district", "quận long biên"], "1 2", ""),
        (["--province", "TP. Hà Nội"], "1 2 3", ""),
        (["--province", "01", "--ward", "11311"], "", ""),
        (["--change", "new", "--change", "gone", "--province", "hanoi", "--province", "Hà Nội"], "1 2 3", "--province hanoi: no article has it; did you mean Hà Nội?\n"),
        (["--ward", "Phúc Đồng Nai"], "", "--ward Phúc Đồng Nai: no article has it; did you mean Phúc Lợi?\n"),
        (["--change", "gone"], "", ""),
        (["--ward", "-"], "", "--ward -: no article has it\n"),
    ],
)  # fmt: skip
def test_choices(records: list[dict[str, Any]], arguments: list[str], ids: str, told: str) -> None:
    out, remarks = run(*arguments)
    found = sorted(json.loads(line)["id"] for line in out.decode().splitlines())
    assert found == [f"longbien-phucloi:{one}" for one in ids.split()]
    assert remarks.startswith(f"{told}{len(found)} records")


def test_what_was_asked_for_wrongly(records: list[dict[str, Any]]) -> None:
    Path("mine").mkdir()
    os.mkfifo("pipe")
    Path("mine", "notes.txt").write_text("của tôi", encoding="utf-8")
    run("--as", "parquet", "-o", "news")
    for arguments, message in (
        (["--as", "parquet"], "--as parquet makes a folder: name it with -o"),
        (["--as", "atom"], "--as atom makes a folder: name it with -o, or one portal with --site"),
        (["--as", "csv", "-o", "news"], "news: is a folder, and --as csv makes a file; name one in it"),
        (["--as", "csv", "-o", "new/"], "new/: is a folder, and --as csv makes a file; name one in it"),
        (["--as", "text", "-o", "mine"], "mine: is nothing that an export made, and would be replaced as a whole"),
        (["--as", "atom", "-o", "news"], "news: is an export of another kind, parquet, and would be replaced"),
        (["--as", "parquet", "-o", "store.db"], "store.db: is nothing that an export made"),
        (["--as", "parquet", "-o", "/"], "/: is a mount point, which cannot be replaced; name a folder within it"),
        (["-o", "pipe"], "pipe: is no file, and would be replaced by one; without -o it is standard output"),
        (["-o", "news/all.jsonl"], "news/all.jsonl: its folder is an export as parquet, which the next one replaces"),
    ):  # fmt: skip
        before = tree(Path())
        with pytest.raises(UsageError, match="^" + message.replace("(", r"\(")):
            run(*arguments)
        assert tree(Path()) == before
    assert CliRunner().invoke(cli.app, ["export", "--change", "newer"]).exit_code == 2


def test_without_pyarrow(records: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "wardnews.exporters.formats.parquet", raising=False)
    monkeypatch.delattr("wardnews.exporters.formats.parquet", raising=False)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"--as parquet needs pyarrow: pip install 'wardnews\[parquet\]' brings it"):
        run("--as", "parquet", "-o", "news")


def description(folder: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(Path(folder, "datapackage.json").read_bytes())
    return read


def test_files_in_one_folder_have_one_description(records: list[dict[str, Any]]) -> None:
    run("--province", "Hà Nội", "-o", "data/hanoi.jsonl.gz")
    run("--as", "csv", "-o", "data/all.csv")
    run("--as", "schemaorg", "-o", "data/all.jsonld")
    resources = description("data")["resources"]
    assert [one["path"] for one in resources] == ["all.csv", "hanoi.jsonl.gz"]
    for one in resources:
        content = Path("data", one["path"]).read_bytes()
        assert (one["bytes"], one["hash"]) == (len(content), f"sha256:{hashlib.sha256(content).hexdigest()}")
    table, lines = resources
    header = next(csv.reader(io.StringIO(Path("data/all.csv").read_text(encoding="utf-8-sig"))))
    assert [field["name"] for field in table["schema"]["fields"]] == header
    assert [field["name"] for field in lines["schema"]["fields"]] == list(records[0])
    assert all(field["description"] for one in resources for field in one["schema"]["fields"])
    assert lines["wardnews"] == {
        "records": 3,
        "period": {"from": "2021-04-05", "until": "2022-01-02"},
        "sites": {"longbien-phucloi": 3},
        "places": {
            "province": [{"name": "Hà Nội", "code": "01", "records": 3}],
            "district": [{"name": "Long Biên", "code": "004", "records": 2}],
            "ward": [{"name": "Phúc Lợi", "code": "00136", "records": 2}],
        },
    }
    portal = {"title": "Phường Phúc Lợi, quận Long Biên", "path": "http://phucloi.longbien.hanoi.gov.vn/"}
    assert lines["sources"] == [portal]
    Path("data/all.csv").unlink()
    run("-o", "data/all.jsonl")
    assert [one["path"] for one in description("data")["resources"]] == ["all.jsonl", "hanoi.jsonl.gz"]


def test_the_description_of_somebody_else_stays(records: list[dict[str, Any]]) -> None:
    Path("datapackage.json").write_text('{"name": "của-tôi", "resources": []}', encoding="utf-8")
    told = run("-o", "all.jsonl")[1]
    assert told.endswith("as jsonl: all.jsonl; the datapackage.json beside it is not of wardnews, and stays as it is\n")
    assert description("")["name"] == "của-tôi"


@pytest.mark.parametrize("kind", ["text", "parquet", "atom"])
def test_a_folder_is_described(records: list[dict[str, Any]], kind: str) -> None:
    run("--as", kind, "-o", "news/")
    told = description("news")
    assert told["wardnews"]["records"] == len(records)
    assert told["wardnews"]["made"] == kind
    files = [one for resource in told["resources"] for one in resource.get("files", [resource])]
    for one in files:
        content = Path("news", one["path"]).read_bytes()
        assert (one["bytes"], one["hash"]) == (len(content), f"sha256:{hashlib.sha256(content).hexdigest()}")
    assert len(files) == {"text": 1, "parquet": 6, "atom": 3}[kind]


# --- whole or not at all -----------------------------------------------------------------------------------------


def written(folder: Path, word: str) -> None:
    (folder / "a.txt").write_text(word, encoding="utf-8")
    (folder / "datapackage.json").write_text('{"wardnews": {"made": "text"}}', encoding="utf-8")


def killed(path: Path) -> None:
    with whole_folder(path, "text") as folder:
        written(folder, "nửa")
        os.kill(os.getpid(), signal.SIGKILL)


def immovable(path: Path, target: Path, *, rename: Callable[[Path, Path], Path] = Path.rename) -> Path:
    if path.name.endswith(".part"):
        raise OSError("cannot be moved")
    return rename(path, target)


def test_a_folder_keeps_its_old_state_until_the_new_one_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "news"
    with whole_folder(path, "text") as folder:
        written(folder, "trước")
        assert not path.exists()
        with pytest.raises(ExportError, match="another export is writing this folder"), whole_folder(path, "text"):
            pass
    before = tree(path)

    def broken() -> None:
        with whole_folder(path, "text") as folder:
            written(folder, "nửa")
            raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        broken()
    assert (tree(tmp_path), list(tmp_path.iterdir())) == ({f"news/{name}": one for name, one in before.items()}, [path])

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", immovable)
        with pytest.raises(OSError, match="moved"), whole_folder(path, "text") as folder:
            written(folder, "nửa")
    assert (tree(path), list(tmp_path.iterdir())) == (before, [path])

    process = get_context("forkserver").Process(target=killed, args=(path,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert tree(path) == before
    with whole_folder(path, "text") as folder:
        assert list(folder.iterdir()) == []
        written(folder, "sau")
    assert (path / "a.txt").read_text(encoding="utf-8") == "sau"
    assert list(tmp_path.iterdir()) == [path]


def test_a_kill_between_two_renames_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "news"
    (tmp_path / ".news.old").mkdir()
    written(tmp_path / ".news.old", "trước")
    with pytest.raises(KeyboardInterrupt), whole_folder(path, "text"):
        raise KeyboardInterrupt
    assert (path / "a.txt").read_text(encoding="utf-8") == "trước"
    assert list(tmp_path.iterdir()) == [path]


def test_a_feed_of_many_portals_is_no_file(records: list[dict[str, Any]]) -> None:
    with pytest.raises(UsageError, match="is of one portal: name it with --site, or a folder/"):
        run("-o", "all.json")
    run("-o", "hoasua.json", "--site", "hoasua")
    assert json.loads(Path("hoasua.json").read_text(encoding="utf-8"))["items"]


def test_a_link_in_the_way_of_an_export_is_not_followed(records: list[dict[str, Any]]) -> None:
    Path("victim.txt").write_text("mine", encoding="utf-8")
    Path("all.jsonl.part").symlink_to("victim.txt")
    run("-o", "all.jsonl")
    assert Path("victim.txt").read_text(encoding="utf-8") == "mine"
    assert len(Path("all.jsonl").read_text(encoding="utf-8").splitlines()) == len(records)
