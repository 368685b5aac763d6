"""Measure how well articles are read: wardnews beside general extractors, on the quality set of the tests.

The others get what helps them: their own metadata, the language, tables kept, comments left out, a day where they
give no time (column "day"). They read what they are handed and fetch nothing.
"""

import re
import sys
import warnings
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import lxml.html
import trafilatura
from lxml.etree import _Element
from readability import Document
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from tests.quality.readers import read_any, read_unknown
from tests.quality.score import Answer, Reader, Score, fold, judge, ratio, read_set

VIETNAM = timezone(timedelta(hours=7))
BLOCKS = frozenset(
    "address article aside blockquote body br center dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr"
    " li main ol p pre section table tr ul head item lb list quote row".split()
)
"""Elements that begin and end a block: HTML's, and those of trafilatura's own tree."""
CELLS = frozenset("td th cell".split())
CAPTIONS = frozenset(("figcaption",))
"""Elements whose text is no block of the body in the set."""
CELL, BREAK = "\ue000", "\ue001"


def blocks(tree: _Element) -> tuple[str, ...]:
    """Cut a tree into its blocks of text; the cells of a row are joined as the set has them."""
    rows = (
        " | ".join(cell for cell in map(fold, row.split(CELL)) if cell) for row in "".join(_pieces(tree)).split(BREAK)
    )
    return tuple(row for row in rows if row)


def _pieces(node: _Element, *, in_cell: bool = False) -> Iterator[str]:
    """Give the text of a node with marks where blocks and cells end; a block within a cell ends nothing."""
    edge = " " if in_cell else BREAK
    if isinstance(node.tag, str) and node.tag not in CAPTIONS:
        ends = CELL if node.tag in CELLS else edge if node.tag in BLOCKS else ""
        yield ends
        yield node.text or ""
        for child in node:
            yield from _pieces(child, in_cell=in_cell or node.tag in CELLS)
        yield ends
    yield node.tail or ""


def lines(text: str) -> tuple[str, ...]:
    """Take every line that holds more than white space for a block."""
    return tuple(line for line in map(fold, text.splitlines()) if line)


def published(moment: datetime | None) -> str | None:
    """Write a moment as wardnews does: to the minute in Vietnam's time, or the bare day at midnight."""
    if moment is None:
        return None
    here = moment.astimezone(VIETNAM) if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
    return here.isoformat(timespec="minutes") if here.hour or here.minute else here.date().isoformat()


def read_with_trafilatura(html: bytes, url: str) -> Answer | None:
    """Read with trafilatura: its extensive search for a date, with the time where it finds one."""
    dates = {"original_date": False, "extensive_search": True, "outputformat": "%Y-%m-%dT%H:%M%z"}
    found = trafilatura.bare_extraction(
        html, url=url, with_metadata=True, include_comments=False, date_extraction_params=dates
    )
    if not isinstance(found, trafilatura.settings.Document) or not found.text:
        return None
    moment = datetime.fromisoformat(found.date) if found.date else None
    return Answer(
        title=found.title,
        section=found.categories[0] if found.categories else None,
        published=published(moment),
        paragraphs=blocks(found.body),
    )


def read_with_newspaper(html: bytes, url: str) -> Answer | None:
    """Read with newspaper4k, for Vietnamese, without its fetching of pictures."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its optional parts
        import newspaper

        article = newspaper.Article(url, language="vi", fetch_images=False)
        article.download(input_html=html.decode(errors="replace"))
        article.parse()
    if not article.text:
        return None
    moment = article.publish_date if isinstance(article.publish_date, datetime) else None
    section = article.meta_data.get("article", {})
    named = section.get("section") if isinstance(section, dict) else None
    return Answer(title=article.title, section=named, published=published(moment), paragraphs=lines(article.text))


def read_with_readability(html: bytes, _url: str) -> Answer | None:
    """Read with readability-lxml: it tells the title and the body."""
    document = Document(html.decode(errors="replace"))
    summary = document.summary(html_partial=True)
    body = blocks(lxml.html.fromstring(summary)) if summary.strip() else ()
    return Answer(title=document.short_title(), paragraphs=body) if body else None


def read_with_resiliparse(html: bytes, _url: str) -> Answer | None:
    """Read with Resiliparse: it tells the page's title and the main text."""
    tree = HTMLTree.parse(html.decode(errors="replace"))
    text = extract_plain_text(tree, main_content=True, list_bullets=False, alt_texts=False)
    body = tuple(re.sub(r"\s*\|\s*|\t+", " | ", line) for line in lines(text))
    return Answer(title=tree.title, paragraphs=body) if body else None


READERS: dict[str, Reader] = {
    "wardnews": read_any,
    "wardnews: anyportal alone": read_unknown,
    "trafilatura": read_with_trafilatura,
    "newspaper4k": read_with_newspaper,
    "readability-lxml": read_with_readability,
    "resiliparse": read_with_resiliparse,
}
HEADS = ("title", "section", "published", "day", "views", "par. prec.", "par. rec.", "false art.")


def day_right(score: Score) -> int:
    """Count the articles whose day of publication is right, whatever the time."""
    days = [
        [str(moment)[:10] for moment in verdict.wrong["published"]]
        for verdict in score.verdicts
        if "published" in verdict.wrong
    ]
    return score.right("published") + sum(expected == got for expected, got in days)


def figures(score: Score) -> Iterator[str]:
    """Give the cells of a reader's row: shares in per cent, then pages wrongly taken for an article."""
    for field in ("title", "section", "published"):
        yield f"{score.share(field):.1%}"
    yield f"{ratio(day_right(score), score.articles):.1%}"
    for share in (score.share("views"), score.precision, score.recall):
        yield f"{share:.1%}"
    yield f"{len(score.mistaken)}/{len(score.verdicts) - score.articles}"


def main() -> int:
    """Print the table."""
    pages = read_set()
    articles = sum(page.article is not None for page in pages)
    print(f"{len(pages)} pages, {articles} of them articles; exact matches\n")
    print(f"{'':26}" + "".join(f"{head:>12}" for head in HEADS))
    for name, reader in READERS.items():
        print(f"{name:26}" + "".join(f"{figure:>12}" for figure in figures(judge(reader, pages))), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
