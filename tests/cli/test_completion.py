from __future__ import annotations

from pathlib import Path

import pytest
import typer.main

from wardnews.cli import COMMANDS, app


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> object:
    """Return what a shell offers for a line that is being typed."""

    def complete(line: str) -> list[str]:
        monkeypatch.setenv("_WARDNEWS_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(line.count(" ")))
        with pytest.raises(SystemExit) as end:
            typer.main.get_command(app).main([], prog_name="wardnews")
        assert not end.value.code
        return capsys.readouterr().out.split()

    return complete


def test_a_shell_completes_commands_options_and_keys(offered: object, tmp_path: Path) -> None:
    assert callable(offered)
    assert set(offered("wardnews ")) == set(COMMANDS)
    assert offered("wardnews cra") == ["crawl"]
    assert {"--since", "--store", "--sites"} <= set(offered("wardnews crawl --s"))
    assert offered("wardnews export --site longbien-phucl") == ["longbien-phucloi"]
    own = tmp_path / "own.toml"
    own.write_text('[hoasua]\nname = "Phường Hoa Sữa"\nurl = "http://hoasua.example.vn/"\n', encoding="utf-8")
    for command in ("crawl", "backfill", "status", "gaps", "reread", "join"):
        assert offered(f"wardnews {command} --sites {own} hoas") == ["hoasua"], command
    own.write_text("[broken", encoding="utf-8")
    assert offered(f"wardnews crawl --sites {own} longbien-phucl") == ["longbien-phucloi"]
