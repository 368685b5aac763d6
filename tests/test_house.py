"""What holds the house together: imports point one way, names that others write stay."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from wardnews import layouts, settings
from wardnews.cli import app
from wardnews.errors import ExitStatus
from wardnews.settings import DOWNLOAD_HANDLERS, DOWNLOADER_MIDDLEWARES_BASE
from wardnews.store import database as store

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "tests" / "pages" / "hanoi-liferay" / "article.html"
PAGE_URL = "http://phucloi.longbien.hanoi.gov.vn/moi-truong"
MODULES = sorted((ROOT / "wardnews").rglob("*.py"))

ORDER = (
    "locale", "errors", "portable", "plugins", "workers", "items", "text", "storage", "places", "layouts", "sites", "archives", "files", "documents", "reading",
    "store", "exporters", "middlewares", "pipelines", "spiders", "settings", "reports", "runs", "serve", "demo", "cli",
)  # fmt: skip
"""The rooms in the order in which data flows: each imports only what stands before it."""


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = (
                [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "wardnews" else [node.module]
            )
            found.update(names)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return found


def room(path: Path) -> str:
    return path.relative_to(ROOT / "wardnews").parts[0].removesuffix(".py")


def test_every_room_has_its_place() -> None:
    found = {room(path) for path in MODULES} - {"__init__", "__main__", "__pycache__"}
    assert found == set(ORDER)


@pytest.mark.parametrize(
    "path", [path for path in MODULES if room(path) in ORDER], ids=lambda path: str(path.relative_to(ROOT))
)
def test_imports_point_one_way(path: Path) -> None:
    own = ORDER.index(room(path))
    names = {name.split(".")[1] for name in imported(path) if name.startswith("wardnews.")} & set(ORDER)
    later = {name for name in names if ORDER.index(name) > own}
    assert not later or room(path) == "settings"


@pytest.mark.parametrize("name", ["text", "documents", "items", "places", "layouts", "sites"])
def test_reading_knows_nothing_of_crawling(name: str) -> None:
    for path in MODULES:
        if room(path) == name:
            assert not [module for module in imported(path) if module.split(".")[0] in ("scrapy", "twisted")]


LONGEST_MODULE, LONGEST_FUNCTION, MOST_MODULES = 400, 45, 15
LONG = {
    "demo/written_liferay.py",
    "demo/written_newszone.py",
    "store/migrations/versions/0001_the_first_tables.py",
}
"""Modules that are data, and the migration that makes all tables."""
CROWDED = {"layouts/generic": 20, "store": 21}
HOUSE_WORDS = """ladder ledger look moment moments outward promised rescue rhythm sick sighting spoilt told turn
walk""".split()
"""Words for which the field has others; see the list in CONTRIBUTING.md."""
KEPT = {
    ("errors.py", "SICK"),  # the name of an exit status
    ("reports/status.py", "rhythm"), ("reports/status.py", "sick"), ("reports/health.py", "sick"),  # keys of reports
    ("reports/gaps.py", "promised"),
}  # fmt: skip
"""Names that people's tools read."""
YET_NAMES = 11
"""Names with such a word that are still to be replaced, at most."""
YET_DOCSTRINGS = 0
"""Docstrings still to be replaced that begin with Give, Tell, Hold or Say, at most."""


def inside(path: Path) -> str:
    return path.relative_to(ROOT / "wardnews").as_posix()


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def test_modules_functions_and_folders_stay_small() -> None:
    long = {inside(path) for path in MODULES if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_MODULE}
    assert long <= LONG
    functions = {
        (inside(path), node.name): (node.end_lineno or 0) - node.body[0].lineno + 1
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name for (name, _), lines in functions.items() if lines > LONGEST_FUNCTION} <= LONG
    folders = Counter(inside(path.parent) for path in MODULES if path.name != "__init__.py")
    crowded = {name: count for name, count in folders.items() if count > MOST_MODULES}
    assert all(count <= CROWDED.get(name, MOST_MODULES) for name, count in crowded.items()), crowded


def test_docstrings_say_what_is_returned() -> None:
    found = [
        f"{inside(path)}: {node.name}"
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and (ast.get_docstring(node) or "").split(" ")[0] in ("Give", "Tell", "Hold", "Say")
    ]
    assert len(found) <= YET_DOCSTRINGS, found


def names(node: ast.AST) -> str:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.name
    if isinstance(node, ast.arg):
        return node.arg
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return node.id
    return ""


def test_names_are_the_words_of_the_field() -> None:
    found = {
        (inside(path), name)
        for path in MODULES
        if room(path) != "demo"
        for name in map(names, nodes(path))
        if set(re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower())) & set(HOUSE_WORDS)
    }
    assert len(found - KEPT) <= YET_NAMES, sorted(found - KEPT)


def test_the_made_up_portals_are_witnesses_of_their_own() -> None:
    for folder in ("wardnews/demo", "tests/doubles"):
        for path in (ROOT / folder).glob("*.py"):
            if not path.name.startswith("test_"):
                names = imported(path)
                assert not [name for name in names if re.match(r"wardnews\.(?!demo)|scrapy|selectolax", name)]


CRAWLING = {"scrapy", "twisted", "sqlalchemy"}
READING = {*CRAWLING, "selectolax", "wardnews.layouts", "wardnews.archives.disk", "wardnews.exporters.files"}


