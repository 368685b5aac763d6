"""One portal: what is known of it, and which addresses are its own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from urllib.parse import urljoin, urlsplit, urlunsplit

from wardnews.text.urls import one_form

IMAGE, ATTACHMENT = "image", "attachment"
FILE_CHOICES = {"images": (IMAGE,), "attachments": (ATTACHMENT,), "all": (IMAGE, ATTACHMENT), "none": ()}
"""Which files of articles may be kept, by the words for it."""


@dataclass(frozen=True)
class Site:
    """One portal; `key`, `name` and `url` are enough."""

    key: str
    name: str
    url: str
    unit: str | None = None
    opened: date | None = None
    closed: date | None = None
    hosts: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    layout: str | None = None
    delay: float | None = None
    group: str | None = None
    selectors: Mapping[str, str] = field(default_factory=dict, hash=False)
    newszone: Mapping[str, str] = field(default_factory=dict, hash=False)
    unverified: bool = False
    media_hosts: tuple[str, ...] = ()
    files: str | None = None

    @cached_property
    def netlocs(self) -> frozenset[str]:
        """Return the hosts of this portal, with their ports where these are not the default, without `www.`."""
        return frozenset((netloc_of(self.url), *(host.lower().removeprefix("www.") for host in self.hosts)))

    def owns(self, url: str) -> bool:
        """Whether an address is of this portal: http or https, and one of its hosts, ports included."""
        return url.startswith(("http://", "https://")) and netloc_of(url) in self.netlocs

    @cached_property
    def media_netlocs(self) -> frozenset[str]:
        """Return the hosts that images and attachments may lie on, as `netlocs` has them."""
        return self.netlocs | {host.lower().removeprefix("www.") for host in self.media_hosts}

    def may_hold_files(self, url: str) -> bool:
        """Whether images and attachments of this portal may be asked for at an address."""
        return url.startswith(("http://", "https://")) and netloc_of(url) in self.media_netlocs

    def own(self, url: str) -> str:
        """Return what a page of this portal is known by: of its first host, whatever the scheme, in one form."""
        if not self.owns(url):
            return url
        scheme, netloc, *_ = urlsplit(self.url)
        return one_form(urlunsplit((scheme, netloc, *urlsplit(url)[2:])))

    @property
    def form(self) -> str:
        """Return what keys depend on besides the address itself: those made by another one are written anew."""
        return " ".join(("1", *urlsplit(self.url)[:2], *sorted(self.netlocs)))

    def section_urls(self) -> list[str]:
        """Return the addresses of the sections that the sites file names."""
        return [urljoin(self.url, section) for section in self.sections]

    def slot(self) -> str:
        """Return the politeness group: portals of one group share servers, and one request at a time."""
        return self.group or politeness_group(self.url)

    def day_of(self, published: str | None, today: date) -> str:
        """Return the day (ISO) whose units hold for an article: the day of publication, within the portal's life."""
        day = (published or today.isoformat())[:10]
        if self.closed and day >= self.closed.isoformat():
            return date.fromordinal(self.closed.toordinal() - 1).isoformat()
        return max(day, self.opened.isoformat()) if self.opened else day


def netloc_of(url: str) -> str:
    """Return the host of an address, with its port where that is not the default, without `www.`."""
    parts = urlsplit(url)
    port = ":80" if parts.scheme == "http" else ":443"
    return parts.netloc.rpartition("@")[2].lower().removesuffix(port).removeprefix("www.")


@lru_cache(maxsize=4096)
def politeness_group(url: str) -> str:
    """Return the registrable domain of an address; below gov.vn that is the province's or city's, which shares servers.

    >>> politeness_group("http://phucloi.longbien.hanoi.gov.vn/"), politeness_group("http://127.0.0.1:8000/")
    ('hanoi.gov.vn', '127.0.0.1:8000')
    """
    host = urlsplit(url).hostname or ""
    if ":" in host or re.fullmatch(r"[\d.]+", host) or "." not in host:
        return netloc_of(url)
    labels = host.split(".")
    second_level = labels[-1] == "vn" and labels[-2] in ("gov", "com", "net", "org", "edu", "ac", "info", "name", "pro")
    return ".".join(labels[-3 if second_level else -2 :])


def is_web(value: object) -> bool:
    """Whether a value is a whole http or https address, with a host and, if any, a port that there is."""
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        return bool(parts and parts.scheme in ("http", "https") and parts.hostname and parts.port != 0)
    except ValueError:  # an address such as http://[broken or http://host:99999
        return False
