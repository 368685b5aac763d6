"""What stands in place of known articles is no edit of them: it is named, and asked for again."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from tests.helpers.commands import Folder, run
from tests.helpers.village import Story, Village, article, html
from wardnews.demo import Reply, Request

Answer = Callable[[Story], Reply]
DAYS_PASS = (
    "UPDATE pages SET absent_since = '2020-01-01T00:00:00Z', next_look = '2020-01-01T00:00:00Z' "
    "WHERE kind = 'article' AND absent_since IS NOT NULL"
)
OTHER = [
    "Chiều 20/10, hội phụ nữ khu phố Cầu Mây mở hội thi nấu ăn mừng ngày truyền thống, có mười đội dự thi.",
    "Giải nhất thuộc về đội ngõ 12 với món cá kho riềng; ban giám khảo khen cách trình bày giản dị mà ấm cúng.",
]


def saying(*words: str, title: str | None = None) -> Answer:
    """Answer with the article's own page, but other words."""
    return lambda story: article(replace(story, words=list(words), title=title or story.title))


def cut(story: Story) -> Reply:
    whole = article(story)
    return replace(whole, body=whole.body[: whole.body.rindex(b"<p>") - 4])


SHOWN: dict[str, tuple[Answer, str]] = {
    "php": (saying("Warning: mysqli_query(): MySQL server has gone away in /var/www/tin/db.php on line 42"), "an error message"),
    "php-above": (
        lambda story: article(replace(story, words=["Notice: Undefined index: id in /srv/tin.php on line 7", *story.words])),
        "an error message",
    ),
    "oracle": (saying("ORA-12541: TNS:no listener"), "an error message"),
    "dotnet": (saying("System.Data.SqlClient.SqlException: Timeout expired."), "an error message"),
    "nginx": (lambda _: html("502 Bad Gateway", "<center><h1>502 Bad Gateway</h1></center><hr>nginx"), "no article on the page"),
    "placeholder": (saying("Nội dung đang được cập nhật..."), "being written"),
    "log-in": (saying("Vui lòng đăng nhập để xem nội dung này."), "a log-in form"),
    "maintenance": (saying("Hệ thống đang bảo trì, mời bạn quay lại sau."), "a maintenance message"),
    "waf": (saying("Yêu cầu của bạn đã bị chặn bởi tường lửa. Mã sự cố: 18392"), "a challenge"),
    "cut": (cut, "page cut short"),
    "same-for-all": (saying(*OTHER), "a text unlike the one before"),
}  # fmt: skip


def answering(village: Village, answer: Answer, numbers: set[int]) -> Callable[[Request], Reply | None]:
    stories = {village.path_of(one): one for one in village.stories if one.n in numbers}
    return lambda request: answer(stories[request.path]) if request.path in stories else None


def exported(folder: Folder) -> list[dict[str, object]]:
    return [json.loads(line) for line in run(folder.path, "export", "--store", folder.store).stdout.splitlines()]


def test_what_stands_in_place_of_articles_is_no_edit(tmp_path: Path) -> None:
    with ExitStack() as stack:
        villages = {name: stack.enter_context(Village()) for name in SHOWN}
        toml = "".join(one.toml().replace("hoasua", name) for name, one in villages.items())
        folder = Folder(tmp_path, toml)
        assert folder.crawl(*SHOWN).status == 0
        for name, (answer, _) in SHOWN.items():
            villages[name].intercept = answering(villages[name], answer, {1, 2, 3})
        done = folder.crawl(*SHOWN, "--full")
        assert folder.last() == [], done.stderr
        (report,) = [one["portals"] for one in folder.reports()[-1:]]
        for name, (_, cause) in SHOWN.items():
            assert [found for found in report[name]["causes"] if cause in found], (name, report[name]["causes"])
            assert report[name]["failed"] == 3, name
        for village in villages.values():
            village.intercept = lambda _: None
        folder.crawl(*SHOWN, "--full")
        assert folder.last() == []
    assert {(one["version"], one["change"]) for one in exported(folder)} == {(1, "new")}


QUOTING = [
    "Người dân tổ 5 hỏi vì sao có lúc cổng báo “Bài viết không tồn tại hoặc đã bị xóa”; cán bộ đang nhập lại các bài cũ.",
    "Cổng tạm ngừng phục vụ để bảo trì từ 22 giờ, hồ sơ gấp nộp ở bộ phận một cửa.",
    "Cán bộ giải thích lỗi “502 Bad Gateway” cho học viên lớp tin học.",
]


@pytest.mark.parametrize("place", [0, 3])
def test_an_article_that_speaks_of_notices_is_edited(tmp_path: Path, place: int) -> None:
    with Village() as village:
        folder = Folder(tmp_path, village.toml())
        folder.crawl()
        for story, words in zip(village.stories, QUOTING, strict=False):
            story.words.insert(place, words)
        folder.crawl("hoasua", "--full")
    assert [change for _, change in folder.last()] == ["edited"] * 3


@pytest.mark.parametrize(
    ("answer", "flag"),
    [
        (saying("Bài viết không tồn tại hoặc đã bị xóa.", title="Thông báo"), "gone_by_text"),
        (saying("Tin này chưa được xuất bản hoặc đã bị ẩn."), "gone_by_text"),
        (lambda _: html("Không tìm thấy trang", "<h1>Không tìm thấy trang</h1><p>Mời về trang chủ.</p>"), "gone_by_text"),
    ],
)  # fmt: skip
def test_a_page_that_says_that_its_article_is_not_there(tmp_path: Path, answer: Answer, flag: str) -> None:
    with Village() as village:
        folder = Folder(tmp_path, village.toml())
        folder.crawl()
        village.intercept = answering(village, answer, {2})
        for looks in range(3):
            assert len(folder.all()) == 6, looks
            folder.crawl("hoasua", "--full")
            folder.sql(DAYS_PASS)
    ((_, change),) = folder.last()
    assert change == "gone"
    (gone,) = folder.feeds()[-1]
    assert flag in gone["flags"]
    assert gone["paragraphs"] == village.stories[1].words


def test_another_text_is_believed_when_another_day_finds_it_again(tmp_path: Path) -> None:
    with Village() as village:
        folder = Folder(tmp_path, village.toml())
        folder.crawl()
        village.stories[0].words = [*OTHER]
        done = folder.crawl("hoasua", "--full")
        assert folder.last() == []
        assert "a text unlike the one before" in done.stderr
        folder.crawl("hoasua", "--full")
        assert [change for _, change in folder.last()] == ["edited"]
