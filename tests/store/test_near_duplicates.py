"""Near-duplicates of any portals are one story, forms filled in twice are two; in SQLite and in PostgreSQL."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
import threading
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import fields, make_dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, Self

import pytest
import sqlalchemy as sa

from tests.conftest import Run
from tests.helpers.old_store import without_added
from wardnews.demo import PracticePortal
from wardnews.items import GONE, Article, content_hash
from wardnews.store import near_duplicates as stories
from wardnews.store import queries
from wardnews.store.database import Store
from wardnews.store.frontier import Frontier
from wardnews.store.likeness import fold, prepared
from wardnews.store.near_duplicates import SHORTEST, Known, assign, empty_index, sign
from wardnews.store.queries import with_story
from wardnews.store.tables import articles, signatures
from wardnews.store.versions import Versions

TABLE = tomllib.loads(Path(__file__).with_name("near_duplicates.toml").read_text(encoding="utf-8"))
PAIRS = TABLE["pair"]
FAIR: list[str] = TABLE["texts"]["hoi-cho"]
BUS: list[str] = TABLE["texts"]["cong-nghe"]
CHOIR: list[str] = TABLE["texts"]["ca-tru"]

Stories = dict[str, str | None]


# --- the table -------------------------------------------------------------------------------------------------------


def paragraphs(said: str | list[str]) -> list[str]:
    """Resolve what a pair names: a whole text, or paragraphs, their own or those of texts."""
    if isinstance(said, str):
        return list(TABLE["texts"][said])
    found: list[str] = []
    for one in said:
        name, _, places = one.partition(":")
        if name not in TABLE["texts"]:
            found.append(one)
        elif "+" in places:
            found.append(" ".join(TABLE["texts"][name][int(place) - 1] for place in places.split("+")))
        else:
            first, _, last = places.partition("-")
            found += TABLE["texts"][name][int(first) - 1 : int(last or first)]
    return found


def texts(pair: dict[str, Any]) -> tuple[list[str], list[str]]:
    if "form" in pair:
        form = TABLE["forms"][pair["form"]]
        one, other = ([line.format(**fill) for line in form] for fill in pair["fill"])
        return one, other
    other = paragraphs(pair["other"])
    for before, after in pair.get("swap", ()):
        assert any(before in line for line in other), before
        other = [line.replace(before, after) for line in other]
    return paragraphs(pair["one"]), [
        unicodedata.normalize("NFD" if pair.get("decomposed") else "NFC", line) for line in other
    ]


def judged(url: str, pairs: list[dict[str, Any]]) -> dict[tuple[bool, bool], list[str]]:
    """Put pairs into a store, a year between two; give the reasons of those that are, and are found, one story."""
    day = date(1990, 1, 1)
    news = [
        article(f"{portal}:{number}", body, day=day + timedelta(days=366 * number + 3 * (portal == "b")))
        for number, pair in enumerate(pairs)
        for portal, body in zip("ab", texts(pair), strict=True)
    ]
    with Books(url) as books:
        told = books.told(news)
    found = defaultdict(list)
    for number, pair in enumerate(pairs):
        found[pair["same"], told[f"a:{number}"] == told[f"b:{number}"]].append(pair["why"])
    return found


# --- a store ---------------------------------------------------------------------------------------------------------


def article(
    name: str, body: Iterable[str], *, day: date | str | None = "2025-03-12", at: str = "2025-03-13T01:00:00Z"
) -> Article:
    body = list(body)
    return Article(
        id=name, site=name.partition(":")[0], url=f"http://a.vn/{name}", title="Tin", paragraphs=body, published=str(day) if day else None,
        crawled_at=at, first_seen=at, content_hash=content_hash("Tin", None, body),
    )  # fmt: skip


class Books:
    """Hold a store that is written to by a run, and give the stories of its articles."""

    def __init__(self, url: str) -> None:
        self.store = Store.open(url)
        self.frontier = Frontier(self.store, "run")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.frontier.close()
        self.store.close()

    def write(self, *news: Article) -> None:
        with self.commit() as commit:
            for one in news:
                commit.write(replace(one))

    @contextmanager
    def commit(self) -> Iterator[Versions]:
        connection = self.frontier.connection
        with connection.begin():
            yield Versions(self.frontier.store, connection, self.frontier.run)

    def told(self, news: Iterable[Article] = ()) -> Stories:
        """Write articles, assign what has no story; give all stories by the articles' ids."""
        self.write(*news)
        assign(self.store)
        return self.stories()

    def stories(self) -> Stories:
        with self.store.reading() as connection:
            return {row.id: row.story for row in connection.execute(sa.select(articles.c.id, articles.c.story))}


@pytest.fixture
def books(store_url: str) -> Iterator[Books]:
    with Books(store_url) as books:
        yield books


