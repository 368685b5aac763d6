"""The tree of exceptions is as its module draws it."""

from __future__ import annotations

import ast
import inspect
import pickle
import pkgutil
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest

import wardnews
from wardnews import errors
from wardnews.archives.capture import Capture
from wardnews.errors import ExitStatus, WardnewsError
from wardnews.exporters.push import PushError
from wardnews.locale import catalogue, speaking, translated
from wardnews.reading.capture import read_capture
from wardnews.sites import Site, load_sites

ROOT = Path(__file__).parents[1]


def below(error: type[WardnewsError]) -> dict[str, str]:
    """Give the names of all exceptions below one, each with that of its parent."""
    found: dict[str, str] = {}
    for one in error.__subclasses__():
        found |= {one.__name__: error.__name__, **below(one)}
    return found


def drawn() -> dict[str, str]:
    """Read the tree of the docstring: each name with its parent's."""
    path: list[str] = []
    found = {}
    for line in inspect.getdoc(errors).splitlines():  # type: ignore[union-attr]
        if named := re.match(r"( *)((?:│   |    )*(?:[├└]── )?)(\w+)(?:  |$)", line):
            depth = (len(named[1]) + len(named[2])) // 4 - 1
            path[depth:] = [named[3]]
            if depth:
                found[named[3]] = path[depth - 1]
    return found


def test_the_tree_is_as_it_is_drawn() -> None:
    for module in pkgutil.walk_packages(wardnews.__path__, "wardnews."):
        if not module.name.startswith(("wardnews.store.migrations", "wardnews.practice", "wardnews.__main__")):
            import_module(module.name)
    assert drawn() == below(WardnewsError)


def test_callers_that_catch_what_python_or_scrapy_has_go_on() -> None:
    from scrapy.exceptions import IgnoreRequest

    from wardnews.layouts import UnreadablePage
    from wardnews.middlewares import NotNow
    from wardnews.middlewares.raw_pages import RawError

    assert issubclass(UnreadablePage, ValueError)
    assert issubclass(errors.SitesError, ValueError)
    assert issubclass(NotNow, IgnoreRequest)
    assert issubclass(RawError, IgnoreRequest)


def test_a_message_is_kept_in_english_and_shown_in_the_language_that_is_spoken() -> None:
    why = errors.reason(PermissionError(13, "Permission denied"))
    error = errors.UsageError("cannot write standard output: {reason}", reason=why)
    assert (str(error), repr(error)) == (
        "cannot write standard output: Permission denied",
        "UsageError('cannot write standard output: Permission denied')",
    )
    with speaking("vi"):
        assert translated(error) == "không ghi được ra đầu ra chuẩn: không có quyền truy cập"
        assert str(error) == "cannot write standard output: Permission denied"


@pytest.mark.parametrize("language", ["en", "vi"])
def test_braces_of_strangers_stand_as_they_are(language: str) -> None:
    with speaking(language):
        assert translated(errors.UsageError("{path} holds {{}}", path="{0} {path} {")) == "{0} {path} { holds {}"
        assert translated(errors.UnreadablePage("no values: {name}")) == "no values: {name}"


def test_errors_come_whole_out_of_other_processes() -> None:
    inner = errors.RecordError("torn after {count} bytes", count=3)
    outer = PushError("{path}: {error}", ExitStatus.LOCKED, path=Path("a.warc"), error=inner)
    again = pickle.loads(pickle.dumps(outer))
    assert (str(again), again.status) == ("a.warc: torn after 3 bytes", ExitStatus.LOCKED)
    with speaking("vi"):
        assert again.translated() == "a.warc: torn after 3 bytes"
    assert not isinstance(again.values["error"], Exception)  # which would hold on to the frames that it went through


KINDS = {"WardnewsError", "Phrase", *below(WardnewsError)}
MODULES = sorted((ROOT / "wardnews").rglob("*.py"))
VIETNAMESE: dict[str, str] = {
    key: told
    for key, told in catalogue("vi")._catalog.items()  # type: ignore[attr-defined]  # noqa: SLF001
    if isinstance(key, str) and key
}


def called(call: ast.Call) -> str:
    """Give the name of what is called, without what it is of."""
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


@cache
def nodes() -> list[tuple[str, ast.Call | ast.Raise]]:
    """Give all calls and raises of the package, and where they stand."""
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno}", node)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call | ast.Raise)
    ]


def places(message: str) -> set[str]:
    """Give the names of what a message is filled with, and how it is written."""
    return {
        f"{name}!{conversion}:{form}" for _, name, form, conversion in Formatter().parse(message) if name is not None
    }


def test_what_is_raised_is_a_message_that_is_translated_with_the_values_that_it_names() -> None:
    amiss = []
    for where, call in nodes():
        if not (isinstance(call, ast.Call) and called(call) in KINDS and call.args):
            continue
        first = call.args[0]
        if not isinstance(first, ast.Constant):
            amiss += [f"{where}: no literal message"] * (called(call) != "Phrase")
        elif first.value not in VIETNAMESE:
            amiss.append(f"{where}: not in the catalogue: {first.value!r}")
        elif call.keywords:
            told, given = VIETNAMESE[first.value], {str(one.arg) for one in call.keywords}
            named = {one.partition("!")[0] for one in places(first.value)}
            spread = "None" in given  # **values, which nobody sees here
            amiss += [f"{where}: names {named}, gets {given}"] * (named != given and not spread)
            amiss += [f"{where}: fills {told!r} otherwise"] * (places(told) != places(first.value))
    assert not amiss, "\n".join(amiss)


def test_no_exception_is_raised_by_way_of_a_variable_with_a_message_that_none_translates() -> None:
    for where, node in nodes():
        call = node.exc if isinstance(node, ast.Raise) else None
        if isinstance(call, ast.Call) and not called(call)[:1].isupper() and call.args:
            assert not isinstance(call.args[0], ast.JoinedStr), where


def test_what_the_system_says_is_told_in_the_language_where_it_is_usual(tmp_path: Path) -> None:
    missing = str(tmp_path / "{none}.toml")
    with pytest.raises(errors.SitesError) as raised:
        load_sites([missing])
    assert str(raised.value) == (
        f"{missing}: cannot read this sites file: [Errno 2] No such file or directory: {missing!r}"
    )
    with speaking("vi"):
        assert translated(raised.value) == (
            f"{missing}: không đọc được tệp khai báo cổng này: không có tệp hay thư mục này: {missing!r} (mã lỗi 2)"
        )
        assert [translated(errors.reason(OSError(*said))) for said in ((), ("odd {",))] == ["", "odd {"]


def test_what_is_kept_of_a_page_is_english_whatever_is_spoken() -> None:
    site = Site(key="hoasua", name="Phường Hoa Sữa", url="http://127.0.0.1:1/")
    empty = Capture(site.url, "2022-08-27T04:39:12Z", "warc:a.warc", 200, "text/html", b"")
    with speaking("vi"):
        assert read_capture(empty, site, {site.key: site}).cause == "empty page"
        assert f"{errors.UnreadablePage('empty page')}" == "empty page"
