"""How a run goes: its settings, its process, its feed file."""

import gc
import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from wardnews import settings as project
from wardnews import storage
from wardnews.errors import ExportError, StorageError, UsageError
from wardnews.exporters.endings import feed_format_for, packing_of
from wardnews.exporters.feed_export import check_columns
from wardnews.middlewares.raw_pages import wanted
from wardnews.reading.explain import Explained
from wardnews.reports.run_report import RunReport
from wardnews.spiders.archive import opened
from wardnews.spiders.files.live import folder_of, kinds_of
from wardnews.spiders.page import PageSpider
from wardnews.spiders.probe import Probed, ProbeSpider
from wardnews.storage import check, is_url
from wardnews.store.database import PART, Store, new_name
from wardnews.text.strings import masked

_OF_SCRAPY = ("ftp", "ftps")
"""The storages of feeds that are Scrapy's own."""
_COMPACT = str.maketrans("", "", "-:")


@dataclass(frozen=True)
class Run:
    """What came of a run: its report and its log, None for one on standard error."""

    report: RunReport
    log: Path | None


def run(
    *,
    spider: str = "portal",
    store: str | None = None,
    output: str | None = None,
    progress: bool = True,
    raw: bool = False,
    keep_files: str = "none",
    part_of: str = "",
    **arguments: Any,
) -> Run:
    """Read portals in this process until it is done; `arguments` are those of the spider, `portal` or `archive`.

    `store` is the address of a database, `output` a file to write beside the run's own feed, as `feed_format_for` takes
    it, or -; `raw`: keep raw pages, unless the setting WARDNEWS_RAW says otherwise; `keep_files`: which files of
    articles, unless WARDNEWS_KEEP_FILES does; `part_of`: the run whose feed has what this one finds.
    Raises UsageError for an output of no known format or storage, OSError for one that cannot be written, StoreError
    for a store that cannot be opened, CannotKeep where raw pages are wanted and cannot be written.
    """
    settings = _settings()
    raw = wanted(settings, raw)
    name = f"{part_of}{PART}{secrets.token_hex(4)}" if part_of else new_name()
    place = storage.Output.at(str(settings["WARDNEWS_OUTPUT"]))
    place.check()
    log = None if place.url else place.folder / f"{name}.log"
    feeds = (_feed(output) if output else {}) | settings.getdict("FEEDS")
    kept = store or settings["WARDNEWS_STORE"]
    # Scrapy would only log why these cannot be opened.
    if spider == "archive" and not arguments.get("reader"):
        opened(arguments["source"], settings, arguments.get("since"), arguments.get("until"))
    for target in feeds:
        _check_storage(target)
        _make_room(target)
    Store.open(kept).close()
    options = {"FEEDS": feeds, "LOG_FILE": log and str(log), "WARDNEWS_PROGRESS": progress, "WARDNEWS_RAW": raw}
    options |= {"WARDNEWS_IS_PART": bool(part_of), "WARDNEWS_RUN": name, "WARDNEWS_STORE": kept}
    options |= {"WARDNEWS_KEEP_FILES": settings["WARDNEWS_KEEP_FILES"] or keep_files}
    kinds_of({**settings, **options}, (), arguments.get("files"))
    if is_url(files := folder_of(settings)):
        check(files)
    if log:
        _make_room(str(log))  # last: a run that is refused leaves no empty one
    logging.raiseExceptions = False  # a log that finds no room must not fill the screen with that
    report = _crawl(spider, options, **arguments).get_extension(RunReport)
    if report is None:
        raise RuntimeError(f"the run did not start: see {log or 'above'}")
    return Run(report, log)


def _feed(output: str) -> dict[str, dict[str, Any]]:
    """Return Scrapy's setting FEEDS for what `-o` names; raise UsageError for what a crawl does not write."""
    try:
        name, kind = feed_format_for(output)
        if kind == "csv" and not storage.is_url(name):
            check_columns(Path(name))
    except ExportError as error:
        raise UsageError("-o {error}", error=error) from error
    packed = {"item_export_kwargs": {"packing": packing_of(name)}}
    return {"stdout:" if name == "-" else name: {"format": kind, **packed}}


def read_urls(urls: list[str], feed_format: str, sites: list[Path]) -> dict[str, str]:
    """Read single pages to standard output, in this process; return the reason for each that holds no article."""
    options = {"FEEDS": {"stdout:": {"format": feed_format}}, "LOG_ENABLED": False}
    crawler = _crawl("page", options, url=" ".join(urls), sites=sites)
    return crawler.spider.failures if isinstance(crawler.spider, PageSpider) else dict.fromkeys(urls, "not started")


def explain_urls(urls: list[str], sites: list[Path]) -> tuple[dict[str, dict[str, Explained]], dict[str, str]]:
    """Return why single pages were read as they were; return the reason for each that holds no article."""
    crawler = _crawl("page", {"LOG_ENABLED": False}, url=" ".join(urls), sites=sites, explained=True)
    if not isinstance(crawler.spider, PageSpider):
        return {}, dict.fromkeys(urls, "not started")
    return crawler.spider.told, crawler.spider.failures


def probe(url: str) -> Probed:
    """Look at a portal that no sites file knows."""
    crawler = _crawl("probe", {"LOG_ENABLED": False}, url=url)
    if not isinstance(crawler.spider, ProbeSpider):
        return Probed(url, failure="not started")
    return crawler.spider.probed


def _check_storage(target: str) -> None:
    """Make sure that a feed's storage is there: Scrapy would only log it, or find out when the crawl is over."""
    scheme = urlsplit(target).scheme
    if not storage.is_url(target) or scheme == "file":
        return
    if scheme in _OF_SCRAPY:
        if not (urlsplit(target).hostname and urlsplit(target).path.strip("/")):
            raise UsageError("-o {target}: expected a host and a name on it", target=masked(target))
        return
    try:
        storage.check(target)
    except StorageError as error:
        raise UsageError("-o {error}", error=error) from error


def _make_room(target: str) -> None:
    """Make sure that a file can be written: where it cannot, Scrapy would only log it."""
    if "://" not in target and target != "stdout:" and "%(" not in target:
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        Path(target).open("ab").close()


def _settings() -> Settings:
    settings = Settings()
    settings.setmodule(project, priority="project")
    return settings


def _without_passwords(feeds: Iterable[str]) -> Callable[[logging.LogRecord], bool]:
    """Return a filter of the log that hides the passwords of feeds: Scrapy logs their addresses."""
    passwords = {password for feed in feeds if (password := urlsplit(str(feed)).password)}

    def hide(record: logging.LogRecord) -> bool:
        if passwords:
            message = record.getMessage()
            for password in passwords:
                message = message.replace(f":{password}@", ":***@")
            record.msg, record.args = message, None
        return True

    return hide


def _crawl(spider: str, options: dict[str, Any], **arguments: Any) -> Crawler:
    """Run a spider until it is done; Twisted allows one run a process."""
    settings = _settings()
    settings.setdict(options, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    for name in ("scrapy.crawler", "scrapy.extensions.feedexport"):
        logging.getLogger(name).addFilter(_without_passwords(settings.getdict("FEEDS")))
    logging.getLogger("scrapy").setLevel(settings["LOG_LEVEL"])  # else it makes lines that no handler takes
    crawler = process.create_crawler(spider)
    process.crawl(crawler, **arguments)
    # Looking through what is loaded by now, and stays, again and again costs a crawl some per cent.
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    process.start()
    return crawler
