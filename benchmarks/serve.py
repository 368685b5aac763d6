"""Measure `wardnews serve` over a store of made-up articles: the reading copy, and how soon its pages answer."""

import asyncio
import itertools
import random
import resource
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from http.client import HTTPConnection
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

from wardnews.items import Article, Place, json_line
from wardnews.serve import application, listening, serve
from wardnews.serve.copy import bring_up_to_date
from wardnews.store.database import Store
from wardnews.store.tables import articles, versions, views
from wardnews.text.sample_format import compose_text

LIMIT = 0.3
"""Seconds that a page of any kind may take in the middle of its times."""
_FILES = ("5,000 articles as CSV",)
"""What is no page."""
LIMIT_OF_FRONT_PAGE = 1.0
"""Seconds in which the front page is there, whatever else is asked for."""
_BEGIN, _MIDDLE, _END = (
    "b c ch d đ g h kh l m n ng nh ph qu s t th tr v x".split(),
    "a á à ả ã ạ ă ắ ằ ẳ â ấ ầ ẩ e é è ê ế ề ệ i í ì ị o ó ò ô ố ồ ộ ơ ớ ờ ợ u ú ù ụ ư ứ ừ ự y ý".split(),
    " c ch i m n ng nh o p t u".split(" "),
)
_COMMON = "phường ủy đảng quận ủy ban nhân dân tổ dân phố hội nghị phúc lợi công tác".split()
_WORDS_EACH, _BATCH = 450, 1_000


def vocabulary(chance: random.Random) -> tuple[list[str], list[float]]:
    """Make up words and how often each is used: a few all the time, most of them hardly ever."""
    syllables = ["".join(parts) for parts in itertools.product(_BEGIN, _MIDDLE, _END)]
    chance.shuffle(syllables)
    words = [*_COMMON, *syllables]
    return words, list(itertools.accumulate(1 / (rank + 3) for rank in range(len(words))))


def made(number: int, chance: random.Random, words: list[str], weights: list[float]) -> Article:
    """Make up one article."""
    told = chance.choices(words, cum_weights=weights, k=_WORDS_EACH)
    title = " ".join(told[:12]).capitalize()
    paragraphs = [" ".join(told[begin : begin + 60]).capitalize() + "." for begin in range(12, _WORDS_EACH, 60)]
    site, section = f"portal-{number % 120}", f"Mục {chance.choice(words[:40])}"
    day = (date(2012, 1, 1) + timedelta(days=chance.randrange(5_000))).isoformat()
    seen = f"{day}T03:00:00Z"
    return Article(
        id=f"{site}:{number}", url=f"http://{site}.example/{number}", site=site, section=section, title=title,
        published=f"{day}T08:00+07:00", views=chance.randrange(5_000), paragraphs=paragraphs, content_hash=str(number),
        ward=Place(f"Phường {number % 120}", f"{number % 120:05}"), province=Place("Hà Nội", "01"), language="vi",
        text=compose_text(section, title, None, paragraphs), crawled_at=seen, first_seen=seen,
    )  # fmt: skip


def fill(store: Store, number: int) -> None:
    """Write articles into a store, each with one version and three counts of views."""
    chance = random.Random(6)
    words, weights = vocabulary(chance)
    known = [column.name for column in articles.columns]
    for begin in range(0, number, _BATCH):
        rows: list[dict[str, Any]] = []
        for seq in range(begin + 1, min(begin + _BATCH, number) + 1):
            one = made(seq, chance, words, weights)
            row = {name: getattr(one, name, 0) for name in known}
            rows.append(row | {"at": one.crawled_at, "seq": seq, "record": json_line(one)[:-1]})
        with store.writing() as connection:
            connection.execute(articles.insert(), [{name: row[name] for name in known} for row in rows])
            connection.execute(versions.insert(), [
                {"seq": row["seq"], "article": row["id"], "run": "made", "change": "new", "version": 1, "at": row["at"],
                 "record": row["record"]} for row in rows
            ])  # fmt: skip
            connection.execute(views.insert(), [
                {"article": row["id"], "observed_at": f"2026-01-0{day}T00:00:00Z", "count": row["views"] + day}
                for row in rows for day in (1, 2, 3)
            ])  # fmt: skip


