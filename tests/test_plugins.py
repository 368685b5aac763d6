"""What other packages bring is used like one's own; what is broken is named with the way out."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path
from shutil import copytree

import pytest

from wardnews import plugins
from wardnews.archives import network
from wardnews.errors import PluginError
from wardnews.exporters.formats import format_of
from wardnews.layouts import _of_plugin as layout_of_plugin
from wardnews.sites import load_sites

EXAMPLE = Path(__file__).parents[1] / "docs" / "examples" / "plugin"
USED = """
import sys
import wardnews
from wardnews.archives import network
from wardnews.exporters.formats import format_of
page = '''<ul class="menu"><li>Trang chủ</li></ul><article class="hs-bai-viet"><p class="hs-muc">Tin phường</p>
<h1>Phường Hoa Sữa trồng cây</h1><p class="hs-ngay">05/04/2021 08:15</p><p class="hs-tom-tat">Sáng 5/4 có hội trồng cây.</p>
<div class="hs-noi-dung"><p>Ba trăm cây được trồng ở tổ dân phố số 7.</p></div></article>'''
article = wardnews.read(page, "https://hoasua.haiphong.example.vn/bai-viet/17")
print(article.layout, article.site, article.id, article.published, article.section, article.lead, sep="|")
print(*format_of("titles").pieces(['{"title": "Trồng cây"}'], {}), end="")
print(network.is_named("haiphong"), network.opened("haiphong", {}).timemaps)
print(wardnews.load_sites()["haiphong-hoasua"].name)
"""


def install(folder: Path, *, instead: str = "") -> dict[str, str]:
    """Install the example as pip would, from its pyproject.toml; return the environment that finds it there."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    copytree(EXAMPLE / "wardnews_haiphong", folder / "wardnews_haiphong")
    metadata = folder / f"wardnews_haiphong-{project['version']}.dist-info"
    metadata.mkdir()
    head = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (metadata / "METADATA").write_text(head, encoding="utf-8")
    groups = [
        f"[{group}]\n" + "".join(f"{name} = {instead or value}\n" for name, value in entries.items())
        for group, entries in project["entry-points"].items()
    ]
    (metadata / "entry_points.txt").write_text("\n".join(groups), encoding="utf-8")
    return {**os.environ, "PYTHONPATH": str(folder), "PYTHONUTF8": "1"}


def run(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, encoding="utf-8", check=False
    )


def test_the_example_package_is_used_as_soon_as_it_is_installed(tmp_path: Path) -> None:
    done = run("-c", USED, environment=install(tmp_path))
    assert done.stdout.splitlines() == [
        "hoasua|haiphong-hoasua|haiphong-hoasua:17|2021-04-05T08:15+07:00|Tin phường|Sáng 5/4 có hội trồng cây.",
        "Trồng cây",
        "True https://archive.haiphong.example.vn/timemap/link/",
        "Phường Hoa Sữa, thành phố Hải Phòng",
    ], done.stderr


def test_a_broken_package_is_one_line_of_a_command(tmp_path: Path) -> None:
    done = run("-m", "wardnews", "sites", environment=install(tmp_path, instead="wardnews_haiphong.gone"))
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "plug-in haiphong of wardnews-haiphong (wardnews_haiphong.gone, wardnews.sites)" in done.stderr
    assert "No module named 'wardnews_haiphong.gone'" in done.stderr
    assert done.stderr.rstrip().endswith("pip uninstall wardnews-haiphong")


@pytest.mark.parametrize(
    ("group", "value", "use", "said"),
    [
        ("layouts", "wardnews.layouts:ANYPORTAL", lambda: layout_of_plugin("own"), "expected a Layout whose name is"),
        ("layouts", "wardnews.layouts.families.vnpt:LAYOUT", lambda: layout_of_plugin("own"), "whose name is 'own'"),
        ("exporters", "wardnews.layouts:ANYPORTAL", lambda: format_of("own"), "expected a Format, found 'anyportal'"),
        ("exporters", "nothing:there", lambda: format_of("own"), "ModuleNotFoundError: No module named 'nothing'"),
        ("archives", "wardnews.text", lambda: network.opened("own", {}), "expected a module with a function"),
        ("sites", "wardnews.text", load_sites, "expected a package with sites files"),
        ("sites", "wardnews.text.clock:VIETNAM", load_sites, "expected a package with sites files"),
    ],
)
def test_what_a_plug_in_should_be_is_said(
    group: str, value: str, use: object, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = EntryPoint("own", value, f"wardnews.{group}")
    found = {"own": entry}
    for module in ("layouts", "exporters.formats", "archives.network", "sites.files", "plugins"):
        monkeypatch.setattr(f"wardnews.{module}.plugins", lambda asked: found if asked == group else {})
    plugins.plugin.cache_clear()
    assert callable(use)
    with pytest.raises(PluginError, match=rf"^plug-in own of its package \({value}, wardnews.{group}\): .*{said}"):
        use()
    plugins.plugin.cache_clear()
