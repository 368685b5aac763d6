from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from wardnews import cli, locale
from wardnews.cli import COMMANDS
from wardnews.errors import ExitStatus
from wardnews.store.database import Store

Typed = Callable[..., tuple[int, str]]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Typed]:
    """Return what runs a command in this process, in Vietnamese: its exit status, and all that it wrote."""

    def run(*arguments: str, language: str = "vi_VN.UTF-8") -> tuple[int, str]:
        monkeypatch.setenv("LC_ALL", language)
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.setattr(sys, "argv", ["wardnews", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
        return int(end.value.code or 0), "".join(capfd.readouterr())

    yield run
    locale.use(locale.SOURCE)


def test_help_is_in_the_language_of_the_locale(typed: Typed) -> None:
    status, shown = typed("--help")
    assert status == 0
    for words in ("Cách dùng: wardnews", "Tùy chọn", "Các lệnh", "Hiện hướng dẫn này rồi thoát", "đang hoạt động"):
        assert words in shown
    for command in COMMANDS:
        status, shown = typed(command, "--help")
        assert status == 0
        assert f"Cách dùng: wardnews {command}" in shown
        assert f"Ví dụ: wardnews {command}" in shown
        assert not {"Usage", "Options", "Example", "Show", "list[str]", "bool"} & set(shown.replace(":", " ").split())
        assert "{formats}" not in shown
    assert "Usage: wardnews" in typed("--help", language="en_GB.UTF-8")[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nosuch"], "Không có lệnh 'nosuch'."),
        (["nosuch"], "Cách dùng: wardnews"),
        (["nosuch"], "Gõ 'wardnews -h' để xem hướng dẫn.\n"),
        (["crawl", "--al"], "Không có tùy chọn --al (có thể bạn muốn: --all,"),
        (["crawl", "--since"], "Tùy chọn '--since' cần kèm một giá trị."),
        (["crawl", "--all=1"], "Tùy chọn '--all' không nhận giá trị."),
        (["backfill"], "Thiếu đối số 'SITE...'."),
        (["backfill", "hoasua"], "Thiếu tùy chọn '--from'."),
        (["schema", "more"], "Thừa đối số (more)"),
        (["crawl", "--sample", "0"], "Giá trị của '--sample' không hợp lệ: không được nhỏ hơn 1"),
        (["serve", "--port", "http"], "Giá trị của '--port' không hợp lệ: cần một số nguyên"),
        (["export", "--files", "move"], "Giá trị của '--files' không hợp lệ: 'move' không thuộc các giá trị 'copy', 'link'."),
    ],
)  # fmt: skip
def test_what_was_typed_wrong_is_said_in_the_language_of_the_locale(
    typed: Typed, arguments: list[str], words: str
) -> None:
    status, shown = typed(*arguments)
    assert status == ExitStatus.USAGE
    assert "─ Lỗi ─" in shown
    assert words in shown
    assert "Usage" not in shown
    assert "Try" not in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["crawl"], "hãy nêu ít nhất một cổng, hoặc dùng --all hay --due; lệnh `wardnews sites` liệt kê các cổng"),
        (["crawl", "phucloii"], "không có cổng 'phucloii'; có phải bạn muốn viết hanoi-phucloi?"),
        (["crawl", "hanoi-phucloi", "--since", "5/4"], "--since 5/4: cần một ngày viết dạng 2024-01-31"),
        (
            ["sites", "--sites", "{none}"],
            "không đọc được tệp khai báo cổng này: không có tệp hay thư mục này: '{none}'",
        ),
        (["sites", "--sites", "wrong.toml"], "wrong.toml: [hoasua]: delay = '2': giá trị phải là số giây giữa hai lần"),
        (["crawl", "hanoi-phucloi", "-o", "a.pdf"], "-o a.pdf: đuôi .pdf không ứng với định dạng nào"),
        (["status", "--store", "mysql://a/b"], "wardnews chỉ lưu kho trong SQLite hoặc PostgreSQL, ví dụ sqlite:///"),
        (["status", "--store", "sqlite:///wrong.toml"], "không mở được: tệp này không phải cơ sở dữ liệu"),
        (
            ["export", "--as", "text", "-o", "./", "--store", "sqlite:///new.db"],
            "kho dữ liệu sqlite:///new.db: chưa có",
        ),
    ],
)
def test_what_is_wrong_is_said_in_the_language_and_with_the_same_status(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    entry = '[hoasua]\nname = "Phường Hoa Sữa"\nurl = "http://127.0.0.1:1/"\ndelay = "2"\n'
    (tmp_path / "wrong.toml").write_text(entry, encoding="utf-8")
    status, shown = typed(*arguments)
    assert status == ExitStatus.USAGE
    assert words in shown
    assert typed(*arguments, language="C")[0] == ExitStatus.USAGE


def test_tables_and_questions_are_in_the_language_and_json_is_not(
    typed: Typed, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = ["--store", store.url]
    status, shown = typed("status", "hanoi-phucloi", *url)
    assert status == 0
    for words in ("cổng thông tin", "vấn đề", "ngay bây giờ", "1 cổng, 0 cổng có sự cố, 1 cổng đến hạn"):
        assert words in shown
    vietnamese, english = (
        json.loads(typed("status", "--json", "hanoi-phucloi", *url, language=language)[1]) for language in ("vi", "C")
    )
    assert vietnamese | {"due": None} == english | {"due": None}
    assert "chưa biết gì về cổng này" in typed("gaps", "hanoi-phucloi", *url)[1]
    assert "0 thay đổi; lần sau dùng --since " in typed("changes", *url)[1]
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    status, shown = typed("init", f"{store.url.partition('///')[2]}.folder")
    assert status == 1
    assert shown.startswith("Bạn cần những cổng nào?")
    assert shown.endswith("Đã hủy.\n")
