"""The practice portals of the CMS families, checked as a browser sees them, with nothing that reads articles."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import Request, urlopen
from xml.etree.ElementTree import fromstring

import pytest

from tests.doubles import FAMILIES, Family, PracticeFamilies

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def families() -> Iterator[PracticeFamilies]:
    with PracticeFamilies() as families:
        yield families


each_family = pytest.mark.parametrize("family", FAMILIES)


class Page(HTMLParser):
    """Hold a page's words, its links with their texts, and the hidden fields of its form."""

    def __init__(self, text: str, url: str) -> None:
        super().__init__()
        self.url = url
        self.words: list[str] = []
        self.links: dict[str, set[str]] = {}
        self.form: dict[str, str] = {}
        self._link: tuple[str, int] | None = None
        self._unseen = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._unseen = tag in {"script", "style"}
        if tag == "a":
            self._link = urljoin(self.url, given.get("href", "")), len(self.words)
        if tag == "input" and given.get("type") == "hidden":
            self.form[given.get("name", "")] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = False
        if tag == "a" and self._link:
            place, start = self._link
            self.links.setdefault(place, set()).add("".join(self.words[start:]).strip())

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def get(url: str, form: dict[str, str] | None = None) -> Page:
    with urlopen(Request(url, urlencode(form).encode() if form else None), timeout=10) as reply:
        return Page(reply.read().decode(), url)


def refused(url: str) -> tuple[int, str]:
    with pytest.raises(HTTPError) as refusal:
        urlopen(url, timeout=10)
    with refusal.value as reply:
        return reply.code, reply.read().decode()


def following(page: Page, number: int) -> tuple[str, dict[str, str] | None] | None:
    """Find the pager's link to page `number`, by its text or, where there is only "next", by that."""
    for link, texts in page.links.items():
        if link == "javascript:;":
            continue
        if texts & {str(number), f"Trang{number}", "Trang sau"} or link.endswith(f"_cur={number}"):
            call = re.search(r"__doPostBack\('(.+)','(.*)'\)", unescape(link))
            if not call:
                return link, None
            return page.url, page.form | {"__EVENTTARGET": call[1], "__EVENTARGUMENT": call[2]}
    return None


def walk(section: str) -> list[Page]:
    pages = [get(section)]
    while asked := following(pages[-1], len(pages) + 1):
        pages.append(get(*asked))
    return pages


@each_family
def test_the_home_page_leads_to_every_section(families: PracticeFamilies, family: Family) -> None:
    home = get(families.url(family))
    sections = dict(families.sections(family))
    assert len(sections) == 3
    assert all(title in home.links[url] or title.upper() in home.links[url] for url, title in sections.items())
    assert any(article.url in home.links for article in families.articles(family))
    assert "29/08/2026" in home.text
    assert "Tổng lượt truy cập" in home.text


@each_family
def test_pagers_walk_to_the_end_and_find_what_they_should(families: PracticeFamilies, family: Family) -> None:
    articles = {article.url: article for article in families.articles(family)}
    assert len(articles) == 17
    home, found = get(families.url(family)), set[str]()
    first = {url for url in home.links if url in articles}
    for url, title in families.sections(family):
        pages = walk(url)
        assert 2 <= len(pages) <= 3
        first |= {link for link in pages[0].links if link in articles}
        within = {link for page in pages for link in page.links if link in articles}
        found |= within
        assert {link for link in articles if articles[link].section == title} <= within
    assert {url for url, article in articles.items() if article.reached == "front"} == first
    assert {url for url, article in articles.items() if article.reached != "feed"} == found
    assert sum(article.reached == "pager" for article in articles.values()) > 3
    hidden = family in {"nukeviet", "nukeviet-egov", "wordpress"}
    assert sum(article.reached == "feed" for article in articles.values()) == hidden


@each_family
def test_articles_show_what_they_hold(families: PracticeFamilies, family: Family) -> None:
    articles = families.articles(family)
    deep = {article.url for article in articles if article.reached != "front"}
    assert len({article.id for article in articles}) == len(articles)
    for article in articles:
        page = get(article.url)
        shown = [article.title, *article.paragraphs, article.lead or "", article.author or ""]
        cells = [cell for text in shown for cell in text.split(" | ")]
        assert not [text for text in cells if text not in page.text]
        assert article.section in page.text
        assert article.published
        year, month, day = article.published[:10].split("-")
        days = (f"{day}/{month}/{year}", f"{day}-{month}-{year}", f"{day} - {month} - {year}")
        worded = (f"{int(day)} Tháng {int(month)}, {year}", f"{day} Tháng {int(month)} {year}")
        assert any(text in page.text for text in days + worded)
        assert article.views is None or str(article.views) in page.text
        assert not deep - {article.url} & set(page.links), "only the pager and the feeds may lead there"
        for place, _ in (*article.images, *article.attachments):
            with urlopen(place, timeout=10) as reply:
                assert reply.headers["Content-Type"].startswith(("image/", "application/"))
    assert {len(article.published or "") for article in articles} == {10, 22}


