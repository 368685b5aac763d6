"""The documents of an article that stand outside of its body: by the title, or below the text."""

from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from wardnews.layouts.body import is_document
from wardnews.layouts.generic import weights
from wardnews.layouts.generic.article_body import BodyLines
from wardnews.layouts.generic.phrases import RELATED, kind
from wardnews.layouts.generic.reader import Reader
from wardnews.layouts.generic.visible_lines import Line
from wardnews.layouts.page import EMBEDDED

_ELSEWHERE = ("related", "comments", "footer")
_BESIDE = ("aside", "nav", "form")


def find_documents(reader: Reader, title: int, body: BodyLines) -> Iterator[LexborNode]:
    """Return the links to documents, and the frames, from the title's line on to what is of other articles."""
    kept = {line.place for line in body.kept}
    last = body.kept[-1].place
    for line in reader.lines[title + 1 : last + 1 + weights.DOCUMENTS_BELOW]:
        if line.place > last and _is_of_others(reader, line):
            return
        if line.place in kept or line.zone in (*_BESIDE, *_ELSEWHERE):
            continue
        yield from filter(is_document, line.links)
        if line.picture is not None and line.picture.tag in EMBEDDED:
            yield line.picture


def _is_of_others(reader: Reader, line: Line) -> bool:
    """Whether a line below the body begins what is of other articles: their heading, a headline, its date."""
    if line.zone in _ELSEWHERE or kind(reader.folded[line.place]) == RELATED:
        return True
    return line.place in reader.listed or (line.picture is None and reader.is_headline(line, weights.HEADLINE_ABOVE))
