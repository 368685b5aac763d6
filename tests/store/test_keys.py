"""What a page is known by: all spellings of its address are one, also in stores that know it by another one."""

from __future__ import annotations

import json
from pathlib import Path
from unicodedata import normalize
from urllib.parse import quote, unquote

import pytest

from tests.helpers.commands import Folder, run
from tests.helpers.village import Story, Village, article, html
from wardnews.archives.network.source import Found
from wardnews.demo import Reply, Request
from wardnews.items import record_id
from wardnews.reading.interest import of_interest
from wardnews.sites import Site

SITE = Site("hoasua", "Phường Hoa Sữa", "http://hoasua.example.vn/", hosts=("hoasua.gov.example.vn",))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://hoasua.example.vn/tin/b%C3%A0i-1.html", "http://hoasua.example.vn/tin/ba%CC%80i-1.html", True),
        ("http://hoasua.example.vn/tin/bai%2D1.html", "http://hoasua.example.vn/tin/bai-1.html", True),
        ("http://hoasua.example.vn/tin/b%c3%a0i", "http://hoasua.example.vn/tin/b%C3%A0i", True),
        ("http://WWW.HoaSua.example.vn:80/tin/bai-1", "https://hoasua.gov.example.vn:443/tin/bai-1", True),
        ("http://hoasua.example.vn/tin;jsessionid=1F2E?id=7", "http://hoasua.example.vn/tin?id=7", True),
        ("http://hoasua.example.vn/tin?utm_campaign=x&id=7&gclid=y&zarsrc=30", "http://hoasua.example.vn/tin?id=7#binh-luan", True),
        ("http://hoasua.example.vn/index.php?muc=2&bai=7", "http://hoasua.example.vn/?bai=7&muc=2", True),
        ("http://hoasua.example.vn/tin/Default.aspx", "http://hoasua.example.vn//tin/", True),
        ("http://hoasua.example.vn/tin/2/index.html", "http://hoasua.example.vn/tin/2/", True),
        ("http://hoasua.example.vn/tin/index-2.html", "http://hoasua.example.vn/tin/", False),
        ("http://hoasua.example.vn/index.php/tin/7", "http://hoasua.example.vn/tin/7", False),
        ("http://hoasua.example.vn/tin%2F7", "http://hoasua.example.vn/tin/7", False),
        ("http://hoasua.example.vn/tin/Bai-1", "http://hoasua.example.vn/tin/bai-1", False),
        ("http://hoasua.example.vn/tin/ba-1", "http://hoasua.example.vn/tin/b%C3%A0-1", False),
        ("http://hoasua.example.vn/tin?sid=7", "http://hoasua.example.vn/tin?sid=8", False),
        ("http://hoasua.example.vn:8080/tin", "http://hoasua.example.vn/tin", False),
    ],
)  # fmt: skip
def test_spellings_of_one_address_are_one_key(one: str, other: str, same: bool) -> None:
    assert (SITE.own(one) == SITE.own(other)) == same, (SITE.own(one), SITE.own(other))
    assert SITE.own(SITE.own(one)) == SITE.own(one)


def test_an_archive_knows_all_spellings_of_a_page_as_one() -> None:
    spellings = ("/tin/b%C3%A0i-hop", "/tin/ba%CC%80i-hop?utm_source=x", "//tin/b%c3%a0i%2Dhop;jsessionid=1F")
    found = [Found(f"http://hoasua.example.vn:80{one}", "2024-05-01T00:00:00Z", "", 0, {}) for one in spellings]
    assert len({key for key, _ in of_interest(found, SITE)}) == 1


def spelt(one: Story, visit: int) -> str:
    """Return the address of a story as the portal writes it in a visit."""
    words = normalize("NFD" if visit else "NFC", f"/tin/bài-{one.n}")
    return (
        f"{quote(words)}/index.php?muc=2&bai={one.n}" if visit else f"{quote(words)}/?bai={one.n}&muc=2&utm_source=fb"
    )


