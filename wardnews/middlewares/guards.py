"""What of the wiring no setting may take away: without it a run would ask anything, or keep nothing, without a word."""

from collections.abc import Iterator
from typing import Any

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from wardnews.errors import UsageError


def require_guards(crawler: Crawler) -> None:
    """Raise UsageError where a setting switches off a part of wardnews that its own spider does not switch off."""
    missing = sorted(_missing(crawler.settings, crawler.spidercls.custom_settings or {}))
    if missing:
        raise UsageError(
            f"settings: {'; '.join(missing)}: wardnews does not start so; "
            "what you add to ITEM_PIPELINES, DOWNLOADER_MIDDLEWARES or EXTENSIONS comes beside its own parts"
        )


def _missing(settings: BaseSettings, own: dict[str, Any]) -> Iterator[str]:
    """Yield what is switched off or replaced: the name of the setting and of the part."""
    required = settings.getdict("WARDNEWS_REQUIRED")
    if not required:
        yield "not those of wardnews, SCRAPY_SETTINGS_MODULE=wardnews.settings"
    for name, parts in required.items():
        spiders_own = {**own.get(f"{name}_BASE", parts), **own.get(name, {})}
        kept = settings.getwithbase(name)
        for key, part in parts.items():
            replaced = isinstance(part, str) and kept.get(key) != part
            if spiders_own.get(key) is not None and (kept.get(key) is None or replaced):
                yield f"{name} without {key}"
    if not settings["TWISTED_DNS_RESOLVER"].startswith("wardnews."):
        yield "another TWISTED_DNS_RESOLVER"
