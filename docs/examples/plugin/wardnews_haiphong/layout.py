"""A CMS family: how its pages are recognised, and where things stand on them."""

import re

from wardnews.layouts import Layout
from wardnews.text.urls import address

LAYOUT = Layout(
    name="hoasua",  # as its entry point is called
    marks=("article.hs-bai-viet", "ul.hs-danh-sach"),
    article_url=re.compile(r"/bai-viet/(\d+)"),
    canonical=address,
    scope=("article.hs-bai-viet",),
    title=("h1",),
    section=(".hs-muc",),
    header=(".hs-ngay",),
    lead=(".hs-tom-tat",),
    body=(".hs-noi-dung",),
    entries="ul.hs-danh-sach > li",
    entry_link=("a[href]",),
    entry_header=(".hs-ngay",),
)