def of_any_spelling(village: Village) -> None:
    def answer(request: Request) -> Reply | None:
        path = normalize("NFC", unquote(request.path))
        found = [one for one in village.stories if path.startswith(f"/tin/bài-{one.n}/")]
        if path == "/tin":
            shown = (
                f'<div class="item"><h3><a href="{spelt(one, visit)}">{one.title}</a></h3><span>{one.day[:10]}</span></div>'
                for visit in (1, 0)
                for one in village.stories
            )
            return html("Tin tức phường", f"<h2>Tin tức phường</h2>{''.join(shown)}")
        return article(found[0]) if found else None

    village.intercept = answer


def exported(folder: Folder) -> dict[str, str]:
    lines = run(folder.path, "export").stdout.splitlines()
    return {one["id"]: one["title"] for one in map(json.loads, lines)}


def as_before(folder: Folder, url: str) -> dict[str, str]:
    """Make of a store one that knows articles by their addresses as they were written; return old ids by new ones."""
    ids = {}
    for name, address in folder.sql("SELECT id, url FROM articles"):
        ids[name] = record_id("hoasua", "", address)
        for table, column in (
            ("articles", "id"),
            ("versions", "article"),
            ("sightings", "article"),
            ("pages", "article"),
        ):
            folder.sql(f"UPDATE {table} SET {column} = :old WHERE {column} = :new", old=ids[name], new=name)
        folder.sql("UPDATE versions SET record = replace(record, :new, :old)", old=ids[name], new=name)
        folder.sql("UPDATE pages SET key = :url WHERE article = :old", url=address, old=ids[name])
        key = Site("hoasua", "", url).own(address)
        folder.sql("UPDATE listings SET key = :url WHERE key = :key", url=address, key=key)
    folder.sql("DELETE FROM key_forms")
    return ids


def test_a_store_with_other_keys_goes_on(tmp_path: Path) -> None:
    with Village() as village:
        of_any_spelling(village)
        folder = Folder(tmp_path, village.toml())
        assert folder.crawl().status == 0
        first = exported(folder)
        assert sorted(first.values()) == sorted(one.title for one in village.stories), "once each"
        assert len([path for path in village.asked() if "bai=" in path]) == 6
        old = as_before(folder, village.url)
        assert len(set(old) | set(old.values())) == 12, "all ids were others"
        done = folder.crawl()
        assert "hoasua: 6 addresses of known pages are kept in one form from now on" in done.stderr
        assert exported(folder) == {old[name]: title for name, title in first.items()}
        assert not [path for path in village.asked() if "bai=" in path]
        assert "one form" not in folder.crawl().stderr, "said once"
        port = village.server.server_port
        moved = village.toml(f'hosts = ["127.0.0.1:{port}"]').replace(f"//127.0.0.1:{port}", f"//localhost:{port}")
        (folder.path / "sites.toml").write_text(moved, encoding="utf-8")
        done = folder.crawl("hoasua", "--full")
        assert "addresses of known pages are kept in one form" in done.stderr, "the portal has another host"
        assert exported(folder) == {old[name]: title for name, title in first.items()}
        pages = folder.sql("SELECT article, key, url FROM pages WHERE kind = 'article' ORDER BY article")
        assert len({name for name, *_ in pages}) == len(pages) == 6


def test_articles_that_have_one_address_by_now_are_joined(tmp_path: Path) -> None:
    with Village() as village:
        folder = Folder(tmp_path, village.toml())
        assert folder.crawl().status == 0
        (one, url), (other, _), *_ = folder.sql("SELECT id, url FROM articles ORDER BY seq")
        spelling = url.replace("/tin/", "//tin/")
        for table, column in (("articles", "id"), ("pages", "article")):
            folder.sql(f"UPDATE {table} SET url = :url WHERE {column} = :id", url=spelling, id=other)
        folder.sql("UPDATE pages SET key = :url WHERE article = :id", url=spelling, id=other)
        folder.sql("DELETE FROM key_forms")
        done = folder.crawl()
        assert "1 articles that stood under two are one now" in done.stderr
        assert (one, "reread") in [(one["id"], one["change"]) for one in folder.feeds()[-1]]
        assert folder.sql("SELECT article FROM kept_ids WHERE id = :id", id=other) == [(one,)]
