"""What of the wiring no setting may take away: without it a run would ask anything, or keep nothing, without a word."""

import logging
from collections.abc import Iterator
from typing import Any

from scrapy.crawler import Crawler
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings, default_settings

from wardnews.errors import UsageError
from wardnews.locale import Phrase, joined

_logger = logging.getLogger(__name__)
_KEPT = {"DOWNLOADER": default_settings.DOWNLOADER, "ITEM_PROCESSOR": "wardnews.pipelines.Pipelines"}
"""What calls middlewares and pipelines: with another one there may be none."""


def require_guards(crawler: Crawler) -> None:
    """Raise UsageError where a setting switches off a part of wardnews that its own spider does not switch off."""
    missing = sorted(_missing(crawler.settings, crawler.spidercls.custom_settings or {}), key=str)
    if missing:
        raise UsageError(
            "settings: {missing}: wardnews does not start so; what you add to ITEM_PIPELINES, "
            "DOWNLOADER_MIDDLEWARES or EXTENSIONS comes beside its own parts",
            missing=joined(missing, "; "),
        )
    if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
        _logger.warning("robots.txt is not obeyed: ROBOTSTXT_OBEY is off")


def _missing(settings: BaseSettings, own: dict[str, Any]) -> Iterator[Phrase]:
    """Yield what is switched off, replaced or moved: the name of the setting and of the part."""
    required = settings.getdict("WARDNEWS_REQUIRED")
    if not required or settings.getpriority("WARDNEWS_REQUIRED") != SETTINGS_PRIORITIES["project"]:
        yield Phrase("not those of wardnews, SCRAPY_SETTINGS_MODULE=wardnews.settings")
    for name, parts in required.items():
        spiders_own = {**own.get(f"{name}_BASE", parts), **own.get(name, {})}
        kept = settings.getwithbase(name)
        for key in parts:
            if spiders_own.get(key) is not None and kept.get(key) is None:
                yield Phrase("{setting} without {part}", setting=name, part=key)
            elif spiders_own.get(key) is not None and kept[key] != spiders_own[key]:
                yield Phrase("{setting} with another place or class for {part}", setting=name, part=key)
    if not settings["TWISTED_DNS_RESOLVER"].startswith("wardnews."):
        yield Phrase("another {setting}", setting="TWISTED_DNS_RESOLVER")
    others = (name for name, own in _KEPT.items() if settings[name] != own)
    yield from (Phrase("another {setting}", setting=name) for name in others)
