"""The tree of exceptions is as its module draws it."""

from __future__ import annotations

import inspect
import pkgutil
import re
from importlib import import_module

import wardnews
from wardnews import errors
from wardnews.errors import WardnewsError


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
