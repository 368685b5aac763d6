"""Portals of every family, read, probed and crawled as nobody has described them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.conftest import Run
from tests.doubles import PracticeFamilies
from tests.doubles.families import FAMILIES, Family
from tests.helpers.commands import read_feed
from wardnews import read
from wardnews.demo import Reply, Request
from wardnews.sites import parse_sites

UNSIGNED = {"liferay7", "sharepoint", "unknown"}
"""Families that print an author where nothing but its place tells that it is one."""


@pytest.fixture
def family(request: pytest.FixtureRequest) -> Iterator[tuple[Family, PracticeFamilies]]:
    with PracticeFamilies(request.param) as portals:
        yield request.param, portals


every_family = pytest.mark.parametrize("family", FAMILIES, indirect=True)


def crawled(wardnews: Run, portals: PracticeFamilies, name: Family, folder: Path) -> list[dict[str, Any]]:
    (folder / "families.toml").write_text(portals.toml(), encoding="utf-8")
    done = wardnews("crawl", f"practice-{name}", "--sites", "families.toml", "-o", "out.jsonl")
    assert done.returncode == 0, done.stderr
    return read_feed(folder / "out.jsonl")


@every_family
def test_every_article_is_read_as_it_was_written(family: tuple[Family, PracticeFamilies]) -> None:
    name, portals = family
    for article in portals.articles(name):
        with urlopen(article.url) as answer:
            record = read(answer.read(), article.url)
        assert (record.section, record.title, record.lead) == (article.section, article.title, article.lead)
        assert (record.published, record.views) == (article.published, article.views)
        assert tuple(record.paragraphs) == article.paragraphs
        assert {file.title for file in record.attachments} == {title for _, title in article.attachments}
        assert [image.url for image in record.images] == [url for url, _ in article.images]
        assert record.author in ({article.author, None} if name in UNSIGNED else {article.author})
        assert name == "unknown" or record.id.endswith((f":{article.id}", f"-{article.id}"))
        assert record.url == article.url


@every_family
def test_a_portal_is_crawled_whole_by_its_address_alone(
    family: tuple[Family, PracticeFamilies], wardnews: Run, tmp_path: Path
) -> None:
    name, portals = family
    records = crawled(wardnews, portals, name, tmp_path)
    assert Counter(record["url"] for record in records) == Counter(article.url for article in portals.articles(name))
    asked = Counter((request.method, request.path, request.body) for request in portals.requests[name])
    assert asked.most_common(1)[0][1] == 1


@pytest.mark.parametrize("family", ["wordpress"], indirect=True)
@pytest.mark.parametrize("status", [401, 404, 200])
def test_a_wordpress_without_its_rest_api_is_walked_by_its_pages(
    family: tuple[Family, PracticeFamilies], wardnews: Run, tmp_path: Path, status: int
) -> None:
    name, portals = family
    closed = Reply(status, b"<html><body>Xin loi</body></html>")

    def intercept(_family: Family, request: Request) -> Reply | None:
        return closed if request.path.startswith("/wp-json") else None

    portals.intercept = intercept
    records = crawled(wardnews, portals, name, tmp_path)
    assert {record["url"] for record in records} == {article.url for article in portals.articles(name)}


@pytest.mark.parametrize("family", ["unknown"], indirect=True)
def test_probe_drafts_an_entry_that_can_be_crawled(
    family: tuple[Family, PracticeFamilies], wardnews: Run, tmp_path: Path
) -> None:
    name, portals = family
    done = wardnews("probe", portals.url(name))
    assert done.returncode == 0, done.stderr
    (site,) = parse_sites(done.stdout, "draft.toml")
    assert site.url == portals.url(name)
    assert "no known system" in done.stderr
    assert "next page" in done.stderr
    assert "2 articles read" in done.stderr
    (tmp_path / "draft.toml").write_text(f"{done.stdout}delay = 0.0\n", encoding="utf-8")
    crawl = wardnews("crawl", site.key, "--sites", "draft.toml", "-o", "out.jsonl")
    assert crawl.returncode == 0, crawl.stderr
    assert len((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()) == len(portals.articles(name))


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        (Reply(200, b"<html><body><h1>It works!</h1></body></html>"), "no list of news and no article found"),
        (Reply(404, b"khong co"), "HTTP status 404"),
        (Reply(200, b""), "empty page"),
        (Reply(200, os.urandom(4096), media_type="image/png"), "image/png, not a web page"),
        (Reply(200, b"%PDF-1.4", media_type="application/pdf"), "application/pdf, not a web page"),
    ],
)
@pytest.mark.parametrize("family", ["unknown"], indirect=True)
def test_what_is_no_portal_is_told_and_nothing_is_drafted(
    family: tuple[Family, PracticeFamilies], wardnews: Run, reply: Reply, cause: str
) -> None:
    name, portals = family

    def intercept(_family: Family, request: Request) -> Reply | None:
        return None if request.path == "/robots.txt" else reply

    portals.intercept = intercept
    done = wardnews("probe", portals.url(name))
    assert (done.returncode, done.stdout) == (3, "")
    assert cause in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("family", ["unknown"], indirect=True)
@pytest.mark.parametrize("asked", ["bentrang/", "bentrang/tin-2.html"])
def test_probe_keeps_to_the_folder_of_a_portal_that_shares_its_host(
    family: tuple[Family, PracticeFamilies], wardnews: Run, asked: str
) -> None:
    name, portals = family
    line = (
        '<li><a href="/bentrang/tin-{0}.html">Phường Bến Trăng họp tổ dân phố số {0}</a> <span>0{0}/04/2021</span></li>'
    )
    links = "".join(map(line.format, range(1, 7)))
    title, body = "Phường Bến Trăng dọn kênh", "Sáng 5/4, hơn hai trăm người dọn kênh Trăng, vớt ba tấn rác. " * 3
    article = f"<title>{title}</title><h1>{title}</h1><p>05/04/2021 17:15</p><div><p>{body}</p></div><ul>{links}</ul>"
    home = f"<title>Cổng thông tin điện tử phường Bến Trăng</title><ul>{links}</ul>"
    pages = {"/": '<h1>Quận Sông Trăng</h1><a href="/bentrang/">Phường Bến Trăng</a>', "/bentrang/": home}

    def intercept(_family: Family, request: Request) -> Reply | None:
        if request.path == "/robots.txt":
            return None
        return Reply(200, f"<meta charset=utf-8>{pages.get(request.path, article)}".encode())

    portals.intercept = intercept
    done = wardnews("probe", f"{portals.url(name)}{asked}")
    assert done.returncode == 0, done.stderr
    (site,) = parse_sites(done.stdout, "draft.toml")
    assert site.url == f"{portals.url(name)}bentrang/"
    assert site.key.endswith("-bentrang")
    assert site.name == "Cổng thông tin điện tử phường Bến Trăng"


def test_probe_of_what_cannot_be_asked(wardnews: Run) -> None:
    done = wardnews("probe", "http://127.0.0.1:1/")
    assert (done.returncode, done.stdout) == (3, "")
    assert "connection refused" in done.stderr
    done = wardnews("probe", "hoasua.example.vn")
    assert (done.returncode, done.stdout) == (2, "")
    assert "expected an http or https address" in done.stderr
