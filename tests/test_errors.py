"""The tree of exceptions is as its module draws it."""

from __future__ import annotations

import inspect
import pickle
import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest

import wardnews
from wardnews import errors
from wardnews.errors import ExitStatus, WardnewsError
from wardnews.exporters.push import PushError
from wardnews.locale import speaking, translated


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
    assert isinstance(again.values["error"], errors.RecordError)