@each_family
def test_plain_pages_and_nothing_else(families: PracticeFamilies, family: Family) -> None:
    home = get(families.url(family))
    menu = {text: link for link, texts in home.links.items() for text in texts}
    assert "318 ha" in get(menu["Giới thiệu"]).text
    get(menu["Liên hệ"])
    get(menu["Đăng nhập"])
    with urlopen(urljoin(home.url, "/robots.txt"), timeout=10) as robots:
        assert robots.read().startswith(b"User-agent: *\n")
    assert refused(urljoin(home.url, "/khong-co-trang-nay"))[0] == 404
    assert families.requests[family][-1].path == "/khong-co-trang-nay"


@each_family
def test_no_link_is_dead(families: PracticeFamilies, family: Family) -> None:
    home = families.url(family)
    waiting, seen = [home], {home}
    while waiting:
        page = get(waiting.pop())
        inside = {link for link in page.links if link.startswith(home) and "#" not in link} - seen
        waiting += inside
        seen |= inside
    assert {article.url for article in families.articles(family) if article.reached == "front"} < seen
    assert len(seen) < 60


def places(url: str) -> set[str]:
    """Return what a sitemap and the sitemaps that it names hold."""
    with urlopen(url, timeout=10) as reply:
        root = fromstring(reply.read())
    found = {place.text or "" for place in root.iter(f"{SITEMAP}loc")}
    if root.tag == f"{SITEMAP}sitemapindex":
        return {place for each in found for place in places(each)}
    assert root.tag == f"{SITEMAP}urlset"
    return found


@pytest.mark.parametrize("family", ["nukeviet", "nukeviet-egov", "wordpress"])
def test_sitemaps_name_every_article(families: PracticeFamilies, family: Family) -> None:
    with urlopen(families.url(family) + "robots.txt", timeout=10) as reply:
        (index,) = re.findall(r"^Sitemap: (.+)$", reply.read().decode(), re.MULTILINE)
    named = places(index)
    assert {article.url for article in families.articles(family)} < named
    assert refused(families.url(family) + "sitemap-vi.khac.xml")[0] == 404


@pytest.mark.parametrize(
    ("family", "place"),
    [
        ("nukeviet", "vi/news/rss/tin-tuc-su-kien/"),
        ("nukeviet-egov", "news/rss/"),
        ("wordpress", "feed/"),
        ("joomla", "index.php/tin-tuc?format=feed&type=rss"),
    ],
)
def test_feeds_are_feeds(families: PracticeFamilies, family: Family, place: str) -> None:
    with urlopen(families.url(family) + place, timeout=10) as reply:
        root = fromstring(reply.read())
    titles = {article.url: article.title for article in families.articles(family)}
    items = {item.findtext("link"): item.findtext("title") for item in root.iter("item")}
    assert root.tag == "rss"
    assert len(items) >= 7
    assert items.items() <= titles.items()
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:00 \+0700", root.findtext(".//pubDate") or "")


def test_wordpress_answers_by_rest(families: PracticeFamilies) -> None:
    base = families.url("wordpress") + "wp-json/wp/v2/posts"
    with urlopen(f"{base}?per_page=10&page=2", timeout=10) as reply:
        assert (reply.headers["X-WP-Total"], reply.headers["X-WP-TotalPages"]) == ("17", "2")
        assert len(json.load(reply)) == 7
    with urlopen(f"{base}?per_page=100", timeout=10) as reply:
        posts = {str(post["id"]): post for post in json.load(reply)}
    for article in families.articles("wordpress"):
        post = posts.pop(article.id)
        assert unescape(post["title"]["rendered"]) == article.title
        assert post["link"] == article.url
        assert post["date"].startswith(article.published and article.published[:16].removesuffix("+"))
        text = Page(post["content"]["rendered"], article.url).text
        assert not [cell for part in article.paragraphs for cell in part.split(" | ") if cell not in text]
    assert not posts
    status, body = refused(f"{base}?per_page=10&page=3")
    assert (status, json.loads(body)["code"]) == (400, "rest_post_invalid_page_number")
    assert json.loads(refused(f"{base}?per_page=101")[1])["code"] == "rest_invalid_param"
    with urlopen(f"{base}?_fields=id,link&categories=6", timeout=10) as reply:
        (only,) = json.load(reply)
        assert sorted(only) == ["id", "link"]
        assert {a.url for a in families.articles("wordpress") if a.reached == "feed"} == {only["link"]}


def test_dotnetnuke_wants_its_state(families: PracticeFamilies) -> None:
    (url, _), *_ = families.sections("dotnetnuke")
    page = get(url)
    assert b64decode(page.form["__VIEWSTATE"]) == b"tin-tuc:1"
    call = {"__EVENTTARGET": "dnn$ctr541$ListArticle$grvList", "__EVENTARGUMENT": "Page$2"}
    with pytest.raises(HTTPError) as refusal:
        get(url, call)
    refusal.value.close()
    assert refusal.value.code == 500


def test_a_few_can_be_served_and_described() -> None:
    with PracticeFamilies("joomla", "unknown") as few:
        assert few.families == ("joomla", "unknown")
        assert few.toml().count("delay = 0.0") == 2
        assert f'url = "{few.url("unknown")}"' in few.toml()
