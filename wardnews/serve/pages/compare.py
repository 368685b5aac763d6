"""Any two versions of an article side by side."""

import asyncio
import json
import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, NamedTuple
from urllib.parse import unquote

from datasette.utils.asgi import Response
from markupsafe import Markup, escape

from wardnews.errors import BadRequest
from wardnews.locale import _
from wardnews.serve.links import DATABASE, NotHere, article_url, version_url
from wardnews.serve.pages.diff import Budget, Hunk, field_names, hunks, texts_of, too_much

_MOST_WORDS = 2_000
_MOST_LISTED = 500
_FIELDS = ("section", "published", "author", "source")


class Line(NamedTuple):
    """A paragraph of both versions; `kind`: same, gone, new or changed."""

    kind: str
    old: Markup
    new: Markup


async def compare(request: Any, datasette: Any) -> Any:
    """Answer two versions of an article side by side: those that are named, else the last two."""
    database, key = datasette.get_database(DATABASE), unquote(request.url_vars["id"])
    listed = "SELECT seq, version, change, at FROM versions WHERE article = ? ORDER BY at DESC, seq DESC LIMIT ?"
    versions = [dict(row) for row in (await database.execute(listed, (key, _MOST_LISTED))).rows]
    if not versions:
        raise NotHere(_("There is no article {key} here.").format(key=key))
    last = versions[: 2 if len(versions) > 1 else 1]
    before = await _version(database, key, request.args.get("a"), last[-1]["seq"])
    after = await _version(database, key, request.args.get("b"), last[0]["seq"])
    lines = await asyncio.to_thread(lambda: list(side_by_side(before["record"], after["record"], Budget())))
    names = field_names()
    context = {
        "article": article_url(key),
        "versions": versions,
        "old": before,
        "new": after,
        "lines": lines,
        "fields": [
            (names[name], before["record"][name] or "–", after["record"][name] or "–")
            for name in _FIELDS
            if before["record"][name] != after["record"][name]
        ],
    }
    return Response.html(await datasette.render_template("compare.html", context, request=request))


async def _version(database: Any, article: str, asked: str | None, otherwise: int) -> dict[str, Any]:
    """Return a version of an article; raise BadRequest for what is none of its versions."""
    if asked and not re.fullmatch("[0-9]{1,18}", asked):
        raise BadRequest("{seq} is no version of this article", seq=asked)
    seq = int(asked) if asked else otherwise
    sql = "SELECT seq, version, change, at, record FROM versions WHERE seq = ? AND article = ?"
    rows = (await database.execute(sql, (seq, article))).rows
    if not rows:
        raise BadRequest("{seq} is no version of this article", seq=seq)
    return {**rows[0], "record": json.loads(rows[0]["record"]), "url": version_url(seq)}


def side_by_side(old: dict[str, Any], new: dict[str, Any], budget: Budget) -> Iterator[Line]:
    """Yield the paragraphs of two records beside each other, what differs in them marked, as far as there is room."""
    before, after = texts_of(old), texts_of(new)
    if budget.spent(before, after):
        whole = too_much(len(before), len(after))
        yield Line("skip", whole, whole)
        return
    for hunk in hunks(before, after):
        for one in _lines(hunk, budget):
            budget.characters -= len(one.old) + len(one.new)
            if budget.characters < 0:
                said = escape(_("too much changed to show the rest"))
                yield Line("skip", said, said)
                return
            yield one


def _lines(hunk: Hunk, budget: Budget) -> Iterator[Line]:
    if hunk.same:
        yield from (Line("same", escape(one), escape(one)) for one in hunk.old)
        return
    for was, now in zip_longest(hunk.old, hunk.new):
        if now is None:
            yield Line("gone", Markup("<del>{}</del>").format(was), Markup())
        elif was is None:
            yield Line("new", Markup(), Markup("<ins>{}</ins>").format(now))
        else:
            yield Line("changed", *_marked(was, now, budget))


def _marked(was: str, now: str, budget: Budget) -> tuple[Markup, Markup]:
    """Return a paragraph as it was and as it is, the words marked that are gone and new."""
    before, after = was.split(" "), now.split(" ")
    if max(len(before), len(after)) > _MOST_WORDS or budget.spent(before, after):
        return Markup("<del>{}</del>").format(was), Markup("<ins>{}</ins>").format(now)
    old, new = [], []
    for hunk in hunks(before, after):
        left, right = " ".join(hunk.old), " ".join(hunk.new)
        old += [escape(left) if hunk.same else Markup("<del>{}</del>").format(left)] if left else []
        new += [escape(right) if hunk.same else Markup("<ins>{}</ins>").format(right)] if right else []
    return Markup(" ").join(old), Markup(" ").join(new)
