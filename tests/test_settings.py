"""The wiring holds whatever a user of Scrapy puts beside it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.settings import Settings

from tests.helpers.commands import LONGEST
from wardnews import settings as project
from wardnews.demo import PracticePortal
from wardnews.errors import UsageError
from wardnews.middlewares.guards import require_guards
from wardnews.spiders.archive import ArchiveSpider
from wardnews.spiders.page import PageSpider
from wardnews.spiders.portal import PortalSpider
from wardnews.spiders.probe import ProbeSpider

ROOT = Path(__file__).parents[1]
PHUCLOI = "https://phucloi.hanoi.gov.vn/"


class Shout:
    """A pipeline of a user's own."""

    def process_item(self, item: object) -> object:
        item.title = item.title.upper()  # type: ignore[attr-defined]
        return item


@pytest.mark.parametrize(
    "name",
    ["ITEM_PIPELINES", "EXTENSIONS", "DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "FEED_EXPORTERS", "FEED_STORAGES"],
)
def test_what_a_user_adds_takes_the_place_of_nothing(name: str) -> None:
    settings = Settings()
    settings.setmodule(project, priority="project")
    before = settings.getwithbase(name).copy_to_dict()
    assert any("wardnews." in f"{part} {place}" for part, place in before.items())
    assert {part: place for part, place in Settings().getwithbase(name).items() if part not in before} == {}
    settings.set(name, {"my.Own": 900}, priority="cmdline")
    assert settings.getwithbase(name).copy_to_dict() == {**before, "my.Own": 900}


def test_a_pipeline_on_the_command_line_comes_after_ours(
    portal: PracticePortal, sites_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "scrapy", "crawl", "portal", "-o", str(out), "-a", "site=practice-liferay"]
    options = {"WARDNEWS_OUTPUT": tmp_path, "WARDNEWS_STORE": f"sqlite:///{tmp_path}/own.db", "LOG_LEVEL": "ERROR"}
    options["ITEM_PIPELINES"] = json.dumps({f"{__name__}.Shout": 450})
    settings = [part for name, value in options.items() for part in ("-s", f"{name}={value}")]
    arguments = ["-a", f"sites={sites_file}", "-a", "sample=2", *settings]
    done = subprocess.run(
        [*command, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=LONGEST, check=False
    )
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(records) == 2
    for record in records:
        assert record["title"] == record["title"].upper()
        assert record["id"].startswith("practice-liferay:")
        assert record["published"]


def test_the_settings_the_exporter_and_the_spider_of_the_docs(
    portal: PracticePortal, sites_file: Path, tmp_path: Path
) -> None:
    text = (ROOT / "docs" / "scrapy.md").read_text(encoding="utf-8")
    settings, exporter, *_ = re.findall(r"^```py\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (spider,) = re.findall(r"^```python\n(import scrapy\n.*?)^```$", text, re.MULTILINE | re.DOTALL)
    files = {"mine": settings, "mine_exporters": exporter, "news": spider}
    for name, code in files.items():
        (tmp_path / f"{name}.py").write_text(
            code.replace("haiphong.toml", str(sites_file)).replace(PHUCLOI, portal.newszone_url), encoding="utf-8"
        )
    environment = {**os.environ, "SCRAPY_SETTINGS_MODULE": "mine", "PYTHONPATH": str(tmp_path)}
    own = ["crawl", "portal", "-a", "site=practice-newszone", "-a", "sample=2", "-o", "out.titles"]
    for command in (own, ["runspider", "news.py", "-o", "out.jsonl", "-s", "CLOSESPIDER_ITEMCOUNT=1"]):
        done = subprocess.run(
            [sys.executable, "-m", "scrapy", *command],
            cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False,
        )  # fmt: skip
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
        environment.pop("SCRAPY_SETTINGS_MODULE", None)
    titles = {article.title for article in portal.of("newszone")}
    assert len(set((tmp_path / "out.titles").read_text(encoding="utf-8").splitlines()) & titles) == 2
    record = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert (record["title"] in titles, record["layout"]) == (True, "hanoi-newszone")


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (
            {"ITEM_PIPELINES": {"wardnews.pipelines.Remember": None}},
            "ITEM_PIPELINES without wardnews.pipelines.Remember",
        ),
        ({"ITEM_PIPELINES_BASE": {}}, "ITEM_PIPELINES without wardnews.pipelines.Check"),
        (
            {"DOWNLOADER_MIDDLEWARES": {"wardnews.middlewares.PublicHosts": None}},
            "DOWNLOADER_MIDDLEWARES without wardnews.middlewares.PublicHosts",
        ),
        ({"EXTENSIONS_BASE": {}}, "EXTENSIONS without wardnews.reports.run_report.RunReport"),
        (
            {"ITEM_PIPELINES": {"wardnews.pipelines.Remember": 1}},
            "ITEM_PIPELINES with another place or class for wardnews.pipelines.Remember",
        ),
        (
            {"WARDNEWS_REQUIRED": {"EXTENSIONS": {}}, "DOWNLOADER_MIDDLEWARES_BASE": {}, "ITEM_PIPELINES_BASE": {}},
            "not those of wardnews",
        ),
        ({"ITEM_PROCESSOR": "my.Manager"}, "another ITEM_PROCESSOR"),
        ({"DOWNLOADER": "my.Downloader"}, "another DOWNLOADER"),
        ({"DOWNLOAD_HANDLERS": {"http": "my.Handler"}}, "DOWNLOAD_HANDLERS with another place or class for http"),
        ({"TWISTED_DNS_RESOLVER": "scrapy.resolver.CachingThreadedResolver"}, "another TWISTED_DNS_RESOLVER"),
    ],
)
def test_what_a_run_needs_cannot_be_switched_off(settings: dict[str, Any], named: str) -> None:
    options = Settings()
    options.setmodule(project, priority="project")
    options.setdict(settings, priority="cmdline")
    with pytest.raises(UsageError, match=named):
        require_guards(Crawler(PortalSpider, options))


def test_another_project_s_settings_are_not_enough() -> None:
    with pytest.raises(UsageError, match="not those of wardnews"):
        require_guards(Crawler(PortalSpider))


@pytest.mark.parametrize("spider", [PortalSpider, ArchiveSpider, PageSpider, ProbeSpider])
def test_our_own_spiders_have_what_they_need(spider: type[Spider]) -> None:
    options = Settings()
    options.setmodule(project, priority="project")
    require_guards(Crawler(spider, options))