def crowd(number: int, seed: int = 1) -> list[Article]:
    """Make articles of several portals within some weeks, in order: reprints of some texts, and forms."""
    chance = Random(seed)
    news = []
    for count in range(number):
        day = date(2025, 3, 1) + timedelta(days=count * 60 // number)
        name = chance.choice(list(TABLE["texts"]))
        lead = chance.choice(["Tin từ các phường.", "Cổng thông tin giới thiệu bài viết sau đây.", "Tin mới nhận."])
        body = [lead, *TABLE["texts"][name][chance.randint(0, 1) :]]
        news.append(article(f"p{count % 4}:{count:03}", body, day=day))
    return news


def groups(told: Stories) -> set[frozenset[str]]:
    found = defaultdict(set)
    for name, story in told.items():
        found[story].add(name)
    return {frozenset(names) for names in found.values()}


# --- what is one story -----------------------------------------------------------------------------------------------


def test_reprints_are_found_and_forms_that_are_filled_in_twice_are_not_taken_for_them(store_url: str) -> None:
    assert len(PAIRS) >= 60
    found = judged(store_url, PAIRS)
    right, missed, wrong = found[True, True], found[True, False], found[False, True]
    assert len(right) / (len(right) + len(wrong)) >= 0.98, wrong
    assert len(right) / (len(right) + len(missed)) >= 0.95, missed
    assert found[False, False]


@pytest.mark.parametrize(("days", "one"), [(0, True), (30, True), (-30, True), (31, False), (-31, False)])
def test_a_month_apart_it_is_another_story(tmp_path: Path, days: int, one: bool) -> None:
    with Books(f"sqlite:///{tmp_path}/store.db") as books:
        books.told([article("a:1", FAIR)])
        told = books.told([article("b:1", FAIR, day=date(2025, 3, 12) + timedelta(days=days))])
    assert (told["b:1"] == "a:1") is one


def test_what_is_too_short_to_be_compared_is_its_own_story(books: Books) -> None:
    short, long = "rồi " * (SHORTEST - 5) + "thôi", "rồi cứ nghe " * SHORTEST
    names = {"a:1": short, "b:1": short, "a:2": "", "b:2": "", "a:3": long, "b:3": long}
    told = books.told([article(name, [body]) for name, body in names.items()])
    assert told == {**{name: name for name in names}, "b:3": "a:3"}


def test_the_earliest_gives_a_story_its_name_and_those_without_a_date_count_from_when_they_were_seen(
    books: Books,
) -> None:
    told = books.told([
        article("c:1", FAIR, day=None, at="2025-03-14T01:00:00Z"),
        article("a:1", FAIR, day="2025-03-13T17:15+07:00"),
        article("b:1", FAIR, day="2025-03-13T08:00+07:00"),
        article("d:1", FAIR, day=None, at="2025-06-14T01:00:00Z"),
    ])  # fmt: skip
    assert told == {"a:1": "b:1", "b:1": "b:1", "c:1": "b:1", "d:1": "d:1"}


def test_a_newcomer_joins_the_story_that_is_told_most_alike(books: Books) -> None:
    books.told([article("a:1", FAIR[:4])])
    other = [*FAIR[:3], *BUS[:5]]  # as little of the fair as leaves it another story
    told = books.told([article("a:2", other)])
    assert told["a:2"] == "a:2"
    told = books.told([article("b:1", [*other, "Nguồn: phường Bến Trăng"]), article("b:2", ["Tin nóng.", *FAIR[:5]])])
    assert (told["b:1"], told["b:2"]) == ("a:2", "a:1")


# --- in the order of time --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [1, 7])
def test_step_by_step_the_stories_are_those_of_one_go(
    store_url: str, tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    news = crowd(80)
    with Books(f"sqlite:///{tmp_path}/whole.db") as books:
        whole = books.told(Random(2).sample(news, len(news)))
    assert 8 < len(groups(whole)) < 40
    monkeypatch.setattr(stories, "BATCH", 5)
    with Books(store_url) as books:
        for place in range(0, len(news), step):
            told = books.told(news[place : place + step])
    assert told == whole


def test_a_story_is_kept_whatever_becomes_of_the_article(books: Books) -> None:
    reprint = ["Hội chợ kéo dài ba ngày.", *FAIR[1:]]
    before = books.told([article("a:1", FAIR), article("b:1", reprint, day="2025-03-13")])
    assert before == {"a:1": "a:1", "b:1": "a:1"}
    edited = article("b:1", BUS, day="2025-03-13", at="2025-03-15T01:00:00Z")
    gone = replace(article("a:1", FAIR, at="2025-03-16T01:00:00Z"), change=GONE)
    older = article("a:1", CHOIR, at="2024-03-12T01:00:00Z")
    assert books.told([edited, gone, older]) == before
    with books.commit() as commit:
        commit.reread(replace(edited, paragraphs=CHOIR))
    assert books.told() == before
    lines = [json.loads(line) for line in queries.feed(books.store, "run")]
    assert {(one["id"], one["story"]) for one in lines} == {("a:1", "a:1"), ("b:1", "a:1")}
    assert books.told([article("c:1", FAIR, day="2025-03-14")])["c:1"] == "a:1", "what is gone was told all the same"


def test_who_comes_later_joins_what_was_a_stub_at_first(books: Books) -> None:
    books.told([article("a:1", ["Tin đang được cập nhật."])])
    books.told([article("a:1", FAIR, at="2025-03-14T01:00:00Z")])
    assert books.told([article("b:1", FAIR)]) == {"a:1": "a:1", "b:1": "a:1"}
    books.told([article("a:1", ["Bài đã gỡ."], at="2025-03-15T01:00:00Z")])
    assert books.told([article("c:1", FAIR)])["c:1"] == "a:1", "as b:1 tells it"


@pytest.mark.parametrize("place", [1, 2, 5])
def test_who_is_killed_between_or_within_batches_loses_nothing(store_url: str, tmp_path: Path, place: int) -> None:
    news = crowd(40, seed=3)
    with Books(f"sqlite:///{tmp_path}/whole.db") as books:
        whole = books.told(news)
    with Books(store_url) as books:
        books.write(*news)
        killed = subprocess.run([sys.executable, "-c", KILLED, store_url, str(place)], check=False)
        assert killed.returncode == -signal.SIGKILL
        left = [story for story in books.stories().values() if story is None]
        assert len(left) == len(news) - 6 * (place - 1)
        assert books.told() == whole


KILLED = """
import os, signal, sys
import sqlalchemy as sa
from wardnews.store import near_duplicates as stories
from wardnews.store.database import Store
stories.BATCH = 6
store, left = Store.open(sys.argv[1]), int(sys.argv[2])
@sa.event.listens_for(store.engine, "commit")
def committing(connection):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
stories.assign(store)
"""
"""Assigns stories until the commit of a batch, which it does not reach."""


def test_two_that_assign_at_once_agree(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    news = crowd(60, seed=4)
    with Books(f"sqlite:///{tmp_path}/whole.db") as books:
        whole = books.told(news)
    monkeypatch.setattr(stories, "BATCH", 4)
    with Books(store_url) as books:
        books.write(*news)
        others = [Store.open(store_url) for _ in range(3)]
        threads = [threading.Thread(target=assign, args=(store,)) for store in others]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for store in others:
            store.close()
        assert books.stories() == whole


def test_what_another_run_is_writing_is_left_to_it(postgres_url: str) -> None:
    with Books(postgres_url) as books:
        books.write(article("a:1", FAIR), article("b:1", FAIR))
        with books.store.writing() as busy:
            busy.execute(articles.update().where(articles.c.id == "a:1").values(views=5))
            assign(books.store)
            assert books.stories() == {"a:1": None, "b:1": "b:1"}
        assert books.told() == {"a:1": "b:1", "b:1": "b:1"}


def test_hundreds_of_one_form_are_no_burden(tmp_path: Path) -> None:
    form = TABLE["forms"]["chung-nhan"]
    fill = {"ward": "Hoa Sữa", "who": "hộ ông Trần Văn Đoàn", "sheet": "24", "origin": "cha mẹ để lại", "day": "10/3"}
    news = [
        article(f"a:{number}", [line.format(**fill, group=number % 9, plot=number, area=50 + number) for line in form])
        for number in range(300)
    ]
    reprint = replace(news[77], id="b:77", published="2025-03-13")
    with Books(f"sqlite:///{tmp_path}/store.db") as books:
        told = books.told([*news, reprint])
    assert told == {**{one.id: one.id for one in news}, "b:77": "a:77"}


@pytest.mark.parametrize("likeness", [0.4, 0.5, 0.7])
def test_no_near_duplicate_is_missed_by_chance(likeness: float) -> None:
    """Of texts of 30 clauses that share so many, 98 of 100 are looked at."""
    number, clauses = 400, 30
    shared = round(2 * clauses * likeness / (1 + likeness))
    found = 0
    for pair in range(number):
        common = [f"mệnh đề {pair} chung {place}" for place in range(shared)]
        one, other = (
            Known(
                name,
                1,
                set(),
                sign(". ".join((*common, *(f"riêng {name} {pair} câu {n}" for n in range(clauses - shared))))),
            )
            for name in "ab"
        )
        index = empty_index()
        index.insert(0, one.signature)
        if index.query(other.signature):
            one.meet(other)
        found += bool(one.near)
    assert found >= 0.98 * number


def test_stores_of_before_are_signed_anew_and_their_groups_stay(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    with Books(url) as books:
        before = books.told([article("a:1", FAIR), article("b:1", FAIR[1:]), article("c:1", BUS)])
        with books.store.writing() as connection:
            connection.execute(articles.update().where(articles.c.id == "c:1").values(story="z:1"))
            connection.execute(signatures.update().values(signature=b"old"))
            without_added(lambda statement: connection.execute(sa.text(statement)))
            connection.execute(sa.text("DROP INDEX pages_by_article"))
            connection.execute(sa.text("DROP TABLE key_forms"))
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '0002'"))
    with Books(url) as books:
        assert books.told([article("d:1", BUS)]) == before | {"c:1": "z:1", "d:1": "z:1"}


# --- what leaves the store -------------------------------------------------------------------------------------------


def test_a_story_goes_into_a_record_as_json_has_it() -> None:
    from wardnews.items import json_line

    line = json_line(article("a:1", FAIR))[:-1]
    for story in (None, "a:1", 'a:"\\\u0001ữ'):
        assert json.loads(with_story(line, story)) == json.loads(line) | {"story": story}


def test_a_story_goes_into_its_own_field_whatever_stands_behind_it_or_in_the_texts() -> None:
    from wardnews.items import json_line

    longer = make_dataclass(
        "Longer",
        [*((one.name, one.type, copy(one)) for one in fields(Article)), ("email", str | None, None)],
        slots=True,
    )
    said = {"title": 'Tin ", "story": null', "paragraphs": ['\\"story": null', "story"]}
    line = json_line(longer(**said))[:-1]
    assert list(json.loads(line))[-2:] == ["story", "email"]
    told = json.loads(line) | {"story": "bentrang:3"}
    assert json.loads(with_story(line, "bentrang:3")) == told
    assert with_story(line, "bentrang:3") == line.replace(', "story": null, "', ', "story": "bentrang:3", "')


def test_a_record_that_has_no_room_for_a_story_is_told_of() -> None:
    with pytest.raises(ValueError, match="a record without"):
        with_story('{"id": "a:1"}', "a:1")


def test_a_crawl_of_two_portals_tells_the_story_that_they_share(
    portal: PracticePortal, sites_file: Path, wardnews: Run, tmp_path: Path
) -> None:
    shared = {
        "body_html": "".join(f"<p>{line}</p>" for line in FAIR),
        "blocks": tuple(FAIR),
        "lead": None,
        "lead_html": None,
    }
    shared |= {"images": (), "captions": (), "attachments": ()}
    days = {"newszone": "2025-07-03 08:30", "liferay": "2025-06-30 16:45"}
    names = {}
    for generation, day in days.items():
        model = next(one for one in portal.of(generation) if one.lead and one.body_html and one.frame == "detail")  # type: ignore[arg-type]
        own = replace(model, published=type(model.published).fromisoformat(day), **shared)  # type: ignore[arg-type]
        portal.put(own)
        names[generation] = f"practice-{generation}:{own.id}"
    crawled = wardnews("crawl", *(f"practice-{one}" for one in days), "--sites", sites_file, "-o", "items.jsonl")
    assert crawled.returncode == 0, crawled.stderr
    (feed,) = tmp_path.glob("output/*.jsonl")
    told = {one["id"]: one["story"] for one in map(json.loads, feed.read_text(encoding="utf-8").splitlines())}
    assert told == {name: name for name in told} | dict.fromkeys(names.values(), names["liferay"])
    items = map(json.loads, (tmp_path / "items.jsonl").read_text(encoding="utf-8").splitlines())
    assert {one["id"]: one["story"] for one in items} == dict.fromkeys(told)
    store = Store.open(f"sqlite:///{tmp_path}/output/wardnews.db")
    with store.writing() as connection:
        connection.execute(articles.update().values(story=None, signed=None))
    store.close()
    exported = map(json.loads, wardnews("export").stdout.splitlines())
    assert {one["id"]: one["story"] for one in exported} == told


def test_the_signatures_that_stores_keep_are_made_as_ever() -> None:
    """A rensa that makes others, or a change of what is signed, takes a migration: see CONTRIBUTING.md."""
    text = "\n".join((*FAIR, "Hội chợ sau mở trong tháng Tư, do Cty cây xanh tổ chức.", "Tin, ảnh: Lê Thị Mây (TTXVN)"))
    made = sign(fold(prepared(text))).__getstate__()
    assert hashlib.sha256(made).hexdigest() == "c6eb81b984b4a1fedc81fbf61f5ccc6484cec513b792e8afea264bb047c94d68"