def timed(work: Callable[[], Any]) -> float:
    """Give the seconds that something takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def asked(chance: random.Random, words: list[str]) -> Iterator[tuple[str, Callable[[], str]]]:
    """Name the kinds of pages that are asked for, each with a maker of addresses."""
    middling, rare = words[200:2_000], words[5_000:]
    yield "front page", lambda: "/"
    yield "front page, one portal", lambda: f"/?site=portal-{chance.randrange(120)}"
    yield (
        "front page, a section of a year",
        lambda: f"/?section=Mục+{chance.choice(words[:40])}&year={chance.randrange(2012, 2025)}",
    )
    yield "search, a word of nearly all", lambda: f"/?q={chance.choice(_COMMON)}"
    yield "search, two such words", lambda: "/?q=" + "+".join(chance.sample(_COMMON, 2))
    yield "search, two such in one portal", lambda: f"/?q=dang+uy&site=portal-{chance.randrange(120)}"
    yield "search, a word of some", lambda: f"/?q={chance.choice(middling)}"
    yield "search, a rare word", lambda: f"/?q={chance.choice(rare)}"
    yield "search, a phrase less a word", lambda: f"/?q=%22dang+uy%22+-{chance.choice(middling)}"
    yield "search, in titles", lambda: f"/?q={chance.choice(_COMMON)}&titles=1"
    yield "search, by views", lambda: f"/?q={chance.choice(_COMMON)}&sort=views"
    yield (
        "search, some days",
        lambda: f"/?q=quan&from=20{chance.randrange(13, 20)}-05-01&to=2022-0{chance.randrange(1, 9)}-05",
    )
    yield (
        "search, days of a section, last seen",
        lambda: f"/?section=Mục+{chance.choice(words[:40])}&from=2015-01-01&sort=found",
    )
    yield "search, its feed", lambda: f"/results.atom?q={chance.choice(_COMMON)}"
    yield "search, page 30", lambda: f"/?q={chance.choice(_COMMON)}&page=30"
    yield "article", lambda: f"/article/portal-{(number := chance.randrange(1, 100)) % 120}:{number}"
    yield "version", lambda: f"/version/{chance.randrange(1, 100)}"
    yield "comparison", lambda: f"/compare/portal-{(number := chance.randrange(1, 100)) % 120}:{number}"
    yield "citation", lambda: f"/cite/{chance.randrange(1, 100)}.csl.json"
    yield "portals", lambda: "/portals"
    yield "portal", lambda: f"/portal/portal-{chance.randrange(120)}"
    yield "ward", lambda: f"/ward/{chance.choice(('00118', '00136', '00145'))}"
    yield "page that is not there", lambda: "/nowhere"
    yield "table of articles with facets", lambda: f"/wardnews/articles?_size={chance.randrange(20, 30)}"
    yield "table, a search", lambda: f"/wardnews/articles?_search={chance.choice(middling)}"
    yield "newest", lambda: "/wardnews/newest"
    yield "most read", lambda: "/wardnews/most_read"
    yield "edited", lambda: "/wardnews/edited"
    yield "gone", lambda: "/wardnews/gone"
    yield "5,000 articles as CSV", lambda: f"/results.csv?q={chance.choice(_COMMON)}"


def peak() -> float:
    """Give the megabytes that this process took at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def answer(datasette: Any, times: int) -> float:
    """Ask for each kind of page some times and print how long it took; give the seconds of the slowest kind."""
    chance = random.Random(7)
    words, _ = vocabulary(random.Random(6))
    await datasette.client.get("/")
    slowest = 0.0
    print(f"{'milliseconds':34} p50    p95    of a core")
    for kind, address in asked(chance, words):
        spent, begun = [], time.process_time()
        for _ in range(times):
            path = address()
            begin = time.perf_counter()
            status = (await datasette.client.get(path)).status_code
            spent.append(time.perf_counter() - begin)
            assert status == (404 if path == "/nowhere" else 200), (path, status)
        cuts, work = quantiles(spent, n=20), (time.process_time() - begun) / times
        print(f"{kind:34} {cuts[9] * 1e3:3.0f} {cuts[18] * 1e3:6.0f} {work * 1e3:12.0f}")
        slowest = max(slowest, cuts[9] if kind not in _FILES else 0)
    return slowest


