"""Measure what putting made-up articles into groups of near-duplicates costs, day by day: to see whether it grows.

Two versions are compared by running this in a checkout of each, in turns.
"""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from wardnews.items import Article, json_line
from wardnews.store.database import Store
from wardnews.store.near_duplicates import WINDOW, assign
from wardnews.store.tables import articles, versions

LIMIT = 1.5
"""How many times the CPU time of a day behind the first window a day at the end may take."""
_REPRINTS, _FORMS = 0.2, 0.1
_FIRST = date(2025, 1, 1)
_SYLLABLES = [
    begin + middle + end
    for begin in "b c ch d đ g h kh l m n ng nh ph qu s t th tr v x".split()
    for middle in "a à ạ ă â ê i o ô ơ u ư ý oà uỷ".split()
    for end in " c i m n ng t".split(" ")
]
_FORM = (
    "UBND phường Hoa Sữa thông báo niêm yết công khai hồ sơ cấp giấy chứng nhận quyền sử dụng đất, thửa số {0}.",
    "Diện tích {1} m2; nguồn gốc: cha mẹ để lại. Thời gian niêm yết 15 ngày, từ ngày 10/3 đến hết ngày 25/3.",
    "Ai có ý kiến xin gửi về bộ phận một cửa của phường, trong giờ hành chính các ngày làm việc trong tuần.",
)


def paragraph(chance: Random) -> str:
    """Make up a paragraph of three sentences, with names, figures and commas."""
    words = chance.choices(_SYLLABLES, k=45)
    for place in range(4, 40, 8):
        words[place] = words[place].capitalize()
        words[place + 1] += ","
    words[7] = str(chance.randrange(2, 3000))
    return " ".join(f"{' '.join(words[begin : begin + 15]).capitalize()}." for begin in (0, 15, 30))


def days(number: int, each: int) -> Iterator[list[Article]]:
    """Make up the articles of each day: most are new, some reprints of the month's, some a form that was filled in."""
    chance = Random(1)
    recent: list[list[str]] = []
    for count in range(number):
        day = (_FIRST + timedelta(days=count)).isoformat()
        news = []
        for place in range(each):
            kind = chance.random()
            if kind < _REPRINTS and recent:
                body = [paragraph(chance), *chance.choice(recent)[1:], "Tin, ảnh: Lê Thị Mây"]
            elif kind < _REPRINTS + _FORMS:
                body = [line.format(chance.randrange(10**6), chance.randrange(40, 900)) for line in _FORM]
            else:
                body = [paragraph(chance) for _ in range(6)]
                recent.append(body)
            site, seen = f"p{place % 100}", f"{day}T03:00:00Z"
            news.append(
                Article(id=f"{site}:{count}-{place}", site=site, url="http://a.vn", title="Tin", paragraphs=body,
                        published=day, crawled_at=seen, first_seen=seen)
            )  # fmt: skip
        yield news
        del recent[: -each * (WINDOW - 5)]


def write(store: Store, news: list[Article], first: int) -> None:
    """Write articles into a store as a crawl leaves them, without groups; `first` is the number of their first row."""
    rows, records = [], []
    for seq, one in enumerate(news, first):
        row = {"id": one.id, "site": one.site, "url": one.url, "published": one.published, "first_seen": one.first_seen}
        rows.append(row | {"version": 1, "content_hash": "", "at": one.crawled_at, "seq": seq})
        record = {"seq": seq, "article": one.id, "run": "run", "change": "new", "version": 1, "at": one.crawled_at}
        records.append(record | {"record": json_line(one)[:-1]})
    with store.writing() as connection:
        connection.execute(versions.insert(), records)
        connection.execute(articles.insert(), rows)


def main() -> int:
    """Print what was measured; return the exit status."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=60, help="days (default: %(default)s)")
    parser.add_argument("--articles", type=int, default=1000, help="articles a day (default: %(default)s)")
    arguments = parser.parse_args()
    costs: list[float] = []
    with TemporaryDirectory() as name:
        store = Store.open(f"sqlite:///{Path(name)}/store.db")
        for news in days(arguments.days, arguments.articles):
            write(store, news, 1 + len(costs) * arguments.articles)
            began = time.process_time()
            assign(store)
            costs.append((time.process_time() - began) / arguments.articles * 1000)
        store.close()
    print(f"{arguments.days} days of {arguments.articles} articles, CPU ms an article: {sum(costs) / len(costs):.2f}")
    print(f"the first day {costs[0]:.2f}, the last {costs[-1]:.2f}")
    if arguments.days < 2 * WINDOW:
        return 0
    full, last = (sum(costs[begin : begin + 5]) / 5 for begin in (WINDOW, arguments.days - 5))
    fine = last <= LIMIT * full
    print(
        f"from day {WINDOW} {full:.2f}, at the end {last:.2f}; {LIMIT} times wanted: {'fine' if fine else 'TOO SLOW'}"
    )
    return int(not fine)


if __name__ == "__main__":
    sys.exit(main())