@pytest.mark.parametrize(
    ("code", "unneeded"),
    [
        ("from wardnews.cli import main; main()", {*READING, "wardnews.items", "wardnews.sites"}),
        ("from wardnews.cli import main; sys.argv[1:] = ['sites']; main()", {*READING, "wardnews.items"}),
        (f"import wardnews; wardnews.read(open({str(PAGE)!r}, 'rb').read(), {PAGE_URL!r})", CRAWLING),
        (f"from wardnews.cli import main; sys.argv[1:] = ['read', {str(PAGE)!r}]; main()", CRAWLING),
    ],
    ids=["help", "sites", "wardnews.read", "read"],
)
def test_what_needs_no_crawler_imports_none(code: str, unneeded: set[str]) -> None:
    begin = "import atexit, sys; atexit.register(lambda: print('imported', *sys.modules))\n"
    command = [sys.executable, "-c", f"{begin}sys.argv = ['wardnews', '--help']\n{code}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    _, *imported = done.stdout.splitlines()[-1].split()
    assert {"wardnews", "sys"} < set(imported)
    assert unneeded.isdisjoint(imported)


def test_the_guards_are_on() -> None:
    assert {scheme for scheme, handler in DOWNLOAD_HANDLERS.items() if handler} == {"http", "https"}
    assert set(DOWNLOAD_HANDLERS) == {"data", "file", "ftp", "http", "https", "s3"}
    assert DOWNLOADER_MIDDLEWARES_BASE["wardnews.middlewares.OwnHosts"] is not None
    assert DOWNLOADER_MIDDLEWARES_BASE["wardnews.middlewares.PublicHosts"] is not None


SETTINGS = """ARCHIVE_DELAY ARCHIVE_SEARCH_DELAY BACKOFF_FIRST BACKOFF_MOST COMMONCRAWL_DATA COMMONCRAWL_INDEX CONTACT FILES
FILES_BUDGET FILE_MAXSIZE KEEP_FILES OUTPUT
PORTAL_PAGES PORTAL_PAGES_NO_ITEM PORTAL_SECONDS PUSH_FIRST PUSH_MOST PUSH_SECRET PUSH_TIMEOUT PUSH_TRIES RAW REQUIRED SITES STORE
WAYBACK WAYBACK_ROWS""".split()
COMMANDS = "backfill changes crawl demo export files gaps init join pack probe push read reread schema serve sites status".split()
LAYOUTS = """hanoi-liferay hanoi-newszone ecoit vnpt liferay nukeviet wordpress joomla dotnetnuke sharepoint
anyportal""".split()


def test_the_names_that_others_write_stay() -> None:
    """Settings and commands are in people's crontabs, layouts in their sites files, modules in their scripts."""
    import wardnews

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert sorted(name for name in vars(settings) if name.startswith("WARDNEWS_")) == [
        f"WARDNEWS_{name}" for name in SETTINGS
    ]
    assert sorted(typer.main.get_command(app).commands) == COMMANDS  # type: ignore[attr-defined]
    assert set(layouts.LAYOUTS) >= set(LAYOUTS)
    assert {status.name: status.value for status in ExitStatus} == {
        "FINE": 0, "FAILED": 1, "USAGE": 2, "SICK": 3, "STOPPED": 4, "LOCKED": 5,
    }  # fmt: skip
    assert set(wardnews.__all__) >= {"Article", "Site", "UnreadablePage", "load_sites", "read", "read_file"}
    assert project["scripts"] == {"wardnews": "wardnews.cli:main"}
    assert "default = wardnews.settings" in (ROOT / "scrapy.cfg").read_text(encoding="utf-8").splitlines()
    assert (settings.BOT_NAME, settings.ROBOTSTXT_USER_AGENT) == ("wardnews", "wardnews")
    assert store.DEFAULT == "sqlite:///output/wardnews.db"


def test_the_version_is_one() -> None:
    import wardnews

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == wardnews.__version__


SAYS = {"say", "tell", "show", "_show", "add_column", "prompt", "print"}
"""The functions that write to a person; the titles of tables are looked at as well."""


def spoken(node: ast.AST) -> Iterator[ast.expr]:
    """Yield what a call writes to a person."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in SAYS:
            yield from node.args[:1]
        if name == "Table":
            yield from (one.value for one in node.keywords if one.arg == "title")


def has_words(said: ast.expr) -> bool:
    """Whether text stands in an expression as it is, but for what is typed: commands, options, names of programs."""
    if isinstance(said, ast.BoolOp | ast.IfExp):
        return any(has_words(one) for one in ast.iter_child_nodes(said) if isinstance(one, ast.expr))
    parts = said.values if isinstance(said, ast.JoinedStr) else [said]
    text = "".join(one.value for one in parts if isinstance(one, ast.Constant) and isinstance(one.value, str))
    typed = r"wardnews:|push:|pack:|(?:cd|crontab|wardnews) .*"
    return any(letter.isalpha() for letter in re.sub(typed, "", text.strip()))


def test_what_is_said_to_a_person_is_put_into_their_language() -> None:
    found = [
        f"{inside(path)}:{said.lineno}: {ast.unparse(said)}"
        for path in MODULES
        if room(path) in ("cli", "runs", "reports", "exporters", "serve")
        for node in nodes(path)
        for said in spoken(node)
        if has_words(said)
    ]
    assert not found, "\n".join(found)