_HEAVIEST = (
    "/wardnews/articles?_facet=title&_facet=text&_size=1000", "/wardnews/articles.json?_size=1000&_shape=array",
    "/wardnews/versions?_size=1000", "/wardnews/articles.csv?_size=max", "/wardnews/articles?_search=phuong&_sort=text",
    "/wardnews/versions.json?_size=1000&record__contains=a", "/wardnews/views?_facet=count&_facet=article",
    "/wardnews/articles?text__like=%25a%25b%25c%25d%25&_sort_desc=text", "/?q=phuong+uy&page=30",
)  # fmt: skip


def ask(port: int, path: str) -> float:
    """Ask for a page; give the seconds until it is there, whatever its status."""
    begin = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    connection.getresponse().read()
    connection.close()
    return time.perf_counter() - begin


def crowded(file: Path, readers: int, seconds: float) -> float:
    """Have readers ask for the heaviest pages all the time; give how long the front page took at most."""
    own = listening("127.0.0.1", 0)
    port, over = own.getsockname()[1], Event()
    process = get_context("fork").Process(target=serve, args=(file, own, None), daemon=True)
    process.start()

    def read(number: int) -> None:
        for path in itertools.islice(itertools.cycle(_HEAVIEST), number, None):
            if over.is_set():
                return
            ask(port, path)

    ask(port, "/")
    with ThreadPoolExecutor(readers) as pool:
        for number in range(readers):
            pool.submit(read, number)
        spent, end = [], time.perf_counter() + seconds
        while time.perf_counter() < end:
            spent.append(ask(port, "/"))
            time.sleep(0.1)
        over.set()
    process.terminate()
    print(
        f"front page beside {readers} readers of the heaviest pages: {median(spent):.2f} s, {max(spent):.2f} s at most"
    )
    return max(spent)


def main() -> int:
    """Print the figures; give the exit status."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000, help="how many (default: %(default)s)")
    parser.add_argument("--times", type=int, default=40, help="requests of a kind (default: %(default)s)")
    parser.add_argument("--readers", type=int, default=20, help="of the heaviest pages (default: %(default)s)")
    parser.add_argument("--folder", help="of a store that an earlier run left there, or this one is to leave")
    arguments = parser.parse_args()
    with TemporaryDirectory() as temporary:
        name = arguments.folder or temporary
        is_there = Path(name, "store.db").exists()
        store, file = Store.open(f"sqlite:///{name}/store.db"), Path(name, "store.serve.db")
        file.unlink(missing_ok=True)
        if not is_there:
            fill(store, arguments.articles)

        def update() -> None:
            bring_up_to_date(store, file, {}, lambda _line: None)

        print(f"{arguments.articles} articles, store of {Path(name, 'store.db').stat().st_size / 1e6:.0f} MB")
        idle = peak()
        print(f"copy made in {timed(update):.1f} s, {file.stat().st_size / 1e6:.0f} MB", end=", ")
        print(f"memory {idle:.0f} MB before it and {peak():.0f} MB at its peak")
        changed = arguments.articles // 120
        with store.writing() as connection:
            connection.execute(articles.update().where(articles.c.site == "portal-1").values(views=1))
        print(f"brought up to date after {changed} changes in {timed(update):.1f} s", end=", ")
        print(f"after none in {timed(update):.1f} s\n")
        store.close()
        slowest = asyncio.run(answer(application(file), arguments.times))
        front = crowded(file, arguments.readers, 30)
    fine = slowest <= LIMIT and front <= LIMIT_OF_FRONT_PAGE
    bounds = f"{LIMIT} s at most; front page {front:.2f} s, {LIMIT_OF_FRONT_PAGE} s at most"
    print(f"\nslowest kind of page {slowest:.2f} s, {bounds}: {'fine' if fine else 'TOO SLOW'}")
    return int(not fine)


if __name__ == "__main__":
    sys.exit(main())
