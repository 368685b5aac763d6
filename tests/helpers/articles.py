"""Made-up articles for tests of the store: many at once, or one that was seen again and again."""

from __future__ import annotations

from typing import NamedTuple

from wardnews.items import ENGLISH, Article, content_hash
from wardnews.store.database import Store
from wardnews.store.frontier import Frontier
from wardnews.store.tasks import Wanted


class Seen(NamedTuple):
    """When an article was seen with which content (a letter), under which count."""

    day: int
    content: str
    views: int | None = None
    english: bool = False

    @property
    def at(self) -> str:
        return f"2022-01-{self.day:02}T01:00:00Z"

    def article(self, number: int = 0, via: str = "wayback") -> Article:
        body = [f"Nội dung {self.content} của bài viết về hội chợ hoa xuân tại phường Hoa Sữa năm nay."]
        header = f"{'Publish date' if self.english else 'Ngày đăng'} 01/01/2022 | Lượt xem: {self.views}"
        return Article(
            id=f"hoasua{number}:1", url="http://hoasua.example/1", site=f"hoasua{number}", title="Hội chợ", header=header, views=self.views,
            published="2022-01-01", paragraphs=body, text=f"Hội chợ\n{header}\n\n{body[0]}", via=f"{via}:{self.day}",
            crawled_at=self.at, first_seen=self.at, content_hash=content_hash("Hội chợ", None, body),
            flags=[ENGLISH] if self.english else [],
        )  # fmt: skip


def fill(url: str, number: int, *, site: str = "hoasua", size: int = 10) -> None:
    """Write made-up articles into a store, as a crawl does."""
    store = Store.open(url)
    store.begin_run(f"filled-{site}", "2026-08-29T01:00:00Z")
    frontier = Frontier(store, f"filled-{site}")
    frontier.begin(site, [Wanted("article", str(one), f"http://a.vn/{one}") for one in range(number)])
    while task := frontier.next_task(site):
        paragraphs = [f"Sáng 5/4, tổ dân phố số {task.key} họp bàn việc chung của phường. " * 3] * size
        article = Article(
            id=f"{site}:{task.key}", url=task.url, site=site, title=f"Họp tổ {task.key}", paragraphs=paragraphs,
            published=f"2021-04-{1 + int(task.key) % 28:02}", text=f"Họp tổ {task.key}\n\n" + "\n\n".join(paragraphs),
            crawled_at="2026-08-29T01:28:00Z", first_seen="2026-08-29T01:28:00Z", content_hash=task.key,
        )  # fmt: skip
        frontier.read_from(article, task)
        frontier.remember(article)
    frontier.close()
    store.close()
