"""What is deployed holds all that wardnews needs, and finds it there."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
FROM_EGG = """
import sys
sys.path.insert(0, sys.argv[1])
import wardnews.settings
from wardnews.exporters.formats import FORMATS
from wardnews.layouts import LAYOUTS
from wardnews.places import units
from wardnews.sites import load_sites
from wardnews.store.database import HEAD, Store
store = Store.open("sqlite:///" + sys.argv[2])
with store.writing() as connection:
    assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == HEAD
store.close()
assert units.known("00136") and len(load_sites()) > 100 and "nukeviet" in LAYOUTS and "csv" in FORMATS
print(wardnews.__file__)
"""


def test_all_that_is_read_is_found_in_a_zipped_egg(tmp_path: Path) -> None:
    """As scrapyd runs it, which imports from the file that was deployed."""
    egg = tmp_path / "wardnews.egg"
    with zipfile.ZipFile(egg, "w") as archive:
        for path in (ROOT / "wardnews").rglob("*"):
            if path.is_file() and path.suffix != ".pyc":
                archive.write(path, path.relative_to(ROOT))
    command = [sys.executable, "-c", FROM_EGG, str(egg), str(tmp_path / "store.db")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(egg))


def test_scrapyd_finds_the_settings() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["entry-points"]["scrapy"] == {"settings": "wardnews.settings"}
    assert project["tool"]["setuptools"]["package-data"] == {"*": ["*"]}
