"""Pages of no known family: everything is found from the line that dates the article."""

import re

from wardnews.layouts.layout import NO_ADDRESS, Layout
from wardnews.text.urls import address

_NEVER = re.compile(
    r"/(?:dang-nhap|dang-ky|login|logout|register|print|in-bai|rss|feed|search|tim-kiem|wp-admin|admin|user|en)(?:[/.?]|$)"
    r"|\.(?:pdf|docx?|xlsx?|zip|rar|jpe?g|png|gif|mp[34])$|[?&](?:print|pop|format=(?:pdf|feed)|lang(?:uage)?=en)",
    re.IGNORECASE,
)


def canonical(url: str) -> str | None:
    """Return the one address of a page; None for logins, print views, searches, feeds and documents.

    >>> canonical("http://A.example.vn/tin/bai.html?id=7&utm_source=x#binh-luan")
    'http://a.example.vn/tin/bai.html?id=7'
    >>> canonical("http://a.example.vn/dang-nhap?url=/tin")
    """
    return None if _NEVER.search(url) else address(url)


LAYOUT = Layout(
    name="anyportal",
    marks=("body",),
    article_url=NO_ADDRESS,
    entry_url=re.compile(""),
    canonical=canonical,
)
